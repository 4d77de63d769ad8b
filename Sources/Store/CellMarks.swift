/// Where a field's value is, and by which entry, when it is not the row's own entry.
///
/// In the ordinary case a record has none: `_log` and `_seq` of its row name the entry of every
/// column that is not empty, and the version of a record costs a few bytes.
struct CellMark: Hashable {
    enum Kind: UInt64 {
        /// In the column.
        case column = 0
        /// Cleared, erased, or of a kind that the column cannot hold: the log has it.
        case log = 1
        /// More than one: table `sibling`.
        case siblings = 2
    }

    /// Position of the field in the record type; reserved fields follow the type's own.
    let field: Int
    let kind: Kind
    /// Local number of the log; 0 for siblings.
    let log: Int64
    let seq: UInt64
}

/// The `_cells` column: marks sorted by field, as LEB128 numbers: field × 4 + kind, log, seq.
enum CellMarks {
    static func encode(_ marks: [CellMark]) -> [UInt8]? {
        guard !marks.isEmpty else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(marks.count * 5)
        for mark in marks.sorted(by: { $0.field < $1.field }) {
            append(UInt64(mark.field) << 2 | mark.kind.rawValue, to: &bytes)
            guard mark.kind != .siblings else { continue }
            append(UInt64(mark.log), to: &bytes)
            append(mark.seq, to: &bytes)
        }
        return bytes
    }

    /// Decodes what ``encode(_:)`` wrote; nil if the bytes are damaged.
    static func decode(_ bytes: [UInt8]) -> [CellMark]? {
        var marks: [CellMark] = []
        var offset = 0
        while offset < bytes.count {
            guard let head = number(bytes, &offset), let kind = CellMark.Kind(rawValue: head & 3)
            else { return nil }
            if kind == .siblings {
                marks.append(CellMark(field: Int(head >> 2), kind: kind, log: 0, seq: 0))
                continue
            }
            guard let log = number(bytes, &offset), let seq = number(bytes, &offset) else {
                return nil
            }
            marks.append(CellMark(field: Int(head >> 2), kind: kind, log: Int64(log), seq: seq))
        }
        return marks
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func number(_ bytes: [UInt8], _ offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
