package import Causality
package import Store
package import Survey

/// A record in a line: enough to tell it from others of the same name.
package struct RecordSummary: Hashable, Sendable {
    package let id: RecordID
    package let type: RecordType
    package let scope: String
    /// The village's or unit's name; its path where the roster does not name it.
    package let place: String
    /// It lies in the commune's own scope, which the roster does not name.
    package let isOfCommune: Bool
    /// The name of the person or place; the code of a household; empty where it has none.
    package let title: String
    /// Of persons: as precise as it is known.
    package let birth: String?
    /// Where a person lives; of a household it is itself.
    package let household: Household?
    package let phone: String?
    /// ``RecordFlags``.
    package let flags: Int64

    package struct Household: Hashable, Sendable {
        package let id: RecordID
        package let code: String?
        package let address: String?
        package let head: String?
    }

    package var isGone: Bool { flags & RecordFlags.gone != 0 }
}

/// One page of a search.
package struct FoundRecords: Sendable {
    package let records: [RecordSummary]
    package let total: Int
}

extension LocalNode {
    /// Finds records by name, initials, last digits, address or id: see ``Store/find(_:)``.
    ///
    /// Goes to the access log, without what was searched for: that is a name, as a rule.
    package func find(_ query: FindQuery) throws -> FoundRecords {
        let found = try store.reading {
            let result = try store.find(query)
            let names = try placeNames()
            return FoundRecords(
                records: try result.hits.map { try summary(of: $0.row, names) },
                total: result.total
            )
        }
        logList(.find, found.records.map(\.type), scope: query.scope)
        return found
    }

    package func summary(of id: RecordID) throws -> RecordSummary? {
        try store.row(of: id).map { try summary(of: $0, try placeNames()) }
    }

    /// `places` are the villages' names by scope: ``placeNames()``, read once for many records;
    /// `holder`: whose it is, as the title of what has no name of its own.
    package func summary(
        of row: RecordRow,
        _ places: [String: String],
        holder: String? = nil
    ) throws -> RecordSummary {
        let title = Self.title(of: row)
        return RecordSummary(
            id: row.id,
            type: row.type,
            scope: row.scope,
            place: places[row.scope] ?? row.scope,
            isOfCommune: try places[row.scope] == nil && row.scope == store.rosterScope(),
            title: title.isEmpty ? holder ?? "" : title,
            birth: row.text("birth"),
            household: try household(of: row),
            phone: row.text("phone"),
            flags: row.flags
        )
    }

    private static func title(of row: RecordRow) -> String {
        // A unit goes by its own name, not by whom to ask there.
        if let name = row.text("name") { return name }
        if let name = row.type.fields.first(where: \.isPersonName)?.name, row.type.name != "unit" {
            return row.text(name) ?? ""
        }
        for field in ["register_code", "code", "indicator", "started_at"] {
            if let text = row.text(field) { return text }
        }
        return ""
    }

    private func household(of row: RecordRow) throws -> RecordSummary.Household? {
        if row.type.name == "household" {
            return RecordSummary.Household(
                id: row.id,
                code: row.text("register_code") ?? row.text("code"),
                address: row.text("address"),
                head: try head(of: row.id, row["head"].record)
            )
        }
        // By the code of the one that stands: under that one it is found.
        guard let id = row["household"].record, let named = try store.row(of: id),
            let home = try store.survivor(of: named)
        else { return nil }
        return RecordSummary.Household(
            id: home.id,
            code: home.text("register_code") ?? home.text("code"),
            address: home.text("address"),
            head: try head(of: home.id, home["head"].record)
        )
    }

    private func head(of household: RecordID, _ named: RecordID?) throws -> String? {
        let known = try named.flatMap { try store.row(of: $0) }.flatMap {
            try store.survivor(of: $0)
        }
        if let known, !Self.isGone(known), known["household"].record == household {
            return known.text("full_name")
        }
        return try Self.head(known?.id, among: store.children(of: household))?.text("full_name")
    }

    /// Who of a household's records heads it now: whom it names, or whoever is recorded as its head;
    /// nobody who is dead, or lives there no more.
    package static func head(_ named: RecordID?, among children: [RecordRow]) -> RecordRow? {
        let people = children.filter { $0.type.name == "resident" && !isGone($0) }
        return people.first { $0.id == named } ?? people.first { $0.text("relation") == "head" }
    }

    /// Whether a resident lives there no more.
    package static func isGone(_ person: RecordRow) -> Bool {
        person.type.saysGone("presence", person.text("presence"))
    }
}
