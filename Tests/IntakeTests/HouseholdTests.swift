import Intake
import Survey
import Testing

/// Who of a list lives with whom, where no number says it.
@Suite struct HouseholdTests {
    typealias Reading = (households: [ImportedHousehold], report: ImportReport)

    private static let header =
        "STT;Họ và tên;Ngày sinh;Giới tính;Số CCCD;Quan hệ với chủ hộ;Địa chỉ;Thôn"

    private static func read(_ rows: [String]) throws -> Reading { try read(header, rows) }

    private static func read(_ header: String, _ rows: [String]) throws -> Reading {
        try ImporterTests.read(([header] + rows).joined(separator: "\n"))
    }

    /// Last words of the names by household.
    private static func names(_ reading: Reading) -> [String] {
        reading.households.map { household in
            household.members.compactMap {
                $0.fields["full_name"]?.split(separator: " ").last.map(String.init)
            }.joined(separator: " ")
        }
    }

    private static func addresses(_ reading: Reading) -> [String?] {
        reading.households.map { $0.fields["address"] }
    }

    private static func refused(_ reading: Reading) -> [Int] {
        reading.report.decisions.filter { $0.code == .addressNotTaken }.map(\.row)
    }

    @Test(arguments: ["Tổ 1", ""])
    func `a head who is not taken still has a household of his own`(address: String) throws {
        let reading = try Self.read([
            "1;Trần Văn Một;31/02/1985;Nam;;Chủ hộ;\(address);Thôn A",
            "2;Trần Thị Hai;06/04/1985;Nữ;049185990002;Vợ;\(address);Thôn A",
            "3;Lê Văn Ba;06/04/1955;Nam;049055990003;Chủ hộ;\(address);Thôn A",
            "4;Lê Thị Tư;06/04/1956;Nữ;049156990004;Vợ;\(address);Thôn A",
        ])
        #expect(Self.names(reading) == ["Hai", "Ba Tư"])
        #expect(reading.report.counts[.noHead] == 1 && reading.report.counts[.twoHeads] == nil)
    }

    @Test func `numbers on some heads only leave the next head a household`() throws {
        let reading = try Self.read(
            "Mã hộ;Họ và tên;Ngày sinh;Giới tính;Số CCCD;Quan hệ với chủ hộ;Địa chỉ;Thôn",
            [
                "H1;An Văn Một;05/01/1985;Nam;049085990001;Chủ hộ;Tổ 1;Thôn A",
                ";Bùi Thị Hai;06/01/1986;Nữ;049186990002;Vợ;Tổ 1;Thôn A",
                ";Cao Văn Ba;05/01/1975;Nam;049075990003;Chủ hộ;Tổ 2;Thôn A",
                ";Cao Thị Tư;05/01/1976;Nữ;049176990004;Vợ;Tổ 2;Thôn A",
                "H3;Đỗ Năm;05/01/1975;Nam;049075990005;Chủ hộ;Tổ 3;Thôn A",
            ]
        )
        #expect(Self.names(reading) == ["Một Hai", "Ba Tư", "Năm"])
        #expect(reading.households.map(\.registerCode) == ["H1", nil, "H3"])
        #expect(Self.addresses(reading) == ["Tổ 1", "Tổ 2", "Tổ 3"])
    }

    @Test func `the copy of a head's row is no second head`() throws {
        let head = "Trần Văn Một;06/04/1985;Nam;049085990002;Chủ hộ;Tổ 1;Thôn A"
        let reading = try Self.read([
            "1;\(head)", "2;\(head)", "3;Trần Thị Hai;06/04/1986;Nữ;049186990002;Vợ;Tổ 1;Thôn A",
        ])
        #expect(Self.names(reading) == ["Một Hai"])
        #expect(reading.report.counts[.exactDuplicateRow] == 1)
    }

    @Test(arguments: ["Chủ hộ", "Họ tên chủ hộ", "Họ và tên chủ hộ", "CHU HO"])
    func `a head's name brings a member to him who stands before him`(header: String) throws {
        let reading = try Self.read(
            "Họ và tên;Ngày sinh;Giới tính;\(header);Quan hệ với chủ hộ;Thôn",
            [
                "An Văn Một;05/02/1985;Nam;An Văn Một;Chủ hộ;Thôn A",
                "Cao Thị Ba;06/04/1985;Nữ;AN VĂN MỘT;Vợ;Thôn A",
                "Bùi Thị Hai;06/04/1985;Nữ;Lê Văn Tư;Vợ;Thôn A",
                "Lê Văn Tư;06/04/1956;Nam;;Chủ hộ;Thôn A",
                "Phạm Văn Năm;06/04/2007;Nam;Võ Văn Sáu;Con;Thôn A",
            ]
        )
        #expect(Self.names(reading) == ["Một Ba", "Hai Tư", "Năm"])
        #expect(reading.report.unknownColumns.isEmpty)
    }

