import Causality
import Replication
import SQLite
import Sealing
import Store
import TestSupport
import Testing

/// What counts of a node that the hub has revoked, whoever carries it.
///
/// The simulator's conspiracies look for the same from every seed: `SimulationTests` says which of
/// these rules they notice.
@Suite struct RevocationTests {
    let scope = TestCommune.path + "/thon-1"
    let commune: TestCommune
    let writer: Store
    let other: Store
    let node: NodeID

    init() throws {
        commune = try TestCommune(seed: 21)
        writer = try commune.village("thon-1")
        other = try commune.village("thon-1")
        node = try #require(try writer.identity()).node
        for village in [writer, other] {
            try commune.hub.enter(try #require(try village.identity()).certificate)
        }
        try add("A", to: writer)
        try sync(writer, commune.hub)
        try sync(other, commune.hub)
    }

    private func add(_ name: String, to store: Store) throws {
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text(name))]) }
    }

    private func sync(_ child: Store, _ hub: Store, times: Int = 2) throws {
        for _ in 0..<times { _ = try TestExchange(child, with: hub) }
    }

    private func names(_ store: Store) throws -> [String] {
        try store.db.prepare("SELECT name FROM house ORDER BY name").rows {
            row throws(SQLiteError) in try row.text(0)
        }
    }

    /// Brings a hub what a store has and the hub lacks, in the bundle of another node, with all the
    /// receipts of that node.
    private func carry(
        from source: Store,
        to hub: Store,
        by carrier: Store,
        asOffers isOffer: Bool = false
    ) throws -> ExchangeSummary {
        let identity = try #require(try carrier.identity())
        let target = try #require(try hub.identity()).certificate
        let hello = Hello(
            kind: .request,
            from: identity.node,
            to: target.node,
            time: 1_780_000_000_000,
            software: "test",
            holdings: .vectors([:]),
            certificate: nil
        )
        var bundle = try BundleWriter(
            hello: hello,
            to: target,
            signingKey: identity.signingKey
        )
        for receipt in try carrier.receiptsToShow(known: [:]) { bundle.write(receipt) }
        try source.seal(scope)
        try source.segments(of: scope, lacking: hub.vector(scope)) { segment, isRedacted in
            bundle.write(segment, isRedacted: isRedacted, isOffer: isOffer)
        }
        let session = try ExchangeSession(answering: hub)
        try session.push(bundle.finish())
        try session.close()
        return session.summary
    }

    @Test(arguments: [false, true])
    func `what a revoked node writes is not taken from another node either`(isOffer: Bool) throws {
        try commune.hub.revoke(node, on: "2026-11-24")
        try add("B", to: writer)
        let summary = try carry(from: writer, to: commune.hub, by: other, asOffers: isOffer)
        #expect(summary.applied == 0)
        #expect(try names(commune.hub) == ["A"])
        try sync(other, commune.hub)
        #expect(try names(other) == ["A"])
        // It is kept for a person to decide about.
        let log = try #require(try commune.hub.quarantinedEntries().first).log
        #expect(try commune.hub.admit(log) == 1)
        #expect(try names(commune.hub) == ["A", "B"])
    }

    @Test func `a hub that was set back takes what it had stated, and nothing beyond`() throws {
        let old = try commune.copy(of: commune.hub)
        for name in ["B", "C"] {
            try add(name, to: writer)
            try sync(writer, commune.hub)
        }
        try sync(other, commune.hub)
        try add("D", to: other)
        // The hub comes back from a backup and revokes the node: it cuts at A.
        try old.revoke(node, on: "2026-11-24")
        try sync(other, old, times: 3)
        #expect(try names(old) == ["A", "B", "C", "D"])
        #expect(try old.vector(scope) == other.vector(scope))
        #expect(try old.quarantinedEntries().isEmpty)
        // The same receipts do not open the door for more.
        try add("E", to: writer)
        _ = try carry(from: writer, to: old, by: other)
        #expect(try names(old) == ["A", "B", "C", "D"])
    }

    @Test func `what a proven chain brings in is counted whole`() throws {
        let old = try commune.copy(of: commune.hub)
        for name in ["B", "C"] {
            try add(name, to: writer)
            try sync(writer, commune.hub)
        }
        try sync(other, commune.hub)
        try old.revoke(node, on: "2026-11-24")
        let summary = try carry(from: other, to: old, by: other)
        #expect(try names(old) == ["A", "B", "C"])
        #expect(summary.entries == 2)
    }

    @Test func `another history below what the hub had stated is not taken`() throws {
        let old = try commune.copy(of: commune.hub)
        let copy = try commune.copy(of: writer)
        for name in ["B", "C"] {
            try add(name, to: writer)
            try sync(writer, commune.hub)
        }
        try sync(other, commune.hub)
        try old.revoke(node, on: "2026-11-24")
        // The revoked node goes on from before B, under the same numbers.
        try add("X", to: copy)
        _ = try carry(from: copy, to: old, by: other)
        _ = try carry(from: copy, to: old, by: other, asOffers: true)
        #expect(try names(old) == ["A"])
        try sync(other, old, times: 3)
        #expect(try names(old) == ["A", "B", "C"])
        #expect(try names(other) == ["A", "B", "C"])
    }

    @Test func `a cut that comes back proves what it names`() throws {
        let old = try commune.copy(of: commune.hub)
        try add("B", to: writer)
        try sync(writer, commune.hub)
        try sync(other, commune.hub)
        try commune.hub.revoke(node, on: "2026-11-24")
        try sync(other, commune.hub)
        // Set back, the hub knows neither B nor its own cut, and cuts at A.
        try old.revoke(node, on: "2026-11-25")
        try other.db.execute("DELETE FROM receipt")
        // One exchange finds that the hub knows less, one that its roster forked; the third offers the
        // cut, and the fourth brings what it proves.
        try sync(other, old, times: 4)
        #expect(try names(old) == ["A", "B"])
        #expect(try old.vector(scope) == other.vector(scope))
    }

    @Test func `receipts are few, and shown to a hub that was set back only`() throws {
        #expect(try other.receiptsToShow(known: other.remembered(of: hubNode)).isEmpty)
        for number in 0..<20 {
            try add("N\(number)", to: writer)
            try sync(writer, commune.hub)
            try sync(other, commune.hub, times: 1)
        }
        let count = try other.db.prepare("SELECT count(*) FROM receipt").first { $0.integer(0) }
        #expect(count == 1)
        #expect(try other.receiptsToShow(known: other.remembered(of: hubNode)).isEmpty)
    }

    private var hubNode: NodeID {
        get throws { try #require(try commune.hub.identity()).node }
    }

    @Test func `a request may leave out a certificate that the hub has`() throws {
        func ask(_ child: Store, _ hub: Store, isShown: Bool) throws -> ExchangeSummary {
            let session = try ExchangeSession(answering: hub)
            try child.request(software: "test", showsCertificate: isShown) { try session.push($0) }
            try session.close()
            return session.summary
        }
        #expect(try ask(other, commune.hub, isShown: false).isComplete)
        // A hub that never heard of the node can only say so.
        let stranger = try commune.village("thon-1")
        let name = try #require(try stranger.identity()).node
        #expect(try !stranger.isKnownToParent())
        #expect(throws: ReplicationError.unknownSender(name)) {
            try ask(stranger, commune.hub, isShown: false)
        }
        #expect(try ask(stranger, commune.hub, isShown: true).isComplete)
    }
}
