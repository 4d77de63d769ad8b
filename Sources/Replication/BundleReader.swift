package import Sealing

/// Opens a bundle as its bytes arrive, however they are cut.
///
/// Nothing is handed out that was not authenticated; nothing but one chunk, one frame's head and
/// one segment is held. A truncated bundle yields all its whole chunks.
package struct BundleReader: ~Copyable {
    /// What has become whole.
    package enum Event: Sendable {
        /// Who speaks; its certificate is signed by `certificate.issuer`, which the receiver judges.
        /// The receipt has the same hello as it was signed.
        case hello(Hello, Certificate, Receipt)
        case segment(Segment, isRedacted: Bool, isOffer: Bool)
        case notice(Notice)
        /// What the receiver itself is said to have stated earlier; its signature is not checked.
        case receipt(Receipt)
        /// The bundle is complete.
        case end
    }

    private enum Part {
        case helloLength
        case hello(Int)
        case framePrefix
        case frameHead(type: UInt8, length: Int)
        case payload(Frame, [UInt8])
    }

    private let key: OpeningKey
    /// Looks up the certificate of a sender that shows none.
    private let certificate: (NodeID) -> Certificate?
    /// Looks up the beginning of a segment that an earlier cut left here, by its header's hash.
    private let held: (Digest) -> [UInt8]?
    private var raw: [UInt8] = []
    private var stream: StreamOpener?
    private var streamHeader: StreamHeader?
    private var recipient: NodeID?
    private var plain: [UInt8] = []
    private var used = 0
    private var part = Part.helloLength
    private var notices = 0
    private var receipts = 0
    private var isEndTold = false
    /// Whether the final chunk was read.
    package private(set) var isComplete = false

    package init(
        key: OpeningKey,
        held: @escaping (Digest) -> [UInt8]? = { _ in nil },
        certificate: @escaping (NodeID) -> Certificate? = { _ in nil }
    ) {
        self.key = key
        self.certificate = certificate
        self.held = held
    }

    /// The segment that is partly here, with the authenticated bytes of its payload so far.
    package var partial: (frame: SegmentFrame, bytes: [UInt8])? {
        guard case .payload(.segment(let head), var bytes) = part else { return nil }
        bytes += plain[used...]
        return bytes.isEmpty ? nil : (head, bytes)
    }

    /// Takes the next bytes and returns what they complete.
    ///
    /// After an error the reader is of no further use; what it returned before stays valid.
    package mutating func push(
        _ bytes: some Collection<UInt8>,
        _ handle: (Event) throws -> Void
    ) throws {
        raw.append(contentsOf: bytes)
        try openPrefix()
        guard let stream else { return }
        var start = 0
        while raw.count - start >= 2 {
            let length = Int(raw[start]) << 8 | Int(raw[start + 1])
            guard length <= ReplicationLimits.chunkBytesMax + StreamSealer.overhead else {
                throw ReplicationError.aboveLimit(part: .bundle)
            }
            guard raw.count - start - 2 >= length else { break }
            guard !isComplete else { throw ReplicationError.damagedBundle }
            let chunk = Array(raw[(start + 2)..<(start + 2 + length)])
            start += 2 + length
            guard let (text, isFinal) = try? stream.open(chunk) else {
                throw ReplicationError.damagedBundle
            }
            isComplete = isFinal
            plain.append(contentsOf: text)
            while let event = try next() { try handle(event) }
            plain.removeFirst(used)
            used = 0
        }
        raw.removeFirst(start)
        if isComplete {
            guard plain.isEmpty, raw.isEmpty, case .framePrefix = part else {
                throw ReplicationError.damagedBundle
            }
            guard !isEndTold else { return }
            isEndTold = true
            try handle(.end)
        }
    }

    /// Opens the stream key as soon as the prefix is whole.
    private mutating func openPrefix() throws(ReplicationError) {
        let length = BundleFormat.prefixLength
        let magicLength = BundleFormat.magic.count
        guard stream == nil else { return }
        try BundleFormat.check(raw.prefix(magicLength))
        guard raw.count >= length else { return }
        let boxStart = magicLength + 8
        let box = Array(raw[boxStart..<(boxStart + BundleFormat.boxLength)])
        guard let opened = try? SealedBox.open(box, with: key),
            let streamKey = try? StreamKey(opened),
            let header = try? StreamHeader(Array(raw[(length - StreamHeader.length)..<length]))
        else { throw .notForThisNode }
        stream = StreamOpener(key: streamKey, header: header)
        streamHeader = header
        recipient = BundleFormat.recipient(raw)
        raw.removeFirst(length)
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        guard plain.count - used >= count else { return nil }
        used += count
        return Array(plain[(used - count)..<used])
    }

    private mutating func next() throws(ReplicationError) -> Event? {
        while true {
            switch part {
            case .helloLength:
                guard let bytes = take(4) else { return nil }
                let length = bytes.reduce(0) { $0 << 8 | Int($1) }
                guard length <= ReplicationLimits.helloBytesMax else {
                    throw .aboveLimit(part: .hello)
                }
                part = .hello(length)
            case .hello(let length):
                guard let bytes = take(length + Signature.length) else { return nil }
                part = .framePrefix
                return try hello(Array(bytes[0..<length]), signature: Array(bytes[length...]))
            case .framePrefix:
                guard let bytes = take(Frame.prefixLength) else { return nil }
                let length = bytes.dropFirst().reduce(0) { $0 << 8 | Int($1) }
                try Frame.checkHead(type: bytes[0], length: length)
                part = .frameHead(type: bytes[0], length: length)
            case .frameHead(let type, let length):
                guard let bytes = take(length) else { return nil }
                part = .framePrefix
                try count(type)
                guard let frame = try Frame(type: type, head: bytes) else { continue }
                if let event = try begin(frame) { return event }
            case .payload(let frame, let bytes):
                guard let event = try continuePayload(frame, bytes) else { return nil }
                return event
            }
        }
    }

    private func hello(
        _ bytes: [UInt8],
        signature: [UInt8]
    ) throws(ReplicationError) -> Event {
        let hello = try Hello(bytes)
        let certificate: Certificate
        if let shown = hello.certificate {
            certificate = try Certificate(shown)
        } else {
            guard let known = self.certificate(hello.from) else {
                throw .unknownSender(hello.from)
            }
            certificate = known
        }
        guard let streamHeader, let signature = try? Signature(signature),
            certificate.node == hello.from,
            certificate.signingKey.isValid(
                signature,
                for: BundleFormat.signed(bytes, to: key.sealingKey, streamHeader)
            )
        else { throw .badSignature(part: .hello) }
        // The name outside serves to find the bundle's way; only the one inside is signed.
        guard hello.to == recipient else { throw .notForThisNode }
        let receipt = Receipt(
            recipient: key.sealingKey,
            streamHeader: streamHeader,
            hello: bytes,
            signature: signature
        )
        return .hello(hello, certificate, receipt)
    }

    /// Bounds notices and receipts, whatever they say: also those of a code that is passed over.
    private mutating func count(_ type: UInt8) throws(ReplicationError) {
        switch type {
        case Frame.noticeType:
            notices += 1
            guard notices <= ReplicationLimits.noticesMax else { throw .aboveLimit(part: .notice) }
        case Frame.receiptType:
            receipts += 1
            guard receipts <= ReplicationLimits.receiptsMax else {
                throw .aboveLimit(part: .receipt)
            }
        default: break
        }
    }

    private mutating func begin(_ frame: Frame) throws(ReplicationError) -> Event? {
        switch frame {
        case .notice(let notice): return .notice(notice)
        case .receipt(let receipt): return .receipt(receipt)
        case .segment(let head), .offer(let head):
            var bytes: [UInt8] = []
            if head.offset > 0 {
                guard let held = held(Segment.chainHash(ofHeader: head.header)),
                    held.count >= head.offset
                else { throw .invalid(part: .frame, .position) }
                bytes = Array(held[0..<head.offset])
            }
            bytes.reserveCapacity(head.compressedSize)
            part = .payload(frame, bytes)
            return nil
        }
    }

    private mutating func continuePayload(
        _ frame: Frame,
        _ bytes: [UInt8]
    ) throws(ReplicationError) -> Event? {
        guard case .segment(let head) = frame.asSegment else { return nil }
        let missing = head.compressedSize - bytes.count
        guard plain.count - used >= missing else { return nil }
        let payload = bytes + plain[used..<(used + missing)]
        used += missing
        part = .framePrefix
        let segment = try Segment(
            headerBytes: head.header,
            signature: head.signature,
            compressed: payload
        )
        if case .offer = frame {
            return .segment(segment, isRedacted: head.isRedacted, isOffer: true)
        }
        return .segment(segment, isRedacted: head.isRedacted, isOffer: false)
    }
}

extension Frame {
    /// The frame as a segment's, whichever of the two kinds it is.
    fileprivate var asSegment: Frame {
        if case .offer(let head) = self { .segment(head) } else { self }
    }
}
