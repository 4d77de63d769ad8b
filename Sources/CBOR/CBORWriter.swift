/// Writes deterministic CBOR (RFC 8949, section 4.2.1) into a growing array of bytes.
///
/// Only what Doorstep needs: unsigned and negative integers, byte and text strings of definite
/// length, arrays, null, and the simple value for "erased". Every head has its shortest form.
package struct CBORWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    @inlinable
    package mutating func write(_ value: UInt64) {
        head(0, value)
    }

    @inlinable
    package mutating func write(_ value: Int) {
        write(Int64(value))
    }

    @inlinable
    package mutating func write(_ value: Int64) {
        if value >= 0 { head(0, UInt64(value)) } else { head(1, UInt64(bitPattern: ~value)) }
    }

    /// A text string, its bytes as they are.
    package mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            head(3, UInt64(utf8.count))
            unsafe bytes.append(contentsOf: utf8)
        }
    }

    package mutating func write(_ string: [UInt8]) {
        head(2, UInt64(string.count))
        bytes.append(contentsOf: string)
    }

    /// The head of an array: as many items as `count` must follow.
    package mutating func array(_ count: Int) {
        head(4, UInt64(count))
    }

    package mutating func null() {
        bytes.append(0xf6)
    }

    /// The mark of a value that a redaction order removed: `undefined`.
    package mutating func erased() {
        bytes.append(0xf7)
    }

    @usableFromInline
    mutating func head(_ major: UInt8, _ value: UInt64) {
        let type = major << 5
        switch value {
        case 0..<24:
            bytes.append(type | UInt8(value))
        case 24..<0x100:
            bytes.append(type | 24)
            bytes.append(UInt8(value))
        case 0x100..<0x1_0000:
            bytes.append(type | 25)
            append(value, width: 2)
        case 0x1_0000..<0x1_0000_0000:
            bytes.append(type | 26)
            append(value, width: 4)
        default:
            bytes.append(type | 27)
            append(value, width: 8)
        }
    }

    private mutating func append(_ value: UInt64, width: Int) {
        for index in (0..<width).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> (UInt64(index) * 8)))
        }
    }
}
