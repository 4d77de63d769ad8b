import Causality
import Node
import Store
import Survey
import Testing

@testable import Visiting

@Suite struct VisitTests {
    @Test func `a visit that ends at a closed door is one answer and the end`() throws {
        let doors = try Doorsteps(seed: 1)
        let desk = try doors.desk("lan")
        let home = doors.households[0]
        let key = try desk.begin(home)
        #expect(try desk.begin(home) == key, "begun twice is one visit")
        #expect(try desk.form(key).steps == [.outcome, .finish])
        try desk.take(key, .visit, "outcome", "no-contact")
        let visit = try #require(try desk.saved(key).visit)
        let row = try #require(try doors.hub.store.row(of: visit))
        #expect(row.text("outcome") == "no-contact" && row.text("by") == "lan")
        #expect(row.text("started_at") == "2026-08-03T08:30")
        #expect(try desk.openVisits().isEmpty)
        let again = try desk.saved(key)
        #expect(again.isRepeated && again.visit == visit)
        let visits = try doors.hub.store.children(of: home).filter { $0.type.name == "visit" }
        #expect(visits.count == 1)
    }

    @Test func `no outcome, no end`() throws {
        let doors = try Doorsteps(seed: 1)
        let desk = try doors.desk("lan")
        let key = try desk.begin(doors.households[0])
        guard case .refused(let problems) = try desk.finish(key) else {
            Issue.record("finished without an outcome")
            return
        }
        #expect(problems.map(\.problem.field) == ["outcome"])
        #expect(try desk.openVisits().count == 1)
    }

    @Test func `a day that is agreed at the door lies ahead`() throws {
        let doors = try Doorsteps(seed: 1)
        let desk = try doors.desk("lan")
        let key = try desk.begin(doors.households[0])
        try desk.take(key, .visit, "outcome", "postponed")
        let next = QuestionID(.visit, "next_on")
        for day in ["3/8/2026", "2/8/2026", "1/1/2020"] {
            let outcome = try desk.answer(key, next, day)
            #expect(!outcome.isAccepted, "\(day)")
            #expect(outcome.problems.map(\.text.vi) == ["Hẹn lại ngày: phải sau hôm nay"])
        }
        #expect(try desk.form(key).values(of: .visit)["next_on"] == nil)
        try desk.take(key, .visit, "next_on", "4/8/2026")
    }

