package import Sealing

/// The key that opens backups: shown once, written on paper, kept on no machine.
///
/// As a text it is the key's 32 secret bytes and 3 bytes of check, 56 characters of Crockford's
/// base 32 (digits, and letters without I, L, O and U) in fourteen groups:
///
///     G3X0-9QTR-52HM-...
///
/// The check is the beginning of BLAKE2b-256("doorstep recovery key" + secret). Small letters are
/// read as capitals, I and L as 1, O as 0; spaces, line ends and hyphens do not count.
package struct RecoveryKey: Sendable {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let groupLength = 4
    private static let checkLength = 3
    /// A file with more is not one that holds a key and nothing else.
    private static let textBytesMax = 1024

    package let openingKey: OpeningKey

    package init(openingKey: OpeningKey) {
        self.openingKey = openingKey
    }

    package static func random() -> RecoveryKey {
        RecoveryKey(openingKey: .random())
    }

    /// Reads what a person typed or a file holds; ``NodeError/mistypedRecoveryKey`` if it is no key.
    package init(text: String) throws(NodeError) {
        guard text.utf8.count <= Self.textBytesMax, let bytes = Self.bytes(of: text),
            bytes.count == OpeningKey.seedLength + Self.checkLength
        else { throw .mistypedRecoveryKey }
        let seed = Array(bytes.prefix(OpeningKey.seedLength))
        guard Self.check(of: seed) == bytes.suffix(Self.checkLength),
            let key = try? OpeningKey(seed: seed)
        else { throw .mistypedRecoveryKey }
        openingKey = key
    }

    /// Reads the key from a file or standard input: an argument would show in lists of processes.
    package init(from file: FileReader) throws(NodeError) {
        let bytes = try file.next(upTo: Self.textBytesMax + 1)
        guard bytes.count <= Self.textBytesMax else { throw .tooLarge(path: file.path) }
        try self.init(text: String(decoding: bytes, as: UTF8.self))
    }

    /// The text to be shown once.
    package var text: String {
        let seed = openingKey.exportSeed()
        var characters: [UInt8] = []
        var bits = 0
        var value: UInt32 = 0
        for byte in seed + Self.check(of: seed) {
            value = value << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                characters.append(Self.alphabet[Int(value >> UInt32(bits) & 31)])
            }
            value &= 31
        }
        return stride(from: 0, to: characters.count, by: Self.groupLength).map {
            String(decoding: characters[$0..<$0 + Self.groupLength], as: UTF8.self)
        }.joined(separator: "-")
    }

    private static func check(of seed: [UInt8]) -> [UInt8] {
        let hash = Hash.blake2b(Array("doorstep recovery key".utf8) + seed)
        return Array(hash.bytes.prefix(checkLength))
    }

    /// The bytes of a text in base 32; nil if it holds another character or ends within a byte.
    private static func bytes(of text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits = 0
        var value: UInt32 = 0
        for character in text.uppercased().utf8 where !isSeparator(character) {
            let digit: UInt8 =
                switch character {
                case UInt8(ascii: "O"): UInt8(ascii: "0")
                case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
                default: character
                }
            guard let five = alphabet.firstIndex(of: digit) else { return nil }
            value = value << 5 | UInt32(five)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
                value &= 0xff
            }
        }
        return bits == 0 ? bytes : nil
    }

    private static func isSeparator(_ character: UInt8) -> Bool {
        character <= 0x20 || character == UInt8(ascii: "-")
    }
}
