import Causality
private import Glibc
package import Store
package import Survey

/// One thing that the doctor looked at, and what to do about it.
package struct Finding: Hashable, Sendable {
    package enum Topic: String, Hashable, Sendable, CaseIterable {
        case encryption
        case space
        case clock
        case permissions
        case exchange
        case review
        case rights
        case backup
        case version
        case writeAheadLog
        case database
        case unfinished
        case limits
    }

    package enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
        case ok
        case advice
        case problem

        package static func < (left: Level, right: Level) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    package let topic: Topic
    package let level: Level
    /// Names no person and holds no values of records.
    package let text: Label

    init(_ topic: Topic, _ level: Level, _ vi: String, _ en: String) {
        self.topic = topic
        self.level = level
        text = Label(vi, en)
    }
}

/// The numbers from which the doctor speaks up.
package enum DoctorLimits {
    /// Less free space than this: the next large sync may not fit.
    package static let freeBytesProblem = 128 << 20
    package static let freeBytesAdvice = 1 << 30
    /// Less than this is a full disk, where a write may fail at any moment.
    package static let freeBytesFull = 16 << 20
    /// A write-ahead log larger than this was not checkpointed for long.
    package static let walBytes = 64 << 20
    /// How long the word of a hub or of the network about this clock counts: milliseconds.
    static let clockWordAge: UInt64 = 3_600_000
    /// Entries may bear times that lie this far ahead without a word: milliseconds.
    static let clockSkew = UInt64(PeerStatus.clockTolerance)
    /// 2025-01-01 UTC, milliseconds: earlier is a clock whose battery is dead.
    package static let earliestTime: UInt64 = 1_735_689_600_000
    package static let exchangeDays: UInt64 = 7
    package static let backupDays: UInt64 = 14
    /// Of a limit of the protocol, before a node stops at it.
    static let protocolPercent = 50
    static let dayMilliseconds: UInt64 = 86_400_000
    /// Names of files that a finding lists.
    static let namesShown = 3
}