    @Test func `two heads of one name have two households`() throws {
        let reading = try Self.read(
            "Họ và tên;Ngày sinh;Giới tính;Chủ hộ;Quan hệ với chủ hộ;Thôn",
            [
                "Lê Văn An;05/02/1985;Nam;Lê Văn An;Chủ hộ;Thôn A",
                "Lê Văn An;05/02/1965;Nam;Lê Văn An;Chủ hộ;Thôn A",
            ]
        )
        #expect(reading.households.count == 2)
    }

    @Test(arguments: ["x", "X", "Có", "1"])
    func `a mark in the column of the head is a head`(mark: String) throws {
        let reading = try Self.read(
            "Họ và tên;Ngày sinh;Giới tính;Chủ hộ;Thôn",
            [
                "An Văn Một;05/02/1985;Nam;\(mark);Thôn A", "Cao Thị Ba;06/04/1985;Nữ;;Thôn A",
                "Lê Văn Tư;06/04/1956;Nam;\(mark);Thôn A", "Bùi Thị Hai;06/04/1985;Nữ;;Thôn A",
            ]
        )
        #expect(Self.names(reading) == ["Một Ba", "Tư Hai"])
        let heads = reading.households.flatMap { $0.members.map(\.isHead) }
        #expect(heads == [true, false, true, false])
        #expect(reading.report.counts[.noHead] == nil)
    }

    @Test func `neither number nor relation, but addresses, tell households`() throws {
        let reading = try Self.read(
            "STT;Họ và tên;Ngày sinh;Giới tính;Địa chỉ;Thôn",
            [
                "1;An Văn Một;05/02/1985;Nam;Số 1 Trần Phú;Thôn A",
                "2;Cao Thị Hai;06/04/1985;Nữ;SỐ 01, Trần Phú;Thôn A",
                "3;Bùi Thị Ba;06/04/1985;Nữ;Số 1 Lê Lợi;Thôn A", "4;Lê Văn Tư;06/04/1956;Nam;;",
                "5;Lê Văn Năm;06/04/1956;Nam;Số 2 Lê Lợi;Thôn A",
            ]
        )
        #expect(Self.names(reading) == ["Một Hai", "Ba Tư", "Năm"])
        #expect(Self.addresses(reading) == ["Số 1 Trần Phú", "Số 1 Lê Lợi", "Số 2 Lê Lợi"])
        #expect(reading.report.counts[.addressNotTaken] == nil)
    }

    @Test func `a head's relatives stay though their address is written differently`() throws {
        let reading = try Self.read([
            "1;Trần Văn Một;06/04/1985;Nam;;Chủ hộ;Tổ 1, đường Trần Phú;Thôn A",
            "2;Trần Thị Hai;06/04/1985;Nữ;;Vợ;tổ 01 - ĐƯỜNG TRẦN PHÚ;Thôn A",
            "3;Trần Văn Ba;06/04/2005;Nam;;Con;Tổ 1;Thôn A",
            "4;Trần Văn Tư;06/04/2006;Nam;;Con;Tổ 1, đg Trần Phú;Thôn A",
            "5;Trần Văn Năm;06/04/2007;Nam;;Con;Xã Bình Mẫu;Thôn A",
            "6;Lê Thị Sáu;06/04/1990;Nữ;;Vợ;Tổ 2, đường Trần Phú;Thôn A",
            "7;Lê Văn Bảy;06/04/1988;Nam;;Chủ hộ;Tổ 2, đường Trần Phú;Thôn A",
        ])
        #expect(Self.names(reading) == ["Một Hai Ba Tư Năm", "Sáu Bảy"])
        // What is not taken is told, with its row.
        #expect(Self.refused(reading) == [4, 5, 6])
        let last = reading.report.decisions.last { $0.code == .addressNotTaken }
        #expect(last?.given == "Xã Bình Mẫu" && last?.outcome == .refused)
    }

