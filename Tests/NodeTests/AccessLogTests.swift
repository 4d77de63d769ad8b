import Causality
import Node
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// The access log: what is entered, where it lies, who gets it.
@Suite struct AccessLogTests {
    let commune: UserCommune
    let village: LocalNode
    let thon1 = UserCommune.scope("thon-1")
    let household: RecordID
    let resident: RecordID

    init() throws {
        commune = try UserCommune(seed: 81)
        village = try commune.village("thon-1", user: "lan")
        let home = try village.addRecord(
            "household",
            [FieldInput("state", "occupied"), FieldInput("address", "Tổ 3")]
        )
        household = try #require(home.id)
        let person = try village.addRecord(
            "resident",
            [
                FieldInput("household", household.description),
                FieldInput("full_name", "Nguyễn Thị Ví Dụ"), FieldInput("birth", "5/3/1985"),
                FieldInput("sex", "nu"), FieldInput("nationality", "vn"),
                FieldInput("residence", "permanent"), FieldInput("presence", "here"),
            ],
            acceptsProposals: true
        )
        resident = try #require(person.id, "\(person.problems)")
        try commune.sync(village)
    }

    private func other(_ user: String = "hoa") -> LocalNode {
        LocalNode(village.store, user: user)
    }

    private func log(_ node: LocalNode) throws -> [String] {
        try node.accessEntries(AccessQuery()).reversed().map { entry in
            [
                entry.who, entry.action, entry.record ?? entry.filter ?? "",
                entry.count.map(String.init) ?? "",
            ].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    @Test func `reading what somebody else has recorded is entered, once in a while`() throws {
        _ = try village.showRecord(resident)
        _ = try village.history(of: resident)
        #expect(try log(village).isEmpty)
        let other = other()
        for _ in 0..<3 { _ = try other.showRecord(resident) }
        _ = try other.history(of: resident)
        _ = try self.other("minh").showRecord(resident)
        #expect(
            try log(village) == [
                "hoa show \(resident)", "hoa history \(resident)", "minh show \(resident)",
            ]
        )
        commune.now += AccessLimits.repeated
        _ = try other.showRecord(resident)
        #expect(try log(village).count == 4)
        // What several people share a name for is nobody's own.
        _ = try self.other("").showRecord(resident)
        #expect(try log(village).count == 5)
    }

    @Test func `people whom others have recorded are read through one's own household`() throws {
        let more = try other().addRecord(
            "resident",
            [
                FieldInput("household", household.description),
                FieldInput("full_name", "Trần Văn Ví Dụ"), FieldInput("birth", "1/2/1990"),
                FieldInput("sex", "nam"), FieldInput("nationality", "vn"),
                FieldInput("residence", "permanent"), FieldInput("presence", "here"),
            ],
            acceptsProposals: true
        )
        let newcomer = try #require(more.id, "\(more.problems)")
        _ = try village.showRecord(resident)
        #expect(try log(village).isEmpty)
        _ = try village.showRecord(household)
        #expect(try log(village) == ["lan show \(household)"])
        // Whoever asks who saw a person finds it, for as long as the household listed that person.
        var query = AccessQuery()
        query.record = newcomer
        #expect(try village.accessEntries(query).map(\.who) == ["lan"])
        commune.now += AccessLimits.repeated
        let home = try village.addRecord("household", [FieldInput("state", "occupied")])
        let moved = try #require(home.id)
        _ = try village.editRecord(newcomer, [FieldInput("household", moved.description)])
        commune.now += AccessLimits.repeated
        _ = try other().showRecord(household)
        #expect(try village.accessEntries(query).map(\.who) == ["lan"])
        commune.now += AccessLimits.repeated
        _ = try other("minh").showRecord(moved)
        #expect(try village.accessEntries(query).map(\.who) == ["minh", "lan"])
        query.record = resident
        #expect(try village.accessEntries(query).map(\.who) == ["hoa", "lan"])
        query.record = household
        #expect(try village.accessEntries(query).map(\.who) == ["hoa", "lan"])
    }

    @Test func `a list is one entry with its rows, and never what was searched for`() throws {
        let other = other()
        #expect(try other.find(FindQuery("nguyen thi vi du")).total == 1)
        #expect(try other.find(FindQuery("không ai cả")).total == 0)
        _ = try other.missing("id-card")
        _ = try other.conflicts()
        _ = try other.duplicates()
        let entries = try log(village)
        #expect(entries.first == "hoa find resident 1")
        #expect(entries.dropFirst().allSatisfy { $0 == "hoa missing id-card 1" })
        let texts = try village.store.db.prepare(
            "SELECT group_concat(coalesce(filter, '') || coalesce(scope, '')) FROM access"
        ).first { row throws(SQLiteError) in try row.text(0) }
        #expect(texts?.lowercased().contains("du") == false)
    }

    @Test func `an export is entered with its reason, every time`() throws {
        let other = other()
        var options = ExportOptions()
        options.reason = "báo cáo tháng 11"
        for type in ["resident", "resident", "village", "benefit"] {
            _ = try other.export(type, options, line: { _, _ in "" }, write: { _ in })
        }
        #expect(try log(village) == Array(repeating: "hoa export resident 1", count: 2))
        let entry = try #require(try village.accessEntries(AccessQuery()).first)
        #expect(entry.reason == "báo cáo tháng 11" && entry.via == "command")
    }

    @Test func `entries of a village reach the hub, those of the hub no village`() throws {
        _ = try other().showRecord(resident)
        let officer = LocalNode(commune.hub.store, user: "minh")
        commune.now += 1
        _ = try officer.showRecord(resident)
        commune.now += 1
        _ = try officer.find(FindQuery("nguyen"))
        try commune.sync(village)
        #expect(
            try log(commune.hub) == [
                "hoa show \(resident)", "minh show \(resident)", "minh find resident 1",
            ]
        )
        let nodes = try commune.hub.accessEntries(AccessQuery()).map(\.node)
        #expect(nodes == ["hub", "hub", "thon-1"])
        #expect(try log(village) == ["hoa show \(resident)"])
        #expect(try log(commune.village("thon-2")).isEmpty)
        var query = AccessQuery()
        query.who = "minh"
        query.record = resident
        #expect(try commune.hub.accessEntries(query).count == 1)
        query.since = commune.now + 1
        #expect(try commune.hub.accessEntries(query).isEmpty)
    }

