import Foundation
import Synthetic
import Testing

/// A hub with one village, and the village's enrolled node.
enum CrashTemplate {
    static let village = "Phú Quý 2"
    private static let scope = "48/21004/phu-quy-2"
    /// Lines of the sample list: its titles, its header, and some eighty households.
    private static let listLines = 330

    static func make() throws -> KilledCommand {
        let command = try KilledCommand()
        let lines = SampleList.bytes.split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        try Data(lines.prefix(listLines).joined(separator: [UInt8(ascii: "\n")]))
            .write(to: command.folder.appendingPathComponent("list.csv"))
        try FileManager.default.createDirectory(
            at: command.folder.appendingPathComponent("stick"),
            withIntermediateDirectories: false
        )
        let steps = [
            ["init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Mẫu"],
            ["village", "add", "hub", village],
            ["init", "thon"],
            [
                "enrol", "thon", "--request", "stick/thon.req", "--name", "Máy thôn",
                "--scope", scope,
            ],
            [
                "node", "approve", "hub", "stick/thon.req", "stick/thon.cert", "--scope", scope,
            ],
            ["enrol", "thon", "--certificate", "stick/thon.cert"],
            // The roster, which names the village.
            ["sync", "hub", "stick"], ["sync", "thon", "stick"],
        ]
        for step in steps {
            let outcome = try command.run(step)
            try #require(outcome.code == 0, "\(step): \(outcome.output)")
        }
        return command
    }
}
