import Causality
import Foundation
import Replication
import SQLite
import Sealing
package import Store
package import Survey

/// A hub and its nodes in memory, with keys and times from one seed.
package final class TestCommune {
    package static let path = "48/21004"
    package let description: DataDescription
    package private(set) var now: UInt64 = 1_780_000_000_000
    private var random: SplitMix64
    package let hub: Store

    package init(seed: UInt64, description: DataDescription = .small) throws {
        self.description = description
        random = SplitMix64(seed: seed)
        let keys = try Self.keys(&random)
        let certificate = try Certificate.issue(
            name: "hub",
            kind: .hub,
            signingKey: keys.signing.verifyingKey,
            sealingKey: keys.opening.sealingKey,
            reads: [Self.path, Self.path + "/"],
            writes: [Self.path, Self.path + "/"],
            issuedAt: 1_780_000_000_000,
            by: keys.signing
        )
        var generator = SplitMix64(seed: random.next())
        hub = try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: description,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
        try hub.adopt(
            Identity(
                signingKey: keys.signing,
                openingKey: keys.opening,
                certificate: certificate,
                parent: nil
            )
        )
    }

    /// The same database once more, as a restored backup or a copied file is.
    package func copy(of store: Store) throws -> Store {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("copy.sqlite").path
        try store.db.backup(to: path)
        let memory = try Connection(path: path, mode: .readWrite)
        var generator = SplitMix64(seed: random.next())
        return try Store(
            db: memory,
            description: description,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
    }

    private static func keys(
        _ random: inout SplitMix64
    ) throws -> (signing: SigningKey, opening: OpeningKey) {
        (try SigningKey(seed: random.bytes(32)), try OpeningKey(seed: random.bytes(32)))
    }

    /// A store that belongs to no commune yet.
    package func unenrolled() throws -> Store {
        var generator = SplitMix64(seed: random.next())
        return try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: description,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
    }

    /// A village node, enrolled at the hub.
    package func village(_ name: String) throws -> Store {
        let keys = try Self.keys(&random)
        guard let hubIdentity = try hub.identity() else { throw StoreError.notEnrolled }
        let scope = Self.path + "/" + name
        let certificate = try Certificate.issue(
            name: name,
            kind: .village,
            signingKey: keys.signing.verifyingKey,
            sealingKey: keys.opening.sealingKey,
            reads: [Self.path, scope],
            writes: [scope],
            issuedAt: now,
            by: hubIdentity.signingKey
        )
        var generator = SplitMix64(seed: random.next())
        let store = try Store(
            db: Connection(path: ":memory:", mode: .memory),
            description: description,
            environment: StoreEnvironment(
                wall: { 1_780_000_000_000 },
                random: { generator.next() }
            )
        )
        try store.adopt(
            Identity(
                signingKey: keys.signing,
                openingKey: keys.opening,
                certificate: certificate,
                parent: hubIdentity.certificate
            )
        )
        return store
    }
}

extension DataDescription {
    /// Two small record types: enough for the rules of the merge.
    package static let small = DataDescription(
        types: [
            RecordType(
                "house",
                Label("Nhà", "House"),
                fields: [
                    Field("name", Label("Tên", "Name"), .text(max: 100)),
                    Field("rooms", Label("Phòng", "Rooms"), .integer(0...100)),
                    Field("tags", Label("Nhãn", "Tags"), .text(max: 100), merge: .union),
                    Field("visits", Label("Lượt", "Visits"), .integer(0...1000), merge: .maximum),
                ]
            ),
            RecordType(
                "person",
                Label("Người", "Person"),
                parent: "house",
                fields: [
                    Field(
                        "house",
                        Label("Nhà", "House"),
                        .reference(to: "house"),
                        indexed: true
                    ),
                    Field("name", Label("Tên", "Name"), .text(max: 100)),
                    Field("phone", Label("Điện thoại", "Phone"), .text(max: 20)),
                    Field("born", Label("Sinh", "Born"), .partialDate),
                ]
            ),
        ],
        indicators: []
    )
}
