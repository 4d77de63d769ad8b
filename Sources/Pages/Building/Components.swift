import QRCode

/// What pages are made of; each has its look in ``Stylesheet`` and nowhere else.
enum Component {
    enum Tone {
        case information
        case good
        case bad
    }

    /// Something that the reader must know, told at once by a screen reader where it is bad.
    static func notice(_ tone: Tone, @HTMLBuilder content: () -> HTML) -> HTML {
        switch tone {
        case .information: element("div", .class("notice"), content: content)
        case .good:
            element("div", .class("notice good"), Attribute("role", "status"), content: content)
        case .bad:
            element("div", .class("notice bad"), Attribute("role", "alert"), content: content)
        }
    }

    static func card(_ title: String, @HTMLBuilder content: () -> HTML) -> HTML {
        element("section", .class("card")) {
            element("h2") { title }
            content()
        }
    }

    static func paragraph(@HTMLBuilder content: () -> HTML) -> HTML {
        element("p", content: content)
    }

    /// A number with its name, in the overview.
    static func figure(_ number: String, _ name: String, _ path: LocalPath? = nil) -> HTML {
        let inner = element("b") { number } + element("span") { name }
        guard let path else { return element("div", .class("figure")) { inner } }
        return element("a", .class("figure"), .href(path)) { inner }
    }

    static func link(_ path: LocalPath, _ words: String) -> HTML {
        element("a", .href(path)) { words }
    }

    /// `isMain`: the way that most readers of the page go on.
    static func linkButton(_ path: LocalPath, _ words: String, isMain: Bool = true) -> HTML {
        element("a", .class(isMain ? "button" : "button plain"), .href(path)) { words }
    }

    /// A word on how something stands.
    static func badge(_ tone: Tone, _ words: String) -> HTML {
        switch tone {
        case .information: element("span", .class("badge")) { words }
        case .good: element("span", .class("badge good")) { words }
        case .bad: element("span", .class("badge bad")) { words }
        }
    }

    /// What is wrong, in a sentence.
    static func problem(_ words: String) -> HTML {
        element("span", .class("problem")) { words }
    }

    /// A code for a phone's camera, dark on light in the dark theme too.
    static func qr(_ symbol: QRSymbol, _ name: String) -> HTML {
        let side = symbol.sideWithMargin
        return element(
            "svg",
            .class("qr"),
            Attribute("role", "img"),
            Attribute("aria-label", name),
            Attribute("viewBox", "0 0 \(side) \(side)"),
            Attribute("shape-rendering", "crispEdges")
        ) {
            element("path", Attribute("fill", "#fff"), Attribute("d", "M0 0h\(side)v\(side)H0z"))
            element("path", Attribute("fill", "#000"), Attribute("d", symbol.darkPath))
        }
    }
}

/// A table; on a phone each row is a block of its own, with the columns' titles in it.
struct PageTable {
    struct Column {
        enum Kind {
            case words
            case number
            case time
            /// Of several words, as a rule.
            case wide
            /// A number that a phone's page leaves to the page behind the row.
            case further
        }

        let title: String
        let kind: Kind

        init(_ title: String, _ kind: Kind = .words) {
            self.title = title
            self.kind = kind
        }

        fileprivate var look: [Attribute] {
            switch kind {
            case .words: []
            case .number: [.class("number")]
            case .time: [.class("time")]
            case .wide: [.class("wide")]
            case .further: [.class("number further")]
            }
        }
    }

    let caption: String
    let columns: [Column]
    private var rows: [[HTML]] = []

    init(_ caption: String, _ columns: [Column]) {
        self.caption = caption
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The first cell names the row.
    mutating func add(_ cells: [HTML]) {
        precondition(cells.count == columns.count, "a cell for each column")
        rows.append(cells)
    }

    var html: HTML {
        element(
            "div",
            .class("scroll"),
            Attribute("role", "region"),
            Attribute("aria-label", caption),
            Attribute("tabindex", "0")
        ) {
            element("table") {
                element("caption") { caption }
                element("thead") {
                    element("tr") {
                        for column in columns { Self.head(column) }
                    }
                }
                element("tbody") {
                    for row in rows { tableRow(row) }
                }
            }
        }
    }

    private static func head(_ column: Column) -> HTML {
        element("th", [Attribute("scope", "col")] + column.look) { column.title }
    }

    private func tableRow(_ cells: [HTML]) -> HTML {
        element("tr") {
            for (index, cell) in zip(columns, cells).enumerated() {
                if index == 0 {
                    element("th", Attribute("scope", "row")) { cell.1 }
                } else {
                    // An empty cell is not worth a line of a phone.
                    let isEmpty = cell.1.isEmpty ? [Attribute("data-none")] : []
                    element("td", cell.0.look + [Attribute("data-label", cell.0.title)] + isEmpty) {
                        cell.1
                    }
                }
            }
        }
    }
}
