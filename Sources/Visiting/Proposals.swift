package import Causality
package import Node
package import Store
package import Survey

/// What an identity card says of one field, beside what is recorded.
package struct CardProposal: Hashable, Sendable {
    package let question: QuestionID
    package let label: Label
    /// As it is written into the answer once somebody confirms it.
    package let text: String
    package let shown: Label
    package let recorded: Label
    package enum Comparison: Hashable, Sendable {
        /// Nothing is recorded.
        case new
        case same
        /// Something else is recorded: to be looked at, not only tapped.
        case differs
    }

    package let comparison: Comparison

    /// Whether it only says that somebody has looked at the card, which goes with what it shows.
    package var isLook: Bool { Self.looks.contains(question.field) }

    fileprivate static let looks: Set = ["idcard_source", "personal_id_checked_on"]
}

extension VisitForm {
    /// Reads the QR text of an identity card into proposals for one person; the text is not kept.
    ///
    /// Nothing is answered by it: each proposal is confirmed like an answer.
    package func proposals(qr text: String, for person: RecordID) throws -> [CardProposal] {
        guard let record = record(person), record.type.name == "resident" else {
            throw VisitingError.noQuestion
        }
        let card = try QRText(text)
        let values = values(of: record)
        var offered: [(String, String)] = [
            ("personal_id", card.personalID.text), ("birth", card.birth.description),
            ("sex", card.sex),
        ]
        if !card.isNameDoubtful {
            offered.insert(("full_name", card.nameProposal ?? card.fullName), at: 0)
        }
        if let day = card.issuedOn { offered.append(("idcard_issued_on", day.description)) }
        offered += [
            ("idcard_source", "document-seen"), ("personal_id_checked_on", day.description),
        ]
        return offered.compactMap { name, text in
            guard let field = record.type.field(name) else { return nil }
            let value = Value.text(text)
            let now = values[name] ?? .null
            let isSame =
                now == value
                || name == "full_name" && TextFold.fold(now.text ?? "") == TextFold.fold(text)
            // That somebody has looked at the card takes the place of whatever was said before.
            let isLook = CardProposal.looks.contains(name)
            return CardProposal(
                question: QuestionID(person, name),
                label: label(field, record.type),
                text: text,
                shown: shown(value, field),
                recorded: shown(now, field),
                comparison: isSame ? .same : now == .null || isLook ? .new : .differs
            )
        }
    }

    /// The label of a source with what it is the source of.
    private func label(_ field: Field, _ type: RecordType) -> Label {
        let section = description.sections.first {
            $0.type == type.name && $0.name == field.section
        }
        guard field.isProvenance, let section else { return field.label }
        return Label(
            "\(section.label.vi), \(field.label.vi.lowercased())",
            "\(section.label.en), \(field.label.en.lowercased())"
        )
    }

    /// Whether the number fits something of the person not, and nobody has looked at the card yet.
    package func numberNeedsCard(of person: RecordID) -> Bool {
        problems(of: person).contains {
            $0.severity == .warns && $0.code.hasPrefix("id_") && $0.field == "personal_id"
        }
    }

    /// Records that the number was compared with the card that day, and that the card shows it so.
    ///
    /// For one that fits neither sex nor birth: the warnings end, until another number is written.
    package mutating func confirmNumber(of person: RecordID) throws(VisitingError) -> AnswerOutcome
    {
        guard values(of: person)["personal_id"] != nil else { throw .noQuestion }
        return try answer(QuestionID(person, "personal_id_checked_on"), day.description)
    }
}

/// Somebody who is recorded already and may be the person that is being typed in.
package struct LikelyMatch: Hashable, Sendable {
    package let person: RecordSummary
    package let reason: DuplicateCandidate.Reason
    /// Why the visit cannot move him into its household; nil where it can.
    package let moveRefusal: VisitingError?
}

extension VisitDesk {
    /// Who the person that is being added may be: strongest reason first, in the visit's village only.
    ///
    /// Goes to the access log.
    package func likelyMatches(_ key: VisitKey, _ added: RecordID) throws -> [LikelyMatch] {
        let form = try form(key)
        let values = form.values(of: added)
        guard added.isOfVisit, let home = try node.store.row(of: form.household.id) else {
            return []
        }
        let matches = try node.store.reading {
            let names = try node.placeNames()
            return try candidates(values, in: home.scope).prefix(VisitingLimits.matches).map {
                LikelyMatch(
                    person: try node.summary(of: $0.row, names),
                    reason: $0.reason,
                    moveRefusal: try moveRefusal($0.row.id, form)
                )
            }
        }
        node.logList(.duplicates, matches.map(\.person.type), scope: home.scope)
        return matches
    }

    private func candidates(
        _ values: [String: Value],
        in scope: String
    ) throws -> [(row: RecordRow, reason: DuplicateCandidate.Reason)] {
        var found: [RecordID: (row: RecordRow, reason: DuplicateCandidate.Reason)] = [:]
        func add(_ row: RecordRow, _ reason: DuplicateCandidate.Reason) {
            guard !row.isGone, found[row.id].map({ reason < $0.reason }) ?? true else { return }
            found[row.id] = (row, reason)
        }
        for (field, reason) in [
            ("personal_id", DuplicateCandidate.Reason.personalID), ("old_cmnd", .oldNumber),
        ] {
            guard let number = values[field]?.text else { continue }
            for row in try node.store.records(of: "resident", in: scope, where: field, is: number) {
                add(row, reason)
            }
        }
        if let name = values["full_name"]?.text {
            var query = FindQuery(name, limit: 200)
            query.types = ["resident"]
            query.scope = scope
            for hit in try node.store.find(query).hits {
                if let reason = Self.reason(hit.row, values, name) { add(hit.row, reason) }
            }
        }
        return found.values.sorted { ($0.reason, $0.row.id) < ($1.reason, $1.row.id) }
    }

    /// The same name with the same birth; two different numbers are two persons.
    private static func reason(
        _ row: RecordRow,
        _ values: [String: Value],
        _ name: String
    ) -> DuplicateCandidate.Reason? {
        if let one = values["personal_id"]?.text, let other = row.text("personal_id"), one != other
        {
            return nil
        }
        guard TextFold.fold(row.text("full_name") ?? "") == TextFold.fold(name) else { return nil }
        guard let birth = values["birth"]?.text.flatMap({ PartialDate($0) }) else {
            return .nameYearAndHousehold
        }
        guard let other = row.text("birth").flatMap({ PartialDate($0) }), other.year == birth.year
        else { return nil }
        return other == birth ? .nameAndBirth : .nameYearAndHousehold
    }
}
