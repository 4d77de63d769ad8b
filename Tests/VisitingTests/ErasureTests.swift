import Causality
import Node
import SQLite
import Store
import Survey
import TestSupport
import Testing

@testable import Visiting

/// What is kept of visits that are begun is erased with the people that it names.
@Suite struct ErasureTests {
    private func drafts(_ store: Store) throws -> [[UInt8]] {
        try store.db.prepare("SELECT content FROM draft WHERE content IS NOT NULL")
            .rows { $0.blob(0) }
    }

    /// Three visits: to two people of a household, and to another household.
    private func begin(_ doors: Doorsteps) throws -> (home: RecordID, person: RecordID) {
        let home = try doors.family(of: 2)
        let person = try #require(try doors.people(of: home).first).id
        for (user, target) in [("lan", home), ("hoa", doors.households.first { $0 != home })] {
            let desk = try doors.desk(user)
            let key = try desk.begin(try #require(target))
            try desk.meet(key)
            if target == home { try desk.take(key, person, "phone", "0905990001") }
        }
        let other = try doors.desk("binh")
        try other.meet(try other.begin(home))
        return (home, person)
    }

    @Test func `an erased person's answers go in the same transaction, and no others`() throws {
        let doors = try Doorsteps(seed: 51)
        let (_, person) = try begin(doors)
        #expect(try drafts(doors.hub.store).count == 3)
        try doors.hub.store.redact([person], reason: "request", on: "2026-08-03")
        let left = try drafts(doors.hub.store)
        #expect(left.count == 2, "the colleague who has said nothing of this person goes on")
        for bytes in left {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("0905990001"))
        }
        #expect(try doors.desk("lan").openVisits().isEmpty)
        #expect(try doors.desk("hoa").openVisits().count == 1)
    }

    @Test func `an erased household's visits go, whatever they say`() throws {
        let doors = try Doorsteps(seed: 52)
        let (home, _) = try begin(doors)
        try doors.hub.store.redact([home], reason: "request", on: "2026-08-03")
        #expect(try doors.desk("binh").openVisits().isEmpty)
        #expect(try drafts(doors.hub.store).count == 1)
    }

    @Test func `an order that comes by the line reaches a village's visits`() throws {
        let doors = try Doorsteps(seed: 53)
        let village = try doors.commune.village("thon-1")
        for _ in 0..<2 { _ = try TestExchange(village, with: doors.hub.store) }
        let home = try doors.family(of: 1)
        let person = try #require(try doors.people(of: home).first).id
        let desk = VisitDesk(LocalNode(village, user: "lan"))
        let key = try desk.begin(home)
        try desk.meet(key)
        try desk.take(key, person, "phone", "0905990001")
        try doors.hub.store.redact([person], reason: "request", on: "2026-08-03")
        for _ in 0..<2 { _ = try TestExchange(village, with: doors.hub.store) }
        #expect(try drafts(village).isEmpty)
        #expect(throws: VisitingError.noVisit) { try desk.form(key) }
    }

    @Test func `ids are found whole, and only where they stand as texts`() throws {
        let ids = [RecordID(origin: 7, counter: 1), RecordID(origin: 7, counter: 1_234_567_890)]
        let doors = try Doorsteps(seed: 54)
        let desk = try doors.desk("lan")
        let key = try desk.begin(doors.households[0])
        try desk.meet(key)
        try desk.take(key, .visit, "note", "\(ids[0]) \(ids[1])")
        let bytes = try desk.form(key).draft.encode()
        let found = Store.records(in: bytes)
        #expect(found == [doors.households[0], .visit])
        for count in 0..<bytes.count { _ = Store.records(in: Array(bytes.prefix(count))) }
    }
}
