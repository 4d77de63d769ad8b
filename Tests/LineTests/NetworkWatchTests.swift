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

    private static let routes = """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
        eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
        docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
        ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
        """

    @Test func `routes that lead beyond a link count, whatever their counters say`() {
        let found = NetworkState.routesV4(Self.routes)
        #expect(
            found == ["eth0 00000000/00000000 0101A8C0", "ppp0 00000000/00000000 00000000"]
        )
        let used = Self.routes.replacing("\t0\t0\t100\t", with: "\t7\t9\t100\t")
        #expect(NetworkState.routesV4(used) == found)
        let (none, here) = (String(repeating: "0", count: 32), "fd000000000000000000000000000001")
        func line(_ target: String, _ gateway: String, _ interface: String, use: String) -> String {
            "\(target) 00 \(none) 00 \(gateway) 00000400 00000001 \(use) 00000003 \(interface)"
        }
        let list = [
            line(none, here, "eth0", use: "00000000"), line(none, none, "lo", use: "00000000"),
            line(here, none, "eth0", use: "00000001"),
        ].joined(separator: "\n")
        #expect(NetworkState.routesV6(list) == ["eth0 \(none)/00 \(here)"])
        #expect(
            NetworkState.routesV6(list.replacing("00000000 00000003", with: "00000009 00000003"))
                == NetworkState.routesV6(list)
        )
        for damaged in ["", "Iface", "a b\nc", "\t\t\t\t\t\t\t\t\n\t\t\t\t\t\t\t\t"] {
            #expect(NetworkState.routesV4(damaged).isEmpty)
            #expect(NetworkState.routesV6(damaged).isEmpty)
        }
    }

    @Test func `only another set of addresses and routes is news`() {
        let home = NetworkState(
            addresses: ["192.168.1.5", "2001:db8::5"],
            routes: ["eth0 default"]
        )
        let nowhere = NetworkState(addresses: [])
        #expect(!home.isNews(after: home), "a lifetime renewed, a neighbour, a link's own address")
        #expect(
            !NetworkState(addresses: ["2001:db8::5", "192.168.1.5"], routes: ["eth0 default"])
                .isNews(after: home)
        )
        #expect(!nowhere.isNews(after: home), "nobody is reached without an address")
        #expect(home.isNews(after: nowhere), "the line is back, as it was")
        #expect(NetworkState(addresses: ["10.0.0.5"], routes: ["eth0 default"]).isNews(after: home))
        #expect(
            NetworkState(addresses: ["192.168.1.5", "2001:db8::5"], routes: ["wlan0 default"])
                .isNews(after: home)
        )
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
