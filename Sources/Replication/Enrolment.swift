import CBOR
package import Sealing

/// A node's request to be enrolled, signed with the key that it asks for: `sync-protocol.md` 9.2.
package struct EnrolmentRequest: Hashable, Sendable {
    package let name: String
    package let kind: NodeKind
    package let signingKey: VerifyingKey
    package let sealingKey: SealingKey
    /// The scopes that the node would write; what it gets is the hub's decision.
    package let scopes: [String]
    package let bytes: [UInt8]

    package static let magic = Array("doorstep-request-1".utf8)

    package var node: NodeID { NodeID(of: signingKey) }

    /// Six groups of five digits that both ends show, so that people can compare them.
    package var comparison: String { comparisonText(of: bytes) }

    package init(
        name: String,
        kind: NodeKind,
        scopes: [String],
        signingKey: SigningKey,
        sealingKey: SealingKey
    ) throws(ReplicationError) {
        var writer = CBORWriter()
        writer.array(5)
        writer.write(name)
        writer.write(kind.rawValue)
        writer.write(signingKey.verifyingKey.bytes)
        writer.write(sealingKey.bytes)
        writer.array(scopes.count)
        for scope in scopes { writer.write(scope) }
        try self.init(Self.magic + signedFile(writer.bytes, Self.magic, signingKey))
    }

    /// Decodes a request and checks that whoever wrote it has its key.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        let (body, signature) = try openSignedFile(bytes, magic: Self.magic)
        var reader = CBORReader(body)
        let (name, kind, signing, sealing) = try reading(.certificate) { () throws(CBORError) in
            try reader.array(exactly: 5)
            return (
                try reader.text(max: ReplicationLimits.scopeBytesMax), try reader.unsigned(),
                try reader.byteString(max: VerifyingKey.length),
                try reader.byteString(max: SealingKey.length)
            )
        }
        scopes = try reading(.certificate) { () throws(CBORError) in
            var scopes: [String] = []
            for _ in 0..<(try reader.array(max: ReplicationLimits.scopesMax)) {
                scopes.append(try reader.text(max: ReplicationLimits.scopeBytesMax))
            }
            try reader.finish()
            return scopes
        }
        guard let kind = NodeKind(rawValue: kind), let signingKey = try? VerifyingKey(signing),
            let sealingKey = try? SealingKey(sealing), scopes.allSatisfy(isScopePath)
        else { throw .invalid(part: .certificate, .range) }
        guard isPlainName(name) else { throw .invalid(part: .certificate, .name) }
        guard signingKey.isValid(signature, for: Self.magic + body) else {
            throw .badSignature(part: .certificate)
        }
        self.name = name
        self.kind = kind
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.bytes = bytes
    }
}

/// What a hub gives back: the node's certificate and its own, signed by the hub.
package struct EnrolmentReply: Hashable, Sendable {
    package let certificate: Certificate
    package let hub: Certificate
    package let bytes: [UInt8]

    package static let magic = Array("doorstep-enrolled-1".utf8)

    package init(
        certificate: Certificate,
        hub: Certificate,
        key: SigningKey
    ) throws(ReplicationError) {
        var writer = CBORWriter()
        writer.array(2)
        writer.write(certificate.bytes)
        writer.write(hub.bytes)
        try self.init(Self.magic + signedFile(writer.bytes, Self.magic, key))
    }

    /// Decodes a reply; that the hub is the right one is for a person to compare.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        let (body, signature) = try openSignedFile(bytes, magic: Self.magic)
        var reader = CBORReader(body)
        let (node, hub) = try reading(.certificate) { () throws(CBORError) in
            try reader.array(exactly: 2)
            let node = try reader.byteString(max: ReplicationLimits.certificateBytesMax)
            let hub = try reader.byteString(max: ReplicationLimits.certificateBytesMax)
            try reader.finish()
            return (node, hub)
        }
        certificate = try Certificate(node)
        self.hub = try Certificate(hub)
        guard self.hub.signingKey.isValid(signature, for: Self.magic + body),
            certificate.isSigned(by: self.hub.signingKey)
        else { throw .badSignature(part: .certificate) }
        self.bytes = bytes
    }
}

extension VerifyingKey {
    /// What a hub shows of its key, and a person compares: six groups of five digits.
    package var fingerprint: String {
        comparisonText(of: Array("doorstep-key-1".utf8) + bytes)
    }
}

/// Thirty decimal digits, some 100 bits, from the hash of the bytes.
func comparisonText(of bytes: [UInt8]) -> String {
    let hash = Hash.blake2b(bytes).bytes
    let groups = (0..<6).map { group in
        let number = hash[(group * 5)..<(group * 5 + 5)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let digits = String(number % 100_000)
        return String(repeating: "0", count: 5 - digits.utf8.count) + digits
    }
    return groups.joined(separator: " ")
}

/// An array of two: the body, and its signature with the magic before it.
func signedFile(_ body: [UInt8], _ magic: [UInt8], _ key: SigningKey) -> [UInt8] {
    var writer = CBORWriter()
    writer.array(2)
    writer.write(body)
    writer.write(key.sign(magic + body).bytes)
    return writer.bytes
}

func openSignedFile(
    _ bytes: [UInt8],
    magic: [UInt8]
) throws(ReplicationError) -> (body: [UInt8], signature: Signature) {
    guard bytes.count <= ReplicationLimits.certificateBytesMax * 2 else {
        throw .aboveLimit(part: .certificate)
    }
    guard bytes.starts(with: magic) else { throw .invalid(part: .certificate, .scheme) }
    var reader = CBORReader(bytes, range: magic.count..<bytes.count)
    let (body, signature) = try reading(.certificate) { () throws(CBORError) in
        try reader.array(exactly: 2)
        let body = try reader.byteString(max: bytes.count)
        let signature = try reader.byteString(max: Signature.length)
        try reader.finish()
        return (body, signature)
    }
    guard let signature = try? Signature(signature) else {
        throw .invalid(part: .certificate, .range)
    }
    return (body, signature)
}
