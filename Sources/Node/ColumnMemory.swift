import Intake
import Store

/// What people of this node have said of the columns of lists, by the header; never travels.
struct ColumnMemory {
    /// Most headers remembered; the one that was met longest ago goes first.
    private static let headersMax = 64
    /// Bytes of one header with what was said of it; a longer one is not remembered.
    private static let entryMax = 8192
    private static let setting = "list-columns"

    /// The latest first.
    private var entries: [(header: HeaderSet, choices: [ColumnChoice])] = []

    var choices: [HeaderSet: [ColumnChoice]] {
        Dictionary(entries.map { ($0.header, $0.choices) }) { first, _ in first }
    }

    /// One header a line: its names, then the choices; folded texts hold neither sign between them.
    init(_ store: Store) throws {
        let text = String(decoding: try store.setting(Self.setting) ?? [], as: UTF8.self)
        for line in text.split(separator: "\n").prefix(Self.headersMax) {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard let middle = parts.firstIndex(of: "") else { continue }
            // A choice that another version wrote may name a field that this one lacks.
            let choices = parts[(middle + 1)...].compactMap { try? ColumnChoice(String($0)) }
            guard !choices.isEmpty else { continue }
            entries.append((HeaderSet(names: parts[..<middle].map(String.init)), choices))
        }
    }

    /// Keeps what was said of the list's columns in place of what was said before; whether it is kept.
    mutating func update(_ list: ImportReport, in store: Store) throws -> Bool {
        let known = entries.map(Self.line)
        entries.removeAll { $0.header == list.header }
        // What was said before and is not contradicted has been used again.
        let choices = list.columns.filter { $0.origin != .table }.map { ColumnChoice($0) }
        if !choices.isEmpty {
            let entry = (header: list.header, choices: choices)
            guard Self.line(entry).utf8.count <= Self.entryMax else { return false }
            entries.insert(entry, at: 0)
        }
        let lines = entries.prefix(Self.headersMax).map(Self.line)
        if lines.isEmpty {
            if !known.isEmpty { try store.removeSetting(Self.setting) }
        } else if lines != known {
            try store.set(Self.setting, Array(lines.joined(separator: "\n").utf8))
        }
        return !choices.isEmpty
    }

    private static func line(_ entry: (header: HeaderSet, choices: [ColumnChoice])) -> String {
        (entry.header.names + [""] + entry.choices.map(\.text)).joined(separator: "\t")
    }
}
