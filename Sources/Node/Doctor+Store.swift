import Replication
import SQLite
import Store
import Survey

/// What the doctor finds in the database.
extension Doctor {
    func check(_ store: Store) throws -> Finding {
        let line = try store.db.prepare("PRAGMA quick_check(1)")
            .first { row throws(SQLiteError) in try row.text(0) }
        guard line == "ok" else {
            return Finding(
                .database,
                .problem,
                "tệp cơ sở dữ liệu bị hỏng: hãy khôi phục từ bản sao lưu (doorstep restore)",
                "the database file is damaged: restore a backup (doorstep restore)"
            )
        }
        if try store.hasErasedInJournal {
            return Finding(
                .database,
                .problem,
                "dữ liệu đã xóa còn nằm trong nhật ký ghi (-wal): hãy đóng các chương trình đang mở "
                    + "tệp này rồi chạy lại doorstep doctor",
                "erased values still stand in the write-ahead log (-wal): close the programs that keep "
                    + "the file open, then run doorstep doctor again"
            )
        }
        return Finding(.database, .ok, "tệp cơ sở dữ liệu nguyên vẹn", "the database file is sound")
    }

    func exchange(_ store: Store) throws -> Finding {
        guard let unsent = try store.unsentEntries() else {
            return Finding(
                .exchange,
                .ok,
                "máy này không có máy cấp trên",
                "this node has no hub above it"
            )
        }
        if let identity = try store.identity(), try Enrolment.isRevoked(identity, store) {
            let reason = NodeError.revokedNode.words
            return Finding(
                .exchange,
                .problem,
                "\(reason.vi); \(unsent) thay đổi chưa gửi",
                "\(reason.en); \(unsent) changes unsent"
            )
        }
        guard let last = try store.lastNewsOfParent()?.noted(by: now) else {
            return Finding(
                .exchange,
                unsent > 0 ? .problem : .advice,
                "chưa đồng bộ lần nào, \(unsent) thay đổi chờ gửi: hãy chạy doorstep sync",
                "never synced, \(unsent) changes unsent: run doorstep sync"
            )
        }
        let days = (now > last ? now - last : 0) / DoctorLimits.dayMilliseconds
        let isLate = unsent > 0 && days >= DoctorLimits.exchangeDays
        return Finding(
            .exchange,
            isLate ? .problem : .ok,
            "đồng bộ có tin mới cách đây \(days) ngày, \(unsent) thay đổi chờ gửi"
                + (isLate ? ": hãy chạy doorstep sync" : ""),
            "the last sync with news was \(days) days ago, \(unsent) changes unsent"
                + (isLate ? ": run doorstep sync" : "")
        )
    }

    func review(_ store: Store) throws -> Finding {
        let doubled = try store.doubledPlaces()
        guard doubled.same == 0 else {
            return Finding(
                .review,
                .problem,
                "\(doubled.same) cặp thôn, hộ có hai bản ghi, như khi máy xã được khôi phục rồi nhập lại danh "
                    + "sách: hãy xem doorstep duplicate list, gộp từng cặp",
                "\(doubled.same) pairs of villages or households are one place, as after a hub was restored "
                    + "and given its list again: see doorstep duplicate list, and merge them"
            )
        }
        // What a revoked machine has brought too late is decided first: it may be lost with its stick.
        let late = try store.waitingLogs().reduce(0) { $0 + $1.segments }
        guard late == 0 else {
            return Finding(
                .review,
                .advice,
                "\(late) đoạn đến muộn của máy đã thu hồi chờ quyết định: hãy xem nhật ký nào bằng "
                    + "doorstep status, rồi nhận bằng doorstep node admit",
                "\(late) late segments of revoked nodes wait for a decision: see their logs with "
                    + "doorstep status, and let them count with doorstep node admit"
            )
        }
        let count = try store.recordsInReview()
        guard count > 0 else { return numbers(doubled.numbers) }
        return Finding(
            .review,
            .advice,
            "\(count) bản ghi chờ quyết định: hãy xem doorstep conflict list",
            "\(count) records wait for a decision: see doorstep conflict list"
        )
    }

