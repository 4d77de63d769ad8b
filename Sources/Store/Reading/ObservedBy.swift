import Causality
import Replication
import SQLite
import Survey

/// Leaves out of entries what was observed, or began, after a day (indicators 1.1).
///
/// An answer is of the day that its entry gives, else of the day that stood beside it for its author,
/// else of the day on which it was entered; so the snapshot shows of each section the latest answers of
/// that day or before. Where the day that stands now is not later, all that led to what stands counts:
/// a day that was put right afterwards is right for the past as well.
final class ObservedBy {
    private let day: CalendarDay
    private let store: Store
    private let observations: [String: [Observation]]
    /// Bit by bit of ``observations``: what stands now is of the day or of one before.
    private var settled: [Int64: UInt64] = [:]
    /// Bit by bit: a state has begun, here or in a scope that the record has left.
    private var begun: [Int64: UInt64] = [:]
    /// The days that entries have given, of records whose answers are looked at one by one.
    private var given: [Int64: RecordReplay] = [:]

    /// `store` is what stands now; the snapshot has the same keys.
    init(_ day: CalendarDay, _ store: Store) throws {
        self.day = day
        self.store = store
        observations = Dictionary(
            uniqueKeysWithValues: store.description.types.map { type in
                let observations = type.observations
                precondition(observations.count <= UInt64.bitWidth, "more groups than bits")
                return (type.name, observations)
            }
        )
        for (type, observations) in observations {
            for (index, observation) in observations.enumerated() {
                guard let field = observation.day else { continue }
                // As texts: a date known to the month or year is not later if it may be so.
                let keys = try store.db.prepare(
                    "SELECT id FROM \"\(type)\" WHERE rtrim(\"\(field)\", '?') <= ?1"
                ).bind(all: day.description).rows { $0.integer(0) }
                for key in keys { settled[key, default: 0] |= 1 << UInt64(index) }
            }
            // What a record has brought along is not its first state.
            guard let table = store.tables[type] else { continue }
            for key in try store.rowsMovedIn(of: table) { begun[key] = .max }
        }
    }

    /// The cells of an entry that count.
    func cells(of logged: LoggedEntry, key: Int64) -> [Cell] {
        let entry = logged.entry
        guard let observations = observations[entry.type] else { return entry.cells }
        var left: Set<String> = []
        for (index, observation) in observations.enumerated() {
            let bit: UInt64 = 1 << UInt64(index)
            guard settled[key, default: 0] & bit == 0,
                entry.cells.contains(where: { observation.fields.contains($0.field) })
            else { continue }
            let isFirst = observation.kind == .state && begun[key, default: 0] & bit == 0
            begun[key, default: 0] |= bit
            // Of the first state its own day tells whether it had begun; nothing was before it.
            if !isFirst, self.day(of: logged, observation, key: key) > day {
                left.formUnion(observation.fields)
            }
        }
        remember(logged, observations, key: key)
        return left.isEmpty ? entry.cells : entry.cells.filter { !left.contains($0.field) }
    }

    private func day(
        of logged: LoggedEntry,
        _ observation: Observation,
        key: Int64
    ) -> CalendarDay {
        let entry = logged.entry
        let entered = CalendarDay(milliseconds: entry.time.milliseconds)
        guard let field = observation.day else { return entered }
        if let cell = entry.cells.first(where: { $0.field == field }) {
            return Self.day(cell.value) ?? entered
        }
        // Whoever corrects an answer and leaves its day as it is speaks of that day.
        let rule = store.description.type(entry.type)?.field(field)?.merge ?? .review
        let seen = given[key].map {
            store.shown($0.siblings(of: field, seenBy: logged.context), rule)
        }
        return seen.flatMap(Self.day) ?? entered
    }

    private static func day(_ value: Value) -> CalendarDay? {
        value.text.flatMap { PartialDate($0)?.firstDay }
    }

    private func remember(_ logged: LoggedEntry, _ observations: [Observation], key: Int64) {
        let days = Set(observations.compactMap(\.day))
        var dated = logged.entry
        dated.cells = dated.cells.filter { days.contains($0.field) }
        guard !dated.cells.isEmpty else { return }
        given[key, default: RecordReplay()].apply(
            LoggedEntry(
                entry: dated,
                dot: logged.dot,
                log: logged.log,
                scope: logged.scope,
                after: logged.after
            )
        )
    }
}
