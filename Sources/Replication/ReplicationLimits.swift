/// Every bound on what Replication reads from outside; `sync-protocol.md` section 10 repeats them.
package enum ReplicationLimits {
    /// Entries of one segment.
    package static let segmentEntriesMax = 2_000
    /// Bytes of one payload before compression: four times what an open segment is sealed at.
    package static let payloadBytesMax = 1 << 20
    /// Bytes of one entry by itself, without what its author had seen.
    ///
    /// Whoever writes it again adds a context of up to ``vectorLogsMax`` logs, and it is to fit still.
    package static let entryBytesMax = payloadBytesMax / 2
    /// Bytes of one payload as its writer signed it: the largest entry with the largest context.
    ///
    /// The rest up to ``payloadBytesMax`` is room for the marks of an erasure, of a byte or two a cell.
    package static let signedPayloadBytesMax = 640 << 10
    /// Bytes of one compressed payload: zstd never grows its input by more than this.
    package static let compressedBytesMax = payloadBytesMax + payloadBytesMax / 128 + 1024
    /// Bytes of entries after which an open segment is sealed.
    package static let openSegmentBytesMax = 256 << 10
    /// Bytes of a payload's texts and byte strings with each repetition counted, and four a cell.
    ///
    /// A save of half a payload's bytes stays below it, whatever its entries are like.
    package static let unfoldedBytesMax = payloadBytesMax
    /// Bytes of one value.
    package static let valueBytesMax = 64 << 10
    /// Bytes of the name of a type, a field or an author.
    package static let nameBytesMax = 64
    /// Cells that one entry sets.
    package static let entryCellsMax = 256
    /// Record types of one payload.
    package static let groupsMax = 64
    /// Authors of one payload.
    package static let authorsMax = segmentEntriesMax
    /// Logs in one version vector.
    package static let vectorLogsMax = 4_096
    /// Logs of one scope that a node takes: half of what a vector can name.
    package static let scopeLogsMax = 2_048
    /// Logs of one scope that one node may begin: one, and one more for each time it is restored.
    package static let nodeLogsMax = 256
    /// Bytes of a scope's path.
    package static let scopeBytesMax = 200
    /// Scopes of one hello or certificate.
    package static let scopesMax = 1_024
    /// Bytes of a segment's header.
    package static let headerBytesMax = 256 << 10
    /// Bytes of a certificate.
    package static let certificateBytesMax = 64 << 10
    /// Plain bytes in one chunk of a bundle.
    package static let chunkBytesMax = 8 << 10
    /// Bytes of a hello.
    package static let helloBytesMax = 256 << 10
    /// Bytes of a receipt: a hello, and what its signature needs besides.
    package static let receiptBytesMax = helloBytesMax + 256
    /// Receipts of one bundle, and receipts that a node keeps.
    package static let receiptsMax = 8
    /// Bytes of a notice.
    package static let noticeBytesMax = 4 << 10
    /// Notices of one bundle.
    package static let noticesMax = 1_024
}
