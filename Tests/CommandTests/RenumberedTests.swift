import Causality
import Intake
import Node
import Store
import Survey
import TestSupport
import Testing

/// Lists whose households bear other numbers than before, and people who may be somebody recorded.
@Suite struct RenumberedTests {
    private let node: LocalNode

    init() throws {
        let commune = try TestCommune(seed: 7, description: .doorstep)
        node = LocalNode(commune.hub, user: "minh")
        try node.addVillage("Mẫu 1")
    }

    private static let header = "Số hộ;Họ và tên;Ngày sinh;Giới tính;CCCD;Quan hệ;Thôn\n"
    private static let an = "Nguyễn Văn An;05/03/1985;Nam;049085990017;Chủ hộ;Mẫu 1\n"
    private static let wife = "Trần Thị Hai;07/08/1987;Nữ;049187990018;Vợ;Mẫu 1\n"
    private static let baby = "Nguyễn Thị Bé;02/02/2020;Nữ;;Con;Mẫu 1\n"
    private static let son = "Nguyễn Văn Năm;09/09/2005;Nam;049205990019;Con;Mẫu 1\n"
    /// Known by name and year alone: nothing says that there is but one.
    private static let old = "Lê Văn Ba;01/01/1950;Nam;;Chủ hộ;Mẫu 1\n"
    private static let oldToTheDay = "Lê Văn Ba;03/04/1950;Nam;;Chủ hộ;Mẫu 1\n"

    @discardableResult
    private func take(
        _ rows: String...,
        header: String? = nil,
        others: Set<Int> = []
    ) throws -> ListImportReport {
        var options = ListImportOptions()
        options.otherPersons = others
        let text = (header ?? Self.header) + rows.joined()
        return try node.importList(ByteChunks.source(Array(text.utf8)), options)
    }

    private func count(_ type: String) throws -> Int {
        try node.store.count(of: type, under: nil, includingGone: false)
    }

    private func person(_ name: String) throws -> RecordRow {
        try #require(try node.store.find(FindQuery(name)).hits.first?.row)
    }

    @Test func `a household is known by who lives in it, whatever its number`() throws {
        try take("1;" + Self.an, "1;" + Self.baby, "2;" + Self.old)
        let ba = try person("le van ba")
        let report = try take("5;" + Self.an, "5;" + Self.baby, "6;" + Self.old)
        #expect(report.households.created == 0 && report.residents.created == 0)
        #expect(try count("household") == 2 && count("resident") == 3)
        let numbers = report.differences.filter { $0.field == "register_code" }
        #expect(numbers.map(\.listed) == ["5"] && numbers.map(\.recorded) == ["1"])
        // Of whom nothing but name and year is known a person decides.
        #expect(report.refusals.map(\.reason) == [.perhapsRecorded] && report.hasRefusals)
        #expect(report.refusals.first?.row == 4 && report.refusals.first?.record == ba.id)
        // Once the household has its new number, the list is without a question.
        let home = try #require(ba["household"].record)
        _ = try node.editRecord(home, [FieldInput("register_code", "6")])
        let again = try take("5;" + Self.an, "5;" + Self.baby, "6;" + Self.old)
        #expect(again.refusals.isEmpty && again.residents.unchanged == 3)
    }

    @Test func `whoever is said to be another person is taken in`() throws {
        try take("1;" + Self.an, "2;" + Self.old)
        let report = try take("5;" + Self.an, "6;" + Self.old, others: [3])
        #expect(report.refusals.isEmpty)
        #expect(report.households.created == 1 && report.residents.created == 1)
        // The office's two of one name and year stay two.
        let both = try take("2;" + Self.old, "6;" + Self.old)
        #expect(both.residents.created == 0 && both.refusals.isEmpty)
        #expect(try node.store.duplicates().map(\.reason) == [.nameAndVagueBirth])
    }

    @Test func `without a number a name with a whole birth, or two people, tell the household`()
        throws
    {
        let pair = "Phạm Văn Tư;1950;Nam;;Chủ hộ;Mẫu 1\n"
        let other = "Phạm Thị Sáu;1952;Nữ;;Vợ;Mẫu 1\n"
        try take("2;" + Self.oldToTheDay, "3;" + pair, "3;" + other)
        let report = try take(
            "6;" + Self.oldToTheDay,
            "7;" + pair,
            "7;" + other,
            "7;Phạm Văn Bảy;12/12/2025;Nam;;Cháu nội;Mẫu 1\n"
        )
        #expect(report.refusals.isEmpty && report.households.created == 0)
        #expect(report.residents.created == 1)
        #expect(report.differences.map(\.field) == ["register_code", "register_code"])
        #expect(try count("household") == 2 && count("resident") == 4)
    }

