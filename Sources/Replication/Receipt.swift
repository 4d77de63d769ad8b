import CBOR
package import Causality
package import Sealing

/// A hub's signed hello, kept by the node that it was sent to: proof of what the hub held then.
///
/// Whoever has it can show a hub that was set back to an older backup what it had stated before.
package struct Receipt: Hashable, Sendable {
    /// The sealing key of the bundle that the hello stood in: part of what was signed.
    package let recipient: SealingKey
    /// The header of that bundle's stream: part of what was signed.
    package let streamHeader: StreamHeader
    /// The hello's own bytes.
    package let hello: [UInt8]
    package let signature: Signature

    package init(
        recipient: SealingKey,
        streamHeader: StreamHeader,
        hello: [UInt8],
        signature: Signature
    ) {
        self.recipient = recipient
        self.streamHeader = streamHeader
        self.hello = hello
        self.signature = signature
    }

    /// Whether the holder of the key has made the hello.
    package func isSigned(by key: VerifyingKey) -> Bool {
        key.isValid(signature, for: BundleFormat.signed(hello, to: recipient, streamHeader))
    }

    /// The vectors that the hello states; none where it has a digest only, or does not decode.
    package var vectors: [String: VersionVector] {
        guard case .vectors(let vectors) = try? Hello(hello).holdings else { return [:] }
        return vectors
    }

    package func encode() -> [UInt8] {
        var writer = CBORWriter(capacity: hello.count + 160)
        write(to: &writer)
        return writer.bytes
    }

    /// Decodes a receipt; neither its signature nor its hello is looked into.
    package init(_ bytes: [UInt8]) throws(ReplicationError) {
        var reader = CBORReader(bytes)
        try self.init(&reader)
        try reading(.receipt) { () throws(CBORError) in try reader.finish() }
    }

    func write(to writer: inout CBORWriter) {
        writer.array(4)
        writer.write(recipient.bytes)
        writer.write(streamHeader.bytes)
        writer.write(hello)
        writer.write(signature.bytes)
    }

    init(_ reader: inout CBORReader) throws(ReplicationError) {
        let (recipient, header, hello, signature) = try reading(.receipt) {
            () throws(CBORError) in
            try reader.array(exactly: 4)
            let recipient = try reader.byteString(max: SealingKey.length)
            let header = try reader.byteString(max: StreamHeader.length)
            let hello = try reader.byteString(max: ReplicationLimits.helloBytesMax)
            return (recipient, header, hello, try reader.byteString(max: Signature.length))
        }
        guard let recipient = try? SealingKey(recipient),
            let header = try? StreamHeader(header), let signature = try? Signature(signature)
        else { throw .invalid(part: .receipt, .range) }
        self.init(
            recipient: recipient,
            streamHeader: header,
            hello: hello,
            signature: signature
        )
    }
}
