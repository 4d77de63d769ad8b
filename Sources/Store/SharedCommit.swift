import SQLite

/// One commit for several bundles that are read one after the other, as from a stick: the disk is
/// waited for once.
///
/// Each bundle is still undone by itself. Nothing is certain before the commit, so the bundles must
/// not be thrown away before it.
package final class SharedCommit {
    /// Bundles of one commit: others who want to write wait no longer than these take.
    package static let bundlesMax = 32

    /// Compressed bytes of segments that wait for the commit.
    private(set) var bytes = 0
    private var bundles = 0

    fileprivate init() {}

    /// Notes a bundle that was read to its end; whether it is time to commit.
    func add(_ bytes: Int) -> Bool {
        self.bytes += bytes
        bundles += 1
        return bundles >= Self.bundlesMax
    }

    func noteCommit() {
        bytes = 0
        bundles = 0
    }
}

extension Store {
    /// Runs a body whose bundles share commits; when it returns, all that they brought is kept.
    ///
    /// After an error, what was not committed yet is undone.
    package func sharingCommits<R>(_ body: (SharedCommit) throws -> R) throws -> R {
        do {
            let result = try body(SharedCommit())
            if db.isInTransaction { try commit() }
            try emptyAfterRedaction()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    // MARK: A part of a transaction

    func beginPart() throws {
        try db.cached("SAVEPOINT part").run()
    }

    func keepPart() throws {
        try db.cached("RELEASE part").run()
    }

    /// Undoes what was done since ``beginPart()``, and forgets what was read.
    func undoPart() {
        guard db.isInTransaction else { return rollback() }
        // What fails here is undone with the transaction, by whoever is told of the error.
        try? db.execute("ROLLBACK TO part; RELEASE part")
        // What the parts before owe to the commit is owed still.
        let changedMerges = cache.changedMerges
        cache = StoreCache()
        cache.changedMerges = changedMerges
    }
}
