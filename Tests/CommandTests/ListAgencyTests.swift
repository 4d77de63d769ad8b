import Causality
import Intake
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

/// Lists of paying agencies, what is remembered of columns, and what finding people costs.
@Suite struct ListAgencyTests {
    private let node: LocalNode

    init() throws {
        let commune = try TestCommune(seed: 4, description: .doorstep)
        node = LocalNode(commune.hub, user: "minh")
        try node.addVillage("Mẫu 1")
    }

    private static let population =
        "Số hộ;Họ và tên;Ngày sinh;Giới tính;CCCD;Quan hệ;Thôn\n"
        + "1;Nguyễn Văn Ví Dụ;05/03/1955;Nam;049055990017;Chủ hộ;Mẫu 1\n"
        + ";Trần Thị Ví Dụ;1957;Nữ;;Vợ;\n"

    @discardableResult
    private func take(
        _ text: String,
        _ change: (inout ListImportOptions) -> Void = { _ in }
    ) throws -> ListImportReport {
        var options = ListImportOptions()
        change(&options)
        return try node.importList(ByteChunks.source(Array(text.utf8)), options)
    }

    private func benefits(of name: String) throws -> [RecordRow] {
        let person = try #require(try node.store.find(FindQuery(name)).hits.first?.row)
        return try node.store.children(of: person.id).filter { $0.type.name == "benefit" }
            .sorted { ($0.text("kind") ?? "") < ($1.text("kind") ?? "") }
    }

    private static let paying =
        "Họ và tên;Ngày sinh;CCCD;Thôn;Loại trợ cấp;Nhận qua;Liên kết VNeID;Ngày danh sách\n"

    // MARK: Paying agencies

