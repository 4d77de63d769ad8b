import CBOR

/// The items of an encoded array as ranges of bytes, to look into what a writer wrote.
func items(of bytes: [UInt8], in range: Range<Int>? = nil) throws -> [[UInt8]] {
    var reader = CBORReader(bytes, range: range ?? 0..<bytes.count)
    return try (0..<(try reader.array(max: 10_000))).map { _ in
        let start = reader.offset
        try skipItem(&reader)
        return Array(bytes[start..<reader.offset])
    }
}

/// Passes over one item with all that it contains.
func skipItem(_ reader: inout CBORReader) throws {
    if reader.null() || reader.erased() { return }
    switch try reader.peekMajor() {
    case 0: _ = try reader.unsigned()
    case 1: _ = try reader.integer()
    case 2: _ = try reader.byteRange(max: 1 << 24)
    case 3: _ = try reader.text(max: 1 << 24)
    default: for _ in 0..<(try reader.array(max: 10_000)) { try skipItem(&reader) }
    }
}

/// The unsigned number that an item is.
func number(_ item: [UInt8]) throws -> UInt64 {
    var reader = CBORReader(item)
    return try reader.unsigned()
}
