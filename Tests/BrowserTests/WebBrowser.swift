import Foundation
import HTTP
import Terminal

/// Debian's chromium, driven by WebDriver (W3C) over chromedriver on loopback.
final class WebBrowser {
    struct Options {
        var width = 360
        var height = 640
        var isDark = false
        var language = "vi"
        /// SHA-256 of the public keys that are trusted besides, in base64.
        var trustedKeys: [String] = []
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let driver: Leash
    private let client: Client
    private let base: String
    /// Of the browser itself, to be killed like by a phone without power.
    let process: Int32

    /// The driver and its port.
    ///
    /// It takes the port for both families and gives up where one is taken, so it is not left to those
    /// that the system gives to clients, of which other tests have thousands.
    private static func startDriver(in folder: URL) throws -> (Leash, Int) {
        var tries = 0
        while true {
            let port = try ServedVillage.freePort()
            let driver = try Leash(
                ["/usr/bin/chromedriver", "--port=\(port)"],
                in: folder,
                errors: folder.appendingPathComponent("chromedriver.log"),
                environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
            )
            do {
                try driver.line { $0.contains("started successfully on port ") ? true : nil }
                return (driver, port)
            } catch let error as Leash.NotStarted {
                tries += 1
                guard tries < 5 else { throw error }
            }
        }
    }

    /// `profile`: a folder of its own, in which the browser finds what an earlier one left.
    init(profile: URL, _ options: Options = Options()) throws {
        try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
        let folder = profile.deletingLastPathComponent()
        let port: Int
        (driver, port) = try Self.startDriver(in: folder)
        var settings = ClientSettings()
        settings.proxy = .none
        settings.totalTime = .seconds(300)
        client = Client(trust: .system, settings: settings)
        let reply = try Self.send(
            client,
            "http://127.0.0.1:\(port)/session",
            .post,
            Self.capabilities(profile, options)
        )
        guard case .string(let id)? = reply["sessionId"],
            case .integer(let process)? = reply["capabilities"]?["goog:processID"]
        else { throw Failed(description: "no session: \(JSONText.encode(reply).prefix(300))") }
        self.process = Int32(process)
        base = "http://127.0.0.1:\(port)/session/\(id)"
        // Far above what anything takes, as with ``Patience``; below what the client waits.
        _ = try post("/timeouts", ["script": 120_000, "pageLoad": 240_000])
        try show(options)
    }

    /// On a screen and in a theme from here on.
    func show(_ options: Options) throws {
        _ = try command(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(Int64(options.width)), "height": .integer(Int64(options.height)),
                "screenWidth": .integer(Int64(options.width)),
                "screenHeight": .integer(Int64(options.height)), "deviceScaleFactor": 1,
                "mobile": .bool(options.width < 600),
            ]
        )
        _ = try command(
            "Emulation.setEmulatedMedia",
            [
                "features": [
                    [
                        "name": "prefers-color-scheme",
                        "value": .string(options.isDark ? "dark" : "light"),
                    ]
                ]
            ]
        )
    }

    private static func capabilities(_ profile: URL, _ options: Options) -> JSONValue {
        var words = [
            "--headless=new", "--user-data-dir=\(profile.path)", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-crash-reporter", "--disable-breakpad",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-default-apps", "--disable-sync", "--lang=\(options.language)",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--hide-scrollbars",
        ]
        // Chromium refuses its sandbox to root, which builds in a container run as.
        if getuid() == 0 { words.append("--no-sandbox") }
        if !options.trustedKeys.isEmpty {
            let keys = options.trustedKeys.joined(separator: ",")
            words.append("--ignore-certificate-errors-spki-list=\(keys)")
        }
        return [
            "capabilities": [
                "alwaysMatch": [
                    "browserName": "chrome", "unhandledPromptBehavior": "ignore",
                    "goog:chromeOptions": ["args": .array(words.map { .string($0) })],
                    "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
                ]
            ]
        ]
    }

    // MARK: Going about

    func open(_ url: String) throws { _ = try post("/url", ["url": .string(url)]) }

    func reload() throws { _ = try post("/refresh", [:]) }

    var address: String {
        get throws { try text(of: get("/url")) }
    }

