internal import Survey

/// What stands in more than one column of a list, and what agencies' lists say.
extension PersonReader {
    /// The birth as one text, however the list divides it, and the sex that its column says.
    func birth(_ cells: Cells, _ draft: inout Draft) -> (text: String, sex: String?) {
        func filled(_ column: Column) -> Bool { !cells.isEmpty(column) }
        let isMan = filled(.birthOfMan)
        let isWoman = filled(.birthOfWoman)
        guard !(isMan && isWoman) else {
            let given = "\(cells[.birthOfMan]) | \(cells[.birthOfWoman])"
            draft.decide(.birthInBothColumns, .refused, .birth, given)
            return ("", nil)
        }
        let sex = isMan ? "male" : isWoman ? "female" : nil
        if filled(.birth) { return (cells[.birth], sex) }
        if sex != nil { return (cells[isMan ? .birthOfMan : .birthOfWoman], sex) }
        return (Self.joined(cells), nil)
    }

    /// Day, month and year; what is not known is left out, as is a `00`.
    private static func joined(_ cells: Cells) -> String {
        let columns: [Column] = [.birthDay, .birthMonth, .birthYear]
        return columns.map { TextFold.normalized(cells[$0]) }
            .filter { text in text.contains { $0 != "0" } }
            .map { $0.utf8.count == 1 ? "0\($0)" : $0 }.joined(separator: "/")
    }

    /// The sex of the one column of two that is ticked.
    func tickedSex(_ cells: Cells) -> String? {
        func isTicked(_ column: Column) -> Bool {
            !["", "0", "-"].contains(TextFold.normalized(cells[column]))
        }
        return switch (isTicked(.man), isTicked(.woman)) {
        case (true, false): "male"
        case (false, true): "female"
        default: nil
        }
    }

    /// Answers of the survey that only an export of ours has; other lists are of people who live here.
    func readSurvey(_ cells: Cells, to draft: inout Draft) {
        for (column, assumed) in Self.assumed {
            let text = TextFold.normalized(cells[column])
            guard !text.isEmpty else {
                draft.fields[column.rawValue] = isOwnExport && column == .onList ? nil : assumed
                continue
            }
            draft.fields[column.rawValue] = surveyValue(column, text, &draft)
        }
        let since = cells[.presenceOn]
        switch DateReading(since, currentYear: today.year) {
        case .empty: break
        case .date(let date, _): draft.fields[Column.presenceOn.rawValue] = date.description
        case .proposed, .refused: draft.decide(.dateUnreadable, .refused, .presenceOn, since)
        }
    }

    private static let assumed: [(column: Column, code: String)] = [
        (.nationality, "vn"), (.presence, "here"), (.onList, "yes"),
    ]

    private func surveyValue(_ column: Column, _ text: String, _ draft: inout Draft) -> String? {
        if let code = Codes.survey[column]?.code(text) { return code }
        draft.decide(.valueUnknown, .refused, column, text)
        return nil
    }

    /// What the police or a paying agency says; nothing of a row whose day cannot be used, nor of a row
    /// without a day in an export of ours.
    func readAgencies(_ cells: Cells, to draft: inout Draft) {
        guard readDay(cells[.registerDay], to: &draft) else { return }
        if isOwnExport {
            // What a list has told is worth nothing without the day of which it was.
            guard let day = draft.registerDay else { return }
            draft.fields[RecordType.registerDay] = day.description
        }
        for column in Column.ofRegister {
            draft.fields[column.rawValue] = registerValue(column, cells[column], &draft)
        }
        for column in Column.ofBenefit where column != .benefitSince {
            draft.benefit[column.benefitField] = registerValue(column, cells[column], &draft)
        }
        let since = cells[.benefitSince]
        switch DateReading(since, currentYear: today.year) {
        case .empty: break
        case .date(let date, _): draft.benefit[Column.benefitSince.benefitField] = date.description
        case .proposed(let date):
            if propose(.dateProposed, .benefitSince, since, date.description, &draft) {
                draft.benefit[Column.benefitSince.benefitField] = date.description
            }
        case .refused: draft.decide(.dateUnreadable, .refused, .benefitSince, since)
        }
    }

    /// False where the row names a day that is none.
    private func readDay(_ given: String, to draft: inout Draft) -> Bool {
        switch DateReading(given, currentYear: today.year) {
        case .empty: return true
        case .date(let date, _):
            if date.precision == .day, let day = date.firstDay, day <= today {
                draft.registerDay = day
                return true
            }
        case .proposed, .refused: break
        }
        draft.isDayRefused = true
        draft.decide(.registerDayUnusable, .refused, .registerDay, given)
        return false
    }

    private func registerValue(_ column: Column, _ given: String, _ draft: inout Draft) -> String? {
        let text = TextFold.normalized(given)
        guard !text.isEmpty else { return nil }
        if let code = Codes.register[column]?.code(text) { return code }
        if column == .benefitChannel, let code = Codes.likelyChannel.code(text) {
            return propose(.benefitProposed, column, text, code, &draft) ? code : nil
        }
        draft.decide(.registerValueUnknown, .refused, column, text)
        return nil
    }
}
