private import Glibc

/// Whether what lies on a disk can be read by whoever takes the disk out.
package enum DiskEncryption: Hashable, Sendable {
    case encrypted
    case plain
    /// The file system does not show what it stands on (network, container, ZFS).
    case unknown
}

/// Where Linux tells what a folder stands on; other places in tests.
package struct DiskPaths: Sendable {
    package var mountInfo: String
    package var blockDevices: String

    package init(
        mountInfo: String = "/proc/self/mountinfo",
        blockDevices: String = "/sys/dev/block"
    ) {
        self.mountInfo = mountInfo
        self.blockDevices = blockDevices
    }

    /// What the folder stands on: from its mount down through partitions, RAID and LVM to a
    /// device that dm-crypt makes, or to a bare disk.
    package func encryption(of folder: String) -> DiskEncryption {
        guard let path = try? Files.absolute(folder),
            let bytes = try? Files.read(mountInfo, limit: 4 << 20),
            let mount = Self.mount(of: path, in: String(decoding: bytes, as: UTF8.self))
        else { return .unknown }
        if Self.encryptingTypes.contains(mount.type) { return .encrypted }
        // Btrfs shows a number of its own, without a device behind it, but names its device.
        let device = mount.device.hasPrefix("0:") ? number(ofDevice: mount.source) : mount.device
        guard let device else { return .unknown }
        return encryption(ofDevice: blockDevices + "/" + device, depth: 0)
    }

    private static let encryptingTypes: Set = [
        "ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs",
    ]
    /// Layers of a storage stack: more is a circle.
    private static let depthMax = 8

    private func encryption(ofDevice path: String, depth: Int) -> DiskEncryption {
        guard depth < Self.depthMax, Files.exists(path) else { return .unknown }
        let uuid = (try? Files.read(path + "/dm/uuid", limit: 4096)) ?? []
        // Partitions of such a device: `part1-CRYPT-LUKS2-…`.
        if String(decoding: uuid, as: UTF8.self).contains("CRYPT-") { return .encrypted }
        let below = (try? Files.list(path + "/slaves")) ?? []
        // One bare disk among several holds part of the data.
        let found = below.map { encryption(ofDevice: path + "/slaves/" + $0, depth: depth + 1) }
        if found.contains(.plain) || found.isEmpty { return .plain }
        return found.contains(.unknown) ? .unknown : .encrypted
    }

    // MARK: Mounts

    struct Mount: Hashable {
        /// Major and minor number, with a colon.
        let device: String
        let point: String
        let type: String
        let source: String

        /// A line of `mountinfo`: proc(5), "36 35 98:0 /mnt1 /mnt2 rw master:1 - ext3 /dev/root rw".
        init?(line: Substring) {
            let words = line.split(separator: " ").map { Self.unescaped($0) }
            guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 2 else {
                return nil
            }
            device = words[2]
            point = words[4]
            type = words[dash + 1]
            source = words[dash + 2]
        }

        /// Space, tab, line feed and backslash stand there as `\040` and so on.
        private static func unescaped(_ word: Substring) -> String {
            guard word.contains("\\") else { return String(word) }
            var bytes: [UInt8] = []
            var rest = word.utf8
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\\"),
                    let code = UInt8(String(rest.prefix(3)) ?? "", radix: 8)
                {
                    rest = rest.dropFirst(3)
                    bytes.append(code)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The mount that holds an absolute path: the longest point, of equal ones the last mounted.
    static func mount(of path: String, in mountInfo: String) -> Mount? {
        var best: Mount?
        for line in mountInfo.split(separator: "\n") {
            guard let mount = Mount(line: line) else { continue }
            let isRoot = mount.point == "/"
            guard isRoot || path == mount.point || path.hasPrefix(mount.point + "/") else {
                continue
            }
            if mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
        }
        return best
    }

    private func number(ofDevice path: String) -> String? {
        var info = stat()
        guard unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFBLK else { return nil }
        // The macros major() and minor() of glibc, which Swift cannot call.
        let device = UInt64(info.st_rdev)
        let major = device >> 8 & 0xfff | device >> 32 & 0xffff_f000
        let minor = device & 0xff | device >> 12 & 0xffff_ff00
        return "\(major):\(minor)"
    }
}
