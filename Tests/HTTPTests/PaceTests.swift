import HTTP
import Testing

@Suite struct PaceTests {
    private let start = SuspendingClock.now

    private func at(_ seconds: Int) -> SuspendingClock.Instant {
        start.advanced(by: .seconds(seconds))
    }

    private func isBehind(
        _ meter: inout PaceMeter,
        _ count: Int,
        _ now: SuspendingClock.Instant
    ) -> Bool {
        meter.isBehind(count: count, now: now)
    }

    @Test func `a line that moves in every period is never behind`() {
        var meter = PaceMeter(Pace(bytes: 100, every: .seconds(20)), count: 0, now: start)
        for second in 1...1_000 {
            #expect(!isBehind(&meter, second * 6, at(second)))
        }
    }

    @Test func `a fast beginning is no credit for a stall`() {
        var meter = PaceMeter(Pace(bytes: 100, every: .seconds(20)), count: 0, now: start)
        #expect(!isBehind(&meter, 1_000_000, at(20)))
        #expect(!isBehind(&meter, 1_000_099, at(39)))
        #expect(isBehind(&meter, 1_000_099, at(40)))
    }

    @Test func `the server's own time does not count`() {
        var meter = PaceMeter(Pace(bytes: 100, every: .seconds(20)), count: 50, now: start)
        meter.beginWork(at(10))
        #expect(!isBehind(&meter, 50, at(1_000)))
        meter.endWork(at(1_000))
        #expect(!isBehind(&meter, 50, at(1_009)))
        #expect(isBehind(&meter, 149, at(1_010)))
        #expect(!isBehind(&meter, 150, at(1_010)))
    }

    @Test func `a real line of 1 kB a second with pauses of a minute keeps the gentle pace`() {
        var meter = PaceMeter(.gentle, count: 0, now: start)
        var count = 0
        for second in 1...3_600 {
            if second % 90 < 30 { count += 1_000 }
            #expect(!isBehind(&meter, count, at(second)))
        }
    }
}
