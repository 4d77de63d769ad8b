import Foundation
import Processes
import Terminal
import Testing

@Suite struct BasicTests {
    @Test func `a hub is made once, for its owner only`() throws {
        let doorstep = try Doorstep()
        let words = ["init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Tam Mỹ"]
        let made = try doorstep.run(words + ["--json"])
        #expect(made.code == 0)
        #expect(try made.json()["scope"] == "48/21004")
        let attributes = try FileManager.default.attributesOfItem(
            atPath: doorstep.path("hub/node.sqlite")
        )
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let again = try doorstep.run(words)
        #expect(again.code == 1)
        #expect(again.errors.contains("đã có"))
        #expect(try doorstep.run(words, language: "en").errors.contains("exists already"))
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `a hub with a wrong scope leaves nothing behind`() throws {
        let doorstep = try Doorstep()
        for commune in ["Tam Mỹ", "48//1", "/48", "48/", "../48", ""] {
            let made = try doorstep("init", "hub", "--hub", "--commune", commune, "--name", "X")
            #expect(made.code != 0, "\(commune)")
            #expect(!FileManager.default.fileExists(atPath: doorstep.path("hub")), "\(commune)")
        }
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let words: [String]
        let code: Int32
        var testDescription: String { words.joined(separator: " ") }

        init(_ words: String..., code: Int32) {
            self.words = words
            self.code = code
        }
    }

    @Test(arguments: [
        Mistake(code: 2), Mistake("fnid", code: 2), Mistake("find", code: 2),
        Mistake("find", "hub", code: 2), Mistake("find", "hub", "x", "--limit", "0", code: 2),
        Mistake("find", "hub", "x", "--lang", "fr", code: 2),
        Mistake("find", "hub", "x", "--type", "nothing", code: 1),
        Mistake("find", "hub", "x", "--village", "nowhere", code: 1),
        Mistake("find", "nowhere", "x", code: 1), Mistake("status", "/dev/null", code: 1),
        Mistake("record", "show", "hub", "x", code: 2),
        Mistake("record", "show", "hub", "0000000000000000-1", code: 1),
        Mistake("record", "add", "hub", "household", "state", code: 2),
        Mistake("record", "add", "hub", "household", "=x", code: 2),
        Mistake("record", "add", "hub", "household", "nofield=x", code: 1),
        Mistake("record", "add", "hub", "household", "state=a", "state=b", code: 1),
        Mistake("record", "add", "hub", "nothing", "a=b", code: 1),
        Mistake("record", "delete", "hub", "0000000000000000-1", code: 2),
        Mistake("import", "hub", "nowhere.csv", code: 1),
        Mistake("import", "hub", "/dev/zero", code: 1), Mistake("import", "hub", ".", code: 1),
        Mistake("export", "hub", code: 2),
        Mistake("export", "hub", "--type", "nothing", code: 1),
        Mistake("coverage", "hub", "--indicator", "nothing", code: 1),
        Mistake("coverage", "hub", "--as-of", "2026-02-30", code: 2),
        Mistake("missing", "hub", "nothing", code: 1),
        Mistake("conflict", "show", "hub", "0000000000000000-1", code: 1),
        Mistake("conflict", "resolve", "hub", "0000000000000000-1", code: 2),
        Mistake("conflict", "resolve", "hub", "0000000000000000-1", "--keep", code: 2),
        Mistake(
            "conflict",
            "resolve",
            "hub",
            "0000000000000000-1",
            "--keep",
            "--seen",
            "0123456789ABCDEF",
            code: 2
        ),
        Mistake(
            "conflict",
            "resolve",
            "hub",
            "0000000000000000-1",
            "--keep",
            "--seen",
            "0123456789abcdef",
            code: 1
        ),
        Mistake("duplicate", "merge", "hub", "0000000000000000-1", "0000000000000000-2", code: 1),
        Mistake("figure", "add", "hub", "nothing", "period=2026", code: 1),
        Mistake("village", "add", "hub", "", code: 1),
        Mistake("village", "add", "hub", "Thôn A", "--path", "49/1/a", code: 1),
        Mistake("find", "hub", "\u{1b}[31m\u{7}", "--village", "\u{1b}]0;x\u{7}", code: 1),
    ])
    func `mistakes end with their code and one line that says what to do`(
        _ mistake: Mistake
    ) throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let result = try doorstep.run(mistake.words)
        #expect(result.code == mistake.code, "\(result.errors)")
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(result.errors)")
        #expect(lines.first?.hasPrefix("doorstep: ") == true)
    }

    @Test(arguments: [
        ["status"], ["verify"], ["rebuild"], ["find", "x"], ["village", "list"],
        ["conflict", "list"], ["duplicate", "list"], ["coverage"], ["missing", "id-card"],
    ])
    func `verbs that print data print JSON on demand`(_ verb: [String]) throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        // The folder follows the words of the verb.
        let isGroup = ["village", "conflict", "duplicate"].contains(verb[0])
        var words = verb
        words.insert("hub", at: isGroup ? 2 : 1)
        let result = try doorstep.run(words + ["--json"])
        #expect(result.code == 0)
        #expect(result.errors.isEmpty)
        _ = try result.json()
    }

    @Test func `a damaged file ends with the code of a failed check`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let home = try doorstep.add("unit", "kind=school", "name=Trường A", "state=open")
        #expect(!home.isEmpty)
        let result = try doorstep.breakFile("UPDATE unit SET name = 'Trường B'")
        #expect(result.code == 4)
        #expect(result.errors.contains("doorstep rebuild"))
        #expect(try doorstep("rebuild", "hub").code == 0)
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `a reader that goes away is no failure`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let process = ChildProcess(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "'\(Doorstep.command.path)' coverage hub | head -1; exit ${PIPESTATUS:-0}"],
            in: doorstep.folder
        )
        #expect(try process.collect().code == 0)
    }
}
