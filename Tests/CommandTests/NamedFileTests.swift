import Foundation
import Terminal
import Testing

/// What a verb writes where a person says takes nobody's file away.
@Suite struct NamedFileTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Thôn A")
        _ = try doorstep("init", "thon")
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: doorstep.path(name)))
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: doorstep.path(name), encoding: .utf8)
    }

    /// Verbs whose last word is the file that they write.
    private func verbs() throws -> [[String]] {
        let request = ["enrol", "thon", "--name", "Máy A", "--scope", "48/21004/thon-a"]
        _ = try doorstep.run(request + ["--request", "thon.req"])
        let scope = ["--scope", "48/21004/thon-a"]
        let approved = try doorstep.run(
            ["node", "approve", "hub", "thon.req", "thon.cert"] + scope
        )
        #expect(approved.code == 0)
        _ = try doorstep("enrol", "thon", "--certificate", "thon.cert")
        _ = try doorstep("bundle", "write", "thon", "thon.bundle")
        _ = try doorstep("init", "other")
        return [
            ["export", "hub", "--type", "village", "--to"],
            ["export", "hub", "--type", "village", "--raw", "--to"],
            ["export", "hub", "--type", "village", "--lang", "en", "--to"],
            ["export", "hub", "--type", "village", "--format", "jsonl", "--to"],
            ["export", "hub", "--type", "unit", "--format", "jsonl", "--to"],
            ["bundle", "write", "hub", "--to", "Máy A"], ["bundle", "write", "thon"],
            ["bundle", "read", "hub", "thon.bundle", "--answer"],
            ["enrol", "other", "--name", "Máy B", "--scope", "48/21004/thon-a", "--request"],
            ["node", "approve", "hub"] + scope + ["thon.req"],
        ]
    }

    @Test func `a foreign file is replaced only with --force, one of the kind always`() throws {
        for (number, verb) in try verbs().enumerated() {
            let name = "file-\(number)"
            try write("not ours\n", name)
            let refused = try doorstep.run(verb + [name], language: "en")
            #expect(refused.code == 1 && refused.errors.contains("--force"), "\(verb) \(refused)")
            #expect(refused.errors.split(separator: "\n").count == 1 && refused.output.isEmpty)
            #expect(try text(name) == "not ours\n", "\(verb)")
            let forced = try doorstep.run(verb + [name, "--force"])
            #expect(forced.code == 0, "\(verb): \(forced)")
            let ours = try Data(contentsOf: URL(fileURLWithPath: doorstep.path(name)))
            #expect(ours != Data("not ours\n".utf8), "\(verb)")
            let again = try doorstep.run(verb + [name])
            #expect(again.code == 0, "\(verb): \(again)")
        }
    }

    @Test func `one file of a folder that may not be replaced stops all of them`() throws {
        #expect(try doorstep("export", "hub", "--to", "out").code == 0)
        try FileManager.default.removeItem(atPath: doorstep.path("out/household.csv"))
        try write("mine", "out/visit.csv")
        let refused = try doorstep("export", "hub", "--to", "out")
        #expect(refused.code == 1 && refused.errors.contains("out/visit.csv"))
        #expect(try text("out/visit.csv") == "mine")
        let names = try FileManager.default.contentsOfDirectory(atPath: doorstep.path("out"))
        #expect(!names.contains("household.csv") && !names.contains { $0.hasPrefix(".") })
        #expect(try doorstep("export", "hub", "--to", "out", "--force").code == 0)
    }

    @Test func `nothing is written into the folder of a node, not even with --force`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: doorstep.path("link"),
            withDestinationPath: "hub"
        )
        let before = try FileManager.default.contentsOfDirectory(atPath: doorstep.path("hub"))
        for verb in try verbs() {
            for name in ["hub/zz", "link/zz", "hub/deep/zz"] {
                let refused = try doorstep.run(verb + [name, "--force"], language: "en")
                #expect(refused.code == 1 && refused.errors.contains("choose a place outside"))
            }
        }
        for words in [
            ["export", "hub", "--to", "hub/out"], ["backup", "hub", "hub/b", "--new-key"],
        ] {
            let refused = try doorstep.run(words, language: "en")
            #expect(refused.code == 1 && refused.errors.contains("choose a place outside"))
        }
        let after = try FileManager.default.contentsOfDirectory(atPath: doorstep.path("hub"))
        #expect(Set(after).isSubset(of: Set(before + ["node.sqlite-wal", "node.sqlite-shm"])))
    }

    @Test func `a node is not taken in where its certificate cannot be written`() throws {
        _ = try doorstep(
            "enrol",
            "thon",
            "--name",
            "Máy A",
            "--scope",
            "48/21004/thon-a",
            "--request",
            "thon.req"
        )
        try write("not ours", "thon.cert")
        let words = ["node", "approve", "hub", "thon.req", "thon.cert", "--scope"]
        #expect(try doorstep.run(words + ["48/21004/thon-a"]).code == 1)
        #expect(try !doorstep("node", "list", "hub", "--json").output.contains("Máy A"))
    }

    @Test func `a folder, a pipe and a link to nowhere are no file to replace`() throws {
        try FileManager.default.createDirectory(
            atPath: doorstep.path("folder.csv"),
            withIntermediateDirectories: false
        )
        try FileManager.default.createSymbolicLink(
            atPath: doorstep.path("link.csv"),
            withDestinationPath: "nowhere"
        )
        for name in ["link.csv", "/dev/null"] {
            let words = ["export", "hub", "--type", "village", "--force", "--to", name]
            #expect(try doorstep.run(words).code == 1, "\(name)")
        }
        #expect(try doorstep("bundle", "write", "hub", "folder.csv", "--force").code != 0)
    }
}
