import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing

@testable import Pages
@testable import Visiting

/// What is typed or scanned on a phone and at the node, read by both.
@Suite(.serialized) struct ReadingTests {
    private static let typed = [
        "", " ", "12", "-3", "1.234", "1 234", "12.34", "007", "25", "99999999999999999999999",
        "31/02/2030", "29/02/2024", "29/2/2023", "1/2/2020", "28.11.2026", "28-11-2026",
        "28 11 2026",
        "2026-11-28", "2026-1-2", "11/2026", "2026-11", "1985", "1985?", "01/01/1950?",
        "01/01/1950 (?)",
        "00/00/1950", "00/05/1950", "28112026", "45000", "99999", "5/3/85", "5/3/30", "13/13/2020",
        "28/11/2026 00:00", "28/11/2026 08:30", "11/2026 00:00", "1/1/3000", "3/4/1850", "?", "x?",
        "không thời hạn", "NEVER", "1/1/20260",
        "0905990001", "0905 990 001", "+84 905 990 001", "0084905990001", "84905990001",
        "905990001",
        "01205990001", "02353888888", "0235 3888 888", "0005990001", "0512345678",
        "+1 202 555 0100",
        "(0905) 990-001", "09059900", "8490",
        "049085990001", "049 0 85 990001", "49085990001", "9085990001", "000000000000",
        "111111111111", "999085990001", "048510990001", "205990001", "205 990 001", "4,9085E+10",
        "4,9085E", "04908599000a", "0490859900012", "048299990001",
        "Nguyễn Văn Ví Dụ", "Nguye\u{302}\u{303}n Ví", "Ví", "Ví 2", "Y Ê'Đa", " a  b\tc\u{A0}d ",
        "số 0905990001 của con", "mã 12345678", "12345678901234567", "Дом 5", "Ðào Thị Ɖạt",
        String(repeating: "Ví dụ ", count: 100), "15.3693", "15,369312345", "108.6", "8", "-15.3",
        "1085", "15.", "none", "elderly,none", "elderly",
    ]

    /// Chosen by buttons, or set by the node.
    private func isTyped(_ field: Field) -> Bool {
        switch field.kind {
        case .code, .fourValued, .reference, .localTime, .bytes, .codeSet, .taxCode: false
        default: !field.isSecret
        }
    }

    private func expected(_ reading: FieldReading) -> JSONValue {
        func words(_ problems: [Problem]) -> [JSONValue] {
            problems.flatMap { [.string($0.text.vi), .string($0.text.en)] }
        }
        return switch reading {
        case .empty: ["value", nil]
        case .value(let value, let problems): .array(["value", value.json] + words(problems))
        case .proposed(let value, let problem): .array(["proposed", value.json] + words([problem]))
        case .refused(let problem): .array(["refused"] + words([problem]))
        }
    }

    @Test func `phone and node read alike what is typed`() throws {
        let village = try ServedVillage(households: 2)
        try village.hub.start()
        let description = DataDescription.doorstep
        let today = CalendarDay(milliseconds: UInt64(Date().timeIntervalSince1970 * 1000))
        var vectors: [JSONValue] = []
        var answers: [JSONValue] = []
        var collected: Set<FieldName> = []
        for type in PhoneForm.types.compactMap({ description.type($0) }) {
            for field in type.fields where field.isOptIn {
                collected.insert(FieldName(type.name, field.name))
            }
            for field in type.fields where isTyped(field) {
                for text in Self.typed {
                    vectors.append([.string(type.name), .string(field.name), .string(text)])
                    answers.append(expected(field.parse(text, today: today)))
                }
            }
        }
        let browser = try village.hub.browser()
        try browser.open("\(village.hub.address)/phone")
        let found = try browser.run(
            """
            const [data, vectors, today] = arguments;
            const form = DoorstepAnswers.prepared(data);
            return vectors.map(([type, name, text]) => {
                const field = form.types.get(type).fields.get(name);
                if (!field) return null;
                const { value, proposal, problems } = DoorstepReading.judged(field, text, today);
                const words = problems.flatMap((one) => one.text);
                if (value !== undefined) return ['value', value, ...words];
                return proposal ? ['proposed', proposal, ...words] : ['refused', ...words];
            });
            """,
            PhoneForm(description: description, collected: collected).json,
            .array(vectors),
            .string(today.description)
        )
        guard case .array(let read) = found else {
            Issue.record("no answer")
            return
        }
        let asked = zip(zip(vectors, answers), read).filter { $1 != .null }
        #expect(asked.count > 1500)
        for ((vector, node), phone) in asked where node != phone {
            let (vector, node) = (JSONText.encode(vector), JSONText.encode(node))
            Issue.record("\(vector): node \(node), phone \(JSONText.encode(phone))")
        }
    }

