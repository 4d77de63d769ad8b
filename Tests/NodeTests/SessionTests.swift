import Causality
import Node
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// Sessions, cookies, and the slowing down of wrong tries.
@Suite struct SessionTests {
    let commune: UserCommune
    let minute: UInt64 = 60_000
    let hour: UInt64 = 3_600_000

    init() throws {
        commune = try UserCommune(seed: 71)
    }

    private func begin(
        _ password: String = UserCommune.password
    ) throws -> SessionToken {
        try commune.hub.enter("admin", password).token
    }

    private func isAlive(_ token: SessionToken) throws -> Bool {
        try commune.hub.session(token) != nil
    }

    @Test func `a session ends when it is not used, and in any case`() throws {
        let idle = try begin()
        commune.now += 30 * minute - 1
        #expect(try isAlive(idle))
        commune.now += 30 * minute
        #expect(try !isAlive(idle))
        let busy = try begin()
        for _ in 0..<31 {
            commune.now += 15 * minute
            #expect(try isAlive(busy))
        }
        commune.now += 15 * minute
        #expect(try !isAlive(busy), "eight hours")
        commune.now -= hour
        #expect(try !isAlive(busy), "an ended session stays ended")
    }

    @Test(arguments: [-24 * 3600 * 1000, -6 * 60_000, 9 * 3_600_000] as [Int64])
    func `a clock that jumps ends the session`(jump: Int64) throws {
        let token = try begin()
        commune.now = UInt64(Int64(commune.now) + jump)
        #expect(try !isAlive(token))
    }

    @Test func `a clock that is set back again and again does not keep a session alive`() throws {
        let token = try begin()
        var alive = 0
        for _ in 0..<1000 {
            commune.now += 4 * minute
            guard try isAlive(token) else { break }
            alive += 1
            commune.now -= 3 * minute
        }
        // A minute forward each time: the lifetime in minutes, at the most.
        #expect(alive < 8 * 60)
        #expect(alive > 8 * 50)
    }

    @Test func `a clock far in the future leaves no session behind`() throws {
        commune.now += 1000 * 24 * hour
        let token = try begin()
        commune.now -= 1000 * 24 * hour
        #expect(try !isAlive(token))
    }

    @Test func `a session lasts over a restart, ends with the sign-out, and is not in the file`()
        throws
    {
        let token = try begin()
        let again = try commune.node(commune.hub.store)
        #expect(try again.session(token)?.user.name == "admin")
        let kept = try again.store.db.prepare("SELECT token FROM session").rows { $0.blob(0) }
        let bytes = Array(token.text.utf8)
        #expect(kept.count == 1 && kept.allSatisfy { $0 != bytes && $0.count == 32 })
        try again.signOut(token)
        #expect(try !isAlive(token))
        #expect(try !isAlive(SessionToken.random()))
    }

    @Test func `a new password ends all sessions and begins another`() throws {
        let tokens = try (0..<3).map { _ in try begin() }
        #expect(Set(tokens).count == 3)
        let signedIn = try #require(try commune.hub.session(tokens[0]))
        #expect(throws: NodeError.user(.wrongNameOrPassword)) {
            _ = try commune.hub.changePassword(
                signedIn,
                current: "không đúng đâu",
                new: "ghe nhỏ ba chiếc",
                address: "a"
            )
        }
        #expect(try isAlive(tokens[2]))
        let new = try commune.hub.changePassword(
            signedIn,
            current: UserCommune.password,
            new: "ghe nhỏ ba chiếc",
            address: "a"
        )
        for token in tokens { #expect(try !isAlive(token)) }
        #expect(try isAlive(new.token))
        let other = try begin("ghe nhỏ ba chiếc")
        try commune.hub.setPassword("một hai ba bốn", of: "admin")
        #expect(try !isAlive(other))
    }

    @Test func `of many sessions of one user the oldest end`() throws {
        var tokens: [SessionToken] = []
        for _ in 0..<SessionLimits.perUser + 2 {
            commune.now += 1
            tokens.append(try begin())
        }
        #expect(try tokens.map(isAlive) == [false, false] + Array(repeating: true, count: 10))
    }

    @Test func `sessions of a clock that was ahead push out nobody's`() throws {
        let year: UInt64 = 365 * 86_400_000
        commune.now += year
        for _ in 0..<SessionLimits.perUser { _ = try begin() }
        commune.now -= year
        let tokens = [try begin(), try begin()]
        #expect(try tokens.map(isAlive) == [true, true])
    }

    @Test func `cookie and form token are of one session`() throws {
        let session = try commune.hub.enter("admin", UserCommune.password)
        let token = session.token
        #expect(
            session.cookie
                == "__Host-doorstep=\(token.text); Secure; HttpOnly; SameSite=Strict; Path=/"
        )
        #expect(SessionToken(token.text) == token)
        #expect(SessionToken(cookies: "a=b; __Host-doorstep=\(token.text);x=y") == token)
        let forms = (0..<20).map { _ in token.formToken() }
        #expect(forms.allSatisfy { token.isFormToken($0) })
        #expect(Set(forms).count == 20, "no two pages show the same")
        #expect(!token.isFormToken(SessionToken.random().formToken()))
        #expect(!token.isFormToken("") && !token.isFormToken(token.text))
        #expect(!forms.contains(token.text))
        #expect(!token.isFormToken(String(forms[0].dropLast())))
        #expect(!token.isFormToken(forms[0] + "A"))
        #expect(!token.isFormToken(String(forms[0].reversed())))
    }

    @Test(arguments: [
        "", "x", "__Host-doorstep=", "__Host-doorstep=abc", "doorstep=%", "X__Host-doorstep=%",
        "__Host-doorstep=%; __Host-doorstep=%", "__Host-doorstep=%=", "__Host-doorstep=% ",
        "__Host-doorstep=é%",
    ])
    func `what is no cookie of ours is none`(header: String) {
        let text = SessionToken.random().text
        let header = header.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: text)
        #expect(SessionToken(cookies: header) == nil)
        #expect(SessionToken(cookies: header + String(repeating: "; a=b", count: 2000)) == nil)
    }

    @Test func `a token has one spelling`() {
        let text = SessionToken.random().text
        // The last sign holds four bits: two more must be zero.
        let signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let readable = signs.filter { SessionToken(text.dropLast() + String($0)) != nil }
        #expect(readable.count == 16)
    }
}

