import Causality
import Intake
import Replication
import Store
import Survey

/// Takes the households of one list into the store, one after the other.
final class ListIntake {
    let node: LocalNode
    let options: ListImportOptions
    let defaultScope: String?
    var scopes: [String: String] = [:]
    /// The paths of villages that are none any more.
    private var ended: Set<String> = []
    var households = ListImportReport.Counts()
    var residents = ListImportReport.Counts()
    private var villagesCreated: [Village] = []
    private var villagesUnknown: [String] = []
    var refusals: [ListRefusal] = []
    private var differences: [ListDifference] = []
    let lookup: PersonLookup
    /// Beginnings of household numbers by scope.
    private var prefixes: [String: String] = [:]
    /// People whom a row of this list has met or made: no other row is the same person.
    var met: Set<RecordID> = []
    /// Pensions and allowances that a row has met or made.
    var benefits: Set<RecordID> = []
    /// Households that this list has begun: one in another order than by household comes back to them.
    var begun: [RecordID: Begun] = [:]
    /// The same by scope and by what the list calls them.
    var listed: [ListedKey: RecordID] = [:]
    /// People who may be recorded already, until the list has named everybody.
    var held: [HeldPerson] = []
    /// Households whose number is another one's here, until it is known whether that one has a new one.
    var displaced: [DisplacedHousehold] = []

    var store: Store { node.store }

    init(_ node: LocalNode, _ options: ListImportOptions) throws {
        self.node = node
        self.options = options
        lookup = PersonLookup(node.store)
        let own = try node.certificate().writes.filter { $0.utf8.last != UInt8(ascii: "/") }
        let isVillage = try own.count == 1 && own[0] != node.store.rosterScope()
        var defaultScope = isVillage ? own[0] : nil
        var made: [Village] = []
        if let place = options.place {
            do {
                defaultScope = try node.scope(of: place)
            } catch NodeError.unknownPlace where options.createsVillages && !place.contains("/") {
                let created = try node.addVillage(place)
                made.append(created)
                defaultScope = created.scope
            }
        }
        self.defaultScope = defaultScope
        villagesCreated = made
        for village in try node.villages() {
            scopes[ImportedVillage.key(village.name)] = village.scope
            if village.hasEnded(by: node.today) { ended.insert(village.scope) }
        }
    }

    func report(_ list: ImportReport) -> ListImportReport {
        var report = ListImportReport(list: list, isDryRun: options.isDryRun)
        report.households = households
        report.residents = residents
        report.villagesCreated = villagesCreated
        report.villagesUnknown = villagesUnknown
        report.refusals = refusals.sorted { $0.row < $1.row }
        report.differences = differences
        report.reads = lookup.reads
        return report
    }

    func take(_ household: ImportedHousehold) throws {
        lookup.begin()
        if try takeAgencies(household) { return }
        guard let scope = try scope(of: household) else { return }
        guard try node.certificate().mayWrite(scope) else {
            return refuse(household, .villageNotOurs)
        }
        switch try match(household, in: scope) {
        case .new where ended.contains(scope): refuse(household, .villageEnded)
        case .new: try create(household, in: scope)
        case .known(let row): try complete(row, from: household)
        case .taken(let owners):
            displaced.append(
                DisplacedHousehold(household: household, scope: scope, owners: owners)
            )
        case .gone(let reason): refuse(household, reason)
        }
    }

    func refuse(_ household: ImportedHousehold, _ reason: ListRefusal.Reason) {
        refusals.append(
            ListRefusal(row: household.row, reason: reason, persons: household.members.count)
        )
    }

    // MARK: Villages

    private func scope(of household: ImportedHousehold) throws -> String? {
        guard let village = household.village else {
            if defaultScope == nil { refuse(household, .villageMissing) }
            return defaultScope
        }
        if let scope = scopes[village.key] { return scope }
        guard options.createsVillages else {
            if !villagesUnknown.contains(village.name) { villagesUnknown.append(village.name) }
            refuse(household, .villageUnknown)
            return nil
        }
        let created = try node.addVillage(village.name)
        villagesCreated.append(created)
        scopes[village.key] = created.scope
        return created.scope
    }

    // MARK: Households

    enum Match {
        case new
        case known(RecordRow)
        /// The number is recorded of these, in whom nobody of the list lives.
        case taken([RecordID])
        case gone(ListRefusal.Reason)
    }

