import Causality
package import Replication

/// The hub's keeping of its nodes.
extension Store {
    /// The scope that everybody shares and only the hub writes: roster, code lists, targets.
    package func rosterScope() throws -> String {
        let identity = try requireIdentity()
        let hub = identity.certificate.kind == .hub ? identity.certificate : identity.parent
        guard let path = (hub ?? identity.certificate).rosterPath else {
            throw StoreError.notEnrolled
        }
        return path
    }

    /// Enters a node's certificate in the roster; a newer one of the same node stands beside it.
    package func enter(_ certificate: Certificate, author: String = "") throws {
        try save(scope: try rosterScope(), author: author) { batch in
            _ = batch.add(
                "node",
                [
                    Cell("name", .text(certificate.name)),
                    Cell("node_id", .text(certificate.node.description)),
                    Cell("certificate", .bytes(certificate.bytes)),
                    Cell("state", .text("active")),
                ]
            )
        }
    }
}
