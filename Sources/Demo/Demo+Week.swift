import Causality
import Node
import Replication
import Sealing
import Store
import Survey
import Synthetic

/// The week: offline days, a backup that comes back, sticks with troubles of their own.
extension Demo {
    /// Villages to which something happens, where there are so many.
    private var restored: Int { 1 }
    private var late: Int { 2 }
    private var twice: Int { 3 }
    private var truncated: Int { 4 }

    func surveyWeek() throws {
        step("Khảo sát ngoại tuyến \(options.days) ngày", "\(options.days) days of survey offline")
        var done = 0
        for day in 0..<options.days {
            clock.set(fieldwork.plan.firstDay.adding(days: day).milliseconds(hour: 8))
            if day == 1 { try backUp() }
            for village in villages {
                for visit in fieldwork.saves(village: village.index, day: day) {
                    try save(visit.records, at: village.node, scope: village.scope, by: visit.by)
                    count(visit)
                    clock.advance(minutes: 1)
                }
                done += 1
                say(.progress(done: done, of: options.days * villages.count))
            }
            // Early in the week one village brings its stick, so that the hub has more than the
            // backup that its laptop will come back from.
            if day == 1, villages.indices.contains(restored) {
                try carry(stick(restored), to: [villages[restored].node, hub])
            }
        }
        tell(
            """
            \(result.visits) lượt đến, không cần mạng: \(result.refusals) lượt bị từ chối, \
            \(result.nobodyMet) lượt không gặp ai, \(result.away) người đi vắng
            """,
            """
            \(result.visits) visits, without any network: \(result.refusals) refused, \
            \(result.nobodyMet) met nobody, \(result.away) people are away
            """
        )
        try editTheSame()
        try restore()
    }

    private func count(_ visit: SyntheticSave) {
        result.visits += 1
        if visit.outcome == "refused" { result.refusals += 1 }
        if visit.outcome == "no-contact" { result.nobodyMet += 1 }
        result.away += visit.records.count { record in
            record.type == "resident" && record.text("presence")?.hasPrefix("away") == true
        }
    }

    private func stick(_ village: Int) -> String {
        "\(options.folder)/usb-\(village + 1)"
    }

    private var backup: String { "\(options.folder)/thon-2.backup" }

    /// A village's backup from early in the week, sealed to a recovery key that is kept on paper.
    private func backUp() throws {
        guard villages.indices.contains(restored),
            let folder = villages[restored].node.folder
        else { return }
        let key = RecoveryKey.random()
        let store = villages[restored].node.store
        _ = try Backup.write(
            store,
            database: folder.database,
            to: backup,
            software: Self.software,
            recipient: key.openingKey.sealingKey
        )
        try Backup.setRecoveryKey(key.openingKey.sealingKey, of: store)
        recoveryKey = key.text
        tell(
            "\(villages[restored].name) sao lưu, niêm phong bằng khóa khôi phục ghi trên giấy",
            "\(villages[restored].name) makes a backup, sealed to a recovery key kept on paper"
        )
    }

    /// Hub and village change one household without knowing of each other.
    private func editTheSame() throws {
        guard let village = villages.first, let household = try shared(village) else { return }
        try hub.store.save(scope: village.scope, author: hub.user) {
            $0.set(
                "household",
                household,
                [
                    Cell("phone", .text("0905990001")),
                    Cell("address", .text("Tổ 1, cạnh nhà văn hóa")),
                ]
            )
        }
        try village.node.store.save(scope: village.scope, author: "cb-01") {
            $0.set(
                "household",
                household,
                [Cell("phone", .text("0905990002")), Cell("note", .text("Gọi buổi chiều"))]
            )
        }
        tell(
            "Xã và \(village.name) cùng sửa điện thoại của một hộ mà không biết nhau",
            "The hub and \(village.name) change the phone of one household, unaware of each other"
        )
    }

    private func shared(_ village: DemoVillage) throws -> RecordID? {
        var found: RecordID?
        try hub.store.forEachRecord(of: "household", under: village.scope) { row in
            if found == nil { found = row.id }
        }
        return found
    }

    /// A laptop breaks; its backup is from early in the week.
    ///
    /// What it had brought to the hub comes back from there, what it saves from now on never
    /// collides with what it wrote before.
    private func restore() throws {
        guard villages.indices.contains(restored), let recoveryKey else { return }
        let village = villages[restored]
        let folder = NodeFolder("\(options.folder)/thon-2-moi")
        let saved = try Restore(description: .doorstep, environment: clock.environment).run(
            backup,
            key: RecoveryKey(text: recoveryKey),
            to: folder.path,
            databaseName: NodeFolder.databaseName
        )
        village.node = try LocalNode(
            opening: folder,
            user: village.node.user,
            environment: clock.environment
        )
        let day = CalendarDay(milliseconds: saved.backup.time)
        tell(
            "Máy của \(village.name) hỏng, khôi phục từ bản sao lưu ngày \(day)",
            "The laptop of \(village.name) breaks and is restored from its backup of \(day)"
        )
        try village.node.store.save(scope: village.scope, author: village.node.user) { batch in
            _ = batch.add(
                "household",
                [
                    Cell("address", .text("Tổ 9, nhà mới")), Cell("state", .text("occupied")),
                ]
            )
        }
    }

