import Compression
package import Survey
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
    package var language = Language.vi
    /// Compares payload layouts and levels of compression instead.
    package var showsLayouts = false
    /// Whether a commune is surveyed besides, for its indicators.
    package var measuresIndicators = true
    /// Measures what a hub on the network must bear instead.
    package var measuresNet = false
    /// Nodes that sync at once with it.
    package var nodes = 100
    /// What makes this command run ``BenchHub/run(folder:seed:)``, the folder following; nil where the
    /// hub is served by this process.
    package var hubArguments: [String]?
    /// The same for ``FormsHub/run(folder:seed:)``.
    package var formsArguments: [String]?
    /// What makes this command run ``MemoryProbe/run(folder:seed:)``, the folder following; nil where
    /// memory is not measured.
    package var probeArguments: [String]?

    package init() {}
}

/// Doorstep beside plain SQLite on one workload, in one run.
package enum Benchmark {
    /// Runs the bench, prints its figures, and tells whether every one reached its target.
    ///
    /// `progress` is told what is being done, for people who wait.
    @discardableResult
    package static func run(
        _ options: BenchOptions,
        _ output: Output,
        progress: (Label) -> Void = { _ in }
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
        let figures =
            try options.measuresNet
            ? netFigures(workload, options, progress) : figures(workload, options, progress)
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
        _ progress: (Label) -> Void
    ) throws -> [Figure] {
        let folder = try BenchFolder(parent: options.folder)
        progress(
            Label(
                "nén các bản ghi dạng JSON bằng zstd -19",
                "compressing the records as JSON with zstd -19"
            )
        )
        let compressor = Compressor(level: 19)
        let jsonBytes = workload.villages.reduce(0) { sum, village in
            sum + compressor.compress(Array(village.jsonLines().utf8)).count
        }
        let round = try Round(BenchInput(workload), folder: folder, seed: options.seed)
        if options.measuresIndicators {
            progress(
                Label("khảo sát một xã để tính chỉ tiêu", "surveying a commune for its indicators")
            )
            round.survey = try SyntheticSurvey(
                round.commune,
                villages: workload.villages.count,
                folder: folder
            )
            round.residents = try round.survey?.residents()
        }
        for number in 0..<options.rounds {
            progress(.round(number, of: options.rounds))
            try round.play()
        }
        var peak: Int?
        if let arguments = options.probeArguments {
            progress(Label("đo bộ nhớ", "measuring memory"))
            peak = try MemoryProbe.measure(round.bundles, folder: folder, arguments: arguments)
        }
        var figures = round.figures(jsonBytes: jsonBytes, peak: peak)
        if options.scale > 1 {
            progress(
                Label(
                    "đồng bộ số thôn gấp \(options.scale) lần",
                    "syncing \(options.scale) times the villages"
                )
            )
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

    /// What a hub on the network costs; see ``NetRound``.
    private static func netFigures(
        _ workload: Workload,
        _ options: BenchOptions,
        _ progress: (Label) -> Void
    ) throws -> [Figure] {
        let folder = try BenchFolder(parent: options.folder)
        let round = try NetRound(BenchInput(workload), folder: folder, options)
        for number in 0..<options.rounds {
            progress(.round(number, of: options.rounds))
            try round.play()
        }
        return round.figures(nodes: options.nodes)
    }

    private static func text(
        _ figures: [Figure],
        _ workload: Workload,
        _ options: BenchOptions
    ) -> String {
        let language = options.language
        var table = Table([
            .init(Label("Gì", "What")(language)), .init("Doorstep", .right),
            .init(Label("So với", "Compared with")(language), .right),
            .init(Label("Tỷ số hoặc giá trị (khoảng)", "Ratio or value (range)")(language), .right),
            .init(Label("Cần đạt", "To reach")(language), .right),
            .init(Label("Kết quả", "Reached")(language)),
        ])
        for figure in figures { table.add(figure.cells(language)) }
        let numbers = NumberFormat(language)
        let villages = numbers.integer(workload.villages.count)
        let records = numbers.integer(workload.recordCount)
        let title = Label(
            "\(villages) thôn, \(records) bản ghi, trung vị của \(options.rounds) lượt, tệp ở \(options.folder)",
            "\(villages) villages, \(records) records, medians of \(options.rounds) rounds, files in \(options.folder)"
        )
        return "\(title(language))\n\n\(table.text(.aligned))"
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

extension Label {
    fileprivate static func round(_ number: Int, of count: Int) -> Label {
        Label("lượt \(number + 1) trên \(count)", "round \(number + 1) of \(count)")
    }
}