    @Test func `the household's phone may stand in a later row, and another one is told`() throws {
        let reading = try Self.read(
            "Số hộ;Họ và tên;Ngày sinh;Quan hệ;SĐT hộ;Thôn",
            [
                "1;An Văn Một;05/01/1985;Chủ hộ;;Thôn A",
                ";Bùi Thị Hai;06/01/1986;Vợ;0905 990 001;",
                ";An Văn Ba;06/01/2006;Con;0905990001;", ";An Văn Tư;06/01/2007;Con;;",
                ";An Văn Năm;06/01/2008;Con;0905990002;",
            ]
        )
        #expect(reading.households.map { $0.fields["phone"] } == ["0905990001"])
        let told = reading.report.decisions.filter { $0.code == .householdPhoneNotTaken }
        #expect(told.map(\.row) == [6] && told.map(\.outcome) == [.refused])
    }

    @Test func `a number keeps people together, and other addresses are told`() throws {
        let reading = try Self.read(
            "Số hộ;Họ và tên;Ngày sinh;Quan hệ;Địa chỉ;Tổ;Thôn",
            [
                "1;An Văn Một;05/01/1985;Chủ hộ;;;Thôn A", ";Bùi Thị Hai;06/01/1986;Vợ;Số 5;Tổ 1;",
                ";An Văn Ba;06/01/2006;Con;Số 7;Tổ 1;", "1;An Văn Tư;06/01/2007;Con;Số 9;Tổ 2;",
            ]
        )
        #expect(Self.names(reading) == ["Một Hai Ba Tư"])
        // The first that there is.
        #expect(Self.addresses(reading) == ["Số 5"])
        #expect(reading.households[0].fields["group"] == "Tổ 1")
        #expect(Self.refused(reading) == [4, 5, 5])
    }

    @Test func `a number beside several people is noted at each of their rows`() throws {
        let header = "Số hộ;Họ và tên;Ngày sinh;Giới tính;Số CCCD;Quan hệ;Thôn"
        let rows = [
            "1;An Văn Một;05/01/1985;Nam;049085990001;Chủ hộ;Thôn A",
            ";Bùi Thị Hai;06/01/1986;Nữ;049085990001;Vợ;Thôn A",
            ";An Văn Ba;06/01/2006;Nam;049206990002;Con;Thôn A",
            "2;Lê Văn Tư;06/01/1960;Nam;49085990001;Chủ hộ;Thôn A",
            ";Lê Thị Năm;06/01/1961;Nữ;205990001;Vợ;Thôn A",
            ";Lê Thị Sáu;06/01/1990;Nữ;205990001;Con;Thôn A",
        ]
        let noted = try Self.read(header, rows).report.decisions.filter { $0.code == .idRepeated }
        #expect(noted.map(\.row) == [2, 3, 5, 6, 7])
        #expect(noted.allSatisfy { $0.outcome == .noted && $0.column == .personalID })
        #expect(Set(noted.prefix(3).map(\.given)) == ["049085990001"])
        // An agency has a row for each of a person's benefits.
        let text = ([header] + rows).joined(separator: "\n")
        let agency = try Importer(today: .never, isOfAgency: true).read(Array(text.utf8))
        #expect(agency.report.counts[.idRepeated] == nil)
    }

    @Test func `a list that tells nothing of households is refused`() throws {
        let header = "Họ và tên;Năm sinh;Thôn"
        let rows = ["Lê Văn Một;1950;X", "Lê Văn Hai;1951;X"]
        #expect(throws: IntakeError.noHouseholds) { try Self.read(header, rows) }
        // Columns that hold nothing tell nothing.
        #expect(throws: IntakeError.noHouseholds) {
            try Self.read(header + ";Số hộ;Quan hệ;Địa chỉ", rows)
        }
        #expect(try Self.read(header, [rows[0]]).households.count == 1)
        // What agencies know of people says nothing of whom they live with.
        let agency = Importer(today: .never, isOfAgency: true)
        let text = ([header] + rows).joined(separator: "\n")
        let report = try agency.read(Array(text.utf8)).report
        #expect(report.persons == 2)
        let notes: [ImportCode] = [.householdWithoutNumber, .villageMissing, .noHead]
        #expect(notes.allSatisfy { report.counts[$0] == nil })
    }
}
