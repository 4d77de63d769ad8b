import CBOR
import Causality
import TestSupport
import Testing

/// The deterministic subset of CBOR: one form for each item, refused before it costs memory.
@Suite struct CBORTests {
    /// One item as it stands in RFC 8949, appendix A, or at the edge of a head's width.
    struct Example: Sendable {
        let number: UInt64
        let bytes: [UInt8]
    }

    @Test(arguments: [
        Example(number: 0, bytes: [0x00]), Example(number: 23, bytes: [0x17]),
        Example(number: 24, bytes: [0x18, 0x18]), Example(number: 255, bytes: [0x18, 0xff]),
        Example(number: 256, bytes: [0x19, 0x01, 0x00]),
        Example(number: 65_535, bytes: [0x19, 0xff, 0xff]),
        Example(number: 65_536, bytes: [0x1a, 0x00, 0x01, 0x00, 0x00]),
        Example(number: 4_294_967_295, bytes: [0x1a, 0xff, 0xff, 0xff, 0xff]),
        Example(number: 4_294_967_296, bytes: [0x1b, 0, 0, 0, 1, 0, 0, 0, 0]),
        Example(number: .max, bytes: [0x1b] + [UInt8](repeating: 0xff, count: 8)),
    ])
    func `an unsigned number has its shortest head`(example: Example) throws {
        var writer = CBORWriter()
        writer.write(example.number)
        #expect(writer.bytes == example.bytes)
        var reader = CBORReader(example.bytes)
        #expect(try reader.unsigned() == example.number)
        try reader.finish()
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `numbers of every size come back`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let number = Int64(bitPattern: random.next()) >> Int64(random.below(64))
        var writer = CBORWriter()
        writer.write(number)
        writer.write(UInt64(bitPattern: number))
        var reader = CBORReader(writer.bytes)
        #expect(try reader.integer() == number)
        #expect(try reader.unsigned() == UInt64(bitPattern: number))
        try reader.finish()
    }

    @Test(arguments: [Int64.min, Int64.min + 1, -1, 0, 1, Int64.max])
    func `the edges of signed numbers come back`(number: Int64) throws {
        var writer = CBORWriter()
        writer.write(number)
        var reader = CBORReader(writer.bytes)
        #expect(try reader.integer() == number)
    }

    @Test func `strings, arrays and marks come back`() throws {
        var writer = CBORWriter()
        writer.array(4)
        writer.write("Thôn Phú Quý 2")
        writer.write([0, 255] as [UInt8])
        writer.null()
        writer.erased()
        var reader = CBORReader(writer.bytes)
        try reader.array(exactly: 4)
        #expect(try reader.text(max: 100) == "Thôn Phú Quý 2")
        #expect(try reader.byteString(max: 2) == [0, 255])
        let wasErased = reader.erased()
        let wasNull = reader.null()
        let wasErasedNext = reader.erased()
        #expect(wasNull && !wasErased && wasErasedNext)
        try reader.finish()
    }

