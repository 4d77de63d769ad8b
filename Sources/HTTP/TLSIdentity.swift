/// A certificate, the chain to its authority, and its key, as PEM.
@safe
package struct TLSIdentity: Sendable {
    /// The server's certificate first.
    package let certificatePEM: String
    private let keyPEM: String

    init(certificatePEM: String, keyPEM: String) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }

    func withPEM<R>(_ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> R) -> R {
        unsafe certificatePEM.withCString { certificate in
            unsafe keyPEM.withCString { key in unsafe body(certificate, key) }
        }
    }
}

package enum CertificateLimits {
    /// Bytes of a PEM file.
    package static let pemBytes = 64 << 10
    /// Certificates in a chain.
    package static let chainLength = 8
}
