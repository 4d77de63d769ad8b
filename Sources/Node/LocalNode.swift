package import Causality
package import Replication
import SQLite
package import Store
package import Survey

/// A node that is open here, as one user sees it: every verb of the command, and later every page,
/// is one of its functions.
///
/// Nothing is printed, and no words are chosen: results are values, problems carry labels in both
/// languages. For one thread.
package final class LocalNode {
    package let folder: NodeFolder?
    package let store: Store
    /// Sign-in name that changes are signed with.
    package let user: String

    /// Page or command through which data is looked at, for the access log.
    package var via = "command"
    /// Readings that should have been in the access log, which could not be written.
    package internal(set) var unloggedReadings = 0

    /// Whether somebody else uses the store by now.
    private var isHandedOver = false

    /// What the opening found: a copied or restored database goes on under fresh logs.
    package private(set) var instance: InstanceReport

    /// Whether it was opened only to look, and nothing was written since.
    package private(set) var isReading: Bool

    package init(
        _ store: Store,
        folder: NodeFolder? = nil,
        user: String,
        instance: InstanceReport = .same,
        isReading: Bool = false
    ) {
        self.store = store
        self.folder = folder
        self.user = user
        self.instance = instance
        self.isReading = isReading
    }

    /// Opens the node of a folder.
    package convenience init(
        opening folder: NodeFolder,
        user: String,
        description: DataDescription = .doorstep,
        environment: StoreEnvironment = .system
    ) throws {
        let store = try Store(
            db: try folder.connect(isNew: false),
            description: description,
            environment: environment
        )
        let instance = try InstanceGuard(database: folder.database).check(store)
        self.init(store, folder: folder, user: user, instance: instance)
        // A backup knows nothing of who has signed out since.
        if case .changed = instance { try endAllSessions() }
    }

    /// Opens the node of a folder to look at it.
    ///
    /// Nothing in the folder changes, also where it is a copy, which ``instance`` tells, or on a
    /// medium that may only be read. What is read of persons is entered in the access log all the
    /// same: that entry is a change like any other, see ``beginWriting()``. A database that an older
    /// version wrote is brought up to date as by ``init(opening:user:description:environment:)``.
    package convenience init(
        reading folder: NodeFolder,
        user: String,
        description: DataDescription = .doorstep,
        environment: StoreEnvironment = .system
    ) throws {
        do {
            let store = try Store(
                db: try folder.connectToRead(),
                description: description,
                environment: environment,
                isReading: true
            )
            let found = try InstanceGuard(database: folder.database).look(store)
            self.init(store, folder: folder, user: user, instance: found, isReading: true)
        } catch StoreError.needsWriting {
            try self.init(
                opening: folder,
                user: user,
                description: description,
                environment: environment
            )
        }
    }

    /// Goes on from looking to changing, as if the node had been opened for it.
    func beginWriting() throws {
        guard isReading else { return }
        try store.allowWriting()
        if let folder { instance = try InstanceGuard(database: folder.database).check(store) }
        isReading = false
        if case .changed = instance { try endAllSessions() }
    }

    /// Makes a folder with an empty node: without keys, enrolled nowhere.
    ///
    /// `prepare` makes more of it, such as a hub. The node appears when it is whole: after an error
    /// of either nothing is left behind, and what a killed process leaves does not stand in the way.
    package convenience init(
        creating folder: NodeFolder,
        user: String,
        description: DataDescription = .doorstep,
        environment: StoreEnvironment = .system,
        prepare: (Store) throws -> Void = { _ in }
    ) throws {
        try folder.create { unfinished in
            let connection = try unfinished.connect(isNew: true)
            let store = try Store(
                db: connection,
                description: description,
                environment: environment
            )
            _ = try InstanceGuard(database: unfinished.database).check(store)
            try prepare(store)
            try InstanceGuard(database: unfinished.database).note(store)
            try connection.checkpoint(truncate: true)
        }
        try self.init(
            opening: folder,
            user: user,
            description: description,
            environment: environment
        )
    }

    /// Gives the store to somebody who uses it on another thread: from here on this node does not
    /// touch it, not even at its end.
    package func handOver() -> Store {
        noteLogs()
        isHandedOver = true
        return store
    }

    deinit {
        if !isHandedOver { noteLogs() }
    }

    /// The mark beside the database learns how far the logs have come.
    private func noteLogs() {
        // What cannot be written now is written at the next opening.
        if let folder, !isReading { try? InstanceGuard(database: folder.database).note(store) }
    }

    package var description: DataDescription { store.description }

    /// Milliseconds since 1970.
    package var now: UInt64 { store.environment.wall() }

    /// The day by the local calendar, UTC+7.
    package var today: CalendarDay { CalendarDay(milliseconds: now) }

    /// This node's certificate, or the error that says how to get one.
    package func certificate() throws -> Certificate {
        guard let identity = try store.identity() else { throw StoreError.notEnrolled }
        return identity.certificate
    }
}

extension CalendarDay {
    /// The moment at which this day begins, milliseconds since 1970.
    package var firstMillisecond: UInt64 {
        UInt64(max(Int64(number) * Self.milliseconds - Self.aheadOfUniversalTime, 0))
    }

    /// The last time that belongs to this day.
    package var lastTime: HybridTime {
        let end = max(Int64(number + 1) * Self.milliseconds - Self.aheadOfUniversalTime, 1)
        return HybridTime(milliseconds: UInt64(end) - 1, counter: .max)
    }
}

extension HybridTime {
    /// The minute of the local day.
    package var localTime: LocalTime? {
        let minutes = (Int(milliseconds / 60_000) + 7 * 60) % (24 * 60)
        return LocalTime(
            day: CalendarDay(milliseconds: milliseconds),
            hour: minutes / 60,
            minute: minutes % 60
        )
    }
}
