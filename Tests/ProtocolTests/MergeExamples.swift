import Causality
import Foundation
import TestSupport

/// One entry of a merge example, for the one field that it is about.
private struct Step: Codable {
    /// Log and number.
    let dot: [UInt64]
    let time: UInt64
    /// Pairs of log and number: what the author had seen, own earlier entries included.
    let seen: [[UInt64]]
    let value: String
}

extension Example {
    /// Entries in a causal order, the siblings that they leave, and the provisional winner.
    static func merges() throws -> [Example] {
        try [
            (
                "merge-replaced",
                [
                    Step(dot: [1, 1], time: 10, seen: [], value: "A"),
                    Step(dot: [2, 1], time: 5, seen: [[1, 1]], value: "B"),
                ]
            ),
            (
                "merge-conflict",
                [
                    Step(dot: [1, 1], time: 10, seen: [], value: "A"),
                    Step(dot: [2, 1], time: 20, seen: [[1, 1]], value: "B"),
                    Step(dot: [3, 1], time: 20, seen: [[1, 1]], value: "C"),
                ]
            ),
            (
                "merge-late",
                [
                    Step(dot: [1, 1], time: 10, seen: [], value: "A"),
                    Step(dot: [1, 2], time: 20, seen: [[1, 1]], value: "B"),
                    Step(dot: [1, 3], time: 30, seen: [[1, 1]], value: "C"),
                ]
            ),
            (
                "merge-resolved",
                [
                    Step(dot: [2, 1], time: 20, seen: [], value: "B"),
                    Step(dot: [3, 1], time: 21, seen: [], value: "C"),
                    Step(dot: [4, 1], time: 9, seen: [], value: "D"),
                    Step(dot: [2, 2], time: 30, seen: [[2, 1], [3, 1]], value: "E"),
                ]
            ),
        ].map { name, steps in
            Example(vector: try made(name, steps)) { document in
                let steps = try document.all("entry").map {
                    try JSONDecoder().decode(Step.self, from: Data($0.utf8))
                }
                return try made(name, steps)
            }
        }
    }

    private static func made(_ name: String, _ steps: [Step]) throws -> Vector {
        var vector = Vector(name)
        var siblings = Siblings()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for step in steps {
            vector.add("entry", String(decoding: try encoder.encode(step), as: UTF8.self))
            let seen = step.seen.map {
                VersionVector.Element(log: LogID($0[0]), seq: $0[1], hash: 0)
            }
            siblings.apply(
                Sibling(
                    dot: Dot(log: LogID(step.dot[0]), seq: step.dot[1]),
                    value: .text(step.value),
                    time: HybridTime(step.time)
                ),
                context: Context(seen: VersionVector(seen))
            )
        }
        let values = siblings.all.compactMap { sibling -> String? in
            if case .text(let text) = sibling.value { text } else { nil }
        }
        vector.add("siblings", values.joined(separator: " "))
        if case .text(let text) = siblings.winner?.value { vector.add("winner", text) }
        return vector
    }
}
