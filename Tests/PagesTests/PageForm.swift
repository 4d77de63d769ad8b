/// A page's form as a browser without scripts has it: every control with what it would send.
struct PageForm {
    struct Button: Hashable {
        let name: String
        let value: String
    }

    let action: String
    /// In the order of the page.
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var buttons: [Button] = []

    /// The form of the page that is sent to `action`.
    init?(_ page: String, action: String) {
        self.action = action
        var tags = Tags(page)
        var isInside = false
        var list: (name: String, first: String?, chosen: String?)?
        var isFound = false
        while let tag = tags.next() {
            if tag.name == "form" {
                isInside = tag["action"] == action
                isFound = isFound || isInside
            }
            if tag.name == "/form" { isInside = false }
            guard isInside else { continue }
            switch tag.name {
            case "input": add(input: tag)
            case "button":
                buttons.append(Button(name: tag["name"] ?? "", value: tag["value"] ?? ""))
            case "textarea": fields.append((tag["name"] ?? "", tags.text()))
            case "select": list = (tag["name"] ?? "", nil, nil)
            case "option":
                if list?.first == nil { list?.first = tag["value"] }
                if tag["selected"] != nil { list?.chosen = tag["value"] }
            case "/select":
                if let list { fields.append((list.name, list.chosen ?? list.first ?? "")) }
                list = nil
            default: break
            }
        }
        guard isFound else { return nil }
    }

    private mutating func add(input tag: Tags.Tag) {
        guard let name = tag["name"] else { return }
        let isTicked = tag["checked"] != nil
        if ["radio", "checkbox"].contains(tag["type"]), !isTicked { return }
        fields.append((name, tag["value"] ?? ""))
    }

    /// Types or chooses something.
    mutating func fill(_ name: String, _ value: String) {
        let place = fields.firstIndex { $0.name == name }
        fields.removeAll { $0.name == name }
        fields.insert((name, value), at: place ?? fields.count)
    }
}

/// The tags of a page one after the other.
struct Tags {
    struct Tag {
        let name: String
        let attributes: [(String, String)]

        subscript(name: String) -> String? { attributes.first { $0.0 == name }?.1 }
    }

    private let bytes: [UInt8]
    private var place = 0

    init(_ page: String) { bytes = Array(page.utf8) }

    /// The plain text up to the next tag.
    mutating func text() -> String {
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
        return plain(bytes[start..<place])
    }

    mutating func next() -> Tag? {
        _ = text()
        guard place < bytes.count else { return nil }
        place += 1
        let start = place
        while place < bytes.count, !" >".utf8.contains(bytes[place]) { place += 1 }
        let name = plain(bytes[start..<place])
        var attributes: [(String, String)] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: ">") {
            if let attribute = attribute() { attributes.append(attribute) }
        }
        place += 1
        return Tag(name: name, attributes: attributes)
    }

    private mutating func attribute() -> (String, String)? {
        guard bytes[place] != UInt8(ascii: " ") else {
            place += 1
            return nil
        }
        let start = place
        while place < bytes.count, !" =>".utf8.contains(bytes[place]) { place += 1 }
        let name = plain(bytes[start..<place])
        guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "=") else { return (name, "") }
        place += 2
        let value = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += 1 }
        defer { place += 1 }
        return (name, plain(bytes[value..<place]))
    }

    private func plain(_ bytes: ArraySlice<UInt8>) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        for (escaped, sign) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
        ] {
            text = text.split(separator: escaped, omittingEmptySubsequences: false)
                .joined(separator: sign)
        }
        return text
    }
}
