import Intake
import Survey
import Testing

@Suite struct HeaderTests {
    private static func people(
        _ text: String,
        _ columns: [String] = [],
        policy: ImportPolicy = .certainOnly
    ) throws -> (fields: [[String: String]], report: ImportReport) {
        var names = ColumnNames()
        names.given = try columns.map { text throws(IntakeError) in try ColumnChoice(text) }
        return try people(text, names, policy: policy)
    }

    private static func people(
        _ text: String,
        _ names: ColumnNames,
        policy: ImportPolicy = .certainOnly
    ) throws -> (fields: [[String: String]], report: ImportReport) {
        let today = try #require(CalendarDay("2026-11-24"))
        let importer = Importer(today: today, policy: policy, columns: names)
        let (households, report) = try importer.read(Array(text.utf8))
        return (households.flatMap(\.members).map(\.fields), report)
    }

    // MARK: Two rows

    @Test(arguments: [
        "STT;Họ và tên;Năm sinh;;Quan hệ;Thôn\n;;Nam;Nữ;;\n",
        "STT;Họ và tên;Năm sinh;Năm sinh;Quan hệ;Thôn\nSTT;Họ và tên;Nam;Nữ;Quan hệ;Thôn\n",
        "DANH SÁCH;;;;;\nSTT;Ho ten;Nam sinh;;Quan he;Thon\n;;Nam;Nu;;\n(1);(2);(3);(4);(5);(6)\n",
    ])
    func `the column of a birth year tells the sex`(header: String) throws {
        let rows =
            "1;Lê Văn A;1950;;Chủ hộ;X\n2;Trần Thị B;;05/03/1952;Vợ;\n3;Lê C;1990;1991;Con;\n"
        let (people, report) = try Self.people(header + rows)
        #expect(people.map { $0["birth"] } == ["1950", "1952-03-05"])
        #expect(people.map { $0["sex"] } == ["male", "female"])
        #expect(report.counts[.birthInBothColumns] == 1)
        #expect(report.counts[.emptyName] == nil && report.counts[.sexMissing] == 1)
        #expect(report.refusedRows == 1 && report.unknownColumns.isEmpty)
    }

    @Test func `day, month and year stand in three columns`() throws {
        let (people, report) = try Self.people(
            """
            Họ và tên;Ngày sinh;;;Giới tính;;Thôn;Số hộ
            ;Ngày;Tháng;Năm;Nam;Nữ;;
            Lê Văn A;5;3;1985;x;;X;1
            Trần Thị B;;03;1986;;x;;
            Lê Thị C;00;00;1940;;X;;
            Lê Thị D;31;2;1940;;X;;
            Lê Thị E;5;3;;;;;
            """
        )
        #expect(people.map { $0["birth"] } == ["1985-03-05", "1986-03", "1940"])
        #expect(people.map { $0["sex"] } == ["male", "female", "female"])
        #expect(report.counts[.impossibleDate] == 1 && report.counts[.dateUnreadable] == 1)
        #expect(report.counts[.unpaddedDate] == nil)
        #expect(report.headerRow == 1 && report.refusedRows == 2)
    }

    @Test func `headings stand over columns that have names of their own`() throws {
        let (people, report) = try Self.people(
            """
            STT;Thông tin cá nhân;;;Căn cước;;Nơi ở;
            ;Họ và tên;Năm sinh;Giới tính;Số;Ngày cấp;Thôn;Địa chỉ
            1;Lê Văn A;1985;Nam;049085990017;01/01/2022;X;3
            STT;Thông tin cá nhân;;;Căn cước;;Nơi ở;
            ;Họ và tên;Năm sinh;Giới tính;Số;Ngày cấp;Thôn;Địa chỉ
            2;Trần Thị B;1986;Nữ;;;;
            """
        )
        #expect(people.map { $0["personal_id"] } == ["049085990017", nil])
        #expect(report.unknownColumns == ["Ngày cấp"])
        #expect(report.refusedRows == 0 && report.persons == 2)
        #expect(report.counts[.headerRepeated] == 2)
    }

