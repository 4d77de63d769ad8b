import Causality
import Replication
import Store
import Survey
import TestSupport
import Testing

/// What somebody writes of a record, or does to it, who has not heard that it was merged.
@Suite struct MergedConflictTests {
    private let commune: SurveyedCommune
    private var village: Store { commune.village }
    private var hub: Store { commune.hub }
    private let home: RecordID
    /// The same person twice: the second is merged into the first.
    private let first: RecordID
    private let second: RecordID

    init() throws {
        commune = try SurveyedCommune(seed: 31)
        home = try commune.village.household()
        first = try commune.village.resident(of: home, "Lê Văn Một")
        second = try commune.village.resident(of: home, "Lê Văn Một")
        try commune.sync()
    }

    private func merge() throws { try hub.merge(second, into: first, author: "minh") }

    private func decide(_ decision: ClashDecision) throws {
        let seen = try hub.conflict(second).stamp
        try hub.settle(second, decision, seen: seen, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            #expect(try store.verify().damages == [])
        }
    }

    // MARK: Answers

    @Test(arguments: [true, false])
    func `an answer that missed the merge comes before a person`(isMergeFirst: Bool) throws {
        try merge()
        try village.set("resident", second, Cell("phone", .text("0905990002")))
        if isMergeFirst {
            try commune.sync()
        } else {
            _ = try TestExchange(village, with: hub)
        }
        for store in isMergeFirst ? [hub, village] : [hub] {
            let item = try #require(try store.conflicts().first)
            #expect(item.id == second)
            #expect(item.clashing == ["phone"])
        }
        try decide(.keep)
        for store in [hub, village] {
            #expect(try store.requireRecord(first)["phone"] == .text("0905990002"))
            #expect(try store.requireRecord(second).flags & RecordFlags.merged != 0)
        }
    }

    @Test func `an answer that missed the merge may stay behind`() throws {
        try merge()
        try village.set("resident", second, Cell("phone", .text("0905990002")))
        try commune.sync()
        try decide(.dismiss)
        #expect(try hub.requireRecord(first)["phone"] == .null)
    }

    @Test func `where the record that stands says otherwise, both values wait`() throws {
        try merge()
        try hub.set("resident", first, Cell("phone", .text("0905990001")))
        try village.set("resident", second, Cell("phone", .text("0905990002")))
        try commune.sync()
        try hub.settle(second, .keep, seen: hub.conflict(second).stamp, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            let item = try #require(try store.conflicts().first)
            #expect(item.id == first)
            #expect(item.disputed == ["phone"])
        }
    }

    @Test func `whoever knows of the merge is in nobody's way`() throws {
        try merge()
        try commune.sync()
        try village.set("resident", second, Cell("other_name", .text("Ba")))
        try commune.sync()
        #expect(try hub.conflicts().isEmpty)
    }

    // MARK: Deletions

    @Test(arguments: [ClashDecision.keep, .dismiss])
    func `nobody is gone because what stood for him was deleted`(decision: ClashDecision) throws {
        try merge()
        try village.set("resident", first, Cell(ReservedField.deleted, .text("trùng")))
        try commune.sync()
        for store in [hub, village] {
            let item = try #require(try store.conflicts().first)
            #expect(item.id == second)
            #expect(item.orphan == Orphan(parent: first, state: .deleted, link: .merge))
        }
        try decide(decision)
        for store in [hub, village] {
            let record = try store.requireRecord(second)
            #expect(record.isGone == (decision == .dismiss))
            #expect(record.text(ReservedField.deleted) == (decision == .dismiss ? "trùng" : nil))
        }
    }

    @Test func `a duplicate that goes with an erased record is not said to be merged`() throws {
        try merge()
        _ = try hub.redact([first], reason: "law", on: "2026-05-29", author: "minh")
        try commune.sync()
        try decide(.dismiss)
        let reason = try village.requireRecord(second).text(ReservedField.deleted)
        #expect(reason == "duplicate of a record that is gone")
    }

    @Test func `an answer and a deletion together: the record stands for itself with its answer`()
        throws
    {
        try merge()
        try village.set("resident", second, Cell("phone", .text("0905990002")))
        try village.set("resident", first, Cell(ReservedField.deleted, .text("trùng")))
        try commune.sync()
        try decide(.keep)
        let record = try village.requireRecord(second)
        #expect(!record.isGone)
        #expect(record["phone"] == .text("0905990002"))
    }

    // MARK: Taking a merge back

