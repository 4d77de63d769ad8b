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
}
