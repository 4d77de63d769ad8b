import Replication
import Sealing

/// Enrolment by code.
extension Example {
    private static let code = InviteCode(number: 7, random: 0x0123_4567_89ab_cdef)
    private static let callSeed = [UInt8](repeating: 21, count: 32)
    private static let answerSeed = [UInt8](repeating: 22, count: 32)

    static func codes(_ world: World) throws -> [Example] {
        let hub = world.hub
        let key = try code.key(at: hub.signing.verifyingKey)
        return [
            try codeExample(hub), try cardExample(hub), try callExample(world, key),
            try answerExample(world, key),
        ]
    }

    /// The request of the vector `enrolment-request`.
    private static func request(_ world: World) throws -> EnrolmentRequest {
        try EnrolmentRequest(
            name: world.village.certificate.name,
            kind: .village,
            scopes: [World.scope],
            signingKey: world.village.signing,
            sealingKey: world.village.opening.sealingKey
        )
    }

    private static func codeExample(_ hub: World.Node) throws -> Example {
        func shown(_ code: InviteCode) throws -> Vector {
            let invitation = Invitation(
                code: code,
                fingerprint: hub.signing.verifyingKey.fingerprint,
                addresses: ["192.168.1.10:8443", "hub.xa.vn:8443"]
            )
            var vector = Vector("invite-code")
            vector.add("code", code.text)
            vector.add("invitation", invitation.text)
            vector.add("key", try code.key(at: hub.signing.verifyingKey).bytes)
            return vector
        }
        return Example(vector: try shown(code)) { document in
            try shown(Invitation(document.text("invitation").lowercased()).code)
        }
    }

    private static func cardExample(_ hub: World.Node) throws -> Example {
        func shown(_ card: HubCard) -> Vector {
            var vector = Vector("hub-card")
            vector.add("bytes", card.bytes)
            return vector
        }
        let card = try HubCard(
            certificate: hub.certificate,
            issuedAt: World.now,
            pins: [[UInt8](repeating: 0x5a, count: 32)],
            addresses: ["192.168.1.10:8443", "hub.xa.vn:8443"],
            key: hub.signing
        )
        return Example(vector: shown(card)) { document in
            let read = try HubCard(document.bytes("bytes"))
            return shown(
                try HubCard(
                    certificate: read.certificate,
                    issuedAt: read.issuedAt,
                    pins: read.pins,
                    addresses: read.addresses,
                    key: hub.signing
                )
            )
        }
    }

    private static func callExample(_ world: World, _ key: InviteKey) throws -> Example {
        let hub = world.hub
        func shown(_ call: EnrolmentCall) throws -> Vector {
            var vector = Vector("enrolment-call")
            vector.add("ephemeral-seed", callSeed)
            vector.add("proof", call.proof)
            vector.add("comparison", call.request.comparison(at: hub.signing.verifyingKey))
            vector.add(
                "bytes",
                try call.sealed(to: hub.opening.sealingKey, ephemeralSeed: callSeed)
            )
            return vector
        }
        let request = try request(world)
        let call = EnrolmentCall(
            number: code.number,
            proof: key.proof(of: request, to: hub.signing.verifyingKey),
            request: request
        )
        return Example(vector: try shown(call)) { document in
            try shown(EnrolmentCall(document.bytes("bytes"), with: hub.opening))
        }
    }

    private static func answerExample(_ world: World, _ key: InviteKey) throws -> Example {
        let hub = world.hub
        let request = try request(world)
        func shown(_ answer: EnrolmentAnswer) throws -> Vector {
            var vector = Vector("enrolment-answer")
            vector.add("ephemeral-seed", answerSeed)
            vector.add("state", "\(answer.state.rawValue)")
            vector.add(
                "bytes",
                try answer.sealed(
                    to: request,
                    key: key,
                    from: hub.signing.verifyingKey,
                    ephemeralSeed: answerSeed
                )
            )
            return vector
        }
        let reply = try EnrolmentReply(
            certificate: world.village.certificate,
            hub: hub.certificate,
            key: hub.signing
        )
        let answer = EnrolmentAnswer(state: .approved, reply: reply.bytes)
        return Example(vector: try shown(answer)) { document in
            try shown(
                EnrolmentAnswer(
                    document.bytes("bytes"),
                    with: world.village.opening,
                    to: request,
                    key: key,
                    from: hub.signing.verifyingKey
                )
            )
        }
    }
}
