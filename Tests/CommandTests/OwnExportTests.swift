import Causality
import Intake
import Node
import Store
import Survey
import Synthetic
import TestSupport
import Testing

/// What was exported comes back: into a hub that knows nobody, and into the one it came from.
@Suite struct OwnExportTests {
    private let node: LocalNode

    init() throws {
        node = LocalNode(try TestCommune(seed: 8, description: .doorstep).hub, user: "minh")
        var options = ListImportOptions()
        options.acceptsProposals = true
        options.createsVillages = true
        _ = try node.importList(ByteChunks.source(SampleList.bytes), options)
        try change()
    }

    /// What the sample list has none of.
    private func change() throws {
        let people = try everybody(node)
        func edit(_ index: Int, _ fields: [FieldInput]) throws {
            #expect(try !node.editRecord(people[index].id, fields).isRefused)
        }
        try edit(0, [FieldInput("presence", "deceased"), FieldInput("presence_on", "2026-03")])
        try edit(1, [FieldInput("nationality", "foreign"), FieldInput("sex", "other")])
        // Known to be born on that day.
        try edit(2, [FieldInput("birth", "1961-01-01")])
        try edit(3, [FieldInput("birth", "1961-02"), FieldInput("other_name", "'Ba Đen")])
        try edit(4, [FieldInput("presence", "away-long"), FieldInput("presence_on", "2025")])
        try edit(5, [FieldInput("vneid_level", "2"), FieldInput("vneid_state", "activated")])
        try edit(6, [FieldInput("on_list", "")])
        let home = try #require(people[7]["household"].record)
        _ = try node.editRecord(
            home,
            [FieldInput("register_code", ""), FieldInput("state", "vacant")]
        )
        let relations = ["parent-in-law", "grandchild", "lodger", "worker", "other", "grandparent"]
        for (offset, relation) in relations.enumerated() {
            try edit(20 + offset, [FieldInput("relation", relation)])
        }
        var options = ListImportOptions()
        options.registerDay = CalendarDay("2026-05-01")
        let rows = people.compactMap { row -> String? in
            guard let name = row.text("full_name"), let number = row.text("personal_id") else {
                return nil
            }
            return "\(name);\(number);Đã cấp;2\n"
        }
        let list = "Họ và tên;CCCD;Tình trạng thẻ;Mức VNeID\n" + rows.prefix(50).joined()
        _ = try node.importList(ByteChunks.source(Array(list.utf8)), options)
    }

    private func everybody(_ node: LocalNode) throws -> [RecordRow] {
        var rows: [RecordRow] = []
        try node.store.forEachRecord(of: "resident", under: nil) { rows.append($0) }
        return rows
    }

    private func export(
        _ node: LocalNode,
        _ form: Form,
        includingGone: Bool = false
    ) throws -> [UInt8] {
        var options = ExportOptions()
        options.includesGone = includingGone
        options.isRaw = form == .raw
        options.language = form == .en ? .en : .vi
        var bytes: [UInt8] = []
        try node.export("resident", options, line: { _, _ in "" }, write: { bytes += $0 })
        return bytes
    }

    private static let ofPerson = [
        "full_name", "other_name", "personal_id", "old_cmnd", "birth", "sex", "relation",
        "nationality", "residence", "presence", "presence_on", "on_list", "phone",
        "idcard_kind_register", "idcard_status_register", "vneid_level_register",
        "vneid_state_register", "ssa_state_register", "register_on",
    ]
    private static let ofHousehold = [
        "code", "register_code", "group", "address", "phone", "state",
    ]

    /// Everybody with who lives with them, as texts without ids.
    private func picture(_ node: LocalNode) throws -> [String] {
        var homes: [RecordID: String] = [:]
        try node.store.forEachRecord(of: "household", under: nil) { row in
            homes[row.id] = Self.ofHousehold.map { row[$0].raw }.joined(separator: "|")
        }
        return try everybody(node).map { row in
            let home = row["household"].record.flatMap { homes[$0] } ?? "?"
            let own = Self.ofPerson.map { row[$0].raw }.joined(separator: "|")
            return "\(row.scope)|\(home)|\(own)"
        }.sorted()
    }

    enum Form: CaseIterable {
        case vi
        case en
        case raw
    }

    /// One test: the sample list is long, and each of these needs it.
    @Test func `an export brings all people and households back`() throws {
        let before = try picture(node)
        #expect(before.count > 1400)
        for form in Form.allCases {
            let bytes = try export(node, form)
            try checkFresh(bytes, form, before)
            let report = try node.importList(ByteChunks.source(bytes))
            #expect(report.residents.unchanged == before.count, "\(form)")
            #expect(report.differences.isEmpty && report.refusals.isEmpty, "\(form)")
        }
        #expect(try picture(node) == before)
    }

    /// What was deleted, merged or moved is told, and does not come back to life.
    @Test func `an export of everything brings back only who is still there`() throws {
        let all = try everybody(node)
        try node.deleteRecord(all[3].id, reason: "nhập nhầm", withChildren: true)
        _ = try node.store.merge(all[8].id, into: all[9].id, author: "minh")
        let before = try picture(node)
        for form in Form.allCases {
            let bytes = try export(node, form, includingGone: true)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.split(separator: "\r\n").count == all.count + 1, "\(form)")
            let hub = try TestCommune(seed: 9, description: .doorstep).hub
            let fresh = LocalNode(hub, user: "minh")
            var options = ListImportOptions()
            options.createsVillages = true
            let report = try fresh.importList(ByteChunks.source(bytes), options)
            #expect(report.list.counts[.goneRecord] == 2, "\(form)")
            #expect(try picture(fresh) == before, "\(form)")
            _ = try node.importList(ByteChunks.source(bytes))
            #expect(try picture(node) == before, "\(form)")
        }
    }

    private func checkFresh(_ bytes: [UInt8], _ form: Form, _ before: [String]) throws {
        let fresh = LocalNode(try TestCommune(seed: 9, description: .doorstep).hub, user: "minh")
        var options = ListImportOptions()
        options.registerDay = CalendarDay("2026-05-02")
        let strangers = try fresh.importList(ByteChunks.source(bytes), options)
        #expect(strangers.residents.created == 0)
        #expect(Set(strangers.refusals.map(\.reason)) == [.personUnknown])
        options = ListImportOptions()
        options.createsVillages = true
        let report = try fresh.importList(ByteChunks.source(bytes), options)
        #expect(report.refusals.isEmpty && !report.hasRefusals, "\(form)")
        #expect(report.list.outcomes[.proposed] == nil && report.list.isOwnExport)
        let after = try picture(fresh)
        #expect(before.count == after.count)
        #expect(zip(before, after).first { $0 != $1 } == nil, "\(form)")
        guard form == .vi else { return }
        let again = try fresh.importList(ByteChunks.source(bytes))
        #expect(again.residents.unchanged == before.count && again.differences.isEmpty)
        #expect(try picture(fresh) == after)
    }

    @Test func `every label of the survey is understood in both languages`() throws {
        for column in Column.allCases {
            guard let field = column.field else { continue }
            for text in [field.label.vi, field.label.en, column.rawValue] {
                let named = try #require(ColumnChoice("x=\(text)").column)
                #expect(named.field?.name == field.name, "\(text)")
            }
        }
    }
}
