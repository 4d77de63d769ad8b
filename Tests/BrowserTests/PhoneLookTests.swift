import Causality
import Foundation
import Node
import Store
import Terminal
import Testing

/// The phone's own pages as somebody sees them far from the node; see ``LookTests``.
@Suite(.serialized) struct PhoneLookTests {
    @Test(arguments: Setting.extremes)
    func `the phone's pages can be read, reached and touched`(setting: Setting) throws {
        let busy = try BusyVillage()
        let hub = busy.village.hub
        try hub.start()
        let walk = try Walk(hub, setting, profile: "phone", isWeighed: false)
        let browser = walk.browser
        try walk.look("/phone", "phone-nobody")
        try walk.signIn("lan")
        try walk.open("/phone")
        try browser.wait(until: "document.querySelector('#phone').dataset.met === 'reached'")
        try browser.wait(until: "navigator.serviceWorker.controller")
        try browser.wait(until: "document.querySelector('#phone ul.list a')")
        try walk.see("phone-list")
        try browser.type("#search", "xyzzy")
        try walk.see("phone-list-none")
        try walk.look("/phone#house-\(busy.family)", "phone-house-node-visit")
        try walk.look("/phone#outbox", "phone-outbox-empty")
        hub.kill()
        try walk.look("/phone", "phone-list-away")
        try walk.look("/phone#house-\(busy.visited)", "phone-house-visited")
        try visit(walk, busy)
        try outbox(walk)
        try locked(walk, hub)
        walk.expectSeen(LookedAt.onPhone)
    }

    private func visit(_ walk: Walk, _ busy: BusyVillage) throws {
        let browser = walk.browser
        try openPage(walk, "house-\(busy.next)", "phone-house")
        try begin(walk)
        try walk.see("phone-visit-outcome")
        try browser.tap("[id$='outcome.no-contact']")
        try browser.tap("#next")
        try browser.wait(until: "document.querySelector('#finish')")
        try walk.see("phone-visit-finish-nobody")
        try browser.tap("#finish")
        try browser.wait(until: "document.querySelector('.notice.good')")
        try walk.see("phone-list-recorded")
        try openPage(walk, "house-\(busy.family)", "phone-house-family")
        try begin(walk)
        try browser.tap("[id$='outcome.complete']")
        try browser.wait(until: "document.querySelector('[id$=\"respondent_kind.other-adult\"]')")
        try walk.see("phone-visit-respondent")
        try browser.tap("[id$='respondent_kind.other-adult']")
        var people = 0
        // Once each kind of page, and of the people an adult and a child.
        for _ in 0..<20 {
            try goOn(browser)
            let page = try browser.text("return location.hash.split('/')[1]")
            if page == "finish" { break }
            if page.hasPrefix("person-") { people += 1 }
            let isShown = !page.hasPrefix("person-") || [1, 8].contains(people)
            let name = page.hasPrefix("person-") ? "person-\(people)" : page
            if isShown { try walk.see("phone-visit-\(name)") }
            if people == 1, page.hasPrefix("person-") {
                try browser.run(
                    "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
                )
                try walk.see("phone-visit-person-open")
            }
        }
        try walk.see("phone-visit-finish")
        let base = try browser.text("return location.hash.split('/')[0]")
        try browser.run("location.hash = arguments[0]", .string("\(base)/members"))
        try browser.tap(xpath: "//main//button[starts-with(normalize-space(),'+')]")
        try browser.wait(until: "location.hash.includes('person-0000000000000000')")
        try walk.see("phone-visit-person-new")
        try browser.type("[id$='.full_name']", busy.somebodyElse())
        try browser.wait(until: "document.querySelector('#matches b')")
        try walk.see("phone-visit-person-known")
        try walk.look("/phone", "phone-list-begun")
    }

    /// To the next page, until it is drawn.
    private func goOn(_ browser: WebBrowser) throws {
        let before = try browser.text(
            "document.querySelector('#phone').firstElementChild.id = 'left'; return location.hash"
        )
        try browser.tap("#next")
        try browser.wait(
            until: "location.hash !== '\(before)' && !document.querySelector('#left')"
        )
    }

    private func outbox(_ walk: Walk) throws {
        let browser = walk.browser
        try walk.look("/phone#outbox", "phone-outbox")
        try browser.tap("#send")
        try browser.wait(until: "document.querySelector('#reach')")
        try walk.see("phone-outbox-away")
        // As the node answers to what it does not take, and to what a colleague has changed.
        _ = try browser.await(
            """
            const { vault } = await DoorstepPhone.current();
            const [first, second] = await vault.visits();
            const text = ['Ngày hẹn lại phải sau ngày đến.', 'The day to call again must be later.'];
            const problem = { step: 'outcome', question: '0000000000000000-1.outcome', text };
            await vault.keep({ ...first, state: 'refused', problems: [problem], message: null });
            const more = { revision: 0, begun: first.begun + 60000 };
            const states = ['sent', 'undecided', 'differs', 'finished'];
            for (const [place, state] of states.entries()) {
                await vault.keep({ ...first, ...more, key: String(place + 7), state, path: '/' });
            }
            return null;
            """
        )
        try walk.look("/phone", "phone-list-mixed")
        try walk.look("/phone#outbox", "phone-outbox-mixed")
        // What was refused is told where it is put right.
        try browser.tap(xpath: "//section[p[@class='error']]/button")
        try browser.wait(until: "document.querySelector('#phone fieldset .error')")
        try walk.see("phone-visit-refused")
        try walk.look("/phone#leave", "phone-leave")
    }

    private func locked(_ walk: Walk, _ hub: ServedNode) throws {
        let browser = walk.browser
        try hub.start()
        try walk.look("/pin", "pin-phone")
        try walk.fill("/pin", [("new", "2580"), ("again", "2580")])
        try walk.open("/phone")
        try browser.wait(until: "document.querySelector('#phone').dataset.met === 'reached'")
        hub.kill()
        try browser.run("localStorage.setItem('doorstep-seen', String(Date.now() - 11 * 60000))")
        try walk.open("/phone")
        try browser.wait(until: "document.querySelector('#phone-pin')")
        try walk.see("phone-pin")
        for _ in 0..<5 {
            try browser.type("#phone-pin", "9999")
            try browser.tap("#phone form button")
            try browser.wait(
                until:
                    "document.querySelector('#phone-pin')?.value === '' || document.querySelector('#password')"
            )
            if try browser.run("return document.querySelector('#password') !== null") == .bool(true)
            {
                break
            }
        }
        try browser.wait(until: "document.querySelector('#password')")
        try walk.see("phone-locked")
        try browser.type("#password", "sai mật khẩu")
        try browser.tap("#phone form button")
        try browser.wait(until: "document.querySelector('.error').innerText !== ''")
        try walk.see("phone-locked-wrong")
        try hub.start()
        try walk.look("/today", "today-phone-locked")
    }

    private func openPage(_ walk: Walk, _ page: String, _ name: String) throws {
        try walk.open("/phone#\(page)")
        try walk.browser.wait(until: "document.querySelector('#phone').dataset.shown === '\(page)'")
        try walk.see(name)
    }

    private func begin(_ walk: Walk) throws {
        try walk.browser.tap(
            xpath: "//*[@id='phone']/div[contains(@class,'actions')][1]//button"
        )
        try walk.browser.wait(until: "location.hash.startsWith('#visit-')")
        try walk.browser.wait(until: "document.querySelector('[id$=\"outcome.complete\"]')")
    }
}
