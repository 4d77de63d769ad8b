internal import CMicroHTTPD
private import Glibc
private import Synchronization

/// An HTTP/1.1 server, over TLS or plain, that runs until it is stopped.
///
/// Connections cost memory but no threads: a few network threads move bytes, handlers run on the
/// lanes that the service's plans name.
package final class Server: Sendable {
    /// The port of the first address.
    package let port: Int
    private let engine: Engine

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - configuration: Addresses, certificate, limits.
    ///   - service: What answers.
    ///   - onFinish: Called after each request on a network thread: count, queue a line, return.
    /// - Throws: With nothing left running.
    package init(
        _ configuration: ServerConfiguration,
        service: any Service,
        onFinish: @escaping @Sendable (FinishedRequest) -> Void = { _ in }
    ) throws(HTTPError) {
        let addresses = try Self.addresses(configuration)
        try Self.allowFiles(configuration.limits.connections)
        let proxy = try configuration.proxy.map { text throws(HTTPError) in
            guard let address = SocketAddress(text) else { throw .badAddress(text) }
            return address
        }
        let core = ServerCore(configuration, service, proxy: proxy, onFinish: onFinish)
        var listeners: [Int32] = []
        var port = configuration.port
        do throws(HTTPError) {
            for address in addresses {
                let (socket, found) = try address.listen(port: port)
                listeners.append(socket)
                port = found
            }
            engine = try Engine(core, listeners)
        } catch {
            for listener in listeners { close(listener) }
            throw error
        }
        self.port = port
    }

    /// Stops at once where ``stop(grace:)`` was not called.
    deinit {
        engine.stop(grace: .zero)
    }

    package var counters: ServerCounters { engine.core.counters }

    /// Takes no more connections, lets requests that have begun go on for at most the grace, and
    /// then cuts them; returns when every consumer and source is finished with.
    ///
    /// A handler that never returns keeps it waiting. Calling it again does nothing.
    package func stop(grace: Duration) {
        engine.stop(grace: grace)
    }

    private static func addresses(
        _ configuration: ServerConfiguration
    ) throws(HTTPError) -> [SocketAddress] {
        precondition(!configuration.addresses.isEmpty, "a server listens somewhere")
        var addresses: [SocketAddress] = []
        for text in configuration.addresses {
            guard let address = SocketAddress(text) else { throw .badAddress(text) }
            let isPlain = configuration.identity == nil && configuration.proxy == nil
            guard !isPlain || address.isLoopback else { throw .plainBeyondLoopback(text) }
            addresses.append(address)
        }
        return addresses
    }

    /// Makes room for a file per connection and some for everything else.
    private static func allowFiles(_ connections: Int) throws(HTTPError) {
        let needed = rlim_t(connections + 256)
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur < needed else { return }
        guard limit.rlim_max >= needed else {
            throw .tooFewFiles(allowed: Int(limit.rlim_max), needed: Int(needed))
        }
        limit.rlim_cur = needed
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The running parts of a server.
@safe
private final class Engine: @unchecked Sendable {  // `daemon` is made for any thread.
    let core: ServerCore
    private let watch: Watch
    private let acceptor: Acceptor
    private let daemon: OpaquePointer
    private let context: UnsafeMutableRawPointer
    private let isStopped = Mutex(false)

    init(_ core: ServerCore, _ listeners: [Int32]) throws(HTTPError) {
        self.core = core
        watch = Watch(core: core)
        let callbacks = Callbacks(core: core, watch: watch)
        unsafe context = Unmanaged.passRetained(callbacks).toOpaque()
        guard let daemon = unsafe startDaemon(core, context) else {
            unsafe Unmanaged<Callbacks>.fromOpaque(context).release()
            throw .serverDidNotStart
        }
        unsafe self.daemon = daemon
        guard let acceptor = unsafe Acceptor(core: core, daemon: daemon, listeners: listeners)
        else {
            unsafe MHD_stop_daemon(daemon)
            unsafe Unmanaged<Callbacks>.fromOpaque(context).release()
            throw .serverDidNotStart
        }
        self.acceptor = acceptor
        guard watch.start() else {
            unsafe MHD_stop_daemon(daemon)
            unsafe Unmanaged<Callbacks>.fromOpaque(context).release()
            throw .noThread
        }
        guard acceptor.start() else {
            watch.stop()
            unsafe MHD_stop_daemon(daemon)
            unsafe Unmanaged<Callbacks>.fromOpaque(context).release()
            throw .noThread
        }
    }

    func stop(grace: Duration) {
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = true
            core.beginStop()
            acceptor.stop()
            for link in core.links where link.idleSince != nil { link.cut(.stopping) }
            core.waitUntilIdle(atMost: grace)
            core.abort()
            for link in core.links { link.cut(.stopping) }
            // libmicrohttpd must not be stopped while a connection is suspended for a job.
            core.waitUntilNoJob()
            unsafe MHD_stop_daemon(daemon)
            core.waitUntilIdle()
            watch.stop()
            core.removeAll()
            unsafe Unmanaged<Callbacks>.fromOpaque(context).release()
        }
    }
}

/// What libmicrohttpd's callbacks are called with.
private final class Callbacks {
    let core: ServerCore
    let watch: Watch

    init(core: ServerCore, watch: Watch) {
        self.core = core
        self.watch = watch
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Callbacks {
        guard let context = unsafe context else { preconditionFailure("set at the start") }
        return unsafe Unmanaged<Callbacks>.fromOpaque(context).takeUnretainedValue()
    }
}

private func startDaemon(
    _ core: ServerCore,
    _ context: UnsafeMutableRawPointer
) -> OpaquePointer? {
    var settings = unsafe doorstep_mhd_settings()
    unsafe settings.io_threads = UInt32(core.configuration.ioThreads)
    // Divided between the threads, which need not have the same number each.
    unsafe settings.connections = UInt32(core.limits.connections * core.configuration.ioThreads)
    unsafe settings.connection_memory = core.limits.connectionMemory
    unsafe settings.context = context
    unsafe settings.connection = { context, connection, slot, event in
        guard let connection = unsafe connection, let slot = unsafe slot else { return }
        unsafe connectionChanged(Callbacks.of(context), connection, slot, event)
    }
    unsafe settings.begun = { context, target, connection in
        guard let target = unsafe target, let connection = unsafe connection else { return nil }
        return unsafe requestBegan(Callbacks.of(context), target, connection)
    }
    unsafe settings.handle = { _, _, _, method, version, bytes, size, slot in
        guard let method = unsafe method, let version = unsafe version, let size = unsafe size,
            let exchange = unsafe slot?.pointee
        else { return .NO }
        return unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
            .proceed(method: method, version: version, bytes: bytes, size: size)
    }
    unsafe settings.completed = { _, _, slot, reason in
        guard let slot = unsafe slot, let exchange = unsafe slot.pointee else { return }
        unsafe slot.pointee = nil
        unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeRetainedValue().completed(reason)
    }
    guard let identity = core.configuration.identity else {
        return unsafe doorstep_mhd_start(&settings)
    }
    return unsafe identity.withPEM { certificate, key in
        unsafe settings.certificate = certificate
        unsafe settings.key = key
        return unsafe tlsPriorities.withCString { priorities in
            unsafe settings.tls_priorities = priorities
            return unsafe doorstep_mhd_start(&settings)
        }
    }
}

/// TLS 1.3 and 1.2, always with forward secrecy and authenticated encryption, whatever key a
/// certificate of somebody else's has.
private let tlsPriorities =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-SHA1:-AES-128-CBC:-AES-256-CBC"

private func connectionChanged(
    _ callbacks: Callbacks,
    _ connection: OpaquePointer,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>,
    _ event: MHD_ConnectionNotificationCode
) {
    let socket = unsafe doorstep_mhd_socket(connection)
    switch event {
    case .CONNECTION_NOTIFY_STARTED:
        guard let link = callbacks.core.link(of: socket) else { return }
        let session = unsafe doorstep_mhd_tls_session(connection)
        link.begun(socket, unsafe session.map { unsafe PlainCaller(session: $0, socket: socket) })
        unsafe slot.pointee = Unmanaged.passRetained(link).toOpaque()
    case .CONNECTION_NOTIFY_CLOSED:
        guard let context = unsafe slot.pointee else { return }
        unsafe slot.pointee = nil
        let link = unsafe Unmanaged<Link>.fromOpaque(context).takeRetainedValue()
        callbacks.core.remove(link, socket: socket)
        if let lingering = link.closed() { callbacks.watch.linger(lingering) }
    }
}

private func requestBegan(
    _ callbacks: Callbacks,
    _ target: UnsafePointer<CChar>,
    _ connection: OpaquePointer
) -> UnsafeMutableRawPointer? {
    guard let context = unsafe doorstep_mhd_socket_context(connection) else { return nil }
    let link = unsafe Unmanaged<Link>.fromOpaque(context).takeUnretainedValue()
    let exchange = unsafe Exchange(
        core: callbacks.core,
        link: link,
        connection: connection,
        target: target
    )
    return unsafe Unmanaged.passRetained(exchange).toOpaque()
}
