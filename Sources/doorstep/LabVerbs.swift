import Benchmark
import Node
import Simulation
import Survey
import Terminal

extension Verb {
    static let lab = [simulate, bench]

    private static let simulate = Verb(
        Command(
            "simulate",
            summary: Label(
                "Mô phỏng các xã từ hạt giống, đủ mọi sự cố, đối chiếu với kết quả đúng",
                "Play communes from seeds, with every accident, against an oracle"
            ),
            discussion: Label(
                """
                Kho dữ liệu và gói thật; cắt ở byte bất kỳ, hỏng ở lần ghi bất kỳ, USB đến muộn hoặc lặp
                lại, khôi phục, sao chép, sai đồng hồ, thu hồi, chuyển, gộp, xóa hẳn, phiên bản khác nhau.
                Hạt giống nào phá một bất biến thì được in kèm diễn biến, và lần nào chạy cũng hỏng như
                thế. Khi đó mã kết thúc là 4.
                """,
                """
                Real stores and bundles; cuts at any byte, crashes at any write, late and repeated
                sticks, restores, copies, clock jumps, revocations, moves, merges, erasures, nodes of
                two versions. A seed that breaks an invariant is printed with its trace, and fails alike
                every time. Ends with exit code 4 if one did.
                """
            ),
            options: [
                .value(
                    "seeds",
                    .integer(1...10_000_000),
                    default: "100",
                    summary: Label("Bao nhiêu hạt giống", "How many seeds")
                ),
                .value(
                    "from",
                    .integer(0...Int64.max),
                    default: "1",
                    summary: Label("Hạt giống đầu tiên", "The first seed")
                ),
                .value(
                    "steps",
                    .integer(1...100_000),
                    default: "120",
                    summary: Label("Số bước của mỗi hạt giống", "Steps of each")
                ),
                .value(
                    "dir",
                    .path,
                    summary: Label(
                        "Giữ cơ sở dữ liệu thành tệp trong thư mục này",
                        "Keep the databases in files under this folder"
                    )
                ),
                .flag(
                    "trace",
                    summary: Label(
                        "Giữ toàn bộ diễn biến của hạt giống bị hỏng",
                        "Keep the whole trace of a failing seed"
                    )
                ),
            ],
            examples: [
                Example(
                    "simulate --seeds 1000 --from 1",
                    "Mô phỏng một nghìn xã.",
                    "Plays a thousand communes."
                )
            ]
        )
    ) { context in
        var options = Simulation.Options()
        options.seeds = context.parsed.integer("seeds").map { Int($0) } ?? options.seeds
        options.firstSeed = UInt64(context.parsed.integer("from") ?? 1)
        options.steps = context.parsed.integer("steps").map { Int($0) } ?? options.steps
        if let folder = context.parsed.text("dir") { try Files.makeFolder(folder) }
        options.folder = context.parsed.text("dir")
        options.isTracing = context.parsed.flag("trace")
        var done = 0
        let report = Simulation.run(options) { seed, failure in
            done += 1
            context.progress.update(
                context.say("Mô phỏng", "Simulating"),
                done: done,
                of: options.seeds
            )
            if let failure {
                context.complain(
                    Label(
                        "hạt giống \(seed) phá bất biến \(failure.invariant): \(failure.message)",
                        "seed \(seed) breaks the invariant \(failure.invariant): \(failure.message)"
                    )
                )
                for line in failure.trace { context.note("  " + line) }
            }
            return !context.output.isClosed
        }
        context.progress.clear()
        let numbers = numbers(of: report)
        if context.isJSON {
            let members = numbers.map { JSONValue.Member($0.name, .integer(Int64($0.count))) }
            let seeds = report.failures.map { JSONValue.string(String($0.seed)) }
            context.print(
                json: .object(members + [JSONValue.Member("failing_seeds", .array(seeds))])
            )
        } else {
            var table = Table([
                .init(context.say("Gì", "What")), .init(context.say("Số lượng", "Number"), .right),
            ])
            for (_, label, count) in numbers {
                table.add([label(context.language), context.numbers.integer(count)])
            }
            context.print(table)
        }
        return report.failures.isEmpty ? .ok : .unverified
    }

