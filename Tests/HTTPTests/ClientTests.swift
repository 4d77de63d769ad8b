import HTTP
import Synchronization
import TestSupport
import Testing

struct ExchangeSucceeded: Error {}

/// Every way in which an exchange fails has its own error.
@Suite struct ClientTests {
    private func failure(
        _ url: String,
        _ client: Client = .direct(),
        method: HTTP.Method = .get,
        body: ClientBody = .none,
        call: ClientCall = ClientCall(),
        onBody: ([UInt8]) throws -> Void = { _ in }
    ) throws -> ClientError {
        do throws(ClientError) {
            try client.exchange(url, method: method, body: body, call: call, onBody: onBody)
        } catch {
            return error
        }
        throw ExchangeSucceeded()
    }

    @Test(arguments: [
        "", "hub", "ftp://hub/", "file:///etc/passwd", "https://", "http://h/ x", "http://h/\n",
    ])
    func `what is no web address is not asked`(url: String) throws {
        guard case .badURL = try failure(url) else {
            Issue.record("\(url)")
            return
        }
    }

    @Test func `an unknown name and a closed port are told apart`() throws {
        guard case .noSuchHost("hub.invalid:8443") = try failure("https://hub.invalid:8443/x")
        else {
            Issue.record("a reserved name (RFC 6761)")
            return
        }
        let server = try Server.onLoopback(try TestSite())
        server.stop(grace: .zero)
        guard case .cannotConnect("127.0.0.1:\(server.port)") = try failure(server.url("/")) else {
            Issue.record("nobody listens")
            return
        }
    }

    @Test func `a name server that never answers ends in its time, with its own error`() throws {
        var settings = ClientSettings()
        settings.proxy = .none
        settings.connectTime = .milliseconds(300)
        let client = Client(trust: .unverified, settings: settings)
        let host = "hub\(SilentNames.domain):8443"
        guard case .namesSilent(host) = try failure("https://\(host)/x", client) else {
            Issue.record("nobody has told an address")
            return
        }
        // The same client goes on, and whoever stops is not held up by the name server.
        let server = try Server.onLoopback(try TestSite())
        let local = server.url("/hello").replacing("127.0.0.1", with: "localhost")
        #expect(try client.collect(local, limit: 100).head.status == 200)
        server.stop(grace: .seconds(5))
    }

    @Test func `a page instead of a reply can be recognised`() throws {
        let page = String(repeating: "<html>Sign in to the network</html>", count: 100)
        let service = OneRoute {
            .reply(
                Response(203, contentType: "text/html", body: Array(page.utf8)),
                label: "portal"
            )
        }
        let server = try Server(ServerConfiguration(), service: service)
        guard
            case .status(let reply) = try failure(server.url("/"), method: .post, body: .bytes([1]))
        else {
            Issue.record("not 200")
            return
        }
        #expect(reply.status == 203 && reply.contentType == "text/html")
        #expect(reply.excerpt == Array(page.utf8.prefix(1_024)))
        server.stop(grace: .seconds(5))
    }

    @Test func `a redirect is not followed`() throws {
        let service = OneRoute {
            .reply(Response(302).with("Location", "http://127.0.0.1/other"), label: "portal")
        }
        let server = try Server(ServerConfiguration(), service: service)
        guard case .status(let reply) = try failure(server.url("/")) else {
            Issue.record("not 200")
            return
        }
        #expect(reply.status == 302)
        server.stop(grace: .seconds(5))
        #expect(server.counters.requests == 1)
    }

