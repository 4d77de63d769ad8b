internal import CSodium

/// The secret half of an Ed25519 key pair (RFC 8032).
package struct SigningKey: Sendable {
    package static let seedLength = 32

    private let secret: SecretBytes
    package let verifyingKey: VerifyingKey

    /// The key that belongs to these 32 secret bytes.
    package init(seed: [UInt8]) throws(SealingError) {
        try requireLength(seed, Self.seedLength, of: .seed)
        self.init(checkedSeed: seed)
    }

    package static func random() -> SigningKey {
        SigningKey(checkedSeed: randomBytes(seedLength))
    }

    private init(checkedSeed seed: [UInt8]) {
        var open = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        secret = unsafe SecretBytes(count: Int(crypto_sign_SECRETKEYBYTES)) { target in
            _ = unsafe crypto_sign_seed_keypair(&open, target, seed)
        }
        verifyingKey = VerifyingKey(checked: open)
    }

    /// The 32 secret bytes, to be written to the node's key file and nowhere else.
    package func exportSeed() -> [UInt8] {
        secret.copy(0..<Self.seedLength)
    }

    package func sign(_ message: [UInt8]) -> Signature {
        var signature = [UInt8](repeating: 0, count: Signature.length)
        unsafe secret.withPointer { key in
            _ = unsafe crypto_sign_detached(&signature, nil, message, UInt64(message.count), key)
        }
        return Signature(checked: signature)
    }
}

/// The public half of an Ed25519 key pair.
package struct VerifyingKey: Hashable, Sendable {
    package static let length = 32

    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) throws(SealingError) {
        try requireLength(bytes, Self.length, of: .key)
        self.bytes = bytes
    }

    fileprivate init(checked bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func isValid(_ signature: Signature, for message: [UInt8]) -> Bool {
        startSodium()
        return unsafe crypto_sign_verify_detached(
            signature.bytes,
            message,
            UInt64(message.count),
            bytes
        ) == 0
    }
}

/// An Ed25519 signature.
package struct Signature: Hashable, Sendable {
    package static let length = 64

    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) throws(SealingError) {
        try requireLength(bytes, Self.length, of: .signature)
        self.bytes = bytes
    }

    fileprivate init(checked bytes: [UInt8]) {
        self.bytes = bytes
    }
}
