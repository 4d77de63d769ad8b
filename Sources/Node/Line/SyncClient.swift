import Causality
package import HTTP
import Replication
import SQLite
package import Store

/// What syncing with the hub did.
package struct SyncResult: Hashable, Sendable {
    /// Requests that were answered.
    package var exchanges = 0
    package var bytesOut = 0
    package var bytesIn = 0
    /// Taken in.
    package var segments = 0
    package var entries = 0
    package var refused: [ApplyOutcome.Refusal] = []
    package var quarantined = 0
    package var healedLogs = 0
    /// Why it ended before both sides were equal; nil where they are.
    package var problem: SyncProblem?
    /// Milliseconds that the hub's clock is ahead of ours.
    package var clockOffset: Int64?
    /// Name and version of the hub's programme.
    package var software: String?

    package init() {}
}

/// The side that asks: a village with its hub, a commune's hub with the city's.
///
/// One run makes exchanges until both sides hold the same, or the line gives nothing more. The
/// store is used through its lane, for moments only, so that forms never wait for the line.
///
/// On a line that breaks, an exchange must not be larger than what passes between two breaks, or
/// the hub's answer never comes and all is sent again. So a request that stays without an answer is
/// halved, and at most ``LineLimits/brokenLineBytes``, as is the reply that is asked for; then a hello
/// alone asks how far the hub has come, and the next request goes on from there. For one thread.
package final class SyncClient {
    /// The numbers that a run is steered by; bytes are sealed ones.
    package struct Settings: Hashable, Sendable {
        package var requestBytes = 256 << 10
        package var replyBytes = 1 << 20
        package var bytesMin = 4 << 10
        package var bytesMax = 64 << 20
        /// Rounds in a row that bring nothing before a run gives up.
        package var fruitlessMax = 4
        /// Answers in a row after which more is tried than has failed before.
        package var answersToTryMore = 8

        package init() {}
    }

    private let store: StoreLane
    private let software: String
    private let settings: Settings
    private let line: HubLine
    /// Addresses that count before those of the hub's card.
    private let addresses: [HubAddress]
    private let pause: (Duration) -> Void
    private let call: ClientCall
    /// What passes at once, as far as the line has shown.
    private var requestBytes: Int
    private var replyBytes: Int
    /// A request of so many bytes found no answer; raised again after some that did.
    private var ceiling: Int
    private var answersInARow = 0
    private var isProbing = false
    private var partial: PartialSegment?

    /// A client of the hub that the store is enrolled at.
    ///
    /// `pause`: waits between two tries on a line that fails. `call`: ends the run from another
    /// thread, for good.
    package init(
        _ store: StoreLane,
        software: String,
        addresses: [HubAddress] = [],
        settings: Settings = Settings(),
        client: ClientSettings = ClientSettings(),
        call: ClientCall = ClientCall(),
        pause: @escaping (Duration) -> Void
    ) {
        self.store = store
        self.software = software
        self.addresses = addresses
        self.settings = settings
        self.pause = pause
        self.call = call
        line = HubLine(client)
        requestBytes = settings.requestBytes
        replyBytes = settings.replyBytes
        ceiling = settings.bytesMax
    }

    /// Syncs until nothing is left to do, or the line gives nothing more; notes how it went.
    package func run() throws -> SyncResult {
        var result = SyncResult()
        var fruitless = 0
        var last: SyncProblem?
        for number in 0... {
            let isQuestion = isProbing
            let round = try round(goingOn: number > 0)
            round.add(to: &result)
            result.problem = round.problem
            last = round.problem ?? last
            let mayGoOn = round.problem.map { $0.isOfLine || line.isBroken } ?? round.isMoreLeft
            guard mayGoOn else {
                if round.problem == nil, round.isRefused { result.problem = .refused }
                break
            }
            if round.isAdvance {
                fruitless = 0
            } else if !isQuestion || round.problem != nil {
                fruitless += 1
            }
            guard fruitless < settings.fruitlessMax else {
                // What came through last may have been a mere question.
                result.problem = last ?? .cut
                break
            }
            if fruitless > 0, round.problem != nil {
                pause(.milliseconds(250 << fruitless))
            }
        }
        try note(result)
        if result.problem == nil { try renewCard() }
        return result
    }

    /// Notes how things went, for the status to say.
    func note(_ result: SyncResult) throws {
        try store.run(.patient) { store in
            guard let parent = try store.identity()?.parent?.node else { return }
            let now = store.environment.wall()
            let contact = Contact(
                node: parent,
                at: result.exchanges > 0 && result.problem == nil ? now : nil,
                triedAt: now,
                problem: result.problem?.code,
                clockOffset: result.clockOffset,
                software: result.software
            )
            do {
                try store.note([contact])
            } catch let error as SQLiteError where error.isFull {
                // The result says so itself.
            }
        }
    }

    // MARK: One request and reply

    /// What is known before anything is sent.
    private struct Aim {
        let addresses: [HubAddress]
        let pins: [[UInt8]]
    }

    private func aim() throws -> Aim {
        try store.run(.patient) { store in
            guard try store.identity()?.parent != nil else { throw StoreError.notEnrolled }
            let card = try CodeEnrolment.hubCard(store)
            let known = try HubAddress.known(card, store)
            return Aim(
                addresses: addresses + known.filter { !addresses.contains($0) },
                pins: card?.pins ?? []
            )
        }
    }

    /// Keeps an address that has answered and that was typed.
    private func remember(_ address: HubAddress) throws {
        try store.run(.patient) { store in
            if addresses.contains(address) { try address.remember(in: store) }
            try address.endSearch(in: store)
        }
    }

    /// One exchange; throws only what is this machine's own failure beyond the line.
    private func round(goingOn: Bool) throws -> Round {
        var round = Round()
        do {
            let aim = try aim()
            let broken = try line.reaching(aim.addresses, goingOn: goingOn) { address in
                try ask(address, pins: aim.pins, &round)
            }
            if let address = line.lastGood { try remember(address) }
            if let broken { throw broken }
            grow(round)
        } catch let problem as SyncProblem {
            round.problem = problem
            shrink(round)
        } catch {
            guard let problem = Self.problem(of: error) else { throw error }
            round.problem = problem
            shrink(round)
        }
        return round
    }

    /// One exchange at an address; returns the problem of a line that broke behind the hub's hello,
    /// where no other address would do better.
    private func ask(
        _ address: HubAddress,
        pins: [[UInt8]],
        _ round: inout Round
    ) throws -> SyncProblem? {
        do {
            do {
                try exchange(at: address, pins: pins, &round)
            } catch let problem as SyncProblem where [.otherKey, .proxyKey].contains(problem) {
                // The hub may have a new certificate, and says so with the key that counts.
                guard let pins = try renewedPins(at: address, than: pins) else { throw problem }
                try exchange(at: address, pins: pins, &round)
            }
            return nil
        } catch let problem as SyncProblem where problem.isOfLine && round.isAnswered {
            return problem
        }
    }

    /// Sends and asks for more where all went well, up to what has failed before.
    private func grow(_ round: Round) {
        // A short reply says nothing of longer ones.
        if round.bytesIn >= replyBytes / 2 { replyBytes = min(replyBytes * 2, settings.bytesMax) }
        // That a question came through says nothing of larger requests.
        guard !isProbing else {
            isProbing = false
            return
        }
        answersInARow += 1
        if answersInARow >= settings.answersToTryMore {
            ceiling = min(ceiling * 2, settings.bytesMax)
            answersInARow = 0
        }
        requestBytes = max(requestBytes, min(requestBytes * 2, ceiling / 4 * 3))
    }

    /// Halves what is sent, and asked for, where nothing came back; of a reply that was cut off
    /// behind the hub's hello less is lost next time.
    private func shrink(_ round: Round) {
        guard !round.isAnswered else {
            replyBytes = min(replyBytes, LineLimits.brokenLineBytes)
            isProbing = false
            return
        }
        guard round.bytesOut > 0 else { return }
        answersInARow = 0
        if !isProbing {
            ceiling = max(min(requestBytes, round.bytesOut), settings.bytesMin)
            requestBytes = smaller(ceiling)
        }
        replyBytes = smaller(replyBytes)
        // First ask how far the hub has come.
        isProbing = true
    }

    private func smaller(_ bytes: Int) -> Int {
        max(min(bytes / 2, LineLimits.brokenLineBytes), settings.bytesMin)
    }

    private func renewedPins(
        at address: HubAddress,
        than pins: [[UInt8]]
    ) throws -> [[UInt8]]? {
        let card: HubCard
        do {
            card = try line.card(at: address)
        } catch SyncProblem.portal {
            throw SyncProblem.portal
        } catch {
            return nil
        }
        guard card.pins != pins else { return nil }
        return try store.run(.patient) { store in
            do {
                return try CodeEnrolment.keep(card, in: store) ? card.pins : nil
            } catch NodeError.otherHub {
                return nil
            }
        }
    }

    /// Asks for the hub's card once a day, over the line whose key has just been the right one: so a
    /// node knows the hub's new addresses while the old ones still lead to it.
    ///
    /// What does not come today is asked for tomorrow.
    private func renewCard() throws {
        guard let address = line.lastGood else { return }
        let pins = try store.run(.patient) { try CodeEnrolment.pinsWhereCardIsDue($0) }
        guard let pins, let card = try? line.card(at: address, pins: pins) else { return }
        try store.run(.patient) { store in
            do {
                try CodeEnrolment.keep(card, in: store)
            } catch NodeError.otherHub {
                // The exchange itself says what is wrong.
            }
        }
    }

    private func exchange(
        at address: HubAddress,
        pins: [[UInt8]],
        _ round: inout Round
    ) throws {
        let client = try line.client(pins: pins)
        let (source, session) = try store.run(.patient) { store in
            let source = try store.request(software: software, resuming: partial)
            return (source, try ExchangeSession(asking: store, request: source.digest))
        }
        let body = RequestBody(source, store, limit: isProbing ? nil : requestBytes)
        let reply = ReplyTaker(session, store)
        let before = try store.run(.patient) { try $0.parentState() }
        defer {
            round.bytesOut += source.taken
            round.bytesIn += reply.count
            // Nothing is asked of it before the key was looked at.
            if source.taken > 0 { line.prove(address) }
        }
        var failure: (any Error)?
        do {
            _ = try HubLine.mapping { () throws(ClientError) in
                try client.exchange(
                    address.url("sync/1"),
                    method: .post,
                    headers: [
                        ("Content-Type", HubService.bundleType),
                        (HubService.replyLimitHeader, String(replyBytes)),
                    ],
                    body: .stream(body, length: nil),
                    call: call,
                    onHead: { head in
                        guard head.headers["Content-Type"] == HubService.bundleType else {
                            throw SyncProblem.portal
                        }
                    },
                    onBody: { try reply.take($0) }
                )
            }
        } catch {
            failure = error
        }
        try close(session, source, reply, before: before, failure, &round)
    }

    /// Keeps what came, whatever happened, and says what is left to do.
    private func close(
        _ session: ExchangeSession,
        _ source: BundleSource,
        _ reply: ReplyTaker,
        before: ParentState,
        _ failure: (any Error)?,
        _ round: inout Round
    ) throws {
        var damage: (any Error)?
        try store.run(.patient) { store in
            // Bytes that a break left behind count like all others; what the reader has refused
            // before is refused again. Whatever the last piece is, what came before it is kept.
            do { try reply.push() } catch { damage = error }
            try session.close()
            let summary = session.summary
            round.isAnswered = session.hello != nil
            round.take(summary, session.hello)
            let after = try store.parentState()
            if summary.applied > 0 || after != before { round.isAdvance = true }
            if let hello = session.hello {
                if hello.partial != partial { round.isAdvance = true }
                partial = hello.partial
            } else {
                partial = nil
            }
            let isToldMore = summary.notices.contains {
                [.vectorsNeeded, .resend, .missing, .fork].contains($0.code)
            }
            // What the hub does not take now it does not take a moment later either.
            round.isMoreLeft =
                try !source.isWhole || !summary.isComplete || isToldMore
                || (round.isAdvance && store.hasNewsForParent())
            round.isRefused = summary.notices.contains { $0.code == .refused }
        }
        if let failure = failure ?? damage { throw failure }
        guard round.isAnswered else { throw SyncProblem.cut }
    }

    /// What an error of this side or of the bytes is; nil for what is no matter of a line.
    private static func problem(of error: any Error) -> SyncProblem? {
        switch error {
        case let error as SQLiteError where error.isFull: .diskFull
        case SQLiteError.busy: .failed
        case ReplicationError.version(let theirs, let ours): .version(theirs: theirs, ours: ours)
        case ReplicationError.envelopeVersion: .version(theirs: 0, ours: Hello.version)
        case ReplicationError.notForThisNode, ExchangeError.wrongNode: .wrongHub
        case ExchangeError.untrusted: .wrongHub
        case is ReplicationError, is ExchangeError: .damaged
        default: nil
        }
    }
}
