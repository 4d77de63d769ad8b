internal import Glibc
internal import Synchronization

/// One connection through a line: two sockets, and a thread for each direction.
final class Junction: Sendable {
    private struct State: Sendable {
        var client: Int32
        var server: Int32
        var pumps = 2
        var isSilent = false
        var isEnded = false
        /// Until the cut; nil where there is none, or it was made.
        var bytesLeft: Int?

        /// How many of so many bytes still pass, and whether the cut is behind them.
        mutating func pass(_ count: Int) -> (allowed: Int, isLast: Bool) {
            guard let left = bytesLeft else { return (isEnded ? 0 : count, false) }
            let allowed = min(count, left)
            bytesLeft = allowed == left ? nil : left - allowed
            return (allowed, allowed == left)
        }
    }

    private let shape: LineShape
    private let relay: Relay
    private let number: Int
    private let state: Mutex<State>
    private let start = SuspendingClock.now

    init(client: Int32, server: Int32, shape: LineShape, relay: Relay, _ number: Int) {
        self.shape = shape
        self.relay = relay
        self.number = number
        state = Mutex(State(client: client, server: server, bytesLeft: shape.cut?.afterBytes))
    }

    /// Ends both directions; the sockets are closed when both threads have noticed.
    func end(_ kind: LineShape.CutKind) {
        state.withLock {
            guard !$0.isEnded else { return }
            switch kind {
            case .silence:
                $0.isSilent = true
                return
            case .reset:
                for socket in [$0.client, $0.server] {
                    // Closing then resets; so does disconnecting, at once.
                    var hard = linger(l_onoff: 1, l_linger: 0)
                    unsafe setsockopt(
                        socket,
                        SOL_SOCKET,
                        SO_LINGER,
                        &hard,
                        socklen_t(MemoryLayout<linger>.size)
                    )
                    var nowhere = sockaddr()
                    nowhere.sa_family = sa_family_t(AF_UNSPEC)
                    unsafe connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
                }
            case .end: break
            }
            $0.isEnded = true
            shutdown($0.client, Int32(SHUT_RDWR))
            shutdown($0.server, Int32(SHUT_RDWR))
        }
    }

    /// Moves one direction until it ends.
    func pump(_ direction: LineShape.Direction) {
        let (client, server) = state.withLock { ($0.client, $0.server) }
        var flow = Flow(
            from: direction == .up ? client : server,
            to: direction == .up ? server : client,
            pacer: Pacer(shape, direction)
        )
        while step(&flow, direction) {}
        finishPump()
    }

    private func finishPump() {
        let isLast = state.withLock {
            $0.pumps -= 1
            guard $0.pumps == 0 else { return false }
            close($0.client)
            close($0.server)
            $0.isEnded = true
            return true
        }
        if isLast { relay.forget(number) }
    }

    /// One packet in or out; false when the direction is over.
    private func step(_ flow: inout Flow, _ direction: LineShape.Direction) -> Bool {
        let now = start.duration(to: .now)
        if let (due, packet) = flow.first, due <= now {
            flow.removeFirst()
            return forward(packet, &flow, direction)
        }
        if flow.hasEnded, flow.first == nil {
            // The other end learns of it, the other direction goes on.
            shutdown(flow.target, Int32(SHUT_WR))
            return false
        }
        let wait = flow.first.map { $0.due - now }
        guard flow.waitForBytes(atMost: wait) else { return !isOver }
        flow.read(at: start.duration(to: .now))
        return !isOver
    }

    private var isOver: Bool { state.withLock(\.isEnded) }

    private func forward(
        _ packet: [UInt8],
        _ flow: inout Flow,
        _ direction: LineShape.Direction
    ) -> Bool {
        if state.withLock(\.isSilent) { return true }
        let counts = shape.cut.map { $0.direction ?? direction == direction } ?? false
        let (allowed, isLast) =
            counts ? state.withLock { $0.pass(packet.count) } : (packet.count, false)
        guard Flow.write(packet.prefix(allowed), to: flow.target) else {
            end(.reset)
            return false
        }
        relay.passed(allowed, direction)
        if let cut = shape.cut, isLast {
            relay.noteCut()
            end(cut.kind)
            return cut.kind == .silence
        }
        return true
    }
}

/// One direction's packets on their way.
private struct Flow {
    let source: Int32
    let target: Int32
    private(set) var hasEnded = false
    private var pacer: Pacer
    private var packets: [(due: Duration, bytes: [UInt8])] = []
    private var head = 0
    private var waiting = 0

    init(from source: Int32, to target: Int32, pacer: Pacer) {
        self.source = source
        self.target = target
        self.pacer = pacer
    }

    var first: (due: Duration, bytes: [UInt8])? { head < packets.count ? packets[head] : nil }

    mutating func removeFirst() {
        waiting -= packets[head].bytes.count
        packets[head].bytes = []
        head += 1
        if head == packets.count {
            packets.removeAll(keepingCapacity: true)
            head = 0
        }
    }

    /// Waits until bytes can be read, or for so long; false where none can be.
    func waitForBytes(atMost wait: Duration?) -> Bool {
        // Looks up now and then whether the connection was ended from elsewhere.
        let longest: Duration = .milliseconds(200)
        let nanoseconds = min(wait ?? longest, longest).components.attoseconds / 1_000_000_000
        let milliseconds = Int32((nanoseconds + 999_999) / 1_000_000)
        guard !hasEnded, waiting < pacer.roomBytes else {
            poll(nil, 0, milliseconds)
            return false
        }
        var entry = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    mutating func read(at now: Duration) {
        var buffer = [UInt8](repeating: 0, count: pacer.packetBytes)
        let count = unsafe recv(source, &buffer, buffer.count, 0)
        guard count > 0 else {
            hasEnded = true
            return
        }
        buffer.removeLast(buffer.count - count)
        packets.append((pacer.departure(count, at: now), buffer))
        waiting += count
    }

    static func write(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
