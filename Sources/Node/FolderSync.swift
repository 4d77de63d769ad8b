import Causality
package import Replication
import SQLite
package import Store
package import Survey

/// What a sync with a folder did.
package struct FolderSyncResult: Hashable, Sendable {
    /// What each bundle that lay there brought, by its sender.
    package var read: [ReadBundle] = []
    /// Bundles written, by their recipient.
    package var written: [WrittenBundle] = []
    /// Nodes of which two databases use this carrier under one name, this node perhaps among them.
    package var twins: Set<NodeID> = []

    /// What a person is told of each of ``twins``.
    package static let twinWords = Label(
        "còn một bản khác của máy này dùng USB này, không mất gì: nếu máy đã khôi phục và bản cũ thôi chạy thì "
            + "không sao, nếu thư mục máy bị chép thì hãy chỉ dùng một bản và đăng ký lại máy kia",
        "another copy of this node uses this stick, and nothing is lost: all is well where the node was "
            + "restored and the first one is gone, else go on with one of them and enrol the other machine anew"
    )

    package struct ReadBundle: Hashable, Sendable {
        package let from: NodeID?
        package let file: String
        package let summary: ExchangeSummary
        /// Why the bundle could not be read to its end; what it had yielded before is kept.
        package let problem: Label?
        /// The same as a line's ``SyncProblem/code``.
        package let problemCode: String?

        /// Whether it only says what has arrived there.
        package var isReceipt: Bool {
            problem == nil && summary.isComplete && summary.entries + summary.quarantined == 0
                && summary.refused.isEmpty
        }
    }

    package struct WrittenBundle: Hashable, Sendable {
        package let to: NodeID
        package let file: String
        package let bytes: Int
    }

    package init() {}
}

