/// One request that is over, for an access log and counters; nothing in it names a person.
package struct FinishedRequest: Sendable {
    package enum Outcome: String, Hashable, Sendable {
        /// The whole reply was handed to the system.
        case replied
        /// The head had more than one reading or was over a limit; nothing was planned.
        case refused
        /// The client went away, or its line broke.
        case vanished
        /// The client was cut for being slower than its limit.
        case tooSlow
        /// The server stopped.
        case stopped
        /// The source of the reply's body failed: the client saw a cut.
        case failed
    }

    /// Nil where the head was refused.
    package let method: Method?
    /// The plan's; empty where the head was refused.
    package let label: String
    /// 0 where no reply was begun.
    package let status: Int
    package let outcome: Outcome
    /// Body bytes.
    package let bytesIn: Int
    /// Body bytes.
    package let bytesOut: Int
    package let duration: Duration
    /// What a handler, consumer or source threw that was not a ``Refusal``.
    package let fault: (any Error)?
}

/// What a server has seen since it started.
package struct ServerCounters: Hashable, Sendable {
    /// Connections that are open now.
    package var open = 0
    package var accepted = 0
    /// Closed at once: their address had too many.
    package var overAddressLimit = 0
    /// Closed at once: with a proxy in front, they came from elsewhere.
    package var pastProxy = 0
    /// Closed for idling while there were nearly too many connections.
    package var crowdedOut = 0
    /// Heads that did not come within their time, idle kept connections included.
    package var headTooSlow = 0
    package var bodyTooSlow = 0
    package var replyTooSlow = 0
    /// Requests that are over.
    package var requests = 0
    /// Of those: malformed or over a limit of the head.
    package var refusedHeads = 0
    /// Of those: answered with 401 or 403, so that their senders may not do what they asked for.
    package var denied = 0
    /// Of those: refused because the plan's lane was full.
    package var overloads = 0

    package init() {}
}
