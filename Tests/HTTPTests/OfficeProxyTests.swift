import Testing

@testable import HTTP

/// A client behind the proxy of an office, and what that makes of a line.
@Suite struct OfficeProxyTests {
    /// What comes of a request through the proxy at a port of this machine, or through none.
    private func failure(
        _ url: String,
        through proxy: Int? = nil,
        _ trust: Trust = .unverified
    ) -> ClientError? {
        let client = Client.direct(trust) { settings in
            if let proxy { settings.proxy = .through("http://127.0.0.1:\(proxy)") }
        }
        do throws(ClientError) {
            _ = try client.collect(url, limit: 1_000)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [407, 403, 502])
    func `a proxy that answers by itself is told with its status`(status: Int) throws {
        let proxy = try RawServer(
            answer: "HTTP/1.1 \(status) No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                + "Content-Length: 0\r\n\r\n"
        )
        let error = failure("https://hub.invalid:8443/", through: proxy.port)
        guard case .proxyRefused(status: status)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a proxy that is not there is told from a hub that is not`() throws {
        let closed = try Server.onLoopback(try TestSite())
        closed.stop(grace: .zero)
        let error = failure("https://hub.invalid:8443/", through: closed.port)
        guard case .proxyRefused(status: 0)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        guard case .cannotConnect? = failure(closed.url("/")) else {
            Issue.record("no proxy is in between")
            return
        }
    }

    @Test func `a proxy that opens the line is told from another server`() throws {
        let authority = try CertificateAuthority(
            named: "Office",
            permitting: ["hub.invalid"],
            now: secondsSince1970()
        )
        let identity = try authority.issue(
            names: ["hub.invalid"],
            addresses: ["127.0.0.1"],
            now: secondsSince1970()
        )
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        defer { server.stop(grace: .zero) }
        let proxy = try RawServer(tunnelTo: server.port)
        let url = "https://hub.invalid:8443/hello"
        let pin = try TLSIdentity.pin(ofPublicKey: [UInt8](repeating: 7, count: 32))
        for trust in [Trust.pinnedKeys([pin]), .system] {
            let error = failure(url, through: proxy.port, trust)
            guard case .proxyIntercepts? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        let direct = failure(server.url("/hello", scheme: "https"), .pinnedKeys([pin]))
        guard case .otherServer? = direct else {
            Issue.record("\(String(describing: direct))")
            return
        }
        // One that leads on untouched is a line like any other.
        #expect(failure(url, through: proxy.port, .pinnedKeys([identity.publicKeyPin])) == nil)
    }

    @Test func `addresses of private networks are known as such`() throws {
        let own = [
            "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.10", "169.254.1.1", "127.0.0.1",
            "fd00::1", "fe80::1", "::1", "::ffff:192.168.1.10",
        ]
        let others = [
            "9.255.255.255", "11.0.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "203.0.113.7",
            "2001:db8::1", "::2", "ff02::1",
        ]
        for text in own { #expect(try #require(SocketAddress(text)).isPrivate, "\(text)") }
        for text in others { #expect(try !#require(SocketAddress(text)).isPrivate, "\(text)") }
    }
}
