private import Glibc
private import Synchronization

/// One connection's clock: what the client owes the server, and since when.
///
/// It also guards the socket's number, which it has only from `begun(_:)` to `closed()`: outside of
/// them libmicrohttpd may have closed the socket, and the number may be somebody else's.
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
        var socket: Int32 = -1
        var phase = Phase.sendHead
        var phaseSince: SuspendingClock.Instant
        /// The body that comes is kept in memory until it is whole.
        var isCollected = false
        var meter: PaceMeter
        /// Body bytes that came.
        var received = 0
        var cut: Cut?
        /// A refusal was sent while the client was sending: what still comes is read away.
        var lingers = false
        /// Of a TLS connection.
        var plainCaller: PlainCaller?
        var subscriber: [UInt8]
    }

    let address: SocketAddress
    /// Of a head, a deadline: the only bytes that count are those of the last reply, which the
    /// kernel may still be delivering.
    private let headPace: Pace
    private let state: Mutex<State>

    /// `subscriber`: whom the connection is counted for; empty where that is not known yet.
    init(
        address: SocketAddress,
        subscriber: [UInt8],
        headTime: Duration,
        now: SuspendingClock.Instant
    ) {
        self.address = address
        headPace = Pace(bytes: 1, every: headTime)
        state = Mutex(
            State(
                phaseSince: now,
                meter: PaceMeter(headPace, count: 0, now: now),
                subscriber: subscriber
            )
        )
    }

    /// Whom the connection is counted for: its peer or, behind the proxy, the client whom that has
    /// named last.
    var subscriber: [UInt8] {
        get { state.withLock(\.subscriber) }
        set { state.withLock { $0.subscriber = newValue } }
    }

    var cut: Cut? { state.withLock(\.cut) }

    func expect(_ phase: Phase, _ pace: Pace? = nil, now: SuspendingClock.Instant) {
        state.withLock {
            $0.phase = phase
            $0.phaseSince = now
            $0.isCollected = false
            $0.received = 0
            let count = phase == .sendBody ? 0 : nil
            $0.meter = PaceMeter(pace ?? headPace, count: count, now: now)
        }
    }

    func collects() {
        state.withLock { $0.isCollected = true }
    }

    func received(_ bytes: Int) {
        state.withLock { $0.received += bytes }
    }

    func beginWork(_ now: SuspendingClock.Instant) {
        state.withLock { $0.meter.beginWork(now) }
    }

    func endWork(_ now: SuspendingClock.Instant) {
        state.withLock { $0.meter.endWork(now) }
    }

    func begun(_ socket: Int32, _ plainCaller: PlainCaller?) {
        state.withLock {
            $0.socket = socket
            $0.plainCaller = plainCaller
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
            guard $0.lingers || $0.plainCaller?.wasPlain == true, socket >= 0 else { return nil }
            let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
            return copy >= 0 ? copy : nil
        }
    }

    /// Since when a head is expected; nil while a request is under way.
    var idleSince: SuspendingClock.Instant? {
        state.withLock { $0.phase == .sendHead && $0.cut == nil ? $0.meter.since : nil }
    }

    /// Since when the client sends a body or takes a reply; nil while it does neither.
    ///
    /// `isBody`: only a body that is collected counts.
    func busySince(isBody: Bool) -> SuspendingClock.Instant? {
        state.withLock {
            guard $0.cut == nil, isBody ? $0.isCollected : $0.phase != .sendHead else {
                return nil
            }
            return $0.phaseSince
        }
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
            guard $0.cut == nil, $0.socket >= 0, $0.meter.isDue(now) else { return nil }
            let count = $0.phase == .sendBody ? $0.received : acknowledgedBytes($0.socket)
            let isDelivered = $0.phase == .sendHead && unsentBytes($0.socket) == 0
            guard isDelivered || $0.meter.isBehind(count: count, now: now) else { return nil }
            let reason: Cut =
                switch $0.phase {
                case .sendHead: isDelivered ? .headTooSlow : .replyTooSlow
                case .sendBody: .bodyTooSlow
                case .takeReply: .replyTooSlow
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
