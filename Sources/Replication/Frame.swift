import CBOR
package import Sealing

/// What a bundle carries behind its hello: `sync-protocol.md` section 7.3.
package enum Frame: Hashable, Sendable {
    /// A segment's header and signature; the compressed payload's bytes from `offset` on follow.
    case segment(SegmentFrame)
    /// A segment of a branch that the sender has set aside, offered to its parent; same layout.
    case offer(SegmentFrame)
    /// Something that the receiver should know.
    case notice(Notice)
    /// What the receiver itself stated earlier of its holdings, shown to it again.
    case receipt(Receipt)
}

/// The head of a segment on the way.
package struct SegmentFrame: Hashable, Sendable {
    package let header: [UInt8]
    package let signature: Signature
    /// Bytes of the whole compressed payload.
    package let compressedSize: Int
    /// Bytes of it that the receiver has already.
    package let offset: Int
    /// The payload was redacted: the receiver holds, or gets first, the order that explains it.
    package let isRedacted: Bool

    package init(
        header: [UInt8],
        signature: Signature,
        compressedSize: Int,
        offset: Int = 0,
        isRedacted: Bool = false
    ) {
        self.header = header
        self.signature = signature
        self.compressedSize = compressedSize
        self.offset = offset
        self.isRedacted = isRedacted
    }
}

/// A machine word, where it belongs, and a number whose meaning the word gives.
package struct Notice: Hashable, Sendable {
    package enum Code: UInt64, Hashable, Sendable {
        /// Segments of the log were refused: their writer has no right, or they are not sound. Number: the
        /// seq of the first.
        case refused = 1
        /// Two histories stand under the log's id; the parent's stands. Number: the seq of the segment
        /// that contradicts.
        case fork = 2
        /// The log's segments were set aside: its node is revoked.
        case revoked = 3
        /// Segments depend on entries of this log that are missing here.
        case missing = 4
        /// The digest was not recognised: the vectors are needed next time.
        case vectorsNeeded = 5
        /// The sender's clock is off by this many milliseconds, plus 2^47.
        case clock = 6
        /// There is a gap: send the log from this number on, up to which it is held.
        case resend = 7
    }

    package let code: Code
    package let scope: String
    package let log: UInt64
    package let number: UInt64

    package init(_ code: Code, scope: String = "", log: UInt64 = 0, number: UInt64 = 0) {
        self.code = code
        self.scope = scope
        self.log = log
        self.number = number
    }
}

extension Frame {
    /// Type byte and length of the head: five bytes before every frame.
    static let prefixLength = 5
    static let noticeType: UInt8 = 3
    static let receiptType: UInt8 = 4
    /// Bytes of a frame's head.
    static let headBytesMax = ReplicationLimits.headerBytesMax + 1024

    /// Refuses a head that is longer than one of its type may be, before it is here.
    static func checkHead(type: UInt8, length: Int) throws(ReplicationError) {
        let (part, max): (ReplicationError.Part, Int) =
            switch type {
            case noticeType: (.notice, ReplicationLimits.noticeBytesMax)
            case receiptType: (.receipt, ReplicationLimits.receiptBytesMax)
            default: (.frame, headBytesMax)
            }
        guard length <= max else { throw .aboveLimit(part: part) }
    }

    /// The frame's bytes without the payload that may follow.
    package func encode() -> [UInt8] {
        var writer = CBORWriter(capacity: 512)
        let type: UInt8
        switch self {
        case .segment(let head):
            type = 1
            head.write(to: &writer)
        case .offer(let head):
            type = 2
            head.write(to: &writer)
        case .notice(let notice):
            type = Self.noticeType
            writer.array(4)
            writer.write(notice.code.rawValue)
            writer.write(notice.scope)
            writer.write(notice.log)
            writer.write(notice.number)
        case .receipt(let receipt):
            type = Self.receiptType
            receipt.write(to: &writer)
        }
        let length = UInt32(writer.bytes.count)
        let prefix = [type] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
        return prefix + writer.bytes
    }

    /// Decodes a head; nil for a type of a later version, which is passed over.
    init?(type: UInt8, head: [UInt8]) throws(ReplicationError) {
        var reader = CBORReader(head)
        switch type {
        case 1: self = .segment(try SegmentFrame(&reader))
        case 2: self = .offer(try SegmentFrame(&reader))
        case Self.noticeType:
            guard let notice = try Self.readNotice(&reader) else { return nil }
            self = .notice(notice)
        case Self.receiptType: self = .receipt(try Receipt(&reader))
        default: return nil
        }
        try reading(.frame) { () throws(CBORError) in try reader.finish() }
    }

    private static func readNotice(
        _ reader: inout CBORReader
    ) throws(ReplicationError) -> Notice? {
        let (code, scope, log, number) = try reading(.notice) { () throws(CBORError) in
            try reader.array(exactly: 4)
            let code = try reader.unsigned()
            let scope = try reader.text(max: ReplicationLimits.scopeBytesMax)
            return (code, scope, try reader.unsigned(), try reader.unsigned())
        }
        return Notice.Code(rawValue: code).map {
            Notice($0, scope: scope, log: log, number: number)
        }
    }
}

extension SegmentFrame {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.array(5)
        writer.write(header)
        writer.write(signature.bytes)
        writer.write(compressedSize)
        writer.write(offset)
        writer.write(isRedacted ? 1 : 0)
    }

    fileprivate init(_ reader: inout CBORReader) throws(ReplicationError) {
        let (header, signature, size, offset, redacted) = try reading(.frame) {
            () throws(CBORError) in
            try reader.array(exactly: 5)
            let header = try reader.byteString(max: ReplicationLimits.headerBytesMax)
            let signature = try reader.byteString(max: Signature.length)
            let size = try reader.count(max: ReplicationLimits.compressedBytesMax)
            let offset = try reader.count(max: size)
            return (header, signature, size, offset, try reader.unsigned(max: 1))
        }
        guard let signature = try? Signature(signature) else {
            throw .invalid(part: .frame, .range)
        }
        self.init(
            header: header,
            signature: signature,
            compressedSize: size,
            offset: offset,
            isRedacted: redacted == 1
        )
    }
}
