import CBOR
package import Sealing

/// What a hub says of itself to anybody: its certificate, where it is found, and the keys of its
/// line, signed by its signing key (`sync-protocol.md` 9.9).
///
/// The fingerprint binds it: whoever knows that can take all else from here.
package struct HubCard: Hashable, Sendable {
    package static let pinsMax = 4
    package static let pinLength = 32

    package let certificate: Certificate
    /// Milliseconds since 1970: of two cards the later one counts.
    package let issuedAt: UInt64
    /// SHA-256 of the public keys of its TLS certificates; empty where somebody else ends the line
    /// in front of it and shows a certificate of the public authorities.
    package let pins: [[UInt8]]
    /// `host:port`, the likeliest first.
    package let addresses: [String]
    package let bytes: [UInt8]

    private static let magic = Array("doorstep-hub-1".utf8)

    package init(
        certificate: Certificate,
        issuedAt: UInt64,
        pins: [[UInt8]],
        addresses: [String],
        key: SigningKey
    ) throws(ReplicationError) {
        var writer = CBORWriter()
        writer.array(4)
        writer.write(certificate.bytes)
        writer.write(issuedAt)
        writer.array(pins.count)
        for pin in pins { writer.write(pin) }
        writer.array(addresses.count)
        for address in addresses { writer.write(address) }
        try self.init(Self.magic + signedFile(writer.bytes, Self.magic, key))
    }

    /// Decodes a card and checks that it is signed by the key of the certificate in it.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        let (body, signature) = try openSignedFile(bytes, magic: Self.magic)
        var reader = CBORReader(body)
        let read = try reading(.card) { () throws(CBORError) in
            try reader.array(exactly: 4)
            let certificate = try reader.byteString(max: ReplicationLimits.certificateBytesMax)
            let issuedAt = try reader.unsigned(max: 1 << 48)
            var pins: [[UInt8]] = []
            for _ in 0..<(try reader.array(max: Self.pinsMax)) {
                pins.append(try reader.byteString(max: Self.pinLength))
            }
            var addresses: [String] = []
            for _ in 0..<(try reader.array(max: Invitation.addressesMax)) {
                addresses.append(try reader.text(max: Invitation.addressBytesMax))
            }
            try reader.finish()
            return (certificate, issuedAt, pins, addresses)
        }
        certificate = try Certificate(read.0)
        issuedAt = read.1
        pins = read.2
        addresses = read.3
        guard pins.allSatisfy({ $0.count == Self.pinLength }) else {
            throw .invalid(part: .card, .range)
        }
        guard certificate.kind == .hub,
            certificate.signingKey.isValid(signature, for: Self.magic + body)
        else { throw .badSignature(part: .card) }
        self.bytes = bytes
    }
}

/// What an applicant sends to a hub, sealed to the hub's key: its request, and the proof that it
/// knows the code of an invitation.
package struct EnrolmentCall: Hashable, Sendable {
    /// Bytes of a call as it travels; what is above is refused unread.
    package static let bytesMax = 16 << 10
    private static let magic = Array("doorstep-call-1".utf8)

    /// Which invitation it is about.
    package let number: Int
    package let proof: [UInt8]
    package let request: EnrolmentRequest

    package init(number: Int, proof: [UInt8], request: EnrolmentRequest) {
        self.number = number
        self.proof = proof
        self.request = request
    }

    /// The call as it travels; the seed is given only where bytes must be reproducible.
    package func sealed(to hub: SealingKey, ephemeralSeed: [UInt8]? = nil) throws -> [UInt8] {
        Self.magic + (try SealedBox.seal(plain, to: hub, ephemeralSeed: ephemeralSeed))
    }

    /// What lies in the box.
    package var plain: [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.write(UInt64(number))
        writer.write(proof)
        writer.write(request.bytes)
        return writer.bytes
    }

    /// Opens a call; one that was made for another hub does not open.
    package init(_ bytes: [UInt8], with key: OpeningKey) throws(ReplicationError) {
        try self.init(plain: try openSealed(bytes, Self.magic, max: Self.bytesMax, key))
    }

    /// Decodes what lay in the box.
    package init(plain: [UInt8]) throws(ReplicationError) {
        var reader = CBORReader(plain)
        let read = try reading(.call) { () throws(CBORError) in
            try reader.array(exactly: 3)
            let number = try reader.unsigned(max: UInt64(InviteCode.numbersMax - 1))
            let proof = try reader.byteString(max: Digest.length)
            let request = try reader.byteString(max: Self.bytesMax)
            try reader.finish()
            return (number, proof, request)
        }
        number = Int(read.0)
        proof = read.1
        request = try EnrolmentRequest(read.2)
    }
}

