import Causality
import Replication
import SQLite
import Store

extension Round {
    /// Plays the whole story once.
    func play() throws {
        let names =
            ["plain.db", "hub.db", "stick-hub.db"] + input.rows.indices.map { "village-\($0).db" }
        for name in names { folder.removeDatabase(name) }
        let villages = try input.rows.indices.map {
            try commune.village($0, path: folder.file("village-\($0).db"))
        }
        bundles = try record(into: villages)
        let plain = try PlainBaseline(path: folder.file("plain.db"))
        let hub = try commune.hub(path: folder.file("hub.db"))
        note(.plainSync, try seconds { for rows in input.rows { try plain.load(rows) } })
        note(.sync, try exchange(bundles, villages, hub))
        try weigh(plain, hub)
        try compare(plain, hub)
        // Not earlier: the rows of plain SQLite have the numbers that the villages' records get.
        for village in villages { try hub.enrol(village) }
        try measureEdits(villages, plain, hub)
        try compare(plain, hub)
        try measureNothingChanged(villages[0], hub)
        try measureSaves(villages[0])
        note(.rebuild, try seconds { try hub.store.rebuild() })
        try compare(plain, hub)
        note(.referenceQuery, try seconds { try ReferenceQuery.run(plain.db) })
        if let survey { note(.indicators, try seconds { try survey.report() }) }
        try measureConflicts(villages, plain, hub)
    }

    /// The villages' first bundles, and nothing else; but for the first `kept`, which are returned, one
    /// village's file at a time.
    func recordOnly(keeping kept: Int) throws -> [BenchNode] {
        bundles = []
        var villages: [BenchNode] = []
        for number in input.rows.indices {
            let name = number < kept ? "village-\(number).db" : "village.db"
            folder.removeDatabase(name)
            let village = try commune.village(number, path: folder.file(name))
            _ = try record(number, village)
            bundles.append(try village.request())
            if number < kept { villages.append(village) }
        }
        return villages
    }

    /// What these villages edit once a hub has what they sent first, as bundles.
    func editOnly(_ villages: [BenchNode]) throws -> [[UInt8]] {
        folder.removeDatabase("hub.db")
        let hub = try commune.hub(path: folder.file("hub.db"))
        _ = try exchange(Array(bundles.prefix(villages.count)), villages, hub)
        return try edit(villages)
    }

    /// The seconds that an empty hub takes for the villages' first bundles, and for what some of them
    /// have edited since.
    func syncOnly(
        then edits: [[UInt8]] = [],
        of villages: [BenchNode] = []
    ) throws -> (
        sync: Double, edits: Double
    ) {
        folder.removeDatabase("hub.db")
        let hub = try commune.hub(path: folder.file("hub.db"))
        let sync = try seconds { for bundle in bundles { try hub.receive(bundle) } }
        for village in villages { try hub.enrol(village) }
        return (sync, try seconds { for bundle in edits { try hub.receive(bundle) } })
    }

    /// The hub takes each bundle; its replies travel back, off the clock.
    private func exchange(
        _ bundles: [[UInt8]],
        _ villages: [BenchNode],
        _ hub: BenchNode
    ) throws -> Double {
        var sessions: [ExchangeSession] = []
        let time = try seconds {
            for bundle in bundles { sessions.append(try hub.receive(bundle)) }
        }
        for (village, session) in zip(villages, sessions) {
            try village.take(reply: try hub.reply(session))
        }
        return time
    }

    private func weigh(_ plain: PlainBaseline, _ hub: BenchNode) throws {
        for db in [plain.db, hub.store.db] {
            _ = try db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").rows { $0.integer(0) }
        }
        note(.plainFile, Double(try folder.size("plain.db")))
        note(.file, Double(try folder.size("hub.db")))
    }

    /// The hub must hold, row for row, what plain SQLite holds.
    private func compare(_ plain: PlainBaseline, _ hub: BenchNode) throws {
        try hub.store.db.execute("ATTACH '\(folder.file("plain.db"))' AS plain")
        defer { try? hub.store.db.execute("DETACH plain") }
        for kind in WorkloadKind.allCases {
            let columns = (["id"] + kind.columns.map(\.name)).map { "\"\($0)\"" }
                .joined(separator: ", ")
            let differing = try hub.store.db.prepare(
                """
                SELECT count(*) FROM (
                    SELECT \(columns) FROM plain.\(kind.table)
                    EXCEPT SELECT \(columns) FROM main.\(kind.table))
                """
            ).first { $0.integer(0) }
            guard differing == 0 else {
                throw BenchError.differs(table: kind.table, rows: Int(differing ?? 0))
            }
        }
    }

    private func measureEdits(
        _ villages: [BenchNode],
        _ plain: PlainBaseline,
        _ hub: BenchNode
    ) throws {
        let bundles = try edit(villages)
        note(.editBytes, Double(bundles.reduce(0) { $0 + $1.count }))
        let updates = try input.workload.edits.map { edit in
            (edit, try plain.update(edit.kind, columns: edit.changes.map(\.column)))
        }
        note(
            .plainEdits,
            try seconds {
                for village in villages.indices {
                    try plain.transaction {
                        for (edit, statement) in updates where edit.village == village {
                            try self.update(edit, statement)
                        }
                    }
                }
            }
        )
        note(.edits, try exchange(bundles, villages, hub))
        try measureStick(bundles, of: villages)
    }

