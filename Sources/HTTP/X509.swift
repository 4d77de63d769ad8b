internal import CGnuTLS

/// Makes and reads keys and certificates with GnuTLS.
///
/// Why GnuTLS: libmicrohttpd speaks TLS with it, so it is in the process anyway and is the judge of
/// whether a certificate will do; its X.509 functions make certificates, which libcurl and
/// libsodium cannot; and it is LGPL. OpenSSL comes with libcurl, but its own server side would be
/// a second TLS library to keep up with.
enum X509 {
    static let sha256Bytes = 32
    /// P-256, known to every browser and phone.
    private static let curveBits = UInt32(1) << 31 | GNUTLS_ECC_CURVE_SECP256R1.rawValue

    static func check(_ code: Int32) throws(HTTPError) {
        guard code >= 0 else {
            throw .certificate(.refused(unsafe String(cString: gnutls_strerror(code))))
        }
    }

    static func newKey() throws(HTTPError) -> X509Key {
        let key = try X509Key()
        try check(
            unsafe gnutls_x509_privkey_generate(key.handle, GNUTLS_PK_ECDSA, curveBits, 0)
        )
        return key
    }

    /// 20 bytes at most, positive (RFC 5280 section 4.1.2.2).
    static func randomSerial() throws(HTTPError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16)
        try check(unsafe gnutls_rnd(GNUTLS_RND_NONCE, &bytes, bytes.count))
        bytes[0] = bytes[0] & 0x7F | 0x40
        return bytes
    }

    static func base64(_ bytes: [UInt8]) throws(HTTPError) -> String {
        try unsafe text(of: bytes) { source, result in unsafe gnutls_base64_encode2(source, result)
        }
    }

    /// Calls with the bytes as GnuTLS wants them.
    static func withDatum<R>(
        _ bytes: [UInt8],
        _ body: (UnsafePointer<gnutls_datum_t>) -> R
    ) -> R {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            // GnuTLS only reads it.
            let start = unsafe UnsafeMutablePointer(mutating: buffer.baseAddress)
            var datum = unsafe gnutls_datum_t(data: start, size: UInt32(buffer.count))
            return unsafe body(&datum)
        }
    }

    /// What GnuTLS writes as text into memory of its own.
    static func text(
        of bytes: [UInt8] = [],
        _ write: (UnsafePointer<gnutls_datum_t>, UnsafeMutablePointer<gnutls_datum_t>) -> Int32
    ) throws(HTTPError) -> String {
        var result = unsafe gnutls_datum_t()
        let code = unsafe withDatum(bytes) { source in unsafe write(source, &result) }
        try check(code)
        defer { unsafe doorstep_gnutls_free(result.data) }
        let buffer = unsafe UnsafeBufferPointer(start: result.data, count: Int(result.size))
        return unsafe String(decoding: buffer, as: UTF8.self)
    }

    /// What GnuTLS writes into memory of ours: 32 bytes of a digest.
    static func digest(
        _ write: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>) -> Int32
    ) throws(HTTPError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: sha256Bytes)
        var count = bytes.count
        let code = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe write(buffer.baseAddress, &count)
        }
        try check(code)
        return bytes
    }
}

/// A private key in GnuTLS's memory.
@safe
final class X509Key {
    fileprivate(set) var handle: gnutls_x509_privkey_t

    init() throws(HTTPError) {
        var handle: gnutls_x509_privkey_t?
        try X509.check(unsafe gnutls_x509_privkey_init(&handle))
        guard let handle = unsafe handle else { throw .certificate(.keyUnreadable) }
        unsafe self.handle = handle
    }

    convenience init(pem: String) throws(HTTPError) {
        guard pem.utf8.count <= CertificateLimits.pemBytes else { throw .certificate(.tooLarge) }
        guard !pem.contains("ENCRYPTED") else { throw .certificate(.keyEncrypted) }
        try self.init()
        let code = unsafe X509.withDatum(Array(pem.utf8)) {
            unsafe gnutls_x509_privkey_import2(handle, $0, GNUTLS_X509_FMT_PEM, nil, 0)
        }
        guard code >= 0 else { throw .certificate(.keyUnreadable) }
    }

