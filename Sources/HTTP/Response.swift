private import Synchronization

/// A reply: status, headers, body.
///
/// Framing is the server's: `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are
/// never set by a caller.
package struct Response: Sendable {
    package var status: Int
    package private(set) var headers = Headers()
    package internal(set) var body: Body
    /// Plain bytes of one TLS record at most, 512 to 16,384; nil for what TLS allows.
    ///
    /// The client reads nothing of a record before its last byte: small ones are for lines that
    /// break often.
    package var recordBytes: Int?

    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(ResponseStream)
    }

    /// A body that is at hand.
    package init(_ status: Int, contentType: String? = nil, body: [UInt8] = []) {
        precondition((200...599).contains(status), "a final HTTP status")
        self.status = status
        self.body = .bytes(body)
        if let contentType { set("Content-Type", contentType) }
    }

    /// A body that is made while it is sent, on the lane; the source belongs to this response
    /// alone and is closed once, whether or not all of it was sent.
    ///
    /// - Parameters:
    ///   - status: As in ``init(_:contentType:body:)``.
    ///   - contentType: As in ``init(_:contentType:body:)``.
    ///   - source: What gives the body.
    ///   - length: Bytes of the whole body where known, else it is sent in chunks. A source that
    ///     gives another number of bytes cuts the connection.
    ///   - lane: Where the source is called.
    ///   - urgency: How the calls queue on the lane.
    package init(
        _ status: Int,
        contentType: String? = nil,
        source: any BodySource,
        length: Int? = nil,
        on lane: Lane,
        _ urgency: Lane.Urgency = .patient
    ) {
        precondition((200...599).contains(status), "a final HTTP status")
        precondition(length ?? 0 >= 0, "a length")
        self.status = status
        body = .stream(
            ResponseStream(source: source, length: length, lane: lane, urgency: urgency)
        )
        if let contentType { set("Content-Type", contentType) }
    }

    /// A short text in plain words.
    package static func text(_ status: Int, _ text: String) -> Response {
        Response(status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
    }

    /// Adds a header field.
    ///
    /// Control characters in the value become spaces, so that no value can end its line; the name
    /// is the program's own.
    package mutating func set(_ name: String, _ value: String) {
        precondition(isToken(name), "a header name (RFC 9110 section 5.1)")
        precondition(
            !["content-length", "transfer-encoding", "connection", "date"]
                .contains(where: { isSameName($0, name) }),
            "framing is the server's"
        )
        let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        let clean =
            isClean
            ? value
            : String(
                decoding: value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 },
                as: UTF8.self
            )
        headers.append(name, clean)
    }

    /// The same with one header field more; see ``set(_:_:)``.
    package func with(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.set(name, value)
        return copy
    }
}

/// What gives a body piece by piece.
///
/// Calls come one at a time, from a lane's threads (server) or the caller's (client).
package protocol BodySource: AnyObject {
    /// The next bytes, empty ones allowed; nil at the end. Asked only when what was given before
    /// has been sent: at most one piece is in memory. Give about 16 to 64 KiB.
    func next() throws -> [UInt8]?
    /// Called once, when nothing more will be asked.
    func close()
}

/// The body of one response: a source that is used once.
///
/// The source is not `Sendable`, but it is only called by one job of the lane at a time, and the
/// response was given away with it: hence `@unchecked Sendable`.
package final class ResponseStream: @unchecked Sendable {
    let source: any BodySource
    let length: Int?
    let lane: Lane
    let urgency: Lane.Urgency
    private let isTaken = Atomic(false)

    init(source: any BodySource, length: Int?, lane: Lane, urgency: Lane.Urgency) {
        self.source = source
        self.length = length
        self.lane = lane
        self.urgency = urgency
    }

    func take() {
        let wasTaken = isTaken.exchange(true, ordering: .relaxed)
        precondition(!wasTaken, "a streamed response is sent once")
    }
}

/// A token of RFC 9110 section 5.6.2.
func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
}

func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
        UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
        UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
    default: false
    }
}
