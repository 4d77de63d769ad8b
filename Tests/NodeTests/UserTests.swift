import Causality
import Node
import Replication
import SQLite
import Sealing
import Store
import Survey
import TestSupport
import Testing

/// Users of the roster, their passwords and codes, on a hub and on villages' nodes.
@Suite struct UserTests {
    let commune: UserCommune
    let thon1 = UserCommune.scope("thon-1")
    let thon2 = UserCommune.scope("thon-2")

    init() throws {
        commune = try UserCommune(seed: 51)
    }

    private func credentials(_ node: LocalNode) throws -> [String] {
        var scopes: [String] = []
        try node.store.forEachRecord(of: "credential") { scopes.append($0.scope) }
        return scopes
    }

    @Test func `moving a user names where a code is needed, and leaves no password behind`()
        throws
    {
        let code = try commune.add("lan", .fieldStaff, thon1)
        let village = try commune.village("thon-1")
        _ = try village.enter("lan", code, settingPassword: UserCommune.password)
        try commune.sync(village)
        let draft = UserDraft(displayName: "Ví Dụ", role: .fieldStaff, villages: [thon2])
        #expect(try commune.hub.setUser("lan", draft) == [thon2])
        #expect(try !credentials(commune.hub).contains(thon1))
        try commune.sync(village)
        #expect(try !credentials(village).contains(thon1))
        let next = try commune.hub.resetPassword(of: "lan", in: [thon2]).text
        #expect(try commune.hub.setUser("lan", draft).isEmpty)
        let other = try commune.village("thon-2")
        _ = try other.enter("lan", next, settingPassword: UserCommune.password)
    }

    @Test func `a one-time code sets one password, and opens nothing else`() throws {
        let code = try commune.add("lan", .communeOfficer)
        let hub = commune.hub
        #expect(hub.failure("lan", "12345-67890") == .wrongNameOrPassword)
        let first = try hub.enter("LAN", code.lowercased())
        #expect(first.signedIn.isRestricted)
        #expect(!first.signedIn.may(.readRecords, in: thon1))
        let session = try hub.enter("lan", code, settingPassword: UserCommune.password)
        #expect(!session.signedIn.isRestricted)
        #expect(session.signedIn.may(.readRecords, in: thon1))
        #expect(try hub.session(first.token) == nil, "the session of the code has ended")
        #expect(hub.failure("lan", code) == .wrongNameOrPassword)
        _ = try hub.enter("lan", UserCommune.password)
    }

    @Test func `a code that was made while the clock was ahead ends when the clock is put right`()
        throws
    {
        let right = commune.now
        commune.now += 365 * 86_400_000
        let code = try commune.add("lan", .communeOfficer)
        commune.now = right
        #expect(commune.hub.failure("lan", code) == .codeExpired)
        let next = try commune.hub.resetPassword(of: "lan").text
        // A village's clock may be that of another time zone.
        commune.now -= 7 * 3_600_000
        _ = try commune.hub.enter("lan", next)
    }

    @Test func `a code counts until its time is over`() throws {
        let code = try commune.add("lan", .communeOfficer)
        commune.now += 24 * 3_600_000 - 1
        _ = try commune.hub.enter("lan", code)
        commune.now += 1
        #expect(commune.hub.failure("lan", code) == .codeExpired)
        let later = try commune.hub.resetPassword(of: "lan", codeHours: 100).text
        #expect(commune.hub.failure("lan", code) == .wrongNameOrPassword)
        commune.now += 99 * 3_600_000
        _ = try commune.hub.enter("lan", later)
    }

