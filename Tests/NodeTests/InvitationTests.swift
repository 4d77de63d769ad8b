import Causality
import Node
import Replication
import SQLite
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// Enrolment by code with nothing between the two ends.
@Suite struct InvitationTests {
    let commune: TestCommune
    let hub: Store
    let scope = TestCommune.path + "/thon-1"
    let card: HubCard
    let clock: TestClock

    init() throws {
        commune = try TestCommune(seed: 21)
        clock = TestClock()
        hub = try clock.store(commune.unenrolled())
        try Enrolment.makeHub(hub, scope: TestCommune.path, name: "Xã Mẫu")
        let identity = try #require(try hub.identity())
        card = try HubCard(
            certificate: identity.certificate,
            issuedAt: 1,
            pins: [],
            addresses: ["127.0.0.1:8443"],
            key: identity.signingKey
        )
    }

    private func invite(_ change: (inout InviteDraft) -> Void = { _ in }) throws -> Invitation {
        var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: [scope])
        change(&draft)
        return try Invitations.make(draft, at: hub, addresses: card.addresses)
    }

    private func applicant(_ invitation: Invitation) throws -> (Store, CodeEnrolment) {
        let store = try commune.unenrolled()
        let enrolment = try CodeEnrolment(
            store,
            code: invitation.code,
            card: card,
            fingerprint: invitation.fingerprint
        )
        return (store, enrolment)
    }

    private func respond(
        _ enrolment: CodeEnrolment,
        from address: String = "192.0.2.1"
    ) throws -> Invitations.Response {
        try Invitations.respond(to: enrolment.call(), from: address, at: hub)
    }

    private func progress(_ enrolment: CodeEnrolment) throws -> CodeEnrolment.Progress {
        guard case .answer(let bytes) = try respond(enrolment) else {
            throw NodeError.noInvitation
        }
        return try enrolment.take(bytes)
    }

    @Test func `a node is taken in once an officer approves, and syncs`() throws {
        let (store, enrolment) = try applicant(try invite())
        #expect(try progress(enrolment) == .waiting)
        #expect(try progress(enrolment) == .waiting)
        let waiting = try #require(try hub.invites().first)
        #expect(waiting.state == .waiting && waiting.name == "Thôn Mẫu 1")
        let hubKey = try #require(try hub.identity()).signingKey.verifyingKey
        #expect(waiting.request?.comparison(at: hubKey) == enrolment.comparison)

        _ = try Invitations.approve(waiting.number, at: hub, author: "lan")
        // The machine was switched off meanwhile.
        let resumed = try #require(try CodeEnrolment(resuming: store))
        guard case .enrolled(let certificate, _) = try progress(resumed) else {
            Issue.record("not enrolled")
            return
        }
        #expect(certificate.name == "Thôn Mẫu 1" && certificate.writes == [scope])
        #expect(try CodeEnrolment.hubCard(store) == card)
        #expect(try CodeEnrolment(resuming: store) == nil)
        try store.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("A"))]) }
        _ = try TestExchange(store, with: hub)
        #expect(try hub.vector(scope) == store.vector(scope))
    }

    @Test func `a trusted code needs no officer`() throws {
        let (_, enrolment) = try applicant(try invite { $0.isTrusted = true })
        guard case .enrolled = try progress(enrolment) else {
            Issue.record("not enrolled")
            return
        }
    }

    @Test func `a code works once`() throws {
        let invitation = try invite { $0.isTrusted = true }
        let (_, first) = try applicant(invitation)
        guard case .enrolled = try progress(first) else {
            Issue.record("not enrolled")
            return
        }
        let (_, second) = try applicant(invitation)
        #expect(try respond(second) == .used)
        #expect(try hub.children().count == 1)
    }

    @Test func `a code expires`() throws {
        let (_, enrolment) = try applicant(try invite())
        clock.now += InviteLimits.validFor + 1
        #expect(try respond(enrolment) == .expired)
        #expect(try hub.invites().first?.state == .open)
    }

    @Test func `after five wrong codes an invitation is void`() throws {
        let invitation = try invite()
        let wrong = InviteCode(number: invitation.code.number, random: 0)
        let (_, guess) = try applicant(
            Invitation(code: wrong, fingerprint: invitation.fingerprint, addresses: [])
        )
        for index in 0..<InviteLimits.wrongTriesMax {
            #expect(try hub.invites().first?.isVoid == false)
            #expect(try respond(guess, from: "192.0.2.\(index)") == .wrong)
        }
        #expect(try hub.invites().first?.isVoid == true)
        let (_, right) = try applicant(invitation)
        #expect(try respond(right) == .wrong)
    }

    @Test func `a code that was made while the clock was ahead ends when the clock is put right`()
        throws
    {
        let right = clock.now
        clock.now += 365 * 86_400_000
        let (_, enrolment) = try applicant(try invite { $0.isTrusted = true })
        let (_, again) = try applicant(try invite())
        clock.now = right
        #expect(try respond(enrolment) == .expired)
        #expect(try hub.invites().allSatisfy { $0.endsAt < right })
        // Nor does it live again a year later.
        _ = try invite()
        #expect(try hub.invites().count == 1)
        clock.now += 365 * 86_400_000
        #expect(try respond(again) == .wrong)
        #expect(try hub.children() == [])
    }

    @Test func `a clock that is set by a minute costs no code`() throws {
        let (_, enrolment) = try applicant(try invite())
        clock.now -= 60_000
        #expect(try progress(enrolment) == .waiting)
    }

    @Test func `an address may guess ten times an hour, and others are not held up`() throws {
        let invitation = try invite()
        let missing = InviteCode(number: (invitation.code.number + 1) % 1_024, random: 0)
        let (_, guess) = try applicant(
            Invitation(code: missing, fingerprint: invitation.fingerprint, addresses: [])
        )
        for _ in 0..<InviteLimits.addressTriesMax { #expect(try respond(guess) == .wrong) }
        let (_, right) = try applicant(invitation)
        guard case .limited(let seconds) = try respond(right) else {
            Issue.record("not limited")
            return
        }
        #expect((1...3_600).contains(seconds))
        guard case .answer = try respond(right, from: "192.0.2.2") else {
            Issue.record("another address is held up")
            return
        }
        clock.now += InviteLimits.addressPeriod
        guard case .answer = try respond(right) else {
            Issue.record("still limited after an hour")
            return
        }
    }

    @Test func `whoever has a network of IPv6 is one who guesses`() throws {
        let invitation = try invite()
        let missing = InviteCode(number: (invitation.code.number + 1) % 1_024, random: 0)
        let (_, guess) = try applicant(
            Invitation(code: missing, fingerprint: invitation.fingerprint, addresses: [])
        )
        for index in 0..<InviteLimits.addressTriesMax {
            #expect(try respond(guess, from: "2001:db8:0:1::\(index + 1)") == .wrong)
        }
        guard case .limited = try respond(guess, from: "2001:db8:0:1:2:3:4:5") else {
            Issue.record("another address of the same network may go on")
            return
        }
        #expect(try respond(guess, from: "2001:db8:0:2::1") == .wrong)
    }

    @Test func `whom an officer has decided about takes no place`() throws {
        let (_, first) = try applicant(try invite { $0.isTrusted = true })
        guard case .enrolled = try progress(first) else {
            Issue.record("not enrolled")
            return
        }
        for _ in 0..<InviteLimits.openMax { _ = try invite() }
        #expect(throws: StoreError.tooManyInvites) { try invite() }
        #expect(try hub.invites().count == InviteLimits.openMax + 1)
    }

    @Test func `a call of more than a week ago is not approved`() throws {
        let (_, enrolment) = try applicant(try invite())
        #expect(try progress(enrolment) == .waiting)
        let number = try #require(try hub.invites().first).number
        clock.now += InviteLimits.keptFor + 1
        #expect(throws: StoreError.unknownInvite) {
            try Invitations.approve(number, at: hub, author: "lan")
        }
        #expect(try hub.invites() == [])
        #expect(try respond(enrolment) == .wrong)
        #expect(try hub.children() == [])
    }

    @Test func `a name means the node that is active under it`() throws {
        func enrol(_ change: (inout InviteDraft) -> Void = { _ in }) throws -> NodeID {
            let (_, enrolment) = try applicant(
                try invite {
                    $0.isTrusted = true
                    change(&$0)
                }
            )
            guard case .enrolled(let certificate, _) = try progress(enrolment) else {
                throw NodeError.noInvitation
            }
            return certificate.node
        }
        var node = try enrol()
        let name = "Thôn Mẫu 1"
        // Whichever of the two ids is the smaller one.
        for _ in 0..<4 {
            #expect(try NodeNames.node(name, at: hub) == node)
            let old = node
            node = try enrol { $0.replaces = old }
            #expect(try NodeNames.node(old.description, at: hub) == old)
        }
        let other = try enrol()
        #expect(throws: NodeError.self) { try NodeNames.node(name, at: hub) }
        #expect(try NodeNames.node(other.description, at: hub) == other)
        #expect(throws: NodeError.unknownNode("Thôn Mẫu 9")) {
            try NodeNames.node("Thôn Mẫu 9", at: hub)
        }
    }

    @Test func `the memory of wrong tries is bounded`() throws {
        let invitation = try invite()
        let missing = InviteCode(number: (invitation.code.number + 1) % 1_024, random: 0)
        let (_, guess) = try applicant(
            Invitation(code: missing, fingerprint: invitation.fingerprint, addresses: [])
        )
        let call = try guess.call()
        for index in 0..<(InviteLimits.addressesMax + 50) {
            _ = try Invitations.respond(
                to: call,
                from: "10.0.\(index / 256).\(index % 256)",
                at: hub
            )
            clock.now += 1
        }
        let count = try hub.db.prepare("SELECT count(*) FROM wrong_try").first { $0.integer(0) }
        #expect(count == Int64(InviteLimits.addressesMax))
    }

    @Test func `a hub that is not the one of the fingerprint is refused`() throws {
        let invitation = try invite()
        let other = try TestCommune(seed: 22).hub
        let identity = try #require(try other.identity())
        let falseCard = try HubCard(
            certificate: identity.certificate,
            issuedAt: 1,
            pins: [],
            addresses: [],
            key: identity.signingKey
        )
        let store = try commune.unenrolled()
        #expect(throws: NodeError.otherHub) {
            try CodeEnrolment(
                store,
                code: invitation.code,
                card: falseCard,
                fingerprint: invitation.fingerprint
            )
        }
        // Without a fingerprint the false hub is asked, but what it can answer does not count.
        let asked = try CodeEnrolment(
            store,
            code: invitation.code,
            card: falseCard,
            fingerprint: nil
        )
        let forged = try EnrolmentAnswer(state: .approved, reply: []).sealed(
            to: asked.request,
            key: try InviteCode(number: 1, random: 1).key(at: identity.signingKey.verifyingKey),
            from: identity.signingKey.verifyingKey
        )
        #expect(throws: ReplicationError.badSignature(part: .answer)) { try asked.take(forged) }
        #expect(try store.identity() == nil)
        // And what it was sent opens nothing at the true one.
        #expect(throws: ReplicationError.notForThisNode) {
            try Invitations.respond(to: asked.call(), from: "192.0.2.1", at: hub)
        }
    }

    @Test func `a node that the officer refuses learns it and may begin again`() throws {
        let (store, enrolment) = try applicant(try invite())
        #expect(try progress(enrolment) == .waiting)
        let number = try #require(try hub.invites().first).number
        try hub.withdrawInvite(number)
        #expect(try progress(enrolment) == .refused)
        #expect(try CodeEnrolment(resuming: store) == nil)
        #expect(throws: StoreError.unknownInvite) { try Invitations.approve(number, at: hub) }
    }

    @Test func `a replacement takes over the scope and all data, and the old one is revoked`()
        throws
    {
        let (old, enrolment) = try applicant(try invite { $0.isTrusted = true })
        _ = try progress(enrolment)
        try old.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("A"))]) }
        _ = try TestExchange(old, with: hub)
        let lost = try #require(try old.identity()).node
        try old.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("B"))]) }

        let draft = try Invitations.replacement(for: lost, at: hub)
        #expect(draft.scopes == [scope] && draft.name == "Thôn Mẫu 1")
        let (new, second) = try applicant(try invite { $0 = draft })
        #expect(try progress(second) == .waiting)
        #expect(try !hub.isRevoked(lost), "not before an officer has seen the new one")
        _ = try Invitations.approve(try #require(try hub.invites().first).number, at: hub)
        #expect(try hub.isRevoked(lost))
        guard case .enrolled = try progress(second) else {
            Issue.record("not enrolled")
            return
        }
        _ = try TestExchange(new, with: hub)
        #expect(try new.vector(scope) == hub.vector(scope))
        #expect(try TestNode.names(new) == ["A"])
        #expect(throws: ExchangeError.revoked(lost)) { try TestExchange(old, with: hub) }
    }

    @Test func `a node that was revoked first is replaced all the same`() throws {
        let (old, enrolment) = try applicant(try invite { $0.isTrusted = true })
        _ = try progress(enrolment)
        try old.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("A"))]) }
        _ = try TestExchange(old, with: hub)
        let lost = try #require(try old.identity()).node
        try hub.revoke(lost, author: "hoa", on: "2026-06-01")

        let named = try NodeNames.node("Thôn Mẫu 1", at: hub)
        let draft = try Invitations.replacement(for: named, at: hub)
        #expect(draft.scopes == [scope] && draft.name == "Thôn Mẫu 1" && draft.replaces == lost)
        let (new, second) = try applicant(try invite { $0 = draft })
        #expect(try progress(second) == .waiting)
        _ = try Invitations.approve(try #require(try hub.invites().first).number, at: hub)
        guard case .enrolled = try progress(second) else {
            Issue.record("not enrolled")
            return
        }
        _ = try TestExchange(new, with: hub)
        #expect(try TestNode.names(new) == ["A"])
        try new.save(scope: scope) { _ = $0.add("house", [Cell("name", .text("B"))]) }
        _ = try TestExchange(new, with: hub)
        #expect(try hub.vector(scope) == new.vector(scope))
        #expect(try hub.isRevoked(lost))
        let own = try #require(try hub.identity()).node
        #expect(throws: NodeError.unknownNode(own.description)) {
            try Invitations.replacement(for: own, at: hub)
        }
    }

    @Test func `a revoked node is told that it needs a new folder and code`() throws {
        let (old, enrolment) = try applicant(try invite { $0.isTrusted = true })
        _ = try progress(enrolment)
        #expect(throws: NodeError.alreadyEnrolled) { try applicant(again: old) }
        let node = try #require(try old.identity()).node
        try hub.revoke(node, on: "2026-06-01")
        // As the node learns it: it is let in no more, so the roster does not say.
        let parent = try #require(try old.identity()?.parent).node
        try old.note([Contact(node: parent, triedAt: clock.now, problem: SyncProblem.revoked.code)])
        #expect(throws: NodeError.revokedNode) { try applicant(again: old) }
    }

    private func applicant(again store: Store) throws {
        let invitation = try invite()
        _ = try CodeEnrolment(
            store,
            code: invitation.code,
            card: card,
            fingerprint: invitation.fingerprint
        )
    }

    @Test func `a new name and more scopes reach the node with the roster`() throws {
        let (store, enrolment) = try applicant(try invite { $0.isTrusted = true })
        _ = try progress(enrolment)
        let more = TestCommune.path + "/thon-2"
        try hub.save(scope: more) { _ = $0.add("house", [Cell("name", .text("Z"))]) }
        _ = try TestExchange(store, with: hub)
        #expect(throws: StoreError.notAllowed(scope: more)) {
            try store.save(scope: more) { _ = $0.add("house", []) }
        }
        let node = try #require(try store.identity()).node
        _ = try Enrolment.change(node, at: hub, name: "Cụm 1", scopes: [scope, more])
        // One exchange brings the certificate, and with it what it newly allows.
        _ = try TestExchange(store, with: hub)
        let certificate = try #require(try store.identity()).certificate
        #expect(certificate.name == "Cụm 1" && certificate.writes == [scope, more])
        #expect(try TestNode.names(store) == ["Z"])
        try store.save(scope: more) { _ = $0.add("house", [Cell("name", .text("Y"))]) }
        _ = try TestExchange(store, with: hub)
        #expect(try hub.vector(more) == store.vector(more))
    }

    @Test func `what a hub cannot grant is refused before a code is made`() throws {
        #expect(throws: NodeError.notBelow(path: "48/99999/x", own: TestCommune.path)) {
            try invite { $0.scopes = ["48/99999/x"] }
        }
        #expect(throws: NodeError.scopeNeeded) { try invite { $0.scopes = [] } }
        // Who writes the roster owns the commune.
        for kind in [NodeKind.village, .unit, .hub] {
            #expect(throws: NodeError.rosterScope(TestCommune.path)) {
                try invite {
                    $0.scopes = [TestCommune.path]
                    $0.kind = kind
                }
            }
        }
        for name in ["", String(repeating: "ộ", count: 67)] {
            #expect(throws: NodeError.badNodeName(bytes: name.utf8.count)) {
                try invite { $0.name = name }
            }
        }
        #expect(try hub.invites().isEmpty)
    }

    @Test func `open invitations do not survive a restore`() throws {
        _ = try invite()
        try hub.leaveOwnLogs()
        #expect(try hub.invites().isEmpty)
    }
}

/// A clock that a test moves.
final class TestClock {
    var now: UInt64 = 1_780_000_000_000

    /// The store again, with this clock.
    func store(_ store: Store) throws -> Store {
        try Store(
            db: store.db,
            description: store.description,
            environment: StoreEnvironment(
                wall: { self.now },
                random: store.environment.random
            )
        )
    }
}
