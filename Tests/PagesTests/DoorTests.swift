import Causality
import Node
import Store
import Survey
import Testing
import Visiting

/// What happens at doors besides the ordinary.
@Suite struct DoorTests {
    private func visit(_ field: String) -> QuestionID { QuestionID(.visit, field) }

    /// A visit at which somebody answers, on a page of it.
    private func met(_ door: Door, _ step: Step) throws {
        try door.begin()
        try door.tap("set", "\(visit("outcome"))=complete")
        try door.tap("set", "\(visit("respondent_kind"))=other-adult")
        try door.open("/visit/\(door.key)/\(step)")
    }

    @Test func `who refuses is asked how much, and nothing else`() throws {
        let door = try Door(seed: 211)
        try door.begin()
        try door.tap("set", "\(visit("outcome"))=refused")
        #expect(door.step == "outcome" && !door.body.contains("respondent"))
        try door.tap("set", "\(visit("refusal_scope"))=visit")
        try door.tap("do", "finish")
        #expect(door.step == "done" && door.taps == 4)
        #expect(try door.visits().first?.text("refusal_scope") == "visit")
    }

    @Test func `calling again is a day, tapped or typed`() throws {
        let door = try Door(seed: 212)
        try door.begin()
        try door.tap("set", "\(visit("outcome"))=postponed")
        let next = door.input(.visit, "next_on")
        for wrong in ["31/2/2027", "mai", "1/1/2020"] {
            let reply = try door.tap("do", "next", [(next, wrong)])
            #expect(reply.status == 422 && reply.body.contains("aria-invalid"))
            #expect(
                PageForm(reply.body, action: door.here)?.fields.contains { $0 == (next, wrong) }
                    == true
            )
        }
        try door.tap("do", "next", [(next, "30062026")])
        #expect(door.step == "finish")
        try door.tap("do", "back")
        let tomorrow = try #require(
            PageForm(door.body, action: door.here)?.buttons.first {
                $0.value.hasPrefix("\(visit("next_on"))=")
            }
        )
        try door.tap(tomorrow.name, tomorrow.value)
        try door.tap("do", "finish")
        let day = try door.hub.node { $0.today.adding(days: 1) }
        #expect(try door.visits().first?.text("next_on") == day.description)
    }

    @Test func `what is taken stays, what is refused is shown as it was typed`() throws {
        let door = try Door(seed: 213)
        let person = door.people[0]
        try met(door, .person(person))
        let (phone, number) = (door.input(person, "phone"), door.input(person, "personal_id"))
        let reply = try door.tap("do", "next", [(phone, "0905990001"), (number, "12 \"x\"")])
        #expect(reply.status == 422 && reply.body.contains("role=\"alert\""))
        #expect(reply.body.contains("value=\"12 &quot;x&quot;\""))
        #expect(reply.body.contains("aria-describedby=\"\(number)-error\""))
        let form = try door.hub.node("lan") { node in
            try VisitDesk(node).form(try #require(VisitKey(door.key)))
        }
        let values = form.values(of: person)
        #expect(values["phone"] == .text("0905990001") && values["personal_id"] == nil)
        #expect(!form.draft.passed.contains("person-\(person)"))
    }

    @Test func `a count is a tap, and the page stays for the others`() throws {
        let door = try Door(seed: 269)
        try met(door, .devices)
        let phones = QuestionID(door.home, "smartphone")
        for count in ["2", "3"] {
            try door.tap("set", "\(phones)=\(count)")
            #expect(door.step == "devices" && door.page?.status == 200)
            let form = try #require(PageForm(door.body, action: door.here))
            #expect(form.fields.contains { $0 == ("q.\(phones)", count) })
            // Gone through already, it is still the page that is looked at.
            try door.tap("do", "next")
            try door.open("/visit/\(door.key)/devices")
        }
        // An answer of the large buttons says in small print what it means.
        try door.open("/visit/\(door.key)/person-\(door.people[0])")
        #expect(door.body.contains(">Có<small>mức 2 đã kích hoạt</small></button>"))
        #expect(door.body.contains("aria-label=\"Chi tiết: Tài khoản định danh điện tử (VNeID)\""))
    }

    @Test func `a likely number is offered, and taken by a tap`() throws {
        let door = try Door(seed: 214)
        let person = door.people[0]
        try met(door, .person(person))
        let phone = QuestionID(person, "phone")
        let reply = try door.tap("do", "next", [("q.\(phone)", "905990001")])
        #expect(reply.status == 422)
        try door.tap("accept", "\(phone)")
        #expect(door.page?.status == 200 && door.body.contains("value=\"0905990001\""))
    }

    @Test func `a number that fits nothing is looked up on the card`() throws {
        let door = try Door(seed: 215)
        let person = door.people[0]
        try met(door, .person(person))
        // Of a woman born in 1980.
        try door.tap("do", "next", [(door.input(person, "personal_id"), "048180990001")])
        #expect(door.step == "person-\(person)", "it is shown once more before the next page")
        try door.tap("do", "confirm-number")
        #expect(!door.body.contains("confirm-number"))
        try door.tap("do", "next")
        #expect(door.step != "person-\(person)")
    }

    @Test func `a card is read beside what is recorded, and taken as ticked`() throws {
        let door = try Door(seed: 216)
        let person = door.people[0]
        try met(door, .person(person))
        let text = "048080990001||Trần Văn Ví Dụ|12031981|Nam|Thôn Mẫu 1|01022022"
        try door.tap("do", "keep", [("card", "x|y")])
        #expect(door.page?.status == 422)
        try door.open("/visit/\(door.key)/person-\(person)")
        try door.tap("do", "keep", [("card", text)])
        #expect(door.page?.status == 200 && !door.here.contains("048080990001"))
        #expect(door.body.contains("12/03/1981") && door.body.contains("12/03/1980"))
        let lines = PageForm(door.body, action: door.here)?.fields.filter { $0.name == "card-line" }
        #expect(lines?.isEmpty == true, "it may be another person's card: nothing is ticked")
        let number = "\(QuestionID(person, "personal_id"))=048080990001"
        try door.tap("do", "card", [("card-line", number)])
        #expect(door.body.contains("value=\"048080990001\""))
        #expect(door.body.contains("value=\"12/03/1980\""))
    }

    // MARK: People

    @Test func `somebody found there is added, or recognised`() throws {
        let door = try Door(seed: 217)
        try met(door, .members)
        let members = door.here
        try door.tap("do", "add-person")
        let twice = try door.browser.post(members, [("do", "add-person")])
        #expect(twice.location == door.here, "a button that was pressed twice adds one")
        let id = try #require(RecordID(String(door.step.dropFirst("person-".count))))
        let facts = [("full_name", "Le thi MAU"), ("birth", "1/5/1983"), ("sex", "female")]
        try door.tap("do", "next", facts.map { (door.input(id, $0.0), $0.1) })
        #expect(door.body.contains("Lê Thị Mẫu"), "she is recorded in this house")
        try door.tap("remove", "\(id)")
        #expect(!door.body.contains("\(id)"))
        try door.open("/visit/\(door.key)/members")
        try door.tap("do", "add-person")
        let born = try #require(RecordID(String(door.step.dropFirst("person-".count))))
        let more = [
            ("full_name", "Trần Thị Mới"), ("birth", "1/5/2026"), ("sex", "female"),
            ("relation", "child"), ("residence", "permanent"),
        ]
        try door.tap("do", "next", more.map { (door.input(born, $0.0), $0.1) })
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(door.step == "done")
        let people = try door.hub.node { node in
            try node.store.children(of: door.home).filter { $0.type.name == "resident" }
        }
        #expect(people.count == 5 && people.contains { $0.text("full_name") == "Trần Thị Mới" })
    }

    @Test func `a refusal after an interview asks what was refused, as at first`() throws {
        let door = try Door(seed: 222)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=partial")
        try door.tap("set", "\(RecordID.visit).respondent_kind=other-adult")
        let person = door.people[0]
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        try door.tap("section", "\(SectionID(person, "vneid"))=yes")
        try door.open("/visit/\(door.key)/outcome")
        try door.tap("set", "\(RecordID.visit).outcome=refused")
        #expect(door.step == "outcome" && door.body.contains("refusal_scope=visit"))
        try door.tap("set", "\(RecordID.visit).refusal_scope=visit")
        #expect(door.step == "finish")
        try door.tap("do", "finish")
        #expect(try door.row(person).text("vneid_state") == nil)
    }

    @Test func `a large button beside a refused answer stands when that is put right`() throws {
        let door = try Door(seed: 221)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=complete")
        let person = door.people[0]
        try door.open("/visit/\(door.key)/\(Step.person(person))")
        let phone = door.input(person, "phone")
        try door.tap("section", "\(SectionID(person, "payment"))=no", [(phone, "0905")])
        #expect(door.page?.status == 422 && door.body.contains("0905"))
        try door.tap("do", "next", [(phone, "0905990001")])
        let values = try door.hub.node("lan") { node in
            try VisitDesk(node).form(#require(VisitKey(door.key))).values(of: person)
        }
        #expect(values["payment_has_any"] == .text("no"))
        #expect(values["phone"] == .text("0905990001"))
    }

    @Test func `a household that has moved away takes one tap and one day for all of it`() throws {
        let door = try Door(seed: 219)
        try door.begin()
        try door.tap("set", "\(RecordID.visit).outcome=moved")
        try door.open("/visit/\(door.key)/members")
        let all = door.people.map { "\(QuestionID($0, "presence"))=moved" }.joined(separator: " ")
        // A day that cannot be read keeps what was tapped, and is asked again.
        try door.tap("set", all, [("since", "hôm nọ")])
        #expect(door.page?.status == 422 && door.body.contains("hôm nọ"))
        let days = door.people.map { (door.input($0, "presence_on"), "5/2026") }
        try door.tap("do", "next", days)
        try door.open("/visit/\(door.key)/members")
        #expect(!door.body.contains("name=\"since\""), "nobody is left of whom it could be said")
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(try door.people.allSatisfy { try door.row($0).text("presence_on") == "2026-05" })

        let other = try Door(seed: 220)
        try other.begin()
        try other.tap("set", "\(RecordID.visit).outcome=moved")
        try other.open("/visit/\(other.key)/members")
        let family = other.people.map { "\(QuestionID($0, "presence"))=moved" }
        try other.tap("set", family.joined(separator: " "), [("since", "4/2026")])
        try other.tap("do", "next")
        try other.tap("do", "finish")
        for person in other.people {
            #expect(try other.row(person).text("presence") == "moved")
            #expect(try other.row(person).text("presence_on") == "2026-04")
        }
    }

    @Test func `who has moved or died is asked nothing more`() throws {
        let door = try Door(seed: 218)
        try met(door, .members)
        let (moved, dead) = (door.people[1], door.people[2])
        try door.tap(
            "do",
            "confirm",
            [(door.input(moved, "presence"), "moved"), (door.input(dead, "presence"), "deceased")]
        )
        try door.open("/visit/\(door.key)/members")
        #expect(!door.body.contains("value=\"person-\(moved)\""))
        #expect(door.body.contains("value=\"person-\(door.people[0])\""))
        let reply = try door.browser.get("/visit/\(door.key)/person-\(moved)")
        #expect(reply.status == 303, "a page that is no more leads on")
        try door.tap("do", "confirm", [(door.input(moved, "presence_on"), "4/2026")])
        try door.open("/visit/\(door.key)/finish")
        try door.tap("do", "finish")
        #expect(try door.row(moved).text("presence") == "moved")
        #expect(try door.row(moved).text("presence_on") == "2026-04")
        #expect(try door.row(dead).text("presence") == "deceased")
    }

    // MARK: Colleagues

    /// A visit that has typed a phone number, and a colleague who has saved another one.
    private func contested(_ seed: UInt64) throws -> Door {
        let door = try Door(seed: seed)
        let person = door.people[0]
        try met(door, .person(person))
        try door.tap("do", "next", [(door.input(person, "phone"), "0905990001")])
        door.hub.clock.now += 60_000
        _ = try door.hub.node("binh") {
            try $0.editRecord(person, [FieldInput("phone", "0905990002")])
        }
        try door.open("/visit/\(door.key)/finish")
        #expect(door.body.contains("0905 990 002") && door.body.contains("Lan &lt;script&gt;"))
        return door
    }

    @Test(arguments: ConcurrentDecision.allCases)
    func `a colleague's change is decided before the end`(decision: ConcurrentDecision) throws {
        let door = try contested(219)
        try door.tap("do", "finish")
        #expect(door.step == "colleague" && door.body.contains("0905 990 001"))
        #expect(try door.visits().isEmpty)
        var form = try #require(PageForm(door.body, action: door.here))
        let seen = try #require(form.fields.first { $0.name == "seen" }?.value)
        form.fill(door.input(door.people[0], "phone"), decision.rawValue)
        let none = try door.browser.post(door.here, [("seen", seen)])
        #expect(none.status == 422)
        let reply = try door.browser.post(door.here, form.fields)
        #expect(reply.status == 303)
        try door.open("/visit/\(door.key)/finish")
        #expect(!door.body.contains("/colleague"))
        try door.tap("do", "finish")
        #expect(door.step == "done")
        let stored = try door.hub.node { try $0.store.requireRecord(door.people[0]) }
        let phone = try #require(stored.fields.first { $0.name == "phone" })
        switch decision {
        case .mine: #expect(phone.value == .text("0905990001") && !phone.isDisputed)
        case .theirs: #expect(phone.value == .text("0905990002") && !phone.isDisputed)
        case .review: #expect(phone.siblings.count == 2)
        }
    }

    @Test func `what was changed once more since is asked once more`() throws {
        let door = try contested(220)
        try door.tap("do", "finish")
        var form = try #require(PageForm(door.body, action: door.here))
        form.fill(door.input(door.people[0], "phone"), "mine")
        door.hub.clock.now += 60_000
        _ = try door.hub.node("hoa") {
            try $0.editRecord(door.people[0], [FieldInput("phone", "0905990003")])
        }
        let reply = try door.browser.post(door.here, form.fields)
        #expect(reply.status == 422 && reply.body.contains("0905 990 003"))
    }

    // MARK: The end

    @Test func `finishing twice is one visit, and a page of before leads to what came of it`()
        throws
    {
        let door = try Door(seed: 221)
        try door.begin()
        try door.tap("set", "\(visit("outcome"))=no-contact")
        let finish = door.here
        try door.tap("do", "finish")
        for path in [finish, "/visit/\(door.key)/outcome", "/visit/\(door.key)/give-up"] {
            let again = try door.browser.post(path, [("do", "finish")])
            #expect(again.location == "/visit/\(door.key)/done", "\(path)")
            #expect(try door.browser.get(path).location == "/visit/\(door.key)/done")
        }
        #expect(try door.visits().count == 1)
        #expect(try door.browser.get("/visit/\(door.key)").location == "/visit/\(door.key)/done")
    }

    @Test func `nothing ends without an outcome, and the page says what is missing`() throws {
        let door = try Door(seed: 222)
        try door.begin()
        try door.open("/visit/\(door.key)/finish")
        let reply = try door.tap("do", "finish")
        #expect(reply.status == 422 && reply.body.contains("Chưa kết thúc được"))
        #expect(try door.visits().isEmpty)
        try door.tap("go", "outcome")
        #expect(door.step == "outcome")
    }

    @Test func `giving up is asked once more, and saves nothing`() throws {
        let door = try Door(seed: 223)
        try met(door, .devices)
        try door.tap("do", "later", [(door.input(door.home, "smartphone"), "3")])
        #expect(door.here == "/")
        let again = try door.begin()
        #expect(again.body.contains("members") && door.step == "members")
        try door.open("/visit/\(door.key)/give-up")
        let gone = try door.browser.post(door.here)
        #expect(gone.status == 303)
        #expect(try door.browser.get("/visit/\(door.key)/members").status == 404)
        #expect(try door.visits().isEmpty && door.row(door.home)["smartphone"] == .null)
    }
}
