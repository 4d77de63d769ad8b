internal import CGnuTLS

/// id-kp-serverAuth (RFC 5280 section 4.2.1.12).
private let serverAuth = "1.3.6.1.5.5.7.3.1"

/// A small authority of one's own that certifies one's servers.
///
/// Its key is kept, so that a server's certificate is renewed without anybody's having to trust
/// anything anew.
package struct CertificateAuthority: Sendable {
    package let certificatePEM: String
    package let key: PrivateKeyPEM
    /// Seconds since 1970.
    package let validFrom: Int64
    /// Seconds since 1970.
    package let validUntil: Int64

    /// Reads a kept authority.
    ///
    /// One that does not begin yet is no error: the machine's clock has been set back, most often, and
    /// what is trusted elsewhere must outlive that.
    ///
    /// - Throws: ``HTTPError/certificate(_:)`` where the two are unreadable, do not belong together
    ///   or are over by now, in seconds since 1970.
    package init(certificatePEM: String, key: PrivateKeyPEM, now: Int64) throws(HTTPError) {
        let identity = try TLSIdentity(certificatePEM: certificatePEM, key: key)
        if now > identity.validUntil {
            throw .certificate(.expired(at: identity.validUntil))
        }
        self.certificatePEM = certificatePEM
        self.key = key
        validFrom = identity.validFrom
        validUntil = identity.validUntil
    }

    /// Makes a new authority: P-256, valid for ten years.
    ///
    /// It can certify private addresses, `localhost`, names in `.local`, and nothing else but what
    /// `names` says.
    ///
    /// - Parameters:
    ///   - name: What browsers show as the issuer; at most 64 bytes.
    ///   - names: Host names, each with all names in it, and numeric addresses.
    ///   - now: Seconds since 1970.
    /// - Throws: ``HTTPError/certificate(_:)``.
    package init(
        named name: String,
        permitting names: [String],
        now: Int64
    ) throws(HTTPError) {
        let key = try X509.newKey()
        let certificate = try X509Certificate()
        let end = now + CertificateLimits.authorityDays * 86_400
        try certificate.fill(name: name, key: key, from: now, to: end)
        // It certifies servers, not other authorities.
        try X509.check(unsafe gnutls_x509_crt_set_basic_constraints(certificate.handle, 1, 0))
        let usage = UInt32(GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN)
        try X509.check(unsafe gnutls_x509_crt_set_key_usage(certificate.handle, usage))
        try X509.check(
            unsafe gnutls_x509_crt_set_key_purpose_oid(certificate.handle, serverAuth, 0)
        )
        try NameConstraints(permitting: names).add(to: certificate)
        try certificate.sign(by: certificate, key)
        certificatePEM = try certificate.pem()
        self.key = PrivateKeyPEM(text: try key.pem())
        validFrom = now - CertificateLimits.clockSlackSeconds
        validUntil = end
    }

    /// Whether browsers take a certificate of it for a host name or numeric address.
    package func permits(_ name: String) throws(HTTPError) -> Bool {
        try NameConstraints.of(X509Certificate.chain(pem: certificatePEM)[0])?.permits(name) ?? true
    }

    /// Certifies a server for at most ``CertificateLimits/serverDays``.
    ///
    /// - Parameters:
    ///   - names: Host names; the first is shown as the certificate's.
    ///   - addresses: Numeric IP addresses, for those who type them.
    ///   - key: The key of the certificate that this one replaces: with it, pins stay right. Nil
    ///     for a new one.
    ///   - now: Seconds since 1970.
    /// - Returns: The certificate with the authority's after it.
    /// - Throws: ``HTTPError/certificate(_:)``.
    package func issue(
        names: [String],
        addresses: [String] = [],
        key: PrivateKeyPEM? = nil,
        now: Int64
    ) throws(HTTPError) -> TLSIdentity {
        guard let first = names.first ?? addresses.first else { throw .certificate(.noName) }
        guard names.count + addresses.count <= CertificateLimits.names else {
            throw .certificate(.tooLarge)
        }
        let issuer = try X509Certificate.chain(pem: certificatePEM)[0]
        let serverKey = if let key { try X509Key(pem: key.text) } else { try X509.newKey() }
        let certificate = try X509Certificate()
        let end = min(
            validUntil,
            now + CertificateLimits.serverDays * 86_400 - CertificateLimits.clockSlackSeconds
        )
        guard now < end else { throw .certificate(.expired(at: validUntil)) }
        try certificate.fill(name: first, key: serverKey, from: now, to: end)
        try X509.check(unsafe gnutls_x509_crt_set_basic_constraints(certificate.handle, 0, -1))
        try X509.check(
            unsafe gnutls_x509_crt_set_key_usage(
                certificate.handle,
                UInt32(GNUTLS_KEY_DIGITAL_SIGNATURE)
            )
        )
        try X509.check(
            unsafe gnutls_x509_crt_set_key_purpose_oid(certificate.handle, serverAuth, 0)
        )
        for name in names { try certificate.add(hostName: name) }
        for address in addresses { try certificate.add(address: address) }
        try certificate.sign(by: issuer, try X509Key(pem: self.key.text))
        return try TLSIdentity(
            certificatePEM: try certificate.pem() + certificatePEM,
            key: PrivateKeyPEM(text: try serverKey.pem())
        )
    }
}