    deinit {
        unsafe gnutls_x509_privkey_deinit(handle)
    }

    func pem() throws(HTTPError) -> String {
        try unsafe X509.text { _, result in
            unsafe gnutls_x509_privkey_export2_pkcs8(
                handle,
                GNUTLS_X509_FMT_PEM,
                nil,
                GNUTLS_PKCS_PLAIN.rawValue,
                result
            )
        }
    }

    /// SHA-256 of the public key's SubjectPublicKeyInfo.
    func publicKeyDigest() throws(HTTPError) -> [UInt8] {
        try unsafe X509.digest { bytes, count in
            unsafe gnutls_x509_privkey_get_key_id(
                handle,
                GNUTLS_KEYID_USE_SHA256.rawValue,
                bytes,
                count
            )
        }
    }
}

/// A certificate in GnuTLS's memory.
@safe
final class X509Certificate {
    let handle: gnutls_x509_crt_t

    init() throws(HTTPError) {
        var handle: gnutls_x509_crt_t?
        try X509.check(unsafe gnutls_x509_crt_init(&handle))
        guard let handle = unsafe handle else { throw .certificate(.certificateUnreadable) }
        unsafe self.handle = handle
    }

    private init(owning handle: gnutls_x509_crt_t) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe gnutls_x509_crt_deinit(handle)
    }

    /// The certificates of a PEM text, at least one.
    static func chain(pem: String) throws(HTTPError) -> [X509Certificate] {
        guard pem.utf8.count <= CertificateLimits.pemBytes else { throw .certificate(.tooLarge) }
        var list: UnsafeMutablePointer<gnutls_x509_crt_t?>?
        var count: UInt32 = 0
        let code = unsafe X509.withDatum(Array(pem.utf8)) {
            unsafe gnutls_x509_crt_list_import2(&list, &count, $0, GNUTLS_X509_FMT_PEM, 0)
        }
        guard code >= 0, let list = unsafe list else { throw .certificate(.certificateUnreadable) }
        defer { unsafe doorstep_gnutls_free(list) }
        let handles = unsafe UnsafeBufferPointer(start: list, count: Int(count))
        let chain = unsafe handles.compactMap {
            unsafe $0.map { unsafe X509Certificate(owning: $0) }
        }
        guard !chain.isEmpty else { throw .certificate(.certificateUnreadable) }
        guard chain.count <= CertificateLimits.chainLength else { throw .certificate(.tooLarge) }
        return chain
    }

    func pem() throws(HTTPError) -> String {
        try unsafe X509.text { _, result in
            unsafe gnutls_x509_crt_export2(handle, GNUTLS_X509_FMT_PEM, result)
        }
    }

    /// Seconds since 1970.
    var begins: Int64 { Int64(unsafe gnutls_x509_crt_get_activation_time(handle)) }
    /// Seconds since 1970.
    var ends: Int64 { Int64(unsafe gnutls_x509_crt_get_expiration_time(handle)) }

    /// SHA-256 of the whole certificate.
    func digest() throws(HTTPError) -> [UInt8] {
        try unsafe X509.digest { bytes, count in
            unsafe gnutls_x509_crt_get_fingerprint(handle, GNUTLS_DIG_SHA256, bytes, count)
        }
    }

    /// SHA-256 of the public key's SubjectPublicKeyInfo.
    func publicKeyDigest() throws(HTTPError) -> [UInt8] {
        try unsafe X509.digest { bytes, count in
            unsafe gnutls_x509_crt_get_key_id(
                handle,
                GNUTLS_KEYID_USE_SHA256.rawValue,
                bytes,
                count
            )
        }
    }
}
