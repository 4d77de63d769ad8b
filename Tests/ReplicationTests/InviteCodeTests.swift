import Causality
import Replication
import Sealing
import Testing

@Suite struct InviteCodeTests {
    private func code(_ seed: UInt64) -> InviteCode {
        var random = SplitMix64(seed: seed)
        return InviteCode(number: Int(random.next() % 1_024), random: random.next())
    }

    @Test(arguments: UInt64(0)..<50)
    func `a code reads back, however it is typed`(seed: UInt64) throws {
        let code = code(seed)
        let text = code.text
        #expect(text.utf8.count == 14)
        #expect(try InviteCode(text) == code)
        #expect(try InviteCode(text.lowercased()) == code)
        #expect(try InviteCode(text.filter { $0 != "-" }) == code)
        let loose = text.map { $0 == "0" ? "o" : $0 == "1" ? "l" : $0 }
        #expect(try InviteCode(" " + String(loose)) == code)
    }

    @Test(arguments: UInt64(0)..<5)
    func `any one wrong character and any two exchanged ones are found`(seed: UInt64) throws {
        let text = Array(code(seed).text.filter { $0 != "-" })
        for place in text.indices {
            for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where wrong != text[place] {
                var typed = text
                typed[place] = wrong
                #expect(throws: InviteCodeError.mistyped) { try InviteCode(String(typed)) }
            }
            for other in text.indices where text[other] != text[place] {
                var typed = text
                typed.swapAt(place, other)
                #expect(throws: InviteCodeError.mistyped) { try InviteCode(String(typed)) }
            }
        }
    }

    @Test(arguments: ["", "4K7Q", "4K7Q-9MPX-2HZT-9", "4K7Q-9MPX-2HZ!", "UUUU-UUUU-UUUU", "ăâ"])
    func `what is no code is refused`(text: String) {
        #expect(throws: InviteCodeError.form) { try InviteCode(text) }
    }

    @Test func `an invitation reads back in either case`() throws {
        let invitation = Invitation(
            code: code(1),
            fingerprint: "01234 56789 01234 56789 01234 56789",
            addresses: ["192.168.1.10:8443", "hub.xa.vn:8443"]
        )
        #expect(try Invitation(invitation.text) == invitation)
        #expect(try Invitation(invitation.text.lowercased()) == invitation)
        // The compact mode of QR codes has no other characters.
        #expect(
            invitation.text.allSatisfy {
                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains($0)
            }
        )
    }

    @Test(arguments: [
        "DOORSTEP:", "DOORSTEP:1/X/1/h:1", "DOORSTEP:1/4K7Q9MPX2HZT", "doorstep:1///",
    ])
    func `what is no invitation is refused`(text: String) {
        #expect(throws: InviteCodeError.self) { try Invitation(text) }
    }

    @Test func `a later version is named`() {
        #expect(throws: InviteCodeError.version("2")) { try Invitation("DOORSTEP:2/A/B/C") }
    }
}

/// Calls, answers and cards: who can make them, and who can open them.
@Suite struct EnrolmentByCodeTests {
    let hubKey = SigningKey.random()
    let hubOpening = OpeningKey.random()
    let signing = SigningKey.random()
    let opening = OpeningKey.random()
    let code = InviteCode(number: 7, random: 0x1234_5678_9abc_def0)
    let request: EnrolmentRequest
    let certificate: Certificate

    init() throws {
        request = try EnrolmentRequest(
            name: "",
            kind: .village,
            scopes: [],
            signingKey: signing,
            sealingKey: opening.sealingKey
        )
        certificate = try Certificate.issue(
            name: "Xã Mẫu",
            kind: .hub,
            signingKey: hubKey.verifyingKey,
            sealingKey: hubOpening.sealingKey,
            reads: ["48/21004"],
            writes: ["48/21004"],
            issuedAt: 1,
            by: hubKey
        )
    }

    @Test func `a call opens at its hub alone, and proves the code to it alone`() throws {
        let key = try code.key(at: hubKey.verifyingKey)
        let proof = key.proof(of: request, to: hubKey.verifyingKey)
        let call = EnrolmentCall(number: 7, proof: proof, request: request)
        let bytes = try call.sealed(to: hubOpening.sealingKey)
        #expect(try EnrolmentCall(bytes, with: hubOpening) == call)
        #expect(throws: ReplicationError.notForThisNode) {
            try EnrolmentCall(bytes, with: opening)
        }
        // The same code at another hub, or another request, gives another proof.
        let other = SigningKey.random().verifyingKey
        #expect(try code.key(at: other) != key)
        #expect(key.proof(of: request, to: other) != proof)
    }

    @Test func `an answer counts only from a hub that knows the code`() throws {
        let key = try code.key(at: hubKey.verifyingKey)
        let answer = EnrolmentAnswer(state: .approved, reply: [1, 2, 3])
        let bytes = try answer.sealed(to: request, key: key, from: hubKey.verifyingKey)
        func open(_ bytes: [UInt8], _ key: InviteKey) throws -> EnrolmentAnswer {
            try EnrolmentAnswer(
                bytes,
                with: opening,
                to: request,
                key: key,
                from: hubKey.verifyingKey
            )
        }
        #expect(try open(bytes, key) == answer)
        let guessed = try InviteCode(number: 7, random: 1).key(at: hubKey.verifyingKey)
        #expect(throws: ReplicationError.badSignature(part: .answer)) { try open(bytes, guessed) }
    }

    @Test func `a card is signed by the key in it`() throws {
        let pins = [[UInt8](repeating: 3, count: 32)]
        let card = try HubCard(
            certificate: certificate,
            issuedAt: 5,
            pins: pins,
            addresses: ["10.0.0.1:8443"],
            key: hubKey
        )
        #expect(try HubCard(card.bytes) == card)
        #expect(throws: ReplicationError.badSignature(part: .card)) {
            try HubCard(
                certificate: certificate,
                issuedAt: 5,
                pins: pins,
                addresses: [],
                key: signing
            )
        }
    }

    @Test func `cut and changed bytes are refused without a crash`() throws {
        let key = try code.key(at: hubKey.verifyingKey)
        let proof = key.proof(of: request, to: hubKey.verifyingKey)
        let call = try EnrolmentCall(number: 7, proof: proof, request: request)
            .sealed(to: hubOpening.sealingKey)
        let card = try HubCard(
            certificate: certificate,
            issuedAt: 5,
            pins: [],
            addresses: [],
            key: hubKey
        ).bytes
        for place in card.indices {
            var changed = card
            changed[place] ^= 1
            #expect(throws: ReplicationError.self) { try HubCard(changed) }
            #expect(throws: ReplicationError.self) { try HubCard(Array(card[..<place])) }
        }
        for place in stride(from: 0, to: call.count, by: 7) {
            var changed = call
            changed[place] ^= 1
            #expect(throws: ReplicationError.self) { try EnrolmentCall(changed, with: hubOpening) }
        }
    }
}