    func match(_ household: ImportedHousehold, in scope: String) throws -> Match {
        var owners: [RecordID] = []
        for row in try candidates(household, in: scope) {
            guard let survivor = try store.survivor(of: row) else { continue }
            let members = try members(of: survivor)
            // Whom a list without numbers has met already, another household of it does not meet again.
            let open =
                household.registerCode == nil
                ? members.filter { !met.contains($0.id) } : members
            let matcher = MemberMatcher(open)
            // Where only people tell which household it is, a number alone does not.
            let hasNumber = household.registerCode != nil
            let isSame =
                try household.members.contains { try matcher.has($0, byNumberAlone: hasNumber) }
                || household.members.contains { try matcher.had($0, lookup) }
            guard isSame || goesOn(survivor, household, in: scope) || members.isEmpty else {
                owners.append(survivor.id)
                continue
            }
            return survivor.isGone ? .gone(Self.reason(ofGone: survivor)) : .known(survivor)
        }
        guard household.registerCode != nil else {
            // Without a number of theirs, others of the same name and birth are just others.
            return .new
        }
        if let row = try renumbered(household, in: scope) { return .known(row) }
        return owners.isEmpty ? .new : .taken(owners)
    }

    func members(of household: RecordRow) throws -> [RecordRow] {
        try store.children(of: household.id, includingGone: true)
            .filter { $0.type.name == "resident" }
    }

    /// Whether the list comes back to a household that it has begun.
    private func goesOn(
        _ row: RecordRow,
        _ household: ImportedHousehold,
        in scope: String
    ) -> Bool {
        guard let begun = begun[row.id], begun.key == ListedKey(household, scope) else {
            return false
        }
        return !(begun.hasHead && household.members.contains(where: \.isHead))
    }

    /// Notes that the list has named a household.
    func begin(_ home: RecordID, _ household: ImportedHousehold, in scope: String) {
        let key = ListedKey(household, scope)
        let hasHead = household.members.contains(where: \.isHead)
        begun[home] = Begun(key: key, hasHead: hasHead || begun[home]?.hasHead ?? false)
        if let key { listed[key] = home }
    }

    /// What the list has named so before, and what is recorded under the number; where the list has
    /// none, where anybody of the household lives.
    private func candidates(
        _ household: ImportedHousehold,
        in scope: String
    ) throws -> [RecordRow] {
        var ids = [ListedKey(household, scope).flatMap { listed[$0] }]
        ids.append(household.record.flatMap { RecordID($0) })
        var rows = try ids.compactMap { try $0.flatMap { try store.row(of: $0) } }
            .filter { $0.type.name == "household" && $0.scope == scope }
        if let code = household.registerCode {
            return try rows
                + store.records(of: "household", in: scope, where: "register_code", is: code)
                .sorted { !$0.isGone && $1.isGone }
        }
        for person in household.members {
            let homes = try lookup.homes(of: person, in: scope)
            for home in homes where !rows.contains(where: { $0.id == home }) {
                if let row = try store.row(of: home) { rows.append(row) }
            }
        }
        return rows
    }

    func create(_ household: ImportedHousehold, in scope: String) throws {
        var members: [ImportedPerson] = []
        var isHeld = false
        for person in household.members {
            if let known = try elsewhere(person, in: scope) {
                try keep(known, as: person, of: household)
            } else if try hold(person, of: household, home: nil, in: scope) {
                isHeld = true
            } else if try !livesInAnotherVillage(person, than: scope) {
                members.append(person)
            }
        }
        guard !members.isEmpty else {
            if !isHeld { households.unchanged += 1 }
            return
        }
        try make(household, members, in: scope)
    }

    /// Saves a household that is not recorded yet.
    @discardableResult
    func make(
        _ household: ImportedHousehold,
        _ members: [ImportedPerson],
        in scope: String
    ) throws -> RecordID? {
        var fields = household.fields
        if try fields["code"].map({ try isCodeTaken($0, in: scope) }) ?? true {
            let prefix = try prefixes[scope] ?? node.householdPrefix(in: scope)
            prefixes[scope] = prefix
            fields["code"] = try node.nextHouseholdCode(in: scope, prefix: prefix)
        }
        var home: RecordID?
        try store.save(scope: scope, author: node.user) { batch in
            var cells = fields.map { Cell($0.key, .text($0.value)) }
            if let head = members.firstIndex(where: \.isHead) {
                cells.append(Cell("head", .reference(batch.idAhead(1 + head))))
            }
            let made = batch.add("household", cells)
            home = made
            for person in members {
                met.insert(batch.add("resident", Self.cells(of: person, home: made)))
                lookup.add(person, home: made, in: scope)
            }
        }
        if let home { begin(home, household, in: scope) }
        households.created += 1
        residents.created += members.count
        return home
    }

    private func isCodeTaken(_ code: String, in scope: String) throws -> Bool {
        try !store.records(of: "household", in: scope, where: "code", is: code).isEmpty
    }

    /// Saves a person of a household that is recorded.
    func add(_ person: ImportedPerson, to home: RecordID, in scope: String) throws {
        try store.save(scope: scope, author: node.user) {
            met.insert($0.add("resident", Self.cells(of: person, home: home)))
        }
        residents.created += 1
    }

