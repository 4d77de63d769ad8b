private import Glibc
package import HTTP
private import Synchronization

/// Syncs when the scheduler says so, on a thread of its own, until it is stopped.
///
/// Nobody waits for it: whoever saves something says so and goes on.
package final class SyncRunner: Sendable {
    /// How often it looks whether another process has saved something, and for ``upkeep``.
    private static let tick: Int32 = 5_000

    /// What it does; ``upkeep`` is called on a thread of its own, as an exchange may take a day, and
    /// the others on the runner's.
    package struct Work: Sendable {
        /// Syncs once.
        package var sync: @Sendable () -> SyncScheduler.Ending
        /// Whether something was saved since it was asked last, by whomever.
        package var hasChanged: @Sendable () -> Bool
        /// Whether the hub is to be found elsewhere than when it was asked last.
        package var hasNewAddresses: @Sendable () -> Bool
        /// Whatever is to be done now and then.
        package var upkeep: @Sendable () -> Void

        package init(
            sync: @escaping @Sendable () -> SyncScheduler.Ending,
            hasChanged: @escaping @Sendable () -> Bool,
            hasNewAddresses: @escaping @Sendable () -> Bool,
            upkeep: @escaping @Sendable () -> Void
        ) {
            self.sync = sync
            self.hasChanged = hasChanged
            self.hasNewAddresses = hasNewAddresses
            self.upkeep = upkeep
        }
    }

    private struct State: Sendable {
        var scheduler: SyncScheduler
        var random: SystemRandomNumberGenerator
        var isStopped = false
        var network = NetworkState.now()
    }

    private let work: Work
    private let state: Mutex<State>
    private let network = NetworkWatch()
    /// A pipe: a byte in it ends the waiting.
    private let wake: (reading: Int32, writing: Int32)
    /// The same for upkeep; nothing is ever read from it.
    private let end: (reading: Int32, writing: Int32)
    private let lane: Lane
    private let upkeepLane: Lane

    /// Starts the thread.
    package init(_ settings: SyncScheduler.Settings, _ work: Work) throws(HTTPError) {
        self.work = work
        var random = SystemRandomNumberGenerator()
        let scheduler = SyncScheduler(settings, startingAt: Self.now, using: &random)
        state = Mutex(State(scheduler: scheduler, random: random))
        wake = try Self.pipe()
        end = try Self.pipe()
        lane = try Lane(name: "sync")
        upkeepLane = try Lane(name: "upkeep")
        lane.async { [self] in loop() }
        upkeepLane.async { [self] in keepUp() }
    }

    private static func pipe() throws(HTTPError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw .noThread }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        return (reading: ends[0], writing: ends[1])
    }

    /// A person wants it now.
    package func ask() {
        state.withLock { $0.scheduler.asked(at: Self.now) }
        signal()
    }

    /// Whether an exchange is under way, or is due.
    package var isSyncing: Bool {
        state.withLock { state in
            guard let due = state.scheduler.due else { return true }
            return due <= Self.now
        }
    }

    /// Ends the thread after the exchange under way, which a client's cancelled call cuts short,
    /// and returns then.
    package func stop() {
        state.withLock { $0.isStopped = true }
        signal()
        var one: UInt8 = 1
        _ = unsafe write(end.writing, &one, 1)
        lane.run {}
        upkeepLane.run {}
    }

    deinit {
        for descriptor in [wake.reading, wake.writing, end.reading, end.writing] {
            close(descriptor)
        }
    }

    /// Counts on while the machine sleeps: after a night the next exchange is due.
    private static var now: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    private func signal() {
        var one: UInt8 = 1
        // A full pipe wakes as well.
        _ = unsafe write(wake.writing, &one, 1)
    }

    private func loop() {
        while !state.withLock({ $0.isStopped }) {
            wait()
            guard !state.withLock({ $0.isStopped }) else { return }
            if work.hasChanged() {
                state.withLock { $0.scheduler.changeSaved(at: Self.now) }
            }
            if work.hasNewAddresses() { noteNewWay() }
            let isDue = state.withLock { state in
                guard let due = state.scheduler.due, due <= Self.now else { return false }
                state.scheduler.begin()
                return true
            }
            guard isDue else { continue }
            let ending = work.sync()
            state.withLock { state in
                state.scheduler.end(ending, at: Self.now, using: &state.random)
            }
        }
    }

    private func keepUp() {
        while !state.withLock({ $0.isStopped }) {
            work.upkeep()
            var watched = [pollfd(fd: end.reading, events: Int16(POLLIN), revents: 0)]
            _ = unsafe poll(&watched, nfds_t(watched.count), Self.tick)
        }
    }

    /// Until something is due, or has happened, or a tick is over.
    private func wait() {
        let now = Self.now
        let due = state.withLock { $0.scheduler.due } ?? now
        let time = due > now ? Int32(min(due - now, UInt64(Self.tick))) : 0
        var watched = [pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0)]
        if let network {
            watched.append(pollfd(fd: network.descriptor, events: Int16(POLLIN), revents: 0))
        }
        _ = unsafe poll(&watched, nfds_t(watched.count), time)
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(wake.reading, &bytes, bytes.count) > 0 {}
        guard network?.drain() == true else { return }
        let found = NetworkState.now()
        let isNews = state.withLock { state in
            defer { state.network = found }
            return found.isNews(after: state.network)
        }
        if isNews { noteNewWay() }
    }

    private func noteNewWay() {
        state.withLock { state in
            state.scheduler.wayChanged(at: Self.now, using: &state.random)
        }
    }
}
