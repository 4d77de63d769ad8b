import Lines
import Testing

@testable import HTTP

/// What the server says by itself, in the reader's language.
@Suite struct OwnWordsTests {
    @Test(
        arguments: [
            (["vi"], .vietnamese), (["vi-VN,vi;q=0.9,en-US;q=0.6,en;q=0.5"], .vietnamese),
            (["VI"], .vietnamese), (["en", "vi"], .vietnamese),
            (["en-US,en;q=0.9,vi;q=0.8"], .english), (["vi;q=0"], .english),
            (["fr, vi ; q=0.3"], .vietnamese), (["vi;q=x"], .english), (["vi;q=2"], .english),
            (["en"], .english), ([], .both), ([",;,=;q"], .english), ([" ,"], .both),
        ] as [([String], OwnWords.Languages)]
    )
    func `a reader gets the language that he asks for, else both`(
        values: [String],
        languages: OwnWords.Languages
    ) {
        #expect(OwnWords.languages(values) == languages)
    }

    @Test(arguments: [
        ("GET /hello HTTP/1.1\r\n\r\n", 400, "Yêu cầu phải ghi", "The request must name"),
        ("GET /hello HTTP/1.2\r\nHost: h\r\n\r\n", 505, "Ở đây chỉ dùng", "Only HTTP/1.1"),
        (
            "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: h\r\n\r\n", 414,
            "Địa chỉ quá dài", "The address is too long"
        ),
        (
            "GET /hello HTTP/1.1\r\nHost: h\r\n\(String(repeating: "A: b\r\n", count: 200))\r\n",
            431, "Yêu cầu có quá nhiều", "The request has too many"
        ),
    ])
    func `a head that cannot be read is refused in both, Vietnamese first`(
        request: String,
        status: Int,
        vietnamese: String,
        english: String
    ) throws {
        let server = try Server.onLoopback(try TestSite())
        let client = try RawClient(port: server.port)
        client.send(request)
        let reply = try #require(client.nextReply())
        #expect(reply.status == status)
        let lines = String(decoding: reply.body, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix(vietnamese) == true, "\(lines)")
        #expect(lines.last?.hasPrefix(english) == true, "\(lines)")
        server.stop(grace: .seconds(5))
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: h\r\n\r\n", "POST /echo HTTP/1.1\r\n", "get"])
    func `whoever speaks plain HTTP to a port of TLS is told so`(request: String) throws {
        let identity = try CertificateAuthority(
            named: "Test authority",
            permitting: [],
            now: secondsSince1970()
        ).issue(names: [], addresses: ["127.0.0.1"], now: secondsSince1970())
        let server = try Server.onLoopback(try TestSite(), identity: identity)
        defer { server.stop(grace: .zero) }
        let client = try RawClient(port: server.port)
        client.send(request)
        let reply = try #require(client.nextReply())
        #expect(reply.status == 400 && reply.head.contains("Connection: close"))
        let lines = String(decoding: reply.body, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("https://") })
        // What is no HTTP either is closed without a word, and others are served as ever.
        let noise = try RawClient(port: server.port)
        noise.send([0x80, 0x2E, 0x01, 0x00, 0x02, 0xFF, 0x00, 0x00])
        noise.endSending()
        let answer = try #require(noise.readToEnd())
        #expect(!String(decoding: answer, as: UTF8.self).contains("HTTP"))
        let trust = Trust.pinnedKeys([identity.publicKeyPin])
        let url = server.url("/hello", scheme: "https")
        #expect(try Client.direct(trust).collect(url, limit: 100).head.status == 200)
    }

    @Test(arguments: [("vi,en;q=0.5", "Dữ liệu gửi lên"), ("en", "The request's body")])
    func `a body that is too large is refused in it`(language: String, words: String) throws {
        let server = try Server.onLoopback(try TestSite())
        let client = try RawClient(port: server.port)
        client.send(
            "POST /echo HTTP/1.1\r\nHost: h\r\nAccept-Language: \(language)\r\n"
                + "Content-Length: 100000000\r\n\r\n"
        )
        let reply = try #require(client.nextReply())
        #expect(reply.status == 413)
        #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix(words))
        server.stop(grace: .seconds(5))
    }
}
