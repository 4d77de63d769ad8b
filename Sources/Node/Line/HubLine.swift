import HTTP
import Replication
import Survey

/// The line to a hub: its addresses in turn, the keys that are expected there.
///
/// For one thread.
final class HubLine {
    /// Bytes of a hub's card: one certificate and little more.
    private static let cardBytesMax = 2 * ReplicationLimits.certificateBytesMax

    private let settings: ClientSettings
    /// For a card or a call, which are a kilobyte: whoever drips one in is no hub.
    private let briefSettings: ClientSettings
    private var clients: [Matched: Client] = [:]
    /// The address that answered last is asked first.
    private(set) var lastGood: HubAddress?
    /// The first of the addresses that were given last.
    private var first: HubAddress?
    /// What became of the addresses that were asked in this run and did not answer.
    private var failed: [HubAddress: SyncProblem] = [:]
    /// Those of this run that are the hub's without doubt: they have shown its key.
    private var proven: Set<HubAddress> = []

    private struct Matched: Hashable {
        let pins: [[UInt8]]
        let isBrief: Bool
    }

    init(_ settings: ClientSettings) {
        self.settings = settings
        var brief = settings
        brief.totalTime = min(settings.totalTime ?? LineLimits.answerTime, LineLimits.answerTime)
        briefSettings = brief
    }

    /// Tries the addresses until one is the hub's.
    ///
    /// What another address might still make good (no answer, a line that is cut, a portal, another
    /// machine) goes on to the next; the problem thrown is that of the address that came farthest.
    /// `goingOn`: whether the same addresses were tried a moment ago. Those that led nowhere then are
    /// waited for again only where no other is left.
    func reaching<R>(
        _ addresses: [HubAddress],
        goingOn: Bool = false,
        _ body: (HubAddress) throws -> R
    ) throws -> R {
        guard !addresses.isEmpty else { throw SyncProblem.noAddress }
        if !goingOn {
            failed = [:]
            proven = []
        }
        if addresses.first != first {
            // Somebody has said where the hub is now: that counts for more than where it was.
            first = addresses.first
            lastGood = nil
        }
        for address in worthwhile(addresses) {
            do {
                let result = try body(address)
                lastGood = address
                failed[address] = nil
                return result
            } catch let problem as SyncProblem where problem.isOfAddress {
                failed[address] = problem
            }
        }
        throw worst(of: addresses) ?? .unreachable
    }

    /// Whether an address was the hub's whose line broke, and the same may go on a moment later.
    var isBroken: Bool { failed.values.contains(where: \.isOfLine) }

    /// Notes that somebody at an address has shown the hub's key.
    func prove(_ address: HubAddress) { proven.insert(address) }

    private func worthwhile(_ addresses: [HubAddress]) -> [HubAddress] {
        let ordered = addresses.filter { $0 == lastGood } + addresses.filter { $0 != lastGood }
        let open = ordered.filter { [nil, .cut].contains(failed[$0]) }
        let slow = ordered.filter { failed[$0] == .timeout }
        return open.isEmpty ? slow.isEmpty ? ordered : slow : open
    }

    private func worst(of addresses: [HubAddress]) -> SyncProblem? {
        func distance(_ address: HubAddress) -> Int {
            guard let problem = failed[address] else { return -1 }
            return problem.isOfLine && proven.contains(address) ? .max : problem.distance
        }
        return addresses.max { distance($0) < distance($1) }.flatMap { failed[$0] }
    }

    /// A client that believes only these keys; the public authorities where none are known.
    ///
    /// `isBrief`: for a short answer, which comes within ``LineLimits/answerTime``.
    func client(pins: [[UInt8]], isBrief: Bool = false) throws -> Client {
        let matched = Matched(pins: pins, isBrief: isBrief)
        if let client = clients[matched] { return client }
        let client = Client(
            trust: try pins.isEmpty
                ? .system : .pinnedKeys(pins.map { try TLSIdentity.pin(ofPublicKey: $0) }),
            settings: isBrief ? briefSettings : settings
        )
        clients[matched] = client
        return client
    }

