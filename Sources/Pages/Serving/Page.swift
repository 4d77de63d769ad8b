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
