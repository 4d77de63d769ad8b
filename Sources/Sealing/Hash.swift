internal import CSodium

/// A BLAKE2b-256 hash (RFC 7693 with 32 bytes of output, no key).
///
/// Four words, so that comparing and hashing it costs no allocation.
package struct Digest: Hashable, Sendable {
    package static let length = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(_ bytes: [UInt8]) throws(SealingError) {
        try requireLength(bytes, Self.length, of: .digest)
        self.init(checked: bytes)
    }

    fileprivate init(checked bytes: [UInt8]) {
        func word(_ start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// The first eight bytes as a big-endian number: enough to tell two histories apart.
    package var prefix: UInt64 { words.0 }

    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.length)
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return result
    }

    package static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        // Already uniform: one word is as good as four.
        hasher.combine(words.0)
    }
}

/// Hashing of bytes held in memory.
package enum Hash {
    package static func blake2b(_ bytes: [UInt8]) -> Digest {
        blake2b(bytes.span)
    }

    package static func blake2b(_ bytes: Span<UInt8>) -> Digest {
        startSodium()
        var result = [UInt8](repeating: 0, count: Digest.length)
        unsafe bytes.withUnsafeBufferPointer { source in
            _ = unsafe crypto_generichash(
                &result,
                result.count,
                source.baseAddress,
                UInt64(source.count),
                nil,
                0
            )
        }
        return Digest(checked: result)
    }
}
