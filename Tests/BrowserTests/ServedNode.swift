import Foundation
import HTTP
import Testing

/// A folder's node as a process, always at the same address, as phones need it.
final class ServedNode {
    private unowned let village: ServedVillage
    private let name: String
    private var port: Int?
    private var process: Leash?
    /// Folders that stand for sticks.
    var carriers: [String] = []

    init(_ village: ServedVillage, _ name: String) {
        self.village = village
        self.name = name
    }

    var folder: URL { village.path(name) }
    var address: String { "https://127.0.0.1:\(port ?? 0)" }

    /// Serves the folder; ready when this returns.
    func start() throws {
        let port = try self.port ?? ServedVillage.freePort()
        self.port = port
        let leash = try Leash(
            [
                ServedVillage.command, "serve", name, "--json", "--listen", "127.0.0.1:\(port)",
                "--name", "127.0.0.1",
            ] + carriers.flatMap { ["--carrier", $0] },
            in: village.folder,
            errors: village.path("serve-\(name).log"),
            environment: ServedVillage.environment
        )
        do {
            try leash.line { $0.contains("\"port\"") ? true : nil }
        } catch let error as Leash.NotStarted {
            let log = try String(
                contentsOf: village.path("serve-\(name).log"),
                encoding: .utf8
            )
            let told = log.split(separator: "\n").suffix(3).joined(separator: " | ")
            throw Leash.NotStarted(description: "\(name): \(error): \(told)")
        }
        process = leash
    }

    /// Ends it as a power cut does.
    func kill() {
        process?.signal(SIGKILL)
        process?.end()
        process = nil
    }

    /// SHA-256 of the public key that it shows.
    private var trustedKey: String {
        get throws {
            func text(_ name: String) throws -> String {
                let file = folder.appendingPathComponent("tls").appendingPathComponent(name)
                return try String(contentsOf: file, encoding: .utf8)
            }
            let identity = try TLSIdentity(
                certificatePEM: try text("server.pem"),
                key: PrivateKeyPEM(text: try text("server.key")),
                now: Int64(Date().timeIntervalSince1970)
            )
            return Data(identity.publicKeyDigest).base64EncodedString()
        }
    }

    /// A browser that trusts this node.
    func browser(
        _ profile: String = "phone",
        _ options: WebBrowser.Options = .init()
    ) throws -> WebBrowser {
        var options = options
        options.trustedKeys = [try trustedKey]
        return try WebBrowser(profile: village.path(profile), options)
    }
}
