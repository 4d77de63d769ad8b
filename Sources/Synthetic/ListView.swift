import Causality
internal import Survey

extension SyntheticCommune {
    /// What the imported list knows of a village, household by household.
    ///
    /// The list is not the truth: 3 % of the households that live here are not on it, 2 % of the
    /// persons on it are gone, and a few numbers and names are wrong (sample facts, section 7).
    package func list(village: Int) -> some Sequence<[SyntheticRecord]> {
        shape.ordinals(of: village).lazy.map { listed(household($0)) }
    }

    /// The list's records of one household, the household first; empty for one that it lacks.
    package func listed(_ household: SyntheticHousehold) -> [SyntheticRecord] {
        guard !household.isUnlisted else { return [] }
        var random = SplitMix64(
            seed: shape.seed,
            stream: Stream.list,
            household.ordinal
        )
        var records = [record(of: household, onList: true)]
        for (index, member) in household.members.enumerated() {
            records.append(
                record(of: listed(member, &random), index, in: household, onList: true)
            )
            if let benefit = member.benefit {
                records.append(registered(benefit, index, in: household))
            }
        }
        if random.perMille(12 * household.members.count), let copy = copy(of: household, &random) {
            records.append(copy)
        }
        return records
    }

    /// A new household as it is entered, from the list or at the door.
    func record(of household: SyntheticHousehold, onList: Bool) -> SyntheticRecord {
        var record = SyntheticRecord(
            "household",
            key: Keys.household(household.ordinal),
            village: household.village
        )
        if onList {
            record.set("register_code", Numbering.digits(household.number, 4))
        }
        record.set("group", household.group)
        record.set("address", household.address)
        record.set("state", "occupied")
        record.set("on_list", onList ? "yes" : "no")
        record.set("policy", household.policy)
        return record
    }

    /// A new resident with what a list or the door knows before any question about accounts.
    func record(
        of person: SyntheticPerson,
        _ index: Int,
        in household: SyntheticHousehold,
        onList: Bool
    ) -> SyntheticRecord {
        var record = SyntheticRecord(
            "resident",
            key: Keys.resident(household.ordinal, index),
            village: household.village
        )
        record.set("household", key: Keys.household(household.ordinal))
        record.set("full_name", person.name)
        record.set("personal_id", person.personalID)
        record.set("birth", person.birth.description)
        record.set("sex", person.sex)
        record.set("relation", person.relation)
        record.set("nationality", "vn")
        record.set(
            "residence",
            person.residence == "unregistered" && onList ? "permanent" : person.residence
        )
        record.set("presence", onList ? "here" : person.presence)
        if !onList, person.presence == "away-long" {
            record.set("presence_on", person.awaySince(shape.day))
        }
        record.set("on_list", onList ? "yes" : "no")
        record.set("phone", person.phone)
        if onList, person.age >= 14 {
            record.set("register_on", shape.day.description)
            record.set("idcard_status_register", person.digital.hasCard ? "valid" : "none")
            record.set("vneid_level_register", person.digital.level2 ? "2" : "0")
            record.set(
                "vneid_state_register",
                person.digital.isActivated ? "activated" : person.digital.level2 ? "issued" : "none"
            )
        }
        return record
    }

    private func registered(
        _ benefit: BenefitFacts,
        _ index: Int,
        in household: SyntheticHousehold
    ) -> SyntheticRecord {
        var record = SyntheticRecord(
            "benefit",
            key: Keys.benefit(household.ordinal, index),
            village: household.village
        )
        record.set("resident", key: Keys.resident(household.ordinal, index))
        record.set("kind", benefit.kind)
        record.set("channel_register", benefit.channel)
        return record
    }

    /// The errors of typists: one digit wrong, two swapped, the sex ticked wrongly, marks left out.
    private func listed(
        _ person: SyntheticPerson,
        _ random: inout SplitMix64
    ) -> SyntheticPerson {
        var person = person
        let point = random.below(1000)
        let position = 6 + random.below(5)
        let isRandomPart = random.percent(60)
        let plain = random.perMille(20)
        if let number = person.personalID {
            var digits = Array(number.utf8)
            if point < 4 {
                // Only behind the `99` that marks test numbers, or in the year.
                let index = isRandomPart ? 8 + position % 4 : 4 + position % 2
                digits[index] = 0x30 + (digits[index] - 0x30 + 1) % 10
            } else if point < 7 {
                digits.swapAt(4, 5)
            }
            person.personalID = String(decoding: digits, as: UTF8.self)
        }
        if point >= 7, point < 10 { person.isMale.toggle() }
        if plain { person.name = NameCase.proposal(for: TextFold.fold(person.name)) ?? person.name }
        return person
    }

    /// Somebody who stands on the list twice, half of the time spelt another way.
    private func copy(
        of household: SyntheticHousehold,
        _ random: inout SplitMix64
    ) -> SyntheticRecord? {
        let index = random.below(household.members.count)
        var person = household.members[index]
        guard person.relation != "head" else { return nil }
        if random.percent(50) {
            for (from, to) in NameTables.respellings where person.name.hasSuffix(" " + from) {
                person.name = person.name.dropLast(from.count) + to
            }
        } else {
            person.personalID = nil
        }
        let record = record(of: person, index, in: household, onList: true)
        return SyntheticRecord(
            record.type,
            key: Keys.slot(household.ordinal, Keys.duplicateSlot),
            village: record.village,
            record.fields
        )
    }
}
