import Causality
import Replication
import Sealing
import TestSupport
import Testing

/// What both sides of an exchange decide, and the order in which they take things.
@Suite struct ExchangeTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `a side sends exactly the scopes in which the other lacks something`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (local, theirs) = (random.vectors(), random.vectors())
        for turn in [
            Exchange.request(local: local, known: theirs),
            Exchange.answer(to: .vectors(theirs), local: local, remembered: []),
        ] {
            for (path, vector) in local {
                let known = theirs[path] ?? .empty
                let isBehind = !known.dominates(vector) || !known.forks(from: vector).isEmpty
                #expect(turn.sends[path] == (isBehind || theirs[path] == nil ? known : nil))
            }
            #expect(Set(turn.sends.keys).isSubset(of: local.keys))
            #expect(turn.notices.isEmpty)
        }
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `nothing but digests travels between sides that hold the same`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let vectors = random.vectors()
        let request = Exchange.request(local: vectors, known: vectors)
        #expect(request.holdings == .digest(Hello.digest(of: vectors)))
        #expect(request.sends.isEmpty)
        let answer = Exchange.answer(to: request.holdings, local: vectors, remembered: [])
        #expect(answer == ExchangeTurn(holdings: request.holdings, sends: [:]))
    }

    @Test func `the first request states and sends everything`() {
        var random = SplitMix64(seed: 1)
        let vectors = random.vectors()
        let turn = Exchange.request(local: vectors, known: nil)
        #expect(turn.holdings == .vectors(vectors))
        #expect(turn.sends == vectors.mapValues { _ in .empty })
    }

    @Test func `a digest is looked up among what is remembered, else vectors are asked for`() {
        var random = SplitMix64(seed: 2)
        let (local, stated, sent) = (random.vectors(), random.vectors(), random.vectors())
        for theirs in [stated, sent] {
            let turn = Exchange.answer(
                to: .digest(Hello.digest(of: theirs)),
                local: local,
                remembered: [stated, sent]
            )
            #expect(turn == Exchange.answer(to: .vectors(theirs), local: local, remembered: []))
        }
        let turn = Exchange.answer(
            to: .digest(Hello.digest(of: sent)),
            local: local,
            remembered: [stated]
        )
        #expect(turn.notices == [Notice(.vectorsNeeded)])
        #expect(turn.sends.isEmpty)
        #expect(turn.holdings == .vectors(local))
    }

    // MARK: Order

    private let commune: SampleCommune
    private let streamHeader = StreamHeader.random()

    init() throws {
        commune = try SampleCommune()
    }

    /// The hello as it was signed; whoever receives it checks no more.
    private func receipt(_ hello: Hello) -> Receipt {
        Receipt(
            recipient: commune.hub.certificate.sealingKey,
            streamHeader: streamHeader,
            hello: hello.encode(),
            signature: commune.village.signing.sign([])
        )
    }

    private func event(_ hello: Hello, of node: SampleNode) -> BundleReader.Event {
        .hello(hello, node.certificate, receipt(hello))
    }

    @Test func `a hello comes first, once, and then what it announces until the end`() throws {
        let (hub, village) = (commune.hub, commune.village)
        var receiver = ExchangeReceiver(.answering, at: hub.certificate.node)
        let notice = BundleReader.Event.notice(Notice(.vectorsNeeded))
        #expect(throws: ExchangeError.outOfOrder) { try receiver.receive(notice) }
        #expect(throws: ExchangeError.outOfOrder) { try receiver.receive(.end) }
        let hello = village.hello(to: hub)
        guard
            case .meet(hello, village.certificate, receipt(hello)) = try receiver.receive(
                event(hello, of: village)
            )
        else {
            Issue.record("a hello is met")
            return
        }
        #expect(receiver.helloDigest == Hash.blake2b(hello.encode()))
        #expect(throws: ExchangeError.outOfOrder) {
            try receiver.receive(event(hello, of: village))
        }
        guard case .note = try receiver.receive(notice), case .finish = try receiver.receive(.end)
        else {
            Issue.record("a notice and the end are taken")
            return
        }
        #expect(throws: ExchangeError.outOfOrder) { try receiver.receive(notice) }
        #expect(throws: ExchangeError.outOfOrder) { try receiver.receive(.end) }
    }

    @Test func `a hello to another node, of another kind or from another peer is refused`() throws {
        let (hub, village, stranger) = (commune.hub, commune.village, commune.stranger)
        var answering = ExchangeReceiver(.answering, at: hub.certificate.node)
        #expect(throws: ExchangeError.self) {
            try answering.receive(event(village.hello(to: stranger), of: village))
        }
        #expect(throws: ExchangeError.outOfOrder) {
            try answering.receive(event(village.hello(to: hub, kind: .reply), of: village))
        }
        var asking = ExchangeReceiver(
            .asking(parent: hub.certificate.node, request: Hash.blake2b([1])),
            at: village.certificate.node
        )
        #expect(throws: ExchangeError.self) {
            try asking.receive(event(stranger.hello(to: village, kind: .reply), of: stranger))
        }
        #expect(throws: ExchangeError.outOfOrder) {
            try asking.receive(event(hub.hello(to: village), of: hub))
        }
    }

    @Test func `from a folder a request is taken of anybody, a reply of the parent only`() throws {
        let (hub, village, stranger) = (commune.hub, commune.village, commune.stranger)
        func receiver(_ parent: NodeID?) -> ExchangeReceiver {
            ExchangeReceiver(.reading(parent: parent), at: village.certificate.node)
        }
        var child = receiver(hub.certificate.node)
        _ = try child.receive(event(stranger.hello(to: village), of: stranger))
        var reply = receiver(hub.certificate.node)
        _ = try reply.receive(event(hub.hello(to: village, kind: .reply), of: hub))
        for parent in [nil, hub.certificate.node] {
            var other = receiver(parent)
            #expect(throws: ExchangeError.self) {
                try other.receive(event(stranger.hello(to: village, kind: .reply), of: stranger))
            }
        }
    }

    @Test func `a welcome that answers another request is refused where one was made`() throws {
        let (hub, village) = (commune.hub, commune.village)
        let request = Hash.blake2b([1])
        var welcome = hub.hello(to: village, kind: .reply)
        for answers in [nil, Hash.blake2b([2])] {
            welcome.answers = answers
            var asking = ExchangeReceiver(
                .asking(parent: hub.certificate.node, request: request),
                at: village.certificate.node
            )
            #expect(throws: ExchangeError.staleWelcome) {
                try asking.receive(event(welcome, of: hub))
            }
        }
        welcome.answers = request
        var asking = ExchangeReceiver(
            .asking(parent: hub.certificate.node, request: request),
            at: village.certificate.node
        )
        _ = try asking.receive(event(welcome, of: hub))
    }
}

extension SplitMix64 {
    /// Small vectors of a few scopes: equal, ordered, concurrent and forked ones are all frequent.
    fileprivate mutating func vectors() -> [String: VersionVector] {
        var vectors: [String: VersionVector] = [:]
        for path in ["a", "b", "c"] where percent(70) {
            vectors[path] = VersionVector(
                (1..<4 as Range<UInt64>).compactMap { log in
                    guard percent(60) else { return nil }
                    let seq = UInt64(1 + below(2))
                    return .init(log: LogID(log), seq: seq, hash: percent(10) ? 1 : seq + 10)
                }
            )
        }
        return vectors
    }
}
