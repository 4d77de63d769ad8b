import HTTP
import Synchronization
import Testing

@Suite struct LaneTests {
    /// What ran, in its order.
    private final class Record: Sendable {
        private let entries = Mutex<[String]>([])

        var all: [String] { entries.withLock { $0 } }

        func add(_ entry: String) {
            entries.withLock { $0.append(entry) }
        }
    }

    @Test func `with one thread nothing runs at once`() throws {
        let lane = try Lane(name: "one")
        nonisolated(unsafe) var count = 0
        let callers = try (0..<4).map { try Lane(name: "caller \($0)") }
        for caller in callers {
            for _ in 0..<500 {
                caller.async { lane.run { unsafe count += 1 } }
            }
        }
        for caller in callers { caller.run {} }
        #expect(lane.run { unsafe count } == 2_000)
    }

    @Test func `what is prompt goes first, and what is patient goes on`() throws {
        let lane = try Lane(name: "order")
        let gate = Gate()
        let record = Record()
        lane.async { gate.wait() }
        for number in 0..<3 { lane.async(.patient) { record.add("sync \(number)") } }
        for number in 0..<20 { lane.async(.prompt) { record.add("page \(number)") } }
        gate.open()
        lane.run(.patient) {}
        let all = record.all
        #expect(all.count == 23)
        #expect(all.firstIndex(of: "sync 0").map { (6...9).contains($0) } == true)
        #expect(all.filter { $0.hasPrefix("page") } == (0..<20).map { "page \($0)" })
        #expect(all.filter { $0.hasPrefix("sync") } == (0..<3).map { "sync \($0)" })
    }

    @Test func `patient work never takes the last thread`() throws {
        let lane = try Lane(name: "two", threads: 2)
        let gate = Gate()
        for _ in 0..<8 { lane.async(.patient) { gate.wait() } }
        #expect(lane.run(.prompt) { 7 } == 7)
        gate.open()
    }

    @Test func `run gives back values and typed errors, also from within the lane`() throws {
        struct Sample: Error, Equatable {}
        let lane = try Lane(name: "values")
        let value = lane.run { lane.run { 3 } + 4 }
        #expect(value == 7)
        #expect(throws: Sample()) {
            try lane.run { () throws(Sample) -> Int in throw Sample() }
        }
    }

    @Test func `what was queued runs though the lane is let go`() throws {
        let record = Record()
        var lane: Lane? = try Lane(name: "gone")
        let gate = Gate()
        lane?.async { gate.wait() }
        for number in 0..<100 { lane?.async { record.add("\(number)") } }
        #expect(lane?.hasRoom == true)
        lane = nil
        gate.open()
        #expect(eventually { record.all.count == 100 })
    }
}