extension X509Certificate {
    /// Version, serial number, subject, key and times.
    fileprivate func fill(
        name: String,
        key: X509Key,
        from now: Int64,
        to end: Int64
    ) throws(HTTPError) {
        guard (1...64).contains(name.utf8.count) else { throw .certificate(.badName(name)) }
        let serial = try X509.randomSerial()
        try X509.check(unsafe gnutls_x509_crt_set_version(handle, 3))
        try X509.check(unsafe gnutls_x509_crt_set_serial(handle, serial, serial.count))
        let begin = Int(now - CertificateLimits.clockSlackSeconds)
        try X509.check(unsafe gnutls_x509_crt_set_activation_time(handle, begin))
        try X509.check(unsafe gnutls_x509_crt_set_expiration_time(handle, Int(end)))
        // id-at-commonName
        try X509.check(
            unsafe gnutls_x509_crt_set_dn_by_oid(
                handle,
                "2.5.4.3",
                0,
                name,
                UInt32(name.utf8.count)
            )
        )
        try X509.check(unsafe gnutls_x509_crt_set_key(handle, key.handle))
        let id = Array(try key.publicKeyDigest().prefix(20))
        try X509.check(unsafe gnutls_x509_crt_set_subject_key_id(handle, id, id.count))
    }

    fileprivate func add(hostName: String) throws(HTTPError) {
        let labels = hostName.utf8.split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        let isSound = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-")
                && label.allSatisfy {
                    (0x61...0x7A).contains(lowercased($0)) || (0x30...0x39).contains($0)
                        || $0 == UInt8(ascii: "-")
                }
        }
        guard isSound, hostName.utf8.count <= 253, SocketAddress(hostName) == nil else {
            throw .certificate(.badName(hostName))
        }
        try add(GNUTLS_SAN_DNSNAME, Array(hostName.utf8))
    }

    fileprivate func add(address: String) throws(HTTPError) {
        guard let address = SocketAddress(address) else { throw .certificate(.badName(address)) }
        try add(GNUTLS_SAN_IPADDRESS, address.bytes)
    }

    private func add(
        _ type: gnutls_x509_subject_alt_name_t,
        _ bytes: [UInt8]
    ) throws(HTTPError) {
        try X509.check(
            unsafe gnutls_x509_crt_set_subject_alt_name(
                handle,
                type,
                bytes,
                UInt32(bytes.count),
                UInt32(GNUTLS_FSAN_APPEND)
            )
        )
    }

    fileprivate func sign(by issuer: X509Certificate, _ key: X509Key) throws(HTTPError) {
        let id = Array(try key.publicKeyDigest().prefix(20))
        try X509.check(unsafe gnutls_x509_crt_set_authority_key_id(handle, id, id.count))
        try X509.check(
            unsafe gnutls_x509_crt_sign2(handle, issuer.handle, key.handle, GNUTLS_DIG_SHA256, 0)
        )
    }
}
