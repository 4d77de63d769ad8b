package import Causality
import Coverage
package import Node
import SQLite
import Store
package import Survey

/// How far the work at one household is in this round.
package enum WorkState: Hashable, Sendable {
    case notVisited
    /// Nobody was met, or the house could not be reached.
    case away
    /// To be called at again; on that day where one was agreed.
    case callAgain(on: CalendarDay?)
    /// Somebody answered, and not everything.
    case partial
    case done
}

/// One household of a worklist.
package struct WorklistItem: Sendable {
    package let id: RecordID
    package let scope: String
    /// The village's name.
    package let place: String
    package let group: String?
    package let address: String?
    /// As the residence list or the node numbers it.
    package let code: String?
    package let head: String?
    /// Residents who are not said to be gone.
    package let people: Int
    /// Sign-in name; nil where it is nobody's in particular.
    package let assignedTo: String?
    package let state: WorkState
    /// The last visit of the round.
    package let outcome: String?
    package let visitedAt: LocalTime?
    package let visitedBy: String?
    /// Visits of the round at which nobody was met.
    package let failedTries: Int
    /// This user has begun a visit there.
    package let isBegun: Bool
    /// Names of those who answer the search, but for the head.
    package internal(set) var found: [String] = []
    /// Whether everybody who is recorded there is dead or gone.
    package let isEmptied: Bool
    let key: Int64
}

package struct WorklistQuery: Sendable {
    package enum Filter: String, CaseIterable, Sendable {
        /// Everything that is not done.
        case open
        case notVisited = "not-visited"
        case away
        /// Those whose day has come first.
        case callAgain = "call-again"
        /// Somebody there is known to lack something.
        case lacking
        case done
    }

    /// The villages of whoever asks; nil for all that are here.
    package var scopes: Set<String>?
    /// Only what is this user's, and what is nobody's in particular.
    package var assignedTo: String?
    /// Nil for every household of the round.
    package var filter: Filter?
    /// Words of a name, number or address, as ``LocalNode/find(_:)`` takes them.
    package var search = ""

    package init() {}
}

package struct Worklist: Sendable {
    /// In the order of the way: village, group, house number.
    package let items: [WorklistItem]
    /// Of all the user's households, whatever is filtered.
    package let done: Int
    package let total: Int
    /// Visits of the round that wait for a day which has come.
    package let due: Int
    /// Of all the user's households by filter, but for ``WorklistQuery/Filter/lacking``, which takes
    /// the figures to count.
    package let counts: [WorklistQuery.Filter: Int]
    package let round: String
    /// Where to go next: behind the household that the reader visited last, in the order of the way.
    package let next: WorklistItem?
}

/// What somebody has to do today.
extension LocalNode {
    /// The user's households of this round.
    ///
    /// Goes to the access log.
    package func worklist(_ query: WorklistQuery = .init()) throws -> Worklist {
        let list = try store.reading { try WorklistReader(self).list(query) }
        if let type = description.type("household") {
            logList(
                .worklist,
                Array(repeating: type, count: list.items.count),
                scope: query.scopes?.count == 1 ? query.scopes?.first : nil,
                filter: query.filter?.rawValue
            )
        }
        return list
    }
}

/// Reads the households of a round with few statements, whatever their number.
struct WorklistReader {
    let node: LocalNode
    let today: CalendarDay
    let round: String

    init(_ node: LocalNode) {
        self.node = node
        today = node.today
        round = node.round(of: node.today)
    }

    func list(_ query: WorklistQuery) throws -> Worklist {
        let all = try items(query.scopes).filter { item in
            query.assignedTo.map { item.assignedTo == nil || item.assignedTo == $0 } ?? true
        }
        let found = try query.search.isEmpty ? nil : matches(query.search)
        let lacking = try query.filter == .lacking ? householdsLacking() : []
        var shown = all.filter { item in
            (found.map { $0[item.id] != nil } ?? true) && isShown(item, query.filter, lacking)
        }
        if let found {
            for index in shown.indices {
                let names = found[shown[index].id] ?? []
                shown[index].found = names.filter { $0 != shown[index].head }
            }
        }
        if query.filter == .callAgain {
            let days = shown.enumerated().sorted {
                ($0.element.dueDay, $0.offset) < ($1.element.dueDay, $1.offset)
            }
            shown = days.map(\.element)
        }
        return Worklist(
            items: shown,
            done: all.count { $0.state == .done },
            total: all.count,
            due: all.count { $0.isDue(on: today) },
            counts: Dictionary(
                uniqueKeysWithValues: WorklistQuery.Filter.allCases.filter { $0 != .lacking }
                    .map { filter in (filter, all.count { isShown($0, filter, []) }) }
            ),
            round: round,
            next: next(in: all)
        )
    }

