import Causality
import Replication
import Sealing
import Survey

/// Names what is in question about a record as it stood when somebody looked at it.
///
/// A decision carries it back. Any value, clash, circle or lost parent more or less gives another
/// stamp, and so does a value that was erased since: nobody decides what he has not seen.
package struct ConflictStamp: Hashable, Sendable, CustomStringConvertible {
    private let rawValue: UInt64

    init(_ detail: ConflictDetail) {
        let record = detail.record
        func line(_ kind: String, _ field: String, _ value: StoredValue) -> String {
            let entry = Entry(
                record: record.id,
                type: record.type.name,
                author: value.author,
                time: value.time,
                cells: [Cell(field, value.value)]
            )
            return "\(kind) \(field) \(value.dot) \(entry.hash)"
        }
        var lines = ["\(record.id) \(record.type.name) \(record.scope)"]
        for field in detail.disputed {
            lines += field.values.map { line("value", field.name, $0) }
        }
        for clash in detail.clashes {
            lines.append("clash \(clash.scope)")
            lines.append(line("change", clash.field, clash.change))
            lines.append(line("decision", clash.fate, clash.decision))
        }
        lines += detail.cycle.map { "cycle \($0)" }
        lines +=
            detail.orphan.map { ["orphan \($0.link.rawValue) \($0.parent) \($0.state.rawValue)"] }
            ?? []
        lines += detail.contradicted.map {
            let merge = $0.merge?.dot.description ?? ""
            return "contradicted \($0.other) \(merge) \($0.dismissal.dot)"
        }
        rawValue = Hash.blake2b(Array(lines.joined(separator: "\n").utf8)).prefix
    }

    /// Reads the sixteen digits of ``description``; nil for anything else.
    package init?(_ text: String) {
        guard let value = UInt64(text, radix: 16) else { return nil }
        rawValue = value
        guard description == text else { return nil }
    }

    /// Sixteen lower-case hexadecimal digits.
    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension ConflictDetail {
    /// What a decision about all this has to carry.
    package var stamp: ConflictStamp { ConflictStamp(self) }
}

extension Store {
    /// Refuses a decision about a record in which something else is in question than was shown.
    func requireUnchanged(_ detail: ConflictDetail, since seen: ConflictStamp) throws {
        guard detail.stamp == seen else { throw StoreError.changedSince(detail.record.id) }
    }
}
