package import Causality
package import Intake
import Replication
import Store
package import Survey

/// How a population list is taken in.
package struct ListImportOptions: Sendable {
    /// Takes values that are only likely, as an officer does who has looked at a dry run.
    package var acceptsProposals = false
    /// Does everything and then undoes it: the report is exact, the node unchanged.
    package var isDryRun = false
    /// Enters villages of the list in the roster that are not there yet; at the hub only.
    package var createsVillages = false
    /// The village of households that name none.
    package var place: String?
    /// How people are registered of whom the list does not say it: a code of `residence`.
    package var residence: String?
    /// The day of a list of the police or of a paying agency, for rows that name none: what it knows of
    /// people who are recorded is taken from its columns, nothing else, and no person is created.
    package var registerDay: CalendarDay?
    /// The kind of the pensions and allowances of an agency's list that names none: a code of `kind`.
    package var benefitKind: String?
    /// What columns hold whose headers the importer does not know, or takes wrongly.
    package var columns: [ColumnChoice] = []
    /// Rows whose person is another one than whoever is recorded with that name and birth.
    package var otherPersons: Set<Int> = []
    /// Forgets what was said of the columns of a list with this header, and reads it without.
    package var forgetsColumns = false

    package init() {}
}

/// A value of the list that differs from what is recorded; what is recorded stays.
package struct ListDifference: Hashable, Sendable {
    package let row: Int
    package let record: RecordID
    package let field: String
    package let listed: String
    package let recorded: String
}

/// A household or person of the list that was not taken, beside what the importer itself refused.
package struct ListRefusal: Hashable, Sendable {
    package enum Reason: String, CaseIterable, Hashable, Sendable {
        case villageUnknown = "village_unknown"
        case villageMissing = "village_missing"
        /// This node may not write the village.
        case villageNotOurs = "village_not_ours"
        /// It is no village any more: who is recorded there is completed, and nobody new comes.
        case villageEnded = "village_ended"
        /// The household's number belongs to another household here, with nobody in common.
        case numberTaken = "register_code_taken"
        /// The record was deleted here; a list does not bring it back.
        case deletedHere = "deleted_here"
        /// Somebody recorded in the village, whom no row of the list has named, has the same name and
        /// a birth that may be the same: the person would be there twice.
        case perhapsRecorded = "perhaps_recorded"
        /// A person of this number is recorded in another village, which only a move changes.
        case livesElsewhere = "lives_elsewhere"
        /// Nobody recorded here is the person of the register, or several may be.
        case personUnknown = "person_unknown"
        /// Another row of the register is the same person, or the same benefit.
        case listedTwice = "listed_twice"
        /// A list of a later day has said something else; what it has not said is taken.
        case laterListRecorded = "later_list_recorded"
        /// The row names a day that is none, or one to come: what it says is of no day.
        case listDayUnusable = "list_day_unusable"
        /// The list does not say which of a person's pensions and allowances it means.
        case benefitUnclear = "benefit_unclear"
    }

    package let row: Int
    package let reason: Reason
    /// People of the list that are left out with it.
    package let persons: Int
    /// Who may be the same person.
    package var record: RecordID?
}

/// What an import did, or would do.
package struct ListImportReport: Sendable {
    /// What the importer made of the file: every decision with its row.
    package internal(set) var list: ImportReport
    package internal(set) var households = Counts()
    package internal(set) var residents = Counts()
    package internal(set) var villagesCreated: [Village] = []
    /// Villages of the list that the roster does not know.
    package internal(set) var villagesUnknown: [String] = []
    package internal(set) var refusals: [ListRefusal] = []
    package internal(set) var differences: [ListDifference] = []
    /// What looking people up has cost.
    package internal(set) var reads = Reads()
    /// Whether what was said of the columns is kept for the next list with this header.
    package internal(set) var remembersColumns = false
    /// When records were last erased on request here, as a day, if the list has made anybody: whoever
    /// was erased cannot be recognised, and is made anew where a list still names him.
    package internal(set) var lastErasure: String?
    package let isDryRun: Bool

    /// Reads of the store to find people again.
    package struct Reads: Hashable, Sendable {
        /// Searches for a personal or old number.
        package internal(set) var numbers = 0
        /// Records whose whole history was read.
        package internal(set) var histories = 0
    }

    package struct Counts: Hashable, Sendable {
        package internal(set) var created = 0
        /// Known, and empty fields were filled.
        package internal(set) var completed = 0
        package internal(set) var unchanged = 0
    }

    /// Rows that name somebody but were not taken: for what they say, or for what is recorded.
    package var refusedRows: Int { list.refusedRows + refusals.reduce(0) { $0 + $1.persons } }

    /// Whether anything of the list was not taken.
    package var hasRefusals: Bool {
        !refusals.isEmpty || list.refusedRows > 0 || list.outcomes[.refused] ?? 0 > 0
    }
}

extension LocalNode {
    /// Takes a population list in: all of it, or on an error nothing.
    ///
    /// Households are found again by village and number, else by the people in them, so that a list
    /// whose households bear new numbers makes none twice; people by number with name or birth, or by
    /// name and birth within the household, and there by the number alone only where nobody else is
    /// the person. Who is not found there, while somebody of that name and birth is left
    /// over in the village, waits for a person to decide (``ListImportOptions/otherPersons``). What is
    /// empty is filled; what differs is reported and stays: so a second run changes nothing, and a list
    /// never undoes what somebody has surveyed.
    ///
    /// Of a list of the police or a paying agency only its own columns are taken, of people who are
    /// recorded; without ``ListImportOptions/registerDay`` or days in its rows such a list is refused.
    ///
    /// What ``ListImportOptions/columns`` say is kept, unless it is a dry run: the next list with the
    /// same header needs it no more.
    package func importList(
        _ source: @escaping ByteSource,
        _ options: ListImportOptions = .init(),
        onHousehold: (_ households: Int) -> Void = { _ in }
    ) throws -> ListImportReport {
        var result: ListImportReport?
        do {
            try store.transaction {
                var memory = try ColumnMemory(store)
                var columns = ColumnNames()
                columns.given = options.columns
                if !options.forgetsColumns { columns.remembered = memory.choices }
                let importer = Importer(
                    today: today,
                    policy: options.acceptsProposals ? .acceptProposals : .certainOnly,
                    residence: options.residence,
                    columns: columns,
                    isOfAgency: options.registerDay != nil
                )
                let intake = try ListIntake(self, options)
                var count = 0
                let list = try importer.run(source) { household in
                    try intake.take(household)
                    count += 1
                    onHousehold(count)
                }
                if options.registerDay != nil, options.benefitKind == nil {
                    let isOfAgency = list.columns.contains { column in
                        column.column.map(Column.ofAgencies.contains) ?? false
                    }
                    guard isOfAgency else { throw NodeError.noRegisterColumn }
                }
                try intake.finish()
                var report = intake.report(list)
                if report.residents.created > 0 { report.lastErasure = try store.lastErasure() }
                report.remembersColumns = try memory.update(list, in: store)
                result = report
                if options.isDryRun { throw DryRunEnd() }
            }
        } catch is DryRunEnd {}
        guard let result else { throw NodeError.refused([]) }
        return result
    }
}

/// Undoes what a dry run did.
private struct DryRunEnd: Error {}
