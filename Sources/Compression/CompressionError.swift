/// What decompression refused.
package enum CompressionError: Error, Hashable, Sendable {
    /// The content is said to be larger than the caller's limit.
    case overLimit(claimed: Int, limit: Int)
    /// The frame's own size, or the bytes that came out, are not what the header promised.
    case wrongSize(expected: Int)
    /// Bytes follow the frame.
    case trailingBytes
    /// Not a zstd frame, or a damaged one.
    case damaged
}

extension CompressionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .overLimit(let claimed, let limit):
            "compressed data claims \(claimed) bytes, more than the \(limit) allowed; refused"
        case .wrongSize(let expected):
            "compressed data does not hold the \(expected) bytes promised; copy it again"
        case .trailingBytes:
            "there is more after the compressed data; copy it again"
        case .damaged:
            "compressed data is damaged; copy it again"
        }
    }
}
