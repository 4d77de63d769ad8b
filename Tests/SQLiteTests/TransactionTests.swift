import Foundation
import SQLite
import Testing

private struct Cancelled: WrapsSQLiteError, Equatable {
    var cause: SQLiteError?

    static func sqlite(_ error: SQLiteError) -> Cancelled { Cancelled(cause: error) }
}

@Suite struct TransactionTests {
    let connection: Connection

    init() throws {
        connection = try Connection(path: "", mode: .memory)
        try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
    }

    func add(_ value: Int64) throws(SQLiteError) {
        try connection.cached("INSERT INTO t (a) VALUES (?)").run(value)
    }

    func values() throws -> [Int64] {
        try connection.prepare("SELECT a FROM t ORDER BY a").rows { $0.integer(0) }
    }

    @Test func `what is thrown undoes the transaction and reaches the caller`() throws {
        #expect(throws: Cancelled()) {
            try connection.transaction { () throws(Cancelled) in
                do throws(SQLiteError) {
                    try add(1)
                } catch {
                    throw .sqlite(error)
                }
                throw Cancelled()
            }
        }
        #expect(try values() == [])
        #expect(!connection.isInTransaction)
    }

    @Test func `an inner transaction is undone alone`() throws {
        try connection.transaction { () throws(SQLiteError) in
            try add(1)
            try? connection.transaction { () throws(SQLiteError) in
                try add(2)
                try connection.transaction { () throws(SQLiteError) in try add(3) }
                try add(2)
            }
            try connection.transaction { () throws(SQLiteError) in try add(4) }
        }
        #expect(try values() == [1, 4])
    }

    @Test func `a commit that fails is undone`() throws {
        try connection.execute(
            """
            CREATE TABLE child (a INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT
            """
        )
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try add(1)
                try connection.execute("INSERT INTO child VALUES (99)")
            }
        }
        #expect(try values() == [])
        #expect(!connection.isInTransaction)
    }

    @Test func `a statement that rolls back by itself does not confuse the transaction`() throws {
        try add(1)
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try add(2)
                try connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)")
            }
        }
        #expect(try values() == [1])
    }

    @Test(arguments: 1...60)
    func `an interruption at any operation leaves all or nothing`(operations: Int) throws {
        try add(1)
        connection.interruptAfter(operations: operations)
        let outcome = Result { () throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                for value in Int64(2)...4 { try add(value) }
            }
        }
        connection.interruptAfter(operations: nil)
        #expect(!connection.isInTransaction)
        switch outcome {
        case .success: #expect(try values() == [1, 2, 3, 4])
        case .failure(.interrupted): #expect(try [[1], [1, 2, 3, 4]].contains(values()))
        case .failure(let error): Issue.record(error)
        }
    }

    @Test func `a long statement is interrupted, once`() throws {
        let count = try connection.prepare(
            """
            WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            SELECT count(*) FROM n
            """
        )
        connection.interruptAfter(operations: 1_000)
        #expect {
            try count.run()
        } throws: { error in
            guard case .interrupted = error as? SQLiteError else { return false }
            return true
        }
        #expect(try count.first { $0.integer(0) } == 100_000)
    }
}

@Suite struct MigrationTests {
    let folder: TemporaryFolder
    let connection: Connection

    init() throws {
        folder = try TemporaryFolder()
        connection = try Connection(path: folder.file("a.sqlite"), mode: .readWriteCreate)
    }

    let steps = [
        Migration("CREATE TABLE t (a INTEGER) STRICT"),
        Migration { (connection) throws(SQLiteError) in
            try connection.cached("INSERT INTO t (a) VALUES (?)").run(7)
        },
    ]

    @Test func `only missing steps are applied`() throws {
        #expect(try Migrations.apply([steps[0]], to: connection) == 1)
        #expect(try Migrations.apply(steps, to: connection) == 1)
        #expect(try Migrations.apply(steps, to: connection) == 0)
        #expect(try connection.userVersion == 2)
        #expect(try connection.prepare("SELECT a FROM t").rows { $0.integer(0) } == [7])
    }

