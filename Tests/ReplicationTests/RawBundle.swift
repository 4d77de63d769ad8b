import Replication
import Sealing
import TestSupport

extension RawBundle {
    init(hello: Hello, from: SampleNode, to: SampleNode, keys: BundleKeys = .random()) {
        self.init(hello: hello.encode(), from: from, to: to, keys: keys)
    }

    init(hello: [UInt8], from: SampleNode, to: SampleNode, keys: BundleKeys = .random()) {
        self.init(hello: hello, signedBy: from.signing, to: to.certificate, keys: keys)
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
