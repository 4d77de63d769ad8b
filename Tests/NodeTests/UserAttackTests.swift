import Causality
import Node
import Replication
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// A village's node that writes users and credentials in its own scope, as its key allows it to.
@Suite struct UserAttackTests {
    let commune: UserCommune
    let attacker: LocalNode
    let thon1 = UserCommune.scope("thon-1")
    let thon2 = UserCommune.scope("thon-2")
    let chosen = "kẻ gian đã chọn"

    init() throws {
        commune = try UserCommune(seed: 61)
        _ = try commune.add("lan", .fieldStaff, "thon-1", "thon-2")
        attacker = try commune.village("thon-1")
    }

    /// What an attacker would write to sign in as somebody with a password of his own.
    private func forge(_ user: RecordID) throws {
        let hash = try PasswordHash.hash(chosen, cost: .interactive)
        try attacker.store.save(scope: thon1) {
            _ = $0.add(
                "credential",
                [Cell("user", .text(user.description)), Cell("password", .text(hash))]
            )
        }
        try commune.sync(attacker)
    }

    private func expectNothingElsewhere(_ name: String) throws {
        #expect(commune.hub.failure(name, chosen) == .wrongNameOrPassword)
        let other = try commune.village("thon-2")
        #expect(other.failure(name, chosen) == .wrongNameOrPassword)
    }

    @Test func `a credential for the administrator opens neither the hub nor another village`()
        throws
    {
        let admin = try #require(try attacker.user(named: "admin"))
        try forge(admin.id)
        try expectNothingElsewhere("admin")
        // Another node of the same village: what the attacker can do there anyway, and no more.
        let same = try commune.village("thon-1")
        let session = try same.enter("admin", chosen).signedIn
        for scope in [thon2, UserCommune.path, try commune.hub.hubScope()] {
            #expect(Action.allCases.allSatisfy { !session.may($0, in: scope) })
        }
        for action in [Action.manageUsers, .manageNodes, .seeAccessLog, .upkeep, .resetPasswords] {
            #expect(!session.may(action, in: thon1), "\(action)")
        }
    }

    @Test func `a user in a village's own scope is no user anywhere`() throws {
        var id: RecordID?
        try attacker.store.save(scope: thon1) {
            id = $0.add(
                "user",
                [
                    Cell("name", .text("gian")), Cell("display_name", .text("X")),
                    Cell("role", .text("administrator")), Cell("state", .text("active")),
                ]
            )
        }
        try forge(try #require(id))
        try expectNothingElsewhere("gian")
        #expect(try commune.village("thon-1").failure("gian", chosen) == .wrongNameOrPassword)
        #expect(try commune.hub.user(named: "gian") == nil)
    }

    @Test func `the administrator's own record id in a village's scope changes nobody`() throws {
        let admin = try #require(try attacker.user(named: "admin"))
        let lan = try #require(try attacker.user(named: "lan"))
        try attacker.store.save(scope: thon1) {
            $0.set("user", admin.id, [Cell("state", .text("blocked"))])
            $0.set("user", admin.id, [Cell(ReservedField.deleted, .text("x"))])
            $0.set(
                "user",
                lan.id,
                [Cell("name", .text("lan")), Cell("role", .text("administrator"))]
            )
        }
        try commune.sync(attacker)
        for node in [commune.hub, try commune.village("thon-2"), try commune.village("thon-1")] {
            #expect(try node.users().map(\.name) == ["admin", "lan"])
            #expect(try node.user(named: "admin")?.isBlocked == false)
            #expect(try node.user(named: "lan")?.role == .fieldStaff)
        }
        _ = try commune.hub.enter("admin", UserCommune.password)
    }

    @Test func `on a node of both villages it opens the attacker's own village alone`() throws {
        let lan = try #require(try attacker.user(named: "lan"))
        try forge(lan.id)
        let team = try commune.team(["thon-1", "thon-2"])
        let session = try team.enter("lan", chosen)
        #expect(session.signedIn.may(.readRecords, in: thon1))
        #expect(!session.signedIn.may(.readRecords, in: thon2))
        // Nor does changing the password there carry it into the other village.
        let changed = try team.changePassword(
            session.signedIn,
            current: chosen,
            new: "kẻ gian đổi nữa",
            address: "192.0.2.1"
        )
        #expect(!changed.signedIn.may(.readRecords, in: thon2))
        let again = try team.enter("lan", "kẻ gian đổi nữa").signedIn
        #expect(!again.may(.readRecords, in: thon2))
        try commune.sync(team)
        try expectNothingElsewhere("lan")
        #expect(
            try commune.village("thon-2").failure("lan", "kẻ gian đổi nữa") == .wrongNameOrPassword
        )
    }

    @Test func `a village's entries cannot be written to the hub's own scope`() throws {
        let own = try commune.hub.hubScope()
        #expect(throws: StoreError.notAllowed(scope: own)) {
            try attacker.store.save(scope: own) {
                _ = $0.add("credential", [Cell("user", .text("x"))])
            }
        }
        #expect(throws: StoreError.notAllowed(scope: UserCommune.path)) {
            try attacker.store.save(scope: UserCommune.path) {
                _ = $0.add("user", [Cell("name", .text("x"))])
            }
        }
    }
}
