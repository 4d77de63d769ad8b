import CBOR
package import Causality
package import Sealing

/// The part of a segment that a cut left with the receiver, so that the sender need not repeat it.
package struct PartialSegment: Hashable, Sendable {
    /// Hash of the segment's header, as the chain has it.
    package let header: Digest
    /// Compressed bytes held, from the beginning.
    package let held: Int

    package init(header: Digest, held: Int) {
        self.header = header
        self.held = held
    }
}

/// What a side says of itself first: a request's hello, or a reply's welcome.
package struct Hello: Hashable, Sendable {
    /// Version of the protocol that this software writes and reads.
    package static let version: UInt64 = 2

    /// How a side states what it holds.
    package enum Holdings: Hashable, Sendable {
        /// The vector of each scope in question, by path.
        case vectors([String: VersionVector])
        /// The hash of the encoded vectors: nothing has changed since both sides last agreed.
        case digest(Digest)
    }

    package enum Kind: UInt64, Hashable, Sendable {
        case request = 0
        case reply = 1
    }

    package var kind: Kind
    package var from: NodeID
    package var to: NodeID
    /// The sender's wall clock, milliseconds since 1970.
    package var time: UInt64
    /// Name and version of the sender's software, for people.
    package var software: String
    package var holdings: Holdings
    package var partial: PartialSegment?
    /// The sender's certificate, encoded; nil where the receiver has it already.
    package var certificate: [UInt8]?
    /// In a reply: hash of the hello that it answers.
    package var answers: Digest?

    package init(
        kind: Kind,
        from: NodeID,
        to: NodeID,
        time: UInt64,
        software: String,
        holdings: Holdings,
        partial: PartialSegment? = nil,
        certificate: [UInt8]?,
        answers: Digest? = nil
    ) {
        self.kind = kind
        self.from = from
        self.to = to
        self.time = time
        self.software = software
        self.holdings = holdings
        self.partial = partial
        self.certificate = certificate
        self.answers = answers
    }

    /// The hash of a set of vectors, equal on both sides exactly when the vectors are.
    package static func digest(of vectors: [String: VersionVector]) -> Digest {
        var writer = CBORWriter()
        write(vectors, to: &writer)
        return Hash.blake2b(Array("doorstep-vectors-1".utf8) + writer.bytes)
    }

    package func encode() -> [UInt8] {
        var writer = CBORWriter(capacity: 512)
        writer.array(10)
        writer.write(Self.version)
        writer.write(kind.rawValue)
        writer.write(from.rawValue)
        writer.write(to.rawValue)
        writer.write(time)
        writer.write(software)
        switch holdings {
        case .vectors(let vectors): Self.write(vectors, to: &writer)
        case .digest(let digest): writer.write(digest.bytes)
        }
        if let partial {
            writer.array(2)
            writer.write(partial.header.bytes)
            writer.write(partial.held)
        } else {
            writer.null()
        }
        if let certificate { writer.write(certificate) } else { writer.null() }
        if let answers { writer.write(answers.bytes) } else { writer.null() }
        return writer.bytes
    }

    /// Whether a receiver would read it: ``ReplicationLimits``.
    func isWithinLimits(_ encoded: [UInt8]) -> Bool {
        guard encoded.count <= ReplicationLimits.helloBytesMax else { return false }
        guard case .vectors(let vectors) = holdings else { return true }
        return vectors.count <= ReplicationLimits.scopesMax
            && vectors.values.allSatisfy {
                $0.elements.count <= ReplicationLimits.vectorLogsMax
            }
    }

    private static func write(_ vectors: [String: VersionVector], to writer: inout CBORWriter) {
        writer.array(vectors.count * 2)
        for (path, vector) in vectors.sorted(by: { $0.key < $1.key }) {
            writer.write(path)
            Replication.write(vector, hashed: true, to: &writer)
        }
    }

    /// Decodes a hello; an unknown version is refused before anything else is read.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        var reader = CBORReader(bytes)
        let version = try reading(.hello) { () throws(CBORError) in
            guard try reader.array(max: 64) > 0 else { throw .truncated(offset: 0) }
            return try reader.unsigned()
        }
        guard version == Self.version else {
            throw .version(theirs: version, ours: Self.version)
        }
        reader = CBORReader(bytes)
        let head = try reading(.hello) { () throws(CBORError) in
            try reader.array(exactly: 10)
            _ = try reader.unsigned()
            return (
                kind: try reader.unsigned(), from: try reader.unsigned(),
                to: try reader.unsigned(), time: try reader.unsigned(max: 1 << 48),
                software: try reader.text(max: ReplicationLimits.scopeBytesMax)
            )
        }
        guard let kind = Kind(rawValue: head.kind) else { throw .invalid(part: .hello, .range) }
        self.kind = kind
        from = NodeID(head.from)
        to = NodeID(head.to)
        time = head.time
        software = head.software
        holdings = try Self.readHoldings(&reader)
        partial = try Self.readPartial(&reader)
        let tail = try reading(.hello) { () throws(CBORError) in
            let certificate =
                reader.null()
                ? nil : try reader.byteString(max: ReplicationLimits.certificateBytesMax)
            let answers = reader.null() ? nil : try reader.byteString(max: Digest.length)
            try reader.finish()
            return (certificate: certificate, answers: answers)
        }
        certificate = tail.certificate
        answers = try tail.answers.map { bytes throws(ReplicationError) in try Self.digest(bytes) }
    }

    private static func digest(_ bytes: [UInt8]) throws(ReplicationError) -> Digest {
        guard let digest = try? Digest(bytes) else { throw .invalid(part: .hello, .range) }
        return digest
    }

    private static func readHoldings(
        _ reader: inout CBORReader
    ) throws(ReplicationError) -> Holdings {
        let major = try reading(.hello) { () throws(CBORError) in try reader.peekMajor() }
        if major == 2 {
            let bytes = try reading(.hello) { () throws(CBORError) in
                try reader.byteString(max: Digest.length)
            }
            return .digest(try digest(bytes))
        }
        let items = try reading(.hello) { () throws(CBORError) in
            try reader.array(max: ReplicationLimits.scopesMax * 2)
        }
        guard items.isMultiple(of: 2) else { throw .invalid(part: .hello, .count) }
        var vectors: [String: VersionVector] = [:]
        var last = ""
        for _ in 0..<(items / 2) {
            let path = try reading(.hello) { () throws(CBORError) in
                try reader.text(max: ReplicationLimits.scopeBytesMax)
            }
            guard isScopePath(path), path > last else { throw .invalid(part: .hello, .order) }
            last = path
            vectors[path] = try readVector(&reader, hashed: true)
        }
        return .vectors(vectors)
    }

    private static func readPartial(
        _ reader: inout CBORReader
    ) throws(ReplicationError) -> PartialSegment? {
        if reader.null() { return nil }
        let (header, held) = try reading(.hello) { () throws(CBORError) in
            try reader.array(exactly: 2)
            let header = try reader.byteString(max: Digest.length)
            return (header, try reader.count(max: ReplicationLimits.compressedBytesMax))
        }
        return PartialSegment(header: try digest(header), held: held)
    }
}
