/// JSON as text (RFC 8259).
package enum JSONText {
    /// The value in one line, or with a member or element on each.
    package static func encode(_ value: JSONValue, pretty: Bool = false) -> String {
        var text = ""
        append(value, to: &text, indent: pretty ? 0 : nil)
        return text
    }

    /// The value of the text, which holds nothing else but white space.
    ///
    /// Strict: no comments, no repeated keys, no lone surrogates, no byte order mark.
    package static func decode(
        _ bytes: [UInt8],
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else { throw .tooLong(limit: limits.bytes) }
        var reader = JSONReader(bytes: bytes, limits: limits)
        return try reader.whole()
    }

    private static func append(_ value: JSONValue, to text: inout String, indent: Int?) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): append(value, to: &text)
        case .real(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): append(value, to: &text)
        case .array(let elements):
            appendList(elements, "[", "]", to: &text, indent: indent) { element, text, indent in
                append(element, to: &text, indent: indent)
            }
        case .object(let members):
            appendList(members, "{", "}", to: &text, indent: indent) { member, text, indent in
                append(member.key, to: &text)
                text += indent == nil ? ":" : ": "
                append(member.value, to: &text, indent: indent)
            }
        }
    }

    private static func appendList<Element>(
        _ elements: [Element],
        _ opening: String,
        _ closing: String,
        to text: inout String,
        indent: Int?,
        _ appendElement: (Element, inout String, Int?) -> Void
    ) {
        text += opening
        let inner = indent.map { $0 + 2 }
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: " ", count: inner) }
            appendElement(element, &text, inner)
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
        text += closing
    }

    /// Beyond 2^53 as a string: as a number it would arrive changed in many readers (RFC 8259, 6).
    private static func append(_ number: Int64, to text: inout String) {
        let isExact = number.magnitude < 1 << 53
        text += isExact ? "\(number)" : "\"\(number)\""
    }

    private static func append(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // Line separators end a line in older JavaScript; DEL and C1 steer terminals.
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
