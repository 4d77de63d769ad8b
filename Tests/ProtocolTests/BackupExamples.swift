import CBOR
import Foundation
import Node
import Replication
import Sealing

extension Example {
    /// A backup made by the document's own words; read by what restores one.
    static func backups() throws -> [Example] {
        var vector = Vector("backup")
        let seed = [UInt8](repeating: 13, count: OpeningKey.seedLength)
        vector.add("recovery-key", RecoveryKey(openingKey: try OpeningKey(seed: seed)).text)
        vector.add("seed", seed)
        vector.add("ephemeral-seed", [UInt8](repeating: 14, count: OpeningKey.seedLength))
        vector.add("stream-key", [UInt8](repeating: 15, count: StreamKey.length))
        vector.add("stream-header", [UInt8](repeating: 16, count: StreamHeader.length))
        var info = CBORWriter()
        info.array(4)
        info.write(World.now)
        info.write(UInt64(0x0412_2e15_eff2_e4a1))
        info.write("Thôn 1")
        info.write("doorstep 1.0")
        vector.add("info", try diagnose(info.bytes))
        vector.add("plain", info.bytes + Array("the database".utf8))
        vector.add("bytes", try sealed(vector))
        return [Example(vector: vector, again: restored)]
    }

    private static func sealed(_ vector: Vector) throws -> [UInt8] {
        let plain = try vector.bytes("plain")
        let recipient = try OpeningKey(seed: vector.bytes("seed")).sealingKey
        let key = try vector.bytes("stream-key")
        let header = try StreamHeader(vector.bytes("stream-header"))
        let box = try SealedBox.seal(
            key,
            to: recipient,
            ephemeralSeed: try vector.bytes("ephemeral-seed")
        )
        let length = (0..<8).map { UInt8(truncatingIfNeeded: plain.count >> (56 - 8 * $0)) }
        let head =
            Array("DOORBAK1".utf8) + Hash.blake2b(recipient.bytes).bytes.prefix(8) + length + box
            + header.bytes
        let sealer = StreamSealer(key: try StreamKey(key), header: header)
        return head + sealer.seal(plain, additional: head, isFinal: true)
    }

    /// Opens the document's backup with the key that stands on paper, and makes it again.
    private static func restored(_ document: Vector) throws -> Vector {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let backup = folder.appendingPathComponent("backup").path
        let database = folder.appendingPathComponent("database").path
        try Data(document.bytes("bytes")).write(to: URL(fileURLWithPath: backup))
        let key = try RecoveryKey(text: document.text("recovery-key"))
        let info = try Restore.open(backup, key: key, to: database)
        var vector = Vector("backup")
        vector.add("recovery-key", key.text)
        vector.add("seed", key.openingKey.exportSeed())
        for name in ["ephemeral-seed", "stream-key", "stream-header"] {
            vector.add(name, try document.bytes(name))
        }
        var writer = CBORWriter()
        writer.array(4)
        writer.write(info.time)
        writer.write(info.node.rawValue)
        writer.write(info.name)
        writer.write(info.software)
        vector.add("info", try diagnose(writer.bytes))
        let content = try Data(contentsOf: URL(fileURLWithPath: database))
        vector.add("plain", writer.bytes + Array(content))
        vector.add("bytes", try sealed(vector))
        return vector
    }
}
