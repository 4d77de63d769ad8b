import Causality
import HTTP
import Node
import Replication
import SQLite
import Sealing
import Store
import TestSupport
import Testing

/// Calls for a certificate by whoever has no right to one.
@Suite struct EnrolmentAuthorityTests {
    let hub: TestHub
    let scope = TestCommune.path + "/thon-1"
    /// What a call may change: the counts of wrong tries, and the invitation that it is about.
    private static let counts: Set = ["invite", "wrong_try"]

    init() throws {
        hub = try TestHub(seed: 71, certificate: certificate())
        try hub.add(2, to: scope, seed: 1)
    }

    /// A machine with keys of its own that has heard of a code.
    private struct Applicant {
        let signing = SigningKey.random()
        let opening = OpeningKey.random()
        let request: EnrolmentRequest

        init() throws {
            request = try EnrolmentRequest(
                name: "",
                kind: .village,
                scopes: [],
                signingKey: signing,
                sealingKey: opening.sealingKey
            )
        }

        func call(_ code: InviteCode, to hub: Certificate) throws -> [UInt8] {
            let key = try code.key(at: hub.signingKey)
            return try EnrolmentCall(
                number: code.number,
                proof: key.proof(of: request, to: hub.signingKey),
                request: request
            ).sealed(to: hub.sealingKey)
        }
    }

    private func invite(isTrusted: Bool = false) throws -> InviteCode {
        try hub.run { store in
            var draft = InviteDraft(name: "Thôn Mẫu 1", scopes: [scope])
            draft.isTrusted = isTrusted
            return try Invitations.make(draft, at: store, addresses: []).code
        }
    }

    private func call(_ bytes: [UInt8]) -> Answer {
        hub.post(bytes, path: "enrol/1", type: HubService.callType)
    }

    private func refused(_ problem: SyncProblem, status: Int = 403) -> Answer {
        .refused(LineRefusal(status: status, problem))
    }

    /// Whatever is tried: nobody is enrolled, nothing but counts changes, no name is logged.
    private func unharmed(_ body: () throws -> Void) throws {
        let before = try HubState(hub, ignoring: Self.counts)
        try body()
        #expect(try HubState(hub, ignoring: Self.counts).changes(to: before) == [])
        #expect(try hub.run { try $0.children().isEmpty })
        #expect(!hub.log.all.contains { $0.contains("Mẫu") })
    }

    @Test func `wrong codes are refused, counted, and then not even judged`() throws {
        let code = try invite(isTrusted: true)
        let wrong = InviteCode(number: code.number, random: 1)
        let nowhere = InviteCode(number: (code.number + 1) % InviteCode.numbersMax, random: 2)
        let applicant = try Applicant()
        let hubKey = hub.card.certificate
        try unharmed {
            #expect(call(try applicant.call(nowhere, to: hubKey)) == refused(.codeWrong))
            for _ in 0..<InviteLimits.wrongTriesMax {
                #expect(call(try applicant.call(wrong, to: hubKey)) == refused(.codeWrong))
            }
            // Five wrong ones made it void: the right one does not open it any more.
            #expect(call(try applicant.call(code, to: hubKey)) == refused(.codeWrong))
            let left = InviteLimits.addressTriesMax - InviteLimits.wrongTriesMax - 2
            for _ in 0..<left { _ = call(try applicant.call(wrong, to: hubKey)) }
            // Ten from one address: not even a right code is judged for an hour.
            let other = try invite(isTrusted: true)
            guard case .refused(let refusal) = call(try applicant.call(other, to: hubKey)),
                case .busy(let seconds) = refusal.problem
            else {
                Issue.record("not limited")
                return
            }
            #expect(refusal.status == 429 && seconds > 3_000)
        }
        #expect(hub.log.all.contains { $0.contains("problem=code-wrong") })
        #expect(hub.log.all.contains { $0.contains("problem=busy") })
    }

    @Test func `a code that is too old is refused`() throws {
        let code = try invite(isTrusted: true)
        try hub.run { try $0.db.execute("UPDATE invite SET ends_at = made_at - 1") }
        try unharmed {
            let bytes = try Applicant().call(code, to: hub.card.certificate)
            #expect(call(bytes) == refused(.codeExpired))
        }
        #expect(hub.log.all.contains { $0.contains("problem=code-expired") })
    }

    @Test func `a code that is used is refused to every other machine`() throws {
        let code = try invite()
        let first = try Applicant()
        _ = call(try first.call(code, to: hub.card.certificate))
        try unharmed {
            let bytes = try Applicant().call(code, to: hub.card.certificate)
            #expect(call(bytes) == refused(.codeUsed))
        }
        #expect(try hub.run { try $0.invites() }.first?.request?.bytes == first.request.bytes)
        #expect(hub.log.all.contains { $0.contains("problem=code-used") })
    }

    @Test(arguments: [Invite.State.waiting, .refused])
    func `who was not approved gets no certificate, however often he asks`(
        state: Invite.State
    ) throws {
        let code = try invite()
        let applicant = try Applicant()
        try unharmed {
            let bytes = try applicant.call(code, to: hub.card.certificate)
            _ = call(bytes)
            if state == .refused { try hub.run { try $0.withdrawInvite(code.number) } }
            for _ in 0..<3 {
                guard case .reply(let sealed) = call(bytes) else {
                    Issue.record("the right code was refused")
                    return
                }
                let answer = try EnrolmentAnswer(
                    sealed,
                    with: applicant.opening,
                    to: applicant.request,
                    key: code.key(at: hub.card.certificate.signingKey),
                    from: hub.card.certificate.signingKey
                )
                #expect(answer.state == (state == .refused ? .refused : .waiting))
                #expect(answer.reply.isEmpty)
            }
        }
    }

    @Test func `a certificate opens for the machine that asked, and nobody else`() throws {
        let code = try invite(isTrusted: true)
        let applicant = try Applicant()
        let bytes = try applicant.call(code, to: hub.card.certificate)
        guard case .reply(let sealed) = call(bytes) else {
            Issue.record("refused")
            return
        }
        // Whoever has overheard the call, and knows the code too, has not its keys.
        #expect(throws: (any Error).self) {
            try EnrolmentAnswer(
                sealed,
                with: .random(),
                to: applicant.request,
                key: code.key(at: hub.card.certificate.signingKey),
                from: hub.card.certificate.signingKey
            )
        }
        let before = try HubState(hub)
        guard case .reply = call(bytes) else {
            Issue.record("the same call finds how things stand")
            return
        }
        #expect(try HubState(hub).changes(to: before) == [])
    }

    @Test func `a call for another hub, or one that was changed, is refused`() throws {
        let code = try invite(isTrusted: true)
        let other = try TestHub(seed: 72)
        let applicant = try Applicant()
        try unharmed {
            let elsewhere = try applicant.call(code, to: other.card.certificate)
            guard case .refused(let refusal) = call(elsewhere) else {
                Issue.record("not refused")
                return
            }
            #expect([.wrongHub, .damaged].contains(refusal.problem))
            // Another's request under a proof that was made for one's own.
            let key = try code.key(at: hub.card.certificate.signingKey)
            let swapped = try EnrolmentCall(
                number: code.number,
                proof: key.proof(of: applicant.request, to: hub.card.certificate.signingKey),
                request: Applicant().request
            ).sealed(to: hub.card.certificate.sealingKey)
            #expect(call(swapped) == refused(.codeWrong))
        }
        #expect(hub.log.all.contains { $0.contains("event=enrol-refused") })
    }
}
