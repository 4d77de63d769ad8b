private import Glibc
private import Synchronization

/// Who holds thousands of connections at once holds the files of the whole process: one at a time,
/// so that whatever else runs in it can still open its own.
package enum FileAllowance {
    /// Files of a process that are never given away: databases, other servers, other tests.
    private static let spare = 6_000

    private static let turn = Mutex(())

    /// Waits for its turn, lifts the process's limit as far as the system lets it, and hands over
    /// how many connections may be open: `wanted`, or fewer where the system bears fewer.
    ///
    /// `filesPerConnection`: two where both ends are in this process.
    package static func holding<R>(
        connections wanted: Int,
        filesPerConnection: Int,
        _ body: (Int) throws -> R
    ) rethrows -> R {
        try turn.withLock { _ in
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let allowed = Int(min(limit.rlim_cur, 1 << 20))
            let files = max(allowed - spare, allowed / 2)
            return try body(min(wanted, files / filesPerConnection))
        }
    }
}
