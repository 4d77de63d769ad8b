/// A JSON value; objects keep the order of their members.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case real(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// A 64-bit name as text: many readers keep numbers above 2^53 only roughly.
    package static func identifier(_ number: UInt64) -> JSONValue {
        .string(String(number))
    }

    /// The member of an object with this key; nil for other values and for absent keys.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
}

/// What a JSON text may cost its reader; the numbers given suit one line of JSON Lines.
package struct JSONLimits: Hashable, Sendable {
    /// Bytes of the whole text.
    package var bytes = 1 << 20
    /// Arrays and objects inside one another.
    package var depth = 64
    /// Values of all kinds together: each takes some dozens of bytes, however short its text.
    package var values = 1 << 16
    /// Bytes of one number.
    package var numberBytes = 64

    package init() {}
}

/// Why a text is not acceptable JSON; offsets count bytes from 0.
package enum JSONError: Error, Hashable, Sendable {
    case tooLong(limit: Int)
    case tooDeep(offset: Int, limit: Int)
    case tooManyValues(offset: Int, limit: Int)
    case endTooSoon
    case unexpectedByte(offset: Int)
    case wrongEscape(offset: Int)
    case wrongNumber(offset: Int)
    case notUnicode(offset: Int)
    case repeatedKey(offset: Int)
    case moreAfterEnd(offset: Int)
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong(let limit): "longer than \(limit) bytes; split it"
        case .tooDeep(let offset, let limit): "byte \(offset): nested deeper than \(limit) levels"
        case .tooManyValues(let offset, let limit):
            "byte \(offset): more than \(limit) values; split it"
        case .endTooSoon: "the text ends too soon; copy it again"
        case .unexpectedByte(let offset): "byte \(offset): not JSON; correct it there"
        case .wrongEscape(let offset): "byte \(offset): an escape that JSON does not know"
        case .wrongNumber(let offset): "byte \(offset): a number that is malformed or too large"
        case .notUnicode(let offset): "byte \(offset): text that is not UTF-8; save it as UTF-8"
        case .repeatedKey(let offset): "byte \(offset): a key that the object has already"
        case .moreAfterEnd(let offset): "byte \(offset): something follows the value"
        }
    }
}