    @Test func `a divided header on the next page is no person`() throws {
        let header = "STT;Họ và tên;Năm sinh;;Thôn;Số hộ\n;;Nam;Nữ;;\n"
        let (people, report) = try Self.people(
            header + "1;Lê A;1950;;X;1\n" + header + "2;Lê B;;1951;;\n"
        )
        #expect(people.count == 2 && report.refusedRows == 0)
        #expect(report.counts[.headerRepeated] == 2)
    }

    @Test func `a row without a name is no second row of a header`() throws {
        let (people, report) = try Self.people(
            "Họ và tên;Giới tính;Quan hệ;Năm sinh;Thôn\n;Nam;Con;;X\nLê Văn A;Nữ;Chủ hộ;1950;X\n"
        )
        #expect(people.count == 1 && report.counts[.emptyName] == 1)
        #expect(people.first?["sex"] == "female")
    }

    @Test func `a stated sex stands beside another column's`() throws {
        let (people, report) = try Self.people(
            "Họ và tên;Năm sinh;;Giới tính;Thôn\n;Nam;Nữ;;\nLê Văn A;1950;;Nữ;X\n"
        )
        #expect(people.map { $0["sex"] } == ["female"])
        #expect(report.counts[.sexContradictsColumn] == 1)
    }

    // MARK: By hand

    private static let odd = "Nhân khẩu nam nữ;Sinh;Mã;Thôn\nLê Văn A;1950;77;X\n"

    @Test(arguments: [
        ["Nhân khẩu nam nữ=full_name", "Sinh=birth"],
        ["NHAN KHAU NAM NU=Họ và tên", " sinh = Ngày sinh"],
        ["Nhân khẩu nam nữ=ho ten", "Sinh=Date of birth", "Mã=-"],
    ])
    func `columns are explained by hand`(columns: [String]) throws {
        #expect(throws: IntakeError.noHeader(rowsLookedAt: 30)) { try Self.people(Self.odd) }
        let (people, report) = try Self.people(Self.odd, columns)
        #expect(people.first?["full_name"] == "Lê Văn A" && people.first?["birth"] == "1950")
        #expect(report.columns.map(\.column) == [.fullName, .birth, nil, .village])
        #expect(report.columns.map(\.origin).prefix(2) == [.given, .given])
        #expect(report.unknownColumns == (columns.count == 3 ? [] : ["Mã"]))
    }

    @Test func `what a person says comes before the table of headers`() throws {
        let (people, _) = try Self.people(
            "Họ và tên;Tên;Năm sinh;Thôn\nA;Lê Văn Một;1950;X\n",
            ["Tên=full_name"]
        )
        #expect(people.first?["full_name"] == "Lê Văn Một")
    }

    @Test(
        arguments: [
            (["Mã"], .choiceWithoutField), (["=birth"], .choiceWithoutField),
            (["Mã="], .choiceWithoutField), (["Mã=abc"], .unknownField("abc")),
            (["Mã=phone", "Sinh=phone"], .columnChosenTwice("phone")),
            (["Mã=phone", "ma=note"], .columnChosenTwice("ma")),
            (
                ["Khác=note", "Nhân khẩu nam nữ=full_name", "Sinh=birth"],
                .noSuchColumn("khac", headers: ["Nhân khẩu nam nữ", "Sinh", "Mã", "Thôn"])
            ),
        ] as [([String], IntakeError)]
    )
    func `an explanation that fits nothing is refused`(columns: [String], error: IntakeError) {
        #expect(throws: error) { try Self.people(Self.odd, columns) }
    }

    @Test func `a refusal lists the fields that there are`() {
        let text = IntakeError.unknownField("abc").description
        #expect(Column.allCases.allSatisfy { text.contains($0.rawValue) })
    }

