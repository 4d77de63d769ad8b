import Causality
import Replication
import SQLite
import Survey

/// Two records that may be the same person, place, unit or benefit, and what speaks for it.
package struct DuplicateCandidate: Hashable, Sendable {
    /// In the order of their weight: `names-and-text.md` section 5; of places first, because who lives in
    /// one that is there twice is there twice too.
    package enum Reason: Int, CaseIterable, Comparable, Sendable {
        /// Two villages of one roster with one scope path.
        case villagePath
        /// Two households of one village with one number of the register.
        case householdNumber
        /// Two households of one village whose heads are likely one person.
        case householdHead
        case personalID
        case oldNumber
        case nameAndBirth
        case nameYearAndHousehold
        case nameYearAndPhone
        /// Of one village, where a birth is known to the month or year only, and may be the other.
        case nameAndVagueBirth
        /// Two units that are not closed.
        case taxCode
        /// The same, of one kind and name.
        case unitName
        /// Two who serve in one unit.
        case staffName
        /// Two benefits of one person that have not ended.
        case benefitKind

        package static func < (left: Reason, right: Reason) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The one with the smaller id.
    package let first: RecordRow
    package let second: RecordRow
    package let reason: Reason

    /// Merging works within a scope only: across two, one record is moved first.
    package var isMergeable: Bool { first.scope == second.scope }

    init(_ one: RecordRow, _ other: RecordRow, _ reason: Reason) {
        first = one.id < other.id ? one : other
        second = one.id < other.id ? other : one
        self.reason = reason
    }
}

extension Store {
    /// Record types of places: a hub that was restored to before its list and was given it again has
    /// them twice, once its nodes bring the first ones back.
    private static let placeTypes = ["village", "household"]

    /// Pairs of living records that are likely the same, strongest reason first.
    ///
    /// Pairs that a person has dismissed are left out. Nothing is ever merged by this.
    package func duplicates(under scope: String? = nil) throws -> [DuplicateCandidate] {
        let dismissed = try dismissedPairs()
        var pairs: [RecordPair: DuplicateCandidate] = [:]
        for type in Self.placeTypes + ["resident", "unit", "staff", "benefit"] {
            try addDuplicates(of: type, under: scope, to: &pairs)
        }
        pairs = pairs.filter { !dismissed.contains($0.key) }
        for pair in pairs.values.filter({ $0.reason <= .nameAndBirth }) {
            guard let homes = try homes(ofHeads: pair) else { continue }
            let name = RecordPair(homes.0.id, homes.1.id)
            guard pairs[name] == nil, !dismissed.contains(name) else { continue }
            pairs[name] = DuplicateCandidate(homes.0, homes.1, .householdHead)
        }
        return pairs.values.sorted {
            ($0.reason, $0.first.scope, $0.first.id, $0.second.id)
                < ($1.reason, $1.first.scope, $1.first.id, $1.second.id)
        }
    }

    /// How many pairs of villages and of numbered households are likely the same, and how many pairs of
    /// households only bear one number, as after one of them has moved to the other's village.
    package func doubledPlaces() throws -> (same: Int, numbers: Int) {
        let dismissed = try dismissedPairs()
        var pairs: [RecordPair: DuplicateCandidate] = [:]
        for type in Self.placeTypes { try addDuplicates(of: type, under: nil, to: &pairs) }
        let counted = pairs.filter { !dismissed.contains($0.key) }.values
        let same = try counted.count {
            try $0.reason != .householdNumber || haveSomebodyInCommon($0)
        }
        return (same, counted.count - same)
    }

    /// Whether somebody seems to live in both households; also where nobody is recorded in one of them.
    private func haveSomebodyInCommon(_ pair: DuplicateCandidate) throws -> Bool {
        let people = try [pair.first, pair.second].map { home in
            try children(of: home.id).filter { $0.type.name == "resident" }.map { row in
                (
                    number: row.text("personal_id"), name: row.text("full_name").map(TextFold.fold),
                    birth: row.text("birth")
                )
            }
        }
        guard people.allSatisfy({ !$0.isEmpty }) else { return true }
        return people[0].contains { one in
            people[1].contains { other in
                if let number = one.number, number == other.number { return true }
                guard let name = one.name, name == other.name else { return false }
                return one.birth == other.birth || one.birth == nil || other.birth == nil
            }
        }
    }

    private func addDuplicates(
        of type: String,
        under scope: String?,
        to pairs: inout [RecordPair: DuplicateCandidate]
    ) throws {
        guard let described = description.type(type) else { return }
        let standing = try described.parent.map { try survivors(behind: $0, of: described) } ?? [:]
        var groups: [DuplicateKey: [RecordRow]] = [:]
        try forEachRecord(of: type, under: scope) { row in
            for key in DuplicateKey.keys(of: row, standing) { groups[key, default: []].append(row) }
        }
        for (key, rows) in groups where rows.count > 1 {
            for (left, right) in Self.pairs(rows)
            where key.reason == .personalID
                || !Self.areDistinct(left, right)
                    && (key.reason != .nameAndVagueBirth || Self.mayBeBornAsOne(left, right))
            {
                let pair = RecordPair(left.id, right.id)
                if let known = pairs[pair], known.reason <= key.reason { continue }
                pairs[pair] = DuplicateCandidate(left, right, key.reason)
            }
        }
    }

    /// What stands for the merged ones of the records that this field refers to.
    private func survivors(
        behind link: String,
        of type: RecordType
    ) throws -> [RecordID: RecordID] {
        guard case .reference(let target) = type.field(link)?.kind else { return [:] }
        // One that was moved has a row in each place: that of where it lives comes last.
        let rows = try statement(
            """
            SELECT a.record, a.target FROM alias a JOIN "\(target)" t ON t.id = a.record
            WHERE a.type = ?1 ORDER BY t._flags & \(RecordFlags.moved) DESC, a.record
            """
        ).bind(all: target).rows { ($0.integer(0), $0.integer(1)) }
        return Dictionary(
            try rows.map { (try recordID($0.0), try recordID($0.1)) },
            uniquingKeysWith: { $1 }
        )
    }

    /// The households of two heads who are likely one person, where they are two of one village.
    private func homes(ofHeads pair: DuplicateCandidate) throws -> (RecordRow, RecordRow)? {
        let heads = [pair.first, pair.second]
        guard heads.allSatisfy({ $0.type.name == "resident" && $0.text("relation") == "head" })
        else { return nil }
        let homes = try heads.compactMap { try $0["household"].record.flatMap { try row(of: $0) } }
        guard homes.count == 2, homes[0].id != homes[1].id, homes[0].scope == homes[1].scope,
            !homes[0].isGone, !homes[1].isGone
        else { return nil }
        return (homes[0], homes[1])
    }

    /// Each with each; a very large group (a common name entered often) each with the first.
    private static func pairs(_ rows: [RecordRow]) -> [(RecordRow, RecordRow)] {
        guard rows.count <= ReadingLimits.duplicateGroup else {
            return rows.dropFirst().map { (rows[0], $0) }
        }
        return rows.indices.flatMap { left in
            rows.indices.dropFirst(left + 1).map { (rows[left], rows[$0]) }
        }
    }

    /// Two different personal numbers are two persons, whatever their names; so of units and tax codes.
    private static func areDistinct(_ left: RecordRow, _ right: RecordRow) -> Bool {
        ["personal_id", "tax_code"].contains { number in
            guard let one = left.text(number), let other = right.text(number) else { return false }
            return one != other
        }
    }
}

extension Store {
    /// Whether nothing that is known of the births tells that they are two.
    private static func mayBeBornAsOne(_ left: RecordRow, _ right: RecordRow) -> Bool {
        let births = [left, right].compactMap { $0.text("birth").flatMap { PartialDate($0) } }
        return births.count == 2 && births[0].mayBe(births[1])
    }
}

/// What two records of one person, place, unit or benefit have in common.
private struct DuplicateKey: Hashable {
    let reason: DuplicateCandidate.Reason
    let text: String

    /// `standing`: what stands for the merged ones of the records that rows of this type belong to.
    static func keys(of row: RecordRow, _ standing: [RecordID: RecordID]) -> [DuplicateKey] {
        let parent = row.type.parent.flatMap { row[$0].record }.map { standing[$0] ?? $0 }
        switch row.type.name {
        case "village":
            // What a village writes under this name in its own scope is not the roster's.
            guard let path = row.text("scope"), path.hasPrefix(row.scope + "/") else { return [] }
            return [DuplicateKey(reason: .villagePath, text: "\(row.scope)|\(path)")]
        case "household":
            guard let number = row.text("register_code") else { return [] }
            return [DuplicateKey(reason: .householdNumber, text: "\(row.scope)|\(number)")]
        case "unit": return keys(ofUnit: row)
        case "staff":
            guard let parent, row.text("state") != "left",
                let name = row.text("full_name").map(TextFold.fold)
            else { return [] }
            return [DuplicateKey(reason: .staffName, text: "\(parent)|\(name)")]
        case "benefit":
            guard let parent, row["until"] == .null, let kind = row.text("kind"),
                row.type.sameness?.vague.contains(kind) == false
            else { return [] }
            return [DuplicateKey(reason: .benefitKind, text: "\(parent)|\(kind)")]
        default: return keys(ofPerson: row, household: parent)
        }
    }

    /// Shops of one name are many: only within a village are they likely one.
    private static func keys(ofUnit row: RecordRow) -> [DuplicateKey] {
        guard row.text("state") != "closed" else { return [] }
        var keys: [DuplicateKey] = []
        if let number = row.text("tax_code") {
            keys.append(DuplicateKey(reason: .taxCode, text: number))
        }
        if let kind = row.text("kind"), let name = row.text("name").map(TextFold.fold) {
            let place = ["school", "health-station"].contains(kind) ? "" : row.scope
            keys.append(DuplicateKey(reason: .unitName, text: "\(kind)|\(name)|\(place)"))
        }
        return keys
    }

    private static func keys(
        ofPerson row: RecordRow,
        household: RecordID?
    ) -> [DuplicateKey] {
        var keys: [DuplicateKey] = []
        if let number = row.text("personal_id") {
            keys.append(DuplicateKey(reason: .personalID, text: number))
        }
        if let number = row.text("old_cmnd") {
            keys.append(DuplicateKey(reason: .oldNumber, text: number))
        }
        guard let name = row.text("full_name").map(TextFold.fold),
            let birth = row.text("birth").flatMap({ PartialDate($0) })
        else { return keys }
        if birth.precision == .day, !birth.isSuspect {
            keys.append(DuplicateKey(reason: .nameAndBirth, text: "\(name)|\(birth)"))
        }
        // What one source knows to the day another knows to the year; two whole births part a pair.
        let text = "\(name)|\(birth.year)|\(row.scope)"
        keys.append(DuplicateKey(reason: .nameAndVagueBirth, text: text))
        if let household {
            keys.append(
                DuplicateKey(
                    reason: .nameYearAndHousehold,
                    text: "\(name)|\(birth.year)|\(household)"
                )
            )
        }
        if let phone = row.text("phone") {
            keys.append(
                DuplicateKey(reason: .nameYearAndPhone, text: "\(name)|\(birth.year)|\(phone)")
            )
        }
        return keys
    }
}
