package import Causality
package import Store
import Survey

/// Rules of saving that need more than the record: what the commune collects, what the household
/// agreed to, who belongs to whom.
extension LocalNode {
    /// Why values may not be taken, or only with care.
    ///
    /// `household`: where the record belongs to; nil where that is not known.
    func privacyProblems(
        _ type: RecordType,
        _ values: [String: Value],
        household: RecordID?
    ) throws -> [Problem] {
        let fields = type.fields.filter { values[$0.name].map { $0 != .null } ?? false }
        guard fields.contains(where: { $0.isOptIn || consent(for: $0, in: type) != nil }) else {
            return []
        }
        let collected = try collectedFields()
        let consents = try household.map { try Consents(store, household: $0) }
        return fields.compactMap { field in
            if field.isOptIn, !collected.contains(FieldName(type.name, field.name)) {
                return Self.notCollected(field, type)
            }
            guard let consent = consent(for: field, in: type), let consents else { return nil }
            switch consents.answer(consent) {
            case "yes": return nil
            case nil: return Self.consentMissing(field)
            default: return Self.consentRefused(field)
            }
        }
    }

    /// The field of the notice that must hold the household's consent.
    private func consent(for field: Field, in type: RecordType) -> String? {
        guard type.name != "unit" else { return nil }
        return description.purpose(of: field, in: type)?.name.consent
    }

    private static func notCollected(_ field: Field, _ type: RecordType) -> Problem {
        let name = "\(type.name).\(field.name)"
        return Problem(
            .blocks,
            field.name,
            "not_collected",
            Label(
                "\(field.label.vi): xã không thu thập mục này; máy xã bật bằng 'doorstep setting field \(name) on'",
                "\(field.label.en): the commune does not collect it; the hub switches it on with 'doorstep setting field \(name) on'"
            )
        )
    }

    private static func consentMissing(_ field: Field) -> Problem {
        Problem(
            .warns,
            field.name,
            "consent_missing",
            Label(
                "\(field.label.vi): chưa ghi sự đồng ý của hộ: ghi ở trang Thông báo của lượt đến",
                "\(field.label.en): the household's consent is not recorded: record it on the visit's page about the notice"
            )
        )
    }

    private static func consentRefused(_ field: Field) -> Problem {
        Problem(
            .blocks,
            field.name,
            "consent_refused",
            Label(
                "\(field.label.vi): hộ không đồng ý hoặc đã rút lại, không được ghi",
                "\(field.label.en): the household does not agree, or no longer does: it must not be recorded"
            )
        )
    }

    // MARK: Belonging

    /// The household that a record of the type with these values belongs to; of a household itself.
    func household(
        of type: RecordType,
        _ id: RecordID?,
        _ values: [String: Value]
    ) throws
        -> RecordID?
    {
        if type.name == "household" { return id }
        if let home = values["household"]?.record { return home }
        return try values["resident"]?.record.flatMap { try store.record($0) }?["household"].record
    }

    /// People whom a household or visit names live in that household.
    func memberProblems(
        _ type: RecordType,
        _ changed: [String: Value],
        household: RecordID?
    ) throws -> [Problem] {
        try ["household": "head", "visit": "respondent"][type.name].map { name -> [Problem] in
            guard let person = changed[name]?.record, let field = type.field(name) else {
                return []
            }
            let home = try store.record(person)?["household"].record
            let isMember = try home != nil && survivor(home) == survivor(household)
            guard !isMember else { return [] }
            return [
                Problem(
                    .blocks,
                    name,
                    "not_a_member",
                    Label(
                        "\(field.label.vi): không phải người của hộ này",
                        "\(field.label.en): is not of this household"
                    )
                )
            ]
        } ?? []
    }

    /// The record that stands for another after merges.
    private func survivor(_ id: RecordID?) throws -> RecordID? {
        try id.flatMap { try store.row(of: $0) }.flatMap { try store.survivor(of: $0) }?.id
    }

    /// An indicator has one target: of two, which one counts would be chance.
    func targetProblems(
        _ type: RecordType,
        _ id: RecordID?,
        _ changed: [String: Value],
        scope: String
    ) throws -> [Problem] {
        guard type.name == "target", let indicator = changed["indicator"]?.text else { return [] }
        let others = try store.records(of: "target", in: scope, where: "indicator", is: indicator)
        guard let other = others.first(where: { $0.id != id }) else { return [] }
        return [
            Problem(
                .blocks,
                "indicator",
                "target_exists",
                Label(
                    "Chỉ tiêu này đã có mục tiêu: sửa bằng 'doorstep record edit … \(other.id)'",
                    "This indicator has a target: change it with 'doorstep record edit … \(other.id)'"
                )
            )
        ]
    }

    /// A number of a household is never given twice.
    func codeProblems(
        _ type: RecordType,
        _ id: RecordID?,
        _ changed: [String: Value],
        scope: String
    ) throws -> [Problem] {
        guard type.name == "household", let code = changed["code"]?.text,
            let field = type.field("code")
        else { return [] }
        let others = try store.records(of: "household", in: scope, where: "code", is: code)
        guard others.contains(where: { $0.id != id }) else { return [] }
        return [
            Problem(
                .blocks,
                field.name,
                "code_taken",
                Label(
                    "\(field.label.vi): đã dùng cho hộ khác",
                    "\(field.label.en): another household has it"
                )
            )
        ]
    }

    /// The records that a record refers to, by field, for checks across records.
    func others(_ type: RecordType, _ values: [String: Value]) throws -> [String: [String: Value]] {
        var others: [String: [String: Value]] = [:]
        for field in type.fields {
            guard case .reference = field.kind, let id = values[field.name]?.record else {
                continue
            }
            others[field.name] = try store.row(of: id)?.dictionary
        }
        return others
    }

    /// The records that belong to a record, by type, for checks across records.
    func childValues(_ id: RecordID) throws -> [String: [[String: Value]]] {
        var children: [String: [[String: Value]]] = [:]
        for row in try store.children(of: id) {
            children[row.type.name, default: []].append(row.dictionary)
        }
        return children
    }
}

/// What a household agreed to, by its latest notices.
package struct Consents {
    private var answers: [String: String] = [:]
    /// The day on which it took a consent back, if it did.
    private(set) var withdrawnOn: CalendarDay?

    package init(_ store: Store, household: RecordID) throws {
        let isHere = try store.locate(household) != nil
        let notices = try isHere ? store.children(of: household) : []
        let ordered = notices.filter { $0.type.name == "notice" }.sorted {
            ($0.text("given_on") ?? "", $0.id) < ($1.text("given_on") ?? "", $1.id)
        }
        for notice in ordered {
            withdrawnOn = notice.text("withdrawn_on").flatMap { CalendarDay($0) }
            for field in notice.type.fields where field.name.hasPrefix("consent_") {
                guard let answer = notice.text(field.name) else { continue }
                answers[field.name] = withdrawnOn == nil ? answer : "withdrawn"
            }
        }
    }

    /// `yes`, `no` or `withdrawn`; nil where nobody asked.
    package func answer(_ field: String) -> String? { answers[field] }
}

extension RecordRow {
    /// All values that are not empty, by field.
    package var dictionary: [String: Value] {
        Dictionary(
            uniqueKeysWithValues: zip(type.fields, values).filter { $0.1 != .null }
                .map { ($0.0.name, $0.1) }
        )
    }
}
