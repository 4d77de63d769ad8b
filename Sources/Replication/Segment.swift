import CBOR
package import Causality
package import Compression
package import Sealing

/// What a log's first segment says about the log.
package struct LogBirth: Hashable, Sendable {
    package let scope: String
    /// The writer's certificate, encoded.
    package let certificate: [UInt8]

    package init(scope: String, certificate: [UInt8]) {
        self.scope = scope
        self.certificate = certificate
    }
}

/// The signed part of a segment: `sync-protocol.md` section 6.
package struct SegmentHeader: Hashable, Sendable {
    package let log: LogID
    package let first: UInt64
    package let count: Int
    /// Chain hash of the segment before; nil in a log's first.
    package let previous: Digest?
    /// The writer's vector of the scope, its own log left out, while the segment was open.
    package let after: VersionVector
    /// The latest time of its entries.
    package let time: HybridTime
    /// Bytes of the payload before compression.
    package let payloadSize: Int
    /// Hash of the payload before compression.
    package let payloadHash: Digest
    /// In a log's first segment only.
    package let birth: LogBirth?

    package var last: UInt64 { first + UInt64(count) - 1 }

    package init(
        log: LogID,
        first: UInt64,
        previous: Digest?,
        after: VersionVector,
        time: HybridTime,
        birth: LogBirth?,
        payload: [UInt8],
        count: Int
    ) {
        precondition((first == 1) == (birth != nil) && (first == 1) == (previous == nil))
        self.log = log
        self.first = first
        self.count = count
        self.previous = previous
        self.after = after
        self.time = time
        self.birth = birth
        payloadSize = payload.count
        payloadHash = Hash.blake2b(payload)
    }

    package func encode() -> [UInt8] {
        var writer = CBORWriter(capacity: 256)
        writer.array(10)
        writer.write(log.rawValue)
        writer.write(first)
        writer.write(count)
        if let previous { writer.write(previous.bytes) } else { writer.null() }
        write(after, hashed: true, to: &writer)
        writer.write(time.rawValue)
        writer.write(payloadSize)
        writer.write(payloadHash.bytes)
        if let birth {
            writer.write(birth.scope)
            writer.write(birth.certificate)
        } else {
            writer.null()
            writer.null()
        }
        return writer.bytes
    }

    /// Decodes a header and checks all that can be checked by itself.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        guard bytes.count <= ReplicationLimits.headerBytesMax else {
            throw .aboveLimit(part: .header)
        }
        var reader = CBORReader(bytes)
        let (log, first, count, previous) = try reading(.header) { () throws(CBORError) in
            try reader.array(exactly: 10)
            let log = LogID(try reader.unsigned())
            let first = try reader.unsigned(max: UInt64(Int64.max) >> 1)
            let count = try reader.count(max: ReplicationLimits.segmentEntriesMax)
            return (log, first, count, reader.null() ? nil : try reader.byteString(max: 32))
        }
        let after = try readVector(&reader, hashed: true)
        let (time, size, hash, birth) = try reading(.header) { () throws(CBORError) in
            let time = HybridTime(try reader.unsigned())
            let size = try reader.count(max: ReplicationLimits.payloadBytesMax)
            let hash = try reader.byteString(max: 32)
            let birth = try Self.readBirth(&reader)
            try reader.finish()
            return (time, size, hash, birth)
        }
        let previousHash = previous.flatMap { try? Digest($0) }
        guard first > 0, count > 0, let payloadHash = try? Digest(hash),
            (first == 1) == (birth != nil), (previousHash == nil) == (previous == nil),
            (first == 1) == (previous == nil), after.element(for: log) == nil,
            birth.map({ isScopePath($0.scope) }) ?? true
        else { throw .invalid(part: .header, .range) }
        self.log = log
        self.first = first
        self.count = count
        self.previous = previousHash
        self.after = after
        self.time = time
        self.birth = birth
        payloadSize = size
        self.payloadHash = payloadHash
    }

    private static func readBirth(_ reader: inout CBORReader) throws(CBORError) -> LogBirth? {
        if reader.null() {
            guard reader.null() else {
                throw .unexpected(major: try reader.peekMajor(), offset: reader.offset)
            }
            return nil
        }
        let scope = try reader.text(max: ReplicationLimits.scopeBytesMax)
        return LogBirth(
            scope: scope,
            certificate: try reader.byteString(max: ReplicationLimits.certificateBytesMax)
        )
    }
}

/// A run of consecutive entries of one log, sealed for good.
package struct Segment: Hashable, Sendable {
    package let header: SegmentHeader
    package let headerBytes: [UInt8]
    package let signature: Signature
    /// The payload, compressed; not its bytes are signed but what they decompress to.
    package let compressed: [UInt8]

    private static let signingContext = Array("doorstep-segment-1".utf8)
    private static let chainContext = Array("doorstep-chain-1".utf8)

    /// The hash that the next segment names as `previous`.
    package var chainHash: Digest { Self.chainHash(ofHeader: headerBytes) }

    package static func chainHash(ofHeader bytes: [UInt8]) -> Digest {
        Hash.blake2b(chainContext + bytes)
    }

    /// This segment's place in a version vector.
    package var element: VersionVector.Element {
        VersionVector.Element(log: header.log, seq: header.last, hash: chainHash.prefix)
    }

    /// Signs a header over a compressed payload.
    ///
    /// A header that nobody could read is refused.
    package init(
        sealing header: SegmentHeader,
        compressed: [UInt8],
        with key: SigningKey
    ) throws(ReplicationError) {
        self.header = header
        headerBytes = header.encode()
        guard header.after.elements.count <= ReplicationLimits.vectorLogsMax,
            headerBytes.count <= ReplicationLimits.headerBytesMax
        else { throw .aboveLimit(part: .header) }
        signature = key.sign(Self.signingContext + headerBytes)
        self.compressed = compressed
    }

    /// Takes up a segment that travelled; the signature is checked by ``isSigned(by:)``.
    package init(
        headerBytes: [UInt8],
        signature: Signature,
        compressed: [UInt8]
    ) throws(ReplicationError) {
        header = try SegmentHeader(headerBytes)
        self.headerBytes = headerBytes
        self.signature = signature
        self.compressed = compressed
    }

    package func isSigned(by key: VerifyingKey) -> Bool {
        key.isValid(signature, for: Self.signingContext + headerBytes)
    }

    /// The payload's bytes, if they are the ones that the header, or a redaction order, names.
    package func payloadBytes(
        _ decompressor: Decompressor,
        redacted order: (hash: Digest, size: Int)? = nil
    ) throws(ReplicationError) -> [UInt8] {
        let size = order?.size ?? header.payloadSize
        guard size <= ReplicationLimits.payloadBytesMax else { throw .aboveLimit(part: .payload) }
        let bytes: [UInt8]
        do {
            bytes = try decompressor.decompress(
                compressed,
                exactSize: size,
                limit: ReplicationLimits.payloadBytesMax
            )
        } catch {
            throw .payloadMismatch
        }
        guard Hash.blake2b(bytes) == order?.hash ?? header.payloadHash else {
            throw .payloadMismatch
        }
        return bytes
    }
}