    // MARK: Sticks

    func bringSticks() throws {
        step("Mang USB về xã", "Bringing the sticks to the commune")
        for village in villages {
            try carry(stick(village.index), to: [village.node])
        }
        if let station {
            let stick = options.folder + "/usb-tram-y-te"
            try carry(stick, to: [station, hub])
        }
        let inbox = "\(try hub.certificate().node)"
        for village in villages where village.index != late {
            let folder = "\(stick(village.index))/doorstep/\(inbox)"
            let names = try Files.list(folder)
            switch village.index {
            case truncated: try cut(folder, names, village)
            case twice:
                for name in names {
                    try Files.copy("\(folder)/\(name)", to: "\(folder)/\(name).lan-hai")
                }
            default: break
            }
            try carry(stick(village.index), to: [hub])
            if village.index == twice { try again(folder, village) }
        }
        if villages.indices.contains(late) {
            try carry(stick(late), to: [hub])
            tell(
                "USB của \(villages[late].name) đến muộn: vẫn đủ",
                "The stick of \(villages[late].name) comes late: nothing is missing"
            )
        }
    }

    private func cut(_ folder: String, _ names: [String], _ village: DemoVillage) throws {
        for name in names {
            let bytes = try Files.read("\(folder)/\(name)", limit: 64 << 20)
            try Files.write(Array(bytes[..<(bytes.count * 2 / 3)]), to: "\(folder)/\(name)")
        }
        tell(
            "USB của \(village.name) bị rút sớm: gói chỉ còn hai phần ba",
            "The stick of \(village.name) was pulled early: two thirds of the bundle are there"
        )
    }

    /// The same bundle is fed once more: nothing changes.
    private func again(_ folder: String, _ village: DemoVillage) throws {
        for name in try Files.list(folder) where name.hasSuffix(".lan-hai") {
            try Files.rename("\(folder)/\(name)", to: "\(folder)/" + name.dropLast(8))
        }
        let before = try hub.store.vector(village.scope)
        try carry(stick(village.index), to: [hub])
        let isSame = try hub.store.vector(village.scope) == before
        tell(
            "USB của \(village.name) đọc hai lần: \(isSame ? "không có gì đổi" : "có thay đổi!")",
            "The stick of \(village.name) is read twice: \(isSame ? "nothing changes" : "a change!")"
        )
    }

    // MARK: Decisions

    func decide() throws {
        step("Xung đột chờ người quyết định", "Conflicts that wait for a person")
        let items = try hub.store.conflicts()
        result.conflicts = items.count
        guard let item = items.first(where: { $0.disputed.contains("phone") }) else { return }
        let detail = try hub.store.conflict(item.id)
        guard let disputed = detail.disputed.first(where: { $0.name == "phone" }) else { return }
        for value in disputed.values {
            let text = value.value.text ?? ""
            tell(
                "Điện thoại \(text): \(value.author) ở \(value.node)",
                "Phone \(text): \(value.author) at \(value.node)"
            )
        }
        guard let chosen = disputed.values.first(where: { $0.author != hub.user }) else { return }
        try hub.store.resolve(
            item.id,
            field: "phone",
            value: chosen.value,
            seen: detail.stamp,
            author: hub.user
        )
        result.decided += 1
        tell(
            "Xã chọn số do \(chosen.author) ghi; còn \(result.conflicts - 1) bản ghi chờ",
            "The hub takes the one by \(chosen.author); \(result.conflicts - 1) records still wait"
        )
    }

    func comeTogether() throws {
        step("Đồng bộ lại cho đến khi mọi nơi như nhau", "Syncing until everybody has the same")
        for _ in 0..<3 {
            for village in villages {
                try carry(stick(village.index), to: [village.node, hub, village.node])
            }
            if let station {
                try carry(options.folder + "/usb-tram-y-te", to: [station, hub, station])
            }
        }
        result.isConverged = try nodes.allSatisfy { node in
            try node.store.scopes().allSatisfy { scope in
                try node.store.vector(scope) == hub.store.vector(scope)
            }
        }
        tell(
            result.isConverged ? "Mọi thôn khớp với xã" : "Còn thôn chưa khớp với xã",
            result.isConverged ? "Every village agrees with the hub" : "Some village still differs"
        )
    }
}
