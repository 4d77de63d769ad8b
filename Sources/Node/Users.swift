package import Causality
import Replication
import Store
import Survey

/// Somebody who works with the program, as the roster has him.
package struct User: Hashable, Sendable {
    package let id: RecordID
    /// Sign-in name: what his changes are signed with.
    package let name: String
    package let displayName: String
    /// Nil for a role of a newer version: such a user cannot sign in here.
    package let role: Role?
    /// Scope paths; none for a user of the whole commune.
    package let villages: [String]
    package let isBlocked: Bool

    /// Where he may act by the roster, in a commune of this scope.
    package func reach(in commune: String) -> Reach {
        role?.isOfCommune == true && villages.isEmpty
            ? .commune(commune) : .scopes(Set(villages))
    }

    /// A sign-in name is ASCII, so that every keyboard can type it and none looks like another.
    package static func isValidName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...32).contains(bytes.count), let first = bytes.first, (0x61...0x7a) ~= first else {
            return false
        }
        return bytes.allSatisfy { byte in
            (0x61...0x7a) ~= byte || (0x30...0x39) ~= byte || Array("._-".utf8).contains(byte)
        }
    }
}

/// What is entered of a user.
package struct UserDraft: Hashable, Sendable {
    package var displayName: String
    package var role: Role
    /// Villages by name or path; none for the whole commune.
    package var villages: [String]

    package init(displayName: String, role: Role, villages: [String] = []) {
        self.displayName = displayName
        self.role = role
        self.villages = villages
    }
}

