import Causality
import Node
import Testing

@Suite struct SyncSchedulerTests {
    let settings = SyncScheduler.Settings()

    private func due(_ scheduler: SyncScheduler) throws -> UInt64 { try #require(scheduler.due) }

    /// A scheduler that has just ended an exchange well, at 1,000 s.
    private func settled(_ random: inout SplitMix64) -> SyncScheduler {
        var scheduler = SyncScheduler(startingAt: 0, using: &random)
        scheduler.begin()
        scheduler.end(.done, at: 1_000_000, using: &random)
        return scheduler
    }

    @Test(arguments: UInt64(0)..<100)
    func `the first exchange comes soon, the next after the interval with jitter`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var scheduler = SyncScheduler(startingAt: 500, using: &random)
        #expect((500...500 + settings.startSpread).contains(try due(scheduler)))
        scheduler.begin()
        #expect(scheduler.due == nil)
        scheduler.end(.done, at: 20_000, using: &random)
        let part = settings.interval * settings.jitterPercent / 100
        let range = (settings.interval - part)...(settings.interval + part)
        #expect(range.contains(try due(scheduler) - 20_000))
    }

    @Test func `a hundred nodes that start together do not call together`() throws {
        var random = SplitMix64(seed: 9)
        let times = try (0..<100).map { _ in try due(settled(&random)) }
        let spread = try #require(times.max()) - (try #require(times.min()))
        #expect(spread > settings.interval / 5)
        #expect(Set(times.map { $0 / 1_000 }).count > 80)
    }

    @Test func `a change waits for the next one, but not for ever`() throws {
        var random = SplitMix64(seed: 1)
        var scheduler = settled(&random)
        scheduler.changeSaved(at: 1_005_000)
        #expect(try due(scheduler) == 1_005_000 + settings.debounce)
        scheduler.changeSaved(at: 1_008_000)
        #expect(try due(scheduler) == 1_008_000 + settings.debounce)
        for time in stride(from: UInt64(1_010_000), to: 1_060_000, by: 5_000) {
            scheduler.changeSaved(at: time)
        }
        #expect(try due(scheduler) == 1_005_000 + settings.debounceMax)
    }

    @Test func `a change that comes while an exchange runs has its own`() throws {
        var random = SplitMix64(seed: 2)
        var scheduler = settled(&random)
        scheduler.changeSaved(at: 1_001_000)
        scheduler.begin()
        scheduler.changeSaved(at: 1_012_000)
        scheduler.end(.done, at: 1_013_000, using: &random)
        #expect(try due(scheduler) == 1_012_000 + settings.debounce)
        scheduler.begin()
        scheduler.end(.done, at: 1_030_000, using: &random)
        #expect(try due(scheduler) > 1_030_000 + settings.interval / 2, "it is on its way once")
    }

    @Test(arguments: UInt64(0)..<50)
    func `failures wait longer and longer, up to a bound, and changes do not hurry them`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var scheduler = settled(&random)
        var now: UInt64 = 2_000_000
        for failure in 0..<12 {
            scheduler.begin()
            scheduler.end(.failed(retryAfter: nil), at: now, using: &random)
            let longest = min(settings.backOff << UInt64(failure), settings.backOffMax)
            let wait = try due(scheduler) - now
            #expect((longest / 2...longest).contains(wait))
            let before = scheduler.due
            scheduler.changeSaved(at: now + 1)
            #expect(scheduler.due == before)
            now = try due(scheduler)
        }
    }

    @Test func `the hub's word is heeded`() throws {
        var random = SplitMix64(seed: 4)
        var scheduler = settled(&random)
        scheduler.begin()
        scheduler.end(.failed(retryAfter: 90_000), at: 2_000_000, using: &random)
        #expect(try due(scheduler) == 2_090_000)
    }

    @Test(arguments: UInt64(0)..<50)
    func `a new network ends the waiting, also one that comes while an exchange runs`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        for isRunning in [false, true] {
            var scheduler = settled(&random)
            for _ in 0..<10 {
                scheduler.begin()
                scheduler.end(.failed(retryAfter: nil), at: 3_000_000, using: &random)
            }
            if isRunning { scheduler.begin() }
            scheduler.wayChanged(at: 3_001_000, using: &random)
            if isRunning {
                scheduler.end(.failed(retryAfter: nil), at: 3_001_000, using: &random)
            }
            let wait = try due(scheduler) - 3_001_000
            #expect(settings.settling.contains(wait))
        }
    }

    @Test func `a person does not wait`() throws {
        var random = SplitMix64(seed: 5)
        var scheduler = settled(&random)
        scheduler.begin()
        scheduler.end(.hopeless, at: 2_000_000, using: &random)
        #expect(try due(scheduler) > 2_000_000 + settings.hopelessWait / 2)
        scheduler.asked(at: 2_000_500)
        #expect(try due(scheduler) == 2_000_500)
        scheduler.begin()
        scheduler.asked(at: 2_001_000)
        scheduler.end(.done, at: 2_002_000, using: &random)
        #expect(try due(scheduler) == 2_002_000)
    }

    @Test func `that another process syncs is no failure`() throws {
        var random = SplitMix64(seed: 1)
        var scheduler = SyncScheduler(startingAt: 0, using: &random)
        for round in 1...20 as ClosedRange<UInt64> {
            scheduler.begin()
            scheduler.end(.elsewhere(retryAfter: 5_000), at: round * 10_000, using: &random)
            #expect(try due(scheduler) == round * 10_000 + 5_000)
        }
        #expect(scheduler.failures == 0)
    }

    /// Random lives: whatever comes, there is always a next time, and never a busy loop.
    @Test(arguments: UInt64(0)..<200)
    func `an exchange is always planned, and idle ones do not follow on each other`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var scheduler = SyncScheduler(startingAt: 0, using: &random)
        var now: UInt64 = 0
        var hasCause = true
        var changed: UInt64?
        for _ in 0..<300 {
            let due = try due(scheduler)
            switch random.next() % 6 {
            case 0:
                now += random.next() % 3_000
                scheduler.changeSaved(at: now)
                if scheduler.failures == 0 { changed = changed ?? now }
                hasCause = true
            case 1 where random.next() % 4 == 0:
                scheduler.wayChanged(at: now, using: &random)
                hasCause = true
            case 2 where random.next() % 4 == 0:
                scheduler.asked(at: now)
                hasCause = true
            default:
                if due > now {
                    if !hasCause { #expect(due - now >= settings.backOff / 2) }
                    now = due
                }
                if let first = changed, scheduler.failures == 0 {
                    #expect(now <= first + settings.debounceMax + 3_000)
                }
                scheduler.begin()
                changed = nil
                now += random.next() % 5_000
                hasCause = false
                let ending: SyncScheduler.Ending =
                    switch random.next() % 4 {
                    case 0: .failed(retryAfter: nil)
                    case 1: .failed(retryAfter: 5_000)
                    case 2 where random.next() % 8 == 0: .hopeless
                    default: .done
                    }
                scheduler.end(ending, at: now, using: &random)
            }
        }
    }
}
