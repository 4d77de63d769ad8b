import CBOR
package import Causality

/// The entries of one record type in a payload, column by column.
package struct EntryGroup: Sendable {
    package let type: String
    package let records: ReferenceColumn
    /// Sorted by field name.
    package let columns: [Column]

    package var count: Int { records.count }

    /// Bytes of the group's values one by one, and four for each cell.
    var unfoldedSize: Int {
        columns.reduce(0) { sum, column in
            sum + 4 * (column.rows?.count ?? count) + column.values.unfoldedSize
        }
    }
}

/// The entries of a segment as they travel: per record type, per field.
///
/// Layout (`sync-protocol.md` section 5): an array of eight items: number of entries, authors,
/// author of each entry, time of each entry, groups, group of each entry, explicit contexts,
/// change ids. The encoding of given entries is unique, so that two nodes that carry out one
/// redaction order arrive at the same bytes.
package struct Payload: Sendable {
    package let count: Int
    package let authors: [String]
    package let authorIndexes: [Int64]
    package let times: [Int64]
    package let groups: [EntryGroup]
    /// The group of each entry; entries of one group stand in it in the same order.
    package let groupIndexes: [Int64]
    /// Explicit contexts by position of the entry; the hashes in them are zero.
    package let seen: [Int: VersionVector]
    package let changes: [Int: ChangeID]

    package func time(_ index: Int) -> HybridTime {
        HybridTime(UInt64(bitPattern: times[index]))
    }

    package func author(_ index: Int) -> String {
        authors[Int(authorIndexes[index])]
    }
}

// MARK: - Writing

extension Payload {
    /// Encodes entries in their order.
    package static func encode(_ entries: [Entry]) -> [UInt8] {
        precondition(entries.count <= ReplicationLimits.segmentEntriesMax, "a segment is bounded")
        var writer = CBORWriter(capacity: entries.count * 32)
        writer.array(8)
        writer.write(entries.count)
        let authors = TableBuilder(entries.map(\.author))
        writer.array(authors.distinct.count)
        for author in authors.distinct { writer.write(author) }
        IntegerColumn.write(authors.indexes, to: &writer)
        IntegerColumn.write(
            entries.map { Int64(bitPattern: $0.time.rawValue) },
            to: &writer
        )
        let types = TableBuilder(entries.map(\.type))
        writer.array(types.distinct.count)
        var members = [[Int]](repeating: [], count: types.distinct.count)
        for (index, group) in types.indexes.enumerated() { members[Int(group)].append(index) }
        for (type, members) in zip(types.distinct, members) {
            writeGroup(type, members.map { entries[$0] }, to: &writer)
        }
        IntegerColumn.write(types.indexes, to: &writer)
        writeSeen(entries, to: &writer)
        writeChanges(entries, to: &writer)
        return writer.bytes
    }

    private static func writeGroup(
        _ type: String,
        _ entries: [Entry],
        to writer: inout CBORWriter
    ) {
        let columns = columns(of: entries)
        writer.array(4)
        writer.write(type)
        writer.write(entries.count)
        writer.array(3)
        writeReferences(entries.map(\.record), to: &writer)
        writer.array(columns.count)
        for column in columns {
            writer.array(4)
            writer.write(column.field)
            if column.rows.count == entries.count {
                writer.null()
            } else {
                writePositions(column.rows, to: &writer)
            }
            writeMarks(column.marks, to: &writer)
            writeColumnValues(column.values, to: &writer)
        }
    }

    /// The columns that the entries set, by name.
    ///
    /// Entries of one type mostly set the same fields: each cell is looked for behind the one before
    /// it first.
    private static func columns(of entries: [Entry]) -> [ColumnBuilder] {
        var columns: [ColumnBuilder] = []
        var places: [String: Int] = [:]
        for (row, entry) in entries.enumerated() {
            var next = 0
            for cell in entry.cells {
                var place = next
                if place >= columns.count || columns[place].field != cell.field {
                    place = places[cell.field] ?? columns.count
                }
                if place == columns.count {
                    places[cell.field] = place
                    columns.append(ColumnBuilder(field: cell.field))
                }
                columns[place].append(cell.value, row: row)
                next = place + 1
            }
        }
        return columns.sorted { $0.field < $1.field }
    }

    private static func writePositions(_ positions: [Int64], to writer: inout CBORWriter) {
        writer.array(2)
        writer.write(positions.count)
        IntegerColumn.write(positions, to: &writer)
    }

    /// Cells without a value: their positions, and 0 for cleared or 1 for erased.
    private static func writeMarks(
        _ marks: [(position: Int64, kind: Int64)],
        to writer: inout CBORWriter
    ) {
        guard !marks.isEmpty else { return writer.null() }
        writer.array(3)
        writer.write(marks.count)
        IntegerColumn.write(marks.map(\.position), to: &writer)
        IntegerColumn.write(marks.map(\.kind), to: &writer)
    }

    private static func writeSeen(_ entries: [Entry], to writer: inout CBORWriter) {
        let explicit = entries.enumerated().compactMap { index, entry in
            entry.seen.map { (index, $0) }
        }
        writer.array(explicit.count)
        for (index, seen) in explicit {
            writer.array(2)
            writer.write(index)
            Replication.write(seen, hashed: false, to: &writer)
        }
    }

    private static func writeChanges(_ entries: [Entry], to writer: inout CBORWriter) {
        let named = entries.enumerated().compactMap { index, entry in
            entry.change.map { (index, $0) }
        }
        guard !named.isEmpty else { return writer.null() }
        writer.array(4)
        writer.write(named.count)
        IntegerColumn.write(named.map { Int64($0.0) }, to: &writer)
        IntegerColumn.write(named.map { Int64(bitPattern: $0.1.client) }, to: &writer)
        IntegerColumn.write(named.map { Int64(bitPattern: $0.1.counter) }, to: &writer)
    }
}

/// The cells of one field while entries are taken apart.
private struct ColumnBuilder {
    let field: String
    private(set) var rows: [Int64] = []
    /// Positions, among the cells, of those without a value: 0 cleared, 1 erased.
    private(set) var marks: [(position: Int64, kind: Int64)] = []
    private(set) var values: [Value] = []

    init(field: String) {
        self.field = field
    }

    mutating func append(_ value: Value, row: Int) {
        switch value {
        case .null: marks.append((Int64(rows.count), 0))
        case .erased: marks.append((Int64(rows.count), 1))
        default: values.append(value)
        }
        rows.append(Int64(row))
    }
}

/// Distinct texts in order of appearance, and the index of each text.
private struct TableBuilder {
    private(set) var distinct: [String] = []
    private(set) var indexes: [Int64] = []

    init(_ texts: [String]) {
        // By bytes: texts that Unicode calls equivalent stay what they are.
        var positions: [[UInt8]: Int64] = [:]
        var last: (text: String, position: Int64)?
        indexes.reserveCapacity(texts.count)
        for text in texts {
            // Mostly it is the one before once more.
            if let last, last.text.hasSameBytes(as: text) {
                indexes.append(last.position)
                continue
            }
            let bytes = Array(text.utf8)
            let position = positions[bytes] ?? Int64(distinct.count)
            if position == distinct.count {
                positions[bytes] = position
                distinct.append(text)
            }
            indexes.append(position)
            last = (text, position)
        }
    }
}
