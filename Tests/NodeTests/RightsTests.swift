import Node
import Testing

/// The table of rights, all of it.
@Suite struct RightsTests {
    /// One letter a role that may: staff, lead, officer, auditor, administrator.
    private static let table: [Action: String] = [
        .seeFigures: "sloaA", .readRecords: "slo", .record: "slo", .assign: "lo",
        .decideConflicts: "lo", .report: "lo", .export: "o", .importLists: "o", .moveRecords: "o",
        .erase: "A",
        .seeAccessLog: "aA", .resetPasswords: "oA", .manageUsers: "A", .manageNodes: "oA",
        .upkeep: "A",
    ]
    private static let letters: [Role: Character] = [
        .fieldStaff: "s", .villageLead: "l", .communeOfficer: "o", .auditor: "a",
        .administrator: "A",
    ]
    /// What only somebody of the whole commune may do.
    private static let ofCommune: Set<Action> = [
        .importLists, .moveRecords, .erase, .seeAccessLog, .resetPasswords, .manageUsers,
        .manageNodes, .upkeep,
    ]

    @Test(arguments: Role.allCases, Action.allCases)
    func `each role may do what the table says, and only where it reaches`(
        role: Role,
        action: Action
    ) throws {
        let wanted = try #require(Self.table[action]).contains(try #require(Self.letters[role]))
        let commune = "48/21004"
        let scopes = [commune, "48/21004/a", "48/21004/b", "48/21004/-hub"]
        for scope in scopes {
            #expect(may(role, .commune(commune), action, in: scope) == wanted)
        }
        for scope in ["48", "48/210041", "48/21005/a", ""] {
            #expect(!may(role, .commune(commune), action, in: scope))
        }
        let village = wanted && !Self.ofCommune.contains(action)
        #expect(may(role, .scopes(["48/21004/a"]), action, in: "48/21004/a") == village)
        for scope in scopes + ["48/21004/a/b", "48/21004/ab"] where scope != "48/21004/a" {
            #expect(!may(role, .scopes(["48/21004/a"]), action, in: scope))
            #expect(!may(role, .scopes([]), action, in: scope))
        }
    }

    @Test func `codes are given downwards only`() {
        let pairs = Role.allCases.flatMap { role in
            Role.allCases.filter { role.mayReset($0) }.map { "\(role)>\($0)" }
        }
        let all = Role.allCases.map { "administrator>\($0)" }
        #expect(
            Set(pairs) == Set(all + ["communeOfficer>fieldStaff", "communeOfficer>villageLead"])
        )
    }
}
