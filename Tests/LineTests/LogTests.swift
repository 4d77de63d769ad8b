import Node
import Synchronization
import Testing

/// What a log of a running node says, and how often.
@Suite struct LogTests {
    /// A log with a clock of its own.
    private final class Journal: Sendable {
        let now = Mutex<UInt64>(1_780_000_000_000)
        private let lines = Mutex<[String]>([])
        private let limiter = LineLimiter()

        var log: LineLog {
            LineLog(
                wall: { self.now.withLock { $0 } },
                limiter: limiter,
                sink: { line in self.lines.withLock { $0.append(line) } }
            )
        }

        func pass(_ milliseconds: UInt64) { now.withLock { $0 += milliseconds } }

        /// The lines since the last call.
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    private func cause(_ journal: Journal, _ event: String = "sync-refused", by: String = "a") {
        journal.log.write(.warning, event, [("problem", "damaged")], causedBy: by)
    }

    @Test func `of what one stranger causes the first line is written, then one a minute`() {
        let journal = Journal()
        for _ in 0..<100 { cause(journal) }
        #expect(
            journal.take() == [
                "time=2026-05-28T20:26:40Z level=warning event=sync-refused problem=damaged"
            ]
        )
        journal.pass(59_999)
        cause(journal)
        #expect(journal.take().isEmpty)
        journal.pass(1)
        for _ in 0..<3 { cause(journal) }
        #expect(
            journal.take() == [
                "time=2026-05-28T20:27:40Z level=warning event=sync-refused problem=damaged more=100"
            ]
        )
    }

    @Test func `others, other events and the node's own lines are not held back`() {
        let journal = Journal()
        for _ in 0..<3 {
            cause(journal)
            cause(journal, by: "b")
            cause(journal, "enrol-refused")
            journal.log.write(.info, "sync")
        }
        #expect(journal.take().count == 3 + 3)
    }

    @Test func `a flood of addresses has a bounded number of lines and of counts`() {
        let journal = Journal()
        for number in 0..<5_000 { cause(journal, by: "\(number)") }
        // One for each that is told apart, and one for all the rest.
        #expect(journal.take().count == LineLimiter.keysMax + 1)
        journal.pass(LineLimiter.interval)
        for number in 5_000..<10_000 { cause(journal, by: "\(number)") }
        #expect(journal.take().count <= LineLimiter.keysMax + 1)
    }

    @Test func `with the clock set back a line is written anew`() {
        let journal = Journal()
        cause(journal)
        journal.now.withLock { $0 -= 1_000_000 }
        cause(journal)
        #expect(journal.take().count == 2)
    }
}
