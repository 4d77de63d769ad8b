import Foundation
import Terminal

/// One answer at a door: what it is about, and how it is given on a page.
struct Answer {
    enum Manner {
        /// One of a section's large buttons: `yes`, `no` or `unknown`.
        case section
        /// One of several codes, whether buttons, marks or a list.
        case choice
        /// A small number that is a button.
        case count
        case typed
    }

    let manner: Manner
    let record: String
    /// Field, or section.
    let name: String
    let text: String

    static func section(_ record: String, _ name: String, _ kind: String) -> Answer {
        Answer(manner: .section, record: record, name: name, text: kind)
    }

    static func choice(_ record: String, _ name: String, _ code: String) -> Answer {
        Answer(manner: .choice, record: record, name: name, text: code)
    }

    static func count(_ record: String, _ name: String, _ number: Int) -> Answer {
        Answer(manner: .count, record: record, name: name, text: "\(number)")
    }

    static func typed(_ record: String, _ name: String, _ text: String) -> Answer {
        Answer(manner: .typed, record: record, name: name, text: text)
    }
}

/// Pages on which a visit is recorded: the node's own, or the phone's.
///
/// Everything is done on the elements that stand there, as a finger does it, but without waiting for
/// one: a day of twenty visits takes minutes.
protocol DoorPages: AnyObject {
    /// For whoever reads a figure.
    var name: String { get }
    var browser: WebBrowser { get }
    /// Touches so far; a line that is typed is one.
    var taps: Int { get }
    /// Begins a visit of a household.
    func begin(_ household: String) throws
    /// What came of the visit, and where somebody answers, who.
    func tell(_ outcome: String, _ more: [(field: String, code: String)]) throws
    /// The page that is open: `members`, `person-…`, `finish`.
    func step() throws -> String
    /// Answers one question of the page, and waits until it is kept.
    func give(_ answer: Answer) throws
    /// To a page of the visit, by the list of them.
    func go(to step: String) throws
    /// To the next page, by what is proposed there.
    func goOn() throws
    /// Adds somebody to the household; returns what the pages call him.
    func addPerson() throws -> String
    /// How the household was told about its data.
    func readNotice() throws
    /// Ends the visit, by a finger that presses twice.
    func finish() throws
}

extension DoorPages {
    /// From page to page up to the end, answering on each what is given for it.
    func interview(_ answers: (_ step: String) throws -> [Answer]) throws {
        // A large family has some twenty pages.
        for _ in 0..<40 {
            let step = try step()
            for answer in try answers(step) { try give(answer) }
            if step == "finish" { return }
            if step == "notice" { try readNotice() } else { try goOn() }
        }
        throw WebBrowser.Failed(description: "never at the end: \(try browser.address)")
    }

    /// Waiting within the page: `until(() => …)`.
    fileprivate static var waiting: String {
        """
        const until = async (holds) => {
            const end = performance.now() + 20000;
            while (!holds()) {
                if (performance.now() > end) {
                    throw new Error(`${holds} never held at ${location.href}: ${document.body.innerText.slice(0, 2000)}`);
                }
                await new Promise((next) => setTimeout(next, 5));
            }
        };
        """
    }
}

/// The visit's pages of a node.
final class NodeDoors: DoorPages {
    let name = "the node's pages"
    let browser: WebBrowser
    let node: ServedNode
    private(set) var taps = 0

    init(_ browser: WebBrowser, _ node: ServedNode) {
        self.browser = browser
        self.node = node
    }

    /// Presses a button that leads to another page or reads this one anew.
    private func leave(_ selector: String, times: Int = 1) throws {
        taps += 1
        try browser.run(
            """
            window.stays = true;
            const button = document.querySelector(arguments[0]);
            if (!button) throw new Error(`no ${arguments[0]} at ${location.href}: ${document.body.innerText.slice(0, 2000)}`);
            for (let time = 0; time < arguments[1]; time += 1) button.click();
            """,
            .string(selector),
            .integer(Int64(times))
        )
        try browser.wait(until: "!window.stays && document.readyState === 'complete'")
    }

