import Causality
import Foundation
import Node
import Store
import Survey
import Terminal
import Testing
import Visiting

/// What pages cost at a village of five hundred households: printed for whoever states it, for no
/// figure of a machine that may be busy is expected of one.
@Suite(.serialized) struct PageTimeTests {
    /// Loads of each page; more for figures to be stated: `DOORSTEP_PAGE_ROUNDS=21`.
    private static let rounds =
        ProcessInfo.processInfo.environment["DOORSTEP_PAGE_ROUNDS"].flatMap { Int($0) } ?? 3

    @Test func `the node says how long each page of a large village took it`() throws {
        let village = try ServedVillage(households: 505)
        try village.addUser("hoa", "--role", "commune-officer", fullName: "Trần Thị Ngọc Hoa")
        try village.addUser("mai", "--role", "village-lead", "--village", "Mẫu 1")
        let desk = try village.visiting("lan")
        let home = try #require(try desk.node.worklist().items.max { $0.people < $1.people }).id
        try village.hub.start()
        let browser = try village.hub.browser()
        try browser.signIn(at: village.hub)
        try takeList(browser)
        try browser.open("\(village.hub.address)/household/\(home)")
        try browser.tap("form[action='/begin'] button")
        try browser.tap(saying: "Hoàn thành")
        try browser.tap(saying: "Người lớn khác")
        try browser.wait(until: "location.pathname.endsWith('/members')")
        let visit = try browser.text("return location.pathname.replace('/members', '')")
        let members = try desk.node.store.children(of: home).filter { $0.type.name == "resident" }
        let person = try #require(members.first?.id)
        try browser.open("\(village.hub.address)/search")
        try browser.type("#words", "nguyen")
        try browser.run("window.stays = true")
        try browser.tap("form[action='/search'] button")
        try browser.wait(until: "!window.stays && document.readyState === 'complete'")
        let found = try browser.text("return location.pathname")
        try measure(
            [
                "/today", "/today?show=lacking", "/household/\(home)", found, "\(visit)/outcome",
                "\(visit)/members", "\(visit)/devices", "\(visit)/person-\(person)",
                "\(visit)/benefits", "\(visit)/notice", "\(visit)/finish", "/record/\(person)",
                "/sync", "/phone",
            ],
            browser,
            village
        )
        for (user, pages) in [
            ("mai", ["/lead", "/lead/assign?of=all"]),
            ("hoa", ["/coverage", "/coverage/vneid-level2", "/nodes"]),
        ] {
            let browser = try village.hub.browser(user)
            try browser.signIn(user, at: village.hub)
            try takeList(browser)
            try measure(pages, browser, village)
        }
    }

    /// The phone's list comes first: every page asks for it anew as long as none has come, and the node
    /// would be busy with that.
    private func takeList(_ browser: WebBrowser) throws {
        _ = try browser.await("return await DoorstepPhone.refresh({});")
    }

    private func measure(
        _ paths: [String],
        _ browser: WebBrowser,
        _ village: ServedVillage
    ) throws {
        // Each load from the node: the phone's worker stands between no more.
        try PageChecks.forgetPages(browser)
        for path in paths {
            var times: [(server: Double, whole: Double)] = []
            for _ in 0..<Self.rounds {
                try browser.open(village.hub.address + path)
                let found = try browser.run(
                    """
                    const [page] = performance.getEntriesByType('navigation');
                    return [page.serverTiming.find((one) => one.name === 'page')?.duration ?? null,
                        page.responseEnd - page.requestStart].map(String);
                    """
                )
                guard case .array(let parts) = found, parts.count == 2,
                    let server = Double(parts[0].words), let whole = Double(parts[1].words)
                else {
                    Issue.record("\(path): the node does not say how long it took")
                    continue
                }
                times.append((server, whole))
            }
            #expect(times.count == Self.rounds, "\(path)")
            let name = path.split(separator: "/").map { $0.contains("-") ? $0.prefix(12) : $0 }
            Self.tell(name.joined(separator: "/"), times)
        }
    }

    private static func tell(_ name: String, _ times: [(server: Double, whole: Double)]) {
        func words(_ values: [Double]) -> String {
            let sorted = values.sorted()
            guard let last = sorted.last else { return "-" }
            return String(format: "median %.1f ms, max %.1f ms", sorted[sorted.count / 2], last)
        }
        let (server, whole) = (words(times.map(\.server)), words(times.map(\.whole)))
        print("page \(name): node \(server); browser \(whole)")
    }

    /// A phone takes its list along behind the page, never before it.
    @Test(arguments: [300, 500])
    func `the list that a phone takes along comes behind its page, and is light`(
        households: Int
    ) throws {
        let village = try ServedVillage(households: households)
        try village.hub.start()
        let phone = try Phone(village.hub)
        let browser = phone.browser
        try PageChecks.forgetPages(browser)
        try phone.giveName("lan", ServedVillage.password)
        try phone.waitUntilMet()
        let found = try browser.run(
            """
            const [page] = performance.getEntriesByType('navigation');
            const [paint] = performance.getEntriesByName('first-contentful-paint');
            const list = performance.getEntriesByType('resource').find((one) => one.name.endsWith('/phone/list'));
            return [page.domInteractive, paint?.startTime ?? -1, list?.startTime ?? -1,
                list?.encodedBodySize ?? -1, list?.decodedBodySize ?? -1].map((one) => String(Math.round(one)));
            """
        )
        guard case .array(let parts) = found, parts.count == 5 else {
            Issue.record("no answer: \(found)")
            return
        }
        let numbers = parts.compactMap { Int($0.words) }
        try #require(numbers.count == 5)
        let traffic = try PageChecks.traffic(browser)
        print(
            """
            phone, \(households) households: the page \(traffic.bytes) bytes, painted at \(numbers[1]) ms; \
            the list from \(numbers[2]) ms on, \(numbers[3]) bytes (\(numbers[4]) unpacked)
            """
        )
        #expect((1_000..<PageChecks.pageBytesMax).contains(Int(traffic.bytes)))
        #expect(numbers[2] > numbers[0], "asked for before the page stood")
        #expect(numbers[1] > 0, "nothing was seen")
        #expect((1_000..<Self.listBytesMax).contains(numbers[3]))
    }

    /// Of a list of the most households that a phone takes, as it comes over the line.
    private static let listBytesMax = 90_000
}

extension JSONValue {
    /// The text of a text; empty for anything else.
    fileprivate var words: String {
        if case .string(let text) = self { return text }
        return ""
    }
}
