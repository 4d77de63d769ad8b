import Causality
import Replication
import SQLite
import Sealing
import Store

/// A bundle on a stick: it may be read late, twice, or never.
struct Stick {
    let bytes: [UInt8]
    let from: Int
    let to: Int
    let kind: Hello.Kind
}

/// What happens to one bundle on its way.
struct Handling {
    /// Bytes that arrive; nil: all.
    var cut: Int?
    /// A bit of this byte is turned over.
    var damaged: Int?
    /// A bundle that may be older than what both sides hold now.
    var isOld = false

    var isWhole: Bool { cut == nil && damaged == nil }
}

extension World {
    // MARK: Over a line

    func exchangeSomewhere() throws {
        let children = databases.filter { nodes[$0.node].parent != nil }
        guard let child = pick(children), let parent = parent(of: child) else { return }
        try exchange(child, parent, isRough: true)
    }

    func parent(of child: SimulatedDatabase) -> SimulatedDatabase? {
        databases.first { $0.node == nodes[child.node].parent }
    }

    /// One request and one reply; rough ones are cut, damaged, repeated, or end in a crash.
    func exchange(
        _ child: SimulatedDatabase,
        _ parent: SimulatedDatabase,
        isRough: Bool
    ) throws {
        figures.exchanges += 1
        trace.note("\(name(child)) exchanges with \(name(parent))")
        // Over a line the hub can say at once that it does not know the node (any more).
        let isKnown = try child.store.isKnownToParent() && !hasForgotten(child, parent)
        let asked = try request(of: child, mayCrash: isRough, showsCertificate: !isKnown)
        guard let (bytes, digest) = asked else { return }
        let there = handling(bytes.count, isRough: isRough)
        guard let reply = try answer(bytes, by: parent, there, mayCrash: isRough) else {
            return try inspect(child)
        }
        if isRough, random.percent(10) {
            // The reply is lost, or kept on a stick.
            keep(Stick(bytes: reply, from: parent.node, to: child.node, kind: .reply))
            return try inspect(child)
        }
        let back = handling(reply.count, isRough: isRough)
        try receive(reply, by: child, back, request: digest, mayCrash: isRough)
    }

    /// Whether the hub was set back to before it knew the node: it refuses a request that shows no
    /// certificate, and the node makes it again.
    private func hasForgotten(
        _ child: SimulatedDatabase,
        _ parent: SimulatedDatabase
    ) throws -> Bool {
        let node = nodes[child.node].identity.node
        return try !parent.store.enrolled().contains { $0.certificate.node == node }
    }

    private func handling(_ count: Int, isRough: Bool) -> Handling {
        var handling = Handling()
        guard isRough, random.percent(weights.cuts) else { return handling }
        figures.cuts += 1
        if random.percent(10) {
            handling.damaged = random.below(count)
        } else {
            handling.cut = random.below(count)
        }
        return handling
    }

    /// The bytes of a request and the digest of its hello; nil where the machine stopped.
    private func request(
        of child: SimulatedDatabase,
        mayCrash: Bool,
        showsCertificate: Bool = true
    ) throws -> (bytes: [UInt8], digest: Digest)? {
        var bytes: [UInt8] = []
        var digest: Digest?
        let keys = try keys()
        let isWhole = random.percent(5)
        let isDone = try crashing(child, mayCrash: mayCrash) {
            bytes = []
            digest = try child.store.request(
                software: "simulation",
                keys: keys,
                isWhole: isWhole,
                showsCertificate: showsCertificate
            ) { bytes += $0 }
        }
        guard isDone, let digest else {
            try inspect(child)
            return nil
        }
        return (bytes, digest)
    }

    /// What the hub answers; nil where it stopped, or does not speak with the node.
    private func answer(
        _ bytes: [UInt8],
        by parent: SimulatedDatabase,
        _ handling: Handling,
        mayCrash: Bool
    ) throws -> [UInt8]? {
        var reply: [UInt8]?
        let keys = try keys()
        var summary = ExchangeSummary()
        let isDone = try crashing(parent, mayCrash: mayCrash) {
            reply = nil
            let session = try ExchangeSession(answering: parent.store)
            let isSpeaking = try push(bytes, to: session, handling)
            try session.close()
            summary = session.summary
            guard isSpeaking, session.peer != nil else { return }
            var written: [UInt8] = []
            try session.reply(software: "simulation", keys: keys) { written += $0 }
            reply = written
        }
        note(summary, of: parent)
        try inspect(parent)
        guard isDone else { return nil }
        if handling.isWhole, !handling.isOld, isUneventful(summary), random.percent(15) {
            try repeated(parent) {
                let session = try ExchangeSession(answering: parent.store)
                _ = try push(bytes, to: session, Handling(isOld: true))
                try session.close()
            }
        }
        return reply
    }

    /// The welcome to this very request, or what lies on a stick.
    private func session(
        of child: SimulatedDatabase,
        request: Digest?
    ) throws -> ExchangeSession {
        try request.map { try ExchangeSession(asking: child.store, request: $0) }
            ?? ExchangeSession(reading: child.store)
    }

