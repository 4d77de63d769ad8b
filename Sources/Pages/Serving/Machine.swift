package import Node

/// The machine that serves the pages, as far as they reach beyond the node's file.
package struct Machine: Sendable {
    /// Where somebody asks for a sync.
    let bell: SyncBell

    /// One that nothing can be asked of.
    package init() {
        bell = SyncBell()
    }

    package init(_ served: NodeServer.Rooms) {
        bell = served.bell
    }
}
