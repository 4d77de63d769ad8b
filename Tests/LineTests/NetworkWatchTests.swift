import Glibc
import Synchronization
import Testing

@testable import Node

/// What the kernel tells of interfaces, in a network of the test's own.
@Suite struct NetworkWatchTests {
    /// What came of it on the thread that has its own network.
    private enum Outcome {
        /// Not permitted here.
        case forbidden
        case seen(before: Bool, change: Bool, after: Bool)
    }

    @Test func `an interface that comes up is told, once`() throws {
        let outcome = Mutex<Outcome?>(nil)
        let thread = Thread { outcome.withLock { $0 = Self.watchChange() } }
        thread.join()
        switch outcome.withLock({ $0 }) {
        case .forbidden?: return
        case .seen(let before, let change, let after)?:
            #expect(!before, "nothing has happened yet")
            #expect(change)
            #expect(!after, "told already")
        case nil: Issue.record("the thread has said nothing")
        }
    }

    private static func watchChange() -> Outcome {
        // Of this thread alone, and gone with it.
        guard unshareNetwork(), let watch = NetworkWatch() else { return .forbidden }
        let before = watch.drain()
        guard bringUpLoopback() else { return .forbidden }
        var watched = [pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)]
        let change = unsafe poll(&watched, 1, 60_000) == 1 && watch.drain()
        return .seen(before: before, change: change, after: watch.drain())
    }

    /// unshare(2), which Swift's Glibc does not show, with CLONE_NEWNET.
    private static func unshareNetwork() -> Bool {
        typealias Unshare = @convention(c) (Int32) -> Int32
        guard let symbol = unsafe dlsym(nil, "unshare") else { return false }
        return unsafe unsafeBitCast(symbol, to: Unshare.self)(0x4000_0000) == 0
    }

    /// A new network has a loopback interface that is down.
    private static func bringUpLoopback() -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        // struct ifreq (netdevice(7)): the name in 16 bytes, then here the flags.
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<2, with: Array("lo".utf8))
        request[16] = UInt8(IFF_UP)
        // linux/sockios.h: SIOCSIFFLAGS.
        return unsafe ioctl(handle, 0x8914, &request) == 0
    }
}

/// A thread that runs something and ends.
private final class Thread {
    private final class Body {
        let run: () -> Void

        init(_ run: @escaping () -> Void) { self.run = run }
    }

    private var thread = pthread_t()

    init(_ run: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(run))
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        precondition(code == 0, "the system gives threads to a test")
    }

    func join() { pthread_join(thread, nil) }
}