    @Test func `explanations of an earlier list with the same header are used again`() throws {
        let first = try Self.people(Self.odd, ["Nhân khẩu nam nữ=full_name", "Sinh=birth"])
        var names = ColumnNames()
        names.remembered = [
            first.report.header: first.report.columns.filter { $0.origin == .given }
                .map { ColumnChoice($0) }
        ]
        // The same columns in another order are the same sender's.
        let (people, report) = try Self.people(
            "Sinh;Nhan khau nam nu;THÔN;Mã\n1951;Lê B;X;1\n",
            names
        )
        #expect(people.first?["birth"] == "1951")
        #expect(report.columns.map(\.origin) == [.remembered, .remembered, .table, .table])
        #expect(throws: IntakeError.self) {
            try Self.people("Sinh;Nhan khau nam nu;THÔN\n1951;Lê B;X\n", names)
        }
    }

    // MARK: Marks

    @Test func `a column without accents is reported once and kept`() throws {
        let (people, report) = try Self.people(
            "Ho va ten;Nam sinh;Dia chi;Thon\nNguyen Van Hung;1950;Tổ 1;X\nTran Thi Hoa;1951;;\n"
        )
        #expect(people.map { $0["full_name"] } == ["Nguyen Van Hung", "Tran Thi Hoa"])
        let decisions = report.decisions.filter { $0.code == .accentsMissing }
        #expect(decisions.map(\.column) == [.fullName] && decisions.map(\.outcome) == [.noted])
        #expect(report.counts[.accentsMissing] == 2 && decisions.first?.given == "2")
    }

    @Test func `one accent makes a column well`() throws {
        let (_, report) = try Self.people(
            "Họ và tên;Năm sinh;Thôn;Số hộ\nNguyen Van Hung;1950;X;1\nTrần Thị Hoa;1951;;\n"
        )
        #expect(report.counts[.accentsMissing] == nil)
    }

    @Test func `VIQR is converted column by column`() throws {
        let text =
            "Ho va ten;Nam sinh;SDT;Ghi chu;Thon\n"
            + "Nguye^~n Va(n Hu`ng;1950;0905123456;Da chuyen ho. Hoi lai?;Mau\n"
        let (none, dry) = try Self.people(text)
        #expect(none.isEmpty && dry.encoding?.encoding == .viqr)
        let today = try #require(CalendarDay("2026-11-24"))
        let importer = Importer(today: today, policy: .acceptProposals)
        let home = try #require(try importer.read(Array(text.utf8)).households.first)
        #expect(home.members.first?.fields["full_name"] == "Nguyễn Văn Hùng")
        #expect(home.fields["note"] == "Da chuyen ho. Hoi lai?")
    }

    @Test func `ba without marks is a proposal that the sex decides`() throws {
        let text =
            "Ho va ten;Nam sinh;Gioi tinh;Quan he;Thon;So ho\n"
            + "Le Thi A;1940;Nu;ba;X;1\nLe Van B;1940;Nam;Ba;;\nLe Van C;1970;Nam;Con;;\n"
        let careful = try Self.people(text)
        #expect(careful.fields.map { $0["relation"] } == [nil, nil, "child"])
        #expect(careful.report.counts[.relationProposed] == 2)
        let trusting = try Self.people(text, policy: .acceptProposals)
        #expect(trusting.fields.map { $0["relation"] } == ["grandparent", "parent", "child"])
    }

    @Test func `ba in a list that writes its tones is the father, unless a woman`() throws {
        let text =
            "Họ và tên;Năm sinh;Giới tính;Quan hệ;Thôn\n"
            + "Lê Văn A;1970;Nam;Chủ hộ;X\nLê Văn B;1940;Nam;Ba;\nLê Thị C;1940;Nữ;Ba;\n"
            + "Lê Văn D;1940;Nam;Bá;\n"
        let careful = try Self.people(text)
        #expect(careful.fields.map { $0["relation"] } == ["head", "parent", nil, nil])
        #expect(careful.report.counts[.relationProposed] == 2)
    }
}
