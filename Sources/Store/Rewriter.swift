import Causality
import Replication
import SQLite

/// How far one lost history of a log was written again, and where.
///
/// Each lost history gets a log of its own. So the prefix of the new log that a context names holds
/// the very entries that the prefix of the old one held, and nothing that its author had not seen.
struct Lineage {
    /// The log that takes the next entries.
    var target: LogRow?
    /// How far the standing history has the very entries of the lost one.
    var common: UInt64 = 0
    /// Ascending by the old number; a history that divides has several targets.
    private var renamed: [(old: UInt64, new: Dot)] = []

    init(common: UInt64 = 0) {
        self.common = common
    }

    /// Notes an entry that stands in both histories under one name.
    mutating func noteIdentical(_ seq: UInt64) {
        if renamed.isEmpty, seq == common + 1 { common = seq }
    }

    mutating func note(_ seq: UInt64, as new: Dot) {
        renamed.append((seq, new))
    }

    /// Adds to a context what its author had seen of the lost history, under the names of today.
    func add(to context: inout VersionVector, of log: LogID, seen: UInt64) {
        let shared = min(common, seen)
        if shared > 0 { context.advance(to: .init(log: log, seq: shared, hash: 0)) }
        for (old, new) in renamed where old <= seen {
            context.advance(to: .init(log: new.log, seq: new.seq, hash: 0))
        }
    }
}

extension Store {
    /// Whether this node may write a scope, by its certificate of today.
    func mayWrite(_ scope: Int64) throws -> Bool {
        try requireIdentity().certificate.mayWrite(try scopePath(scope))
    }

    /// Logs that are left for a node's ordinary changes when it has no more for lost histories.
    private static let logsInReserve = 64

    /// Whether entries of a scope can be written again here: each lost history takes a fresh log.
    func mayWriteAgain(_ scope: Int64) throws -> Bool {
        guard try mayWrite(scope) else { return false }
        let node = try requireIdentity().node
        return try hasRoom(for: Self.logsInReserve, of: node, scope: scope)
    }

    /// Runs a body that writes entries of one scope again, and seals what it has written.
    ///
    /// The node may write the scope again (``mayWriteAgain(_:)``).
    /// Sealed pieces may depend on each other in any direction; open ones could not.
    func rewriting(scope: Int64, _ body: (inout Rewriter) throws -> Void) throws {
        try transaction {
            try seal(scope: scope)
            var rewriter = Rewriter()
            try body(&rewriter)
            guard let last = rewriter.current else { return }
            try seal(log: log(last))
            // What comes next continues the last of the new logs, where no other is open.
            guard try !logs(inScope: scope).contains(where: \.isOpen) else { return }
            try setOpen(log(last), true)
        }
    }

    /// Writes an entry again in the lineage's own new log, with the context given.
    func rewrite(
        _ old: Entry,
        from log: LogRow,
        _ seq: UInt64,
        context: VersionVector,
        _ lineage: inout Lineage,
        _ rewriter: inout Rewriter
    ) throws {
        var target = try self.log(try freshLog(scope: log.scope, &lineage).n)
        if let current = rewriter.current, current != target.n {
            try seal(log: try self.log(current))
        }
        rewriter.current = target.n
        var entry = old
        entry.seen = context
        let bytes = entry.encode()
        target = try makeRoom(in: target, entries: 1, bytes: bytes.count)
        guard let dot = try write([entry], [bytes], log: target).first else { return }
        lineage.note(seq, as: dot)
        try db.cached(
            """
            INSERT OR REPLACE INTO rewritten(log, seq, entry_hash, new_log, new_seq)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """
        ).run(
            log.n,
            Int64(seq),
            Int64(bitPattern: old.hash),
            target.n,
            Int64(dot.seq)
        )
    }

    private func freshLog(scope: Int64, _ lineage: inout Lineage) throws -> LogRow {
        if let target = lineage.target { return target }
        let identity = try requireIdentity()
        let row = try insertLog(
            LogID(environment.random()),
            scope: scope,
            node: identity.node,
            certificate: identity.certificate.bytes,
            isOpen: false
        )
        lineage.target = row
        return row
    }
}

/// The log that is being written again into: sealed when another takes its turn.
struct Rewriter {
    var current: Int64?
}
