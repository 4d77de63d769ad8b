import Causality
import Replication
import Store

/// What the store knows nothing of: who wrote what, and what its author really had on screen.
///
/// An entry is known by author, record and scope wherever it goes: the author's name is unique for
/// each save, and a save writes each record once. So it is recognised again when it was written
/// anew under another log.
final class Oracle {
    struct EntryKey: Hashable {
        let author: String
        let record: RecordID
        let scope: String
    }

    struct KnownEntry {
        let key: EntryKey
        let type: String
        let cells: [Cell]
        /// Entries that its author had seen.
        let seen: EntrySet
        /// The save has returned, so its author was told that it is safe.
        var isAcknowledged = false
        /// Its token was shown by another database than the one that saved it, or by the same one
        /// before an accident: the node may know less of what was seen.
        var mayBeClipped = false
        /// Nodes at which it was saved, by index.
        var writers: Set<Int>
        /// Names under which it has been met.
        var dots: Set<Dot> = []
        var isErased = false

        func sets(_ field: String) -> Bool { cells.contains { $0.field == field } }

        /// Whether it has been written again, or was submitted on two nodes.
        var hasSeveralNames: Bool { dots.count > 1 }
    }

    /// Operations of a hub that write entries of their own making: moves, merges of whole families.
    struct Operation {
        let seen: EntrySet
        let writer: Int
        var isAcknowledged = false
    }

    private(set) var entries: [KnownEntry] = []
    private(set) var erased: Set<RecordID> = []
    private var numbers: [EntryKey: Int] = [:]
    private var operations: [String: Operation] = [:]
    private var operationEntries: [String: [Int]] = [:]
    /// Entries of segments that were read once; nil for what the system wrote by itself.
    private var segments: [SegmentKey: [Int?]] = [:]
    private var saves = 0

    private struct SegmentKey: Hashable {
        let signature: [UInt8]
        let redacted: [UInt8]
    }

    /// A name for the author of the next save.
    func nextAuthor(_ prefix: String) -> String {
        saves += 1
        return "\(prefix)\(saves)"
    }

    /// Enters what somebody is about to save; acknowledged later.
    func expect(
        _ key: EntryKey,
        type: String,
        cells: [Cell],
        seen: EntrySet,
        writers: Set<Int>,
        mayBeClipped: Bool = false
    ) -> Int {
        let number = entries.count
        entries.append(
            KnownEntry(
                key: key,
                type: type,
                cells: cells,
                seen: seen,
                mayBeClipped: mayBeClipped,
                writers: writers,
                isErased: erased.contains(key.record)
            )
        )
        numbers[key] = number
        return number
    }

    func acknowledge(_ number: Int) {
        entries[number].isAcknowledged = true
    }

    /// A change from a phone is about to be saved at a node.
    func noteWriter(_ node: Int, of number: Int) {
        entries[number].writers.insert(node)
    }

    func noteClipped(_ number: Int) {
        entries[number].mayBeClipped = true
    }

    /// Enters an operation whose entries are recognised by its author's name when they are met.
    func expectOperation(_ author: String, seen: EntrySet, writer: Int) {
        operations[author] = Operation(seen: seen, writer: writer)
    }

    func acknowledgeOperation(_ author: String) {
        operations[author]?.isAcknowledged = true
        for number in operationEntries[author] ?? [] { entries[number].isAcknowledged = true }
    }

    /// What was and will be said of these records may be erased from now on: also what comes of them
    /// later, from a node that has not heard of it.
    func noteErased(_ records: Set<RecordID>) {
        erased.formUnion(records)
        for index in entries.indices where records.contains(entries[index].key.record) {
            entries[index].isErased = true
        }
    }

    /// The number of an entry that was met; nil for what the system wrote by itself.
    func number(of entry: Entry, dot: Dot?, scope: String) throws(Violation) -> Int? {
        guard !entry.author.isEmpty, World.surveyTypes.contains(entry.type) else { return nil }
        let key = EntryKey(author: entry.author, record: entry.record, scope: scope)
        let number: Int
        if let known = numbers[key] {
            number = known
        } else if let operation = operations[entry.author] {
            number = expect(
                key,
                type: entry.type,
                cells: entry.cells,
                seen: operation.seen,
                writers: [operation.writer]
            )
            entries[number].isAcknowledged = operation.isAcknowledged
            operationEntries[entry.author, default: []].append(number)
        } else {
            throw Violation(.singleWriter, "an entry that nobody wrote: \(entry)")
        }
        if let dot { entries[number].dots.insert(dot) }
        guard entry.cells == entries[number].cells || entries[number].isErased else {
            throw Violation(
                .durable,
                "an entry has changed: \(entry), written as \(entries[number].cells)"
            )
        }
        return number
    }

    /// The entries of a sealed segment, decoded once for all databases.
    func entries(
        of segment: Store.HeldSegment,
        in store: Store,
        scope: String
    ) throws -> [Int?] {
        let key = SegmentKey(signature: segment.signature, redacted: segment.redacted)
        if let known = segments[key] { return known }
        var found: [Int?] = []
        for (index, entry) in try store.entries(of: segment).enumerated() {
            let dot = Dot(log: segment.log, seq: segment.first + UInt64(index))
            found.append(try number(of: entry, dot: dot, scope: scope))
        }
        segments[key] = found
        return found
    }
}
