import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing

/// A visit on the phone's own pages: the card, what does not fit, how the pages are gone through.
@Suite(.serialized) struct PhoneVisitTests {
    let village: ServedVillage
    let phone: Phone

    init() throws {
        village = try ServedVillage(households: 6)
        try village.hub.start()
        phone = try Phone(village.hub)
        try phone.signIn()
    }

    private var browser: WebBrowser { phone.browser }

    /// Begins a visit at which somebody answers and opens the page of one of the household; returns
    /// its address without the mark of the page.
    @discardableResult
    private func meet(_ person: ServedVillage.Adult) throws -> String {
        try browser.open("\(village.hub.address)/phone#house-\(person.home)")
        try phone.lookAt("phone-card", at: "house-")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Người lớn khác")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '2'")
        let visit = try browser.text("return location.hash.split('/')[0]")
        try go(to: "person-\(person.id)", of: visit)
        return visit
    }

    private func go(to step: String, of visit: String) throws {
        try browser.run("location.hash = arguments[0]", .string("\(visit)/\(step)"))
        try waitFor(step)
    }

    private func waitFor(_ step: String) throws {
        try browser.wait(
            until: "document.querySelector('.steps [aria-current]')?.hash.endsWith('\(step)')"
        )
    }

    private func inputs() throws -> String {
        JSONText.encode(
            try browser.await(
                "const { vault } = await DoorstepPhone.current(); return (await vault.visits())[0].inputs;"
            )
        )
    }

    /// Somebody of whom a number and the whole birth date are recorded.
    private func known() throws -> (ServedVillage.Adult, RecordRow) {
        let person = try village.adult()
        let row = try #require(
            try village.records(of: "resident").first { $0.id.description == person.id }
        )
        return (person, row)
    }

    /// The QR text of a person's own card.
    private func card(of row: RecordRow) -> String {
        func text(_ field: String, _ other: String) -> String { row.text(field) ?? other }
        func day(_ date: String) -> String { date.split(separator: "-").reversed().joined() }
        let sex = text("sex", "male") == "female" ? "Nữ" : "Nam"
        return [
            text("personal_id", "049085990001"), "", text("full_name", ""), day(text("birth", "")),
            sex, "Thôn Mẫu", day(text("idcard_issued_on", "2021-04-15")),
        ].joined(separator: "|")
    }

    private func open(_ summary: String) throws {
        try browser.run(
            """
            for (const one of document.querySelectorAll('details')) {
                if (one.querySelector('summary').innerText.includes(arguments[0])) one.open = true;
            }
            """,
            .string(summary)
        )
    }

    @Test func `a card is shown beside what is recorded, and nothing of a stranger's is ticked`()
        throws
    {
        let (person, row) = try known()
        try meet(person)
        try PageChecks.check(browser, "phone-person")
        try PageChecks.picture(browser, "phone-person")
        try open("Quét mã QR")
        let stranger = "049190990009||Trần Thị Người Khác|05031990|Nữ|Thôn Mẫu|15042021"
        // As a scanner types it, with Enter at its end.
        try browser.type("#card", stranger + "\u{E007}")
        try browser.wait(until: "document.querySelector('#card-take')")
        #expect(try browser.run("return document.querySelectorAll('main :checked').length") == 0)
        #expect(
            try browser.text("return document.querySelector('.notice.bad').innerText")
                .contains("xem có đúng người không")
        )
        try PageChecks.check(browser, "phone-card-differs")
        try PageChecks.picture(browser, "phone-card-differs")
        try browser.tap("#card-back")
        let before = try inputs()
        #expect(!before.contains("049190990009"))
        // The camera sees the card of the right person.
        try browser.run(
            """
            window.BarcodeDetector = class {
                static async getSupportedFormats() { return ['qr_code']; }
                async detect() { return [{ rawValue: window.card }]; }
            };
            window.card = arguments[0];
            navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream();
            HTMLMediaElement.prototype.play = async () => {};
            """,
            .string(card(of: row))
        )
        try go(to: "members", of: browser.text("return location.hash.split('/')[0]"))
        try go(to: "person-\(person.id)", of: browser.text("return location.hash.split('/')[0]"))
        try open("Quét mã QR")
        try browser.tap("#camera")
        try browser.wait(until: "document.querySelector('#card-take')")
        try PageChecks.picture(browser, "phone-card-same")
        try browser.tap("#card-take")
        try browser.wait(until: "document.querySelector('.steps')")
        let after = try inputs()
        #expect(
            after.contains("idcard_issued_on\",\"2021-04-15") && after.contains("document-seen")
        )
        // The text itself is kept nowhere.
        #expect(!after.contains("Thôn Mẫu"))
    }

    @Test
    func `a number that does not fit is told as it is typed, and can be said to be on the card`()
        throws
    {
        let (person, _) = try known()
        try meet(person)
        try open("Thông tin cá nhân")
        // Of a woman born in 2012.
        try browser.type("[id='\(person.id).personal_id']", "049312990004")
        try browser.wait(
            until: "document.querySelector('#doubts')?.innerText.includes('Năm sinh không khớp')"
        )
        try browser.run("document.activeElement.blur()")
        try PageChecks.check(browser, "phone-doubt")
        try browser.tap("#checked")
        try browser.wait(until: "document.querySelector('#doubts')?.innerText === ''")
        #expect(try inputs().contains("personal_id_checked_on"))
    }

    @Test func `what the node would refuse is said in its words, and holds up the end`() throws {
        let (person, _) = try known()
        let visit = try meet(person)
        try open("Thông tin cá nhân")
        let birth = "[id='\(person.id).birth']"
        try browser.type(birth, "31/2/1980")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.querySelector(\"\(birth)\").ariaInvalid === 'true'")
        try browser.wait(
            until:
                "document.querySelector('.error')?.innerText === 'Ngày sinh: Ngày không có trong lịch.'"
        )
        try go(to: "finish", of: visit)
        #expect(try browser.run("return document.querySelector('#finish').disabled") == .bool(true))
        try PageChecks.check(browser, "phone-finish-faulty")
        try PageChecks.picture(browser, "phone-finish-faulty")
        try browser.tap(xpath: "//div[contains(@class,'bad')]//a")
        // A likely value waits for a yes.
        try browser.type(birth, "5/3/80")
        try browser.run("document.activeElement.blur()")
        try browser.tap(saying: "Đúng, ghi như vậy: 05/03/1980")
        try browser.wait(until: "document.querySelector(\"\(birth)\").value === '05/03/1980'")
        // A known record's needed answer cannot be taken away.
        try open("Thông tin cá nhân")
        try browser.type("[id='\(person.id).full_name']", " ")
        try browser.run("document.activeElement.blur()")
        try browser.wait(until: "document.body.innerText.includes('tên khai sinh: bắt buộc')")
        #expect(try inputs().contains("5/3/80\",true"))
    }

    @Test func `what a refusal of consent throws away is listed before the end`() throws {
        let (person, row) = try known()
        let visit = try meet(person)
        try open("Thông tin cá nhân")
        try browser.type("[id='\(person.id).phone']", "0905990001")
        try go(to: "finish", of: visit)
        #expect(try browser.run("return document.querySelector('#declined')") == .null)
        try go(to: "notice", of: visit)
        try browser.run("document.querySelectorAll('details').forEach((one) => one.open = true)")
        let refusal = "[id='0000000000000000-2.consent_contact_by_phone.no']"
        try browser.tap(refusal)
        try browser.wait(until: "document.querySelector(\"\(refusal)\")?.ariaPressed === 'true'")
        try go(to: "finish", of: visit)
        try browser.wait(until: "document.querySelector('#declined li')")
        let told = try browser.text("return document.querySelector('#declined').textContent")
        let name = try #require(row.text("full_name"))
        #expect(told.contains("Không ghi: hộ không đồng ý"))
        #expect(told.contains("\(name): Số điện thoại"), "\(told)")
        try PageChecks.check(browser, "phone-finish-declined")
        try PageChecks.picture(browser, "phone-finish-declined")
    }

    @Test func `a text that is too long is told so, and not cut`() throws {
        let (person, _) = try known()
        let visit = try meet(person)
        try go(to: "finish", of: visit)
        let pasted = String(repeating: "Ví dụ dài ", count: 400) + "hết"
        try browser.run(
            """
            const field = document.querySelector('main textarea');
            field.focus();
            document.execCommand('insertText', false, arguments[0]);
            field.blur();
            """,
            .string(pasted)
        )
        try browser.wait(
            until: "document.querySelector('main .error')?.innerText.includes('Ghi chú: quá dài')"
        )
        #expect(try browser.text("return document.querySelector('main textarea').value") == pasted)
        #expect(try browser.run("return document.querySelector('#finish').disabled") == .bool(true))
    }

    @Test func `pages are listed, swiped through, and what was added goes again where it stands`()
        throws
    {
        let (person, _) = try known()
        let visit = try meet(person)
        try browser.tap(saying: "+ Tài khoản thanh toán")
        try browser.run("window.confirm = () => true")
        try browser.tap(saying: "Bỏ tài khoản vừa thêm")
        try browser.wait(until: "!document.body.innerText.includes('Bỏ tài khoản vừa thêm')")
        #expect(try browser.address.hasSuffix("person-\(person.id)"))
        let swipe = """
            const [by] = arguments;
            const page = document.querySelector('#phone');
            const touch = (x) => [new Touch({ identifier: 1, target: page, clientX: x, clientY: 300 })];
            for (const [name, x] of [['touchstart', 180], ['touchend', 180 + by]]) {
                page.dispatchEvent(new TouchEvent(name, {
                    bubbles: true, changedTouches: touch(x),
                    touches: name === 'touchstart' ? touch(x) : [],
                }));
            }
            """
        try go(to: "devices", of: visit)
        try browser.run(swipe, 40)
        try browser.run(swipe, 150)
        try waitFor("members")
        try browser.run(swipe, -150)
        try waitFor("devices")
        try open("Trang ")
        try PageChecks.check(browser, "phone-steps")
        try PageChecks.picture(browser, "phone-steps")
        try browser.tap(xpath: "//details[@class='steps']//a[.='Kết thúc']")
        try browser.wait(until: "document.querySelector('#finish')")
        try browser.type("main textarea", "Đã hẹn chị Hoa")
        try PageChecks.check(browser, "phone-finish-note")
        try PageChecks.picture(browser, "phone-finish-note")
    }

    @Test func `a household that has moved takes one tap and one day for all of it`() throws {
        let people = try village.records(of: "resident").filter { $0.text("presence") == "here" }
        let homes = Dictionary(grouping: people) { $0["household"].record }
        let (home, family) = try #require(homes.first { $0.key != nil && $0.value.count > 2 })
        let house = try #require(home)
        try browser.open("\(village.hub.address)/phone#house-\(house)")
        try phone.lookAt("phone-card", at: "house-")
        try browser.tap(saying: "Bắt đầu lượt đến")
        try browser.tap(saying: "Cả hộ đã chuyển")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '1'")
        let visit = try browser.text("return location.hash.split('/')[0]")
        try go(to: "members", of: visit)
        try PageChecks.check(browser, "phone-members-moved")
        try PageChecks.picture(browser, "phone-members-moved")
        try browser.type("#since", "4/2026")
        try browser.tap(xpath: "//button[@id='all-moved']")
        try browser.wait(until: "!document.querySelector('#all-moved')")
        let said = try inputs()
        for person in family {
            #expect(said.contains("\"\(person.id).presence\",\"moved\""), "\(said)")
            #expect(said.contains("\"\(person.id).presence_on\",\"4/2026\""), "\(said)")
        }
        #expect(
            try browser.text("return document.querySelector('main').innerText").contains("Từ ngày")
        )
    }

    @Test func `an account beside the answer that there is none is asked about`() throws {
        let (person, _) = try known()
        try meet(person)
        try browser.tap(saying: "+ Tài khoản thanh toán")
        try browser.tap(saying: "Tài khoản ngân hàng")
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '4'")
        try browser.run(
            """
            [...document.querySelectorAll('button')]
                .find((one) => one.id.endsWith('.payment.no')).click();
            """
        )
        try browser.wait(
            until: "[...document.querySelectorAll('.warning')].some((one) => one.checkVisibility()"
                + " && one.innerText.includes('chưa có tài khoản'))"
        )
        try PageChecks.picture(browser, "phone-account-doubt")
    }

    @Test func `a number whose middle is hidden is not taken away by what is rubbed out`() throws {
        let row = try #require(
            try village.records(of: "resident").first {
                $0.text("presence") == "here" && $0.text("personal_id") != nil
                    && $0.text("birth") ?? "9" < "1990"
            }
        )
        let home = try #require(row["household"].record)
        let person = ServedVillage.Adult(id: row.id.description, home: home.description)
        try meet(person)
        let question = "\(person.id).personal_id"
        try browser.run(
            """
            const line = document.getElementById(arguments[0]);
            for (const text of ['04', '0', '']) {
                line.value = text;
                line.dispatchEvent(new Event('input', { bubbles: true }));
            }
            line.dispatchEvent(new Event('change', { bubbles: true }));
            """,
            .string(question)
        )
        try browser.wait(until: "document.querySelector('#phone').dataset.kept === '3'")
        #expect(try inputs().contains("[\"undo\",\"\(question)\"]"))
        // What is recorded stands there again.
        try browser.wait(until: "document.getElementById('\(question)-hint')")
    }

    @Test func `what holds up the end can be reached, and what is asked no more does not`() throws {
        let (person, _) = try known()
        let visit = try meet(person)
        let half = """
            const line = document.getElementById(arguments[0]);
            line.value = '0905 12';
            line.dispatchEvent(new Event('input', { bubbles: true }));
            line.dispatchEvent(new Event('change', { bubbles: true }));
            """
        try browser.run(half, .string("\(person.id).phone"))
        try go(to: "finish", of: visit)
        try browser.wait(until: "document.querySelector('#finish').disabled")
        // Nobody was asked after all: the question is still there.
        try go(to: "outcome", of: visit)
        try browser.tap(saying: "Không gặp ai")
        try go(to: "finish", of: visit)
        try browser.tap(xpath: "//div[contains(@class,'notice')]//a[contains(@href,'person-')]")
        try browser.wait(until: "document.getElementById('\(person.id).phone')")
        // All of it refused: nothing of it is judged.
        try go(to: "outcome", of: visit)
        try browser.tap(saying: "Từ chối")
        try go(to: "finish", of: visit)
        #expect(try browser.run("return document.querySelector('#finish').disabled") == .bool(true))
        try go(to: "outcome", of: visit)
        try browser.tap(saying: "Cả buổi")
        try go(to: "finish", of: visit)
        try browser.wait(until: "!document.querySelector('#finish').disabled")
    }
}
