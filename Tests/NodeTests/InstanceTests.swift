import Causality
import Foundation
import Node
import SQLite
import Store
import Survey
import Testing

/// Copied, moved and replaced databases are recognised before they write.
@Suite struct InstanceTests {
    let node: TestNode
    /// The logs that the database of this place writes.
    let logs: Set<LogID>

    init() throws {
        node = try TestNode(seed: 1)
        try node.begin()
        logs = try node.opened { try TestNode.openLogs($0) }.result
    }

    private func copyDatabase(to path: String) throws {
        for suffix in ["", ".instance"] {
            try Files.copy(node.database + suffix, to: path + suffix)
        }
    }

    /// Opens, makes a change, and says whether it went into a fresh log.
    private func isFresh(
        at path: String? = nil
    ) throws -> (report: InstanceReport, isFresh: Bool, names: [String]) {
        let (report, result) = try node.opened(at: path) { store in
            try TestNode.add("B", to: store)
            let isFresh = try TestNode.openLogs(store).isDisjoint(with: logs)
            return (isFresh, try TestNode.names(store))
        }
        return (report, result.0, result.1)
    }

    @Test func `a file with two names is opened by neither`() throws {
        let folder = NodeFolder(node.folder.path + "/node")
        try FileManager.default.linkItem(
            atPath: node.database,
            toPath: node.folder.path + "/second"
        )
        #expect(throws: NodeError.linked(database: folder.database)) {
            try folder.connect(isNew: false)
        }
        try FileManager.default.removeItem(atPath: node.folder.path + "/second")
        _ = try folder.connect(isNew: false)
    }

    @Test func `the same file by a link is the same instance`() throws {
        let other = node.folder.path + "/other"
        try Files.makeFolder(other)
        let link = other + "/node.sqlite"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: node.database)
        #expect(try !isFresh(at: link).isFresh)
        #expect(try !isFresh().isFresh)
        #expect(try node.content(of: other) == ["node.sqlite"])
    }

    /// As the service's user finds one that root has written.
    @Test func `a mark that cannot be read is no sign of a copy`() throws {
        let mark = InstanceGuard.markPath(of: node.database)
        let bytes = try Files.read(mark, limit: 4096)
        try FileManager.default.removeItem(atPath: mark)
        try FileManager.default.createSymbolicLink(atPath: mark, withDestinationPath: mark)
        #expect(throws: NodeError.cannotRead(path: mark, code: ELOOP)) { try isFresh() }
        try FileManager.default.removeItem(atPath: mark)
        try Files.write(bytes, to: mark)
        let again = try isFresh()
        #expect(again.report == .same)
        #expect(!again.isFresh)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a command that root runs leaves the mark to the owner of the database`() throws {
        let files = FileManager.default
        try files.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: node.database)
        _ = try node.opened { try TestNode.add("B", to: $0) }
        _ = try node.opened { _ in }
        for path in [node.database, InstanceGuard.markPath(of: node.database)] {
            let owner = try files.attributesOfItem(atPath: path)[.ownerAccountID]
            #expect((owner as? NSNumber)?.intValue == 65_534)
        }
    }

    @Test func `a new database is marked`() throws {
        let other = try TestNode(seed: 2)
        let (report, _) = try other.opened { _ in }
        #expect(report == .first)
        #expect(try other.content(of: other.folder.path + "/node").contains("node.sqlite.instance"))
    }

    @Test func `a database that is opened again goes on with its logs`() throws {
        for _ in 0..<3 {
            let (report, isFresh, _) = try isFresh()
            #expect(report == .same)
            #expect(!isFresh)
        }
    }

    @Test func `opening without a change writes nothing`() throws {
        try node.opened { _ in }
        let mark = InstanceGuard.markPath(of: node.database)
        let before = try FileManager.default.attributesOfItem(atPath: mark)
        let changes = try node.opened { $0.db.totalChanges }.result
        let after = try FileManager.default.attributesOfItem(atPath: mark)
        #expect(changes == 0)
        let key = FileAttributeKey.systemFileNumber
        #expect(before[key] as? Int == after[key] as? Int)
    }

    @Test func `a copied folder begins fresh logs and keeps open entries`() throws {
        let copy = node.folder.path + "/copy.sqlite"
        try copyDatabase(to: copy)
        let (report, isFresh, names) = try isFresh(at: copy)
        #expect(report == .changed([.copied]))
        #expect(isFresh)
        #expect(names == ["A", "B"])
        #expect(try self.isFresh(at: copy).report == .same)
        #expect(try self.isFresh().report == .same)
    }

    @Test func `a copy without the mark beside it begins fresh logs`() throws {
        try Files.remove(InstanceGuard.markPath(of: node.database))
        let (report, isFresh, _) = try isFresh()
        #expect(report == .changed([.copied]))
        #expect(isFresh)
    }

    @Test func `a damaged mark begins fresh logs`() throws {
        try Files.write([0xff, 0x0a], to: InstanceGuard.markPath(of: node.database))
        #expect(try isFresh().report == .changed([.copied]))
        #expect(try isFresh().report == .same)
    }

    @Test func `another machine begins fresh logs`() throws {
        try Files.write(Array("machine B\n".utf8), to: node.machineID)
        let (report, isFresh, _) = try isFresh()
        #expect(report == .changed([.otherMachine]))
        #expect(isFresh)
    }

    @Test func `an old copy written over the file is recognised`() throws {
        let old = node.folder.path + "/old"
        try Files.copy(node.database, to: old)
        _ = try isFresh()
        try node.opened { _ in }
        // As `cp old node.sqlite` does: the inode and the mark beside it stay.
        let bytes = try Files.read(old, limit: 1 << 24)
        let handle = try #require(FileHandle(forWritingAtPath: node.database))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
        let (report, isFresh, names) = try isFresh()
        #expect(report == .changed([.older]))
        #expect(isFresh)
        #expect(names == ["A", "B"])
    }

    @Test func `a database with logs and no mark inside begins fresh ones`() throws {
        try node.opened { try $0.removeSetting("instance") }
        let (report, isFresh, _) = try isFresh()
        #expect(report == .changed([.unmarked]))
        #expect(isFresh)
    }

    @Test(arguments: InstanceChange.allCases)
    func `every change has words in both languages`(change: InstanceChange) {
        #expect(change.label(.vi) != change.label(.en))
    }
}
