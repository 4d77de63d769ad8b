package import Causality
import Replication
import SQLite
import Store
package import Survey

/// What somebody did with persons' data.
package enum AccessAction: String, CaseIterable, Sendable {
    /// One record, with what belongs to it.
    case show
    case history
    /// Personal numbers in full, which pages mask.
    case numbers
    /// The values of one record that are in question.
    case conflict
    case find
    /// The households that somebody has still to visit.
    case worklist
    /// Who lacks something.
    case missing
    case conflicts
    case duplicates
    /// What is still open in households.
    case check
    /// Records as a file.
    case export

    package var label: Label {
        switch self {
        case .show: Label("Xem", "Show")
        case .history: Label("Xem lịch sử", "History")
        case .numbers: Label("Xem số giấy tờ", "Numbers shown")
        case .conflict: Label("Xem điểm khác nhau", "Conflict")
        case .find: Label("Tìm", "Find")
        case .worklist: Label("Danh sách hộ phải đến", "Households to visit")
        case .missing: Label("Danh sách còn thiếu", "Who lacks what")
        case .conflicts: Label("Danh sách chờ xử lý", "To decide")
        case .duplicates: Label("Danh sách nghi trùng", "Duplicates")
        case .check: Label("Danh sách việc còn lại", "What is open")
        case .export: Label("Xuất dữ liệu", "Export")
        }
    }

    /// Whether many persons' data leaves the program.
    fileprivate var takesDataOut: Bool { self == .export }
}

/// One entry of the access log.
package struct AccessEntry: Hashable, Sendable {
    package let id: RecordID
    /// Milliseconds since 1970, by the clock of the node.
    package let at: UInt64
    package let who: String
    /// Name of the node on which it happened.
    package let node: String
    /// As it is stored: another version may know more actions.
    package let action: String
    package let record: String?
    package let scope: String?
    package let filter: String?
    package let count: Int?
    package let reason: String?
    package let via: String?
}

/// Which entries of the access log.
package struct AccessQuery: Hashable, Sendable {
    package var who: String?
    /// Readings of this record; of a person also those of a household that listed it then.
    package var record: RecordID?
    /// Milliseconds since 1970.
    package var since: UInt64 = 0
    package var limit: Int
    /// The latest entries that are left out.
    package var offset: Int

    package init(limit: Int = 1000, offset: Int = 0) {
        self.limit = limit
        self.offset = offset
    }
}

package enum AccessLimits {
    /// The same reading by the same person within this time is one entry.
    package static let repeated: UInt64 = 5 * 60 * 1000
}

/// The access log (nhật ký truy cập): who has looked at whose data.
///
/// Entries are records like any other: durable before anything is shown, signed by the node, and
/// brought to the hub by the next exchange. They lie in the scope of what was looked at where the
/// node may write it, else in the node's own; at a hub in the hub's own, which no village reads.
/// They hold ids and numbers, never a name, a value, or the words of a search.
///
/// **When it cannot be written** (a full disk, a medium that may only be read), looking at records goes on: at a door the address is
/// needed now, nothing leaves the program, and ``LocalNode/unloggedReadings`` tells whoever serves or
/// prints to say so. Taking data out, with names, is refused: that can wait for a free disk.
extension LocalNode {
    /// Enters that somebody has read one record, unless he has created it himself, and all that is
    /// shown with it.
    ///
    /// `showing`: the records that are, such as the people of a household.
    package func logRecord(
        _ action: AccessAction,
        _ id: RecordID,
        type: RecordType,
        scope: String,
        showing others: () throws -> [RecordID] = { [] }
    ) {
        guard type.holdsPersons else { return }
        log(action) {
            // A text without its author would be everybody's own.
            let isOfOthers =
                try user.isEmpty || store.recorder(of: id) != user
                || others().contains { try store.recorder(of: $0) != user }
            return isOfOthers ? Access(record: id.description, scope: scope) : nil
        }
    }

    /// Enters that somebody has read a list: one entry, with the number of its rows.
    package func logList(
        _ action: AccessAction,
        _ types: [RecordType],
        scope: String?,
        filter: String? = nil
    ) {
        let persons = types.filter(\.holdsPersons)
        guard !persons.isEmpty else { return }
        log(action) {
            Access(
                scope: scope,
                filter: filter ?? Set(persons.map(\.name)).sorted().joined(separator: " "),
                count: persons.count
            )
        }
    }

    /// Enters an export before it begins; throws where that fails.
    func logExport(of type: RecordType, _ options: ExportOptions) throws {
        guard type.holdsPersons else { return }
        let count = try store.count(
            of: type.name,
            under: options.scope,
            includingGone: options.includesGone
        )
        guard count > 0 else { return }
        try enter(
            .export,
            Access(scope: options.scope, filter: type.name, count: count, reason: options.reason)
        )
    }

    private func log(_ action: AccessAction, _ access: () throws -> Access?) {
        do {
            if let access = try access() { try enter(action, access) }
        } catch {
            unloggedReadings += 1
        }
    }

    private func enter(_ action: AccessAction, _ access: Access) throws {
        // Within a reading it would be undone, and within a change undone with it.
        precondition(!store.db.isInTransaction, "the access log is written outside of transactions")
        // A node that belongs to no commune holds nobody's data.
        guard try store.identity() != nil else { return }
        do {
            try beginWriting()
            try store.transaction {
                let scope = try scope(ofAccess: access)
                guard try action.takesDataOut || !isRepeated(action, access, in: scope) else {
                    return
                }
                try store.save(scope: scope, author: user) {
                    _ = $0.add("access", cells(action, access))
                }
            }
        } catch {
            guard action.takesDataOut else { throw error }
            throw NodeError.user(.accessNotLogged)
        }
    }

