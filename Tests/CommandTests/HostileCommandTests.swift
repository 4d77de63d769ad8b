import Foundation
import Node
import Processes
import Replication
import SQLite
import Store
import Synthetic
import Terminal
import Testing

/// Disks, files and folders that are not as they should be.
@Suite struct HostileCommandTests {
    @Test func `a database cut to nothing is refused, not begun anew`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let database = URL(fileURLWithPath: doorstep.path("hub/node.sqlite"))
        for name in ["node.sqlite-wal", "node.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: doorstep.path("hub/\(name)"))
        }
        try Data().write(to: database)
        for words in [["status"], ["verify"], ["rebuild"], ["find", "x"]] {
            let (verb, rest) = (words[0], Array(words.dropFirst()))
            let result = try doorstep.run([verb, "hub"] + rest, language: "en")
            #expect(result.code == 1, "\(verb)")
            #expect(result.errors.contains("holds no node: restore a backup"), "\(verb)")
        }
        #expect(try Data(contentsOf: database).isEmpty)
        let doctor = try doorstep.run(["doctor", "hub"], language: "en")
        #expect(doctor.code == 4 && doctor.output.contains("holds no node"))
    }

    @Test func `another programme's database is left as it is`() throws {
        let doorstep = try Doorstep()
        try FileManager.default.createDirectory(
            atPath: doorstep.path("n"),
            withIntermediateDirectories: true
        )
        let path = doorstep.path("n/node.sqlite")
        try Connection(path: path, mode: .readWriteCreate).execute(
            "CREATE TABLE diary(page TEXT) STRICT; PRAGMA user_version = 1"
        )
        #expect(try doorstep("status", "n").code == 1)
        let tables = try Connection(path: path, mode: .readOnly)
            .prepare("SELECT count(*) FROM sqlite_schema").first { $0.integer(0) }
        #expect(tables == 1)
    }

    /// Runs the command where no file may grow beyond so many blocks of 512 bytes.
    private func limited(
        _ doorstep: Doorstep,
        blocks: Int,
        _ line: String
    ) throws -> (code: Int32, errors: String) {
        let command = "'\(Doorstep.command.path)' \(line) 2>&1 >/dev/null"
        let process = ChildProcess(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "trap '' XFSZ; ulimit -f \(blocks); exec \(command)"],
            in: doorstep.folder
        )
        let (code, errors) = try process.collect()
        return (code, String(decoding: errors, as: UTF8.self))
    }

    @Test func `a node that cannot be made whole leaves nothing behind`() throws {
        let doorstep = try Doorstep()
        for blocks in [0, 8, 64] {
            let result = try limited(
                doorstep,
                blocks: blocks,
                "init a/b/hub --hub --commune 48/21004 --name X"
            )
            #expect(result.code == 1, "\(blocks)")
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: doorstep.path("a")), "\(blocks)")
        }
        #expect(
            try doorstep("init", "a/b/hub", "--hub", "--commune", "48/21004", "--name", "X").code
                == 0
        )
    }

    @Test func `a full disk under an export or a bundle leaves no half file`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let words = ["import", "hub", "-", "--create-villages"]
        _ = try doorstep.run(words, input: SampleList.bytes)
        let result = try limited(doorstep, blocks: 256, "export hub --format jsonl --to all.jsonl")
        #expect(result.code == 1 && result.errors.contains("all.jsonl"))
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("all.jsonl")))
        let names = try FileManager.default.contentsOfDirectory(atPath: doorstep.folder.path)
        #expect(names.filter { !$0.hasPrefix(".std") } == ["hub"])
    }

    @Test func `output that cannot be written is an error in both languages`() throws {
        for (language, words) in [("vi", "không ghi được"), ("en", "could not be written")] {
            let command = "'\(Doorstep.command.path)' --help --lang \(language) 2>&1 >/dev/full"
            let process = ChildProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", command])
            let (code, errors) = try process.collect()
            #expect(code == 1)
            #expect(String(decoding: errors, as: UTF8.self).contains(words))
        }
    }

    @Test func `a recovery key that could not be shown is no recovery key`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let command = "'\(Doorstep.command.path)' backup hub b1.bak --new-key >/dev/full"
        let process = ChildProcess(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", command],
            in: doorstep.folder
        )
        let (code, _) = try process.collect()
        #expect(code == 1)
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("b1.bak")))
        let second = try doorstep("backup", "hub", "b2.bak")
        #expect(second.code == 1 && second.errors.contains("--new-key"))
    }

    @Test func `a damaged page ends with the code of a failed check`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        try Data(String(repeating: "no database at all; ", count: 500).utf8)
            .write(to: URL(fileURLWithPath: doorstep.path("hub/node.sqlite")))
        for name in ["node.sqlite-wal", "node.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: doorstep.path("hub/\(name)"))
        }
        let result = try doorstep.run(["verify", "hub"], language: "en")
        #expect(result.code == 4)
        #expect(result.errors.contains("restore a backup"))
    }

    @Test func `files that are something else are told apart`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        try Data("a,b\n".utf8).write(to: URL(fileURLWithPath: doorstep.path("list.csv")))
        for (words, reason) in [
            (["bundle", "read", "hub", "list.csv"], "no bundle of Doorstep"),
            (["node", "approve", "hub", "list.csv", "x"], "certificate"),
            (["bundle", "write", "hub", "x"], "--to"),
            (["bundle", "write", "hub", "x", "--to", "Thôn A"], "node list"),
            (["village", "add", "hub", "!!!"], "--path"),
            (["village", "add", "hub", "A", "--path", "../x"], "write 48/21004/ and a name of"),
            (["village", "add", "hub", "A", "--path", "48/21004/../x"], "such as 48/21004/thon-1"),
        ] {
            let result = try doorstep.run(words, language: "en")
            #expect(result.code == 1 && result.errors.contains(reason), "\(words): \(result)")
            #expect(!FileManager.default.fileExists(atPath: doorstep.path("x")))
        }
    }

    @Test func `no output takes the place of a node's database`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        for words in [
            ["export", "hub", "--type", "unit", "--to", "hub/node.sqlite"],
            [
                "enrol", "hub", "--request", "hub/node.sqlite", "--name", "a", "--scope",
                "48/21004/a",
            ],
        ] {
            let result = try doorstep.run(words)
            #expect(result.code == 1 && result.errors.split(separator: "\n").count == 1)
            #expect(try doorstep("verify", "hub").code == 0, "\(words)")
        }
    }

    @Test func `an error quotes no more than a line, and nothing that steers the terminal`() throws
    {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let long = "\u{1b}[2J" + String(repeating: "x", count: 100_000)
        for words in [
            ["village", "add", "hub", "A", "--path", long],
            ["find", "hub", "x", "--village", long],
            ["--as", long, "village", "add", "hub", "A"], ["status", long],
            ["init", "n", "--hub", "--commune", long, "--name", "A"],
        ] {
            let errors = try doorstep.run(words).errors
            #expect(errors.count < 700 && !errors.contains("\u{1b}"))
        }
    }

    @Test func `an export for programmes is JSON, and goes into a folder that is there`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep.add("unit", "kind=school", "name=Trường A", "state=open")
        let line = try doorstep("export", "hub", "--type", "unit", "--json")
        #expect(try line.json()["type"] == "unit")
        try FileManager.default.createDirectory(
            atPath: doorstep.path("out"),
            withIntermediateDirectories: true
        )
        #expect(try doorstep("export", "hub", "--type", "unit", "--to", "out").code == 0)
        #expect(FileManager.default.fileExists(atPath: doorstep.path("out/unit.csv")))
    }

    @Test func `a backup that is not there is told before a key is asked for`() throws {
        let result = try Doorstep().run(["restore", "nowhere", "new"], language: "en")
        #expect(result.code == 1 && result.errors.contains("there is no such path"))
    }

    @Test func `a bundle cut short is refused with what to do, and what it held is kept`() throws {
        let two = try TwoNodes()
        var bytes: [UInt8] = []
        try two.village.store.request(software: "test") { bytes += $0 }
        let cut = Data(bytes.prefix(bytes.count / 2))
        try cut.write(to: URL(fileURLWithPath: two.doorstep.path("b")))
        let result = try two.doorstep("bundle", "read", "hub", "b")
        #expect(result.code == 3)
        #expect(result.errors.contains("gói chưa đủ: chép lại"))
    }

    @Test func `a bundle of which something is refused does not end well`() throws {
        let two = try TwoNodes()
        _ = try two.village.addRecord("household", [FieldInput("state", "occupied")])
        let store = two.village.store
        try store.seal(TwoNodes.scope)
        try store.db.execute(
            """
            UPDATE segment SET signature = zeroblob(64)
            WHERE arrival = (SELECT max(arrival) FROM segment)
            """
        )
        var bytes: [UInt8] = []
        try store.request(software: "test") { bytes += $0 }
        try Data(bytes).write(to: URL(fileURLWithPath: two.doorstep.path("b")))
        let result = try two.doorstep.run(["bundle", "read", "hub", "b"], language: "en")
        #expect(result.code == 3)
        #expect(result.errors.contains("signature"))
        let hub = try two.hub().certificate().node
        let inbox = two.doorstep.path("stick/doorstep/\(hub)")
        try FileManager.default.createDirectory(
            atPath: inbox,
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: URL(fileURLWithPath: "\(inbox)/x.bundle"))
        #expect(try two.doorstep("sync", "hub", "stick").code == 3)
    }
}

