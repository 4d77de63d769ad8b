import Causality
package import Survey

/// When and by whom a commune is surveyed.
package struct FieldworkPlan: Sendable {
    package let round: String
    package let firstDay: CalendarDay
    /// Staff members of each village; they work with names such as `cb-01`.
    package let staffPerVillage: Int
    /// First visits of a staff member in a day; 25 to 35 are usual.
    package let householdsPerDay: Int

    package init(
        round: String = "2026-1",
        firstDay: CalendarDay,
        staffPerVillage: Int = 2,
        householdsPerDay: Int = 30
    ) {
        precondition(staffPerVillage > 0 && householdsPerDay > 0, "somebody visits somebody")
        self.round = round
        self.firstDay = firstDay
        self.staffPerVillage = staffPerVillage
        self.householdsPerDay = householdsPerDay
    }
}

/// Everything that one visit saves at once.
package struct SyntheticSave: Sendable {
    package let household: Int
    package let village: Int
    /// Days since the first of the plan.
    package let day: Int
    /// Sign-in name of the staff member.
    package let by: String
    package let outcome: String
    /// In an order in which each record's references exist.
    package internal(set) var records: [SyntheticRecord]
}

/// The survey as it happens: visits by village and day, each made from the truth when it is asked for.
///
/// A household that was not met is tried again two and four days later; each try solves half.
package struct Fieldwork: Sendable {
    package let commune: SyntheticCommune
    package let plan: FieldworkPlan

    /// Visits of one household, at most.
    private static let triesMax = 3
    private static let daysBetweenTries = 2

    package init(_ commune: SyntheticCommune, _ plan: FieldworkPlan) {
        self.commune = commune
        self.plan = plan
    }

    /// Days from the first visit in the village to the last possible one.
    package func days(village: Int) -> Int {
        let perDay = plan.staffPerVillage * plan.householdsPerDay
        let firstVisits = (commune.shape.villages[village].households + perDay - 1) / perDay
        return firstVisits + (Self.triesMax - 1) * Self.daysBetweenTries
    }

    /// The visits of one day, in the order of the clock for each staff member.
    package func saves(village: Int, day: Int) -> [SyntheticSave] {
        var saves: [SyntheticSave] = []
        for attempt in (0..<Self.triesMax).reversed() {
            let first = day - attempt * Self.daysBetweenTries
            guard first >= 0 else { continue }
            for ordinal in ordinals(village: village, firstDay: first) {
                guard let outcome = outcome(ordinal, attempt: attempt) else { continue }
                saves.append(
                    save(ordinal, attempt: attempt, day: day, outcome, position: saves.count)
                )
            }
        }
        return saves
    }

    private func ordinals(village: Int, firstDay: Int) -> Range<Int> {
        let all = commune.shape.ordinals(of: village)
        let perDay = plan.staffPerVillage * plan.householdsPerDay
        let start = min(all.upperBound, all.lowerBound + firstDay * perDay)
        return start..<min(all.upperBound, start + perDay)
    }

    /// The outcome of that try; nil where an earlier one ended it.
    private func outcome(_ ordinal: Int, attempt: Int) -> String? {
        let household = commune.household(ordinal)
        var random = SplitMix64(seed: commune.shape.seed, stream: Stream.visit, ordinal)
        var outcome = household.isVacant ? "vacant" : Self.firstOutcomes.draw(&random)
        for _ in 0..<attempt {
            guard Self.open.contains(outcome) else { return nil }
            outcome = random.percent(50) ? "complete" : "no-contact"
        }
        return outcome
    }

    private static let open: Set = ["no-contact", "postponed", "partial"]

    /// Per mille at houses where somebody lives.
    private static let firstOutcomes = Weighted(
        """
        complete 750, no-contact 140, postponed 40, partial 40, refused 10, moved 10, not-found 7,
        inaccessible 3
        """
    )

    private func save(
        _ ordinal: Int,
        attempt: Int,
        day: Int,
        _ outcome: String,
        position: Int
    ) -> SyntheticSave {
        let household = commune.household(ordinal)
        var random = SplitMix64(
            seed: commune.shape.seed ^ UInt64(attempt + 1),
            stream: Stream.visit,
            ordinal
        )
        let staff = household.village * plan.staffPerVillage + position % plan.staffPerVillage + 1
        let by = "cb-" + Numbering.digits(staff, 2)
        let date = plan.firstDay.adding(days: day)
        // From half past seven, a visit every twelve minutes for each staff member.
        let minute = min(7 * 60 + 30 + position / plan.staffPerVillage * 12, 21 * 60)
        var save = SyntheticSave(
            household: ordinal,
            village: household.village,
            day: day,
            by: by,
            outcome: outcome,
            records: []
        )
        let answers = DoorAnswers(
            commune: commune,
            household: household,
            date: date,
            round: plan.round,
            // Only a first visit ends in part.
            isContinued: attempt > 0 && self.outcome(ordinal, attempt: 0) == "partial"
        )
        if household.isUnlisted {
            save.records += answers.discovered(isFirst: attempt == 0, outcome)
        }
        save.records.append(
            answers.visit(attempt, by: by, minute: minute, outcome, &random)
        )
        save.records += answers.findings(outcome, &random)
        return save
    }
}
