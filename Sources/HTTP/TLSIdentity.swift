/// A private key as PEM (PKCS #8); it is written only where ``text`` is asked for by name.
package struct PrivateKeyPEM: Sendable, CustomStringConvertible, CustomReflectable {
    /// For a file that only its owner reads (0600).
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package var description: String { "(private key)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A server's certificate with the chain to its authority, and its key.
@safe
package struct TLSIdentity: Sendable {
    /// The server's certificate first, then those above it.
    package let certificatePEM: String
    package let key: PrivateKeyPEM
    /// Seconds since 1970.
    package let validFrom: Int64
    /// Seconds since 1970.
    package let validUntil: Int64
    /// Of the topmost certificate that is shown, which may be the server's own; seconds since 1970.
    package let issuerValidFrom: Int64
    /// SHA-256 of the certificate.
    package let certificateDigest: [UInt8]
    /// SHA-256 of the public key's SubjectPublicKeyInfo: it outlives a renewal with the same key.
    package let publicKeyDigest: [UInt8]
    /// The same as ``Trust/pinnedKeys(_:)`` takes it: `sha256//BASE64`.
    package let publicKeyPin: String

    /// Reads a certificate and key of one's own, and checks that they will do.
    ///
    /// - Parameters:
    ///   - certificatePEM: The server's certificate first, then those above it.
    ///   - key: Its key, without a password.
    ///   - now: Seconds since 1970.
    /// - Throws: ``HTTPError/certificate(_:)``, a problem of its own for each.
    package init(
        certificatePEM: String,
        key: PrivateKeyPEM,
        now: Int64
    ) throws(HTTPError) {
        try self.init(certificatePEM: certificatePEM, key: key)
        try checkDates(now)
    }

    /// Throws ``HTTPError/certificate(_:)`` where the certificate is not valid at a time, in seconds
    /// since 1970.
    package func checkDates(_ now: Int64) throws(HTTPError) {
        if now < validFrom { throw .certificate(.notYetValid(from: validFrom)) }
        if now > validUntil { throw .certificate(.expired(at: validUntil)) }
    }

    /// The same, whatever the certificate's dates are.
    package init(certificatePEM: String, key: PrivateKeyPEM) throws(HTTPError) {
        let chain = try X509Certificate.chain(pem: certificatePEM)
        let certificate = chain[0]
        let digest = try certificate.publicKeyDigest()
        guard try X509Key(pem: key.text).publicKeyDigest() == digest else {
            throw .certificate(.keyOfAnother)
        }
        self.certificatePEM = certificatePEM
        self.key = key
        validFrom = certificate.begins
        validUntil = certificate.ends
        issuerValidFrom = chain[chain.count - 1].begins
        certificateDigest = try certificate.digest()
        publicKeyDigest = digest
        publicKeyPin = try Self.pin(ofPublicKey: digest)
    }

    /// A public key's SHA-256 as ``Trust/pinnedKeys(_:)`` takes it.
    package static func pin(ofPublicKey digest: [UInt8]) throws(HTTPError) -> String {
        "sha256//" + (try X509.base64(digest))
    }

    /// Whether it is time for a new certificate: less than a quarter of its time is left.
    package func needsRenewal(_ now: Int64) -> Bool {
        validUntil - now < (validUntil - validFrom) / 4
    }

    /// The topmost certificate that is shown, where it is not the server's own: what a browser is told
    /// to trust.
    package func authority() throws(HTTPError) -> AuthorityCertificate? {
        let chain = try X509Certificate.chain(pem: certificatePEM)
        guard chain.count > 1, let top = chain.last else { return nil }
        return AuthorityCertificate(
            pem: try top.pem(),
            digest: try top.digest(),
            madeAt: top.begins + CertificateLimits.clockSlackSeconds
        )
    }

    func withPEM<R>(_ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> R) -> R {
        unsafe certificatePEM.withCString { certificate in
            unsafe key.text.withCString { key in unsafe body(certificate, key) }
        }
    }
}

/// The public part of an authority.
package struct AuthorityCertificate: Hashable, Sendable {
    package let pem: String
    /// SHA-256 of the certificate: what systems show as its fingerprint.
    package let digest: [UInt8]
    /// Seconds since 1970.
    package let madeAt: Int64
}

/// The numbers that bound certificates.
package enum CertificateLimits {
    /// Bytes of a PEM text.
    package static let pemBytes = 64 << 10
    /// Certificates in a chain.
    package static let chainLength = 8
    /// Names and addresses in one certificate.
    package static let names = 64
    /// What browsers accept at most of a server's certificate.
    package static let serverDays: Int64 = 397
    package static let authorityDays: Int64 = 3_650
    /// How far clocks may be behind: certificates begin that much earlier.
    package static let clockSlackSeconds: Int64 = 86_400
}
