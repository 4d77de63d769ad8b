package import Causality
import Replication
import Survey

extension Store {
    /// Values of a record's fields that whoever was given the token could not see, by field.
    ///
    /// Of the fields asked for; what was cleared since is a value too (`.null`). A token of another
    /// life of this node has seen less: at worst a value is named that was on screen.
    package func unseen(
        of id: RecordID,
        fields: Set<String>,
        since token: Token
    ) throws -> [String: [StoredValue]] {
        guard let place = try locate(id), let scope = try scopeNumber(place.scope) else {
            return [:]
        }
        let seen = try clip(token, scope: scope).seen
        let versions = try versions(of: place.key, table: try table(place.type))
        var unseen: [String: [StoredValue]] = [:]
        for field in fields {
            for dot in versions[field] ?? [] where !seen.contains(dot) {
                guard let log = try log(dot.log) else { continue }
                let found = try sibling(dot, log: log.n, field: field)
                unseen[field, default: []].append(try storedValue(found))
            }
        }
        return unseen
    }
}