    /// Fetches the card of the hub at an address; the card's own signature says whose it is, so
    /// without pins it may come from anybody.
    func card(at address: HubAddress, pins: [[UInt8]]? = nil) throws -> HubCard {
        let client =
            try pins.map { try self.client(pins: $0, isBrief: true) }
            ?? Client(trust: .unverified, settings: briefSettings)
        let (head, body) = try Self.mapping {
            () throws(ClientError) in
            try client.collect(address.url("hub"), limit: Self.cardBytesMax)
        }
        guard head.headers["Content-Type"] == HubService.cardType else { throw SyncProblem.portal }
        do {
            return try HubCard(body)
        } catch {
            throw SyncProblem.damaged
        }
    }

    /// Sends a short body and takes a short reply.
    func call(
        _ path: String,
        _ body: [UInt8],
        at address: HubAddress,
        pins: [[UInt8]]
    ) throws -> [UInt8] {
        let client = try client(pins: pins, isBrief: true)
        let (head, reply) = try Self.mapping { () throws(ClientError) in
            try client.collect(
                address.url(path),
                method: .post,
                headers: [("Content-Type", HubService.callType)],
                body: .bytes(body),
                limit: EnrolmentAnswer.bytesMax
            )
        }
        guard head.headers["Content-Type"] == HubService.callType else { throw SyncProblem.portal }
        return reply
    }

    /// Runs an exchange; its error becomes a ``SyncProblem``, or is what the caller's own functions
    /// have thrown.
    static func mapping<R>(_ body: () throws(ClientError) -> R) throws -> R {
        do {
            return try body()
        } catch {
            switch error {
            case .noSuchHost, .namesSilent: throw SyncProblem.noName
            case .cannotConnect: throw SyncProblem.unreachable
            case .proxyRefused(status: 407): throw SyncProblem.proxyPassword
            case .proxyRefused: throw SyncProblem.proxyRefused
            case .proxyIntercepts: throw SyncProblem.proxyKey
            case .otherServer, .untrusted: throw SyncProblem.otherKey
            case .notValidNow: throw SyncProblem.certificateTime
            // A portal that speaks no TLS, or that breaks it open.
            case .tls, .notHTTP: throw SyncProblem.portal
            case .timedOut: throw SyncProblem.timeout
            case .cut: throw SyncProblem.cut
            case .cancelled: throw SyncProblem.stopped
            case .badURL: throw SyncProblem.noAddress
            case .status(let reply): throw problem(of: reply)
            case .abandoned(let error): throw error
            case .failed: throw SyncProblem.failed
            }
        }
    }

    private static func problem(of reply: RefusedReply) -> SyncProblem {
        let refusal = LineRefusal(
            status: reply.status,
            contentType: reply.contentType,
            body: reply.excerpt
        )
        if let refusal { return refusal.problem }
        switch reply.status {
        // The server's own words, or those of a proxy in front of it.
        case 413: return .tooLarge
        case 429, 503: return .busy(retryAfterSeconds: 0)
        case 502: return .unreachable
        case 408, 504: return .timeout
        case 500: return .hubFailed
        default: return .portal
        }
    }
}

extension SyncProblem {
    /// Whether another address of the same hub may do better.
    fileprivate var isOfAddress: Bool { distance >= 0 }

    /// How far towards the hub somebody came with such a problem.
    ///
    /// Of several addresses the one that came farthest says most. Negative for what is no matter of
    /// an address.
    fileprivate var distance: Int {
        switch self {
        case .noName: 0
        case .unreachable: 1
        case .timeout: 2
        case .cut: 3
        case .proxyRefused: 4
        case .proxyPassword: 5
        // Not in the hub's own words, which name seconds: something in front of it has none left.
        case .busy(retryAfterSeconds: 0): 6
        case .portal: 7
        case .certificateTime: 8
        case .otherKey: 9
        case .proxyKey: 10
        case .noHub: 11
        case .wrongHub: 12
        default: -1
        }
    }

    /// Whether another try a moment later may go on.
    var isOfLine: Bool {
        switch self {
        case .cut, .timeout, .damaged, .tooLarge: true
        default: false
        }
    }
}

extension SyncProblem: Error, CustomStringConvertible {
    package var description: String { label.en }
}
