import Causality
import Intake
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

/// Lists that give people wrong numbers, or births that are not known to the day.
@Suite struct ListNumberTests {
    private let node: LocalNode

    init() throws {
        let commune = try TestCommune(seed: 11, description: .doorstep)
        node = LocalNode(commune.hub, user: "minh")
        try node.addVillage("Mẫu 1")
    }

    private static let header = "Số hộ;Họ và tên;Ngày sinh;Giới tính;CCCD;Quan hệ;Thôn;SĐT\n"
    private static let an = "1;Nguyễn Văn An;14/02/1970;Nam;049070990001;Chủ hộ;Mẫu 1;0905123514\n"
    private static let binh = "1;Trần Thị Bình;03/10/1972;Nữ;049172990002;Vợ;Mẫu 1;\n"
    private static let cuong = "1;Nguyễn Văn Cường;01/05/1998;Nam;049098990003;Con;Mẫu 1;\n"
    private static let family = an + binh + cuong
    private static let phone = "0905188499"
    private static let numberOfBinh = "049172990002"
    private static let numberOfCuong = "049098990003"

    /// Bình's row with another number, and her phone.
    private static func binh(_ number: String) -> String {
        binh.replacing(numberOfBinh, with: number).replacing("Mẫu 1;\n", with: "Mẫu 1;\(phone)\n")
    }

    @discardableResult
    private func take(_ rows: String, header: String? = nil) throws -> ListImportReport {
        let text = (header ?? Self.header) + rows
        return try node.importList(ByteChunks.source(Array(text.utf8)))
    }

    private func person(_ name: String) throws -> RecordRow {
        let hits = try node.store.find(FindQuery(name)).hits
        #expect(hits.count == 1)
        return try #require(hits.first?.row)
    }

    private func expectAllOnce() throws {
        #expect(try node.store.count(of: "resident", under: nil, includingGone: false) == 3)
        #expect(try person("tran thi binh").text("phone") == Self.phone)
        #expect(try person("tran thi binh").text("personal_id") == Self.numberOfBinh)
        #expect(try person("nguyen van cuong").text("phone") == nil)
        #expect(try person("nguyen van cuong").text("personal_id") == Self.numberOfCuong)
    }

    // MARK: Numbers of the wrong row

    @Test(arguments: [
        cuong, cuong.replacing(numberOfCuong, with: ""), "",
    ])
    func `a number of the next row is reported, and writes nothing into its bearer's record`(
        bearer: String
    ) throws {
        try take(Self.family)
        let report = try take(Self.binh(Self.numberOfCuong) + bearer)
        #expect(report.residents.created == 0 && report.refusals.isEmpty)
        #expect(report.differences.map(\.field) == ["personal_id"])
        #expect(report.differences.first?.record == (try person("tran thi binh").id))
        #expect(report.differences.first?.listed == Self.numberOfCuong)
        try expectAllOnce()
    }

    @Test func `numbers of a couple that were exchanged are reported of each`() throws {
        try take(Self.family)
        let number = "049070990001"
        let an = Self.an.replacing(number, with: Self.numberOfBinh)
        let report = try take(an + Self.binh(number) + Self.cuong)
        #expect(report.residents.created == 0 && report.refusals.isEmpty)
        #expect(report.differences.map(\.field) == ["personal_id", "personal_id"])
        #expect(report.differences.map(\.listed) == [Self.numberOfBinh, number])
        #expect(report.differences.map(\.recorded) == [number, Self.numberOfBinh])
        try expectAllOnce()
    }

    @Test func `who has no number yet does not get another one's`() throws {
        try take(Self.an + Self.binh("") + Self.cuong)
        let report = try take(Self.binh(Self.numberOfCuong) + Self.cuong)
        #expect(report.differences.map(\.listed) == [Self.numberOfCuong])
        #expect(report.differences.map(\.recorded) == [""])
        #expect(report.residents.created == 0)
        #expect(try person("tran thi binh").text("personal_id") == nil)
        #expect(try take(Self.binh(Self.numberOfBinh)).residents.completed == 1)
        try expectAllOnce()
    }

