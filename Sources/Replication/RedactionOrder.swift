import CBOR
package import Causality
package import Sealing

/// What a redaction order says of one segment: whose values go, and what the payload is then.
package struct SegmentRedaction: Hashable, Sendable {
    package let log: LogID
    package let first: UInt64
    /// Sequence numbers of the entries whose values are erased, ascending.
    package let seqs: [UInt64]
    /// Hash and size of the payload afterwards, before compression.
    package let hash: Digest
    package let size: Int

    package init(log: LogID, first: UInt64, seqs: [UInt64], hash: Digest, size: Int) {
        self.log = log
        self.first = first
        self.seqs = seqs
        self.hash = hash
        self.size = size
    }

    /// The bytes of an order's field `segments`: an array of arrays of five.
    package static func encode(_ segments: [SegmentRedaction]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(segments.count)
        for segment in segments {
            writer.array(5)
            writer.write(segment.log.rawValue)
            writer.write(segment.first)
            writer.array(segment.seqs.count)
            for seq in segment.seqs { writer.write(seq) }
            writer.write(segment.hash.bytes)
            writer.write(segment.size)
        }
        return writer.bytes
    }

    /// What cannot be a payload's size is passed over, so that it voids nothing beside it.
    package static func decode(_ bytes: [UInt8]) throws(ReplicationError) -> [SegmentRedaction] {
        var reader = CBORReader(bytes)
        var segments: [SegmentRedaction] = []
        let count = try reading(.order) { () throws(CBORError) in
            try reader.array(max: bytes.count)
        }
        for _ in 0..<count {
            let (log, first, seqs, hash, size) = try reading(.order) { () throws(CBORError) in
                try reader.array(exactly: 5)
                let log = LogID(try reader.unsigned())
                let first = try reader.unsigned(max: UInt64(Int64.max) >> 1)
                var seqs: [UInt64] = []
                for _ in 0..<(try reader.array(max: ReplicationLimits.segmentEntriesMax)) {
                    seqs.append(try reader.unsigned(max: UInt64(Int64.max)))
                }
                let hash = try reader.byteString(max: Digest.length)
                return (
                    log, first, seqs, hash,
                    try reader.count(max: Int(UInt32.max))
                )
            }
            guard let digest = try? Digest(hash) else { throw .invalid(part: .order, .range) }
            guard size <= ReplicationLimits.payloadBytesMax else { continue }
            segments.append(
                SegmentRedaction(log: log, first: first, seqs: seqs, hash: digest, size: size)
            )
        }
        try reading(.order) { () throws(CBORError) in try reader.finish() }
        return segments
    }
}

extension Entry {
    /// The entry with its values erased: its cells stay, so that what they replaced does not come
    /// back.
    ///
    /// Reserved fields decide what is shown, and stay: a record and a scope are nobody's data. The
    /// reason of a deletion is free text, so that only its being there is kept.
    package var redacted: Entry {
        var entry = self
        entry.cells = cells.map { cell in
            switch cell.field {
            case ReservedField.mergedInto, ReservedField.movedTo: cell
            case ReservedField.deleted where cell.value == .null: cell
            case ReservedField.deleted: Cell(cell.field, .text(ReservedField.erasedReason))
            default: Cell(cell.field, .erased)
            }
        }
        return entry
    }
}
