import Causality

/// What officers enter for the whole commune: figures, milestones, targets, settings.
extension DataDescription {
    /// Agencies' figures, milestones and targets must name an indicator that shows them.
    func reportProblems(_ facts: Facts, _ today: CalendarDay) -> [Problem] {
        guard let name = facts.text("indicator") else { return [] }
        guard let indicator = indicator(name) else {
            return [
                blocking(
                    "indicator",
                    "unknown_indicator",
                    "Không có chỉ tiêu này; mã các chỉ tiêu có trong 'doorstep coverage --all'",
                    "No such indicator; 'doorstep coverage --all' lists their names"
                )
            ]
        }
        return switch facts.type.name {
        case "agency_figure": agencyProblems(facts, indicator, today)
        case "milestone": milestoneProblems(indicator)
        default: targetProblems(facts, indicator)
        }
    }

    private func agencyProblems(
        _ figure: Facts,
        _ indicator: Indicator,
        _ today: CalendarDay
    ) -> [Problem] {
        let isAgency = if case .agency = indicator.measure { true } else { indicator.prefersAgency }
        guard isAgency else {
            return [
                blocking(
                    "indicator",
                    "not_reported",
                    "Chỉ tiêu này đếm từ khảo sát hoặc là mốc công việc, không nhập số liệu cơ quan",
                    "This indicator is counted by the survey or is a milestone: no agency reports it"
                )
            ]
        }
        // The latest period is the one that counts: a slip of a century would hide all others.
        if let begin = PartialDate(figure.text("period") ?? "")?.firstDay, begin > today {
            return [
                blocking(
                    "period",
                    "period_in_future",
                    "Kỳ này chưa bắt đầu: xem lại năm và tháng",
                    "This period has not begun: look at its year and month"
                )
            ]
        }
        let counts = ["numerator", "denominator"].map { figure.number($0) }
        if let part = counts[0], let whole = counts[1] {
            guard whole > 0 else {
                return [
                    blocking(
                        "denominator",
                        "denominator_zero",
                        "Mẫu số là 0 thì không có tỷ lệ: kỳ không có gì để đếm thì không nhập",
                        "A denominator of 0 gives no rate: leave out a period with nothing to count"
                    )
                ]
            }
            guard part > whole else { return rateProblems(figure, part, of: whole) }
            return [
                blocking(
                    "numerator",
                    "numerator_exceeds",
                    "Tử số lớn hơn mẫu số",
                    "The numerator exceeds the denominator"
                )
            ]
        }
        guard figure.number("permille") == nil else { return [] }
        return [
            blocking(
                nil,
                "figure_missing",
                "Cần tử số và mẫu số (numerator, denominator), hoặc tỷ lệ phần nghìn (permille)",
                "Needs numerator and denominator, or the rate per thousand (permille)"
            )
        ]
    }

    /// A rate that is no other way to say the counts, cut or rounded: one of the three is a slip.
    private func rateProblems(_ figure: Facts, _ part: Int64, of whole: Int64) -> [Problem] {
        guard let rate = figure.number("permille"), abs(rate * whole - part * 1000) >= whole else {
            return []
        }
        return [
            blocking(
                "permille",
                "rate_contradicts",
                "Tỷ lệ phần nghìn không khớp tử số và mẫu số: sửa, hoặc bỏ trống tỷ lệ",
                "The rate per thousand is not that of the counts: correct it, or leave it out"
            )
        ]
    }

    private func milestoneProblems(_ indicator: Indicator) -> [Problem] {
        guard indicator.measure != .milestone else { return [] }
        return [
            blocking(
                "indicator",
                "not_a_milestone",
                "Chỉ tiêu này có số liệu, không phải mốc công việc",
                "This indicator has a figure, it is no milestone"
            )
        ]
    }

    private func targetProblems(_ target: Facts, _ indicator: Indicator) -> [Problem] {
        guard let reading = target.text("reading"), !isReading(reading, of: indicator) else {
            return []
        }
        let names = readings(of: indicator).joined(separator: ", ")
        return [
            blocking(
                "reading",
                "unknown_reading",
                "Không phải cách tính của chỉ tiêu này; có: \(names)",
                "No reading of this indicator; there are: \(names)"
            )
        ]
    }

    /// Whether the report may print that indicator in the place of a headline.
    package func isReading(_ name: String, of headline: Indicator) -> Bool {
        readings(of: headline).contains(name)
    }

    private func readings(of headline: Indicator) -> [String] {
        [headline.name]
            + indicators.filter { $0.role == .reading(of: headline.name) }.map(\.name)
    }

    func settingProblems(_ setting: Facts) -> [Problem] {
        guard let value = setting.text("value") else { return [] }
        switch setting.text("key") {
        case "optional-field":
            guard optionalField(value) == nil else { return [] }
            let names = optionalFields.map { "\($0.type).\($0.field)" }.joined(separator: ", ")
            return [
                blocking(
                    "value",
                    "not_optional",
                    "Không phải mục tùy chọn; có: \(names)",
                    "No optional field; there are: \(names)"
                )
            ]
        case "answer-validity-months":
            guard Int(value).map((1...120).contains) != true else { return [] }
            return [
                blocking(
                    "value",
                    "validity_months",
                    "Số tháng phải từ 1 đến 120",
                    "The months must be from 1 to 120"
                )
            ]
        default: return []
        }
    }

    /// Fields that are asked only where the commune has switched them on.
    package var optionalFields: [FieldName] {
        types.flatMap { type in
            type.fields.filter(\.isOptIn).map { FieldName(type.name, $0.name) }
        }
    }

    /// The optional field of that name, such as `resident.ethnicity`.
    package func optionalField(_ name: String) -> FieldName? {
        optionalFields.first { "\($0.type).\($0.field)" == name }
    }

    private func blocking(_ field: String?, _ code: String, _ vi: String, _ en: String) -> Problem {
        Problem(.blocks, field, code, Label(vi, en))
    }
}

extension Facts {
    fileprivate func number(_ field: String) -> Int64? {
        if case .integer(let number) = counted(field) { return number }
        return nil
    }
}
