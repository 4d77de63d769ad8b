/// An address on this very node: nothing that is made of data leads anywhere else.
package struct LocalPath: Hashable, Sendable {
    /// Bytes of a path that came with a request.
    package static let bytesMax = 200

    package let text: String

    private init(text: String) {
        self.text = text
    }

    /// A path of the program, and parts behind it that may be data.
    package init(_ fixed: StaticString, _ parts: String...) {
        let text = "\(fixed)"
        precondition(text.hasPrefix("/") && !text.hasPrefix("//"), "a path of this node")
        self.text = parts.reduce(text) { $0 + ($0.hasSuffix("/") ? "" : "/") + encoded($1) }
    }

    /// A path from outside, where it can only be one of this node; nil for everything else.
    package init?(untrusted text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.bytesMax).contains(bytes.count), bytes[0] == UInt8(ascii: "/"),
            bytes.count == 1 || bytes[1] != UInt8(ascii: "/"),
            bytes.allSatisfy({ isUnreserved($0) || $0 == UInt8(ascii: "/") }),
            !text.contains("..")
        else { return nil }
        self.init(text: text)
    }

    /// A path from outside with the question behind it; nil for everything that is not of this node.
    package init?(untrustedAddress text: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = LocalPath(untrusted: String(parts[0])) else { return nil }
        guard parts.count == 2 else {
            self = path
            return
        }
        let query = parts[1].utf8
        guard (1...Self.bytesMax).contains(query.count),
            query.allSatisfy({ isUnreserved($0) || Self.querySigns.contains($0) })
        else { return nil }
        self.init(text: text)
    }

    private static let querySigns = Set("=&%+".utf8)

    /// The same with a question behind it.
    package func asking(_ name: StaticString, _ value: String) -> LocalPath {
        asking([("\(name)", value)])
    }

    /// The same with questions behind it, whose names may be data too.
    package func asking(_ query: [(name: String, value: String)]) -> LocalPath {
        query.reduce(self) { path, pair in
            let sign = path.text.contains("?") ? "&" : "?"
            return LocalPath(
                text: path.text + sign + encoded(pair.name) + "=" + encoded(pair.value)
            )
        }
    }

    /// The same, at one of the page's elements.
    package func at(_ id: StaticString) -> LocalPath { LocalPath(text: text + "#\(id)") }

    /// The same, at an element whose id is made of data.
    package func at(element id: String) -> LocalPath { LocalPath(text: text + "#" + encoded(id)) }
}

/// Percent signs for everything that could mean something else (RFC 3986, 2.3).
private func encoded(_ part: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in part.utf8 {
        if isUnreserved(byte) {
            bytes.append(byte)
        } else {
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        true
    default: false
    }
}
