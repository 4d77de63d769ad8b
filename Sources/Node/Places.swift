package import Causality
import Intake
import Replication
import Store
package import Survey

/// A village or unit as the roster names it.
package struct Village: Hashable, Sendable {
    package let id: RecordID?
    package let scope: String
    package let name: String
    package let code: String?
    /// Whether this node may write it, and whether it holds anything of it.
    package let isWritable: Bool
    /// The first day on which it is no village any more, where it ends.
    package let endsOn: CalendarDay?
    /// The path of the village that it was joined into.
    package let joinedInto: String?

    /// Whether it is no village any more: what lies there stays, and nothing new comes.
    package func hasEnded(by day: CalendarDay) -> Bool {
        endsOn.map { $0 <= day } ?? (joinedInto != nil)
    }
}

/// Villages: by name for people, by scope path for the protocol.
extension LocalNode {
    /// The villages of the roster, in the order of their names.
    package func villages() throws -> [Village] {
        guard let certificate = try store.identity()?.certificate else { return [] }
        let roster = try store.rosterScope()
        var villages: [String: Village] = [:]
        try store.forEachRecord(of: "village", under: roster) { row in
            // What a village writes under this name in its own scope is not the roster's.
            guard row.scope == roster, let scope = row.text("scope"), let name = row.text("name")
            else { return }
            // One that is there twice is one village still, until both are merged.
            if let known = villages[scope]?.id, known < row.id { return }
            villages[scope] = Village(
                id: row.id,
                scope: scope,
                name: name,
                code: row.text("code"),
                isWritable: certificate.mayWrite(scope),
                endsOn: row.text("valid_to").flatMap { CalendarDay($0) },
                joinedInto: row.text("merged_into")
            )
        }
        return villages.values.sorted { left, right in
            let keys = (SortKey.place(left.name), SortKey.place(right.name))
            return keys.0 == keys.1
                ? left.scope < right.scope : keys.0.lexicographicallyPrecedes(keys.1)
        }
    }

    /// Enters a village in the roster, at the hub; its path is made from its name if none is given.
    @discardableResult
    package func addVillage(
        _ name: String,
        path: String? = nil,
        code: String? = nil
    ) throws -> Village {
        try store.transaction {
            let name = TextFold.normalized(name)
            let known = try villages()
            try Self.requireFree(name: name, known)
            let roster = try store.rosterScope()
            let scope = try path ?? Self.freePath(for: name, under: roster, known.map(\.scope))
            let fields = [
                FieldInput("scope", scope), FieldInput("name", name),
                FieldInput("code", code ?? ""),
            ]
            let saved = try addRecord("village", fields, place: roster)
            guard let id = saved.id else { throw NodeError.refused(saved.problems) }
            return Village(
                id: id,
                scope: scope,
                name: name,
                code: code,
                isWritable: try certificate().mayWrite(scope),
                endsOn: nil,
                joinedInto: nil
            )
        }
    }

    /// What a village's record may say of its name and path, whichever verb saves it.
    ///
    /// Where records lie is decided by the path: one that is another's, the commune's own or a hub's
    /// secret scope would open its people to others, and one that changes would leave them behind.
    func requireVillage(
        _ type: RecordType,
        _ changed: [String: Value],
        in stored: StoredRecord? = nil
    ) throws {
        guard type.name == "village" else { return }
        let roster = try store.rosterScope()
        // What a village writes under this name in its own scope is not the roster's.
        guard stored.map({ $0.scope == roster }) ?? true else { return }
        let own = stored?.text("scope")
        if let own, changed["scope"] != nil { throw NodeError.villagePathFixed(scope: own) }
        let known = try villages().filter { $0.scope != own }
        if let name = changed["name"]?.text { try Self.requireFree(name: name, known) }
        guard let scope = changed["scope"]?.text else { return }
        guard isScopePath(scope), scope.hasPrefix(roster + "/"), !isHubsOwnScope(scope) else {
            throw NodeError.badVillagePath(scope, own: roster)
        }
        if let same = known.first(where: { $0.scope == scope }) {
            throw NodeError.villageExists(name: same.name, scope: same.scope)
        }
    }

    /// A deleted village comes back only where nobody has taken its path or name meanwhile.
    func requireFree(returning record: StoredRecord) throws {
        guard record.type.name == "village", try record.scope == store.rosterScope() else { return }
        let known = try villages()
        if let scope = record.text("scope"), let same = known.first(where: { $0.scope == scope }) {
            throw NodeError.villageExists(name: same.name, scope: same.scope)
        }
        if let name = record.text("name") { try Self.requireFree(name: name, known) }
    }

    private static func requireFree(name: String, _ known: [Village]) throws {
        let key = ImportedVillage.key(name)
        if let same = known.first(where: { ImportedVillage.key($0.name) == key }) {
            throw NodeError.villageExists(name: same.name, scope: same.scope)
        }
    }

