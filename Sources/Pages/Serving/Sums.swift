import Coverage
import HTTP
import Node
import Store
import Survey
private import Synchronization

/// Figures, with the time at which they were counted.
///
/// Whatever changes in the file makes them old. Then the last ones are still shown, as far as they are
/// of the same day and not older than ``age``, while others are counted: no page waits for figures that
/// somebody saw a moment ago. Numbers alone: nobody is named, so nothing goes to the access log.
final class Sums: Sendable {
    /// How old figures may be shown, in milliseconds; beyond it a page waits for new ones.
    static let age: UInt64 = 5 * 60_000
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

    /// What a page is given.
    struct Counted<Value: Sendable>: Sendable {
        let value: Value
        /// Milliseconds since 1970.
        let at: UInt64
        /// Something has changed since, and new ones are being counted.
        let isOld: Bool
    }

    private struct Made<Value: Sendable>: Sendable {
        let version: Int64
        let day: CalendarDay
        let value: Value
        var at: UInt64 = 0
    }

    /// The last count of something, and whether another is under way.
    private final class Shelf<Value: Sendable>: Sendable {
        private let state = Mutex<(made: Made<Value>?, isCounting: Bool)>((nil, false))

        var made: Made<Value>? { state.withLock { $0.made } }

        func keep(_ made: Made<Value>) {
            state.withLock { state in
                guard state.made.map({ $0.at <= made.at }) ?? true else { return }
                state.made = made
            }
        }

        /// False where somebody counts already.
        func beginCounting() -> Bool {
            state.withLock { state in
                defer { state.isCounting = true }
                return !state.isCounting
            }
        }

        func endCounting() { state.withLock { $0.isCounting = false } }
    }

    private let report = Shelf<CoverageReport>()
    private let open = Shelf<[String: Open]>()
    private let checks = Mutex<(made: Made<Checks>?, isCounting: Bool)>((nil, false))

    /// Every figure, of all places.
    func report(_ rooms: PageRooms) throws -> Counted<CoverageReport> {
        try kept(report, rooms) { try $0.coverage() }
    }

    /// By scope path.
    func open(_ rooms: PageRooms) throws -> Counted<[String: Open]> {
        try kept(open, rooms) { node in
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

    private typealias Make<Value> = @Sendable (LocalNode) throws -> Value

    private func kept<Value>(
        _ shelf: Shelf<Value>,
        _ rooms: PageRooms,
        _ make: @escaping Make<Value>
    ) throws -> Counted<Value> {
        try rooms.figures.run { store in
            let node = PageRooms.local(store, "")
            // Of this connection: it differs where another has written since.
            let version = try node.store.changeCounter()
            let day = node.today
            let now = node.now
            if let made = shelf.made, made.day == day, made.at <= now {
                if made.version == version {
                    return Counted(value: made.value, at: made.at, isOld: false)
                }
                if now - made.at < Self.age {
                    countAside(shelf, rooms, version, make)
                    return Counted(value: made.value, at: made.at, isOld: true)
                }
            }
            let made = Made(version: version, day: day, value: try make(node), at: now)
            shelf.keep(made)
            return Counted(value: made.value, at: now, isOld: false)
        }
    }

    /// Counts on the lane that nobody waits for; `version` was read before.
    private func countAside<Value>(
        _ shelf: Shelf<Value>,
        _ rooms: PageRooms,
        _ version: Int64,
        _ make: @escaping Make<Value>
    ) {
        guard shelf.beginCounting() else { return }
        rooms.checks.lane.async {
            do {
                try rooms.checks.run { store in
                    let node = PageRooms.local(store, "")
                    let (day, now) = (node.today, node.now)
                    let value = try make(node)
                    shelf.keep(Made(version: version, day: day, value: value, at: now))
                }
            } catch {
                rooms.log.write(.error, "figures", [("reason", LineLog.reason(error))])
            }
            shelf.endCounting()
        }
    }
}
