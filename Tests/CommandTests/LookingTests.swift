import Foundation
import Node
import Synthetic
import Terminal
import Testing

/// Verbs that look at a node and change nothing in it.
@Suite(.serialized) struct LookingTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        try Data(SampleList.bytes).write(to: URL(fileURLWithPath: doorstep.path("list.csv")))
        _ = try doorstep(
            "import",
            "hub",
            "list.csv",
            "--create-villages",
            "--accept-proposals"
        )
        try FileManager.default.copyItem(
            atPath: doorstep.path("hub"),
            toPath: doorstep.path("copy")
        )
    }

    private func accesses(_ folder: String) throws -> Int {
        let entries = try doorstep("access", "list", folder, "--json").json()
        guard case .array(let rows) = entries else { return -1 }
        return rows.count
    }

    /// Everything in a folder, by name.
    private func content(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: doorstep.path(folder)) {
            files[name] = FileManager.default.contents(atPath: doorstep.path("\(folder)/\(name)"))
        }
        return files
    }

    /// Without persons' data, so that nothing goes to the access log.
    private static let plain: [[String]] = [
        ["status"], ["coverage"], ["coverage", "--as-of", "2026-01-01"], ["verify"], ["doctor"],
        ["village", "list"], ["node", "list"], ["user", "list"], ["setting", "list"],
        ["access", "list"], ["conflict", "list"], ["differences"],
        ["export", "--type", "village"],
    ]

    @Test(arguments: plain)
    func `a copy that is looked at stays what it is, and says that it is a copy`(
        _ words: [String]
    ) throws {
        let before = try content("copy")
        let verb = words.prefix { !$0.hasPrefix("-") }
        let result = try doorstep.run(
            verb + ["copy"] + words.dropFirst(verb.count) + ["--lang", "en"]
        )
        #expect(result.code == 0 || words == ["doctor"])
        #expect(result.errors.contains("the next change will begin fresh logs"))
        #expect(try content("copy") == before)
    }

    @Test(arguments: plain)
    func `a medium that may only be read is enough to look at a node`(
        _ words: [String]
    ) throws {
        let before = try content("hub")
        try set(0o400, 0o500, "hub")
        defer { try? set(0o600, 0o700, "hub") }
        let verb = words.prefix { !$0.hasPrefix("-") }
        let result = try doorstep.run(verb + ["hub"] + words.dropFirst(verb.count))
        #expect(result.code == 0 || words == ["doctor"])
        #expect(try content("hub") == before)
    }

    private func set(_ file: Int, _ own: Int, _ folder: String) throws {
        let files = FileManager.default
        let path = doorstep.path(folder)
        try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        for name in try files.contentsOfDirectory(atPath: path) {
            try files.setAttributes(
                [.posixPermissions: file],
                ofItemAtPath: "\(path)/\(name)"
            )
        }
        try files.setAttributes([.posixPermissions: own], ofItemAtPath: path)
    }

    @Test func `reading of persons in a copy is logged, as its first change`() throws {
        let before = try accesses("copy")
        let found = try doorstep("find", "copy", "nguyen", "--lang", "en", "--as", "minh")
        #expect(found.code == 0 && found.errors.contains("the next change will begin fresh logs"))
        #expect(try accesses("copy") == before + 1)
        // It has begun logs of its own by now, and is no copy any more.
        #expect(try !doorstep("status", "copy", "--lang", "en").errors.contains("fresh logs"))
        #expect(try doorstep("verify", "copy").code == 0)
    }

    @Test(arguments: [["check"], ["missing", "id-card"], ["export", "--type", "resident"]])
    func `lists with names go to the access log`(_ words: [String]) throws {
        let before = try accesses("hub")
        let rest = words.dropFirst() + ["--as", "minh"]
        #expect(try doorstep.run([words[0], "hub"] + rest).code == 0)
        #expect(try accesses("hub") == before + 1)
    }

    @Test func `a journal that a crash left stays beside the file`() throws {
        let node = try LocalNode(opening: NodeFolder(doorstep.path("hub")), user: "lan")
        _ = try node.addVillage("Thôn Chín")
        try FileManager.default.copyItem(
            atPath: doorstep.path("hub"),
            toPath: doorstep.path("torn")
        )
        try FileManager.default.removeItem(atPath: doorstep.path("torn/node.sqlite-shm"))
        withExtendedLifetime(node) {}
        let before = try content("torn")
        #expect(before["node.sqlite-wal"]?.isEmpty == false)
        #expect(try doorstep("village", "list", "torn").output.contains("Thôn Chín"))
        var after = try content("torn")
        after["node.sqlite-shm"] = nil
        #expect(after == before)
    }
}
