package import Causality
import Store
package import Survey

/// What is still open about one record: what does not fit, and what was not asked.
package struct OpenMatter: Sendable {
    package let record: RecordSummary
    package let problems: [Problem]
    /// Fields that the form asks for before a visit is complete (data model, column R).
    package let unanswered: [Field]

    /// The same with only some of its questions; nil where nothing is left of it.
    package func asking(_ isAsked: (Field) -> Bool) -> OpenMatter? {
        let rest = unanswered.filter(isAsked)
        guard !problems.isEmpty || !rest.isEmpty else { return nil }
        return OpenMatter(record: record, problems: problems, unanswered: rest)
    }
}

/// Checks across the records of a household, after they were saved: they never block.
extension LocalNode {
    /// What is open about a household, its people and their accounts and benefits.
    ///
    /// Of a resident only what is theirs; empty where nothing is.
    package func openMatters(of id: RecordID) throws -> [OpenMatter] {
        guard let row = try store.row(of: id), !row.isGone else { return [] }
        let names = try placeNames()
        switch row.type.name {
        case "household": return try openMatters(household: row, names)
        case "resident": return try openMatters(person: row, names)
        default: return try [matter(row, names)].compactMap(\.self)
        }
    }

    /// Calls `body` for each household with something open, of one scope and those below it, or of all.
    ///
    /// Makes no entry in the access log: for who counts only. ``openHouseholds(under:_:)`` makes one.
    package func forEachOpenHousehold(
        under scope: String?,
        _ body: ([OpenMatter]) throws -> Void
    ) throws {
        let names = try placeNames()
        try store.forEachRecord(of: "household", under: scope) { row in
            let matters = try openMatters(household: row, names)
            if !matters.isEmpty { try body(matters) }
        }
    }

    /// What does not fit together among a household's people, as it stands.
    func householdProblems(_ id: RecordID) throws -> [Problem] {
        guard let row = try store.row(of: id), row.type.name == "household", !row.isGone else {
            return []
        }
        return try householdProblems(row, try store.children(of: id))
    }

    private func householdProblems(_ row: RecordRow, _ children: [RecordRow]) throws -> [Problem] {
        let visits = children.filter { $0.type.name == "visit" }
        let latest = visits.max(by: Self.isEarlier)
        return description.checkHousehold(
            row.dictionary,
            members: children.filter { $0.type.name == "resident" }.map(\.dictionary),
            outcome: latest?.text("outcome"),
            today: today
        )
    }

    private func openMatters(
        household row: RecordRow,
        _ names: [String: String]
    ) throws -> [OpenMatter] {
        let children = try store.children(of: row.id)
        let people = children.filter { $0.type.name == "resident" }
        let more =
            try householdProblems(row, children) + consentTasks(row, people: people)
            + noticeMissing(row, children)
        // A household that is gone is asked nothing more.
        let isAsked = ["occupied", nil].contains(row.text("state"))
        let isHeadKnown = Self.head(row["head"].record, among: people) != nil
        let own = try matter(row, names, more) { field in
            isAsked && !(field.name == "head" && isHeadKnown)
        }
        var matters = [own].compactMap(\.self)
        guard isAsked else { return matters }
        for person in people { matters += try openMatters(person: person, names) }
        let visits = children.filter { $0.type.name == "visit" }
        matters += try visits.compactMap { try matter($0, names) }
        return matters
    }

    private static func isEarlier(_ one: RecordRow, _ other: RecordRow) -> Bool {
        (one.text("started_at") ?? "", one.id) < (other.text("started_at") ?? "", other.id)
    }

    /// Of whoever is gone only since when is asked, and nothing of what was his.
    private func openMatters(
        person row: RecordRow,
        _ names: [String: String]
    ) throws -> [OpenMatter] {
        let isGone = Self.isGone(row)
        let children = try store.children(of: row.id)
        let own = try matter(row, names, isGone ? [] : recordedTwice(children)) {
            !isGone || $0.name == "presence_on"
        }
        let holder = row.text("full_name") ?? ""
        let theirs = try children.compactMap {
            try matter($0, names, holder: holder) { _ in !isGone }
        }
        return [own].compactMap(\.self) + theirs
    }

