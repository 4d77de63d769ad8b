import CBOR
import Causality

extension Payload {
    /// Decodes a payload of exactly `count` entries; every length is bounded before it is used.
    package init(_ bytes: [UInt8], count: Int) throws(ReplicationError) {
        guard (1...ReplicationLimits.segmentEntriesMax) ~= count,
            bytes.count <= ReplicationLimits.payloadBytesMax
        else { throw .aboveLimit(part: .payload) }
        var reader = CBORReader(bytes)
        try reading(.payload) { () throws(CBORError) in try reader.array(exactly: 8) }
        let stated = try reading(.payload) { () throws(CBORError) in try reader.unsigned() }
        guard stated == count else { throw .invalid(part: .payload, .count) }
        authors = try Self.readAuthors(&reader)
        authorIndexes = try Self.readIndexes(&reader, count: count, below: authors.count)
        times = try IntegerColumn.read(&reader, count: count)
        groups = try Self.readGroups(&reader, count: count)
        groupIndexes = try Self.readIndexes(&reader, count: count, below: groups.count)
        seen = try Self.readSeen(&reader, count: count)
        changes = try Self.readChanges(&reader, count: count)
        try reading(.payload) { () throws(CBORError) in try reader.finish() }
        self.count = count
        try checkShape()
    }

    /// Each group has as many rows as entries name it; each entry sets at least one field.
    private func checkShape() throws(ReplicationError) {
        var rows = [Int](repeating: 0, count: groups.count)
        for group in groupIndexes { rows[Int(group)] += 1 }
        for (group, count) in zip(groups, rows) {
            guard group.count == count, count > 0 else { throw .invalid(part: .payload, .count) }
            guard !group.columns.contains(where: { $0.rows == nil }) else { continue }
            var cells = [Bool](repeating: false, count: count)
            for column in group.columns {
                for row in column.rows ?? [] { cells[Int(row)] = true }
            }
            guard cells.allSatisfy(\.self) else { throw .invalid(part: .payload, .count) }
        }
    }

    private static func readAuthors(
        _ reader: inout CBORReader
    ) throws(ReplicationError) -> [String] {
        try reading(.payload) { () throws(CBORError) in
            var authors: [String] = []
            for _ in 0..<(try reader.array(max: ReplicationLimits.authorsMax)) {
                authors.append(try reader.text(max: ReplicationLimits.nameBytesMax))
            }
            return authors
        }
    }

    private static func readIndexes(
        _ reader: inout CBORReader,
        count: Int,
        below limit: Int
    ) throws(ReplicationError) -> [Int64] {
        let indexes = try IntegerColumn.read(&reader, count: count)
        guard indexes.allSatisfy({ (0..<Int64(limit)).contains($0) }) else {
            throw .invalid(part: .payload, .range)
        }
        return indexes
    }

    private static func readGroups(
        _ reader: inout CBORReader,
        count: Int
    ) throws(ReplicationError) -> [EntryGroup] {
        let groupCount = try reading(.payload) { () throws(CBORError) in
            try reader.array(max: ReplicationLimits.groupsMax)
        }
        var groups: [EntryGroup] = []
        var left = count
        var unfolded = 0
        for _ in 0..<groupCount {
            let group = try readGroup(&reader, rowsMax: left)
            guard !groups.contains(where: { $0.type == group.type }) else {
                throw .invalid(part: .payload, .duplicate)
            }
            unfolded += group.unfoldedSize
            guard unfolded <= ReplicationLimits.unfoldedBytesMax else {
                throw .aboveLimit(part: .payload)
            }
            left -= group.count
            groups.append(group)
        }
        return groups
    }

    private static func readGroup(
        _ reader: inout CBORReader,
        rowsMax: Int
    ) throws(ReplicationError) -> EntryGroup {
        try reading(.payload) { () throws(CBORError) in try reader.array(exactly: 4) }
        let type = try readName(&reader)
        let rowCount = try reading(.payload) { () throws(CBORError) in
            let rowCount = try reader.count(max: rowsMax)
            try reader.array(exactly: 3)
            return rowCount
        }
        let records = try readReferences(&reader, count: rowCount)
        let columnCount = try reading(.payload) { () throws(CBORError) in
            try reader.array(max: ReplicationLimits.entryCellsMax)
        }
        var columns: [Column] = []
        for _ in 0..<columnCount {
            let column = try readColumn(&reader, rowCount: rowCount)
            if let last = columns.last, last.field >= column.field {
                throw .invalid(part: .column, .order)
            }
            columns.append(column)
        }
        return EntryGroup(type: type, records: records, columns: columns)
    }

    private static func readName(_ reader: inout CBORReader) throws(ReplicationError) -> String {
        let name = try reading(.payload) { () throws(CBORError) in
            try reader.text(max: ReplicationLimits.nameBytesMax)
        }
        guard isWireName(name) else { throw .invalid(part: .payload, .name) }
        return name
    }

