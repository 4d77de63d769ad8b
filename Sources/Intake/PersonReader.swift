internal import Survey

/// Reads one row into a person: every cell is taken, repaired, proposed or refused, with its reason.
///
/// Pure: what it knows of the day comes in, what it decides goes out.
struct PersonReader {
    let today: CalendarDay
    let policy: ImportPolicy
    /// How people are registered of whom the list does not say it; nil where nobody knows.
    let residence: String?
    /// Whether the list writes relations with their tones.
    let marksRelations: Bool
    /// The list is an export of ours: what it says is as it was recorded.
    let isOwnExport: Bool
    /// The list is of an agency, which tells of people who are recorded and need no birth there.
    let isOfAgency: Bool

    /// Days after birth in which a child may have no number yet.
    static let newbornDays = 365
    static let nameMax = 80

    /// What a row gave, before it is known whether it is a person.
    struct Draft {
        let row: Int
        var fields: [String: String] = [:]
        /// Fields of a pension or allowance.
        var benefit: [String: String] = [:]
        var registerDay: CalendarDay?
        /// The row names a day that cannot be used.
        var isDayRefused = false
        var note: String?
        var decisions: [ImportDecision] = []
        var birth: PartialDate?
        /// Accepted or only proposed: enough to warn about sex and year.
        var number: PersonalNumber?

        mutating func decide(
            _ code: ImportCode,
            _ outcome: ImportOutcome,
            _ column: Column? = nil,
            _ given: String? = nil,
            _ taken: String? = nil
        ) {
            decisions.append(
                ImportDecision(
                    code,
                    outcome,
                    row: row,
                    column: column,
                    given: given,
                    taken: taken
                )
            )
        }
    }

    func read(_ cells: Cells, row: Int) -> Draft {
        var draft = Draft(row: row)
        readName(cells[.fullName], to: &draft)
        if let other = text(cells[.otherName], .otherName, max: Self.nameMax, &draft) {
            draft.fields["other_name"] = other
        }
        let birth = birth(cells, &draft)
        readSex(cells[.sex], column: birth.sex ?? tickedSex(cells), to: &draft)
        readBirth(birth.text, to: &draft)
        readNumbers(cells, to: &draft)
        readAgencies(cells, to: &draft)
        completeBirth(&draft)
        warn(&draft)
        readPhone(cells[.phone], to: &draft)
        readRelation(cells[.relation], head: HeadCell(cells[.headName]), to: &draft)
        readResidence(cells[.residence], to: &draft)
        draft.note = text(cells[.note], .note, max: 200, &draft)
        readSurvey(cells, to: &draft)
        return draft
    }

    /// Whether a proposal may be applied; the decision is recorded either way.
    func propose(
        _ code: ImportCode,
        _ column: Column,
        _ given: String,
        _ taken: String,
        _ draft: inout Draft
    ) -> Bool {
        draft.decide(code, .proposed, column, given, taken)
        return policy.accepted.contains(code)
    }

    /// A free text on one line; formulas are text, and too long a text is not cut but refused.
    func text(_ given: String, _ column: Column, max: Int, _ draft: inout Draft) -> String? {
        let text = TextFold.normalized(given)
        guard !text.isEmpty else { return nil }
        if text.utf8.first == UInt8(ascii: "=") { draft.decide(.formula, .noted, column, text) }
        guard text.unicodeScalars.count <= max else {
            draft.decide(.textCut, .refused, column, text)
            return nil
        }
        return text
    }
}

extension PersonReader {
    private func readName(_ given: String, to draft: inout Draft) {
        guard var name = text(given, .fullName, max: Self.nameMax, &draft) else { return }
        if given.unicodeScalars.contains(where: { (0x300...0x36F).contains($0.value) }) {
            draft.decide(.nfdName, .repaired, .fullName)
        }
        if given.hasPrefix(" ") || given.hasSuffix(" ") || given.contains("  ") {
            draft.decide(.extraSpaces, .repaired, .fullName, given, name)
        }
        // The card shows capitals only; a list in one case says nothing about the name's own case.
        if !isOwnExport, let proper = NameCase.proposal(for: name) {
            let code: ImportCode = TextFold.exact(name) == name ? .lowerCaseName : .upperCaseName
            draft.decide(code, .repaired, .fullName, name, proper)
            name = proper
        }
        if TextFold.words(name).count == 1 { draft.decide(.nameOneWord, .noted, .fullName, name) }
        if !name.unicodeScalars.allSatisfy({
            $0.properties.isAlphabetic || " -'.".unicodeScalars.contains($0)
        }) {
            draft.decide(.nameCharacter, .noted, .fullName, name)
        }
        draft.fields["full_name"] = name
    }

