private import Glibc
private import Synchronization

/// Somebody who looks at a page of a hub again and again, as fast as it comes.
///
/// Used by one thread at a time: hence `@unchecked Sendable`.
final class PageWatch: @unchecked Sendable {
    /// Between two looks, so that the watch itself is no load.
    private static let pause: UInt32 = 500
    private let hub: ServedHub
    private(set) var times = Samples()

    init(_ hub: ServedHub) {
        self.hub = hub
    }

    func look(times count: Int) throws {
        for _ in 0..<count { try look() }
    }

    /// Whoever reads the figures learns by their lack that it failed.
    func look(until done: Done) {
        while !done.isNoted {
            do {
                try look()
            } catch {
                return
            }
        }
    }

    private func look() throws {
        // It asks the store, behind whatever else does.
        times.add(try seconds { _ = try hub.get("healthz") })
        usleep(Self.pause)
    }
}

/// Tells another thread that it is over.
final class Done: Sendable {
    private let flag = Atomic(false)

    var isNoted: Bool { flag.load(ordering: .acquiring) }

    func note() { flag.store(true, ordering: .releasing) }
}
