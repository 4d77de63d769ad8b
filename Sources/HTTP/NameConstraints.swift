internal import CGnuTLS

/// The names and addresses that an authority may certify (RFC 5280 section 4.2.1.10).
///
/// Phones are told to trust a node's authority, and its key lies on a laptop: whoever takes it must
/// not be able to pass for a bank with it.
@safe
final class NameConstraints {
    private let handle: gnutls_x509_name_constraints_t

    /// Names that only the machine itself or its own network resolves (RFC 6761, 6762).
    private static let privateNames = ["localhost", "local"]

    private init() throws(HTTPError) {
        var handle: gnutls_x509_name_constraints_t?
        try X509.check(unsafe gnutls_x509_name_constraints_init(&handle))
        guard let handle = unsafe handle else { throw .certificate(.tooLarge) }
        unsafe self.handle = handle
    }

    deinit {
        unsafe gnutls_x509_name_constraints_deinit(handle)
    }

    /// Whatever is private, as a node goes from network to network, and these host names and numeric
    /// addresses.
    convenience init(permitting names: [String]) throws(HTTPError) {
        try self.init()
        for (address, bits) in SocketAddress.privateNetworks { try permit(address, bits) }
        for name in Self.privateNames + names {
            if SocketAddress(name) == nil {
                try permit(GNUTLS_SAN_DNSNAME, Array(name.utf8))
            } else {
                try permit(name, nil)
            }
        }
    }

    /// Those of a certificate; nil where it has none.
    static func of(_ certificate: X509Certificate) throws(HTTPError) -> NameConstraints? {
        let found = try NameConstraints()
        var isCritical: UInt32 = 0
        let code = unsafe gnutls_x509_crt_get_name_constraints(
            certificate.handle,
            found.handle,
            0,
            &isCritical
        )
        if code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { return nil }
        try X509.check(code)
        return found
    }

    /// Writes them into a certificate that is being made: whoever does not know them refuses it.
    func add(to certificate: X509Certificate) throws(HTTPError) {
        try X509.check(
            unsafe gnutls_x509_crt_set_name_constraints(certificate.handle, handle, 1)
        )
    }

    /// Whether a host name or numeric address may be certified.
    func permits(_ name: String) -> Bool {
        let address = SocketAddress(name)
        return unsafe X509.withDatum(address?.bytes ?? Array(name.utf8)) {
            unsafe gnutls_x509_name_constraints_check(
                handle,
                address == nil ? GNUTLS_SAN_DNSNAME : GNUTLS_SAN_IPADDRESS,
                $0
            ) != 0
        }
    }

    /// `bits`: of the network's mask; nil for the address alone.
    private func permit(_ address: String, _ bits: Int?) throws(HTTPError) {
        guard let bytes = SocketAddress(address)?.bytes else { throw .badAddress(address) }
        let bits = bits ?? bytes.count * 8
        let mask = bytes.indices.map { SocketAddress.mask(bits, $0) }
        try permit(GNUTLS_SAN_IPADDRESS, bytes + mask)
    }

    private func permit(
        _ type: gnutls_x509_subject_alt_name_t,
        _ bytes: [UInt8]
    ) throws(HTTPError) {
        try X509.check(
            unsafe X509.withDatum(bytes) {
                unsafe gnutls_x509_name_constraints_add_permitted(handle, type, $0)
            }
        )
    }
}