    /// `column` is the sex that the column says in which the birth or a tick stands.
    private func readSex(_ given: String, column: String?, to draft: inout Draft) {
        let text = TextFold.normalized(given)
        if let code = Codes.sex.code(text) {
            if !isOwnExport, !["Nam", "Nữ", "Khác"].contains(text) {
                draft.decide(.sexVariant, .repaired, .sex, text, code)
            }
            if let column, column != code {
                draft.decide(.sexContradictsColumn, .noted, .sex, text)
            }
            draft.fields["sex"] = code
        } else if let column, text.isEmpty {
            draft.fields["sex"] = column
        } else {
            // The field is needed to save; "not known" is the honest value.
            draft.fields["sex"] = "other"
            draft.decide(text.isEmpty ? .sexMissing : .sexUnknown, .noted, .sex, text)
        }
    }

    private func readRelation(_ given: String, head: HeadCell, to draft: inout Draft) {
        let text = TextFold.normalized(given)
        guard !text.isEmpty else {
            if head == .mark { draft.fields["relation"] = "head" }
            return
        }
        let isWoman = draft.fields["sex"] == "female"
        let isOpen = Codes.isFatherOrGrandmother(text)
        let isAsWritten = marksRelations && !TextFold.hasMarks(text) && !isWoman
        if let code = Codes.relation.code(text), !isOpen || isAsWritten {
            draft.fields["relation"] = code
        } else if let code = isOpen
            ? isWoman ? "grandparent" : "parent" : Codes.likelyRelation.code(text)
        {
            if propose(.relationProposed, .relation, text, code, &draft) {
                draft.fields["relation"] = code
            }
        } else {
            draft.decide(.relationUnknown, .refused, .relation, text)
        }
    }

    private func readResidence(_ given: String, to draft: inout Draft) {
        let text = TextFold.normalized(given)
        if let code = Codes.residence.code(text) {
            draft.fields["residence"] = code
        } else if text.isEmpty {
            draft.fields["residence"] = residence
            if residence == nil { draft.decide(.residenceMissing, .noted, .residence) }
        } else {
            draft.decide(.residenceUnknown, .refused, .residence, text)
        }
    }

    private func readPhone(_ given: String, to draft: inout Draft) {
        switch PhoneReading(given) {
        case .empty: return
        case .number(let phone, let isRepaired):
            if isRepaired { draft.decide(.phoneRepaired, .repaired, .phone, given, phone.text) }
            if !phone.hasKnownPrefix { draft.decide(.phonePrefix, .noted, .phone, phone.text) }
            draft.fields["phone"] = phone.text
        case .converted(let phone):
            if propose(.phoneConverted, .phone, given, phone.text, &draft) {
                draft.fields["phone"] = phone.text
            }
        case .leadingZeroLost(let phone):
            if propose(.phoneZeroLost, .phone, given, phone.text, &draft) {
                draft.fields["phone"] = phone.text
            }
        case .refused: draft.decide(.phoneRefused, .refused, .phone, given)
        }
    }
}

extension PersonReader {
    private func readBirth(_ given: String, to draft: inout Draft) {
        switch DateReading(given, currentYear: today.year) {
        case .empty: return
        case .date(let date, let form):
            guard let taken = inRange(date, given, &draft) else { return }
            if !isOwnExport, let code = Self.repairs[form] {
                draft.decide(code, .repaired, .birth, given, taken.description)
            }
            if taken.isSuspect { draft.decide(.birthPlaceholder, .noted, .birth, given) }
            if form == .yearOnly { draft.decide(.yearOnly, .noted, .birth, given) }
            if form == .monthYear { draft.decide(.monthOnly, .noted, .birth, given) }
            draft.birth = taken
        case .proposed(let date):
            guard let date = inRange(date, given, &draft) else { return }
            if propose(.dateProposed, .birth, given, date.description, &draft) {
                draft.birth = date
            }
        case .refused(.impossible): draft.decide(.impossibleDate, .refused, .birth, given)
        case .refused(.unreadable): draft.decide(.dateUnreadable, .refused, .birth, given)
        }
    }

