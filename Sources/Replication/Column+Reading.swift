import CBOR
import Causality

/// Reads the values of a column that has `count` unmarked cells.
func readColumnValues(
    _ reader: inout CBORReader,
    count: Int
) throws(ReplicationError) -> Column.Values {
    let items = try reading(.column) { () throws(CBORError) in try reader.array(max: 5) }
    let number = try reading(.column) { () throws(CBORError) in try reader.unsigned() }
    switch (ColumnScheme(rawValue: number), items) {
    case (.integers, 2):
        return .integers(try IntegerColumn.read(&reader, count: count))
    case (.texts, 3):
        let texts = try readStrings(&reader, count: count)
        try checkText(texts)
        return .texts(texts)
    case (.byteStrings, 3):
        return .byteStrings(try readStrings(&reader, count: count))
    case (.dictionary, 5):
        return .texts(try readDictionary(&reader, count: count))
    case (.references, 4):
        return .references(try readReferences(&reader, count: count))
    case (.dates, 2):
        return .texts(try readDates(&reader, count: count))
    case (.digits, 3):
        return .texts(try readDigits(&reader, count: count))
    case (.mixed, 2):
        try reading(.column) { () throws(CBORError) in try reader.array(exactly: count) }
        var values: [Value] = []
        for _ in 0..<count {
            let value = try readValue(&reader)
            // Cells without a value are marked in the column, and not here.
            guard value != .null, value != .erased else {
                throw .invalid(part: .column, .unexpected)
            }
            values.append(value)
        }
        return .mixed(values)
    default:
        throw .invalid(part: .column, .scheme)
    }
}

/// Reads one value by itself.
func readValue(_ reader: inout CBORReader) throws(ReplicationError) -> Value {
    if reader.null() { return .null }
    if reader.erased() { return .erased }
    let bytesMax = ReplicationLimits.valueBytesMax
    return try reading(.column) { () throws(CBORError) in
        switch try reader.peekMajor() {
        case 0, 1:
            return .integer(try reader.integer())
        case 2:
            return .bytes(try reader.byteString(max: bytesMax))
        case 4:
            try reader.array(exactly: 2)
            let origin = try reader.unsigned()
            let start = reader.offset
            let counter = try reader.unsigned(max: UInt64(RecordID.counterMax))
            guard counter > 0 else { throw .aboveLimit(offset: start) }
            return .reference(RecordID(origin: origin, counter: UInt32(counter)))
        default:
            return .text(try reader.text(max: bytesMax))
        }
    }
}

/// Reads the three items of a column of record ids.
func readReferences(
    _ reader: inout CBORReader,
    count: Int
) throws(ReplicationError) -> ReferenceColumn {
    let origins = try reading(.column) { () throws(CBORError) in
        let items = try reader.array(max: count)
        var origins: [UInt64] = []
        for _ in 0..<items { origins.append(try reader.unsigned()) }
        return origins
    }
    let indexes = try IntegerColumn.read(&reader, count: count)
    let counters = try IntegerColumn.read(&reader, count: count)
    let indexRange = 0..<Int64(origins.count)
    let counterRange = 1...Int64(RecordID.counterMax)
    guard indexes.allSatisfy({ indexRange.contains($0) }),
        counters.allSatisfy({ counterRange.contains($0) })
    else { throw .invalid(part: .column, .range) }
    return ReferenceColumn(origins: origins, originIndexes: indexes, counters: counters)
}

/// Reads lengths and one byte string that they cut up exactly.
private func readStrings(
    _ reader: inout CBORReader,
    count: Int
) throws(ReplicationError) -> TextColumn {
    let lengths = try IntegerColumn.read(&reader, count: count)
    let range = try reading(.column) { () throws(CBORError) in
        try reader.byteRange(max: ReplicationLimits.payloadBytesMax)
    }
    var starts: [Int32] = []
    starts.reserveCapacity(count)
    var position = range.lowerBound
    for length in lengths {
        guard (0...Int64(ReplicationLimits.valueBytesMax)) ~= length else {
            throw .invalid(part: .column, .range)
        }
        starts.append(Int32(position))
        position += Int(length)
        guard position <= range.upperBound else { throw .invalid(part: .column, .count) }
    }
    guard position == range.upperBound else { throw .invalid(part: .column, .count) }
    return TextColumn(bytes: reader.bytes, starts: starts, lengths: lengths.map { Int32($0) })
}

/// Refuses bytes that are not UTF-8, or that are cut inside a character.
private func checkText(_ texts: TextColumn) throws(ReplicationError) {
    guard let first = texts.starts.first, let last = texts.starts.indices.last else { return }
    let range = Int(first)..<texts.range(last).upperBound
    let isUTF8 = unsafe texts.bytes.withUnsafeBufferPointer { bytes in
        unsafe String(validating: bytes[range], as: UTF8.self) != nil
    }
    guard isUTF8 else { throw .invalid(part: .column, .text) }
    for start in texts.starts where Int(start) < range.upperBound {
        guard texts.bytes[Int(start)] & 0xc0 != 0x80 else { throw .invalid(part: .column, .text) }
    }
}

private func readDictionary(
    _ reader: inout CBORReader,
    count: Int
) throws(ReplicationError) -> TextColumn {
    let distinct = try reading(.column) { () throws(CBORError) in
        try reader.count(max: ColumnScheme.dictionaryMax)
    }
    let texts = try readStrings(&reader, count: distinct)
    try checkText(texts)
    let indexes = try IntegerColumn.read(&reader, count: count)
    var starts: [Int32] = []
    var lengths: [Int32] = []
    starts.reserveCapacity(count)
    lengths.reserveCapacity(count)
    for index in indexes {
        guard (0..<Int64(distinct)) ~= index else { throw .invalid(part: .column, .range) }
        starts.append(texts.starts[Int(index)])
        lengths.append(texts.lengths[Int(index)])
    }
    return TextColumn(bytes: texts.bytes, starts: starts, lengths: lengths)
}

private func readDates(
    _ reader: inout CBORReader,
    count: Int
) throws(ReplicationError) -> TextColumn {
    var bytes = [UInt8](repeating: 0, count: count * 10)
    var start = 0
    for days in try IntegerColumn.read(&reader, count: count) {
        guard CivilDay.range.contains(days) else { throw .invalid(part: .column, .range) }
        CivilDay.write(days: days, to: &bytes, at: start)
        start += 10
    }
    return TextColumn(bytes: bytes, count: count, length: 10)
}

private func readDigits(
    _ reader: inout CBORReader,
    count: Int
) throws(ReplicationError) -> TextColumn {
    let length = try reading(.column) { () throws(CBORError) in
        try reader.count(max: ColumnScheme.digitsMax)
    }
    var power: Int64 = 1
    for _ in 0..<length { power *= 10 }
    var bytes = [UInt8](repeating: UInt8(ascii: "0"), count: count * length)
    var end = length
    for number in try IntegerColumn.read(&reader, count: count) {
        guard (0..<power) ~= number, length > 0 else { throw .invalid(part: .column, .range) }
        var rest = number
        var position = end
        while rest > 0 {
            position -= 1
            bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        end += length
    }
    return TextColumn(bytes: bytes, count: count, length: length)
}

extension TextColumn {
    /// `count` texts of one length, one behind the other.
    fileprivate init(bytes: [UInt8], count: Int, length: Int) {
        self.init(
            bytes: bytes,
            starts: (0..<count).map { Int32($0 * length) },
            lengths: Array(repeating: Int32(length), count: count)
        )
    }
}
