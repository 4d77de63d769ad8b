import Causality
import Survey
import Testing

@Suite struct FieldReadingTests {
    struct Case: CustomTestStringConvertible {
        let type: String
        let field: String
        let text: String
        let value: Value?
        var testDescription: String { "\(type).\(field) ← \(text)" }

        init(_ field: String, _ text: String, _ value: Value?, type: String = "resident") {
            (self.type, self.field, self.text, self.value) = (type, field, text, value)
        }
    }

    private let today = CalendarDay(number: 20_772)

    private func field(_ type: String, _ name: String) throws -> Field {
        try #require(DataDescription.doorstep.type(type)?.field(name))
    }

    @Test(arguments: [
        Case("birth", "5/3/1985", .text("1985-03-05")),
        Case("birth", "05-03-1985", .text("1985-03-05")),
        Case("birth", "05.03.1985", .text("1985-03-05")),
        Case("birth", "05031985", .text("1985-03-05")),
        Case("birth", "1985-03-05", .text("1985-03-05")),
        Case("birth", "3/1985", .text("1985-03")),
        Case("birth", "1985", .text("1985")),
        Case("birth", "00/00/1985", .text("1985")),
        Case("birth", "01/01/1975?", .text("1975-01-01?")),
        Case("birth", "3/25/1985", nil),
        Case("birth", "31/04/1985", nil),
        Case("birth", "16/11/2026", nil),
        Case("birth", "hôm qua", nil),
        Case("idcard_issued_on", "1985", nil),
        Case("idcard_expires_on", "Không thời hạn", .text("9999-12-31")),
        Case("full_name", " Nguye\u{302}\u{303}n  Văn\u{A0}A ", .text("Nguyễn Văn A")),
        Case("sex", "NỮ", .text("female")),
        Case("sex", "nu", .text("female")),
        Case("sex", "female", .text("female")),
        Case("sex", "?", nil),
        Case("payment_has_any", "Có", .text("yes")),
        Case("payment_has_any", "chưa", .text("no")),
        Case("payment_has_any", "Không biết", .text("unknown")),
        Case("needs_help", "Già yếu; Khó đi lại, khuyết tật", .text("disability,elderly")),
        Case("needs_help", "elderly,illiterate", .text("elderly,illiterate")),
        Case("needs_help", "Không; Già yếu", nil),
        Case("phone", "+84 905 123 456", .text("0905123456")),
        Case("phone", "12", nil),
        Case("personal_id", "049 0 85 990001", .text("049085990001")),
        Case("personal_id", "4,90860E+10", nil),
        Case("smartphone", "2", .integer(2), type: "household"),
        Case("smartphone", "21", nil, type: "household"),
        Case("smartphone", "1,5", nil, type: "household"),
        Case("latitude", "15,3693", .integer(15_369_300), type: "household"),
        Case("latitude", "108.547", nil, type: "household"),
        Case("numerator", "1.234", .integer(1234), type: "agency_figure"),
        Case("numerator", "12.34", nil, type: "agency_figure"),
        Case("started_at", "2/11/2026 7:05", .text("2026-11-02T07:05"), type: "visit"),
        Case("started_at", "2026-11-02T25:00", nil, type: "visit"),
        Case("tax_code", "4001234567-001", .text("4001234567-001"), type: "unit"),
        Case("tax_code", "123", nil, type: "unit"),
        Case(
            "household",
            "00a1b2c3d4e5f607-12",
            .reference(RecordID(origin: 0x00a1_b2c3_d4e5_f607, counter: 12))
        ),
        Case("household", "12", nil),
    ])
    func `texts become stored values or are refused`(example: Case) throws {
        let reading = try field(example.type, example.field).parse(example.text, today: today)
        switch (reading, example.value) {
        case (.value(let value, _), let expected?): #expect(value == expected)
        case (.refused(let problem), nil): #expect(problem.severity == .blocks)
        default: Issue.record("\(reading)")
        }
    }

    @Test func `an id whose zero a spreadsheet took is proposed, never taken`() throws {
        let reading = try field("resident", "personal_id").parse("49085990001", today: today)
        guard case .proposed(.text("049085990001"), let problem) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(problem.code == "id_zero_lost")
    }

    @Test func `a year of two digits is proposed, never taken`() throws {
        let reading = try field("resident", "birth").parse("5/3/85", today: today)
        guard case .proposed(.text("1985-03-05"), let problem) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(problem.code == "date_proposed")
    }

    @Test func `blank text is an empty field`() throws {
        #expect(try field("resident", "birth").parse(" \u{FEFF} ", today: today) == .empty)
    }