    @Test func `a village's staff signs in there without the hub, and only there`() throws {
        let code = try commune.add("lan", .fieldStaff, "thon-1")
        let village = try commune.village("thon-1")
        let session = try village.enter("lan", code, settingPassword: UserCommune.password)
        #expect(session.signedIn.may(.record, in: thon1))
        #expect(!session.signedIn.may(.record, in: thon2))
        #expect(!session.signedIn.may(.record, in: UserCommune.path))
        // The password reaches the hub, for a machine that replaces this one; it opens nothing there.
        try commune.sync(village)
        let replacement = try commune.village("thon-1")
        _ = try replacement.enter("lan", UserCommune.password)
        #expect(commune.hub.failure("lan", UserCommune.password) == .wrongNameOrPassword)
        let other = try commune.village("thon-2")
        #expect(other.failure("lan", UserCommune.password) == .wrongNameOrPassword)
        #expect(other.failure("lan", code) == .wrongNameOrPassword)
        // At the hub the code has not been used.
        let atHub = try commune.hub.enter("lan", code, settingPassword: "ghe nhỏ ba chiếc")
        #expect(atHub.signedIn.may(.record, in: thon1))
        #expect(!atHub.signedIn.may(.record, in: thon2))
    }

    @Test func `a village holds the hashes of its own staff alone`() throws {
        _ = try commune.add("lan", .fieldStaff, "thon-1")
        _ = try commune.add("hoa", .fieldStaff, "thon-2")
        _ = try commune.add("minh", .communeOfficer)
        let village = try commune.village("thon-1")
        #expect(try credentials(village) == [thon1])
        #expect(try village.users().map(\.name) == ["admin", "hoa", "lan", "minh"])
        #expect(try !village.store.scopes().contains(commune.hub.hubScope()))
    }