    @Test func `plain where TLS is asked, and TLS where plain is asked, is said`() throws {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        let identity = try authority.issue(names: ["hub.example"], now: now)
        let plain = try RawServer(answer: "HTTP/1.1 200 OK\r\n\r\nhello")
        guard
            case .tls = try failure(
                "https://127.0.0.1:\(plain.port)/hello",
                .direct(.pinnedKeys([identity.publicKeyPin]))
            )
        else {
            Issue.record("no TLS there")
            return
        }
        let secure = try Server.onLoopback(try TestSite(), identity: identity)
        switch try failure(secure.url("/hello")) {
        case .status(let reply) where reply.status == 400: break
        case let other: Issue.record("\(other)")
        }
        secure.stop(grace: .seconds(5))
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n", "\0\0\0\0", "HTTP/9.9 200 OK\r\n\r\n",
    ])
    func `what answers without speaking HTTP is said`(answer: String) throws {
        let server = try RawServer(answer: answer)
        switch try failure("http://127.0.0.1:\(server.port)/") {
        case .notHTTP: break
        case let other: Issue.record("\(other)")
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ])
    func `a reply without its end is a cut`(answer: String) throws {
        let server = try RawServer(answer: answer)
        switch try failure("http://127.0.0.1:\(server.port)/") {
        case .cut: break
        case let other: Issue.record("\(other)")
        }
    }

    @Test func `what the caller's functions throw comes back, and nothing goes on`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        guard
            case .abandoned(let thrown) = try failure(
                server.url("/numbers?total=50000000"),
                onBody: { _ in throw TestFault() }
            ), thrown is TestFault
        else {
            Issue.record("from onBody")
            return
        }
        let source = FailingSource()
        guard
            case .abandoned(let thrown) = try failure(
                server.url("/count"),
                method: .post,
                body: .stream(source, length: nil)
            ), thrown is TestFault
        else {
            Issue.record("from the source")
            return
        }
        #expect(source.closed == 1)
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.closed == 1 && entries.opened == entries.abandoned)
    }

    /// Gives one piece, then fails.
    private final class FailingSource: BodySource {
        private var asked = 0
        private(set) var closed = 0

        func next() throws -> [UInt8]? {
            asked += 1
            if asked > 1 { throw TestFault() }
            return [1, 2, 3]
        }

        func close() {
            closed += 1
        }
    }

    @Test func `an exchange is cancelled from another thread`() throws {
        let lane = try Lane(name: "never")
        let gate = Gate()
        let call = ClientCall()
        let canceller = try Lane(name: "canceller")
        let service = OneRoute {
            .collect(on: lane, label: "never") { _ in
                canceller.async { call.cancel() }
                gate.wait()
                return .text(200, "too late")
            }
        }
        let server = try Server(ServerConfiguration(), service: service)
        guard case .cancelled = try failure(server.url("/"), call: call) else {
            Issue.record("cancelled")
            return
        }
        gate.open()
        guard case .cancelled = try failure(server.url("/"), call: call) else {
            Issue.record("cancelled before it begins")
            return
        }
        server.stop(grace: .seconds(5))
    }

    @Test func `a whole exchange has its time`() throws {
        let lane = try Lane(name: "late")
        let gate = Gate()
        let service = OneRoute {
            .collect(on: lane, label: "late") { _ in
                gate.wait()
                return .text(200, "late")
            }
        }
        let server = try Server(ServerConfiguration(), service: service)
        let client = Client.direct { $0.totalTime = .milliseconds(200) }
        guard case .timedOut = try failure(server.url("/"), client) else {
            Issue.record("out of time")
            return
        }
        gate.open()
        server.stop(grace: .seconds(5))
    }

    @Test func `a reply over the caller's limit is refused`() throws {
        let server = try Server.onLoopback(try TestSite())
        let error = #expect(throws: ClientError.self) {
            try Client.direct().collect(server.url("/numbers?total=5000"), limit: 4_999)
        }
        guard case .abandoned(let thrown) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((thrown as? ReplyTooLarge)?.limit == 4_999)
        server.stop(grace: .seconds(5))
    }

    @Test func `many threads share a client`() throws {
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        // Without a host name OpenSSL takes the common name for one, which no authority here permits.
        let identity = try authority.issue(
            names: ["localhost"],
            addresses: ["127.0.0.1"],
            now: now
        )
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        let client = Client.direct(.authority(pem: authority.certificatePEM))
        let right = Atomic(0)
        let url = server.url("/echo", scheme: "https")
        let threads = try (0..<4).map { try Lane(name: "thread \($0)") }
        for (number, thread) in threads.enumerated() {
            thread.async {
                for round in 0..<25 {
                    let sent = Array("\(number) \(round)".utf8)
                    let reply = try? client.collect(
                        url,
                        method: .post,
                        body: .bytes(sent),
                        limit: 100
                    )
                    if reply?.body == sent { right.add(1, ordering: .relaxed) }
                }
            }
        }
        for thread in threads { thread.run {} }
        #expect(right.load(ordering: .relaxed) == 100)
        server.stop(grace: .seconds(5))
        #expect(server.counters.accepted < 100, "connections are kept")
    }
}
