internal import Causality

/// How bad one connection through a ``Line`` is.
package struct LineShape: Hashable, Sendable {
    /// What happens to both directions when a cut comes.
    package enum CutKind: Hashable, Sendable, CaseIterable {
        /// The kernel says "reset" to both ends.
        case reset
        /// Both ends see an orderly end.
        case end
        /// Nothing any more, in either direction, and nobody is told.
        case silence
    }

    package enum Direction: Hashable, Sendable, CaseIterable {
        case up
        case down
    }

    package struct Cut: Hashable, Sendable {
        /// Bytes that still pass in the direction.
        package var afterBytes: Int
        /// Nil where both count together.
        package var direction: Direction?
        package var kind: CutKind

        package init(afterBytes: Int, _ direction: Direction?, _ kind: CutKind) {
            self.afterBytes = afterBytes
            self.direction = direction
            self.kind = kind
        }
    }

    /// One way.
    package var delay: Duration = .zero
    /// From the client to the server; nil for as fast as it goes.
    package var upBytesPerSecond: Int?
    /// From the server to the client; nil for as fast as it goes.
    package var downBytesPerSecond: Int?
    package var cut: Cut?
    /// Of a hundred packets of 1,400 bytes so many are "lost": what TCP makes of that is a pause.
    package var lossPercent = 0
    /// The pause, as a retransmission would take.
    package var lossPause: Duration = .milliseconds(200)
    /// What decides which packets are lost.
    package var seed: UInt64 = 0

    package init() {}

    /// The same rate both ways.
    package static func slow(_ bytesPerSecond: Int, delay: Duration = .zero) -> LineShape {
        var shape = LineShape()
        shape.delay = delay
        shape.upBytesPerSecond = bytesPerSecond
        shape.downBytesPerSecond = bytesPerSecond
        return shape
    }

    var isShaped: Bool {
        delay > .zero || upBytesPerSecond != nil || downBytesPerSecond != nil || lossPercent > 0
    }
}

/// When a packet may leave: one direction's memory, without clock or socket.
struct Pacer {
    private let delay: Duration
    private let bytesPerSecond: Int?
    private let lossPercent: Int
    private let lossPause: Duration
    private var random: SplitMix64
    /// When the line is free again.
    private var free: Duration = .zero

    init(_ shape: LineShape, _ direction: LineShape.Direction) {
        delay = shape.delay
        bytesPerSecond =
            direction == .up ? shape.upBytesPerSecond : shape.downBytesPerSecond
        lossPercent = shape.lossPercent
        lossPause = shape.lossPause
        random = SplitMix64(seed: shape.seed &* 2 &+ (direction == .up ? 0 : 1))
    }

    /// What is read from the sender at once.
    var packetBytes: Int { bytesPerSecond == nil && lossPercent == 0 ? 64 << 10 : 1_400 }

    /// Bytes on their way that the sender need not wait for: what the delay holds, and a little.
    var roomBytes: Int {
        let rate = bytesPerSecond ?? (64 << 20)
        let (seconds, attoseconds) = delay.components
        let milliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
        return min(16 << 20, rate / 1_000 * milliseconds + 4 * packetBytes)
    }

    /// When a packet that came at a time, since the line's start, leaves at the other end.
    mutating func departure(_ bytes: Int, at now: Duration) -> Duration {
        var begin = max(now, free)
        if lossPercent > 0, random.percent(lossPercent) { begin += lossPause }
        free = begin
        if let bytesPerSecond {
            free += .nanoseconds(bytes * 1_000_000_000 / bytesPerSecond)
        }
        return free + delay
    }
}