/// Keeping the users of the commune, at its hub.
extension LocalNode {
    /// The users of the commune, by sign-in name.
    ///
    /// Only what stands in the roster's scope counts: a village could write such records too.
    package func users() throws -> [User] {
        guard try store.identity() != nil else { return [] }
        let roster = try store.rosterScope()
        var users: [User] = []
        try store.forEachRecord(of: "user", under: roster) { row in
            if row.scope == roster, let user = User(row) { users.append(user) }
        }
        return users.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// The user of that sign-in name, whatever its case; nil if there is none.
    package func user(named name: String) throws -> User? {
        guard try store.identity() != nil else { return nil }
        // Two of one name can only come of a hub that was set back: the first record counts.
        return try store.records(
            of: "user",
            in: try store.rosterScope(),
            where: "name",
            is: name.lowercased()
        ).filter { !$0.isGone }.compactMap { User($0) }.min { $0.id < $1.id }
    }

    package func requireUser(_ name: String) throws -> User {
        guard let user = try user(named: name) else {
            throw NodeError.user(.unknown(name: String(name.prefix(32))))
        }
        return user
    }

    /// Enters a user, with a password or else a one-time code for the first sign-in.
    ///
    /// The code, and a password too, count at the hub and in the villages named for the user.
    @discardableResult
    package func addUser(
        _ name: String,
        _ draft: UserDraft,
        password: String? = nil,
        codeHours: Int = CredentialLimits.codeHours
    ) throws -> OneTimeCode? {
        try requireHub()
        guard User.isValidName(name) else { throw NodeError.user(.invalidName) }
        if let password { try PasswordRules.check(password, for: name) }
        // Hashing takes long, so nobody waits for the file meanwhile.
        let secret = try Secret(password, hours: codeHours)
        return try addUser(name, draft, secret)
    }

    /// As the other, with a secret at hand.
    @discardableResult
    package func addUser(
        _ name: String,
        _ draft: UserDraft,
        _ secret: Secret
    ) throws -> OneTimeCode? {
        try requireHub()
        guard User.isValidName(name) else { throw NodeError.user(.invalidName) }
        return try store.transaction {
            guard try user(named: name) == nil else { throw NodeError.user(.exists(name: name)) }
            var id: RecordID?
            let cells = try cells(draft)
            try store.save(scope: try store.rosterScope(), author: self.user) {
                id = $0.add(
                    "user",
                    cells + [Cell("name", .text(name)), Cell("state", .text("active"))]
                )
            }
            guard id != nil else { return nil }
            let user = try requireUser(name)
            for scope in try places(of: user) { try replaceCredential(of: user, in: scope, secret) }
            return secret.code
        }
    }

    /// Changes name, role or villages of a user.
    ///
    /// What opened the villages that are taken away is deleted there.
    ///
    /// - Returns: the scopes in which he cannot sign in before he gets a code for them.
    @discardableResult
    package func setUser(_ name: String, _ draft: UserDraft) throws -> [String] {
        try requireHub()
        return try store.transaction {
            let user = try requireUser(name)
            if draft.role != .administrator || !draft.villages.isEmpty {
                try keepAnAdministrator(besides: user)
            }
            let cells = try cells(draft).filter { cell in
                switch cell.field {
                case "role": cell.value != user.role.map { .text($0.rawValue) }
                case "villages": cell.value != user.villagesValue
                default: cell.value != .text(user.displayName)
                }
            }
            try save(cells, of: user)
            let changed = try requireUser(name)
            try removeCredentialsBeyondReach(of: changed)
            return try places(of: changed).filter { try credential(of: changed, in: $0) == nil }
        }
    }

    /// Blocks a user, or takes that back; other nodes learn it with their next exchange.
    package func setBlocked(_ isBlocked: Bool, user name: String) throws {
        try requireHub()
        try store.transaction {
            let user = try requireUser(name)
            guard user.isBlocked != isBlocked else { return }
            if isBlocked { try keepAnAdministrator(besides: user) }
            try save([Cell("state", .text(isBlocked ? "blocked" : "active"))], of: user)
            if isBlocked { try endSessions(of: user) }
        }
    }

    private func save(_ cells: [Cell], of user: User) throws {
        guard !cells.isEmpty else { return }
        try store.save(scope: try store.rosterScope(), author: self.user) {
            $0.set("user", user.id, cells)
        }
    }

    private func keepAnAdministrator(besides user: User) throws {
        guard user.isActiveAdministrator else { return }
        let others = try users().filter { $0.isActiveAdministrator && $0.id != user.id }
        guard !others.isEmpty else { throw NodeError.user(.lastAdministrator) }
    }

    private func cells(_ draft: UserDraft) throws -> [Cell] {
        let displayName = TextFold.normalized(draft.displayName)
        guard (1...80).contains(displayName.unicodeScalars.count) else {
            throw NodeError.user(.noDisplayName)
        }
        let villages = Set(try draft.villages.map { try scope(of: $0) }).sorted()
        guard draft.role.isOfCommune || !villages.isEmpty else {
            throw NodeError.user(.villagesNeeded)
        }
        let text = villages.joined(separator: " ")
        guard text.utf8.count <= 2000 else { throw NodeError.user(.tooManyVillages) }
        return [
            Cell("display_name", .text(displayName)), Cell("role", .text(draft.role.rawValue)),
            Cell("villages", villages.isEmpty ? .null : .text(text)),
        ]
    }

    /// The roster is the hub's.
    func requireHub() throws {
        guard try certificate().kind == .hub else { throw NodeError.notAHub }
    }
}

extension User {
    fileprivate init?(_ row: RecordRow) {
        guard let name = row.text("name"), Self.isValidName(name) else { return nil }
        self.init(
            id: row.id,
            name: name,
            displayName: row.text("display_name") ?? name,
            role: row.text("role").flatMap { Role(rawValue: $0) },
            villages: (row.text("villages") ?? "").split(separator: " ").map(String.init),
            isBlocked: row.text("state") != "active"
        )
    }

    fileprivate var isActiveAdministrator: Bool {
        role == .administrator && villages.isEmpty && !isBlocked
    }

    fileprivate var villagesValue: Value {
        villages.isEmpty ? .null : .text(villages.joined(separator: " "))
    }
}
