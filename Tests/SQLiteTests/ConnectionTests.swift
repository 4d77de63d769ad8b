import Foundation
import SQLite
import Testing

@Suite struct ConnectionTests {
    let folder: TemporaryFolder
    let connection: Connection

    init() throws {
        folder = try TemporaryFolder()
        connection = try Connection(path: folder.file("a.sqlite"), mode: .readWriteCreate)
        try connection.execute(
            """
            CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, photo BLOB) STRICT;
            CREATE TABLE card (id INTEGER PRIMARY KEY, person INTEGER REFERENCES person) STRICT;
            """
        )
    }

    func names(_ connection: Connection) throws -> [String] {
        try connection.prepare("SELECT name FROM person ORDER BY id").rows {
            row throws(SQLiteError) in try row.text(0)
        }
    }

    func add(_ name: String) throws(SQLiteError) {
        try connection.cached("INSERT INTO person (name) VALUES (?)").run(name)
    }

    @Test func `the file and its side files are for their owner only`() throws {
        try add("Alice")
        for name in ["a.sqlite", "a.sqlite-wal", "a.sqlite-shm"] {
            let rights = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(rights[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test(
        arguments: [
            ("foreign_keys", 1), ("synchronous", 2), ("secure_delete", 1), ("trusted_schema", 0),
            ("temp_store", 2), ("busy_timeout", 5000),
        ] as [(String, Int64)]
    )
    func `a connection is set up for durability and suspicion`(name: String, value: Int64) throws {
        #expect(try connection.prepare("PRAGMA \(name)").first { $0.integer(0) } == value)
    }

    @Test(arguments: ["", "a\0b", "\0", "Nguyễn Thị Hồng Đào", "🏠\u{301}"])
    func `text survives byte for byte`(text: String) throws {
        try add(text)
        #expect(try names(connection) == [text])
        let bytes = try connection.prepare("SELECT name FROM person").first { $0.blob(0) }
        #expect(bytes == Array(text.utf8))
    }

    @Test func `an empty blob is no null, and an absent one is`() throws {
        let insert = try connection.prepare("INSERT INTO person (name, photo) VALUES (?, ?)")
        try insert.run("Alice", [] as [UInt8])
        try insert.run("Bob", nil as [UInt8]?)
        try insert.run("Carol", [0, 255] as [UInt8])
        let photos = try connection.prepare("SELECT photo FROM person ORDER BY id")
            .rows { row throws(SQLiteError) in try row.value(0) }
        #expect(photos == [.blob([]), .null, .blob([0, 255])])
    }

    @Test func `unowned text and blobs are bound in place`() throws {
        let bytes = Array("Bích".utf8)
        let insert = try connection.prepare("INSERT INTO person (name, photo) VALUES (?, ?)")
        try unsafe bytes.withUnsafeBufferPointer { buffer throws(SQLiteError) in
            try unsafe insert.bindText(unowned: buffer, at: 1)
            try unsafe insert.bindBlob(unowned: buffer, at: 2)
            try insert.run()
            let empty = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            try unsafe insert.bindText(unowned: empty, at: 1)
            try unsafe insert.bindBlob(unowned: empty, at: 2)
            try insert.run()
        }
        let rows = try connection.prepare("SELECT name, photo FROM person ORDER BY id")
            .rows { row throws(SQLiteError) in [try row.value(0), try row.value(1)] }
        #expect(rows == [[.text("Bích"), .blob(bytes)], [.text(""), .blob([])]])
    }

    @Test func `a blob is lent as a span`() throws {
        let sum = try connection.prepare("SELECT x'010203'").first { row in
            row.withBlob(0) { span in span.indices.reduce(0) { $0 + Int(span[$1]) } }
        }
        #expect(sum == 6)
    }

    @Test func `text that is not UTF-8 is an error naming the column`() throws {
        let statement = try connection.prepare("SELECT CAST(x'ff' AS TEXT) AS name")
        #expect(throws: SQLiteError.notUnicode(column: "name")) {
            _ = try statement.first { row throws(SQLiteError) in try row.text(0) }
        }
    }

    @Test func `a double-quoted string is a misspelt column, not text`() throws {
        #expect(throws: SQLiteError.self) {
            try connection.execute(#"SELECT "alice" FROM person"#)
        }
        #expect(throws: SQLiteError.self) {
            try connection.execute(#"CREATE TABLE t (a TEXT DEFAULT "alice", CHECK (b <> "c"))"#)
        }
    }

    @Test func `exactly one statement is prepared`() throws {
        for sql in ["", "-- nothing", "SELECT 1; SELECT 2"] {
            #expect(throws: SQLiteError.self) { try connection.prepare(sql) }
        }
        #expect(try connection.prepare("SELECT 1;\n").first { $0.integer(0) } == 1)
    }

    @Test func `a cached statement comes back reset and empty`() throws {
        func statement() throws -> Statement { try connection.cached("SELECT ?1, ?2") }
        let first = try statement()
        try first.bind(all: 1, 2)
        #expect(try first.step())
        let second = try statement()
        #expect(first === second)
        #expect(try second.step())
        #expect(second.isNull(0) && second.isNull(1))
    }

    @Test func `a statement can be bound again at its end`() throws {
        let insert = try connection.prepare("INSERT INTO person (name) VALUES (?)")
        for name in ["Alice", "Bob"] {
            try insert.bind(name, at: 1)
            #expect(try !insert.step())
        }
        #expect(connection.lastInsertRowID == 2)
        #expect(connection.changes == 1)
        #expect(connection.totalChanges == 2)
    }

    @Test func `a statement keeps its database open`() throws {
        var other: Connection? = try Connection(path: "", mode: .memory)
        let statement = try #require(try other?.prepare("SELECT 1"))
        other = nil
        #expect(try statement.first { $0.integer(0) } == 1)
    }

    @Test func `columns are described`() throws {
        let row = try connection.prepare("SELECT 1 AS a, 1.5 AS b, 'x' AS c, x'00' AS d, NULL AS e")
        #expect(try row.step())
        #expect((0..<row.columnCount).map { row.columnName($0) } == ["a", "b", "c", "d", "e"])
        #expect(
            (0..<row.columnCount).map { row.columnType($0) }
                == [.integer, .real, .text, .blob, .null]
        )
        #expect(row.real(1) == 1.5)
    }

    @Test func `constraints, busy and read-only are told apart`() throws {
        #expect {
            try connection.prepare("INSERT INTO card (person) VALUES (?)").run(99)
        } throws: { error in
            guard case .constraint(let failure) = error as? SQLiteError else { return false }
            return failure.sql == "INSERT INTO card (person) VALUES (?)"
        }
        let reader = try Connection(path: folder.file("a.sqlite"), mode: .readOnly)
        #expect {
            try reader.execute("DELETE FROM person")
        } throws: { error in
            guard case .readOnly = error as? SQLiteError else { return false }
            return true
        }
        #expect {
            _ = try Connection(path: folder.file("none/a.sqlite"), mode: .readWriteCreate)
        } throws: { error in
            guard case .cannotOpen = error as? SQLiteError else { return false }
            return true
        }
        #expect {
            _ = try Connection(path: folder.file("none.sqlite"), mode: .readWrite)
        } throws: { error in
            guard case .cannotOpen = error as? SQLiteError else { return false }
            return true
        }
    }

    @Test func `a second writer finds the file busy`() throws {
        let other = try Connection(path: folder.file("a.sqlite"), mode: .readWrite)
        try other.execute("PRAGMA busy_timeout = 10")
        try connection.transaction { () throws(SQLiteError) in
            try add("Alice")
            #expect {
                try other.execute("DELETE FROM person")
            } throws: { error in
                guard case .busy = error as? SQLiteError else { return false }
                return true
            }
        }
    }

    @Test func `a file that is no database is refused`() throws {
        let path = folder.file("text.sqlite")
        try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: path))
        for mode in [Connection.Mode.readOnly, .readWrite] {
            #expect {
                _ = try Connection(path: path, mode: mode)
            } throws: { error in
                guard case .corrupt = error as? SQLiteError else { return false }
                return true
            }
        }
    }

    @Test func `an error never holds a bound value`() throws {
        try connection.execute("CREATE VIRTUAL TABLE search USING fts5 (name)")
        let find = try connection.prepare("SELECT 1 FROM search WHERE search MATCH ?")
        #expect {
            _ = try find.bind(all: "secret:\"").rows { $0.integer(0) }
        } throws: { error in
            !"\(error)".contains("secret")
        }
    }

    @Test func `a reader sees one moment while another writes`() throws {
        try add("Alice")
        let reader = try Connection(path: folder.file("a.sqlite"), mode: .readOnly)
        try reader.transaction(.deferred) { () throws(SQLiteError) in
            let count = try reader.prepare("SELECT count(*) FROM person")
            #expect(try count.first { $0.integer(0) } == 1)
            try add("Bob")
            #expect(try count.first { $0.integer(0) } == 1)
        }
        #expect(try names(reader) == ["Alice", "Bob"])
    }

    @Test func `a checkpoint empties the log`() throws {
        try add("Alice")
        try connection.checkpoint(truncate: true)
        let size = try FileManager.default.attributesOfItem(atPath: folder.file("a.sqlite-wal"))
        #expect(size[.size] as? Int == 0)
    }
}
