package import Replication
package import Store

/// Nodes as people name them.
package enum NodeNames {
    /// Bytes of UTF-8 that a name may have, as certificates hold it.
    package static let bytesMax = ReplicationLimits.scopeBytesMax

    /// Refuses what no certificate could hold, before keys are made for it.
    static func check(_ name: String) throws(NodeError) {
        let bytes = name.utf8.count
        guard (1...bytesMax).contains(bytes) else { throw .badNodeName(bytes: bytes) }
    }

    /// The node of this hub that a word names: an id, or the name of one that is not revoked, as a
    /// name goes over to the machine that takes another's place.
    ///
    /// Throws where none is meant, or where several are.
    package static func node(_ word: String, at hub: Store) throws -> NodeID {
        let nodes = try hub.enrolled()
        if let node = nodes.first(where: { $0.certificate.node.description == word }) {
            return node.certificate.node
        }
        let named = nodes.filter { $0.certificate.name == word }
        let active = named.filter { !$0.isRevoked }
        let meant = active.isEmpty ? named : active
        guard let found = meant.first?.certificate.node else { throw NodeError.unknownNode(word) }
        guard meant.count == 1 else {
            throw NodeError.severalNodes(word, meant.map(\.certificate.node.description))
        }
        return found
    }
}
