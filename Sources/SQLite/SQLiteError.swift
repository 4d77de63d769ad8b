internal import CSQLite

/// What SQLite refused, sorted by what the caller can do about it.
public enum SQLiteError: Error, Hashable, Sendable {
    /// Another connection holds the lock for longer than ``SQLiteLimits/busyMilliseconds``.
    case busy(Failure)
    /// The disk or the quota is full; the statement changed nothing.
    case full(Failure)
    /// The file is damaged or is no database.
    case corrupt(Failure)
    /// A key, check, foreign key or type of the schema forbids the row.
    case constraint(Failure)
    /// The file cannot be opened, or not in the mode asked for.
    case cannotOpen(Failure)
    /// The file, its folder or the connection allows no writing.
    case readOnly(Failure)
    /// The limit set with ``Connection/interruptAfter(operations:)`` was reached.
    case interrupted(Failure)
    /// Reading or writing the disk failed.
    case inputOutput(Failure)
    /// Everything else: wrong SQL, a value over a limit, a connection in the wrong state.
    case other(Failure)
    /// A TEXT value that is not UTF-8, in a column of this name.
    case notUnicode(column: String)
    /// The file was written by a newer program.
    case newerFile(found: Int32, known: Int32)

    /// One failed call: never holds a bound value, so that it may be logged.
    public struct Failure: Hashable, Sendable {
        /// SQLite's extended result code.
        public let code: Int32
        /// SQLite's own words.
        public let message: String
        /// The statement, cut to ``SQLiteLimits/errorSQLBytes``; empty if there was none.
        public let sql: String
    }

    /// SQLite's extended result code; nil for what this module found by itself.
    public var code: Int32? { failure?.code }

    /// SQLite's account of the failure; nil for what this module found by itself.
    public var failure: Failure? {
        switch self {
        case .busy(let failure), .full(let failure), .corrupt(let failure),
            .constraint(let failure), .cannotOpen(let failure), .readOnly(let failure),
            .interrupted(let failure), .inputOutput(let failure), .other(let failure):
            failure
        case .notUnicode, .newerFile: nil
        }
    }

    /// `SQLITE_IOERR_SHMSIZE`, a macro that is not imported.
    private static let sharedMemorySize = SQLITE_IOERR | 19 << 8

    init(code: Int32, message: String, sql: String) {
        let failure = Failure(
            code: code,
            message: message,
            sql: String(decoding: sql.utf8.prefix(SQLiteLimits.errorSQLBytes), as: UTF8.self)
        )
        self =
            switch code & 0xff {
            // The file's shared memory could not grow: what a disk without a free byte says first.
            case SQLITE_IOERR where code == Self.sharedMemorySize: .full(failure)
            case SQLITE_BUSY, SQLITE_LOCKED: .busy(failure)
            case SQLITE_FULL: .full(failure)
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(failure)
            case SQLITE_CONSTRAINT: .constraint(failure)
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen(failure)
            case SQLITE_READONLY: .readOnly(failure)
            case SQLITE_INTERRUPT: .interrupted(failure)
            case SQLITE_IOERR: .inputOutput(failure)
            default: .other(failure)
            }
    }
}

extension SQLiteError: CustomStringConvertible {
    /// What happened and what to do about it.
    public var description: String {
        switch self {
        case .busy(let failure):
            "another program keeps the database locked; close it and try again: \(failure)"
        case .full(let failure):
            "the disk is full; free some space and try again, nothing was half written: \(failure)"
        case .corrupt(let failure):
            "the database is damaged or not a database; restore a backup: \(failure)"
        case .constraint(let failure):
            "the row breaks a rule of the table: \(failure)"
        case .cannotOpen(let failure):
            "the database cannot be opened; check the path and its permissions: \(failure)"
        case .readOnly(let failure):
            "the database may only be read; check the permissions of the file and its folder: "
                + "\(failure)"
        case .interrupted(let failure):
            "the statement was interrupted and undone: \(failure)"
        case .inputOutput(let failure):
            "reading or writing the disk failed; check the disk, then run verify: \(failure)"
        case .other(let failure):
            "the database refused: \(failure)"
        case .notUnicode(let column):
            "column \(column) holds text that is not UTF-8; restore a backup or rebuild"
        case .newerFile(let found, let known):
            "the database has version \(found), this program knows up to \(known); "
                + "update the program"
        }
    }
}

extension SQLiteError.Failure: CustomStringConvertible {
    /// SQLite's words, its code and the statement.
    public var description: String {
        sql.isEmpty ? "\(message) (\(code))" : "\(message) (\(code)) in: \(sql)"
    }
}

/// An error type with a case for SQLite's errors, so that transactions can throw it.
///
/// An enum conforms by having `case sqlite(SQLiteError)`.
public protocol WrapsSQLiteError: Error {
    /// The same failure as this type's own error.
    static func sqlite(_ error: SQLiteError) -> Self
}

extension SQLiteError: WrapsSQLiteError {
    /// Itself.
    public static func sqlite(_ error: SQLiteError) -> SQLiteError { error }
}

/// The numbers that bound what a connection accepts and how long it waits.
public enum SQLiteLimits {
    /// The longest text, blob or row, in bytes; SQLite refuses more before it reserves memory.
    public static let valueBytes: Int32 = 64 << 20
    /// How long a statement waits for another connection's lock.
    public static let busyMilliseconds: Int32 = 5_000
    /// The same within ``Connection/waitingBriefly(_:)``.
    public static let briefMilliseconds: Int32 = 100
    /// How much of a statement's text an error carries.
    public static let errorSQLBytes = 300
    /// How many lines an integrity check reports.
    public static let integrityLines = 100
    /// Pages copied by one step of a backup: 1 MiB at the usual 4 KiB.
    public static let backupPagesPerStep: Int32 = 256
}
