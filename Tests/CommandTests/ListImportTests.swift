import Causality
import Intake
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

@Suite struct ListImportTests {
    private let node: LocalNode

    init() throws {
        let commune = try TestCommune(seed: 2, description: .doorstep)
        node = LocalNode(commune.hub, user: "minh")
        try node.addVillage("Mẫu 1")
    }

    private static let header = "Số hộ;Họ và tên;Ngày sinh;Giới tính;CCCD;Quan hệ;Thôn;SĐT\n"
    private static let head = "1;Nguyễn Văn Ví Dụ;05/03/1985;Nam;049085990017;Chủ hộ;Mẫu 1;"
    private static let wife = "\n;Trần Thị Ví Dụ;1987;Nữ;;Vợ;;"

    @discardableResult
    private func take(
        _ rows: String,
        at other: LocalNode? = nil,
        _ change: (inout ListImportOptions) -> Void = { _ in }
    ) throws -> ListImportReport {
        var options = ListImportOptions()
        change(&options)
        return try (other ?? node).importList(
            ByteChunks.source(Array((Self.header + rows).utf8)),
            options
        )
    }

    private func person(_ name: String) throws -> RecordRow {
        try #require(try node.store.find(FindQuery(name)).hits.first?.row)
    }

    @Test func `the head of the household is referred to`() throws {
        let report = try take(Self.head + Self.wife)
        #expect(report.residents.created == 2)
        let head = try person("nguyen van vi du")
        let home = try #require(head["household"].record)
        #expect(try node.store.requireRecord(home)["head"] == .reference(head.id))
        #expect(try person("tran thi vi du")["household"].record == home)
    }

    @Test func `what is empty is filled, what differs stays and is reported`() throws {
        try take(Self.head + Self.wife)
        let head = try person("nguyen van vi du")
        _ = try node.editRecord(head.id, [FieldInput("full_name", "Nguyễn Văn Ví Thử")])
        let report = try take(Self.head + "0905123456" + Self.wife)
        #expect(report.residents.created == 0)
        #expect(report.residents.completed == 1)
        #expect(report.residents.unchanged == 1)
        #expect(report.differences.map(\.field) == ["full_name"])
        #expect(report.differences.first?.recorded == "Nguyễn Văn Ví Thử")
        let after = try #require(try node.store.record(head.id))
        #expect(after.text("full_name") == "Nguyễn Văn Ví Thử")
        #expect(after.text("phone") == "0905123456")
        #expect(try take(Self.head + "0905123456" + Self.wife).residents.unchanged == 2)
    }

    @Test func `what somebody cleared on purpose is not filled again`() throws {
        try take(Self.head + "0905123456")
        let head = try person("nguyen van vi du")
        _ = try node.editRecord(head.id, [FieldInput("phone", "")])
        #expect(try take(Self.head + "0905123456").residents.unchanged == 1)
        #expect(try node.store.requireRecord(head.id)["phone"] == .null)
    }

    @Test func `a list does not bring back what was deleted`() throws {
        try take(Self.head + Self.wife)
        let wife = try person("tran thi vi du")
        try node.deleteRecord(wife.id, reason: "ghi nhầm")
        let report = try take(Self.head + Self.wife)
        #expect(report.refusals.map(\.reason) == [.deletedHere])
        #expect(report.hasRefusals)
        #expect(report.residents.created == 0)
        let home = try #require(wife["household"].record)
        try node.deleteRecord(home, reason: "trùng", withChildren: true)
        #expect(try take(Self.head + Self.wife).refusals.first?.persons == 2)
    }

