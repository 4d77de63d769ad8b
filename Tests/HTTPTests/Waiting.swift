import Glibc
import HTTP
import Synchronization

/// Whether something comes to be, looked at again and again for up to two minutes: patience with a
/// busy machine, no measure of speed.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<12_000 {
        if condition() { return true }
        usleep(10_000)
    }
    return condition()
}

/// Holds a thread back until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() {
        isOpen.store(true, ordering: .releasing)
    }

    func wait() {
        while !isOpen.load(ordering: .acquiring) { usleep(1_000) }
    }
}

/// A service with the same plan for everything.
struct OneRoute: Service {
    let make: @Sendable () -> Plan

    init(_ make: @escaping @Sendable () -> Plan) {
        self.make = make
    }

    func plan(_ head: RequestHead) -> Plan { make() }
}
