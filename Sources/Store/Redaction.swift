package import Causality
import Compression
import Replication
import SQLite
import Sealing
import Survey

/// Erasure that leaves the chain whole: `sync-protocol.md` section 9.7.
///
/// An order in the roster, signed by the hub as everything there, names entries; every node
/// replaces their values by the mark "erased". Cells, header and chain stay, so nothing older comes
/// back, and the order explains the changed payload to whoever gets the segment later.
extension Store {
    /// Records whose deletion one save holds.
    private static let deletedAtOnce = 1_000
    /// Bytes of the segments that one order names.
    private static let orderBytesMax = 60 << 10

    /// Deletes records and erases every value that was ever written in them.
    ///
    /// However many they are, it is one transaction.
    /// - Returns: the entries whose values were erased.
    @discardableResult
    package func redact(
        _ records: [RecordID],
        reason: String,
        on day: String,
        author: String = ""
    ) throws -> Int {
        let erased = try transaction {
            var redactions: [SegmentRedaction] = []
            for path in try scopes() {
                let present = try records.compactMap { id in
                    try self.type(of: id, in: path).map { (type: $0, id: id) }
                }
                guard !present.isEmpty else { continue }
                for start in stride(from: 0, to: present.count, by: Self.deletedAtOnce) {
                    try save(scope: path, author: author) { batch in
                        for record in present[start...].prefix(Self.deletedAtOnce) {
                            batch.set(
                                record.type,
                                record.id,
                                [Cell(ReservedField.deleted, .text(ReservedField.erasedReason))]
                            )
                        }
                    }
                }
                try seal(path)
                redactions += try self.redactions(of: Set(present.map(\.id)), in: path)
            }
            guard !redactions.isEmpty else { throw StoreError.nothingToDecide }
            try order(redactions, reason: reason, on: day, author: author)
            return redactions.reduce(0) { $0 + $1.seqs.count }
        }
        try emptyAfterRedaction()
        return erased
    }

    func order(
        _ redactions: [SegmentRedaction],
        reason: String,
        on day: String,
        author: String
    ) throws {
        for order in Self.orders(redactions) {
            try save(scope: try rosterScope(), author: author) { batch in
                _ = batch.add(
                    "redaction",
                    [
                        Cell("reason", .text(reason)), Cell("ordered_on", .text(day)),
                        Cell("segments", .bytes(SegmentRedaction.encode(order))),
                    ]
                )
            }
        }
    }

    /// What has to be ordered, in parts that fit the field of an order.
    static func orders(_ redactions: [SegmentRedaction]) -> [[SegmentRedaction]] {
        var orders: [[SegmentRedaction]] = []
        var bytes = Int.max
        for redaction in redactions {
            let size = SegmentRedaction.encode([redaction]).count
            if bytes > Self.orderBytesMax - size {
                orders.append([])
                // The head of the array, whatever its length.
                bytes = 9
            }
            orders[orders.count - 1].append(redaction)
            bytes += size
        }
        return orders
    }

    private func type(of id: RecordID, in path: String) throws -> String? {
        guard let scope = try scopeNumber(path) else { return nil }
        let key = try key(id, scope: scope)
        return try types.first { type in
            try statement("SELECT 1 FROM \"\(type.name)\" WHERE id = ?1").bind(all: key)
                .first { _ in true } == true
        }?.name
    }

    /// What has to change in a scope's segments, held or set aside, so that nothing of the records
    /// is left.
    func redactions(of records: Set<RecordID>, in path: String) throws -> [SegmentRedaction] {
        guard let scope = try scopeNumber(path) else { return [] }
        var redactions: [SegmentRedaction] = []
        for (n, first) in try segmentKeys(scope: scope) {
            guard let stored = try segment(log: n, first: first) else { continue }
            let payload = try payload(stored)
            guard payload.groups.contains(where: { $0.holds(records) }) else { continue }
            let header = stored.segment.header
            if let redaction = try redaction(of: records, in: payload.entries(), header, path) {
                redactions.append(redaction)
            }
        }
        for aside in try segmentsAside() where try scopeOfAside(aside.segment) == path {
            guard let content = try content(of: aside) else { continue }
            let header = aside.segment.header
            if let redaction = try redaction(of: records, in: content.entries, header, path) {
                redactions.append(redaction)
            }
        }
        return redactions
    }

    /// What has to change in one segment.
    ///
    /// It names the entries that earlier orders have erased too, so that it applies wherever one of
    /// them is missing.
    private func redaction(
        of records: Set<RecordID>,
        in entries: [Entry],
        _ header: SegmentHeader,
        _ path: String
    ) throws -> SegmentRedaction? {
        let named = try seqsNamed(by: header.log, first: header.first, in: path)
        var entries = entries
        var seqs: [UInt64] = []
        var isNew = false
        for (index, entry) in entries.enumerated() {
            let seq = header.first + UInt64(index)
            let redacted = entry.redacted
            if records.contains(entry.record), redacted != entry {
                entries[index] = redacted
                seqs.append(seq)
                isNew = true
            } else if redacted == entry, named.contains(seq) {
                seqs.append(seq)
            }
        }
        guard isNew else { return nil }
        let payload = Payload.encode(entries)
        // From before `signedPayloadBytesMax` was kept to: better refused than said and not done.
        guard payload.count <= ReplicationLimits.payloadBytesMax else {
            throw StoreError.notErasable
        }
        return SegmentRedaction(
            log: header.log,
            first: header.first,
            seqs: seqs,
            hash: Hash.blake2b(payload),
            size: payload.count
        )
    }

    // MARK: The journal

    /// Says that erased values may still stand in the write-ahead log.
    private static let journalSetting = "erased-in-journal"

    func noteErasedInJournal() throws {
        try set(Self.journalSetting, [1])
    }

    /// Whether erased values may still stand in the write-ahead log, because a reader keeps it in use.
    package var hasErasedInJournal: Bool {
        get throws { try setting(Self.journalSetting) != nil }
    }

    /// The write-ahead log holds the old pages until it is emptied.
    ///
    /// The erasure itself is done by then, so a reader in the way is no error: the next exchange, or
    /// whoever opens the file next, tries again.
    func emptyAfterRedaction() throws {
        guard try !db.isInTransaction && hasErasedInJournal else { return }
        do {
            try db.checkpoint(truncate: true)
        } catch SQLiteError.busy {
            return
        }
        try transaction { try removeSetting(Self.journalSetting) }
    }
}
