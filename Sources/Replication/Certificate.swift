import CBOR
package import Sealing

/// The name of a node: the first eight bytes of the hash of its signing key.
package struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The name that belongs to a key: nobody can enrol another key under it.
    package init(of key: VerifyingKey) {
        rawValue = Hash.blake2b(Array("doorstep-node-1".utf8) + key.bytes).prefix
    }

    /// Reads the sixteen digits of ``description``.
    package init?(_ text: String) {
        guard let value = UInt64(text, radix: 16) else { return nil }
        self.init(value)
        guard description == text else { return nil }
    }

    package static func < (left: NodeID, right: NodeID) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// What a node is in the tree of nodes.
package enum NodeKind: UInt64, Hashable, Sendable {
    /// Issues certificates and keeps the roster of its scopes.
    case hub = 0
    case village = 1
    /// A school, a health station, an office.
    case unit = 2
}

/// What a scope pattern covers: a path itself, or everything below one that ends with a slash.
package func covers(_ pattern: String, _ path: String) -> Bool {
    pattern.utf8.last == UInt8(ascii: "/") ? path.hasPrefix(pattern) : path == pattern
}

/// Whether a path of a scope has the form of the protocol: `a`–`z`, `0`–`9` and `-`, cut by `/`.
package func isScopePath(_ path: String) -> Bool {
    guard (1...ReplicationLimits.scopeBytesMax) ~= path.utf8.count else { return false }
    return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy { byte in
                    (0x30...0x39) ~= byte || (0x61...0x7a) ~= byte || byte == UInt8(ascii: "-")
                }
        }
}

/// The scope that a hub keeps to itself, under the path of its roster (`sync-protocol.md` 9.10).
package func hubsOwnScope(under roster: String) -> String { "\(roster)/\(hubsOwnPart)" }

/// Whether a scope is some hub's own: it never travels, up or down.
package func isHubsOwnScope(_ path: String) -> Bool {
    path.split(separator: "/").contains { $0 == hubsOwnPart }
}

/// A name that no village can get: those of villages never begin with a hyphen.
private let hubsOwnPart = "-hub"

/// Who a node is and what it may do, signed by its hub.
///
/// A hub's own certificate is issued by its parent, or by itself where it has none.
package struct Certificate: Hashable, Sendable {
    package let node: NodeID
    package let name: String
    package let kind: NodeKind
    package let signingKey: VerifyingKey
    package let sealingKey: SealingKey
    /// Patterns of the scopes that the node may read and write.
    package let reads: [String]
    package let writes: [String]
    package let issuer: NodeID
    /// Milliseconds since 1970.
    package let issuedAt: UInt64
    /// The encoded certificate with its signature, as it travels.
    package let bytes: [UInt8]
    private let body: [UInt8]
    private let signature: Signature

    private static let context = Array("doorstep-certificate-1".utf8)

    package func mayRead(_ scope: String) -> Bool {
        reads.contains { covers($0, scope) }
    }

    package func mayWrite(_ scope: String) -> Bool {
        writes.contains { covers($0, scope) }
    }

    package func isSigned(by key: VerifyingKey) -> Bool {
        NodeID(of: key) == issuer && key.isValid(signature, for: Self.context + body)
    }

    /// Issues a certificate.
    package static func issue(
        name: String,
        kind: NodeKind,
        signingKey: VerifyingKey,
        sealingKey: SealingKey,
        reads: [String],
        writes: [String],
        issuedAt: UInt64,
        by issuerKey: SigningKey
    ) throws(ReplicationError) -> Certificate {
        var writer = CBORWriter()
        writer.array(8)
        writer.write(name)
        writer.write(kind.rawValue)
        writer.write(signingKey.bytes)
        writer.write(sealingKey.bytes)
        for patterns in [reads, writes] {
            writer.array(patterns.count)
            for pattern in patterns { writer.write(pattern) }
        }
        writer.write(NodeID(of: issuerKey.verifyingKey).rawValue)
        writer.write(issuedAt)
        let body = writer.bytes
        var outer = CBORWriter()
        outer.array(2)
        outer.write(body)
        outer.write(issuerKey.sign(context + body).bytes)
        return try Certificate(outer.bytes)
    }

    /// Decodes a certificate; its signature is checked by ``isSigned(by:)``, not here.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        guard bytes.count <= ReplicationLimits.certificateBytesMax else {
            throw .aboveLimit(part: .certificate)
        }
        var outer = CBORReader(bytes)
        let (body, signatureBytes) = try reading(.certificate) { () throws(CBORError) in
            try outer.array(exactly: 2)
            let body = try outer.byteString(max: bytes.count)
            let signature = try outer.byteString(max: Signature.length)
            try outer.finish()
            return (body, signature)
        }
        var reader = CBORReader(body)
        let fields = try reading(.certificate) { () throws(CBORError) in
            try Fields(&reader)
        }
        guard let kind = NodeKind(rawValue: fields.kind),
            let signature = try? Signature(signatureBytes),
            let signingKey = try? VerifyingKey(fields.signingKey),
            let sealingKey = try? SealingKey(fields.sealingKey)
        else { throw .invalid(part: .certificate, .range) }
        guard isPlainName(fields.name) else { throw .invalid(part: .certificate, .name) }
        for pattern in fields.reads + fields.writes {
            let path = pattern.utf8.last == UInt8(ascii: "/") ? String(pattern.dropLast()) : pattern
            guard isScopePath(path) else { throw .invalid(part: .certificate, .name) }
        }
        self.bytes = bytes
        self.body = body
        self.signature = signature
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.kind = kind
        node = NodeID(of: signingKey)
        name = fields.name
        reads = fields.reads
        writes = fields.writes
        issuer = NodeID(fields.issuer)
        issuedAt = fields.issuedAt
    }

    /// The eight items of a certificate's body.
    private struct Fields {
        let name: String
        let kind: UInt64
        let signingKey: [UInt8]
        let sealingKey: [UInt8]
        let reads: [String]
        let writes: [String]
        let issuer: UInt64
        let issuedAt: UInt64

        init(_ reader: inout CBORReader) throws(CBORError) {
            try reader.array(exactly: 8)
            name = try reader.text(max: ReplicationLimits.scopeBytesMax)
            kind = try reader.unsigned()
            signingKey = try reader.byteString(max: 32)
            sealingKey = try reader.byteString(max: 32)
            reads = try Self.patterns(&reader)
            writes = try Self.patterns(&reader)
            issuer = try reader.unsigned()
            issuedAt = try reader.unsigned(max: 1 << 48)
            try reader.finish()
        }

        private static func patterns(_ reader: inout CBORReader) throws(CBORError) -> [String] {
            var patterns: [String] = []
            for _ in 0..<(try reader.array(max: ReplicationLimits.scopesMax)) {
                patterns.append(try reader.text(max: ReplicationLimits.scopeBytesMax + 1))
            }
            return patterns
        }
    }
}
