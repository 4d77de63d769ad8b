import Foundation
import HTTP
import Node
import SQLite
import Store
import Terminal
import Testing

/// A served node that comes back from its backup, and whom phones trust then.
@Suite struct RestoredServerTests {
    let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
    }

    private func file(_ name: String) throws -> [UInt8] {
        try Files.read(doorstep.path(name), limit: 1 << 16)
    }

    /// Whether a phone that was told to trust an authority takes what is served.
    private func trusts(_ authority: [UInt8], _ served: ServedHub) -> Bool {
        let trust = Trust.authority(pem: String(decoding: authority, as: UTF8.self))
        var settings = ClientSettings()
        settings.proxy = .none
        let client = Client(trust: trust, settings: settings)
        return (try? client.collect("https://\(served.address)/healthz", limit: 4096)) != nil
    }

    /// Backs the hub up; returns the recovery key.
    private func backUp() throws -> [UInt8] {
        let result = try doorstep("backup", "hub", "hub.bak", "--new-key", "--json")
        guard case .string(let key)? = try result.json()["recovery_key"] else {
            throw CocoaError(.featureUnsupported)
        }
        // The first one was made before the node kept the key.
        try FileManager.default.removeItem(atPath: doorstep.path("hub.bak"))
        #expect(try doorstep("backup", "hub", "hub.bak").code == 0)
        return Array(key.utf8)
    }

    @Test func `phones and nodes that trusted a node trust what is restored from its backup`()
        throws
    {
        var served = try ServedHub(doorstep)
        let (authority, key) = (try file("hub/tls/authority.pem"), try file("hub/tls/server.key"))
        #expect(trusts(authority, served))
        // While it is served.
        let recoveryKey = try backUp()
        #expect(served.stop() == 0)
        let words = ["restore", "hub.bak", "again"]
        let restored = try doorstep.run(words, input: recoveryKey, language: "en")
        #expect(restored.code == 0)
        #expect(!restored.errors.contains("trust"), "\(restored.errors)")
        // One that was restored, never served, and backed up again carries it as well.
        #expect(try doorstep("backup", "again", "again.bak").code == 0)
        let third = ["restore", "again.bak", "third", "--json"]
        let kept = try doorstep.run(third, input: recoveryKey).json()["authority_kept"]
        #expect(kept == .bool(true))
        for folder in ["again", "third"] {
            served = try ServedHub(doorstep, folder: folder)
            #expect(trusts(authority, served))
            #expect(served.stop() == 0)
            #expect(try file("\(folder)/tls/server.key") == key)
            for name in ["authority.pem", "authority.key", "server.key"] {
                let path = doorstep.path("\(folder)/tls/\(name)")
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
            // Its key lies in the one file alone.
            let database = try Connection(
                path: doorstep.path("\(folder)/node.sqlite"),
                mode: .readOnly
            )
            let left = try database.prepare(
                "SELECT count(*) FROM setting WHERE name LIKE 'tls/%'"
            ).first { $0.integer(0) }
            #expect(left == 0)
        }
        #expect(try doorstep("verify", "again").code == 0)
    }

    @Test func `a backup without an authority says that phones must trust anew`() throws {
        let recoveryKey = try backUp()
        let words = ["restore", "hub.bak", "again"]
        let restored = try doorstep.run(words, input: recoveryKey, language: "en")
        #expect(restored.code == 0)
        #expect(restored.errors.split(separator: "\n").count == 1)
        #expect(restored.errors.contains("phones must trust it anew"), "\(restored.errors)")
        let served = try ServedHub(doorstep, folder: "again")
        #expect(trusts(try file("again/tls/authority.pem"), served))
    }
}