    @Test func `a colleague goes on with the visit of somebody who is gone, and with no other`()
        throws
    {
        let doors = try Doorsteps(seed: 1)
        let (lan, binh) = (try doors.desk("lan"), try doors.desk("binh"))
        let home = doors.households[0]
        let key = try lan.begin(home)
        try lan.take(key, .visit, "outcome", "no-contact")
        let visit = try #require(try lan.openVisits().first)
        // Nobody of this name may visit here: he is none of the roster's.
        try binh.takeOver(visit)
        #expect(try lan.openVisits().isEmpty && binh.openVisits().map(\.key) == [key])
        #expect(throws: VisitingError.noVisit) { try lan.form(key) }
        #expect(throws: VisitingError.noVisit) { try binh.takeOver(visit) }
        // There and back.
        try lan.takeOver(try #require(try binh.openVisits().first))
        try binh.takeOver(try #require(try lan.openVisits().first))
        // Every change after it keeps who was at the door.
        try binh.take(key, .visit, "note", "Nhà khóa cửa")
        let saved = try #require(try binh.saved(key).visit)
        #expect(try doors.hub.store.row(of: saved)?.text("by") == "lan")
    }

    @Test func `pages follow the order of the form`() throws {
        let doors = try Doorsteps(seed: 2)
        let desk = try doors.desk("lan")
        let home = try doors.family(of: 3)
        let key = try desk.begin(home)
        try desk.meet(key)
        let form = try desk.form(key)
        let people = form.members.filter { !form.isGone($0) }.map { Step.person($0.id) }
        #expect(
            form.steps == [.outcome, .members, .devices] + people + [.benefits, .notice, .finish]
        )
        let adult = try #require(
            form.members.first {
                !form.isGone($0)
                    && Predicate.ageAtLeast(18, birth: "birth")
                        .evaluate(Facts($0.type, $0.values), on: form.today) == true
            }
        )
        let screen = try #require(form.screen(.person(adult.id)))
        let sections = screen.groups.map(\.id.section).filter { !$0.isEmpty }
        #expect(Set(["idcard", "vneid", "payment", "ssa", "service"]).isSubset(of: sections))
        let order = form.description.sections.map(\.name)
        #expect(sections == order.filter(sections.contains))
        for step in form.steps { #expect(form.screen(step) != nil && Step("\(step)") == step) }
    }

    @Test func `Có, Chưa and Không biết fill what they mean, and the reason comes after Chưa`()
        throws
    {
        let doors = try Doorsteps(seed: 2)
        let desk = try doors.desk("lan")
        let home = try doors.family(of: 2)
        let key = try desk.begin(home)
        try desk.meet(key)
        let adult = try desk.change(key) { try $0.addPerson() }
        for (field, text) in [
            ("full_name", "Trần Thị Ví Dụ"), ("birth", "12/3/1980"), ("sex", "female"),
            ("residence", "permanent"),
        ] {
            try desk.take(key, adult, field, text)
        }
        let section = SectionID(adult, "idcard")
        func reason() throws -> Question? {
            try desk.form(key).screen(.person(adult))?.groups.flatMap(\.questions)
                .first { $0.id.field == "idcard_missing_reason" }
        }
        _ = try desk.change(key) { try $0.answer(section, .yes) }
        #expect(try reason() == nil)
        _ = try desk.change(key) { try $0.answer(section, .no) }
        #expect(try reason()?.isFolded == false)
        try desk.take(key, adult, "idcard_missing_reason", "unaware")
        _ = try desk.change(key) { try $0.answer(section, .yes) }
        let values = try desk.form(key).values(of: adult)
        #expect(values["idcard_missing_reason"] == nil && values["idcard_kind"] == nil)
        _ = try desk.change(key) { try $0.answer(section, .no) }
        #expect(
            try desk.form(key).values(of: adult)["idcard_missing_reason"] == .text("unaware"),
            "what was answered comes back with the answer that it belongs to"
        )
        _ = try desk.change(key) { try $0.answer(section, .unknown) }
        _ = try desk.saved(key)
        let row = try #require(
            try doors.people(of: home).first { $0.text("full_name") == "Trần Thị Ví Dụ" }
        )
        #expect(row.text("idcard_unknown") == "dont-know" && row.text("idcard_status") == nil)
        #expect(row.text("idcard_observed_on") == "2026-08-03")
        #expect(row.text("idcard_source") == "proxy")
    }

    @Test func `the same as last time is one tap a person, and only the day is new`() throws {
        let doors = try Doorsteps(seed: 3)
        let desk = try doors.desk("lan")
        let home = try doors.family(of: 4)
        var key = try desk.begin(home)
        try desk.meet(key)
        let first = try desk.form(key)
        for step in first.steps {
            guard case .person(let id) = step else { continue }
            for section in ["idcard", "payment"] {
                _ = try desk.change(key) { try $0.answer(SectionID(id, section), .yes) }
            }
        }
        try desk.take(key, home, "smartphone", "2")
        try desk.take(key, home, "tablet", "0")
        _ = try desk.saved(key)
        let before = try doors.people(of: home)
        // A month later nothing is new.
        doors.now += 30 * 24 * 3_600_000
        var taps = 1
        key = try desk.begin(home)
        try desk.take(key, .visit, "outcome", "complete")
        try desk.take(key, .visit, "respondent_kind", "other-adult")
        taps += 2
        for step in try desk.form(key).steps {
            switch step {
            case .members, .devices, .person:
                try desk.change(key) { try $0.confirm(step) }
                taps += 1
            default: break
            }
        }
        try desk.take(key, .notice, "given_how", "read-aloud")
        _ = try desk.saved(key)
        taps += 2
        let people = try desk.form(try desk.begin(home)).members.count {
            $0.values["presence"] != .text("moved")
        }
        #expect(taps <= 7 + people)
        let after = try doors.people(of: home)
        for (old, new) in zip(before, after) {
            let changed = old.type.fields.map(\.name).filter { old[$0] != new[$0] }
            #expect(changed.allSatisfy { $0.hasSuffix("_observed_on") }, "\(changed)")
            if old.text("idcard_status") != nil {
                #expect(new.text("idcard_observed_on") == "2026-09-02")
            }
        }
    }
}