    private typealias Number = (name: String, label: Label, count: Int)

    private static func numbers(of report: Simulation.Report) -> [Number] {
        let figures = report.figures
        return [
            ("seeds", Label("Hạt giống", "Seeds"), figures.seeds),
            ("steps", Label("Bước", "Steps"), figures.steps),
            ("saves", Label("Lần lưu", "Saves"), figures.saves),
            ("exchanges", Label("Lần trao đổi", "Exchanges"), figures.exchanges),
            ("cuts", Label("Lần bị cắt", "Cuts"), figures.cuts),
            ("crashes", Label("Lần hỏng giữa chừng", "Crashes"), figures.crashes),
            (
                "old_bundles", Label("Gói đến muộn hoặc lặp lại", "Bundles late or twice"),
                figures.oldBundles
            ),
            (
                "phone_changes", Label("Thay đổi từ điện thoại", "Changes from phones"),
                figures.phoneChanges
            ),
            ("rollbacks", Label("Lần quay lại bản cũ", "Rollbacks"), figures.rollbacks),
            ("restores", Label("Lần khôi phục", "Restores"), figures.restores),
            ("copies", Label("Lần sao chép", "Copies"), figures.copies),
            ("replacements", Label("Lần thay máy", "Machines replaced"), figures.replacements),
            ("revocations", Label("Lần thu hồi", "Revocations"), figures.revocations),
            ("moves", Label("Lần chuyển", "Moves"), figures.moves),
            ("erasures", Label("Lần xóa hẳn", "Erasures"), figures.erasures),
            ("upgrades", Label("Lần nâng cấp", "Upgrades"), figures.upgrades),
            (
                "hostile_messages", Label("Thông điệp phá hoại", "Hostile messages"),
                figures.hostileMessages
            ),
            (
                "conspiracies", Label("Nhánh do nhiều máy cùng dựng", "Conspiracies"),
                figures.conspiracies
            ),
            ("admissions", Label("Lần chấp nhận lại", "Admissions"), figures.admissions),
            ("healed_forks", Label("Nhánh đã gộp lại", "Forks healed"), figures.healedForks),
            (
                "excused_conflicts",
                Label("Xung đột thừa, được chấp nhận", "Conflicts too many, excused"),
                figures.excusedConflicts
            ),
            (
                "healing_rounds_max",
                Label("Số vòng lâu nhất để khớp nhau", "Most rounds until all agreed"),
                figures.healingRoundsMax
            ),
            ("failures", Label("Hạt giống hỏng", "Seeds that failed"), report.failures.count),
        ]
    }

