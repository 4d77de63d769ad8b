import Foundation
import Terminal
import Testing

/// What only a hub decides, asked of a village; and what a city's hub shows of the hubs below.
@Suite struct HubVerbTests {
    let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
    }

    /// Takes a node in over files, and carries what each has for the other.
    private func enrol(
        _ node: String,
        at hub: String,
        _ scope: String,
        isHub: Bool = false,
        name named: String? = nil
    ) throws {
        let kind = isHub ? ["--kind", "hub"] : []
        let name = named ?? (isHub ? "Xã Tam Mỹ" : "Thôn Mẫu 1")
        for words in [
            ["enrol", node, "--request", "\(node).req", "--name", name, "--scope", scope] + kind,
            ["node", "approve", hub, "\(node).req", "\(node).cert", "--scope", scope] + kind,
            ["enrol", node, "--certificate", "\(node).cert"],
        ] {
            let result = try doorstep.run(words, language: "en")
            try #require(result.code == 0, "\(words): \(result.errors)")
        }
        try sync(node, hub)
    }

    private func sync(_ node: String, _ hub: String) throws {
        let usb = doorstep.folder.appendingPathComponent("usb-\(hub)")
        try FileManager.default.createDirectory(at: usb, withIntermediateDirectories: true)
        for name in [node, hub, node, hub] {
            _ = try doorstep("sync", name, usb.lastPathComponent)
        }
    }

    private func text(_ value: JSONValue?) -> String? {
        guard case .string(let text)? = value else { return nil }
        return text
    }

    @Test func `a node's name that is too long is told with the limit, wherever it is given`()
        throws
    {
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        _ = try doorstep("init", "thon")
        let long = String(repeating: "ộ", count: 70)
        let verbs: [[String]] = [
            ["init", "other", "--hub", "--commune", "48/21005", "--name", long],
            ["node", "invite", "hub", "--name", long, "--scope", "Mẫu 1"],
            ["enrol", "thon", "--request", "r", "--name", long, "--scope", "48/21004/mau-1"],
        ]
        for words in verbs {
            let told = [
                "vi": "210 byte, tối đa 200;", "en": "210 bytes, at most 200;",
            ]
            for (language, limit) in told {
                let result = try doorstep.run(words, language: language)
                #expect(result.code == 1 && result.errors.contains(limit), "\(result.errors)")
            }
        }
    }

    @Test func `a village is told that only a hub decides on nodes, whatever is named`() throws {
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        _ = try doorstep("init", "thon")
        try enrol("thon", at: "hub", "48/21004/mau-1")
        let own = try #require(text(try doorstep("status", "thon", "--json").json()["node"]))
        let cases: [[String]] = [
            ["revoke", "thon", own], ["revoke", "thon", "00a1b2c3d4e5f607"],
            ["admit", "thon", "00a1b2c3d4e5f607"], ["approve", "thon", "412"],
            ["approve", "thon", "thon.req", "again.cert", "--scope", "48/21004/mau-1"],
            ["refuse", "thon", "412"], ["replace", "thon", own],
            ["change", "thon", own, "--name", "X"], ["pending", "thon"],
            ["invite", "thon", "--name", "X", "--scope", "48/21004/mau-1"],
        ]
        let nodes = try doorstep("node", "list", "thon", "--json").output
        for words in cases {
            let result = try doorstep.run(["node"] + words + ["--json"], language: "en")
            #expect(result.code == 1, "\(words)")
            #expect(result.errors.contains("not-a-hub"), "\(words): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(words)")
        }
        #expect(try doorstep("node", "list", "thon", "--json").output == nodes)
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("again.cert")))
    }

    @Test func `a city's status names communes and their villages beside their paths`() throws {
        _ = try doorstep("init", "city", "--hub", "--commune", "48", "--name", "Đà Nẵng")
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        let household = try doorstep.add(
            "household",
            "state=occupied",
            "address=Tổ 1",
            village: "Mẫu 1"
        )
        #expect(!household.isEmpty)
        try enrol("hub", at: "city", "48/21004", isHub: true)
        let status = try doorstep("status", "city").output
        #expect(status.contains("Xã Tam Mỹ (48/21004)"), "\(status)")
        #expect(status.contains("Mẫu 1, Xã Tam Mỹ (48/21004/mau-1)"), "\(status)")
        // Villages of two communes with one name are told apart wherever a place is named.
        _ = try doorstep("init", "two", "--hub", "--commune", "48/21005", "--name", "Xã Hai")
        _ = try doorstep("village", "add", "two", "Mẫu 1")
        let words = ["household", "state=occupied", "address=Tổ 1", "--village", "Mẫu 1"]
        #expect(try doorstep.run(["record", "add", "two"] + words).code == 0)
        try enrol("two", at: "city", "48/21005", isHub: true, name: "Xã Hai")
        let table = try doorstep("coverage", "city", "--by-village").output
        for name in ["Mẫu 1, Xã Tam Mỹ\t1\t", "Mẫu 1, Xã Hai\t1\t"] {
            #expect(table.contains("\n\(name)"), "\(table)")
        }
        let found = try doorstep("find", "city", "Tổ 1", "--type", "household").output
        #expect(found.contains("Mẫu 1, Xã Tam Mỹ") && found.contains("Mẫu 1, Xã Hai"), "\(found)")
        for place in ["Mẫu 1, Xã Hai", "48/21005/mau-1"] {
            let only = try doorstep("find", "city", "Tổ 1", "--village", place).output
            #expect(only.contains("Xã Hai") && !only.contains("Xã Tam Mỹ"), "\(only)")
        }
        let several = try doorstep("coverage", "city", "--village", "Mẫu 1")
        #expect(several.code == 1 && several.errors.contains("48/21004/mau-1 hoặc 48/21005/mau-1"))
        // The commune itself goes on with names alone.
        #expect(!(try doorstep("status", "hub").output.contains("48/21004/mau-1")))
    }

    @Test func `a revoked machine is not taken in again, and what it brings is told as it is`()
        throws
    {
        let scope = "48/21004/mau-1"
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        _ = try doorstep("init", "thon")
        try enrol("thon", at: "hub", scope)
        _ = try doorstep("node", "revoke", "hub", "Thôn Mẫu 1")
        let again = try doorstep.run(
            ["node", "approve", "hub", "thon.req", "thon-2.cert", "--scope", scope],
            language: "en"
        )
        #expect(again.code == 1 && again.errors.contains("was revoked"), "\(again)")
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("thon-2.cert")))
        _ = try doorstep("record", "add", "thon", "household", "state=occupied")
        _ = try doorstep("sync", "thon", "usb-hub")
        let words = ["sync", "hub", "usb-hub"]
        let read = try doorstep.run(words + ["--json"], language: "en")
        guard case .array(let bundles)? = try read.json()["read"], let one = bundles.first else {
            Issue.record("nothing was read: \(read)")
            return
        }
        #expect(one["problem"] == .string("revoked") && one["quarantined"] != .integer(0), "\(one)")
        _ = try doorstep("record", "add", "thon", "household", "state=vacant")
        _ = try doorstep("sync", "thon", "usb-hub")
        let told = try doorstep.run(words, language: "en")
        #expect(told.output.contains("set aside: ") && !told.output.contains("receipt"), "\(told)")
    }

    /// What only another way of the same verb looks at would be taken for done.
    @Test(arguments: [
        "enrol thon --request r --name A --scope 48/21004/x --fingerprint 1",
        "enrol thon --request r --name A --scope 48/21004/x --hub 127.0.0.1:1",
        "enrol thon --request r --name A --scope 48/21004/x --wait 3",
        "enrol thon 07FF-KQT4-YC54 --hub 127.0.0.1:1 --name A",
        "enrol thon 07FF-KQT4-YC54 --hub 127.0.0.1:1 --kind unit",
        "enrol thon 07FF-KQT4-YC54 --request r --name A",
        "enrol thon --certificate c --scope 48/21004/x", "enrol thon --certificate c --request r",
        "sync thon usb --hub 127.0.0.1:1", "serve hub --plain --cert c.pem --key k.pem",
        "record erase hub 00a1b2c3d4e5f607-12",
    ])
    func `an option that would do nothing is refused`(line: String) throws {
        _ = try doorstep("init", "thon")
        let result = try doorstep.run(line.split(separator: " ").map(String.init))
        #expect(result.code == 2, "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("r")))
    }
}
