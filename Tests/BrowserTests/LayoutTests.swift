import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing
import Visiting

@testable import Pages

/// What the system makes of pages: larger letters, a keyboard of digits; and that nothing jumps.
@Suite(.serialized) struct LayoutTests {
    /// Chromium's own is 16 pixels.
    private static let largeLetters: JSONValue = ["fontSizes": ["standard": 32, "fixed": 26]]

    /// Pages of each who works there, by sign-in name.
    private func pages(_ busy: BusyVillage) -> [(user: String, paths: [String])] {
        let visit = "/visit/\(busy.visit)"
        let steps = [
            "outcome", "members", "devices", "person-\(busy.adult)", "benefits", "notice", "finish",
            "give-up",
        ]
        let own = [
            "/today", "/today?show=lacking", "/search", "/new-household",
            "/household/\(busy.family)", "/record/\(busy.adult)", "/sync", "/pin", "/password",
            "/trust",
        ]
        return [
            ("lan", own + steps.map { "\(visit)/\($0)" }),
            ("mai", ["/lead", "/lead/assign?of=all"]),
            ("hoa", ["/", "/coverage", "/coverage/vneid-level2", "/users"]),
            ("quan", ["/users/new", "/access", "/nodes", "/nodes/new"]),
        ]
    }

    /// Opens every page of the node and the phone's own, and looks at each.
    private func walk(
        _ busy: BusyVillage,
        _ prepare: (WebBrowser) throws -> Void,
        _ look: (WebBrowser, String) throws -> Void
    ) throws {
        let hub = busy.village.hub
        try hub.start()
        for (user, paths) in pages(busy) {
            let browser = try hub.browser(user)
            let first = "\(hub.address)/sign-in?next=/password"
            try browser.open(first)
            try prepare(browser)
            try browser.open(first)
            try look(browser, "\(user): /sign-in")
            try browser.signIn(user, at: hub, leadingTo: "/password")
            for path in paths {
                try browser.open(hub.address + path)
                try look(browser, "\(user): \(path)")
            }
        }
        let phone = try Phone(hub)
        try phone.signIn()
        try prepare(phone.browser)
        try phone.browser.open("\(hub.address)/phone")
        try phone.browser.wait(until: "document.querySelector('#phone').dataset.shown === ''")
        let doors = PhoneDoors(phone)
        try look(phone.browser, "phone: list")
        try doors.begin("\(busy.next)")
        try look(phone.browser, "phone: outcome")
        try doors.tell("complete", [("respondent_kind", "other-adult")])
        try doors.interview { step in
            try look(phone.browser, "phone: \(step)")
            return []
        }
        try phone.browser.open("\(hub.address)/phone#outbox")
        try phone.browser.wait(until: "document.querySelector('#send')")
        try look(phone.browser, "phone: outbox")
    }

    @Test func `at twice the text size nothing is cut off or lies on something else`() throws {
        try walk(try BusyVillage()) { browser in
            _ = try browser.command("Page.setFontSizes", Self.largeLetters)
        } _: { browser, page in
            // A browser under load has been seen to forget what was set before the page was opened.
            _ = try browser.command("Page.setFontSizes", Self.largeLetters)
            let size = "getComputedStyle(document.documentElement).fontSize"
            try browser.wait(until: "\(size) === '32px'")
            try browser.run(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
            )
            for fault in try PageChecks.crowding(browser) { Issue.record("\(page): \(fault)") }
            let name = page.map { $0.isLetter || $0.isNumber ? $0 : "-" }
            try PageChecks.picture(browser, "large-\(String(name.prefix(40)))")
        }
    }

    @Test func `the check of crowding finds what is wrong`() throws {
        let village = try ServedVillage(households: 1)
        try village.hub.start()
        let browser = try village.hub.browser("look")
        for (fault, style) in [
            ("cut off", "width:2rem;overflow:hidden;white-space:nowrap;padding:0"),
            ("lies on", "position:absolute;top:12rem;left:1rem;width:20rem;height:20rem"),
            ("wider than", "width:90rem"),
        ] {
            try browser.open("\(village.hub.address)/sign-in")
            #expect(try PageChecks.crowding(browser).isEmpty)
            _ = try browser.command("Page.setBypassCSP", ["enabled": true])
            try browser.reload()
            try browser.run(
                "document.querySelector('main button').setAttribute('style', arguments[0])",
                .string(style)
            )
            let found = try PageChecks.crowding(browser)
            #expect(found.contains { $0.contains(fault) }, "\(fault): \(found)")
        }
    }

