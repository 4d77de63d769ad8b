import Foundation
import HTTP
import Node
import Synchronization
import Testing

@Suite struct UpkeepTests {
    @Test func `upkeep goes on while an exchange takes its time`() throws {
        let rounds = Mutex(0)
        let wasSeen = Mutex(false)
        var settings = SyncScheduler.Settings()
        settings.startSpread = 0
        let runner = try SyncRunner(
            settings,
            SyncRunner.Work(
                sync: {
                    let before = rounds.withLock { $0 }
                    let isSeen = eventually { rounds.withLock { $0 } > before }
                    wasSeen.withLock { $0 = isSeen }
                    return .done
                },
                hasChanged: { false },
                hasNewAddresses: { false },
                upkeep: { rounds.withLock { $0 += 1 } }
            )
        )
        #expect(eventually { wasSeen.withLock { $0 } })
        runner.stop()
    }

    @Test func `a node is synced by one at a time`() throws {
        let folder = NodeFolder(
            FileManager.default.temporaryDirectory
                .appendingPathComponent("doorstep-\(UUID().uuidString)").path
        )
        _ = try LocalNode(creating: folder, user: "tam")
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let inner = try folder.whileSyncing { try folder.whileSyncing { true } }
        #expect(inner == .some(nil))
        #expect(try folder.whileSyncing { true } == true)
    }
}
