import CBOR
package import Causality

/// Texts of a column: places in a shared buffer of valid UTF-8, so that none is copied before use.
package struct TextColumn: Sendable {
    package var bytes: [UInt8]
    package var starts: [Int32]
    package var lengths: [Int32]

    package func range(_ index: Int) -> Range<Int> {
        let start = Int(starts[index])
        return start..<(start + Int(lengths[index]))
    }

    package subscript(index: Int) -> String {
        String(decoding: bytes[range(index)], as: UTF8.self)
    }
}

/// References of a column: their origins in a table, and two numbers each.
package struct ReferenceColumn: Sendable {
    package var origins: [UInt64]
    package var originIndexes: [Int64]
    package var counters: [Int64]

    package var count: Int { counters.count }

    package subscript(index: Int) -> RecordID {
        RecordID(
            origin: origins[Int(originIndexes[index])],
            counter: UInt32(counters[index])
        )
    }
}

/// The values of one field in the entries of one record type, as they lie in a payload.
package struct Column: Sendable {
    package enum Values: Sendable {
        case integers([Int64])
        case texts(TextColumn)
        case references(ReferenceColumn)
        case byteStrings(TextColumn)
        case mixed([Value])

        /// Bytes of the values one by one, where they may share what they were read from; those of a
        /// mixed column cannot, and all readers must come to the same sum.
        var unfoldedSize: Int {
            switch self {
            case .texts(let texts), .byteStrings(let texts):
                texts.lengths.reduce(0) { $0 + Int($1) }
            case .integers, .references, .mixed: 0
            }
        }
    }

    package let field: String
    /// Positions, within the group, of the entries that set the field, ascending; nil for all.
    package let rows: [Int64]?
    /// Positions, among the cells of this column, that are cleared or erased; seldom any.
    package let marks: [Int: Value]
    /// The values of the cells that are neither cleared nor erased, in order.
    package let values: Values

    /// The value of the cell behind `index` unmarked ones.
    package func value(_ index: Int) -> Value {
        switch values {
        case .integers(let numbers): .integer(numbers[index])
        case .texts(let texts): .text(texts[index])
        case .references(let references): .reference(references[index])
        case .byteStrings(let strings): .bytes(Array(strings.bytes[strings.range(index)]))
        case .mixed(let values): values[index]
        }
    }
}

/// How the values of a column are laid out: `sync-protocol.md` section 5.3.
enum ColumnScheme: UInt64 {
    case integers = 0
    case texts = 1
    case dictionary = 2
    case references = 3
    case byteStrings = 4
    case dates = 5
    case digits = 6
    case mixed = 7

    /// Distinct texts that a dictionary may have, so that an index is one byte.
    static let dictionaryMax = 256
    /// Digits that surely fit a signed 64-bit number.
    static let digitsMax = 18
}

// MARK: - Writing

/// Writes the values of a column in the one layout that the protocol prescribes for them.
func writeColumnValues(_ values: [Value], to writer: inout CBORWriter) {
    if let numbers = all(values, { if case .integer(let number) = $0 { number } else { nil } }) {
        writer.array(2)
        writer.write(ColumnScheme.integers.rawValue)
        IntegerColumn.write(numbers, to: &writer)
    } else if let texts = ByteStrings(texts: values) {
        texts.writeTexts(to: &writer)
    } else if let references = all(
        values,
        { if case .reference(let reference) = $0 { reference } else { nil } }
    ) {
        writer.array(4)
        writer.write(ColumnScheme.references.rawValue)
        writeReferences(references, to: &writer)
    } else if let strings = ByteStrings(byteStrings: values) {
        writer.array(3)
        writer.write(ColumnScheme.byteStrings.rawValue)
        strings.write(to: &writer)
    } else {
        writer.array(2)
        writer.write(ColumnScheme.mixed.rawValue)
        writer.array(values.count)
        for value in values { write(value, to: &writer) }
    }
}

/// Writes the three items of a column of record ids: origins, their indexes, counters.
func writeReferences(_ references: [RecordID], to writer: inout CBORWriter) {
    var origins: [UInt64] = []
    var positions: [UInt64: Int64] = [:]
    var indexes: [Int64] = []
    for reference in references {
        if let position = positions[reference.origin] {
            indexes.append(position)
        } else {
            positions[reference.origin] = Int64(origins.count)
            indexes.append(Int64(origins.count))
            origins.append(reference.origin)
        }
    }
    writer.array(origins.count)
    for origin in origins { writer.write(origin) }
    IntegerColumn.write(indexes, to: &writer)
    IntegerColumn.write(references.map { Int64($0.counter) }, to: &writer)
}

/// Writes one value by itself, as mixed columns and open entries hold it.
func write(_ value: Value, to writer: inout CBORWriter) {
    switch value {
    case .null: writer.null()
    case .erased: writer.erased()
    case .integer(let number): writer.write(number)
    case .text(let text): writer.write(text)
    case .bytes(let bytes): writer.write(bytes)
    case .reference(let reference):
        writer.array(2)
        writer.write(reference.origin)
        writer.write(UInt64(reference.counter))
    }
}

private func all<T>(_ values: [Value], _ pick: (Value) -> T?) -> [T]? {
    var picked: [T] = []
    picked.reserveCapacity(values.count)
    for value in values {
        guard let one = pick(value) else { return nil }
        picked.append(one)
    }
    return picked
}