    /// What a function's body returns; `arguments` are its own.
    @discardableResult
    func run(_ script: String, _ arguments: JSONValue...) throws -> JSONValue {
        try post("/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// What the promise of an asynchronous function's body gives.
    func await(_ script: String, _ arguments: JSONValue...) throws -> JSONValue {
        try self.await(script, arguments)
    }

    func await(_ script: String, _ arguments: [JSONValue]) throws -> JSONValue {
        let text = """
            const back = arguments[arguments.length - 1];
            const given = [...arguments].slice(0, -1);
            (async (...given) => { \(script) })(...given)
                .then((value) => back({ value }), (error) => back({ error: String(error) }));
            """
        let reply = try post(
            "/execute/async",
            ["script": .string(text), "args": .array(arguments)]
        )
        if case .string(let error)? = reply["error"] { throw Failed(description: error) }
        return reply["value"] ?? .null
    }

    func text(_ script: String, _ arguments: JSONValue...) throws -> String {
        let reply = try post(
            "/execute/sync",
            ["script": .string(script), "args": .array(arguments)]
        )
        return text(of: reply)
    }

    private func text(of value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return JSONText.encode(value)
    }

    /// Waits until a JavaScript expression holds.
    func wait(until expression: String) throws {
        do {
            try Patience.wait(until: expression) {
                (try? run("return Boolean(\(expression))")) == .bool(true)
            }
        } catch {
            throw Failed(description: "\(expression) never held; \(onScreen)")
        }
    }

    // MARK: Fingers

    /// Taps what a CSS selector names, once it is there.
    func tap(_ selector: String) throws {
        try act("css selector", selector, click)
    }

    /// Taps a button or link that says so.
    func tap(saying words: String) throws {
        let path = "//*[self::a or self::button or self::summary or self::label]"
        try tap(xpath: "\(path)[normalize-space()='\(words)']")
    }

    func tap(xpath: String) throws {
        try act("xpath", xpath, click)
    }

    /// Presses the mouse on an element and lets it go so many milliseconds later.
    func press(_ selector: String, for time: Int64) throws {
        let id = try element("css selector", selector)
        let place = JSONValue.object([.init("element-6066-11e4-a52e-4f735466cecf", .string(id))])
        try run("arguments[0].scrollIntoView({ block: 'center' })", place)
        _ = try post(
            "/actions",
            [
                "actions": [
                    [
                        "type": "pointer", "id": "mouse",
                        "actions": [
                            ["type": "pointerMove", "origin": place, "x": 0, "y": 0],
                            ["type": "pointerDown", "button": 0],
                            ["type": "pause", "duration": .integer(time)],
                            ["type": "pointerUp", "button": 0],
                        ],
                    ]
                ]
            ]
        )
    }

    /// Keys struck one after the other, wherever the focus is; see ``Key``.
    func strike(_ keys: String) throws {
        let strokes = keys.flatMap { key -> [JSONValue] in
            ["keyDown", "keyUp"].map { ["type": .string($0), "value": .string("\(key)")] }
        }
        _ = try post(
            "/actions",
            ["actions": [["type": "key", "id": "keys", "actions": .array(strokes)]]]
        )
    }

    /// Keys without a letter, as WebDriver writes them.
    enum Key {
        static let tab = "\u{E004}"
        static let enter = "\u{E007}"
        static let space = " "
        static let down = "\u{E015}"
    }

    func type(_ selector: String, _ text: String) throws {
        try act("css selector", selector) { field in
            _ = try post("/element/\(field)/clear", [:])
            return try post("/element/\(field)/value", ["text": .string(text)])
        }
    }

    private func click(_ id: String) throws -> JSONValue {
        // As somebody scrolls whose button is under the bar at the foot of the page.
        let element = JSONValue.object([.init("element-6066-11e4-a52e-4f735466cecf", .string(id))])
        try run("arguments[0].scrollIntoView({ block: 'center' })", element)
        return try post("/element/\(id)/click", [:])
    }

    /// What a driver says of a page that is being made anew: gone, moved, or not there to be touched yet.
    private static let passing = [
        "stale element", "element click intercepted", "element not interactable",
    ]

    /// Does something with an element; again with its successor where the page has just been made anew.
    private func act(
        _ strategy: String,
        _ value: String,
        _ body: (String) throws -> JSONValue
    ) throws {
        var last = ""
        do {
            _ = try Patience.wait(for: value) {
                do {
                    settle()
                    return try body(element(strategy, value))
                } catch let failed as Failed {
                    last = String(failed.description.prefix(1_000))
                    if Self.passing.contains(where: failed.description.contains) { return nil }
                    throw failed
                }
            }
        } catch {
            let page = (try? address) ?? ""
            throw Failed(description: "\(value) at \(page): \(last)")
        }
    }

    /// Until the phone's own page has shown whether it meets its node.
    ///
    /// A tap while it is drawn anew would land beside what it was meant for. Where a test keeps it from
    /// knowing, it goes on all the same.
    private func settle() {
        let isBusy = """
            const phone = document.querySelector('#phone');
            return Boolean(phone && (!phone.dataset.met || phone.hasAttribute('aria-busy')));
            """
        for _ in 0..<100 where (try? run(isBusy)) == .bool(true) { usleep(50_000) }
    }

    private func element(_ strategy: String, _ value: String) throws -> String {
        try wait(untilFound: value) {
            let found = try? post(
                "/element",
                ["using": .string(strategy), "value": .string(value)]
            )
            guard case .object(let members)? = found, case .string(let id)? = members.first?.value
            else { return nil }
            return id
        }
    }

    private func wait(untilFound what: String, _ look: () throws -> String?) throws -> String {
        do {
            return try Patience.wait(for: what, look)
        } catch {
            throw Failed(description: "\(what) is not there; \(onScreen)")
        }
    }

    /// What a failure tells of the page, in one line: of several, whoever looks for failures in a long
    /// output finds the first.
    private var onScreen: String {
        let page = (try? text("return location.href + ' ' + document.body.innerText")) ?? "-"
        let words = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "on screen: \(words.prefix(2000)); \((try? messages()) ?? [])"
    }

    func acceptQuestion() throws { _ = try post("/alert/accept", [:]) }

    // MARK: Tabs

    /// A tab beside the others, in front of them; returns its name.
    func openTab() throws -> String {
        let name = text(of: try post("/window/new", ["type": "tab"])["handle"] ?? .null)
        try go(toTab: name)
        return name
    }

    var tab: String {
        get throws { text(of: try get("/window")) }
    }

    func go(toTab name: String) throws { _ = try post("/window", ["handle": .string(name)]) }

    // MARK: Looking

    /// The page as PNG; the whole of it, however long.
    func picture() throws -> Data {
        let reply = try command(
            "Page.captureScreenshot",
            ["format": "png", "captureBeyondViewport": true]
        )
        guard case .string(let text)? = reply["data"], let data = Data(base64Encoded: text) else {
            throw Failed(description: "no picture")
        }
        return data
    }

    /// What the browser has complained about since the last call.
    func messages() throws -> [String] {
        guard case .array(let entries) = try post("/se/log", ["type": "browser"]) else { return [] }
        return entries.compactMap { entry in
            if case .string(let text)? = entry["message"] { text } else { nil }
        }
    }

    /// A command of the DevTools protocol.
    func command(_ name: String, _ parameters: JSONValue = [:]) throws -> JSONValue {
        try post("/goog/cdp/execute", ["cmd": .string(name), "params": parameters])
    }

    // MARK: Ending

    /// As if the phone's battery had died: nothing is written any more.
    func kill() {
        Foundation.kill(process, SIGKILL)
        driver.end()
    }

    deinit {
        Foundation.kill(process, SIGKILL)
        driver.end()
    }

    // MARK: Line

    private func get(_ path: String) throws -> JSONValue {
        try Self.send(client, base + path, .get, nil)
    }

    private func post(_ path: String, _ body: JSONValue) throws -> JSONValue {
        try Self.send(client, base + path, .post, body)
    }

    private static func send(
        _ client: Client,
        _ url: String,
        _ method: HTTP.Method,
        _ body: JSONValue?
    ) throws -> JSONValue {
        do {
            let (_, bytes) = try client.collect(
                url,
                method: method,
                headers: [("Content-Type", "application/json")],
                body: body.map { .bytes(Array(JSONText.encode($0).utf8)) } ?? .none,
                limit: 32 << 20
            )
            var limits = JSONLimits()
            limits.bytes = 32 << 20
            limits.values = 1 << 20
            return try JSONText.decode(bytes, limits: limits)["value"] ?? .null
        } catch ClientError.status(let reply) {
            throw Failed(description: String(decoding: reply.excerpt, as: UTF8.self))
        }
    }
}
