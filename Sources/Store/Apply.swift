package import Causality
package import Replication
import SQLite
import Sealing

/// What became of a segment that came from elsewhere.
package enum ApplyOutcome: Hashable, Sendable {
    case applied
    /// Held already, byte for byte.
    case held
    /// The segment before it is missing: held up to this number.
    case gap(held: UInt64)
    /// Its `after` names entries that are not here.
    case missing(LogID)
    /// It contradicts what is held: two histories under one name.
    case fork(LogID)
    /// Set aside for a person to look at: its node is revoked.
    case quarantined
    /// Not for this node, or its writer had no right to write it.
    case refused(Refusal)

    package enum Refusal: String, Hashable, Sendable {
        case unknownWriter = "its writer's certificate is not trusted here"
        case notItsScope = "its writer may not write this scope"
        case notOurScope = "this node may not hold the scope"
        /// It comes again, once this node has taken up its newer certificate.
        case notYetOurScope =
            "this node takes up its new scopes once its last changes are handed over: sync again"
        case badSignature = "its signature is not valid"
        case badContent = "its content is not what it was signed as, or malformed"
        case tooManyLogs = "its writer, or its scope, has too many logs"
        case tooMuchLate = "too much of revoked nodes waits for a person already"
        case tooManyBranches = "too many histories of its writer's logs wait here already"
        case badContext = "an entry claims to have seen what its segment had not"
        case unexplained = "its content was changed without an order that explains it"

        /// A word for programs: `unknown-writer`.
        package var code: String {
            String(describing: self).map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }
                .joined()
        }
    }
}

extension Store {
    /// Applies a segment that travelled: the checks of `sync-protocol.md` section 8, in order.
    ///
    /// Segment, projection and vector move in one transaction. Nothing is changed unless the
    /// outcome is `applied` or `quarantined`.
    ///
    /// `peer`: who brings it; nil where a person does. `stated`: what this hub held once, as the peer
    /// can prove.
    package func apply(
        _ segment: Segment,
        isRedacted: Bool = false,
        from peer: NodeID? = nil,
        stated: StatedEnds = StatedEnds()
    ) throws -> ApplyOutcome {
        try transaction {
            let header = segment.header
            let known = try log(header.log)
            let writer: Certificate
            let path: String
            if let known {
                writer = try Certificate(known.certificate)
                path = try scopePath(known.scope)
            } else {
                guard let birth = try header.birth ?? birthSetAside(header.log) else {
                    return .gap(held: 0)
                }
                guard let certificate = try? Certificate(birth.certificate),
                    try isTrusted(certificate)
                else { return .refused(.unknownWriter) }
                writer = certificate
                path = birth.scope
            }
            guard try mayHold(path) else {
                return .refused(try isToHold(path) ? .notYetOurScope : .notOurScope)
            }
            guard try mayWrite(writer, path) else { return .refused(.notItsScope) }
            guard segment.isSigned(by: writer.signingKey) else { return .refused(.badSignature) }
            let held = try scopeNumber(path)
            if known == nil, let held, try !hasRoom(of: writer.node, scope: held) {
                return .refused(.tooManyLogs)
            }
            let placement = try place(segment, in: known)
            switch placement {
            case nil, .gap:
                let outcome = try judgeRevoked(
                    segment,
                    isRedacted: isRedacted,
                    of: writer,
                    in: path,
                    from: peer,
                    stated: stated
                )
                if let outcome = outcome ?? placement { return outcome }
            default: if let placement { return placement }
            }
            if let outcome = try checkAfter(header, scope: held) { return outcome }
            let payload: Payload
            let redaction: Int
            switch try content(segment, isRedacted: isRedacted) {
            case .success(let content): (payload, redaction) = content
            case .failure(let refusal): return .refused(refusal.reason)
            }
            guard canBeWrittenAgain(payload, header) else { return .refused(.badContent) }
            guard contextsHold(payload, header) else { return .refused(.badContext) }
            // The scope of an open segment does not change under it (sync.md, section 4).
            let scope = try ensureScope(path)
            try seal(scope: scope)
            var row =
                try known
                ?? insertLog(
                    header.log,
                    scope: scope,
                    node: writer.node,
                    certificate: writer.bytes,
                    isOpen: false
                )
            try insert(segment, log: row, redaction: redaction)
            row = try log(row.n)
            try observe(header.time)
            let erased = try carryOut(on: row, first: header.first)
            let stored = erased.isEmpty ? nil : try self.segment(log: row.n, first: header.first)
            try project(stored.map { try self.payload($0) } ?? payload, header: header, log: row)
            return .applied
        }
    }

