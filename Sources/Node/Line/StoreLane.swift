package import HTTP
package import Store

/// A store that several parts of a program use: one at a time, each on the lane.
///
/// Nobody holds it from one call to the next, so no transaction may be open when a body returns.
/// The lane runs one body at a time, and the store is reached through it alone: hence
/// `@unchecked Sendable`.
package final class StoreLane: @unchecked Sendable {
    package let lane: Lane
    private let store: Store

    /// Takes the store over: from here on it is used through ``run(_:_:)``.
    ///
    /// Fails where the operating system gives no thread.
    package init(_ store: Store, name: String, waitingLimit: Int = 256) throws(HTTPError) {
        lane = try Lane(name: name, waitingLimit: waitingLimit)
        self.store = store
    }

    /// Runs a body with the store and waits for it; at once when already on the lane.
    package func run<R, E: Error>(
        _ urgency: Lane.Urgency = .prompt,
        _ body: (Store) throws(E) -> R
    ) throws(E) -> R {
        try lane.run(urgency) { () throws(E) -> R in try body(store) }
    }
}
