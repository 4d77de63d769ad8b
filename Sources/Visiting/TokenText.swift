import CBOR
import Causality
import Replication
package import Store

/// What a page was shown with, for a hidden input: bytes in hexadecimal digits.
extension Token {
    package var text: String {
        encode().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Reads what ``text`` wrote; nil for anything else.
    package init?(text: String) {
        guard text.utf8.count.isMultiple(of: 2), text.utf8.count <= VisitingLimits.draftBytes else {
            return nil
        }
        var bytes: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        guard let token = try? Token(encoded: bytes) else { return nil }
        self = token
    }

    func encode() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(own == nil ? 1 : 4)
        writer.write(vector.encode())
        if let own {
            writer.write(own.dot.log.rawValue)
            writer.write(own.dot.seq)
            writer.write(own.hash)
        }
        return writer.bytes
    }

    init(encoded bytes: [UInt8]) throws {
        var reader = CBORReader(bytes)
        let count = try reader.array(max: 4)
        guard count == 1 || count == 4 else { throw VisitingError.unreadable }
        let vector = try VersionVector(
            encoded: try reader.byteString(max: VisitingLimits.draftBytes)
        )
        var own: OwnEntry?
        if count == 4 {
            let log = LogID(try reader.unsigned())
            // A token comes back from whoever has it.
            let dot = Dot(log: log, seq: try reader.unsigned(max: UInt64(Int64.max)))
            own = OwnEntry(dot: dot, hash: try reader.unsigned())
        }
        try reader.finish()
        self.init(vector: vector, own: own)
    }
}
