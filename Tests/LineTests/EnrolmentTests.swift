import Causality
import HTTP
import Node
import Replication
import Sealing
import Store
import TestSupport
import Testing

/// Enrolment by code over TLS on loopback.
@Suite struct EnrolmentTests {
    let hub: TestHub
    let scope = TestCommune.path + "/thon-1"

    init() throws {
        hub = try TestHub(seed: 31, certificate: certificate())
    }

    private func invite(isTrusted: Bool = false) throws -> Invitation {
        try hub.run { store in
            var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: [scope])
            draft.isTrusted = isTrusted
            return try Invitations.make(draft, at: store, addresses: [hub.address.description])
        }
    }

    @Test(arguments: [false, true])
    func `a node is taken in by its code, and its first sync brings the data`(
        isBare: Bool
    ) throws {
        try hub.add(3, to: scope, seed: 1)
        let invitation = try invite()
        let store = try hub.commune.unenrolled()
        let line = EnrolmentLine(store, client: .direct)
        let enrolment = try line.begin(
            isBare ? invitation.code.text : invitation.text,
            addresses: isBare ? [hub.address] : []
        )
        #expect(try line.ask(enrolment) == .waiting)
        let waiting = try #require(try hub.run { try $0.invites() }.first)
        let key = hub.card.certificate.signingKey
        #expect(waiting.request?.comparison(at: key) == enrolment.comparison)
        #expect(waiting.address == "127.0.0.1")
        try hub.run { _ = try Invitations.approve(waiting.number, at: $0, author: "lan") }
        guard case .enrolled(let certificate, _) = try line.ask(enrolment) else {
            Issue.record("not enrolled")
            return
        }
        #expect(certificate.name == "Thôn Mẫu 1")
        // The card says where the hub is, and which key its line has.
        let village = try TestVillage(store, scope: scope, [])
        #expect(try village.sync().problem == nil)
        #expect(try village.vector() == hub.vector(scope))
    }

    @Test func `an invitation's address counts where the card's are not reached`() throws {
        let inner = try TestHub(
            seed: 33,
            certificate: certificate(),
            cardAddresses: ["127.0.0.1:1"]
        )
        let invitation = try inner.run { store in
            var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: [scope])
            draft.isTrusted = true
            return try Invitations.make(
                draft,
                at: store,
                addresses: ["127.0.0.1:2", inner.address.description]
            )
        }
        let store = try inner.commune.unenrolled()
        _ = try EnrolmentLine(store, client: .direct).begin(invitation.text, addresses: [])
        // The machine was switched off meanwhile.
        let resumed = try #require(try CodeEnrolment(resuming: store))
        guard case .enrolled = try EnrolmentLine(store, client: .direct).ask(resumed) else {
            Issue.record("not enrolled")
            return
        }
        let village = try TestVillage(store, scope: scope, [])
        #expect(try village.sync().problem == nil)
    }

    @Test func `a hub that is not the one of the fingerprint is refused`() throws {
        let other = try TestHub(seed: 32, certificate: certificate())
        let invitation = try invite()
        let store = try hub.commune.unenrolled()
        let line = EnrolmentLine(store, client: .direct)
        hub.server.stop(grace: .zero)
        #expect(throws: SyncProblem.wrongHub) {
            try line.begin(invitation.text, addresses: [other.address])
        }
        #expect(try other.run { try $0.invites().isEmpty })
        #expect(try store.identity() == nil)
    }

    @Test func `a wrong code, an old one and a used one are each told`() throws {
        func problem(_ word: String) throws -> SyncProblem? {
            let store = try hub.commune.unenrolled()
            let line = EnrolmentLine(store, client: .direct)
            let enrolment = try line.begin(word, addresses: [hub.address])
            do {
                _ = try line.ask(enrolment)
                return nil
            } catch let problem as SyncProblem {
                return problem
            }
        }
        let invitation = try invite(isTrusted: true)
        let wrong = InviteCode(number: invitation.code.number, random: 1)
        #expect(try problem(wrong.text) == .codeWrong)
        #expect(try problem(invitation.text) == nil)
        #expect(try problem(invitation.text) == .codeUsed)
        #expect(hub.log.all.contains { $0.contains("problem=code-wrong") })
        for _ in 0..<InviteLimits.addressTriesMax { _ = try problem(wrong.text) }
        guard case .busy(let seconds) = try problem(wrong.text) else {
            Issue.record("not limited")
            return
        }
        #expect(seconds > 3_000)
        #expect(try hub.run { try $0.children().count } == 1)
    }

    @Test func `bytes that are no call are refused`() throws {
        for body in [[], [1, 2, 3]] as [[UInt8]] {
            let answer = hub.post(body, path: "enrol/1", type: HubService.callType)
            #expect(answer == .refused(LineRefusal(status: 400, .damaged)))
        }
        let long = [UInt8](repeating: 7, count: EnrolmentCall.bytesMax + 1)
        #expect(
            hub.post(long, path: "enrol/1", type: HubService.callType) == .other(status: 413)
        )
        #expect(try hub.run { try $0.invites().isEmpty })
    }
}
