import Foundation
import HTTP
import Node
import Pages
import TestSupport
import Testing

@Suite struct StickPageTests {
    private let stick = FileManager.default.temporaryDirectory
        .appendingPathComponent("doorstep-stick-\(UUID().uuidString)")

    private func machine() throws -> Machine {
        try FileManager.default.createDirectory(at: stick, withIntermediateDirectories: true)
        var machine = Machine()
        let carrier = Carrier(path: stick.path)
        machine.carriers = { [carrier] }
        return machine
    }

    /// The page once nothing is under way; it asks again by itself until then.
    private func rested(_ browser: Browser) throws -> PageReply {
        for _ in 0..<1000 {
            let page = try browser.get("/stick")
            if page.header("Refresh") == nil { return page }
        }
        throw Browser.LineError()
    }

    @Test func `a stick that the machine has found is read and written`() throws {
        let hub = try PagesHub(seed: 451, machine: machine())
        defer { try? FileManager.default.removeItem(at: stick) }
        _ = try hub.commune.village("thon-2")
        let browser = try hub.browser(of: "hoa")
        #expect(try browser.get("/sync").body.contains("href=\"/stick\""))
        let page = try browser.get("/stick")
        #expect(page.status == 200 && page.body.contains("value=\"\(stick.path)\""))
        let reply = try browser.post("/stick", [("carrier", stick.path)])
        #expect(reply.status == 303 && reply.location == "/stick")
        #expect(try rested(browser).body.contains("Rút USB được rồi"))
        #expect(FileManager.default.fileExists(atPath: stick.path + "/doorstep"))
    }

    @Test func `no other path is touched, and a pulled stick is told`() throws {
        let hub = try PagesHub(seed: 452, machine: machine())
        let browser = try hub.browser(of: "hoa")
        _ = try browser.get("/stick")
        for path in ["", "/tmp", "/", stick.path + "/..", "../" + stick.lastPathComponent] {
            let reply = try browser.post("/stick", [("carrier", path)])
            #expect(reply.status == 422 && reply.body.contains("id=\"carrier-error\""), "\(path)")
        }
        try FileManager.default.removeItem(at: stick)
        #expect(try browser.post("/stick", [("carrier", stick.path)]).status == 303)
        let page = try rested(browser)
        #expect(page.body.contains("class=\"notice bad\"") && page.body.contains("Không mất gì"))
    }

    @Test func `behind a proxy, and for those who do not carry data, there is no stick`() throws {
        var proxied = try machine()
        proxied.isBehindProxy = true
        defer { try? FileManager.default.removeItem(at: stick) }
        let hub = try PagesHub(seed: 453, machine: proxied)
        let browser = try hub.browser(of: "hoa")
        #expect(try !browser.get("/sync").body.contains("href=\"/stick\""))
        let page = try browser.get("/stick")
        #expect(page.status == 403 && !page.body.contains(stick.path))
        #expect(try browser.post("/stick", [("carrier", stick.path)]).status == 403)
        #expect(!FileManager.default.fileExists(atPath: stick.path + "/doorstep"))
        let auditor = try hub.browser(of: "an")
        #expect(try auditor.get("/stick").status == 403)
    }

    @Test func `how to trust the node is told to everybody, with its public part alone`() throws {
        let hub = try PagesHub(seed: 454)
        #expect(try hub.browser().get("/trust").body.contains("không cần cài gì"))
        #expect(try hub.browser().get("/trust/doorstep.crt").status == 404)
        var machine = Machine()
        let made = try CertificateAuthority(
            named: "Doorstep test",
            permitting: [],
            now: 1_780_000_000
        )
        let identity = try made.issue(names: ["localhost"], now: 1_780_000_000)
        machine.authority = try identity.authority()
        let other = try PagesHub(seed: 455, machine: machine)
        let page = try other.browser().get("/trust")
        let authority = try #require(machine.authority)
        let digits = authority.digest.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return text.count == 1 ? "0" + text : text
        }.joined(separator: ":")
        #expect(page.status == 200 && page.body.contains(digits))
        // Whoever has installed an earlier one must learn that there is a later.
        #expect(page.body.contains("29/05/2026"))
        for system in ["Android", "iPhone", "Windows", "Linux"] {
            #expect(page.body.contains("<summary>\(system)"))
        }
        let file = try other.browser().get("/trust/doorstep.crt")
        #expect(file.body == made.certificatePEM && !file.body.contains("PRIVATE"))
        #expect(file.header("Content-Type") == "application/x-x509-ca-cert")
        let disposition = file.header("Content-Disposition")
        #expect(disposition == "attachment; filename=\"doorstep.crt\"")
        #expect(file.header("X-Content-Type-Options") == "nosniff")
        let packed = try other.browser().get("/trust/doorstep.crt", ["Accept-Encoding: gzip"])
        #expect(packed.bytes.count <= file.bytes.count)
    }

    @Test func `the design system is shown in debug builds`() throws {
        let page = try PagesHub(seed: 456).browser().get("/ui")
        #expect(page.status == 200 && page.body.contains("class=\"item\""))
    }
}
