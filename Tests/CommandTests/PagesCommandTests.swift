import Foundation
import HTTP
import Terminal
import Testing

/// The whole road of a new village by an officer's pages, over TLS, every part a process.
@Suite struct PagesCommandTests {
    let doorstep: Doorstep
    static let password = "ba chiếc ghe nhỏ"

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
    }

    private func addUser(_ name: String, _ words: String...) throws {
        let result = try doorstep.run(
            ["user", "add", "hub", name, "--full-name", "Ví Dụ", "--password-stdin"] + words,
            input: Array((Self.password + "\n").utf8)
        )
        #expect(result.code == 0, "\(result.errors)")
    }

    @Test func `a node that nobody has enrolled says how that is done`() throws {
        #expect(try doorstep("init", "thon").code == 0)
        let served = try ServedHub(doorstep, folder: "thon")
        let browser = TLSBrowser(served)
        #expect(try browser.location(of: "/") == "/sign-in")
        #expect(try browser.page("/sign-in").contains("doorstep enrol"))
        #expect(try browser.signIn("lan", Self.password) == nil)
        #expect(served.stop() == 0)
    }

    @Test func `sign in, invite, enrol, approve, sync: the figures show it`() throws {
        try addUser("hoa", "--role", "commune-officer")
        try addUser("mai", "--role", "field-staff", "--village", "Mẫu 1")
        let hub = try ServedHub(doorstep)
        let officer = TLSBrowser(hub)
        #expect(try officer.signIn("hoa", Self.password) == "/")
        _ = try officer.page("/nodes/new")
        let scope = try #require(officer.value("village", in: officer.last))
        let shown = try officer.send("/nodes/new", [("name", "Máy Mẫu 1"), ("village", scope)])
        let invitation = try officer.page(try #require(shown))
        let text = try #require(
            invitation.split(whereSeparator: { $0 == " " || $0 == "<" })
                .first { $0.hasPrefix("DOORSTEP:") }
        )
        let waiting = try doorstep("enrol", "thon", String(text), "--wait", "0", "--json")
        #expect(waiting.code == 3, "\(waiting.errors)")
        guard case .string(let comparison)? = try waiting.json()["comparison"] else {
            Issue.record("no number to compare")
            return
        }
        let list = try officer.page("/nodes")
        #expect(list.contains(comparison))
        let waits = try #require(
            list.components(separatedBy: "href=\"").map { $0.prefix { $0 != "\"" } }
                .first { $0.hasPrefix("/nodes/waiting/") }
        )
        _ = try officer.page(String(waits))
        let approval = [("do", "approve"), ("comparison", comparison)]
        let told = try officer.send(String(waits), approval)
        #expect(told?.hasPrefix("/nodes?done=approved.") == true)
        #expect(try doorstep("enrol", "thon", "--json").code == 0)
        let house = try doorstep(
            "record",
            "add",
            "thon",
            "household",
            "state=occupied",
            "address=Tổ 1"
        )
        #expect(house.code == 0, "\(house.errors)")
        #expect(try officer.page("/coverage").contains("<b>0</b><span>Hộ</span>"))
        #expect(try doorstep("sync", "thon").code == 0)
        // The last figures are shown while others are counted.
        #expect(try officer.page("/coverage").contains("đếm lúc "))
        #expect(try officer.page("/coverage", holds: "<b>1</b><span>Hộ</span>"))
        let village = try ServedHub(doorstep, folder: "thon")
        let staff = TLSBrowser(village)
        #expect(try staff.signIn("mai", Self.password) == "/")
        #expect(try staff.page("/").contains("Đã gửi hết"))
        #expect(try staff.page("/coverage").contains("<b>1</b><span>Hộ</span>"))
        #expect(village.stop() == 0 && hub.stop() == 0)
        let log = try hub.logged()
        #expect(!log.contains("hoa") && !log.contains("Mẫu") && !log.contains("level=error"))
    }

    @Test func `a session outlives a killed hub`() throws {
        try addUser("hoa", "--role", "commune-officer")
        var hub = try ServedHub(doorstep)
        let officer = TLSBrowser(hub)
        #expect(try officer.signIn("hoa", Self.password) == "/")
        hub.kill()
        hub = try ServedHub(doorstep)
        officer.address = hub.address
        #expect(try officer.page("/nodes").contains("href=\"/nodes/new\""))
        #expect(hub.stop() == 0)
    }
}