    @Test func `an officer signs in at a village only where somebody has said so`() throws {
        _ = try commune.add("minh", .communeOfficer)
        let village = try commune.village("thon-1")
        let code = try commune.hub.resetPassword(of: "minh", in: [thon1]).text
        #expect(village.failure("minh", code) == .wrongNameOrPassword)
        try commune.sync(village)
        let session = try village.enter("minh", code, settingPassword: UserCommune.password)
        #expect(session.signedIn.may(.export, in: thon1))
        #expect(!session.signedIn.may(.export, in: thon2))
        #expect(!session.signedIn.may(.importLists, in: thon1), "that concerns the commune")
        _ = try commune.add("lan", .fieldStaff, "thon-1")
        #expect(throws: NodeError.user(.notAUserOf(scope: thon2))) {
            _ = try commune.hub.resetPassword(of: "lan", in: [thon2])
        }
    }

    @Test func `a reset ends the password, also one set without knowing of it`() throws {
        let code = try commune.add("lan", .fieldStaff, "thon-1")
        let village = try commune.village("thon-1")
        let session = try village.enter("lan", code, settingPassword: UserCommune.password)
        try commune.sync(village)
        commune.now += 1000
        let newCode = try commune.hub.resetPassword(of: "lan").text
        commune.now += 1000
        // Whoever has the old password changes it before the village hears of the reset.
        let changed = try village.changePassword(
            session.signedIn,
            current: UserCommune.password,
            new: "kẻ trộm đã đổi",
            address: "192.0.2.1"
        )
        try commune.sync(village)
        #expect(try village.session(changed.token) == nil)
        #expect(village.failure("lan", "kẻ trộm đã đổi") == .wrongNameOrPassword)
        #expect(village.failure("lan", UserCommune.password) == .wrongNameOrPassword)
        _ = try village.enter("lan", newCode, settingPassword: "ghe nhỏ ba chiếc")
        #expect(try commune.hub.conflicts().isEmpty)
        #expect(try commune.hub.store.recordsInReview() == 0)
    }

    @Test func `of two passwords set apart the later one counts, and nobody need decide`() throws {
        let code = try commune.add("lan", .fieldStaff, "thon-1")
        let nodes = [try commune.village("thon-1"), try commune.village("thon-1")]
        var tokens: [SessionToken] = []
        for (node, password) in zip(nodes, ["mật khẩu thứ nhất", "mật khẩu thứ hai"]) {
            commune.now += 1000
            tokens.append(try node.enter("lan", code, settingPassword: password).token)
        }
        for node in nodes + nodes { try commune.sync(node) }
        // The session of the password that lost has ended with it.
        #expect(try nodes[0].session(tokens[0]) == nil)
        #expect(try nodes[1].session(tokens[1]) != nil)
        for node in nodes {
            #expect(node.failure("lan", "mật khẩu thứ nhất") == .wrongNameOrPassword)
            _ = try node.enter("lan", "mật khẩu thứ hai")
            #expect(try node.store.recordsInReview() == 0)
            #expect(try node.store.conflicts().isEmpty)
        }
    }

    @Test func `a blocked user is out at the hub at once, elsewhere with the next exchange`() throws
    {
        let code = try commune.add("lan", .fieldStaff, "thon-1")
        let village = try commune.village("thon-1")
        let session = try village.enter("lan", code, settingPassword: UserCommune.password)
        let atHub = try commune.hub.enter("lan", code)
        try commune.hub.setBlocked(true, user: "lan")
        #expect(try commune.hub.session(atHub.token) == nil)
        #expect(commune.hub.failure("lan", code) == .blocked)
        #expect(commune.hub.failure("lan", "sai mật khẩu") == .wrongNameOrPassword)
        #expect(try village.session(session.token) != nil)
        try commune.sync(village)
        #expect(try village.session(session.token) == nil)
        #expect(village.failure("lan", UserCommune.password) == .blocked)
        try commune.hub.setBlocked(false, user: "lan")
        try commune.sync(village)
        #expect(try village.session(session.token) == nil, "an ended session stays ended")
        _ = try village.enter("lan", UserCommune.password)
    }

    @Test func `another role or village counts for sessions that are open`() throws {
        let code = try commune.add("lan", .fieldStaff, "thon-1")
        let token = try commune.hub.enter(
            "lan",
            code,
            settingPassword: UserCommune.password
        ).token
        #expect(try commune.hub.session(token)?.may(.report, in: thon1) == false)
        try commune.hub.setUser(
            "lan",
            UserDraft(displayName: "Ví Dụ", role: .villageLead, villages: ["thon-2"])
        )
        let now = try #require(try commune.hub.session(token))
        #expect(now.may(.report, in: thon2) && !now.may(.readRecords, in: thon1))
    }

    @Test func `there is always an administrator of the whole commune left`() throws {
        let hub = commune.hub
        let last = NodeError.user(.lastAdministrator)
        #expect(throws: last) { try hub.setBlocked(true, user: "admin") }
        let draft = UserDraft(displayName: "Ví Dụ", role: .communeOfficer)
        #expect(throws: last) { try hub.setUser("admin", draft) }
        var inVillage = UserDraft(displayName: "Ví Dụ", role: .administrator)
        inVillage.villages = ["thon-1"]
        #expect(throws: last) { try hub.setUser("admin", inVillage) }
        _ = try commune.add("minh", .administrator)
        try hub.setUser("admin", draft)
        #expect(throws: last) { try hub.setBlocked(true, user: "minh") }
    }

    @Test func `what is no user is refused, and only the hub keeps users`() throws {
        let hub = commune.hub
        for name in ["", "Lan", "1lan", "lan@x", "đào", String(repeating: "a", count: 33), "a b"] {
            #expect(throws: NodeError.user(.invalidName)) {
                try hub.addUser(name, UserDraft(displayName: "X", role: .auditor))
            }
        }
        #expect(throws: NodeError.user(.villagesNeeded)) {
            try hub.addUser("lan", UserDraft(displayName: "X", role: .villageLead))
        }
        #expect(throws: NodeError.user(.noDisplayName)) {
            try hub.addUser("lan", UserDraft(displayName: " ", role: .auditor))
        }
        #expect(throws: NodeError.user(.exists(name: "admin"))) {
            try hub.addUser("admin", UserDraft(displayName: "X", role: .auditor))
        }
        #expect(throws: NodeError.unknownPlace("-hub")) {
            try hub.addUser(
                "lan",
                UserDraft(displayName: "X", role: .fieldStaff, villages: ["-hub"])
            )
        }
        #expect(try hub.users().map(\.name) == ["admin"])
        let village = try commune.village("thon-1")
        #expect(throws: NodeError.notAHub) {
            try village.addUser("lan", UserDraft(displayName: "X", role: .auditor))
        }
        #expect(throws: NodeError.notAHub) { _ = try village.resetPassword(of: "admin") }
        #expect(throws: NodeError.notAHub) { try village.setBlocked(true, user: "admin") }
    }

    @Test func `nobody gets a certificate or a village under the hub's own scope`() throws {
        let own = try commune.hub.hubScope()
        #expect(throws: StoreError.notAllowed(scope: own)) { _ = try commune.team(["-hub"]) }
        let roster = UserCommune.path
        #expect(throws: NodeError.badVillagePath(own, own: roster)) {
            try commune.hub.addVillage("Thôn", path: own)
        }
    }
}

