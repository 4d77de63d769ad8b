import HTTP
import Lines
import Synchronization
import Testing

/// What a service sees of a request.
@Suite struct HeadTests {
    /// Sends a request and gives the head that the service saw.
    private func head(
        _ request: String,
        proxy: String? = nil
    ) throws -> RequestHead {
        let seen = Mutex<RequestHead?>(nil)
        let service = Recorder { head in seen.withLock { $0 = head } }
        let server = try Server(ServerConfiguration(proxy: proxy), service: service)
        defer { server.stop(grace: .seconds(5)) }
        let client = try RawClient(port: server.port)
        client.send(request)
        let reply = try #require(client.nextReply())
        #expect(reply.status == 200, "\(reply)")
        return try #require(seen.withLock { $0 })
    }

    private struct Recorder: Service {
        let record: @Sendable (RequestHead) -> Void

        func plan(_ head: RequestHead) -> Plan {
            record(head)
            return .reply(.text(200, "seen"), label: "record")
        }
    }

    private static let paths: [(target: String, path: [String])] = [
        ("/", []), ("/a", ["a"]), ("/a/", ["a", ""]), ("/a/b.c", ["a", "b.c"]),
        ("/%E1%BA%A5p/2", ["ấp", "2"]), ("/a%20b", ["a b"]), ("/a+b", ["a+b"]),
        ("/100%25", ["100%"]), ("/...", ["..."]), ("/.well-known", [".well-known"]),
        ("http://h/a/b", ["a", "b"]), ("HTTP://H/a", ["a"]), ("/a?b/../c", ["a"]),
    ]

    @Test(arguments: paths)
    func `a path is its decoded parts`(target: String, path: [String]) throws {
        #expect(try head("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n").path == path)
    }

    @Test func `a query is its decoded pairs`() throws {
        let head = try head(
            "GET /?q=%C4%90%C3%A0+N%E1%BA%B5ng&q=2&=3&b&c=d=e&&f=%0A HTTP/1.1\r\nHost: h\r\n\r\n"
        )
        #expect(head.query.map(\.name) == ["q", "q", "", "b", "c", "f"])
        #expect(head.query.map(\.value) == ["Đà Nẵng", "2", "3", "", "d=e", "\n"])
        #expect(head.query("q") == "Đà Nẵng" && head.query("z") == nil)
    }

    @Test func `headers and cookies are found by name`() throws {
        let head = try head(
            "GET / HTTP/1.1\r\nHOST: h\r\nX-One:  a \t\r\nx-one: b\r\nEmpty:\r\n"
                + "Cookie: a=1; b=\"2\";c=3\r\nCookie: d=4\r\n\r\n"
        )
        #expect(head.headers["x-ONE"] == "a")
        #expect(head.headers.all("X-One") == ["a", "b"])
        #expect(head.headers["Empty"] == "" && head.headers["None"] == nil)
        #expect(["a", "b", "c", "d", "e"].map(head.cookie) == ["1", "\"2\"", "3", "4", nil])
        #expect(head.remoteAddress == "127.0.0.1" && !head.isTLS && !head.hasBody)
    }

    @Test func `only the proxy named is believed`() throws {
        let request =
            "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 10.0.0.1, 203.0.113.7\r\n"
            + "X-Forwarded-Proto: https\r\n\r\n"
        let behind = try head(request, proxy: "127.0.0.1")
        #expect(behind.remoteAddress == "203.0.113.7" && behind.isTLS)
        for proxy in [nil, "192.0.2.1"] {
            let other = try head(request, proxy: proxy)
            #expect(other.remoteAddress == "127.0.0.1" && !other.isTLS)
        }
    }

    @Test(arguments: [
        ("203.0.113.7:5555", "203.0.113.7"), ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"), ("unknown", RequestHead.unknownAddress),
        ("", RequestHead.unknownAddress),
    ])
    func `a client that the proxy does not name is not the proxy`(
        words: String,
        address: String
    ) throws {
        let request = "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: \(words)\r\n\r\n"
        #expect(try head(request, proxy: "127.0.0.1").remoteAddress == address)
        let silent = try head("GET / HTTP/1.1\r\nHost: h\r\n\r\n", proxy: "127.0.0.1")
        #expect(silent.remoteAddress == RequestHead.unknownAddress)
    }

    @Test func `no value ends a header line`() throws {
        let service = OneRoute {
            .reply(
                Response.text(200, "x").with("X-Name", "a\r\nSet-Cookie: b=c\0"),
                label: "x"
            )
        }
        let server = try Server(ServerConfiguration(), service: service)
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try #require(client.nextReply())
        #expect(reply.head.contains("X-Name: a  Set-Cookie: b=c \r\n"))
        server.stop(grace: .seconds(5))
    }

    @Test func `where a server cannot listen is said`() throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        func start(_ address: String, _ port: Int = 0) throws -> Server {
            try Server(ServerConfiguration(addresses: [address], port: port), service: site)
        }
        #expect(throws: HTTPError.portTaken(address: "127.0.0.1", port: server.port)) {
            try start("127.0.0.1", server.port)
        }
        #expect(throws: HTTPError.plainBeyondLoopback("0.0.0.0")) { try start("0.0.0.0") }
        #expect(throws: HTTPError.plainBeyondLoopback("::")) { try start("::") }
        #expect(throws: HTTPError.badAddress("hub.example")) { try start("hub.example") }
        let foreign = ServerConfiguration(addresses: ["192.0.2.1"], proxy: "192.0.2.2")
        #expect(throws: HTTPError.foreignAddress("192.0.2.1")) {
            try Server(foreign, service: site)
        }
        server.stop(grace: .zero)
    }
}