    @Test func `two persons that were merged are parted again`() throws {
        try merge()
        try hub.dismiss(first, second, author: "minh")
        try commune.sync()
        for store in [hub, village] {
            #expect(try !store.requireRecord(second).isGone)
            #expect(try store.duplicates().isEmpty)
        }
        // Once more merged, and parted once more.
        try hub.merge(second, into: first, overrulesDismissal: true, author: "minh")
        try hub.dismiss(second, first, author: "minh")
        #expect(try !hub.requireRecord(second).isGone)
    }

    @Test func `of two merges neither may be right`() throws {
        let third = try hub.resident(of: home, "Lê Văn Ba", birth: "1960-01-01")
        try commune.sync()
        try merge()
        try village.merge(second, into: third, author: "lan")
        try commune.sync()
        try hub.resolve(
            second,
            field: ReservedField.mergedInto,
            value: .null,
            seen: hub.conflict(second).stamp,
            author: "minh"
        )
        try commune.sync()
        for store in [hub, village] {
            #expect(try store.conflicts().isEmpty)
            #expect(try !store.requireRecord(second).isGone)
        }
    }

    // MARK: Moves

    private func elsewhere(_ name: String) -> String { TestCommune.path + "/" + name }

    @Test func `what was merged stays where the record lives that stands for it`() throws {
        let other = try hub.household()
        let third = try hub.resident(of: other, "Lê Văn Một")
        let account = try hub.add(
            "payment_account",
            in: SurveyedCommune.scope,
            [Cell("resident", .reference(third))]
        )
        try hub.merge(third, into: first, author: "minh")
        #expect(try hub.move(other, to: elsewhere("mau-2")) == [other])
        #expect(try hub.children(of: first).map(\.id) == [account])
        #expect(try hub.conflicts().isEmpty)
    }

    @Test(arguments: ["mau-2", "mau-3", ""])
    func `a household that was moved twice unseen lives where a person says`(choice: String) throws
    {
        // The hub is set back between its two moves.
        let restored = try commune.commune.copy(of: hub)
        try hub.move(home, to: elsewhere("mau-2"))
        try hub.set(
            "resident",
            first,
            Cell("phone", .text("0905990002")),
            in: elsewhere("mau-2")
        )
        try commune.sync()
        try restored.leaveOwnLogs()
        try restored.move(home, to: elsewhere("mau-3"))
        for scope in ["mau-2", "mau-3"].map(elsewhere) + [SurveyedCommune.scope] {
            try hub.seal(scope)
            try hub.segments(of: scope, lacking: restored.vector(scope)) { segment, isRedacted in
                let outcome = try restored.apply(segment, isRedacted: isRedacted)
                #expect(outcome == .applied)
            }
        }
        #expect(try restored.conflicts().contains { $0.id == home })
        let detail = try restored.conflict(home)
        let moves = try #require(detail.disputed.first { $0.name == ReservedField.movedTo })
        let path = choice.isEmpty ? SurveyedCommune.scope : elsewhere(choice)
        #expect(moves.values.contains { $0.value.text == path } == !choice.isEmpty)
        try restored.resolve(
            home,
            field: ReservedField.movedTo,
            value: choice.isEmpty ? .null : .text(path),
            seen: detail.stamp,
            author: "minh"
        )
        for id in [home, first, second] { #expect(try restored.locate(id)?.scope == path) }
        // What was written in the other place since is there, or waits beside what stands.
        #expect(try restored.requireRecord(first).text("phone") == "0905990002")
        #expect(try restored.conflicts().isEmpty)
        #expect(try restored.duplicates().count == 1)
        #expect(try restored.verify().damages == [])
    }

    @Test func `what was merged moves along, and what belongs to it stays found`() throws {
        let account = try hub.add(
            "payment_account",
            in: SurveyedCommune.scope,
            [Cell("resident", .reference(second))]
        )
        try merge()
        let there = TestCommune.path + "/mau-2"
        let moved = try hub.move(home, to: there)
        #expect(Set(moved) == [home, first, second, account])
        #expect(try hub.children(of: first).map(\.id) == [account])
        #expect(try hub.conflicts().isEmpty)
        #expect(try hub.withDuplicates([second]) == [second, first])
    }

    @Test func `what one keeps and another dismisses comes before a person again`() throws {
        try merge()
        try village.set("resident", second, Cell("phone", .text("0905990002")))
        try commune.sync()
        for (store, decision) in [(hub, ClashDecision.keep), (village, .dismiss)] {
            let seen = try store.conflict(second).stamp
            try store.settle(second, decision, seen: seen, author: "lan")
        }
        try commune.sync()
        for store in [hub, village] {
            let item = try #require(try store.conflicts().first)
            #expect(item.id == first && item.disputed == ["phone"])
        }
    }
}
