import Replication

/// Entries of a branch that have not come back into the log under some name.
struct MissingEntries {
    private var contents: Set<Entry> = []
    /// By what an order leaves of them.
    private var redacted: [Entry: Set<Entry>] = [:]

    var isEmpty: Bool { contents.isEmpty }

    mutating func add(_ entries: [Entry]) {
        for content in entries.map(\.content) {
            contents.insert(content)
            redacted[content.redacted, default: []].insert(content)
        }
    }

    mutating func remove(_ entry: Entry) {
        let content = entry.content
        contents.remove(content)
        // It may have been erased since it came back.
        guard content.redacted == content else { return }
        contents.subtract(redacted[content] ?? [])
    }
}

extension Entry {
    /// What stays the same when an entry is written again under another name.
    fileprivate var content: Entry {
        var entry = self
        entry.seen = nil
        return entry
    }
}
