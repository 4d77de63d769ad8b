import CBOR
import Causality
import Replication
import TestSupport

extension Example {
    /// Items of the subset: the key is the diagnostic notation, the value the bytes.
    static func primitives() throws -> [Example] {
        var writer = CBORWriter()
        for number in [0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_296, .max] as [UInt64] {
            writer.write(number)
        }
        for number in [-1, -24, -25, .min] as [Int64] { writer.write(number) }
        writer.write("")
        writer.write("Thôn")
        writer.write([] as [UInt8])
        writer.write([0x00, 0xff] as [UInt8])
        writer.null()
        writer.erased()
        writer.array(3)
        writer.write(1)
        writer.write("a")
        writer.array(0)
        var vector = Vector("cbor")
        var reader = CBORReader(writer.bytes)
        while !reader.isAtEnd {
            let start = reader.offset
            let text = try diagnose(&reader)
            vector.add(text, Array(writer.bytes[start..<reader.offset]))
        }
        return [
            Example(vector: vector) { document in
                var again = Vector(document.name)
                for field in document.fields {
                    let bytes = try Vector.bytes(field.value)
                    again.add(try diagnose(bytes), bytes)
                }
                return again
            }
        ]
    }

    /// Each layout of a column of whole numbers.
    static func integerColumns() throws -> [Example] {
        let examples: [(String, [Int64])] = [
            ("integers-steps", [7, 10, 13, 16]),
            ("integers-one", [7]),
            ("integers-none", []),
            ("integers-runs", [1, 1, 1, 1, 1, 2, 2, 2]),
            ("integers-base", [5, 6, 9]),
            ("integers-planes", [-1, 300, 70_000]),
            ("integers-differences", [1_000, 2_000, 2_900, 4_000]),
            ("integers-widest", [.min, .max, 0]),
        ]
        return try examples.map { name, numbers in
            var vector = Vector(name)
            vector.add("numbers", "\(numbers)")
            vector.add("bytes", try column(numbers))
            return Example(vector: vector) { document in
                let bytes = try document.bytes("bytes")
                let numbers = try self.numbers(bytes, count: numbers.count)
                var again = Vector(name)
                again.add("numbers", "\(numbers)")
                again.add("bytes", try column(numbers))
                return again
            }
        }
    }

    /// A column of whole numbers, as it stands for the values of a field.
    private static func column(_ numbers: [Int64]) throws -> [UInt8] {
        // A marked cell besides makes a column of no numbers possible.
        let values = numbers.map { Value.integer($0) } + [.null]
        return try items(of: try items(of: try column(of: values))[3])[1]
    }

    private static func numbers(_ bytes: [UInt8], count: Int) throws -> [Int64] {
        var parts = try items(of: try column(of: (0..<count).map { .integer(Int64($0)) } + [.null]))
        parts[3] = [0x82, 0x00] + bytes
        return try values([0x84] + Array(parts.joined()), count: count + 1).compactMap { value in
            if case .integer(let number) = value { number } else { nil }
        }
    }

    /// Each layout of values, as the one column `f` of entries that all set it but for the last.
    static func columns() throws -> [Example] {
        let examples: [(String, [Value])] = [
            ("column-integers", [.integer(3), .integer(4), .integer(8)]),
            ("column-marks", [.null, .integer(3), .erased]),
            ("column-texts", [.text("Ánh"), .text("Bình"), .text("")]),
            ("column-dictionary", [.text("nam"), .text("nữ"), .text("nữ"), .text("nam")]),
            (
                "column-references",
                [
                    .reference(RecordID(origin: 16, counter: 1)),
                    .reference(RecordID(origin: 16, counter: 2)),
                    .reference(RecordID(origin: 15, counter: 9)),
                ]
            ),
            ("column-bytes", [.bytes([0, 255]), .bytes([])]),
            ("column-dates", [.text("1980-02-29"), .text("2015-12-01"), .text("1969-12-31")]),
            ("column-digits", [.text("0990000001"), .text("0990000002"), .text("0990000300")]),
            ("column-mixed", [.integer(-5), .text("5"), .bytes([5])]),
        ]
        return try examples.map { name, values in
            var vector = Vector(name)
            vector.add("values", "[\(values.map(notation).joined(separator: ", "))]")
            vector.add("bytes", try column(of: values))
            return Example(vector: vector) { document in
                let bytes = try document.bytes("bytes")
                let values = try self.values(bytes, count: values.count)
                var again = Vector(name)
                again.add("values", "[\(values.map(notation).joined(separator: ", "))]")
                again.add("bytes", try column(of: values))
                return again
            }
        }
    }

    private static func notation(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .erased: "undefined"
        case .integer(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        case .bytes(let bytes): "h'\(hexadecimal(bytes))'"
        case .reference(let id): "[\(id.origin), \(id.counter)]"
        }
    }

    private static func entries(_ values: [Value]) -> [Entry] {
        values.enumerated().map { index, value in
            Entry(
                record: RecordID(origin: 1, counter: UInt32(index + 1)),
                type: "t",
                author: "",
                time: HybridTime(1),
                cells: [Cell("f", value)]
            )
        }
    }

    private static func column(of values: [Value]) throws -> [UInt8] {
        let groups = try items(of: try items(of: Payload.encode(entries(values)))[4])
        return try items(of: try items(of: groups[0])[3])[0]
    }

    private static func values(_ column: [UInt8], count: Int) throws -> [Value] {
        let sound = Payload.encode(entries((0..<count).map { _ in .integer(0) }))
        var parts = try items(of: sound)
        var group = try items(of: try items(of: parts[4])[0])
        group[3] = [0x81] + column
        parts[4] = [0x81, 0x84] + group.joined()
        return try Payload([0x88] + Array(parts.joined()), count: count).entries()
            .map { $0.cells[0].value }
    }
}
