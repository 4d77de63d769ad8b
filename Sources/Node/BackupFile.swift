import CBOR
package import Replication
import Sealing

/// What a backup says of itself to whoever has the recovery key.
package struct BackupInfo: Hashable, Sendable {
    package let node: NodeID
    package let name: String
    /// When it was taken, milliseconds since 1970.
    package let time: UInt64
    package let software: String
}

/// The form of a backup: a short public head, then a sealed stream; `sync-protocol.md` section 16.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | `DOORBAK1` |
/// | 8 | 8 | beginning of BLAKE2b-256(public half of the recovery key) |
/// | 16 | 8 | length of the plain text, big-endian |
/// | 24 | 80 | key of the stream, sealed to the recovery key (`crypto_box_seal`) |
/// | 104 | 24 | header of the stream (libsodium `secretstream`) |
/// | 128 | – | the plain text in pieces of 64 KiB, each sealed with the head as additional data |
///
/// The last piece carries the final tag. The plain text is ``BackupInfo`` as a CBOR array (time,
/// node, name, software), then the database.
struct BackupHead {
    static let pieceBytes = 64 << 10
    static let sealedPieceBytes = pieceBytes + StreamSealer.overhead
    static let headBytes = fixedBytes + boxBytes + StreamHeader.length
    private static let magic = Array("DOORBAK1".utf8)
    private static let fixedBytes = 24
    private static let boxBytes = SealedBox.overhead + StreamKey.length

    /// The head itself, which every piece is bound to.
    let bytes: [UInt8]
    let plainBytes: UInt64

    /// The head of a new backup.
    init(
        plainBytes: UInt64,
        key: StreamKey,
        header: StreamHeader,
        recipient: SealingKey
    ) throws(SealingError) {
        self.plainBytes = plainBytes
        bytes =
            Self.magic + Self.keyID(recipient)
            + (0..<8).reversed().map { UInt8(truncatingIfNeeded: plainBytes >> (8 * UInt64($0))) }
            + (try SealedBox.seal(key.exportBytes(), to: recipient)) + header.bytes
    }

    /// The head of a file; what is too short to be one is a truncated backup if it begins like one.
    init(_ bytes: [UInt8], path: String) throws(NodeError) {
        guard !bytes.isEmpty, bytes.prefix(8).elementsEqual(Self.magic.prefix(bytes.count)) else {
            throw .notThatFile(path: path, wanted: .backup)
        }
        guard bytes.count == Self.headBytes else { throw .truncatedBackup }
        self.bytes = bytes
        plainBytes = bytes[16..<24].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Opens the stream; an error tells another key from a damaged head.
    func opener(_ key: RecoveryKey) throws(NodeError) -> StreamOpener {
        guard bytes[8..<16].elementsEqual(Self.keyID(key.openingKey.sealingKey)) else {
            throw .wrongRecoveryKey
        }
        do throws(SealingError) {
            let box = Array(bytes[Self.fixedBytes..<Self.fixedBytes + Self.boxBytes])
            return StreamOpener(
                key: try StreamKey(SealedBox.open(box, with: key.openingKey)),
                header: try StreamHeader(Array(bytes.suffix(StreamHeader.length)))
            )
        } catch {
            throw .damagedBackup
        }
    }

    /// The length of the whole file; nil where the head names one that no file has.
    var fileBytes: UInt64? {
        let pieces = max(1, (plainBytes / UInt64(Self.pieceBytes)) + (isEven ? 0 : 1))
        let seals = pieces.multipliedReportingOverflow(by: UInt64(StreamSealer.overhead))
        let sum = plainBytes.addingReportingOverflow(seals.partialValue)
        let whole = sum.partialValue.addingReportingOverflow(UInt64(Self.headBytes))
        return sum.overflow || seals.overflow || whole.overflow ? nil : whole.partialValue
    }

    private var isEven: Bool { plainBytes.isMultiple(of: UInt64(Self.pieceBytes)) }

    private static func keyID(_ key: SealingKey) -> [UInt8] {
        Array(Hash.blake2b(key.bytes).bytes.prefix(8))
    }
}

extension BackupInfo {
    private static let nameBytesMax = 1024

    func encode() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(4)
        writer.write(time)
        writer.write(node.rawValue)
        writer.write(name)
        writer.write(software)
        return writer.bytes
    }

    /// Reads the info at the beginning of the first piece and says where the database begins.
    static func read(_ piece: [UInt8]) throws(NodeError) -> (info: BackupInfo, end: Int) {
        do throws(CBORError) {
            var reader = CBORReader(piece)
            try reader.array(exactly: 4)
            let time = try reader.unsigned()
            let info = BackupInfo(
                node: NodeID(try reader.unsigned()),
                name: try reader.text(max: nameBytesMax),
                time: time,
                software: try reader.text(max: nameBytesMax)
            )
            return (info, reader.offset)
        } catch {
            throw .damagedBackup
        }
    }
}