@Suite struct ThrottleTests {
    let commune: UserCommune

    init() throws {
        commune = try UserCommune(seed: 72)
    }

    private func miss(_ name: String = "admin", from address: String = "192.0.2.9") -> UserError? {
        commune.hub.failure(name, "sai mật khẩu", address: address)
    }

    @Test func `the sixth wrong try waits, longer each time, and so does the right password`()
        throws
    {
        for _ in 0..<5 { #expect(miss() == .wrongNameOrPassword) }
        #expect(miss() == .wait(seconds: 1))
        // After a restart too, and with the right password.
        let again = try commune.node(commune.hub.store)
        #expect(
            again.failure("ADMIN", UserCommune.password, address: "192.0.2.9") == .wait(seconds: 1)
        )
        // Elsewhere the name's owner does not even notice, and gives the guesser nothing.
        _ = try commune.hub.signIn("admin", password: UserCommune.password, address: "a")
        var waits: [Int] = []
        for _ in 0..<13 {
            guard case .wait(let seconds) = miss() else { break }
            waits.append(seconds)
            commune.now += UInt64(seconds) * 1000
            #expect(miss() == .wrongNameOrPassword)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
        commune.now += 900_000
        _ = try commune.hub.signIn("admin", password: UserCommune.password, address: "192.0.2.9")
        // The name begins anew; the network that did the guessing does not.
        #expect(miss() == .wrongNameOrPassword)
        #expect(miss("one") == .wrongNameOrPassword)
        #expect(miss("two") == .wait(seconds: 1))
    }

    @Test func `names that nobody has are slowed down in the same way`() throws {
        for _ in 0..<5 { #expect(miss("nobody") == .wrongNameOrPassword) }
        #expect(miss("nobody") == .wait(seconds: 1))
        #expect(miss("nobody", from: "198.51.100.1") == .wrongNameOrPassword)
    }

    @Test func `strangers anywhere keep no name from its owner`() throws {
        let networks = ThrottleLimits.freeTriesOfName / ThrottleLimits.freeTries
        func tries(_ range: Range<Int>) throws {
            for number in range {
                for _ in 0..<ThrottleLimits.freeTries {
                    _ = try commune.hub.beginSignIn(
                        "admin",
                        address: "10.0.\(number / 256).\(number % 256)"
                    )
                }
            }
        }
        try tries(0..<networks - 1)
        _ = try commune.hub.signIn("admin", password: UserCommune.password, address: "a")
        // A name that a whole flood is after is slowed down all the same.
        try tries(networks..<2 * networks)
        #expect(miss(from: "198.51.100.1") == .wait(seconds: 1))
        #expect(miss("other", from: "198.51.100.1") == .wrongNameOrPassword)
    }

    @Test func `one address that tries many names is slowed down`() throws {
        for number in 0..<ThrottleLimits.freeTriesOfNetwork {
            #expect(miss("name\(number)") == .wrongNameOrPassword)
        }
        #expect(miss("admin") == .wait(seconds: 1))
        #expect(miss("admin", from: "198.51.100.1") == .wrongNameOrPassword)
    }

    @Test func `the addresses of one subscriber are one`() throws {
        for number in 1...5 {
            #expect(miss("n", from: "2001:db8:1:2::\(number)") == .wrongNameOrPassword)
        }
        #expect(miss("n", from: "2001:db8:1:2:ffff:1:2:3") == .wait(seconds: 1))
        #expect(miss("n", from: "2001:db8:1:3::1") == .wrongNameOrPassword)
    }

    @Test func `many tries at once get no more than the free ones`() throws {
        let attempts = (0..<20).compactMap { _ in
            try? commune.hub.beginSignIn("admin", address: "192.0.2.9")
        }
        #expect(attempts.count == 5)
    }

    @Test func `a clock that was set back keeps nobody out for longer than the limit`() throws {
        for _ in 0..<5 { _ = miss() }
        commune.now -= 365 * 24 * 3_600_000
        #expect(miss() == .wait(seconds: 1))
        commune.now += 1000
        #expect(miss() == .wrongNameOrPassword)
    }

    @Test func `the table is bounded, and a flood of names washes out no count`() throws {
        for _ in 0..<5 { _ = miss() }
        try commune.hub.store.db.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)
            INSERT INTO sign_in_try(key, failures, at) SELECT randomblob(16), 1, 0 FROM n
            """
        )
        #expect(miss("other", from: "198.51.100.1") == .wrongNameOrPassword)
        let rows = try commune.hub.store.db.prepare("SELECT count(*) FROM sign_in_try")
            .first { Int($0.integer(0)) }
        #expect(rows == ThrottleLimits.rowsMax)
        #expect(miss() == .wait(seconds: 1))
    }
}
