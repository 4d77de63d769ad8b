private import Synchronization

/// What pages have counted since the node was started, for its figures.
package final class PageCounts: Sendable {
    private let signInsRefusedCount = Atomic(0)

    package init() {}

    package var signInsRefused: Int { signInsRefusedCount.load(ordering: .relaxed) }

    package func noteSignInRefused() {
        signInsRefusedCount.add(1, ordering: .relaxed)
    }
}