/// What a person at a terminal sees, and a programme behind a pipe does not.
@Suite struct TerminalCommandTests {
    @Test func `a terminal gets colours, unless it asks for none`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let escape = "\u{1b}["
        #expect(try doorstep.onTerminal("status hub").contains(escape))
        #expect(try !doorstep.onTerminal("status hub", "NO_COLOR=1").contains(escape))
        #expect(try doorstep.onTerminal("status hub", "NO_COLOR=").contains(escape))
        #expect(try !doorstep.onTerminal("status hub", "TERM=dumb").contains(escape))
        #expect(try !doorstep("status", "hub").output.contains(escape))
        #expect(try doorstep.onTerminal("status nowhere").contains(escape))
    }

    @Test func `an empty list is a sentence on a terminal, and bare titles behind a pipe`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        #expect(try doorstep.onTerminal("conflict list hub").contains("Không có gì chờ quyết định"))
        #expect(try doorstep.onTerminal("find hub x --lang en").contains("Nothing found"))
        #expect(try doorstep("find", "hub", "x").lines.count == 1)
    }

    @Test func `the next step is suggested to people only`() throws {
        let doorstep = try Doorstep()
        #expect(try doorstep.onTerminal("init n").contains("Tiếp theo: "))
        #expect(try !doorstep("init", "m").output.contains("Tiếp theo"))
        #expect(try !doorstep.onTerminal("init k --json").contains("Tiếp theo"))
    }

    @Test func `who writes is the user of the machine, where the environment names none`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let line = "record add hub unit kind=school name=A state=open"
        let id = try doorstep.onTerminal(line, "-u", "USER", "-u", "LOGNAME")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let history = try doorstep("record", "history", "hub", id, "--json").json()
        guard case .array(let changes) = history else {
            Issue.record("no history")
            return
        }
        #expect(!changes.isEmpty && changes.allSatisfy { $0["author"] == .string(NSUserName()) })
    }
}
