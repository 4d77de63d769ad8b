import Causality
import Replication
import Store
package import Survey

/// What the commune decided about the survey: which optional fields are asked, how long answers hold.
///
/// Kept in the roster, so that every node goes by it; only the hub changes it.
extension LocalNode {
    /// Optional fields that are switched on: no others are taken.
    package func collectedFields() throws -> Set<FieldName> {
        Set(try settings("optional-field").compactMap { description.optionalField($0.value) })
    }

    /// Answers older than this are unknown to figures; nil where they hold for ever.
    package func answerValidityMonths() throws -> Int? {
        try settings("answer-validity-months").last.flatMap { Int($0.value) }
            .flatMap { (1...Self.validityMonthsMax).contains($0) ? $0 : nil }
    }

    /// Switches an optional field on or off.
    package func setOptionalField(_ name: String, isOn: Bool) throws -> SaveOutcome {
        let known = try allSettings("optional-field").first { $0.value == name }
        let state = FieldInput("state", isOn ? "on" : "off")
        if let known { return try editRecord(known.id, [state]) }
        return try addRecord(
            "commune_setting",
            [FieldInput("key", "optional-field"), FieldInput("value", name), state],
            place: try store.rosterScope()
        )
    }

    /// Version of the text that households are read about their data: what a notice's record names.
    package func noticeVersion() throws -> String {
        try settings("notice-version").last?.value ?? Self.firstNotice
    }

    /// The text that the program comes with.
    private static let firstNotice = "2026-02"

    /// Whom residents ask about their data, with a phone number; nil where nobody is named.
    package func noticeContact() throws -> String? {
        try settings("notice-contact").last?.value
    }

    /// The commune, as its hub is called; nil where the node belongs to none yet.
    package func communeName() throws -> String? {
        guard let identity = try store.identity() else { return nil }
        return identity.certificate.kind == .hub
            ? identity.certificate.name : identity.parent?.name
    }

    /// Sets what notices name: the version of the commune's own text, and whom to ask; nil for the
    /// program's text, and for nobody.
    package func setNotice(version: String?, contact: String?) throws -> SaveOutcome {
        // A version that no notice's record can hold would stop every visit at its end.
        if let problem = version.flatMap({ versionProblem($0) }) {
            let scope = try store.rosterScope()
            return SaveOutcome(id: nil, scope: scope, written: [], problems: [problem])
        }
        return try store.transaction {
            let first = try setText("notice-version", version)
            return first.isRefused ? first : try setText("notice-contact", contact)
        }
    }

    private func versionProblem(_ version: String) -> Problem? {
        guard let field = description.type("notice")?.field("notice_version") else { return nil }
        switch field.parse(version, today: today) {
        case .value: return nil
        case .refused(let problem), .proposed(_, let problem): return problem
        case .empty:
            let text = Label("\(field.label.vi): bắt buộc", "\(field.label.en): is required")
            return Problem(.blocks, field.name, "required", text)
        }
    }

    private func setText(_ key: String, _ text: String?) throws -> SaveOutcome {
        let state = FieldInput("state", text == nil ? "off" : "on")
        let value = text.map { [FieldInput("value", $0)] } ?? []
        if let known = try allSettings(key).last {
            return try editRecord(known.id, value + [state])
        }
        return try addRecord(
            "commune_setting",
            [FieldInput("key", key), FieldInput("value", text ?? "-"), state],
            place: try store.rosterScope()
        )
    }

    /// Sets how many months an answer holds; nil for ever.
    package func setAnswerValidity(months: Int?) throws -> SaveOutcome {
        let state = FieldInput("state", months == nil ? "off" : "on")
        let value = FieldInput("value", months.map(String.init) ?? "12")
        if let known = try allSettings("answer-validity-months").last {
            return try editRecord(known.id, months == nil ? [state] : [state, value])
        }
        return try addRecord(
            "commune_setting",
            [FieldInput("key", "answer-validity-months"), value, state],
            place: try store.rosterScope()
        )
    }

    /// A century: what is longer holds for ever.
    private static let validityMonthsMax = 1_200

    private typealias Setting = (id: RecordID, value: String, isOn: Bool)

    private func settings(_ key: String) throws -> [Setting] {
        try allSettings(key).filter(\.isOn)
    }

    private func allSettings(_ key: String) throws -> [Setting] {
        guard description.type("commune_setting") != nil, try store.identity() != nil else {
            return []
        }
        var settings: [Setting] = []
        let roster = try store.rosterScope()
        try store.forEachRecord(of: "commune_setting", under: roster) { row in
            // What a village writes under this name in its own scope is not the commune's.
            guard row.scope == roster, row.text("key") == key, let value = row.text("value") else {
                return
            }
            settings.append((row.id, value, row.text("state") == "on"))
        }
        // Of one key that was set twice unseen, every node takes the same.
        return settings.sorted { $0.id < $1.id }
    }
}
