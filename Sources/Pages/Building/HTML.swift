/// A piece of a page that is safe to send: the only ways to make one escape whatever they are given.
///
/// Tags and names of attributes are texts of the program (`StaticString`); everything else is data.
package struct HTML: Sendable {
    package private(set) var text: String

    fileprivate init(made text: String) {
        self.text = text
    }

    package init() { text = "" }

    /// Plain text: every sign means itself.
    package init(_ plain: String) { text = escaped(plain) }

    package static func + (left: HTML, right: HTML) -> HTML { HTML(made: left.text + right.text) }

    package var isEmpty: Bool { text.isEmpty }

    /// Pieces one after the other.
    package static func joined(@HTMLBuilder content: () -> HTML) -> HTML { content() }

    /// A whole document.
    package static func document(_ language: String, _ head: HTML, _ body: HTML) -> HTML {
        let root = element("html", .lang(language)) {
            element("head") { head }
            element("body") { body }
        }
        return HTML(made: "<!doctype html>\n" + root.text)
    }

    fileprivate static func made(
        named name: StaticString,
        _ attributes: [Attribute],
        _ content: HTML?
    ) -> HTML {
        let open = "<\(name)" + attributes.map(\.text).joined()
        guard let content else { return HTML(made: open + ">") }
        return HTML(made: open + ">" + content.text + "</\(name)>")
    }
}

/// An element with what stands in it.
package func element(
    _ name: StaticString,
    _ attributes: Attribute...,
    @HTMLBuilder content: () -> HTML = { HTML() }
) -> HTML {
    HTML.made(named: name, attributes, content())
}

/// As the other, with attributes that were gathered before.
package func element(
    _ name: StaticString,
    _ attributes: [Attribute],
    @HTMLBuilder content: () -> HTML = { HTML() }
) -> HTML {
    HTML.made(named: name, attributes, content())
}

/// An element that never holds anything, such as `input`.
package func void(_ name: StaticString, _ attributes: [Attribute]) -> HTML {
    HTML.made(named: name, attributes, nil)
}

/// An attribute of an element; the value is escaped and quoted.
package struct Attribute: Sendable {
    fileprivate let text: String

    /// Not for addresses: those are ``href(_:)`` and ``action(_:)``.
    package init(_ name: StaticString, _ value: String) {
        let word = "\(name)"
        precondition(
            !["href", "src", "action", "formaction", "style", "srcdoc"].contains(word)
                && !word.hasPrefix("on"),
            "an attribute whose value does something has its own way"
        )
        text = " \(word)=\"\(escaped(value))\""
    }

    /// One that is there or not, such as `required`.
    package init(_ name: StaticString) {
        text = " \(name)"
    }

    private init(made text: String) {
        self.text = text
    }

    private init(address name: StaticString, _ path: LocalPath) {
        text = " \(name)=\"\(escaped(path.text))\""
    }

    package static func href(_ path: LocalPath) -> Attribute { Attribute(address: "href", path) }
    package static func action(_ path: LocalPath) -> Attribute {
        Attribute(address: "action", path)
    }
    package static func src(_ path: LocalPath) -> Attribute { Attribute(address: "src", path) }
    package static func call(_ number: TelephonePath) -> Attribute {
        Attribute(made: " href=\"\(escaped(number.text))\"")
    }
    /// The icon of a page that has none.
    package static let noIcon = Attribute(made: " href=\"data:,\"")
    /// An element of the same page.
    package static func here(_ id: StaticString) -> Attribute {
        Attribute(made: " href=\"#\(id)\"")
    }
    package static func lang(_ language: String) -> Attribute { Attribute("lang", language) }
    package static func id(_ name: String) -> Attribute { Attribute("id", name) }
    package static func `class`(_ names: StaticString) -> Attribute {
        Attribute("class", "\(names)")
    }
}

/// Elements one after the other; a `String` among them is plain text.
@resultBuilder
package enum HTMLBuilder {
    package static func buildExpression(_ piece: HTML) -> HTML { piece }
    package static func buildExpression(_ plain: String) -> HTML { HTML(plain) }
    package static func buildBlock(_ pieces: HTML...) -> HTML {
        HTML(made: pieces.map(\.text).joined())
    }
    package static func buildOptional(_ piece: HTML?) -> HTML { piece ?? HTML() }
    package static func buildEither(first piece: HTML) -> HTML { piece }
    package static func buildEither(second piece: HTML) -> HTML { piece }
    package static func buildArray(_ pieces: [HTML]) -> HTML {
        HTML(made: pieces.map(\.text).joined())
    }
}

/// Escaped for text and for quoted values alike; control signs, which no page may hold, are left out.
private func escaped(_ plain: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(plain.utf8.count)
    for byte in plain.utf8 {
        switch byte {
        case UInt8(ascii: "&"): bytes += "&amp;".utf8
        case UInt8(ascii: "<"): bytes += "&lt;".utf8
        case UInt8(ascii: ">"): bytes += "&gt;".utf8
        case UInt8(ascii: "\""): bytes += "&quot;".utf8
        case UInt8(ascii: "'"): bytes += "&#39;".utf8
        case 0x09, 0x0A: bytes.append(byte)
        case 0..<0x20, 0x7F: break
        default: bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