    @Test func `phone and node leave out the same keys of Telex`() throws {
        let village = try ServedVillage(households: 1)
        try village.hub.start()
        let texts = [
            "nguyeenx hungf", "Nguyeenx  HUNGF", "ddaof thij", "trần hưng", "thon 2", "k'row", "xa",
            "szz", "", "booong", "aaa", "luwowng vawn",
        ]
        let browser = try village.hub.browser()
        try browser.open("\(village.hub.address)/phone")
        let found = try browser.run(
            "return arguments[0].map(DoorstepTexts.withoutTelex);",
            .array(texts.map { .string($0) })
        )
        #expect(found == .array(texts.map { .string(TelexLeftovers.removed(from: $0)) }))
    }

    // MARK: The card

    private static func cards(_ name: String, _ number: String, _ birth: String) -> [String] {
        let latin = String(
            String.UnicodeScalarView(
                "Nguyễn Văn Ví Dụ".utf8.map { Unicode.Scalar($0) }
            )
        )
        return [
            "\(number)||\(name)|\(birth)|Nam|Thôn Mẫu, Tam Mỹ|15042021",
            "\(number)|205990001|\(name.uppercased())|\(birth)|Nữ|Thôn Mẫu|15042021|1|2|3\r\n",
            "049085990001|205990001|Nguyễn Văn Ví Dụ|05031985|Nam|Thôn Mẫu|15042021",
            "049085990001||NGUYỄN VĂN VÍ DỤ|00001985|nu|Thôn Mẫu|",
            "049085990001||nguyeenx vawn|05031985|Nam|Thôn Mẫu|99999999",
            "049085990001||\(latin)|05031985|Nam|\(latin)|15042021",
            "049085990001||K'Rơ Y Ê|05031985|Nam|Thôn",
            "049085990001||Zoë Wójcik|05031985|Nam|Thôn|15042021",
            "049085990001||Nguyễn Văn 2|05031985|NAM |Thôn|15042021",
            "", "049085990001", "a|b|c|d|e|f", "049085990001|||05031985|Nam|Thôn",
            "049085990001||Ví|31021985|Nam|Thôn", "049085990001||Ví|05031985|M|Thôn",
            "111111111111||Ví|05031985|Nam|Thôn", String(repeating: "x|", count: 600),
            "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17",
        ]
    }

    private func expected(_ form: VisitForm, _ text: String, _ person: RecordID) throws -> JSONValue
    {
        do {
            return .array(
                try form.proposals(qr: text, for: person).map { one in
                    [
                        .string("\(one.question)"), one.label.json, .string(one.text),
                        one.shown.json, one.recorded.json, .string("\(one.comparison)"),
                    ]
                }
            )
        } catch let refusal as QRText.Refusal {
            return refusal.label.json
        }
    }

