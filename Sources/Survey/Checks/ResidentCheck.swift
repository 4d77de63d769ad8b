/// What does not fit together in one person's record (data model, section 13).
struct ResidentCheck {
    private let facts: Facts
    private let today: CalendarDay

    init(_ facts: Facts, _ today: CalendarDay) {
        self.facts = facts
        self.today = today
    }

    var problems: [Problem] {
        [
            personalID, [tooOld, oldPaperBeside, levelWithoutCard, childAccount],
            [cardBeforeBirth, cardWithoutEnd, guardianMissing, securityWithoutBasis],
            answersAfterDeath, beforeBirth, [cardBeforeItsLaw],
        ].flatMap { $0.compactMap(\.self) }
    }

    private var personalID: [Problem?] {
        guard let number = facts.text("personal_id").flatMap({ PersonalNumber($0) }) else {
            return []
        }
        let birthYear = facts.text("birth").flatMap { PartialDate($0)?.year }
        return number.warnings(
            sex: facts.text("sex"),
            birthYear: birthYear,
            currentYear: today.year
        )
        .filter { $0 == .sexDiffers || $0 == .yearDiffers }
        .map { Problem(.warns, "personal_id", $0.rawValue, $0.label) }
    }

    private var tooOld: Problem? {
        guard let birth = facts.text("birth").flatMap({ PartialDate($0) }),
            birth.year < 1900 || birth.age(atLeast: 121, on: today) == .reached
        else { return nil }
        return facts.warning("birth", "age_over_120", "Tuổi trên 120", "Older than 120")
    }

    private var oldPaperBeside: Problem? {
        guard facts.counted("old_cmnd") != nil, facts.counted("personal_id") != nil else {
            return nil
        }
        return facts.warning(
            "old_cmnd",
            "old_id_kept",
            "Đã có số định danh, có thể bỏ số CMND cũ",
            "With a personal number the old paper's number is no longer needed"
        )
    }

    private var levelWithoutCard: Problem? {
        guard facts.text("vneid_level") == "2", facts.text("idcard_status") == "none" else {
            return nil
        }
        return facts.warning(
            "vneid_level",
            "level2_without_card",
            "Mức 2 nhưng chưa có căn cước",
            "Level 2 without an identity card"
        )
    }

    private var childAccount: Problem? {
        guard facts.text("vneid_level") == "2", isUnder(6) else { return nil }
        return facts.warning(
            "vneid_level",
            "level2_under_6",
            "Dưới 6 tuổi chỉ có mức 1",
            "Under 6 years only level 1 is possible"
        )
    }

    private var cardBeforeBirth: Problem? {
        guard let issued = facts.day("idcard_issued_on"), let birth = facts.day("birth"),
            issued < birth
        else { return nil }
        return facts.warning(
            "idcard_issued_on",
            "issued_before_birth",
            "Ngày cấp: trước ngày sinh",
            "Issued on: before the date of birth"
        )
    }

    /// Days of whoever was not born yet, but for the card's, which is told apart.
    private var beforeBirth: [Problem?] {
        guard let born = facts.text("birth").flatMap({ PartialDate($0) }), let first = born.firstDay
        else { return [] }
        return facts.type.fields.map { field in
            guard field.name != "birth", field.name != "idcard_issued_on",
                field.name != RecordType.registerDay,
                let last = facts.text(field.name).flatMap({ field.lastDay(of: $0) }), last < first
            else { return nil }
            return field.beforeBirth(born)
        }
    }

    /// The identity card of the Law of 2023, and its certificate, are not older than that law.
    private var cardBeforeItsLaw: Problem? {
        guard ["can-cuoc", "gcn-can-cuoc"].contains(facts.text("idcard_kind")),
            let issued = facts.day("idcard_issued_on"), let law = IdentityLaw.start, issued < law
        else { return nil }
        let first = PartialDate(law)
        return facts.warning(
            "idcard_issued_on",
            "issued_before_law",
            "Ngày cấp: trước \(first.words(.vi)) chưa có loại thẻ này",
            "Issued on: before \(first.words(.en)) there was no such card"
        )
    }

    /// Only cards issued past the last age of renewal, or within two years before it, have no end.
    private var cardWithoutEnd: Problem? {
        guard facts.day("idcard_expires_on") == .never,
            !CardValidity.mayLackEnd(
                birth: facts.text("birth").flatMap { PartialDate($0) },
                on: facts.day("idcard_issued_on") ?? today
            )
        else { return nil }
        return facts.warning(
            "idcard_expires_on",
            "no_expiry_under_60",
            "“Không thời hạn” chỉ có với người trên 60 tuổi",
            "Only people over 60 have a card without expiry"
        )
    }

    private var guardianMissing: Problem? {
        guard isUnder(14), facts.counted("guardian") == nil,
            Predicate.or([
                .isOneOf("idcard_status", ["valid", "expired", "lost", "damaged"]), .anyAccount,
            ]).evaluate(facts, on: today) == true
        else { return nil }
        return facts.warning(
            "guardian",
            "guardian_missing",
            "Dưới 14 tuổi có thẻ, tài khoản: cần người giám hộ",
            "Under 14 with a card or account: a guardian is needed"
        )
    }

    private var securityWithoutBasis: Problem? {
        guard facts.text("ssa_state") == "linked",
            Predicate.hasPayment.evaluate(facts, on: today) != true
                || Predicate.level2Active.evaluate(facts, on: today) != true
        else { return nil }
        return facts.warning(
            "ssa_state",
            "ssa_without_basis",
            "Đã liên kết an sinh nhưng chưa có tài khoản thanh toán hoặc chưa kích hoạt mức 2",
            "Linked, but without a payment account or without an activated level 2"
        )
    }

    private var answersAfterDeath: [Problem?] {
        guard facts.text("presence") == "deceased",
            let death = facts.text("presence_on").flatMap({ PartialDate($0)?.lastDay })
        else { return [] }
        return facts.type.fields.compactMap(\.section).uniqued.map { section in
            guard let observed = facts.day("\(section)_observed_on"), observed > death else {
                return nil
            }
            return facts.warning(
                "\(section)_observed_on",
                "observed_after_death",
                "Ghi nhận sau ngày mất",
                "Observed after the death"
            )
        }
    }

    private func isUnder(_ years: Int) -> Bool {
        Predicate.age(years).evaluate(facts, on: today) == false
    }
}

/// Luật Căn cước 26/2023/QH15.
private enum IdentityLaw {
    /// The day from which it is in force.
    static let start = CalendarDay(year: 2024, month: 7, day: 1)
}

extension Field {
    /// The latest day that a date of this field may mean; nil for texts of other kinds.
    func lastDay(of text: String) -> CalendarDay? {
        switch kind {
        case .date, .partialDate: PartialDate(text)?.lastDay
        default: nil
        }
    }

    /// Before somebody was born nothing was his.
    func beforeBirth(_ born: PartialDate) -> Problem {
        warns(
            "before_birth",
            "trước ngày sinh (\(born.words(.vi)))",
            "before the date of birth (\(born.words(.en)))"
        )
    }
}

extension [String] {
    fileprivate var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
