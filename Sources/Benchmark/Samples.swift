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

    /// What so many of a hundred values do not exceed.
    func percentile(_ percent: Int) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
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
    seconds(try ContinuousClock().measure(body))
}

func seconds(_ time: Duration) -> Double {
    Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}
