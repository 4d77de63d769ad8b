package import HTTP
package import Node
import Store
import Survey
private import Synchronization

/// The machine that serves the pages, as far as they reach beyond the node's file.
package struct Machine: Sendable {
    /// Where somebody asks for a sync.
    package var bell = SyncBell()
    /// Whether a reverse proxy stands in front: nobody is known to sit at the machine then.
    package var isBehindProxy = false
    /// Sticks and other folders that bundles travel in, as they are now.
    package var carriers: @Sendable () -> [Carrier] = { [] }
    /// Reads what lies on a carrier and writes what the others lack.
    package var carry: (@Sendable (Carrier) throws -> FolderSyncResult)?
    /// What browsers are told to trust; nil where the certificate is another's.
    package var authority: AuthorityCertificate?

    /// One that nothing can be asked of.
    package init() {}

    package init(_ served: NodeServer.Rooms) {
        bell = served.bell
        isBehindProxy = served.isBehindProxy
        authority = served.authority
        carriers = {
            let plugged = DiskPaths().removable()
            return plugged + served.carriers.filter { !plugged.contains($0) }
        }
        // A connection of its own, as the command has: pages go on while a slow stick is written.
        carry = { carrier in
            let node = try LocalNode(opening: served.folder, user: "")
            return try FolderSync(
                node.store,
                folder: carrier.path,
                software: served.software
            ).run()
        }
    }

    /// Whether whoever asks sits at this machine, as far as the line tells.
    func isAt(_ head: RequestHead) -> Bool {
        guard !isBehindProxy else { return false }
        let address = head.remoteAddress
        let plain = address.hasPrefix("::ffff:") ? address.dropFirst(7) : Substring(address)
        return plain == "::1" || plain.hasPrefix("127.")
    }
}

/// The one journey of bundles by a carrier that is under way, or was the last.
final class CarrierRun: Sendable {
    enum State: Sendable {
        case none
        case running(Carrier)
        /// What it brought and took; `at` in milliseconds since 1970.
        case done(Carrier, FolderSyncResult, at: UInt64)
        case failed(Carrier, Label, at: UInt64)
    }

    private let state = Mutex(State.none)

    var now: State { state.withLock { $0 } }

    /// Begins on the lane; false where another is under way.
    func begin(
        _ carrier: Carrier,
        on store: StoreLane,
        _ log: LineLog,
        _ carry: @escaping @Sendable (Carrier) throws -> FolderSyncResult
    ) -> Bool {
        let isFree = state.withLock { state in
            if case .running = state { return false }
            state = .running(carrier)
            return true
        }
        guard isFree else { return false }
        store.lane.async { [self] in
            let end: State
            let wall = { store.run { $0.environment.wall() } }
            do {
                let result = try carry(carrier)
                end = .done(carrier, result, at: wall())
            } catch {
                log.write(.warning, "stick", [("reason", LineLog.reason(error))])
                end = .failed(carrier, words(for: error), at: wall())
            }
            state.withLock { $0 = end }
        }
        return true
    }
}
