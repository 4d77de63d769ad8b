internal import CSodium

/// The secret of one stream; used for one stream only.
package struct StreamKey: Sendable {
    package static let length = 32

    fileprivate let secret: SecretBytes

    package init(_ bytes: [UInt8]) throws(SealingError) {
        try requireLength(bytes, Self.length, of: .key)
        secret = SecretBytes(bytes)
    }

    private init(secret: SecretBytes) {
        self.secret = secret
    }

    package static func random() -> StreamKey {
        StreamKey(secret: SecretBytes(randomBytes(length)))
    }

    /// The secret bytes, to be sealed to the recipient and nowhere else.
    package func exportBytes() -> [UInt8] {
        secret.copy(0..<Self.length)
    }
}

/// The public start of a stream (24 bytes), which makes each stream different.
package struct StreamHeader: Hashable, Sendable {
    package static let length = 24

    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) throws(SealingError) {
        try requireLength(bytes, Self.length, of: .header)
        self.bytes = bytes
    }

    private init(checked bytes: [UInt8]) {
        self.bytes = bytes
    }

    package static func random() -> StreamHeader {
        StreamHeader(checked: randomBytes(length))
    }
}

/// The state of a stream on either side.
///
/// libsodium's `init_pull` computes it from key and header alone, and its `init_push` differs only
/// in drawing the header: with the header given, both sides start the same way.
private func streamState(
    _ key: StreamKey,
    _ header: StreamHeader
) -> crypto_secretstream_xchacha20poly1305_state {
    var state = crypto_secretstream_xchacha20poly1305_state()
    unsafe key.secret.withPointer { secret in
        _ = unsafe crypto_secretstream_xchacha20poly1305_init_pull(&state, header.bytes, secret)
    }
    return state
}

/// Seals the chunks of a stream one after the other (XChaCha20-Poly1305, libsodium secretstream).
package final class StreamSealer {
    /// How much longer a sealed chunk is.
    package static let overhead = Int(crypto_secretstream_xchacha20poly1305_ABYTES)

    package let header: StreamHeader
    private var state: crypto_secretstream_xchacha20poly1305_state
    private var isFinished = false

    /// Starts a stream; the pair of key and header must never be used for another.
    package init(key: StreamKey, header: StreamHeader = .random()) {
        self.header = header
        state = streamState(key, header)
    }

    deinit {
        unsafe sodium_memzero(&state, MemoryLayout.size(ofValue: state))
    }

    /// Seals the next chunk, bound to its place and to the additional bytes, which are not written.
    package func seal(
        _ chunk: Span<UInt8>,
        additional: [UInt8] = [],
        isFinal: Bool = false
    ) -> [UInt8] {
        precondition(!isFinished, "a stream ends with its final chunk")
        isFinished = isFinal
        let tag =
            isFinal
            ? crypto_secretstream_xchacha20poly1305_tag_final()
            : crypto_secretstream_xchacha20poly1305_tag_message()
        let length = chunk.count + Self.overhead
        return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, written in
            let target = buffer.baseAddress
            unsafe chunk.withUnsafeBufferPointer { source in
                _ = unsafe crypto_secretstream_xchacha20poly1305_push(
                    &state,
                    target,
                    nil,
                    source.baseAddress,
                    UInt64(source.count),
                    additional,
                    UInt64(additional.count),
                    tag
                )
            }
            written = length
        }
    }

    package func seal(
        _ chunk: [UInt8],
        additional: [UInt8] = [],
        isFinal: Bool = false
    ) -> [UInt8] {
        seal(chunk.span, additional: additional, isFinal: isFinal)
    }
}

/// Opens the chunks of a stream in their order.
package final class StreamOpener {
    private var state: crypto_secretstream_xchacha20poly1305_state
    private var index = 0
    /// Whether the final chunk was seen: without it the stream is truncated.
    package private(set) var isFinished = false

    package init(key: StreamKey, header: StreamHeader) {
        state = streamState(key, header)
    }

    deinit {
        unsafe sodium_memzero(&state, MemoryLayout.size(ofValue: state))
    }

    /// Opens the next chunk; one that is not authentic leaves the stream where it was.
    ///
    /// One that is, and has another tag than the two that are written, has moved it on: nothing behind
    /// such a chunk is to be opened.
    package func open(
        _ chunk: Span<UInt8>,
        additional: [UInt8] = []
    ) throws(SealingError) -> (bytes: [UInt8], isFinal: Bool) {
        guard !isFinished else { throw .chunkAfterEnd }
        guard chunk.count >= StreamSealer.overhead else { throw .chunkRefused(index: index) }
        var tag: UInt8 = 0
        var code: Int32 = -1
        let length = chunk.count - StreamSealer.overhead
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, written in
            let target = buffer.baseAddress
            code = unsafe chunk.withUnsafeBufferPointer { source in
                unsafe crypto_secretstream_xchacha20poly1305_pull(
                    &state,
                    target,
                    nil,
                    &tag,
                    source.baseAddress,
                    UInt64(source.count),
                    additional,
                    UInt64(additional.count)
                )
            }
            written = code == 0 ? length : 0
        }
        guard code == 0 else { throw .chunkRefused(index: index) }
        let final = crypto_secretstream_xchacha20poly1305_tag_final()
        // Nobody writes the other tags; one of them would change the stream's key on the way.
        guard tag == final || tag == crypto_secretstream_xchacha20poly1305_tag_message() else {
            throw .chunkRefused(index: index)
        }
        index += 1
        isFinished = tag == final
        return (bytes, isFinished)
    }

    package func open(
        _ chunk: [UInt8],
        additional: [UInt8] = []
    ) throws(SealingError) -> (bytes: [UInt8], isFinal: Bool) {
        try open(chunk.span, additional: additional)
    }
}
