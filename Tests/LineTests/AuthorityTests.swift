import Causality
import HTTP
import Node
import Replication
import SQLite
import Sealing
import Store
import TestSupport
import Testing

/// Every call of a hub's line by a node without the right: refused in the documented word, told in
/// the log, nothing changed, nothing disclosed.
@Suite struct AuthorityTests {
    static let own = TestCommune.path + "/thon-1"
    static let foreign = TestCommune.path + "/thon-2"
    /// What stands in the other village's records, and must never be seen.
    static let secret = "Bà Mẫu ở Tổ 7"

    let hub: TestHub
    /// The node of the first village, which has synced as it should until now.
    let village: TestVillage
    /// The same node in wrong hands.
    var thief: HostileNode

    init() throws {
        hub = try TestHub(seed: 61, certificate: certificate())
        village = try hub.village("thon-1")
        let identity = try #require(try village.run { try $0.identity() })
        try hub.run { store in
            try store.enter(identity.certificate)
            try store.save(scope: Self.foreign) {
                _ = $0.add("house", [Cell("name", .text(Self.secret))])
            }
            for scope in try store.scopes() { try store.seal(scope) }
        }
        try village.add(3)
        try #require(try village.sync().problem == nil)
        thief = HostileNode(identity, against: hub, seed: 62)
        // The hub has heard what the node holds: that alone is nothing new any more.
        guard case .reply = hub.post(try thief.bundle(level())) else {
            Issue.record("the node was refused before it did anything wrong")
            return
        }
    }

    /// The hello of a node that holds all that it may: an answer to it has nothing to bring.
    private func level() throws -> Hello {
        let paths = [TestCommune.path, Self.own]
        let vectors = try Dictionary(
            uniqueKeysWithValues: paths.map { path in
                (path, try village.run { try $0.vector(path) })
            }
        )
        return thief.hello { $0.holdings = .vectors(vectors) }
    }