    /// The first that can be visited now behind the one that the user visited last; from the beginning
    /// again behind the end.
    private func next(in items: [WorklistItem]) -> WorklistItem? {
        let own = items.indices.filter { items[$0].visitedBy == node.user }
        let last = own.max {
            (items[$0].visitedAt?.description ?? "", $0)
                < (items[$1].visitedAt?.description ?? "", $1)
        }
        let start = last.map { $0 + 1 } ?? 0
        return (items[start...] + items[..<start]).first(where: isToVisit)
    }

    /// Whether somebody may be met there today who was not asked yet.
    private func isToVisit(_ item: WorklistItem) -> Bool {
        guard !item.isEmptied, !item.isBegun else { return false }
        return switch item.state {
        case .done: false
        case .notVisited: true
        case .callAgain(let day?): day <= today
        case .away, .partial, .callAgain(nil): item.visitedAt.map { $0.day < today } ?? true
        }
    }

    private func isShown(
        _ item: WorklistItem,
        _ filter: WorklistQuery.Filter?,
        _ lacking: Set<Int64>
    ) -> Bool {
        switch filter {
        case nil: true
        case .open: item.state != .done
        case .notVisited: item.state == .notVisited && !item.isEmptied
        case .away: item.state == .away
        case .callAgain:
            if case .callAgain = item.state { true } else { false }
        case .lacking: lacking.contains(item.key)
        case .done: item.state == .done
        }
    }

    /// Households that answer a search, or somebody in them does, with the names of those.
    private func matches(_ text: String) throws -> [RecordID: [String]] {
        let found = try households(answering: text)
        let plain = TelexLeftovers.removed(from: text)
        return found.isEmpty && plain != text ? try households(answering: plain) : found
    }

    private func households(answering text: String) throws -> [RecordID: [String]] {
        var query = FindQuery(text, limit: 2000)
        query.types = ["household", "resident"]
        return try node.store.find(query).hits.reduce(into: [:]) { found, hit in
            if hit.row.type.name == "household" {
                found[hit.row.id, default: []] += []
            } else if let home = hit.row["household"].record {
                found[home, default: []] += [hit.row.text("full_name")].compactMap(\.self)
            }
        }
    }

    // MARK: Rows

    /// Every household of the round in the order of the way.
    func items(_ scopes: Set<String>?) throws -> [WorklistItem] {
        let names = try node.placeNames()
        let visits = try visits()
        let people = try peopleCounts()
        let begun = Set(try VisitDesk(node).openVisits().map(\.household))
        var keyed: [(sort: [[UInt8]], item: WorklistItem)] = []
        let left = Set(node.description.type("household")?.field("state")?.goneCodes ?? [])
        try node.store.db.cached(Self.households).bind(all: gone).eachRow { row in
            let scope = try row.text(1)
            let key = row.integer(0)
            let own = visits[key]
            let isGone = try row.optional(6).map(left.contains) ?? false
            guard scopes?.contains(scope) ?? true, !isGone || own != nil else { return }
            let id = try node.store.recordID(key)
            let item = WorklistItem(
                id: id,
                scope: scope,
                place: names[scope] ?? scope,
                group: try row.optional(4),
                address: try row.optional(5),
                code: try row.optional(3) ?? row.optional(2),
                head: try row.optional(8),
                people: people[key] ?? 0,
                assignedTo: try row.optional(7),
                state: own?.state ?? .notVisited,
                outcome: own?.outcome,
                visitedAt: own?.at,
                visitedBy: own?.by,
                failedTries: own?.failed ?? 0,
                isBegun: begun.contains(id),
                isEmptied: people[key] == 0,
                key: key
            )
            keyed.append((Self.sortKey(item), item))
        }
        return keyed.sorted { left, right in
            for (one, other) in zip(left.sort, right.sort) where one != other {
                return one.lexicographicallyPrecedes(other)
            }
            return left.item.key < right.item.key
        }.map(\.item)
    }