    /// Households that bear the number of another, as after one of them has moved there.
    private func numbers(_ count: Int) -> Finding {
        guard count > 0 else {
            return Finding(.review, .ok, "không có xung đột", "no conflicts")
        }
        return Finding(
            .review,
            .advice,
            "\(count) cặp hộ khác nhau mang cùng một số: hãy xem doorstep duplicate list, ghi cho một hộ "
                + "số khác (record edit, register_code)",
            "\(count) pairs of households bear one number: see doorstep duplicate list, and give one of "
                + "each another (record edit, register_code)"
        )
    }

    /// How near the node has come to what the protocol allows; it speaks up at half.
    func limits(_ store: Store) throws -> Finding {
        let counts = try store.logCounts()
        let nearest =
            [
                (counts.ofNodeInScope, ReplicationLimits.nodeLogsMax),
                (counts.inScope, ReplicationLimits.scopeLogsMax),
                (counts.scopes, ReplicationLimits.scopesMax),
            ].map { $0 * 100 / $1 }.max() ?? 0
        guard nearest >= DoctorLimits.protocolPercent else {
            return Finding(
                .limits,
                .ok,
                "còn xa giới hạn của giao thức",
                "the limits of the protocol are far away"
            )
        }
        return Finding(
            .limits,
            nearest >= 100 ? .problem : .advice,
            "đã dùng \(nearest)% giới hạn của giao thức: tối đa \(counts.ofNodeInScope) nhật ký của một "
                + "máy và \(counts.inScope) trong một phạm vi, \(counts.scopes) phạm vi; hãy đăng ký mới "
                + "những máy hay được khôi phục hoặc sao chép",
            "\(nearest) % of a limit of the protocol is used: at most \(counts.ofNodeInScope) logs of one "
                + "node and \(counts.inScope) in one scope, \(counts.scopes) scopes; enrol anew the "
                + "machines that are often restored or copied"
        )
    }

    func rights(_ store: Store) throws -> Finding {
        let waiting = try store.waitingEntries()
        guard !waiting.isEmpty else {
            return Finding(
                .rights,
                .ok,
                "không có thay đổi nào chờ quyền ghi",
                "no changes wait for a right to write"
            )
        }
        let scopes = Set(waiting.map(\.scope)).sorted().joined(separator: ", ")
        return Finding(
            .rights,
            .problem,
            "\(waiting.count) thay đổi chờ được ghi lại vào \(scopes), nơi máy này không còn quyền ghi: "
                + "hãy xin xã cấp lại chứng thư",
            "\(waiting.count) changes wait to be written again in \(scopes), which this node may no "
                + "longer write: ask the hub for a certificate that covers it"
        )
    }

    func backup(_ store: Store) throws -> Finding {
        guard try Backup.recoveryKey(of: store) != nil else {
            return Finding(
                .backup,
                .advice,
                "chưa có khóa khôi phục: hãy tạo bằng doorstep backup --new-key",
                "no recovery key yet: make one with doorstep backup --new-key"
            )
        }
        guard let last = try Backup.lastTime(of: store)?.noted(by: now) else {
            return Finding(
                .backup,
                .advice,
                "chưa sao lưu lần nào: hãy chạy doorstep backup",
                "never backed up: run doorstep backup"
            )
        }
        let days = (now > last ? now - last : 0) / DoctorLimits.dayMilliseconds
        let isLate = days >= DoctorLimits.backupDays
        return Finding(
            .backup,
            isLate ? .advice : .ok,
            "sao lưu cách đây \(days) ngày" + (isLate ? ": hãy chạy doorstep backup" : ""),
            "backed up \(days) days ago" + (isLate ? ": run doorstep backup" : "")
        )
    }
}

extension UInt64 {
    /// A time in milliseconds that a clock can have noted by now; nil for one that it noted while it was
    /// ahead by more than a day: that says nothing of when it was.
    func noted(by now: UInt64) -> UInt64? {
        self > now + DoctorLimits.dayMilliseconds ? nil : self
    }
}