    @Test func `a node whose scopes are taken away while it is answered is sent nothing more`()
        throws
    {
        let node = try village.node
        try hub.add(2_000, to: Self.own, seed: 5)
        let request = try village.run { try $0.request(software: "test") }
        try hub.run { store in
            let session = try ExchangeSession(answering: store)
            try request.write { try session.push($0) }
            try session.close()
            let reply = try session.reply(software: "test")
            _ = try reply.next(atMost: 1)
            _ = try Enrolment.change(node, at: store, scopes: [Self.foreign])
            #expect(throws: ExchangeError.rightsChanged(node)) {
                while try reply.next(atMost: 1) != nil {}
            }
        }
        // The next exchange goes by the new certificate, and reaches its end.
        #expect(try village.sync().problem == nil)
        #expect(try village.sync().problem == nil)
    }

    /// Sends a body, and checks all that holds of every attack.
    @discardableResult
    private func send(
        _ bytes: [UInt8],
        by node: HostileNode? = nil,
        logged words: String,
        _ place: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let before = try HubState(hub)
        let lines = hub.log.all.count
        let answer = hub.post(bytes)
        #expect(hub.hasLogged(words, after: lines), sourceLocation: place)
        let changes = try HubState(hub).changes(to: before)
        #expect(changes == [], sourceLocation: place)
        #expect(!hub.log.all.contains { $0.contains("Mẫu") }, sourceLocation: place)
        if case .reply(let reply) = answer {
            try expectNothingForeign(reply, to: node ?? thief, place)
        }
        return answer
    }

    private func expectNothingForeign(
        _ reply: [UInt8],
        to node: HostileNode,
        _ place: SourceLocation
    ) throws {
        let mayRead = { (path: String) in path == TestCommune.path || path == Self.own }
        let foreign = try hub.run { store in
            try store.scopes().filter { !mayRead($0) }.flatMap {
                try store.heldSegments(scope: $0).map(\.log)
            }
        }
        for event in try node.open(reply) {
            switch event {
            case .hello(let hello, _, _):
                guard case .vectors(let vectors) = hello.holdings else { continue }
                #expect(vectors.keys.allSatisfy(mayRead), sourceLocation: place)
            case .segment(let segment, _, _):
                #expect(!foreign.contains(segment.header.log), sourceLocation: place)
            default: break
            }
        }
    }

    // MARK: Who speaks

    enum Impostor: CaseIterable {
        /// Signed by nobody but itself.
        case selfMade
        /// Issued by a village, which may enrol nobody.
        case byVillage
        /// With the hub named as issuer, and a signature that is not the hub's.
        case claimsHub
        /// An enrolled node's certificate without its key.
        case stolen
        /// An enrolled node's certificate, shown under another name.
        case otherName
        /// No certificate, and a name that the hub does not know.
        case nameless
    }

    @Test(arguments: Impostor.allCases)
    func `who is not the node of a certificate of this hub is refused`(
        impostor: Impostor
    ) throws {
        var stranger = thief
        stranger.signingKey = .random()
        stranger.openingKey = .random()
        var expected = LineRefusal(status: 403, .notEnrolled)
        switch impostor {
        case .selfMade:
            stranger.certificate = try stranger.certificate(
                writes: [Self.own],
                by: stranger.signingKey
            )
        case .byVillage:
            stranger.certificate = try stranger.certificate(
                writes: [Self.own],
                by: thief.signingKey
            )
        case .claimsHub:
            stranger.certificate = try stranger.certificate(
                writes: [Self.own],
                by: stranger.signingKey
            ).claiming(hub.card.certificate.node)
        case .stolen: expected = LineRefusal(status: 400, .damaged)
        case .otherName:
            stranger.signingKey = thief.signingKey
            expected = LineRefusal(status: 400, .damaged)
        case .nameless: expected = LineRefusal(status: 400, .damaged)
        }
        let hello = stranger.hello {
            if impostor == .otherName { $0.from = NodeID(7) }
            if impostor == .nameless {
                $0.certificate = nil
                $0.from = NodeID(of: stranger.signingKey.verifyingKey)
            }
        }
        // What it brings would be the true node's right.
        let segment = try stranger.segment(Self.own)
        let answer = try send(
            stranger.bundle(hello, [segment]),
            by: stranger,
            logged: "problem=\(expected.problem.code)"
        )
        #expect(answer == .refused(expected))
    }

    @Test func `a revoked node is refused before anything of it is read`() throws {
        try hub.run { store in
            try store.revoke(self.thief.certificate.node, on: "2026-06-01")
            try store.seal(TestCommune.path)
        }
        var thief = thief
        let segment = try thief.segment(Self.own)
        let words = "event=sync-refused node=\(thief.certificate.node) problem=revoked"
        let answer = try send(thief.bundle(level(), [segment]), logged: words)
        #expect(answer == .refused(LineRefusal(status: 403, .revoked)))
        // Without a certificate it is known by its name, and no better off.
        let short = thief.hello { $0.certificate = nil }
        #expect(
            try send(thief.bundle(short), logged: "problem=revoked")
                == .refused(LineRefusal(status: 403, .revoked))
        )
    }

    @Test func `a forged signature of the hello is refused`() throws {
        var bundle = RawBundle(
            hello: try level().encode(),
            signedBy: thief.signingKey,
            to: thief.hub
        )
        bundle.signature[40] ^= 1
        let answer = try send(bundle.sealed(), logged: "problem=damaged")
        #expect(answer == .refused(LineRefusal(status: 400, .damaged)))
    }

    // MARK: To whom, and in which version

    @Test func `a bundle for somebody else is refused, however it is wrapped`() throws {
        let other = try #require(try hub.commune.village("thon-2").identity()).certificate
        let refused = Answer.refused(LineRefusal(status: 421, .wrongHub))
        // Sealed to another node; sealed to the hub, with a hello that names another.
        let elsewhere = RawBundle(
            hello: try level().encode(),
            signedBy: thief.signingKey,
            to: other
        )
        #expect(try send(elsewhere.sealed(), logged: "problem=wrong-hub") == refused)
        var named = try level()
        named.to = other.node
        #expect(try send(thief.bundle(named), logged: "problem=wrong-hub") == refused)
        // A hello that was signed for another, sealed again to this hub by whoever opened it.
        var resealed = elsewhere
        resealed.recipient = thief.hub.node
        resealed.sealedTo = thief.hub.sealingKey
        #expect(
            try send(resealed.sealed(), logged: "problem=damaged")
                == .refused(LineRefusal(status: 400, .damaged))
        )
    }

    @Test func `a reply is no request`() throws {
        let hello = thief.hello {
            $0.kind = .reply
            $0.answers = Hash.blake2b([1])
        }
        let answer = try send(thief.bundle(hello), logged: "problem=damaged")
        #expect(answer == .refused(LineRefusal(status: 400, .damaged)))
    }

    @Test(arguments: [0, 1, 3] as [UInt8])
    func `another version of the protocol is refused, and the hub's own named`(
        version: UInt8
    ) throws {
        var hello = try level().encode()
        #expect(hello[1] == UInt8(Hello.version), "the version is the first item")
        hello[1] = version
        let bundle = RawBundle(hello: hello, signedBy: thief.signingKey, to: thief.hub)
        let answer = try send(bundle.sealed(), logged: "problem=version")
        #expect(
            answer
                == .refused(
                    LineRefusal(
                        status: 400,
                        .version(theirs: Hello.version, ours: Hello.version)
                    )
                )
        )
        // The carrier's own version stands in the path.
        for path in ["sync/2", "enrol/2", "sync/\(version + 2)"] {
            let refusal = LineRefusal(status: 400, .version(theirs: 0, ours: Hello.version))
            #expect(hub.post([], path: path) == .refused(refusal))
        }
        #expect(hub.post([], path: "sync/x") == .other(status: 404))
    }

    @Test func `a replayed request changes nothing, and its reply is for the true node`() throws {
        try hub.add(2, to: Self.own, seed: 9)
        var thief = thief
        let segment = try thief.segment(Self.own)
        let bytes = try thief.bundle(level(), [segment])
        let lines = hub.log.all.count
        guard case .reply(let reply) = hub.post(bytes) else {
            Issue.record("the true node was refused")
            return
        }
        #expect(hub.hasLogged("event=sync", after: lines))
        let before = try HubState(hub)
        #expect(hub.post(bytes) == .refused(LineRefusal(status: 409, .cut)))
        #expect(try HubState(hub).changes(to: before) == [])
        // Whoever replays it has not the node's opening key.
        var stranger = thief
        stranger.openingKey = .random()
        #expect(throws: ReplicationError.notForThisNode) { try stranger.open(reply) }
    }

    // MARK: What a node writes

    @Test(arguments: [
        foreign, TestCommune.path, TestCommune.path + "/-hub", own + "/to-1", "48/21005/thon-1",
        "48",
    ])
    func `a scope that the certificate does not name is not written`(scope: String) throws {
        var thief = thief
        for isOffer in [false, true] {
            let segment = try thief.segment(scope)
            let answer = try send(
                thief.bundle(level(), [segment], isOffer: isOffer),
                logged: isOffer ? "event=sync" : "refused=1"
            )
            guard case .reply(let reply) = answer else {
                Issue.record("\(answer)")
                continue
            }
            if !isOffer { #expect(try thief.open(reply).isRefused) }
        }
    }

    enum Forgery: CaseIterable {
        /// In a log of its own, signed by another key.
        case signature
        /// A log that claims the hub as its writer.
        case hubsName
        /// Behind the end of the hub's roster.
        case hubsLog
        /// Another content than the header says.
        case content
    }

    @Test(arguments: Forgery.allCases)
    func `a segment that its writer has not signed is not taken`(forgery: Forgery) throws {
        var thief = thief
        let segment: Segment
        switch forgery {
        case .signature: segment = try thief.segment(Self.own, signedBy: .random())
        case .hubsName: segment = try thief.segment(Self.foreign, claiming: thief.hub)
        case .hubsLog:
            let last = try #require(try lastSegment(TestCommune.path))
            segment = try thief.segment(TestCommune.path, behind: last)
        case .content:
            let (one, other) = (try thief.segment(Self.own), try thief.segment(Self.own))
            segment = try Segment(
                headerBytes: one.headerBytes,
                signature: one.signature,
                compressed: other.compressed
            )
        }
        let answer = try send(thief.bundle(level(), [segment]), logged: "refused=1")
        guard case .reply(let reply) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(try thief.open(reply).isRefused)
    }

    private func lastSegment(_ scope: String) throws -> Segment? {
        try hub.run { store in
            var last: Segment?
            try store.segments(of: scope, lacking: .empty) { segment, _ in last = segment }
            return last
        }
    }

    /// Records of these types count in the roster's scope alone.
    @Test func `what a village writes of nodes, users and erasures in its own scope is nothing`()
        throws
    {
        var thief = thief
        let other = try hub.village("thon-2")
        let victim = try #require(try other.run { try $0.identity() }).certificate
        try hub.run { store in
            try store.enter(victim)
            try store.seal(TestCommune.path)
        }
        let granted = try thief.certificate(writes: [Self.foreign], by: thief.signingKey)
        let target = try #require(try lastSegment(Self.foreign))
        let order = SegmentRedaction(
            log: target.header.log,
            first: target.header.first,
            seqs: [target.header.first],
            hash: Hash.blake2b([]),
            size: 0
        )
        let claims: [(type: String, cells: [Cell])] = [
            ("node", [Cell("certificate", .bytes(granted.bytes)), Cell("state", .text("active"))]),
            (
                "node",
                [
                    Cell("certificate", .bytes(victim.bytes)), Cell("state", .text("revoked")),
                    Cell("cut", .bytes(VersionVector.empty.encode())),
                ]
            ),
            ("redaction", [Cell("segments", .bytes(SegmentRedaction.encode([order])))]),
            (
                "user",
                [
                    Cell("name", .text("ke-trom")), Cell("role", .text("administrator")),
                    Cell("state", .text("active")),
                ]
            ),
        ]
        let own: Set = ["log", "segment", "origin", "house", "person", "peer", "setting", "scope"]
        let before = try HubState(hub, ignoring: own.union(claims.map(\.type)))
        for claim in claims {
            let segment = try thief.segment(Self.own, type: claim.type, cells: claim.cells)
            guard case .reply = hub.post(try thief.bundle(level(), [segment])) else {
                Issue.record("\(claim.type): a node may write in its own scope")
                continue
            }
        }
        #expect(
            try HubState(hub, ignoring: own.union(claims.map(\.type))).changes(to: before) == []
        )
        // The certificate that it wrote itself opens nothing.
        let segment = try thief.segment(Self.foreign, claiming: granted)
        try send(thief.bundle(level(), [segment]), logged: "refused=1")
        thief.certificate = granted
        let answer = try send(
            thief.bundle(thief.hello(), [try thief.segment(Self.foreign)]),
            logged: "problem=not-enrolled"
        )
        #expect(answer == .refused(LineRefusal(status: 403, .notEnrolled)))
        // Nobody is revoked, nothing erased, nobody an administrator.
        #expect(try other.sync().problem == nil)
        #expect(try other.vector() == hub.vector(Self.foreign))
        let names = try hub.run { store in
            try store.db.prepare("SELECT name FROM house WHERE name = '\(Self.secret)'")
                .rows { row throws(SQLiteError) in try row.text(0) }
        }
        #expect(names == [Self.secret])
        #expect(try hub.run { try LocalNode($0, user: "").user(named: "ke-trom") } == nil)
    }

    // MARK: What a node reads

    @Test func `another village's scope is not told, whatever is asked`() throws {
        let foreign = try hub.vector(Self.foreign)
        let questions: [Hello.Holdings] = [
            .vectors([:]), .vectors([Self.foreign: .empty]),
            .vectors([Self.own: .empty, Self.foreign: .empty, TestCommune.path: .empty]),
            .vectors([Self.foreign: foreign]), .digest(Hello.digest(of: [Self.foreign: foreign])),
            .digest(Hash.blake2b([])),
        ]
        for holdings in questions {
            let bytes = try thief.bundle(thief.hello { $0.holdings = holdings })
            let answer = hub.post(bytes)
            guard case .reply(let reply) = answer else {
                Issue.record("\(answer)")
                continue
            }
            try expectNothingForeign(reply, to: thief, #_sourceLocation)
        }
        // Nor the rest of one of its segments, whose header it may have seen on a stick.
        let target = try #require(try lastSegment(Self.foreign))
        let hello = thief.hello {
            $0.holdings = .vectors([Self.foreign: .empty])
            $0.partial = PartialSegment(header: target.chainHash, held: 1)
        }
        guard case .reply(let reply) = hub.post(try thief.bundle(hello)) else {
            Issue.record("refused")
            return
        }
        try expectNothingForeign(reply, to: thief, #_sourceLocation)
    }

    @Test func `what a later certificate no longer names is neither sent nor taken`() throws {
        let third = TestCommune.path + "/thon-3"
        try hub.add(2, to: third, seed: 3)
        let node = thief.certificate.node
        let wide = try hub.run {
            try Enrolment.change(node, at: $0, scopes: [Self.own, third])
        }
        _ = try hub.run { try Enrolment.change(node, at: $0, scopes: [Self.own]) }
        var thief = thief
        thief.certificate = wide
        let hello = thief.hello { $0.holdings = .vectors([third: .empty]) }
        let answer = hub.post(try thief.bundle(hello))
        guard case .reply(let reply) = answer else {
            Issue.record("\(answer)")
            return
        }
        try expectNothingForeign(reply, to: thief, #_sourceLocation)
    }
}

extension Answer {
    fileprivate var isVersion: Bool {
        guard case .refused(let refusal) = self, case .version(let theirs, _) = refusal.problem
        else { return false }
        return refusal.status == 400 && theirs == Hello.version
    }
}

extension Certificate {
    /// The same bytes with another issuer named; the signature stays what it was.
    fileprivate func claiming(_ issuer: NodeID) throws -> Certificate {
        func bytes(_ node: NodeID) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: node.rawValue >> (56 - 8 * UInt64($0))) }
        }
        var changed = self.bytes
        let mine = bytes(self.issuer)
        let place = changed.indices.dropLast(8).last {
            Array(changed[$0..<($0 + 8)]) == mine
        }
        if let place { changed.replaceSubrange(place..<(place + 8), with: bytes(issuer)) }
        return try Certificate(changed)
    }
}
