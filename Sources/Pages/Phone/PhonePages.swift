import Causality
import HTTP
import Node
import Store
import Survey
import Terminal
import Visiting

/// What a phone and its node say to each other, in JSON over the session's own line.
///
/// Both ends come from one program, the node serves the phone's scripts; so this is no protocol
/// between strangers, and its version only keeps an old page from a new node:
///
/// - `GET /phone/session` → `{v, now, node, user: {id, name, shown}, hours, form, ticket, share, quiet}`:
///   what the node is called, who is signed in, for how many hours at most, the secret of posts, what
///   proves later whose phone it was, the node's part of the phone's key (``PhoneTicket``), and after
///   how many milliseconds the PIN is asked, null without one.
/// - `GET /phone/list` → the user's open households (``PhonePacket``), at most
///   ``VisitingLimits/phoneHouseholds``.
/// - `POST /phone/visit` with one visit (``PhoneReading``) → `{v, state, …}`, state `here` or `above` with
///   the questions `dropped`, `undecided` with `path`, `given-up`, `differs` where this node has it with
///   other content, or `refused` with `problems`; `changed`: labels of what was confirmed and is not taken
///   so, because colleagues have changed it (``PhoneResult``).
/// - `POST /phone/known` with `{v, visits: [key]}` → `{v, visits: {key: standing}}`
///   (``PhoneStanding``).
///
/// Posts bear the header `Form-Token`. Every request may bear `Phone-Ticket`. A reply other than 200 is
/// `{v, state}` with state `signed-out`, `locked` (until the PIN comes to `/pin`: with `form`, the secret
/// of posts), `blocked` (the phone wipes itself), `not-allowed`, `old-form`, `old-version` (load the page
/// again) or `malformed`.
enum PhoneProtocol {
    static let version: Int64 = 1
    static let tokenHeader = "Form-Token"
    static let ticketHeader = "Phone-Ticket"
}

extension Page {
    /// The same for everybody and without personal data: the browser keeps it for when the node is
    /// away.
    static let phone = Page(
        label: "phone",
        gate: .open,
        show: { caller, _ in PhoneShell.page(caller) }
    )

    static let phoneSession = Page(
        label: "phone-session",
        gate: .open,
        isUse: false,
        show: { caller, rooms in
            try PhoneDesk(caller, rooms).answer { signedIn in
                try rooms.node(caller) { node in
                    let hours = SessionLimits.lifetime(of: signedIn.role) / 3_600_000
                    return [
                        "v": .integer(PhoneProtocol.version),
                        "now": .integer(Int64(clamping: node.now)),
                        "node": caller.around.node.map { .string($0) } ?? .null,
                        "user": [
                            "id": .string(signedIn.user.id.description),
                            "name": .string(signedIn.user.name),
                            "shown": .string(signedIn.user.displayName),
                        ],
                        "hours": .integer(Int64(hours)),
                        "form": .string(signedIn.token.formToken()),
                        "ticket": .string(try PhoneTicket.text(for: signedIn.user, at: node)),
                        "share": .string(try PhoneTicket.share(of: signedIn.user, at: node)),
                        "quiet": signedIn.hasPIN
                            ? .integer(Int64(PINRules.lockAfter)) : .null,
                    ]
                }
            }
        }
    )

    static let phoneList = Page(
        label: "phone-list",
        gate: .open,
        isUse: false,
        rooms: (.figures, .store),
        show: { caller, rooms in
            try PhoneDesk(caller, rooms).answer { signedIn in
                try rooms.figures(caller) { node in
                    let all = Set(try node.villages().map(\.scope))
                    let scopes = all.filter { signedIn.may(.record, in: $0) }
                    let list = try node.phoneList(scopes: scopes)
                    return PhonePacket(list, node.description).json(now: node.now)
                }
            }
        }
    )

    static let phoneVisit = Page(
        label: "phone-visit",
        gate: .open,
        isUse: false,
        jsonBytesMax: VisitingLimits.phoneVisitBytes,
        take: { caller, rooms in
            try PhoneDesk(caller, rooms).answer { signedIn in
                let visit = try PhoneReading.visit(caller.json)
                return try rooms.node(caller) { node in
                    guard let place = try node.store.locate(visit.household),
                        signedIn.may(.record, in: place.scope)
                    else { return PhoneReply.refused([], VisitingError.noHousehold.label) }
                    do {
                        return PhoneReply.json(try VisitDesk(node).take(visit), of: visit.key)
                    } catch let error as VisitingError {
                        return PhoneReply.refused([], error.label)
                    } catch NodeError.recordExists {
                        return PhoneReply.refused([], words(for: NodeError.recordExists))
                    }
                }
            }
        }
    )

