import Causality
import Compression
import Replication
import Store
import Survey
import Terminal

/// Sizes and times of payload layouts, segment lengths and levels of compression.
///
/// The figures behind the layout of `sync-protocol.md` section 5 and ``Store/compressionLevel``.
struct Layouts {
    private static let levels = [3, 6, 9, 12, 19]
    private static let segmentLengths = [250, 500, 1_000, 1_500, 2_000]

    /// Villages' entries as staff wrote them.
    private let villages: [[Entry]]
    private let jsonLines: [[UInt8]]
    /// Payloads of a day's few changes.
    private let edits: [[UInt8]]
    private let language: Language

    init(_ workload: Workload, _ options: BenchOptions) throws {
        let folder = try BenchFolder(parent: options.folder)
        let round = try Round(BenchInput(workload), folder: folder, seed: options.seed)
        var villages: [[Entry]] = []
        var edits: [[UInt8]] = []
        for number in workload.villages.indices {
            folder.removeDatabase("village.db")
            let node = try round.commune.village(number, path: folder.file("village.db"))
            _ = try round.record(number, node)
            let created = try Self.entries(node)
            villages.append(created)
            try round.edit(number, node)
            try node.store.seal(node.scope)
            edits.append(Payload.encode(Array(try Self.entries(node)[created.count...])))
        }
        self.villages = villages
        self.edits = edits
        language = options.language
        jsonLines = workload.villages.map { Array($0.jsonLines().utf8) }
    }

    private static func entries(_ node: BenchNode) throws -> [Entry] {
        let decompressor = Decompressor()
        var entries: [Entry] = []
        try node.store.segments(of: node.scope, lacking: .empty) { segment, _ in
            let bytes = try segment.payloadBytes(decompressor)
            entries += try Payload(bytes, count: segment.header.count).entries()
        }
        return entries
    }

    func text() throws -> String {
        var tables = [byLayout(), try byLength(), byLevel()]
        tables.append(
            Label(
                "Mức đang dùng: \(Store.compressionLevel)\n",
                "Level in use: \(Store.compressionLevel)\n"
            )(language)
        )
        return tables.joined(separator: "\n")
    }

    private func segments(of length: Int) -> [[Entry]] {
        villages.flatMap { entries in
            stride(from: 0, to: entries.count, by: length).map { start in
                Array(entries[start..<min(start + length, entries.count)])
            }
        }
    }

    private static func packed(_ parts: [[UInt8]], _ level: Int) -> (bytes: Int, seconds: Double) {
        let compressor = Compressor(level: level)
        var bytes = 0
        let time = seconds { for part in parts { bytes += compressor.compress(part).count } }
        return (bytes, time)
    }

    private func byLayout() -> String {
        let segments = segments(of: BenchLimits.entriesPerSeal)
        let layouts: [(Label, [[UInt8]])] = [
            (Label("dòng JSON, cả thôn", "JSON lines, whole villages"), jsonLines),
            (
                Label("từng thay đổi một", "entries one by one"),
                segments.map { $0.flatMap { $0.encode() } }
            ),
            (Label("theo cột", "columns"), segments.map { Payload.encode($0) }),
            (Label("theo cột, sửa 1 %", "columns, 1 % edited"), edits),
        ]
        var table = Table(
            [
                .init(Label("Cách xếp", "Layout")(language)),
                .init(Label("Byte", "Bytes")(language), .right),
            ]
                + Self.levels.map { .init("zstd -\($0)", .right) }
        )
        for (name, parts) in layouts {
            let sizes = Self.levels.map { String(Self.packed(parts, $0).bytes) }
            table.add([name(language), String(parts.reduce(0) { $0 + $1.count })] + sizes)
        }
        return table.text(.aligned)
    }

    private func byLength() throws -> String {
        var table = Table([
            .init(Label("Thay đổi mỗi đoạn", "Entries a segment")(language), .right),
            .init(Label("Mã hóa", "Encode")(language), .right),
            .init(Label("Giải mã", "Decode")(language), .right),
            .init(Label("Byte", "Bytes")(language), .right),
            .init("zstd -\(Store.compressionLevel)", .right),
        ])
        for length in Self.segmentLengths {
            let segments = segments(of: length)
            var payloads: [[UInt8]] = []
            let encoding = seconds { payloads = segments.map { Payload.encode($0) } }
            let decoding = try seconds {
                for (payload, entries) in zip(payloads, segments) {
                    _ = try Payload(payload, count: entries.count)
                }
            }
            table.add([
                String(length), Figure.Unit.seconds.text(encoding),
                Figure.Unit.seconds.text(decoding),
                String(payloads.reduce(0) { $0 + $1.count }),
                String(Self.packed(payloads, Store.compressionLevel).bytes),
            ])
        }
        return table.text(.aligned)
    }

    private func byLevel() -> String {
        let payloads = segments(of: BenchLimits.entriesPerSeal).map { Payload.encode($0) }
        var table = Table([
            .init(Label("Mức", "Level")(language), .right),
            .init(Label("Byte", "Bytes")(language), .right),
            .init(Label("Thời gian", "Time")(language), .right),
        ])
        for level in Self.levels {
            let (bytes, time) = Self.packed(payloads, level)
            table.add([String(level), String(bytes), Figure.Unit.seconds.text(time)])
        }
        return table.text(.aligned)
    }
}
