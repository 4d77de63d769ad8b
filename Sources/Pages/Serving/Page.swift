import HTTP
import Node

/// One page of the node: who may see it, and what it does.
struct Page {
    enum Gate {
        /// Anybody.
        case open
        /// Whoever has a session, also one that waits for its PIN or for a password.
        case held
        /// Whoever is signed in, also with a one-time code.
        case session
        case signedIn
        case may(Action)
        /// Any of several.
        case mayAny([Action])
    }

    enum Room {
        case store
        case figures
        case hashing
    }

    typealias Work = @Sendable (Caller, PageRooms) throws -> Response

    /// For the log: a text without personal data.
    let label: String
    let gate: Gate
    /// What the forms of a page need is asked of them, where it is more than the page's.
    var formGate: Gate?
    /// Whether asking for it is somebody's doing, which keeps a session awake.
    var isUse = true
    /// Whether a form that came too late is kept for its sender; not where it holds a secret.
    var isRepeatable = true
    /// Only a hub has it.
    var isOfHub = false
    /// Bytes of the JSON that it takes in the place of a form; nil for a form.
    var jsonBytesMax: Int?
    /// Bytes of its forms.
    var formBytesMax = FormLimits.bytesMax
    /// Where it is shown, and where its forms are taken.
    var rooms: (show: Room, take: Room) = (.store, .store)
    /// Nil where there is nothing to see.
    var show: Work?
    /// Nil where there is nothing to send.
    var take: Work?

    func gate(_ isReading: Bool) -> Gate { isReading ? gate : formGate ?? gate }

    var methods: String {
        [show == nil ? nil : "GET, HEAD", take == nil ? nil : "POST"].compactMap(\.self)
            .joined(separator: ", ")
    }
}

extension Page {
    /// The page of a path; nil where there is none.
    static func at(_ path: [String]) -> Page? {
        switch path.first {
        case nil: first
        case "overview" where path.count == 1: overview
        case "today" where path.count == 1: today
        case "search": searchPage(Array(path.dropFirst()))
        case "new-household" where path.count == 1: newHousehold
        case "household" where path.count == 2: household(path[1])
        case "record" where path.count == 2: record(path[1])
        case "sync" where path.count == 1: sync
        case "pin" where path.count == 1: pin
        case "stick" where path.count == 1: stick
        case "trust" where path.count == 1: trust
        case "trust" where path == ["trust", "\(TrustSteps.fileName)"]: authorityFile
        case "lead": leadPage(Array(path.dropFirst()))
        case "sign-in" where path.count == 1: signIn
        case "sign-out" where path.count == 1: signOut
        case "again" where path.count == 2: again(path[1])
        case "password" where path.count == 1: password
        case "language" where path.count == 1: language
        case "coverage" where path.count == 1: coverage
        case "coverage" where path.count == 2: indicator(path[1])
        case "nodes": nodePage(Array(path.dropFirst()))
        case "users": userPage(Array(path.dropFirst()))
        case "access" where path.count == 1: access
        case "phone": phonePage(Array(path.dropFirst()))
        case "begin" where path.count == 1: begin
        case "visit": visitPage(Array(path.dropFirst()))
        case "shown" where path.count == 2: shown(path[1])
        #if DEBUG
        case "ui" where path.count == 1: look
        #endif
        default: nil
        }
    }

    private static func searchPage(_ rest: [String]) -> Page? {
        switch (rest.first, rest.count) {
        case (nil, 0): search
        case (let key?, 1): found(key)
        default: nil
        }
    }

    private static func leadPage(_ rest: [String]) -> Page? {
        switch (rest.first, rest.count) {
        case (nil, 0): lead
        case ("assign", 1): assign
        case ("take-over", 1): takeOver
        default: nil
        }
    }

    private static func nodePage(_ rest: [String]) -> Page? {
        switch (rest.first, rest.count) {
        case (nil, 0): nodes
        case ("new", 1): newNode
        case ("waiting", 2): Int(rest[1]).map { waitingNode($0) }
        case (let node?, 1): oneNode(node)
        case (let node?, 2) where rest[1] == "revoke": revokeNode(node)
        default: nil
        }
    }

    private static func userPage(_ rest: [String]) -> Page? {
        switch (rest.first, rest.count) {
        case (nil, 0): users
        case ("new", 1): newUser
        case (let user?, 1): oneUser(user)
        default: nil
        }
    }
}
