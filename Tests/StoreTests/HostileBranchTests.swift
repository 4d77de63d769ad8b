import Causality
import Compression
import Replication
import SQLite
import Sealing
import TestSupport
import Testing

@testable import Store

/// Other histories that an enrolled node makes up of its own log and offers to its hub.
@Suite struct HostileBranchTests {
    private let commune: TestCommune
    private let hub: Store
    private let village: Store

    init() throws {
        commune = try TestCommune(seed: 5)
        hub = commune.hub
        village = try commune.village("thon-1")
        try hub.enter(try village.requireIdentity().certificate)
        try village.save(scope: firstVillage) {
            _ = $0.add("house", [Cell("name", .text("a"))])
        }
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
    }

    /// Another beginning of the village's log.
    private func history(_ entries: [Entry]) throws -> Segment {
        let identity = try village.requireIdentity()
        let payload = Payload.encode(entries)
        let header = SegmentHeader(
            log: try village.openLogID(firstVillage),
            first: 1,
            previous: nil,
            after: .empty,
            time: HybridTime(milliseconds: 1),
            birth: LogBirth(scope: firstVillage, certificate: identity.certificate.bytes),
            payload: payload,
            count: entries.count
        )
        return try Segment(
            sealing: header,
            compressed: Compressor(level: 1).compress(payload),
            with: identity.signingKey
        )
    }

    /// Offers histories in one bundle that states what the village truly holds.
    @discardableResult
    private func offer(
        _ segments: [Segment],
        isWhole: Bool = true
    ) throws -> ExchangeSession {
        let identity = try village.requireIdentity()
        let parent = try #require(identity.parent)
        let hello = Hello(
            kind: .request,
            from: identity.node,
            to: parent.node,
            time: 1_780_000_000_000,
            software: "x",
            holdings: .vectors(
                try village.stated(village.sharedScopes(with: parent), to: parent.node)
            ),
            certificate: identity.certificate.bytes
        )
        var bundle = RawBundle(hello: hello.encode(), signedBy: identity.signingKey, to: parent)
        for segment in segments { bundle.add(segment, isOffer: true) }
        let session = try ExchangeSession(answering: hub)
        let bytes = try bundle.sealed()
        try session.push(isWhole ? bytes[...] : bytes.dropLast(1))
        try session.close()
        return session
    }

    /// An entry that encodes, in a payload of its own, to so many bytes.
    private func entry(_ id: UInt32, payloadOf size: Int) -> Entry {
        let usual = (size - 2_000) / 17
        func made(_ last: Int) -> Entry {
            let cells = (0..<17).map { index in
                let name = "f\(Character(UnicodeScalar(UInt8(97 + index))))"
                let length = index == 16 ? last : usual
                return Cell(name, .text(String(repeating: "x", count: length)))
            }
            return testEntry(.test(id), cells, type: "zz")
        }
        return made(usual + size - Payload.encode([made(usual)]).count)
    }

    @Test func `a history that could not be written again is not taken`() throws {
        let large = entry(1, payloadOf: ReplicationLimits.payloadBytesMax)
        let segment = try history([large])
        #expect(segment.header.payloadSize == ReplicationLimits.payloadBytesMax)
        try offer([segment])
        #expect(try hub.number("SELECT count(*) FROM quarantine") == 0)
        // Nor as a beginning of the log where none is held.
        let fresh = try commune.village("thon-1")
        try hub.enter(try fresh.requireIdentity().certificate)
        #expect(try fresh.apply(segment) == .refused(.badContent))
        #expect(try TestExchange(village, with: hub).child.refused == [])
        try hub.rebuild()
        let again = try commune.copy(of: hub)
        try again.save(scope: TestCommune.path) { _ = $0.add("house", [Cell("name", .text("b"))]) }
    }

    @Test func `the largest entry that is taken is written again`() throws {
        let largest = entry(1, payloadOf: Store.saveBytesMax - 1_000)
        try #require(largest.encode().count <= Store.saveBytesMax)
        try offer([try history([largest, entry(2, payloadOf: 400_000)])])
        #expect(try hub.number("SELECT count(*) FROM quarantine WHERE is_settled = 0") == 0)
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        #expect(try village.vector(firstVillage) == hub.vector(firstVillage))
        try hub.rebuild()
        try village.rebuild()
    }

