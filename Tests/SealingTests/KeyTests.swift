import CSodium
import Testing

@testable import Sealing

/// Bytes written as hexadecimal digits.
func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
}

let sevens = [UInt8](repeating: 7, count: 32)

@Suite struct SigningTests {
    @Test func `RFC 8032 section 7.1, tests 1 and 2`() throws {
        let first = try SigningKey(
            seed: hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        )
        #expect(
            first.verifyingKey.bytes
                == hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        )
        #expect(
            first.sign([]).bytes
                == hex(
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
                )
        )
        let second = try SigningKey(
            seed: hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        )
        #expect(
            second.sign([0x72]).bytes
                == hex(
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
                )
        )
    }

    @Test func `a signature is for one key and one message`() throws {
        let key = SigningKey.random()
        let message: [UInt8] = Array("Phú Quý".utf8)
        let signature = key.sign(message)
        #expect(key.verifyingKey.isValid(signature, for: message))
        #expect(!SigningKey.random().verifyingKey.isValid(signature, for: message))
        for index in message.indices {
            var changed = message
            changed[index] ^= 1
            #expect(!key.verifyingKey.isValid(signature, for: changed))
        }
        for index in signature.bytes.indices {
            var changed = signature.bytes
            changed[index] ^= 1
            #expect(try !key.verifyingKey.isValid(Signature(changed), for: message))
        }
    }

    @Test func `a key reads back from its seed`() throws {
        let key = SigningKey.random()
        #expect(try SigningKey(seed: key.exportSeed()).verifyingKey == key.verifyingKey)
        #expect(key.verifyingKey != SigningKey.random().verifyingKey)
    }

    @Test(arguments: [0, 31, 33])
    func `bytes of the wrong length are no key`(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(throws: SealingError.self) { try SigningKey(seed: bytes) }
        #expect(throws: SealingError.self) { try VerifyingKey(bytes) }
        #expect(throws: SealingError.self) { try SealingKey(bytes) }
        #expect(throws: SealingError.self) { try OpeningKey(seed: bytes) }
        #expect(throws: SealingError.self) { try StreamKey(bytes) }
        #expect(throws: SealingError.self) { try StreamHeader(bytes) }
        #expect(throws: SealingError.self) { try Signature(bytes) }
        #expect(throws: SealingError.self) { try Digest(bytes) }
    }
}

@Suite struct SealedBoxTests {
    let key = OpeningKey.random()

    @Test(arguments: [0, 1, 32, 5_000])
    func `libsodium opens our boxes and we open libsodium's`(count: Int) throws {
        let message = randomBytes(count)
        let ours = try SealedBox.seal(message, to: key.sealingKey)
        #expect(ours.count == message.count + SealedBox.overhead)
        var secret = [UInt8](repeating: 0, count: 32)
        var open = [UInt8](repeating: 0, count: 32)
        var opened = [UInt8](repeating: 0, count: count)
        unsafe crypto_box_seed_keypair(&open, &secret, key.exportSeed())
        #expect(
            unsafe crypto_box_seal_open(&opened, ours, UInt64(ours.count), open, secret) == 0
        )
        #expect(opened == message)

        var theirs = [UInt8](repeating: 0, count: count + SealedBox.overhead)
        #expect(unsafe crypto_box_seal(&theirs, message, UInt64(count), open) == 0)
        #expect(try SealedBox.open(theirs, with: key) == message)
    }

    @Test func `a seed makes the box reproducible, and none makes it new`() throws {
        let recipient = key.sealingKey
        #expect(
            try SealedBox.seal([1], to: recipient, ephemeralSeed: sevens)
                == SealedBox.seal([1], to: recipient, ephemeralSeed: sevens)
        )
        #expect(try SealedBox.seal([1], to: recipient) != SealedBox.seal([1], to: recipient))
    }

    @Test func `a change of any byte, a cut or another key is refused`() throws {
        let box = try SealedBox.seal([1, 2, 3], to: key.sealingKey)
        for index in box.indices {
            var changed = box
            changed[index] ^= 0x20
            #expect(throws: SealingError.cannotOpen) { try SealedBox.open(changed, with: key) }
            #expect(throws: SealingError.cannotOpen) {
                try SealedBox.open(Array(box[..<index]), with: key)
            }
        }
        #expect(throws: SealingError.cannotOpen) { try SealedBox.open(box, with: .random()) }
    }

    @Test func `a public key of low order is refused`() throws {
        let ends: [(UInt8, UInt8, UInt8)] = [
            (0, 0, 0), (1, 0, 0), (0xec, 0xff, 0x7f), (0xed, 0xff, 0x7f), (0xee, 0xff, 0x7f),
            (0, 0, 0x80), (0xec, 0xff, 0xff),
        ]
        let eight = [
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        ].map { hex($0) }
        let points = ends.map { [$0.0] + [UInt8](repeating: $0.1, count: 30) + [$0.2] } + eight
        for point in points {
            #expect(throws: SealingError.weakKey) { try SealingKey(point) }
            // Just so libsodium judges: nothing can be sealed to them, and to their neighbours it can.
            let unchecked = SealingKey(checked: point)
            #expect(throws: SealingError.weakKey) { try SealedBox.seal([1], to: unchecked) }
            var next = point
            next[0] ^= 0x10
            #expect(throws: Never.self) { try SealedBox.seal([1], to: SealingKey(next)) }
        }
    }
}