    private static let bench = Verb(
        Command(
            "bench",
            summary: Label(
                "Đo, so với SQLite thuần làm cùng các dòng, trong cùng một lần chạy",
                "Measure against plain SQLite doing the same rows, in the same run"
            ),
            discussion: Label(
                """
                In tỷ số với trung vị, kèm mức cần đạt. Tốc độ của máy không ảnh hưởng; chỉ so thời gian
                tuyệt đối trong cùng một lần chạy. Kết thúc với mã 3 nếu có mức chưa đạt.
                """,
                """
                Prints ratios with medians, and for each the target. The machine's speed drops out;
                compare absolute times only within one run. Ends with code 3 where a target is not
                reached.
                """
            ),
            options: [
                .value(
                    "villages",
                    .integer(1...200),
                    default: "20",
                    summary: Label("Số thôn", "Villages")
                ),
                .value(
                    "rounds",
                    .integer(1...100),
                    default: "5",
                    summary: Label("Số lượt để lấy trung vị", "Rounds to take medians of")
                ),
                .value(
                    "scale",
                    .integer(1...20),
                    default: "10",
                    summary: Label(
                        "Phép thử tăng trưởng lớn gấp bao nhiêu lần",
                        "How much larger the growth check is"
                    )
                ),
                .value(
                    "seed",
                    .integer(1...1_000_000),
                    default: "1",
                    summary: Label("Hạt giống của dữ liệu đo", "Seed of the workload")
                ),
                .value(
                    "from",
                    .path,
                    summary: Label(
                        "Đọc dữ liệu đo từ thư mục này",
                        "Read the workload from this folder instead"
                    )
                ),
                .value(
                    "dir",
                    .path,
                    default: "/tmp",
                    summary: Label("Nơi tạo cơ sở dữ liệu", "Where the databases are made")
                ),
                .flag(
                    "layout",
                    summary: Label(
                        "Thay vào đó: dung lượng và thời gian của các cách xếp và mức nén zstd",
                        "Sizes and times of payload layouts and zstd levels instead"
                    )
                ),
                .flag(
                    "net",
                    summary: Label(
                        "Thay vào đó: máy xã trên mạng, qua TLS trên máy này",
                        "A hub on the network instead, over TLS on this machine"
                    )
                ),
                .value(
                    "nodes",
                    .integer(1...120),
                    default: "100",
                    summary: Label(
                        "Kèm --net: bao nhiêu máy đồng bộ cùng lúc",
                        "With --net: how many nodes sync at once"
                    )
                ),
                .value(
                    "hub-of",
                    .path,
                    summary: Label(
                        "Do chính bench dùng: một máy xã đang chạy",
                        "Used by bench itself: a hub that is served"
                    )
                ),
                .value(
                    "forms-of",
                    .path,
                    summary: Label(
                        "Do chính bench dùng: một máy xã có các trang",
                        "Used by bench itself: a hub that is served with its pages"
                    )
                ),
                .value(
                    "memory-of",
                    .path,
                    summary: Label(
                        "Do chính bench dùng: bộ nhớ của một máy xã",
                        "Used by bench itself: the memory of one hub"
                    )
                ),
            ],
            examples: [
                Example("bench --rounds 5", "Đo máy tại chỗ.", "Measures a node by itself."),
                Example(
                    "bench --net --rounds 3",
                    "Đo máy xã trên mạng.",
                    "Measures a hub on the network."
                ),
            ]
        )
    ) { context in
        let seed = context.parsed.integer("seed").map { Int($0) } ?? 1
        if let folder = context.parsed.text("memory-of") {
            try MemoryProbe.run(folder: folder, seed: seed)
            return .ok
        }
        if let folder = context.parsed.text("hub-of") {
            try BenchHub.run(folder: folder, seed: seed)
            return .ok
        }
        if let folder = context.parsed.text("forms-of") {
            try FormsHub.run(folder: folder, seed: seed)
            return .ok
        }
        var options = BenchOptions()
        options.measuresNet = context.parsed.flag("net")
        options.nodes = context.parsed.integer("nodes").map { Int($0) } ?? options.nodes
        options.hubArguments = ["bench", "--seed", "\(seed)", "--hub-of"]
        options.formsArguments = ["bench", "--seed", "\(seed)", "--forms-of"]
        options.probeArguments = ["bench", "--memory-of"]
        options.villages = context.parsed.integer("villages").map { Int($0) } ?? options.villages
        options.rounds = context.parsed.integer("rounds").map { Int($0) } ?? options.rounds
        options.scale = context.parsed.integer("scale").map { Int($0) } ?? options.scale
        options.seed = seed
        options.from = context.parsed.text("from")
        options.folder = context.parsed.text("dir") ?? options.folder
        options.isJSON = context.isJSON
        options.language = context.language
        options.showsLayouts = context.parsed.flag("layout")
        let reached = try Benchmark.run(options, context.output) {
            if context.errors.isTerminal { context.note($0(context.language)) }
        }
        return reached ? .ok : .refused
    }
}
