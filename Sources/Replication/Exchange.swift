package import Causality
package import Sealing

/// Why an exchange cannot go on.
///
/// Both sides keep what they have applied so far.
package enum ExchangeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something other than a hello came first, or a second one.
    case outOfOrder
    /// The bundle is from, or to, another node than the exchange is with.
    case wrongNode(from: NodeID, to: NodeID)
    /// A welcome that answers another request: an old file, or a replay.
    case staleWelcome
    /// The peer's certificate is not trusted here.
    case untrusted(NodeID)
    /// The peer was revoked by the hub.
    case revoked(NodeID)
    /// The hub has given the peer another certificate since the bundle began.
    case rightsChanged(NodeID)

    package var description: String {
        switch self {
        case .outOfOrder: "the bundle's parts are not in their order: make it again"
        case .wrongNode(let from, let to):
            "the bundle goes from node \(from) to node \(to), neither of which is meant here"
        case .staleWelcome: "the reply answers an older request: sync once more"
        case .untrusted(let node): "node \(node) is not enrolled here: enrol it, or check its id"
        case .revoked(let node): "node \(node) was revoked by the hub"
        case .rightsChanged(let node):
            "node \(node) was given other rights meanwhile: sync once more"
        }
    }
}

/// What a side says of its holdings, and what it sends along.
package struct ExchangeTurn: Hashable, Sendable {
    package let holdings: Hello.Holdings
    /// By scope: the vector beyond which segments are sent.
    package let sends: [String: VersionVector]
    package let notices: [Notice]

    package init(
        holdings: Hello.Holdings,
        sends: [String: VersionVector],
        notices: [Notice] = []
    ) {
        self.holdings = holdings
        self.sends = sends
        self.notices = notices
    }
}

/// The decisions of an exchange: pure functions of what both sides hold (`sync-protocol.md` section 9).
package enum Exchange {
    /// What the asking side says and sends.
    ///
    /// `local`: the vectors held of the scopes that both sides may hold.
    /// `known`: the answering side's vectors as far as known for certain; nil before the first
    /// contact.
    package static func request(
        local: [String: VersionVector],
        known: [String: VersionVector]?
    ) -> ExchangeTurn {
        if let known, Hello.digest(of: known) == Hello.digest(of: local) {
            return ExchangeTurn(holdings: .digest(Hello.digest(of: local)), sends: [:])
        }
        return ExchangeTurn(holdings: .vectors(local), sends: news(in: local, beyond: known ?? [:]))
    }

    /// What the answering side says and sends after applying what came.
    ///
    /// `stated`: what the asking side said of its holdings.
    /// `remembered`: sets of vectors that the asking side may hold: what it last said, and what it
    /// has if it took all that it was last sent. A digest tells which.
    package static func answer(
        to stated: Hello.Holdings,
        local: [String: VersionVector],
        remembered: [[String: VersionVector]]
    ) -> ExchangeTurn {
        let theirs: [String: VersionVector]
        switch stated {
        case .digest(let digest):
            if digest == Hello.digest(of: local) {
                return ExchangeTurn(holdings: .digest(digest), sends: [:])
            }
            guard let held = remembered.first(where: { Hello.digest(of: $0) == digest }) else {
                return ExchangeTurn(
                    holdings: .vectors(local),
                    sends: [:],
                    notices: [Notice(.vectorsNeeded)]
                )
            }
            theirs = held
        case .vectors(let vectors):
            theirs = vectors
        }
        return ExchangeTurn(holdings: .vectors(local), sends: news(in: local, beyond: theirs))
    }

    /// The scopes in which the other side lacks something or holds another history, with what it holds.
    private static func news(
        in local: [String: VersionVector],
        beyond theirs: [String: VersionVector]
    ) -> [String: VersionVector] {
        var news: [String: VersionVector] = [:]
        for (path, vector) in local {
            let held = theirs[path]
            if let held, held.dominates(vector), held.forks(from: vector).isEmpty { continue }
            news[path] = held ?? .empty
        }
        return news
    }
}

/// The order of an exchange on one side: which events may come when, and what is to be done.
///
/// No I/O: the carrier feeds what a ``BundleReader`` makes of the bytes, in memory, from a file or
/// from a socket.
package struct ExchangeReceiver: Sendable {
    package enum Action: Sendable {
        /// Judge the peer and take up what it says it holds.
        case meet(Hello, Certificate, Receipt)
        case apply(Segment, isRedacted: Bool)
        /// Keep a branch that the peer had to set aside.
        case consider(Segment, isRedacted: Bool)
        case note(Notice)
        /// Take into account what this side may have stated earlier.
        case recall(Receipt)
        /// The bundle was complete.
        case finish
    }

    private enum State: Sendable {
        case expectingHello
        case receiving
        case finished
    }

    /// Which bundles this side takes.
    package enum Role: Hashable, Sendable {
        /// Requests of children.
        case answering
        /// The parent's welcome to this very request.
        case asking(parent: NodeID, request: Digest)
        /// What lies on a stick: requests of children, and whatever the parent has written; it may
        /// be older than the last request, or answer none.
        case reading(parent: NodeID?)
    }

    private var state = State.expectingHello
    private let node: NodeID
    private let role: Role
    /// The hash of the hello that came.
    package private(set) var helloDigest: Digest?

    package init(_ role: Role, at node: NodeID) {
        self.role = role
        self.node = node
    }

    package mutating func receive(
        _ event: BundleReader.Event
    ) throws(ExchangeError) -> Action {
        switch (state, event) {
        case (.expectingHello, .hello(let hello, let certificate, let receipt)):
            try check(hello)
            state = .receiving
            helloDigest = Hash.blake2b(receipt.hello)
            return .meet(hello, certificate, receipt)
        case (.receiving, .segment(let segment, let isRedacted, let isOffer)):
            return isOffer
                ? .consider(segment, isRedacted: isRedacted)
                : .apply(segment, isRedacted: isRedacted)
        case (.receiving, .notice(let notice)):
            return .note(notice)
        case (.receiving, .receipt(let receipt)):
            return .recall(receipt)
        case (.receiving, .end):
            state = .finished
            return .finish
        default:
            throw .outOfOrder
        }
    }

    private func check(_ hello: Hello) throws(ExchangeError) {
        let parent: NodeID? =
            switch role {
            case .answering: nil
            case .asking(let parent, _): parent
            case .reading(let parent): parent
            }
        guard hello.to == node else { throw .wrongNode(from: hello.from, to: hello.to) }
        switch (role, hello.kind) {
        case (.answering, .request), (.reading, .request): return
        case (.asking, .reply), (.reading, .reply):
            guard hello.from == parent else {
                throw .wrongNode(from: hello.from, to: hello.to)
            }
        default: throw .outOfOrder
        }
        if case .asking(_, let request) = role, hello.answers != request { throw .staleWelcome }
    }
}
