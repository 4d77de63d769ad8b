private import Synchronization

/// What the server's threads share.
final class ServerCore: Sendable {
    let configuration: ServerConfiguration
    let limits: ServerLimits
    let headReader: HeadReader
    let service: any Service
    private let onFinish: @Sendable (FinishedRequest) -> Void
    private let registry = Mutex(Registry())
    private let activity = Activity()

    private struct Registry: Sendable {
        /// By socket: libmicrohttpd's thread finds here what the accepting thread has put.
        var links: [Int32: Link] = [:]
        var perSubscriber: [[UInt8]: Int] = [:]
        /// Bytes of bodies that are being collected.
        var held = 0
        var heldBySubscriber: [[UInt8]: Int] = [:]
        var counters = ServerCounters()

        mutating func enter(_ subscriber: [UInt8]) {
            if !subscriber.isEmpty { perSubscriber[subscriber, default: 0] += 1 }
        }

        mutating func leave(_ subscriber: [UInt8]) {
            let held = perSubscriber[subscriber, default: 0]
            perSubscriber[subscriber] = held > 1 ? held - 1 : nil
        }

        /// Whether so many of a subscriber are too many for one more; of nobody in particular never.
        mutating func isFull(_ subscriber: [UInt8], _ limit: Int) -> Bool {
            guard limit > 0, perSubscriber[subscriber, default: 0] >= limit else { return false }
            counters.overAddressLimit += 1
            return true
        }
    }

    init(
        _ configuration: ServerConfiguration,
        _ service: any Service,
        proxy: SocketAddress?,
        onFinish: @escaping @Sendable (FinishedRequest) -> Void
    ) {
        self.configuration = configuration
        self.service = service
        self.onFinish = onFinish
        limits = configuration.limits
        headReader = HeadReader(
            limits: configuration.limits,
            proxy: proxy,
            isTLS: configuration.identity != nil
        )
    }

    var now: SuspendingClock.Instant { SuspendingClock.now }

    // MARK: Connections

    var openConnections: Int { registry.withLock { $0.links.count } }

    var links: [Link] { registry.withLock { Array($0.links.values) } }

    var counters: ServerCounters {
        registry.withLock {
            var counters = $0.counters
            counters.open = $0.links.count
            return counters
        }
    }

    func count(_ change: (inout ServerCounters) -> Void) {
        registry.withLock { change(&$0.counters) }
    }

    /// Takes a new connection in; false where its address has too many, or where only the proxy
    /// may speak plain HTTP and this is another machine.
    ///
    /// The proxy's own are counted for the clients that it names, from their heads on.
    func admit(_ socket: Int32, from address: SocketAddress) -> Bool {
        if let proxy = headReader.proxy, configuration.identity == nil, address != proxy,
            !address.isLoopback
        {
            count { $0.pastProxy += 1 }
            return false
        }
        let subscriber = address == headReader.proxy ? [] : address.subscriber
        let link = Link(
            address: address,
            subscriber: subscriber,
            headTime: limits.headTime,
            now: now
        )
        return registry.withLock {
            // libmicrohttpd closed the last one of this number before it had begun.
            if let stale = $0.links.removeValue(forKey: socket) { $0.leave(stale.subscriber) }
            if $0.isFull(subscriber, limits.connectionsPerAddress) { return false }
            $0.enter(subscriber)
            $0.links[socket] = link
            $0.counters.accepted += 1
            return true
        }
    }

    func link(of socket: Int32) -> Link? {
        registry.withLock { $0.links[socket] }
    }

    func remove(_ link: Link, socket: Int32) {
        registry.withLock {
            guard $0.links[socket] === link else { return }
            $0.links[socket] = nil
            $0.leave(link.subscriber)
        }
    }

    /// Counts a connection for the client whose request it carries; false where that has too many.
    func count(_ link: Link, for subscriber: [UInt8]) -> Bool {
        registry.withLock {
            let earlier = link.subscriber
            guard earlier != subscriber else { return true }
            if $0.isFull(subscriber, limits.connectionsPerAddress) { return false }
            $0.leave(earlier)
            $0.enter(subscriber)
            link.subscriber = subscriber
            return true
        }
    }

