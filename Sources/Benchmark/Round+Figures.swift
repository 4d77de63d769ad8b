extension Round {
    private func samples(of measure: Measure) -> Samples { samples[measure] ?? Samples() }

    private func sum(_ one: Measure, _ other: Measure) -> Samples {
        Samples(zip(samples(of: one).values, samples(of: other).values).map { $0 + $1 })
    }

    /// The targets of the project, one figure each.
    func figures(jsonBytes: Int, peak: Int?) -> [Figure] {
        timeFigures + indicatorFigures + sizeFigures(jsonBytes: jsonBytes)
            + memoryFigures(peak) + nothingChangedFigures
    }

    private var indicatorFigures: [Figure] {
        guard let indicators = samples[.indicators], let residents else { return [] }
        return [
            Figure(
                name: "indicators",
                title: "All indicators by village, \(residents) residents",
                unit: .seconds,
                ours: indicators,
                reference: ("reference query", samples(of: .referenceQuery)),
                limit: 3
            )
        ]
    }

    private func memoryFigures(_ peak: Int?) -> [Figure] {
        guard let peak else { return [] }
        return [
            Figure(
                name: "memory",
                title: "The hub's peak memory in the first sync",
                unit: .bytes,
                ours: Samples([Double(peak)]),
                reference: nil,
                limit: Double(64 << 20)
            )
        ]
    }

    private var timeFigures: [Figure] {
        let plain = samples(of: .plainSync)
        return [
            Figure(
                name: "first_sync",
                title: "First sync into an empty hub",
                unit: .seconds,
                ours: samples(of: .sync),
                reference: ("plain upsert", plain),
                limit: 1.5
            ),
            Figure(
                name: "write_bundles",
                title: "Sealing and writing the villages' bundles",
                unit: .seconds,
                ours: sum(.seal, .write),
                reference: ("plain upsert", plain),
                limit: 4
            ),
            Figure(
                name: "edits",
                title: "1 % edited: time at the hub",
                unit: .seconds,
                ours: samples(of: .edits),
                reference: ("first sync", samples(of: .sync)),
                limit: 0.03
            ),
            Figure(
                name: "edits_stick",
                title: "1 % edited, all on one stick",
                unit: .seconds,
                ours: samples(of: .stickEdits),
                reference: ("first sync, one stick", samples(of: .stickSync)),
                limit: nil
            ),
            Figure(
                name: "plain_edits",
                title: "1 % edited, plain SQLite's own updates",
                unit: .seconds,
                ours: samples(of: .plainEdits),
                reference: ("first sync", samples(of: .sync)),
                limit: nil
            ),
            Figure(
                name: "conflicts",
                title: "500 conflicts taken up, all values kept",
                unit: .seconds,
                ours: samples(of: .conflicts),
                reference: ("plain updates", samples(of: .plainConflicts)),
                limit: nil
            ),
            Figure(
                name: "save",
                title: "One saved change",
                unit: .seconds,
                ours: samples(of: .save),
                reference: ("plain update", samples(of: .plainSave)),
                limit: 1.5
            ),
            Figure(
                name: "rebuild",
                title: "Rebuilding the projection",
                unit: .seconds,
                ours: samples(of: .rebuild),
                reference: ("first sync", samples(of: .sync)),
                limit: 1
            ),
        ]
    }

    private func sizeFigures(jsonBytes: Int) -> [Figure] {
        let syncBytes = samples(of: .syncBytes)
        let json = Samples(syncBytes.values.map { _ in Double(jsonBytes) })
        return [
            Figure(
                name: "sync_bytes",
                title: "First sync on the wire",
                unit: .bytes,
                ours: syncBytes,
                reference: ("JSON, zstd -19", json),
                limit: 1
            ),
            Figure(
                name: "edit_bytes",
                title: "1 % edited: on the wire",
                unit: .bytes,
                ours: samples(of: .editBytes),
                reference: ("first sync", syncBytes),
                limit: 0.02
            ),
            Figure(
                name: "file",
                title: "The hub's file, history included",
                unit: .bytes,
                ours: samples(of: .file),
                reference: ("plain file", samples(of: .plainFile)),
                limit: 1.5
            ),
        ]
    }

    private var nothingChangedFigures: [Figure] {
        [
            (
                "request_bytes", "Nothing changed: request", Figure.Unit.bytes,
                Measure.requestBytes,
                1_000.0
            ),
            ("reply_bytes", "Nothing changed: reply", .bytes, .replyBytes, 1_000),
            ("unchanged_writes", "Nothing changed: rows written", .count, .unchangedWrites, 0),
        ].map { name, title, unit, measure, limit in
            Figure(
                name: name,
                title: title,
                unit: unit,
                ours: samples(of: measure),
                reference: nil,
                limit: limit
            )
        }
    }

    /// The first sync of many more villages, each round beside that of the workload's.
    func growth(
        _ workload: Workload,
        scale: Int,
        peak: Int?,
        _ options: BenchOptions
    ) throws -> [Figure] {
        let large = try Round(BenchInput(workload), folder: folder, seed: options.seed)
        try large.recordOnly()
        var times = (small: Samples(), large: Samples())
        for _ in 0..<options.rounds {
            times.small.add(try syncOnly())
            times.large.add(try large.syncOnly())
        }
        var figures = [
            Figure(
                name: "growth_time",
                title: "\(scale) × the records: first sync",
                unit: .seconds,
                ours: times.large,
                reference: ("first sync", times.small),
                limit: 1.1 * Double(scale)
            )
        ]
        guard let arguments = options.probeArguments, let peak else { return figures }
        let largePeak = try MemoryProbe.measure(
            large.bundles,
            folder: folder,
            arguments: arguments
        )
        figures.append(
            Figure(
                name: "growth_memory",
                title: "\(scale) × the records: peak memory",
                unit: .bytes,
                ours: Samples([Double(largePeak)]),
                reference: ("first sync", Samples([Double(peak)])),
                limit: 1.1
            )
        )
        return figures
    }
}
