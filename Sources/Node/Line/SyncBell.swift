private import Synchronization

/// What pages ask for a sync with: made before the runner is, and held by nobody whom that holds.
package final class SyncBell: Sendable {
    private struct Place {
        weak var runner: SyncRunner?
    }

    private let place = Mutex(Place())

    package init() {}

    /// From now on this one answers.
    package func connect(_ runner: SyncRunner) {
        place.withLock { $0.runner = runner }
    }

    /// Syncs now, without waiting for it; nothing where nothing syncs.
    package func ring() {
        place.withLock { $0.runner }?.ask()
    }

    /// Whether an exchange is under way, or about to begin because somebody has asked.
    package var isSyncing: Bool { place.withLock { $0.runner }?.isSyncing ?? false }
}
