import Causality
import Node
import Store
import Survey
import Testing
import Visiting

/// A family of four in thôn 1, and somebody at its door with a browser that has no scripts.
final class Door {
    static let scope = PagesHub.path + "/thon-1"
    let hub: PagesHub
    let browser: Browser
    let home: RecordID
    private(set) var people: [RecordID] = []
    /// Path of the page that is open.
    private(set) var here = ""
    private(set) var page: PageReply?
    /// Buttons that were pressed.
    private(set) var taps = 0

    init(seed: UInt64, user: String = "lan", head: String = "Trần Văn Ví Dụ") throws {
        hub = try PagesHub(seed: seed)
        let family = [
            (head, "12/3/1980", "male", "head"), ("Lê Thị Mẫu", "1/5/1983", "female", "spouse"),
            ("Trần Thị Thử", "9/9/2008", "female", "child"),
            ("Trần Văn Nháp", "2/2/2019", "male", "child"),
        ]
        (home, people) = try hub.node("hoa") { node in
            func add(_ type: String, _ values: [(String, String)]) throws -> RecordID {
                let inputs = values.map { FieldInput($0.0, $0.1) }
                let saved = try node.addRecord(type, inputs, place: Door.scope)
                return try #require(saved.id, "\(saved.problems.map(\.text.en))")
            }
            let home = try add("household", [("state", "occupied"), ("address", "Tổ 1")])
            let people = try family.map { name, birth, sex, relation in
                try add(
                    "resident",
                    [
                        ("household", home.description), ("full_name", name), ("birth", birth),
                        ("sex", sex), ("relation", relation), ("residence", "permanent"),
                        ("presence", "here"),
                    ]
                )
            }
            // Agreed in an earlier round to be called.
            _ = try add(
                "notice",
                [
                    ("household", home.description), ("round", "2025-1"), ("basis", "state-task"),
                    ("notice_version", "1"), ("given_how", "read-aloud"),
                    ("consent_contact_by_phone", "yes"),
                ]
            )
            return (home, people)
        }
        browser = try hub.browser(of: user)
    }

    /// Begins the visit, as the household's card does, and opens its first page.
    @discardableResult
    func begin() throws -> PageReply {
        _ = try browser.get("/")
        taps += 1
        return try follow(browser.post("/begin", [("household", home.description)]))
    }

    var key: String { String(here.split(separator: "/").dropFirst().first ?? "") }
    var step: String { String(here.split(separator: "/").last ?? "") }
    var body: String { page?.body ?? "" }

    @discardableResult
    func open(_ path: String) throws -> PageReply {
        let reply = try browser.get(path)
        here = path
        page = reply
        return try follow(reply)
    }

    /// Presses a button of the open page's form, which must be there, after filling something in.
    @discardableResult
    func tap(
        _ name: String,
        _ value: String,
        _ filled: [(String, String)] = []
    ) throws -> PageReply {
        var form = try #require(PageForm(body, action: here), "no form at \(here)")
        let button = PageForm.Button(name: name, value: value)
        try #require(form.buttons.contains(button), "no button \(name)=\(value) at \(here)")
        for (name, value) in filled { form.fill(name, value) }
        taps += 1
        let fields = form.fields.filter { $0.name != "form-token" } + [(name, value)]
        return try follow(browser.post(here, fields))
    }

    func input(_ record: RecordID, _ field: String) -> String { "q.\(QuestionID(record, field))" }

    /// Loads what a redirect leads to, as browsers do.
    private func follow(_ reply: PageReply) throws -> PageReply {
        var reply = reply
        var steps = 0
        while reply.status == 303, let location = reply.location {
            steps += 1
            try #require(steps < 5)
            here = String(location.prefix { $0 != "#" })
            reply = try browser.get(here)
        }
        page = reply
        return reply
    }

    /// Saved visits to the household.
    func visits() throws -> [RecordRow] {
        try hub.node { node in
            try node.store.children(of: home).filter { $0.type.name == "visit" }
        }
    }

    func row(_ id: RecordID) throws -> RecordRow {
        try #require(try hub.node { try $0.store.row(of: id) })
    }
}
