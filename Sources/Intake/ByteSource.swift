/// Gives the next chunk of a file, nil at its end.
package typealias ByteSource = () throws(IntakeError) -> [UInt8]?

/// Brings a file to UTF-8 without byte order mark: recognises UTF-8, UTF-16 and what is no text.
struct UTF8Source {
    private enum Encoding {
        case utf8
        case utf16(isBigEndian: Bool)
    }

    private let source: ByteSource
    private var encoding: Encoding?
    /// Bytes of an unfinished beginning or UTF-16 unit.
    private var rest: [UInt8] = []
    private var highSurrogate: UInt16?

    init(_ source: @escaping ByteSource) {
        self.source = source
    }

    mutating func next() throws(IntakeError) -> [UInt8]? {
        guard let encoding else { return try begin() }
        guard let chunk = try source() else { return finish() }
        switch encoding {
        case .utf8: return chunk
        case .utf16(let isBigEndian): return transcoded(chunk, isBigEndian)
        }
    }

    /// Reads until the longest mark (three bytes) is decidable.
    private mutating func begin() throws(IntakeError) -> [UInt8]? {
        var head: [UInt8] = []
        while head.count < 4, let chunk = try source() { head += chunk }
        guard !head.isEmpty else { throw .empty }
        let signatures: [[UInt8]] = [
            [0x50, 0x4B, 0x03, 0x04], [0xD0, 0xCF, 0x11], Array("%PDF".utf8),
        ]
        if signatures.contains(where: head.starts(with:)) { throw .notText }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            let isBigEndian = head[0] == 0xFE
            encoding = .utf16(isBigEndian: isBigEndian)
            return transcoded(Array(head.dropFirst(2)), isBigEndian)
        }
        encoding = .utf8
        return head.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(head.dropFirst(3)) : head
    }

    private mutating func transcoded(_ chunk: [UInt8], _ isBigEndian: Bool) -> [UInt8] {
        let bytes = rest + chunk
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index + 1 < bytes.count {
            let first = UInt16(bytes[index])
            let second = UInt16(bytes[index + 1])
            append(isBigEndian ? first << 8 | second : second << 8 | first, to: &result)
            index += 2
        }
        rest = Array(bytes[index...])
        return result
    }

    private mutating func append(_ unit: UInt16, to result: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if (0xDC00...0xDFFF).contains(unit) {
                let value = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
                encode(value, to: &result)
                return
            }
            encode(0xFFFD, to: &result)
        }
        if (0xD800...0xDBFF).contains(unit) {
            highSurrogate = unit
        } else {
            encode(UInt32(unit), to: &result)
        }
    }

    private func encode(_ value: UInt32, to result: inout [UInt8]) {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        result.append(contentsOf: UTF8.encode(scalar) ?? .init())
    }

    private mutating func finish() -> [UInt8]? {
        guard highSurrogate != nil || !rest.isEmpty else { return nil }
        highSurrogate = nil
        rest = []
        return Array("\u{FFFD}".utf8)
    }
}
