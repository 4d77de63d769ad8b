import Survey

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
                title: Label(
                    "Mọi chỉ tiêu theo thôn, \(residents) nhân khẩu",
                    "All indicators by village, \(residents) residents"
                ),
                unit: .seconds,
                ours: indicators,
                reference: (.referenceQuery, samples(of: .referenceQuery)),
                limit: residents >= BenchLimits.residentsJudged ? 3 : nil
            )
        ]
    }

    private func memoryFigures(_ peak: Int?) -> [Figure] {
        guard let peak else { return [] }
        return [
            Figure(
                name: "memory",
                title: Label(
                    "Bộ nhớ cao nhất của máy xã khi đồng bộ lần đầu",
                    "The hub's peak memory in the first sync"
                ),
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
                title: Label("Đồng bộ lần đầu vào máy xã trống", "First sync into an empty hub"),
                unit: .seconds,
                ours: samples(of: .sync),
                reference: (.plainUpsert, plain),
                limit: 1.5
            ),
            Figure(
                name: "write_bundles",
                title: Label(
                    "Niêm phong và ghi gói của các thôn",
                    "Sealing and writing the villages' bundles"
                ),
                unit: .seconds,
                ours: sum(.seal, .write),
                reference: (.plainUpsert, plain),
                limit: 4
            ),
            Figure(
                name: "edits",
                title: Label("Sửa 1 %: thời gian ở máy xã", "1 % edited: time at the hub"),
                unit: .seconds,
                ours: samples(of: .edits),
                reference: (.firstSync, samples(of: .sync)),
                limit: 0.03
            ),
            Figure(
                name: "edits_stick",
                title: Label("Sửa 1 %: tất cả trên một USB", "1 % edited: all on one stick"),
                unit: .seconds,
                ours: samples(of: .stickEdits),
                reference: (.stickSync, samples(of: .stickSync)),
                limit: nil
            ),
            Figure(
                name: "plain_edits",
                title: Label(
                    "Sửa 1 %: riêng SQLite thuần",
                    "1 % edited: plain SQLite's own updates"
                ),
                unit: .seconds,
                ours: samples(of: .plainEdits),
                reference: (.firstSync, samples(of: .sync)),
                limit: nil
            ),
            Figure(
                name: "conflicts",
                title: Label(
                    "Nhận 500 xung đột, giữ mọi giá trị",
                    "500 conflicts taken up, all values kept"
                ),
                unit: .seconds,
                ours: samples(of: .conflicts),
                reference: (.plainUpdates, samples(of: .plainConflicts)),
                limit: nil
            ),
            Figure(
                name: "save",
                title: Label("Lưu một thay đổi", "One saved change"),
                unit: .seconds,
                ours: samples(of: .save),
                reference: (.plainUpdate, samples(of: .plainSave)),
                limit: 1.5
            ),
            Figure(
                name: "rebuild",
                title: Label("Dựng lại các bảng", "Rebuilding the projection"),
                unit: .seconds,
                ours: samples(of: .rebuild),
                reference: (.firstSync, samples(of: .sync)),
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
                title: Label("Đồng bộ lần đầu: dung lượng truyền", "First sync on the wire"),
                unit: .bytes,
                ours: syncBytes,
                reference: (.packedJSON, json),
                limit: 1
            ),
            Figure(
                name: "edit_bytes",
                title: Label("Sửa 1 %: dung lượng truyền", "1 % edited: on the wire"),
                unit: .bytes,
                ours: samples(of: .editBytes),
                reference: (.firstSync, syncBytes),
                limit: 0.02
            ),
            Figure(
                name: "file",
                title: Label("Tệp của máy xã, kể cả lịch sử", "The hub's file, history included"),
                unit: .bytes,
                ours: samples(of: .file),
                reference: (.plainFile, samples(of: .plainFile)),
                limit: 1.5
            ),
        ]
    }

    private var nothingChangedFigures: [Figure] {
        [
            (
                "request_bytes", Label("Không đổi gì: yêu cầu", "Nothing changed: request"),
                Figure.Unit.bytes,
                Measure.requestBytes,
                1_000.0
            ),
            (
                "reply_bytes", Label("Không đổi gì: trả lời", "Nothing changed: reply"), .bytes,
                .replyBytes, 1_000
            ),
            (
                "unchanged_writes",
                Label("Không đổi gì: số dòng ghi", "Nothing changed: rows written"), .count,
                .unchangedWrites, 0
            ),
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

    /// The first sync of many more villages, each round beside that of the workload's, and the edits of
    /// as many villages as the workload has at a hub that holds so much more.
    func growth(
        _ workload: Workload,
        scale: Int,
        peak: Int?,
        _ options: BenchOptions
    ) throws -> [Figure] {
        let large = try Round(BenchInput(workload), folder: folder, seed: options.seed)
        let villages = try large.recordOnly(keeping: input.visits.count)
        let edits = try large.editOnly(villages)
        var times = (small: Samples(), large: Samples(), edits: Samples())
        for _ in 0..<options.rounds {
            times.small.add(try syncOnly().sync)
            let grown = try large.syncOnly(then: edits, of: villages)
            times.large.add(grown.sync)
            times.edits.add(grown.edits)
        }
        var figures = [
            Figure(
                name: "growth_time",
                title: Label(
                    "\(scale) × số bản ghi: đồng bộ lần đầu",
                    "\(scale) × the records: first sync"
                ),
                unit: .seconds,
                ours: times.large,
                reference: (.firstSync, times.small),
                limit: 1.1 * Double(scale)
            ),
            Figure(
                name: "growth_edits",
                title: Label(
                    "\(scale) × số bản ghi: sửa 1 % của \(villages.count) thôn",
                    "\(scale) × the records: 1 % of \(villages.count) villages edited"
                ),
                unit: .seconds,
                ours: times.edits,
                reference: (.edits, samples(of: .edits)),
                limit: nil
            ),
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
                title: Label(
                    "\(scale) × số bản ghi: bộ nhớ cao nhất",
                    "\(scale) × the records: peak memory"
                ),
                unit: .bytes,
                ours: Samples([Double(largePeak)]),
                reference: (.firstSync, Samples([Double(peak)])),
                limit: 1.1
            )
        )
        return figures
    }
}

/// What figures are compared with.
extension Label {
    fileprivate static let referenceQuery = Label("câu truy vấn mẫu", "reference query")
    fileprivate static let plainUpsert = Label("ghi hàng loạt thuần", "plain upsert")
    fileprivate static let stickSync = Label("đồng bộ lần đầu, một USB", "first sync, one stick")
    fileprivate static let firstSync = Label("đồng bộ lần đầu", "first sync")
    fileprivate static let edits = Label("sửa 1 % như trên", "1 % edited, as above")
    fileprivate static let plainUpdates = Label("sửa hàng loạt thuần", "plain updates")
    fileprivate static let plainUpdate = Label("một lần sửa thuần", "plain update")
    fileprivate static let packedJSON = Label("JSON, zstd -19", "JSON, zstd -19")
    fileprivate static let plainFile = Label("tệp thuần", "plain file")
}
