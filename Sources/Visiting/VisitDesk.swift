package import Causality
package import Node
package import Store
import Survey

/// A visit that is begun and not finished.
package struct OpenVisit: Hashable, Sendable {
    package let key: VisitKey
    package let user: String
    package let household: RecordID
    /// Milliseconds since 1970.
    package let begun: UInt64
    /// The last answer.
    package let changed: UInt64
}

/// Visits of one user at one node: begun, answered, finished.
///
/// Every answer is in the file, safe from a power cut, before the call returns; whatever happens to
/// page, phone or node, the visit goes on where it was.
package struct VisitDesk {
    package let node: LocalNode

    package init(_ node: LocalNode) {
        self.node = node
    }

    var drafts: DraftTable { DraftTable(store: node.store, user: node.user) }

    // MARK: Beginning

    /// Begins a visit now, or finds the one that the user has begun in this household.
    package func begin(_ household: RecordID) throws -> VisitKey {
        try node.store.transaction {
            if let open = try drafts.open(household: household.description) { return open }
            guard let row = try node.store.row(of: household), row.type.name == "household",
                !row.isGone
            else { throw VisitingError.noHousehold }
            let draft = VisitDraft(
                household: household,
                round: node.round(of: node.today),
                begun: node.now,
                token: try node.store.token(scope: row.scope)
            )
            return try drafts.add(draft, now: node.now)
        }
    }

    /// Begun and not finished visits of the user, or of everybody at this node; the latest first.
    package func openVisits(ofEverybody: Bool = false) throws -> [OpenVisit] {
        try drafts.all().filter { ofEverybody || $0.user == node.user }
    }

    // MARK: Going on

    /// The visit as it stands, over what the store holds now.
    package func form(_ key: VisitKey) throws -> VisitForm {
        try node.store.reading { try form(open(key)) }
    }

    /// What a page of the household shows now, to be given back with its answers.
    package func token(_ key: VisitKey) throws -> Token {
        let draft = try open(key)
        guard let row = try node.store.row(of: draft.household) else { return draft.token }
        return try node.store.token(scope: row.scope)
    }

    /// Takes one answer and keeps it; `seen` is the token that the page was shown with.
    package func answer(
        _ key: VisitKey,
        _ question: QuestionID,
        _ text: String,
        seen: Token? = nil,
        acceptsProposal: Bool = false
    ) throws -> AnswerOutcome {
        let page = PageAnswers(
            [.init(question, text)],
            accepted: acceptsProposal ? [question] : [],
            seen: seen
        )
        guard let outcome = try take(key, page).outcomes[question] else {
            throw VisitingError.noQuestion
        }
        return outcome
    }

    /// Changes a visit in whatever way and keeps it: one transaction.
    package func change<R>(_ key: VisitKey, _ body: (inout VisitForm) throws -> R) throws -> R {
        try node.store.transaction {
            let draft = try open(key)
            var form = try form(draft)
            let result = try body(&form)
            if form.draft != draft { try drafts.write(form.draft, key, now: node.now) }
            return result
        }
    }

    /// Gives a visit up: nothing of it is saved.
    ///
    /// One that a phone has sent is remembered as given up, so that the phone gives it up too.
    package func giveUp(_ key: VisitKey) throws {
        try node.store.transaction {
            guard case .open(let draft) = try drafts.read(key), draft.phone != nil else {
                return try drafts.remove(key)
            }
            try drafts.finish(key, saved: nil, now: node.now)
        }
    }

    /// Takes over a visit of somebody who cannot end it himself: he is blocked, gone, or has lost the
    /// village.
    ///
    /// Whether the user may do so is the caller's to ask: ``Action/assign``. Who was at the door stays
    /// noted, in the visit's record too.
    package func takeOver(_ visit: OpenVisit) throws {
        try node.store.transaction {
            let theirs = DraftTable(store: node.store, user: visit.user)
            guard visit.user != node.user, case .open(var draft) = try theirs.read(visit.key) else {
                throw VisitingError.noVisit
            }
            guard let row = try node.store.row(of: draft.household) else {
                throw VisitingError.noHousehold
            }
            guard try !node.isStaff(visit.user, of: row.scope) else { throw VisitingError.notLeft }
            draft.author = draft.author ?? visit.user
            try drafts.take(visit, draft, now: node.now)
        }
    }

    func open(_ key: VisitKey) throws -> VisitDraft {
        guard case .open(let draft) = try drafts.read(key) else { throw VisitingError.noVisit }
        return draft
    }

    // MARK: Reading

    /// `named`: records that inputs which are still to be taken speak of, beside those of the draft.
    func form(_ draft: VisitDraft, naming named: Set<RecordID> = []) throws -> VisitForm {
        let store = node.store
        let draft = try draft.naming(survivors(draft.records)) { question in
            try store.row(of: question.record)?[question.field] ?? .null == .null
        }
        guard let row = try store.row(of: draft.household).flatMap({ try store.survivor(of: $0) }),
            let place = try store.locate(row.id), place.type == "household",
            // What was asked of a household that is deleted meanwhile is not lost with it.
            try !store.isErased(row)
        else { throw VisitingError.noHousehold }
        let children = try store.children(of: row.id)
        let movedIn = try movedIn(draft, to: row.id, children)
        let head = LocalNode.head(row["head"].record, among: children)?.id
        let members = children.filter { $0.type.name == "resident" }.sorted {
            ($0.id == head ? 0 : 1, $0.text("birth") ?? "9", $0.id)
                < ($1.id == head ? 0 : 1, $1.text("birth") ?? "9", $1.id)
        }
        let people = members + movedIn
        let belongings = try people.flatMap { try store.children(of: $0.id) }
        let held = Set((people + belongings).map(\.id) + [row.id] + children.map(\.id))
        let elsewhere = try elsewhere(draft.records, draft.records.union(named), held, row.scope)
        let notice = children.last {
            $0.type.name == "notice" && $0.text("round") == draft.round
        }
        let consents = try Consents(store, household: row.id)
        let asked = Purpose.Name.allCases.compactMap(\.consent)
        return VisitForm(
            description: node.description,
            today: draft.standsOn ?? node.today,
            day: node.today,
            user: node.user,
            draft: notice.map { draft.telling($0.id) } ?? draft,
            household: try record(row),
            people: try people.map { try record($0) },
            belongings: try belongings.map { try record($0) },
            elsewhere: try elsewhere.map { try record($0) },
            notice: try notice.map { try record($0) },
            collected: try node.collectedFields(),
            consents: Dictionary(
                uniqueKeysWithValues: asked.compactMap { field in
                    consents.answer(field).map { (field, $0) }
                }
            ),
            noticeVersion: try draft.noticeVersion ?? node.noticeVersion(),
            noticeContact: try node.noticeContact(),
            commune: try node.communeName()
        )
    }

    /// People whom the visit names and who are not of the household any more, and what is theirs.
    ///
    /// `kept`: those of the draft, who were of the household; what else is named must at least be of
    /// its scope.
    private func elsewhere(
        _ kept: Set<RecordID>,
        _ named: Set<RecordID>,
        _ held: Set<RecordID>,
        _ scope: String
    ) throws -> [RecordRow] {
        func person(_ row: RecordRow) throws -> RecordRow? {
            switch row.type.name {
            case "resident": row
            case "payment_account", "benefit":
                try row["resident"].record.flatMap { try node.store.row(of: $0) }
            default: nil
            }
        }
        var rows: [RecordID: RecordRow] = [:]
        for id in named.subtracting(held) {
            guard let row = try node.store.row(of: id), let person = try person(row),
                kept.contains(id) || row.scope == scope,
                try !node.store.isErased(row), try !node.store.isErased(person)
            else { continue }
            rows[id] = row
            if !held.contains(person.id) { rows[person.id] = person }
        }
        return rows.values.sorted { $0.id < $1.id }
    }

    /// Of records that were merged into others: the ones that stand for them.
    func survivors(_ records: Set<RecordID>) throws -> [RecordID: RecordID] {
        var survivors: [RecordID: RecordID] = [:]
        for id in records {
            let row = try node.store.row(of: id)
            let survivor = try row.flatMap { try node.store.survivor(of: $0) }
            if let survivor, survivor.id != id { survivors[id] = survivor.id }
        }
        return survivors
    }

    func record(_ row: RecordRow) throws -> FormRecord {
        FormRecord(
            row.id,
            row.type,
            row.dictionary,
            disputed: Set(try node.store.disputedFields(of: row)),
            isGone: row.isGone
        )
    }
}
