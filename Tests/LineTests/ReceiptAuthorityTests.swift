import Causality
import HTTP
import Node
import Replication
import Sealing
import Store
import TestSupport
import Testing

/// Receipts (`sync-protocol.md` 7.3) that a node without the right shows over the line: the hub's own
/// word proves what it once held, and nobody else's does.
@Suite struct ReceiptAuthorityTests {
    private static let own = TestCommune.path + "/thon-1"
    private static let foreign = TestCommune.path + "/thon-2"

    private let hub: TestHub
    private let village: TestVillage
    private let thief: HostileNode
    /// Of the other village, whose laptop is lost and revoked.
    private let lost: HostileNode

    init() throws {
        hub = try TestHub(seed: 63, certificate: certificate())
        village = try hub.village("thon-1")
        let other = try hub.village("thon-2")
        try village.add(3)
        try other.add(2)
        try #require(try other.sync().problem == nil)
        let (mine, theirs) = (
            try village.run { try $0.identity() }, try other.run { try $0.identity() }
        )
        thief = HostileNode(try #require(mine), against: hub, seed: 64)
        lost = HostileNode(try #require(theirs), against: hub, seed: 65)
        let certificates = [thief.certificate, lost.certificate]
        try hub.run { store in
            for certificate in certificates { try store.enter(certificate) }
            try store.revoke(certificates[1].node, on: "2026-06-01")
            for scope in try store.scopes() { try store.seal(scope) }
        }
        try #require(try village.sync().problem == nil)
        guard case .reply = hub.post(try thief.bundle(level())) else {
            Issue.record("the node was refused before it did anything wrong")
            return
        }
    }

    private func level() throws -> Hello {
        let vectors = try Dictionary(
            uniqueKeysWithValues: [TestCommune.path, Self.own].map { path in
                (path, try village.run { try $0.vector(path) })
            }
        )
        return thief.hello { $0.holdings = .vectors(vectors) }
    }

    /// A hello of the hub that states it holds something, for a node, as somebody else has signed it.
    private func receipt(
        stating vector: VersionVector,
        of scope: String,
        to node: HostileNode,
        signedBy key: SigningKey
    ) throws -> Receipt {
        let hello = node.hello {
            $0.kind = .reply
            $0.from = hub.card.certificate.node
            $0.to = node.certificate.node
            $0.holdings = .vectors([scope: vector])
            $0.certificate = nil
        }.encode()
        let header = try StreamHeader([UInt8](repeating: 7, count: StreamHeader.length))
        let recipient = node.certificate.sealingKey
        let signed = Array("doorstep-hello-1".utf8) + recipient.bytes + header.bytes + hello
        return Receipt(
            recipient: recipient,
            streamHeader: header,
            hello: hello,
            signature: key.sign(signed)
        )
    }

    /// Whoever has the lost laptop writes on, and claims that the hub held it before the revocation.
    @Test(arguments: [false, true])
    func `what a revoked node wrote is not proven by a receipt that the hub has not signed`(
        isSignedByLost: Bool
    ) throws {
        var lost = lost
        let late = try lost.segment(Self.foreign)
        let forged = try receipt(
            stating: VersionVector([late.element]),
            of: Self.foreign,
            to: thief,
            signedBy: isSignedByLost ? lost.signingKey : thief.signingKey
        )
        // What is set aside for a person counts for nobody.
        let before = try HubState(hub, ignoring: ["quarantine"])
        let lines = hub.log.all.count
        let bundle = try thief.bundle(level(), [late], isOffer: true, showing: forged)
        guard case .reply = hub.post(bundle) else {
            Issue.record("the thief's own exchange was refused")
            return
        }
        #expect(hub.hasLogged("event=sync node=\(thief.certificate.node)", after: lines))
        #expect(try HubState(hub, ignoring: ["quarantine"]).changes(to: before) == [])
        let held = try hub.vector(Self.foreign)
        #expect(held.seq(of: late.header.log) == 0)
    }

    @Test func `a receipt that a revoked node brings is not even read`() throws {
        var lost = lost
        let late = try lost.segment(Self.foreign)
        let genuine = try receipt(
            stating: VersionVector([late.element]),
            of: Self.foreign,
            to: lost,
            signedBy: #require(try hub.run { try $0.identity() }).signingKey
        )
        let before = try HubState(hub)
        let lines = hub.log.all.count
        let answer = hub.post(try lost.bundle(lost.hello(), [late], showing: genuine))
        #expect(answer == .refused(LineRefusal(status: 403, .revoked)))
        let words = "event=sync-refused node=\(lost.certificate.node) problem=revoked"
        #expect(hub.hasLogged(words, after: lines))
        #expect(try HubState(hub).changes(to: before) == [])
    }
}
