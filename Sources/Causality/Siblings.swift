/// What the author of an entry had seen.
///
/// In the ordinary case that is what its database held: the segment's `after` and all earlier
/// entries of the same log. A late form or phone states it outright with `seen`.
package struct Context: Sendable {
    package let vector: VersionVector
    /// Entries of `own.log` before `own.seq` were seen as well.
    package let own: Dot?

    /// The context of an entry whose author saw the whole database.
    package init(after vector: VersionVector, of dot: Dot) {
        self.vector = vector
        own = dot
    }

    /// The context that an entry states itself.
    package init(seen vector: VersionVector) {
        self.vector = vector
        own = nil
    }

    package func sees(_ dot: Dot) -> Bool {
        if let own, own.log == dot.log { return dot.seq < own.seq }
        return vector.contains(dot)
    }
}

/// One of the concurrent values of a field.
package struct Sibling: Hashable, Sendable {
    package let dot: Dot
    package let value: Value
    package let time: HybridTime

    package init(dot: Dot, value: Value, time: HybridTime) {
        self.dot = dot
        self.value = value
        self.time = time
    }
}

/// The values of one field that no held entry has replaced.
///
/// The rule of the merge: an entry replaces exactly the siblings that its author had seen. Applied
/// in any causal order of the entries it yields the same set, sorted by dot: *a cell survives if no
/// held entry set the same field having seen it*.
package struct Siblings: Hashable, Sendable {
    package private(set) var all: [Sibling]

    package init(_ siblings: [Sibling] = []) {
        all = siblings.sorted { $0.dot < $1.dot }
    }

    /// Applies one entry's cell.
    ///
    /// - Returns: the dots that it replaced.
    @discardableResult
    package mutating func apply(_ new: Sibling, context: Context) -> [Dot] {
        var replaced: [Dot] = []
        all.removeAll { old in
            guard context.sees(old.dot) else { return false }
            replaced.append(old.dot)
            return true
        }
        let place = all.firstIndex { new.dot < $0.dot } ?? all.endIndex
        all.insert(new, at: place)
        return replaced
    }

    /// The value that forms and reports show: the latest by hybrid time, then by log, then by seq.
    package var winner: Sibling? {
        all.max { ($0.time, $0.dot) < ($1.time, $1.dot) }
    }

    /// Whether a person has to decide: siblings that differ.
    package var isConflict: Bool {
        guard let first = all.first else { return false }
        return all.contains { $0.value != first.value }
    }
}
