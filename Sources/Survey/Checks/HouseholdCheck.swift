package import Causality

extension DataDescription {
    /// What does not fit together among the people of one household; warnings only.
    ///
    /// - Parameters:
    ///   - household: the household's values.
    ///   - members: the values of its residents.
    ///   - outcome: the outcome of its latest visit, where there was one.
    ///   - today: the day against which ages are judged.
    /// - Returns: problems of the household as a whole.
    package func checkHousehold(
        _ household: [String: Value],
        members: [[String: Value]],
        outcome: String? = nil,
        today: CalendarDay
    ) -> [Problem] {
        guard let householdType = type("household"), let residentType = type("resident") else {
            return []
        }
        let check = HouseholdCheck(
            household: Facts(householdType, household),
            members: members.map { Facts(residentType, $0) }
                .filter { !residentType.saysGone("presence", $0.text("presence")) },
            today: today
        )
        return [
            check.heads, check.youngSpouses, check.youngParent, check.emptyHousehold,
            check.membersLeft,
            outcome == "complete" ? check.unaskedAdult : nil,
        ].compactMap(\.self)
    }
}

private struct HouseholdCheck {
    let household: Facts
    let members: [Facts]
    let today: CalendarDay

    var heads: Problem? {
        let heads = members.count { $0.text("relation") == "head" }
        guard heads != 1, !members.isEmpty else { return nil }
        return heads == 0
            ? household.warning(
                "head",
                "head_missing",
                "Hộ chưa có chủ hộ",
                "The household has no head"
            )
            : household.warning("head", "heads_many", "Hộ có hai chủ hộ", "Two heads of household")
    }

    var youngSpouses: Problem? {
        let pair = members.filter { ["head", "spouse"].contains($0.text("relation")) }
        guard pair.contains(where: { $0.text("relation") == "spouse" }), pair.count > 1,
            pair.allSatisfy({ Predicate.age(18).evaluate($0, on: today) == false })
        else { return nil }
        return household.warning(
            nil,
            "spouses_under_18",
            "Vợ chồng đều chưa đủ 18 tuổi",
            "Both spouses are under 18"
        )
    }

    /// The head's parent, or the head as a parent, is at least 12 years older than the child.
    var youngParent: Problem? {
        guard let head = birthYear("head").min() else { return nil }
        let isYoung =
            birthYear("parent").contains { $0 > head - 12 }
            || birthYear("child").contains { head > $0 - 12 }
        guard isYoung else { return nil }
        return household.warning(
            nil,
            "parent_too_young",
            "Cha mẹ hơn con chưa đến 12 tuổi",
            "A parent is less than 12 years older than the child"
        )
    }

    var emptyHousehold: Problem? {
        guard household.text("state") == "occupied",
            !members.contains(where: { ["here", "away-short"].contains($0.text("presence")) })
        else { return nil }
        return household.warning(
            "state",
            "occupied_empty",
            "Hộ đang ở nhưng không có ai đang ở",
            "Lived in, but nobody is here"
        )
    }

    /// Residents of a household that is gone stay in every figure, until somebody says where they are.
    var membersLeft: Problem? {
        guard let state = household.text("state"),
            household.type.saysGone("state", state),
            members.contains(where: { ["here", "away-short"].contains($0.text("presence")) })
        else { return nil }
        return household.warning(
            "state",
            "members_left",
            "Hộ không còn ở đây nhưng còn nhân khẩu đang ở: ghi họ ở đâu",
            "The household is gone, but people of it are still said to be here: say where they are"
        )
    }

    var unaskedAdult: Problem? {
        let facts = [
            "idcard_status", "vneid_level", "payment_has_any", "ssa_state", "signature_state",
            "service_used_online_12m",
        ]
        let isUnasked = members.contains { member in
            Predicate.age(18).evaluate(member, on: today) == true
                && ["here", "away-short"].contains(member.text("presence"))
                && facts.allSatisfy { Predicate.isOneOf($0, []).evaluate(member, on: today) == nil }
        }
        guard isUnasked else { return nil }
        return household.warning(
            nil,
            "adult_unasked",
            "Lượt đến “hoàn thành” nhưng có người lớn chưa hỏi gì",
            "The visit is complete, but an adult was asked nothing"
        )
    }

    private func birthYear(_ relation: String) -> [Int] {
        members.filter { $0.text("relation") == relation }
            .compactMap { $0.text("birth").flatMap { PartialDate($0)?.year } }
    }
}