    /// A hub that is brought the same on one stick: first everything, then the edits.
    private func measureStick(_ edits: [[UInt8]], of villages: [BenchNode]) throws {
        let hub = try commune.hub(path: folder.file("stick-hub.db"))
        note(.stickSync, try seconds { try hub.receive(stick: bundles) })
        for village in villages { try hub.enrol(village) }
        note(.stickEdits, try seconds { try hub.receive(stick: edits) })
    }

    private func update(_ edit: WorkloadEdit, _ statement: Statement) throws {
        let counter = input.visits[edit.village].counter(edit.kind, edit.number)
        try update(BenchCommune.key(edit.village, counter), edit.changes, statement)
    }

    private func update(
        _ key: Int64,
        _ changes: [(column: Int, value: WorkloadValue)],
        _ statement: Statement
    ) throws {
        try statement.bind(key, at: 1)
        for (index, change) in changes.enumerated() {
            switch change.value {
            case .text(let text): try statement.bind(text, at: Int32(index + 2))
            case .integer(let number): try statement.bind(number, at: Int32(index + 2))
            case .reference: break
            }
        }
        try statement.run()
    }

    private func measureNothingChanged(_ village: BenchNode, _ hub: BenchNode) throws {
        func exchange() throws -> (request: [UInt8], reply: [UInt8]) {
            let request = try village.request()
            let reply = try hub.reply(try hub.receive(request))
            try village.take(reply: reply)
            return (request, reply)
        }
        // The first one after news is the receipt of it, which the hub notes.
        _ = try exchange()
        let changes = (village.store.db.totalChanges, hub.store.db.totalChanges)
        let (request, reply) = try exchange()
        note(.requestBytes, Double(request.count))
        note(.replyBytes, Double(reply.count))
        let written =
            village.store.db.totalChanges - changes.0 + hub.store.db.totalChanges - changes.1
        note(.unchangedWrites, Double(written))
    }

    /// The same resident's phone number and job, changed on a village's node and in plain SQLite.
    private func measureSaves(_ village: BenchNode) throws {
        folder.removeDatabase("plain-village.db")
        let plain = try PlainBaseline(path: folder.file("plain-village.db"))
        try plain.load(input.rows[0])
        let update = try plain.update(.resident, columns: [6, 8])
        var ours = Samples()
        var theirs = Samples()
        let visits = input.visits[0]
        for index in 0..<BenchLimits.saves {
            let number = 1 + index * 7 % WorkloadKind.resident.count
            let counter = visits.counter(.resident, number)
            let phone = "09099\(10_000 + index)"
            let job = "Nghề \(index)"
            commune.clock.advance(seconds: 60)
            theirs.add(
                try seconds {
                    try plain.transaction {
                        try update.bind(all: BenchCommune.key(0, counter), phone, job).run()
                    }
                }
            )
            ours.add(
                try seconds {
                    try village.store.save(scope: village.scope, author: "canbo-1-1") { batch in
                        batch.set(
                            "resident",
                            RecordID(origin: BenchCommune.origin(0), counter: counter),
                            [Cell("phone", .text(phone)), Cell("job", .text(job))]
                        )
                    }
                }
            )
        }
        note(.plainSave, theirs.median)
        note(.save, ours.median)
    }
}

// MARK: - Conflicts

extension Round {
    /// Residents changed by village and hub at once: every value is kept until a person decides.
    private func measureConflicts(
        _ villages: [BenchNode],
        _ plain: PlainBaseline,
        _ hub: BenchNode
    ) throws {
        let conflicts = input.workload.conflicts
        for conflict in conflicts {
            try save(conflict.byHub, conflict, at: hub)
            try save(conflict.byVillage, conflict, at: villages[conflict.village])
        }
        let bundles = try villages.map { try $0.request() }
        let update = try plain.update(.resident, columns: [6, 9])
        note(
            .plainConflicts,
            try seconds {
                for village in villages.indices {
                    try plain.transaction {
                        for conflict in conflicts where conflict.village == village {
                            let key = BenchCommune.key(village, self.counter(conflict))
                            try self.update(key, conflict.byVillage, update)
                        }
                    }
                }
            }
        )
        note(.conflicts, try exchange(bundles, villages, hub))
        try checkDisputes(hub, conflicts.count)
        for (number, node) in villages.enumerated() {
            try checkDisputes(node, conflicts.count { $0.village == number })
        }
    }

    private func counter(_ conflict: WorkloadConflict) -> UInt32 {
        input.visits[conflict.village].counter(.resident, conflict.number)
    }

    private func save(
        _ changes: [(column: Int, value: WorkloadValue)],
        _ conflict: WorkloadConflict,
        at node: BenchNode
    ) throws {
        let origin = BenchCommune.origin(conflict.village)
        commune.clock.advance(seconds: 30)
        try node.store.save(scope: BenchCommune.scope(conflict.village)) { batch in
            batch.set(
                "resident",
                RecordID(origin: origin, counter: counter(conflict)),
                input.visits[conflict.village].cells(.resident, changes, origin: origin)
            )
        }
    }

    /// As many residents as were changed on both sides wait for a person, and no more.
    private func checkDisputes(_ node: BenchNode, _ expected: Int) throws {
        let disputed = try node.store.db.prepare(
            "SELECT count(*) FROM resident WHERE _flags & \(RecordFlags.disputed) <> 0"
        ).first { Int($0.integer(0)) }
        guard disputed == expected else {
            throw BenchError.differs(table: "resident", rows: abs((disputed ?? 0) - expected))
        }
    }
}
