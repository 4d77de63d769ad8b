import Causality
import Node
import Replication
import Store
import Survey
import TestSupport
import Testing

/// A hub with an administrator, and villages, whose clock the test sets.
final class UserCommune {
    static let path = TestCommune.path
    static let password = "ba chiếc ghe nhỏ"
    /// Milliseconds since 1970.
    var now: UInt64 = 1_780_000_000_000
    let commune: TestCommune
    private(set) var hub: LocalNode

    init(seed: UInt64) throws {
        commune = try TestCommune(seed: seed, description: .doorstep)
        hub = LocalNode(commune.hub, user: "admin")
        hub = try node(commune.hub, user: "admin")
        try hub.addUser(
            "admin",
            UserDraft(displayName: "Quản trị Ví Dụ", role: .administrator),
            password: Self.password
        )
        for name in ["thon-1", "thon-2"] {
            try hub.addVillage(name, path: Self.scope(name))
        }
    }

    static func scope(_ name: String) -> String { "\(path)/\(name)" }

    /// The same file by the test's clock, as a node that has been started again has it.
    func node(_ store: Store, user: String = "") throws -> LocalNode {
        var random = SplitMix64(seed: store.environment.random())
        let reopened = try Store(
            db: store.db,
            description: .doorstep,
            environment: StoreEnvironment(wall: { self.now }, random: { random.next() })
        )
        return LocalNode(reopened, user: user)
    }

    /// A village's node, enrolled and in step with the hub.
    func village(_ name: String, user: String = "lan") throws -> LocalNode {
        let village = try node(commune.village(name), user: user)
        try sync(village)
        return village
    }

    /// A node for several villages.
    func team(_ names: [String]) throws -> LocalNode {
        let store = try commune.unenrolled()
        let request = try Enrolment.request(
            store,
            name: "team",
            kind: .village,
            scopes: names.map(Self.scope)
        )
        try Enrolment.accept(
            Enrolment.approve(request, as: .init(request), at: hub.store),
            at: store
        )
        let team = try node(store, user: "lan")
        try sync(team)
        return team
    }

    func sync(_ village: LocalNode) throws {
        for _ in 0..<2 { _ = try TestExchange(village.store, with: hub.store) }
    }

    /// A user of villages; returns the code.
    func add(_ name: String, _ role: Role, _ villages: String...) throws -> String {
        let code = try hub.addUser(
            name,
            UserDraft(displayName: "Ví Dụ", role: role, villages: villages)
        )
        return try #require(code).text
    }
}

extension LocalNode {
    /// Signs in and, where a code was given, sets the password.
    func enter(
        _ name: String,
        _ password: String,
        settingPassword new: String? = nil
    ) throws -> NewSession {
        let session = try signIn(name, password: password, address: "192.0.2.1")
        guard let new else { return session }
        return try changePassword(
            session.signedIn,
            current: nil,
            new: new,
            address: "192.0.2.1"
        )
    }

    /// What a wrong try is answered with.
    func failure(_ name: String, _ password: String, address: String = "192.0.2.9") -> UserError? {
        do {
            _ = try signIn(name, password: password, address: address)
            return nil
        } catch NodeError.user(let error) {
            return error
        } catch {
            return nil
        }
    }
}
