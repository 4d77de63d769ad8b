package import Sealing

/// Why a typed code or invitation is none.
package enum InviteCodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Too short, too long, or with characters that no code has.
    case form
    /// The check character does not fit: one character is wrong, or two have changed places.
    case mistyped
    /// An invitation of a later programme.
    case version(String)

    package var description: String {
        switch self {
        case .form: "a code has twelve letters and digits, such as 4K7Q-9MPX-2HZT: type it again"
        case .mistyped: "the code has a typing error: compare it with the hub's screen"
        case .version(let text):
            "the invitation has version \(text.prefix(20)): update this programme"
        }
    }
}

/// The one-time code of an invitation: `sync-protocol.md` 9.9.
///
/// Twelve characters of 32 (no I, L, O, U): two say which invitation it is, nine are the secret (45
/// bits), the last one finds typing errors. Shown in groups of four.
package struct InviteCode: Hashable, Sendable {
    /// Invitations that may be open at once: what two characters can name.
    package static let numbersMax = 1_024
    private static let numberSymbols = 2
    private static let secretSymbols = 9
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Which of the hub's invitations it is.
    package let number: Int
    /// Nine numbers below 32.
    private let secret: [UInt8]

    /// A fresh code; `random` gives 64 unpredictable bits.
    package init(number: Int, random: UInt64) {
        precondition((0..<Self.numbersMax).contains(number), "two characters name an invitation")
        self.number = number
        secret = (0..<Self.secretSymbols).map { UInt8(random >> (5 * UInt64($0)) & 31) }
    }

    /// Reads a typed code; spaces, hyphens and case do not matter, `O` is 0, `I` and `L` are 1.
    package init(_ text: String) throws(InviteCodeError) {
        var symbols: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
            guard let symbol = Self.symbol(byte),
                symbols.count < Self.numberSymbols + Self.secretSymbols + 1
            else { throw .form }
            symbols.append(symbol)
        }
        guard symbols.count == Self.numberSymbols + Self.secretSymbols + 1 else { throw .form }
        guard Self.check(symbols.dropLast()) == symbols.last else { throw .mistyped }
        number = Int(symbols[0]) << 5 | Int(symbols[1])
        secret = Array(symbols[Self.numberSymbols..<(Self.numberSymbols + Self.secretSymbols)])
    }

    /// The code as it is shown: `4K7Q-9MPX-2HZT`.
    package var text: String {
        let symbols = symbols
        return stride(from: 0, to: symbols.count, by: 4).map { start in
            String(
                decoding: symbols[start..<min(start + 4, symbols.count)]
                    .map { Self.alphabet[Int($0)] },
                as: UTF8.self
            )
        }.joined(separator: "-")
    }

    private var symbols: [UInt8] {
        let named = [UInt8(number >> 5), UInt8(number & 31)] + secret
        return named + [Self.check(named[...])]
    }

    private static func symbol(_ byte: UInt8) -> UInt8? {
        let upper = (0x61...0x7a).contains(byte) ? byte - 0x20 : byte
        let read: UInt8 =
            switch upper {
            case UInt8(ascii: "O"): UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
            default: upper
            }
        return alphabet.firstIndex(of: read).map { UInt8($0) }
    }

    /// Σ αⁱ·cᵢ over GF(32): any one changed character, and any two that have changed places, give
    /// another sum.
    private static func check(_ symbols: ArraySlice<UInt8>) -> UInt8 {
        symbols.reduce(0) { sum, symbol in double(sum ^ symbol) }
    }

    /// Times α, a root of x⁵ + x² + 1.
    private static func double(_ value: UInt8) -> UInt8 {
        let shifted = value << 1
        return shifted & 32 == 0 ? shifted : shifted ^ 0b10_0101
    }

    /// The key that only those who know the code can make, and only for this hub.
    ///
    /// Argon2id: whoever lets himself be asked in the hub's place learns nothing that he could try
    /// codes against at less than 64 MiB and a tenth of a second each.
    package func key(at hub: VerifyingKey) throws(SealingError) -> InviteKey {
        let salt = Hash.blake2b(Array("doorstep-invite-1".utf8) + hub.bytes)
            .bytes.prefix(PasswordHash.saltLength)
        let seed = try PasswordHash.seed(
            fromPassphrase: String(
                decoding: symbols.dropLast().map { Self.alphabet[Int($0)] },
                as: UTF8.self
            ),
            salt: Array(salt),
            cost: .interactive
        )
        return InviteKey(bytes: seed)
    }
}

