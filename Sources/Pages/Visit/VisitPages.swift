import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

/// A visit at the door: `/begin` opens one, `/visit/<key>` is where it stands, and each of its pages is
/// a form that is kept before the next page comes.
extension Page {
    static let begin = Page(
        label: "begin",
        gate: .may(.record),
        take: { caller, rooms in
            guard let household = RecordID(caller.form["household"]) else {
                return Errors.page(404, caller)
            }
            return try rooms.node(caller) { node in
                guard let row = try node.store.row(of: household) else {
                    throw VisitingError.noHousehold
                }
                guard caller.may(.record, in: row.scope) else { return Errors.page(403, caller) }
                let key = try VisitDesk(node).begin(household)
                return Replies.redirect(LocalPath("/visit", key.description))
            }
        }
    )

    /// The first of the named parts says which visit.
    static func visit(_ named: [String], _ page: (VisitKey) -> Page) -> Page? {
        VisitKey(named[0]).map(page)
    }

    /// Leads to the first page that is still open.
    static func visitHome(_ key: VisitKey) -> Page {
        Page(
            label: "visit",
            gate: .may(.record),
            show: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    guard try room.desk.finished(key) == nil else {
                        return Replies.redirect(room.path("done"))
                    }
                    return Replies.redirect(room.path(try room.form().nextOpen))
                }
            }
        )
    }

    static func visitStep(_ key: VisitKey, _ step: Step) -> Page {
        Page(
            label: "visit-step",
            gate: .may(.record),
            formBytesMax: FormLimits.visitBytesMax,
            show: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    try StepPage(room, step).show()
                }
            },
            take: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    Replies.named(try StepKeeper(room, step).keep(), for: caller)
                }
            }
        )
    }
}

/// A visit that somebody has begun, as one request finds it.
struct VisitRoom {
    let caller: Caller
    let key: VisitKey
    let desk: VisitDesk

    var say: Speech { caller.say }

    /// Lets the request in where the visit is the caller's own, and its household in his villages.
    static func enter(
        _ key: VisitKey,
        _ caller: Caller,
        _ rooms: PageRooms,
        _ body: (VisitRoom) throws -> Response
    ) throws -> Response {
        try rooms.node(caller) { node in
            let room = VisitRoom(caller: caller, key: key, desk: VisitDesk(node))
            let household = try room.desk.household(key)
            guard let row = try node.store.row(of: household) else {
                throw VisitingError.noHousehold
            }
            guard caller.may(.record, in: row.scope) else { return Errors.page(403, caller) }
            if caller.head.isReading {
                node.logRecord(.show, household, type: row.type, scope: row.scope) {
                    try node.store.children(of: household).filter { $0.type.name == "resident" }
                        .map(\.id)
                }
            }
            return try body(room)
        }
    }

    func form() throws -> VisitForm { try desk.form(key) }

    func path(_ step: Step) -> LocalPath { path(step.description) }

    func path(_ word: String) -> LocalPath { LocalPath("/visit", key.description, word) }
}
