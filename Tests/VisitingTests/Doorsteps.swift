import Causality
import Node
import Replication
import SQLite
import Store
import Survey
import Synthetic
import TestSupport
import Testing

@testable import Visiting

/// A village of synthetic households at a hub in memory, whose clock the test sets.
final class Doorsteps {
    static let scope = TestCommune.path + "/thon-1"
    let commune: TestCommune
    private(set) var hub: LocalNode
    let synthetic: SyntheticCommune
    /// Milliseconds since 1970; half past eight in the morning of the day of the data.
    var now: UInt64
    private(set) var households: [RecordID] = []
    private(set) var records: [Int: RecordID] = [:]
    private(set) var keys: [RecordID: Int] = [:]

    init(seed: UInt64, households count: Int = 24) throws {
        let day = try #require(CalendarDay(year: 2026, month: 8, day: 3))
        now = day.firstMillisecond + 8 * 3_600_000 + 1_800_000
        commune = try TestCommune(seed: seed, description: .doorstep)
        synthetic = SyntheticCommune(
            CommuneShape(seed: seed, day: day, villages: 1, households: count)
        )
        hub = LocalNode(commune.hub, user: "admin")
        var random = SplitMix64(seed: seed)
        let store = try Store(
            db: commune.hub.db,
            description: .doorstep,
            environment: StoreEnvironment(wall: { self.now }, random: { random.next() })
        )
        hub = LocalNode(store, user: "admin")
        try hub.addVillage("Thôn Mẫu 1", path: Self.scope)
        for list in synthetic.list(village: 0) where !list.isEmpty { try save(list) }
    }

    private func save(_ list: [SyntheticRecord]) throws {
        try hub.store.save(scope: Self.scope, author: "admin") { batch in
            for record in list {
                let cells = record.values { self.records[$0] ?? RecordID(origin: 0, counter: 1) }
                    .map { Cell($0.name, $0.value) }
                if record.isNew {
                    let id = batch.add(record.type, cells)
                    records[record.key] = id
                    keys[id] = record.key
                    if record.type == "household" { households.append(id) }
                } else if let id = records[record.key] {
                    batch.set(record.type, id, cells)
                }
            }
        }
    }

    /// One of the household who is at home, and not its head where there are others.
    func somebody(at household: RecordID) throws -> RecordID {
        try #require(try people(of: household).last { $0.text("presence") == "here" }).id
    }

    /// The household agreed in an earlier round to be called.
    func agree(_ household: RecordID) throws {
        let saved = try hub.addRecord(
            "notice",
            [
                FieldInput("household", household.description), FieldInput("round", "2025-1"),
                FieldInput("basis", "state-task"), FieldInput("notice_version", "1"),
                FieldInput("given_how", "read-aloud"), FieldInput("given_on", "2025-08-03"),
                FieldInput("consent_contact_by_phone", "yes"),
            ]
        )
        #expect(!saved.isRefused, "\(saved.problems)")
    }

    /// The node as one of its users has it.
    func node(_ user: String) throws -> LocalNode { LocalNode(hub.store, user: user) }

    func desk(_ user: String) throws -> VisitDesk { VisitDesk(try node(user)) }

    func people(of household: RecordID) throws -> [RecordRow] {
        try hub.store.children(of: household).filter { $0.type.name == "resident" }
    }

    /// A household with at least so many people at home.
    func family(of count: Int) throws -> RecordID {
        try #require(
            households.first { id in
                (try? people(of: id).count { $0.text("presence") == "here" } >= count) ?? false
            }
        )
    }
}

extension VisitDesk {
    /// Answers a question of the visit and expects it to be taken.
    @discardableResult
    func take(
        _ key: VisitKey,
        _ record: RecordID,
        _ field: String,
        _ text: String
    ) throws -> AnswerOutcome {
        let outcome = try answer(key, QuestionID(record, field), text)
        #expect(outcome.isAccepted, "\(field): \(outcome.problems.map(\.text.en))")
        return outcome
    }

    /// Somebody other than the members answers: the shortest beginning.
    func meet(_ key: VisitKey) throws {
        try take(key, .visit, "outcome", "complete")
        try take(key, .visit, "respondent_kind", "other-adult")
    }

    func saved(
        _ key: VisitKey,
        _ decisions: [QuestionID: ConcurrentDecision] = [:]
    ) throws
        -> SavedVisit
    {
        switch try finish(key, decisions: decisions) {
        case .saved(let saved): return saved
        case .undecided(let changes):
            Issue.record("undecided: \(changes.map(\.text.en))")
        case .refused(let problems):
            Issue.record("refused: \(problems.map(\.problem.text.en))")
        }
        throw VisitingError.noVisit
    }
}
