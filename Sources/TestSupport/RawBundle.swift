package import Replication
package import Sealing

/// A bundle written from the words of `sync-protocol.md` alone, so that it can break its rules.
package struct RawBundle {
    package var magic = Array("doorstep".utf8) + [1]
    package var recipient: NodeID
    package var sealedTo: SealingKey
    package var hello: [UInt8]
    package var signature: [UInt8]
    package var frames: [UInt8] = []
    /// Plain bytes of each chunk but the last.
    package var chunkLength = 8192
    private let keys: BundleKeys

    /// A bundle whose hello may say whatever it likes.
    ///
    /// `hello`: encoded. `key`: what signs it.
    package init(
        hello: [UInt8],
        signedBy key: SigningKey,
        to recipient: Certificate,
        keys: BundleKeys = .random()
    ) {
        self.recipient = recipient.node
        sealedTo = recipient.sealingKey
        self.hello = hello
        self.keys = keys
        let signed =
            Array("doorstep-hello-1".utf8) + recipient.sealingKey.bytes
            + keys.streamHeader.bytes + hello
        signature = key.sign(signed).bytes
    }

    package mutating func addFrame(type: UInt8, head: [UInt8]) {
        frames += [type] + Self.length(head.count) + head
    }

    /// Adds a segment with its payload.
    package mutating func add(_ segment: Segment, isOffer: Bool = false) {
        let head = SegmentFrame(
            header: segment.headerBytes,
            signature: segment.signature,
            compressedSize: segment.compressed.count
        )
        frames += (isOffer ? Frame.offer(head) : Frame.segment(head)).encode()
        frames += segment.compressed
    }

    package static func length(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }

    package func sealed() throws -> [UInt8] {
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
