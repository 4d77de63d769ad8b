import Coverage
import HTTP
import Node
import Store
import Survey
private import Synchronization

/// Figures that are made anew only when the file has changed, or the day.
///
/// Numbers alone: nobody is named, so nothing goes to the access log.
final class Sums: Sendable {
    /// How old a count of the checks may grow before it is made anew, in milliseconds: it takes
    /// seconds for some thousand households, and so it goes on in the background.
    static let checksAge: UInt64 = 10 * 60_000

    /// What waits for somebody, in one place.
    struct Open: Hashable, Sendable {
        var conflicts = 0
        var duplicates = 0
    }

    /// Households with something that does not fit, by scope path.
    struct Checks: Sendable {
        let households: [String: Int]
        /// Milliseconds since 1970.
        let at: UInt64
    }

    private struct Made<Value: Sendable>: Sendable {
        let version: Int64
        let day: CalendarDay
        let value: Value
    }

    private let report = Mutex<Made<CoverageReport>?>(nil)
    private let open = Mutex<Made<[String: Open]>?>(nil)
    private let checks = Mutex<(made: Made<Checks>?, isCounting: Bool)>((nil, false))

    /// Every figure, of all places.
    func report(_ node: LocalNode) throws -> CoverageReport {
        try kept(report, node) { try node.coverage() }
    }

    /// By scope path.
    func open(_ node: LocalNode) throws -> [String: Open] {
        try kept(open, node) {
            try node.store.reading {
                var sums: [String: Open] = [:]
                for scope in try node.store.status().scopes where scope.conflicts > 0 {
                    sums[scope.path, default: Open()].conflicts += scope.conflicts
                }
                for pair in try node.store.duplicates() {
                    sums[pair.first.scope, default: Open()].duplicates += 1
                }
                return sums
            }
        }
    }

    /// The last count, nil before the first; begins another on the lane where that is due.
    func checks(at now: UInt64, on store: StoreLane, _ log: LineLog) -> Checks? {
        let (last, isDue) = checks.withLock { state in
            let last = state.made?.value
            let isFresh = last.map { $0.at <= now && now - $0.at < Self.checksAge } ?? false
            let isDue = !isFresh && !state.isCounting
            if isDue { state.isCounting = true }
            return (last, isDue)
        }
        guard isDue else { return last }
        store.lane.async(.patient) { [self] in
            do {
                try store.run(.patient) { try count(PageRooms.local($0, "")) }
            } catch {
                log.write(.error, "checks", [("reason", LineLog.reason(error))])
            }
            checks.withLock { $0.isCounting = false }
        }
        return last
    }

    private func count(_ node: LocalNode) throws {
        let version = try node.store.changeCounter()
        let day = node.today
        let known = checks.withLock { $0.made }
        var households = known?.value.households ?? [:]
        if known?.version != version || known?.day != day {
            households = [:]
            try node.store.reading {
                try node.forEachOpenHousehold(under: nil) { matters in
                    let isOpen = matters.contains { !$0.problems.isEmpty }
                    guard isOpen, let first = matters.first else { return }
                    households[first.record.scope, default: 0] += 1
                }
            }
        }
        let value = Checks(households: households, at: node.now)
        checks.withLock { $0.made = Made(version: version, day: day, value: value) }
    }

    private func kept<Value: Sendable>(
        _ place: borrowing Mutex<Made<Value>?>,
        _ node: LocalNode,
        _ make: () throws -> Value
    ) throws -> Value {
        let version = try node.store.changeCounter()
        let day = node.today
        if let made = place.withLock({ $0 }), made.version == version, made.day == day {
            return made.value
        }
        let value = try make()
        place.withLock { $0 = Made(version: version, day: day, value: value) }
        return value
    }
}
