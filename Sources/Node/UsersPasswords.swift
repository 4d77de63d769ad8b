import Sealing
import Survey

/// What is asked of passwords, and how they are hashed.
///
/// Length counts and being guessable counts; rules on digits and signs only make people write
/// passwords down (NIST SP 800-63B, 5.1.1.2).
package enum PasswordRules {
    /// Unicode scalars in normal form C.
    package static let lengthMin = 8
    package static let lengthMax = 128
    /// Bytes of what somebody typed as a password; more is not even hashed.
    package static let bytesMax = 1024
    /// Two passes over 64 MiB: 0.1 to 0.2 s on a village's laptop, which a thief pays for each guess.
    static let cost = PasswordCost.interactive

    /// How every hash of ``cost`` begins: another one is never computed, whoever has written it.
    static let hashPrefix = "$argon2id$v=19$m=65536,t=2,p=1$"
    /// The hash of nothing: checking against it takes as long as against anybody's.
    static let nobody =
        hashPrefix + String(repeating: "A", count: 22) + "$" + String(repeating: "A", count: 43)

    /// As it is hashed: normal form C and nothing else, since blanks and case are the user's choice.
    package static func normalized(_ password: String) -> String {
        TextFold.composed(password)
    }

    /// Refuses what is too short, too long, well known, or the user's own name.
    package static func check(_ password: String, for name: String) throws(NodeError) {
        guard password.utf8.count <= bytesMax else { throw .user(.passwordTooLong) }
        let password = normalized(password)
        let length = password.unicodeScalars.count
        guard length >= lengthMin else { throw .user(.passwordTooShort) }
        guard length <= lengthMax else { throw .user(.passwordTooLong) }
        let plain = password.lowercased()
        guard plain != name.lowercased() else { throw .user(.passwordIsName) }
        guard !common.contains(plain), !isRun(plain) else { throw .user(.passwordTooCommon) }
    }

    static func hash(_ password: String) throws -> String {
        try PasswordHash.hash(normalized(password), cost: cost)
    }

    /// Whether it is the password that was hashed; takes the same time where there is no hash.
    static func matches(_ password: String, _ hash: String?) throws -> Bool {
        let known = hash.flatMap { $0.hasPrefix(hashPrefix) ? $0 : nil }
        let isBounded = password.utf8.count <= bytesMax
        let text = isBounded ? normalized(password) : ""
        let matches = try PasswordHash.verify(text, against: known ?? nobody)
        return matches && known != nil && isBounded
    }

    /// One sign over and over, or signs one after the other, up or down.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
        return steps.count == 1 && (-1...1).contains(steps.first ?? 2)
    }

    /// Of eight signs and more, in lower case; what is shorter is refused anyway.
    private static let common: Set<String> = [
        "1234567890", "0123456789", "0987654321", "1234567a", "12345678a", "123456789a",
        "a1234567", "a12345678", "a123456789", "aa123456", "abc12345", "abc123456", "abcd1234",
        "abcd12345", "abcde12345", "qwerty123", "qwerty12", "qwertyuiop", "qwertyui", "asdfghjkl",
        "asdf1234", "zxcvbnm123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "q1w2e3r4", "qazwsxedc",
        "password", "password1", "password12", "password123", "passw0rd", "p@ssw0rd", "p@ssword",
        "admin123", "admin1234", "admin12345", "administrator", "administrator1", "welcome1",
        "welcome123", "letmein1", "iloveyou", "iloveyou1", "sunshine", "princess", "football",
        "baseball", "superman", "starwars", "computer", "internet", "michelle", "trustno1",
        "changeme", "11111111a", "11223344", "12341234", "12121212", "12344321", "123123123",
        "123321123", "112233445566", "147258369", "159753456", "741852963", "789456123",
        "987654321a", "88888888a", "matkhau1", "matkhau12", "matkhau123", "matkhau1234",
        "mat khau", "mật khẩu", "matkhau@123", "anhyeuem", "anhyeuem1", "emyeuanh", "khongbiet",
        "khongcopass", "khongnho", "vietnam1", "vietnam123", "vietnamvodich", "xinchao123",
        "toiyeuvietnam", "congan123", "congan113", "ubnd1234", "ubnd12345", "tammy123",
        "tammy1234", "tammy2026", "danang123", "danang2026", "quangnam", "quangnam123",
        "doorstep", "doorstep1", "doorstep123", "dean06dean06", "dean0606", "vneid123",
        "vneid1234", "diachi123", "giadinh1", "giadinh123", "hanoi123", "saigon123", "sontung1",
        "hoilamgi", "maiyeuem", "yeuemnhieu", "nguyen123", "nguyen1234", "cuocsong", "conyeume",
    ]
}

/// A code that an officer hands over once, and that sets one password.
///
/// Ten signs without look-alikes, in two groups: 45 bits, which nobody guesses at a node's pace.
package struct OneTimeCode: Sendable {
    package static let length = 10
    /// No 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V.
    private static let signs = Array("34679ACDEFGHJKMNPQRTWXY")
    /// As it is shown: `AB3CD-9FGH4`.
    package let text: String

    /// A new one, from the operating system's randomness.
    package static func random() -> OneTimeCode {
        var letters = ""
        while letters.count < length {
            // The largest multiple of the count of signs below 256: each is as likely as another.
            for byte in randomBytes(32) where byte < 230 && letters.count < length {
                letters.append(signs[Int(byte) % signs.count])
            }
        }
        return OneTimeCode(text: letters.prefix(5) + "-" + letters.suffix(5))
    }

    /// What is hashed of a code, however it was typed.
    static func normalized(_ text: String) -> String {
        text.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
