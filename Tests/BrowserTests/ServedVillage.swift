import Causality
import Foundation
import HTTP
import Node
import Replication
import Store
import Survey
import Synthetic
import Terminal
import Testing

/// A commune's hub in a folder, with a village of synthetic households, and the built command.
final class ServedVillage {
    static let password = "ba chiếc ghe nhỏ"
    static let scope = "48/21004/mau-1"
    let folder: URL
    let port: Int
    private(set) var node: Leash?
    private var served = "hub"

    init(households: Int = 12) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        try run("init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Tam Mỹ")
        try run("village", "add", "hub", "Mẫu 1")
        try addUser("lan", "--role", "field-staff", "--village", "Mẫu 1")
        try addHouseholds(households)
    }

    deinit {
        node?.end()
        try? FileManager.default.removeItem(at: folder)
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

    private static let environment = ["USER": "admin", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]

    @discardableResult
    func run(_ words: String..., input: String = "") throws -> String {
        try run(words, input: input)
    }

    private func run(_ words: [String], input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.command)
        process.arguments = words
        process.currentDirectoryURL = folder
        process.environment = Self.environment
        // Files, not pipes: neither side ever waits for the other.
        let (given, output) = (path("stdin"), path("stdout"))
        try Data(input.utf8).write(to: given)
        try Data().write(to: output)
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(words): \(text)")
        return text
    }

    func addUser(_ name: String, _ more: String...) throws {
        let words = ["user", "add", "hub", name, "--full-name", "Lê Thị Lan", "--password-stdin"]
        _ = try run(words + more, input: Self.password + "\n")
    }

    // MARK: Serving

    var address: String { "https://127.0.0.1:\(port)" }

    /// Serves a folder; ready when this returns.
    func serve(_ name: String = "hub") throws {
        served = name
        let leash = try Leash(
            [
                Self.command, "serve", name, "--json", "--listen", "127.0.0.1:\(port)", "--name",
                "127.0.0.1",
            ],
            in: folder,
            errors: path("serve.log"),
            environment: Self.environment
        )
        _ = try leash.line { $0.contains("\"port\"") ? true : nil }
        node = leash
    }

    /// As a power cut ends it.
    func kill() {
        node?.signal(SIGKILL)
        node?.end()
        node = nil
    }

    /// SHA-256 of the public key that the served node shows.
    var trustedKey: String {
        get throws {
            let folder = path(served).appendingPathComponent("tls")
            func text(_ name: String) throws -> String {
                try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            }
            let identity = try TLSIdentity(
                certificatePEM: try text("server.pem"),
                key: PrivateKeyPEM(text: try text("server.key")),
                now: Int64(Date().timeIntervalSince1970)
            )
            return Data(identity.publicKeyDigest).base64EncodedString()
        }
    }

    func browser(
        _ profile: String = "phone",
        _ options: WebBrowser.Options = .init()
    ) throws -> WebBrowser {
        var options = options
        options.trustedKeys = [try trustedKey]
        return try WebBrowser(profile: path(profile), options)
    }

    private static func freePort() throws -> Int {
        let line = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(line) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(line, $0, size) == 0 && getsockname(line, $0, &size) == 0
            }
        }
        try #require(isBound)
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    // MARK: Data

    func node(_ name: String = "hub", user: String = "admin") throws -> LocalNode {
        try LocalNode(opening: NodeFolder(path(name).path), user: user)
    }

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
