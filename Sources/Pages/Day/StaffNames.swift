import Causality
import Node
import Store
import Survey

/// Full names of the commune's users by sign-in name.
struct StaffNames {
    private let users: [User]
    private let commune: String
    private let villages: Set<String>

    init(_ node: LocalNode) throws {
        users = try node.users()
        commune = try node.store.identity() == nil ? "" : node.store.rosterScope()
        villages = Set(try node.villages().map(\.scope))
    }

    /// The name itself where the roster does not know it.
    func name(of user: String) -> String {
        users.first { $0.name == user }?.displayName ?? user
    }

    /// Empty for a record that is none of a user.
    func signInName(of id: String) -> String {
        users.first { $0.id.description == id }?.name ?? ""
    }

    /// Of a user; nil where the roster does not know him.
    func record(of user: String) -> String? {
        users.first { $0.name == user }?.id.description
    }

    func known(_ names: Set<String>) -> [User] { users.filter { names.contains($0.name) } }

    /// Who may visit in any of these villages; nil for all.
    func visitors(_ scopes: Set<String>?) -> [(name: String, full: String)] {
        users.filter { user in
            guard let role = user.role, !user.isBlocked else { return false }
            let reach = user.reach(in: commune)
            return (scopes ?? villages).contains { may(role, reach, .record, in: $0) }
        }.map { ($0.name, "\($0.displayName) (\($0.name))") }
    }
}