    /// `Phú Quý 2` → `phu-quy-2`, with a number behind it where that is taken.
    private static func freePath(
        for name: String,
        under roster: String,
        _ taken: [String]
    ) throws -> String {
        let slug = TextFold.words(TextFold.fold(name))
            .map { $0.filter { $0.isASCII && ($0.isLetter || $0.isNumber) } }
            .filter { !$0.isEmpty }.joined(separator: "-")
        guard !slug.isEmpty else { throw NodeError.noPath(village: name) }
        let path = "\(roster)/\(slug.prefix(NodeLimits.pathPartCharacters))"
        guard taken.contains(path) else { return path }
        let numbers = sequence(first: 2) { $0 + 1 }
        return numbers.lazy.map { "\(path)-\($0)" }.first { !taken.contains($0) } ?? path
    }

    /// The scope that a person means: its path, the last part of it, or the village's name.
    package func scope(of place: String) throws -> String {
        let roster = try store.rosterScope()
        let villages = try villages()
        let below = try placesBelow()
        let known = Set(try store.scopes() + villages.map(\.scope) + below.map(\.scope) + [roster])
            .filter { !isHubsOwnScope($0) }
        if known.contains(place) { return place }
        if known.contains("\(roster)/\(place)") { return "\(roster)/\(place)" }
        let key = ImportedVillage.key(place)
        let own = villages.filter { ImportedVillage.key($0.name) == key }.map(\.scope)
        let named = Set(own + below.filter { $0.isNamed(key) }.map(\.scope)).sorted()
        guard let scope = named.first else { throw NodeError.unknownPlace(place) }
        guard named.count == 1 else { throw NodeError.severalPlaces(place, named) }
        return scope
    }

    /// Where a new record of a type belongs: the place given, or the only one that it can be.
    func scope(forNew type: RecordType, place: String?) throws -> String {
        if let place {
            let scope = try scope(of: place)
            try requirePlace(scope, for: type)
            return scope
        }
        let certificate = try certificate()
        let roster = try store.rosterScope()
        if type.isOfCommune, certificate.mayWrite(roster) { return roster }
        let own = certificate.writes.filter { $0.utf8.last != UInt8(ascii: "/") && $0 != roster }
        guard let only = own.first, own.count == 1 else { throw NodeError.placeNeeded }
        return only
    }

    /// Refuses to put a household, or what belongs to one, where every village reads it.
    private func requirePlace(_ scope: String, for type: RecordType) throws {
        guard try !type.isOfCommune && scope == store.rosterScope() else { return }
        throw NodeError.notForPeople(place: scope)
    }

    /// Moves a record with all that belongs to it to another village, at a hub that holds both.
    package func moveRecord(
        _ id: RecordID,
        to place: String
    ) throws -> (
        records: [RecordID], scope: String
    ) {
        try store.transaction {
            let scope = try scope(of: place)
            let record = try requireSurveyRecord(id)
            try requirePlace(scope, for: record.type)
            try requireStanding(scope)
            guard record.scope != scope else { throw NodeError.alreadyThere(place: scope) }
            return (try store.move(id, to: scope, author: user), scope)
        }
    }

    /// What the hubs below this one call their own: rosters by the hub's name, their villages by name
    /// with the hub's behind, as villages of several communes have the same.
    package func placeNamesBelow() throws -> [String: String] {
        Dictionary(try placesBelow().map { ($0.scope, $0.shown) }) { first, _ in first }
    }

    private func placesBelow() throws -> [PlaceBelow] {
        // Before it is enrolled a node has no place, and nobody below.
        guard try store.identity() != nil else { return [] }
        let own = try store.rosterScope()
        var hubs: [String: String] = [:]
        for (certificate, isRevoked) in try store.enrolled()
        where certificate.kind == .hub && !isRevoked {
            for path in certificate.writes where path != own && path.hasPrefix(own + "/") {
                if path.utf8.last != UInt8(ascii: "/") { hubs[path] = certificate.name }
            }
        }
        guard !hubs.isEmpty else { return [] }
        var places = hubs.sorted { $0.key < $1.key }.map { path, name in
            PlaceBelow(scope: path, name: name, hub: nil)
        }
        try store.forEachRecord(of: "village", under: own) { row in
            guard let hub = hubs[row.scope], let scope = row.text("scope"),
                scope.hasPrefix(row.scope + "/"), let name = row.text("name")
            else { return }
            places.append(PlaceBelow(scope: scope, name: name, hub: hub))
        }
        return places
    }

    /// The names to show for scopes: of this hub's villages, and of what lies with hubs below.
    package func placeNames() throws -> [String: String] {
        let own = Dictionary(try villages().map { ($0.scope, $0.name) }) { first, _ in first }
        return try own.merging(placeNamesBelow()) { own, _ in own }
    }
}

/// A roster or village of a hub below, as that one names it.
private struct PlaceBelow {
    let scope: String
    let name: String
    /// Nil of a hub's own roster, which has the hub's name.
    let hub: String?

    var shown: String { hub.map { "\(name), \($0)" } ?? name }

    /// Whether a word, as a key, means it: by its name alone, or with the hub's behind.
    func isNamed(_ key: String) -> Bool {
        [name, shown].contains { ImportedVillage.key($0) == key }
    }
}

extension RecordType {
    /// Whether the commune itself keeps records of this type, for all to read.
    fileprivate var isOfCommune: Bool { purpose == .administration || purpose == .units }

    /// Whether a record counts in the commune's own scope alone: what an agency reports is no village's.
    var isForWholeCommune: Bool {
        purpose == .administration || ["agency_figure", "milestone"].contains(name)
    }
}
