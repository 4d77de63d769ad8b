import Replication
import Sealing

/// A bundle written from the words of `sync-protocol.md` alone, so that it can break its rules.
struct RawBundle {
    var magic = Array("doorstep".utf8) + [1]
    var recipient: NodeID
    var sealedTo: SealingKey
    var hello: [UInt8]
    var signature: [UInt8]
    var frames: [UInt8] = []
    /// Plain bytes of each chunk but the last.
    var chunkLength = 8192
    let keys: BundleKeys

    init(hello: Hello, from: SampleNode, to: SampleNode, keys: BundleKeys = .random()) {
        self.init(hello: hello.encode(), from: from, to: to, keys: keys)
    }

    init(hello: [UInt8], from: SampleNode, to: SampleNode, keys: BundleKeys = .random()) {
        recipient = to.certificate.node
        sealedTo = to.opening.sealingKey
        self.hello = hello
        self.keys = keys
        let signed =
            Array("doorstep-hello-1".utf8) + to.opening.sealingKey.bytes
            + keys.streamHeader.bytes + hello
        signature = from.signing.sign(signed).bytes
    }

    mutating func addFrame(type: UInt8, head: [UInt8]) {
        frames += [type] + Self.length(head.count) + head
    }

    static func length(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }

    func sealed() throws -> [UInt8] {
        let box = try SealedBox.seal(keys.streamKey.exportBytes(), to: sealedTo)
        let name = (0..<8).map { UInt8(truncatingIfNeeded: recipient.rawValue >> (56 - 8 * $0)) }
        var bytes = magic + name + box + keys.streamHeader.bytes
        let plain = Self.length(hello.count) + hello + signature + frames
        let sealer = StreamSealer(key: keys.streamKey, header: keys.streamHeader)
        for start in stride(from: 0, to: plain.count, by: chunkLength) {
            let end = min(start + chunkLength, plain.count)
            let chunk = sealer.seal(Array(plain[start..<end]), isFinal: end == plain.count)
            bytes += [UInt8(chunk.count >> 8), UInt8(chunk.count & 0xff)] + chunk
        }
        return bytes
    }
}

/// What a reader has told, in a form that can be compared.
struct Received: Equatable {
    struct Taken: Equatable {
        let segment: Segment
        let isRedacted: Bool
        let isOffer: Bool
    }

    var hello: Hello?
    var segments: [Taken] = []
    var notices: [Notice] = []
    var receipts: [Receipt] = []
    var ends = 0
    var partial: PartialSegment?
    var partialBytes: [UInt8] = []
    var error: ReplicationError?

    /// Reads pieces of a bundle until the first error.
    init(
        _ pieces: [some Collection<UInt8>],
        key: OpeningKey,
        held: (header: Digest, bytes: [UInt8])? = nil
    ) {
        var reader = BundleReader(key: key) { $0 == held?.header ? held?.bytes : nil }
        var received = Self.nothing
        do {
            for piece in pieces {
                try reader.push(piece) { event in received.take(event) }
            }
        } catch {
            received.error = error as? ReplicationError
        }
        if let (frame, bytes) = reader.partial {
            let header = Segment.chainHash(ofHeader: frame.header)
            received.partial = PartialSegment(header: header, held: bytes.count)
            received.partialBytes = bytes
        }
        self = received
    }

    private init() {}

    static let nothing = Received()

    private mutating func take(_ event: BundleReader.Event) {
        switch event {
        case .hello(let hello, _, _): self.hello = hello
        case .segment(let segment, let isRedacted, let isOffer):
            segments.append(Taken(segment: segment, isRedacted: isRedacted, isOffer: isOffer))
        case .notice(let notice): notices.append(notice)
        case .receipt(let receipt): receipts.append(receipt)
        case .end: ends += 1
        }
    }
}
