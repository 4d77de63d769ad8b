import SQLite
import Testing

/// How long statements wait for another connection's lock.
@Suite struct BusyTests {
    private func wait(_ connection: Connection) throws -> Int64? {
        try connection.prepare("PRAGMA busy_timeout").first { $0.integer(0) }
    }

    @Test func `who must not hold up others waits for a moment, and only then`() throws {
        let connection = try Connection(path: "", mode: .memory)
        #expect(try wait(connection) == Int64(SQLiteLimits.busyMilliseconds))
        let brief = try connection.waitingBriefly { try wait(connection) }
        #expect(brief == Int64(SQLiteLimits.briefMilliseconds))
        #expect(throws: SQLiteError.self) {
            try connection.waitingBriefly { try connection.execute("nonsense") }
        }
        #expect(try wait(connection) == Int64(SQLiteLimits.busyMilliseconds))
    }
}
