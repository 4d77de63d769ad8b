import CBOR

/// A column of whole numbers: `sync-protocol.md` section 5.2.
///
/// Three layouts, of which the encoder takes the first that fits:
/// - `[0, first, step]`: first, first + step, …
/// - `[1, [value, length, …]]`: runs, where there are at most a quarter as many as numbers;
/// - `[2, base, width, bytes]`: each number less `base` in `width` bytes, or
///   `[3, first, base, width, bytes]`: each difference to the one before less `base`;
///   the narrower of the two, the former where they are equal.
///
/// `bytes` holds all first (most significant) bytes, then all second ones, and so on: bytes that
/// resemble each other stand together, which zstd rewards.
/// Worked example: 5, 6, 9 → base 5, width 1, bytes 00 01 04 → `84 02 05 01 43 00 01 04`.
enum IntegerColumn {
    static func write(_ values: [Int64], to writer: inout CBORWriter) {
        if let step = arithmeticStep(values) {
            writer.array(3)
            writer.write(0)
            writer.write(values.first ?? 0)
            writer.write(step)
            return
        }
        if let runs = runs(values) {
            writer.array(2)
            writer.write(1)
            writer.array(runs.count)
            for number in runs { writer.write(number) }
            return
        }
        writePlanes(values, to: &writer)
    }

    private static func writePlanes(_ values: [Int64], to writer: inout CBORWriter) {
        var differences: [Int64] = []
        differences.reserveCapacity(values.count - 1)
        for index in 1..<values.count { differences.append(values[index] &- values[index - 1]) }
        let (base, width) = spread(values)
        let (differenceBase, differenceWidth) = spread(differences)
        if differenceWidth < width {
            writer.array(5)
            writer.write(3)
            writer.write(values[0])
            writer.write(differenceBase)
            writer.write(differenceWidth)
            writer.write(planes(differences, base: differenceBase, width: differenceWidth))
        } else {
            writer.array(4)
            writer.write(2)
            writer.write(base)
            writer.write(width)
            writer.write(planes(values, base: base, width: width))
        }
    }

    /// The common difference, which short columns have by nature; nil where there is none.
    private static func arithmeticStep(_ values: [Int64]) -> Int64? {
        guard values.count > 1 else { return 0 }
        let step = values[1] &- values[0]
        for index in 1..<values.count where values[index] &- values[index - 1] != step {
            return nil
        }
        return step
    }

    private static func runs(_ values: [Int64]) -> [Int64]? {
        var result: [Int64] = []
        let limit = values.count / 4 * 2
        for value in values {
            if let last = result.indices.last, result[last - 1] == value {
                result[last] += 1
            } else {
                guard result.count < limit else { return nil }
                result.append(value)
                result.append(1)
            }
        }
        return result
    }

    private static func spread(_ values: [Int64]) -> (base: Int64, width: Int) {
        guard let least = values.min(), let greatest = values.max() else { return (0, 1) }
        let range = UInt64(bitPattern: greatest &- least)
        return (least, max(1, (64 - range.leadingZeroBitCount + 7) / 8))
    }

    private static func planes(_ values: [Int64], base: Int64, width: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: values.count * width)
        var place = 0
        for plane in (0..<width).reversed() {
            for value in values {
                let offset = UInt64(bitPattern: value &- base)
                bytes[place] = UInt8(truncatingIfNeeded: offset &>> UInt64(plane * 8))
                place += 1
            }
        }
        return bytes
    }

    /// Reads a column of exactly `count` numbers; `count` was checked against its limit before.
    static func read(
        _ reader: inout CBORReader,
        count: Int
    ) throws(ReplicationError) -> [Int64] {
        let items = try column { () throws(CBORError) in try reader.array(max: 5) }
        let scheme = try column { () throws(CBORError) in try reader.unsigned() }
        switch (scheme, items) {
        case (0, 3):
            let first = try column { () throws(CBORError) in try reader.integer() }
            let step = try column { () throws(CBORError) in try reader.integer() }
            var value = first
            var values: [Int64] = []
            values.reserveCapacity(count)
            for _ in 0..<count {
                values.append(value)
                value &+= step
            }
            return values
        case (1, 2):
            return try readRuns(&reader, count: count)
        case (2, 4):
            let base = try column { () throws(CBORError) in try reader.integer() }
            return try readPlanes(&reader, count: count, base: base)
        case (3, 5):
            let first = try column { () throws(CBORError) in try reader.integer() }
            let base = try column { () throws(CBORError) in try reader.integer() }
            guard count > 0 else { throw .invalid(part: .column, .count) }
            var values = try readPlanes(&reader, count: count - 1, base: base)
            values.insert(first, at: 0)
            for index in 1..<count { values[index] &+= values[index - 1] }
            return values
        default:
            throw .invalid(part: .column, .scheme)
        }
    }

    private static func readRuns(
        _ reader: inout CBORReader,
        count: Int
    ) throws(ReplicationError) -> [Int64] {
        let items = try column { () throws(CBORError) in try reader.array(max: count * 2) }
        var values: [Int64] = []
        values.reserveCapacity(count)
        for _ in 0..<(items / 2) {
            let value = try column { () throws(CBORError) in try reader.integer() }
            let length = try column { () throws(CBORError) in try reader.count(max: count) }
            guard length <= count - values.count else { throw .invalid(part: .column, .count) }
            values.append(contentsOf: repeatElement(value, count: length))
        }
        guard items.isMultiple(of: 2), values.count == count else {
            throw .invalid(part: .column, .count)
        }
        return values
    }

    private static func readPlanes(
        _ reader: inout CBORReader,
        count: Int,
        base: Int64
    ) throws(ReplicationError) -> [Int64] {
        let width = try column { () throws(CBORError) in try reader.count(max: 8) }
        let range = try column { () throws(CBORError) in try reader.byteRange(max: count * 8) }
        guard width > 0, range.count == count * width else {
            throw .invalid(part: .column, .count)
        }
        let offsets = reader.bytes.span
        var values = [Int64](repeating: 0, count: count)
        var position = range.lowerBound
        for _ in 0..<width {
            for index in 0..<count {
                values[index] = values[index] << 8 | Int64(offsets[position])
                position += 1
            }
        }
        for index in 0..<count { values[index] &+= base }
        return values
    }

    private static func column<R>(_ body: () throws(CBORError) -> R) throws(ReplicationError) -> R {
        try reading(.column, body)
    }
}
