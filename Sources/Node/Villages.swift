import Causality
import Replication
package import Store
import Survey

/// The commune's villages, as the roster lists them: names for people, scopes for records.
package struct Villages: Sendable {
    package struct Village: Hashable, Sendable {
        package let scope: String
        package let name: String
    }

    /// Sorted by name as people sort it.
    package let all: [Village]
    private let byFold: [String: Village]

    package init(_ store: Store) throws {
        var villages: [Village] = []
        try store.forEachRecord(of: "village") { row in
            guard let scope = row.text("scope"), let name = row.text("name") else { return }
            villages.append(Village(scope: scope, name: name))
        }
        all = villages.sorted {
            SortKey.place($0.name).lexicographicallyPrecedes(SortKey.place($1.name))
        }
        byFold = Dictionary(all.map { (TextFold.fold($0.name), $0) }) { first, _ in first }
    }

    /// The village of a name, whatever its case and accents.
    package func named(_ name: String) -> Village? {
        byFold[TextFold.fold(name)]
    }

    package func name(of scope: String) -> String {
        all.first { $0.scope == scope }?.name ?? scope
    }

    /// The path that a new village of the name gets: the commune's, and the name in ASCII.
    package static func scope(for name: String, in commune: String) -> String {
        let parts = TextFold.fold(name).utf8.split { byte in
            !((0x30...0x39) ~= byte || (0x61...0x7a) ~= byte)
        }
        let slug = parts.map { String(Substring($0)) }.joined(separator: "-")
        return commune + "/" + (slug.isEmpty ? "thon" : slug)
    }

    /// Enters villages in the roster; those that are there already stay as they are.
    package static func add(
        _ names: [String],
        to store: Store,
        author: String = ""
    ) throws {
        let known = try Villages(store)
        let commune = try store.rosterScope()
        try store.save(scope: commune, author: author) { batch in
            for name in names where known.named(name) == nil {
                _ = batch.add(
                    "village",
                    [
                        Cell("name", .text(name)),
                        Cell("scope", .text(scope(for: name, in: commune))),
                    ]
                )
            }
        }
    }
}