    /// Codes of the presence of people who are gone, as a JSON array.
    private var gone: String {
        "[\(node.description.gonePresences.map { "\"\($0)\"" }.joined(separator: ","))]"
    }

    /// The head is whom the household names, else whoever is recorded as its head; nobody who is gone.
    private static let households: StaticString = """
        SELECT t.id, s.path, t.code, t.register_code, t."group", t.address, t.state, t.assigned_to,
            ifnull(r.full_name, (SELECT h.full_name FROM resident h
                WHERE h.household = t.id AND h.relation = 'head' AND h._flags & 14 = 0
                    AND ifnull(h.presence, '') NOT IN (SELECT value FROM json_each(?1)) LIMIT 1))
        FROM household t JOIN scope s ON s.n = t._scope
        LEFT JOIN alias a ON a.type = 'resident' AND a.record = t.head
        LEFT JOIN resident r ON r.id = ifnull(a.target, t.head) AND r._flags & 14 = 0
            AND t.id = ifnull((SELECT b.target FROM alias b
                WHERE b.type = 'household' AND b.record = r.household), r.household)
            AND ifnull(r.presence, '') NOT IN (SELECT value FROM json_each(?1))
        WHERE t._flags & 14 = 0
        """

    private static func sortKey(_ item: WorklistItem) -> [[UInt8]] {
        [
            SortKey.place(item.place), SortKey.place(item.group ?? ""),
            SortKey.place(item.address ?? ""), SortKey.place(item.code ?? ""),
        ]
    }

    private struct Visits {
        var outcome = ""
        var at: LocalTime?
        var by = ""
        var next: CalendarDay?
        var failed = 0
        var isComplete = false

        /// Whoever was surveyed once stays so; else the last visit tells.
        var state: WorkState {
            if isComplete { return .done }
            switch outcome {
            case "no-contact", "inaccessible": return .away
            case "postponed": return .callAgain(on: next)
            case "partial": return next == nil ? .partial : .callAgain(on: next)
            default: return .done
            }
        }
    }

    /// Visits of the round by household, the latest one's facts.
    private func visits() throws -> [Int64: Visits] {
        var visits: [Int64: Visits] = [:]
        try node.store.db.cached(
            """
            SELECT ifnull(a.target, v.household), v.outcome, v.started_at, v.next_on, v."by"
            FROM visit v LEFT JOIN alias a ON a.type = 'household' AND a.record = v.household
            WHERE v._flags & 14 = 0 AND v.household IS NOT NULL AND v.round = ?1
            -- Of one moment by record id, as the figures do: local keys differ from node to node.
            ORDER BY v.started_at,
                (SELECT printf('%016X', o.id) FROM origin o WHERE o.n = v.id >> 32),
                v.id & 0xffffffff
            """
        ).bind(all: round).eachRow { row in
            let household = row.integer(0)
            var own = visits[household] ?? Visits()
            own.outcome = try row.optional(1) ?? ""
            own.at = try row.optional(2).flatMap { LocalTime($0) }
            own.next = try row.optional(3).flatMap { CalendarDay($0) }
            own.by = try row.optional(4) ?? ""
            if own.outcome == "no-contact" { own.failed += 1 }
            if own.outcome == "complete" { own.isComplete = true }
            visits[household] = own
        }
        return visits
    }

    /// By household with anybody recorded: how many of them are not gone.
    private func peopleCounts() throws -> [Int64: Int] {
        let rows = try node.store.db.cached(
            """
            SELECT ifnull(a.target, t.household),
                sum(ifnull(t.presence, '') NOT IN (SELECT value FROM json_each(?1)))
            FROM resident t
            LEFT JOIN alias a ON a.type = 'household' AND a.record = t.household
            WHERE t._flags & 14 = 0 AND t.household IS NOT NULL GROUP BY 1
            """
        ).bind(all: gone).rows { ($0.integer(0), Int($0.integer(1))) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    // MARK: Who lacks what

    /// Households in which somebody is known to lack something, by key.
    private func householdsLacking() throws -> Set<Int64> {
        let lacking = try reader().recordsLacking(node.store.db)
        var households = lacking["household"] ?? []
        let people = lacking["resident"] ?? []
        try node.store.db.cached(
            """
            SELECT t.id, ifnull(a.target, t.household) FROM resident t
            LEFT JOIN alias a ON a.type = 'household' AND a.record = t.household
            WHERE t._flags & 14 = 0 AND t.household IS NOT NULL
            """
        ).eachRow { row in
            if people.contains(row.integer(0)) { households.insert(row.integer(1)) }
        }
        return households
    }

    /// Figures of today, as the commune has set how long answers hold.
    func reader() throws -> CoverageReader {
        let months = try node.answerValidityMonths()
        return CoverageReader(
            node.description,
            cutoff: Cutoff(
                day: today,
                today: today,
                hasLater: try CoverageReader.hasAnswers(
                    after: today,
                    node.description,
                    node.store.db
                ),
                staleBefore: months.map { today.adding(months: -$0) }
            ),
            roster: try node.store.rosterScope()
        )
    }
}

extension WorklistItem {
    /// Those without a day come last.
    fileprivate var dueDay: CalendarDay {
        if case .callAgain(let day?) = state { return day }
        return .never
    }

    package func isDue(on today: CalendarDay) -> Bool {
        if case .callAgain(let day?) = state { return day <= today }
        return false
    }
}

extension Lack {
    /// It is known that somebody lacks it; what nobody knows is no lack yet.
    package var isKnown: Bool {
        if case .no = state { return true }
        return false
    }
}