    /// Whether what travelled of a scope may be held here: a hub's own has no business to travel.
    func mayHold(_ path: String) throws -> Bool {
        try !isHubsOwnScope(path) && requireIdentity().certificate.mayRead(path)
    }

    /// A writer's right by the certificate of its log, or by a later one from the roster.
    func mayWrite(_ writer: Certificate, _ path: String) throws -> Bool {
        try writer.mayWrite(path)
            || (roster().certificates[writer.node] ?? []).contains { $0.mayWrite(path) }
    }

    /// Where the segment stands towards what is held of its log; nil if it is the next one.
    private func place(_ segment: Segment, in log: LogRow?) throws -> ApplyOutcome? {
        let header = segment.header
        guard let log else { return header.first == 1 ? nil : .gap(held: 0) }
        if header.first == log.seq + 1 {
            let isNext = log.seq == 0 ? header.previous == nil : header.previous?.bytes == log.hash
            if isNext { return nil }
            return .fork(log.id)
        }
        guard header.first <= log.seq else { return .gap(held: log.seq) }
        let held = try db.cached("SELECT header FROM segment WHERE log = ?1 AND first = ?2")
            .bind(all: log.n, Int64(header.first)).first { $0.blob(0) }
        return held == segment.headerBytes ? .held : .fork(log.id)
    }

    /// Whether all that the segment's writer had is here, and is the same history.
    private func checkAfter(_ header: SegmentHeader, scope: Int64?) throws -> ApplyOutcome? {
        for element in header.after.elements {
            guard let log = try log(element.log), log.scope == scope, log.seq >= element.seq else {
                return .missing(element.log)
            }
            guard try holds(element, of: log) else { return .fork(element.log) }
        }
        return nil
    }

    private struct ContentRefusal: Error {
        let reason: ApplyOutcome.Refusal
    }

    private func content(
        _ segment: Segment,
        isRedacted: Bool
    ) throws -> Result<(Payload, Int), ContentRefusal> {
        if isRedacted {
            guard let (bytes, redaction) = try explained(segment) else {
                return .failure(ContentRefusal(reason: .unexplained))
            }
            guard let payload = try? Payload(bytes, count: segment.header.count) else {
                return .failure(ContentRefusal(reason: .badContent))
            }
            return .success((payload, redaction))
        }
        do {
            let bytes = try segment.payloadBytes(decompressor)
            return .success((try Payload(bytes, count: segment.header.count), 0))
        } catch {
            return .failure(ContentRefusal(reason: .badContent))
        }
    }

    /// Whether every entry could be written again by another node, or be erased, and still be read.
    ///
    /// Both add to a payload: a context to an entry, marks to a column.
    func canBeWrittenAgain(_ payload: Payload, _ header: SegmentHeader) -> Bool {
        // By itself an entry is larger than in its columns by some bytes a cell, no more.
        let slack = ReplicationLimits.entryCellsMax * 32
        if header.payloadSize <= ReplicationLimits.entryBytesMax - slack { return true }
        return header.payloadSize <= ReplicationLimits.signedPayloadBytesMax
            && payload.entries().allSatisfy { entry in
                var entry = entry
                entry.seen = nil
                return entry.encode().count <= ReplicationLimits.entryBytesMax
            }
    }

    /// `seen` may name only what the writer had: `after`, and earlier entries of its own log.
    private func contextsHold(_ payload: Payload, _ header: SegmentHeader) -> Bool {
        payload.seen.allSatisfy { index, seen in
            seen.elements.allSatisfy { element in
                element.log == header.log
                    ? element.seq < header.first + UInt64(index)
                    : header.after.seq(of: element.log) >= element.seq
            }
        }
    }

    /// Keeps a segment that does not count, for a person or a parent to decide about.
    ///
    /// Of one that was settled, its header is kept: it waits again only if it was held (`wasHeld`).
    func quarantine(
        _ segment: Segment,
        isRedacted: Bool,
        reason: String,
        isSettled: Bool = true,
        wasHeld: Bool = false
    ) throws {
        try db.cached(
            """
            INSERT INTO quarantine(
                log, first, header, signature, payload, is_redacted, reason, at, is_settled)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT(header) DO UPDATE SET payload = ?5, is_redacted = ?6, reason = ?7,
                at = ?8, is_settled = ?9
                WHERE ?10 AND payload = x''
            """
        ).run(
            Int64(bitPattern: segment.header.log.rawValue),
            Int64(segment.header.first),
            segment.headerBytes,
            segment.signature.bytes,
            segment.compressed,
            isRedacted,
            reason,
            Int64(environment.wall()),
            isSettled,
            wasHeld
        )
    }
}
