import HTTP
import Testing

@Suite struct ExchangeTests {
    @Test func `a reply at hand arrives with its headers`() throws {
        let server = try Server.onLoopback(try TestSite())
        let (head, body) = try Client.direct().collect(server.url("/hello"), limit: 100)
        #expect(String(decoding: body, as: UTF8.self) == "hello\n")
        #expect(head.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(head.contentLength == 6)
        server.stop(grace: .seconds(5))
    }

    @Test func `a collected body reaches its handler`() throws {
        let server = try Server.onLoopback(try TestSite())
        let sent = (0..<4_096).map { UInt8(truncatingIfNeeded: $0) }
        let client = Client.direct()
        for _ in 0..<3 {
            let (_, body) = try client.collect(
                server.url("/echo"),
                method: .post,
                body: .bytes(sent),
                limit: 5_000
            )
            #expect(body == sent)
        }
        server.stop(grace: .seconds(5))
        #expect(server.counters.accepted == 1, "the connection is kept")
    }

    @Test(arguments: [nil, 3_000_001])
    func `a streamed body reaches its consumer whole`(length: Int?) throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        let source = Numbers(total: 3_000_001)
        let (_, body) = try Client.direct().collect(
            server.url("/count"),
            method: .post,
            body: .stream(source, length: length),
            limit: 100
        )
        #expect(String(decoding: body, as: UTF8.self) == "3000001\n")
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == 1 && entries.finished == 1 && entries.abandoned == 0)
        #expect(entries.largestPiece <= ServerLimits.pieceBytes)
        #expect(entries.outcomes == [.replied])
    }

    @Test(arguments: ["", "&known=1"])
    func `a streamed reply arrives whole and its source is closed`(known: String) throws {
        let site = try TestSite()
        let server = try Server.onLoopback(site)
        var count = 0
        var isInOrder = true
        try Client.direct().exchange(server.url("/numbers?total=3000001\(known)")) { piece in
            for byte in piece {
                isInOrder = isInOrder && byte == UInt8(truncatingIfNeeded: count)
                count += 1
            }
        }
        #expect(count == 3_000_001 && isInOrder)
        server.stop(grace: .seconds(5))
        #expect(site.diary.now.closed == 1)
    }
}
