package import Causality

extension DataDescription {
    /// What is wrong with a record as it will be after saving, field by field and across fields.
    ///
    /// - Parameters:
    ///   - type: name of the record type.
    ///   - fields: all values that the record will hold, cleared ones as `.null`.
    ///   - today: the day against which ages and dates are judged.
    ///   - isNew: whether the record is being created, so that required fields must be there.
    ///   - parent: the record that this one belongs to, where it is at hand.
    ///   - others: the records that its fields refer to, by field, as far as they are at hand.
    ///   - children: the records that belong to it, by type.
    /// - Returns: problems in the order of the form; empty for a faultless record.
    package func check(
        _ type: String,
        fields: [String: Value],
        today: CalendarDay,
        isNew: Bool,
        parent: [String: Value]? = nil,
        others: [String: [String: Value]] = [:],
        children: [String: [[String: Value]]] = [:]
    ) -> [Problem] {
        guard let record = self.type(type) else {
            return [
                Problem(
                    .blocks,
                    nil,
                    "unknown_type",
                    Label("Không có loại bản ghi này", "There is no such record type")
                )
            ]
        }
        var problems: [Problem] = []
        for name in fields.keys.sorted() where record.field(name) == nil {
            problems.append(
                Problem(
                    .blocks,
                    name,
                    "unknown_field",
                    Label("Không có mục này", "There is no such field")
                )
            )
        }
        for field in record.fields {
            let value = fields[field.name] ?? .null
            if value == .null {
                if isNew, field.requirement == .save {
                    problems.append(field.blocks("required", "bắt buộc", "is required"))
                }
            } else {
                problems += field.check(value, today: today)
            }
        }
        let parent = parent.flatMap { values in
            record.parent.flatMap { record.field($0) }.flatMap { related($0, values) }
        }
        let facts = Facts(
            record,
            fields,
            children: self.facts(of: children),
            parents: others.reduce(into: [:]) { all, other in
                all[other.key] = record.field(other.key).flatMap { related($0, other.value) }
            }
        )
        problems += acrossFields(facts, parent: parent, today: today)
        // Whoever looked at the card knows better than the structure of its number.
        guard facts.text("personal_id_checked_on") != nil else { return problems }
        return problems.filter { problem in
            problem.field != "personal_id" || problem.severity == .blocks
                || PersonalNumber.Warning(rawValue: problem.code) == nil
        }
    }

    /// The record that a field refers to.
    private func related(_ field: Field, _ values: [String: Value]) -> Facts? {
        guard case .reference(let target) = field.kind else { return nil }
        return type(target).map { Facts($0, values) }
    }

    /// Fields that are asked of this record and still empty, so that it is not complete.
    ///
    /// A question that depends on an earlier one is asked once that one is answered; `children`, by type,
    /// are the records that belong to this one and may answer it too.
    package func incomplete(
        _ type: String,
        fields: [String: Value],
        today: CalendarDay,
        children: [String: [[String: Value]]] = [:]
    ) -> [Field] {
        guard let record = self.type(type) else { return [] }
        let facts = Facts(record, fields, children: facts(of: children))
        return record.fields.filter { field in
            field.requirement != .optional && !facts.isKnown(field)
                && field.answeredBy?.evaluate(facts, on: today) != true
                && (field.askedIf ?? .always).evaluate(facts.asking(field), on: today) == true
        }
    }

    private func facts(of children: [String: [[String: Value]]]) -> [String: [Facts]] {
        children.reduce(into: [:]) { all, child in
            all[child.key] = type(child.key).map { type in
                child.value.map { Facts(type, $0) }
            }
        }
    }

    private func acrossFields(_ facts: Facts, parent: Facts?, today: CalendarDay) -> [Problem] {
        let own: [Problem] =
            switch facts.type.name {
            case "resident": ResidentCheck(facts, today).problems
            case "payment_account": accountProblems(facts, holder: parent, today)
            case "benefit": benefitProblems(facts, beneficiary: parent)
            case "visit": visitProblems(facts, today)
            case "agency_figure", "milestone", "target": reportProblems(facts, today)
            case "commune_setting": settingProblems(facts)
            default: []
            }
        return own + facts.positionProblems + facts.adultProblems(on: today)
    }
}

