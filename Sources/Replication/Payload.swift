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
        for (group, type) in types.distinct.enumerated() {
            let members = entries.indices.filter { types.indexes[$0] == group }.map { entries[$0] }
            writeGroup(type, members, to: &writer)
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
        var columns: [String: (rows: [Int64], values: [Value])] = [:]
        for (row, entry) in entries.enumerated() {
            for cell in entry.cells {
                columns[cell.field, default: ([], [])].rows.append(Int64(row))
                columns[cell.field, default: ([], [])].values.append(cell.value)
            }
        }
        writer.array(4)
        writer.write(type)
        writer.write(entries.count)
        writer.array(3)
        writeReferences(entries.map(\.record), to: &writer)
        writer.array(columns.count)
        for (field, column) in columns.sorted(by: { $0.key < $1.key }) {
            writer.array(4)
            writer.write(field)
            if column.rows.count == entries.count {
                writer.null()
            } else {
                writePositions(column.rows, to: &writer)
            }
            writeMarks(column.values, to: &writer)
            writeColumnValues(
                column.values.filter { $0 != .null && $0 != .erased },
                to: &writer
            )
        }
    }

    private static func writePositions(_ positions: [Int64], to writer: inout CBORWriter) {
        writer.array(2)
        writer.write(positions.count)
        IntegerColumn.write(positions, to: &writer)
    }

    /// Cells without a value: their positions, and 0 for cleared or 1 for erased.
    private static func writeMarks(_ values: [Value], to writer: inout CBORWriter) {
        let marked = values.indices.filter { values[$0] == .null || values[$0] == .erased }
        guard !marked.isEmpty else { return writer.null() }
        writer.array(3)
        writer.write(marked.count)
        IntegerColumn.write(marked.map { Int64($0) }, to: &writer)
        IntegerColumn.write(marked.map { values[$0] == .null ? 0 : 1 }, to: &writer)
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

/// Distinct texts in order of appearance, and the index of each text.
private struct TableBuilder {
    private(set) var distinct: [String] = []
    private(set) var indexes: [Int64] = []

    init(_ texts: [String]) {
        var positions: [String: Int64] = [:]
        for text in texts {
            if let position = positions[text] {
                indexes.append(position)
            } else {
                positions[text] = Int64(distinct.count)
                indexes.append(Int64(distinct.count))
                distinct.append(text)
            }
        }
    }
}
