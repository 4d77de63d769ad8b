/// Numbers as settings keep them.
extension UInt64 {
    /// The number of which these are the bytes, the most significant first; of more than eight, the last.
    init(bigEndianBytes bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Its eight bytes, the most significant first.
    var bigEndianBytes: [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: self >> (8 * UInt64($0))) }
    }
}
