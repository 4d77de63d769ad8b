import Causality
import Node
import Store
import Survey
import TestSupport
import Testing

@testable import Visiting

/// What is kept of a visit until it is finished.
@Suite struct DraftTests {
    @Test func `another opening of the file goes on where the last one was`() throws {
        let doors = try Doorsteps(seed: 21)
        let desk = try doors.desk("lan")
        let home = try doors.family(of: 2)
        let key = try desk.begin(home)
        try desk.meet(key)
        try desk.take(key, home, "smartphone", "3")
        // The file as a power cut leaves it: nobody has closed anything.
        let copy = try doors.commune.copy(of: doors.hub.store)
        let later = VisitDesk(LocalNode(copy, user: "lan"))
        #expect(try later.openVisits().map(\.key) == [key])
        #expect(try later.form(key).values(of: home)["smartphone"] == .integer(3))
        #expect(try later.form(key).draft == desk.form(key).draft)
        #expect(throws: VisitingError.noVisit) {
            try VisitDesk(LocalNode(copy, user: "hoa")).form(key)
        }
    }

    @Test func `a visit holds so much, and a user so many`() throws {
        let doors = try Doorsteps(seed: 22, households: 80)
        let desk = try doors.desk("lan")
        for home in doors.households.prefix(VisitingLimits.openVisits) { _ = try desk.begin(home) }
        let next = doors.households[VisitingLimits.openVisits]
        #expect(throws: VisitingError.tooManyVisits(limit: VisitingLimits.openVisits)) {
            try desk.begin(next)
        }
        let key = try desk.begin(doors.households[0])
        for _ in 0..<VisitingLimits.newRecords { _ = try desk.change(key) { try $0.addPerson() } }
        #expect(throws: VisitingError.tooLarge) {
            try desk.change(key) { try $0.addPerson() }
        }
        let long = String(repeating: "a", count: VisitingLimits.inputBytes + 1)
        let outcome = try desk.answer(key, QuestionID(.visit, "note"), long)
        #expect(!outcome.isAccepted)
        try desk.giveUp(key)
        _ = try desk.begin(next)
    }

    @Test func `bytes that are no draft are refused`() throws {
        let doors = try Doorsteps(seed: 22)
        let desk = try doors.desk("lan")
        let key = try desk.begin(doors.households[0])
        try desk.meet(key)
        let bytes = try desk.form(key).draft.encode()
        #expect(try VisitDraft(encoded: bytes).encode() == bytes)
        for count in 0..<bytes.count {
            #expect(throws: VisitingError.unreadable) {
                try VisitDraft(encoded: Array(bytes.prefix(count)))
            }
        }
    }

    /// Random taps and typing, legal and not: nothing crashes, and what was taken is there to the end.
    @Test(arguments: 1...6)
    func `whatever is tapped, what was taken is kept`(seed: UInt64) throws {
        let doors = try Doorsteps(seed: seed, households: 6)
        let desk = try doors.desk("lan")
        var random = SplitMix64(seed: seed)
        let home = try doors.family(of: 1)
        let key = try desk.begin(home)
        var taken: [QuestionID: Value] = [:]
        for _ in 0..<60 {
            let form = try desk.form(key)
            let step = random.pick(form.steps)
            let questions = form.screen(step)?.groups.flatMap(\.questions) ?? []
            if random.below(20) == 0 { _ = try desk.change(key) { try $0.addPerson() } }
            if random.below(12) == 0 { try desk.change(key) { try $0.confirm(step) } }
            guard !questions.isEmpty else { continue }
            let question = random.pick(questions)
            let outcome = try desk.answer(key, question.id, Self.text(question, &random))
            guard outcome.isAccepted else { continue }
            taken[question.id] = try desk.form(key).draft.answers[question.id]?.value
        }
        let form = try desk.form(key)
        for (question, value) in taken where !question.field.hasSuffix("_unknown") {
            #expect(form.draft.answers[question]?.value == value, "\(question.field)")
        }
        try desk.take(key, .visit, "outcome", "no-contact")
        for added in try desk.form(key).draft.added {
            _ = try desk.change(key) { try $0.remove(added.id) }
        }
        let last = try desk.form(key)
        guard case .saved = try desk.finish(key) else { return }
        for record in last.people {
            let row = try #require(try doors.hub.store.row(of: record.id))
            for (field, value) in last.values(of: record) where !field.hasSuffix("_source") {
                guard !field.hasSuffix("_observed_on") else { continue }
                #expect(row[field] == value, "\(field)")
            }
        }
    }

    private static func text(_ question: Question, _ random: inout SplitMix64) -> String {
        if random.below(4) == 0 {
            return random.pick([
                "", "x", "-1", "999999999999", "31/2/2020", "1/1/2999", "\u{0}", "🙂",
            ])
        }
        return switch question.input {
        case .choice(let choices), .choices(let choices):
            choices.isEmpty ? "" : random.pick(choices.map(\.code))
        case .number(let range): String(range.lowerBound + Int64(random.below(5)))
        case .digits: random.pick(["0905990001", "048085990001", "0123"])
        case .date: random.pick(["1/2/2026", "2020", "3/2019"])
        case .time: "03/08/2026 08:30"
        case .text: random.pick(["Ví Dụ", "Trần Thị Ví Dụ", "a b"])
        }
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    fileprivate mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
