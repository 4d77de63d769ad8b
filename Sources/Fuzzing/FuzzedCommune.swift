import Causality
import Compression
import Replication
import Sealing
import TestSupport

/// A hub and a village whose bundles are attacked; keys from fixed seeds, so that runs repeat.
struct FuzzedCommune: Sendable {
    static let shared = try? FuzzedCommune()

    private static let scope = "48/21004/thon-1"

    private let hubKey: OpeningKey
    private let hub: Certificate
    private let village: Certificate
    private let keys: BundleKeys
    private let villageKey: SigningKey
    /// Envelope, hello and signature of a sound bundle: what its frames go behind.
    private let prefix: [UInt8]
    private let opening: [UInt8]

    init() throws {
        let hubSigning = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
        hubKey = try OpeningKey(seed: [UInt8](repeating: 2, count: 32))
        villageKey = try SigningKey(seed: [UInt8](repeating: 3, count: 32))
        hub = try Certificate.issue(
            name: "hub",
            kind: .hub,
            signingKey: hubSigning.verifyingKey,
            sealingKey: hubKey.sealingKey,
            reads: ["48/21004/"],
            writes: ["48/21004/"],
            issuedAt: 0,
            by: hubSigning
        )
        village = try Certificate.issue(
            name: "village",
            kind: .village,
            signingKey: villageKey.verifyingKey,
            sealingKey: hubKey.sealingKey,
            reads: [Self.scope],
            writes: [Self.scope],
            issuedAt: 0,
            by: hubSigning
        )
        keys = BundleKeys(
            ephemeralSeed: [UInt8](repeating: 4, count: 32),
            streamKey: try StreamKey([UInt8](repeating: 5, count: 32)),
            streamHeader: try StreamHeader([UInt8](repeating: 6, count: 24))
        )
        let bundle = try Self.bundle(hub, village, villageKey, keys) { _ in }
        prefix = Array(bundle[..<121])
        opening = try StreamOpener(key: keys.streamKey, header: keys.streamHeader)
            .open(Array(bundle[123...])).bytes
    }

    private static func bundle(
        _ hub: Certificate,
        _ village: Certificate,
        _ key: SigningKey,
        _ keys: BundleKeys,
        _ write: (inout BundleWriter) -> Void
    ) throws -> [UInt8] {
        let hello = Hello(
            kind: .request,
            from: village.node,
            to: hub.node,
            time: 0,
            software: "fuzz",
            holdings: .vectors([:]),
            certificate: village.bytes
        )
        var writer = try BundleWriter(hello: hello, to: hub, signingKey: key, keys: keys)
        write(&writer)
        return writer.finish()
    }

    /// Reads the bytes as the frames of a sound bundle; the first byte says how chunks are cut.
    func takeFrames(_ bytes: [UInt8]) throws {
        guard let cut = bytes.first else { return }
        let plain = opening + bytes.dropFirst()
        let sealer = StreamSealer(key: keys.streamKey, header: keys.streamHeader)
        let length = ReplicationLimits.chunkBytesMax >> Int(cut % 8)
        var bundle = prefix
        for start in stride(from: 0, to: plain.count, by: length) {
            let end = min(start + length, plain.count)
            let chunk = sealer.seal(Array(plain[start..<end]), isFinal: end == plain.count)
            bundle += [UInt8(chunk.count >> 8), UInt8(chunk.count & 0xff)] + chunk
        }
        takeBundle(bundle[...])
    }

    func takeBundle(_ bytes: ArraySlice<UInt8>) {
        let decompressor = Decompressor()
        // As if every segment were held up to its hundredth byte.
        var reader = BundleReader(key: hubKey) { _ in [UInt8](repeating: 0, count: 100) }
        try? reader.push(bytes) { event in
            guard case .segment(let segment, _, _) = event,
                let payload = try? segment.payloadBytes(decompressor)
            else { return }
            _ = try? Payload(payload, count: segment.header.count)
        }
        _ = reader.partial
    }

    // MARK: Seeds

    func bundle(_ segments: [Segment]) throws -> [UInt8] {
        try Self.bundle(hub, village, villageKey, keys) { writer in
            writer.write(Notice(.fork, scope: Self.scope, log: 7, number: 3))
            writer.write(receipt(hello: []))
            for segment in segments { writer.write(segment) }
        }
    }

    /// What lies behind the hello in a bundle of these segments.
    func frames(_ segments: [Segment]) throws -> [UInt8] {
        let notice = Frame.notice(Notice(.fork, scope: Self.scope, log: 7, number: 3)).encode()
        let receipt = Frame.receipt(receipt(hello: [])).encode()
        return segments.reduce(notice + receipt) { frames, segment in
            let head = SegmentFrame(
                header: segment.headerBytes,
                signature: segment.signature,
                compressedSize: segment.compressed.count
            )
            return frames + Frame.segment(head).encode() + segment.compressed
        }
    }

    func segments(_ batches: [[Entry]]) throws -> [Segment] {
        var segments: [Segment] = []
        for entries in batches {
            let payload = Payload.encode(entries)
            let last = segments.last
            let header = SegmentHeader(
                log: LogID(7),
                first: last.map { $0.header.last + 1 } ?? 1,
                previous: last?.chainHash,
                after: VersionVector([.init(log: LogID(9), seq: 4, hash: 5)]),
                time: HybridTime(1),
                birth: last == nil
                    ? LogBirth(scope: Self.scope, certificate: village.bytes) : nil,
                payload: payload,
                count: entries.count
            )
            let compressed = Compressor(level: 3).compress(payload)
            try segments.append(Segment(sealing: header, compressed: compressed, with: villageKey))
        }
        return segments
    }

    private func receipt(hello: [UInt8]) -> Receipt {
        Receipt(
            recipient: village.sealingKey,
            streamHeader: keys.streamHeader,
            hello: hello,
            signature: villageKey.sign(hello)
        )
    }

    func structures(_ segments: [Segment], _ entries: [Entry]) throws -> [[UInt8]] {
        let vector = VersionVector([.init(log: LogID(9), seq: 4, hash: 5)])
        let hello = Hello(
            kind: .reply,
            from: hub.node,
            to: village.node,
            time: 1,
            software: "fuzz",
            holdings: .vectors([Self.scope: vector]),
            partial: PartialSegment(header: segments[0].chainHash, held: 10),
            certificate: hub.bytes,
            answers: segments[0].chainHash
        )
        let order = SegmentRedaction(
            log: LogID(7),
            first: 1,
            seqs: [1, 2],
            hash: segments[0].chainHash,
            size: 100
        )
        let request = try EnrolmentRequest(
            name: "v",
            kind: .village,
            scopes: [Self.scope],
            signingKey: villageKey,
            sealingKey: village.sealingKey
        )
        let call = EnrolmentCall(
            number: 7,
            proof: [UInt8](repeating: 1, count: 32),
            request: request
        )
        let card = try HubCard(
            certificate: hub,
            issuedAt: 1,
            pins: [[UInt8](repeating: 2, count: 32)],
            addresses: ["10.0.0.1:8443"],
            key: SigningKey(seed: [UInt8](repeating: 1, count: 32))
        )
        return segments.map { [0] + $0.headerBytes } + entries.map { [3] + $0.encode() }
            + [
                [1] + village.bytes, [2] + hello.encode(), [4] + vector.encode(),
                [5] + SegmentRedaction.encode([order]), [6] + request.bytes,
                [8] + receipt(hello: hello.encode()).encode(), [9] + card.bytes,
                [10] + call.plain,
            ]
    }
}
