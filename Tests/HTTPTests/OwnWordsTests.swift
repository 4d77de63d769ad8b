import Lines
import Testing

@testable import HTTP

/// What the server says by itself, in the reader's language.
@Suite struct OwnWordsTests {
    @Test(arguments: [
        (["vi"], true), (["vi-VN,vi;q=0.9,en-US;q=0.6,en;q=0.5"], true), (["VI"], true),
        (["en", "vi"], true), (["en-US,en;q=0.9,vi;q=0.8"], false), (["vi;q=0"], false),
        (["fr, vi ; q=0.3"], true), (["vi;q=x"], false), (["en"], false), ([], false),
        ([",;,=;q"], false),
    ])
    func `a reader gets the language that he asks for`(values: [String], isVietnamese: Bool) {
        #expect(OwnWords.prefersVietnamese(values) == isVietnamese)
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
