import Foundation
import Testing

/// `sync-protocol.md`, as far as tests read it.
struct Document {
    private(set) var lines: [String]

    private static let fence = "```"
    private static let opening = "```vector name="
    /// Characters of one line; a longer value goes on in the next lines, behind two spaces.
    private static let lineMax = 88

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the project, by its path from the root.
    static func file(_ path: String) -> URL {
        root.appendingPathComponent(path)
    }

    init() throws {
        let text = try String(contentsOf: Self.file("sync-protocol.md"), encoding: .utf8)
        lines = text.components(separatedBy: "\n")
    }

    func save() throws {
        try lines.joined(separator: "\n")
            .write(to: Self.file("sync-protocol.md"), atomically: false, encoding: .utf8)
    }

    /// Every vector of the document, in its order.
    func vectors() -> [Vector] {
        var vectors: [Vector] = []
        var isInside = false
        for line in lines {
            if line.hasPrefix(Self.opening) {
                vectors.append(Vector(String(line.dropFirst(Self.opening.count))))
                isInside = true
            } else if line == Self.fence {
                isInside = false
            } else if isInside, let last = vectors.indices.last {
                Self.read(line, into: &vectors[last])
            }
        }
        return vectors
    }

    private static func read(_ line: String, into vector: inout Vector) {
        if line.hasPrefix("  "), let last = vector.fields.popLast() {
            vector.add(last.key, last.value + line.dropFirst(2))
        } else if let colon = line.range(of: ": ") {
            vector.add(String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
        } else if line.hasSuffix(":") {
            vector.add(String(line.dropLast()), "")
        }
    }

    /// Puts the vectors into the fences that name them.
    mutating func replace(with vectors: [Vector]) {
        var result: [String] = []
        var isInside = false
        for line in lines {
            if isInside, line != Self.fence { continue }
            isInside = false
            result.append(line)
            guard line.hasPrefix(Self.opening),
                let vector = vectors.first(where: { Self.opening + $0.name == line })
            else { continue }
            result += vector.fields.flatMap { Self.write($0) }
            isInside = true
        }
        lines = result
    }

    private static func write(_ field: Vector.Field) -> [String] {
        let line = "\(field.key): \(field.value)"
        guard line.count > lineMax else { return [line] }
        var lines = ["\(field.key):"]
        var rest = field.value[...]
        while !rest.isEmpty {
            var piece = rest.prefix(lineMax - 8)
            // Behind a comma where there is one, so that no line ends with a space.
            if piece.endIndex < rest.endIndex,
                let comma = piece.range(of: ", ", options: .backwards)
            {
                piece = rest[..<rest.index(after: comma.lowerBound)]
            }
            lines.append("  " + piece)
            rest = rest[piece.endIndex...]
        }
        return lines
    }

    /// The cells of the table whose header has these columns, row by row.
    func table(_ header: String) -> [[String]] {
        guard let start = lines.firstIndex(of: header) else { return [] }
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }
}
