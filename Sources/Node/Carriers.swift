package import Replication
package import Store

/// A folder that bundles travel in: a stick that is plugged in, or one that was named at the start.
package struct Carrier: Hashable, Sendable {
    package let path: String

    /// As people know it: the stick's own name.
    package var name: String { Files.name(of: path) }

    /// Whether this process may leave bundles there: desktops mount a stick for whoever sits before
    /// the machine alone.
    package var mayBeWritten: Bool { Files.mayWrite(path) }

    package init(path: String) {
        self.path = path
    }
}

extension DiskPaths {
    /// How many are shown; a machine with more has no room for a stick.
    package static let carriersMax = 32
    /// Where desktops mount what is plugged in.
    private static let removablePlaces = ["/media/", "/run/media/"]
    /// Discs, which nobody writes on.
    private static let readOnlyTypes: Set = ["iso9660", "udf", "squashfs"]

    /// Sticks and disks that are plugged in and mounted, in the order of their names; none where
    /// that cannot be read.
    package func removable() -> [Carrier] {
        guard let bytes = try? Files.read(mountInfo, limit: 4 << 20) else { return [] }
        let mounts = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .compactMap { Mount(line: $0) }
        let points = mounts.filter { mount in
            mount.source.hasPrefix("/dev/") && !Self.readOnlyTypes.contains(mount.type)
                && Self.removablePlaces.contains { mount.point.hasPrefix($0) }
                // A name that is no UTF-8 would lead elsewhere.
                && mount.point.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{FFFD}" }
        }.map(\.point)
        return Set(points).sorted().prefix(Self.carriersMax).map { Carrier(path: $0) }
    }
}

extension Store {
    /// The names of the nodes that this one exchanges with.
    package func peerNames() throws -> [NodeID: String] {
        let peers = try children() + [identity()?.parent].compactMap(\.self)
        return Dictionary(peers.map { ($0.node, $0.name) }) { first, _ in first }
    }
}