    /// Takes so many bytes more of a body into account; false where they are too many.
    func hold(_ bytes: Int, of subscriber: [UInt8]) -> Bool {
        registry.withLock {
            let own = $0.heldBySubscriber[subscriber, default: 0] + bytes
            guard $0.held + bytes <= limits.collectedBytes, own <= limits.collectedBytes / 4 else {
                return false
            }
            $0.held += bytes
            $0.heldBySubscriber[subscriber] = own
            return true
        }
    }

    func letGo(_ bytes: Int, of subscriber: [UInt8]) {
        guard bytes > 0 else { return }
        registry.withLock {
            $0.held -= bytes
            let own = $0.heldBySubscriber[subscriber, default: 0] - bytes
            $0.heldBySubscriber[subscriber] = own > 0 ? own : nil
        }
    }

    /// Whether bodies have to make room for others.
    var isFullOfBodies: Bool {
        registry.withLock { $0.held > limits.collectedBytes / 4 * 3 }
    }

    /// Those that libmicrohttpd closed before they had begun.
    func removeAll() {
        registry.withLock {
            $0.links = [:]
            $0.perSubscriber = [:]
        }
    }

    // MARK: Requests

    func finished(_ request: FinishedRequest) {
        count {
            $0.requests += 1
            if request.outcome == .refused { $0.refusedHeads += 1 }
            if [401, 403].contains(request.status) { $0.denied += 1 }
        }
        onFinish(request)
    }

    /// Requests, consumers and sources that are not over.
    func beginActivity() { activity.begin() }
    func endActivity() { activity.end() }

    /// A job of a lane that a connection is suspended for; false, and none, once the server aborts:
    /// libmicrohttpd cannot be stopped while a connection is suspended.
    func beginJob() -> Bool { activity.beginJob() }
    func endJob() { activity.endJob() }

    // MARK: Stopping

    var isStopping: Bool { activity.isStopping }
    var isAborting: Bool { activity.isAborting }

    func beginStop() { activity.beginStop() }
    func abort() { activity.abort() }

    /// Waits until everything is over, for at most so long.
    func waitUntilIdle(atMost duration: Duration) { activity.waitUntilIdle(duration) }
    func waitUntilNoJob() { activity.waitUntilNoJob() }
    func waitUntilIdle() { activity.waitUntilIdle(nil) }
}

/// Counts what a stopping server has to wait for.
private final class Activity: @unchecked Sendable {  // Every field is used under `monitor`.
    private let monitor = Monitor()
    private var active = 0
    private var jobs = 0
    private var stops = false
    private var aborts = false

    var isStopping: Bool { monitor.withLock { stops } }
    var isAborting: Bool { monitor.withLock { aborts } }

    func begin() { monitor.withLock { active += 1 } }

    func end() {
        monitor.withLock {
            active -= 1
            if active == 0 { monitor.notifyAll() }
        }
    }

    /// Refused in the same hold of the lock that would see the end: after ``abort()`` no job begins.
    func beginJob() -> Bool {
        monitor.withLock {
            guard !aborts else { return false }
            jobs += 1
            return true
        }
    }

    func endJob() {
        monitor.withLock {
            jobs -= 1
            if jobs == 0 { monitor.notifyAll() }
        }
    }

    func beginStop() { monitor.withLock { stops = true } }

    func abort() { monitor.withLock { aborts = true } }

    func waitUntilIdle(_ duration: Duration?) {
        let end = duration.map { SuspendingClock.now.advanced(by: $0) }
        monitor.withLock {
            while active > 0 {
                guard let end else {
                    monitor.wait()
                    continue
                }
                let left = SuspendingClock.now.duration(to: end)
                guard left > .zero else { return }
                monitor.wait(atMost: left)
            }
        }
    }

    func waitUntilNoJob() {
        monitor.withLock {
            while jobs > 0 { monitor.wait() }
        }
    }
}