    @Test(
        arguments: [
            [0x18, 0x17], [0x19, 0x00, 0xff], [0x1a, 0x00, 0x00, 0xff, 0xff],
            [0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        ] as [[UInt8]]
    )
    func `a head that is longer than needed is refused`(bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        #expect(throws: CBORError.notShortest(offset: 0)) { try reader.unsigned() }
    }

    /// Indefinite lengths, reserved widths, tags, maps, floats, other simple values.
    @Test(
        arguments: [
            [0x1c], [0x1f], [0x5f, 0xff], [0x9f, 0xff], [0xc0, 0x00], [0xa0], [0xf5], [0xf4],
            [0xf8, 0x20], [0xf9, 0x3c, 0x00], [0xff],
        ] as [[UInt8]]
    )
    func `an item outside the subset is refused whatever is asked for`(bytes: [UInt8]) {
        for read in Self.reads {
            var reader = CBORReader(bytes)
            #expect(throws: CBORError.self) { try read(&reader) }
        }
    }

    private static let reads: [@Sendable (inout CBORReader) throws -> Void] = [
        { _ = try $0.unsigned() }, { _ = try $0.integer() }, { _ = try $0.text(max: 99) },
        { _ = try $0.byteString(max: 99) }, { _ = try $0.array(max: 99) },
    ]

    @Test func `a length is checked against the limit and the bytes before memory is taken`() {
        // Byte string, text and array that claim 2^63 - 1 items, and the largest number.
        for length in [UInt64(Int64.max), .max] {
            let head = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
            for major in [0x5b, 0x7b, 0x9b] as [UInt8] {
                for read in Self.reads {
                    var reader = CBORReader([major] + head)
                    #expect(throws: CBORError.self) { try read(&reader) }
                }
            }
        }
        var above = CBORReader([0x43, 1, 2, 3])
        #expect(throws: CBORError.aboveLimit(offset: 0)) { try above.byteString(max: 2) }
        var cut = CBORReader([0x43, 1, 2])
        #expect(throws: CBORError.truncated(offset: 1)) { try cut.byteString(max: 3) }
        var many = CBORReader([0x83, 1, 2])
        #expect(throws: CBORError.aboveLimit(offset: 0)) { try many.array(max: 3) }
        var number = CBORReader([0x05])
        #expect(throws: CBORError.aboveLimit(offset: 0)) { try number.count(max: 4) }
        var beyond = CBORReader([0x3b] + [UInt8](repeating: 0xff, count: 8))
        #expect(throws: CBORError.aboveLimit(offset: 0)) { try beyond.integer() }
    }

    @Test(
        arguments: [
            [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xfe],
        ] as [[UInt8]]
    )
    func `a text that is not UTF-8 is refused`(utf8: [UInt8]) {
        var reader = CBORReader([0x60 | UInt8(utf8.count)] + utf8)
        #expect(throws: CBORError.notText(offset: 0)) { try reader.text(max: 99) }
    }

    @Test func `what follows the end is refused, what is missing too`() throws {
        var reader = CBORReader([0x00, 0x00])
        _ = try reader.unsigned()
        #expect(throws: CBORError.trailing(offset: 1)) { try reader.finish() }
        _ = try reader.unsigned()
        #expect(throws: CBORError.truncated(offset: 2)) { try reader.unsigned() }
        #expect(throws: CBORError.truncated(offset: 2)) { try reader.peekMajor() }
    }

    @Test func `a reader of a range sees nothing outside it`() throws {
        var reader = CBORReader([0xff, 0x43, 1, 2, 3, 0x00], range: 1..<4)
        #expect(throws: CBORError.truncated(offset: 2)) { try reader.byteString(max: 9) }
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `random bytes never trap, and what is read is written the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let bytes = random.bytes(random.below(40))
            var reader = CBORReader(bytes)
            var writer = CBORWriter()
            while (try? copyItem(from: &reader, to: &writer, depth: 0)) != nil {}
            #expect(bytes.starts(with: writer.bytes))
        }
    }

    /// Copies one item of any kind of the subset.
    private func copyItem(
        from reader: inout CBORReader,
        to writer: inout CBORWriter,
        depth: Int
    ) throws {
        if reader.null() { return writer.null() }
        if reader.erased() { return writer.erased() }
        switch try reader.peekMajor() {
        case 0: writer.write(try reader.unsigned())
        case 1: writer.write(try reader.integer())
        case 2: writer.write(try reader.byteString(max: 64))
        case 3: writer.write(try reader.text(max: 64))
        default:
            let count = try reader.array(max: 64)
            writer.array(count)
            guard depth < 8 else { throw CBORError.aboveLimit(offset: reader.offset) }
            for _ in 0..<count { try copyItem(from: &reader, to: &writer, depth: depth + 1) }
        }
    }

    @Test func `errors say where`() {
        #expect(CBORError.truncated(offset: 7).description.contains("byte 7"))
        #expect(CBORError.unexpected(major: 3, offset: 7).description.contains("kind 3"))
        #expect(CBORError.notShortest(offset: 7).description.contains("byte 7"))
        #expect(CBORError.notText(offset: 7).description.contains("byte 7"))
        #expect(CBORError.aboveLimit(offset: 7).description.contains("byte 7"))
        #expect(CBORError.trailing(offset: 7).description.contains("byte 7"))
    }
}
