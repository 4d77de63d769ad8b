import Causality
import Foundation
import HTTP
import Node
import Processes
import Replication
import Store
import Survey
import Synthetic
import Terminal
import Testing
import Visiting

/// A commune's hub in a folder, with a village of synthetic households, and the built command.
final class ServedVillage {
    static let password = "ba chiếc ghe nhỏ"
    static let scope = "48/21004/mau-1"
    let folder: URL

    init(households: Int = 12) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try run("init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Tam Mỹ")
        try run("village", "add", "hub", "Mẫu 1")
        try addUser("lan", "--role", "field-staff", "--village", "Mẫu 1")
        try addHouseholds(households)
    }

    deinit {
        hub.kill()
        thon.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Backs a node up as it is now; returns the recovery key.
    func backUp(_ name: String) throws -> String {
        let reply = try run("backup", name, "\(name).bak", "--new-key", "--json")
        guard case .string(let key)? = try JSONText.decode(Array(reply.utf8))["recovery_key"] else {
            throw WebBrowser.Failed(description: "no recovery key: \(reply)")
        }
        return key
    }

    /// Puts what its backup holds in the place of a node that is lost.
    func restore(_ name: String, _ recoveryKey: String) throws {
        try FileManager.default.removeItem(at: path(name))
        try run("restore", "\(name).bak", name, input: recoveryKey + "\n")
    }

    func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

    // MARK: Commands

    /// Beside the bundle of the tests.
    static let command: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appendingPathComponent("doorstep").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        return "/nowhere/doorstep"
    }()

    static let environment = ["USER": "admin", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]

    @discardableResult
    func run(_ words: String..., input: String = "") throws -> String {
        try run(words, input: input)
    }

    private func run(_ words: [String], input: String) throws -> String {
        let process = ChildProcess(
            URL(fileURLWithPath: Self.command),
            words,
            in: folder,
            environment: Self.environment
        )
        // Files, not pipes: neither side ever waits for the other.
        let (given, output) = (path("stdin"), path("stdout"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: output)
        try process.run(
            input: FileHandle(forReadingFrom: given),
            output: FileHandle(forWritingTo: output),
            errors: FileHandle(forWritingTo: output)
        )
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(words): \(text)")
        return text
    }

    func addUser(_ name: String, _ more: String..., fullName: String = "Lê Thị Lan") throws {
        let words = ["user", "add", "hub", name, "--full-name", fullName, "--password-stdin"]
        _ = try run(words + more, input: Self.password + "\n")
    }

    /// Adds `mai` to the village's field staff; returns the name that others call her.
    func addColleague() throws -> String {
        let called = "Trần Thị Mai"
        try addUser("mai", "--role", "field-staff", "--village", "Mẫu 1", fullName: called)
        return called
    }

    /// Adds a user who signs in with a one-time code first; returns the code.
    func addNewcomer(_ name: String) throws -> String {
        try code(
            run(
                "user",
                "add",
                "hub",
                name,
                "--full-name",
                "Lê Thị Mới",
                "--role",
                "field-staff",
                "--village",
                "Mẫu 1"
            )
        )
    }

    /// The one-time code that takes the place of a forgotten password.
    func resetPassword(_ name: String) throws -> String {
        try code(run("user", "reset", "hub", name))
    }

    private func code(_ text: String) throws -> String {
        let words = text.split { $0.isWhitespace || $0 == "'" }.map(String.init)
        return try #require(
            words.first { word in
                word.utf8.count == 11 && word.dropFirst(5).first == "-"
                    && word.allSatisfy { $0 == "-" || $0.isNumber || $0.isUppercase }
            },
            "\(text)"
        )
    }

    // MARK: Nodes

    private(set) lazy var hub = ServedNode(self, "hub")
    private(set) lazy var thon = ServedNode(self, "thon")

    /// Enrols a village's node with the hub, which must be served, and gives it what the hub holds.
    func enrol() throws {
        let reply = try run(
            "node",
            "invite",
            "hub",
            "--name",
            "Thôn Mẫu 1",
            "--scope",
            "Mẫu 1",
            "--trust-code",
            "--json"
        )
        guard case .string(let text)? = try JSONText.decode(Array(reply.utf8))["text"] else {
            throw WebBrowser.Failed(description: "no invitation: \(reply)")
        }
        try run("enrol", "thon", text, "--json")
        try run("sync", "thon")
    }

    static func freePort() throws -> Int {
        // Below those that the system gives to clients: the node comes back to it after a crash, and
        // other tests have thousands of connections meanwhile.
        for _ in 0..<100 {
            let port = Int.random(in: 15_000..<32_000)
            if isFree(port) { return port }
        }
        throw Leash.NotStarted(description: "no port is free")
    }

    private static func isFree(_ port: Int) -> Bool {
        let line = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(line) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = in_port_t(port).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(line, $0, size) == 0
            }
        }
    }

    // MARK: Data

    func node(_ name: String = "hub", user: String = "admin") throws -> LocalNode {
        try LocalNode(opening: NodeFolder(path(name).path), user: user)
    }

    func visiting(_ user: String) throws -> VisitDesk { VisitDesk(try node(user: user)) }

    private func addHouseholds(_ count: Int) throws {
        let hub = try node()
        let synthetic = SyntheticCommune(
            CommuneShape(seed: 7, day: hub.today, villages: 1, households: count)
        )
        var records: [Int: RecordID] = [:]
        for list in synthetic.list(village: 0) where !list.isEmpty {
            try hub.store.save(scope: Self.scope, author: "admin") { batch in
                for record in list {
                    let cells = record.values { records[$0] ?? RecordID(origin: 0, counter: 1) }
                        .map { Cell($0.name, $0.value) }
                    if record.isNew {
                        records[record.key] = batch.add(record.type, cells)
                    } else if let id = records[record.key] {
                        batch.set(record.type, id, cells)
                    }
                }
                // Agreed in an earlier round to be called.
                for record in list where record.isNew && record.type == "household" {
                    guard let id = records[record.key] else { continue }
                    let told = ["round": "2025-1", "basis": "state-task", "notice_version": "1"]
                    let agreed = ["given_how": "read-aloud", "consent_contact_by_phone": "yes"]
                    let texts = told.merging(agreed) { $1 }.map { Cell($0.key, .text($0.value)) }
                    _ = batch.add("notice", texts + [Cell("household", .reference(id))])
                }
            }
        }
    }

    /// Records of the type in the file, whoever serves it.
    func records(of type: String, in name: String = "hub") throws -> [RecordRow] {
        let node = try LocalNode(reading: NodeFolder(path(name).path), user: "admin")
        var rows: [RecordRow] = []
        try node.store.forEachRecord(of: type) { rows.append($0) }
        return rows
    }
}
