import SQLite
import Store
import Testing

@Suite struct StatementCacheTests {
    @Test func `statements of ever new texts do not pile up, and one in use goes on`() throws {
        let db = try Connection(path: ":memory:", mode: .memory)
        var cache = StatementCache()
        let first = try cache.statement("SELECT 0", of: db)
        for number in 1...(3 * StatementCache.countMax) {
            let statement = try cache.statement("SELECT \(number)", of: db)
            #expect(try statement.first { $0.integer(0) } == Int64(number))
            #expect(cache.count <= StatementCache.countMax)
        }
        #expect(try first.first { $0.integer(0) } == 0)
    }

    @Test func `a text is prepared once`() throws {
        let db = try Connection(path: ":memory:", mode: .memory)
        var cache = StatementCache()
        let first = try cache.statement("SELECT 1", of: db)
        #expect(try cache.statement("SELECT 1", of: db) === first)
        #expect(cache.count == 1)
    }

    @Test func `the text of a key is made once, and keys that differ do not mix`() throws {
        let db = try Connection(path: ":memory:", mode: .memory)
        var cache = StatementCache()
        var made = 0
        let keys: [StatementCache.Key] = [
            .row(table: "house"), .row(table: "person"), .text("house"),
            .insertion(table: "house", columns: [1, 2]),
            .insertion(table: "house", columns: [2, 1]),
            .update(table: "house", columns: [1, 2]), .update(table: "house", columns: []),
        ]
        for _ in 0..<3 {
            for (number, key) in keys.enumerated() {
                let statement = try cache.statement(key, of: db) {
                    made += 1
                    return "SELECT \(number)"
                }
                #expect(try statement.first { $0.integer(0) } == Int64(number))
            }
        }
        #expect(made == keys.count)
    }
}
