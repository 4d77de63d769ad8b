package import Causality
package import Node
import SQLite
import Store
package import Survey

/// What one person did on one day.
package struct StaffDay: Hashable, Sendable {
    /// Sign-in name.
    package let user: String
    /// Visits by code of the outcome.
    package let outcomes: [String: Int]
    /// Start of the first visit and end of the last.
    package let first: LocalTime?
    package let last: LocalTime?
    /// Half of the complete visits took at least so many minutes; nil where none was complete.
    package let medianMinutes: Int?

    package var visits: Int { outcomes.values.reduce(0, +) }
}

/// What one person has been given of a round's households.
package struct StaffShare: Hashable, Sendable {
    /// Sign-in name; nil for what is nobody's in particular.
    package let user: String?
    package let given: Int
    package let done: Int
}

/// Something that the village's lead should look at.
package struct LeadMatter: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Nobody was met, again and again.
        case neverMet = "never-met"
        /// The agreed day is over.
        case overdue
        case refused
        /// A visit that was begun on an earlier day and never finished, or whose author is gone.
        case leftOpen = "left-open"

        package var label: Label {
            switch self {
            case .neverMet: Label("Nhiều lần không gặp", "Never met")
            case .overdue: Label("Quá ngày hẹn", "Overdue")
            case .refused: Label("Từ chối", "Refused")
            case .leftOpen: Label("Lượt đến chưa kết thúc", "Visit not finished")
            }
        }
    }

    package let kind: Kind
    package let household: WorklistItem
    /// Who left it, or was there last.
    package let user: String?
}

/// The village lead's work: who visits whom, who did what, what goes wrong.
extension LocalNode {
    /// Gives households to somebody, or back to nobody in particular (nil); those that are not here,
    /// or are his already, are left out.
    ///
    /// Whether the user may do so is the caller's to ask: ``Action/assign``.
    /// - Returns: how many have changed hands.
    @discardableResult
    package func assign(_ households: [RecordID], to user: String?) throws -> Int {
        guard households.count <= VisitingLimits.assignments else { throw VisitingError.tooLarge }
        return try store.transaction {
            var count = 0
            for id in households {
                guard let row = try store.row(of: id), row.type.name == "household", !row.isGone,
                    row.text("assigned_to") != user
                else { continue }
                if let user, try !isStaff(user, of: row.scope) { throw VisitingError.noSuchStaff }
                let saved = try editRecord(row.id, [FieldInput("assigned_to", user ?? "")])
                guard !saved.isRefused else { throw NodeError.refused(saved.problems) }
                count += 1
            }
            return count
        }
    }

    /// As colleagues know him; the name itself where the roster does not know it.
    package func displayName(of user: String) throws -> String {
        try self.user(named: user)?.displayName ?? user
    }

    /// Whether a user of this name may visit in a village.
    package func isStaff(_ name: String, of scope: String) throws -> Bool {
        guard let found = try self.user(named: name), let role = found.role, !found.isBlocked else {
            return false
        }
        return may(role, found.reach(in: try store.rosterScope()), .record, in: scope)
    }

    /// How far everybody is with the households that he was given; nobody's come last.
    package func staffShares(scopes: Set<String>? = nil) throws -> [StaffShare] {
        let items = try store.reading { try WorklistReader(self).items(scopes) }
        return Dictionary(grouping: items, by: \.assignedTo).map { user, own in
            StaffShare(user: user, given: own.count, done: own.count { $0.state == .done })
        }.sorted { left, right in
            guard let one = left.user, let other = right.user else { return left.user != nil }
            return one < other
        }
    }

    /// Who visited on a day, by user; villages of whoever asks, or all.
    package func staffDay(_ day: CalendarDay, scopes: Set<String>? = nil) throws -> [StaffDay] {
        struct Day {
            var outcomes: [String: Int] = [:]
            var first: LocalTime?
            var last: LocalTime?
            var minutes: [Int] = []
        }
        var days: [String: Day] = [:]
        try store.reading {
            try store.db.cached(
                """
                SELECT v."by", v.outcome, v.started_at, v.ended_at, s.path FROM visit v
                JOIN scope s ON s.n = v._scope
                WHERE v._flags & 14 = 0 AND v.started_at >= ?1 AND v.started_at < ?2
                ORDER BY v.started_at, v.id
                """
            ).bind(all: day.description, day.adding(days: 1).description).eachRow { row in
                guard scopes?.contains(try row.text(4)) ?? true, let by = try row.optional(0) else {
                    return
                }
                var own = days[by] ?? Day()
                let outcome = try row.optional(1) ?? ""
                own.outcomes[outcome, default: 0] += 1
                let start = try row.optional(2).flatMap { LocalTime($0) }
                let end = try row.optional(3).flatMap { LocalTime($0) }
                own.first = own.first ?? start
                if let end { own.last = max(own.last ?? end, end) }
                if outcome == "complete", let start, let end {
                    own.minutes.append(max(end.minutes - start.minutes, 0))
                }
                days[by] = own
            }
        }
        return days.sorted { $0.key < $1.key }.map { user, day in
            let minutes = day.minutes.sorted()
            return StaffDay(
                user: user,
                outcomes: day.outcomes,
                first: day.first,
                last: day.last,
                medianMinutes: minutes.isEmpty ? nil : minutes[minutes.count / 2]
            )
        }
    }

    /// What the lead should look at, in the order of the way.
    ///
    /// Goes to the access log.
    package func leadMatters(scopes: Set<String>? = nil) throws -> [LeadMatter] {
        let matters = try store.reading {
            let items = try WorklistReader(self).items(scopes)
            let left = try VisitDesk(self).openVisits(ofEverybody: true).filter { visit in
                if CalendarDay(milliseconds: visit.changed) < today { return true }
                // Nobody but a lead can end it.
                return try store.row(of: visit.household).map {
                    try !isStaff(visit.user, of: $0.scope)
                } ?? false
            }
            let open = Dictionary(left.map { ($0.household, $0.user) }) { first, _ in first }
            return items.flatMap { item in
                var kinds: [LeadMatter.Kind] = []
                if item.state == .away, item.failedTries >= VisitingLimits.triesBeforeLead {
                    kinds.append(.neverMet)
                }
                if case .callAgain(let day?) = item.state, day < today { kinds.append(.overdue) }
                if item.outcome == "refused" { kinds.append(.refused) }
                if open[item.id] != nil { kinds.append(.leftOpen) }
                return kinds.map { kind in
                    LeadMatter(
                        kind: kind,
                        household: item,
                        user: kind == .leftOpen ? open[item.id] : item.visitedBy
                    )
                }
            }
        }
        if let type = description.type("household") {
            logList(.worklist, matters.map { _ in type }, scope: nil, filter: "lead")
        }
        return matters
    }
}

extension LocalTime {
    /// Minutes since the first day of the calendar.
    fileprivate var minutes: Int { day.number * 24 * 60 + minute }
}
