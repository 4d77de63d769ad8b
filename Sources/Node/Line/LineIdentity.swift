import HTTP

/// The certificate that a node shows on its line: an authority of its own, made at the first start,
/// and kept in the node's folder for its owner only.
///
/// Nodes know the key and not the certificate, so that it is renewed without anybody's noticing.
enum LineIdentity {
    static let folderName = "tls"

    /// The names and addresses that a certificate is for.
    struct Names {
        var names: [String]
        var addresses: [String]
        /// Whether somebody has said them.
        ///
        /// Then the authority is made anew where it may not certify them. Those that the machine has
        /// found itself change with the network; what the authority may not certify of them is left
        /// out, as browsers would have to be told anew each time.
        var areSaid: Bool
    }

    /// The certificate of the folder: made, or renewed, where that is due or names have changed.
    ///
    /// `born`: when the node itself was certified, nil for one that is not enrolled; this and `now`:
    /// seconds since 1970. `log`: told where what browsers trust is replaced.
    static func own(
        in folder: String,
        name: String,
        for given: Names,
        born: Int64?,
        now: Int64,
        log: LineLog
    ) throws -> TLSIdentity {
        try Files.makeFolder(folder)
        let files = Paths(folder)
        let authority = try authority(files, name: name, for: given, born: born, now: now, log)
        let names = given.names
        let addresses = try given.addresses.filter { try authority.permits($0) }
        let wanted = (names + addresses).joined(separator: "\n")
        let noted = try? Files.read(files.names, limit: CertificateLimits.pemBytes)
        let key = try? Files.read(files.key, limit: CertificateLimits.pemBytes)
        let kept = key.map { PrivateKeyPEM(text: text($0)) }
        if let kept, noted.map(text) == wanted,
            let pem = try? Files.read(files.certificate, limit: CertificateLimits.pemBytes),
            let identity = try? TLSIdentity(
                certificatePEM: text(pem),
                key: kept,
                now: now
            ), !identity.needsRenewal(now), text(pem).hasSuffix(authority.certificatePEM)
        {
            return identity
        }
        let identity = try authority.issue(
            names: names,
            addresses: addresses,
            key: kept,
            // With the clock set back: from the authority's own beginning.
            now: max(now, authority.validFrom + CertificateLimits.clockSlackSeconds)
        )
        try Files.write(Array(identity.key.text.utf8), to: files.key)
        try Files.write(Array(identity.certificatePEM.utf8), to: files.certificate)
        try Files.write(Array(wanted.utf8), to: files.names)
        return identity
    }

    /// Whether what begins so late was made while the clock was ahead, so that no browser takes it
    /// for as long.
    ///
    /// A clock that is behind the node's own beginning is wrong itself, and says nothing of others.
    static func isOfClockAhead(from begin: Int64, born: Int64?, now: Int64) -> Bool {
        guard let born, born <= now else { return false }
        return begin > now
    }

    /// A certificate and key that somebody else has made, whatever its dates are.
    static func given(certificate: String, key: String) throws -> TLSIdentity {
        try TLSIdentity(
            certificatePEM: text(try Files.read(certificate, limit: CertificateLimits.pemBytes)),
            key: PrivateKeyPEM(text: text(try Files.read(key, limit: CertificateLimits.pemBytes)))
        )
    }

    private struct Paths {
        let authority: String
        let authorityKey: String
        let earlierAuthority: String
        let earlierAuthorityKey: String
        let certificate: String
        let key: String
        let names: String

        init(_ folder: String) {
            authority = folder + "/authority.pem"
            authorityKey = folder + "/authority.key"
            earlierAuthority = folder + "/authority.earlier.pem"
            earlierAuthorityKey = folder + "/authority.earlier.key"
            certificate = folder + "/server.pem"
            key = folder + "/server.key"
            names = folder + "/server.names"
        }
    }

    /// The kept authority that is valid now, else one that is not over; else a new one, beside which
    /// the old one stays: a start with a wrong clock must not cost what browsers trust.
    private static func authority(
        _ files: Paths,
        name: String,
        for given: Names,
        born: Int64?,
        now: Int64,
        _ log: LineLog
    ) throws -> CertificateAuthority {
        let all = given.names + given.addresses
        let needed = given.areSaid ? all : given.names
        let kept = try [
            keptAuthority(files.authority, files.authorityKey, now: now),
            keptAuthority(files.earlierAuthority, files.earlierAuthorityKey, now: now),
        ].compactMap { $0 }.filter { authority in
            try !isOfClockAhead(from: authority.validFrom, born: born, now: now)
                && needed.allSatisfy { try authority.permits($0) }
        }
        if let kept = kept.first(where: { $0.validFrom <= now }) ?? kept.first { return kept }
        // None yet, or none that browsers take: they have to be told anew, nodes need not.
        for (path, earlier) in [
            (files.authorityKey, files.earlierAuthorityKey),
            (files.authority, files.earlierAuthority),
        ] where Files.exists(path) {
            try Files.write(Files.read(path, limit: CertificateLimits.pemBytes), to: earlier)
        }
        if Files.exists(files.authority) { log.write(.warning, "authority-replaced") }
        let made = try CertificateAuthority(named: name, permitting: all, now: now)
        try Files.write(Array(made.key.text.utf8), to: files.authorityKey)
        try Files.write(Array(made.certificatePEM.utf8), to: files.authority)
        return made
    }

    /// Nil where there is none, or it is over, or its two files are not of one writing.
    private static func keptAuthority(
        _ path: String,
        _ keyPath: String,
        now: Int64
    ) throws -> CertificateAuthority? {
        guard Files.exists(path), Files.exists(keyPath) else { return nil }
        let pem = text(try Files.read(path, limit: CertificateLimits.pemBytes))
        let key = text(try Files.read(keyPath, limit: CertificateLimits.pemBytes))
        return try? CertificateAuthority(
            certificatePEM: pem,
            key: PrivateKeyPEM(text: key),
            now: now
        )
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
