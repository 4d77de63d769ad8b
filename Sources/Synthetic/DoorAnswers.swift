import Causality
internal import Survey

/// What is written down at one door, from what is true behind it.
struct DoorAnswers {
    let commune: SyntheticCommune
    let household: SyntheticHousehold
    let date: CalendarDay
    let round: String
    /// An earlier visit was broken off: its part is not asked again.
    let isContinued: Bool

    private var householdKey: Int { Keys.household(household.ordinal) }

    /// A household that the list lacks: entered at the first visit, its people once somebody is met.
    func discovered(isFirst: Bool, _ outcome: String) -> [SyntheticRecord] {
        let house = isFirst ? [commune.record(of: household, onList: false)] : []
        guard Self.isMet(outcome), !isContinued else { return house }
        return house
            + household.members.enumerated().map {
                commune.record(of: $1, $0, in: household, onList: false)
            }
    }

    private static func isMet(_ outcome: String) -> Bool {
        outcome == "complete" || outcome == "partial"
    }

    func visit(
        _ attempt: Int,
        by: String,
        minute: Int,
        _ outcome: String,
        _ random: inout SplitMix64
    ) -> SyntheticRecord {
        var record = change(
            "visit",
            Keys.slot(household.ordinal, Keys.visitSlot + attempt),
            isNew: true
        )
        let length = Self.isMet(outcome) ? random.within(4...11) : 1
        record.set("household", key: householdKey)
        record.set("round", round)
        record.set("started_at", time(minute))
        record.set("ended_at", time(minute + length))
        record.set("by", by)
        record.set("outcome", outcome)
        switch outcome {
        case "postponed": record.set("next_on", date.adding(days: 2).description)
        case "refused": record.set("refusal_scope", "visit")
        case "complete", "partial":
            record.set("respondent_kind", "member")
            record.set("respondent", key: Keys.resident(household.ordinal, 0))
        default: break
        }
        return record
    }

    /// The changes that follow from the outcome.
    func findings(_ outcome: String, _ random: inout SplitMix64) -> [SyntheticRecord] {
        switch outcome {
        case "complete", "partial":
            (isContinued ? [] : [notice(), devices()])
                + household.members.indices.flatMap { index -> [SyntheticRecord] in
                    let isFirstPart = index.isMultiple(of: 2)
                    let isAsked = isContinued ? !isFirstPart : outcome == "complete" || isFirstPart
                    return isAsked ? answers(of: index, &random) : []
                }
        case "vacant", "moved", "not-found": [state(outcome)]
        default: []
        }
    }

    private func change(_ type: String, _ key: Int, isNew: Bool = false) -> SyntheticRecord {
        SyntheticRecord(type, key: key, village: household.village, isNew: isNew)
    }

    private func time(_ minute: Int) -> String {
        "\(date)T\(Numbering.digits(minute / 60, 2)):\(Numbering.digits(minute % 60, 2))"
    }

    private func state(_ outcome: String) -> SyntheticRecord {
        var record = change("household", householdKey)
        record.set("state", outcome)
        record.set("state_on", date.description)
        return record
    }

    private func notice() -> SyntheticRecord {
        var record = change(
            "notice",
            Keys.slot(household.ordinal, Keys.noticeSlot),
            isNew: true
        )
        record.set("household", key: householdKey)
        record.set("round", round)
        record.set("basis", "state-task")
        record.set("notice_version", "2026-01")
        record.set("given_how", "read-aloud")
        record.set("given_on", date.description)
        return record
    }

    private func devices() -> SyntheticRecord {
        let devices = household.devices
        var record = change("household", householdKey)
        record.set("head", key: Keys.resident(household.ordinal, 0))
        record.set("smartphone", devices.smartphones)
        record.set("tablet", devices.tablets)
        record.set("computer", devices.computers)
        record.set("smart_tv", devices.smartTVs)
        record.set("feature_phone", devices.featurePhones)
        record.set("internet", devices.internet)
        if devices.smartphones + devices.tablets == 0 {
            record.set(
                "no_device_reason",
                devices.internet == "weak-signal" ? "no-signal" : "cannot-use"
            )
        }
        record.set("devices_source", "self")
        record.set("devices_observed_on", date.description)
        return record
    }

    private func answers(of index: Int, _ random: inout SplitMix64) -> [SyntheticRecord] {
        let person = household.members[index]
        var record = change("resident", Keys.resident(household.ordinal, index))
        record.set("presence", person.presence)
        record.set("residence", person.residence)
        if person.presence != "here", person.presence != "away-short",
            person.presence != "not-found"
        {
            record.set("presence_on", person.awaySince(date))
        }
        record.set("away_kind", person.awayKind)
        guard !DataDescription.doorstep.gonePresences.contains(person.presence) else {
            return [record]
        }
        var sheet = AnswerSheet(
            person: person,
            date: date,
            isProxy: person.presence != "here" || random.percent(25)
        )
        sheet.fill(&record, &random)
        var records = [record]
        if person.digital.hasPayment, person.age >= 18, random.percent(60) {
            records.append(account(of: index, &random))
        }
        if let benefit = person.benefit { records += confirmed(benefit, index, &random) }
        return records
    }

    private func account(of index: Int, _ random: inout SplitMix64) -> SyntheticRecord {
        var record = change(
            "payment_account",
            Keys.account(household.ordinal, index),
            isNew: true
        )
        let kind = Self.accountKinds.draw(&random)
        record.set("resident", key: Keys.resident(household.ordinal, index))
        record.set("kind", kind)
        record.set("provider", random.pick(Self.providers[kind] ?? ["other"]))
        record.set("own_name", random.percent(95) ? "yes" : "no")
        record.set("usable", random.percent(96) ? "yes" : "no")
        record.set("linked_vneid", household.members[index].digital.isLinked ? "yes" : "no")
        return record
    }

    private static let accountKinds = Weighted("bank 86, ewallet 9, mobile-money 5")

    private static let providers = [
        "bank": ["agribank", "vietcombank", "bidv", "vietinbank", "mbbank", "lpbank", "sacombank"],
        "ewallet": ["momo", "zalopay"],
        "mobile-money": ["viettel-money", "vnpt-money", "mobifone-money"],
    ]

    /// The list's benefit is confirmed; where the list lacks the household, it is entered first.
    private func confirmed(
        _ benefit: BenefitFacts,
        _ index: Int,
        _ random: inout SplitMix64
    ) -> [SyntheticRecord] {
        var record = change(
            "benefit",
            Keys.benefit(household.ordinal, index),
            isNew: household.isUnlisted
        )
        if household.isUnlisted {
            record.set("resident", key: Keys.resident(household.ordinal, index))
            record.set("kind", benefit.kind)
        }
        record.set("channel", benefit.channel)
        if benefit.channel.hasPrefix("bank") {
            record.set("linked_vneid", benefit.isLinked ? "yes" : "no")
        } else {
            record.set(
                "missing_reason",
                random.pick(["prefers-cash", "no-account", "far-atm", "frail", "cannot-use"])
            )
        }
        record.set("benefit_source", "self")
        record.set("benefit_observed_on", date.description)
        return [record]
    }
}
