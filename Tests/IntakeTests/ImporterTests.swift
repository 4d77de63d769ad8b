import Foundation
import Intake
import Survey
import Testing

@Suite struct ImporterTests {
    static func read(
        _ text: String,
        policy: ImportPolicy = .certainOnly
    ) throws -> (households: [ImportedHousehold], report: ImportReport) {
        try read(Array(text.utf8), policy: policy)
    }

    static func read(
        _ bytes: [UInt8],
        policy: ImportPolicy = .certainOnly
    ) throws -> (households: [ImportedHousehold], report: ImportReport) {
        let today = try #require(CalendarDay("2026-11-24"))
        return try Importer(today: today, policy: policy).read(bytes)
    }

    static let rows = [
        ["Số hộ", "Họ và tên", "Ngày sinh", "Giới tính", "Quan hệ", "Thôn"],
        ["1", "Nguyễn Văn Mẫu", "05/03/1985", "Nam", "Chủ hộ", "Thôn Mẫu 1"],
        ["", "Trần Thị Mẫu", "1988", "Nữ", "Vợ", ""],
        ["2", "Lê Văn Mẫu", "01/01/1950", "Nam", "Chủ hộ", "Thôn Mẫu 1"],
    ]

    static func csv(_ separator: String, line: String = "\r\n") -> String {
        rows.map { $0.joined(separator: separator) }.joined(separator: line) + line
    }

    @Test(arguments: [";", ",", "\t", "|"], ["\r\n", "\n", "\r"])
    func `separator and line ends are found`(separator: String, line: String) throws {
        let (households, report) = try Self.read(Self.csv(separator, line: line))
        #expect(report.separator == separator.utf8.first)
        #expect(households.map(\.members.count) == [2, 1])
        #expect(households[0].members[0].fields["full_name"] == "Nguyễn Văn Mẫu")
        #expect(households[1].members[0].fields["birth"] == "1950-01-01?")
    }