    /// Reads a reply.
    private func receive(
        _ bytes: [UInt8],
        by child: SimulatedDatabase,
        _ handling: Handling,
        request: Digest?,
        mayCrash: Bool
    ) throws {
        var summary = ExchangeSummary()
        let isDone = try crashing(child, mayCrash: mayCrash) {
            let session = try session(of: child, request: request)
            _ = try push(bytes, to: session, handling)
            try session.close()
            summary = session.summary
        }
        note(summary, of: child)
        try inspect(child)
        guard isDone, handling.isWhole, !handling.isOld, isUneventful(summary),
            random.percent(15)
        else { return }
        try repeated(child) {
            let session = try session(of: child, request: request)
            _ = try push(bytes, to: session, Handling(isOld: true))
            try session.close()
        }
    }

    private func note(_ summary: ExchangeSummary, of database: SimulatedDatabase) {
        figures.healedForks += summary.healedLogs.count
        var words: [String] = []
        for (count, word) in [
            (summary.applied, "applied"), (summary.held, "held"), (summary.gaps, "gaps"),
            (summary.quarantined, "set aside"),
        ] where count > 0 {
            words.append("\(word) \(count)")
        }
        words += summary.refused.map { "refused: \($0.rawValue)" }
        words += summary.healedLogs.map { "healed \($0)" }
        words += summary.notices.map { "notice \($0.code) \(LogID($0.log)) \($0.number)" }
        if !summary.isComplete { words.append("incomplete") }
        guard !words.isEmpty else { return }
        trace.note("  \(name(database)): \(words.joined(separator: ", "))")
    }

    /// Whether a bundle had nothing in it that a second reading may take up differently.
    private func isUneventful(_ summary: ExchangeSummary) -> Bool {
        summary.isComplete && summary.gaps == 0 && summary.refused.isEmpty
            && summary.healedLogs.isEmpty
            && !summary.notices.contains { $0.code == .fork }
    }

    /// Feeds a bundle in pieces; false where the session ended on what the carrier had done to it,
    /// or the peer may not speak.
    private func push(
        _ bytes: [UInt8],
        to session: ExchangeSession,
        _ handling: Handling
    ) throws -> Bool {
        var bytes = Array(bytes.prefix(handling.cut ?? bytes.count))
        if let place = handling.damaged { bytes[place] ^= 1 << UInt8(random.below(8)) }
        var start = 0
        do {
            while start < bytes.count {
                let end = min(start + 1 + random.below(6_000), bytes.count)
                try session.push(bytes[start..<end])
                start = end
            }
            return true
        } catch ExchangeError.staleWelcome where handling.isOld {
        } catch ExchangeError.untrusted, ExchangeError.revoked {
        } catch let error as ReplicationError where handling.damaged != nil || handling.isOld {
            trace.note("  refused: \(error)")
        }
        return false
    }

    /// Runs something for the second time: nothing may change.
    private func repeated(_ database: SimulatedDatabase, _ body: () throws -> Void) throws {
        let before = try state(of: database)
        try body()
        let after = try state(of: database)
        for (scope, state) in after where before[scope] != state {
            throw Violation(
                .idempotent,
                "\(name(database)) \(scope) changed when a bundle was read again: "
                    + difference(before[scope]?.records ?? [], state.records)
            )
        }
    }

    struct DatabaseState: Equatable {
        let vector: VersionVector
        let records: [CanonicalRecord]
    }

    func state(of database: SimulatedDatabase) throws -> [String: DatabaseState] {
        var states: [String: DatabaseState] = [:]
        for scope in try database.store.scopes() {
            states[scope] = DatabaseState(
                vector: try database.store.vector(scope),
                records: try database.store.canonicalProjection(scope: scope)
            )
        }
        return states
    }

    // MARK: Sticks

    private func keep(_ stick: Stick) {
        sticks.append(stick)
        if sticks.count > 8 { sticks.remove(at: random.below(sticks.count)) }
    }

    func writeStick() throws {
        let children = databases.filter { nodes[$0.node].parent != nil }
        guard let child = pick(children), let parent = nodes[child.node].parent,
            let (bytes, _) = try request(of: child, mayCrash: false)
        else { return }
        trace.note("\(name(child)) writes a stick for \(nodes[parent].name)")
        keep(Stick(bytes: bytes, from: child.node, to: parent, kind: .request))
        try inspect(child)
    }

    /// A stick is read, perhaps not for the first time.
    func readStick() throws {
        guard let stick = pick(sticks),
            let database = pick(databases.filter { $0.node == stick.to })
        else { return }
        figures.oldBundles += 1
        trace.note("\(name(database)) reads a stick from \(nodes[stick.from].name)")
        var handling = handling(stick.bytes.count, isRough: true)
        handling.isOld = true
        switch stick.kind {
        case .request:
            guard let reply = try answer(stick.bytes, by: database, handling, mayCrash: true)
            else { return }
            keep(Stick(bytes: reply, from: stick.to, to: stick.from, kind: .reply))
        case .reply:
            try receive(stick.bytes, by: database, handling, request: nil, mayCrash: true)
        }
    }
}
