import Causality
import SQLite
import Store

/// A visit that somebody has begun, by its number; written in digits.
package struct VisitKey: Hashable, Sendable, CustomStringConvertible {
    let number: Int64

    init(_ number: Int64) {
        self.number = number
    }

    /// Reads what ``description`` wrote; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= 19, let number = Int64(text), number >= 0 else { return nil }
        self.number = number
    }

    package var description: String { String(number) }
}

/// The node's own table of visits that were begun; it never travels, and each write is durable.
struct DraftTable {
    let store: Store
    let user: String

    enum Found {
        case open(VisitDraft)
        /// Finished: the visit's record, where one was saved.
        case finished(String?)
    }

    func read(_ key: VisitKey) throws -> Found {
        let row = try store.db.cached(
            "SELECT content, saved FROM draft WHERE user = ?1 AND visit = ?2"
        ).bind(all: user, key.number).first { row throws(SQLiteError) in
            (
                content: row.isNull(0) ? nil : row.blob(0),
                saved: row.isNull(1) ? nil : try row.text(1)
            )
        }
        guard let row else { throw VisitingError.noVisit }
        guard let content = row.content else { return .finished(row.saved) }
        return .open(try VisitDraft(encoded: content))
    }

    /// Of a visit as its phone has sent it; nil where that is not known any more.
    func digest(_ key: VisitKey) throws -> [UInt8]? {
        try store.db.cached("SELECT digest FROM draft WHERE user = ?1 AND visit = ?2")
            .bind(all: user, key.number).first { row in row.isNull(0) ? nil : row.blob(0) }
            .flatMap(\.self)
    }

    /// The household of a visit of the user, open or finished.
    func household(_ key: VisitKey) throws -> String? {
        try store.db.cached("SELECT household FROM draft WHERE user = ?1 AND visit = ?2")
            .bind(all: user, key.number).first { row throws(SQLiteError) in try row.text(0) }
    }

    /// The visit of the user to a household that is begun and not finished.
    func open(household: String) throws -> VisitKey? {
        try store.db.cached(
            """
            SELECT visit FROM draft
            WHERE household = ?1 AND user = ?2 AND content IS NOT NULL ORDER BY begun DESC LIMIT 1
            """
        ).bind(all: household, user).first { VisitKey($0.integer(0)) }
    }

    /// Everybody's visits that are begun and not finished, the latest first.
    func all() throws -> [OpenVisit] {
        try store.db.cached(
            """
            SELECT visit, user, household, begun, changed FROM draft
            WHERE content IS NOT NULL ORDER BY changed DESC, visit
            """
        ).rows { row throws(SQLiteError) -> OpenVisit? in
            guard let household = RecordID(try row.text(2)) else { return nil }
            return OpenVisit(
                key: VisitKey(row.integer(0)),
                user: try row.text(1),
                household: household,
                begun: UInt64(clamping: row.integer(3)),
                changed: UInt64(clamping: row.integer(4))
            )
        }.compactMap(\.self)
    }

    /// Keeps a visit that begins, under a key that is drawn now unless it has one.
    ///
    /// `digest`: tells what a phone has sent from what it may send under the same key later.
    func add(
        _ draft: VisitDraft,
        as given: VisitKey? = nil,
        digest: [UInt8]? = nil,
        begun: UInt64? = nil,
        now: UInt64
    ) throws -> VisitKey {
        let open =
            try store.db.cached(
                "SELECT count(*) FROM draft WHERE user = ?1 AND content IS NOT NULL"
            ).bind(all: user).first { $0.integer(0) } ?? 0
        guard open < VisitingLimits.openVisits else {
            throw VisitingError.tooManyVisits(limit: VisitingLimits.openVisits)
        }
        let key = given ?? VisitKey(Int64(store.environment.random() >> 1))
        try store.db.cached(
            """
            INSERT INTO draft(user, visit, household, begun, changed, content, digest)
            VALUES (?1, ?2, ?3, ?7, ?4, ?5, ?6)
            """
        ).run(
            user,
            key.number,
            draft.household.description,
            Int64(clamping: now),
            try Self.bytes(draft),
            digest,
            Int64(clamping: begun ?? now)
        )
        return key
    }

    func write(_ draft: VisitDraft, _ key: VisitKey, now: UInt64) throws {
        try store.db.cached(
            "UPDATE draft SET content = ?3, changed = ?4 WHERE user = ?1 AND visit = ?2"
        ).run(user, key.number, try Self.bytes(draft), Int64(clamping: now))
    }

    private static func bytes(_ draft: VisitDraft) throws -> [UInt8] {
        let bytes = draft.encode()
        guard bytes.count <= VisitingLimits.draftBytes else { throw VisitingError.tooLarge }
        return bytes
    }

    /// What phones of the user have written in a household, as far as it is remembered.
    func writings(household: String) throws -> [PhoneWriting] {
        try store.db.cached(
            "SELECT wrote FROM draft WHERE household = ?1 AND user = ?2 AND wrote IS NOT NULL"
        ).bind(all: household, user).rows { $0.blob(0) }.map { try PhoneWriting(encoded: $0) }
    }

    /// Takes the answers away and remembers what came of them; the oldest such are forgotten.
    func finish(
        _ key: VisitKey,
        saved: String?,
        wrote: PhoneWriting? = nil,
        now: UInt64
    ) throws {
        try store.db.cached(
            """
            UPDATE draft SET content = NULL, saved = ?3, changed = ?4, wrote = ?5
            WHERE user = ?1 AND visit = ?2
            """
        ).run(user, key.number, saved, Int64(clamping: now), wrote?.encode())
        try store.db.cached(
            """
            DELETE FROM draft WHERE user = ?1 AND visit IN (
                SELECT visit FROM draft WHERE user = ?1 AND content IS NULL
                ORDER BY changed DESC, visit LIMIT -1 OFFSET ?2)
            """
        ).run(user, Int64(VisitingLimits.finishedVisits))
    }

    /// Gives a visit of somebody else to the user, with `draft` as its content.
    ///
    /// One that a phone has sent stays with its author as finished, so that the phone gives it up.
    func take(_ visit: OpenVisit, _ draft: VisitDraft, now: UInt64) throws {
        let theirs = DraftTable(store: store, user: visit.user)
        let digest = try theirs.digest(visit.key)
        // It may have been the user's own before, and taken from him.
        try remove(visit.key)
        _ = try add(draft, as: visit.key, digest: digest, begun: visit.begun, now: now)
        if draft.phone == nil {
            try theirs.remove(visit.key)
        } else {
            try theirs.finish(visit.key, saved: nil, now: now)
        }
    }

    func remove(_ key: VisitKey) throws {
        try store.db.cached("DELETE FROM draft WHERE user = ?1 AND visit = ?2")
            .run(user, key.number)
    }
}