    private static func readColumn(
        _ reader: inout CBORReader,
        rowCount: Int
    ) throws(ReplicationError) -> Column {
        try reading(.column) { () throws(CBORError) in try reader.array(exactly: 4) }
        let field = try readName(&reader)
        let rows = try readRows(&reader, rowCount: rowCount)
        let cellCount = rows?.count ?? rowCount
        let marks = try readMarks(&reader, cellCount: cellCount)
        let values = try readColumnValues(&reader, count: cellCount - marks.count)
        return Column(field: field, rows: rows, marks: marks, values: values)
    }

    private static func readRows(
        _ reader: inout CBORReader,
        rowCount: Int
    ) throws(ReplicationError) -> [Int64]? {
        if reader.null() { return nil }
        let count = try reading(.column) { () throws(CBORError) in
            try reader.array(exactly: 2)
            return try reader.count(max: rowCount)
        }
        return try readPositions(&reader, count: count, below: rowCount)
    }

    /// Ascending positions below a limit.
    private static func readPositions(
        _ reader: inout CBORReader,
        count: Int,
        below limit: Int
    ) throws(ReplicationError) -> [Int64] {
        let positions = try IntegerColumn.read(&reader, count: count)
        var next: Int64 = 0
        for position in positions {
            guard position >= next, position < Int64(limit) else {
                throw .invalid(part: .column, .position)
            }
            next = position + 1
        }
        return positions
    }

    private static func readMarks(
        _ reader: inout CBORReader,
        cellCount: Int
    ) throws(ReplicationError) -> [Int: Value] {
        if reader.null() { return [:] }
        let count = try reading(.column) { () throws(CBORError) in
            try reader.array(exactly: 3)
            return try reader.count(max: cellCount)
        }
        let positions = try readPositions(&reader, count: count, below: cellCount)
        let kinds = try readIndexes(&reader, count: count, below: 2)
        var marks: [Int: Value] = [:]
        for (position, kind) in zip(positions, kinds) {
            marks[Int(position)] = kind == 0 ? .null : .erased
        }
        return marks
    }

    private static func readSeen(
        _ reader: inout CBORReader,
        count: Int
    ) throws(ReplicationError) -> [Int: VersionVector] {
        let items = try reading(.payload) { () throws(CBORError) in try reader.array(max: count) }
        var seen: [Int: VersionVector] = [:]
        var next = 0
        for _ in 0..<items {
            let position = try reading(.payload) { () throws(CBORError) in
                try reader.array(exactly: 2)
                return try reader.count(max: count - 1)
            }
            guard position >= next else { throw .invalid(part: .payload, .order) }
            next = position + 1
            seen[position] = try readVector(&reader, hashed: false)
        }
        return seen
    }

    private static func readChanges(
        _ reader: inout CBORReader,
        count: Int
    ) throws(ReplicationError) -> [Int: ChangeID] {
        if reader.null() { return [:] }
        let named = try reading(.payload) { () throws(CBORError) in
            try reader.array(exactly: 4)
            return try reader.count(max: count)
        }
        let positions = try readPositions(&reader, count: named, below: count)
        let clients = try IntegerColumn.read(&reader, count: named)
        let counters = try IntegerColumn.read(&reader, count: named)
        var changes: [Int: ChangeID] = [:]
        for index in 0..<named {
            changes[Int(positions[index])] = ChangeID(
                client: UInt64(bitPattern: clients[index]),
                counter: UInt64(bitPattern: counters[index])
            )
        }
        return changes
    }
}

/// Writes a vector as a flat array: log, seq and, where `hashed`, eight bytes of chain hash each.
func write(_ vector: VersionVector, hashed: Bool, to writer: inout CBORWriter) {
    writer.array(vector.elements.count * (hashed ? 3 : 2))
    for element in vector.elements {
        writer.write(element.log.rawValue)
        writer.write(element.seq)
        if hashed { writer.write(element.hash) }
    }
}

/// Reads a vector whose logs ascend and whose numbers are at least 1.
func readVector(
    _ reader: inout CBORReader,
    hashed: Bool
) throws(ReplicationError) -> VersionVector {
    let width = hashed ? 3 : 2
    let items = try reading(.header) { () throws(CBORError) in
        try reader.array(max: ReplicationLimits.vectorLogsMax * width)
    }
    guard items.isMultiple(of: width) else { throw .invalid(part: .header, .count) }
    var elements: [VersionVector.Element] = []
    for _ in 0..<(items / width) {
        let element = try reading(.header) { () throws(CBORError) in
            let log = LogID(try reader.unsigned())
            let seq = try reader.unsigned(max: UInt64(Int64.max))
            return VersionVector.Element(
                log: log,
                seq: seq,
                hash: hashed ? try reader.unsigned() : 0
            )
        }
        guard element.seq > 0, elements.last.map({ $0.log < element.log }) ?? true else {
            throw .invalid(part: .header, .order)
        }
        elements.append(element)
    }
    return VersionVector(elements)
}