    @Test func `a declared separator is honoured`() throws {
        let (households, report) = try Self.read("sep=|\r\n" + Self.csv("|"))
        #expect(households.count == 2)
        #expect(report.counts[.titleRow] == 1)
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
    func `UTF-16 with a mark is read`(encoding: String.Encoding) throws {
        let data = try #require(("\u{FEFF}" + Self.csv("\t")).data(using: encoding))
        #expect(try Self.read(Array(data)).households.map(\.members.count) == [2, 1])
    }

    @Test func `headers in English and in another order are understood`() throws {
        let (households, report) = try Self.read(
            "Phone,Sex,Full name,Date of birth (dd/mm/yyyy),Village,Relation,Shoe size\n"
                + "+84 905 123 456,F,Nguyễn Thị Mẫu,5/3/1985,Thôn Mẫu 1,head,37\n"
        )
        #expect(report.unknownColumns == ["Shoe size"])
        let person = try #require(households.first?.members.first)
        #expect(person.fields["phone"] == "0905123456")
        #expect(person.fields["sex"] == "female")
        #expect(person.fields["birth"] == "1985-03-05")
        #expect(person.fields["relation"] == "head")
    }

    @Test func `without household numbers each head begins a household`() throws {
        let (households, report) = try Self.read(
            """
            Họ và tên;Năm sinh;Giới tính;Quan hệ với chủ hộ;Thôn
            Nguyễn Văn A;1950;Nam;Chủ hộ;Thôn Mẫu 1
            Trần Thị B;1952;Nữ;Vợ;
            Lê Văn C;1960;Nam;Chủ hộ;
            Lê Thị D;1990;Nữ;Con;Thôn Mẫu 2
            """
        )
        #expect(households.map(\.members.count) == [2, 1, 1])
        #expect(households.map(\.village?.name) == ["Thôn Mẫu 1", "Thôn Mẫu 1", "Thôn Mẫu 2"])
        #expect(report.counts[.noHead] == 1)
        #expect(report.counts[.householdWithoutNumber] == 3)
    }

    @Test func `numbers that begin anew in another village are another household`() throws {
        let (households, _) = try Self.read(
            """
            Số hộ;Họ và tên;Năm sinh;Thôn
            1;Nguyễn Văn A;1950;Thôn Mẫu 1
            1;Lê Văn C;1960;Thôn Mẫu 2
            """
        )
        #expect(households.map(\.registerCode) == ["1", "1"])
        #expect(households.map(\.village?.key) == ["mau 1", "mau 2"])
    }

    @Test func `repeated headers, column numbers and totals are no persons`() throws {
        let (households, report) = try Self.read(
            """
            UBND XÃ MẪU;;;
            Số hộ;Họ và tên;Năm sinh;Thôn
            (1);(2);(3);(4)
            1;Nguyễn Văn A;1950;Thôn Mẫu 1
            Số hộ;Họ và tên;Năm sinh;Thôn
            ;Trần Thị B;1952;
            ;Tổng cộng: 2 người;;
            ;;;
            ;Người lập biểu;;
            ;Phạm Văn Ký;;
            """
        )
        #expect(households.map(\.members.count) == [2])
        #expect(report.counts[.headerRepeated] == 2)
        #expect(report.counts[.footerRow] == 4)
        #expect(report.counts[.titleRow] == 1)
    }

    @Test(arguments: ["Số hộ", "CCCD", "Quan hệ", "Ngày sinh", "Ghi chú"])
    func `signatures stand in any column`(column: String) throws {
        let header = ["Số hộ", "Họ và tên", "Ngày sinh", "CCCD", "Quan hệ", "Thôn", "Ghi chú"]
        let below = [
            "Tam Mỹ, ngày 05 tháng 11 năm 2026", "Người lập biểu", "(Ký, ghi rõ họ tên)",
            "Phạm Văn Ký",
        ]
        let lines = below.map { text in
            header.map { $0 == column ? text : "" }.joined(separator: ";")
        }
        let (households, report) = try Self.read(
            ([header.joined(separator: ";"), "1;Lê Văn A;1950;;Chủ hộ;X;"] + lines)
                .joined(separator: "\n")
        )
        #expect(households.map(\.members.count) == [1])
        #expect(report.counts[.footerRow] == 4)
        #expect(report.refusedRows == 0 && report.outcomes[.refused] == nil)
    }

    @Test func `who stands below a sum is no signature`() throws {
        let (_, report) = try Self.read(
            """
            Số hộ;Họ và tên;Năm sinh;Giới tính;Quan hệ;Thôn
            1;Lê Văn A;1950;Nam;Chủ hộ;X
            ;Tổng cộng: 1 người;;;;
            ;Lê Thị B;;Nữ;;
            ;Lê Thị C;;;Con;
            TM 2;Lê Thị D;;;;
            """
        )
        #expect(report.counts[.footerRow] == 1 && report.counts[.birthMissing] == 3)
    }

    @Test(arguments: [
        ("I. Thôn Mẫu 1;;;", "II. Thôn Mẫu 2;;;"), (";I. THÔN MẪU 1;;", ";II.Thôn Mẫu 2: 1 hộ;;"),
        ("A;Thôn Mẫu 1;;", "B;Thôn Mẫu 2;;"),
    ])
    func `a village's name between the rows is that of those below`(
        first: String,
        second: String
    ) throws {
        let rows = "\n1;Lê Văn A;1950;Chủ hộ\n2;Lê Thị B;1951;Vợ\n"
        let sum = ";Tổng cộng: 2 người;;\n"
        let (households, report) = try Self.read(
            "STT;Họ và tên;Năm sinh;Quan hệ\n\(first)\(rows)\(sum)\(second)\(rows)"
        )
        #expect(households.map(\.village?.key) == ["mau 1", "mau 2"])
        #expect(households.map(\.members.count) == [2, 2])
        #expect(report.counts[.sectionRow] == 2 && report.counts[.exactDuplicateRow] == nil)
        #expect(report.refusedRows == 0 && report.counts[.villageMissing] == nil)
        // A column that names villages is not overruled.
        let named = try Self.read(
            "STT;Họ và tên;Năm sinh;Thôn\n1;Lê Văn A;1950;Mẫu 3\n\(second)\n"
                + "2;Lê Văn C;1950;Mẫu 4\n"
        )
        #expect(named.households.map(\.village?.key) == ["mau 3", "mau 4"])
        #expect(named.report.counts[.sectionRow] == 1)
    }

    @Test(arguments: [
        ("Hä vµ tªn;N¨m sinh;Giíi tÝnh;Th«n\nNguyÔn V¨n Hïng;1950;Nam;Th«n MÉu 1", "tcvn3"),
        (
            "Hoï vaø teân;Naêm sinh;Giôùi tính;Thoân\nNguyeãn Vaên Huøng;1950;Nam;Thoân Maãu 1",
            "vni"
        ),
        ("Ho va ten;Nam sinh;Gioi tinh;Thon\nNguyÔn V¨n Hïng;1950;Nam;Th«n MÉu 1", "tcvn3"),
        (
            LegacyText.windows1252(
                "Họ và tên;Năm sinh;Giới tính;Thôn\nNguyễn Văn Hùng;1950;Nam;Thôn Mẫu 1".utf8
            ),
            "utf8_as_latin1"
        ),
        (
            "Ho. va` te^n;Na(m sinh;Gio+'i ti'nh;Tho^n\n"
                + "Nguye^~n Va(n Hu`ng;1950;Nam;Tho^n Ma^~u 1",
            "viqr"
        ),
        ("Ho va ten;Nam sinh;Gioi tinh;Thon\nNguye^~n Va(n Hu`ng;1950;Nam;Tho^n Ma^~u 1", "viqr"),
        (
            // As Windows-1252 shows the bytes of code page 1258: letters, then their tones.
            "Hoò va\u{CC} tên;Năm sinh;Giõìi ti\u{EC}nh;Thôn\n"
                + "NguyêÞn Vãn Hu\u{CC}ng;1950;Nam;Thôn MâÞu 1",
            "cp1258"
        ),
    ])
    func `an old encoding is shown first and converted where accepted`(
        text: String,
        encoding: String
    ) throws {
        let (none, report) = try Self.read(text)
        #expect(none.isEmpty)
        #expect(report.encoding?.encoding.rawValue == encoding)
        #expect(report.encoding?.examples.first?.after == "Nguyễn Văn Hùng")
        #expect(report.refusedRows == 1)
        let (households, _) = try Self.read(text, policy: .acceptProposals)
        #expect(households.first?.members.first?.fields["full_name"] == "Nguyễn Văn Hùng")
        #expect(households.first?.village?.name == "Thôn Mẫu 1")
    }

    @Test func `bytes that are no UTF-8 are read as Windows shows them and reported`() throws {
        let bytes = "Ho va ten;Nam sinh;Gioi tinh;Thon\nNguyÔn V¨n Hïng;1950;Nam;X".unicodeScalars
            .compactMap { UInt8(exactly: $0.value) }
        let (households, report) = try Self.read(bytes, policy: .acceptProposals)
        #expect(report.counts[.notUTF8] == 1)
        #expect(households.first?.members.first?.fields["full_name"] == "Nguyễn Văn Hùng")
    }

    @Test(arguments: [[0xFF, 0xFE], [0xC3], [0xE1, 0xBB]] as [[UInt8]])
    func `a list with a row that is no UTF-8 is refused, never read as something else`(
        broken: [UInt8]
    ) throws {
        let start = "Họ và tên;Năm sinh;Giới tính;Thôn\nTrần Thị Hòa;1951;Nữ;X\nNguyễn Văn H"
        let bytes = Array(start.utf8) + broken + Array("ng;1950;Nam;X\nLê Bình;1950;Nam;X".utf8)
        for policy in [ImportPolicy.certainOnly, .acceptProposals] {
            #expect(throws: IntakeError.notUTF8(row: 3)) {
                try Self.read(bytes, policy: policy)
            }
        }
    }

    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF], .empty), (Array("%PDF-1.4\n".utf8), .notText),
            (Array("\r\n<html><table>".utf8), .notText),
            (Array("\u{FEFF}<?xml version='1.0'?>".utf8), .notText),
            // UTF-16 and UTF-32 without their mark.
            (
                Array("Họ và tên;Năm sinh\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
                .nulByte(row: 1)
            ),
            ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x48], .nulByte(row: 1)),
            (Array("a;b\nc;".utf8) + [0xFF], .notUTF8(row: 2)),
        ] as [([UInt8], IntakeError)]
    )
    func `what is no list says what it is`(bytes: [UInt8], error: IntakeError) {
        #expect(throws: error) { try Self.read(bytes) }
    }

    @Test func `old phone prefixes and lost zeros are proposals`() throws {
        let text = """
            Số hộ;Họ và tên;Năm sinh;SĐT;Thôn
            1;Nguyễn Văn A;1950;01201234567;Thôn Mẫu 1
            ;Nguyễn Văn B;1951;905123456;
            ;Nguyễn Văn C;1952;12345;
            """
        let careful = try Self.read(text)
        #expect(careful.households.flatMap(\.members).allSatisfy { $0.fields["phone"] == nil })
        #expect(careful.report.outcomes[.proposed] == 2)
        #expect(careful.report.counts[.phoneRefused] == 1)
        let accepted = try Self.read(text, policy: .acceptProposals)
        #expect(
            accepted.households.flatMap(\.members).map { $0.fields["phone"] }
                == ["0701234567", "0905123456", nil]
        )
    }

    @Test(arguments: [
        ("01/01/1961 (?)", "1961-01-01?"), ("1961-01-01?", "1961-01-01?"),
        ("05/03/1985 (?)", "1985-03-05?"), ("1985 (?)", "1985?"), ("1985-03", "1985-03"),
        ("1985/3", "1985-03"), ("03/1985(?)", "1985-03?"), ("(?)", nil), ("1985-13", nil),
        ("31/02/1985 (?)", nil), ("1985 (? )", nil), ("?", nil),
    ])
    func `dates are read as we write them`(given: String, date: String?) throws {
        let text = "Họ và tên;Năm sinh;Thôn\nLê Văn A;\(given);X\n"
        let person = try Self.read(text).households.first?.members.first
        #expect(person?.fields["birth"] == date)
    }

    @Test func `grandmother and father are told apart by the tone`() throws {
        let (households, _) = try Self.read(
            "Số hộ;Họ và tên;Năm sinh;Quan hệ;Thôn\n1;Nguyễn Thị A;1940;Bà;X\n;Nguyễn Văn B;1940;Ba;\n"
        )
        #expect(
            households.flatMap(\.members).map { $0.fields["relation"] } == [
                "grandparent", "parent",
            ]
        )
    }

    @Test func `an empty residence or a missing column stays open and is counted`() throws {
        let empty = try Self.read("Họ và tên;Năm sinh;Cư trú;Thôn\nLê Văn A;1940;;X\n")
        #expect(empty.households.first?.members.first?.fields["residence"] == nil)
        #expect(empty.report.counts[.residenceMissing] == 1)
        let missing = try Self.read(
            "Số hộ;Họ và tên;Năm sinh;Thôn\n1;Lê Văn A;1940;X\n;Lê Văn B;1941;X\n"
        )
        #expect(missing.report.counts[.residenceMissing] == 2)
    }

    @Test func `an export's own columns of the police are not a list of the police`() throws {
        let text =
            "Họ và tên;Năm sinh;Thôn;Loại giấy tờ;Loại giấy tờ (danh sách nghiệp vụ)\n"
            + "Lê Văn A;1940;X;CMND;CCCD gắn chíp\n"
        let fields = try Self.read(text).households.first?.members.first?.fields
        #expect(fields?["idcard_kind_register"] == nil && fields?["full_name"] != nil)
    }

    @Test func `a grandchild or nephew is a proposal, an unknown residence is refused`() throws {
        let text =
            "Số hộ;Họ và tên;Năm sinh;Quan hệ;Tình trạng cư trú;Thôn\n"
            + "1;Lê Văn A;1940;Cháu;Thường trú;X\n;Lê Văn B;1941;Con;Lưu trú;\n"
        let careful = try Self.read(text)
        let people = careful.households.flatMap(\.members)
        #expect(people.map { $0.fields["relation"] } == [nil, "child"])
        #expect(people.map { $0.fields["residence"] } == ["permanent", nil])
        #expect(careful.report.counts[.relationProposed] == 1)
        #expect(careful.report.outcomes[.refused] == 1)
        let accepted = try Self.read(text, policy: .acceptProposals)
        #expect(accepted.households.first?.members.first?.fields["relation"] == "grandchild")
    }

    @Test(arguments: ["Tống Thị B", "Ngày Thị C", "Công Văn D"])
    func `a name that begins like a footer is a refused row, not a footer`(name: String) throws {
        let (_, report) = try Self.read(
            "Số hộ;Họ và tên;Năm sinh;Thôn\n1;Lê Văn A;1940;X\n;\(name);;\n;Lê Văn E;1950;\n"
        )
        #expect(report.counts[.footerRow] == nil)
        #expect(report.counts[.birthMissing] == 1)
        #expect(report.persons == 2)
    }

    @Test func `what a household cannot hold is refused with its row`() throws {
        let remark = String(repeating: "x", count: 190)
        let (households, report) = try Self.read(
            "Số hộ;Họ và tên;Năm sinh;Ghi chú;Thôn\n"
                + "123456789012345678901;Lê Văn A;1940;\(remark);X\n"
                + ";Lê Văn B;1941;\(remark);\n;Lê Văn C;1942;\(remark);\n"
        )
        #expect(households.first?.fields["note"] == "\(remark); \(remark)")
        #expect(report.decisions.filter { $0.code == .textCut }.map(\.row) == [2, 4])
    }

    @Test func `remarks go to the household and formulas stay text`() throws {
        let (households, report) = try Self.read(
            "Họ và tên;Năm sinh;Ghi chú;Thôn\nNguyễn Văn A;1940;\"=cmd|' /C calc'!A0\";X\n"
        )
        #expect(households.first?.fields["note"] == "=cmd|' /C calc'!A0")
        #expect(report.counts[.formula] == 1)
    }

    struct DateCase: Sendable {
        let text: String
        let code: ImportCode?
        let careful: String?
        let trusting: String?

        init(_ text: String, _ code: ImportCode?, _ careful: String?, _ trusting: String? = nil) {
            self.text = text
            self.code = code
            self.careful = careful
            self.trusting = trusting ?? careful
        }
    }

    @Test(arguments: [
        DateCase("05/03/1985", nil, "1985-03-05"),
        DateCase("5/3/1985", .unpaddedDate, "1985-03-05"),
        DateCase("05-03-1985", .dateSeparator, "1985-03-05"),
        DateCase("05.03.1985", .dateSeparator, "1985-03-05"),
        DateCase("05031985", .dateSeparator, "1985-03-05"),
        DateCase("1985-03-05", .isoDate, "1985-03-05"),
        DateCase("03/1985", .monthOnly, "1985-03"),
        DateCase("1985", .yearOnly, "1985"),
        DateCase("29/02/2024", nil, "2024-02-29"),
        DateCase("01/01/1950", .birthPlaceholder, "1950-01-01?"),
        DateCase("05/03/85", .dateProposed, nil, "1985-03-05"),
        DateCase("05/03/12", .dateProposed, nil, "2012-03-05"),
        DateCase("31111", .dateProposed, nil, "1985-03-05"),
        DateCase("1985-03-05 00:00:00", .midnightDate, "1985-03-05"),
        DateCase("05/03/1985 00:00", .midnightDate, "1985-03-05"),
        DateCase("5/3/1985 0:00", .midnightDate, "1985-03-05"),
        DateCase("1985-03-05T00:00:00", .midnightDate, "1985-03-05"),
        DateCase("05/03/1985 12:00:00 SA", .midnightDate, "1985-03-05"),
        DateCase("05/03/85 00:00", .dateProposed, nil, "1985-03-05"),
        DateCase("31/02/1985 00:00", .impossibleDate, nil),
        // Not midnight, not a day, and a clock of those who write the month first.
        DateCase("05/03/1985 07:30", .dateUnreadable, nil),
        DateCase("1985 00:00", .dateUnreadable, nil),
        DateCase("05/03/1985 12:00:00 AM", .dateUnreadable, nil),
        DateCase("31/02/1985", .impossibleDate, nil),
        DateCase("12/13/1985", .impossibleDate, nil),
        DateCase("29/02/2023", .impossibleDate, nil),
        DateCase("31/02/85", .impossibleDate, nil),
        DateCase("hôm qua", .dateUnreadable, nil),
        DateCase("1/2/3/4", .dateUnreadable, nil),
        DateCase("05/03/1885", .birthOutOfRange, nil),
        DateCase("05/03/2027", .birthOutOfRange, nil),
        DateCase("", nil, nil),
    ])
    func `a date is read day first, and only what is certain is taken`(given: DateCase) throws {
        let text = "Họ và tên;Ngày sinh;Thôn;CCCD\nNguyễn Văn A;\(given.text);X;\n"
        let careful = try Self.read(text)
        #expect(careful.households.first?.members.first?.fields["birth"] == given.careful)
        if let code = given.code { #expect(careful.report.counts[code] == 1) }
        let trusting = try Self.read(text, policy: .acceptProposals)
        #expect(trusting.households.first?.members.first?.fields["birth"] == given.trusting)
    }

    @Test func `every code has a label in both languages`() {
        for code in ImportCode.allCases {
            #expect(code.label.vi != code.rawValue && !code.label.en.isEmpty, "\(code)")
        }
    }
}
