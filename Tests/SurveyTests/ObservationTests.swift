import Causality
import Survey
import Testing

/// Which day and source an answer is given, and how two of them meet.
@Suite struct ObservationTests {
    private let survey = DataDescription.doorstep
    private let today = CalendarDay(number: 20_772)

    private func dated(_ type: String, _ saved: [String: Value]) throws -> [String: Value] {
        try #require(survey.type(type)).dated(saved, today: today) { _ in "self" }
    }

    @Test func `an answer gets its day and source, unless they are given`() throws {
        let level: [String: Value] = ["vneid_level": .text("2")]
        #expect(
            try dated("resident", level)
                == ["vneid_observed_on": .text("2026-11-15"), "vneid_source": .text("self")]
        )
        #expect(
            try dated("resident", level.merging(["vneid_source": .text("proxy")]) { $1 })
                == ["vneid_observed_on": .text("2026-11-15")]
        )
        #expect(
            try dated("resident", level.merging(["vneid_observed_on": .text("2026-11-01")]) { $1 })
                == ["vneid_source": .text("self")]
        )
    }

    @Test func `a refusal has a day and no source, a corrected source neither`() throws {
        #expect(
            try dated("resident", ["ssa_unknown": .text("refused")])
                == ["ssa_observed_on": .text("2026-11-15")]
        )
        #expect(try dated("resident", ["ssa_source": .text("proxy")]) == [:])
        #expect(try dated("resident", ["phone": .text("0905123456")]) == [:])
    }

    @Test func `what a list says is of the list's day`() throws {
        #expect(
            try dated("resident", ["vneid_level_register": .text("2")])
                == ["register_on": .text("2026-11-15")]
        )
    }

    @Test func `a new state takes the old one's day away`() throws {
        #expect(try dated("resident", ["presence": .text("here")]) == ["presence_on": .null])
        #expect(try dated("resident", ["away_place": .text("79")]) == [:])
        #expect(try dated("household", ["state": .text("vacant")]) == ["state_on": .null])
    }

    @Test func `every account is one answer of one day`() throws {
        let account = try #require(survey.type("payment_account"))
        #expect(account.observations.count == 1)
        #expect(account.observations.first?.fields == Set(account.fields.map(\.name)))
    }

    @Test func `days and sources merge by themselves, answers do not`() {
        for type in survey.types {
            for field in type.fields {
                let expected: MergeRule =
                    switch field.name {
                    case "register_on": .maximum
                    // Who visits is no answer: whoever shares out last has said it.
                    case "assigned_to": .latest
                    case "vneid_obstacle", "service_obstacle": .union
                    case let name where name.hasSuffix("_observed_on"): .maximum
                    case let name where name.hasSuffix("_source"): .latest
                    default: .review
                    }
                #expect(field.merge == expected, "\(type.name).\(field.name)")
            }
        }
    }
}
