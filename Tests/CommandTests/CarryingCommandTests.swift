import Foundation
import Terminal
import Testing

/// What leaves a village's node by its pages: to the hub at once, and by a stick.
@Suite struct CarryingCommandTests {
    private static let password = "ba chiếc ghe nhỏ"
    private let doorstep: Doorstep
    private let hub: ServedHub

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        let added = try doorstep.run(
            [
                "user", "add", "hub", "mai", "--full-name", "Ví Dụ", "--password-stdin", "--role",
                "field-staff", "--village", "Mẫu 1",
            ],
            input: Array((Self.password + "\n").utf8)
        )
        try #require(added.code == 0, "\(added.errors)")
        hub = try ServedHub(doorstep)
        let invited = try doorstep(
            "node",
            "invite",
            "hub",
            "--name",
            "Thôn Mẫu 1",
            "--scope",
            "Mẫu 1",
            "--trust-code",
            "--json"
        ).json()
        guard case .string(let invitation)? = invited["text"] else {
            Issue.record("no invitation")
            return
        }
        let enrolled = try doorstep("enrol", "thon", invitation)
        try #require(enrolled.code == 0, "\(enrolled.errors)")
        try #require(try doorstep("sync", "thon").code == 0)
    }

    private func addHousehold() throws {
        let added = try doorstep(
            "record",
            "add",
            "thon",
            "household",
            "state=occupied",
            "address=Tổ 1"
        )
        try #require(added.code == 0, "\(added.errors)")
    }

    @Test func `a sync that is asked for runs at once, and its end is told`() throws {
        try addHousehold()
        let village = try ServedHub(doorstep, folder: "thon")
        let staff = TLSBrowser(village)
        #expect(try staff.signIn("mai", Self.password) == "/")
        // The node's own first sync is over: the next one of itself is a quarter of an hour away.
        #expect(try staff.page("/sync", holds: "<dd>0 thay đổi</dd>"))
        #expect(try staff.page("/sync", holds: ">tốt<"))
        let asked = try #require(try staff.send("/sync", []))
        #expect(asked.hasPrefix("/sync?asked="))
        #expect(try staff.page(asked, holds: "Đã đồng bộ xong."))
        #expect(hub.stop() == 0)
        _ = try staff.page("/sync")
        let failed = try #require(try staff.send("/sync", []))
        #expect(try staff.page(failed, holds: "Không tới được máy xã"))
        #expect(try staff.page("/coverage").contains("class=\"sync bad\""))
        #expect(village.stop() == 0)
    }

    @Test func `a stick is written and read from the machine itself`() throws {
        #expect(hub.stop() == 0)
        try addHousehold()
        let usb = doorstep.path("usb")
        try FileManager.default.createDirectory(atPath: usb, withIntermediateDirectories: true)
        let village = try ServedHub(doorstep, folder: "thon", ["--carrier", "usb"])
        let staff = TLSBrowser(village)
        #expect(try staff.signIn("mai", Self.password) == "/")
        #expect(try staff.page("/sync").contains("href=\"/stick\""))
        let page = try staff.page("/stick")
        let carrier = try #require(
            page.components(separatedBy: "<option value=\"").map { $0.prefix { $0 != "\"" } }
                .first { $0.hasSuffix("/usb") }
        )
        #expect(try staff.send("/stick", [("carrier", String(carrier))]) == "/stick")
        #expect(try staff.page("/stick", holds: "Rút USB được rồi"))
        #expect(staff.last.contains("byte cho"))
        let taken = try doorstep("sync", "hub", "usb", "--json")
        #expect(taken.code == 0, "\(taken.errors)")
        #expect(try doorstep("find", "hub", "Tổ 1", "--json").json()["total"] == 1)
        _ = try staff.page("/stick")
        #expect(try staff.send("/stick", [("carrier", String(carrier))]) == "/stick")
        #expect(try staff.page("/stick", holds: "Đã nhận "))
        #expect(village.stop() == 0)
        #expect(try !village.logged().contains("usb"))
    }
}
