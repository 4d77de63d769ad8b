import Causality

/// How far the entries of a log's waiting branches were looked for in the log.
///
/// A branch is gone through in portions; each is looked for from the beginning of the scope.
struct BranchSearch {
    /// Rows of the log's segments that wait.
    let branch: [Int64]
    /// How many redaction orders were known: another one may explain a segment that cannot be read.
    let orders: Int64
    /// Rows of the segments that were taken up so far; those of earlier portions have come back.
    var readable: [Int64] = []
    /// How many of the branch's segments were taken up or passed over.
    var taken = 0
    var missing = MissingEntries()
    /// The last segment of the scope that was looked through for this portion.
    var arrival: Int64 = 0

    init(_ branch: [Int64], orders: Int64) {
        self.branch = branch
        self.orders = orders
    }

    /// Whether the next portion is to be taken up.
    var needsPortion: Bool { missing.isEmpty && taken < branch.count }

    /// Whether every entry that can be read has come back.
    var isOver: Bool { missing.isEmpty && taken == branch.count }

    func isAbout(_ branch: [Int64], orders: Int64) -> Bool {
        self.branch == branch && self.orders == orders
    }
}

/// The searches that are under way, by log; thrown away where a log is cut back or a transaction undone.
///
/// What was looked through once is not looked through again. But a node may offer as many entries as
/// fit in its room for branches, so that all searches together hold a bounded number of them: where
/// there is no more room, the search begun first gives way to the next log's, one an exchange.
struct BranchSearches {
    /// Entries that all searches together hold at most, some 300 bytes each.
    static let entriesMax = 100_000

    private let entriesMax: Int
    /// The one begun first comes first.
    private var running: [(log: LogID, search: BranchSearch)] = []
    private var lastBegun: LogID?

    /// `entriesMax`: at least four times what one segment holds, which is taken up whole.
    init(entriesMax: Int = Self.entriesMax) {
        self.entriesMax = entriesMax
    }

    /// Entries that are looked for in one portion.
    var portionMax: Int { entriesMax / 4 }

    /// Entries held by all searches.
    var count: Int { running.reduce(0) { $0 + $1.search.missing.count } }

    /// Whether one more portion may be held.
    var hasRoom: Bool { count + portionMax <= entriesMax }

    subscript(log: LogID) -> BranchSearch? {
        running.first { $0.log == log }?.search
    }

    /// The logs in the order in which to search: those under way, then those behind the last begun.
    func turns(of logs: [LogID]) -> [LogID] {
        let fresh = logs.filter { self[$0] == nil }
        let next = lastBegun.flatMap { last in fresh.firstIndex { $0 > last } } ?? 0
        return logs.filter { self[$0] != nil } + fresh[next...] + fresh[..<next]
    }

    mutating func keep(_ search: BranchSearch, of log: LogID) {
        if let index = running.firstIndex(where: { $0.log == log }) {
            running[index].search = search
        } else {
            running.append((log, search))
            lastBegun = log
        }
    }

    mutating func end(_ log: LogID) {
        running.removeAll { $0.log == log }
    }

    mutating func endFirst() {
        if !running.isEmpty { running.removeFirst() }
    }

    /// Ends searches for what waits no more.
    mutating func keepOnly(_ logs: [LogID]) {
        let logs = Set(logs)
        running.removeAll { !logs.contains($0.log) }
    }
}
