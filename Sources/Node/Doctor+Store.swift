import SQLite
import Store

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
        return Finding(.database, .ok, "tệp cơ sở dữ liệu nguyên vẹn", "the database file is sound")
    }

    func exchange(_ store: Store) throws -> Finding {
        guard let unsent = try store.unsentEntries() else {
            return Finding(
                .exchange,
                .ok,
                "nút này không có nút cấp trên",
                "this node has no hub above it"
            )
        }
        guard let last = try store.lastNewsOfParent() else {
            return Finding(
                .exchange,
                unsent > 0 ? .problem : .advice,
                "chưa đồng bộ lần nào, \(unsent) thay đổi chưa gửi: hãy chạy doorstep sync",
                "never synced, \(unsent) changes unsent: run doorstep sync"
            )
        }
        let days = (now > last ? now - last : 0) / DoctorLimits.dayMilliseconds
        let isLate = unsent > 0 && days >= DoctorLimits.exchangeDays
        return Finding(
            .exchange,
            isLate ? .problem : .ok,
            "đồng bộ có tin mới cách đây \(days) ngày, \(unsent) thay đổi chưa gửi"
                + (isLate ? ": hãy chạy doorstep sync" : ""),
            "the last sync with news was \(days) days ago, \(unsent) changes unsent"
                + (isLate ? ": run doorstep sync" : "")
        )
    }

    func review(_ store: Store) throws -> Finding {
        let count = try store.recordsInReview()
        guard count > 0 else {
            return Finding(.review, .ok, "không có xung đột", "no conflicts")
        }
        return Finding(
            .review,
            .advice,
            "\(count) bản ghi chờ quyết định: hãy xem doorstep conflict list",
            "\(count) records wait for a decision: see doorstep conflict list"
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
        guard let last = try Backup.lastTime(of: store) else {
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
