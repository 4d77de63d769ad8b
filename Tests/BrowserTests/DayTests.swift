import Causality
import Coverage
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing

/// A day of field work in a village, from the sign-in to the coverage at the hub.
@Suite struct DayTests {
    @Test func `twenty visits of a day reach the hub, and its figures are those of the doors`()
        throws
    {
        let day = try FieldDay()
        let village = day.village
        let phone = try day.phone()
        let laptop = try day.laptop("lan")
        try atTheNode(day, laptop)
        try farFromTheNode(day, phone)
        try whenItComesBack(day, phone)
        try laptop.browser.open("\(village.thon.address)/sync")
        try laptop.browser.tap(saying: "Đồng bộ ngay")
        try Patience.wait(until: "the visits at the hub") {
            try village.records(of: "visit").count == FieldDay.visits + 1
        }
        let visits = try village.records(of: "visit")
        #expect(visits.count { $0.text("by") == "lan" } == FieldDay.visits)
        try phone.phone.signIn()
        try phone.phone.waitUntilEmpty()
        #expect(try village.node().store.conflicts().isEmpty)
        try compare(day)
        try see(day)
        day.pace.tell()
    }

    // MARK: At the node's pages

    private func atTheNode(_ day: FieldDay, _ lan: NodeDoors) throws {
        let homes = day.homes
        for (home, outcome) in zip(homes.others, ["no-contact", "no-contact"]) {
            try day.call(home, outcome, [], lan)
        }
        try day.call(homes.others[2], "refused", [("refusal_scope", "visit")], lan)
        let tomorrow = day.today.adding(days: 1).description
        try day.call(homes.others[3], "postponed", [("next_on", tomorrow)], lan)
        try day.call(homes.others[4], "vacant", [], lan)
        try day.ask(homes.asked[0], lan)
        try losePower(day, homes.asked[1], lan)
        try meetSomebodyKnown(day, homes.asked[2], lan)
        try day.ask(homes.asked[3], lan, isOneAway: true)
        try meetColleague(day, homes.asked[4], lan)
    }

    /// The node loses its power in the middle of a visit.
    private func losePower(_ day: FieldDay, _ home: String, _ lan: NodeDoors) throws {
        let (village, browser) = (day.village, lan.browser)
        let field = "document.querySelector(\"[name='q.\(home).phone']\").value"
        try day.ask(home, lan) { step in
            guard step == "devices" else { return }
            try lan.give(.typed(home, "phone", "0905990001"))
            village.thon.kill()
            try village.thon.start()
            try browser.reload()
            #expect(try browser.text("return \(field)").filter(\.isNumber) == "0905990001")
        }
        #expect(try village.phone(of: home, in: "thon") == "0905990001")
    }

    /// Somebody who is added is recorded next door already.
    private func meetSomebodyKnown(_ day: FieldDay, _ home: String, _ lan: NodeDoors) throws {
        let (village, browser) = (day.village, lan.browser)
        let known = try village.somebody(besides: home)
        var isDone = false
        try day.ask(home, lan) { step in
            guard step == "members", !isDone else { return }
            isDone = true
            let person = try lan.addPerson()
            try lan.give(.typed(person, "full_name", known.name))
            try lan.give(.typed(person, "birth", known.birth))
            let name = JSONText.encode(.string(known.name))
            try browser.wait(
                until: "document.querySelector('#problems').innerText.includes(\(name))"
            )
            try PageChecks.picture(browser, "day-duplicate")
            try browser.tap("button[name='remove']")
            try browser.wait(until: "!location.pathname.includes('/person-0000')")
            try lan.go(to: "members")
        }
    }

    /// A colleague, at another browser, writes another number at the same house.
    private func meetColleague(_ day: FieldDay, _ home: String, _ lan: NodeDoors) throws {
        let browser = lan.browser
        var isDone = false
        try day.ask(home, lan) { step in
            guard step == "devices", !isDone else { return }
            isDone = true
            try lan.give(.typed(home, "phone", "0905990002"))
            let mai = try day.laptop("mai")
            try mai.begin(home)
            try mai.tell("complete", [("respondent_kind", "other-adult")])
            try mai.interview { $0 == "devices" ? [.typed(home, "phone", "0905990003")] : [] }
            try mai.finish()
            #expect(try mai.step() == "done")
        } finish: {
            try browser.wait(until: "location.pathname.endsWith('/colleague')")
            try browser.wait(until: "document.body.innerText.includes('\(day.colleague)')")
            try PageChecks.check(browser, "a colleague's change")
            try PageChecks.picture(browser, "day-colleague")
            try browser.tap(xpath: "//label[contains(., 'Của tôi')]")
            try browser.tap(saying: "Ghi lựa chọn")
            try browser.wait(until: "!location.pathname.endsWith('/colleague')")
            if try lan.step() != "done" { try lan.finish() }
        }
        #expect(try day.village.phone(of: home, in: "thon") == "0905990002")
    }

    // MARK: Far from it

