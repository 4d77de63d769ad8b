/// What one thing took or weighed in each round.
struct Samples {
    private(set) var values: [Double] = []

    init(_ values: [Double] = []) {
        self.values = values
    }

    mutating func add(_ value: Double) {
        values.append(value)
    }

    var median: Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    var least: Double { values.min() ?? .nan }
    var greatest: Double { values.max() ?? .nan }

    /// Round by round: what both share of the machine's mood cancels out.
    func ratios(to other: Samples) -> Samples {
        Samples(zip(values, other.values).map { $0 / $1 })
    }
}

/// Seconds that a body takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}