    @Test func `what is offered and not decided has a bound`() throws {
        let segment = try history([testEntry(.test(1), Cell("rooms", .integer(1)))])
        try hub.db.prepare(
            """
            INSERT INTO quarantine(
                log, first, header, signature, payload, is_redacted, reason, at, is_settled)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4096)
            SELECT ?1, i, CAST('x' || i AS BLOB), x'', x'', 0, 'branch', 0, 0 FROM n
            """
        ).run(Int64(bitPattern: segment.header.log.rawValue))
        let refusal = try hub.consider(segment, isRedacted: false, stated: StatedEnds())
        #expect(refusal == .tooManyBranches)
        // Settled ones take nobody's place.
        try hub.db.execute("UPDATE quarantine SET is_settled = 1")
        #expect(try hub.consider(segment, isRedacted: false, stated: StatedEnds()) == nil)
    }

    @Test func `no hash is kept of what was written again and erased`() throws {
        let house = RecordID.test(1)
        try offer([try history([testEntry(house, Cell("rooms", .integer(7)))])])
        #expect(try hub.number("SELECT count(*) FROM rewritten") == 1)
        #expect(try hub.redact([house], reason: "request", on: "2026-11-24") > 0)
        #expect(try hub.number("SELECT count(*) FROM rewritten") == 0)
    }

    @Test func `an unknown field has no clash, whichever change came first`() throws {
        let house = RecordID.test(1)
        try village.set(house, Cell("name", .text("A")))
        for _ in 0..<2 { _ = try TestExchange(village, with: hub) }
        // A later version's village renames it; the hub deletes it meanwhile.
        let last = try #require(try village.allSegments().last)
        let later = try village.continuing(
            last,
            with: [testEntry(house, Cell("name", .text("B")), Cell("zz_new", .integer(1)))]
        )
        try hub.save(scope: firstVillage) {
            $0.set("house", house, [Cell(ReservedField.deleted, .text("gone"))])
        }
        let deletion = try #require(try hub.allSegments().last)
        #expect(try hub.apply(later) == .applied)
        let other = try commune.copy(of: village)
        #expect(try other.apply(later) == .applied)
        #expect(try other.apply(deletion) == .applied)
        for store in [hub, other] {
            let fields = try store.db.prepare("SELECT field FROM clash").rows {
                row throws(SQLiteError) in try row.text(0)
            }
            #expect(fields == ["name"])
        }
    }

    @Test func `a token that names an entry beyond all numbers is clipped`() throws {
        let log = try village.openLogID(firstVillage)
        for seq in [UInt64.max, UInt64(Int64.max) + 1, UInt64(Int64.max)] {
            let own = Token.OwnEntry(dot: Dot(log: log, seq: seq), hash: 1)
            let token = Token(vector: .empty, own: own)
            try village.save(scope: firstVillage, token: token) {
                $0.set("house", .test(2), [Cell("name", .text("\(seq)"))])
            }
        }
        #expect(try village.number("SELECT count(*) FROM house") == 2)
    }

    @Test func `no more logs are begun for lost histories than a node may have`() throws {
        let segments = try (1...300).map {
            try history([testEntry(.test($0), Cell("rooms", .integer(Int64($0))))])
        }
        try offer(segments)
        for _ in 0..<4 { _ = try TestExchange(village, with: hub) }
        #expect(
            try hub.vector(firstVillage).elements.count <= ReplicationLimits.nodeLogsMax - 60
        )
        #expect(try hub.hasUnsettledBranches)
        // What the hub writes there goes on to arrive.
        try hub.save(scope: firstVillage) { _ = $0.add("house", [Cell("name", .text("b"))]) }
        #expect(try TestExchange(village, with: hub).child.refused == [])
        #expect(try village.vector(firstVillage) == hub.vector(firstVillage))
    }
}
