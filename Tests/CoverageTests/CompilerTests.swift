import Causality
import Coverage
import SQLite
import Survey
import Testing

/// The compiled conditions against the evaluator that forms use, on random records.
@Suite struct CompilerTests {
    private let survey = DataDescription.doorstep

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `compiled conditions count what the evaluator says`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let commune = try TestCommune()
        let day = try #require(CalendarDay("2026-11-15"))
        var expected: [String: Counts] = [:]
        func add(_ type: String, _ facts: Facts) {
            for indicator in survey.indicators where indicator.rule?.type == type {
                expected[indicator.name, default: Counts()].add(indicator, facts, on: day)
            }
        }
        for _ in 0..<40 {
            var household = randomValues("household", &random)
            // Nobody counts in a duplicate.
            if household["state"] == .text("duplicate") { household["state"] = .text("vacant") }
            let home = try commune.add("household", bindable(household))
            add("household", try facts("household", household))
            var values = randomValues("resident", &random)
            values["presence"] = .text("here")
            values["presence_on"] = nil
            values["household"] = nil
            values["personal_id"] = nil
            var children: [String: [Facts]] = [:]
            let person = try commune.add(
                "resident",
                bindable(values).merging(["household": home]) { $1 }
            )
            for type in ["payment_account", "benefit"] {
                for _ in 0..<Int(random.next() % 3) {
                    var child = randomValues(type, &random)
                    child["resident"] = nil
                    try commune.add(type, bindable(child).merging(["resident": person]) { $1 })
                    children[type, default: []].append(try facts(type, child))
                }
            }
            children["benefit"] = children["benefit"].map { standing($0, on: day) }
            add("resident", try facts("resident", values, children: children))
            for type in ["unit", "staff"] {
                var record = randomValues(type, &random)
                record["unit"] = nil
                try commune.add(type, bindable(record))
                add(type, try facts(type, record))
            }
        }
        // Made at present, so that every answer counts whatever its date.
        let report = try commune.report()
        for line in report.lines {
            #expect(line.total.counts == expected[line.indicator.name], "\(line.indicator.name)")
        }
    }

    private func facts(
        _ type: String,
        _ values: [String: Value],
        children: [String: [Facts]] = [:]
    ) throws -> Facts {
        Facts(try #require(survey.type(type)), values, children: children)
    }

    /// Without those that count through one of a list.
    private func standing(_ benefits: [Facts], on day: CalendarDay) -> [Facts] {
        func isListed(_ one: Facts) -> Bool {
            ["channel_register", "linked_vneid_register"].contains { one.values[$0] != nil }
        }
        return benefits.filter { own in
            guard !isListed(own), let kind = own.values["kind"], kind != .text("other") else {
                return true
            }
            return !benefits.contains { other in
                isListed(other) && other.values["kind"] == kind
                    && other.type.sameness?.among.evaluate(other, on: day) != false
            }
        }
    }

    /// Each coded, dated or counted field filled half of the time.
    private func randomValues(_ type: String, _ random: inout SplitMix) -> [String: Value] {
        var values: [String: Value] = [:]
        for field in survey.type(type)?.fields ?? [] where random.next() % 2 == 0 {
            switch field.kind {
            case .code(let choices): values[field.name] = .text(random.pick(choices).code)
            case .fourValued: values[field.name] = .text(random.pick(Choice.fourValues).code)
            case .integer: values[field.name] = .integer(Int64(random.next() % 3))
            case .date: values[field.name] = .text(random.pick(Self.days))
            case .partialDate: values[field.name] = .text(random.pick(Self.dates))
            default: continue
            }
        }
        if type == "resident" { values["birth"] = .text(random.pick(Self.births)) }
        return values
    }

    private func bindable(_ values: [String: Value]) -> [String: any SQLBindable] {
        values.compactMapValues { value in
            switch value {
            case .text(let text): text
            case .integer(let number): number
            default: nil
            }
        }
    }

    private static let days = [
        "2000-02-28", "2012-11-15", "2016-06-01", "2020-04-15",
        "2025-12-31", "2026-01-01", "2026-11-14", "2026-11-15", "2026-11-16",
    ]
    private static let dates =
        days + ["2025", "2026", "2027", "2026-10", "2026-11", "2026-12", "2026-11-15?", "2026-11?"]
    private static let births = [
        "1960-02-29", "1985", "2008", "2008-11", "2008-11-15", "2008-11-16", "2008-01-01?", "2009",
        "2012", "2012-11-15", "2012-11-16", "2012-10", "2012-12", "2011-01-01?", "2020",
        "2020-06-01",
    ]
}

extension Counts {
    fileprivate mutating func add(_ indicator: Indicator, _ facts: Facts, on day: CalendarDay) {
        guard let rule = indicator.rule else { return }
        switch rule.population.evaluate(facts, on: day) {
        case false?: return
        case nil: possible += 1
        case true?:
            if rule.notApplicable?.evaluate(facts, on: day) == true { return }
            let types = DataDescription.doorstep.types
            switch rule.answer(in: types).evaluate(facts, on: day) {
            case true?: yes += 1
            case false?: no += 1
            case nil:
                if rule.saysNotApplicable(in: types)?.evaluate(facts, on: day) != true {
                    unknown += 1
                }
            }
        }
    }
}

/// A small generator whose whole state is the seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<T>(_ list: [T]) -> T {
        list[Int(next() % UInt64(list.count))]
    }
}