/// Looks at a node and the machine under it, and changes nothing but this: the copy in clear that a
/// killed backup has left is removed.
package struct Doctor {
    private let folder: String
    private let database: String
    private let software: String
    private let disk: DiskPaths
    let clockMark: String
    let now: UInt64

    /// - Parameters:
    ///   - folder: the node's folder.
    ///   - database: the path of its database.
    ///   - software: name and version of this program.
    ///   - now: milliseconds since 1970.
    ///   - disk: where the system tells of its disks.
    ///   - clockMark: the file that is there once the system's clock was set by the network
    ///     (systemd-timesyncd.service(8)).
    package init(
        folder: String,
        database: String,
        software: String,
        now: UInt64,
        disk: DiskPaths = DiskPaths(),
        clockMark: String = "/run/systemd/timesync/synchronized"
    ) {
        self.folder = folder
        self.database = database
        self.software = software
        self.now = now
        self.disk = disk
        self.clockMark = clockMark
    }

    /// Everything about the machine; with the store also about what it holds.
    ///
    /// That it could not be opened is a finding too, with its reason: not each asks for a backup.
    package func examine(_ opening: Result<Store, any Error>) throws -> [Finding] {
        let machine = [
            encryption(), try space(), permissions(), writeAheadLog(), version(), unfinished(),
        ]
        let store: Store
        do {
            store = try opening.get()
        } catch {
            let reason = words(for: error)
            return machine + [
                clock(), Finding(.database, .problem, reason.vi, reason.en),
            ]
        }
        return machine + [
            try clock(store), try check(store), try exchange(store),
            try review(store), try rights(store), try backup(store), try limits(store),
        ]
    }

    // MARK: The machine

    private func encryption() -> Finding {
        switch disk.encryption(of: folder) {
        case .encrypted:
            Finding(.encryption, .ok, "ổ đĩa được mã hóa", "the disk is encrypted")
        case .plain:
            Finding(
                .encryption,
                .problem,
                "ổ đĩa không được mã hóa: ai lấy được máy sẽ đọc được dữ liệu; hãy cài lại với LUKS",
                "the disk is not encrypted: whoever takes the machine reads the data; "
                    + "install it anew with LUKS"
            )
        case .unknown:
            Finding(
                .encryption,
                .advice,
                "không xác định được ổ đĩa có được mã hóa hay không: hãy hỏi người cài máy",
                "it cannot be told whether the disk is encrypted: ask who set up the machine"
            )
        }
    }

    private func space() throws(NodeError) -> Finding {
        guard let free = Files.freeBytes(folder) else {
            throw .cannotRead(path: folder, code: errno)
        }
        let size = (try? FileReader(database).size()) ?? 0
        let (vi, en) = (Self.size(free, decimal: ","), Self.size(free, decimal: "."))
        // A rebuild and a backup each need as much again as the database.
        if free < max(DoctorLimits.freeBytesProblem, size) {
            return Finding(
                .space,
                .problem,
                "chỉ còn \(vi) trống: hãy xóa bớt tệp khác trên ổ đĩa",
                "only \(en) free: remove other files from the disk"
            )
        }
        if free < max(DoctorLimits.freeBytesAdvice, 3 * size) {
            return Finding(
                .space,
                .advice,
                "còn \(vi) trống: nên dọn bớt ổ đĩa",
                "\(en) free: make room on the disk soon"
            )
        }
        return Finding(.space, .ok, "còn \(vi) trống", "\(en) free")
    }

    /// In GiB with one decimal, cut, or in whole MiB below one GiB.
    private static func size(_ bytes: Int, decimal: String) -> String {
        let mebibytes = bytes >> 20
        guard mebibytes >= 1024 else { return "\(mebibytes) MiB" }
        return "\(mebibytes / 1024)\(decimal)\(mebibytes % 1024 * 10 / 1024) GiB"
    }

    private func permissions() -> Finding {
        var open: [String] = []
        var foreign: [String] = []
        let names = (try? Files.list(folder)) ?? []
        for name in ["."] + names {
            var info = stat()
            guard unsafe stat(folder + "/" + name, &info) == 0 else { continue }
            if info.st_mode & 0o077 != 0 { open.append(name) }
            if info.st_uid != geteuid() { foreign.append(name) }
        }
        if !open.isEmpty {
            let shown = Self.shown(open)
            return Finding(
                .permissions,
                .problem,
                "người dùng khác trên máy đọc được: \(shown); hãy chạy chmod -R go= trên thư mục",
                "other users of the machine can read \(shown): run chmod -R go= on the folder"
            )
        }
        if !foreign.isEmpty {
            let shown = Self.shown(foreign)
            return Finding(
                .permissions,
                .problem,
                "thuộc về tài khoản khác: \(shown); hãy chạy bằng tài khoản đó hoặc chown",
                "owned by another account: \(shown); run as that account, or chown"
            )
        }
        return Finding(
            .permissions,
            .ok,
            "chỉ chủ sở hữu đọc được thư mục",
            "only its owner can read the folder"
        )
    }

    private static func shown(_ names: [String]) -> String {
        let rest = names.count - DoctorLimits.namesShown
        return names.prefix(DoctorLimits.namesShown).joined(separator: ", ")
            + (rest > 0 ? ", +\(rest)" : "")
    }

    private func writeAheadLog() -> Finding {
        let bytes = (try? FileReader(database + "-wal").size()) ?? 0
        guard bytes > DoctorLimits.walBytes else {
            return Finding(.writeAheadLog, .ok, "nhật ký ghi nhỏ", "the write-ahead log is small")
        }
        return Finding(
            .writeAheadLog,
            .advice,
            "nhật ký ghi (-wal) có \(bytes >> 20) MiB: hãy đóng các chương trình đang mở tệp này",
            "the write-ahead log has \(bytes >> 20) MiB: close programs that keep the file open"
        )
    }

    /// Databases in clear that a killed backup, restore or init has left beside the node or in it.
    private func unfinished() -> Finding {
        switch Backup.removeLeftOver(of: database) {
        case .none: break
        case .removed:
            return Finding(
                .unfinished,
                .advice,
                "đã xóa bản sao không mã hóa mà lần sao lưu bị ngắt để lại: hãy sao lưu lại",
                "a copy in clear that a backup cut short had left was removed: make the backup again"
            )
        case .left(let path):
            return Finding(
                .unfinished,
                .problem,
                "lần sao lưu bị ngắt còn để lại dữ liệu không mã hóa: hãy xóa \(path)",
                "a backup that was cut short has left data in clear: remove \(path)"
            )
        }
        let left = [Files.folder(of: folder), folder].flatMap(Files.unfinishedFolders(in:))
        guard let first = left.first else {
            return Finding(.unfinished, .ok, "không có gì bị bỏ dở", "nothing was left unfinished")
        }
        let rest = left.count > 1 ? " (+\(left.count - 1))" : ""
        return Finding(
            .unfinished,
            .problem,
            "lần khôi phục hay tạo máy bị ngắt còn để lại dữ liệu không mã hóa: \(first)\(rest); "
                + "hãy xóa thư mục đó",
            "a restore or init that was cut short has left data in clear: \(first)\(rest); "
                + "remove that folder"
        )
    }

    private func version() -> Finding {
        Finding(.version, .ok, "phiên bản \(software)", "version \(software)")
    }
}
