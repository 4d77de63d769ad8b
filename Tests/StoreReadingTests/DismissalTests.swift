import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

/// That two records are one, and that they are two, said by people who had not heard of each other.
@Suite struct DismissalTests {
    private let commune: SurveyedCommune
    private var village: Store { commune.village }
    private var hub: Store { commune.hub }
    private let home: RecordID
    private let first: RecordID
    private let second: RecordID

    init() throws {
        commune = try SurveyedCommune(seed: 47)
        home = try commune.village.household()
        first = try commune.village.resident(of: home, "Lê Văn Một")
        second = try commune.village.resident(of: home, "Lê Văn Một")
        try commune.sync()
    }

    private func contradict() throws {
        try village.dismiss(second, first, author: "lan")
        try hub.merge(second, into: first, author: "minh")
        try commune.sync()
    }

    private func decide(_ decision: ClashDecision, at store: Store) throws {
        let seen = try store.conflict(second).stamp
        try store.settleContradicted(second, decision, seen: seen, author: "minh")
    }

    private func isMerged(_ store: Store) throws -> Bool {
        try store.requireRecord(second).flags & RecordFlags.merged != 0
    }

    @Test(arguments: [ClashDecision.keep, .dismiss])
    func `a merge that had not heard that they are two waits for a person`(
        decision: ClashDecision
    ) throws {
        try contradict()
        for store in [hub, village] {
            let item = try #require(try store.conflicts().first)
            #expect(item.id == second && item.contradicted == [first])
            let detail = try #require(try store.conflict(second).contradicted.first)
            #expect(detail.other == first)
            #expect(detail.merge?.author == "minh" && detail.dismissal.author == "lan")
            #expect(try store.status().scopes.reduce(0) { $0 + $1.conflicts } == 1)
        }
        try decide(decision, at: hub)
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.duplicates().isEmpty)
            #expect(try isMerged(store) == (decision == .dismiss))
            #expect(try store.verify().damages.isEmpty)
        }
        #expect(throws: StoreError.nothingToDecide) { try decide(decision, at: hub) }
        // Whoever finds out later that it was wrong says so, and that counts as well.
        try village.dismiss(first, second, author: "lan")
        try commune.sync()
        #expect(try !isMerged(hub) && hub.conflicts().isEmpty && hub.duplicates().isEmpty)
    }

    @Test func `whoever knows that they are two is asked before he merges`() throws {
        try village.dismiss(second, first, author: "lan")
        try commune.sync()
        #expect(throws: StoreError.dismissed(first, second)) {
            try hub.merge(second, into: first, author: "minh")
        }
        #expect(throws: StoreError.dismissed(first, second)) {
            try hub.merge(first, into: second, author: "minh")
        }
        try hub.merge(second, into: first, overrulesDismissal: true, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            #expect(try isMerged(store) && store.conflicts().isEmpty)
        }
    }

    @Test func `two that are not one are not made one through a third`() throws {
        let third = try village.resident(of: home, "Lê Văn Một")
        try village.dismiss(second, first, author: "lan")
        try village.merge(second, into: third, author: "lan")
        #expect(throws: StoreError.dismissed(first, second)) {
            try village.merge(first, into: third, author: "lan")
        }
        try commune.sync()
        let fourth = try hub.resident(of: home, "Lê Văn Một")
        try hub.merge(third, into: fourth, author: "minh")
        #expect(throws: StoreError.dismissed(first, second)) {
            try hub.merge(fourth, into: first, author: "minh")
        }
        #expect(try hub.conflicts().isEmpty)
    }

    @Test func `who parts them and who lets the merge stand meet once more`() throws {
        try contradict()
        try decide(.keep, at: village)
        try decide(.dismiss, at: hub)
        try commune.sync()
        for store in [hub, village] {
            let item = try #require(try store.conflicts().first)
            #expect(item.id == second && item.disputed == [ReservedField.mergedInto])
        }
    }

    @Test func `what has come in since the look is looked at first`() throws {
        try contradict()
        let seen = try hub.conflict(second).stamp
        let third = try village.resident(of: home, "Lê Văn Một")
        try village.save(
            scope: SurveyedCommune.scope,
            author: "hoa",
            token: Token(vector: .empty)
        ) {
            $0.set("resident", second, [Cell(ReservedField.mergedInto, .reference(third))])
        }
        try commune.sync()
        #expect(throws: StoreError.self) {
            try hub.settleContradicted(second, .dismiss, seen: seen, author: "minh")
        }
    }
}