    @Test func `a village cannot silence the hub's log`() throws {
        let officer = LocalNode(commune.hub.store, user: "minh")
        try village.store.save(scope: thon1) {
            _ = $0.add(
                "access",
                [
                    Cell("who", .text("minh")), Cell("action", .text("show")),
                    Cell("record", .text(resident.description)), Cell("scope", .text(thon1)),
                    Cell("at", .integer(Int64(commune.now))),
                ]
            )
        }
        try commune.sync(village)
        _ = try officer.showRecord(resident)
        let entries = try commune.hub.accessEntries(AccessQuery())
        #expect(entries.count == 2)
        #expect(Set(entries.map(\.node)) == ["hub", "thon-1"])
        // Nor take an entry out of the list.
        let id = try #require(entries.first { $0.node == "thon-1" }).id
        try village.store.save(scope: thon1) {
            $0.set("access", id, [Cell(ReservedField.deleted, .text("x"))])
        }
        try commune.sync(village)
        #expect(try commune.hub.accessEntries(AccessQuery()).count == 2)
    }

    @Test func `where the log cannot be written, reading goes on and nothing leaves`() throws {
        let other = other()
        try village.store.db.execute("PRAGMA query_only = ON")
        #expect(try other.showRecord(resident).record.text("full_name") == "Nguyễn Thị Ví Dụ")
        #expect(try other.find(FindQuery("nguyen")).total == 1)
        #expect(other.unloggedReadings == 2)
        var isWritten = false
        #expect(throws: NodeError.user(.accessNotLogged)) {
            try other.export(
                "resident",
                ExportOptions(),
                line: { _, _ in "" },
                write: { _ in isWritten = true }
            )
        }
        #expect(!isWritten)
        try village.store.db.execute("PRAGMA query_only = OFF")
        try other.export(
            "resident",
            ExportOptions(),
            line: { _, _ in "" },
            write: { _ in isWritten = true }
        )
        #expect(isWritten)
        #expect(try log(village) == ["hoa export resident 1"])
    }

    @Test func `the log shows in no list, and no record of the program is read or changed as one`()
        throws
    {
        _ = try other().showRecord(resident)
        let entry = try #require(try village.accessEntries(AccessQuery()).first)
        let hub = commune.hub
        let admin = try #require(try hub.user(named: "admin"))
        #expect(try village.find(FindQuery("hoa")).total == 0)
        #expect(try hub.find(FindQuery("admin")).total == 0)
        for (node, id) in [(village, entry.id), (hub, admin.id)] {
            let type = node === hub ? "user" : "access"
            let refusal = NodeError.keptByProgram(type: type)
            #expect(throws: refusal) { _ = try node.showRecord(id) }
            #expect(throws: refusal) { _ = try node.history(of: id) }
            #expect(throws: refusal) { _ = try node.editRecord(id, [FieldInput("role", "x")]) }
            #expect(throws: refusal) { _ = try node.deleteRecord(id, reason: "x") }
            #expect(throws: refusal) { try node.restoreRecord(id) }
        }
        #expect(throws: NodeError.keptByProgram(type: "access")) {
            _ = try village.conflict(entry.id)
        }
        #expect(throws: (any Error).self) { _ = try hub.addRecord("user", []) }
    }
}