    private func cells(_ action: AccessAction, _ access: Access) -> [Cell] {
        let values: [(String, Value?)] = [
            ("who", .text(user)), ("action", .text(action.rawValue)),
            ("record", access.record.map { .text($0) }),
            ("scope", access.scope.map { .text($0) }),
            ("filter", access.filter.map { .text(String($0.prefix(200))) }),
            ("count", access.count.map { .integer(Int64($0)) }),
            ("reason", access.reason.map { .text(TextFold.normalized(String($0.prefix(200)))) }),
            ("via", .text(String(via.prefix(60)))), ("at", .integer(Int64(clamping: now))),
        ]
        return values.compactMap { name, value in value.map { Cell(name, $0) } }
    }

    private func scope(ofAccess access: Access) throws -> String {
        let certificate = try certificate()
        if certificate.kind == .hub { return try hubScope() }
        if let scope = access.scope, certificate.mayWrite(scope) { return scope }
        guard let own = try signInScopes().first else {
            throw StoreError.notAllowed(scope: access.scope ?? "")
        }
        return own
    }

    /// Only entries of the scope that this one would go to: nobody else silences the log.
    private func isRepeated(
        _ action: AccessAction,
        _ access: Access,
        in scope: String
    ) throws -> Bool {
        try store.db.cached(
            """
            SELECT 1 FROM access a JOIN scope s ON s.n = a._scope
            WHERE a.at > ?1 AND a.at <= ?2 AND a.who = ?3 AND a.action = ?4 AND a.record IS ?5
                AND a.scope IS ?6 AND a.filter IS ?7 AND a.count IS ?8 AND s.path = ?9 LIMIT 1
            """
        ).bind(
            all: Int64(clamping: now - min(AccessLimits.repeated, now)),
            Int64(clamping: now),
            user,
            action.rawValue,
            access.record,
            access.scope,
            access.filter,
            access.count.map { Int64($0) },
            scope
        ).first { _ in true } == true
    }

    /// The access log as far as it is here, latest first.
    ///
    /// Entries that somebody has marked as deleted are listed all the same: there is no reason to
    /// delete one.
    package func accessEntries(_ query: AccessQuery) throws -> [AccessEntry] {
        try store.reading {
            let statement = try store.db.prepare(
                """
                SELECT id, at, who, _log, action, record, scope, filter, count, reason, via
                FROM access a WHERE at >= ?1 AND (?2 IS NULL OR who = ?2)
                    AND (?3 IS NULL OR EXISTS (
                        SELECT 1 FROM json_each(?3) s WHERE a.record = s.value ->> 0
                            AND a.at >= s.value ->> 1 AND a.at < s.value ->> 2))
                    ORDER BY at DESC, id DESC LIMIT ?4 OFFSET ?5
                """
            )
            let showing = try query.record.map { try self.showing($0) }
            try statement.bind(
                all: Int64(clamping: query.since),
                query.who,
                showing.map { "[\($0.map(\.json).joined(separator: ","))]" },
                max(query.limit, 0),
                max(query.offset, 0)
            )
            var entries: [AccessEntry] = []
            while try statement.step() { entries.append(try accessEntry(statement)) }
            return entries
        }
    }

    /// What showed a record to whoever read it: itself, what was merged into it, and of a person the
    /// households for as long as they listed it.
    private func showing(_ id: RecordID) throws -> [Showing] {
        let own = [id] + (try store.mergedInto(id))
        var showing = own.map { Showing(record: $0) }
        for record in own where try store.row(of: record)?.type.name == "resident" {
            var last: Showing?
            for entry in try store.history(of: record) {
                guard let cell = entry.cells.first(where: { $0.field == "household" }) else {
                    continue
                }
                let time = Int64(clamping: entry.time.milliseconds)
                last?.until = time
                showing += [last].compactMap(\.self)
                last = cell.new.record.map { Showing(record: $0, since: time) }
            }
            showing += [last].compactMap(\.self)
        }
        return showing
    }

    private func accessEntry(_ row: Statement) throws -> AccessEntry {
        func text(_ column: Int32) throws -> String? {
            row.isNull(column) ? nil : try row.text(column)
        }
        return AccessEntry(
            id: try store.recordID(row.integer(0)),
            at: UInt64(clamping: row.integer(1)),
            who: try row.text(2),
            node: try store.nodeName(ofLog: row.integer(3)),
            action: try row.text(4),
            record: try text(5),
            scope: try text(6),
            filter: try text(7),
            count: row.isNull(8) ? nil : Int(row.integer(8)),
            reason: try text(9),
            via: try text(10)
        )
    }
}

/// A record that shows another, and from when until when, milliseconds since 1970.
private struct Showing {
    let record: RecordID
    var since: Int64 = 0
    var until = Int64.max

    var json: String { "[\"\(record)\",\(since),\(until)]" }
}

/// What was looked at.
private struct Access {
    var record: String?
    var scope: String?
    var filter: String?
    var count: Int?
    var reason: String?
}

extension RecordType {
    /// Whether its records tell something of persons: households and all that belongs to them, and
    /// whatever has a person's name.
    fileprivate var holdsPersons: Bool {
        switch purpose {
        case .administration: false
        case .units: fields.contains(where: \.isPersonName)
        default: true
        }
    }
}
