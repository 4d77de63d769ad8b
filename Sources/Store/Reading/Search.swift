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
    /// The field that answered, of the record or of one merged into it; nil where it is the record id.
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
    /// Reads every record of the types in question and folds on the fly. For a merged record that answers
    /// the one is found that stands for it, once. Better matches come first, equal ones in the order of the Vietnamese alphabet: people by their given name.
    package func find(_ query: FindQuery) throws -> FindResult {
        guard query.text.utf8.count <= ReadingLimits.queryBytes else {
            return FindResult(hits: [], total: 0)
        }
        if let id = RecordID(TextFold.normalized(query.text)) { return try find(id, query) }
        guard let name = NameQuery(query.text) else { return FindResult(hits: [], total: 0) }
        var hits: [Candidate] = []
        let scopes = try scopeNumbers(under: query.scope)
        for type in types where SearchPlan.isSearched(type, by: query) {
            let plan = SearchPlan(type, name)
            if !plan.isEmpty { try collect(plan, query, scopes, into: &hits) }
        }
        hits.sort()
        let limit = min(max(query.limit, 0), ReadingLimits.hitsMax)
        let page = try hits.dropFirst(max(query.offset, 0)).prefix(limit).compactMap { hit in
            try row(key: hit.key, try table(hit.type)).map {
                FindHit(row: $0, match: hit.match, field: hit.field)
            }
        }
        return FindResult(hits: page, total: hits.count)
    }

    /// Reads only what is searched: of most records that is all that is ever looked at.
    ///
    /// Unless gone records are looked for too, a merged one is found as what stands for it.
    private func collect(
        _ plan: SearchPlan,
        _ query: FindQuery,
        _ scopes: Set<Int64>,
        into hits: inout [Candidate]
    ) throws {
        let columns = plan.fields.map { ", t.\"\($0.name)\"" }.joined()
        let table = "\"\(plan.type.name)\""
        let statement = try statement(
            query.includesGone
                ? "SELECT t.id, t._scope\(columns) FROM \(table) t"
                : """
                SELECT t.id, t._scope\(columns) FROM \(table) t WHERE t._flags & \(RecordFlags.gone) = 0
                UNION ALL SELECT s.id, t._scope\(columns) FROM alias a
                CROSS JOIN \(table) t ON t.id = a.record CROSS JOIN \(table) s ON s.id = a.target
                WHERE a.type = '\(plan.type.name)' AND a.record <> a.target
                    AND t._flags & \(RecordFlags.takenAway) = 0 AND s._flags & \(RecordFlags.gone) = 0
                """
        )
        defer { statement.reset() }
        var found: [Int64: Candidate] = [:]
        while try statement.step() {
            guard scopes.contains(statement.integer(1)) else { continue }
            var texts: [String?] = []
            for index in plan.fields.indices {
                let column = Int32(index + 2)
                texts.append(statement.isNull(column) ? nil : try statement.text(column))
            }
            guard let (match, position) = plan.match(texts) else { continue }
            let hit = Candidate(
                key: statement.integer(0),
                type: plan.type.name,
                match: match,
                field: plan.fields[position].name,
                sortKey: plan.sortKey(texts)
            )
            found[hit.key] = found[hit.key].map { min($0, hit) } ?? hit
        }
        hits += found.values
    }

    private func find(_ id: RecordID, _ query: FindQuery) throws -> FindResult {
        guard let place = try locate(id), query.types?.contains(place.type) ?? true,
            let row = try row(key: place.key, try table(place.type)),
            query.scope.map({ row.scope == $0 || row.scope.hasPrefix($0 + "/") }) ?? true
        else { return FindResult(hits: [], total: 0) }
        let hit = FindHit(row: row, match: .number, field: nil)
        return FindResult(hits: query.offset > 0 || query.limit < 1 ? [] : [hit], total: 1)
    }
}

/// A record that answers, before it is known whether it is on the page asked for.
private struct Candidate: Comparable {
    let key: Int64
    let type: String
    let match: FindHit.Match
    let field: String
    let sortKey: [UInt8]

    static func < (left: Candidate, right: Candidate) -> Bool {
        if left.match != right.match { return left.match < right.match }
        if left.sortKey != right.sortKey {
            return left.sortKey.lexicographicallyPrecedes(right.sortKey)
        }
        return (left.type, left.key) < (right.type, right.key)
    }
}

/// Which fields of a type answer a search, and how.
private struct SearchPlan {
    private enum Kind {
        case name
        case text
        case number
    }

    let type: RecordType
    /// The fields that are read, all of them texts.
    let fields: [Field]
    private let query: NameQuery
    private let kinds: [Kind]

    init(_ type: RecordType, _ query: NameQuery) {
        self.type = type
        self.query = query
        let searched = type.fields.compactMap { field in
            Self.kind(of: field).map { (field: field, kind: $0) }
        }
        fields = searched.map(\.field)
        kinds = searched.map(\.kind)
    }

    private static func kind(of field: Field) -> Kind? {
        switch field.kind {
        case .personName: .name
        case .phone, .personalID, .oldPersonalID, .taxCode: .number
        // Addresses and codes are kept to find a record again; a unit is found by its name.
        case .text where field.purpose == .matching || field.name == "name": .text
        default: nil
        }
    }

    /// The administration's own records (users, villages, nodes) are no answer to a search.
    static func isSearched(_ type: RecordType, by query: FindQuery) -> Bool {
        if let types = query.types { return types.contains(type.name) }
        return type.purpose != .administration
            && !SystemTypes.all.contains { $0.name == type.name }
    }

    var isEmpty: Bool { fields.isEmpty }

    /// How well a record answers, and with which of the fields read.
    func match(_ texts: [String?]) -> (match: FindHit.Match, position: Int)? {
        var best: (match: FindHit.Match, position: Int)?
        for (position, text) in texts.enumerated() {
            guard let text, let match = match(text, kinds[position]),
                best.map({ match < $0.match }) ?? true
            else { continue }
            best = (match, position)
        }
        return best
    }

    private func match(_ text: String, _ kind: Kind) -> FindHit.Match? {
        switch kind {
        case .number:
            return query.digits.map { text.hasSuffix($0) } == true ? .number : nil
        case .name:
            // No name holds four digits in a row.
            return query.digits == nil ? query.match(text).map { .init($0) } : nil
        case .text:
            guard let match = query.match(text), match != .initials else { return nil }
            return .init(match)
        }
    }

    func sortKey(_ texts: [String?]) -> [UInt8] {
        if let name = kinds.firstIndex(of: .name), let text = texts[name] {
            return SortKey.person(text)
        }
        let places = texts.indices.filter { kinds[$0] == .text }.compactMap { texts[$0] }
        return SortKey.place(places.joined(separator: " "))
    }
}

extension Field {
    /// Whether it holds the name of a person.
    package var isPersonName: Bool {
        if case .personName = kind { return true }
        return false
    }
}
