import Foundation
import Synthetic
import Terminal
import Testing

/// Erasing on request, and what the next list does.
@Suite struct EraseCommandTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        try Data(SampleList.bytes).write(to: URL(fileURLWithPath: doorstep.path("list.csv")))
        #expect(try importList()["last_erasure"] == .null)
    }

    private func importList() throws -> JSONValue {
        try doorstep("import", "hub", "list.csv", "--create-villages", "--json").json()
    }

    private func someone() throws -> String {
        let found = try doorstep(
            "find",
            "hub",
            "nguyen",
            "--type",
            "resident",
            "--limit",
            "1",
            "--json"
        ).json()
        guard case .array(let records) = found["records"], case .string(let id) = records[0]["id"]
        else {
            Issue.record("nobody is found")
            return ""
        }
        return id
    }

    private func erase(_ id: String, _ more: String...) throws -> Doorstep.Result {
        try doorstep.run(["record", "erase", "hub", id, "--reason", "yêu cầu 12"] + more)
    }

    @Test func `an erasure is said first, then done, and is final`() throws {
        let id = try someone()
        #expect(try doorstep("record", "erase", "hub", id, "--yes").code == 2)
        #expect(try erase(id).code == 0)
        #expect(try doorstep("record", "show", "hub", id).code == 0)
        let before = try doorstep("record", "show", "hub", id, "--json").json()
        guard case .string(let name) = before["record"]?["fields"]?["full_name"] else {
            Issue.record("no name")
            return
        }
        #expect(try erase(id, "--yes").code == 0)
        let after = try doorstep("record", "show", "hub", id, "--json").output
        #expect(!after.contains(name))
        #expect(try doorstep("record", "restore", "hub", id).errors.contains("xóa theo yêu cầu"))
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `whoever was recorded twice is erased twice`() throws {
        let id = try someone()
        let shown = try doorstep("record", "show", "hub", id, "--json").json()
        guard case .string(let home)? = shown["record"]?["fields"]?["household"] else {
            Issue.record("no household: \(shown)")
            return
        }
        let twin = try doorstep(
            "record",
            "add",
            "hub",
            "resident",
            "full_name=Ví Dụ Hai Lần",
            "household=\(home)",
            "birth=1985",
            "sex=male",
            "residence=permanent",
            "presence=here",
            "--json"
        ).json()
        guard case .string(let copy)? = twin["id"] else {
            Issue.record("no twin: \(twin)")
            return
        }
        #expect(try doorstep("duplicate", "merge", "hub", copy, id).code == 0)
        #expect(try erase(id).output.contains("2 bản ghi (1 đã gộp hoặc thuộc về chúng)"))
        #expect(try erase(id, "--yes").code == 0)
        let all = try doorstep("export", "hub", "--type", "resident", "--all", "--format", "jsonl")
        #expect(!all.output.contains("Ví Dụ Hai Lần"))
        #expect(try doorstep("conflict", "list", "hub", "--json").json() == .array([]))
    }

    @Test func `what belongs to somebody is erased with him, and he not without`() throws {
        let id = try someone()
        let benefit = ["benefit", "resident=\(id)", "kind=pension", "channel=bank-own"]
        #expect(try doorstep.run(["record", "add", "hub"] + benefit).code == 0)
        let refusal = try erase(id, "--yes")
        #expect(refusal.code == 1 && refusal.errors.contains("--with-children"))
        #expect(try doorstep("record", "show", "hub", id).code == 0)
        #expect(try erase(id, "--with-children").output.contains("2 bản ghi"))
        #expect(try erase(id, "--with-children", "--yes").code == 0)
        let all = try doorstep("export", "hub", "--type", "benefit", "--all", "--format", "jsonl")
        #expect(!all.output.contains("pension"))
        #expect(try doorstep("conflict", "list", "hub", "--json").json() == .array([]))
        // Nothing is left that would stand in the way, nor anything to erase.
        #expect(try erase(id).code == 0)
    }

    /// The erased person cannot be recognised: nothing of him is left to compare with.
    @Test func `a list that names somebody erased makes him anew, and says so`() throws {
        #expect(try erase(try someone(), "--yes").code == 0)
        let words = ["import", "hub", "list.csv", "--dry-run"]
        #expect(try doorstep.run(words).output.contains("xóa hẳn theo yêu cầu"))
        let report = try importList()
        #expect(report["residents"]?["created"] == 1)
        #expect(report["last_erasure"] != .null)
        // A list that makes nobody brings nobody back.
        #expect(try importList()["last_erasure"] == .null)
    }
}