    func begin(_ household: String) throws {
        try browser.open("\(node.address)/household/\(household)")
        try leave("form[action='/begin'] button")
    }

    func tell(_ outcome: String, _ more: [(field: String, code: String)]) throws {
        try leave("button[name=set][value$='.outcome=\(outcome)']")
        for (field, code) in more {
            let button = "button[name=set][value$='.\(field)=\(code)']"
            if try browser.run("return document.querySelector(\"\(button)\") !== null") == true {
                try leave(button)
            } else {
                try give(.choice(visitRecord, field, code))
            }
        }
        if try step() == "outcome" { try goOn() }
    }

    private let visitRecord = "0000000000000000-1"

    func step() throws -> String {
        try browser.text("return location.pathname.split('/').pop()")
    }

    func give(_ answer: Answer) throws {
        taps += 1
        let name = "\(answer.record).\(answer.name)"
        let kept = try browser.await(
            """
            \(Self.waiting)
            const [manner, name, text] = given;
            const find = (...selectors) => selectors.map((one) => document.querySelector(one)).find(Boolean);
            const part = manner === 'section' ? find(`button[name=section][value="${name}=${text}"]`)
                : manner === 'count' ? find(`button[name=set][value="${name}=${text}"]`)
                : find(`input[type=radio][name="q.${name}"][value="${text}"]`, `select[name="q.${name}"]`,
                    `input:not([type=radio])[name="q.${name}"]`, `textarea[name="q.${name}"]`);
            if (!part) throw new Error(`no ${name} at ${location.href}: ${document.body.innerText.slice(0, 2000)}`);
            for (let one = part.closest('details'); one; one = one.parentElement.closest('details')) one.open = true;
            const words = document.querySelector('#kept');
            words.textContent = '';
            if (part.matches('button,[type=radio]')) {
                part.click();
            } else {
                part.value = text;
                for (const event of ['input', 'change']) part.dispatchEvent(new Event(event, { bubbles: true }));
            }
            await until(() => words.textContent !== '');
            return words.textContent;
            """,
            .string("\(answer.manner)"),
            .string(name),
            .string(answer.text)
        )
        guard kept == "Đã ghi." else {
            throw WebBrowser.Failed(description: "\(name)=\(answer.text): \(kept)")
        }
    }

    func go(to step: String) throws {
        taps += 1
        try browser.run("document.querySelector('.steps').open = true")
        try leave(".steps button[name=go][value='\(step)']")
    }

    func goOn() throws { try leave(".do button.main") }

    func addPerson() throws -> String {
        try leave("button[value='add-person']")
        return String(try step().dropFirst("person-".count))
    }

    func readNotice() throws {
        let button = "button[name=set][value$='.given_how=read-aloud']"
        let isAsked = try browser.run("return document.querySelector(\"\(button)\") !== null")
        try leave(isAsked == true ? button : ".do button[value=next]")
    }

    func finish() throws {
        try leave("button[name=do][value=finish]", times: 2)
    }
}

/// The phone's own pages.
final class PhoneDoors: DoorPages {
    let name = "the phone away"
    private(set) var phone: Phone
    private(set) var taps = 0

    init(_ phone: Phone) { self.phone = phone }

    var browser: WebBrowser { phone.browser }

    /// The phone's battery is empty and is charged again, away from the node: its browser starts anew
    /// with the page that was open.
    func loseBattery(at page: String) throws {
        phone.browser.kill()
        phone = try Phone(phone.node)
        try phone.browser.open(page)
        let shown = "document.querySelector('#phone')?.dataset.shown"
        try phone.browser.wait(until: "\(shown)?.startsWith('visit-')")
    }

    /// Out of reach of any network, as the system tells pages.
    func loseNetwork() throws { try setNetwork(isThere: false) }

