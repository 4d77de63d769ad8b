import Causality
import Coverage
import SQLite
import Survey
import Testing

/// A node's typed tables in memory, in the shape that the store generates, filled by hand.
final class TestCommune {
    static let commune = "48/21004"
    static let village = "48/21004/mau-1"
    static let otherVillage = "48/21004/mau-2"

    let connection: Connection
    let survey = DataDescription.doorstep
    private var lastKey: Int64 = 0
    private var types: [Int64: String] = [:]
    private var scopes: [String: Int64] = [:]

    init() throws {
        connection = try Connection(path: "", mode: .memory)
        try connection.execute(
            """
            CREATE TABLE scope(n INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE alias(type TEXT NOT NULL, record INTEGER NOT NULL,
                target INTEGER NOT NULL, is_cycle INTEGER NOT NULL,
                PRIMARY KEY(type, record)) STRICT, WITHOUT ROWID;
            CREATE TABLE origin(n INTEGER PRIMARY KEY, scope INTEGER NOT NULL,
                id INTEGER NOT NULL) STRICT;
            INSERT INTO origin VALUES (0, 1, 7);
            CREATE TABLE dismissal(first TEXT, second TEXT, _scope INTEGER NOT NULL,
                _flags INTEGER NOT NULL) STRICT;
            CREATE TABLE sibling(type TEXT NOT NULL, record INTEGER NOT NULL,
                field TEXT NOT NULL, log INTEGER NOT NULL, seq INTEGER NOT NULL,
                time INTEGER NOT NULL, kind INTEGER NOT NULL, value ANY,
                PRIMARY KEY(type, record, field, log, seq)) STRICT, WITHOUT ROWID;
            """
        )
        for type in survey.types { try createTable(type) }
        try add("village", in: Self.commune, ["scope": Self.village, "name": "Thôn Mẫu 1"])
        try add("village", in: Self.commune, ["scope": Self.otherVillage, "name": "Thôn Mẫu 2"])
    }

    private func createTable(_ type: RecordType) throws {
        let columns = type.fields.map { field in
            let isNumber =
                switch field.kind {
                case .integer, .microdegrees, .reference: true
                default: false
                }
            return ", \"\(field.name)\" \(isNumber ? "INTEGER" : "TEXT")"
        }
        try connection.execute(
            """
            CREATE TABLE "\(type.name)"(id INTEGER PRIMARY KEY, _scope INTEGER NOT NULL,
            _flags INTEGER NOT NULL, _log INTEGER NOT NULL, _seq INTEGER NOT NULL, _cells BLOB,
            _deleted TEXT, _merged_into INTEGER, _moved_to TEXT\(columns.joined())) STRICT
            """
        )
        for field in type.fields where field.indexed {
            try connection.execute(
                "CREATE INDEX \"\(type.name)_\(field.name)\" ON \"\(type.name)\"(\"\(field.name)\")"
            )
        }
    }

    /// Inserts a record; values are texts, numbers or keys.
    @discardableResult
    func add(
        _ type: String,
        in scope: String = village,
        flags: Int64 = 0,
        _ values: [String: any SQLBindable]
    ) throws -> Int64 {
        lastKey += 1
        types[lastKey] = type
        let names = values.keys.sorted()
        let record = try #require(survey.type(type))
        for name in names { #expect(record.field(name) != nil, "\(type).\(name)") }
        let statement = try connection.prepare(
            """
            INSERT INTO "\(type)"(id, _scope, _flags, _log, _seq\(names.map { ", \"\($0)\"" }.joined()))
            VALUES (?1, ?2, ?3, 1, ?1\(names.indices.map { ", ?\($0 + 4)" }.joined()))
            """
        )
        try statement.bind(lastKey, at: 1)
        try statement.bind(try number(of: scope), at: 2)
        try statement.bind(flags, at: 3)
        for (index, name) in names.enumerated() {
            try values[name]?.bind(to: statement, at: Int32(index + 4))
        }
        try statement.run()
        return lastKey
    }

    @discardableResult
    func household(
        in scope: String = village,
        _ values: [String: any SQLBindable] = [:]
    ) throws -> Int64 {
        try add("household", in: scope, ["state": "occupied"].merging(values) { $1 })
    }

    /// A permanent resident of 41, a citizen who is here.
    @discardableResult
    func resident(
        of household: Int64? = nil,
        in scope: String = village,
        flags: Int64 = 0,
        _ values: [String: any SQLBindable] = [:]
    ) throws -> Int64 {
        let home = try household ?? self.household(in: scope)
        let usual: [String: any SQLBindable] = [
            "household": home, "full_name": "Nguyễn Văn Ví Dụ", "birth": "1985-03-05",
            "sex": "male", "nationality": "vn", "residence": "permanent", "presence": "here",
        ]
        return try add("resident", in: scope, flags: flags, usual.merging(values) { $1 })
    }

    func visit(
        _ household: Int64,
        _ outcome: String,
        at time: String = "2026-11-02T08:00",
        _ values: [String: any SQLBindable] = [:]
    ) throws {
        let usual: [String: any SQLBindable] = [
            "household": household, "round": "2026-1", "started_at": time, "outcome": outcome,
        ]
        try add("visit", usual.merging(values) { $1 })
    }

    /// Records that a field has two values; the record must carry the flag 1.
    func dispute(_ record: Int64, _ field: String, _ values: String...) throws {
        for (index, value) in values.enumerated() {
            try connection.prepare("INSERT INTO sibling VALUES (?5, ?1, ?2, 1, ?3, 0, 2, ?4)")
                .run(record, field, Int64(index + 1), value, types[record])
        }
    }

    /// Says that two records are two persons.
    func dismiss(_ left: Int64, _ right: Int64, in scope: String = commune) throws {
        let names = [left, right].map { RecordID(origin: 7, counter: UInt32($0)).description }
        try connection.prepare("INSERT INTO dismissal VALUES (?1, ?2, ?3, 0)")
            .run(names[0], names[1], try number(of: scope))
    }

    func merge(_ record: Int64, into target: Int64) throws {
        try connection.prepare("INSERT INTO alias VALUES (?3, ?1, ?2, 0)")
            .run(record, target, types[record])
    }

    /// Made on 15/11/2026.
    func reader(
        _ day: String? = nil,
        today: String = "2026-11-15",
        staleBefore: String? = nil
    ) throws -> CoverageReader {
        CoverageReader(
            cutoff: Cutoff(
                day: try #require(CalendarDay(day ?? today)),
                today: try #require(CalendarDay(today)),
                staleBefore: staleBefore.flatMap { CalendarDay($0) }
            ),
            roster: Self.commune
        )
    }

    func report(_ day: String = "2026-11-15") throws -> CoverageReport {
        try reader(day).report(connection)
    }

    func tally(_ indicator: String, _ day: String = "2026-11-15") throws -> Tally {
        try #require(try report(day).line(indicator)).total
    }

    private func number(of scope: String) throws -> Int64 {
        if let known = scopes[scope] { return known }
        let number = Int64(scopes.count + 1)
        try connection.prepare("INSERT INTO scope VALUES (?1, ?2)").run(number, scope)
        scopes[scope] = number
        return number
    }
}

/// What a tally says, for one comparison.
struct Counts: Hashable, CustomStringConvertible {
    var yes = 0
    var no = 0
    var unknown = 0
    var possible = 0

    var description: String { "yes \(yes), no \(no), unknown \(unknown), possible \(possible)" }
}

extension Tally {
    var counts: Counts { Counts(yes: yes, no: no, unknown: unknown, possible: possible) }
}
