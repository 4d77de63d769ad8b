package import Causality
package import Replication

/// What one exchange did, for people and for tests.
package struct ExchangeSummary: Hashable, Sendable {
    package var applied = 0
    package var entries = 0
    package var held = 0
    package var quarantined = 0
    package var refused: [ApplyOutcome.Refusal] = []
    package var gaps = 0
    package var healedLogs: [LogID] = []
    package var notices: [Notice] = []
    /// The bundle's final chunk was read.
    package var isComplete = false
    /// Milliseconds that the peer's clock is ahead of ours.
    package var clockOffset: Int64 = 0

    package init() {}

    /// Whether the bundle brought more than words.
    package var hasReceived: Bool {
        applied + held + quarantined + gaps + refused.count > 0 || !notices.isEmpty
    }
}

/// What the bundle has brought so far; undone together with what the store undoes.
struct ExchangeProgress {
    var summary = ExchangeSummary()
    /// The parent's hello, until it is kept with the first of what it brings.
    var receipt: Receipt?
    var answerNotices: [Notice] = []
    /// Whether all of the segment came now whose beginning is kept of this peer.
    var isResumed = false
    /// Logs of which the peer holds another history, found by what it sent.
    var forks: Set<LogID> = []
}

/// What the reader of a bundle asks of the store: an error is told as such, not as if nothing were there.
final class StoreLookup {
    private(set) var failure: (any Error)?

    func find<R>(_ body: () throws -> R?) -> R? {
        do {
            return try body()
        } catch {
            failure = error
            return nil
        }
    }
}
