import CBOR
import Causality
import Replication
import Sealing
import TestSupport
import Testing

/// Broken on purpose once, and noticed here: the recipient's key left out of what is signed, the
/// sender's name not compared with its certificate's, an end inside a frame, bytes held that are
/// too few, notices without a limit, an end that is told again.
@Suite struct BundleTests {
    let commune: SampleCommune
    let segments: [Segment]
    let notices = [
        Notice(.fork, scope: SampleNode.scope, log: 7, number: 3), Notice(.vectorsNeeded),
    ]

    init() throws {
        commune = try SampleCommune()
        var random = SplitMix64(seed: 1)
        let first = try commune.village.segment(random.entries(30))
        segments = [first, try commune.village.segment(random.entries(3), behind: first)]
    }

    private func bundle(from offset: Int = 0, segments: [Segment]? = nil) throws -> [UInt8] {
        var writer = try BundleWriter(
            hello: commune.village.hello(to: commune.hub),
            to: commune.hub.certificate,
            signingKey: commune.village.signing
        )
        writer.write(notices[0])
        var offset = offset
        for segment in segments ?? self.segments {
            writer.write(segment, from: offset)
            offset = 0
        }
        writer.write(notices[1])
        return writer.finish()
    }

    private func read(_ bytes: [UInt8]) -> Received {
        Received([bytes], key: commune.hub.opening)
    }

    @Test func `a bundle comes back whole`() throws {
        let received = read(try bundle())
        #expect(received.hello == commune.village.hello(to: commune.hub))
        #expect(received.segments.map(\.segment) == segments)
        #expect(received.notices == notices)
        #expect(received.ends == 1)
        #expect(received.error == nil)
    }

    @Test func `large bundles travel in chunks of at most 8 KiB`() throws {
        var random = SplitMix64(seed: 2)
        let large = try (0..<5).map { _ in try commune.village.segment(random.entries(1_500)) }
        let bytes = try bundle(segments: large)
        #expect(read(bytes).segments.map(\.segment) == large)
        var place = 121
        var lengths: [Int] = []
        while place < bytes.count {
            lengths.append(Int(bytes[place]) << 8 | Int(bytes[place + 1]))
            place += 2 + (lengths.last ?? 0)
        }
        #expect(place == bytes.count)
        #expect(lengths.count > 10)
        #expect(lengths.dropLast().allSatisfy { $0 == ReplicationLimits.chunkBytesMax + 17 })
    }

