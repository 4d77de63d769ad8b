import Foundation
import Terminal
import Testing

/// Users and the access log through the built command.
@Suite struct UserCommandTests {
    private func hub(
        _ words: String...,
        input: String = ""
    ) throws -> (
        doorstep: Doorstep, result: Doorstep.Result
    ) {
        let doorstep = try Doorstep()
        let made = try doorstep.run(
            ["init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Tam Mỹ"] + words,
            input: Array(input.utf8)
        )
        return (doorstep, made)
    }

    @Test func `a hub is made with an administrator and a code for the first sign-in`() throws {
        let (doorstep, made) = try hub("--json")
        let json = try made.json()
        #expect(json["admin"] == "lan")
        guard case .string(let code) = json["code"] else {
            Issue.record("no code in \(made.output)")
            return
        }
        #expect(code.utf8.count == 11)
        let users = try doorstep("user", "list", "hub", "--lang", "en")
        #expect(users.lines.last == "lan\tlan\tAdministrator\t\tactive")
        #expect(!users.output.contains(code))
    }

    @Test func `the administrator's password comes from standard input`() throws {
        let words = ["--admin", "minh", "--password-stdin", "--json"]
        let (doorstep, made) = try hub(
            words[0],
            words[1],
            words[2],
            words[3],
            input: "ba chiếc ghe nhỏ\nsecond line\n"
        )
        #expect(made.code == 0, "\(made.errors)")
        #expect(try made.json()["code"] == .null)
        let file = try Data(contentsOf: URL(fileURLWithPath: doorstep.path("hub/node.sqlite")))
        let journal = try? Data(
            contentsOf: URL(fileURLWithPath: doorstep.path("hub/node.sqlite-wal"))
        )
        #expect((file + (journal ?? Data())).range(of: Data("ba chiếc ghe nhỏ".utf8)) == nil)
    }

    @Test(arguments: ["short\n", "lan-nguyen\n", "12345678\n", ""])
    func `a password that will not do makes no hub`(input: String) throws {
        let (doorstep, made) = try hub("--admin", "lan-nguyen", "--password-stdin", input: input)
        #expect(made.code == 1)
        #expect(made.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("hub")))
    }

    @Test func `users are added, changed, blocked and given codes`() throws {
        let (doorstep, _) = try hub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        let added = try doorstep(
            "user",
            "add",
            "hub",
            "hoa",
            "--role",
            "field-staff",
            "--village",
            "Mẫu 1",
            "--full-name",
            "Trần Thị Ví Dụ",
            "--hours",
            "72",
            "--json"
        )
        #expect(added.code == 0, "\(added.errors)")
        #expect(try added.json()["hours"] == .integer(72))
        let again = try doorstep("user", "add", "hub", "hoa", "--role", "auditor", "--lang", "en")
        #expect(again.code == 1 && again.errors.contains("already"))
        #expect(try doorstep("user", "set", "hub", "hoa", "--role", "village-lead").code == 0)
        #expect(try doorstep("user", "block", "hub", "hoa").code == 0)
        let users = try doorstep("user", "list", "hub", "--json").json()
        guard case .array(let all) = users, let hoa = all.first else {
            Issue.record("no users")
            return
        }
        #expect(hoa["name"] == "hoa" && hoa["role"] == "village-lead" && hoa["blocked"] == true)
        #expect(hoa["villages"] == .array(["48/21004/mau-1"]))
        #expect(try doorstep("user", "unblock", "hub", "hoa").code == 0)
        let codes = try (0..<2).map { _ in
            try doorstep("user", "reset", "hub", "hoa", "--json").json()["code"]
        }
        #expect(codes[0] != codes[1])
        let set = try doorstep(
            "user",
            "passwd",
            "hub",
            "hoa",
            "--password-stdin",
            input: Array("ghe nhỏ ba chiếc".utf8)
        )
        #expect(set.code == 0, "\(set.errors)")
        #expect(try doorstep("user", "passwd", "hub", "hoa").errors.contains("--password-stdin"))
        let last = try doorstep("user", "block", "hub", "lan", "--lang", "en")
        #expect(last.code == 1 && last.errors.contains("last administrator"))
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `the access log names who has looked at whom`() throws {
        let (doorstep, _) = try hub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        let home = try doorstep.add(
            "household",
            "state=occupied",
            "address=Tổ 3",
            village: "Mẫu 1"
        )
        _ = try doorstep("record", "show", "hub", home)
        for verb in ["show", "history", "show"] {
            #expect(try doorstep("record", verb, "hub", home, "--as", "minh").code == 0)
        }
        _ = try doorstep("find", "hub", "to 3", "--as", "hoa")
        let export = try doorstep(
            "export",
            "hub",
            "--type",
            "household",
            "--as",
            "hoa",
            "--reason",
            "báo cáo"
        )
        #expect(export.code == 0)
        let entries = try doorstep("access", "list", "hub", "--json").json()
        guard case .array(let all) = entries else {
            Issue.record("no list")
            return
        }
        let found = all.reversed().map { [$0["who"], $0["action"], $0["record"], $0["reason"]] }
        #expect(
            found == [
                ["minh", "show", .string(home), .null], ["minh", "history", .string(home), .null],
                ["hoa", "find", .null, .null], ["hoa", "export", .null, "báo cáo"],
            ]
        )
        let table = try doorstep("access", "list", "hub", "--user", "minh", "--record", home)
        #expect(table.lines.count == 3)
        let later = try doorstep("access", "list", "hub", "--since", "2999-01-01")
        #expect(later.lines.count == 1)
    }
}
