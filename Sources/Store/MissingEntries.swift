import Replication
import Sealing

/// Entries of a branch that have not come back into the log under some name.
///
/// Known by their hashes: what an entry holds may be large, and there may be many.
struct MissingEntries {
    private var contents: Set<Digest> = []
    /// By what an order leaves of them, where that is less.
    private var redacted: [Digest: [Digest]] = [:]

    var isEmpty: Bool { contents.isEmpty }

    var count: Int { contents.count }

    mutating func add(_ entries: [Entry]) {
        for entry in entries {
            let rest = entry.redacted
            let (isNew, content) = contents.insert(entry.contentHash)
            if isNew, rest != entry { redacted[rest.contentHash, default: []].append(content) }
        }
    }

    mutating func remove(_ entry: Entry) {
        guard !isEmpty else { return }
        let content = entry.contentHash
        contents.remove(content)
        // It may have been erased since it came back.
        guard entry.redacted == entry else { return }
        contents.subtract(redacted.removeValue(forKey: content) ?? [])
    }
}

extension Entry {
    /// Names what stays the same when an entry is written again under another name.
    fileprivate var contentHash: Digest {
        var entry = self
        entry.seen = nil
        return Hash.blake2b(entry.encode())
    }
}
