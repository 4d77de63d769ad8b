import Foundation
import Glibc
import Terminal
import Testing

/// What programs are told of errors, and words that no verb may guess at.
@Suite struct ErrorCommandTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
    }

    private func error(_ words: String...) throws -> JSONValue {
        let result = try doorstep.run(words + ["--json"])
        #expect(result.code != 0 && result.output.isEmpty, "\(words)")
        let line = try #require(result.errors.split(separator: "\n").last)
        return try JSONText.decode(Array(line.utf8))
    }

    @Test func `with JSON an error is an object with a stable code`() throws {
        for (words, code) in [
            (["status", "nowhere"], "no-node"), (["status"], "usage"),
            (["record", "show", "hub", "00a1b2c3d4e5f607-12"], "not-found"),
            (["record", "show", "hub", "x"], "usage"), (["init", "hub"], "exists"),
            (["bundle", "read", "hub", "nowhere"], "not-found"),
        ] {
            let object = try doorstep.run(words + ["--json"])
            let line = try #require(object.errors.split(separator: "\n").last, "\(words)")
            let value = try JSONText.decode(Array(line.utf8))
            #expect(value["error"] == .string(code), "\(words): \(line)")
            guard case .string(let message)? = value["message"] else {
                Issue.record("no message: \(line)")
                continue
            }
            #expect(!message.isEmpty)
        }
        _ = try doorstep("init", "village")
        #expect(try error("sync", "village")["error"] == .string("not-enrolled"))
        #expect(try doorstep("--help").output.contains("not-enrolled"))
    }

    @Test(arguments: [["--name", "Thôn Mẫu 1"], ["--commune", "48/21004"], ["--password-stdin"]])
    func `what only a hub takes is refused of another node, and makes nothing`(
        words: [String]
    )
        throws
    {
        let result = try doorstep.run(["init", "village"] + words)
        #expect(result.code == 2 && result.errors.contains("\(words[0]) chỉ dùng cùng --hub"))
        #expect(try doorstep("status", "village").code != 0)
    }

    @Test func `words that are no UTF-8 are refused, and make nothing`() throws {
        let script = "exec \"$0\" init \"$(printf 'x\\377')\""
        let result = try doorstep.run([], wrapper: ["/bin/sh", "-c", script])
        #expect(result.code == 2 && result.errors.contains("UTF-8"))
        let names = try FileManager.default.contentsOfDirectory(atPath: doorstep.folder.path)
        #expect(names == ["hub"])
    }

    @Test func `the topmost hub has nobody to sync with, and says so`() throws {
        let result = try doorstep("sync", "hub")
        #expect(result.code == 1 && result.errors.contains("không có máy cấp trên"))
    }

    @Test func `the list of nodes marks this one, and says since when`() throws {
        let nodes = try doorstep("node", "list", "hub", "--json").json()
        guard case .array(let list) = nodes, let own = list.first else {
            Issue.record("no list")
            return
        }
        #expect(own["self"] == .bool(true) && own["kind"] == .string("hub"))
        guard case .string(let since)? = own["since"] else {
            Issue.record("no time")
            return
        }
        #expect(since.hasSuffix("Z"))
        #expect(try doorstep("node", "list", "hub").output.contains("máy này"))
    }
}

/// A carrier that two users of a machine share, as services on two machines share a stick that knows
/// owners.
@Suite(
    .enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"))
)
struct SharedCarrierTests {
    private func wrapper(_ user: Int) -> [String] {
        ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
    }

    @Test func `two users of a machine sync over one folder, and what is closed is an error`()
        throws
    {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        _ = try doorstep("init", "thon")
        _ = try doorstep(
            "enrol",
            "thon",
            "--request",
            "r",
            "--name",
            "Thôn",
            "--scope",
            "48/21004/mau-1"
        )
        _ = try doorstep("node", "approve", "hub", "r", "c", "--scope", "48/21004/mau-1")
        let enrolled = try doorstep("enrol", "thon", "--certificate", "c")
        try #require(enrolled.code == 0, "\(enrolled.errors)")
        _ = try doorstep("record", "add", "thon", "household", "state=occupied", "address=Tổ 1")
        let (hubUser, villageUser) = (65_534, 1)
        for (name, user) in [("hub", hubUser), ("thon", villageUser)] {
            for path in [name]
                + (try FileManager.default.subpathsOfDirectory(
                    atPath: doorstep.path(name)
                ).map { name + "/" + $0 })
            {
                let given = unsafe chown(doorstep.path(path), uid_t(user), gid_t(user))
                #expect(given == 0)
            }
        }
        let usb = doorstep.path("usb")
        let (made, opened) = unsafe (mkdir(usb, 0o777), chmod(usb, 0o1777))
        #expect(made == 0 && opened == 0)
        let sent = try doorstep.run(["sync", "thon", "usb"], wrapper: wrapper(villageUser))
        try #require(sent.code == 0, "\(sent.errors)")
        let taken = try doorstep.run(["sync", "hub", "usb"], wrapper: wrapper(hubUser))
        #expect(taken.code == 0 && taken.output.contains("Đã nhận"), "\(taken)")
        let closed = usb + "/doorstep"
        let narrowed = unsafe chmod(closed, 0o700)
        #expect(narrowed == 0)
        let refused = try doorstep.run(["sync", "hub", "usb"], wrapper: wrapper(hubUser))
        #expect(refused.code == 1 && refused.errors.contains("không có quyền"), "\(refused)")
    }
}