    private func farFromTheNode(_ day: FieldDay, _ phone: PhoneDoors) throws {
        let homes = day.homes
        day.village.thon.kill()
        try phone.loseNetwork()
        try day.call(homes.others[5], "no-contact", [], phone)
        try day.call(homes.others[6], "refused", [("refusal_scope", "visit")], phone)
        try day.call(homes.others[7], "moved", [], phone)
        try day.call(homes.others[8], "not-found", [], phone)
        try day.call(homes.others[9], "inaccessible", [], phone)
        try day.ask(homes.asked[5], phone)
        // The phone's battery ends in the middle of a visit.
        var isDead = false
        try day.ask(homes.asked[6], phone) { step in
            guard step.hasPrefix("person-"), !isDead else { return }
            isDead = true
            let page = try phone.browser.address
            try phone.loseBattery(at: page)
            try phone.loseNetwork()
        }
        try day.ask(homes.asked[7], phone, hasNewcomer: true)
        try day.ask(homes.asked[8], phone, isOneMoved: true)
        try day.ask(homes.asked[9], phone, outcome: "partial")
        #expect(try day.village.records(of: "visit", in: "thon").count == 11)
    }

    /// The outbox empties by itself, though the first reply is lost on the way.
    private func whenItComesBack(_ day: FieldDay, _ phone: PhoneDoors) throws {
        let browser = phone.browser
        // What the hub has is gone from the phone, sooner or later: here nothing reaches it.
        day.village.hub.kill()
        try browser.run(
            """
            location.hash = '#outbox';
            const get = window.fetch;
            window.lost = 0;
            window.fetch = async (...words) => {
                const reply = await get(...words);
                if (!String(words[0]).includes('/phone/visit') || window.lost > 0) return reply;
                window.lost += 1;
                throw new TypeError('the reply is lost');
            };
            """
        )
        try day.village.thon.start()
        try phone.findNetwork()
        try browser.wait(until: "window.lost === 1")
        // And twice more, as by a finger that cannot wait.
        try browser.run("DoorstepPhone.refresh({}); DoorstepPhone.refresh({})")
        try browser.wait(
            until: "document.body.innerText.split('Máy thôn đã nhận').length === 11"
        )
        #expect(
            try day.village.records(of: "visit", in: "thon").count == FieldDay.visits + 1
        )
        try day.village.hub.start()
    }

    // MARK: Figures

    private func compare(_ day: FieldDay) throws {
        let report = try day.village.node().coverage()
        for (name, expected) in day.ledger.figures.sorted(by: { $0.key < $1.key }) {
            let tally = try #require(report.line(name)?.total, "\(name)")
            let causes = Dictionary(
                uniqueKeysWithValues: Cause.allCases.map { ($0.code, tally.unknown($0)) }
            ).filter { $0.value > 0 }
            let counted = Ledger.Count(
                yes: tally.yes,
                no: tally.no,
                unknown: causes,
                possible: tally.possible
            )
            #expect(counted == expected, "\(name)")
            let (yes, unknown) = (expected.yes, expected.unknownTotal)
            let (all, more) = (expected.population, expected.possible)
            let rate = { (part: Int, whole: Int) in Ledger.Count.rate(part, of: whole) }
            #expect(tally.registerRate?.value == rate(yes, all), "\(name)")
            #expect(tally.surveyedRate?.value == rate(yes, all - unknown), "\(name)")
            #expect(tally.upperBound?.value == rate(yes + unknown, all), "\(name)")
            #expect(tally.extendedBounds?.lower.value == rate(yes, all + more), "\(name)")
            #expect(
                tally.extendedBounds?.upper.value == rate(yes + unknown + more, all + more),
                "\(name)"
            )
            // The day has moved it: some have it, some have not, some nobody knows.
            #expect(day.before[name] != expected && yes > 0 && unknown + expected.no > 0, "\(name)")
        }
        let visits = report.visitTotal
        let dispositions = [
            "visited": visits.visited, "not-visited": visits.notYetVisited,
            "refused": visits.refused, "no-contact": visits.noContact,
            "postponed": visits.postponed, "not-there": visits.notThere,
        ]
        #expect(dispositions == day.ledger.dispositions)
        #expect(visits.households == day.ledger.dispositions.values.reduce(0, +))
    }

    /// What an officer sees of it at the hub.
    private func see(_ day: FieldDay) throws {
        let browser = try day.village.hub.browser("officer")
        try browser.signIn("hoa", at: day.village.hub, leadingTo: "/")
        // The worker shows the phone's page where a busy hub takes long.
        try PageChecks.forgetPages(browser)
        for name in ["epayment-account", "vneid-level2"] {
            let expected = try #require(day.ledger.figures[name])
            try browser.open("\(day.village.hub.address)/coverage/\(name)")
            let words = try browser.text("return document.querySelector('main').innerText")
            let rate = try #require(Ledger.Count.rate(expected.yes, of: expected.population))
            #expect(words.contains("\(rate / 10),\(rate % 10)%"), "\(name): \(words)")
        }
        try PageChecks.picture(browser, "day-coverage")
    }
}

extension ServedVillage {
    fileprivate func phone(of household: String, in name: String) throws -> String? {
        try records(of: "household", in: name).first { $0.id.description == household }?
            .text("phone")
    }

    /// Name and birth, as they are typed, of somebody of another household.
    fileprivate func somebody(besides household: String) throws -> (name: String, birth: String) {
        for row in try records(of: "resident", in: "thon") {
            guard row["household"].record?.description != household,
                let name = row.text("full_name"), let birth = row.text("birth"),
                birth.utf8.count == 10
            else { continue }
            let parts = birth.split(separator: "-")
            return (name, "\(parts[2])/\(parts[1])/\(parts[0])")
        }
        throw WebBrowser.Failed(description: "nobody there")
    }
}
