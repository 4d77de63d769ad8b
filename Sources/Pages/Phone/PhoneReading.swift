import Causality
import Store
import Survey
import Terminal
import Visiting

/// Reads what a phone posts; whatever is over a limit or has another shape is malformed.
///
/// A visit: `{v, visit: key, household, token, begun, ended, inputs: [[word, …]]}` with the inputs
/// `["answer", question, text, accepts]`, `["undo", question]`, `["section", section, kind]`,
/// `["same", section]`, `["confirm", step]`, `["pass", step]`, `["add", type, parent, id]`,
/// `["remove", id]`, `["told", version]`, the notice that was on the screen, and `["at", time]`, when what follows was given,
/// where that is another day than before; times in milliseconds since 1970.
enum PhoneReading {
    enum Failure: Error {
        case malformed
        case version
    }

    static func visit(_ body: [UInt8]) throws(Failure) -> PhoneVisit {
        let value = try decoded(body)
        let inputs = try elements(value["inputs"], max: VisitingLimits.answers)
        return PhoneVisit(
            key: try key(value["visit"]),
            household: try read(value["household"]) { RecordID($0) },
            token: try read(value["token"]) { Token(text: $0) },
            begun: try time(value["begun"]),
            ended: try time(value["ended"]),
            inputs: try inputs.map(input)
        )
    }

    static func keys(_ body: [UInt8]) throws(Failure) -> [VisitKey] {
        let value = try decoded(body)
        let keys = try elements(value["visits"], max: VisitingLimits.phoneVisits)
        var seen: Set<VisitKey> = []
        return try keys.map(key).filter { seen.insert($0).inserted }
    }

    private static func decoded(_ body: [UInt8]) throws(Failure) -> JSONValue {
        var limits = JSONLimits()
        limits.bytes = VisitingLimits.phoneVisitBytes
        limits.depth = 4
        guard let value = try? JSONText.decode(body, limits: limits) else { throw .malformed }
        guard case .integer(let version)? = value["v"] else { throw .malformed }
        guard version == PhoneProtocol.version else { throw .version }
        return value
    }

    private static func input(_ value: JSONValue) throws(Failure) -> PhoneInput {
        let parts = try elements(value, max: 4)
        func part(_ index: Int) -> JSONValue? { index < parts.count ? parts[index] : nil }
        func step(_ index: Int) throws(Failure) -> Step { try read(part(index)) { Step($0) } }
        switch (try text(part(0)), parts.count) {
        case ("answer", 4):
            guard case .bool(let accepts) = parts[3] else { throw .malformed }
            return .answer(
                try read(part(1)) { QuestionID($0) },
                try text(part(2)),
                accepts: accepts
            )
        case ("undo", 2): return .takeBack(try read(part(1)) { QuestionID($0) })
        case ("section", 3):
            return .section(
                try read(part(1)) { SectionID($0) },
                try read(part(2)) { SectionAnswer.Kind(rawValue: $0) }
            )
        case ("same", 2): return .confirmSection(try read(part(1)) { SectionID($0) })
        case ("confirm", 2): return .confirm(try step(1))
        case ("pass", 2): return .pass(try step(1))
        case ("add", 4):
            return .add(
                type: try text(part(1)),
                parent: try read(part(2)) { RecordID($0) },
                id: try read(part(3)) { RecordID($0) }
            )
        case ("told", 2): return .told(try read(part(1)) { $0.utf8.count <= 80 ? $0 : nil })
        case ("at", 2): return .at(try time(part(1)))
        case ("remove", 2): return .remove(try read(part(1)) { RecordID($0) })
        default: throw .malformed
        }
    }

    private static func elements(
        _ value: JSONValue?,
        max: Int
    ) throws(Failure) -> [JSONValue] {
        guard case .array(let elements)? = value, elements.count <= max else { throw .malformed }
        return elements
    }

    private static func text(_ value: JSONValue?) throws(Failure) -> String {
        guard case .string(let text)? = value else { throw .malformed }
        return text
    }

    private static func read<T>(
        _ value: JSONValue?,
        _ make: (String) -> T?
    ) throws(Failure) -> T {
        guard let read = make(try text(value)) else { throw .malformed }
        return read
    }

    private static func key(_ value: JSONValue?) throws(Failure) -> VisitKey {
        try read(value) { VisitKey($0) }
    }

    private static func time(_ value: JSONValue?) throws(Failure) -> UInt64 {
        guard case .integer(let time)? = value, time >= 0 else { throw .malformed }
        return UInt64(time)
    }
}