extension Facts {
    /// Filled, or its section says why it is not.
    fileprivate func isKnown(_ field: Field) -> Bool {
        if counted(field.name) != nil { return true }
        guard let section = field.section else { return false }
        return counted("\(section)_unknown") != nil
    }

    func warning(_ field: String?, _ code: String, _ vi: String, _ en: String) -> Problem {
        Problem(.warns, field, code, Label(vi, en))
    }
}

private func accountProblems(_ account: Facts, holder: Facts?, _ today: CalendarDay) -> [Problem] {
    var problems: [Problem] = []
    if let last4 = account.text("last4"), last4.utf8.count != 4 || !last4.utf8.allSatisfy(isDigit) {
        problems.append(
            Problem(
                .blocks,
                "last4",
                "last4",
                Label("Chỉ ghi đúng 4 chữ số cuối", "Exactly the last 4 digits")
            )
        )
    }
    guard let holder else { return problems }
    // Who has none has closed the one that is recorded, or was misunderstood: it still counts.
    if holder.text("payment_has_any") == "no",
        Predicate.ownAccount.evaluate(account, on: today) == true
    {
        problems.append(
            account.warning(
                "usable",
                Problem.accountOfNone,
                "Đã trả lời là chưa có tài khoản, nhưng tài khoản này vẫn được tính: còn dùng được không?",
                "The answer was that there is no account, but this one still counts: does it still work?"
            )
        )
    }
    if account.text("linked_vneid") == "yes", holder.text("vneid_state") != "activated" {
        problems.append(account.linkedNotActivated)
    }
    if Predicate.age(15).evaluate(holder, on: today) == false {
        problems.append(
            account.warning(
                "resident",
                "account_under_15",
                "Chủ tài khoản chưa đủ 15 tuổi",
                "The holder is under 15"
            )
        )
    }
    return problems
}

private func benefitProblems(_ benefit: Facts, beneficiary: Facts?) -> [Problem] {
    var problems: [Problem] = []
    if let since = benefit.day("since"), let until = benefit.day("until"), until < since {
        problems.append(
            benefit.warning("until", "until_before_since", "Đến trước từ", "Ends before it begins")
        )
    }
    if let born = beneficiary?.text("birth").flatMap({ PartialDate($0) }), let first = born.firstDay
    {
        problems += ["since", "until"].compactMap { name in
            guard let field = benefit.type.field(name),
                let last = benefit.text(name).flatMap({ field.lastDay(of: $0) }), last < first
            else { return nil }
            return field.beforeBirth(born)
        }
    }
    guard benefit.text("linked_vneid") == "yes" else { return problems }
    let isLinked = beneficiary.map { $0.text("ssa_state") == "linked" } ?? true
    if benefit.text("channel") != "bank-own" || !isLinked {
        problems.append(
            benefit.warning(
                "linked_vneid",
                "benefit_linked",
                "Liên kết VNeID chỉ có với tài khoản ngân hàng của mình đã liên kết an sinh",
                "Linked on VNeID needs an own bank account and a linked social-security account"
            )
        )
    }
    if let beneficiary, beneficiary.text("vneid_state") != "activated" {
        problems.append(benefit.linkedNotActivated)
    }
    return problems
}

extension Facts {
    fileprivate var linkedNotActivated: Problem {
        warning(
            "linked_vneid",
            "linked_not_activated",
            "Đã liên kết VNeID nhưng tài khoản định danh chưa kích hoạt",
            "Linked on VNeID, but the identity account is not activated"
        )
    }

    /// The earliest day that a date field may mean.
    func day(_ field: String) -> CalendarDay? {
        text(field).flatMap { PartialDate($0)?.firstDay }
    }
}
