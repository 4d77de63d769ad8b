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
    ])
    func `a malformed record id is refused`(text: String) {
        #expect(RecordID(text) == nil)
    }
}