@Suite struct PasswordRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let password: String
        let error: UserError?
        var testDescription: String { "\(error.map { "\($0)" } ?? "good") \(password.count)" }

        init(_ password: String, _ error: UserError?) {
            self.password = password
            self.error = error
        }
    }

    @Test(arguments: [
        Case("", .passwordTooShort), Case("1234567", .passwordTooShort),
        Case("mậtkhẩu", .passwordTooShort), Case("ma\u{323}\u{302}tkhẩu", .passwordTooShort),
        Case("12345678", .passwordTooCommon), Case("87654321", .passwordTooCommon),
        Case("abcdefgh", .passwordTooCommon), Case("aaaaaaaaaa", .passwordTooCommon),
        Case("MatKhau123", .passwordTooCommon), Case("PASSWORD", .passwordTooCommon),
        Case("nguyen.lan", .passwordIsName), Case("Nguyen.Lan", .passwordIsName),
        Case(String(repeating: "ab", count: 65), .passwordTooLong),
        Case(String(repeating: "é", count: 600), .passwordTooLong),
        Case("ba chiếc ghe", nil), Case("ghe ba c", nil),
        Case(String(repeating: "ab", count: 64), nil),
    ])
    func `short, common and own names are no passwords`(_ one: Case) throws {
        do throws(NodeError) {
            try PasswordRules.check(one.password, for: "nguyen.lan")
            #expect(one.error == nil)
        } catch {
            #expect(error == .user(one.error ?? .blocked))
        }
    }

    @Test func `codes have no look-alikes and differ`() {
        let codes = (0..<200).map { _ in OneTimeCode.random().text }
        #expect(Set(codes).count == 200)
        let signs = Set(codes.joined())
        #expect(signs.isDisjoint(with: Set("0O1IL2Z5S8BUV")))
        #expect(codes.allSatisfy { $0.count == 11 && $0.dropFirst(5).first == "-" })
        #expect(signs.count == 24, "all 23 signs occur, and the hyphen")
    }

    @Test func `a password is the same however its marks were typed`() throws {
        let commune = try UserCommune(seed: 52)
        try commune.hub.setPassword("Đà Nẵng của tôi", of: "admin")
        _ = try commune.hub.enter("admin", "Đa\u{300} Na\u{306}\u{303}ng cu\u{309}a tôi")
        #expect(commune.hub.failure("admin", "đà nẵng của tôi") == .wrongNameOrPassword)
    }

    @Test func `a hash of another cost is never computed`() throws {
        let commune = try UserCommune(seed: 53)
        let hash = try PasswordHash.hash(
            "một hai ba bốn",
            cost: .init(operations: 1, memoryBytes: 8192)
        )
        let user = try #require(try commune.hub.user(named: "admin"))
        for row in try commune.hub.store.records(
            of: "credential",
            in: commune.hub.hubScope(),
            where: "user",
            is: user.id.description
        ) {
            try commune.hub.store.save(scope: row.scope) {
                $0.set("credential", row.id, [Cell("password", .text(hash))])
            }
        }
        #expect(commune.hub.failure("admin", "một hai ba bốn") == .wrongNameOrPassword)
    }
}
