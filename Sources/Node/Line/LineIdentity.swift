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
            now: now
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
        let certificate: String
        let key: String
        let names: String

        init(_ folder: String) {
            authority = folder + "/authority.pem"
            authorityKey = folder + "/authority.key"
            certificate = folder + "/server.pem"
            key = folder + "/server.key"
            names = folder + "/server.names"
        }
    }

    private static func authority(
        _ files: Paths,
        name: String,
        now: Int64
    ) throws -> CertificateAuthority {
        if Files.exists(files.authority), Files.exists(files.authorityKey) {
            let pem = text(try Files.read(files.authority, limit: CertificateLimits.pemBytes))
            let key = text(try Files.read(files.authorityKey, limit: CertificateLimits.pemBytes))
            if let kept = try? CertificateAuthority(
                certificatePEM: pem,
                key: PrivateKeyPEM(text: key),
                now: now
            ) {
                return kept
            }
        }
        // None yet, or its ten years are over: browsers have to be told anew, nodes need not.
        let made = try CertificateAuthority(named: name, now: now)
        try Files.write(Array(made.key.text.utf8), to: files.authorityKey)
        try Files.write(Array(made.certificatePEM.utf8), to: files.authority)
        return made
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
