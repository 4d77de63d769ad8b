/// Reads one JSON value out of bytes, strictly and within limits.
struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var offset = 0
    private var depth = 0
    private var values = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func whole() throws(JSONError) -> JSONValue {
        let result = try value()
        skipSpace()
        guard offset == bytes.count else { throw .moreAfterEnd(offset: offset) }
        return result
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= limits.values else {
            throw .tooManyValues(offset: offset, limit: limits.values)
        }
        switch try peek() {
        case UInt8(ascii: "{"):
            return try nested { reader throws(JSONError) in try reader.object() }
        case UInt8(ascii: "["): return try nested { reader throws(JSONError) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw .unexpectedByte(offset: offset)
        }
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < limits.depth else { throw .tooDeep(offset: offset, limit: limits.depth) }
        depth += 1
        offset += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        if try skip(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value())
            if try skip(UInt8(ascii: "]")) { return .array(elements) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        if try skip(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            let start = offset
            guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte(offset: offset) }
            let key = try string()
            guard keys.insert(key).inserted else { throw .repeatedKey(offset: start) }
            try expect(UInt8(ascii: ":"))
            members.append(.init(key, try value()))
            if try skip(UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func word(
        _ word: StaticString,
        _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 {
            guard try peek() == byte else { throw .unexpectedByte(offset: offset) }
            offset += 1
        }
        return value
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        var isInteger = true
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let leading = offset
        try digits(from: start)
        if bytes[leading] == UInt8(ascii: "0"), offset > leading + 1 {
            throw .wrongNumber(offset: start)
        }
        if at(UInt8(ascii: ".")) {
            isInteger = false
            offset += 1
            try digits(from: start)
        }
        if at(UInt8(ascii: "e")) || at(UInt8(ascii: "E")) {
            isInteger = false
            offset += 1
            if at(UInt8(ascii: "+")) || at(UInt8(ascii: "-")) { offset += 1 }
            try digits(from: start)
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let number = Int64(text) { return .integer(number) }
        guard !isInteger, let number = Double(text), number.isFinite else {
            throw .wrongNumber(offset: start)
        }
        return .real(number)
    }

    /// One digit or more, the whole number within its limit.
    private mutating func digits(from start: Int) throws(JSONError) {
        let first = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        guard offset < bytes.count || offset > first else { throw .endTooSoon }
        guard offset > first, offset - start <= limits.numberBytes else {
            throw .wrongNumber(offset: start)
        }
    }

    // MARK: - Strings

    private mutating func string() throws(JSONError) -> String {
        let start = offset
        offset += 1
        var content: [UInt8] = []
        while true {
            let run = offset
            while offset < bytes.count, bytes[offset] >= 0x20, bytes[offset] != UInt8(ascii: "\""),
                bytes[offset] != UInt8(ascii: "\\")
            {
                offset += 1
            }
            content += bytes[run..<offset]
            switch try peek() {
            case UInt8(ascii: "\""):
                offset += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw .notUnicode(offset: start)
                }
                return text
            case UInt8(ascii: "\\"): content += try escape().utf8
            default: throw .unexpectedByte(offset: offset)
            }
        }
    }

    private mutating func escape() throws(JSONError) -> String {
        let start = offset
        offset += 1
        let letter = try peek()
        offset += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw .wrongEscape(offset: start)
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> String {
        var units = [try codeUnit(from: start)]
        if UTF16.isLeadSurrogate(units[0]), at(UInt8(ascii: "\\")) {
            offset += 1
            guard try peek() == UInt8(ascii: "u") else { throw .wrongEscape(offset: start) }
            offset += 1
            units.append(try codeUnit(from: start))
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw .wrongEscape(offset: start)
        }
        return text
    }

    private mutating func codeUnit(from start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit = Character(Unicode.Scalar(try peek()))
            guard digit.isASCII, let value = digit.hexDigitValue else {
                throw .wrongEscape(offset: start)
            }
            unit = unit << 4 | UInt16(value)
            offset += 1
        }
        return unit
    }

    // MARK: - Bytes

    private func peek() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw .endTooSoon }
        return bytes[offset]
    }

    private func at(_ byte: UInt8) -> Bool {
        offset < bytes.count && bytes[offset] == byte
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            default: return
            }
        }
    }

    private mutating func skip(_ byte: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard try peek() == byte else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try skip(byte) else { throw .unexpectedByte(offset: offset) }
    }
}
