import Node
import SQLite
import Store
import Testing

/// The short number of a quiet session.
@Suite struct PINTests {
    let commune: UserCommune
    let node: LocalNode
    private let minute: UInt64 = 60_000
    private let hour: UInt64 = 3_600_000

    init() throws {
        commune = try UserCommune(seed: 72)
        node = commune.hub
        let code = try commune.add("lan", .fieldStaff, "thon-1")
        _ = try node.enter("lan", code, settingPassword: UserCommune.password)
    }

    private func begin(_ pin: String? = "2580") throws -> SessionToken {
        let token = try node.enter("lan", UserCommune.password).token
        if let pin {
            let signedIn = try #require(try node.session(token))
            #expect(try node.setPIN(signedIn, pin, current: "") == .open)
        }
        return token
    }

    private func isLocked(_ token: SessionToken) throws -> Bool {
        try #require(try node.session(token)).isLocked
    }

    @Test func `a quiet session is locked and does nothing until its number is given`() throws {
        let token = try begin()
        commune.now += PINRules.lockAfter - 1
        #expect(try !isLocked(token))
        commune.now += PINRules.lockAfter
        #expect(try isLocked(token))
        let locked = try #require(try node.session(token))
        #expect(!locked.may(.record, in: UserCommune.scope("thon-1")) && locked.hasPIN)
        // Asking does not wake it.
        commune.now += minute * 2
        #expect(try isLocked(token) && isLocked(token))
        #expect(try node.unlock(token, pin: "2580") == .open)
        let open = try #require(try node.session(token))
        #expect(!open.isLocked && open.may(.record, in: UserCommune.scope("thon-1")))
    }

    @Test func `with a number it outlives any pause of its day, without one it does not`() throws {
        let kept = try begin()
        let plain = try begin(nil)
        commune.now += 11 * hour
        #expect(try node.session(plain) == nil)
        #expect(try isLocked(kept))
        #expect(try node.unlock(kept, pin: "2580") == .open)
        commune.now += hour
        #expect(try node.session(kept) == nil, "twelve hours")
        #expect(try node.unlock(kept, pin: "2580") == .ended)
    }

    @Test func `the fifth wrong number in a row ends the session`() throws {
        let token = try begin()
        commune.now += hour
        for left in [4, 3, 2, 1] {
            #expect(try node.unlock(token, pin: "0852") == .wrong(triesLeft: left))
        }
        #expect(try node.unlock(token, pin: "2580") == .open, "a right one begins anew")
        commune.now += hour
        for left in [4, 3, 2, 1] {
            #expect(try node.unlock(token, pin: "25800") == .wrong(triesLeft: left))
        }
        #expect(try node.unlock(token, pin: "") == .ended)
        #expect(try node.session(token) == nil)
        #expect(try node.unlock(token, pin: "2580") == .ended)
    }

    @Test func `each session has its own, and its file tells nothing of it`() throws {
        let one = try begin("2580")
        let other = try begin("2580")
        let hashes = try node.store.db.prepare(
            "SELECT pin FROM session WHERE pin IS NOT NULL"
        ).rows { $0.blob(0) }
        #expect(hashes.count == 2 && Set(hashes).count == 2)
        let last = try begin("7391")
        commune.now += hour
        #expect(try node.unlock(last, pin: "2580") == .wrong(triesLeft: 4))
        for token in [one, other] { #expect(try node.unlock(token, pin: "2580") == .open) }
        let tries = try node.store.db.prepare(
            "SELECT pin_tries FROM session WHERE pin IS NOT NULL ORDER BY 1"
        ).rows { $0.integer(0) }
        #expect(tries == [0, 0, 1])
    }

    @Test func `another number is chosen by whoever knows the present one, unlocked`() throws {
        let token = try begin()
        let signedIn = try #require(try node.session(token))
        for left in [4, 3] {
            #expect(
                try node.setPIN(signedIn, "7391", current: "1357") == .wrong(triesLeft: left)
            )
        }
        #expect(try node.setPIN(signedIn, "7391", current: "2580") == .open)
        commune.now += hour
        #expect(try node.setPIN(signedIn, "1379", current: "7391") == .ended, "locked")
        #expect(try node.unlock(token, pin: "2580") == .wrong(triesLeft: 4))
        #expect(try node.unlock(token, pin: "7391") == .open)
        for _ in 0..<5 { _ = try node.setPIN(signedIn, "1379", current: "0000") }
        #expect(try node.session(token) == nil)
    }

    @Test(arguments: [
        ("", UserError.invalidPIN), ("123", .invalidPIN), ("1234567", .invalidPIN),
        ("12a4", .invalidPIN), ("٢٥٨٠", .invalidPIN), ("25 8", .invalidPIN), ("0000", .easyPIN),
        ("1234", .easyPIN), ("987654", .easyPIN),
    ])
    func `what is no number, or the first that is tried, is refused`(
        pin: String,
        error: UserError
    ) throws {
        #expect(throws: NodeError.user(error)) { try PINRules.check(pin) }
    }

    @Test func `who keeps the accounts has none, nor whoever has yet to choose a password`() throws
    {
        let admin = try node.enter("admin", UserCommune.password)
        #expect(throws: NodeError.user(.noPINForRole)) {
            _ = try node.setPIN(admin.signedIn, "2580", current: "")
        }
        #expect(!admin.cookie.contains("Max-Age"))
        let code = try commune.add("mai", .fieldStaff, "thon-1")
        let restricted = try node.enter("mai", code)
        #expect(try node.setPIN(restricted.signedIn, "2580", current: "") == .ended)
        #expect(!restricted.cookie.contains("Max-Age"))
        #expect(try node.enter("lan", UserCommune.password).cookie.contains("; Max-Age=43200"))
    }
}
