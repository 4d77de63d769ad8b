import Foundation
import Processes
import Terminal
import Testing

/// A hub and villages as processes, over TLS on loopback.
@Suite struct LineCommandTests {
    static let analyze = "/usr/bin/systemd-analyze"
    let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
    }

    private func text(_ json: JSONValue, _ key: String) throws -> String {
        guard case .string(let text)? = json[key] else {
            throw NotThere(key: key)
        }
        return text
    }

    struct NotThere: Error {
        let key: String
    }

    private func invite(_ hub: ServedHub, _ words: String...) throws -> JSONValue {
        try doorstep.run(
            ["node", "invite", "hub", "--name", "Thôn Mẫu 1", "--scope", "Mẫu 1", "--json"] + words
        ).json()
    }

    private func peers(_ folder: String) throws -> [JSONValue] {
        guard case .array(let peers)? = try doorstep("status", folder, "--json").json()["peers"]
        else { return [] }
        return peers
    }

    @Test func `invite, enrol, record, sync: a village at work`() throws {
        let hub = try ServedHub(doorstep)
        let invitation = try text(invite(hub, "--trust-code"), "text")
        #expect(invitation.hasSuffix("/\(hub.address)"))
        let enrolled = try doorstep("enrol", "thon", invitation, "--json")
        #expect(enrolled.code == 0, "\(enrolled.errors)")
        #expect(try text(enrolled.json(), "state") == "enrolled")
        _ = try doorstep(
            "record",
            "add",
            "thon",
            "household",
            "state=occupied",
            "address=Tổ 1"
        )
        let sync = try doorstep("sync", "thon", "--json")
        #expect(sync.code == 0, "\(sync.errors)")
        let parent = try #require(try peers("thon").first)
        #expect(parent["unsent"] == .integer(0) && parent["problem"] == .null)
        #expect(hub.stop() == 0)
        #expect(try hub.logged().contains("event=stopped"))
        #expect(try peers("hub").first?["unsynced_days"] == .integer(0))
        #expect(try doorstep("verify", "hub").code == 0)
        #expect(try doorstep("verify", "thon").code == 0)
        // Nobody answers any more: said in words, exit code 3, and nothing is lost.
        let told = try doorstep("sync", "thon", "--json")
        let line = try #require(told.errors.split(separator: "\n").last)
        let error = try JSONText.decode(Array(line.utf8))
        #expect(try told.code == 3 && error["error"] == told.json()["problem"])
        #expect(error["message"] != nil)
        let failed = try doorstep("sync", "thon", "--lang", "en")
        #expect(failed.code == 3 && failed.errors.contains("cannot be reached"))
        #expect(try peers("thon").first?["problem"] == .string("unreachable"))
    }

    /// Whoever brings a stick may write anything into the file on it.
    @Test func `a request file only asks: the officer says what is granted`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        for (name, words) in [
            ("a", ["--scope", "48/21004/thon-1"]), ("b", ["--scope", "48/21004"]),
            ("c", ["--scope", "48/21004/thon-1", "--kind", "hub"]),
        ] {
            _ = try doorstep("init", name)
            let asked = try doorstep.run(
                ["enrol", name, "--request", "\(name).req", "--name", "Máy \(name)"] + words
            )
            try #require(asked.code == 0)
            let shown = try doorstep.run(["node", "approve", "hub", "\(name).req", "\(name).cert"])
            #expect(shown.code == 2)
            #expect(shown.errors.contains("'Máy \(name)'"))
            #expect(shown.errors.contains(words.joined(separator: " ")))
            #expect(!FileManager.default.fileExists(atPath: doorstep.path("\(name).cert")))
        }
        let approve = ["node", "approve", "hub", "b.req", "b.cert", "--scope"]
        let roster = try doorstep.run(approve + ["48/21004"])
        #expect(roster.code == 1)
        #expect(roster.errors.contains("danh mục"))
        #expect(try doorstep.run(approve + ["48/21004/thon-2"]).code == 0)
        #expect(try doorstep("enrol", "b", "--certificate", "b.cert").code == 0)
        #expect(try doorstep("node", "list", "hub").output.contains("48/21004/thon-2"))
    }

    @Test func `an officer approves what waits, by its number`() throws {
        let hub = try ServedHub(doorstep)
        let invitation = try invite(hub)
        let code = try text(invitation, "code")
        let waiting = try doorstep(
            "enrol",
            "thon",
            code,
            "--hub",
            hub.address,
            "--wait",
            "0",
            "--json"
        )
        #expect(waiting.code == 3)
        guard case .array(let pending) = try doorstep("node", "pending", "hub", "--json").json(),
            let first = pending.first, case .integer(let number)? = first["number"]
        else {
            Issue.record("nothing waits")
            return
        }
        #expect(first["comparison"] == (try waiting.json()["comparison"]))
        for more in [["--scope", "48/21004/x"], ["--kind", "hub"], ["--force"]] {
            let words = ["node", "approve", "hub", "\(number)"] + more
            let refused = try doorstep.run(words, language: "en")
            #expect(refused.code == 2 && refused.errors.contains("its invitation names"))
        }
        let approved = try doorstep("node", "approve", "hub", "\(number)", "--json")
        #expect(approved.code == 0)
        #expect(try approved.json()["scopes"] == ["48/21004/mau-1"])
        #expect(try doorstep("enrol", "thon", "--json").code == 0)
        #expect(try doorstep("node", "approve", "hub", "\(number)").code == 1)
    }

    @Test func `a hub that is killed goes on where it was, with the same key`() throws {
        var hub = try ServedHub(doorstep)
        let invitation = try text(invite(hub, "--trust-code"), "text")
        #expect(try doorstep("enrol", "thon", invitation).code == 0)
        hub.kill()
        hub = try ServedHub(doorstep)
        #expect(try doorstep("sync", "thon", "--hub", hub.address).code == 0)
        // What was typed and has answered is asked again.
        #expect(try doorstep("sync", "thon").code == 0)
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `a folder is served by one process`() throws {
        let hub = try ServedHub(doorstep)
        let second = try doorstep.run(
            ["serve", "hub", "--listen", "127.0.0.1:0"],
            language: "en"
        )
        #expect(second.code == 1 && second.errors.contains("served already"))
        #expect(hub.stop() == 0)
    }

    @Test(arguments: [
        ["serve", "nowhere"], ["serve", "hub", "--plain", "--listen", "0.0.0.0:0"],
        ["serve", "hub", "--cert", "a.pem"], ["serve", "hub", "--listen", "here:x"],
        ["enrol", "thon"], ["enrol", "thon", "4K7Q-9MPX"], ["enrol", "thon", "07FF-KQT4-YC54"],
        ["enrol", "thon", "07FF-KQT4-YC55", "--hub", "127.0.0.1:1"],
        ["enrol", "thon", "07FF-KQT4-YC54", "--hub", "127.0.0.1:1"],
        ["sync", "hub"], ["node", "refuse", "hub", "3"], ["node", "replace", "hub", "thon"],
        ["node", "change", "hub", "thon"], ["node", "invite", "hub", "--name", "A"],
    ])
    func `what cannot be done is told in one line`(words: [String]) throws {
        let result = try doorstep.run(words)
        #expect(result.code != 0)
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(result.errors.hasPrefix("doorstep: "))
        for word in ["ngoài dự kiến", "unexpected"] { #expect(!result.errors.contains(word)) }
    }

    @Test func `what is no address is told as such, before anything is made`() throws {
        let result = try doorstep.run(["serve", "hub", "--listen", "300.1.1.1"], language: "en")
        #expect(result.code == 1)
        #expect(result.errors.contains("\"300.1.1.1\" is not an IP address"))
        let tls = doorstep.path("hub") + "/tls"
        #expect(!FileManager.default.fileExists(atPath: tls))
    }

    @Test func `a unit names files by whole paths`() throws {
        let result = try doorstep(
            "service",
            "install",
            "hub",
            "--print",
            "--cert",
            "c.pem",
            "--key",
            "c.key"
        )
        let (certificate, key) = (doorstep.path("c.pem"), doorstep.path("c.key"))
        #expect(result.output.contains("\"--cert\" \"\(certificate)\" \"--key\" \"\(key)\""))
        #expect(result.output.contains(" \"\(certificate)\" \"\(key)\"\n"))
    }

    @Test func `the unit for systemd is strict`() throws {
        let result = try doorstep("service", "install", "hub", "--print", "--name", "hub.xa.vn")
        #expect(result.code == 0)
        for line in [
            "Type=notify", "ProtectSystem=strict", "NoNewPrivileges=yes",
            "CapabilityBoundingSet=", "SystemCallFilter=@system-service", "WatchdogSec=60",
        ] {
            #expect(result.lines.contains(Substring(line)), "\(line)")
        }
        #expect(result.output.contains("\"--name\" \"hub.xa.vn\""))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyze), "needs systemd"))
    func `systemd reads the unit`() throws {
        let result = try doorstep("service", "install", "hub", "--print", "--name", "hub.xa.vn")
        let path = doorstep.path("doorstep-test.service")
        try Data(result.output.utf8).write(to: URL(fileURLWithPath: path))
        let analyze = URL(fileURLWithPath: Self.analyze)
        let process = ChildProcess(analyze, ["verify", "--man=no", path])
        #expect(try process.collect().code == 0)
    }
}
