package import Causality

/// Fields that one statement about a record fills, and the field that says of which day it is.
///
/// A figure of an earlier day takes what was observed by that day (indicators 1.1). What no field
/// dates is of the day on which it was entered.
package struct Observation: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// What was found on a day: of nothing before it is anything known.
        case answer
        /// What holds from a day on: before it the earlier state holds, and the first one always did.
        case state
    }

    package let kind: Kind
    /// Of a state the field that makes it another one.
    let fact: String?
    /// Names of the fields, the dating one included.
    package let fields: Set<String>
    /// The field that holds the day; nil where none does.
    package let day: String?

    /// A state, with what is only said along with it.
    static func state(
        _ fact: String,
        with others: [String] = [],
        since day: String? = nil
    ) -> Observation {
        let fields = Set([fact] + others + (day.map { [$0] } ?? []))
        return Observation(kind: .state, fact: fact, fields: fields, day: day)
    }

    static func answers(_ fields: Set<String>, of day: String?) -> Observation {
        Observation(kind: .answer, fact: nil, fields: fields, day: day)
    }
}

extension RecordType {
    /// Everything of a record that a day dates: each section's answers, what imported lists say, and
    /// states.
    package var observations: [Observation] {
        let sections = Set(fields.compactMap(\.section)).sorted()
        let answers = sections.map { section in
            Observation.answers(
                Set(fields.filter { $0.section == section && !isRegister($0) }.map(\.name)),
                of: field("\(section)_observed_on")?.name
            )
        }
        let register = fields.filter(isRegister).map(\.name)
        guard !register.isEmpty else { return answers + states }
        let day = field(Self.registerDay)?.name
        let list = Observation.answers(Set(register + (day.map { [$0] } ?? [])), of: day)
        return answers + [list] + states
    }

    /// Fields that are only said along with the one that makes a state another one, such as its day.
    package func saidAlong(with fact: String) -> Set<String> {
        Set(states.filter { $0.fact == fact }.flatMap(\.fields)).subtracting([fact])
    }

    /// The day of the lists that register fields come from.
    package static let registerDay = "register_on"

    /// Whether the field holds what a list says of another one.
    package func isRegister(_ field: Field) -> Bool {
        field.name.hasSuffix("_register") && self.field(String(field.name.dropLast(9))) != nil
    }

    /// What is saved besides, so that each answer carries its day and source (data model, principle 3).
    ///
    /// - Parameters:
    ///   - saved: the fields that change, cleared ones as `.null`.
    ///   - today: the day of answers that name none.
    ///   - source: where answers come from that do not say.
    /// - Returns: values of fields that `saved` does not name; a new state without a day takes the
    ///   old one's day away, and a new personal number the day on which the old one was checked.
    package func dated(
        _ saved: [String: Value],
        today: CalendarDay,
        source: (_ section: String) -> String
    ) -> [String: Value] {
        var more: [String: Value] = [:]
        for observation in observations {
            guard let day = observation.day, saved[day] == nil else { continue }
            if let fact = observation.fact {
                if saved[fact] != nil { more[day] = .null }
            } else if observation.fields.contains(where: {
                saved[$0] != nil && !$0.hasSuffix("_source")
            }) {
                more[day] = .text(today.description)
            }
        }
        // Another number has not been looked at on the card.
        let checked = "personal_id_checked_on"
        if saved["personal_id"] != nil, saved[checked] == nil, field(checked) != nil {
            more[checked] = .null
        }
        for section in Set(fields.compactMap(\.section)) {
            let name = "\(section)_source"
            let provenance: Set = [name, "\(section)_observed_on", "\(section)_unknown"]
            let isAnswered = fields.contains { field in
                field.section == section && !isRegister(field) && !provenance.contains(field.name)
                    && saved[field.name].map { $0 != .null } ?? false
            }
            guard isAnswered, saved[name] == nil, self.field(name) != nil else { continue }
            more[name] = .text(source(section))
        }
        return more
    }
}
