import Causality
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
        return settings
    }
}
