import Causality
import TestSupport
import Testing

/// The clock of one node under jumping wall clocks and remote times of any kind.
///
/// Broken on purpose once, and what noticed: `tick` that starts the counter at 0 whenever the wall
/// clock moved (later than all before), `observe` that accepts every time (a day ahead), `observe`
/// that sets `latest` to a smaller time (later than all before).
@Suite struct HybridClockTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a tick is later than all that were given or accepted`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = HybridClock()
        var latest = HybridTime(0)
        for _ in 0..<300 {
            let wall = 1_780_000_000_000 + UInt64(random.below(5))
            if random.percent(30) {
                let remote = HybridTime(
                    milliseconds: wall + UInt64(random.below(10)) - 5,
                    counter: UInt16(random.below(3))
                )
                let isAccepted = clock.observe(remote, wall: wall)
                #expect(isAccepted)
                latest = max(latest, remote)
            } else {
                let time = clock.tick(wall: wall)
                #expect(time > latest)
                #expect(time.milliseconds >= wall)
                latest = time
            }
            #expect(clock.latest == latest)
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `remote times never pull the clock more than a day ahead`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = HybridClock()
        let wall: UInt64 = 1_780_000_000_000
        for _ in 0..<300 {
            let remote = HybridTime(random.next() >> UInt64(random.below(40)))
            let before = clock.latest
            let isAccepted = clock.observe(remote, wall: wall)
            #expect(isAccepted == (remote.milliseconds <= wall + HybridClock.aheadMax))
            #expect(clock.latest == (isAccepted ? max(before, remote) : before))
            #expect(clock.latest.milliseconds <= wall + HybridClock.aheadMax)
        }
    }

    @Test func `a time exactly a day ahead is taken, a millisecond more is not`() {
        var clock = HybridClock()
        let day: UInt64 = 86_400_000
        #expect(HybridClock.aheadMax == day)
        let isTaken = clock.observe(HybridTime(milliseconds: 1_000 + day), wall: 1_000)
        let isTakenBeyond = clock.observe(HybridTime(milliseconds: 1_001 + day), wall: 1_000)
        #expect(isTaken && !isTakenBeyond)
        #expect(clock.latest == HybridTime(milliseconds: 1_000 + day))
    }

    @Test func `a standing clock runs over its counter into the milliseconds`() {
        var clock = HybridClock()
        var last = HybridTime(0)
        for _ in 0..<70_000 {
            let time = clock.tick(wall: 5)
            guard time > last else {
                Issue.record("not later than the one before")
                return
            }
            last = time
        }
        #expect(last.milliseconds == 6)
    }

    @Test func `a wall clock set back does not take the times back`() {
        var clock = HybridClock()
        let early = clock.tick(wall: 9_000)
        let late = clock.tick(wall: 1)
        #expect(late > early)
        #expect(late.milliseconds == 9_000)
    }

    @Test func `milliseconds beyond the largest stay at the largest`() {
        let time = HybridTime(milliseconds: .max, counter: 7)
        #expect(time.milliseconds == HybridTime.millisecondsMax)
        #expect(time.rawValue & 0xffff == 7)
    }

    @Test func `a clock that was far ahead and is put right gives right times`() {
        var clock = HybridClock()
        let wall: UInt64 = 1_780_000_000_000
        let far = clock.tick(wall: wall + 400 * HybridClock.aheadMax)
        let right = clock.tick(wall: wall)
        let next = clock.tick(wall: wall)
        #expect(right == HybridTime(milliseconds: wall))
        #expect(right < next && next < far)
        // A day at most is only waited for.
        let ahead = clock.tick(wall: wall + HybridClock.aheadMax)
        let waiting = clock.tick(wall: wall)
        #expect(waiting > ahead)
    }
}
