/// A request target, decoded and checked (RFC 9112 section 3.2).
struct Target {
    let path: [String]
    let query: [(name: String, value: String)]
    /// The authority of the absolute form, `http://host:port/path`; nil in the ordinary form.
    let authority: String?

    /// Nil for anything that has more than one reading.
    init?(_ bytes: [UInt8]) {
        // A fragment is never sent; a backslash is a slash to some.
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            return nil
        }
        var rest = bytes[...]
        guard let authority = Self.takeAuthority(&rest) else { return nil }
        self.authority = authority.isEmpty ? nil : authority
        guard rest.first == UInt8(ascii: "/") else { return nil }
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        guard let path = Self.path(rest[..<mark]), let query = Self.query(rest[mark...].dropFirst())
        else { return nil }
        self.path = path
        self.query = query
    }

    /// Takes `http://authority` from the front; empty where there is none, nil where it is bad.
    private static func takeAuthority(_ rest: inout ArraySlice<UInt8>) -> String? {
        if rest.first == UInt8(ascii: "/") { return "" }
        let schemes = ["http://", "https://"]
        guard
            let scheme = schemes.first(where: {
                rest.prefix($0.utf8.count).map(lowercased).elementsEqual($0.utf8)
            })
        else { return nil }
        rest = rest.dropFirst(scheme.utf8.count)
        let end =
            rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return nil }
        rest = rest[end...]
        return String(decoding: authority, as: UTF8.self)
    }

    private static func path(_ bytes: ArraySlice<UInt8>) -> [String]? {
        guard bytes.count > 1 else { return [] }
        let parts = bytes.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        var path: [String] = []
        path.reserveCapacity(parts.count)
        for (index, part) in parts.enumerated() {
            guard let text = decoded(part, plusIsSpace: false), isPlain(text),
                !text.isEmpty || index == parts.count - 1
            else { return nil }
            path.append(text)
        }
        return path
    }

    /// Whether a path part means itself to everybody, however often it is decoded.
    private static func isPlain(_ part: String) -> Bool {
        guard part != ".", part != "..", !part.contains("/"), !part.contains("\\") else {
            return false
        }
        // Written in percent signs twice: no honest client does that with these.
        let lower = part.utf8.map(lowercased)
        guard lower.contains(UInt8(ascii: "%")) else { return true }
        return !["%2e", "%2f", "%5c", "%00", "%25"].contains { code in
            lower.indices.contains { lower[$0...].starts(with: code.utf8) }
        }
    }

    private static func query(_ bytes: ArraySlice<UInt8>) -> [(name: String, value: String)]? {
        var items: [(name: String, value: String)] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = decoded(pair[..<sign], plusIsSpace: true),
                let value = decoded(pair[sign...].dropFirst(), plusIsSpace: true)
            else { return nil }
            items.append((name, value))
        }
        return items
    }

    /// Percent signs decoded; nil for bad ones, control characters and bad UTF-8.
    private static func decoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace:
                plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue),
                    let low = rest.popFirst().flatMap(hexValue)
                else { return nil }
                plain.append(high << 4 | low)
            default:
                plain.append(byte)
            }
        }
        // A line break or tab may stand in a form's text, but never in a path.
        let isAllowed = { (byte: UInt8) in
            (byte >= 0x20 && byte != 0x7F)
                || plusIsSpace && (byte == 0x09 || byte == 0x0A || byte == 0x0D)
        }
        guard plain.allSatisfy(isAllowed) else { return nil }
        return String(validating: plain, as: UTF8.self)
    }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
}
