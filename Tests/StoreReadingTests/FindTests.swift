import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

@Suite struct FindTests {
    private let commune: SurveyedCommune
    private var village: Store { commune.village }
    private let home: RecordID

    init() throws {
        commune = try SurveyedCommune(seed: 20)
        home = try commune.village.household(
            [Cell("address", .text("Tổ 3, gần chợ Cây Sanh")), Cell("register_code", .text("007"))]
        )
    }

    private func add(_ names: String...) throws {
        for name in names { try village.resident(of: home, name) }
    }

    private func names(_ text: String) throws -> [String] {
        try village.find(FindQuery(text)).hits.map { $0.row.text("full_name") ?? "household" }
    }

    struct Case: Sendable {
        let query: String
        let found: [String]
    }

    @Test(arguments: [
        Case(query: "nguyen van hung", found: ["Nguyễn Văn Hùng"]),
        Case(query: "ng van h", found: ["Nguyễn Văn Hùng"]),
        Case(query: "NVH", found: ["Nguyễn Văn Hùng"]),
        Case(query: "hòa", found: ["Trần Hoà", "Lê Hòa", "Lê Hoa"].sortedAsFiled),
        Case(query: "đuong", found: ["Lê Đường", "Lê Dương"]),
        Case(query: "le thi", found: []),
        Case(query: "khong co", found: []),
        Case(query: "cho cay sanh", found: ["household"]),
        Case(query: "007", found: ["household"]),
        Case(query: "!!!", found: []),
    ])
    func `names are found without accents, better matches first`(_ example: Case) throws {
        try add("Nguyễn Văn Hùng", "Lê Hoa", "Lê Hòa", "Trần Hoà", "Lê Dương", "Lê Đường", "Lệ")
        let found = try names(example.query)
        #expect(Set(found) == Set(example.found))
        if example.query == "đuong" { #expect(found == example.found) }
        if example.query == "hòa" { #expect(found.last == "Lê Hoa") }
    }

    @Test func `equal matches stand in the order of given names`() throws {
        try add("Trần Thị An", "Lê Bình", "Nguyễn Văn An", "Lê Ân", "Lê Đạt", "Lê Dũng")
        let all = try village.find(FindQuery("l")).hits.compactMap { $0.row.text("full_name") }
        #expect(all == ["Lê Ân", "Lê Bình", "Lê Dũng", "Lê Đạt"])
        #expect(try names("an") == ["Nguyễn Văn An", "Trần Thị An", "Lê Ân"])
    }

    @Test func `the end of a number finds its owner, with spaces too`() throws {
        let person = try village.resident(
            of: home,
            "Nguyễn Văn Ví Dụ",
            [
                Cell("personal_id", .text("049085990017")), Cell("phone", .text("0905123456")),
            ]
        )
        for query in ["990017", "0017", "3456", "0905 123 456"] {
            let result = try village.find(FindQuery(query))
            #expect(result.hits.map(\.row.id) == [person], "\(query)")
        }
        #expect(try village.find(FindQuery("017")).hits.isEmpty)
    }

    @Test func `an id finds its record`() throws {
        let result = try village.find(FindQuery(home.description))
        #expect(result.hits.map(\.row.id) == [home])
        #expect(result.total == 1)
    }

    @Test func `pages of a search join without gaps`() throws {
        for number in 1...9 { try village.resident(of: home, "Lê Văn Số \(number)") }
        var query = FindQuery("le van", limit: 4)
        var found: [RecordID] = []
        for page in 0..<3 {
            query.offset = page * 4
            let result = try village.find(query)
            #expect(result.total == 9)
            found += result.hits.map(\.row.id)
        }
        #expect(Set(found).count == 9)
    }

    @Test func `a search stays in its scope and types, and among the living`() throws {
        let hub = commune.hub
        let other = TestCommune.path + "/mau-2"
        let there = try hub.household(in: other)
        let away = try hub.resident(of: there, "Lê Văn Xa", in: other)
        try village.resident(of: home, "Lê Văn Gần")
        try commune.sync()
        #expect(try hub.find(FindQuery("le van")).total == 2)
        var query = FindQuery("le van")
        query.scope = other
        #expect(try hub.find(query).hits.map(\.row.id) == [away])
        query.scope = "48/21004/mau"
        #expect(try hub.find(query).total == 0)
        query.scope = TestCommune.path
        query.types = ["household"]
        #expect(try hub.find(query).total == 0)
        try hub.set("resident", away, Cell(ReservedField.deleted, .text("not here")), in: other)
        #expect(try hub.find(FindQuery("le van xa")).total == 0)
        var withGone = FindQuery("le van xa")
        withGone.includesGone = true
        #expect(try hub.find(withGone).total == 1)
    }

    @Test(arguments: [
        String(repeating: "a", count: 401), "\u{0}", "'; DROP TABLE resident; --", "%", "\"",
        String(repeating: "9", count: 400),
    ])
    func `hostile texts find nothing and break nothing`(_ text: String) throws {
        try add("Nguyễn Văn Ví Dụ")
        #expect(try village.find(FindQuery(text)).total == 0)
        #expect(try village.find(FindQuery("vi du")).total == 1)
    }

    @Test func `whom somebody looks for under what was merged is found once, as what stands`()
        throws
    {
        let number = Cell("personal_id", .text("049085990044"))
        let merged = try village.resident(of: home, "Lê Văn Bốnn", [number])
        let person = try village.resident(of: home, "Lê Văn Bốn")
        try village.merge(merged, into: person, author: "lan")
        let double = try village.household([Cell("register_code", .text("Z9"))])
        try village.merge(double, into: home, author: "lan")
        for (text, found) in [
            ("049085990044", person), ("lê văn bốnn", person), ("lê văn bốn", person), ("z9", home),
        ] {
            let result = try village.find(FindQuery(text))
            #expect(result.hits.map(\.row.id) == [found] && result.total == 1, "\(text)")
        }
        var all = FindQuery("0044")
        all.includesGone = true
        #expect(try village.find(all).hits.map(\.row.id) == [merged])
        try village.set("resident", person, Cell(ReservedField.deleted, .text("trùng")))
        #expect(try village.find(FindQuery("0044")).hits.isEmpty)
    }
}

extension [String] {
    fileprivate var sortedAsFiled: [String] {
        sorted { SortKey.person($0).lexicographicallyPrecedes(SortKey.person($1)) }
    }
}
