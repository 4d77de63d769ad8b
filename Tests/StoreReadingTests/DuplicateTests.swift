import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

@Suite struct DuplicateTests {
    private let commune: SurveyedCommune
    private var village: Store { commune.village }
    private let home: RecordID

    init() throws {
        commune = try SurveyedCommune(seed: 40)
        home = try commune.village.household()
    }

    private static let number = Cell("personal_id", .text("049085990017"))
    private static let otherNumber = Cell("personal_id", .text("049085990018"))
    private static let phone = Cell("phone", .text("0905123456"))

    struct Case: Sendable {
        let name: String
        let birth: String
        let cells: [Cell]
        let sameHousehold: Bool
        let reason: DuplicateCandidate.Reason?
    }

    /// Against Nguyễn Văn Hòa, born 05/03/1985, personal number 049085990017.
    @Test(arguments: [
        Case(name: "X", birth: "1960", cells: [number], sameHousehold: false, reason: .personalID),
        Case(
            name: "nguyen van hoa",
            birth: "1985-03-05",
            cells: [],
            sameHousehold: false,
            reason: .nameAndBirth
        ),
        Case(
            name: "Nguyễn Văn Hoà",
            birth: "1985",
            cells: [],
            sameHousehold: true,
            reason: .nameYearAndHousehold
        ),
        Case(
            name: "Nguyễn Văn Hoà",
            birth: "1985",
            cells: [phone],
            sameHousehold: false,
            reason: .nameYearAndPhone
        ),
        Case(
            name: "Nguyễn Văn Hòa",
            birth: "1985",
            cells: [],
            sameHousehold: false,
            reason: .nameAndVagueBirth
        ),
        Case(
            name: "Nguyễn Văn Hòa",
            birth: "1985-03-06",
            cells: [],
            sameHousehold: false,
            reason: nil
        ),
        Case(
            name: "Nguyễn Văn Hòa",
            birth: "1985",
            cells: [otherNumber],
            sameHousehold: false,
            reason: nil
        ),
        Case(
            name: "Nguyễn Văn Hòa",
            birth: "1985-03-05",
            cells: [otherNumber],
            sameHousehold: true,
            reason: nil
        ),
        Case(
            name: "Nguyễn Văn Hòa",
            birth: "1985-03-05?",
            cells: [],
            sameHousehold: false,
            reason: .nameAndVagueBirth
        ),
    ])
    func `what two records must share to be candidates`(_ example: Case) throws {
        let person = try village.resident(
            of: home,
            "Nguyễn Văn Hòa",
            [Self.number, Self.phone]
        )
        let other = try village.resident(
            of: example.sameHousehold ? home : try village.household(),
            example.name,
            birth: example.birth,
            example.cells
        )
        let found = try village.duplicates()
        #expect(found.map(\.reason) == (example.reason.map { [$0] } ?? []))
        if example.reason != nil {
            #expect(found[0].first.id == person)
            #expect(found[0].second.id == other)
            #expect(found[0].isMergeable)
        }
    }

    @Test(arguments: [
        ("1950-01-01?", "1950", [], true), ("1950", "1950?", [], true),
        ("1950-02", "1950-02", [], true), ("1950", "1951", [], false),
        ("1950", "1950-02", [], true), ("1950", "1950-01-01", [], true),
        ("1950-02-03", "1950-02", [], true), ("1950-02-03", "1950-03", [], false),
        ("1950-02-03", "1950-02-04?", [], false),
        ("1950", "1950", [otherNumber], false),
    ])
    func `births known to the year make candidates within a village`(
        birth: String,
        other: String,
        cells: [Cell],
        isCandidate: Bool
    ) throws {
        let hub = commune.hub
        let number = cells.isEmpty ? [] : [Self.number]
        try village.resident(of: home, "Lê Văn Ba", birth: birth, number)
        try village.resident(of: village.household(), "Lê Văn Ba", birth: other, cells)
        try commune.sync()
        let away = TestCommune.path + "/mau-2"
        let there = try hub.household(in: away)
        try hub.resident(of: there, "Lê Văn Ba", in: away, birth: "1950")
        #expect(try hub.duplicates().map(\.reason) == (isCandidate ? [.nameAndVagueBirth] : []))
    }

