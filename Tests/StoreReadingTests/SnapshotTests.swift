import Causality
import Foundation
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

@Suite struct SnapshotTests {
    @Test func `a snapshot of a moment knows nothing that came later`() throws {
        let commune = try SurveyedCommune(seed: 50)
        let village = commune.village
        let home = try village.household([Cell("address", .text("Tổ 1"))])
        try village.seal(SurveyedCommune.scope)
        try village.set("household", home, Cell("address", .text("Tổ 2")))
        try village.set("household", home, Cell("address", .text("Tổ 3")))
        try village.seal(SurveyedCommune.scope)
        try village.set("household", home, Cell("address", .text("Tổ 4")))
        for (index, entry) in try village.history(of: home).enumerated() {
            let then = try village.snapshot(asOf: entry.time)
            #expect(try then.requireRecord(home).text("address") == "Tổ \(index + 1)")
        }
        let before = try village.snapshot(asOf: HybridTime(1))
        #expect(try before.record(home) == nil)
        #expect(try village.requireRecord(home).text("address") == "Tổ 4")
    }

    @Test func `a snapshot shows the conflicts of its time and cannot be written`() throws {
        let commune = try SurveyedCommune(seed: 51)
        let home = try commune.village.household()
        try commune.sync()
        try commune.village.set("household", home, Cell("address", .text("Tổ 1")))
        try commune.hub.set("household", home, Cell("address", .text("Tổ 2")))
        try commune.sync()
        let time = try #require(try commune.hub.history(of: home).last?.time)
        try commune.hub.resolve(
            home,
            field: "address",
            value: .text("Tổ 1"),
            seen: commune.hub.conflict(home).stamp,
            author: "minh"
        )
        let then = try commune.hub.snapshot(asOf: time)
        #expect(try then.conflicts().map(\.id) == [home])
        #expect(try commune.hub.snapshot().conflicts().isEmpty)
        #expect(throws: StoreError.notEnrolled) { try then.household() }
    }

    @Test func `a sound node verifies, with conflicts, deletions and merges`() throws {
        let commune = try SurveyedCommune(seed: 52)
        let homes = try (0..<3).map { _ in try commune.village.household() }
        try commune.sync()
        try commune.village.set("household", homes[0], Cell("address", .text("Tổ 1")))
        try commune.hub.set("household", homes[0], Cell("address", .text("Tổ 2")))
        try commune.hub.set("household", homes[1], Cell(ReservedField.deleted, .text("gone")))
        try commune.village.set("household", homes[1], Cell("address", .text("Tổ 3")))
        try commune.village.merge(homes[2], into: homes[0], author: "lan")
        try commune.sync()
        try commune.village.household()
        for store in [commune.village, commune.hub] {
            let report = try store.verify()
            #expect(report.damages.isEmpty)
            #expect(report.segments >= 3)
        }
        #expect(try commune.village.verify().openEntries == 1)
        #expect(try commune.village.verify().records == 4)
    }

    @Test func `a node that has erased verifies, and no snapshot brings anything back`() throws {
        let commune = try SurveyedCommune(seed: 55)
        let home = try commune.village.household([Cell("address", .text("Tổ 1"))])
        try commune.sync()
        let before = try #require(try commune.hub.history(of: home).last?.time)
        try commune.hub.redact([home], reason: "law", on: "2026-11-20", author: "minh")
        try commune.sync()
        for store in [commune.village, commune.hub] {
            #expect(try store.verify().damages.isEmpty)
            let cell = try #require(try store.history(of: home).first?.cells.first)
            #expect(cell.new == .erased)
            for then in [try store.snapshot(), try store.snapshot(asOf: before)] {
                #expect(try then.record(home)?.text("address") == nil)
            }
        }
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let sql: String
        let isFound: @Sendable ([StoreError.Damage]) -> Bool
        var testDescription: String { sql }
    }

    @Test(arguments: [
        Damage(sql: "UPDATE household SET address = 'Tổ 9'") {
            $0 == [.projection(type: "household", differing: 1)]
        },
        Damage(sql: "DELETE FROM household") {
            $0 == [.projection(type: "household", differing: 1)]
        },
        Damage(sql: "UPDATE segment SET signature = zeroblob(64)") {
            if case .signature = $0.first { true } else { false }
        },
        Damage(sql: "UPDATE segment SET payload = zeroblob(40)") {
            if case .payload = $0.first { true } else { false }
        },
        Damage(sql: "UPDATE segment SET header = zeroblob(40) WHERE first = 1") {
            if case .chain = $0.first { true } else { false }
        },
        Damage(sql: "UPDATE log SET seq = seq + 1") {
            if case .vector = $0.first { true } else { false }
        },
        Damage(sql: "DELETE FROM segment WHERE first = 1") {
            if case .chain = $0.first { true } else { false }
        },
    ])
    func `a damaged file does not verify`(_ damage: Damage) throws {
        let commune = try SurveyedCommune(seed: 53)
        let home = try commune.village.household()
        try commune.village.seal(SurveyedCommune.scope)
        try commune.village.set("household", home, Cell("address", .text("Tổ 1")))
        try commune.village.seal(SurveyedCommune.scope)
        let copy = try commune.commune.copy(of: commune.village)
        try copy.db.execute(damage.sql)
        #expect(damage.isFound(try copy.verify().damages))
        #expect(try commune.village.verify().damages.isEmpty)
    }

    @Test(arguments: ["payload = zeroblob(40)", "header = zeroblob(40)", "signature = x'00'"])
    func `a rebuild of a damaged log says what to do and changes nothing`(_ damage: String) throws {
        let commune = try SurveyedCommune(seed: 56)
        try commune.village.household()
        try commune.village.seal(SurveyedCommune.scope)
        let copy = try commune.commune.copy(of: commune.village)
        try copy.db.execute("UPDATE segment SET \(damage)")
        let error = #expect(throws: StoreError.self) { try copy.rebuild() }
        guard case .damaged = error else {
            Issue.record("not said as damage: \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("restore a backup") == true)
        let count = try copy.db.prepare("SELECT count(*) FROM household").first { $0.integer(0) }
        #expect(count == 1)
    }

    @Test func `two processes may write one file in turn`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let commune = try SurveyedCommune(seed: 54)
        let path = folder.appendingPathComponent("shared.sqlite").path
        try commune.village.db.backup(to: path)
        let stores = try (0..<2).map { (process: Int) in
            var generator = SplitMix64(seed: UInt64(process))
            return try Store(
                db: Connection(path: path, mode: .readWrite),
                description: .doorstep,
                environment: StoreEnvironment(
                    wall: { 1_780_000_000_000 },
                    random: { generator.next() }
                )
            )
        }
        for turn in 0..<6 {
            try stores[turn % 2].household()
            if turn % 3 == 1 { try stores[(turn + 1) % 2].seal(SurveyedCommune.scope) }
        }
        let report = try stores[0].verify()
        #expect(report.damages.isEmpty)
        #expect(report.records == 6)
        #expect(report.logs == 1)
    }
}
