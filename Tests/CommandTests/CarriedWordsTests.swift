import Foundation
import Terminal
import Testing

/// What is said of bundles that ask for nothing, of lists that were looked at, and of users who move.
@Suite struct CarriedWordsTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        for name in ["Mẫu 1", "Mẫu 2"] { _ = try doorstep("village", "add", "hub", name) }
    }

    @Test func `a reply is read without an answer, and that is said`() throws {
        let scope = "48/21004/mau-1"
        _ = try doorstep("init", "thon")
        _ = try doorstep.run(
            ["enrol", "thon", "--request", "r", "--name", "Thôn", "--scope", scope]
        )
        _ = try doorstep("node", "approve", "hub", "r", "c", "--scope", scope)
        try #require(try doorstep("enrol", "thon", "--certificate", "c").code == 0)
        _ = try doorstep("bundle", "write", "thon", "up")
        try #require(try doorstep("bundle", "read", "hub", "up", "--answer", "down").code == 0)
        let read = try doorstep("bundle", "read", "thon", "down", "--answer", "more")
        #expect(read.code == 0 && read.errors.contains("không có gì để trả lời"), "\(read)")
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("more")))
    }

    @Test func `lists that were looked at are named as people know them`() throws {
        let home = try doorstep.add(
            "household",
            "state=occupied",
            "address=Tổ 1",
            village: "Mẫu 1"
        )
        #expect(try doorstep("missing", "hub", "vneid-level2", "--as", "minh").code == 0)
        #expect(try doorstep("record", "show", "hub", home, "--as", "minh").code == 0)
        let table = try doorstep("access", "list", "hub", "--user", "minh").output
        #expect(table.contains("lệnh") && !table.contains("command"), "\(table)")
        #expect(!table.contains("vneid-level2"), "\(table)")
        let json = try doorstep("access", "list", "hub", "--user", "minh", "--json").output
        #expect(json.contains("\"command\""))
    }

    @Test func `whoever moves a user is told where a code is needed`() throws {
        _ = try doorstep.run(
            [
                "user", "add", "hub", "tam", "--full-name", "Ví Dụ", "--role", "field-staff",
                "--village", "Mẫu 1",
            ]
        )
        let moved = try doorstep("user", "set", "hub", "tam", "--village", "Mẫu 2")
        #expect(moved.code == 0)
        #expect(moved.errors.contains("doorstep user reset hub tam --village 'Mẫu 2'"), "\(moved)")
        let again = try doorstep("user", "set", "hub", "tam", "--full-name", "Ví Dụ Hai", "--json")
        #expect(try again.json()["needs_code"] == .array([.string("48/21004/mau-2")]))
        let reset = try doorstep("user", "reset", "hub", "tam", "--village", "Mẫu 2")
        #expect(reset.code == 0, "\(reset)")
        let last = try doorstep("user", "set", "hub", "tam", "--full-name", "Ví Dụ", "--json")
        #expect(try last.json()["needs_code"] == .array([]))
    }
}
