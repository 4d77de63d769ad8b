internal import CSodium

/// What checking one password costs, and so what guessing one costs.
package struct PasswordCost: Hashable, Sendable {
    package let operations: Int
    package let memoryBytes: Int

    package init(operations: Int, memoryBytes: Int) {
        precondition(
            (1...SealingLimits.passwordOperations).contains(operations)
                && (8192...SealingLimits.passwordMemoryBytes).contains(memoryBytes),
            "a password cost within the limits"
        )
        self.operations = operations
        self.memoryBytes = memoryBytes
    }

    /// Two passes over 64 MiB: a sign-in (libsodium's "interactive").
    package static let interactive = PasswordCost(operations: 2, memoryBytes: 64 << 20)
    /// Three passes over 256 MiB: a backup's passphrase (libsodium's "moderate").
    package static let moderate = PasswordCost(operations: 3, memoryBytes: 256 << 20)
}

/// Passwords with Argon2id (RFC 9106).
///
/// Callers pass them in Unicode normal form C.
package enum PasswordHash {
    package static let saltLength = Int(crypto_pwhash_SALTBYTES)

    /// The text to store: algorithm, cost, random salt and hash.
    package static func hash(
        _ password: String,
        cost: PasswordCost
    ) throws(SealingError) -> String {
        startSodium()
        var encoded = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let code = unsafe crypto_pwhash_str_alg(
            &encoded,
            password,
            UInt64(password.utf8.count),
            UInt64(cost.operations),
            cost.memoryBytes,
            crypto_pwhash_ALG_ARGON2ID13
        )
        guard code == 0 else { throw .notEnoughMemory }
        return String(
            decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// Whether the password is the one that was hashed.
    ///
    /// The hash itself says what checking costs: one over ``SealingLimits`` is refused unseen.
    package static func verify(
        _ password: String,
        against encoded: String
    ) throws(SealingError) -> Bool {
        startSodium()
        guard isAcceptable(encoded) else { throw .passwordHashRefused }
        return unsafe crypto_pwhash_str_verify(
            encoded,
            password,
            UInt64(password.utf8.count)
        ) == 0
    }

    /// 32 secret bytes that follow from a passphrase, for a ``StreamKey`` or ``OpeningKey``.
    package static func seed(
        fromPassphrase passphrase: String,
        salt: [UInt8],
        cost: PasswordCost
    ) throws(SealingError) -> [UInt8] {
        startSodium()
        try requireLength(salt, saltLength, of: .salt)
        var seed = [UInt8](repeating: 0, count: 32)
        let code = unsafe crypto_pwhash(
            &seed,
            UInt64(seed.count),
            passphrase,
            UInt64(passphrase.utf8.count),
            salt,
            UInt64(cost.operations),
            cost.memoryBytes,
            crypto_pwhash_ALG_ARGON2ID13
        )
        guard code == 0 else { throw .notEnoughMemory }
        return seed
    }

    /// Reads `$argon2id$v=19$m=65536,t=2,p=1$…`, memory in KiB.
    private static func isAcceptable(_ encoded: String) -> Bool {
        guard encoded.utf8.count <= SealingLimits.passwordHashBytes else { return false }
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else {
            return false
        }
        let costs = parts[3].split(separator: ",")
        guard costs.count == 3, costs[0].hasPrefix("m="), costs[1].hasPrefix("t="),
            costs[2] == "p=1",
            let memory = Int(costs[0].dropFirst(2)), let passes = Int(costs[1].dropFirst(2))
        else { return false }
        return (8...SealingLimits.passwordMemoryBytes >> 10).contains(memory)
            && (1...SealingLimits.passwordOperations).contains(passes)
    }
}