/// What a code becomes between one hub and one applicant; proves knowledge of the code.
package struct InviteKey: Hashable, Sendable {
    package static let length = 32
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        precondition(bytes.count == Self.length, "a key has 32 bytes")
        self.bytes = bytes
    }

    /// The applicant's proof: of this request, to this hub.
    package func proof(of request: EnrolmentRequest, to hub: VerifyingKey) -> [UInt8] {
        code("doorstep-proof-1", hub.bytes + Hash.blake2b(request.bytes).bytes)
    }

    /// The hub's proof: of this answer, to this request.
    package func proof(
        of state: EnrolmentAnswer.State,
        _ reply: [UInt8],
        to request: EnrolmentRequest,
        from hub: VerifyingKey
    ) -> [UInt8] {
        let parts = [hub.bytes, Hash.blake2b(request.bytes).bytes, Hash.blake2b(reply).bytes]
        return code("doorstep-hub-proof-1", [UInt8(state.rawValue)] + parts.flatMap(\.self))
    }

    /// BLAKE2b keeps no door open behind its input: the key in front makes it a keyed hash.
    private func code(_ context: String, _ message: [UInt8]) -> [UInt8] {
        Hash.blake2b(Array(context.utf8) + bytes + message).bytes
    }
}

/// What an officer hands over, as a QR code or a line of text: the hub's addresses, its
/// fingerprint, and the code.
///
///     DOORSTEP:1/4K7Q9MPX2HZT/012345678901234567890123456789/192.168.1.10:8443/HUB.XA.VN:8443
///
/// In capitals, so that a QR code holds it in its compact mode; read in either case.
package struct Invitation: Hashable, Sendable {
    package static let addressesMax = 8
    /// Bytes of an address: the longest host name (RFC 1035) with a port.
    package static let addressBytesMax = 260
    private static let scheme = "DOORSTEP:"

    package let code: InviteCode
    /// Thirty digits of the hub's key.
    package let fingerprint: String
    /// `host:port`, the likeliest first.
    package let addresses: [String]

    package init(code: InviteCode, fingerprint: String, addresses: [String]) {
        self.code = code
        self.fingerprint = fingerprint.filter(\.isNumber)
        // One over plain HTTP is of use on its own machine only.
        self.addresses = Array(addresses.filter { !$0.contains("/") }.prefix(Self.addressesMax))
    }

    /// Whether a text is meant as an invitation and not as a bare code.
    package static func isInvitation(_ text: String) -> Bool {
        text.uppercased().hasPrefix(scheme)
    }

    package init(_ text: String) throws(InviteCodeError) {
        guard Self.isInvitation(text), text.utf8.count <= 4_096 else { throw .form }
        let parts = text.uppercased().dropFirst(Self.scheme.count)
            .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.first == "1" else { throw .version(parts.first ?? "") }
        guard parts.count > 3, parts.count <= 3 + Self.addressesMax, parts[2].utf8.count == 30,
            parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            parts[3...].allSatisfy({ (1...Self.addressBytesMax).contains($0.utf8.count) })
        else { throw .form }
        code = try InviteCode(parts[1])
        fingerprint = parts[2]
        addresses = parts[3...].map { $0.lowercased() }
    }

    package var text: String {
        ([Self.scheme + "1", code.text.filter { $0 != "-" }, fingerprint]
            + addresses.map { $0.uppercased() }).joined(separator: "/")
    }
}
