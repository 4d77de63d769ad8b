import Causality
import SQLite
package import Survey

/// What somebody looks for.
package struct FindQuery: Sendable {
    /// Words of a name or address, initials, last digits of a number, or a record id.
    package var text: String
    /// Only these record types; nil for all that describe people and places.
    package var types: Set<String>?
    /// Only this scope and those below it; nil for all.
    package var scope: String?
    package var includesGone = false
    package var limit: Int
    package var offset = 0

    package init(_ text: String, limit: Int = 50) {
        self.text = text
        self.limit = limit
    }
}

/// A record that answers a search.
package struct FindHit: Hashable, Sendable {
    /// How well it answers; the better ones are listed first.
    package enum Match: Int, Comparable, Sendable {
        /// The id of the record, or the end of one of its numbers.
        case number
        /// As ``NameQuery/Match``, in the same order.
        case exact
        case marks
        case fold
        case initials

        package static func < (left: Match, right: Match) -> Bool {
            left.rawValue < right.rawValue
        }

        init(_ match: NameQuery.Match) {
            self =
                switch match {
                case .exact: .exact
                case .marks: .marks
                case .fold: .fold
                case .initials: .initials
                }
        }
    }

    package let row: RecordRow
    package let match: Match
    /// The field that answered; nil where it is the record id.
    package let field: String?
}

/// One page of the answers to a search.
package struct FindResult: Sendable {
    package let hits: [FindHit]
    /// How many there are in all.
    package let total: Int
}

extension Store {
    /// Finds records by name, initials, last digits, address or id, without regard to case and marks.
    ///
    /// Reads every record of the types in question and folds on the fly. Better matches come first,
    /// equal ones in the order of the Vietnamese alphabet: people by their given name.
    package func find(_ query: FindQuery) throws -> FindResult {
        guard query.text.utf8.count <= ReadingLimits.queryBytes else {
            return FindResult(hits: [], total: 0)
        }
        if let id = RecordID(TextFold.normalized(query.text)) { return try find(id, query) }
        guard let name = NameQuery(query.text) else { return FindResult(hits: [], total: 0) }
        var hits: [(hit: FindHit, sortKey: [UInt8])] = []
        for type in types where SearchPlan.isSearched(type, by: query) {
            let plan = SearchPlan(type, name)
            guard !plan.isEmpty else { continue }
            try forEachRecord(
                of: type.name,
                under: query.scope,
                includingGone: query.includesGone
            ) { row in
                guard let hit = plan.match(row) else { return }
                hits.append((hit, plan.sortKey(row)))
            }
        }
        hits.sort { left, right in
            if left.hit.match != right.hit.match { return left.hit.match < right.hit.match }
            guard left.sortKey == right.sortKey else {
                return left.sortKey.lexicographicallyPrecedes(right.sortKey)
            }
            return left.hit.row.id < right.hit.row.id
        }
        let limit = min(max(query.limit, 0), ReadingLimits.hitsMax)
        let page = hits.dropFirst(max(query.offset, 0)).prefix(limit)
        return FindResult(hits: page.map(\.hit), total: hits.count)
    }

    private func find(_ id: RecordID, _ query: FindQuery) throws -> FindResult {
        guard let place = try locate(id), query.types?.contains(place.type) ?? true,
            let row = try row(key: place.key, try table(place.type)),
            query.scope.map({ row.scope == $0 || row.scope.hasPrefix($0 + "/") }) ?? true
        else { return FindResult(hits: [], total: 0) }
        let hit = FindHit(row: row, match: .number, field: nil)
        return FindResult(hits: query.offset > 0 || query.limit < 1 ? [] : [hit], total: 1)
    }

    /// One record as a row of its type.
    func row(key: Int64, _ table: TypedTable) throws -> RecordRow? {
        let statement = try statement(
            "SELECT \(rowColumns(table)) FROM \"\(table.name)\" t WHERE t.id = ?1"
        )
        try statement.bind(key, at: 1)
        defer { statement.reset() }
        return try statement.step() ? try row(statement, table) : nil
    }
}

/// Which fields of a type answer a search, and how.
private struct SearchPlan {
    private let type: RecordType
    private let query: NameQuery
    private let names: [Int]
    private let texts: [Int]
    private let numbers: [Int]

    init(_ type: RecordType, _ query: NameQuery) {
        self.type = type
        self.query = query
        var names: [Int] = []
        var texts: [Int] = []
        var numbers: [Int] = []
        for (position, field) in type.fields.enumerated() {
            switch field.kind {
            case .personName: names.append(position)
            case .phone, .personalID, .oldPersonalID, .taxCode: numbers.append(position)
            // Addresses and codes are kept to find a record again; a unit is found by its name.
            case .text where field.purpose == .matching || field.name == "name":
                texts.append(position)
            default: continue
            }
        }
        // No name holds four digits in a row.
        self.names = query.digits == nil ? names : []
        self.texts = texts
        self.numbers = query.digits == nil ? [] : numbers
    }

    /// The administration's own records (users, villages, nodes) are no answer to a search.
    static func isSearched(_ type: RecordType, by query: FindQuery) -> Bool {
        if let types = query.types { return types.contains(type.name) }
        return type.purpose != .administration
            && !SystemTypes.all.contains { $0.name == type.name }
    }

    var isEmpty: Bool { names.isEmpty && texts.isEmpty && numbers.isEmpty }

    func match(_ row: RecordRow) -> FindHit? {
        if let digits = query.digits {
            for position in numbers where row.values[position].text?.hasSuffix(digits) == true {
                return FindHit(row: row, match: .number, field: type.fields[position].name)
            }
        }
        var best: (match: NameQuery.Match, position: Int)?
        for position in names + texts {
            guard let text = row.values[position].text, let match = query.match(text),
                match != .initials || names.contains(position),
                best.map({ match < $0.match }) ?? true
            else { continue }
            best = (match, position)
        }
        return best.map {
            FindHit(row: row, match: .init($0.match), field: type.fields[$0.position].name)
        }
    }

    func sortKey(_ row: RecordRow) -> [UInt8] {
        if let name = type.fields.firstIndex(where: \.isPersonName),
            let text = row.values[name].text
        {
            return SortKey.person(text)
        }
        return SortKey.place(texts.compactMap { row.values[$0].text }.joined(separator: " "))
    }
}

extension Field {
    /// Whether it holds the name of a person.
    package var isPersonName: Bool {
        if case .personName = kind { return true }
        return false
    }
}
