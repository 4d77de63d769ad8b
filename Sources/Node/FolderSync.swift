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

    package struct ReadBundle: Hashable, Sendable {
        package let from: NodeID?
        package let file: String
        package let summary: ExchangeSummary
        /// Why the bundle could not be read to its end; what it had yielded before is kept.
        package let problem: Label?
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
/// or when its sender has written one that covers it.
package struct FolderSync {
    /// Files that one of the carrier's folders may hold, damaged bundles included; where there are more,
    /// the sync is refused (``NodeError/tooLarge(path:)``).
    package static let bundlesMax = 1_000
    /// Milliseconds of silence after which a node asks its hub, though it knows of nothing new: one of
    /// both may have been set back without knowing it.
    package static let silenceMax: UInt64 = 7 * 86_400_000
    private let store: Store
    private let root: String
    private let software: String
    private let node: NodeID

    package init(_ store: Store, folder: String, software: String) throws {
        guard let identity = try store.identity() else { throw StoreError.notEnrolled }
        self.store = store
        root = folder + "/doorstep"
        self.software = software
        node = identity.node
    }

    /// Reads what lies there for this node, then writes what the others lack.
    package func run(progress: (String) -> Void = { _ in }) throws -> FolderSyncResult {
        var result = FolderSyncResult()
        try Files.makeSharedFolder(root)
        var answers: [NodeID: ExchangeSession] = [:]
        var silent: Set<NodeID> = []
        let inbox = "\(root)/\(node)"
        try store.sharingCommits { shared in
            for file in try bundles(in: inbox) {
                progress(file)
                let (entry, session) = try read("\(inbox)/\(file)", name: file, shared, &silent)
                result.read.append(entry)
                if let peer = session.peer, session.summary.isComplete {
                    answers[peer.node] = session
                }
            }
        }
        // What they held is committed: the stick need not carry them on.
        for entry in result.read where entry.summary.isComplete {
            try Files.remove("\(inbox)/\(entry.file)")
        }
        try writeReplies(answers, silent: silent, to: &result)
        // A bare acknowledgement is not acknowledged: the stick would never come to rest. What could
        // not be read to its end is asked for again.
        let isToAnswer = result.read.contains { $0.summary.hasReceived || $0.problem != nil }
        try writeRequest(isToAnswer: isToAnswer, to: &result)
        try writeToChildren(except: Set(answers.keys), to: &result)
        return result
    }

    private func bundles(in folder: String) throws -> [String] {
        // Not being allowed to look is an error: what lies there would be taken for nothing new.
        guard try Files.requireKind(folder) != nil else { return [] }
        return try Files.list(folder, limit: Self.bundlesMax).filter { $0.hasSuffix(".bundle") }
    }

    private func isOwn(_ file: String) -> Bool { file.hasPrefix("\(node)-") }

    // MARK: Reading

    private func read(
        _ path: String,
        name: String,
        _ shared: SharedCommit,
        _ silent: inout Set<NodeID>
    ) throws -> (FolderSyncResult.ReadBundle, ExchangeSession) {
        let session = try ExchangeSession(reading: store, shared: shared)
        var problem: Label?
        do {
            let file = try FileReader(path)
            while case let piece = try file.next(), !piece.isEmpty { try session.push(piece) }
        } catch let error where Self.isBundlesFault(error) {
            problem = words(for: error)
        }
        if let peer = session.peer?.node, try isSilent(store.lastStatement(of: peer)) {
            silent.insert(peer)
        }
        try session.close()
        if let late = session.lateNode {
            // What it had not handed in before waits for an officer now.
            problem = words(for: ExchangeError.revoked(late))
        }
        if problem == nil, !session.summary.isComplete {
            problem = Label(
                "gói bị cắt ngắn: chép lại, hoặc đồng bộ lần nữa ở nơi gửi",
                "the bundle ends too early: copy it again, or sync once more at its sender"
            )
        }
        let entry = FolderSyncResult.ReadBundle(
            from: session.peer?.node ?? session.lateNode,
            file: name,
            summary: session.summary,
            problem: problem
        )
        if session.peer == nil, session.lateNode == nil {
            try Files.rename(path, to: path + ".damaged")
        }
        return (entry, session)
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

    /// Answers every node that has sent something: what it lacks, and what has arrived here.
    ///
    /// Also one of which nothing was heard for long: it may have come for nothing but a word.
    private func writeReplies(
        _ sessions: [NodeID: ExchangeSession],
        silent: Set<NodeID>,
        to result: inout FolderSyncResult
    ) throws {
        for (peer, session) in sessions.sorted(by: { $0.key < $1.key }) {
            guard session.hello?.kind == .request, let child = session.peer,
                try session.summary.hasReceived || !session.isPeerUnderstood
                    || store.hasNews(for: child) || silent.contains(peer)
            else { continue }
            try write(to: peer, in: &result) { sink in
                try session.reply(software: software, sink)
            }
        }
    }

    /// Writes what the parent lacks; also after reading something of it, as the acknowledgement.
    private func writeRequest(isToAnswer: Bool, to result: inout FolderSyncResult) throws {
        guard let parent = try store.identity()?.parent?.node,
            try isToAnswer || store.hasNewsForParent() || isSilent(store.lastNewsOfParent())
        else { return }
        try write(to: parent, in: &result) { sink in
            try store.request(software: software, sink)
        }
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
            let isHere = try bundles(in: "\(root)/\(child.node)").contains { isOwn($0) }
            guard try !isHere || store.hasUnsent(for: child) else { continue }
            try write(to: child.node, in: &result) { sink in
                try store.offer(to: child, software: software, sink)
            }
        }
    }

    private func write(
        to peer: NodeID,
        in result: inout FolderSyncResult,
        _ body: (([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let folder = "\(root)/\(peer)"
        try Files.makeSharedFolder(folder)
        // Of bundles the names differ, so that the next one does not see what a pulled stick has left.
        Files.removeUnfinished(in: folder, of: "\(node)-")
        let older = try bundles(in: folder).filter(isOwn)
        let name = "\(node)-\(NodeID(store.environment.wall())).bundle"
        // Sealed to its recipient, who is another user of another machine.
        let file = try FileWriter("\(folder)/\(name)", isShared: true)
        try body { try file.write($0) }
        try file.commit()
        // The new bundle goes on from what is known for certain, so it covers the older ones.
        for name in older where "\(folder)/\(name)" != file.path {
            try Files.remove("\(folder)/\(name)")
        }
        result.written.append(.init(to: peer, file: name, bytes: file.count))
    }
}
