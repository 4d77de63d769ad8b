import Causality
import Replication
import TestSupport
import Testing

/// The layouts of values, seen through a payload whose entries all set one field.
@Suite struct ColumnTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let scheme: UInt64
        let values: [Value]

        init(_ scheme: UInt64, _ testDescription: String, _ values: [Value]) {
            self.testDescription = testDescription
            self.scheme = scheme
            self.values = values
        }

        init(_ scheme: UInt64, _ testDescription: String, texts: [String]) {
            self.init(scheme, testDescription, texts.map { .text($0) })
        }
    }

    @Test(arguments: [
        Example(0, "numbers", [.integer(1), .integer(-1)]),
        Example(0, "nothing but marks", [.null, .erased, .null]),
        Example(1, "texts that differ", texts: ["Ánh", "Bình", ""]),
        Example(1, "one text", texts: ["x"]),
        Example(1, "digits of two lengths", texts: ["12", "123"]),
        Example(1, "nineteen digits", texts: ["1234567890123456789", "1234567890123456780"]),
        Example(1, "a day that never was", texts: ["2023-02-30", "2023-02-31"]),
        Example(1, "the year 0", texts: ["0000-01-01", "0000-01-02"]),
        Example(1, "a date without zeros", texts: ["2023-2-3", "2023-2-4"]),
        Example(1, "digits of another script", texts: ["١٢", "٣٤"]),
        Example(1, "257 texts, each twice", texts: (0..<514).map { "t\($0 % 257)" }),
        Example(1, "more than half differ", texts: ["a", "b", "c", "a", "b"]),
        Example(2, "half differ", texts: ["a", "b", "a", "b"]),
        Example(2, "256 texts, each twice", texts: (0..<512).map { "t\($0 % 256)" }),
        Example(2, "empty texts", texts: ["", "", "x", "x"]),
        Example(3, "references", [.reference(RecordID(origin: .max, counter: .max))]),
        Example(4, "byte strings", [.bytes([]), .bytes([1, 2])]),
        Example(5, "dates", texts: ["0001-01-01", "1970-01-01", "2024-02-29", "9999-12-31"]),
        Example(5, "one date over and over", texts: ["1980-05-05", "1980-05-05", "1980-05-05"]),
        Example(6, "digits with zeros in front", texts: ["000", "012", "999"]),
        Example(6, "eighteen digits", texts: [String(repeating: "9", count: 18)]),
        Example(7, "kinds mixed", [.integer(1), .text("1")]),
        Example(7, "all kinds", [.bytes([1]), .reference(RecordID(origin: 1, counter: 1))]),
    ])
    func `values take the layout that the protocol prescribes`(example: Example) throws {
        let entries = Self.entries(example.values)
        let bytes = Payload.encode(entries)
        let column = try items(of: try Self.column(of: bytes))
        #expect(try number(items(of: column[3])[0]) == example.scheme)
        #expect(try Payload(bytes, count: entries.count).entries() == entries)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random columns come back`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let entries = Self.entries(random.columnValues(1 + random.below(60)))
        #expect(try Payload(Payload.encode(entries), count: entries.count).entries() == entries)
    }

    /// Values that lie in wait, in the place of a column of two texts.
    @Test(
        arguments: [
            // An unknown scheme; known ones with another number of items.
            [0x82, 0x08, 0x00], [0x83, 0x00, 0x00, 0x00], [0x81, 0x01],
            // Texts: a length of -1, more or less than there is, cut inside a letter, not UTF-8.
            [0x83, 0x01, 0x83, 0x00, 0x20, 0x00, 0x40],
            [0x83, 0x01, 0x83, 0x00, 0x01, 0x00, 0x41, 0x61],
            [0x83, 0x01, 0x83, 0x00, 0x01, 0x00, 0x43, 0x61, 0x61, 0x61],
            [0x83, 0x01, 0x83, 0x00, 0x01, 0x00, 0x42, 0xc3, 0xa0],
            [0x83, 0x01, 0x83, 0x00, 0x01, 0x00, 0x42, 0x61, 0xff],
            // Dictionary: 257 texts, an index beyond its end, an empty one.
            [0x85, 0x02, 0x19, 0x01, 0x01, 0x83, 0x00, 0x00, 0x00, 0x40, 0x83, 0x00, 0x00, 0x00],
            [0x85, 0x02, 0x01, 0x83, 0x00, 0x01, 0x00, 0x41, 0x61, 0x83, 0x00, 0x00, 0x01],
            [0x85, 0x02, 0x00, 0x83, 0x00, 0x00, 0x00, 0x40, 0x83, 0x00, 0x00, 0x00],
            // References: an origin that is not there, a counter of 0, one above 32 bits.
            [0x84, 0x03, 0x81, 0x05, 0x83, 0x00, 0x01, 0x00, 0x83, 0x00, 0x01, 0x01],
            [0x84, 0x03, 0x81, 0x05, 0x83, 0x00, 0x00, 0x00, 0x83, 0x00, 0x00, 0x01],
            [0x84, 0x03, 0x81, 0x05, 0x83, 0x00, 0x00, 0x00, 0x83, 0x00, 0x01]
                + [0x1b, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00],
            // Three origins for two references; three runs of two numbers.
            [0x84, 0x03, 0x83, 0x05, 0x06, 0x07, 0x83, 0x00, 0x00, 0x01, 0x83, 0x00, 0x01, 0x00],
            [0x82, 0x00, 0x82, 0x01, 0x86, 0x05, 0x00, 0x05, 0x01, 0x07, 0x01],
            // Dates before the year 1 and after 9999.
            [0x82, 0x05, 0x83, 0x00, 0x3a, 0x00, 0x0a, 0xf9, 0x3a, 0x00],
            [0x82, 0x05, 0x83, 0x00, 0x1a, 0x00, 0x2c, 0xc0, 0xa1, 0x00],
            // Digits: none, nineteen, a number that needs more of them, a negative one.
            [0x83, 0x06, 0x00, 0x83, 0x00, 0x00, 0x00], [0x83, 0x06, 0x13, 0x83, 0x00, 0x00, 0x00],
            [0x83, 0x06, 0x01, 0x83, 0x00, 0x0a, 0x00], [0x83, 0x06, 0x01, 0x83, 0x00, 0x20, 0x00],
            // Mixed: one value for two cells, a tag, a reference with a counter above 32 bits.
            [0x82, 0x07, 0x81, 0x00], [0x82, 0x07, 0x82, 0xc0, 0x00, 0x00],
            [
                0x82, 0x07, 0x82, 0x00, 0x82, 0x00, 0x1b, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
                0x00,
            ],
        ] as [[UInt8]]
    )
    func `values that break their layout are refused`(values: [UInt8]) throws {
        let bytes = try Self.payload(values: values)
        #expect(throws: ReplicationError.self) { try Payload(bytes, count: 2) }
    }

    struct Odd: Sendable {
        let values: [UInt8]
        let read: [Value]

        init(_ values: [UInt8], _ read: Value...) {
            self.values = values
            self.read = read
        }
    }

    /// What no writer makes and every reader takes: where readers differ, a log ends at one of them.
    @Test(
        arguments: [
            // Dictionaries: of as many texts as values, with one twice, with one that nobody uses.
            Odd(
                [0x85, 0x02, 0x02, 0x83, 0x00, 0x01, 0x00, 0x42, 0x61, 0x62]
                    + [0x83, 0x00, 0x00, 0x01],
                .text("a"),
                .text("b")
            ),
            Odd(
                [0x85, 0x02, 0x03, 0x83, 0x00, 0x01, 0x00, 0x43, 0x61, 0x61, 0x62]
                    + [0x83, 0x00, 0x00, 0x01],
                .text("a"),
                .text("a")
            ),
            // Runs: none is too short; planes for what is a step, and differences.
            Odd(
                [0x82, 0x00, 0x82, 0x01, 0x84, 0x05, 0x00, 0x07, 0x02],
                .integer(7),
                .integer(7)
            ),
            Odd(
                [0x82, 0x00, 0x84, 0x02, 0x00, 0x01, 0x42, 0x03, 0x04],
                .integer(3),
                .integer(4)
            ),
            Odd(
                [0x82, 0x00, 0x85, 0x03, 0x03, 0x00, 0x02, 0x42, 0x00, 0x01],
                .integer(3),
                .integer(4)
            ),
            // Dates and whole numbers as what they are not taken for; an origin twice.
            Odd(
                [0x83, 0x01, 0x83, 0x00, 0x0a, 0x00, 0x54] + Array("1980-02-291980-03-01".utf8),
                .text("1980-02-29"),
                .text("1980-03-01")
            ),
            Odd([0x82, 0x07, 0x82, 0x03, 0x04], .integer(3), .integer(4)),
            Odd(
                [0x84, 0x03, 0x82, 0x05, 0x05, 0x83, 0x00, 0x00, 0x01, 0x83, 0x00, 0x01, 0x00],
                .reference(RecordID(origin: 5, counter: 1)),
                .reference(RecordID(origin: 5, counter: 1))
            ),
        ]
    )
    func `values in a layout that no writer chooses are taken`(odd: Odd) throws {
        let bytes = try Self.payload(values: odd.values)
        let entries = try Payload(bytes, count: 2).entries()
        #expect(entries.map(\.cells) == odd.read.map { [Cell("f", $0)] })
        #expect(Payload.encode(entries) != bytes)
    }

    @Test func `a reference of counter 0 is refused in a mixed column too`() throws {
        let bytes = try Self.payload(values: [0x82, 0x07, 0x82, 0x00, 0x82, 0x05, 0x00])
        #expect(throws: ReplicationError.self) { try Payload(bytes, count: 2) }
    }

    /// Such a cell is marked in its column: among the values it would be one without a mark.
    @Test(arguments: [0xf6, 0xf7] as [UInt8])
    func `a mixed column holds values only`(empty: UInt8) throws {
        let bytes = try Self.payload(values: [0x82, 0x07, 0x82, 0x00, empty])
        #expect(throws: ReplicationError.invalid(part: .column, .unexpected)) {
            try Payload(bytes, count: 2)
        }
    }

    // MARK: Through a payload

    private static func entries(_ values: [Value]) -> [Entry] {
        values.enumerated().map { index, value in
            Entry(
                record: RecordID(origin: 1, counter: UInt32(index + 1)),
                type: "t",
                author: "",
                time: HybridTime(1),
                cells: [Cell("f", value)]
            )
        }
    }

    /// The one column of the one group.
    private static func column(of payload: [UInt8]) throws -> [UInt8] {
        let groups = try items(of: try items(of: payload)[4])
        return try items(of: try items(of: groups[0])[3])[0]
    }

    /// A sound payload of two entries with these bytes for the values of their field.
    private static func payload(values: [UInt8]) throws -> [UInt8] {
        var parts = try items(of: Payload.encode(entries([.text("a"), .text("b")])))
        var group = try items(of: try items(of: parts[4])[0])
        var column = try items(of: try items(of: group[3])[0])
        column[3] = values
        group[3] = [0x81, 0x84] + column.joined()
        parts[4] = [0x81, 0x84] + group.joined()
        return [0x88] + parts.joined()
    }
}
