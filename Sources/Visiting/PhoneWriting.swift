import CBOR
import Causality
import Node
import Replication
import Store

/// The entries that a phone's visit has become at this node.
///
/// The next visit of the same phone may have been begun before the first had come here, on what the phone
/// knew then. What its user wrote himself is no colleague's change: he knows of it.
struct PhoneWriting: Hashable, Sendable {
    /// When the visit was begun: milliseconds since 1970.
    let begun: UInt64
    let log: LogID
    /// Sequence numbers in the log.
    let entries: ClosedRange<UInt64>

    init(begun: UInt64, log: LogID, entries: ClosedRange<UInt64>) {
        self.begun = begun
        self.log = log
        self.entries = entries
    }

    func holds(_ dot: Dot) -> Bool { dot.log == log && entries.contains(dot.seq) }

    func encode() -> [UInt8] {
        var writer = CBORWriter(capacity: 40)
        writer.array(4)
        for number in [begun, log.rawValue, entries.lowerBound, entries.upperBound] {
            writer.write(number)
        }
        return writer.bytes
    }

    init(encoded bytes: [UInt8]) throws(VisitingError) {
        do {
            var reader = CBORReader(bytes)
            try reader.array(exactly: 4)
            begun = try reader.unsigned()
            log = LogID(try reader.unsigned())
            let (first, last) = (try reader.unsigned(), try reader.unsigned())
            try reader.finish()
            guard first <= last else { throw VisitingError.unreadable }
            entries = first...last
        } catch {
            throw .unreadable
        }
    }
}

extension VisitDesk {
    /// What the visit's user has written here himself in earlier visits of a phone to the household.
    ///
    /// Only those that were begun before this one: what he said later, he did not know yet.
    func writtenBefore(_ draft: VisitDraft) throws -> [PhoneWriting] {
        guard draft.phone != nil else { return [] }
        return try drafts.writings(household: draft.household.description)
            .filter { $0.begun < draft.begun }
    }

    /// Does something and tells which entries of this node's log in a scope came of it; nil for none.
    func written(
        in scope: String,
        begun: UInt64,
        by body: () throws -> Void
    ) throws -> PhoneWriting? {
        let before = try node.store.token(scope: scope)
        try body()
        guard let last = try node.store.token(scope: scope).own?.dot else { return nil }
        let own = before.own.flatMap { $0.dot.log == last.log ? $0.dot.seq : nil }
        let first = (own ?? before.vector.seq(of: last.log)) + 1
        guard first <= last.seq else { return nil }
        return PhoneWriting(begun: begun, log: last.log, entries: first...last.seq)
    }
}