    @Test func `people are followed through merges`() throws {
        try take(Self.head + Self.wife)
        let wife = try person("tran thi vi du")
        let home = try #require(wife["household"].record)
        let twin = try #require(
            try node.addRecord(
                "resident",
                [
                    FieldInput("household", home.description),
                    FieldInput("full_name", "Trần Thị Ví Dụ"), FieldInput("birth", "1987"),
                    FieldInput("sex", "female"), FieldInput("nationality", "vn"),
                    FieldInput("residence", "permanent"), FieldInput("presence", "here"),
                ]
            ).id
        )
        try node.store.merge(wife.id, into: twin, author: "minh")
        let report = try take(Self.head + Self.wife)
        #expect(report.residents.created == 0)
        #expect(report.refusals.isEmpty)
    }

    @Test func `a household number that belongs to others is refused`() throws {
        try take(Self.head + Self.wife)
        let report = try take("1;Lê Văn Khác;01/02/1970;Nam;049070990099;Chủ hộ;Mẫu 1;")
        #expect(report.refusals.map(\.reason) == [.numberTaken])
        #expect(report.households.created == 0)
    }

    @Test func `a household grows by whom the list adds`() throws {
        try take(Self.head)
        let report = try take(Self.head + Self.wife)
        #expect(report.residents.created == 1)
        #expect(report.residents.unchanged == 1)
        #expect(report.households.unchanged == 1)
    }

    @Test func `lists without household numbers are found again by people`() throws {
        let rows =
            ";Lê Văn Một;1950;Nam;;Chủ hộ;Mẫu 1;\n;Lê Thị Hai;1952;Nữ;;Vợ;Mẫu 1;\n"
            + ";Lê Văn Ba;1960;Nam;;Chủ hộ;Mẫu 1;"
        let first = try take(rows)
        #expect(first.residents.created == 3)
        let second = try take(rows)
        #expect(second.households.created == 0)
        #expect(second.residents.unchanged == 3)
    }

    @Test func `two people of one name and day in a household stay two`() throws {
        let twins =
            Self.head + "\n;Lê Văn An;05/03/2010;Nam;;Con;;\n;Lê Văn An;05/03/2010;Nam;;Cháu;;"
        #expect(try take(twins).residents.created == 3)
        #expect(try take(twins).residents.unchanged == 3)
    }

    @Test func `a village node takes its own village only`() throws {
        let commune = try TestCommune(seed: 3, description: .doorstep)
        let hub = LocalNode(commune.hub, user: "minh")
        try hub.addVillage("Mẫu 1")
        try hub.addVillage("Mẫu 2")
        let village = LocalNode(try commune.village("mau-1"), user: "lan")
        for _ in 0..<2 { _ = try TestExchange(village.store, with: hub.store) }
        let rows =
            Self.head + "\n2;Lê Văn Xa;1960;Nam;;Chủ hộ;Mẫu 2;\n3;Lê Văn Đây;1961;Nam;;Chủ hộ;;"
        let report = try take(rows, at: village)
        #expect(report.households.created == 1)
        #expect(report.refusals.map(\.reason) == [.villageNotOurs, .villageNotOurs])
        #expect(report.refusedRows == 2)
        let own = try take("9;Lê Văn Đây;1961;Nam;;Chủ hộ;;", at: village)
        #expect(own.households.created == 1)
    }

    @Test func `who was put right or has moved since is not made again`() throws {
        let other = "\n2;Lê Văn Kia;1960;Nam;;Chủ hộ;;"
        try take(Self.head + Self.wife + other)
        let head = try person("nguyen van vi du")
        let wife = try person("tran thi vi du")
        let newHome = try #require(try person("le van kia")["household"].record)
        _ = try node.editRecord(wife.id, [FieldInput("full_name", "Trần Thị Ví Thử")])
        _ = try node.editRecord(head.id, [FieldInput("household", newHome.description)])
        let report = try take(Self.head + Self.wife + other)
        #expect(report.residents.created == 0)
        #expect(report.households.created == 0)
        #expect(report.refusals.isEmpty)
        #expect(Set(report.differences.map(\.field)) == ["full_name", "household"])
    }

    @Test func `who has no number and moved is found by the household that was left`() throws {
        let other = "\n2;Lê Văn Kia;1960;Nam;;Chủ hộ;;"
        try take(Self.head + Self.wife + other)
        let wife = try person("tran thi vi du")
        let newHome = try #require(try person("le van kia")["household"].record)
        _ = try node.editRecord(wife.id, [FieldInput("household", newHome.description)])
        let report = try take(Self.head + Self.wife + other)
        #expect(report.residents.created == 0)
        #expect(report.differences.map(\.field) == ["household"])
    }

    @Test func `a list in the order of names loses nobody`() throws {
        let rows =
            Self.head + "\n2;Lê Văn Kia;1960;Nam;;Chủ hộ;;\n1;Trần Thị Ví Dụ;1987;Nữ;;Vợ;;"
            + "\n2;Lê Thị Kìa;1962;Nữ;;Vợ;;"
        let first = try take(rows)
        #expect(first.refusals.isEmpty)
        #expect(first.residents.created == 4)
        #expect(try take(rows).residents.unchanged == 4)
    }

    @Test func `the village of households that name none may be a new one`() throws {
        let row = "1;Lê Văn Đây;1961;Nam;;Chủ hộ;;"
        #expect(throws: NodeError.self) { try take(row) { $0.place = "Thôn Mới" } }
        let report = try take(row) {
            $0.place = "Thôn Mới"
            $0.createsVillages = true
        }
        #expect(report.villagesCreated.map(\.name) == ["Thôn Mới"])
        #expect(try person("le van day").scope == report.villagesCreated.first?.scope)
        let again = try take(row) {
            $0.place = "Mới"
            $0.createsVillages = true
        }
        #expect(again.villagesCreated.isEmpty && again.residents.unchanged == 1)
    }

    @Test func `an error leaves nothing of the list behind`() throws {
        let broken = Self.head + "\n2;\"Lê Văn"
        #expect(throws: IntakeError.self) { try take(broken) }
        #expect(try node.store.find(FindQuery("vi du")).total == 0)
    }

    private static let police = "Họ và tên;Ngày sinh;CCCD;Thôn;Mức định danh;Tình trạng thẻ\n"

    private func takeRegister(_ rows: String, on day: String) throws -> ListImportReport {
        var options = ListImportOptions()
        options.registerDay = CalendarDay(day)
        let bytes = Array((Self.police + rows).utf8)
        return try node.importList(ByteChunks.source(bytes), options)
    }

    @Test func `a list of the police sets what it knows of those who are recorded`() throws {
        try take(Self.head + Self.wife)
        let rows =
            "Nguyễn Văn Ví Dụ;05/03/1985;049085990017;;Mức độ 2;Đã cấp\n"
            + "Trần Thị Ví Dụ;1987;;Mẫu 1;M1;xyz\nLê Văn Lạ;1990;;Mẫu 1;Mức 1;\n"
        let report = try takeRegister(rows, on: "2026-11-01")
        #expect(report.residents.completed == 2 && report.residents.created == 0)
        #expect(report.refusals.map(\.reason) == [.personUnknown])
        #expect(report.list.counts[.registerValueUnknown] == 1)
        let head = try person("nguyen van vi du")
        #expect(head.text("vneid_level_register") == "2")
        #expect(head.text("idcard_status_register") == "valid")
        #expect(head.text("register_on") == "2026-11-01")
        #expect(head.text("vneid_level") == nil)
        #expect(try person("tran thi vi du").text("vneid_level_register") == "1")
        #expect(try takeRegister(rows, on: "2026-11-01").residents.unchanged == 2)
    }

    @Test func `a later list of the police replaces an earlier one, not the other way round`()
        throws
    {
        try take(Self.head)
        func level(_ level: String, on day: String) throws -> [String?] {
            let row = "Nguyễn Văn Ví Dụ;05/03/1985;049085990017;;\(level);\n"
            _ = try takeRegister(row, on: day)
            let head = try person("nguyen van vi du")
            return [head.text("vneid_level_register"), head.text("register_on")]
        }
        #expect(try level("1", on: "2026-10-01") == ["1", "2026-10-01"])
        #expect(try level("2", on: "2026-11-01") == ["2", "2026-11-01"])
        #expect(try level("0", on: "2026-10-15") == ["2", "2026-11-01"])
    }

    @Test func `what a later list confirms, an older list does not undo`() throws {
        try take(Self.head)
        #expect(try takeLevel("2", on: "2026-09-01").residents.completed == 1)
        #expect(try takeLevel("2", on: "2026-11-01").residents.completed == 1)
        let id = try person("nguyen van vi du").id
        #expect(try node.store.requireRecord(id).text("register_on") == "2026-11-01")
        let entries = try node.store.history(of: id).count
        // Once more, or of a day before: nothing is new.
        #expect(try takeLevel("2", on: "2026-11-01").residents.unchanged == 1)
        #expect(try takeLevel("2", on: "2026-10-01").residents.unchanged == 1)
        #expect(try node.store.history(of: id).count == entries)
        let older = try takeLevel("1", on: "2026-10-01")
        #expect(older.refusals.map(\.reason) == [.laterListRecorded])
        #expect(try node.store.requireRecord(id).text("vneid_level_register") == "2")
        // The confirmation takes nothing from a day between.
        let past = try node.store.snapshot(observedBy: CalendarDay("2026-10-01"))
        #expect(try past.requireRecord(id).text("vneid_level_register") == "2")
        #expect(try past.requireRecord(id).text("register_on") == "2026-09-01")
    }

    @Test func `a list confirms beside another of the same day, or of a later one`() throws {
        try take(Self.head)
        let card = "Nguyễn Văn Ví Dụ;049085990017;Đã cấp\n"
        #expect(try takeLevel("2", on: "2026-09-01").residents.completed == 1)
        #expect(try takeCards(card, on: "2026-11-01").residents.completed == 1)
        for day in ["2026-10-01", "2026-11-01"] {
            #expect(try takeLevel("2", on: day).residents.completed == 1)
            #expect(try takeLevel("2", on: day).residents.unchanged == 1)
            #expect(try takeLevel("1", on: "2026-09-15").refusals.count == 1)
        }
        #expect(try takeLevel("1", on: "2026-10-15").refusals.count == 1)
        let head = try person("nguyen van vi du")
        #expect(head.text("vneid_level_register") == "2")
        #expect(head.text("register_on") == "2026-11-01")
    }

    private func takeCards(_ rows: String, on day: String) throws -> ListImportReport {
        var options = ListImportOptions()
        options.registerDay = CalendarDay(day)
        let text = "Họ và tên;CCCD;Tình trạng thẻ\n" + rows
        return try node.importList(ByteChunks.source(Array(text.utf8)), options)
    }

    private func takeLevel(_ level: String, on day: String) throws -> ListImportReport {
        try takeRegister("Nguyễn Văn Ví Dụ;05/03/1985;049085990017;;\(level);\n", on: day)
    }

    @Test func `an earlier list fills what no list has said, and only that`() throws {
        try take(Self.head)
        let card = "Nguyễn Văn Ví Dụ;049085990017;"
        #expect(try takeCards(card + "Đã cấp\n", on: "2026-11-20").residents.completed == 1)
        #expect(try takeLevel("2", on: "2026-11-10").residents.completed == 1)
        var head = try person("nguyen van vi du")
        #expect(head.text("vneid_level_register") == "2")
        #expect(head.text("register_on") == "2026-11-20")
        // Each kind of list goes on from its own last day.
        #expect(try takeLevel("1", on: "2026-11-12").refusals.isEmpty)
        let older = try takeLevel("0", on: "2026-11-11")
        #expect(older.refusals.map(\.reason) == [.laterListRecorded] && older.hasRefusals)
        #expect(older.refusals.map(\.row) == [2] && older.residents.unchanged == 0)
        let cards = try takeCards(card + "Hết hạn\n", on: "2026-11-19")
        #expect(cards.refusals.map(\.reason) == [.laterListRecorded])
        #expect(try takeCards(card + "Đã cấp\n", on: "2026-11-19").refusals.isEmpty)
        head = try person("nguyen van vi du")
        #expect(head.text("vneid_level_register") == "1")
        #expect(head.text("idcard_status_register") == "valid")
        #expect(head.text("register_on") == "2026-11-20")
        // Of a past day, what was listed by then counts.
        let past = try node.store.snapshot(observedBy: CalendarDay("2026-11-11"))
        let then = try past.requireRecord(head.id)
        #expect(then.text("vneid_level_register") == "2")
        #expect(then.text("idcard_status_register") == nil)
    }

    @Test func `a row of the police's list needs no birth where it has a number`() throws {
        try take(Self.head)
        let text =
            "Nguyễn Văn Ví Dụ;049085990017;Đã cấp\nLê Văn Lạ;049090990099;Đã cấp\n"
            + "Lê Văn Không;;Đã cấp\n"
        let report = try takeCards(text, on: "2026-11-20")
        #expect(report.residents.completed == 1 && report.residents.created == 0)
        #expect(report.refusals.map(\.reason) == [.personUnknown])
        #expect(report.list.counts[.birthMissing] == 1 && report.list.refusedRows == 1)
        #expect(try person("nguyen van vi du").text("idcard_status_register") == "valid")
        // A population list needs it: nobody is made without.
        let people = "Họ và tên;CCCD;Giới tính;Thôn\nLê Văn Lạ;049090990099;Nam;Mẫu 1\n"
        let made = try node.importList(ByteChunks.source(Array(people.utf8)))
        #expect(made.residents.created == 0 && made.list.counts[.birthMissing] == 1)
    }

    @Test func `a register's day without a column of a register is refused`() throws {
        #expect(throws: NodeError.noRegisterColumn) {
            try take(Self.head) { $0.registerDay = CalendarDay("2026-11-20") }
        }
        #expect(try node.store.count(of: "resident", under: nil, includingGone: true) == 0)
    }

    @Test func `a number of the police's list with another name and birth is nobody`() throws {
        try take(Self.head)
        let row = "Phạm Văn Khác;1971;049085990017;;2;\n"
        #expect(try takeRegister(row, on: "2026-11-01").refusals.map(\.reason) == [.personUnknown])
        let twice = "Nguyễn Văn Ví Dụ;05/03/1985;049085990017;;2;Đã cấp\n"
        let again = "Nguyễn Văn Ví Dụ;05/03/1985;049085990017;;1;Đã cấp\n"
        let report = try takeRegister(twice + again, on: "2026-11-01")
        #expect(report.refusals.map(\.reason) == [.listedTwice])
    }

    @Test func `columns of the police without the list's day change nothing`() throws {
        let bytes = Array((Self.police + "Lê Văn Lạ;1990;;Mẫu 1;Mức 1;\n").utf8)
        #expect(throws: NodeError.registerDayNeeded) {
            try node.importList(ByteChunks.source(bytes))
        }
        #expect(try node.store.count(of: "resident", under: nil, includingGone: true) == 0)
    }

    @Test func `a list without household numbers finds the people of numbered households`() throws {
        try take(Self.head + Self.wife)
        let text =
            "Họ và tên;Ngày sinh;Quan hệ;Thôn\nNguyễn Văn Ví Dụ;05/03/1985;Chủ hộ;Mẫu 1\n"
            + "Trần Thị Ví Dụ;1987;Vợ;Mẫu 1\n"
        let report = try node.importList(ByteChunks.source(Array(text.utf8)))
        #expect(report.residents.created == 0 && report.households.created == 0)
    }

    @Test func `somebody who is recorded in another village is reported, not made again`() throws {
        try node.addVillage("Mẫu 2")
        try take(Self.head + Self.wife)
        let report = try take("7;Nguyễn Văn Ví Dụ;05/03/1985;Nam;049085990017;Chủ hộ;Mẫu 2;")
        #expect(report.residents.created == 0 && report.households.created == 0)
        #expect(report.refusals.map(\.reason) == [.livesElsewhere])
        // The same number with another name and birth is somebody else's until a person decides.
        let other = try take("8;Phạm Văn Khác;01/02/1971;Nam;049085990017;Chủ hộ;Mẫu 2;")
        #expect(other.residents.created == 1)
    }

    @Test func `how people are registered is not guessed`() throws {
        try take(Self.head)
        #expect(try person("nguyen van vi du").text("residence") == nil)
        let report = try take(Self.head) { $0.residence = "temporary" }
        #expect(report.residents.completed == 1)
        #expect(try person("nguyen van vi du").text("residence") == "temporary")
    }
}
