import HTTP
import Lines
import Testing

/// What has more than one reading, or none, is refused before any service sees it.
@Suite struct MalformedTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let bytes: String
        let status: Int

        init(_ name: String, _ bytes: String, _ status: Int) {
            self.name = name
            self.bytes = bytes
            self.status = status
        }

        var testDescription: String { name }
    }

    /// Sends the bytes and a second request behind them, which must never be answered.
    private func expectRefusal(_ test: Case) throws {
        let server = try Server.onLoopback(try TestSite())
        defer { server.stop(grace: .seconds(5)) }
        let attacker = try RawClient(port: server.port)
        attacker.send(test.bytes)
        attacker.send("GET /seen?smuggled=1 HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try #require(attacker.readToEnd(), "the connection is ended")
        let text = String(decoding: reply, as: UTF8.self)
        let statuses = text.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }
        // libmicrohttpd 0.9.75 writes the head of its own refusal of a length twice.
        let isOne = statuses.count == 1 || statuses.count == 2 && text.contains("</body></html>")
        #expect(
            isOne && statuses.allSatisfy { $0.hasPrefix("HTTP/1.1 \(test.status)") },
            "\(text.prefix(400))"
        )
        #expect(!text.contains("smuggled"))
        let (_, body) = try Client.direct().collect(server.url("/hello"), limit: 100)
        #expect(String(decoding: body, as: UTF8.self) == "hello\n", "others are served")
    }

    private static let framing: [Case] = [
        Case(
            "CL.TE",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
            400
        ),
        Case(
            "TE.CL",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Length: 4\r\n\r\n5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n",
            400
        ),
        Case(
            "two lengths",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n",
            400
        ),
        Case(
            "the same length twice",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            400
        ),
        Case(
            "a list of lengths",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0, 0\r\n\r\n",
            400
        ),
        Case(
            "a signed length",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
            400
        ),
        Case(
            "a negative length",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
            400
        ),
        Case(
            "a hexadecimal length",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\nhello",
            400
        ),
        Case(
            "a length beyond 64 bits",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
            413
        ),
        Case(
            "TE.TE, one hidden",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: cow\r\n\r\n0\r\n\r\n",
            400
        ),
        Case(
            "TE.TE, hidden first",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        Case(
            "a list of encodings",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        Case(
            "an encoding with a quirk",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        Case(
            "chunks in HTTP/1.0",
            "POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400
        ),
    ]

    private static let lines: [Case] = [
        Case("a bare LF", "GET /hello HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400),
        Case("bare LFs only", "GET /hello HTTP/1.1\nHost: h\n\n", 400),
        Case("a bare CR", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n", 400),
        Case("a folded line", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400),
        Case(
            "a folded encoding",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        Case(
            "a space before the colon",
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\nhello",
            400
        ),
        Case("a space in a name", "GET /hello HTTP/1.1\r\nHost: h\r\nA B: c\r\n\r\n", 400),
        Case("a name that is empty", "GET /hello HTTP/1.1\r\nHost: h\r\n: c\r\n\r\n", 400),
        Case("no colon", "GET /hello HTTP/1.1\r\nHost: h\r\nnothing\r\n\r\n", 400),
        Case("NUL in a value", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 400),
        Case(
            "NUL after an encoding",
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\0x\r\n\r\n0\r\n\r\n",
            400
        ),
        Case("NUL in a name", "GET /hello HTTP/1.1\r\nHost: h\r\nX\0Y: a\r\n\r\n", 400),
        Case("NUL in the target", "GET /hello\0x HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("NUL in the method", "GE\0T /hello HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("a control byte", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\u{7}b\r\n\r\n", 400),
        Case("DEL", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\u{7F}b\r\n\r\n", 400),
        Case("two spaces before the target", "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("two spaces after the target", "GET /hello  HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("a tab for a space", "GET\t/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("HTTP/2 in words", "GET /hello HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        Case("HTTP/0.9", "GET /hello\r\n\r\n", 400),
        Case("HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: h\r\n\r\n", 505),
        Case("a method that nobody knows", "BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n", 501),
        Case("a small method", "get /hello HTTP/1.1\r\nHost: h\r\n\r\n", 501),
        Case("CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 501),
        Case("TRACE", "TRACE /hello HTTP/1.1\r\nHost: h\r\n\r\n", 501),
        Case("no host", "GET /hello HTTP/1.1\r\nX: y\r\n\r\n", 400),
        Case("two hosts", "GET /hello HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400),
        Case(
            "another host in the target",
            "GET http://other/hello HTTP/1.1\r\nHost: h\r\n\r\n",
            400
        ),
        Case("a user in the target", "GET http://a@h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("another scheme", "GET ftp://h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("a target that is no path", "GET hello HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        Case("the asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ]

    @Test(arguments: framing)
    func `ambiguous framing is refused`(test: Case) throws {
        try expectRefusal(test)
    }

    @Test(arguments: lines)
    func `a malformed head is refused`(test: Case) throws {
        try expectRefusal(test)
    }

    @Test(arguments: [
        "/..", "/../etc/passwd", "/a/../b", "/a/./b", "/a//b", "//h/a", "/%2e%2e/a", "/%2E%2e",
        "/.%2e/a", "/a%2fb", "/a%2Fb", "/..%2fb", "/a%5cb", "/a\\b", "/%5c..%5c", "/%00", "/a%00b",
        "/a%0d%0ab", "/a%0ab", "/a%7fb", "/%c0%ae%c0%ae/a", "/%e0%80%ae/a", "/%ff", "/%u002e", "/%",
        "/%2", "/%zz", "/%252e%252e/a", "/a%252fb", "/%25252e", "/a%255cb", "/a#b", "/hello?a=%00",
        "/hello?%ff=1", "/hello?a=%",
    ])
    func `a path that could mean another is refused`(target: String) throws {
        try expectRefusal(Case(target, "GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n", 400))
    }

    private static let chunks: [Case] = [
        Case("no number", "zz\r\n", 400),
        Case("an empty number", "\r\n", 400),
        Case("a negative number", "-1\r\n", 400),
        Case("a number beyond 64 bits", "fffffffffffffffff\r\n", 413),
        Case("more than said", "1\r\nab\r\n", 400),
        Case("a space before", " 1\r\na\r\n", 400),
        Case("0x before", "0x1\r\na\r\n", 400),
        Case("a number as large as numbers get", "ffffffffffffffff\r\nabc", 413),
    ]

    @Test(arguments: chunks)
    func `garbage instead of chunks is refused`(test: Case) throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        let attacker = try RawClient(port: server.port)
        attacker.send("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        attacker.send(test.bytes)
        attacker.endSending()
        let reply = try #require(attacker.readToEnd())
        #expect(
            reply.isEmpty || reply.starts(with: "HTTP/1.1 \(test.status)".utf8),
            "\(String(decoding: reply, as: UTF8.self))"
        )
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == 1 && entries.abandoned == 1 && entries.finished == 0)
    }
}
