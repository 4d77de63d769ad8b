import Causality
import Replication
import TestSupport
import Testing

/// Columns of whole numbers, seen through the column of times, which takes any 64 bits.
@Suite struct IntegerColumnTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let layout: UInt64
        let numbers: [Int64]

        init(_ layout: UInt64, _ testDescription: String, _ numbers: [Int64]) {
            self.testDescription = testDescription
            self.layout = layout
            self.numbers = numbers
        }
    }

    @Test(arguments: [
        Example(0, "one number", [7]),
        Example(0, "two numbers", [7, -9]),
        Example(0, "a constant", [5, 5, 5]),
        Example(0, "falling", [9, 6, 3, 0]),
        Example(0, "a step that wraps around", [.max, .min, .min + 1]),
        Example(2, "three numbers are too few for runs", [1, 1, 2]),
        Example(1, "two runs of eight numbers", [1, 1, 1, 1, 1, 2, 2, 2]),
        Example(2, "three runs of eleven numbers", [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]),
        Example(1, "three runs of twelve numbers", [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]),
        Example(2, "three runs of eight numbers", [1, 1, 1, 2, 2, 3, 3, 3]),
        Example(2, "a base and one byte each", [5, 6, 9]),
        Example(2, "equal widths", [0, 255, 1]),
        Example(2, "256 takes two bytes", [0, 256, 1]),
        Example(2, "all 64 bits", [.min, .max, 0]),
        Example(3, "differences are narrower", [1000, 2000, 2900, 4000]),
        Example(3, "differences of falling numbers", [9000, 8000, 7100, 6000]),
    ])
    func `a column takes the layout that the protocol prescribes`(example: Example) throws {
        let column = try Self.column(example.numbers)
        #expect(try number(items(of: column)[0]) == example.layout)
        #expect(try Self.roundTrip(example.numbers) == example.numbers)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `numbers of every shape come back`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = [1, 2, 3, 4, 5, 7, 8, 50, 300][random.below(9)]
        let shift = Int64(random.below(64))
        var numbers = (0..<count).map { _ in Int64(bitPattern: random.next()) >> shift }
        switch random.below(4) {
        case 0: numbers.sort()
        case 1: numbers = numbers.map { $0 & 1 }
        case 2: numbers = numbers.indices.map { numbers[0] &+ Int64($0) &* numbers[count / 2] }
        default: break
        }
        #expect(try Self.roundTrip(numbers) == numbers)
    }

    @Test func `the example of the documentation has its bytes`() throws {
        #expect(try Self.column([5, 6, 9]) == [0x84, 0x02, 0x05, 0x01, 0x43, 0x00, 0x01, 0x04])
    }

    /// Hostile columns in the place of three times.
    @Test(
        arguments: [
            // An unknown layout, and known ones with another number of items.
            [0x81, 0x04], [0x83, 0x04, 0x00, 0x00], [0x82, 0x00, 0x01],
            [0x84, 0x00, 0x01, 0x01, 0x01],
            // Runs: too few, too many, an odd number of items, a length of 2^63 - 1.
            [0x82, 0x01, 0x82, 0x05, 0x02], [0x82, 0x01, 0x82, 0x05, 0x04],
            [0x82, 0x01, 0x81, 0x05],
            [0x82, 0x01, 0x83, 0x05, 0x03, 0x05],
            [0x82, 0x01, 0x82, 0x05, 0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            // Planes: width 0 and 9, too few bytes, too many, a width that multiplies to too much.
            [0x84, 0x02, 0x05, 0x00, 0x40], [0x84, 0x02, 0x05, 0x09, 0x58, 27] + .zeros(27),
            [0x84, 0x02, 0x05, 0x01, 0x42, 0x00, 0x00], [0x84, 0x02, 0x05, 0x01, 0x44] + .zeros(4),
            [0x84, 0x02, 0x05, 0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x43]
                + .zeros(3),
            // Differences with as many bytes as numbers, and a base that is no number.
            [0x85, 0x03, 0x00, 0x00, 0x01, 0x43] + .zeros(3),
            [0x84, 0x02, 0x60, 0x01, 0x43] + .zeros(3),
            [0xf6], [0x80], [0x00],
        ] as [[UInt8]]
    )
    func `a column that does not fit its count is refused`(column: [UInt8]) throws {
        let bytes = try Self.payload(times: column, count: 3)
        #expect(throws: ReplicationError.self) { try Payload(bytes, count: 3) }
    }

    @Test func `sums of differences wrap around instead of trapping`() throws {
        let largest: [UInt8] = [0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        let column = [0x85, 0x03] + largest + largest + [0x01, 0x42, 0xff, 0xff]
        let payload = try Payload(try Self.payload(times: column, count: 3), count: 3)
        #expect(payload.times[0] == .max)
        #expect(payload.times[1] == .max &+ .max &+ 255)
    }

    // MARK: Through a payload

    private static func entries(_ numbers: [Int64]) -> [Entry] {
        numbers.enumerated().map { index, number in
            Entry(
                record: RecordID(origin: 1, counter: UInt32(index + 1)),
                type: "t",
                author: "",
                time: HybridTime(UInt64(bitPattern: number)),
                cells: [Cell("f", .integer(0))]
            )
        }
    }

    private static func column(_ numbers: [Int64]) throws -> [UInt8] {
        try items(of: Payload.encode(entries(numbers)))[3]
    }

    private static func roundTrip(_ numbers: [Int64]) throws -> [Int64] {
        try Payload(Payload.encode(entries(numbers)), count: numbers.count).times
    }

    /// A sound payload with these bytes in the place of the column of times.
    private static func payload(times: [UInt8], count: Int) throws -> [UInt8] {
        var parts = try items(of: Payload.encode(entries((0..<count).map { Int64($0) })))
        parts[3] = times
        return [0x88] + parts.joined()
    }
}

extension [UInt8] {
    static func zeros(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: count)
    }
}
