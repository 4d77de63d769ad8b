/// Where and how a ``Server`` listens.
package struct ServerConfiguration: Sendable {
    /// Numeric IPv4 or IPv6 addresses; `::` takes IPv4 as well.
    package var addresses: [String]
    /// 0 for any free port; several addresses then share the first one's.
    package var port: Int
    /// Without it the server speaks plain HTTP: on loopback only, or behind ``proxy``.
    package var identity: TLSIdentity?
    package var limits: ServerLimits
    /// The reverse proxy in front, by address: its `X-Forwarded-For` and `X-Forwarded-Proto` are
    /// believed, nobody else's.
    package var proxy: String?
    /// Threads that read and write sockets.
    package var ioThreads: Int

    /// Refuses what is no numeric address.
    package static func check(addresses: [String]) throws(HTTPError) {
        for text in addresses where SocketAddress(text) == nil { throw .badAddress(text) }
    }

    package init(
        addresses: [String] = ["127.0.0.1"],
        port: Int = 0,
        identity: TLSIdentity? = nil,
        limits: ServerLimits = ServerLimits(),
        proxy: String? = nil,
        ioThreads: Int = 2
    ) {
        self.addresses = addresses
        self.port = port
        self.identity = identity
        self.limits = limits
        self.proxy = proxy
        self.ioThreads = ioThreads
    }
}

/// The numbers that bound what clients may cost; the body of a request is its ``Plan``'s matter.
///
/// Memory that clients can make a server take: connections × connection memory, ``collectedBytes``,
/// and what consumers and sources of streams hold, of which the server itself adds at most one piece of
/// ``pieceBytes`` each.
package struct ServerLimits: Sendable {
    /// Open connections.
    ///
    /// Above seven eighths of it those that idle longest are closed, and if that is not enough the
    /// oldest requests under way of the addresses that have most.
    package var connections = 12_000
    /// Open connections from one IPv4 address or one IPv6 /64; 0 for no such limit.
    ///
    /// Behind a reverse proxy, of one client that it names. Many homes may share an address.
    package var connectionsPerAddress = 1_000
    /// The request line, `GET /path?query HTTP/1.1`.
    package var requestLineBytes = 4 << 10
    /// The request line and all headers.
    package var headBytes = 12 << 10
    package var headerCount = 64
    /// Time for a whole head, from the connection's or the last reply's end: it is the idle limit
    /// of a kept connection as well, and a head that drips in gains nothing by dripping.
    package var headTime: Duration = .seconds(30)
    /// How fast a body must come where its plan says nothing else.
    package var bodyPace = Pace(bytes: 2_000, every: .seconds(20))
    /// How fast a reply must be taken; the first period is not judged.
    package var replyPace = Pace(bytes: 600, every: .seconds(60))
    /// Memory of one connection for head and buffers; a head needs about twice its size.
    package var connectionMemory = 32 << 10

    /// Bytes of all bodies that are being collected.
    ///
    /// One address may have a quarter of it, beyond which it gets 503. Above three quarters the oldest
    /// bodies of the address that has most are cut.
    package var collectedBytes = 64 << 20

    package init() {}

    /// Bytes of a body that are collected from anybody; see ``Plan``'s `judge`.
    package static let unjudgedBytes = 16 << 10

    /// What is handed to a ``BodyConsumer``, and sent from a ``BodySource``, at once.
    package static let pieceBytes = 64 << 10
}

/// The least progress of a transfer: so many bytes in every period of this length.
///
/// Bytes earlier than needed are no credit: a line that stalls longer is cut, however fast it was.
/// Time in which the server itself works does not count.
package struct Pace: Hashable, Sendable {
    package var bytes: Int
    package var period: Duration

    package init(bytes: Int, every period: Duration) {
        precondition(bytes > 0 && period > .zero, "a pace moves")
        self.bytes = bytes
        self.period = period
    }

    /// For syncing over poor lines: real ones give 1 to 2 kB/s with pauses.
    package static let gentle = Pace(bytes: 600, every: .seconds(120))
}
