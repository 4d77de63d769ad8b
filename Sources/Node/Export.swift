package import Causality
import Intake
package import Store
package import Survey

/// How records are written out.
package enum ExportFormat: String, CaseIterable, Sendable {
    /// For Excel: UTF-8 with mark, `;`, labels and shown values; nothing acts as a formula.
    case csv
    /// One JSON object a line, with stable names and stored values.
    case jsonl
}

/// What is written out.
package struct ExportOptions: Sendable {
    package var format = ExportFormat.csv
    /// Only this scope and those below it; nil for all.
    package var scope: String?
    package var language = Language.vi
    /// Stable names and stored values in CSV too, for programs.
    package var isRaw = false
    package var includesGone = false
    /// Why it is written out, for the access log: no names in it.
    package var reason: String?

    package init() {}
}

/// What was written out.
package struct ExportCount: Hashable, Sendable {
    package fileprivate(set) var records = 0
    /// Those of them with values that somebody has yet to decide between.
    package fileprivate(set) var disputed = 0
}

extension LocalNode {
    /// Writes every record of a type but its secrets; references are record ids.
    ///
    /// `line` makes one line of JSON from a row and the names of its disputed fields, of which the row
    /// has provisional values; in CSV a column names them. `write` gets some bytes at a time. What holds
    /// persons is entered in the access log first: where that fails, nothing is written out.
    @discardableResult
    package func export(
        _ typeName: String,
        _ options: ExportOptions,
        line: (_ row: RecordRow, _ disputed: [String]) -> String,
        write: ([UInt8]) throws -> Void
    ) throws -> ExportCount {
        let type = try type(typeName)
        try logExport(of: type, options)
        return try store.reading {
            switch options.format {
            case .csv: try exportCSV(type, options, write)
            case .jsonl: try exportLines(type, options, line, write)
            }
        }
    }

    private func exportCSV(
        _ type: RecordType,
        _ options: ExportOptions,
        _ write: ([UInt8]) throws -> Void
    ) throws -> ExportCount {
        let fields = type.fields.filter { !$0.isSecret }
        // Of people the household too: without it nobody could tell who lives with whom.
        let home = type.name == RecordType.resident.name ? Column.ofHousehold : []
        let columns = home.compactMap { column in column.field.map { (column.rawValue, $0) } }
        let all = columns.map(\.1) + fields
        let texts = all.enumerated().filter { $0.element.kind.isName }.map(\.offset)
        let language = options.isRaw ? nil : options.language
        let front =
            (language.map(OwnExport.titles) ?? OwnExport.names)
            + [OwnExport.disputedTitle(language)]
            + (options.includesGone ? [OwnExport.goneTitle(language)] : [])
        var writer = CSVWriter(textColumns: Set(texts.map { $0 + front.count }))
        let titles =
            language.map { self.titles(of: all, $0) } ?? columns.map(\.0) + fields.map(\.name)
        writer.append(front + titles)
        func shown(_ field: Field, _ row: RecordRow?) -> String {
            guard let value = row?[field.name] else { return "" }
            return options.isRaw ? value.raw : field.show(value, options.language)
        }
        /// Titles of those of the row's fields that are disputed.
        func disputed(
            _ row: RecordRow?,
            _ fields: [Field],
            _ titles: some Sequence<String>
        ) throws -> [String] {
            guard let row else { return [] }
            let names = Set(try store.disputedFields(of: row))
            return zip(fields, titles).filter { names.contains($0.0.name) }.map(\.1)
        }
        var household: RecordRow?
        var ofHousehold: [String] = []
        let places = try placeNames()
        var count = ExportCount()
        try store.forEachRecord(
            of: type.name,
            under: options.scope,
            includingGone: options.includesGone
        ) { row in
            if !columns.isEmpty, household.map({ .reference($0.id) }) != row["household"] {
                household = try row["household"].record.flatMap { try store.row(of: $0) }
                ofHousehold = try disputed(household, columns.map(\.1), titles)
            }
            let open = try ofHousehold + disputed(row, fields, titles.dropFirst(columns.count))
            let values =
                columns.map { shown($0.1, household) } + fields.map { shown($0, row) }
            let gone = options.includesGone ? [WayGone(row)?.shown(language) ?? ""] : []
            writer.append(
                [row.id.description, row.scope, places[row.scope] ?? ""]
                    + [open.joined(separator: "; ")] + gone + values
            )
            count.records += 1
            if !open.isEmpty { count.disputed += 1 }
            if writer.bytes.count >= NodeLimits.pieceBytes { try write(writer.take()) }
        }
        try write(writer.take())
        return count
    }

    /// The labels; those that several fields of the type share, with the part of the form.
    private func titles(of fields: [Field], _ language: Language) -> [String] {
        let labels = fields.map { $0.label(language) }
        let times = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(fields, labels).map { field, label in
            guard times[label, default: 0] > 1,
                let section = description.sections.first(where: { $0.name == field.section })
            else { return label }
            return "\(label) (\(section.label(language)))"
        }
    }

    private func exportLines(
        _ type: RecordType,
        _ options: ExportOptions,
        _ line: (RecordRow, [String]) -> String,
        _ write: ([UInt8]) throws -> Void
    ) throws -> ExportCount {
        let names = Set(type.fields.filter { !$0.isSecret }.map(\.name))
        var bytes: [UInt8] = []
        var count = ExportCount()
        try store.forEachRecord(
            of: type.name,
            under: options.scope,
            includingGone: options.includesGone
        ) { row in
            let disputed = try store.disputedFields(of: row).filter { names.contains($0) }
            bytes += line(row, disputed).utf8
            bytes.append(UInt8(ascii: "\n"))
            count.records += 1
            if !disputed.isEmpty { count.disputed += 1 }
            guard bytes.count >= NodeLimits.pieceBytes else { return }
            try write(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        try write(bytes)
        return count
    }
}

/// Why a record is no longer any.
private enum WayGone: String, CaseIterable {
    case deleted
    case merged
    case moved

    init?(_ row: RecordRow) {
        guard let way = Self.allCases.first(where: { row.flags & $0.flag != 0 }) else { return nil }
        self = way
    }

    private var flag: Int64 {
        switch self {
        case .deleted: RecordFlags.deleted
        case .merged: RecordFlags.merged
        case .moved: RecordFlags.moved
        }
    }

    /// For people, or for programs.
    func shown(_ language: Language?) -> String {
        guard let language else { return rawValue }
        return switch self {
        case .deleted: Label("đã xóa", "deleted")(language)
        case .merged: Label("đã gộp", "merged")(language)
        case .moved: Label("đã chuyển", "moved")(language)
        }
    }
}

extension FieldKind {
    /// Whether digits in it are a name, whose leading zeros a spreadsheet must not take.
    fileprivate var isName: Bool {
        switch self {
        case .text, .phone, .personalID, .oldPersonalID, .taxCode: true
        default: false
        }
    }
}

extension Value {
    /// The value as it is stored, for programs.
    package var raw: String {
        switch self {
        case .null, .erased: ""
        case .integer(let number): String(number)
        case .text(let text): text
        case .bytes(let bytes): bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .reference(let record): record.description
        }
    }
}
