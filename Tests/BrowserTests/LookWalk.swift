import Foundation
import HTTP
import Node
import Survey
import Terminal
import Testing

@testable import Pages

/// A screen, a theme and a language, as somebody has them.
struct Setting: CustomTestStringConvertible {
    enum Screen: String, CaseIterable {
        case phone = "360"
        case laptop = "1280"

        var size: (width: Int, height: Int) { self == .phone ? (360, 640) : (1280, 800) }
    }

    let screen: Screen
    let isDark: Bool
    let language: Language

    /// Between them lie the others, of which pictures are made.
    static let extremes = [
        Setting(screen: .phone, isDark: false, language: .vi),
        Setting(screen: .laptop, isDark: true, language: .en),
    ]

    /// Every screen and theme in this language.
    var siblings: [Setting] {
        Screen.allCases.flatMap { screen in
            [false, true].map { Setting(screen: screen, isDark: $0, language: language) }
        }
    }

    var testDescription: String { "\(screen.rawValue)-\(isDark ? "dark" : "light")-\(language)" }

    var options: WebBrowser.Options {
        .init(width: screen.size.width, height: screen.size.height, isDark: isDark)
    }
}

/// The pages that each walk looks at, as the router writes them.
enum LookedAt {
    static let byFieldStaff: Set = [
        "/", "/again/*", "/household/*", "/new-household", "/password", "/pin", "/record/*",
        "/search", "/search/*", "/sign-in", "/sync", "/trust", "/visit/*/*", "/visit/*/colleague",
        "/visit/*/done", "/visit/*/give-up",
    ]
    static let inTheOffice: Set = [
        "/", "/access", "/coverage", "/coverage/*", "/lead", "/lead/assign", "/new-household",
        "/nodes", "/nodes/*", "/nodes/*/revoke", "/nodes/new", "/nodes/waiting/*", "/overview",
        "/shown/*", "/today", "/ui", "/users", "/users/*", "/users/new",
    ]
    static let onVillageNode: Set = ["/", "/stick", "/sync"]
    static let onPhone: Set = ["/phone", "/pin", "/today"]

    static let all = byFieldStaff.union(inTheOffice).union(onVillageNode).union(onPhone)

    /// What nobody looks at: a file, JSON, and what only leads to another page.
    static let noPages: Set = ["/trust/doorstep.crt", "/phone/list", "/phone/session", "/visit/*"]
}

/// Somebody's way through the pages, with a look at each.
final class Walk {
    let browser: WebBrowser
    private let setting: Setting
    private let address: String
    /// Whether what a page weighs is what its first load brings.
    private let isWeighed: Bool
    private var seen: Set<String> = []
    /// Where those pages were, as the router writes it; of those that are refused nobody saw a thing.
    private var routes: Set<String> = []

    /// `isWeighed`: everything is loaded anew with each page, and the service worker left aside.
    init(
        _ node: ServedNode,
        _ setting: Setting,
        profile: String = "look",
        isWeighed: Bool = true
    )
        throws
    {
        self.setting = setting
        self.isWeighed = isWeighed
        address = node.address
        browser = try node.browser(profile, setting.options)
        if isWeighed { try PageChecks.forgetPages(browser) }
        try chooseLanguage()
    }

    private func chooseLanguage() throws {
        try open("/trust")
        guard setting.language == .en else { return }
        try browser.tap("form[action='/language'] button")
        try browser.wait(until: "document.documentElement.lang === 'en'")
    }

    // MARK: Looking

    func look(_ path: String, _ name: String) throws {
        try open(path)
        try see(name)
    }

    /// Checks the page that is open, and makes its pictures under a name that no other page has.
    func see(_ name: String) throws {
        #expect(seen.insert(name).inserted, "\(name) would overwrite another page's pictures")
        try noteRoute()
        try check(name, in: setting)
        if PageChecks.hasFolder {
            for sibling in setting.siblings {
                try browser.show(sibling.options)
                // What only another screen shows is seen here, not in every build.
                try check(name, in: sibling)
                // As tall as the page: what sticks to the foot of the screen hides nothing then.
                var whole = sibling.options
                whole.height = max(whole.height, try height())
                try browser.show(whole)
                try PageChecks.picture(browser, "\(name).\(sibling.testDescription)")
            }
            try browser.show(setting.options)
        }
        let traffic = try PageChecks.traffic(browser)
        #expect(traffic.foreign.isEmpty, "\(name): \(traffic.foreign)")
        if isWeighed {
            #expect((1_000..<PageChecks.pageBytesMax).contains(Int(traffic.bytes)), "\(name)")
        }
    }

    private func noteRoute() throws {
        let status = try browser.run(
            "return performance.getEntriesByType('navigation')[0].responseStatus"
        )
        guard status == .integer(200) else { return }
        let parts = try path.split(separator: "/").map(String.init)
        if let route = Route.at(parts) { routes.insert(route.path) }
    }

    /// At the end of a walk that is one of ``LookedAt``.
    func expectSeen(_ expected: Set<String>, at location: SourceLocation = #_sourceLocation) {
        let (missed, more) = (expected.subtracting(routes), routes.subtracting(expected))
        #expect(missed.isEmpty, "not looked at", sourceLocation: location)
        #expect(more.isEmpty, "to be named in the list of this walk", sourceLocation: location)
    }

    private func height() throws -> Int {
        Int(try browser.text("return document.documentElement.scrollHeight")) ?? 0
    }

    private func check(_ name: String, in setting: Setting) throws {
        let language = try browser.text("return document.documentElement.lang")
        #expect(language == "\(setting.language)", "\(name)")
        try PageChecks.check(browser, "\(name) \(setting.testDescription)")
    }

    // MARK: Going about

    func open(_ path: String) throws {
        try browser.open(address + path)
        guard path.hasPrefix("/phone") else { return }
        let page = path.split(separator: "#").dropFirst().first?.split(separator: "/").first ?? ""
        try waitForPhone(at: String(page))
    }

    /// Of the page that is open.
    var path: String {
        get throws { try browser.text("return location.pathname") }
    }

    /// Until the phone's own page shows what is asked, or the question for what opens it.
    private func waitForPhone(at page: String) throws {
        try browser.wait(
            until:
                "['\(page)', 'locked'].includes(document.querySelector('#phone').dataset.shown) || document.querySelector('#phone a[href^=\"/sign-in\"]')"
        )
    }

    /// Sends the page's form by its button and waits until another page is there.
    func send(_ selector: String) throws {
        try browser.run("window.stays = true")
        try browser.tap(selector)
        try browser.wait(until: "!window.stays && document.readyState === 'complete'")
    }

    /// Fills a form with passwords, whatever the browser itself would refuse.
    func fill(_ form: String, _ values: [(field: String, text: String)]) throws {
        try browser.run(
            "document.querySelectorAll('form').forEach((one) => { one.noValidate = true; })"
        )
        for (field, text) in values { try browser.type("form[action='\(form)'] #\(field)", text) }
        try send("form[action='\(form)'] button")
    }

    func signIn(_ user: String, _ password: String = ServedVillage.password) throws {
        try open("/sign-in")
        try fill("/sign-in", [("name", user), ("password", password)])
        try browser.wait(until: "document.querySelector('form[action=\"/sign-out\"]')")
    }

    func signOut() throws {
        try open("/password")
        try browser.tap("form[action='/sign-out'] button")
        try browser.wait(until: "location.pathname === '/sign-in'")
    }
}
