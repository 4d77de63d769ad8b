/// Why bytes are not the CBOR that was expected, and where.
package enum CBORError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end inside an item.
    case truncated(offset: Int)
    /// Another kind of item stands here.
    case unexpected(major: UInt8, offset: Int)
    /// A head is longer than it needs to be: not deterministic.
    case notShortest(offset: Int)
    /// A text string is not UTF-8.
    case notText(offset: Int)
    /// A length or number is above the limit that the reader was given.
    case aboveLimit(offset: Int)
    /// Bytes follow where the item should have ended.
    case trailing(offset: Int)

    package var description: String {
        switch self {
        case .truncated(let offset): "the data ends too early, at byte \(offset)"
        case .unexpected(let major, let offset):
            "unexpected item of kind \(major) at byte \(offset)"
        case .notShortest(let offset): "a number at byte \(offset) is not in its shortest form"
        case .notText(let offset): "a text at byte \(offset) is not UTF-8"
        case .aboveLimit(let offset): "a length or number at byte \(offset) is above its limit"
        case .trailing(let offset): "unexpected bytes after the end, at byte \(offset)"
        }
    }
}

/// Reads deterministic CBOR from an array of bytes, refusing every other form.
///
/// Nothing is reserved before its length has been checked against the bytes that are really there
/// and against the limit that the caller names.
package struct CBORReader: Sendable {
    package let bytes: [UInt8]
    package private(set) var offset: Int
    package let end: Int

    @inlinable
    package init(_ bytes: [UInt8]) {
        self.init(bytes, range: 0..<bytes.count)
    }

    package init(_ bytes: [UInt8], range: Range<Int>) {
        precondition(range.upperBound <= bytes.count, "the range lies within the bytes")
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    package var isAtEnd: Bool { offset == end }

    /// Refuses whatever follows.
    package func finish() throws(CBORError) {
        guard isAtEnd else { throw .trailing(offset: offset) }
    }

    package mutating func unsigned(max: UInt64 = .max) throws(CBORError) -> UInt64 {
        let start = offset
        let (major, value) = try head()
        guard major == 0 else { throw .unexpected(major: major, offset: start) }
        guard value <= max else { throw .aboveLimit(offset: start) }
        return value
    }

    /// An unsigned number that fits an `Int` and the limit.
    package mutating func count(max: Int) throws(CBORError) -> Int {
        Int(try unsigned(max: UInt64(max)))
    }

    package mutating func integer() throws(CBORError) -> Int64 {
        let start = offset
        let (major, value) = try head()
        guard major <= 1 else { throw .unexpected(major: major, offset: start) }
        guard value <= UInt64(Int64.max) else { throw .aboveLimit(offset: start) }
        return major == 0 ? Int64(value) : ~Int64(value)
    }

    /// The range of a byte string's content.
    package mutating func byteRange(max: Int) throws(CBORError) -> Range<Int> {
        try string(major: 2, max: max)
    }

    package mutating func byteString(max: Int) throws(CBORError) -> [UInt8] {
        Array(bytes[try byteRange(max: max)])
    }

    package mutating func text(max: Int) throws(CBORError) -> String {
        let start = offset
        let range = try string(major: 3, max: max)
        // Checked through a span: the validating initializer of String costs twenty times as much.
        guard let utf8 = try? UTF8Span(validating: bytes.span.extracting(range)) else {
            throw .notText(offset: start)
        }
        return String(copying: utf8)
    }

    /// The number of items of an array; each takes at least a byte, so it cannot exceed what is left.
    package mutating func array(max: Int) throws(CBORError) -> Int {
        let start = offset
        let (major, value) = try head()
        guard major == 4 else { throw .unexpected(major: major, offset: start) }
        guard value <= UInt64(max), value <= UInt64(end - offset) else {
            throw .aboveLimit(offset: start)
        }
        return Int(value)
    }

    /// An array that must have exactly this many items.
    package mutating func array(exactly expected: Int) throws(CBORError) {
        let start = offset
        guard try array(max: expected) == expected else { throw .aboveLimit(offset: start) }
    }

    /// The major type of the next item (7 for null and the like), without reading it.
    package func peekMajor() throws(CBORError) -> UInt8 {
        guard offset < end else { throw .truncated(offset: offset) }
        return bytes[offset] >> 5
    }

    /// Reads a null, if one stands here.
    package mutating func null() -> Bool {
        take(0xf6)
    }

    /// Reads the mark of an erased value, if one stands here.
    package mutating func erased() -> Bool {
        take(0xf7)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < end, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func string(major expected: UInt8, max: Int) throws(CBORError) -> Range<Int> {
        let start = offset
        let (major, value) = try head()
        guard major == expected else { throw .unexpected(major: major, offset: start) }
        guard value <= UInt64(max) else { throw .aboveLimit(offset: start) }
        guard value <= UInt64(end - offset) else { throw .truncated(offset: offset) }
        let range = offset..<(offset + Int(value))
        offset = range.upperBound
        return range
    }

    private mutating func head() throws(CBORError) -> (major: UInt8, value: UInt64) {
        guard offset < end else { throw .truncated(offset: offset) }
        let first = bytes[offset]
        let start = offset
        offset += 1
        let low = first & 0x1f
        if low < 24 { return (first >> 5, UInt64(low)) }
        guard low <= 27 else { throw .unexpected(major: first >> 5, offset: start) }
        let width = 1 << Int(low - 24)
        guard end - offset >= width else { throw .truncated(offset: offset) }
        var value: UInt64 = 0
        for index in offset..<(offset + width) { value = value << 8 | UInt64(bytes[index]) }
        offset += width
        let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard first >> 5 != 7, value >= least else { throw .notShortest(offset: start) }
        return (first >> 5, value)
    }
}
