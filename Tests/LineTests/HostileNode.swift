import Causality
import Compression
import Replication
import SQLite
import Sealing
import Store
import TestSupport

/// A machine that speaks the protocol by hand, with keys and certificate of whomever it likes.
struct HostileNode {
    var signingKey: SigningKey
    var openingKey: OpeningKey
    var certificate: Certificate
    let hub: Certificate
    var random: SplitMix64

    /// An enrolled node in wrong hands.
    init(_ identity: Identity, against hub: TestHub, seed: UInt64) {
        signingKey = identity.signingKey
        openingKey = identity.openingKey
        certificate = identity.certificate
        self.hub = hub.card.certificate
        random = SplitMix64(seed: seed)
    }

    /// A certificate over this machine's keys that grants what is asked, by whoever signs.
    func certificate(writes: [String], by issuer: SigningKey) throws -> Certificate {
        try Certificate.issue(
            name: "attacker",
            kind: .village,
            signingKey: signingKey.verifyingKey,
            sealingKey: openingKey.sealingKey,
            reads: [TestCommune.path] + writes,
            writes: writes,
            issuedAt: 1_790_000_000_000,
            by: issuer
        )
    }

    func hello(_ change: (inout Hello) -> Void = { _ in }) -> Hello {
        var hello = Hello(
            kind: .request,
            from: certificate.node,
            to: hub.node,
            time: 1_780_000_000_000,
            software: "attack",
            holdings: .vectors([:]),
            certificate: certificate.bytes
        )
        change(&hello)
        return hello
    }

    func bundle(
        _ hello: Hello,
        _ segments: [Segment] = [],
        isOffer: Bool = false,
        showing receipt: Receipt? = nil
    ) throws -> [UInt8] {
        var bundle = RawBundle(hello: hello.encode(), signedBy: signingKey, to: hub)
        if let receipt { bundle.addFrame(type: 4, head: receipt.encode()) }
        for segment in segments { bundle.add(segment, isOffer: isOffer) }
        return try bundle.sealed()
    }

    /// A segment with one entry: the first of a new log of the scope, or what follows another.
    mutating func segment(
        _ scope: String,
        type: String = "house",
        cells: [Cell] = [Cell("name", .text("forged"))],
        behind previous: Segment? = nil,
        claiming writer: Certificate? = nil,
        signedBy key: SigningKey? = nil
    ) throws -> Segment {
        let entry = Entry(
            record: RecordID(origin: random.next(), counter: 1),
            type: type,
            author: "attacker",
            time: HybridTime(milliseconds: 1_780_000_000_000),
            cells: cells
        )
        let payload = Payload.encode([entry])
        let header = SegmentHeader(
            log: previous?.header.log ?? LogID(random.next()),
            first: previous.map { $0.header.last + 1 } ?? 1,
            previous: previous?.chainHash,
            after: .empty,
            time: entry.time,
            birth: previous == nil
                ? LogBirth(scope: scope, certificate: (writer ?? certificate).bytes) : nil,
            payload: payload,
            count: 1
        )
        return try Segment(
            sealing: header,
            compressed: Compressor(level: 1).compress(payload),
            with: key ?? signingKey
        )
    }

    /// What a reply tells this machine; the test fails where it cannot be opened.
    func open(_ reply: [UInt8]) throws -> [BundleReader.Event] {
        var events: [BundleReader.Event] = []
        var reader = BundleReader(
            key: openingKey,
            certificate: { [hub] in $0 == hub.node ? hub : nil }
        )
        try reader.push(reply) { events.append($0) }
        return events
    }
}

extension [BundleReader.Event] {
    /// Whether the hub says that it takes none of it.
    var isRefused: Bool {
        contains { event in
            guard case .notice(let notice) = event else { return false }
            return notice.code == .refused
        }
    }
}

/// Every row of every table of a hub, but for what it notes of how exchanges went: whatever
/// changes is seen.
struct HubState: Equatable {
    private let rows: [String: [String]]

    /// `ignoring`: tables in which a change is meant.
    init(_ hub: TestHub, ignoring: Set<String> = []) throws {
        rows = try hub.run { store in
            let tables = try store.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
                .rows { row throws(SQLiteError) in try row.text(0) }
            var rows: [String: [String]] = [:]
            for table in tables where !ignoring.union(["contact"]).contains(table) {
                let columns = try store.db.prepare("SELECT name FROM pragma_table_info('\(table)')")
                    .rows { row throws(SQLiteError) in "quote(\"\(try row.text(0))\")" }
                rows[table] = try store.db.prepare(
                    "SELECT \(columns.joined(separator: " || ',' || ")) FROM \"\(table)\""
                ).rows { row throws(SQLiteError) in try row.text(0) }.sorted()
            }
            return rows
        }
    }

    /// The tables that differ.
    func changes(to other: HubState) -> [String] {
        Set(rows.keys).union(other.rows.keys).filter { rows[$0] != other.rows[$0] }.sorted()
    }
}