    @Test func `a paying agency's list says who gets what, how, and of which day`() throws {
        try take(Self.population)
        let rows =
            "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Lương hưu;Tài khoản cá nhân;Có;01/05/2026\n"
            + "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Người có công;Tại nhà;;15/04/2026\n"
            + "Trần Thị Ví Dụ;1957;;Mẫu 1;BTXH;Tiền mặt;Chưa;01/05/2026\n"
            + "Lê Văn Lạ;1950;;Mẫu 1;Lương hưu;Bưu điện;;01/05/2026\n"
        let report = try take(Self.paying + rows)
        #expect(report.refusals.map(\.reason) == [.personUnknown])
        #expect(report.list.counts[.benefitProposed] == 1)
        #expect(report.residents.completed == 3 && report.residents.created == 0)
        let his = try benefits(of: "nguyen van vi du")
        #expect(his.map { $0.text("kind") } == ["merit", "pension"])
        #expect(his.map { $0.text("channel_register") } == ["cash-home", "bank-own"])
        #expect(his.map { $0.text("linked_vneid_register") } == [nil, "yes"])
        #expect(his.map { $0.text("register_on") } == ["2026-04-15", "2026-05-01"])
        #expect(his.allSatisfy { $0.text("channel") == nil })
        #expect(try benefits(of: "tran thi vi du").map { $0.text("channel_register") } == [nil])
        let again = try take(Self.paying + rows) { $0.acceptsProposals = true }
        #expect(again.residents.unchanged == 2 && again.residents.completed == 1)
        #expect(
            try benefits(of: "tran thi vi du").map { $0.text("channel_register") } == ["cash-point"]
        )
        #expect(try benefits(of: "nguyen van vi du").count == 2)
    }

    @Test func `a later list of payments replaces an earlier one, not the other way round`() throws
    {
        try take(Self.population)
        func channel(_ channel: String, on day: String) throws -> String? {
            let row = "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Lương hưu;\(channel);;\(day)\n"
            try take(Self.paying + row)
            return try benefits(of: "nguyen van vi du").first?.text("channel_register")
        }
        #expect(try channel("Bưu điện", on: "01/04/2026") == "cash-point")
        #expect(try channel("Tài khoản cá nhân", on: "01/05/2026") == "bank-own")
        #expect(try channel("Tại nhà", on: "15/04/2026") == "bank-own")
    }

    @Test func `a payment that a later list confirms stays before an older list`() throws {
        try take(Self.population)
        func told(_ channel: String, on day: String) throws -> ListImportReport {
            let row = "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Lương hưu;\(channel);;\(day)\n"
            return try take(Self.paying + row)
        }
        for day in ["01/03/2026", "01/05/2026"] {
            #expect(try told("Bưu điện", on: day).residents.completed == 1)
            #expect(try told("Bưu điện", on: day).residents.unchanged == 1)
        }
        let older = try told("Tại nhà", on: "01/04/2026")
        #expect(older.refusals.map(\.reason) == [.laterListRecorded])
        let pension = try #require(try benefits(of: "nguyen van vi du").first)
        #expect(pension.text("channel_register") == "cash-point")
        #expect(pension.text("register_on") == "2026-05-01")
    }

    @Test func `rows without a day take the list's, and need one`() throws {
        try take(Self.population)
        let row = "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Lương hưu;Bưu điện;;\n"
        #expect(throws: NodeError.registerDayNeeded) { try take(Self.paying + row) }
        try take(Self.paying + row) { $0.registerDay = CalendarDay("2026-04-01") }
        #expect(
            try benefits(of: "nguyen van vi du").map { $0.text("register_on") } == ["2026-04-01"]
        )
    }

    @Test(arguments: ["01/11/2999", "2026", "hôm qua", "01/05/26"])
    func `a day that cannot be used refuses its row and makes nobody`(day: String) throws {
        try take(Self.population)
        let rows =
            "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Lương hưu;Bưu điện;;\(day)\n"
            + "Lê Văn Lạ;1950;;Mẫu 1;Lương hưu;Bưu điện;;\(day)\n"
        let report = try take(Self.paying + rows)
        #expect(report.list.counts[.registerDayUnusable] == 2 && report.hasRefusals)
        #expect(report.refusedRows == 2 && report.refusals.map(\.row) == [2, 3])
        #expect(report.refusals.map(\.reason) == [.listDayUnusable, .listDayUnusable])
        #expect(report.residents.created == 0)
        #expect(try benefits(of: "nguyen van vi du").isEmpty)
    }

    @Test func `the kind comes from the row, else from whoever imports, else there is one`() throws
    {
        try take(Self.population)
        let text =
            "Họ và tên;Ngày sinh;CCCD;Nhận qua\n"
            + "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;Bưu điện\n"
        let day = CalendarDay("2026-04-01")
        let unclear = try take(text) { $0.registerDay = day }
        #expect(unclear.refusals.map(\.reason) == [.benefitUnclear])
        try take(text) {
            $0.registerDay = day
            $0.benefitKind = "pension"
        }
        #expect(try benefits(of: "nguyen van vi du").map { $0.text("kind") } == ["pension"])
        let known = try take(text.replacing("Bưu điện", with: "Tại nhà")) { $0.registerDay = day }
        #expect(known.refusals.isEmpty && known.residents.completed == 1)
        #expect(
            try benefits(of: "nguyen van vi du").map { $0.text("channel_register") } == [
                "cash-home"
            ]
        )
    }

    @Test func `one benefit is told once by a list`() throws {
        try take(Self.population)
        let row = "Nguyễn Văn Ví Dụ;05/03/1955;049055990017;;Lương hưu;Bưu điện;;01/05/2026\n"
        let other = row.replacing("Bưu điện", with: "Tại nhà")
        #expect(try take(Self.paying + row + other).refusals.map(\.reason) == [.listedTwice])
        #expect(try benefits(of: "nguyen van vi du").count == 1)
    }

    // MARK: Columns by hand

    private static let odd =
        "Nhân khẩu nam nữ;Sinh;Giới tính;Thôn\nLê Văn Một;1950;Nam;Mẫu 1\n"
    private static let explained = ["Nhân khẩu nam nữ=full_name", "Sinh=birth"]

    private func choices(_ texts: [String]) throws -> [ColumnChoice] {
        try texts.map { text throws(IntakeError) in try ColumnChoice(text) }
    }

    @Test func `what was said of columns is remembered, not by a dry run, and can be forgotten`()
        throws
    {
        let choices = try choices(Self.explained)
        let dry = try take(Self.odd) {
            $0.columns = choices
            $0.isDryRun = true
        }
        #expect(dry.list.persons == 1)
        #expect(throws: IntakeError.self) { try take(Self.odd) }
        #expect(try take(Self.odd) { $0.columns = choices }.remembersColumns)
        let again = try take(Self.odd)
        #expect(again.list.columns.map(\.origin).prefix(2) == [.remembered, .remembered])
        #expect(again.residents.unchanged == 1)
        // A list with another header has nothing to do with it.
        #expect(!(try take(Self.population).remembersColumns))
        #expect(throws: IntakeError.self) { try take(Self.odd) { $0.forgetsColumns = true } }
        let more = choices + (try self.choices(["Giới tính=-"]))
        let corrected = try take(Self.odd) {
            $0.forgetsColumns = true
            $0.columns = more
        }
        #expect(corrected.list.columns.map(\.column) == [.fullName, .birth, nil, .village])
        #expect(try take(Self.odd).list.columns[2].origin == .remembered)
    }

    @Test func `a list whose own table is enough can be read without what was said`() throws {
        let text = "Họ và tên;Năm sinh;Giới tính;Thôn;Sinh\nLê Văn Hai;1950;Nam;Mẫu 1;1951\n"
        let choices = try choices(["Sinh=birth"])
        #expect(try take(text) { $0.columns = choices }.list.columns[1].column == nil)
        #expect(try take(text).list.columns[4].column == .birth)
        let forgotten = try take(text) { $0.forgetsColumns = true }
        #expect(forgotten.list.columns[1].column == .birth && !forgotten.remembersColumns)
        #expect(try take(text).list.columns[1].column == .birth)
    }

    @Test func `only so many headers are remembered, the latest`() throws {
        let choices = try choices(["Sinh=birth"])
        func text(_ number: Int) -> String {
            "Họ và tên;Sinh;Giới tính;Thôn;Cột \(number)\nLê Văn Hai;1950;Nam;Mẫu 1;\n"
        }
        for number in 1...66 { try take(text(number)) { $0.columns = choices } }
        #expect(try take(text(66)).list.columns[1].column == .birth)
        #expect(try take(text(3)).list.columns[1].column == .birth)
        #expect(try take(text(2)).list.columns[1].column == nil)
    }

    // MARK: What it costs

    @Test func `a number and a history are read once for each person`() throws {
        let header = "Họ và tên;Ngày sinh;Giới tính;CCCD;CMND;Quan hệ;Thôn\n"
        let rows = (10..<60).map {
            "Lê Văn \($0 % 2 == 0 ? "Chẵn" : "Lẻ");1950;Nam;0490509900\($0);2059900\($0);Chủ hộ;Mẫu 1\n"
        }
        let list = header + rows.joined()
        // Fifty people who are new: each of their two numbers is searched for once.
        let first = try take(list)
        #expect(first.residents.created == 50 && first.refusals.isEmpty)
        #expect(first.reads.numbers == 100)
        #expect(first.reads.histories == 0)
        let second = try take(list)
        #expect(second.residents.unchanged == 50 && second.reads.histories == 0)
        // Ten who are none of the five members whom the list leaves out: each history once.
        let house = "Số hộ;" + header
        let home = (0..<6).map { "7;Võ Văn \($0);19\($0 + 50);Nam;;;Con;Mẫu 1\n" }
        try take(house + home.joined())
        let more = (0..<10).map { ";Đỗ Văn \($0);19\($0 + 70);Nam;;;Con;\n" }
        let third = try take(house + home[0] + more.joined())
        #expect(third.residents.created == 10)
        #expect(third.reads.numbers == 0)
        #expect(third.reads.histories == 5)
    }
}