    @Test func `twins with one's number at both are two`() throws {
        let one = "1;Lê Văn Một;05/03/2010;Nam;049210990011;Con;Mẫu 1;\n"
        let two = "1;Lê Văn Hai;05/03/2010;Nam;049210990012;Con;Mẫu 1;\n"
        try take(Self.an + one + two)
        let copied = one.replacing("049210990011", with: "049210990012")
        let report = try take(Self.an + copied + two)
        #expect(report.residents.created == 0 && report.residents.unchanged == 3)
        #expect(report.differences.map(\.record) == [try person("le van mot").id])
    }

    @Test func `a list by names is not led to the bearer of a wrong number`() throws {
        let other = "2;Hồ Văn Hải;10/10/1949;Nam;049049990008;Chủ hộ;Mẫu 1;\n"
        try take(Self.family + other)
        let rows = (Self.an + Self.binh("049049990008") + Self.cuong).split(separator: "\n")
            .map { $0.dropFirst(2) + "\n" }.joined()
        let report = try take(rows, header: String(Self.header.dropFirst("Số hộ;".count)))
        #expect(report.residents.created == 0 && report.households.created == 0)
        #expect(report.differences.map(\.field) == ["personal_id"])
        #expect(try person("tran thi binh").text("phone") == Self.phone)
        #expect(try person("ho van hai").text("phone") == nil)
    }

    @Test func `name and birth that were both put right are found by the number`() throws {
        try take(Self.family)
        let row = "1;Trần Thị Bích;03/11/1973;Nữ;049172990002;Vợ;Mẫu 1;\n"
        let report = try take(Self.an + row + Self.cuong)
        #expect(report.residents.created == 0)
        #expect(report.differences.map(\.field) == ["birth", "full_name"])
    }

    @Test func `a number that was put right says nothing of the household`() throws {
        try take(Self.family)
        let report = try take(Self.an + Self.binh("049172990092") + Self.cuong)
        #expect(report.differences.map(\.field) == ["personal_id"])
        #expect(report.residents.created == 0)
        try expectAllOnce()
    }

    // MARK: Births that are not known to the day

    private func meet(_ name: String, _ birth: String) throws -> RecordID {
        let state = [FieldInput("state", "occupied")]
        let home = try node.addRecord("household", state, place: "Mẫu 1")
        let person = try node.addRecord(
            "resident",
            [
                FieldInput("household", home.id?.description ?? ""),
                FieldInput("full_name", name), FieldInput("birth", birth),
                FieldInput("sex", "male"), FieldInput("nationality", "vn"),
                FieldInput("residence", "permanent"), FieldInput("presence", "here"),
                FieldInput("relation", "head"),
            ]
        )
        return try #require(person.id)
    }

    @Test(arguments: [
        ("1950", "02/03/1950", ""), ("1950", "02/03/1950", "049050990060"),
        ("02/03/1950", "1950", ""), ("03/1950", "02/03/1950", ""),
        ("1950", "01/01/1950", ""),
    ])
    func `who was met with a year only, and the list has to the day, is not made twice`(
        recorded: String,
        listed: String,
        number: String
    ) throws {
        let known = try meet("Mai Văn Lộc", recorded)
        let row = "60;Mai Văn Lộc;\(listed);Nam;\(number);Chủ hộ;Mẫu 1;\n"
        let report = try take(row)
        #expect(report.refusals.map(\.reason) == [.perhapsRecorded])
        #expect(report.refusals.first?.record == known)
        #expect(report.residents.created == 0 && report.households.created == 0)
    }

    @Test(arguments: [("1951", "02/03/1950"), ("04/1950", "02/03/1950"), ("1950", "1951")])
    func `births that cannot be one are two people's`(recorded: String, listed: String) throws {
        _ = try meet("Mai Văn Lộc", recorded)
        let report = try take("60;Mai Văn Lộc;\(listed);Nam;;Chủ hộ;Mẫu 1;\n")
        #expect(report.refusals.isEmpty && report.residents.created == 1)
        #expect(try node.store.duplicates().isEmpty)
    }

    @Test func `a namesake with a year only, whom another row names, holds nobody back`() throws {
        _ = try meet("Mai Văn Lộc", "1950")
        var options = ListImportOptions()
        options.otherPersons = [2]
        let text = Self.header + "60;Mai Văn Lộc;02/03/1950;Nam;;Chủ hộ;Mẫu 1;\n"
        let made = try node.importList(ByteChunks.source(Array(text.utf8)), options)
        #expect(made.residents.created == 1)
        #expect(try node.store.duplicates().map(\.reason) == [.nameAndVagueBirth])
    }
}
