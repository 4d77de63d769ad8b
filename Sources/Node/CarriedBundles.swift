import Replication
import Sealing
import Store

/// What this database has left in carriers, and what it has left lying there.
///
/// A copied folder has the node's name and keys, and writes under the same names. What one database
/// has written is not another's to remove, and what the hub says to one is no answer for the other.
struct CarriedBundles {
    /// Bundles that are remembered of each kind: older ones were taken or replaced long ago.
    static let kept = 512
    private static let requests = "carried-requests"
    private static let leftReplies = "carried-left"
    private let store: Store

    init(_ store: Store) {
        self.store = store
    }

    /// Times in the names of the bundles that this database has written to a node.
    func times(to peer: NodeID) throws -> Set<UInt64> { Set(try numbers(Self.written(peer))) }

    /// Notes a bundle before it gets its name.
    func note(_ time: UInt64, to peer: NodeID) throws { try add(time, to: Self.written(peer)) }

    /// Notes a request, by the hash of its hello, before a reply can come.
    func note(request: Digest) throws { try add(request.prefix, to: Self.requests) }

    /// Whether this database has made the request that a reply answers.
    func hasMade(request: Digest) throws -> Bool {
        try numbers(Self.requests).contains(request.prefix)
    }

    /// Replies to another copy's requests that were read here and left for it, by the hash of their
    /// file's name.
    func leftReplies() throws -> Set<UInt64> { Set(try numbers(Self.leftReplies)) }

    func note(left file: String) throws { try add(Self.number(of: file), to: Self.leftReplies) }

    static func number(of file: String) -> UInt64 { Hash.blake2b(Array(file.utf8)).prefix }

    // MARK: Lists of numbers

    private static func written(_ peer: NodeID) -> String { "carried-\(peer)" }

    private func numbers(_ name: String) throws -> [UInt64] {
        let bytes = try store.setting(name) ?? []
        return stride(from: 0, through: bytes.count - 8, by: 8).map { start in
            UInt64(bigEndianBytes: bytes[start..<start + 8])
        }
    }

    private func add(_ number: UInt64, to name: String) throws {
        try store.transaction {
            let numbers = try (numbers(name) + [number]).suffix(Self.kept)
            try store.set(name, numbers.flatMap(\.bigEndianBytes))
        }
    }
}
