import Causality
import HTTP
import Node
import Pages
import Replication
import Sealing
import Store
import Survey
import Synthetic
import Visiting

/// A hub of the run in the survey's own tables, with its pages, somebody who is signed in, and a village
/// whose households he visits.
package enum FormsHub {
    static let database = "forms-hub.db"
    /// Of the crowd: the hub's own village is before it.
    static let firstVillage = 1
    private static let households = 500
    private static let name = "canbo"

    /// The child: as ``BenchHub/run(folder:seed:)``; behind the port stands the door, see ``FormsDoor``.
    package static func run(folder: String, seed: Int) throws {
        let (server, door) = try serve(folder: folder, seed: seed)
        BenchHub.serve(server, telling: "\(server.port) \(door.text)")
    }

    static func people(villages: Int, each households: Int) -> SyntheticCommune {
        let day = CalendarDay(number: BenchLimits.surveyDay)
        return SyntheticCommune(
            CommuneShape(seed: 1, day: day, villages: villages, households: villages * households)
        )
    }

    static func serve(folder: String, seed: Int) throws -> (Server, FormsDoor) {
        let commune = try BenchCommune(seed: seed)
        let node = try commune.hub(path: "\(folder)/\(database)", description: .doorstep)
        let scope = BenchCommune.scope(0)
        let hub = LocalNode(node.store, user: name)
        try hub.addVillage("Thôn Mẫu", path: scope)
        let saver = SyntheticSaver()
        try node.store.transaction {
            for household in people(villages: 1, each: households).list(village: 0) {
                try saver.save(household, scope, in: node.store)
            }
        }
        let door = try door(hub, scope)
        let lane = try StoreLane(node.store, name: "exchange")
        func reader(_ name: String) throws -> StoreLane {
            let store = try commune.hub(path: "\(folder)/\(database)", description: .doorstep).store
            return try StoreLane(store, name: name)
        }
        let pages = try PagesService(
            store: lane,
            figures: reader("figures"),
            checks: reader("checks"),
            log: .silent
        )
        return (try BenchHub.serve(node, lane, pages: pages), door)
    }

    /// Signs somebody in, and begins a visit at his first household.
    private static func door(_ hub: LocalNode, _ scope: String) throws -> FormsDoor {
        let draft = UserDraft(displayName: "Cán bộ", role: .fieldStaff, villages: ["thon-1"])
        let password = "ba chiếc ghe nhỏ"
        try hub.addUser(name, draft, Secret.password(password, for: name))
        let attempt = try hub.beginSignIn(name, address: "127.0.0.1")
        let session = try hub.finishSignIn(attempt.judge(password))
        let list = try hub.worklist(WorklistQuery())
        guard let household = list.items.first?.id else { throw BenchError.notApplied }
        let key = try VisitDesk(hub).begin(household)
        return FormsDoor(
            cookie: "\(SessionToken.cookieName)=\(session.token.text)",
            household: household.description,
            visit: key.description
        )
    }
}

/// What somebody needs who works at the hub's forms.
struct FormsDoor {
    let cookie: String
    let household: String
    let visit: String

    init(cookie: String, household: String, visit: String) {
        self.cookie = cookie
        self.household = household
        self.visit = visit
    }

    /// Reads ``text``.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        self.init(cookie: words[0], household: words[1], visit: words[2])
    }

    var text: String { "\(cookie) \(household) \(visit)" }
}
