import Causality
import Foundation
import Store
import Terminal
import Testing

/// A visit on the node's own pages, in a real browser.
@Suite(.serialized) struct VisitTests {
    let village: ServedVillage

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
    }

    /// Looks at the open page as it should be, in both themes.
    private func look(_ browser: WebBrowser, _ name: String) throws {
        try PageChecks.check(browser, name)
        try PageChecks.picture(browser, "visit-\(name)")
        let traffic = try PageChecks.traffic(browser)
        #expect(traffic.foreign.isEmpty, "\(name)")
    }

    @Test func `answers are kept as they are given, whatever becomes of the browser`() throws {
        var browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        try browser.open("\(village.hub.address)/household/\(person.home)")
        try browser.tap("form[action='/begin'] button")
        try look(browser, "outcome")
        try browser.tap(saying: "Hoàn thành")
        try browser.wait(until: "document.body.innerText.includes('Người trả lời')")
        try look(browser, "respondent")
        try browser.tap(saying: "Người lớn khác")
        try browser.wait(until: "location.pathname.endsWith('/members')")
        try look(browser, "members")
        let members = try browser.address
        let base = String(members.prefix { $0 != "#" }.dropLast("members".count))
        let page = "\(base)person-\(person.id)"
        try browser.open(page)
        try look(browser, "person")
        // A large button answers where it stands.
        let button = "button[value='\(person.id).payment=no']"
        try browser.run("window.stays = true")
        try browser.tap(button)
        try browser.wait(
            until: "document.querySelector(\"\(button)\").getAttribute('aria-pressed') === 'true'"
        )
        try browser.wait(until: "window.stays")
        try browser.wait(
            until: "document.querySelector(\"[id='g.\(person.id).payment'] .badge.good\")"
        )
        // What is typed is kept when the line is left, and nothing under the fingers moves.
        let phone = "[id='q.\(person.id).phone']"
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
        try browser.type(phone, "0905 99")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector(\"\(phone)[aria-invalid]\")")
        #expect(
            try browser.text("return document.querySelector(\"\(phone)\").value") == "0905 99"
        )
        try look(browser, "person-refused")
        try browser.type(phone, "0905 990 001")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector('#kept').textContent === 'Đã ghi.'")
        browser.kill()
        browser = try village.hub.browser()
        try browser.open(page)
        if try browser.address.contains("sign-in") { try browser.signIn(at: village.hub) }
        try browser.open(page)
        let kept = "return document.querySelector(\"\(phone)\").value"
        #expect(try browser.text(kept) == "0905990001")
        for step in ["devices", "benefits", "notice", "give-up", "finish"] {
            try browser.open(base + step)
            try look(browser, step)
        }
        try browser.tap(saying: "Kết thúc lượt đến")
        try browser.wait(until: "location.pathname.endsWith('/done')")
        try look(browser, "done")
        let row = try #require(
            try village.records(of: "resident").first { $0.id.description == person.id }
        )
        #expect(row.text("phone") == "0905990001" && row.text("payment_has_any") == "no")
        #expect(try browser.messages().allSatisfy { $0.contains("422") })
    }

    @Test func `a swipe goes on and back, but not out of a line that is typed in`() throws {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let base = try browser.meet(try village.adult(), at: village.hub)
        try browser.open(base + "devices")
        func swipe(_ selector: String, from start: (Int, Int), to end: (Int, Int)) throws {
            try browser.run(
                """
                const target = document.querySelector("\(selector)");
                const send = (type, x, y) => {
                    const finger = new Touch({ identifier: 1, target, clientX: x, clientY: y });
                    target.dispatchEvent(new TouchEvent(type, {
                        bubbles: true, changedTouches: [finger], touches: type === 'touchstart' ? [finger] : [],
                    }));
                };
                send('touchstart', \(start.0), \(start.1));
                send('touchend', \(end.0), \(end.1));
                """
            )
        }
        try browser.run(
            "window.sent = ''; addEventListener('submit', () => { window.sent += '+'; }, true)"
        )
        try swipe("#questions input", from: (250, 300), to: (100, 300))
        try swipe("#questions", from: (250, 300), to: (200, 300))
        try swipe("#questions", from: (250, 300), to: (150, 400))
        try swipe("#questions", from: (10, 300), to: (200, 300))
        #expect(try browser.text("return window.sent") == "")
        try swipe("#questions", from: (250, 300), to: (100, 310))
        try browser.wait(
            until: "location.pathname.includes('/person-') && document.readyState === 'complete'"
        )
        try swipe("#questions", from: (100, 300), to: (250, 310))
        try browser.wait(
            until: "location.pathname.endsWith('/devices') && document.readyState === 'complete'"
        )
        // A number that is a button is kept where it stands.
        let two = "button[name=set][value$='.smartphone=2']"
        try browser.run("window.stays = true")
        try browser.tap(two)
        try browser.wait(
            until: "document.querySelector(\"\(two)\").getAttribute('aria-pressed') === 'true'"
        )
        try browser.wait(until: "window.stays")
    }

    @Test func `a session that ends under somebody's fingers is told, and keeps what was typed`()
        throws
    {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        try browser.meet(person, at: village.hub)
        let page = String(try browser.address.prefix { $0 != "#" })
        // Signed out beside this page, and in again: it goes on in the new session.
        let signOut = """
            const body = new URLSearchParams(new FormData(document.querySelector('[action="/sign-out"]')));
            body.append('keep', 'others');
            await fetch('/sign-out', { method: 'POST', body, redirect: 'manual' });
            """
        let signIn = """
            const body = new URLSearchParams({ name: 'lan', password: arguments[0], next: '' });
            await fetch('/sign-in', { method: 'POST', body, redirect: 'manual' });
            """
        _ = try browser.await(signOut)
        _ = try browser.await(signIn, .string(ServedVillage.password))
        try change(browser, "phone", "0905111222")
        try browser.wait(until: "document.querySelector('#kept').innerText === 'Đã ghi.'")
        // Signed out: told so, with a way that keeps what stands on the page.
        try browser.open(page)
        _ = try browser.await(signOut)
        try change(browser, "phone", "0905333444")
        try browser.wait(
            until: "document.querySelector('#kept').innerText.includes('Phiên đăng nhập đã hết')"
        )
        try look(browser, "signed-out")
        try browser.tap("#way")
        try browser.wait(until: "location.pathname === '/sign-in'")
        try look(browser, "sign-in-again")
        try browser.type("#name", "lan")
        try browser.type("#password", ServedVillage.password)
        try browser.tap("form[action='/sign-in'] button")
        try browser.wait(until: "location.pathname.startsWith('/again/')")
        try look(browser, "again")
        try browser.tap("main form button")
        try browser.wait(until: "location.pathname.endsWith('/person-\(person.id)')")
        let phone = "document.querySelector('[name$=\".phone\"]')?.value.replaceAll(' ', '')"
        try browser.wait(until: "\(phone) === '0905333444'")
        // The node in trouble, and a line that is away, are other things.
        for (reply, words) in [
            (
                "new Response('<main><h1>Máy gặp lỗi</h1><p>Thử lại</p></main>', { status: 500 })",
                "Máy gặp lỗi. Thử lại"
            ),
            (
                "new Response('<main><h1>Không được phép</h1><p>Hỏi</p></main>', { status: 403 })",
                "Không được phép. Hỏi"
            ),
            ("Promise.reject(new TypeError())", "Chưa gửi được tới máy"),
        ] {
            try browser.run(
                "const first = window.kept ??= window.fetch; window.fetch = async () => { const one = await \(reply); Object.defineProperty(one, 'url', { value: location.href }); return one; };"
            )
            try change(browser, "phone", "0905\(100_000 + words.utf8.count)")
            try browser.wait(
                until: "document.querySelector('#kept').innerText.includes('\(words)')"
            )
        }
    }

    /// Types into a field of the page and leaves it.
    private func change(_ browser: WebBrowser, _ field: String, _ text: String) throws {
        try browser.run(
            """
            const input = document.querySelector(`main [name^="q."][name$=".${arguments[0]}"]`);
            input.closest('details')?.setAttribute('open', '');
            input.value = arguments[1];
            input.dispatchEvent(new Event('change', { bubbles: true }));
            """,
            .string(field),
            .string(text)
        )
    }

    @Test func `a person of another household is moved here with a tap`() throws {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        let known = try #require(
            try village.records(of: "resident").first {
                $0.text("relation") == "child" && $0.text("birth")?.count == 10
                    && $0["household"].record?.description != person.home
            }
        )
        try browser.open("\(village.hub.address)/household/\(person.home)")
        try browser.tap("form[action='/begin'] button")
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Người lớn khác")
        try browser.wait(until: "location.pathname.endsWith('/members')")
        try browser.tap("button[value='add-person']")
        try browser.wait(until: "location.pathname.includes('/person-0000000000000000-')")
        try change(browser, "full_name", try #require(known.text("full_name")))
        try browser.wait(until: "document.querySelector('button[name=move]')")
        try look(browser, "move-here")
        try browser.tap("button[name=move]")
        try browser.wait(until: "location.pathname.endsWith('/person-\(known.id)')")
        try look(browser, "moved-here")
        #expect(
            try village.records(of: "resident").first { $0.id == known.id }?["household"]
                == known["household"]
        )
    }

    @Test func `a card is read by a scanner that types, and confirmed`() throws {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        try browser.meet(person, at: village.hub)
        try browser.run("document.querySelector('.scan').open = true")
        // The scanner ends with Enter.
        try browser.type("#card", "048080990001||Trần Văn Ví Dụ|12031980|Nam|Tổ 1|01022022\n")
        try browser.wait(until: "document.querySelector('[name=card-line]')")
        try look(browser, "card")
        #expect(try !browser.address.contains("048080990001"))
    }

    @Test func `a code that is no card's is told at its field, and the next scan is read`() throws {
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        let person = try village.adult()
        try browser.meet(person, at: village.hub)
        try browser.run("document.querySelector('.scan').open = true")
        try browser.type("#card", "https://vi-du.example/x\n")
        try browser.wait(until: "document.querySelector('#card-error p')")
        let told = try browser.run(
            """
            const card = document.querySelector('#card');
            return [document.querySelector('#card-error').textContent, card.value,
                document.activeElement === card, card.getAttribute('aria-invalid'),
                document.querySelector('#kept').className];
            """
        )
        let words = "Không phải mã QR trên thẻ căn cước; quét lại."
        #expect(told == .array([.string(words), "", true, "true", "hint"]))
        // Where the cursor stands, the next card is typed in.
        try browser.type("#card", "048080990001||Trần Văn Ví Dụ|12031980|Nam|Tổ 1|01022022\n")
        try browser.wait(until: "document.querySelector('[name=card-line]')")
    }
}
