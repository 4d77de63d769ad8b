/// What cryptography refused.
package enum SealingError: Error, Hashable, Sendable {
    /// A key, signature, header or digest with the wrong number of bytes.
    case wrongLength(of: Part, expected: Int, found: Int)
    /// Sealed to somebody else, or changed on the way.
    case cannotOpen
    /// A public key that gives no secrecy (X25519, low order: RFC 7748 section 6.1).
    case weakKey
    /// A chunk of a stream was changed, left out, repeated or moved, or the key is another one.
    case chunkRefused(index: Int)
    /// Bytes follow the chunk that was marked as the last.
    case chunkAfterEnd
    /// A password hash that would cost more than ``SealingLimits`` allows, or is malformed.
    case passwordHashRefused
    /// The machine has not the memory that the password cost asks for.
    case notEnoughMemory

    package enum Part: String, Hashable, Sendable {
        case digest
        case header
        case key
        case salt
        case seed
        case signature
    }
}

extension SealingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .wrongLength(let part, let expected, let found):
            "a \(part.rawValue) of \(found) bytes instead of \(expected); "
                + "check that the file is whole"
        case .cannotOpen:
            "sealed to another key or damaged; ask the sender for a new copy"
        case .weakKey:
            "the public key is unsafe; ask its owner for a new one"
        case .chunkRefused(let index):
            "piece \(index) of the stream is damaged or from another stream; copy it again"
        case .chunkAfterEnd:
            "there is more after the end of the stream; copy it again"
        case .passwordHashRefused:
            "the stored password hash is not acceptable; set the password anew"
        case .notEnoughMemory:
            "not enough memory to check a password; close other programs and try again"
        }
    }
}

/// The numbers that bound what a hash from outside may cost.
package enum SealingLimits {
    /// Memory of one password hash: 256 MiB.
    package static let passwordMemoryBytes = 256 << 20
    /// Passes of one password hash.
    package static let passwordOperations = 16
    /// Length of an encoded password hash: libsodium writes 97 characters and pads to 128.
    package static let passwordHashBytes = 127
}
