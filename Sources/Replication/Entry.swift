package import Causality

/// The name of a change that may be submitted twice: a client's random number and its counter.
package struct ChangeID: Hashable, Comparable, Sendable {
    package let client: UInt64
    package let counter: UInt64

    package init(client: UInt64, counter: UInt64) {
        self.client = client
        self.counter = counter
    }

    package static func < (left: ChangeID, right: ChangeID) -> Bool {
        (left.client, left.counter) < (right.client, right.counter)
    }
}

/// One field that an entry sets.
package struct Cell: Hashable, Sendable {
    package let field: String
    package let value: Value

    package init(_ field: String, _ value: Value) {
        self.field = field
        self.value = value
    }
}

/// One change of one record: what its author changed, and nothing else.
package struct Entry: Hashable, Sendable {
    package var record: RecordID
    package var type: String
    /// Sign-in name of the author; empty for the node itself.
    package var author: String
    package var time: HybridTime
    /// At least one; no field twice.
    package var cells: [Cell]
    /// What the author had seen, where that is not simply what the database held.
    package var seen: VersionVector?
    package var change: ChangeID?

    package init(
        record: RecordID,
        type: String,
        author: String,
        time: HybridTime,
        cells: [Cell],
        seen: VersionVector? = nil,
        change: ChangeID? = nil
    ) {
        self.record = record
        self.type = type
        self.author = author
        self.time = time
        self.cells = cells
        self.seen = seen
        self.change = change
    }
}

extension Entry {
    /// Texts are the same if their bytes are, an author's name included.
    package static func == (left: Entry, right: Entry) -> Bool {
        left.record == right.record && left.type == right.type && left.time == right.time
            && left.author.hasSameBytes(as: right.author) && left.cells == right.cells
            && left.seen == right.seen && left.change == right.change
    }
}

/// Field names that the protocol itself gives a meaning; all begin with an underscore.
package enum ReservedField {
    /// The reason why the record was deleted.
    package static let deleted = "_deleted"
    /// The record that this duplicate was merged into.
    package static let mergedInto = "_merged_into"
    /// The path of the scope that the record was moved to.
    package static let movedTo = "_moved_to"

    package static let all = [deleted, mergedInto, movedTo]

    /// What ``deleted`` says of a record whose values were erased.
    package static let erasedReason = "erased"
}

/// Whether a name of a type or field has the form of the protocol: `_?[a-z][a-z0-9_]*`, 64 bytes.
package func isWireName(_ name: String) -> Bool {
    var bytes = name.utf8[...]
    guard bytes.count <= ReplicationLimits.nameBytesMax else { return false }
    if bytes.first == UInt8(ascii: "_") { bytes.removeFirst() }
    guard let first = bytes.first, isLowerLetter(first) else { return false }
    return bytes.dropFirst().allSatisfy {
        isLowerLetter($0) || $0 == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0
    }
}

/// Whether the name of a node can be shown as it is: without control characters (C0, DEL, C1).
func isPlainName(_ name: String) -> Bool {
    name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
}

private func isLowerLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte
}