    @Test func `numbers that were exchanged are nobody's loss`() throws {
        try take("1;" + Self.an, "1;" + Self.baby, "2;" + Self.oldToTheDay)
        let report = try take("1;" + Self.oldToTheDay, "2;" + Self.an, "2;" + Self.baby)
        #expect(report.refusals.isEmpty)
        #expect(report.residents.unchanged == 3 && report.households.created == 0)
    }

    @Test(arguments: [false, true])
    func `new people get the number of a household that has another one now`(
        isFirst: Bool
    ) throws {
        try take("1;" + Self.an, "1;" + Self.wife)
        let new = "1;Võ Văn Mới;01/02/1970;Nam;049070990022;Chủ hộ;Mẫu 1\n"
        let child = "1;Võ Thị Con;03/02/2010;Nữ;;Con;Mẫu 1\n"
        let old = "2;" + Self.an + "2;" + Self.wife
        let rows = isFirst ? [new, old, child] : [old, new, child]
        let report = try take(rows.joined())
        #expect(report.refusals.isEmpty)
        #expect(report.households.created == 1 && report.residents.created == 2)
        let home = try person("vo van moi")["household"]
        #expect(try person("vo thi con")["household"] == home)
        #expect(try take(rows.joined()).residents.unchanged == 4)
    }

    @Test func `a renumbered list in the order of names comes back to its households`() throws {
        let first = try take("1;" + Self.an, "2;" + Self.oldToTheDay, "1;" + Self.baby)
        #expect(first.residents.created == 3)
        let report = try take("5;" + Self.an, "6;" + Self.oldToTheDay, "5;" + Self.baby)
        #expect(report.refusals.isEmpty && report.residents.unchanged == 3)
        #expect(try count("household") == 2 && count("resident") == 3)
    }

    @Test(arguments: [false, true])
    func `who leaves for a household of their own does not take the old one along`(
        isFirst: Bool
    ) throws {
        try take("1;" + Self.an, "1;" + Self.wife, "1;" + Self.baby, "1;" + Self.son)
        let bride = "Võ Thị Mới;01/02/2006;Nữ;;Vợ;Mẫu 1\n"
        let old = "1;" + Self.an + "1;" + Self.wife + "1;" + Self.baby
        let new = "9;" + Self.son + "9;" + bride
        let report = try take(isFirst ? new + old : old + new)
        #expect(report.households.created == 1 && report.residents.created == 1)
        #expect(report.differences.map(\.field) == ["household"])
        let home = try #require(try person("vo thi moi")["household"].record)
        #expect(try node.store.requireRecord(home).text("register_code") == "9")
        #expect(report.refusals.isEmpty)
    }

    @Test func `somebody new of a name that another row still names is made`() throws {
        try take("1;" + Self.an, "2;" + Self.old)
        let namesake = "Lê Văn Ba;01/01/1950;Nam;;Người ở nhờ;Mẫu 1\n"
        let report = try take("1;" + Self.an, "1;" + namesake, "2;" + Self.old)
        #expect(report.refusals.isEmpty && report.residents.created == 1)
        let alone = try take("1;" + Self.an, "1;" + namesake)
        #expect(alone.residents.created == 0 && alone.refusals.isEmpty)
    }

    @Test func `a dead or deleted namesake holds nobody back`() throws {
        try take("1;" + Self.an, "2;" + Self.old)
        try node.deleteRecord(try person("le van ba").id, reason: "nhầm")
        let report = try take("1;" + Self.an, "6;" + Self.old)
        #expect(report.refusals.isEmpty && report.residents.created == 1)
    }

    @Test func `two of one name and year in a list without numbers are two`() throws {
        let header = "Họ và tên;Ngày sinh;Giới tính;CCCD;Quan hệ;Thôn\n"
        let report = try take(
            Self.old,
            "Lê Thị Bốn;1951;Nữ;;Vợ;Mẫu 1\n",
            Self.old,
            "Lê Thị Năm;1953;Nữ;;Vợ;Mẫu 1\n",
            header: header
        )
        #expect(report.households.created == 2 && report.residents.created == 4)
    }

    @Test func `who has got a number since is not made again in another household`() throws {
        try take("1;" + Self.an, "1;" + Self.baby, "2;" + Self.oldToTheDay)
        let numbered = "Nguyễn Thị Bé;02/02/2020;Nữ;049320990021;Cháu nội;Mẫu 1\n"
        let report = try take("1;" + Self.an, "2;" + Self.oldToTheDay, "2;" + numbered)
        #expect(report.residents.created == 0)
        #expect(report.refusals.map(\.reason) == [.perhapsRecorded])
        let baby = try person("nguyen thi be")
        #expect(report.refusals.first?.record == baby.id)
    }
}
