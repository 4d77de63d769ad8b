package import Sealing

/// The bytes before a bundle's first chunk, and the layout that both directions share.
///
/// `doorstep` `01` | recipient, 8 bytes | sealed stream key, 80 bytes | stream header, 24 bytes,
/// then chunks: length of the ciphertext (2 bytes, big-endian), ciphertext. Behind each other the
/// chunks' plain bytes are: length of the hello (4 bytes), hello, signature (64 bytes), frames.
package enum BundleFormat {
    private static let name = Array("doorstep".utf8)
    /// Of the envelope: what stands before the first chunk, and how chunks are cut.
    package static let version: UInt8 = 1
    package static let magic = name + [version]
    static let boxLength = StreamKey.length + SealedBox.overhead
    static let prefixLength = magic.count + 8 + boxLength + StreamHeader.length
    static let helloContext = Array("doorstep-hello-1".utf8)

    /// The node that a bundle is meant for, from its first bytes; nil if it is no bundle.
    package static func recipient(_ bytes: [UInt8]) -> NodeID? {
        guard bytes.count >= magic.count + 8, Array(bytes[0..<magic.count]) == magic else {
            return nil
        }
        return NodeID(bytes[magic.count..<(magic.count + 8)].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Refuses the first bytes of what is no bundle, or one in the envelope of another version.
    static func check(_ head: some Collection<UInt8>) throws(ReplicationError) {
        guard name.starts(with: head.prefix(name.count)) else {
            throw .invalid(part: .bundle, .scheme)
        }
        guard let theirs = head.dropFirst(name.count).first, theirs != version else { return }
        throw .envelopeVersion(theirs: UInt64(theirs), ours: UInt64(version))
    }

    /// What the sender signs: nobody can seal its hello again to somebody else.
    static func signed(
        _ hello: [UInt8],
        to recipient: SealingKey,
        _ header: StreamHeader
    ) -> [UInt8] {
        helloContext + recipient.bytes + header.bytes + hello
    }
}

/// Randomness of one bundle; given outright only where bytes must be reproducible.
package struct BundleKeys: Sendable {
    package let ephemeralSeed: [UInt8]
    package let streamKey: StreamKey
    package let streamHeader: StreamHeader

    package init(ephemeralSeed: [UInt8], streamKey: StreamKey, streamHeader: StreamHeader) {
        self.ephemeralSeed = ephemeralSeed
        self.streamKey = streamKey
        self.streamHeader = streamHeader
    }

    package static func random() -> BundleKeys {
        BundleKeys(
            ephemeralSeed: randomBytes(OpeningKey.seedLength),
            streamKey: .random(),
            streamHeader: .random()
        )
    }
}

/// Seals a bundle piece by piece; what it returns is written at once, nothing else is kept.
package struct BundleWriter: ~Copyable {
    private let stream: StreamSealer
    private var pending: [UInt8] = []
    private var output: [UInt8]
    /// Bytes of ``output`` that were taken.
    private var taken = 0
    /// Whether the bytes before the first chunk were taken.
    private var isPrefixTaken = false
    /// Plain bytes of a whole chunk, for what is written from now on: of a chunk that is cut off
    /// nothing can be read, so a line that breaks often has small ones.
    package var chunkBytes = ReplicationLimits.chunkBytesMax {
        didSet { precondition((1...ReplicationLimits.chunkBytesMax).contains(chunkBytes)) }
    }

    /// Starts a bundle with its hello; one that no receiver would read is refused.
    package init(
        hello: Hello,
        to recipient: Certificate,
        signingKey: SigningKey,
        keys: BundleKeys = .random()
    ) throws(ReplicationError) {
        let helloBytes = hello.encode()
        guard hello.isWithinLimits(helloBytes) else { throw .aboveLimit(part: .hello) }
        do {
            let box = try SealedBox.seal(
                keys.streamKey.exportBytes(),
                to: recipient.sealingKey,
                ephemeralSeed: keys.ephemeralSeed
            )
            let name = (0..<8).map {
                UInt8(truncatingIfNeeded: recipient.node.rawValue >> (56 - 8 * UInt64($0)))
            }
            output = BundleFormat.magic + name + box + keys.streamHeader.bytes
        } catch {
            throw .invalid(part: .certificate, .range)
        }
        stream = StreamSealer(key: keys.streamKey, header: keys.streamHeader)
        let length = UInt32(helloBytes.count)
        append((0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
        append(helloBytes)
        append(
            signingKey.sign(
                BundleFormat.signed(helloBytes, to: recipient.sealingKey, keys.streamHeader)
            ).bytes
        )
    }

    package mutating func write(_ notice: Notice) {
        append(Frame.notice(notice).encode())
    }

    package mutating func write(_ receipt: Receipt) {
        append(Frame.receipt(receipt).encode())
    }

    /// Writes a segment, from the byte of its compressed payload that the receiver lacks.
    package mutating func write(
        _ segment: Segment,
        isRedacted: Bool = false,
        isOffer: Bool = false,
        from offset: Int = 0
    ) {
        let head = SegmentFrame(
            header: segment.headerBytes,
            signature: segment.signature,
            compressedSize: segment.compressed.count,
            offset: offset,
            isRedacted: isRedacted
        )
        append((isOffer ? Frame.offer(head) : Frame.segment(head)).encode())
        append(segment.compressed[offset...])
    }

    /// Whether a sealed chunk is ready.
    package var hasOutput: Bool {
        output.count > (isPrefixTaken ? taken : BundleFormat.prefixLength)
    }

    /// Takes the sealed bytes that are ready.
    package mutating func takeOutput() -> [UInt8] {
        takeChunks(atMost: .max)
    }

    /// Takes whole chunks that are ready.
    ///
    /// At least one if there is any, and no more bytes than `limit` unless it alone has more. The
    /// bytes before the first chunk go with it.
    package mutating func takeChunks(atMost limit: Int) -> [UInt8] {
        var end = taken
        while end < output.count {
            let start = end + (isPrefixTaken ? 0 : BundleFormat.prefixLength)
            guard start + 2 <= output.count else { break }
            let next = start + 2 + (Int(output[start]) << 8 | Int(output[start + 1]))
            guard end == taken || next - taken <= limit else { break }
            isPrefixTaken = true
            end = next
        }
        let piece = Array(output[taken..<end])
        taken = end
        if !hasOutput {
            output.removeAll(keepingCapacity: true)
            taken = 0
        }
        return piece
    }

    /// Seals what was written so far, though the chunk is not full: the line may end behind it.
    package mutating func flush() {
        guard !pending.isEmpty else { return }
        seal(pending[...], isFinal: false)
        pending = []
    }

    /// Seals what is left with the final tag; nothing may be written any more.
    package mutating func close() {
        seal(pending[...], isFinal: true)
        pending = []
    }

    /// Seals what is left with the final tag and returns the last bytes.
    package consuming func finish() -> [UInt8] {
        close()
        return takeOutput()
    }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        pending.append(contentsOf: bytes)
        var start = 0
        // A chunk is sealed only when more follows, so that the last one can carry the final tag.
        while pending.count - start > chunkBytes {
            let end = start + chunkBytes
            seal(pending[start..<end], isFinal: false)
            start = end
        }
        pending.removeFirst(start)
    }

    private mutating func seal(_ chunk: ArraySlice<UInt8>, isFinal: Bool) {
        let sealed = stream.seal(Array(chunk), isFinal: isFinal)
        output.append(UInt8(sealed.count >> 8))
        output.append(UInt8(sealed.count & 0xff))
        output.append(contentsOf: sealed)
    }
}