/// What a hub answers to a call with the right proof, sealed to the applicant's key.
package struct EnrolmentAnswer: Hashable, Sendable {
    package enum State: UInt64, Hashable, Sendable {
        /// An officer has not decided yet: ask again.
        case waiting = 0
        /// With the ``EnrolmentReply``.
        case approved = 1
        case refused = 2
    }

    /// Bytes of an answer as it travels: a reply holds two certificates.
    package static let bytesMax = ReplicationLimits.certificateBytesMax * 2 + 1024
    private static let magic = Array("doorstep-answer-1".utf8)

    package let state: State
    /// Encoded ``EnrolmentReply``; empty unless approved.
    package let reply: [UInt8]

    package init(state: State, reply: [UInt8] = []) {
        self.state = state
        self.reply = reply
    }

    /// The answer as it travels; the seed is given only where bytes must be reproducible.
    package func sealed(
        to request: EnrolmentRequest,
        key: InviteKey,
        from hub: VerifyingKey,
        ephemeralSeed: [UInt8]? = nil
    ) throws -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.write(state.rawValue)
        writer.write(reply)
        writer.write(key.proof(of: state, reply, to: request, from: hub))
        let box = try SealedBox.seal(
            writer.bytes,
            to: request.sealingKey,
            ephemeralSeed: ephemeralSeed
        )
        return Self.magic + box
    }

    /// Opens an answer and checks that it comes from this hub, and that the hub knows the code.
    package init(
        _ bytes: [UInt8],
        with opening: OpeningKey,
        to request: EnrolmentRequest,
        key: InviteKey,
        from hub: VerifyingKey
    ) throws(ReplicationError) {
        let plain = try openSealed(bytes, Self.magic, max: Self.bytesMax, opening)
        var reader = CBORReader(plain)
        let read = try reading(.answer) { () throws(CBORError) in
            try reader.array(exactly: 3)
            let state = try reader.unsigned()
            let reply = try reader.byteString(max: Self.bytesMax)
            let proof = try reader.byteString(max: Digest.length)
            try reader.finish()
            return (state, reply, proof)
        }
        guard let state = State(rawValue: read.0) else { throw .invalid(part: .answer, .range) }
        guard constantTimeEquals(read.2, key.proof(of: state, read.1, to: request, from: hub))
        else { throw .badSignature(part: .answer) }
        self.state = state
        reply = read.1
    }
}

extension EnrolmentRequest {
    /// Six groups of five digits that both ends show when a code was used: of the hub's key and of
    /// the request, so that nobody can stand between the two unseen.
    package func comparison(at hub: VerifyingKey) -> String {
        comparisonText(of: Array("doorstep-compare-1".utf8) + hub.bytes + bytes)
    }
}

private func openSealed(
    _ bytes: [UInt8],
    _ magic: [UInt8],
    max: Int,
    _ key: OpeningKey
) throws(ReplicationError) -> [UInt8] {
    guard bytes.count <= max else { throw .aboveLimit(part: .call) }
    guard bytes.starts(with: magic) else { throw .invalid(part: .call, .scheme) }
    guard let plain = try? SealedBox.open(Array(bytes[magic.count...]), with: key) else {
        throw .notForThisNode
    }
    return plain
}
