/// What answers requests.
package protocol Service: Sendable {
    /// Decides what to do with a request whose head is in.
    ///
    /// Called on a network thread, which serves hundreds of other connections: look at the head,
    /// choose, return. Whatever reads a file or a database belongs into the plan's handler.
    func plan(_ head: RequestHead) -> Plan
}

/// What to do with one request.
package struct Plan: Sendable {
    /// The route, for logs and counters: a constant text without personal data.
    package let label: String
    let action: Action
    /// How fast the body must come; nil for the server's own ``ServerLimits/bodyPace``.
    let pace: Pace?

    enum Action: Sendable {
        case reply(Response)
        case collect(
            limit: Int,
            lane: Lane,
            urgency: Lane.Urgency,
            judge: (@Sendable () throws -> Void)?,
            handler: @Sendable ([UInt8]) throws -> Response
        )
        case stream(
            limit: Int,
            lane: Lane,
            urgency: Lane.Urgency,
            open: @Sendable () throws -> any BodyConsumer
        )
    }

    /// Replies at once, whatever the body says.
    package static func reply(_ response: Response, label: String) -> Plan {
        Plan(label: label, action: .reply(response), pace: nil)
    }

    /// Collects a body of at most `limit` bytes, 0 for none, and then calls the handler on the
    /// lane.
    ///
    /// The handler may throw a ``Refusal``; any other error is answered with 500. So may `judge`, which
    /// is asked, on the lane, before more than ``ServerLimits/unjudgedBytes`` of a body are taken:
    /// whoever it refuses has cost no memory.
    package static func collect(
        limit: Int = 0,
        on lane: Lane,
        _ urgency: Lane.Urgency = .prompt,
        pace: Pace? = nil,
        label: String,
        judge: (@Sendable () throws -> Void)? = nil,
        handler: @escaping @Sendable (_ body: [UInt8]) throws -> Response
    ) -> Plan {
        let action = Action.collect(
            limit: limit,
            lane: lane,
            urgency: urgency,
            judge: judge,
            handler: handler
        )
        return Plan(label: label, action: action, pace: pace)
    }

    /// Hands a body of at most `limit` bytes to a consumer as it comes.
    ///
    /// The consumer is opened on the lane before the first byte is read.
    package static func stream(
        limit: Int,
        on lane: Lane,
        _ urgency: Lane.Urgency = .patient,
        pace: Pace? = nil,
        label: String,
        open: @escaping @Sendable () throws -> any BodyConsumer
    ) -> Plan {
        let action = Action.stream(limit: limit, lane: lane, urgency: urgency, open: open)
        return Plan(label: label, action: action, pace: pace)
    }
}

/// What takes a body piece by piece: every call on the plan's lane, one at a time.
///
/// Of ``finish()`` returning and ``abandon()`` exactly one happens to every consumer opened. Each
/// of the two others may throw a ``Refusal``, which is the reply at once, though the client is
/// still sending; any other error is answered with 500. After an error comes ``abandon()``.
package protocol BodyConsumer: AnyObject {
    /// The next bytes: at least one, at most ``ServerLimits/pieceBytes``.
    func receive(_ piece: [UInt8]) throws
    /// The body is whole.
    func finish() throws -> Response
    /// The client has vanished or was cut, the server stops, or another call threw.
    func abandon()
}

/// A reply thrown by a handler or a consumer; its body is not a stream.
package struct Refusal: Error {
    package let response: Response

    package init(_ response: Response) {
        if case .stream = response.body {
            preconditionFailure("a refusal has its body at hand")
        }
        self.response = response
    }

    /// With a short text in plain words.
    package init(_ status: Int, _ text: String) {
        response = .text(status, text)
    }
}