/// Sync with a folder as the carrier: a USB stick, a shared folder, a mail attachment saved there.
///
/// In the folder lies `doorstep/<recipient>/<sender>-<time>.bundle`. A bundle is written under
/// another name, brought to the disk, and only then given its own: a stick that is pulled leaves
/// the bundle before, or the one after. It is removed when its recipient has kept what it holds,
/// or when the database that wrote it has written one that covers it.
package struct FolderSync {
    /// Files that one of the carrier's folders may hold, damaged bundles included; where there are more,
    /// the sync is refused (``NodeError/tooLarge(path:)``).
    package static let bundlesMax = 1_000
    /// Milliseconds of silence after which a node asks its hub, though it knows of nothing new: one of
    /// both may have been set back without knowing it.
    package static let silenceMax: UInt64 = 7 * 86_400_000
    /// Replies to copies of one node that lie there at most, beside the newest.
    private static let repliesMax = 16
    /// What is added to the name of a bundle that cannot be read to its end.
    private static let damaged = ".damaged"

    /// A bundle that was read as far as it goes.
    private struct Reading {
        let entry: FolderSyncResult.ReadBundle
        let session: ExchangeSession
        /// Whether it will not be better another time.
        let isSpoiled: Bool
        /// Whether nothing was heard of its sender for long before: it may have come for nothing but
        /// a word.
        let isSilent: Bool
        /// Whether it is a whole reply to a request that another copy of this node has made.
        let isForCopy: Bool

        /// Who wrote it, if it is a whole request.
        var asker: Certificate? {
            let isRequest = session.hello?.kind == .request && session.summary.isComplete
            return isRequest ? session.peer : nil
        }

        /// Whether it says less of some log than an earlier one: no database forgets what it held.
        func isBehind(_ earlier: Reading) -> Bool {
            guard case .vectors(let now)? = session.hello?.holdings,
                case .vectors(let before)? = earlier.session.hello?.holdings
            else { return false }
            return before.contains { scope, vector in
                now[scope].map { !$0.dominates(vector) || !$0.forks(from: vector).isEmpty } ?? false
            }
        }
    }

    private let store: Store
    private let root: String
    private let software: String
    private let node: NodeID
    private let carried: CarriedBundles

    package init(_ store: Store, folder: String, software: String) throws {
        guard let identity = try store.identity() else { throw StoreError.notEnrolled }
        self.store = store
        root = folder + "/doorstep"
        self.software = software
        node = identity.node
        carried = CarriedBundles(store)
    }

    /// Reads what lies there for this node, then writes what the others lack.
    package func run(progress: (String) -> Void = { _ in }) throws -> FolderSyncResult {
        var result = FolderSyncResult()
        try Files.makeSharedFolder(root)
        let inbox = "\(root)/\(node)"
        var readings: [Reading] = []
        let known = try carried.leftReplies()
        try store.sharingCommits { shared in
            for file in try bundles(in: inbox)
            where !known.contains(CarriedBundles.number(of: file)) {
                progress(file)
                readings.append(try read("\(inbox)/\(file)", name: file, shared))
            }
        }
        result.read = readings.map(\.entry)
        for reading in readings { try clear(reading, in: inbox, &result) }
        let requests = readings.filter { $0.asker != nil }
        try writeReplies(requests, to: &result)
        try writeRequest(isToAnswer: readings.contains(where: isToAnswer), to: &result)
        try writeToChildren(except: Set(requests.compactMap { $0.asker?.node }), to: &result)
        return result
    }

    private func bundles(in folder: String) throws -> [String] {
        // Not being allowed to look is an error: what lies there would be taken for nothing new.
        guard try Files.requireKind(folder) != nil else { return [] }
        return try Files.list(folder, limit: Self.bundlesMax).filter { $0.hasSuffix(".bundle") }
    }

    private func name(_ time: UInt64) -> String { "\(node)-\(NodeID(time)).bundle" }

    /// Bundles to a node that lie there under this node's name: those of this database, and those that
    /// another copy of it has left.
    private func own(to peer: NodeID) throws -> (mine: [String], others: [String]) {
        let mine = Set(try carried.times(to: peer).map(name))
        let present = try bundles(in: "\(root)/\(peer)").filter { $0.hasPrefix("\(node)-") }
        return (present.filter(mine.contains), present.filter { !mine.contains($0) })
    }

    // MARK: Reading

    private func read(_ path: String, name: String, _ shared: SharedCommit) throws -> Reading {
        let session = try ExchangeSession(reading: store, shared: shared)
        var problem: Label?
        var code: SyncProblem?
        var mayBeWhole = false
        do {
            let file = try FileReader(path)
            while case let piece = try file.next(), !piece.isEmpty { try session.push(piece) }
        } catch let error where Self.isBundlesFault(error) {
            problem = words(for: error)
            code = LineRefusal(error)?.problem ?? .damaged
            mayBeWhole = !Self.isOfContent(error)
        }
        let isSilent =
            try session.peer.map { try self.isSilent(store.lastStatement(of: $0.node)) } ?? false
        try session.close()
        if let late = session.lateNode {
            // What it had not handed in before waits for an officer now.
            code = .revoked
            let words = words(for: ExchangeError.revoked(late))
            problem = Label(
                "\(words.vi); những gì nó mang đến chờ quyết định: xem 'doorstep status', 'doorstep node admit'",
                "\(words.en); what it brought waits for a decision: see 'doorstep status', 'doorstep node admit'"
            )
        }
        if problem == nil, !session.summary.isComplete {
            code = .cut
            problem = Label(
                "gói bị cắt ngắn: chép lại, hoặc đồng bộ lần nữa ở nơi gửi",
                "the bundle ends too early: copy it again, or sync once more at its sender"
            )
        }
        let entry = FolderSyncResult.ReadBundle(
            from: session.peer?.node ?? session.lateNode,
            file: name,
            summary: session.summary,
            problem: problem,
            problemCode: code?.code
        )
        let isUnknown = session.peer == nil && session.lateNode == nil
        let isWhole = session.summary.isComplete
        let isForCopy =
            try isWhole && session.hello?.answers.map { try !carried.hasMade(request: $0) } ?? false
        return Reading(
            entry: entry,
            session: session,
            isSpoiled: isUnknown || !(isWhole || mayBeWhole),
            isSilent: isSilent,
            isForCopy: isForCopy
        )
    }

    /// Whether its sender is to be told that it has come, or asked for it again.
    ///
    /// A bare acknowledgement is not acknowledged, nor what was meant for another copy and is held
    /// already: the stick would never come to rest.
    private func isToAnswer(_ reading: Reading) -> Bool {
        let summary = reading.session.summary
        if reading.isForCopy { return summary.applied + summary.gaps > 0 }
        return summary.hasReceived || reading.entry.problem != nil
    }

    /// What it held is committed: the stick need not carry it on.
    private func clear(
        _ reading: Reading,
        in inbox: String,
        _ result: inout FolderSyncResult
    ) throws {
        let file = reading.entry.file
        if reading.isSpoiled {
            // Who wrote it may not come again to replace it.
            try Files.rename("\(inbox)/\(file)", to: "\(inbox)/\(file)\(Self.damaged)")
        } else if reading.isForCopy {
            // It says to another copy what became of its changes: that one is to find it.
            result.twins.insert(node)
            try carried.note(left: file)
        } else if reading.session.summary.isComplete {
            try Files.remove("\(inbox)/\(file)")
        }
    }

    /// Whether the bytes themselves are bad: they will not be better another time.
    private static func isOfContent(_ error: any Error) -> Bool {
        error is ReplicationError || error as? ExchangeError == .outOfOrder
    }

    /// Errors that concern one bundle, a bad spot of the stick under it among them; a full disk, say,
    /// ends the whole sync.
    private static func isBundlesFault(_ error: any Error) -> Bool {
        switch error {
        case NodeError.cannotRead, NodeError.notThatFile: true
        default: error is ReplicationError || error is ExchangeError
        }
    }

    // MARK: Writing

    /// Answers every request that has brought something, or to which there is something to tell.
    ///
    /// One database leaves one request: where there are two of one child, another copy of it wrote the
    /// other, and each waits for an answer to its own.
    private func writeReplies(_ requests: [Reading], to result: inout FolderSyncResult) throws {
        for (index, request) in requests.enumerated() {
            guard let child = request.asker else { continue }
            let earlier = requests[..<index].filter { $0.asker?.node == child.node }
            if earlier.contains(where: { request.isBehind($0) }) { result.twins.insert(child.node) }
            guard
                try request.session.summary.hasReceived || !request.session.isPeerUnderstood
                    || store.hasNews(for: child) || request.isSilent
            else { continue }
            try write(to: child.node, keeping: Self.repliesMax, in: &result) { sink in
                try request.session.reply(software: software, sink)
            }
        }
    }

    /// Writes what the parent lacks; also after reading something of it, as the acknowledgement.
    private func writeRequest(isToAnswer: Bool, to result: inout FolderSyncResult) throws {
        guard let parent = try store.identity()?.parent?.node,
            try isToAnswer || store.hasNewsForParent() || isSilent(store.lastNewsOfParent())
        else { return }
        let request = try store.request(software: software)
        try carried.note(request: request.digest)
        try write(to: parent, in: &result) { sink in try request.write(to: sink) }
    }

    private func isSilent(_ last: UInt64?) -> Bool {
        guard let last else { return true }
        let now = store.environment.wall()
        return now > last && now - last > Self.silenceMax
    }

    /// A hub leaves for every node what it lacks as far as known: the stick may go there next.
    ///
    /// What was sent counts as lost unless it lies here still: sticks get lost, and their files break.
    private func writeToChildren(
        except answered: Set<NodeID>,
        to result: inout FolderSyncResult
    ) throws {
        for child in try store.children() where !answered.contains(child.node) {
            guard try store.hasNews(for: child) else { continue }
            guard try own(to: child.node).mine.isEmpty || store.hasUnsent(for: child) else {
                continue
            }
            try write(to: child.node, in: &result) { sink in
                try store.offer(to: child, software: software, sink)
            }
        }
    }

    /// Writes a bundle, and removes earlier ones of this database to the same node.
    ///
    /// The new bundle goes on from what is known for certain, so it covers them. But whoever asks has
    /// looked first at what lies there for him: an earlier reply was left for another copy of his.
    private func write(
        to peer: NodeID,
        keeping kept: Int = 0,
        in result: inout FolderSyncResult,
        _ body: (([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let folder = "\(root)/\(peer)"
        try Files.makeSharedFolder(folder)
        // Of bundles the names differ, so that the next one does not see what a pulled stick has left.
        Files.removeUnfinished(in: folder, of: "\(node)-")
        let (mine, others) = try own(to: peer)
        if !others.isEmpty { result.twins.insert(node) }
        // A name stands for one bundle, also where the clock was set back.
        let times = try carried.times(to: peer)
        var time = max(store.environment.wall(), times.max().map { $0 &+ 1 } ?? 0)
        while others.contains(name(time)) { time += 1 }
        try carried.note(time, to: peer)
        // Sealed to its recipient, who is another user of another machine.
        let file = try FileWriter("\(folder)/\(name(time))", isShared: true)
        try body { try file.write($0) }
        try file.commit()
        result.written.append(.init(to: peer, file: name(time), bytes: file.count))
        for file in mine.dropLast(kept) { try Files.remove("\(folder)/\(file)") }
        let damaged = Set(times.map { name($0) + Self.damaged })
        for file in try Files.list(folder, limit: Self.bundlesMax) where damaged.contains(file) {
            try Files.remove("\(folder)/\(file)")
        }
    }
}
