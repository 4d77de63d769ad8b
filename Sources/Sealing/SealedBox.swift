internal import CSodium

/// The secret half of an X25519 key pair: opens what was sealed to it.
package struct OpeningKey: Sendable {
    package static let seedLength = 32

    fileprivate let secret: SecretBytes
    private let seed: SecretBytes
    package let sealingKey: SealingKey

    /// The key that belongs to these 32 secret bytes (libsodium's `crypto_box_seed_keypair`).
    package init(seed: [UInt8]) throws(SealingError) {
        try requireLength(seed, Self.seedLength, of: .seed)
        self.init(checkedSeed: seed)
    }

    package static func random() -> OpeningKey {
        OpeningKey(checkedSeed: randomBytes(seedLength))
    }

    fileprivate init(checkedSeed bytes: [UInt8]) {
        var open = [UInt8](repeating: 0, count: SealingKey.length)
        secret = unsafe SecretBytes(count: Int(crypto_box_SECRETKEYBYTES)) { target in
            _ = unsafe crypto_box_seed_keypair(&open, target, bytes)
        }
        seed = SecretBytes(bytes)
        sealingKey = SealingKey(checked: open)
    }

    /// The 32 secret bytes, to be written to the node's key file and nowhere else.
    package func exportSeed() -> [UInt8] {
        seed.copy(0..<Self.seedLength)
    }
}

/// The public half of an X25519 key pair: anybody may seal to it.
package struct SealingKey: Hashable, Sendable {
    package static let length = 32

    package let bytes: [UInt8]

    /// - Throws: ``SealingError/weakKey`` for a point of low order: nothing can be sealed to it.
    package init(_ bytes: [UInt8]) throws(SealingError) {
        try requireLength(bytes, Self.length, of: .key)
        guard !Self.isWeak(bytes) else { throw .weakKey }
        self.bytes = bytes
    }

    /// The seven u-coordinates of low order (RFC 7748 section 6.1: they give the shared secret zero);
    /// the highest bit does not count (section 5).
    private static func isWeak(_ bytes: [UInt8]) -> Bool {
        var point = bytes
        point[31] &= 0x7F
        return lowOrder.contains(point)
    }

    private static let lowOrder: Set<[UInt8]> = {
        func point(_ first: UInt8, _ middle: UInt8, _ last: UInt8) -> [UInt8] {
            [first] + [UInt8](repeating: middle, count: 30) + [last]
        }
        return [
            point(0, 0, 0), point(1, 0, 0),
            [
                0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f,
                0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16,
                0x5f, 0x49, 0xb8, 0x00,
            ],
            [
                0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83,
                0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd,
                0xd0, 0x9f, 0x11, 0x57,
            ],
            point(0xec, 0xff, 0x7f), point(0xed, 0xff, 0x7f), point(0xee, 0xff, 0x7f),
        ]
    }()

    /// Of a key that was made here, or that a test wants as it is.
    init(checked bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// A short message that only one key opens, in the format of libsodium's `crypto_box_seal`.
///
/// 32 bytes of a fresh public key, then `crypto_box` under it with the nonce
/// BLAKE2b-192(fresh key, recipient's key): 48 bytes longer than the message.
package enum SealedBox {
    /// How much longer the box is than the message.
    package static let overhead = Int(crypto_box_PUBLICKEYBYTES + crypto_box_MACBYTES)

    /// Seals to the recipient; who sealed it cannot be seen.
    ///
    /// The seed of the fresh key is given only where bytes must be reproducible (test vectors).
    package static func seal(
        _ message: [UInt8],
        to recipient: SealingKey,
        ephemeralSeed: [UInt8]? = nil
    ) throws(SealingError) -> [UInt8] {
        let fresh = try OpeningKey(seed: ephemeralSeed ?? randomBytes(OpeningKey.seedLength))
        let nonceInput = fresh.sealingKey.bytes + recipient.bytes
        var nonce = [UInt8](repeating: 0, count: Int(crypto_box_NONCEBYTES))
        unsafe crypto_generichash(
            &nonce,
            nonce.count,
            nonceInput,
            UInt64(nonceInput.count),
            nil,
            0
        )
        let boxLength = message.count + Int(crypto_box_MACBYTES)
        var box = [UInt8](repeating: 0, count: boxLength)
        let code = unsafe fresh.secret.withPointer { secret in
            unsafe crypto_box_easy(
                &box,
                message,
                UInt64(message.count),
                nonce,
                recipient.bytes,
                secret
            )
        }
        guard code == 0 else { throw .weakKey }
        return fresh.sealingKey.bytes + box
    }

    package static func open(
        _ box: [UInt8],
        with key: OpeningKey
    ) throws(SealingError) -> [UInt8] {
        guard box.count >= overhead else { throw .cannotOpen }
        var code: Int32 = -1
        let message = unsafe [UInt8](unsafeUninitializedCapacity: box.count - overhead) {
            buffer,
            written in
            // libsodium writes nothing through a null pointer when the message is empty.
            let target = buffer.baseAddress
            code = unsafe key.secret.withPointer { secret in
                unsafe crypto_box_seal_open(
                    target,
                    box,
                    UInt64(box.count),
                    key.sealingKey.bytes,
                    secret
                )
            }
            written = code == 0 ? box.count - overhead : 0
        }
        guard code == 0 else { throw .cannotOpen }
        return message
    }
}
