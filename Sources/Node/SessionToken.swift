package import Sealing

/// The secret of a session: 256 random bits, which only the browser keeps.
package struct SessionToken: Hashable, Sendable {
    /// The prefix makes browsers insist on TLS, this very host and the whole path (RFC 6265bis, 4.1.3.2).
    package static let cookieName = "__Host-doorstep"
    /// Bytes of a `Cookie` header that are looked at.
    package static let headerBytesMax = 4096
    private static let length = 32
    private static let attributes = "Secure; HttpOnly; SameSite=Strict; Path=/"

    private let bytes: [UInt8]

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package static func random() -> SessionToken { SessionToken(randomBytes(length)) }

    /// Reads the 43 characters of ``text``.
    package init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text),
            bytes.count == Self.length
        else { return nil }
        self.init(bytes)
    }

    /// Reads a `Cookie` header; nil if the cookie is not there, is there twice, or is no token.
    ///
    /// Twice: somebody on a neighbouring host has planted one.
    package init?(cookies header: String) {
        guard header.utf8.count <= Self.headerBytesMax else { return nil }
        var found: [Substring] = []
        for pair in header.split(separator: ";") {
            let pair = pair.drop { $0 == " " || $0 == "\t" }
            guard pair.hasPrefix(Self.cookieName + "=") else { continue }
            found.append(pair.dropFirst(Self.cookieName.count + 1))
        }
        guard found.count == 1, let token = SessionToken(String(found[0])) else { return nil }
        self = token
    }

    package var text: String { Base64URL.encode(bytes) }

    /// The value of the `Set-Cookie` header, for so many seconds; nil: until the browser is closed.
    func cookie(seconds: UInt64?) -> String {
        "\(Self.cookieName)=\(text); \(Self.attributes)" + (seconds.map { "; Max-Age=\($0)" } ?? "")
    }

    /// The value of the `Set-Cookie` header that takes the cookie away.
    package static let noCookie = "\(cookieName)=; Max-Age=0; \(attributes)"

    /// What the file keeps instead of the token; names the session and opens nothing.
    package var hash: Digest { Hash.blake2b(Array("doorstep-session-1".utf8) + bytes) }

    /// What the file keeps of a PIN: nothing that can be tried out without the token.
    func hash(ofPIN pin: String) -> [UInt8] {
        Hash.blake2b(Array("doorstep-pin-1".utf8) + bytes + Array(pin.utf8)).bytes
    }

    /// The secret of the session's forms.
    private var formSecret: [UInt8] {
        Hash.blake2b(Array("doorstep-form-1".utf8) + bytes).bytes
    }

    /// What every form of the session carries, so that no other site's page can send one.
    ///
    /// Another text each time, all of them good: the secret under random bytes and these before it, so
    /// that nothing of it can be guessed by how well many pages compress (the attack called BREACH).
    package func formToken() -> String {
        let secret = formSecret
        let mask = randomBytes(secret.count)
        return Base64URL.encode(mask + zip(secret, mask).map { $0 ^ $1 })
    }

    /// Whether a form was made in this session.
    package func isFormToken(_ text: String) -> Bool {
        let secret = formSecret
        // Four characters for three bytes; anything longer is none.
        guard text.utf8.count <= 3 * secret.count, let bytes = Base64URL.decode(text),
            bytes.count == 2 * secret.count
        else { return false }
        let (mask, masked) = (bytes.prefix(secret.count), bytes.suffix(secret.count))
        return constantTimeEquals(zip(masked, mask).map { $0 ^ $1 }, secret)
    }
}

/// Base64 for addresses and cookies, without padding (RFC 4648, section 5).
private enum Base64URL {
    private static let signs = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits =
                group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for index in 0...group.count {
                text.append(signs[Int(bits >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for any text that ``encode(_:)`` does not write.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for sign in text.utf8 {
            guard let value = signs.firstIndex(of: sign) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            bits &= (1 << count) - 1
        }
        return bits == 0 && count < 6 ? bytes : nil
    }
}
