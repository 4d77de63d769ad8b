import Causality
import Replication
import SQLite
import Store

/// A file as it was at some moment: a backup, a disk image, a synchronised folder.
struct Snapshot {
    let node: Int
    let connection: Connection
    let everHeld: EntrySet
}

extension World {
    // MARK: Crashes

    /// Runs something on a machine that may stop at any operation of its database.
    ///
    /// - Returns: false where it stopped; it is started again then.
    func crashing(
        _ database: SimulatedDatabase,
        mayCrash: Bool = true,
        _ body: () throws -> Void
    ) throws -> Bool {
        let crashes = mayCrash && random.percent(weights.crashes)
        if crashes {
            // Early and late ones alike: the number of operations is chosen by magnitude.
            let magnitude = random.below(14)
            database.connection.interruptAfter(operations: 1 + random.below(1 << magnitude))
        }
        do {
            try body()
            database.connection.interruptAfter(operations: nil)
            return true
        } catch SQLiteError.interrupted where crashes {
            figures.crashes += 1
            trace.note("  \(name(database)) stops and starts again")
            try restart(database)
            return false
        }
    }

    func restart() throws {
        guard let database = pick(databases) else { return }
        if hasVersions, random.percent(10) { return try upgrade(node: database.node) }
        trace.note("\(name(database)) starts again")
        try restart(database)
        try inspect(database)
    }

    /// A node gets the program of a later version, wherever its files are.
    func upgrade(node: Int) throws {
        guard !nodes[node].isLater else { return }
        figures.upgrades += 1
        nodes[node].isLater = true
        trace.note("\(nodes[node].name) is upgraded")
        for database in databases where database.node == node {
            try database.upgrade()
            try inspect(database)
        }
    }

    private func restart(_ database: SimulatedDatabase) throws {
        try database.restart()
        guard try database.store.waitingEntries().isEmpty else {
            throw Violation(.prefix, "\(name(database)) hides entries after a crash")
        }
    }

    func rebuild() throws {
        guard let database = pick(databases) else { return }
        trace.note("\(name(database)) is rebuilt aside and compared")
        try checkRebuild(database)
    }

    func jumpClock() {
        guard let database = pick(databases) else { return }
        let day: Int64 = 24 * 3600 * 1000
        let jumps = [0, day / 24, -day / 24, 3 * day, -3 * day, 400 * day, -20_000 * day]
        database.clockOffset = jumps[random.below(jumps.count)]
        trace.note("\(name(database)) sets its clock off by \(database.clockOffset) ms")
    }

    // MARK: Databases from the past

    func takeSnapshot() throws {
        guard let database = pick(databases) else { return }
        snapshots.append(
            Snapshot(
                node: database.node,
                connection: try Connection(copying: database.connection),
                everHeld: database.everHeld
            )
        )
        if snapshots.count > 6 { snapshots.remove(at: random.below(snapshots.count)) }
        trace.note("\(name(database)) is backed up")
    }

    /// A file is silently set back to an earlier moment.
    func rollBack() throws {
        guard let snapshot = pick(snapshots) else { return }
        try replaceFile(with: snapshot, "is silently rolled back")
    }

    /// A hub and one of its nodes are set back to the past together.
    func rollBackTogether() throws {
        let hubs = snapshots.filter { snapshot in
            nodes.contains { $0.parent == snapshot.node }
        }
        guard let hub = pick(hubs),
            let child = pick(snapshots.filter { nodes[$0.node].parent == hub.node })
        else { return }
        try replaceFile(with: hub, "is silently rolled back")
        try replaceFile(with: child, "is silently rolled back, too")
    }

    /// A file is restored from a backup by the command that says so.
    func restore() throws {
        guard let snapshot = pick(snapshots) else { return }
        figures.rollbacks -= 1
        figures.restores += 1
        guard let database = try replaceFile(with: snapshot, "is restored") else { return }
        try database.store.leaveOwnLogs()
        try inspect(database)
    }

    @discardableResult
    private func replaceFile(
        with snapshot: Snapshot,
        _ words: String
    ) throws -> SimulatedDatabase? {
        guard let lost = pick(databases.filter { $0.node == snapshot.node }) else { return nil }
        figures.rollbacks += 1
        databases.removeAll { $0 === lost }
        let database = try addDatabase(node: lost.node, copying: snapshot.connection)
        database.everHeld = snapshot.everHeld
        database.clockOffset = lost.clockOffset
        trace.note("\(name(lost)) \(words) and goes on as \(name(database))")
        try inspect(database)
        return database
    }

    /// A village's file is copied, and both go on.
    func copy() throws {
        let villages = databases.filter { database in
            !nodes.contains { $0.parent == database.node }
        }
        guard let database = pick(villages), databases.count < 9 else { return }
        figures.copies += 1
        let copy = try addDatabase(node: database.node, copying: database.connection)
        copy.everHeld = database.everHeld
        trace.note("\(name(database)) is copied to \(name(copy)), and both go on")
        try inspect(copy)
    }

    // MARK: Nodes come and go

    /// A machine is lost and another one takes its place.
    func replace() throws {
        let villages = nodes.indices.filter { index in
            nodes[index].isLiving && !nodes.contains { $0.parent == index }
        }
        guard let index = pick(villages), let parent = nodes[index].parent,
            databases.contains(where: { $0.node == parent }), nodes.count < 10
        else { return }
        figures.replacements += 1
        let old = nodes[index]
        nodes[index].isGone = true
        databases.removeAll { $0.node == index }
        snapshots.removeAll { $0.node == index }
        let new = try addVillage(old.name + "-new", parent: parent, scopes: old.scopes)
        trace.note("\(old.name) is lost; \(nodes[new].name) takes its place")
    }

    func revoke() throws {
        let villages = nodes.indices.filter { index in
            nodes[index].isLiving && !nodes.contains { $0.parent == index }
        }
        guard villages.count > 1, let index = pick(villages), let parent = nodes[index].parent,
            let hub = databases.first(where: { $0.node == parent })
        else { return }
        // A hub that was set back may not know the node at all.
        trace.note("\(name(hub)) revokes \(nodes[index].name)")
        do {
            try hub.store.revoke(nodes[index].identity.node, on: "2026-11-24")
            figures.revocations += 1
            nodes[index].isRevoked = true
        } catch ExchangeError.untrusted {
        }
        try inspect(hub)
    }
}