    static let phoneKnown = Page(
        label: "phone-known",
        gate: .open,
        isUse: false,
        jsonBytesMax: 16 << 10,
        take: { caller, rooms in
            try PhoneDesk(caller, rooms).answer { _ in
                let keys = try PhoneReading.keys(caller.json)
                return try rooms.node(caller) { node in
                    let desk = VisitDesk(node)
                    let standings = try keys.map { key in
                        JSONValue.Member(
                            key.description,
                            .string(try desk.standing(of: key).rawValue)
                        )
                    }
                    return ["v": .integer(PhoneProtocol.version), "visits": .object(standings)]
                }
            }
        }
    )
}

/// Where a phone's request is judged: replies are JSON, also those that refuse.
struct PhoneDesk {
    private let caller: Caller
    private let rooms: PageRooms

    init(_ caller: Caller, _ rooms: PageRooms) {
        self.caller = caller
        self.rooms = rooms
    }

    func answer(_ work: (SignedIn) throws -> JSONValue) throws -> Response {
        guard let signedIn = caller.signedIn else {
            return try isOfBlockedUser
                ? PhoneReply.refusal(401, "blocked") : PhoneReply.refusal(401, "signed-out")
        }
        guard !signedIn.isLocked else { return PhoneReply.locked(signedIn) }
        guard !signedIn.isRestricted, caller.may(.record) else {
            return PhoneReply.refusal(403, "not-allowed")
        }
        if !caller.head.isReading {
            let token = caller.head.headers[PhoneProtocol.tokenHeader] ?? ""
            guard signedIn.token.isFormToken(token) else {
                return PhoneReply.refusal(403, "old-form")
            }
        }
        do {
            return Replies.json(try work(signedIn))
        } catch PhoneReading.Failure.version {
            return PhoneReply.refusal(409, "old-version")
        } catch is PhoneReading.Failure {
            return PhoneReply.refusal(400, "malformed")
        }
    }

    /// Whoever is blocked has no session any more; what the phone was given tells whose it was.
    private var isOfBlockedUser: Bool {
        get throws {
            guard let ticket = caller.head.headers[PhoneProtocol.ticketHeader] else { return false }
            return try rooms.node(caller) { try PhoneTicket.isOfBlockedUser(ticket, at: $0) }
        }
    }
}

enum PhoneReply {
    /// The page may have the PIN with which the phone was opened, and posts it to `/pin`.
    static func locked(_ signedIn: SignedIn) -> Response {
        Replies.json(
            [
                "v": .integer(PhoneProtocol.version), "state": "locked",
                "form": .string(signedIn.token.formToken()),
            ],
            401
        )
    }

    static func refusal(_ status: Int, _ state: String) -> Response {
        Replies.json(["v": .integer(PhoneProtocol.version), "state": .string(state)], status)
    }

    static func json(_ result: PhoneResult, of key: VisitKey) -> JSONValue {
        switch result {
        case .saved(let standing, let dropped, let changed):
            return state(
                standing.rawValue,
                .init("dropped", .array(dropped.map { .string($0.description) })),
                .init("changed", .array(changed.map(\.json)))
            )
        case .undecided(let changed):
            let path = LocalPath("/visit", key.description).text
            return state(
                PhoneStanding.undecided.rawValue,
                .init("path", .string(path)),
                .init("changed", .array(changed.map(\.json)))
            )
        case .givenUp: return state(PhoneStanding.givenUp.rawValue)
        case .differs: return state("differs")
        case .refused(let problems): return refused(problems, nil)
        }
    }

    /// `message`: of the whole visit.
    static func refused(_ problems: [PhoneProblem], _ message: Label?) -> JSONValue {
        let list = problems.map { problem in
            JSONValue.object([
                .init("question", problem.question.map { .string($0.description) } ?? .null),
                .init("step", .string(problem.step.description)), .init("text", problem.text.json),
                .init("proposal", problem.proposal.map(\.json) ?? .null),
            ])
        }
        return state(
            "refused",
            .init("problems", .array(list)),
            .init("message", message.map(\.json) ?? .null)
        )
    }

    private static func state(_ word: String, _ more: JSONValue.Member...) -> JSONValue {
        .object(
            [.init("v", .integer(PhoneProtocol.version)), .init("state", .string(word))] + more
        )
    }
}
