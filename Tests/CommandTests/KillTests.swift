import Foundation
import Processes
import Synthetic
import Terminal
import Testing

@Suite(.serialized) struct KillTests {
    /// Runs the command and kills it after so many milliseconds, if it still runs then.
    private func kill(_ doorstep: Doorstep, _ words: [String], after milliseconds: Int) throws {
        let process = ChildProcess(Doorstep.command, words, in: doorstep.folder)
        try process.run()
        usleep(UInt32(milliseconds) * 1000)
        process.kill()
    }

    @Test(arguments: [5, 40, 90, 150, 250, 400, 700, 1100])
    func `a killed import or rebuild leaves all or nothing, and a sound node`(
        _ milliseconds: Int
    ) throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        try Data(SampleList.bytes).write(to: URL(fileURLWithPath: doorstep.path("list.csv")))
        let words = ["import", "hub", "list.csv", "--create-villages", "--accept-proposals"]
        try kill(doorstep, words, after: milliseconds)
        #expect(try doorstep("verify", "hub").code == 0)
        let people = try doorstep("find", "hub", "nguyen", "--json").json()["total"]
        let villages = try doorstep("village", "list", "hub").lines.count - 1
        #expect(villages == 0 ? people == 0 : villages == 5 && people != 0)
        _ = try doorstep.run(words)
        let scopes = try doorstep("status", "hub", "--json").json()["scopes"]
        try kill(doorstep, ["rebuild", "hub"], after: milliseconds)
        #expect(try doorstep("verify", "hub").code == 0)
        #expect(try doorstep("status", "hub", "--json").json()["scopes"] == scopes)
    }

    @Test(arguments: [2, 5, 10, 15, 20, 25, 30, 40, 60, 90])
    func `a killed init leaves a node or none, and nothing in the way of the next`(
        _ milliseconds: Int
    ) throws {
        let doorstep = try Doorstep()
        let words = ["init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Tam Mỹ"]
        try kill(doorstep, words, after: milliseconds)
        let isMade = FileManager.default.fileExists(atPath: doorstep.path("hub/node.sqlite"))
        let again = try doorstep.run(words)
        #expect(again.code == (isMade ? 1 : 0), "\(again.errors)")
        #expect(try doorstep("verify", "hub").code == 0)
        #expect(try doorstep("status", "hub", "--json").json()["scopes"] != nil)
        let left = try FileManager.default.contentsOfDirectory(atPath: doorstep.path("hub"))
        #expect(isMade || Set(left) == ["node.sqlite", "node.sqlite.instance"], "\(left)")
    }
}