    func findNetwork() throws { try setNetwork(isThere: true) }

    private func setNetwork(isThere: Bool) throws {
        _ = try browser.command("Network.enable")
        _ = try browser.command(
            "Network.emulateNetworkConditions",
            [
                "offline": .bool(!isThere), "latency": 0, "downloadThroughput": -1,
                "uploadThroughput": -1,
            ]
        )
        try browser.wait(until: "navigator.onLine === \(isThere)")
    }

    /// Does something on the page: `body` gets `given`, and waits with `until`.
    @discardableResult
    private func work(_ body: String, _ given: JSONValue...) throws -> JSONValue {
        let page = """
            \(Self.waiting)
            const root = document.querySelector('#phone');
            const press = (selector, times = 1) => {
                const part = document.querySelector(selector);
                if (!part) throw new Error(`no ${selector} at ${location.href}: ${document.body.innerText.slice(0, 2000)}`);
                for (let time = 0; time < times; time += 1) part.click();
            };
            /** Until another page of the phone's is drawn. */
            const leave = async (selector) => {
                const before = location.hash;
                root.firstElementChild.dataset.old = 'yes';
                press(selector);
                await until(() => location.hash !== before && !root.querySelector('[data-old]')
                    && root.dataset.shown === location.hash.slice(1).split('/')[0]);
            };
            """
        return try browser.await(page + "\n" + body, given)
    }

    func begin(_ household: String) throws {
        taps += 2
        try work(
            """
            location.hash = `#house-${given[0]}`;
            await until(() => root.dataset.shown === `house-${given[0]}`
                && root.querySelector('.actions button'));
            await leave('.actions button');
            """,
            .string(household)
        )
    }

    func tell(_ outcome: String, _ more: [(field: String, code: String)]) throws {
        let visit = "0000000000000000-1"
        try give(.choice(visit, "outcome", outcome))
        for (field, code) in more { try give(.choice(visit, field, code)) }
        try goOn()
    }

    func step() throws -> String {
        try browser.text("return location.hash.split('/')[1] ?? ''")
    }

    func give(_ answer: Answer) throws {
        taps += 1
        try work(
            """
            const [name, text] = given;
            const id = `${name}.${text}`;
            const button = document.getElementById(id);
            const part = button ?? document.getElementById(name);
            if (!part) throw new Error(`no ${id} at ${location.href}: ${document.body.innerText.slice(0, 2000)}`);
            for (let one = part.closest('details'); one; one = one.parentElement.closest('details')) one.open = true;
            if (button) {
                button.click();
                await until(() => document.getElementById(id)?.ariaPressed === 'true');
            } else {
                part.value = text;
                for (const event of ['input', 'change']) part.dispatchEvent(new Event(event, { bubbles: true }));
            }
            await until(() => root.dataset.kept !== undefined);
            """,
            .string("\(answer.record).\(answer.name)"),
            .string(answer.text)
        )
    }

    func go(to step: String) throws {
        taps += 2
        try work(
            """
            document.querySelector('.steps').open = true;
            await leave(`.steps a[href$="/${given[0]}"]`);
            """,
            .string(step)
        )
    }

    func goOn() throws {
        taps += 1
        try work("await leave(document.querySelector('#same') ? '#same' : '#next');")
    }

    func addPerson() throws -> String {
        taps += 1
        try work("await leave('#phone .actions button:not(#back)');")
        return String(try step().dropFirst("person-".count))
    }

    func readNotice() throws {
        let how = "[id$='.given_how.read-aloud']"
        if try browser.run("return document.querySelector(\"\(how)\") !== null") == true {
            taps += 1
            try work("press(`\(how)`); await until(() => root.dataset.kept !== undefined);")
        }
        try goOn()
    }

    func finish() throws {
        taps += 1
        try work("press('#finish', 2); await until(() => document.querySelector('.notice.good'));")
    }
}