    @Test func `a step that fails leaves the file at the step before`() throws {
        let bad = Migration("CREATE TABLE u (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1)")
        #expect(throws: SQLiteError.self) {
            try Migrations.apply([steps[0], bad], to: connection)
        }
        #expect(try connection.userVersion == 1)
        #expect(
            try connection.prepare("SELECT name FROM sqlite_schema").rows {
                row throws(SQLiteError) in try row.text(0)
            } == [
                "t"
            ]
        )
    }

    @Test func `a newer file is refused, naming both numbers`() throws {
        try connection.setUserVersion(5)
        #expect(throws: SQLiteError.newerFile(found: 5, known: 2)) {
            try Migrations.apply(steps, to: connection)
        }
        #expect("\(SQLiteError.newerFile(found: 5, known: 2))".contains("5"))
    }
}

@Suite struct BackupTests {
    @Test func `a backup taken while another writes is of one moment`() throws {
        let folder = try TemporaryFolder()
        let writer = try Connection(path: folder.file("a.sqlite"), mode: .readWriteCreate)
        try writer.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT")
        try writer.transaction { () throws(SQLiteError) in
            for _ in 0..<1_000 { try writer.execute("INSERT INTO t (b) VALUES (zeroblob(4000))") }
        }
        let reader = try Connection(path: folder.file("a.sqlite"), mode: .readWrite)
        var steps = 0
        try reader.backup(to: folder.file("b.sqlite")) { _, _ in
            steps += 1
            #expect(throws: Never.self) {
                try writer.execute("INSERT INTO t (b) VALUES (zeroblob(4000))")
            }
        }
        #expect(steps > 2)
        let copy = try Connection(path: folder.file("b.sqlite"), mode: .readWrite)
        #expect(try copy.prepare("SELECT count(*) FROM t").first { $0.integer(0) } == 1_000)
        #expect(try copy.integrityCheck() == [])
        #expect(throws: SQLiteError.self) { try reader.backup(to: folder.file("b.sqlite")) }
    }

    @Test func `an integrity check finds a broken reference`() throws {
        let connection = try Connection(path: "", mode: .memory)
        try connection.execute(
            """
            CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE b (a INTEGER REFERENCES a) STRICT;
            PRAGMA foreign_keys = OFF; INSERT INTO b VALUES (3);
            """
        )
        #expect(try connection.integrityCheck() == ["row 1 of b refers to no row of a"])
    }
}

@Suite struct FunctionTests {
    @Test func `a function takes and returns every kind of value`() throws {
        let connection = try Connection(path: "", mode: .memory)
        try connection.register(function: "echo", arguments: 2, deterministic: true) { arguments in
            switch arguments.integer(0) {
            case 0: .null
            case 1: .integer(arguments.integer(1))
            case 2: .text(arguments.text(1))
            case 3: .blob(arguments.blob(1))
            default: .real(0.5)
            }
        }
        let echo = try connection.prepare("SELECT echo(?, ?)")
        let cases: [(Int, SQLValue, SQLValue)] = [
            (0, .integer(9), .null), (1, .integer(9), .integer(9)),
            (2, .text("a\0b"), .text("a\0b")), (2, .text(""), .text("")),
            (3, .blob([1, 0]), .blob([1, 0])), (3, .blob([]), .blob([])), (4, .null, .real(0.5)),
        ]
        for (kind, value, expected) in cases {
            #expect(
                try echo.bind(all: kind, value).first { row throws(SQLiteError) in try row.value(0)
                } == expected
            )
        }
    }

    @Test func `an index may use a deterministic function, no other`() throws {
        let connection = try Connection(path: "", mode: .memory)
        try connection.execute("CREATE TABLE t (a TEXT) STRICT; INSERT INTO t VALUES ('Ab')")
        for (name, isPure) in [("fold", true), ("dice", false)] {
            try connection.register(function: name, arguments: 1, deterministic: isPure) {
                .text($0.text(0).lowercased())
            }
        }
        try connection.execute("CREATE INDEX t_fold ON t (fold(a))")
        #expect(throws: SQLiteError.self) {
            try connection.execute("CREATE INDEX t_dice ON t (dice(a))")
        }
    }
}