    private static func cells(of person: ImportedPerson, home: RecordID) -> [Cell] {
        person.fields.map { Cell($0.key, .text($0.value)) }
            + [Cell("household", .reference(home))]
    }

    func complete(_ row: RecordRow, from household: ImportedHousehold) throws {
        let matcher = MemberMatcher(try members(of: row))
        begin(row.id, household, in: row.scope)
        let isFilled = try fill(row, from: household.fields, at: household.row)
        if isFilled { households.completed += 1 } else { households.unchanged += 1 }
        let found = try matcher.pairs(household.members, lookup)
        // Whom a row further down names, no row above it is.
        met.formUnion(found.compactMap { $0?.id })
        for (person, known) in zip(household.members, found) {
            if let known {
                try keep(known, as: person)
            } else if let known = try elsewhere(person, in: row.scope, left: row.id) {
                try keep(known, as: person, of: household, at: row.id)
            } else if try hold(person, of: household, home: row.id, in: row.scope) {
                continue
            } else if try !livesInAnotherVillage(person, than: row.scope) {
                try add(person, to: row.id, in: row.scope)
            }
        }
    }

    /// Reports a person whose number, with name or birth, somebody in another village bears.
    func livesInAnotherVillage(
        _ person: ImportedPerson,
        than scope: String
    ) throws -> Bool {
        let found = try lookup.recorded(person).contains { !$0.isGone && $0.scope != scope }
        if found {
            refusals.append(ListRefusal(row: person.row, reason: .livesElsewhere, persons: 1))
        }
        return found
    }

    /// The person in another household: by number and name or birth, as they are or once were, or by
    /// name and birth where the person has lived in the listed household.
    private func elsewhere(
        _ person: ImportedPerson,
        in scope: String,
        left home: RecordID? = nil
    ) throws -> RecordRow? {
        let known = try lookup.recorded(person)
        if let row = known.first(where: { $0.scope == scope && !met.contains($0.id) }) {
            return row
        }
        guard let home else { return nil }
        for id in try lookup.index(of: scope).people(of: person) where !met.contains(id) {
            guard let row = try store.row(of: id) else { continue }
            if try lookup.former(row).homes.contains(home) { return row }
        }
        return nil
    }

    private static func reason(ofGone row: RecordRow?) -> ListRefusal.Reason {
        (row?.flags ?? 0) & RecordFlags.takenAway == RecordFlags.moved
            ? .livesElsewhere : .deletedHere
    }

    /// Fills what is empty of a person who is known; of one listed elsewhere than at `home`, says where.
    private func keep(
        _ known: RecordRow,
        as person: ImportedPerson,
        of listed: ImportedHousehold? = nil,
        at home: RecordID? = nil
    ) throws {
        met.insert(known.id)
        let survivor = try store.survivor(of: known)
        guard let survivor, !survivor.isGone else {
            let reason = Self.reason(ofGone: survivor)
            refusals.append(ListRefusal(row: person.row, reason: reason, persons: 1))
            return
        }
        if let listed {
            let recorded = try survivor["household"].record.flatMap { try store.row(of: $0) }
            let lives = try recorded.flatMap { try store.survivor(of: $0) }
            if home == nil || lives?.id != home {
                differences.append(
                    ListDifference(
                        row: person.row,
                        record: survivor.id,
                        field: "household",
                        listed: listed.registerCode ?? "",
                        recorded: recorded?.text("register_code") ?? recorded?.text("code") ?? ""
                    )
                )
            }
        }
        let others = try lookup.othersNumbers(of: person, who: survivor)
        let isFilled = try fill(survivor, from: person.fields, at: person.row, except: others)
        if isFilled { residents.completed += 1 } else { residents.unchanged += 1 }
    }

    /// Facts that surveys are better at: that they differ from the list is no news.
    private static let surveyed: Set = ["presence", "on_list", "state", "note"]

    /// Fills fields that nobody has ever set; reports the others that differ, and those left out.
    private func fill(
        _ row: RecordRow,
        from fields: [String: String],
        at line: Int,
        except left: Set<String> = []
    ) throws -> Bool {
        var cells: [Cell] = []
        for (name, text) in fields.sorted(by: { $0.key < $1.key }) {
            let recorded = row[name]
            if recorded == .null, !left.contains(name) {
                // Cleared on purpose is an answer too.
                if try !store.isSet(name, of: row) { cells.append(Cell(name, .text(text))) }
            } else if recorded != .text(text), !Self.surveyed.contains(name) {
                differences.append(
                    ListDifference(
                        row: line,
                        record: row.id,
                        field: name,
                        listed: text,
                        recorded: recorded.text ?? ""
                    )
                )
            }
        }
        guard !cells.isEmpty else { return false }
        try store.save(scope: row.scope, author: node.user) { $0.set(row.type.name, row.id, cells) }
        return true
    }
}
