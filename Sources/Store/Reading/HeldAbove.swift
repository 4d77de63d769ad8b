package import Causality
import Replication

extension Store {
    /// Whether the node above is known to hold everything that a record shows.
    ///
    /// True of every record at the topmost node; false of one that is not here. What is known is the
    /// last vector that the node above has stated (``remembered(of:)``), so a hub that has lost it
    /// again is noticed at the next exchange.
    package func isHeldAbove(_ id: RecordID) throws -> Bool {
        guard let place = try locate(id) else { return false }
        guard let parent = try identity()?.parent else { return true }
        guard let known = try remembered(of: parent.node)?[place.scope] else { return false }
        let dots = Set(try versions(of: place.key, type: place.type).values.joined())
        return try !dots.isEmpty
            && dots.allSatisfy { dot in
                try log(dot.log)?.node == parent.node || known.contains(dot)
            }
    }
}
