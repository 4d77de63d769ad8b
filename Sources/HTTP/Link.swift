private import Glibc
private import Synchronization

/// One connection's clock: what the client owes the server, and since when.
///
/// It also guards the socket's number: libmicrohttpd closes the socket only after `closed()`, so
/// whoever cuts the connection never touches a number that has been given away again.
final class Link: Sendable {
    /// What the client is expected to do.
    enum Phase: Hashable, Sendable {
        case sendHead
        case sendBody
        case takeReply
    }

    /// Why the server ended a connection.
    enum Cut: String, Hashable, Sendable, CaseIterable {
        case headTooSlow
        case bodyTooSlow
        case replyTooSlow
        case crowded
        case stopping
    }

    private struct State: Sendable {
        var socket: Int32
        var phase = Phase.sendHead
        var pace: Pace
        /// When the phase, or its present period, began.
        var since: SuspendingClock.Instant
        /// Body bytes that came in this period.
        var received = 0
        /// The kernel's count of acknowledged bytes when the period began.
        var acknowledged = 0
        /// When the server's own work began; the client's clock stands still meanwhile.
        var workingSince: SuspendingClock.Instant?
        var cut: Cut?
        /// A refusal was sent while the client was sending: what still comes is read away.
        var lingers = false
    }

    let address: SocketAddress
    private let headPace: Pace
    private let state: Mutex<State>

    /// The head pace: any byte of what is still unsent of the last reply, in the time of a head.
    init(
        socket: Int32,
        address: SocketAddress,
        headTime: Duration,
        now: SuspendingClock.Instant
    ) {
        self.address = address
        headPace = Pace(bytes: 1, every: headTime)
        state = Mutex(State(socket: socket, pace: headPace, since: now))
    }

    var cut: Cut? { state.withLock(\.cut) }

    func expect(_ phase: Phase, _ pace: Pace? = nil, now: SuspendingClock.Instant) {
        state.withLock {
            $0.phase = phase
            $0.pace = pace ?? headPace
            $0.since = now
            $0.received = 0
            $0.acknowledged = phase == .sendBody ? 0 : acknowledgedBytes($0.socket)
            $0.workingSince = nil
        }
    }

    func received(_ bytes: Int) {
        state.withLock { $0.received += bytes }
    }

    func beginWork(_ now: SuspendingClock.Instant) {
        state.withLock { $0.workingSince = now }
    }

    func endWork(_ now: SuspendingClock.Instant) {
        state.withLock {
            guard let began = $0.workingSince else { return }
            $0.workingSince = nil
            $0.since = $0.since.advanced(by: began.duration(to: now))
        }
    }

    func linger() {
        state.withLock { $0.lingers = true }
    }

    /// The socket is about to be closed; gives a second handle of it where it has to linger.
    func closed() -> Int32? {
        state.withLock {
            let socket = $0.socket
            $0.socket = -1
            guard $0.lingers, socket >= 0 else { return nil }
            let copy = dup(socket)
            return copy >= 0 ? copy : nil
        }
    }

    /// Since when a head is expected; nil while a request is under way.
    var idleSince: SuspendingClock.Instant? {
        state.withLock { $0.phase == .sendHead && $0.cut == nil ? $0.since : nil }
    }

    /// Ends the connection as though the client had gone: libmicrohttpd then tidies up.
    func cut(_ reason: Cut) {
        state.withLock { Self.cut(&$0, reason) }
    }

    private static func cut(_ state: inout State, _ reason: Cut) {
        guard state.cut == nil, state.socket >= 0 else { return }
        state.cut = reason
        shutdown(state.socket, Int32(SHUT_RDWR))
    }

    /// Cuts the connection where the client is behind; gives the reason if it did.
    func check(_ now: SuspendingClock.Instant) -> Cut? {
        state.withLock {
            guard $0.workingSince == nil, $0.cut == nil, $0.socket >= 0,
                $0.since.duration(to: now) >= $0.pace.period
            else { return nil }
            let acknowledged = acknowledgedBytes($0.socket)
            let taken = acknowledged - $0.acknowledged
            let reason: Cut? =
                switch $0.phase {
                // The kernel may still be delivering the last reply.
                case .sendHead where unsentBytes($0.socket) > 0: taken > 0 ? nil : .replyTooSlow
                case .sendHead: .headTooSlow
                case .sendBody: $0.received >= $0.pace.bytes ? nil : .bodyTooSlow
                case .takeReply: taken >= $0.pace.bytes ? nil : .replyTooSlow
                }
            guard let reason else {
                $0.since = now
                $0.received = 0
                $0.acknowledged = acknowledged
                return nil
            }
            Self.cut(&$0, reason)
            return reason
        }
    }
}

/// What the peer's kernel has acknowledged of all bytes sent on the connection.
///
/// `tcpi_bytes_acked` of Linux's `struct tcp_info` (since 4.1), which Glibc's header does not
/// have: 8 bytes of flags, 24 numbers of 4 bytes, two rates of 8 bytes stand before it.
private func acknowledgedBytes(_ socket: Int32) -> Int {
    let offset = 8 + 24 * 4 + 2 * 8
    return unsafe withUnsafeTemporaryAllocation(byteCount: offset + 8, alignment: 8) { info in
        var length = socklen_t(info.count)
        let code = unsafe getsockopt(
            socket,
            Int32(IPPROTO_TCP),
            TCP_INFO,
            info.baseAddress,
            &length
        )
        guard code == 0, length == info.count else { return 0 }
        return Int(truncatingIfNeeded: unsafe info.load(fromByteOffset: offset, as: UInt64.self))
    }
}

/// What the kernel holds of the bytes sent on the connection that is not acknowledged.
private func unsentBytes(_ socket: Int32) -> Int {
    var count: Int32 = 0
    // SIOCOUTQ is TIOCOUTQ (tcp(7)).
    guard unsafe ioctl(socket, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
    return Int(count)
}
