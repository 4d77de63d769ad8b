import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

@Suite struct RecordTests {
    @Test func `a record shows every field that was set, cleared ones too`() throws {
        let commune = try SurveyedCommune(seed: 1)
        let village = commune.village
        let home = try village.household()
        let person = try village.resident(
            of: home,
            "Nguyễn Văn Ví Dụ",
            [Cell("phone", .text("0905123456"))]
        )
        try village.set("resident", person, Cell("phone", .null))
        let record = try #require(try village.record(person))
        #expect(record.type.name == "resident")
        #expect(record.scope == SurveyedCommune.scope)
        #expect(record.text("full_name") == "Nguyễn Văn Ví Dụ")
        #expect(record["household"] == .reference(home))
        #expect(record.fields.first { $0.name == "phone" }?.value == .null)
        #expect(!record.fields.contains { $0.name == "other_name" })
        #expect(!record.isGone)
        #expect(try village.record(RecordID(origin: 7, counter: 1)) == nil)
    }

    @Test func `a disputed field tells every value with author, node and time`() throws {
        let commune = try SurveyedCommune(seed: 2)
        let home = try commune.village.household()
        try commune.sync()
        try commune.village.set("household", home, Cell("address", .text("Tổ 1")), by: "lan")
        try commune.hub.set("household", home, Cell("address", .text("Tổ 2")), by: "minh")
        try commune.sync()
        for store in [commune.village, commune.hub] {
            let field = try #require(
                try store.record(home)?.fields.first { $0.name == "address" }
            )
            #expect(field.isDisputed)
            let said = Set(field.siblings.map { "\($0.node) \($0.author)" })
            #expect(said == ["mau-1 lan", "hub minh"])
            #expect(field.siblings.map(\.dot) == field.siblings.map(\.dot).sorted())
            #expect(field.siblings.map(\.value).contains(field.value))
        }
    }

    @Test func `a token of a record makes a late save a conflict, not a loss`() throws {
        let commune = try SurveyedCommune(seed: 3)
        let village = commune.village
        let home = try village.household()
        let token = try village.requireRecord(home).token
        try village.set("household", home, Cell("address", .text("Tổ 1")))
        try village.save(scope: SurveyedCommune.scope, author: "tam", token: token) {
            $0.set("household", home, [Cell("address", .text("Tổ 2"))])
        }
        let field = try village.requireRecord(home).fields.first { $0.name == "address" }
        #expect(field?.isDisputed == true)
    }

    @Test func `children are found through records that were merged`() throws {
        let commune = try SurveyedCommune(seed: 4)
        let village = commune.village
        let (first, second) = (try village.household(), try village.household())
        let one = try village.resident(of: first, "Lê Văn Một")
        let two = try village.resident(of: second, "Lê Văn Hai")
        try village.merge(second, into: first, author: "lan")
        #expect(try village.children(of: first).map(\.id) == [one, two])
        #expect(try village.requireRecord(second).isGone)
    }

    @Test func `lists leave out what is gone, unless it is asked for`() throws {
        let commune = try SurveyedCommune(seed: 5)
        let village = commune.village
        let kept = try village.household()
        let deleted = try village.household()
        try village.set("household", deleted, Cell(ReservedField.deleted, .text("entered twice")))
        var living: [RecordID] = []
        try village.forEachRecord(of: "household") { living.append($0.id) }
        #expect(living == [kept])
        var all: [RecordID] = []
        try village.forEachRecord(of: "household", includingGone: true) { all.append($0.id) }
        #expect(all == [kept, deleted])
    }

    @Test func `numbers of a node are those of its records and log`() throws {
        let commune = try SurveyedCommune(seed: 6)
        let home = try commune.village.household()
        try commune.village.resident(of: home, "Nguyễn Văn Ví Dụ")
        try commune.sync()
        try commune.village.resident(of: home, "Nguyễn Thị Ví Dụ")
        let scope = try #require(try commune.village.status().scopes.first)
        #expect(scope.records == ["household": 1, "resident": 2])
        #expect(scope.entries == 2)
        #expect(scope.openEntries == 1)
        #expect(scope.segments == 1)
        #expect(scope.conflicts == 0)
    }
}
