import CBOR
import Causality
import Compression
import Intake
import Replication
import Sealing
import Survey
import TestSupport

/// The readers of foreign bytes, each as one function from bytes to nothing.
///
/// Whatever the bytes are, ``take(_:)`` returns: an error is an answer, a trap is a bug. What is
/// read is used and written again, so that a value nobody else could have made is found too.
///
/// `swift test` gives them damaged and random bytes for some seconds. libFuzzer, which is guided by
/// coverage, goes on from there; the tool is built on demand only:
///
///     DOORSTEP_FUZZ=1 swift build -c release --sanitize=fuzzer --scratch-path .build/fuzz \
///         --product doorstep-fuzz
///     DOORSTEP_FUZZ=payload .build/fuzz/release/doorstep-fuzz .build/fuzz/payload \
///         -max_total_time=600 -max_len=8192 -rss_limit_mb=768 -malloc_limit_mb=64 -timeout=10
package enum Decoder: String, CaseIterable, Sendable {
    case cbor
    case payload
    /// Headers, certificates, hellos, entries, vectors, redaction orders, enrolment files, receipts,
    /// cards, calls.
    case structures
    /// Frames in a sound envelope.
    case frames
    /// Whole bundles; seldom gets past the seal.
    case bundle
    case csv

    package func take(_ bytes: [UInt8]) {
        switch self {
        case .cbor: Self.takeItems(bytes)
        case .payload: Self.takePayload(bytes)
        case .structures: Self.takeStructure(bytes)
        case .frames: try? FuzzedCommune.shared?.takeFrames(bytes)
        case .bundle: FuzzedCommune.shared?.takeBundle(bytes[...])
        case .csv: Self.takeList(bytes)
        }
    }

    // MARK: CBOR

    private static func takeItems(_ bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        var writer = CBORWriter()
        while (try? copyItem(from: &reader, to: &writer, depth: 0)) != nil {}
        precondition(bytes.starts(with: writer.bytes), "what is read is written the same")
    }

    private static func copyItem(
        from reader: inout CBORReader,
        to writer: inout CBORWriter,
        depth: Int
    ) throws {
        if reader.null() { return writer.null() }
        if reader.erased() { return writer.erased() }
        switch try reader.peekMajor() {
        case 0: writer.write(try reader.unsigned())
        case 1: writer.write(try reader.integer())
        case 2: writer.write(try reader.byteString(max: 1 << 16))
        case 3: writer.write(try reader.text(max: 1 << 16))
        default:
            let count = try reader.array(max: 1 << 16)
            writer.array(count)
            guard depth < 32 else { throw CBORError.aboveLimit(offset: reader.offset) }
            for _ in 0..<count { try copyItem(from: &reader, to: &writer, depth: depth + 1) }
        }
    }

    // MARK: What travels

    private static func takePayload(_ bytes: [UInt8]) {
        // The number of entries that it states itself, so that reading goes on behind it.
        var reader = CBORReader(bytes)
        guard (try? reader.array(exactly: 8)) != nil,
            let count = try? reader.count(max: ReplicationLimits.segmentEntriesMax),
            let payload = try? Payload(bytes, count: count)
        else { return }
        let entries = payload.entries()
        let again = Payload.encode(entries)
        guard again.count <= ReplicationLimits.payloadBytesMax else { return }
        precondition(
            (try? Payload(again, count: count).entries()) == entries,
            "what is read is written so that it reads the same"
        )
    }

    private static func takeStructure(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let again: [UInt8]?
        switch kind % 11 {
        case 0: again = (try? SegmentHeader(rest))?.encode()
        case 1: again = (try? Certificate(rest))?.bytes
        case 2: again = (try? Hello(rest))?.encode()
        case 3: again = (try? Entry(rest))?.encode()
        case 4: again = (try? VersionVector(encoded: rest))?.encode()
        case 5: again = takeOrder(rest)
        case 6: again = (try? EnrolmentRequest(rest))?.bytes
        case 7: again = (try? EnrolmentReply(rest))?.bytes
        case 8: again = (try? Receipt(rest))?.encode()
        case 9: again = (try? HubCard(rest))?.bytes
        default: again = (try? EnrolmentCall(plain: rest))?.plain
        }
        precondition(again == nil || again == rest, "one value has one encoding")
    }

    /// An order written again; nil where a part that cannot be was passed over in reading.
    private static func takeOrder(_ bytes: [UInt8]) -> [UInt8]? {
        guard let parts = try? SegmentRedaction.decode(bytes) else { return nil }
        let again = SegmentRedaction.encode(parts)
        precondition((try? SegmentRedaction.decode(again)) == parts, "what is left reads the same")
        var reader = CBORReader(bytes)
        return (try? reader.array(max: bytes.count)) == parts.count ? again : nil
    }

    // MARK: Lists

    private static func takeList(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        if kind & 1 == 0 {
            _ = try? Importer(today: .never).read(rest)
            return
        }
        var limits = IntakeLimits()
        limits.rows = 1_000
        let size = 1 + Int(kind) / 16
        let source = ByteChunks.source(rest, size: size)
        var reader = CSVReader(separator: UInt8(ascii: ";"), limits: limits, source: source)
        while let row = try? reader.next() {
            precondition(row.cells.count <= limits.fieldsPerRow, "a row is bounded")
        }
    }
}
