import Causality
import Replication
import Testing

@Suite struct PayloadTests {
    @Test func `entries come back from a payload`() throws {
        let entries = (1...500).map { Self.entry($0) }
        let bytes = Payload.encode(entries)
        #expect(try Payload(bytes, count: 500).entries() == entries)
    }

    private static func entry(_ index: Int) -> Entry {
        var cells = [
            Cell("birth", .text("19\(50 + index % 40)-02-1\(index % 9)")),
            Cell("house", .reference(RecordID(origin: 7, counter: 1))),
            Cell("name", index % 50 == 0 ? .null : .text("Tên \(index)")),
            Cell("rooms", .integer(Int64(index * index))),
        ]
        if index % 7 == 0 { cells.append(Cell("zone", .erased)) }
        let seen = VersionVector([VersionVector.Element(log: LogID(3), seq: 5, hash: 0)])
        return Entry(
            record: RecordID(origin: 7, counter: UInt32(index)),
            type: index % 3 == 0 ? "house" : "person",
            author: index % 2 == 0 ? "lan" : "minh",
            time: HybridTime(UInt64(index) << 16),
            cells: cells,
            seen: index % 90 == 0 ? seen : nil,
            change: index % 80 == 0 ? ChangeID(client: .max, counter: 4) : nil
        )
    }
}
