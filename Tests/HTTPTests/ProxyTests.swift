import Testing

@testable import HTTP

/// Who may open a connection where a proxy ends TLS.
@Suite struct ProxyTests {
    private func isAdmitted(_ peer: String, proxy: String?, isTLS: Bool = false) throws -> Bool {
        let now = secondsSince1970()
        let identity =
            try isTLS
            ? CertificateAuthority(named: "Test authority", permitting: ["hub.example"], now: now)
                .issue(names: [], addresses: ["127.0.0.1"], now: now) : nil
        let core = ServerCore(
            ServerConfiguration(identity: identity, proxy: proxy),
            try TestSite(),
            proxy: proxy.flatMap { SocketAddress($0) },
            onFinish: { _ in }
        )
        return core.admit(-1, from: try #require(SocketAddress(peer)))
    }

    @Test func `only the proxy and this machine speak plain HTTP`() throws {
        #expect(try !isAdmitted("192.0.2.2", proxy: "10.9.9.9"))
        #expect(try isAdmitted("10.9.9.9", proxy: "10.9.9.9"))
        #expect(try isAdmitted("::ffff:10.9.9.9", proxy: "10.9.9.9"))
        #expect(try isAdmitted("127.0.0.1", proxy: "10.9.9.9"))
        #expect(try isAdmitted("192.0.2.2", proxy: "10.9.9.9", isTLS: true))
        #expect(try isAdmitted("192.0.2.2", proxy: nil))
    }
}
