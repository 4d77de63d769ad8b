import CBOR
package import Causality
import Sealing

extension Entry {
    /// The entry by itself, as an open segment keeps it; unique for a given entry.
    ///
    /// An array of eight: origin, counter, type, author, time, cells (field, value, …), seen or
    /// null, change id (two numbers) or null.
    package func encode() -> [UInt8] {
        var writer = CBORWriter(capacity: 128)
        writer.array(8)
        writer.write(record.origin)
        writer.write(UInt64(record.counter))
        writer.write(type)
        writer.write(author)
        writer.write(time.rawValue)
        writer.array(cells.count * 2)
        for cell in cells.sorted(by: { $0.field < $1.field }) {
            writer.write(cell.field)
            write(cell.value, to: &writer)
        }
        if let seen { write(seen, hashed: false, to: &writer) } else { writer.null() }
        if let change {
            writer.array(2)
            writer.write(change.client)
            writer.write(change.counter)
        } else {
            writer.null()
        }
        return writer.bytes
    }

    /// Eight bytes that name the entry's content, for tokens of a segment that is still open.
    package var hash: UInt64 {
        Hash.blake2b(Array("doorstep-entry-1".utf8) + encode()).prefix
    }

    /// Decodes what ``encode()`` wrote, and nothing else.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        var reader = CBORReader(bytes)
        let nameMax = ReplicationLimits.nameBytesMax
        let head = try reading(.entry) { () throws(CBORError) in
            try reader.array(exactly: 8)
            let origin = try reader.unsigned()
            let counter = try reader.unsigned(max: UInt64(RecordID.counterMax))
            return (
                record: RecordID(origin: origin, counter: UInt32(counter)),
                type: try reader.text(max: nameMax), author: try reader.text(max: nameMax),
                time: try reader.unsigned(),
                items: try reader.array(max: ReplicationLimits.entryCellsMax * 2)
            )
        }
        guard head.record.counter > 0, head.items > 0, head.items.isMultiple(of: 2) else {
            throw .invalid(part: .entry, .count)
        }
        var cells: [Cell] = []
        for _ in 0..<(head.items / 2) {
            let field = try reading(.entry) { () throws(CBORError) in
                try reader.text(max: nameMax)
            }
            guard cells.last.map({ $0.field < field }) ?? true else {
                throw .invalid(part: .entry, .order)
            }
            cells.append(Cell(field, try readValue(&reader)))
        }
        let seen = reader.null() ? nil : try readVector(&reader, hashed: false)
        let change = try reading(.entry) { () throws(CBORError) -> ChangeID? in
            if reader.null() { return nil }
            try reader.array(exactly: 2)
            return ChangeID(client: try reader.unsigned(), counter: try reader.unsigned())
        }
        try reading(.entry) { () throws(CBORError) in try reader.finish() }
        self.init(
            record: head.record,
            type: head.type,
            author: head.author,
            time: HybridTime(head.time),
            cells: cells,
            seen: seen,
            change: change
        )
    }
}

extension VersionVector {
    /// The vector as bytes, with its hashes: the flat array of `sync-protocol.md` section 4.3.
    package func encode() -> [UInt8] {
        var writer = CBORWriter()
        write(self, hashed: true, to: &writer)
        return writer.bytes
    }

    /// Decodes what ``encode()`` wrote.
    package init(encoded bytes: [UInt8]) throws(ReplicationError) {
        var reader = CBORReader(bytes)
        self = try readVector(&reader, hashed: true)
        try reading(.header) { () throws(CBORError) in try reader.finish() }
    }
}
