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
        ("GET /hello HTTP/3.1\r\nHost: h\r\n\r\n", 505, "Ở đây chỉ dùng", "Only HTTP/1.1"),
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
