import Lines
import Testing

@testable import HTTP

/// Which replies go in gzip, and to whom.
@Suite struct GzipTests {
    @Test(arguments: [
        (["gzip"], true), (["gzip, deflate, br, zstd"], true), (["GZip;q=0.1"], true),
        (["br", "gzip"], true), (["x-gzip"], true), (["*"], true), (["*;q=0.5, br"], true),
        ([], false), ([""], false), (["br"], false), (["identity"], false),
        (["gzip;q=0"], false), (["gzip;q=0.000, *"], false), (["*;q=0"], false),
        (["gzip;q=0.4, identity;q=0.5"], false), (["gzip;q=0.5, identity;q=0.5"], true),
        (["gzip;q=no"], false), (["gzip;q=9"], false), (["gzippy"], false),
    ])
    func `a client gets gzip where it asks for it`(values: [String], takes: Bool) {
        #expect(Self.head(values).takesGzip == takes)
    }

    private static func head(_ encodings: [String]) -> RequestHead {
        var headers = Headers()
        for value in encodings { headers.append("Accept-Encoding", value) }
        return RequestHead(
            method: .get,
            path: [],
            query: [],
            headers: headers,
            remoteAddress: "127.0.0.1",
            isTLS: true,
            contentLength: 0
        )
    }

    private static func bytes(_ response: Response) -> [UInt8] {
        if case .bytes(let bytes) = response.body { bytes } else { [] }
    }

    @Test func `what is compressed says so, and what might have been says on what that hangs`() {
        let long = Response(200, body: [UInt8](repeating: 0x61, count: 50_000))
        let packed = long.compressed(for: Self.head(["gzip"]))
        #expect(packed.headers["Content-Encoding"] == "gzip")
        #expect(packed.headers["Vary"] == "Accept-Encoding")
        #expect(Self.bytes(packed).starts(with: [0x1F, 0x8B]) && Self.bytes(packed).count < 500)
        let plain = long.compressed(for: Self.head([]))
        #expect(plain.headers["Content-Encoding"] == nil)
        #expect(plain.headers["Vary"] == "Accept-Encoding")
        #expect(Self.bytes(plain).count == 50_000)
        let short = Response(200, body: [1, 2, 3]).compressed(for: Self.head(["gzip"]))
        #expect(Self.bytes(short) == [1, 2, 3] && short.headers["Content-Encoding"] == nil)
        let twice = packed.compressed(for: Self.head(["gzip"]))
        #expect(Self.bytes(twice) == Self.bytes(packed), "once only")
    }
}
