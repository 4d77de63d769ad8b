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

    @Test func `of each owner one goes in turn, and his own keep their order`() throws {
        let lane = try Lane(name: "turns")
        let gate = Gate()
        let record = Record()
        lane.async { gate.wait() }
        for number in 0..<50 { lane.async(of: [1]) { record.add("many \(number)") } }
        for number in 0..<3 { lane.async(of: [2]) { record.add("few \(number)") } }
        gate.open()
        #expect(eventually { record.all.count == 53 })
        #expect(record.all.prefix(6) == ["many 0", "few 0", "many 1", "few 1", "many 2", "few 2"])
        #expect(record.all.suffix(47) == (3..<50).map { "many \($0)" })
    }

    @Test func `who fills a lane shuts nobody else out, until four times as many wait`() throws {
        let lane = try Lane(name: "shares", waitingLimit: 16)
        let gate = Gate()
        lane.async { gate.wait() }
        #expect(eventually { lane.waiting == 0 })
        for _ in 0..<16 { lane.async(of: [1]) {} }
        #expect(!lane.hasRoom(for: [1]))
        #expect(lane.hasRoom(for: [2]))
        lane.async(of: [2]) {}
        #expect(lane.hasRoom(for: [2]))
        lane.async(of: [2]) {}
        #expect(!lane.hasRoom(for: [2]))
        for number in 3..<49 { lane.async(of: [UInt8(number)]) {} }
        #expect(lane.waiting == 64)
        #expect(!lane.hasRoom(for: [100]))
        gate.open()
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
        #expect(lane?.hasRoom(for: []) == true)
        lane = nil
        gate.open()
        #expect(eventually { record.all.count == 100 })
    }
}
