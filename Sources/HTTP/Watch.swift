private import Glibc
private import Synchronization

/// Ends connections whose clients are too slow, on a thread of its own.
final class Watch: @unchecked Sendable {  // Every variable is used under `monitor`.
    /// Second handles of sockets whose clients may still be sending after a refusal.
    private struct Lingering {
        let socket: Int32
        let until: SuspendingClock.Instant
        var bytesLeft = 1 << 20
    }

    private static let lingerTime: Duration = .seconds(5)
    private static let lingeringLimit = 256

    private let core: ServerCore
    private let tick: Duration
    private let monitor = Monitor()
    private var lingering: [Lingering] = []
    private var isStopping = false
    private var isOver = false

    init(core: ServerCore) {
        self.core = core
        let shortest = min(core.limits.headTime, core.limits.replyPace.period)
        tick = min(.milliseconds(500), shortest / 4)
    }

    func start() -> Bool {
        startThread("http-watch") { [self] in
            while rest() {
                let now = core.now
                for link in core.links {
                    guard let cut = link.check(now) else { continue }
                    core.count { $0.count(cut) }
                }
                makeRoom()
                drain(now)
            }
            monitor.withLock {
                isOver = true
                monitor.notifyAll()
            }
        }
    }

    func stop() {
        monitor.withLock {
            isStopping = true
            monitor.notifyAll()
            while !isOver { monitor.wait() }
            for entry in lingering { close(entry.socket) }
            lingering = []
        }
    }

    /// Takes over a socket that libmicrohttpd closes while its client may still be sending.
    ///
    /// Closed with unread bytes, the kernel would reset the connection, and the client might
    /// never see the reply (RFC 9112 section 9.6).
    func linger(_ socket: Int32) {
        monitor.withLock {
            guard lingering.count < Self.lingeringLimit, !isStopping else {
                close(socket)
                return
            }
            shutdown(socket, Int32(SHUT_WR))
            let until = core.now.advanced(by: Self.lingerTime)
            lingering.append(Lingering(socket: socket, until: until))
        }
    }

    /// False when it is time to stop.
    private func rest() -> Bool {
        monitor.withLock {
            if !isStopping {
                // Often while sockets are drained: their clients wait to send.
                monitor.wait(atMost: lingering.isEmpty ? tick : min(tick, .milliseconds(20)))
            }
            return !isStopping
        }
    }

    /// Closes those that idle longest when there are nearly too many connections; then those of the
    /// addresses that have most requests under way, as an honest one has few.
    private func makeRoom() {
        if core.isFullOfBodies {
            let bodies = busy(isBody: true)
            crowdOut(ofMost(bodies, max(1, bodies.count / 4)))
        }
        let limit = core.limits.connections
        let allowed = limit - limit / 8
        let excess = core.openConnections - allowed
        guard excess > 0 else { return }
        let idle = core.links.compactMap { link in link.idleSince.map { (link, $0) } }
            .sorted { $0.1 < $1.1 }.prefix(excess).map(\.0)
        crowdOut(idle)
        if idle.count < excess { crowdOut(ofMost(busy(isBody: false), excess - idle.count)) }
    }

    private func crowdOut(_ links: [Link]) {
        for link in links {
            link.cut(.crowded)
            core.count { $0.count(.crowded) }
        }
    }

    /// By address, the oldest first.
    private func busy(isBody: Bool) -> [[UInt8]: [Link]] {
        let links = core.links.compactMap { link in
            link.busySince(isBody: isBody).map { (link, $0) }
        }.sorted { $0.1 < $1.1 }
        return Dictionary(grouping: links.map(\.0)) { $0.subscriber }
    }

    /// So many of those who have most, down to the same number for each of them; nobody's last one.
    private func ofMost(_ links: [[UInt8]: [Link]], _ count: Int) -> [Link] {
        var level = links.values.map(\.count).max() ?? 0
        func above(_ level: Int) -> Int { links.values.reduce(0) { $0 + max(0, $1.count - level) } }
        while level > 1, above(level) < count { level -= 1 }
        return Array(links.values.flatMap { $0.prefix(max(0, $0.count - level)) }.prefix(count))
    }

    /// Reads away what clients still send after a refusal, for a while.
    private func drain(_ now: SuspendingClock.Instant) {
        monitor.withLock {
            lingering = lingering.compactMap { entry in
                var entry = entry
                if entry.until > now, Self.drain(&entry) { return entry }
                close(entry.socket)
                return nil
            }
        }
    }

    /// False when nothing more can come, or enough has.
    private static func drain(_ entry: inout Lingering) -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            while entry.bytesLeft > 0 {
                let count = unsafe recv(
                    entry.socket,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_DONTWAIT)
                )
                if count < 0 { return errno == EAGAIN || errno == EINTR }
                if count == 0 { return false }
                entry.bytesLeft -= count
            }
            return false
        }
    }
}

extension ServerCounters {
    fileprivate mutating func count(_ cut: Link.Cut) {
        switch cut {
        case .headTooSlow: headTooSlow += 1
        case .bodyTooSlow: bodyTooSlow += 1
        case .replyTooSlow: replyTooSlow += 1
        case .crowded: crowdedOut += 1
        case .stopping: break
        }
    }
}