    /// As after a hub was restored to before its list, and given it again.
    @Test func `villages and households that are there twice are listed and merged`() throws {
        let hub = commune.hub
        func add(_ type: String, in scope: String, _ cells: [Cell]) throws -> RecordID {
            try hub.add(type, in: scope, cells, by: "minh")
        }
        let roster = TestCommune.path
        let path = Cell("scope", .text(SurveyedCommune.scope))
        let villages = try (1...2).map { _ in
            try add("village", in: roster, [path, Cell("name", .text("Mẫu 1"))])
        }
        // What a village says of itself is none of the roster's.
        _ = try village.add("village", in: SurveyedCommune.scope, [path])
        let number = Cell("register_code", .text("12"))
        let one = try village.household([number])
        let head = [Cell("relation", .text("head")), Self.number]
        let other = try village.household()
        try village.resident(of: home, "Lê Văn Một", head)
        let late = try village.resident(of: other, "Lê Văn Một", head)
        try commune.sync()
        let two = try add("household", in: SurveyedCommune.scope, [number])
        _ = try add("household", in: roster + "/mau-2", [number])
        #expect(
            try hub.duplicates().map(\.reason)
                == [.villagePath, .householdNumber, .householdHead, .personalID]
        )
        #expect(try hub.doubledPlaces().same == 2)
        #expect(try hub.duplicates().allSatisfy(\.isMergeable))
        try hub.merge(villages[1], into: villages[0], author: "minh")
        try hub.merge(two, into: one, author: "minh")
        try hub.dismiss(home, other, author: "minh")
        #expect(try hub.doubledPlaces() == (0, 0))
        #expect(try hub.duplicates().map(\.second.id) == [late])
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `a merge sets one field and moves nothing`() throws {
        let one = try village.resident(of: home, "Lê Văn Một", [Self.number])
        let two = try village.resident(of: home, "Lê Văn Một", [Self.number])
        try village.merge(two, into: one, author: "lan")
        #expect(try village.history(of: two).last?.cells.map(\.field) == [ReservedField.mergedInto])
        #expect(try village.history(of: one).count == 1)
        #expect(try village.duplicates().isEmpty)
        #expect(throws: StoreError.notMergeable) {
            try village.merge(two, into: one, author: "lan")
        }
        #expect(throws: StoreError.notMergeable) {
            try village.merge(one, into: one, author: "lan")
        }
        #expect(throws: StoreError.notMergeable) {
            try village.merge(one, into: home, author: "lan")
        }
    }

    @Test func `a dismissal at the hub reaches the village`() throws {
        let one = try village.resident(of: home, "Lê Văn Một")
        let two = try village.resident(of: home, "Lê Văn Một")
        try commune.sync()
        try commune.hub.dismiss(two, one, author: "minh")
        #expect(try commune.hub.dismiss(one, two, author: "minh").isEmpty)
        #expect(try village.duplicates().count == 1)
        try commune.sync()
        #expect(try village.duplicates().isEmpty)
        #expect(try commune.hub.duplicates().isEmpty)
    }

    @Test func `the same person in two villages is listed, dismissed above, never merged`() throws {
        let hub = commune.hub
        let other = TestCommune.path + "/mau-2"
        let there = try hub.household(in: other)
        let away = try hub.resident(of: there, "Lê Văn Một", in: other, [Self.number])
        let here = try village.resident(of: home, "Lê Văn Một", [Self.number])
        try commune.sync()
        #expect(try hub.duplicates().first?.isMergeable == false)
        #expect(try hub.duplicates(under: other).isEmpty)
        #expect(throws: StoreError.self) { try hub.merge(away, into: here, author: "minh") }
        try hub.dismiss(away, here, author: "minh")
        #expect(try hub.duplicates().isEmpty)
        let scopes = try hub.status().scopes.filter { $0.records["dismissal"] == 1 }
        #expect(scopes.map(\.path) == [TestCommune.path])
    }

    // MARK: Units and benefits

    private func add(
        _ type: String,
        _ texts: [String: String],
        of parent: RecordID? = nil
    ) throws
        -> RecordID
    {
        let link = village.description.type(type)?.parent
        let own = link.flatMap { link in parent.map { [Cell(link, .reference($0))] } } ?? []
        let cells = texts.sorted { $0.key < $1.key }.map { Cell($0.key, .text($0.value)) }
        return try village.add(type, in: SurveyedCommune.scope, own + cells)
    }

    @Test(arguments: [
        (
            ["name": "Trường tiểu học Mẫu", "tax_code": "4000123456"],
            DuplicateCandidate.Reason.taxCode
        ),
        (["name": "TRUONG TIEU HOC MAU"], .unitName),
        (["name": "Trường Tiểu học Mẫu", "tax_code": "4000123457"], nil),
        (["name": "Trường Tiểu học Mẫu", "state": "closed"], nil),
        (["name": "Trường Tiểu học Mẫu", "kind": "health-station"], nil),
    ])
    func `a unit that was entered twice is listed`(
        values: [String: String],
        reason: DuplicateCandidate.Reason?
    ) throws {
        let usual = ["kind": "school", "name": "Trường Tiểu học Mẫu", "state": "open"]
        let one = try add("unit", usual.merging(["tax_code": "4000123456"]) { $1 })
        let other = try add("unit", usual.merging(values) { $1 })
        let found = try village.duplicates()
        #expect(found.map(\.reason) == [reason].compactMap(\.self))
        guard reason != nil else { return }
        try village.merge(other, into: one, author: "lan")
        #expect(try village.duplicates().isEmpty)
    }

    @Test func `who serves in a unit that was entered twice is there twice too`() throws {
        let units = try (1...2).map { number in
            try add("unit", ["kind": "school", "name": "Trường Mẫu \(number)", "state": "open"])
        }
        let staff = ["full_name": "Lê Thị Giáo", "state": "active"]
        _ = try units.map { try add("staff", staff, of: $0) }
        _ = try add("staff", staff.merging(["state": "left"]) { $1 }, of: units[0])
        #expect(try village.duplicates().isEmpty)
        try village.merge(units[1], into: units[0], author: "lan")
        #expect(try village.duplicates().map(\.reason) == [.staffName])
    }

    @Test func `one person's pension is listed where it was recorded twice`() throws {
        let one = try village.resident(of: home, "Lê Văn Một", [Self.number])
        let two = try village.resident(of: home, "Lê Văn Một", [Self.number])
        let pensions = try [one, two].map { try add("benefit", ["kind": "pension"], of: $0) }
        for kind in ["merit", "other", "other"] { _ = try add("benefit", ["kind": kind], of: one) }
        _ = try add("benefit", ["kind": "pension", "until": "2026-01-01"], of: one)
        #expect(try village.duplicates().map(\.reason) == [.personalID])
        try village.merge(two, into: one, author: "lan")
        let found = try village.duplicates()
        #expect(found.map(\.reason) == [.benefitKind])
        #expect(found.map { [$0.first.id, $0.second.id] } == [pensions])
        try village.merge(pensions[1], into: pensions[0], author: "lan")
        #expect(try village.duplicates().isEmpty)
    }

    // MARK: After a move

    private static let there = TestCommune.path + "/mau-2"

    @Test func `who was merged and has moved is no obstacle`() throws {
        let hub = commune.hub
        let one = try village.resident(of: home, "Lê Văn Một", [Self.number])
        let two = try village.resident(of: home, "Lê Văn Một", [Self.number])
        let pensions = try [one, two].map { try add("benefit", ["kind": "pension"], of: $0) }
        try commune.sync()
        try hub.merge(two, into: one, author: "minh")
        try hub.move(home, to: Self.there, author: "minh")
        let found = try hub.duplicates()
        #expect(found.map(\.reason) == [.benefitKind])
        #expect(found.map { [$0.first.id, $0.second.id] } == [pensions])
    }

    @Test func `they are still two where they have moved`() throws {
        let hub = commune.hub
        let one = try village.resident(of: home, "Lê Văn Một")
        let two = try village.resident(of: home, "Lê Văn Một")
        try village.dismiss(one, two, author: "lan")
        try commune.sync()
        for place in [Self.there, SurveyedCommune.scope, Self.there] {
            try hub.move(home, to: place, author: "minh")
            #expect(try hub.duplicates().isEmpty)
            #expect(throws: StoreError.dismissed(one, two)) {
                try hub.merge(two, into: one, author: "minh")
            }
        }
        // Of those who live apart it is said above both.
        let away = try hub.household()
        try hub.set("resident", two, Cell("household", .reference(away)), in: Self.there)
        try hub.merge(two, into: one, overrulesDismissal: true, author: "minh")
        #expect(try hub.conflicts().isEmpty)
        try hub.move(home, to: SurveyedCommune.scope, author: "minh")
        #expect(try hub.conflicts().isEmpty)
        #expect(try hub.verify().damages.isEmpty)
    }

    @Test func `two families are not one place because they bear one number`() throws {
        let hub = commune.hub
        let number = Cell("register_code", .text("12"))
        try village.set("household", home, number)
        try village.resident(of: home, "Lê Văn Một")
        try commune.sync()
        let other = try hub.household(in: Self.there, [number])
        try hub.resident(of: other, "Trần Thị Hai", in: Self.there)
        try hub.move(home, to: Self.there, author: "minh")
        #expect(try hub.duplicates().map(\.reason) == [.householdNumber])
        #expect(try hub.doubledPlaces() == (0, 1))
        try hub.resident(of: other, "Lê Văn Một", in: Self.there)
        #expect(try hub.doubledPlaces() == (1, 0))
    }
}
