/// What a cell holds.
///
/// The meaning of a text or a number (date, code, phone) is the survey's affair.
///
/// Two texts are the same value if their bytes are: Unicode calls other spellings of a letter equal,
/// but what is signed, hashed and compared in SQL are bytes.
package enum Value: Hashable, Sendable {
    /// Cleared on purpose: it replaces what its author had seen, like any other value.
    case null
    case integer(Int64)
    /// Its author's bytes; forms bring what people enter into Unicode normal form C first.
    case text(String)
    case bytes([UInt8])
    case reference(RecordID)
    /// Was removed by a redaction order; the cell stays so that what it replaced does not return.
    case erased
}

extension Value {
    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null), (.erased, .erased): true
        case (.integer(let left), .integer(let right)): left == right
        case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.reference(let left), .reference(let right)): left == right
        default: false
        }
    }
}

extension String {
    /// Whether two texts are spelt alike; `==` asks only whether Unicode calls them equivalent.
    package func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
