import CBOR
import Causality

/// Texts or byte strings of a column on their way out, one behind the other in one buffer.
struct ByteStrings {
    private var bytes: [UInt8] = []
    /// Where each string ends; the next one begins there.
    private var ends: [Int] = []

    private init(capacity: Int) {
        ends.reserveCapacity(capacity)
    }

    /// The texts of values that are all texts; nil otherwise.
    init?(texts values: [Value]) {
        self.init(capacity: values.count)
        for value in values {
            guard case .text(let text) = value else { return nil }
            bytes.append(contentsOf: text.utf8)
            ends.append(bytes.count)
        }
    }

    /// The strings of values that are all byte strings; nil otherwise.
    init?(byteStrings values: [Value]) {
        self.init(capacity: values.count)
        for value in values {
            guard case .bytes(let string) = value else { return nil }
            bytes.append(contentsOf: string)
            ends.append(bytes.count)
        }
    }

    private var count: Int { ends.count }

    private func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// Writes two items: the lengths, and all bytes in one string.
    func write(to writer: inout CBORWriter) {
        var lengths: [Int64] = []
        lengths.reserveCapacity(count)
        for index in 0..<count { lengths.append(Int64(range(index).count)) }
        IntegerColumn.write(lengths, to: &writer)
        writer.write(bytes)
    }

    /// Writes texts in the one layout that the protocol prescribes for them.
    func writeTexts(to writer: inout CBORWriter) {
        if let days = days() {
            writer.array(2)
            writer.write(ColumnScheme.dates.rawValue)
            IntegerColumn.write(days, to: &writer)
        } else if let numbers = digits() {
            writer.array(3)
            writer.write(ColumnScheme.digits.rawValue)
            writer.write(ends.first ?? 0)
            IntegerColumn.write(numbers, to: &writer)
        } else if let (distinct, indexes) = dictionary() {
            writer.array(5)
            writer.write(ColumnScheme.dictionary.rawValue)
            writer.write(distinct.count)
            distinct.write(to: &writer)
            IntegerColumn.write(indexes, to: &writer)
        } else {
            writer.array(3)
            writer.write(ColumnScheme.texts.rawValue)
            write(to: &writer)
        }
    }

    /// The numbers of texts that are all days of the calendar; nil otherwise.
    private func days() -> [Int64]? {
        let bytes = bytes.span
        var days: [Int64] = []
        for index in 0..<count {
            guard let day = CivilDay.days(fromISO: bytes.extracting(range(index))) else {
                return nil
            }
            days.append(day)
        }
        return days
    }

    /// The numbers of texts that are all ASCII digits of one length, 1 to 18; nil otherwise.
    private func digits() -> [Int64]? {
        guard let length = ends.first, (1...ColumnScheme.digitsMax) ~= length else { return nil }
        var numbers: [Int64] = []
        for index in 0..<count {
            let range = range(index)
            guard range.count == length else { return nil }
            var number: Int64 = 0
            for place in range {
                guard (0x30...0x39) ~= bytes[place] else { return nil }
                number = number * 10 + Int64(bytes[place] - 0x30)
            }
            numbers.append(number)
        }
        return numbers
    }

    // MARK: Dictionaries

    /// Slots of the table that finds texts met before: few enough texts for one in four to be used.
    private static let slots = 4 * ColumnScheme.dictionaryMax

    /// Distinct texts in order of appearance and each text's index, where at most half are distinct.
    ///
    /// Compared byte by byte: texts that Unicode calls equivalent stay what they are.
    private func dictionary() -> (distinct: ByteStrings, indexes: [Int64])? {
        let limit = min(ColumnScheme.dictionaryMax, count / 2)
        var distinct = ByteStrings(capacity: limit)
        var table = [Int16](repeating: -1, count: Self.slots)
        var indexes: [Int64] = []
        indexes.reserveCapacity(count)
        for index in 0..<count {
            let range = range(index)
            var slot = hash(range) % Self.slots
            while table[slot] >= 0, !distinct.isEqual(Int(table[slot]), bytes, range) {
                slot = (slot + 1) % Self.slots
            }
            if table[slot] < 0 {
                guard distinct.count < limit else { return nil }
                table[slot] = Int16(distinct.count)
                distinct.bytes.append(contentsOf: bytes[range])
                distinct.ends.append(distinct.bytes.count)
            }
            indexes.append(Int64(table[slot]))
        }
        return (distinct, indexes)
    }

    /// FNV-1a; nothing depends on it but the time that a lookup takes.
    private func hash(_ range: Range<Int>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for place in range { hash = (hash ^ UInt32(bytes[place])) &* 16_777_619 }
        return Int(hash)
    }

    private func isEqual(_ index: Int, _ other: [UInt8], _ otherRange: Range<Int>) -> Bool {
        let range = range(index)
        guard range.count == otherRange.count else { return false }
        for offset in 0..<range.count
        where bytes[range.lowerBound + offset] != other[otherRange.lowerBound + offset] {
            return false
        }
        return true
    }
}
