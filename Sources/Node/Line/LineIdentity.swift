import HTTP

/// The certificate that a node shows on its line: an authority of its own, made at the first start,
/// and kept in the node's folder for its owner only.
///
/// Nodes know the key and not the certificate, so that it is renewed without anybody's noticing.
enum LineIdentity {
    static let folderName = "tls"

    /// The certificate of the folder: made, or renewed, where that is due or names have changed.
    ///
    /// `now`: seconds since 1970.
    static func own(
        in folder: String,
        name: String,
        names: [String],
        addresses: [String],
        now: Int64
    ) throws -> TLSIdentity {
        try Files.makeFolder(folder)
        let files = Paths(folder)
        let authority = try authority(files, name: name, now: now)
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
            ), !identity.needsRenewal(now)
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

    /// A certificate and key that somebody else has made.
    static func given(
        certificate: String,
        key: String,
        now: Int64
    ) throws -> TLSIdentity {
        try TLSIdentity(
            certificatePEM: text(try Files.read(certificate, limit: CertificateLimits.pemBytes)),
            key: PrivateKeyPEM(text: text(try Files.read(key, limit: CertificateLimits.pemBytes))),
            now: now
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
        now: Int64
    ) throws -> CertificateAuthority {
        let kept = try [
            keptAuthority(files.authority, files.authorityKey, now: now),
            keptAuthority(files.earlierAuthority, files.earlierAuthorityKey, now: now),
        ].compactMap { $0 }
        if let kept = kept.first(where: { $0.validFrom <= now }) ?? kept.first { return kept }
        // None yet, or its ten years are over: browsers have to be told anew, nodes need not.
        for (path, earlier) in [
            (files.authorityKey, files.earlierAuthorityKey),
            (files.authority, files.earlierAuthority),
        ] where Files.exists(path) {
            try Files.write(Files.read(path, limit: CertificateLimits.pemBytes), to: earlier)
        }
        let made = try CertificateAuthority(named: name, now: now)
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

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
