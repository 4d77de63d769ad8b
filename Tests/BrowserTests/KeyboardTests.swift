import Causality
import Foundation
import Node
import Store
import Terminal
import Testing

/// A day's beginning without a pointer: what has the focus is seen, and it is never lost.
@Suite(.serialized) struct KeyboardTests {
    let village: ServedVillage
    /// Households of one person, who is asked everything.
    private let homes: [String]

    init() throws {
        village = try ServedVillage(households: 90)
        let people = Dictionary(grouping: try village.records(of: "resident")) {
            $0["household"].record.map { "\($0)" } ?? ""
        }
        homes = people.filter { _, members in
            members.count == 1 && (members[0].text("birth") ?? "9") < "1990"
                && members[0].text("vneid_level_register") == "2"
        }.map(\.key).sorted()
        try village.hub.start()
    }

    @Test func `sign-in, a closed door and an interview at the node take no pointer`() throws {
        let home = try #require(homes.first)
        let hands = Hands(try village.hub.browser())
        let browser = hands.browser
        try browser.open("\(village.hub.address)/sign-in?next=/today")
        try hands.skip()
        try hands.reach("#name")
        try browser.strike("lan")
        try hands.reach("#password")
        try browser.strike(ServedVillage.password)
        try hands.press(WebBrowser.Key.enter, until: "location.pathname === '/today'")
        // A closed door.
        try hands.skip()
        try hands.reach("main .list a[href^='/household/']:not([href$='\(home)'])")
        try hands.press(WebBrowser.Key.enter, until: "location.pathname.startsWith('/household/')")
        try hands.reach("form[action='/begin'] button")
        try hands.press(WebBrowser.Key.enter, until: "location.pathname.endsWith('/outcome')")
        try hands.choose("button[value$='.outcome=no-contact']", until: "/finish")
        try hands.choose("button[value=finish]", until: "/done")
        print("keys: a closed door at the node: \(hands.strokes)")
        // Everything of one person.
        try browser.open("\(village.hub.address)/household/\(home)")
        hands.strokes = 0
        try hands.skip()
        try hands.reach("form[action='/begin'] button")
        try hands.press(WebBrowser.Key.enter, until: "location.pathname.endsWith('/outcome')")
        try hands.choose("button[value$='.outcome=complete']", until: "/outcome")
        try hands.choose("button[value*='.respondent=']", until: "/members")
        try hands.choose(".do button[value=confirm]", until: "/devices")
        try hands.answer("button[value$='.smartphone=2']")
        try hands.choose(".do button.main", until: "/person-")
        for section in ["idcard", "vneid", "payment", "ssa", "signature"] {
            try hands.answer("button[name=section][value$='.\(section)=yes']")
            if section == "idcard" { try hands.mark("idcard_kind") }
        }
        try hands.choose(".do button[value=next]", until: "/benefits")
        try hands.choose(".do button[value=next]", until: "/notice")
        try hands.choose("button[value$='.given_how=read-aloud']", until: "/finish")
        try hands.choose("button[value=finish]", until: "/done")
        print("keys: an interview of one person at the node: \(hands.strokes)")
        let visits = try village.records(of: "visit").compactMap { $0.text("outcome") }
        #expect(visits.sorted() == ["complete", "no-contact"])
        let asked = try #require(
            try village.records(of: "resident").first {
                $0["household"].record.map { "\($0)" } == home
            }
        )
        #expect(asked.text("idcard_kind") != nil && asked.text("signature_state") == "has")
    }

    @Test func `a closed door and an interview on the phone take no pointer`() throws {
        let home = try #require(homes.first)
        let phone = try Phone(village.hub)
        try phone.signIn()
        let hands = Hands(phone.browser)
        let browser = phone.browser
        let first = "#phone .list a:not([href$='\(home)'])"
        try browser.wait(until: "document.querySelector(\"\(first)\")")
        try hands.skip()
        try hands.reach(first)
        try hands.turn(to: "house-")
        try hands.reach(".actions button")
        try hands.turn(to: "visit-")
        try hands.answer("[id$='outcome.no-contact']")
        try hands.reach("#next")
        try hands.turn(to: "finish")
        try hands.reach("#finish")
        try hands.press(
            WebBrowser.Key.enter,
            until: "document.querySelector('#phone').dataset.shown === ''"
        )
        print("keys: a closed door on the phone: \(hands.strokes)")
        try browser.open("\(village.hub.address)/phone#house-\(home)")
        try browser.wait(
            until: "document.querySelector('#phone').dataset.shown === 'house-\(home)'"
        )
        hands.strokes = 0
        try hands.reach(".actions button")
        try hands.turn(to: "visit-")
        try hands.answer("[id$='outcome.complete']")
        try hands.answer("[id$='respondent_kind.member']")
        for (step, answers) in [
            ("members", []), ("devices", []), ("person-", ["smartphone.2"]),
            (
                "benefits",
                ["idcard.yes", "idcard_kind.can-cuoc", "vneid.yes", "payment.yes", "ssa.yes"]
            ), ("notice", []), ("finish", ["given_how.read-aloud"]),
        ] {
            for answer in answers { try hands.answer("[id$='.\(answer)']") }
            try hands.reach("#same, #next")
            try hands.turn(to: step)
        }
        try hands.reach("#finish")
        try hands.press(
            WebBrowser.Key.enter,
            until: "document.querySelector('#phone').dataset.shown === ''"
        )
        print("keys: an interview of one person on the phone: \(hands.strokes)")
        try phone.waitUntilEmpty()
        #expect(try village.records(of: "visit").count == 2)
    }
}

