import Causality
import Replication
import SQLite
import Store
import TestSupport
import Testing

@Suite struct ExchangeTests {
    let scope = TestCommune.path + "/thon-1"

    private func add(_ name: String, to store: Store) throws -> RecordID {
        var id = RecordID(origin: 0, counter: 1)
        try store.save(scope: scope) { id = $0.add("house", [Cell("name", .text(name))]) }
        return id
    }

    private func names(_ store: Store) throws -> [String] {
        try store.db.prepare("SELECT name FROM house WHERE _flags & 14 = 0 ORDER BY name").rows {
            row throws(SQLiteError) in try row.text(0)
        }
    }

    @Test func `an exchange without news is small and writes nothing`() throws {
        let commune = try TestCommune(seed: 3)
        let village = try commune.village("thon-1")
        _ = try add("A", to: village)
        _ = try TestExchange(village, with: commune.hub)
        _ = try TestExchange(village, with: commune.hub)
        let before = (village.db.totalChanges, commune.hub.db.totalChanges)
        let exchange = try TestExchange(village, with: commune.hub)
        #expect((village.db.totalChanges, commune.hub.db.totalChanges) == before)
        #expect(exchange.requestBytes < 1024)
        #expect(exchange.replyBytes < 1024)
        #expect(exchange.child.isComplete)
    }

    /// Some three chunks: names that do not compress.
    @Test(arguments: [0, 10, 100, 121, 130, 400, 8_400, 12_000, 17_000, 20_000])
    func `a request that is cut goes on where it stopped`(cut: Int) throws {
        let commune = try TestCommune(seed: 4)
        let village = try commune.village("thon-1")
        var random = SplitMix64(seed: 4)
        for _ in 0..<400 {
            let name = (0..<6).map { _ in String(random.next(), radix: 36) }.joined()
            _ = try add(name, to: village)
        }
        let first = try TestExchange(village, with: commune.hub, cutRequest: cut)
        try #require(first.requestBytes > 20_000)
        let node = try #require(try village.identity()).node
        let held = try commune.hub.heldPartial(of: node)?.bytes.count ?? 0
        // All but the chunk in flight counts; the first one holds the hello and the header, too.
        #expect(held >= cut - 2 * 8_192)
        #expect((held > 0) == (cut > 8_192))
        #expect((first.partial?.held ?? 0) == held)
        let second = try TestExchange(village, with: commune.hub, resuming: first.partial)
        // But for the head of a chunk more or less, and what the hello tells of the hub.
        #expect(abs(second.requestBytes + held - first.requestBytes) < 100)
        #expect(try names(commune.hub) == names(village))
        #expect(try names(commune.hub).count == 400)
    }

    @Test func `a database that was rolled back gets its past again and loses nothing new`() throws
    {
        let commune = try TestCommune(seed: 5)
        let village = try commune.village("thon-1")
        _ = try add("A", to: village)
        _ = try TestExchange(village, with: commune.hub)
        let copy = try commune.copy(of: village)
        _ = try add("B", to: village)
        _ = try TestExchange(village, with: commune.hub)
        // The copy stands for the same machine, silently set back to before B.
        _ = try add("C", to: copy)
        _ = try TestExchange(copy, with: commune.hub)
        _ = try TestExchange(copy, with: commune.hub)
        #expect(try names(copy) == ["A", "B", "C"])
        #expect(try names(commune.hub) == ["A", "B", "C"])
        #expect(try copy.vector(scope) == commune.hub.vector(scope))
    }

    @Test func `two databases that write one log are healed`() throws {
        let commune = try TestCommune(seed: 6)
        let first = try commune.village("thon-1")
        let house = try add("A", to: first)
        let second = try commune.copy(of: first)
        _ = try add("B", to: first)
        _ = try add("C", to: second)
        try second.save(scope: scope) { $0.set("house", house, [Cell("rooms", .integer(7))]) }
        for _ in 0..<3 {
            _ = try TestExchange(first, with: commune.hub)
            _ = try TestExchange(second, with: commune.hub)
        }
        _ = try TestExchange(first, with: commune.hub)
        for store in [first, second, commune.hub] {
            let shown = try names(store)
            #expect(shown == ["A", "B", "C"])
            #expect(try store.vector(scope) == commune.hub.vector(scope))
        }
    }

    @Test func `a record keeps its id when the branch that created it loses`() throws {
        let commune = try TestCommune(seed: 8)
        let first = try commune.village("thon-1")
        _ = try add("A", to: first)
        let second = try commune.copy(of: first)
        let ids = [try add("B", to: first), try add("C", to: second)]
        #expect(ids[0] != ids[1])
        for _ in 0..<3 {
            _ = try TestExchange(first, with: commune.hub)
            _ = try TestExchange(second, with: commune.hub)
        }
        for (id, name) in zip(ids, ["B", "C"]) {
            let key = try #require(try commune.hub.locate(id)).key
            let shown = try commune.hub.db.prepare("SELECT name FROM house WHERE id = ?1")
                .bind(all: key).first { row throws(SQLiteError) in try row.text(0) }
            #expect(shown == name)
        }
    }

    @Test func `a restored hub gets back what it had sent`() throws {
        let commune = try TestCommune(seed: 7)
        let village = try commune.village("thon-1")
        let house = try add("A", to: village)
        _ = try TestExchange(village, with: commune.hub)
        let old = try commune.copy(of: commune.hub)
        try commune.hub.save(scope: scope) { $0.set("house", house, [Cell("rooms", .integer(2))]) }
        _ = try TestExchange(village, with: commune.hub)
        // The hub is set back silently and writes something else under the same name.
        try old.save(scope: scope) { $0.set("house", house, [Cell("visits", .integer(9))]) }
        for _ in 0..<3 { _ = try TestExchange(village, with: old) }
        for store in [village, old] {
            let row = try store.db.prepare("SELECT rooms, visits FROM house").first {
                [$0.integer(0), $0.integer(1)]
            }
            #expect(row == [2, 9])
        }
        #expect(try village.vector(scope) == old.vector(scope))
    }
}