    /// Of what somebody has once only, such as a pension, two records: a visitor's and a list's, or of
    /// two records of one person.
    private func recordedTwice(_ children: [RecordRow]) -> [Problem] {
        var counts: [String: (label: Label, records: Int)] = [:]
        for child in children {
            guard let sameness = child.type.sameness, let code = child.text(sameness.field),
                !sameness.vague.contains(code), let field = child.type.field(sameness.field),
                sameness.among.evaluate(Facts(child.type, child.dictionary), on: today) != false
            else { continue }
            let value = child[sameness.field]
            let label = Label(field.show(value, .vi), field.show(value, .en))
            counts["\(child.type.name) \(code)", default: (label, 0)].records += 1
        }
        return counts.sorted { $0.key < $1.key }.filter { $0.value.records > 1 }.map { _, twice in
            Problem(
                .warns,
                nil,
                "recorded_twice",
                Label(
                    "\(twice.label.vi): ghi hai lần; gộp hai bản ghi nếu là một",
                    "\(twice.label.en): recorded twice; merge the two records if they are one"
                )
            )
        }
    }

    /// `holder`: whose it is, where it has no name of its own.
    private func matter(
        _ row: RecordRow,
        _ names: [String: String],
        _ more: [Problem] = [],
        holder: String? = nil,
        isAsked: (Field) -> Bool = { _ in true }
    ) throws -> OpenMatter? {
        let values = row.dictionary
        let others = try others(row.type, values)
        let children = try childValues(row.id)
        let problems = description.check(
            row.type.name,
            fields: values,
            today: today,
            isNew: false,
            parent: row.type.parent.flatMap { others[$0] },
            others: others,
            children: children
        )
        let unanswered = description.incomplete(
            row.type.name,
            fields: values,
            today: today,
            children: children
        ).filter(isAsked)
        guard !(problems + more).isEmpty || !unanswered.isEmpty else { return nil }
        return OpenMatter(
            record: try summary(of: row, names, holder: holder),
            problems: problems + more,
            unanswered: unanswered
        )
    }

    // MARK: Notice and consent

    /// Days within which what rested on a consent that was taken back must be gone (law, section 4).
    private static let withdrawalDays = 15

    /// Values that rest on a consent which the household has taken back: a task with a deadline.
    private func consentTasks(_ row: RecordRow, people: [RecordRow]) throws -> [Problem] {
        let consents = try Consents(store, household: row.id)
        let held = ([row] + people).flatMap { record in
            record.type.fields.filter { field in
                guard record[field.name] != .null else { return false }
                let purpose = description.purpose(of: field, in: record.type)?.name
                let answer = purpose?.consent.flatMap { consents.answer($0) }
                return answer == "withdrawn" || answer == "no"
            }
        }
        guard !held.isEmpty else { return [] }
        let due = PartialDate(
            (consents.withdrawnOn ?? today).adding(days: Self.withdrawalDays)
        )
        func list(_ language: Language) -> String {
            var names: [String] = []
            for field in held where !names.contains(field.label(language)) {
                names.append(field.label(language))
            }
            return names.joined(separator: ", ")
        }
        return [
            Problem(
                .warns,
                nil,
                "consent_withdrawn",
                Label(
                    "Hộ không đồng ý hoặc đã rút lại: xóa \(list(.vi)) trước ngày \(due.words(.vi))",
                    "The household does not agree, or no longer does: erase \(list(.en)) by \(due.words(.en))"
                )
            )
        ]
    }

    /// Who was asked must have been told, once a round (law, R2).
    private func noticeMissing(_ row: RecordRow, _ children: [RecordRow]) -> [Problem] {
        let asked = children.filter {
            $0.type.name == "visit" && ["complete", "partial"].contains($0.text("outcome"))
        }
        let rounds = Set(children.filter { $0.type.name == "notice" }.map { $0.text("round") })
        guard let latest = asked.max(by: Self.isEarlier), !rounds.contains(latest.text("round"))
        else { return [] }
        return [
            Problem(
                .warns,
                nil,
                "notice_missing",
                Label(
                    "Chưa ghi việc đã thông báo cho hộ về dữ liệu: ghi ở trang Thông báo của lượt đến",
                    "It is not recorded that the household was told about its data: record it on the visit's page about the notice"
                )
            )
        ]
    }
}
