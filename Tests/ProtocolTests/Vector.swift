import CBOR
import Causality
import TestSupport

/// A test vector: one fenced block of `sync-protocol.md`, with named lines.
struct Vector: Equatable {
    struct Field: Equatable {
        let key: String
        let value: String
    }

    enum Problem: Error {
        case missing(String)
        case notHexadecimal(String)
    }

    let name: String
    var fields: [Field] = []

    init(_ name: String) {
        self.name = name
    }

    mutating func add(_ key: String, _ value: String) {
        fields.append(Field(key: key, value: value))
    }

    mutating func add(_ key: String, _ bytes: [UInt8]) {
        add(key, hexadecimal(bytes))
    }

    func text(_ key: String) throws -> String {
        guard let field = fields.first(where: { $0.key == key }) else {
            throw Problem.missing("\(name): \(key)")
        }
        return field.value
    }

    func bytes(_ key: String) throws -> [UInt8] {
        try Self.bytes(try text(key))
    }

    /// The values of all lines with this key, in their order.
    func all(_ key: String) -> [String] {
        fields.filter { $0.key == key }.map(\.value)
    }

    static func bytes(_ text: String) throws -> [UInt8] {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { throw Problem.notHexadecimal(text) }
        return try stride(from: 0, to: digits.count, by: 2).map { place in
            let pair = String(decoding: digits[place...(place + 1)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { throw Problem.notHexadecimal(text) }
            return byte
        }
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
}

/// An item in diagnostic notation (RFC 8949, section 8), as far as the protocol's subset goes.
func diagnose(_ reader: inout CBORReader) throws -> String {
    if reader.null() { return "null" }
    if reader.erased() { return "undefined" }
    switch try reader.peekMajor() {
    case 0: return "\(try reader.unsigned())"
    case 1: return "\(try reader.integer())"
    case 2: return "h'\(hexadecimal(try reader.byteString(max: 1 << 20)))'"
    case 3: return "\"\(try reader.text(max: 1 << 20))\""
    default:
        var items: [String] = []
        for _ in 0..<(try reader.array(max: 10_000)) { items.append(try diagnose(&reader)) }
        return "[\(items.joined(separator: ", "))]"
    }
}

func diagnose(_ bytes: [UInt8]) throws -> String {
    var reader = CBORReader(bytes)
    let text = try diagnose(&reader)
    try reader.finish()
    return text
}