    @Test(arguments: [1, 2, 3, 7, 64, 120, 121, 122, 1_000, 100_000])
    func `pieces of every size yield the same`(size: Int) throws {
        let bytes = try bundle()
        let pieces = stride(from: 0, to: bytes.count, by: size).map {
            bytes[$0..<min($0 + size, bytes.count)]
        }
        #expect(Received(pieces, key: commune.hub.opening) == read(bytes))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `pieces of random sizes, empty ones among them, yield the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = try bundle()
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            pieces.append(rest.prefix(random.below(400)))
            rest = rest.dropFirst(pieces.last?.count ?? 0)
        }
        pieces.append([])
        #expect(Received(pieces, key: commune.hub.opening) == read(bytes))
    }

    @Test func `a bundle cut at any byte yields what is whole, and no end`() throws {
        // Small chunks, so that cuts fall into every part of every frame.
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        for segment in segments { raw.add(segment) }
        raw.chunkLength = 100
        let bytes = try raw.sealed()
        let whole = read(bytes)
        #expect(whole.ends == 1)
        var most = 0
        var held: [Int] = []
        for length in bytes.indices {
            let received = read(Array(bytes[..<length]))
            #expect(received.error == nil)
            #expect(received.ends == 0)
            #expect(received.segments == Array(whole.segments.prefix(received.segments.count)))
            #expect(received.segments.count >= most)
            most = received.segments.count
            guard let partial = received.partial else { continue }
            #expect(partial.header == segments[most].chainHash)
            #expect(segments[most].compressed.starts(with: received.partialBytes))
            held.append(partial.held)
        }
        #expect(held.max() ?? 0 > 200)
    }

    @Test func `a segment goes on from every byte that a cut left`() throws {
        let segment = segments[0]
        for offset in 0...segment.compressed.count {
            let bytes = try bundle(from: offset)
            let held = (header: segment.chainHash, bytes: Array(segment.compressed[..<offset]))
            let received = Received([bytes], key: commune.hub.opening, held: held)
            #expect(received.segments.map(\.segment) == segments)
            #expect(received.ends == 1)
        }
    }

    @Test func `a segment goes on only behind the bytes that are held`() throws {
        let bytes = try bundle(from: 10)
        let part = Array(segments[0].compressed[..<10])
        let wrong = ReplicationError.invalid(part: .frame, .position)
        let key = commune.hub.opening
        #expect(Received([bytes], key: key).error == wrong)
        #expect(
            Received([bytes], key: key, held: (segments[0].chainHash, Array(part[..<9]))).error
                == wrong
        )
        #expect(Received([bytes], key: key, held: (segments[1].chainHash, part)).error == wrong)
        // More may be held than the sender was told.
        let more = Array(segments[0].compressed[..<20])
        let received = Received([bytes], key: key, held: (segments[0].chainHash, more))
        #expect(received.segments.map(\.segment) == segments)
    }

    @Test func `no byte of a bundle can change`() throws {
        let bytes = try bundle()
        let whole = read(bytes)
        for place in bytes.indices {
            for mask in [0x01, 0x80] as [UInt8] {
                var changed = bytes
                changed[place] ^= mask
                let received = read(changed)
                #expect(received.ends == 0)
                #expect(received.hello == nil || received.hello == whole.hello)
                #expect(received.segments == Array(whole.segments.prefix(received.segments.count)))
                #expect(received.notices == Array(whole.notices.prefix(received.notices.count)))
            }
        }
    }

    @Test func `chunks cannot be left out, repeated or swapped`() throws {
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        for segment in segments { raw.add(segment) }
        raw.chunkLength = 100
        let bytes = try raw.sealed()
        let prefix = Array(bytes[..<121])
        let chunks = stride(from: 121, to: bytes.count, by: 119).map {
            Array(bytes[$0..<min($0 + 119, bytes.count)])
        }
        #expect(prefix + chunks.joined() == bytes)
        var others: [[[UInt8]]] = [Array(chunks.dropFirst()), [chunks[0]] + chunks]
        others.append(Array(chunks[..<5] + chunks[6...]))
        others.append(chunks[..<3] + [chunks[4], chunks[3]] + chunks[5...])
        others.append(chunks + [chunks[0]])
        for chunks in others {
            let received = read(prefix + Array(chunks.joined()))
            #expect(received.error == .damagedBundle)
            #expect(received.ends == 0)
        }
        #expect(read(bytes + [0]).error == .damagedBundle)
    }

    // MARK: Whom it is for, and from whom

    @Test func `only the recipient opens a bundle`() throws {
        let bytes = try bundle()
        #expect(BundleFormat.recipient(bytes) == commune.hub.certificate.node)
        #expect(BundleFormat.recipient(Array(bytes[..<16])) == nil)
        #expect(BundleFormat.recipient(.zeros(200)) == nil)
        let received = Received([bytes], key: commune.stranger.opening)
        #expect(received == Received([[UInt8]()], key: commune.hub.opening, error: .notForThisNode))
    }

    @Test func `what the envelope names must be whom the hello is to`() throws {
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        #expect(read(try raw.sealed()).ends == 1)
        raw.recipient = commune.stranger.certificate.node
        #expect(read(try raw.sealed()).error == .notForThisNode)
    }

    /// The hub, once it has opened a bundle, must not be able to pass for its sender elsewhere.
    @Test func `a hello sealed again to somebody else is refused`() throws {
        let keys = BundleKeys.random()
        let own = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub,
            keys: keys
        )
        var again = own
        again.recipient = commune.stranger.certificate.node
        again.sealedTo = commune.stranger.opening.sealingKey
        let received = Received([try again.sealed()], key: commune.stranger.opening)
        #expect(received.hello == nil)
        #expect(received.error == .badSignature(part: .hello))
    }

    @Test func `a hello under another stream header is refused`() throws {
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        let other = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        raw.signature = other.signature
        #expect(read(try raw.sealed()).error == .badSignature(part: .hello))
    }

    @Test func `a hello signed by another key than its certificate's is refused`() throws {
        let raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.stranger,
            to: commune.hub
        )
        #expect(read(try raw.sealed()).error == .badSignature(part: .hello))
        var posing = commune.stranger.hello(to: commune.hub)
        posing.from = commune.village.certificate.node
        let other = RawBundle(hello: posing, from: commune.stranger, to: commune.hub)
        #expect(read(try other.sealed()).error == .badSignature(part: .hello))
    }

    // MARK: Frames

    @Test func `frames and notices of a later version are passed over`() throws {
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        raw.addFrame(type: 9, head: [1, 2, 3])
        raw.add(segments[0])
        raw.addFrame(type: 3, head: [0x84, 0x18, 0x63, 0x60, 0x00, 0x00])
        raw.addFrame(type: 0, head: [])
        raw.add(segments[1])
        let received = read(try raw.sealed())
        #expect(received.segments.map(\.segment) == segments)
        #expect(received.notices.isEmpty)
        #expect(received.ends == 1)
    }

    @Test func `marks of redaction and offer come back`() throws {
        var writer = try BundleWriter(
            hello: commune.village.hello(to: commune.hub),
            to: commune.hub.certificate,
            signingKey: commune.village.signing
        )
        writer.write(segments[0], isRedacted: true)
        writer.write(segments[1], isOffer: true)
        let received = read(writer.finish())
        #expect(received.segments.map(\.isRedacted) == [true, false])
        #expect(received.segments.map(\.isOffer) == [false, true])
    }

    @Test func `lengths beyond their limits are refused before memory is taken`() throws {
        let sound = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        var chunk = try sound.sealed()
        chunk[121...122] = [0x20, 0x12]
        #expect(read(chunk).error == .aboveLimit(part: .bundle))

        let large = RawBundle(
            hello: .zeros(ReplicationLimits.helloBytesMax + 1),
            from: commune.village,
            to: commune.hub
        )
        #expect(read(try large.sealed()).error == .aboveLimit(part: .hello))

        var frame = sound
        frame.frames = [1, 0xff, 0xff, 0xff, 0xff]
        #expect(read(try frame.sealed()).error == .aboveLimit(part: .frame))

        var payload = sound
        let size = ReplicationLimits.compressedBytesMax + 1
        payload.addFrame(type: 1, head: RawBundle.head(segments[0], size: size, offset: 0))
        #expect(read(try payload.sealed()).segments.isEmpty)
        #expect(read(try payload.sealed()).error != nil)

        var offset = sound
        offset.addFrame(type: 1, head: RawBundle.head(segments[0], size: 9, offset: 10))
        #expect(read(try offset.sealed()).error != nil)
    }

    @Test func `a notice that is too long is refused before it is here`() throws {
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        raw.frames = [3] + RawBundle.length(ReplicationLimits.noticeBytesMax + 1)
        #expect(read(try raw.sealed()).error == .aboveLimit(part: .notice))
    }

    @Test func `a receipt that is too long is refused before it is here`() throws {
        let sound = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        var raw = sound
        raw.frames = [4] + RawBundle.length(ReplicationLimits.receiptBytesMax + 1)
        #expect(read(try raw.sealed()).error == .aboveLimit(part: .receipt))
        // The longest hello that there may be has room in one.
        let largest = Frame.receipt(
            Receipt(
                recipient: commune.hub.opening.sealingKey,
                streamHeader: try StreamHeader(.zeros(StreamHeader.length)),
                hello: .zeros(ReplicationLimits.helloBytesMax),
                signature: try Signature(.zeros(Signature.length))
            )
        )
        let length = largest.encode().count - 5
        #expect(length <= ReplicationLimits.receiptBytesMax)
        raw = sound
        raw.frames = [4] + RawBundle.length(length)
        #expect(read(try raw.sealed()).error == .damagedBundle)
    }

    /// Code 5, and one of a later version.
    @Test(arguments: [[0x05], [0x18, 0x63]] as [[UInt8]])
    func `too many notices are refused`(code: [UInt8]) throws {
        let head = [0x84] + code + [0x60, 0x00, 0x00]
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        for _ in 0..<ReplicationLimits.noticesMax {
            raw.addFrame(type: 3, head: head)
        }
        #expect(read(try raw.sealed()).ends == 1)
        raw.addFrame(type: 3, head: head)
        #expect(read(try raw.sealed()).error == .aboveLimit(part: .notice))
    }

    @Test func `a bundle that ends inside a frame is damaged although its end is signed`() throws {
        var raw = RawBundle(
            hello: commune.village.hello(to: commune.hub),
            from: commune.village,
            to: commune.hub
        )
        raw.add(segments[0])
        raw.frames.removeLast()
        let received = read(try raw.sealed())
        #expect(received.segments.isEmpty)
        #expect(received.error == .damagedBundle)
    }

    @Test func `what is no bundle is refused with the first bytes`() {
        #expect(read(.zeros(200)).error == .invalid(part: .bundle, .scheme))
        var version2 = [UInt8].zeros(200)
        version2.replaceSubrange(0..<9, with: Array("doorstep".utf8) + [2])
        #expect(read(version2).error == .envelopeVersion(theirs: 2, ours: 1))
        #expect(read(.zeros(1)).error == .invalid(part: .bundle, .scheme))
        #expect(read(Array("doorst".utf8)).error == nil)
    }

    @Test func `errors say what to do and name nobody`() {
        let errors: [ReplicationError] = [
            .notForThisNode, .damagedBundle, .version(theirs: 3, ours: 1), .payloadMismatch,
            .envelopeVersion(theirs: 2, ours: 1),
            .malformed(part: .hello, .truncated(offset: 3)), .invalid(part: .frame, .position),
            .aboveLimit(part: .notice), .badSignature(part: .header),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.allSatisfy { $0.description.count > 20 })
    }
}

extension RawBundle {
    mutating func add(_ segment: Segment) {
        addFrame(type: 1, head: Self.head(segment, size: segment.compressed.count, offset: 0))
        frames += segment.compressed
    }

    static func head(_ segment: Segment, size: Int, offset: Int) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(5)
        writer.write(segment.headerBytes)
        writer.write(segment.signature.bytes)
        writer.write(size)
        writer.write(offset)
        writer.write(0)
        return writer.bytes
    }
}

extension Received {
    init(_ pieces: [[UInt8]], key: OpeningKey, error: ReplicationError) {
        self.init(pieces, key: key)
        self.error = error
    }
}
