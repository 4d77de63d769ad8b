package import CBOR

/// The items of an encoded array one by one, to look into what a writer wrote.
package func items(of bytes: [UInt8]) throws -> [[UInt8]] {
    var reader = CBORReader(bytes)
    return try (0..<(try reader.array(max: 10_000))).map { _ in
        let start = reader.offset
        try skipItem(&reader)
        return Array(bytes[start..<reader.offset])
    }
}

/// Passes over one item with all that it contains.
package func skipItem(_ reader: inout CBORReader) throws {
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
package func number(_ item: [UInt8]) throws -> UInt64 {
    var reader = CBORReader(item)
    return try reader.unsigned()
}
