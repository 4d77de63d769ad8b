import Survey
import Terminal

/// One line of the report: what was reached, against what, and what was to be reached.
struct Figure {
    enum Unit {
        case seconds
        case bytes
        case count

        func text(_ value: Double) -> String {
            switch self {
            case .seconds where value < 0.01: "\(decimal(value * 1e6, 0)) µs"
            case .seconds: "\(decimal(value * 1e3, value < 0.1 ? 1 : 0)) ms"
            case .bytes where value < 10_000: "\(decimal(value, 0)) B"
            case .bytes where value < 1e6: "\(decimal(value / 1e3, 1)) kB"
            case .bytes: "\(decimal(value / 1e6, 2)) MB"
            case .count: decimal(value, 0)
            }
        }

        var name: String {
            switch self {
            case .seconds: "seconds"
            case .bytes: "bytes"
            case .count: "count"
            }
        }
    }

    /// Stable name for programmes.
    let name: String
    let title: Label
    let unit: Unit
    let ours: Samples
    /// What it is compared with, and its name; nil where a figure stands by itself.
    let reference: (title: Label, samples: Samples)?
    /// The greatest ratio to the reference, or greatest value where there is none; nil where
    /// nothing was set.
    let limit: Double?

    /// The ratios round by round, or the values themselves.
    var judged: Samples {
        guard let reference else { return ours }
        return ours.ratios(to: reference.samples)
    }

    var isReached: Bool { limit.map { judged.median <= $0 } ?? true }

    func cells(_ language: Language) -> [String] {
        let judged = judged
        // Values below a thousand of their unit: the only point is the decimal one.
        let local: (String) -> String = { text in
            language == .vi ? String(text.map { $0 == "." ? "," : $0 }) : text
        }
        let format: (Double) -> String = {
            local(reference == nil ? unit.text($0) : decimal($0, 3))
        }
        let range =
            judged.least == judged.greatest
            ? "" : " (\(format(judged.least))–\(format(judged.greatest)))"
        return [
            title(language), local(unit.text(ours.median)),
            reference.map { "\(local(unit.text($0.samples.median))) \($0.title(language))" } ?? "",
            format(judged.median) + range, limit.map(format) ?? "",
            limit == nil ? "" : (isReached ? Label("đạt", "yes") : Label("CHƯA", "NO"))(language),
        ]
    }

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("unit", .string(unit.name)),
            .init("median", .real(ours.median)), .init("min", .real(ours.least)),
            .init("max", .real(ours.greatest)),
        ]
        if let reference {
            members.append(.init("reference", .string(reference.title.en)))
            members.append(.init("reference_median", .real(reference.samples.median)))
            members.append(.init("ratio", .real(judged.median)))
            members.append(.init("ratio_min", .real(judged.least)))
            members.append(.init("ratio_max", .real(judged.greatest)))
        }
        if let limit {
            members.append(.init("limit", .real(limit)))
            members.append(.init("reached", .bool(isReached)))
        }
        return .object(members)
    }
}

/// A number with so many digits behind the point.
func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    var power = 1.0
    for _ in 0..<digits { power *= 10 }
    let scaled = Int((abs(value) * power).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let text = String(scaled)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
}