    private static let repairs: [DateReading.Form: ImportCode] = [
        .unpadded: .unpaddedDate, .iso: .isoDate, .otherSeparator: .dateSeparator,
        .midnight: .midnightDate,
    ]

    /// 01/01 becomes suspect: lists put it where only the year was known (`indicators.md` 1.2).
    ///
    /// An export of ours marks those that are.
    private func inRange(
        _ date: PartialDate,
        _ given: String,
        _ draft: inout Draft
    ) -> PartialDate? {
        guard date.year >= 1900, let first = date.firstDay, first <= today else {
            draft.decide(.birthOutOfRange, .refused, .birth, given)
            return nil
        }
        guard date.day == 1, date.month == 1, !isOwnExport else { return date }
        return PartialDate(first, isSuspect: true)
    }

    private func readNumbers(_ cells: Cells, to draft: inout Draft) {
        let given = cells[.personalID]
        switch PersonalNumberReading(given, currentYear: today.year) {
        case .empty: break
        case .number(let number, let isRepaired):
            if isRepaired {
                draft.decide(.idWithSpaces, .repaired, .personalID, given, number.text)
            }
            draft.number = number
            draft.fields["personal_id"] = number.text
        case .proposed(let number, _):
            draft.number = number
            if propose(.leadingZeroLost, .personalID, given, number.text, &draft) {
                draft.fields["personal_id"] = number.text
            }
        case .old(let number):
            draft.decide(.oldCMND, .noted, .personalID, given)
            draft.fields["old_cmnd"] = number
        case .refused(let refusal):
            draft.decide(Self.refusals[refusal] ?? .idLength, .refused, .personalID, given)
        }
        readOldNumber(cells[.oldPersonalID], to: &draft)
        if given.isEmpty, draft.fields["old_cmnd"] == nil {
            let isNewborn = draft.birth?.lastDay.map { $0.adding(days: Self.newbornDays) >= today }
            draft.decide(
                isNewborn == true ? .newbornWithoutID : .idMissing,
                .noted,
                .personalID
            )
        }
    }

    private func readOldNumber(_ given: String, to draft: inout Draft) {
        switch PersonalNumberReading(given, currentYear: today.year) {
        case .empty: break
        case .old(let number): draft.fields["old_cmnd"] = number
        case .number(let number, _) where draft.fields["personal_id"] == nil:
            draft.number = number
            draft.fields["personal_id"] = number.text
        case .number, .proposed, .refused:
            draft.decide(.idLength, .refused, .oldPersonalID, given)
        }
    }

    private static let refusals: [PersonalNumberReading.Refusal: ImportCode] = [
        .scientific: .idScientific, .badCharacter: .idBadCharacter, .length: .idLength,
        .allDigitsEqual: .idAllDigitsEqual,
    ]

    /// A person needs a birth date: the year in the number is a proposal where the list has none.
    private func completeBirth(_ draft: inout Draft) {
        let isOfAgency = isOfAgency || draft.registerDay != nil
        if draft.birth == nil, !isOfAgency, let number = draft.number,
            number.birthYear <= today.year,
            let year = PartialDate(year: number.birthYear, isSuspect: true),
            propose(.birthFromID, .birth, "", year.description, &draft)
        {
            draft.birth = year
        }
        draft.fields["birth"] = draft.birth?.description
    }

    private func warn(_ draft: inout Draft) {
        guard let number = draft.number else { return }
        let warnings = number.warnings(
            sex: draft.fields["sex"],
            birthYear: draft.birth?.year,
            currentYear: today.year
        )
        for warning in warnings {
            let code: ImportCode =
                switch warning {
                case .sexDiffers: .sexContradictsID
                case .yearDiffers: .idBirthYear
                case .yearInFuture: .idFuture
                case .provinceUnknown: .idProvince
                }
            draft.decide(code, .noted, .personalID, number.text)
        }
    }
}
