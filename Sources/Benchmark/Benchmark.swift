import Compression
package import Terminal

/// What a run of the bench does.
package struct BenchOptions: Sendable {
    package var villages = 20
    package var seed = 1
    package var rounds = 5
    /// How many times the villages are synced besides, for growth; 1 for not at all.
    package var scale = 1
    /// The folder of the workload's files; nil to generate them.
    package var from: String?
    /// Where files are made; a folder of their own in it, removed at the end.
    package var folder = "/tmp"
    package var isJSON = false
    /// Compares payload layouts and levels of compression instead.
    package var showsLayouts = false
    /// What makes this command run ``MemoryProbe/run(folder:seed:)``; the folder follows.
    package var probeArguments: [String]

    package init(probeArguments: [String]) {
        self.probeArguments = probeArguments
    }
}

/// Doorstep beside plain SQLite on one workload, in one run.
package enum Benchmark {
    /// Runs the bench and prints its figures.
    ///
    /// `progress`: told what is being done, for people who wait.
    /// Returns whether every figure reached its target.
    @discardableResult
    package static func run(
        _ options: BenchOptions,
        _ output: Output,
        progress: (String) -> Void = { _ in }
    ) throws -> Bool {
        let workload: Workload
        if let from = options.from {
            workload = try Workload(folder: from)
        } else {
            workload = Workload(villages: options.villages, seed: options.seed)
        }
        if options.showsLayouts {
            output.write(try Layouts(workload, options).text())
            return true
        }
        let figures = try figures(workload, options, progress)
        if options.isJSON {
            output.writeLine(JSONText.encode(json(figures, workload, options), pretty: true))
        } else {
            output.write(text(figures, workload, options))
        }
        return figures.allSatisfy(\.isReached)
    }

    private static func figures(
        _ workload: Workload,
        _ options: BenchOptions,
        _ progress: (String) -> Void
    ) throws -> [Figure] {
        let folder = try BenchFolder(parent: options.folder)
        progress("compressing the records as JSON with zstd -19")
        let compressor = Compressor(level: 19)
        let jsonBytes = workload.villages.reduce(0) { sum, village in
            sum + compressor.compress(Array(village.jsonLines().utf8)).count
        }
        let round = try Round(BenchInput(workload), folder: folder, seed: options.seed)
        for number in 0..<options.rounds {
            progress("round \(number + 1) of \(options.rounds)")
            try round.play()
        }
        progress("measuring memory")
        let peak = try MemoryProbe.measure(
            round.bundles,
            folder: folder,
            arguments: options.probeArguments
        )
        var figures = round.figures(jsonBytes: jsonBytes, peak: peak)
        if options.scale > 1 {
            progress("syncing \(options.scale) times the villages")
            figures += try round.growth(
                Workload(
                    villages: workload.villages.count * options.scale,
                    seed: options.seed
                ),
                scale: options.scale,
                peak: peak,
                options
            )
        }
        return figures
    }

    private static func text(
        _ figures: [Figure],
        _ workload: Workload,
        _ options: BenchOptions
    ) -> String {
        var table = Table([
            .init("What"), .init("Doorstep", .right), .init("Compared with", .right),
            .init("Ratio or value (range)", .right), .init("To reach", .right), .init("Reached"),
        ])
        for figure in figures { table.add(figure.cells) }
        return """
            \(workload.villages.count) villages, \(workload.recordCount) records, \
            medians of \(options.rounds) rounds, files in \(options.folder)

            \(table.text(.aligned))
            """
    }

    private static func json(
        _ figures: [Figure],
        _ workload: Workload,
        _ options: BenchOptions
    ) -> JSONValue {
        .object([
            .init("villages", .integer(Int64(workload.villages.count))),
            .init("records", .integer(Int64(workload.recordCount))),
            .init("rounds", .integer(Int64(options.rounds))),
            .init("figures", .array(figures.map(\.json))),
        ])
    }
}
