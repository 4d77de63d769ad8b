/// The name of a log: the changes that one database incarnation wrote in one scope.
///
/// Random, 64 bits; exactly one writer, ever. Ordered so that every node breaks ties alike.
package struct LogID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    @inlinable
    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    @inlinable
    package static func < (left: LogID, right: LogID) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Sixteen lower-case hexadecimal digits.
    package var description: String {
        hexadecimal(rawValue)
    }

    /// Reads the sixteen digits of ``description``; nil for anything else.
    package init?(_ text: String) {
        guard let value = UInt64(text, radix: 16), hexadecimal(value) == text else { return nil }
        self.init(value)
    }
}

/// The name of one entry: its log and its sequence number there, counted from 1 without gaps.
package struct Dot: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let log: LogID
    package let seq: UInt64

    @inlinable
    package init(log: LogID, seq: UInt64) {
        self.log = log
        self.seq = seq
    }

    @inlinable
    package static func < (left: Dot, right: Dot) -> Bool {
        left.log == right.log ? left.seq < right.seq : left.log < right.log
    }

    package var description: String { "\(log):\(seq)" }
}

/// The name of a record: the random origin under which it was created, and a counter there.
///
/// An origin is drawn by a database each time it is opened, and by a phone once; never a log's id,
/// which two histories may share. Holds no personal data; sorts by origin, then in order of creation.
package struct RecordID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let origin: UInt64
    /// From 1 to ``counterMax``.
    package let counter: UInt32

    /// Four thousand million records of one origin: no survey comes near, and it fits half a key.
    package static let counterMax = UInt32.max

    @inlinable
    package init(origin: UInt64, counter: UInt32) {
        self.origin = origin
        self.counter = counter
    }

    @inlinable
    package static func < (left: RecordID, right: RecordID) -> Bool {
        left.origin == right.origin ? left.counter < right.counter : left.origin < right.origin
    }

    /// `00a1b2c3d4e5f607-12`: the origin in hexadecimal, the counter in decimal.
    package var description: String { "\(hexadecimal(origin))-\(counter)" }

    /// Reads what ``description`` writes; nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, let origin = UInt64(Substring(parts[0]), radix: 16),
            let counter = UInt32(Substring(parts[1])), counter > 0
        else { return nil }
        self.init(origin: origin, counter: counter)
        // Signs, capitals and leading zeros would give one record several names.
        guard description == text else { return nil }
    }
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
