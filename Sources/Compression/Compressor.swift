internal import CZstd

/// Compresses into single zstd frames (RFC 8878) that carry their size.
///
/// No checksum: what Doorstep compresses is hashed and signed. Not for several threads at once.
@safe
package final class Compressor {
    private let context: OpaquePointer?
    private let level: Int32

    /// Levels as in `zstd`: 1 is fast, 19 is small.
    package init(level: Int) {
        precondition((1...Int(ZSTD_maxCLevel())).contains(level), "a level that zstd knows")
        unsafe context = ZSTD_createCCtx()
        self.level = Int32(level)
    }

    deinit {
        unsafe ZSTD_freeCCtx(context)
    }

    package func compress(_ bytes: Span<UInt8>) -> [UInt8] {
        let capacity = ZSTD_compressBound(bytes.count)
        var length = 0
        let result = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, written in
            let target = buffer.baseAddress
            length = unsafe bytes.withUnsafeBufferPointer { source in
                unsafe ZSTD_compressCCtx(
                    context,
                    target,
                    capacity,
                    source.baseAddress,
                    source.count,
                    level
                )
            }
            written = ZSTD_isError(length) == 0 ? length : 0
        }
        // With room for the bound, only exhausted memory is left to fail.
        precondition(ZSTD_isError(length) == 0, "not enough memory to compress")
        return result
    }

    package func compress(_ bytes: [UInt8]) -> [UInt8] {
        compress(bytes.span)
    }
}

/// Decompresses single zstd frames of a size known beforehand.
///
/// Not for several threads at once.
@safe
package final class Decompressor {
    private let context: OpaquePointer?

    package init() {
        unsafe context = ZSTD_createDCtx()
    }

    deinit {
        unsafe ZSTD_freeDCtx(context)
    }

    /// The content of the frame, which must fill `bytes` and hold exactly `exactSize` bytes.
    ///
    /// Nothing is reserved before the size claimed is found to be within the limit.
    package func decompress(
        _ bytes: Span<UInt8>,
        exactSize: Int,
        limit: Int
    ) throws(CompressionError) -> [UInt8] {
        guard exactSize >= 0, exactSize <= limit else {
            throw .overLimit(claimed: exactSize, limit: limit)
        }
        var outcome = Outcome.damaged
        let result = unsafe bytes.withUnsafeBufferPointer { source in
            outcome = unsafe inspect(source, exactSize: exactSize)
            guard outcome == .sound else { return [UInt8]() }
            return unsafe [UInt8](unsafeUninitializedCapacity: exactSize) { buffer, written in
                let length = unsafe ZSTD_decompressDCtx(
                    context,
                    buffer.baseAddress,
                    exactSize,
                    source.baseAddress,
                    source.count
                )
                if ZSTD_isError(length) != 0 {
                    outcome = .damaged
                } else if length != exactSize {
                    outcome = .wrongSize
                } else {
                    written = exactSize
                }
            }
        }
        switch outcome {
        case .sound: return result
        case .damaged: throw .damaged
        case .wrongSize: throw .wrongSize(expected: exactSize)
        case .trailingBytes: throw .trailingBytes
        }
    }

    package func decompress(
        _ bytes: [UInt8],
        exactSize: Int,
        limit: Int
    ) throws(CompressionError) -> [UInt8] {
        try decompress(bytes.span, exactSize: exactSize, limit: limit)
    }

    private enum Outcome {
        case sound
        case damaged
        case wrongSize
        case trailingBytes
    }

    private func inspect(_ source: UnsafeBufferPointer<UInt8>, exactSize: Int) -> Outcome {
        let length = unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
        guard ZSTD_isError(length) == 0 else { return .damaged }
        guard length == source.count else { return .trailingBytes }
        let claimed = unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
        // Unknown and damaged are huge numbers here (ZSTD_CONTENTSIZE_UNKNOWN, _ERROR).
        return claimed == UInt64(exactSize) ? .sound : .wrongSize
    }
}