/// Somebody at a keyboard alone.
private final class Hands {
    let browser: WebBrowser
    /// Keys that were struck, letters apart.
    var strokes = 0

    init(_ browser: WebBrowser) { self.browser = browser }

    /// More than stand on any page.
    private static let stopsMax = 150

    /// What is wrong with where the focus is, empty if nothing; `#` before what it is not.
    private func look(for selector: String) throws -> String {
        try browser.text(
            """
            const here = document.activeElement;
            if (!here || here === document.body) return 'lost';
            const mark = here.matches('.pill input') ? here.nextElementSibling : here;
            const [look, box] = [getComputedStyle(mark), mark.getBoundingClientRect()];
            const words = here.outerHTML.slice(0, 160);
            if (look.outlineStyle === 'none' || parseFloat(look.outlineWidth) < 2) return `unseen: ${words}`;
            if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) {
                return `out of sight: ${words}`;
            }
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const above = document.elementFromPoint(x, y);
            const bar = document.querySelector('.do');
            if (y < innerHeight && bar && !bar.contains(here) && above && bar.contains(above)) {
                return `under the bar: ${words}`;
            }
            return here.matches(arguments[0]) ? '' : '#';
            """,
            .string(selector)
        )
    }

    /// The first thing that Tab comes to leads past the frame.
    func skip() throws {
        try browser.strike(WebBrowser.Key.tab)
        let found = try look(for: "a.skip[href='#main']")
        #expect(found.isEmpty, "the first Tab: \(found)")
        try browser.strike(WebBrowser.Key.enter)
        strokes += 2
    }

    /// Tab by Tab, until what is meant has the focus.
    func reach(_ selector: String) throws {
        for _ in 0..<Self.stopsMax {
            try browser.strike(WebBrowser.Key.tab)
            strokes += 1
            switch try look(for: selector) {
            case "": return
            case "#": continue
            case let fault:
                throw WebBrowser.Failed(description: "on the way to \(selector): \(fault)")
            }
        }
        throw WebBrowser.Failed(description: "no Tab leads to \(selector)")
    }

    func press(_ key: String, until expression: String) throws {
        strokes += 1
        try browser.strike(key)
        try browser.wait(until: "(\(expression)) && document.readyState === 'complete'")
    }

    /// Reaches a button of a visit's page and presses it, which leads to a page whose heading or questions
    /// have the focus.
    func choose(_ selector: String, until end: String) throws {
        try reach(selector)
        try browser.run("window.stays = true")
        try press(
            WebBrowser.Key.enter,
            until: "!window.stays && location.pathname.includes('\(end)')"
        )
        try keepsFocus("h1, #questions, #problems")
    }

    /// Presses a large button that answers where it stands, and stays there.
    func answer(_ selector: String) throws {
        try reach(selector)
        try press(
            WebBrowser.Key.space,
            until: "document.activeElement.getAttribute('aria-pressed') === 'true'"
        )
        try keepsFocus(selector)
    }

    /// Chooses one of several marks by an arrow.
    func mark(_ field: String) throws {
        let marks = "input[type=radio][name$='.\(field)']"
        try browser.run("document.querySelector('#kept').textContent = ''")
        try reach(marks)
        try press(
            WebBrowser.Key.down,
            until: "document.querySelector('#kept').textContent === 'Đã ghi.'"
        )
        try keepsFocus("\(marks):checked")
    }

    /// To another page of the phone's.
    func turn(to page: String) throws {
        try press(WebBrowser.Key.enter, until: "location.hash.includes('\(page)')")
        try browser.wait(until: "document.activeElement.matches('h1')")
    }

    private func keepsFocus(_ selector: String) throws {
        let isThere = try browser.run(
            "return document.activeElement.matches(arguments[0])",
            .string(selector)
        )
        let words = try browser.text("return document.activeElement.outerHTML.slice(0, 160)")
        #expect(isThere == true, "the focus is not at \(selector) but at \(words)")
    }
}
