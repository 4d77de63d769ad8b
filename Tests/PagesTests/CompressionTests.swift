import Pages
import TestSupport
import Testing

/// What goes compressed, and what nobody can learn from how well it does.
@Suite struct CompressionTests {
    private let hub: PagesHub
    private let gzip = ["Accept-Encoding: gzip, deflate, br"]

    init() throws { hub = try PagesHub(seed: 471) }

    private func plain(_ reply: PageReply) throws -> String {
        #expect(reply.header("Content-Encoding") == "gzip")
        #expect(reply.header("Vary") == "Accept-Encoding")
        return String(decoding: try #require(gunzipped(reply.bytes)), as: UTF8.self)
    }

    @Test func `pages are compressed for whoever asks, and forms of them work`() throws {
        let browser = try hub.browser(of: "admin")
        let page = try browser.get("/nodes/new")
        #expect(page.header("Content-Encoding") == nil)
        #expect(page.header("Vary") == "Accept-Encoding")
        let packed = try browser.get("/nodes/new", gzip)
        let text = try plain(packed)
        // The masked secrets are noise, and most of so short a page.
        #expect(packed.bytes.count * 3 < text.utf8.count * 2)
        let same = PageReply(status: 200, headers: [], bytes: Array(text.utf8))
        let token = try #require(same.formToken)
        let fields = [("name", "Máy"), ("village", PagesHub.path + "/thon-1")]
        #expect(try browser.post("/nodes/new", fields, token: token, gzip).status == 303)
    }

    @Test func `no secret stands in two replies in the same letters`() throws {
        let browser = try hub.browser(of: "admin")
        let pages = try (0..<8).compactMap { _ in try browser.get("/nodes/new").formToken }
        #expect(pages.count == 8)
        #expect(Set(pages).count == pages.count)
        // No piece of one is a piece of another: by chance once in a billion runs.
        let pieces = pages.map { page in
            Set((0..<(page.utf8.count - 8)).map { String(page.dropFirst($0).prefix(8)) })
        }
        for (index, one) in pieces.enumerated() {
            for other in pieces.dropFirst(index + 1) { #expect(one.isDisjoint(with: other)) }
        }
        let fields = [("name", "Máy"), ("village", PagesHub.path + "/thon-1")]
        #expect(try browser.post("/nodes/new", fields, token: pages[0]).status == 303, "all good")
    }

    @Test func `the style sheet, the scripts and the worker are compressed once for all`() throws {
        let browser = try hub.browser(of: "lan")
        let page = try browser.get("/phone").body
        let paths = page.split(separator: "\"").filter { $0.hasPrefix("/assets/") }.map(String.init)
        #expect(paths.count == 6)
        for path in paths + ["/worker.js"] {
            let packed = try browser.get(path, gzip)
            let bare = try browser.get(path)
            #expect(try plain(packed) == bare.body, "\(path)")
            #expect(bare.header("Content-Encoding") == nil)
            #expect(bare.header("Vary") == "Accept-Encoding")
            #expect(packed.bytes.count < bare.bytes.count)
            #expect(packed.header("Cache-Control") == bare.header("Cache-Control"))
            #expect(packed.header("Content-Type") == bare.header("Content-Type"))
            let none = try browser.get(path, ["Accept-Encoding: gzip;q=0, br"])
            #expect(none.header("Content-Encoding") == nil && none.bytes == bare.bytes)
        }
    }
}
