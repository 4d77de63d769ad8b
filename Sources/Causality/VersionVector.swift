/// How far a node holds each log: the highest sequence number, and which history stands there.
///
/// Logs are held as prefixes, so one number a log says exactly which entries a node has. The first
/// eight bytes of the chain hash at that number tell two histories apart that share a number.
/// Values are sorted by log; equal vectors are equal arrays and equal bytes.
package struct VersionVector: Hashable, Sendable {
    /// One log's part of a vector.
    package struct Element: Hashable, Sendable {
        package let log: LogID
        /// At least 1: a log of which nothing is held is not in the vector.
        package let seq: UInt64
        /// First eight bytes, big-endian, of the chain hash of the segment that ends at `seq`.
        package let hash: UInt64

        @inlinable
        package init(log: LogID, seq: UInt64, hash: UInt64) {
            self.log = log
            self.seq = seq
            self.hash = hash
        }
    }

    package private(set) var elements: [Element]

    /// The vector of a node that holds nothing.
    package static let empty = VersionVector()

    package init() {
        elements = []
    }

    /// A vector from its elements in any order; the later of two for one log wins.
    package init(_ elements: some Sequence<Element>) {
        self.init()
        for element in elements { advance(to: element) }
    }

    package var isEmpty: Bool { elements.isEmpty }

    /// Index of the log's element, or of the place where it would stand.
    private func position(of log: LogID) -> (index: Int, found: Bool) {
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].log < log { low = middle + 1 } else { high = middle }
        }
        return (low, low < elements.count && elements[low].log == log)
    }

    package func element(for log: LogID) -> Element? {
        let (index, found) = position(of: log)
        return found ? elements[index] : nil
    }

    /// The highest sequence number held of the log; 0 where nothing is.
    package func seq(of log: LogID) -> UInt64 {
        element(for: log)?.seq ?? 0
    }

    /// Whether the entry with this name is held.
    package func contains(_ dot: Dot) -> Bool {
        seq(of: dot.log) >= dot.seq
    }

    /// Whether every entry that `other` names is held here, by sequence numbers alone.
    package func dominates(_ other: VersionVector) -> Bool {
        other.elements.allSatisfy { seq(of: $0.log) >= $0.seq }
    }

    /// Takes the element if it is ahead of what the vector has for its log.
    package mutating func advance(to element: Element) {
        let (index, found) = position(of: element.log)
        if !found {
            elements.insert(element, at: index)
        } else if elements[index].seq < element.seq {
            elements[index] = element
        }
    }

    /// Removes the log.
    package mutating func remove(_ log: LogID) {
        let (index, found) = position(of: log)
        if found { elements.remove(at: index) }
    }

    /// The least vector that dominates both: commutative, associative, idempotent by numbers.
    package func merging(_ other: VersionVector) -> VersionVector {
        var result = self
        for element in other.elements { result.advance(to: element) }
        return result
    }

    /// Logs that both name at the same number with different hashes: two writers under one name.
    package func forks(from other: VersionVector) -> [LogID] {
        elements.compactMap { mine in
            guard let theirs = other.element(for: mine.log),
                theirs.seq == mine.seq, theirs.hash != mine.hash
            else { return nil }
            return mine.log
        }
    }
}
