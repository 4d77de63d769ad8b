import Benchmark
import Foundation
import Terminal
import Testing

@Suite struct BenchTests {
    @Test func `a run on one village prints every figure`() throws {
        try expectFigures(
            [
                "first_sync", "write_bundles", "edits", "edits_stick", "plain_edits", "save",
                "rebuild", "conflicts", "sync_bytes", "edit_bytes", "file", "request_bytes",
                "unchanged_writes",
            ]
        ) { $0.measuresIndicators = false }
    }

    @Test func `a run over the network prints every figure`() throws {
        try expectFigures(
            [
                "net_first_sync", "net_unchanged_requests", "net_unchanged_request",
                "net_unchanged_reply", "net_unchanged_line", "net_unchanged_rate", "net_slow_sync",
                "net_slow_bytes", "net_crowd_time", "net_crowd_page",
                "net_forms_sign_in_p99", "net_forms_today_p99", "net_forms_card_median",
                "net_forms_answer_p99",
            ]
        ) {
            $0.measuresNet = true
            $0.nodes = 3
        }
    }

    /// Runs one round on one village, and leaves nothing behind.
    private func expectFigures(
        _ expected: [String],
        _ change: (inout BenchOptions) -> Void
    ) throws {
        try inFolder { folder in
            var options = BenchOptions()
            options.villages = 1
            options.rounds = 1
            options.folder = folder
            options.isJSON = true
            change(&options)
            let file = "\(folder)/figures.json"
            let descriptor = unsafe open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
            let output = Output(descriptor: descriptor)
            try Benchmark.run(options, output)
            try output.finish()
            close(descriptor)
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: file)))
            let report = try JSONText.decode(bytes)
            guard case .array(let figures) = report["figures"] else {
                Issue.record("no figures")
                return
            }
            let names = figures.compactMap { figure -> String? in
                if case .string(let name) = figure["name"] { name } else { nil }
            }
            for name in expected { #expect(names.contains(name)) }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left == ["figures.json"])
        }
    }

    @Test func `the memory of a first sync is measured from bundles in files`() throws {
        try inFolder { folder in
            try MemoryProbe.run(folder: folder, seed: 1)
            let peak = try String(contentsOfFile: "\(folder)/peak", encoding: .utf8)
            #expect(Int(peak).map { $0 > 1 << 20 } == true)
        }
    }

    @Test func `the workload read from files is the one that was generated`() throws {
        let workload = Workload(villages: 2)
        try inFolder { folder in
            for village in workload.villages {
                try village.jsonLines().write(
                    toFile: "\(folder)/v0\(village.number).jsonl",
                    atomically: true,
                    encoding: .utf8
                )
            }
            let edits = workload.edits.map { $0.jsonLine() + "\n" }.joined()
            try edits.write(toFile: "\(folder)/edits.jsonl", atomically: true, encoding: .utf8)
            let conflict = #"{"vil":0,"id":"00r8","village":{"vn_lv":0},"hub":{"vn_lv":1}}"#
            try conflict.write(
                toFile: "\(folder)/conflicts.jsonl",
                atomically: true,
                encoding: .utf8
            )
            let read = try Workload(folder: folder)
            #expect(
                read.villages.map { $0.jsonLines() } == workload.villages.map { $0.jsonLines() }
            )
            #expect(read.edits.map { $0.jsonLine() } == workload.edits.map { $0.jsonLine() })
            #expect(read.conflicts.map(\.number) == [8])
        }
    }

    @Test(arguments: [
        "", "{}", #"{"t":"h","id":"00h2"}"#, #"{"id":"01h1","t":"h"}"#, "\u{0}",
        #"{"t":"h","id":"00h99999999999999999999"}"#,
    ])
    func `a file that is not the workload is refused with its line`(line: String) throws {
        try inFolder { folder in
            try (line + "\n").write(
                toFile: "\(folder)/v00.jsonl",
                atomically: true,
                encoding: .utf8
            )
            let error = #expect(throws: WorkloadError.self) { try Workload(folder: folder) }
            #expect(error?.line == (line.isEmpty ? 0 : 1))
        }
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "doorstep-bench-test-\(UInt64.random(in: 0...UInt64.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }
}