    @Test func `what is stored and accepted reads back from what is shown`() throws {
        let examples: [(String, String, Value)] = [
            ("resident", "birth", .text("1985-03-05")), ("resident", "birth", .text("1985-03")),
            ("resident", "needs_help", .text("disability,elderly")),
            ("resident", "phone", .text("0905123456")),
            ("resident", "idcard_expires_on", .text("9999-12-31")),
            ("household", "latitude", .integer(15_369_300)),
            ("agency_figure", "numerator", .integer(1_234_567)),
            ("visit", "started_at", .text("2026-11-02T07:05")),
            ("household", "state", .text("vacant")),
        ]
        for (type, name, value) in examples {
            let field = try field(type, name)
            let shown = field.show(value, .vi)
            guard case .value(value, _) = field.parse(shown, today: today) else {
                Issue.record("\(name): \(shown)")
                continue
            }
        }
    }

    @Test func `values are shown in the language, ids masked on demand`() throws {
        #expect(try field("resident", "birth").show(.text("1975-01-01?"), .vi) == "01/01/1975 (?)")
        #expect(try field("resident", "birth").show(.text("9999-12-31"), .vi) == "31/12/9999")
        let end = try field("resident", "idcard_expires_on")
        #expect(end.show(.text("9999-12-31"), .en) == "No expiry")
        #expect(end.show(.text("2030-12-31"), .en) == "31/12/2030")
        #expect(try field("resident", "sex").show(.text("female"), .en) == "Female")
        #expect(try field("household", "policy_until").show(.integer(2026), .vi) == "2026")
        let id = try field("resident", "personal_id")
        #expect(id.show(.text("049085990001"), .vi, masked: true) == "049•••••0001")
        #expect(id.show(.text("049085990001"), .vi) == "049085990001")
    }

    @Test(
        arguments: [
            ("birth", "1980-03-12", "12/03/1980", "12 Mar 1980"),
            ("birth", "1980-03", "03/1980", "Mar 1980"), ("birth", "1980", "1980", "1980"),
            ("birth", "1980-01-01?", "01/01/1980 (?)", "1 Jan 1980 (?)"),
            ("idcard_expires_on", "9999-12-31", "Không thời hạn", "No expiry"),
        ] as [(String, String, String, String)]
    )
    func `a day is written as each language writes it, and typed alike in both`(
        name: String,
        stored: String,
        vi: String,
        en: String
    ) throws {
        let field = try field("resident", name)
        #expect(field.words(.text(stored), .vi) == vi)
        #expect(field.words(.text(stored), .en) == en)
        for language in Language.allCases {
            let typed = field.show(.text(stored), language)
            guard case .value(.text(stored), _) = field.parse(typed, today: today) else {
                Issue.record("\(typed) is not read")
                continue
            }
        }
    }

    @Test func `a moment is written with its day as the language writes that`() throws {
        let time = try field("visit", "started_at")
        #expect(time.words(.text("2026-11-02T07:05"), .en) == "2 Nov 2026 07:05")
        #expect(time.words(.text("2026-11-02T07:05"), .vi) == "02/11/2026 07:05")
    }

    @Test func `a text that is too long is told with the limit`() throws {
        let note = try field("household", "note")
        let long = String(repeating: "ă", count: 501)
        guard case .refused(let problem) = note.parse(long, today: today) else {
            Issue.record("taken")
            return
        }
        #expect(problem.text.vi == "Ghi chú: quá dài: 501 ký tự, tối đa 500")
        #expect(problem.text.en == "Note: too long: 501 characters, at most 500")
    }

    @Test func `a value of the wrong kind, unnormalised or too long blocks`() throws {
        let name = try field("resident", "full_name")
        #expect(name.check(.integer(1), today: today).map(\.severity) == [.blocks])
        #expect(name.check(.text("A\u{302} B"), today: today).map(\.code) == ["not_normal"])
        let long = String(repeating: "a b", count: 30)
        #expect(name.check(.text(long), today: today).map(\.code) == ["too_long"])
        let set = try field("household", "policy")
        #expect(set.check(.text("poor,merit"), today: today).map(\.code) == ["not_normal"])
        #expect(set.check(.text(""), today: today) == [])
        #expect(try field("resident", "birth").check(.erased, today: today).count == 1)
    }

    @Test func `a long number in a note is a warning`() throws {
        let note = try field("household", "note")
        #expect(note.check(.text("tk 190012345678"), today: today).map(\.severity) == [.warns])
        #expect(note.check(.text("nhà 1234, hẹn 15/11"), today: today) == [])
    }

    @Test(
        arguments: [
            ("visit", "outcome", "gì đó", "Kết quả: chọn một trong danh mục ("),
            ("visit", "started_at", "28/11/2026 25:00", "Bắt đầu: phải là ngày và giờ, ví dụ "),
            ("resident", "birth", "31/02/1990", "Ngày sinh: Ngày không có trong lịch"),
        ] as [(String, String, String, String)]
    )
    func `a refusal names the field and what would be right`(
        type: String,
        field: String,
        text: String,
        start: String
    ) throws {
        let field = try #require(DataDescription.doorstep.type(type)?.field(field))
        guard case .refused(let problem) = field.parse(text, today: CalendarDay(number: 20_781))
        else {
            Issue.record("not refused")
            return
        }
        #expect(problem.text.vi.hasPrefix(start), "\(problem.text.vi)")
        #expect(problem.text.en != problem.text.vi)
    }
}
