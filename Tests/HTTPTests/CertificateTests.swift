import HTTP
import Testing

@Suite struct CertificateTests {
    /// 2026-01-01 12:00 UTC.
    static let now: Int64 = 1_767_268_800

    @Test func `a server certified by an authority of one's own is trusted by it and by its pin`()
        throws
    {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        let identity = try authority.issue(
            names: ["hub.example"],
            addresses: ["127.0.0.1", "::1"],
            now: now
        )
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        let url = server.url("/hello", scheme: "https")
        for trust in [
            Trust.authority(pem: authority.certificatePEM), .pinnedKeys([identity.publicKeyPin]),
        ] {
            let (_, body) = try Client.direct(trust).collect(url, limit: 100)
            #expect(String(decoding: body, as: UTF8.self) == "hello\n")
        }
        server.stop(grace: .seconds(5))
    }

    @Test func `another server is told from the one expected`() throws {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        let other = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        let identity = try authority.issue(names: [], addresses: ["127.0.0.1"], now: now)
        let another = try other.issue(names: [], addresses: ["127.0.0.1"], now: now)
        let site = try TestSite()
        let server = try Server.onLoopback(site, identity: another)
        let url = server.url("/count", scheme: "https")
        let secret = ClientBody.bytes(Array("secret".utf8))

        var error = #expect(throws: ClientError.self) {
            try Client.direct(.pinnedKeys([identity.publicKeyPin]))
                .collect(url, method: .post, body: secret, limit: 100)
        }
        guard case .otherServer = error else {
            Issue.record("the pin is another server's, but \(String(describing: error))")
            return
        }
        for trust in [Trust.authority(pem: authority.certificatePEM), .system] {
            error = #expect(throws: ClientError.self) {
                try Client.direct(trust).collect(url, method: .post, body: secret, limit: 100)
            }
            guard case .untrusted = error else {
                Issue.record("not of this authority, but \(String(describing: error))")
                return
            }
        }
        server.stop(grace: .seconds(5))
        #expect(site.diary.now.opened == 0, "nothing was sent")
    }

    @Test func `a name that is not in the certificate is not trusted`() throws {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        let identity = try authority.issue(names: ["hub.example"], now: now)
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        let error = #expect(throws: ClientError.self) {
            try Client.direct(.authority(pem: authority.certificatePEM))
                .collect(server.url("/hello", scheme: "https"), limit: 100)
        }
        guard case .untrusted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        server.stop(grace: .seconds(5))
    }

    /// Judged by OpenSSL, as whoever has taken the authority's key signs what he likes.
    @Test(arguments: [
        ("hub.example", "192.168.1.20", true), ("a.hub.example", "fd12::1", true),
        ("localhost", "203.0.113.5", true), ("node.local", "169.254.7.7", true),
        ("bank.example", "10.0.0.1", false), ("example", "10.0.0.1", false),
        ("hub.example", "8.8.8.8", false), ("hub.example", "2001:db8::1", false),
    ])
    func `an authority's key makes no other site believed`(
        name: String,
        address: String,
        isTaken: Bool
    ) throws {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example", "203.0.113.5"],
            now: now
        )
        let identity = try authority.issue(
            names: [name],
            addresses: ["127.0.0.1", address],
            now: now
        )
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        defer { server.stop(grace: .seconds(5)) }
        let url = server.url("/hello", scheme: "https")
        let client = Client.direct(.authority(pem: authority.certificatePEM))
        #expect(try (authority.permits(name) && authority.permits(address)) == isTaken)
        do throws(ClientError) {
            _ = try client.collect(url, limit: 100)
            #expect(isTaken)
        } catch {
            #expect(!isTaken)
            guard case .untrusted = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test(arguments: [-500, 30])
    func `a certificate out of its time is told apart from a strange one`(days: Int64) throws {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now - 600 * 86_400
        )
        let identity = try authority.issue(
            names: ["localhost"],
            addresses: ["127.0.0.1"],
            now: now + days * 86_400
        )
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        let url = server.url("/hello", scheme: "https")
        var error = #expect(throws: ClientError.self) {
            try Client.direct(.authority(pem: authority.certificatePEM)).collect(url, limit: 100)
        }
        guard case .notValidNow = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Of an authority that nobody trusts the dates say nothing.
        error = #expect(throws: ClientError.self) {
            try Client.direct(.system).collect(url, limit: 100)
        }
        guard case .untrusted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        server.stop(grace: .seconds(5))
    }

    @Test func `a renewal with the same key keeps the pin`() throws {
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: Self.now
        )
        let first = try authority.issue(names: ["hub.example"], now: Self.now)
        let day: Int64 = 86_400
        #expect(!first.needsRenewal(Self.now))
        #expect(first.needsRenewal(Self.now + 390 * day))
        #expect(first.validUntil - first.validFrom <= 397 * day)
        let kept = try CertificateAuthority(
            certificatePEM: authority.certificatePEM,
            key: authority.key,
            now: Self.now + 390 * day
        )
        let second = try kept.issue(
            names: ["hub.example"],
            key: first.key,
            now: Self.now + 390 * day
        )
        #expect(second.publicKeyPin == first.publicKeyPin)
        #expect(second.certificateDigest != first.certificateDigest)
        #expect(second.publicKeyPin.hasPrefix("sha256//"))
        #expect(second.publicKeyDigest.count == 32)
    }

    @Test func `a certificate never outlives its authority`() throws {
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: Self.now
        )
        let late = authority.validUntil - 86_400
        #expect(try authority.issue(names: ["hub.example"], now: late).validUntil == late + 86_400)
        #expect(throws: HTTPError.certificate(.expired(at: authority.validUntil))) {
            try authority.issue(names: ["hub.example"], now: authority.validUntil)
        }
    }

    @Test func `a certificate of one's own is checked`() throws {
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: Self.now
        )
        let one = try authority.issue(names: ["hub.example"], now: Self.now)
        let two = try authority.issue(names: ["hub.example"], now: Self.now)
        let cases: [(String, String, Int64, CertificateProblem)] = [
            (one.certificatePEM, two.key.text, Self.now, .keyOfAnother),
            ("no certificate", one.key.text, Self.now, .certificateUnreadable),
            ("", one.key.text, Self.now, .certificateUnreadable),
            (one.certificatePEM, "no key", Self.now, .keyUnreadable),
            (one.certificatePEM, "", Self.now, .keyUnreadable),
            (
                one.certificatePEM, "-----BEGIN ENCRYPTED PRIVATE KEY-----", Self.now,
                .keyEncrypted
            ),
            (
                one.certificatePEM, one.key.text, one.validUntil + 1,
                .expired(at: one.validUntil)
            ),
            (
                one.certificatePEM, one.key.text, one.validFrom - 1,
                .notYetValid(from: one.validFrom)
            ),
            (String(repeating: "x", count: 65 << 10), one.key.text, Self.now, .tooLarge),
        ]
        for (certificate, key, now, problem) in cases {
            #expect(throws: HTTPError.certificate(problem)) {
                try TLSIdentity(
                    certificatePEM: certificate,
                    key: PrivateKeyPEM(text: key),
                    now: now
                )
            }
        }
        let own = try TLSIdentity(
            certificatePEM: one.certificatePEM,
            key: one.key,
            now: Self.now
        )
        #expect(own.publicKeyPin == one.publicKeyPin)
    }

    @Test(arguments: ["", "a b", "-a", "a..b", "ấp", "127.0.0.1", "a\0b", "*.example"])
    func `names that a certificate cannot hold are refused`(name: String) throws {
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: Self.now
        )
        #expect(throws: HTTPError.certificate(.badName(name))) {
            try authority.issue(names: ["hub.example", name], now: Self.now)
        }
    }

    @Test func `a key is not written by accident`() throws {
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: Self.now
        )
        var dumped = ""
        dump(authority, to: &dumped)
        #expect(!dumped.contains("PRIVATE KEY"))
        #expect(!"\(authority)".contains("PRIVATE KEY"))
        #expect(authority.key.text.contains("-----BEGIN PRIVATE KEY-----"))
    }
}
