import Causality
import Testing

@Suite struct IdentifierTests {
    @Test func `a record id reads back from its text`() {
        let id = RecordID(origin: 0x00a1_b2c3_d4e5_f607, counter: 12)
        #expect(id.description == "00a1b2c3d4e5f607-12")
        #expect(RecordID(id.description) == id)
    }

    @Test(arguments: [
        "", "-", "1-1", "00a1b2c3d4e5f607-0", "00a1b2c3d4e5f607-+1", "00a1b2c3d4e5f607-4294967296",
        "+0a1b2c3d4e5f607-1", "00A1b2c3d4e5f607-1", "00a1b2c3d4e5f607-01", "00a1b2c3d4e5f607-1-",
    ])
    func `a malformed record id is refused`(text: String) {
        #expect(RecordID(text) == nil)
    }

    @Test func `a log id reads back from its text`() {
        #expect(LogID(0x1f).description == "000000000000001f")
        #expect(LogID("000000000000001f") == LogID(0x1f))
        #expect(LogID("ffffffffffffffff") == LogID(.max))
    }

    @Test(arguments: ["", "1f", "+00000000000001f", "000000000000001F", "0000000000000001f"])
    func `a malformed log id is refused`(text: String) {
        #expect(LogID(text) == nil)
    }

    @Test func `dots and records are ordered by their origin first`() {
        #expect(Dot(log: LogID(1), seq: 9) < Dot(log: LogID(2), seq: 1))
        #expect(Dot(log: LogID(2), seq: 1) < Dot(log: LogID(2), seq: 2))
        #expect(RecordID(origin: 1, counter: 9) < RecordID(origin: 2, counter: 1))
        #expect(RecordID(origin: 2, counter: 1) < RecordID(origin: 2, counter: 2))
        #expect(Dot(log: LogID(1), seq: 9).description == "0000000000000001:9")
    }
}
