package import Replication
package import Store

/// What both sides of an exchange in memory did.
package struct TestExchange {
    package let hub: ExchangeSummary
    package let child: ExchangeSummary
    package let requestBytes: Int
    package let replyBytes: Int
    /// What the hub says it has of a segment that was cut.
    package let partial: PartialSegment?

    /// Runs one request and reply; each may be cut after so many bytes.
    ///
    /// `resuming`: what the hub has said so before.
    package init(
        _ child: Store,
        with hub: Store,
        cutRequest: Int? = nil,
        cutReply: Int? = nil,
        resuming: PartialSegment? = nil
    ) throws {
        var request: [UInt8] = []
        let source = try child.request(software: "test", resuming: resuming)
        try source.write { request += $0 }
        let answering = try ExchangeSession(answering: hub)
        try answering.push(request.prefix(cutRequest ?? request.count))
        try answering.close()
        var reply: [UInt8] = []
        if answering.peer != nil {
            try answering.reply(software: "test") { reply += $0 }
        }
        let asking = try ExchangeSession(asking: child, request: source.digest)
        try asking.push(reply.prefix(cutReply ?? reply.count))
        try asking.close()
        self.hub = answering.summary
        self.child = asking.summary
        partial = asking.hello?.partial
        requestBytes = request.count
        replyBytes = reply.count
    }
}
