internal import Survey

/// What a person has said a column holds.
package struct ColumnChoice: Hashable, Sendable {
    /// The column's header, folded: any spelling of it is meant.
    package let header: String
    /// Nil leaves the column unread.
    package let column: Column?

    /// Characters of a header that may be named.
    static let headerMax = 200
    /// In the place of a field: the column is not read.
    private static let unread = "-"

    /// Reads `NAME=FIELD`: the field by its fixed name, its label or a header that means it, or `-`.
    package init(_ text: String) throws(IntakeError) {
        guard let sign = text.lastIndex(of: "=") else { throw .choiceWithoutField }
        let name = Column.key(String(text[..<sign]))
        let field = TextFold.normalized(String(text[text.index(after: sign)...]))
        guard !name.isEmpty, name.utf8.count <= Self.headerMax, !field.isEmpty else {
            throw .choiceWithoutField
        }
        header = name
        if field == Self.unread {
            column = nil
        } else {
            guard let known = Column(field: field) else { throw .unknownField(field) }
            column = known
        }
    }

    /// How a column of a list was understood, for the next one.
    package init(_ column: ImportedColumn) {
        header = Column.key(column.header)
        self.column = column.column
    }

    /// ``init(_:)`` reads it again.
    package var text: String { "\(header)=\(column?.rawValue ?? Self.unread)" }
}

/// What people have said of columns that the table of headers does not know, or takes wrongly.
package struct ColumnNames: Sendable {
    /// Of the list at hand.
    package var given: [ColumnChoice] = []
    /// Of earlier lists, by their ``HeaderSet``.
    package var remembered: [HeaderSet: [ColumnChoice]] = [:]

    package init() {}

    /// Refuses two words about one column, and one field for two columns.
    func check() throws(IntakeError) {
        var headers: Set<String> = []
        var columns: Set<Column> = []
        for choice in given {
            guard headers.insert(choice.header).inserted else {
                throw .columnChosenTwice(choice.header)
            }
            guard let column = choice.column else { continue }
            guard columns.insert(column).inserted else { throw .columnChosenTwice(column.rawValue) }
        }
    }

    /// The choices for a header: those of last time, where no new one says otherwise.
    func choices(for lines: [[String]]) -> [String: Choice] {
        var result: [String: Choice] = [:]
        if !remembered.isEmpty {
            let taken = Set(given.compactMap(\.column))
            for choice in remembered[HeaderSet(lines)] ?? []
            where choice.column.map({ !taken.contains($0) }) ?? true {
                result[choice.header] = Choice(column: choice.column, origin: .remembered)
            }
        }
        for choice in given {
            result[choice.header] = Choice(column: choice.column, origin: .given)
        }
        return result
    }

    struct Choice {
        let column: Column?
        let origin: ImportedColumn.Origin
    }
}

/// The header cells of a list, folded, in whatever order: what lists of one sender have in common.
package struct HeaderSet: Hashable, Sendable {
    package let names: [String]

    package init(names: some Sequence<String>) {
        self.names = Set(names.filter { !$0.isEmpty }).sorted()
    }

    init(_ lines: [[String]]) {
        self.init(names: lines.joined().map(Column.key))
    }
}

/// A column of a list, and how it was understood.
package struct ImportedColumn: Hashable, Sendable {
    package enum Origin: String, Sendable {
        /// The table of headers knows it; or nobody does.
        case table
        /// A person said it of this list.
        case given
        /// A person said it of an earlier list with the same header.
        case remembered
    }

    package let header: String
    /// Nil where it was not read.
    package let column: Column?
    package let origin: Origin
}
