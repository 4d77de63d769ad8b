package import Causality
import Node
import Store
package import Survey

/// A record as the visit found it, or as the visit begins it.
package struct FormRecord: Sendable {
    package let id: RecordID
    package let type: RecordType
    /// As it stands in the store; of an added one what it begins with.
    package let values: [String: Value]
    /// Fields with two values that somebody has still to decide.
    package let disputed: Set<String>
    /// Whether it was deleted or moved away since the visit began.
    package let isGone: Bool

    package init(
        _ id: RecordID,
        _ type: RecordType,
        _ values: [String: Value],
        disputed: Set<String> = [],
        isGone: Bool = false
    ) {
        self.id = id
        self.type = type
        self.values = values
        self.disputed = disputed
        self.isGone = isGone
    }
}

/// A visit as a state machine: what the store holds, what was answered, and nothing else.
///
/// Pure: pages, tests and phones drive it alike. ``VisitDesk`` reads it, keeps it and saves it.
///
/// A visit may last longer than a day. One rule for all: an answer is of the day on which it was given,
/// and is recorded with that day; whether a date can be true, and who is how old, is judged by the day on
/// which the visit stands.
package struct VisitForm: Sendable {
    package let description: DataDescription
    /// The day on which the visit stands: the present one; of a phone's that of its end, or of what was
    /// answered later at the node.
    package private(set) var today: CalendarDay
    /// The day of the answers that are given now.
    package internal(set) var day: CalendarDay
    /// Who visits, by sign-in name.
    package let user: String
    package internal(set) var draft: VisitDraft
    package let household: FormRecord
    /// Living residents of the household: the head first, then the eldest.
    package let people: [FormRecord]
    /// Accounts and benefits of the people.
    package let belongings: [FormRecord]
    /// What this visit has asked about and that is not of the household any more: people who were
    /// moved to another one meanwhile, or deleted, and what is theirs.
    package let elsewhere: [FormRecord]
    /// What the household was told in this round already.
    package let notice: FormRecord?
    /// Optional fields that the commune collects.
    package let collected: Set<FieldName>
    /// What the household agreed to before this visit, by field of the notice.
    package let consents: [String: String]

    /// Version of the text that is read out (`law-and-privacy.md` R2), as the commune has set it.
    package private(set) var noticeVersion: String
    /// Whom residents ask about their data, with a phone number; nil where the commune names nobody.
    package let noticeContact: String?
    /// The commune that asks, as its hub is called; nil where the node knows no hub.
    package let commune: String?

    package init(
        description: DataDescription,
        today: CalendarDay,
        day: CalendarDay,
        user: String,
        draft: VisitDraft,
        household: FormRecord,
        people: [FormRecord],
        belongings: [FormRecord],
        elsewhere: [FormRecord],
        notice: FormRecord?,
        collected: Set<FieldName>,
        consents: [String: String],
        noticeVersion: String,
        noticeContact: String?,
        commune: String?
    ) {
        self.description = description
        self.today = today
        self.day = day
        self.user = user
        self.draft = draft
        self.household = household
        self.people = people
        self.belongings = belongings
        self.elsewhere = elsewhere
        self.notice = notice
        self.collected = collected
        self.consents = consents
        self.noticeVersion = noticeVersion
        self.noticeContact = noticeContact
        self.commune = commune
    }

    // MARK: Records

    /// The household's people, those added at the door included.
    package var members: [FormRecord] {
        people + draft.added.filter { $0.type == "resident" }.compactMap { record($0.id) }
    }

    /// Accounts or benefits of one person, or of all.
    package func belongings(_ type: String, of person: RecordID? = nil) -> [FormRecord] {
        let added = draft.added.filter { $0.type == type }.compactMap { record($0.id) }
        return (belongings.filter { $0.type.name == type } + added).filter { record in
            person == nil
                || record.values[type == "resident" ? "household" : "resident"]?.isRecord(person)
                    == true
        }
    }

    package func record(_ id: RecordID) -> FormRecord? {
        if id == household.id { return household }
        if id == .visit { return begun("visit", id, ["household": .reference(household.id)]) }
        if id == .notice { return notice == nil ? newNotice : nil }
        if id == notice?.id { return notice }
        let held = people + belongings + elsewhere
        if let known = held.first(where: { $0.id == id }) { return known }
        guard let added = draft.added.first(where: { $0.id == id }) else { return nil }
        var values: [String: Value] = [:]
        if let link = description.type(added.type)?.parent {
            values[link] = .reference(added.parent)
        }
        if added.type == "resident" { values["presence"] = .text("here") }
        return begun(added.type, id, values)
    }

    /// Whether a record of this visit belongs to another household by now.
    func isElsewhere(_ id: RecordID) -> Bool {
        elsewhere.contains { $0.id == id }
            || draft.added.contains { added in
                added.id == id && elsewhere.contains { $0.id == added.parent }
            }
    }

    /// Something is said now: the visit stands on this day at least.
    mutating func reachDay() { today = max(today, day) }

    private var newNotice: FormRecord? {
        begun(
            "notice",
            .notice,
            [
                "household": .reference(household.id), "round": .text(draft.round),
                "basis": .text("state-task"), "notice_version": .text(noticeVersion),
                "given_on": .text(noticeDay.description),
            ]
        )
    }

    /// When the household was told: on the day of the answer that says so.
    private var noticeDay: CalendarDay {
        let said = draft.answers.filter { $0.key.record == .notice }
        let given = said[QuestionID(.notice, "given_how")]?.day
        return given ?? said.values.map(\.day).max() ?? day
    }

    /// What was read out is what a phone had on its screen, whatever the commune has set since.
    mutating func tell(_ version: String) {
        draft.noticeVersion = version
        noticeVersion = version
    }

    private func begun(_ name: String, _ id: RecordID, _ values: [String: Value]) -> FormRecord? {
        guard let type = description.type(name) else { return nil }
        var values = values
        for field in type.fields where values[field.name] == nil {
            values[field.name] = field.initial.map(Value.text)
        }
        return FormRecord(id, type, values)
    }

    // MARK: Values

    /// What a record says with the answers of this visit; empty fields are left out.
    package func values(of id: RecordID) -> [String: Value] {
        guard let record = record(id) else { return [:] }
        return values(of: record)
    }

    func values(of record: FormRecord) -> [String: Value] {
        var values = record.values
        var changed: Set<String> = []
        for (question, answer) in draft.answers
        where question.record == record.id && !isDeclined(question.field, record.type) {
            values[question.field] = answer.value
            changed.insert(question.field)
        }
        guard !changed.isEmpty else { return values.filter { $0.value != .null } }
        forgetUnknown(&values, changed, record.type)
        if changed.contains("personal_id"), !changed.contains("personal_id_checked_on"),
            values["personal_id"] != record.values["personal_id"]
        {
            values["personal_id_checked_on"] = nil
        }
        for day in record.type.fields
        where !changed.contains(day.name) && day.isOutdated(from: record.values, to: values) {
            values[day.name] = nil
        }
        // What is asked no more because of an answer is no answer any more; twice, for chains.
        for _ in 0..<2 {
            let facts = Facts(record.type, values)
            for field in record.type.fields where values[field.name] ?? .null != .null {
                guard let condition = field.askedIf,
                    condition.fields(of: record.type.name, in: description.types)
                        .contains(where: { changed.contains($0.field) }),
                    condition.evaluate(facts.asking(field), on: today) == false
                else { continue }
                values[field.name] = nil
                changed.insert(field.name)
            }
        }
        return values.filter { $0.value != .null }
    }

    /// An answer takes away why there was none.
    private func forgetUnknown(
        _ values: inout [String: Value],
        _ changed: Set<String>,
        _ type: RecordType
    ) {
        for section in Set(type.fields.compactMap(\.section)) {
            let cause = "\(section)_unknown"
            guard values[cause] != nil, !changed.contains(cause),
                type.fields.contains(where: { field in
                    field.section == section && changed.contains(field.name)
                        && !field.isProvenance && values[field.name]?.isAnswer == true
                })
            else { continue }
            values[cause] = nil
        }
    }

    /// Whether the field is asked: of everybody whose age may be reached, where its condition holds.
    func isAsked(_ field: Field, _ record: FormRecord, _ values: [String: Value]) -> Bool {
        guard !isKept(field, record.type), let condition = field.askedIf else {
            return !isKept(field, record.type)
        }
        let facts = Facts(record.type, values).asking(field)
        if let known = condition.evaluate(facts, on: today) { return known }
        return condition.assumingAges.evaluate(facts, on: today) == true
    }

    /// Fields that no page asks: the program fills them, the commune does not collect them, or the
    /// household does not agree to them.
    func isKept(_ field: Field, _ type: RecordType) -> Bool {
        !Self.mayAsk(field, type, description, collected: collected)
            || isDeclined(field.name, type)
    }

    /// Whether the household does not agree to what the field is for.
    func isDeclined(_ name: String, _ type: RecordType) -> Bool {
        guard let field = type.field(name), let consent = consentField(of: field, type) else {
            return false
        }
        return ["no", "withdrawn"].contains(self.consent(consent))
    }

    /// The field of the notice that must say yes before the field may be kept.
    func consentField(of field: Field, _ type: RecordType) -> String? {
        description.purpose(of: field, in: type)?.name.consent
    }

    /// Whether some page may ask the field, of whatever household; `collected`: optional fields that
    /// the commune collects.
    package static func mayAsk(
        _ field: Field,
        _ type: RecordType,
        _ description: DataDescription,
        collected: Set<FieldName>
    ) -> Bool {
        let purposes = description.purposes.filter { $0.name.consent == field.name }
        if type.name == "notice", let purpose = purposes.first {
            return description.collects(purpose.name, collected)
        }
        if field.isSecret || type.isRegister(field) || field.name == type.parent { return false }
        if field.name.hasSuffix("_observed_on") { return false }
        if kept[type.name]?.contains(field.name) == true { return false }
        return !field.isOptIn || collected.contains(FieldName(type.name, field.name))
    }

    /// What the household agrees to, this visit's answer first.
    func consent(_ field: String) -> String? {
        let asked = draft.answers[QuestionID(notice?.id ?? .notice, field)]?.value.text
        return asked ?? consents[field]
    }

    private static let kept: [String: Set<String>] = [
        "household": ["code", "register_code", "on_list", "assigned_to"],
        "resident": ["household", "on_list", "register_on"],
        "visit": ["household", "round", "started_at", "ended_at", "by"],
        "notice": [
            "household", "round", "basis", "given_on", "notice_version", "withdrawn_on",
        ],
        "benefit": ["register_on"],
    ]

    /// A resident who is asked nothing more: moved away, dead, or never here.
    package func isGone(_ person: FormRecord) -> Bool {
        person.type.saysGone("presence", values(of: person)["presence"]?.text)
    }

    /// A resident's name as it stands; a word for one who has none yet.
    package func name(of id: RecordID) -> Label {
        if let name = values(of: id)["full_name"]?.text { return Label(name, name) }
        let type = record(id)?.type
        if let person = values(of: id)["resident"]?.record { return name(of: person) }
        if type?.name == "resident" { return Label("Người mới", "New person") }
        return type?.label ?? Label("", "")
    }
}

extension Value {
    func isRecord(_ id: RecordID?) -> Bool { record != nil && record == id }
}

extension Field {
    /// Whether it says where the section's answers come from, of which day, or why there are none.
    var isProvenance: Bool {
        guard let section else { return false }
        return ["_source", "_observed_on", "_unknown"].contains { name == section + $0 }
    }
}

extension Predicate {
    /// The same condition where every age that may be reached is.
    var assumingAges: Predicate {
        switch self {
        case .ageAtLeast: .always
        case .and(let parts): .and(parts.map(\.assumingAges))
        case .or(let parts): .or(parts.map(\.assumingAges))
        default: self
        }
    }
}