    /// Cards and typed numbers of the people of a list, with what the node says of each.
    private func vectors(_ list: PhoneList) throws -> (vectors: [JSONValue], answers: [JSONValue]) {
        var vectors: [JSONValue] = []
        var answers: [JSONValue] = []
        for (index, household) in list.households.enumerated() where household.isOwn {
            for person in household.form.people {
                let text = { (field: String) in person.values[field]?.text ?? "" }
                let born = text("birth").split(separator: "-").reversed().joined()
                let cards = Self.cards(text("full_name"), text("personal_id"), born)
                for card in cards {
                    vectors.append([
                        .integer(Int64(index)), .string("\(person.id)"), "card", .string(card),
                    ])
                    answers.append(try expected(household.form, card, person.id))
                }
                for number in [
                    "049085990001", "048210990003", "999310990004", "12", text("personal_id"),
                ] {
                    var form = household.form
                    let outcome = try form.answer(QuestionID(person.id, "personal_id"), number)
                    vectors.append([
                        .integer(Int64(index)), .string("\(person.id)"), "number", .string(number),
                    ])
                    let doubts = form.problems(of: person.id).filter { $0.code.hasPrefix("id_") }
                    answers.append(
                        .array(
                            outcome.isAccepted
                                ? Set(doubts.map(\.text.vi)).sorted().map { .string($0) } : []
                        )
                    )
                }
            }
        }
        return (vectors, answers)
    }

    @Test func `phone and node say the same of a card, and of a number that does not fit`() throws {
        let village = try ServedVillage(households: 6)
        try village.hub.start()
        let desk = try village.visiting("lan")
        let scopes: Set = [ServedVillage.scope]
        // Whoever has begun a visit has the household's numbers in full.
        for household in try desk.node.phoneList(scopes: scopes).households.prefix(4) {
            _ = try desk.begin(household.item.id)
        }
        let list = try desk.node.phoneList(scopes: scopes)
        let (vectors, answers) = try vectors(list)
        let browser = try village.hub.browser()
        try browser.open("\(village.hub.address)/phone")
        let found = try browser.run(
            """
            const [packet, vectors] = arguments;
            const form = DoorstepAnswers.prepared(packet.form);
            return vectors.map(([household, person, word, text]) => {
                const inputs = word === 'number' ? [['answer', person + '.personal_id', text, false]] : [];
                const visit = new DoorstepForm.Form(form, packet.households[household], inputs, packet.today);
                if (word === 'number') {
                    return [...new Set(visit.numberDoubts(person).map((one) => one[0]))].sort();
                }
                const card = visit.card(text, person);
                return card.refusal ?? card.lines.map((one) => [one.question, one.label, one.text,
                    one.shown, one.recorded, one.comparison]);
            });
            """,
            PhonePacket(list, desk.node.description).json(now: desk.node.now),
            .array(vectors)
        )
        guard case .array(let read) = found else {
            Issue.record("no answer")
            return
        }
        #expect(read.count == vectors.count && read.count > 100)
        for (index, (node, phone)) in zip(answers, read).enumerated() where node != phone {
            let (node, vector) = (JSONText.encode(node), JSONText.encode(vectors[index]))
            Issue.record("\(vector): node \(node), phone \(JSONText.encode(phone))")
        }
    }

    @Test func `numbers of households that are nobody's in particular go with their middle hidden`()
        throws
    {
        let village = try ServedVillage(households: 6)
        let desk = try village.visiting("lan")
        let scopes: Set = [ServedVillage.scope]
        let all = try desk.node.phoneList(scopes: scopes)
        let first = try #require(all.households.first)
        func text(_ list: PhoneList) -> String {
            JSONText.encode(PhonePacket(list, desk.node.description).json(now: desk.node.now))
        }
        func numbers(_ household: PhoneList.Household) -> [PersonalNumber] {
            household.form.people.compactMap { $0.values["personal_id"]?.text }
                .compactMap { PersonalNumber($0) }
        }
        let before = text(all)
        #expect(all.households.flatMap(numbers).count > 5)
        for number in all.households.flatMap(numbers) {
            #expect(!before.contains(number.text) && before.contains(number.masked))
        }
        // Assigned to the user, and visited by him.
        _ = try village.node().editRecord(first.item.id, [FieldInput("assigned_to", "lan")])
        let after = text(try desk.node.phoneList(scopes: scopes))
        for number in numbers(first) { #expect(after.contains(number.text)) }
        let others = all.households.dropFirst().flatMap(numbers)
        #expect(others.allSatisfy { !after.contains($0.text) })
    }
}
