/// The numbers that bound a form.
package enum FormLimits {
    /// Bytes of a whole form: the largest has a name, a role and some hundred villages.
    package static let bytesMax = 16 << 10
    /// Bytes of a page of a visit: every question of a large household, twice.
    package static let visitBytesMax = 128 << 10
    package static let fieldsMax = 2000
    package static let nameBytesMax = 64
    /// Bytes of one field's value: a password may have a thousand.
    ///
    /// Of a page of a visit a quarter of its form: a text that is too long is told so at its question.
    package static let valueBytesMax = 4 << 10
}

/// Why a form cannot be read.
package enum FormError: Error, Hashable, Sendable {
    case tooLarge
    case malformed
}

/// The fields of a form as a browser sends it (`application/x-www-form-urlencoded`, WHATWG URL 5.1).
package struct FormFields: Hashable, Sendable {
    package static let contentType = "application/x-www-form-urlencoded"

    private struct Field: Hashable {
        let name: String
        let value: String
    }

    private var fields: [Field] = []

    package init() {}

    /// Reads a body; refuses what is over a limit, holds control signs other than line ends, tabs
    /// and the soft breaks that word processors paste, which become spaces, or is not UTF-8.
    package init(
        _ body: [UInt8],
        limit: Int = FormLimits.bytesMax
    ) throws(FormError) {
        guard body.count <= limit else { throw .tooLarge }
        let valueMax = max(FormLimits.valueBytesMax, limit / 4)
        for pair in body.split(separator: UInt8(ascii: "&")) {
            guard fields.count < FormLimits.fieldsMax else { throw .tooLarge }
            let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try Self.decoded(pair[..<sign], limit: FormLimits.nameBytesMax)
            let value = try Self.decoded(pair[sign...].dropFirst(), limit: valueMax)
            fields.append(Field(name: name, value: value))
        }
    }

    /// Every field but these, in the order in which they came.
    func fields(but names: Set<String>) -> [(name: String, value: String)] {
        pairs.filter { !names.contains($0.name) }
    }

    /// The first value of a name; empty where there is none.
    package subscript(name: StaticString) -> String {
        all(name).first ?? ""
    }

    package func all(_ name: StaticString) -> [String] {
        let word = "\(name)"
        return fields.filter { $0.name == word }.map(\.value)
    }

    /// All fields in their order.
    package var pairs: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    private static func decoded(
        _ bytes: ArraySlice<UInt8>,
        limit: Int
    ) throws(FormError) -> String {
        // A sign takes three bytes at most.
        guard bytes.count <= 3 * limit else { throw .tooLarge }
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexadecimal),
                    let low = rest.popFirst().flatMap(hexadecimal)
                else { throw .malformed }
                plain.append(high << 4 | low)
            default: plain.append(byte)
            }
        }
        guard plain.count <= limit else { throw .tooLarge }
        // Vertical tab and form feed: a line or a page that ends within a paragraph.
        plain = plain.map { $0 == 0x0B || $0 == 0x0C ? UInt8(ascii: " ") : $0 }
        let isPlain = plain.allSatisfy {
            ($0 >= 0x20 && $0 != 0x7F) || [0x09, 0x0A, 0x0D].contains($0)
        }
        guard isPlain, let text = String(validating: plain, as: UTF8.self) else {
            throw .malformed
        }
        return text
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        Character(UnicodeScalar(digit)).hexDigitValue.map { UInt8($0) }
    }
}
