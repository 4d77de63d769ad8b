package import Causality
import SQLite

/// Visits that somebody has begun hold answers about people before they are saved: an erasure
/// reaches those too.
extension Store {
    /// Forgets begun visits that hold anything of erased records.
    ///
    /// They go whole: a note or an answer beside the erased person's may be about the same person.
    func forgetDrafts(of records: Set<RecordID>) throws {
        guard !records.isEmpty else { return }
        let drafts = try db.cached("SELECT user, visit, household, content FROM draft").rows {
            row throws(SQLiteError) in
            (
                user: try row.text(0), visit: row.integer(1), household: try row.text(2),
                content: row.isNull(3) ? [] : row.blob(3)
            )
        }
        for draft in drafts {
            let names = Self.records(in: draft.content)
                .union([RecordID(draft.household)].compactMap(\.self))
            guard !names.isDisjoint(with: records) else { continue }
            try db.cached("DELETE FROM draft WHERE user = ?1 AND visit = ?2")
                .run(draft.user, draft.visit)
        }
    }

    /// Ids of records that stand as texts of their own in deterministic CBOR, whatever its shape.
    package static func records(in bytes: [UInt8]) -> Set<RecordID> {
        var found: Set<RecordID> = []
        for (dash, byte) in bytes.enumerated() where byte == UInt8(ascii: "-") {
            // `00a1b2c3d4e5f607-12`: sixteen digits in front, and the text's length before them.
            let start = dash - 16
            guard start >= 1, let count = textLength(bytes, before: start),
                start + count <= bytes.count
            else { continue }
            let text = String(decoding: bytes[start..<start + count], as: UTF8.self)
            if let id = RecordID(text) { found.insert(id) }
        }
        return found
    }

    /// The length that a text's head in front of `start` says (RFC 8949, 3.1); nil for another item.
    private static func textLength(_ bytes: [UInt8], before start: Int) -> Int? {
        if (0x60...0x77).contains(bytes[start - 1]) { return Int(bytes[start - 1]) - 0x60 }
        return start >= 2 && bytes[start - 2] == 0x78 ? Int(bytes[start - 1]) : nil
    }
}