    /// Hundredths of the screen that may move by themselves while a page comes: web.dev calls a tenth good.
    private static let shiftMax = 0.01

    @Test func `no page jumps while it comes`() throws {
        try walk(try BusyVillage()) { _ in
        } _: { browser, page in
            let moved = try browser.await(
                """
                const parts = [];
                new PerformanceObserver((list) => {
                    for (const one of list.getEntries()) {
                        if (!one.hadRecentInput) parts.push([one.value, one.sources.map((part) =>
                            (part.node?.outerHTML ?? '').slice(0, 80))]);
                    }
                }).observe({ type: 'layout-shift', buffered: true });
                await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 50)));
                return [String(parts.reduce((sum, [value]) => sum + value, 0)), JSON.stringify(parts)];
                """
            )
            guard case .array(let parts) = moved, case .string(let sum)? = parts.first,
                let shift = Double(sum)
            else {
                Issue.record("\(page): \(moved)")
                return
            }
            #expect(shift <= Self.shiftMax, "\(page): \(shift), \(parts.last ?? .null)")
        }
    }

    /// What is under the finger stays there, whatever opens below.
    @Test func `an answer does not move the button that gave it`() throws {
        let busy = try BusyVillage()
        let hub = busy.village.hub
        try hub.start()
        let browser = try hub.browser("laptop")
        try browser.signIn(at: hub)
        try browser.open("\(hub.address)/visit/\(busy.visit)/person-\(busy.adult)")
        for section in ["idcard", "vneid", "payment", "ssa"] {
            for answer in ["no", "yes", "unknown"] {
                let button = "button[value='\(busy.adult).\(section)=\(answer)']"
                try stays(browser, button)
            }
        }
        let phone = try Phone(hub)
        try phone.signIn()
        let doors = PhoneDoors(phone)
        try doors.begin("\(busy.next)")
        try doors.tell("complete", [("respondent_kind", "other-adult")])
        try doors.goOn()
        try doors.goOn()
        let person = try doors.step().dropFirst("person-".count)
        for section in ["idcard", "vneid", "payment", "ssa"] {
            for answer in ["no", "yes", "unknown"] {
                try stays(phone.browser, "[id='\(person).\(section).\(answer)']")
            }
        }
    }

    private func stays(_ browser: WebBrowser, _ button: String) throws {
        try browser.run(
            "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })",
            .string(button)
        )
        let place =
            "String(Math.round(document.querySelector(\"\(button)\").getBoundingClientRect().top))"
        let before = try browser.text("return \(place)")
        try browser.tap(button)
        try browser.wait(until: "document.querySelector(\"\(button)\").ariaPressed === 'true'")
        let (from, to) = (Int(before) ?? 0, Int(try browser.text("return \(place)")) ?? 9999)
        #expect(abs(from - to) <= 3, "\(button): from \(from) to \(to)")
    }

    /// A keyboard of digits where digits are asked, and only there.
    @Test func `where digits are asked the phone shows digits`() throws {
        let busy = try BusyVillage()
        var digits = 0
        try walk(busy) { _ in
        } _: { browser, page in
            let found = try browser.run(
                """
                document.querySelectorAll('details').forEach((one) => { one.open = true; });
                return [...document.querySelectorAll('main input:not([type=hidden],[type=radio],[type=checkbox])')]
                    .map((one) => [one.name || one.id, one.inputMode]);
                """
            )
            guard case .array(let inputs) = found else { return }
            for input in inputs {
                guard case .array(let parts) = input, case .string(let name)? = parts.first,
                    case .string(let mode)? = parts.last
                else { continue }
                guard let isDigits = Self.isOfDigits(name) else { continue }
                digits += isDigits ? 1 : 0
                #expect((mode == "numeric") == isDigits, "\(page): \(name) has '\(mode)'")
            }
        }
        #expect(digits > 30)
    }

    /// Whether an input is for digits; nil for one that is no question.
    private static func isOfDigits(_ name: String) -> Bool? {
        if ["new", "again"].contains(name) { return nil }
        guard let field = name.split(separator: ".").last.map(String.init), name.contains(".")
        else { return nil }
        let types = PhoneForm.types.compactMap { DataDescription.doorstep.type($0) }
        switch types.compactMap({ $0.field(field)?.kind }).first {
        case .integer, .phone, .personalID, .oldPersonalID, .date, .partialDate: return true
        case .text, .personName: return false
        default: return nil
        }
    }
}
