import Demo
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let demo = Verb(
        Command(
            "demo",
            summary: Label(
                "Chạy thử một tuần làm việc của xã trong thư mục riêng",
                "Play a commune's week in a folder of its own"
            ),
            discussion: Label(
                """
                Tạo máy xã và các máy thôn, nhập danh sách mẫu, khảo sát không có mạng vài ngày, chuyển
                gói bằng USB (đến muộn, đọc hai lần, bị rút sớm), khôi phục một máy từ bản sao lưu cũ,
                quyết định một xung đột, đưa lên máy thành phố, rồi in số liệu của xã. Mọi người trong đó đều
                là giả lập.
                """,
                """
                Makes a hub and village nodes, imports a sample list, surveys offline for some days,
                carries bundles on sticks (late, twice, cut short), restores a laptop from an old
                backup, decides a conflict, brings it all to a city's hub, and ends with the commune's
                figures. All people are synthetic.
                """
            ),
            options: [
                .value(
                    "villages",
                    .integer(DemoOptions.villagesRange),
                    default: "5",
                    summary: Label("Số thôn, mỗi thôn một máy", "Villages, each with a node")
                ),
                .value(
                    "households",
                    .integer(DemoOptions.householdsRange),
                    default: "240",
                    summary: Label(
                        "Tổng số hộ giả lập, ngoài danh sách mẫu",
                        "Synthetic households in all, beside the sample list's"
                    )
                ),
                .value(
                    "seed",
                    .integer(0...Int64.max),
                    default: "1",
                    summary: Label(
                        "Số khác thì người khác, câu trả lời khác",
                        "Other people, other answers"
                    )
                ),
                .value(
                    "dir",
                    .path,
                    summary: Label(
                        "Thư mục sẽ tạo; không ghi thì là ./doorstep-demo",
                        "The folder to make; else ./doorstep-demo"
                    )
                ),
            ],
            examples: [
                Example(
                    "demo",
                    "Chạy một tuần và in số liệu, bằng tiếng Việt.",
                    "Plays the week and prints the figures, in Vietnamese."
                ),
                Example(
                    "demo --lang en --villages 8 --dir /tmp/demo",
                    "Như trên, bằng tiếng Anh.",
                    "The same in English."
                ),
            ]
        )
    ) { context in
        var options = DemoOptions(folder: context.parsed.text("dir") ?? "doorstep-demo")
        options.villages = context.parsed.integer("villages").map { Int($0) } ?? options.villages
        options.households =
            context.parsed.integer("households").map { Int($0) } ?? options.households
        options.seed = UInt64(context.parsed.integer("seed") ?? 1)
        let demo = try Demo(options, wall: StoreEnvironment.system.wall()) { event in
            show(event, context)
        }
        let result = try demo.run()
        context.progress.clear()
        let hub = try LocalNode(opening: NodeFolder(result.hubFolder), user: context.user)
        let report = try hub.coverage(FigureOptions())
        let printer = CoveragePrinter(context, report, CoverageChoice(madeOn: hub.today))
        if context.isJSON {
            context.print(json: json(result, printer.json))
        } else {
            printer.print(byVillage: true)
            farewell(result, options, context)
        }
        return result.isConverged ? .ok : .failed
    }

    private static func show(_ event: DemoEvent, _ context: VerbContext) {
        switch event {
        case .step(let label):
            context.progress.clear()
            if !context.isJSON { context.print("\n" + label(context.language)) }
        case .line(let label):
            context.progress.clear()
            if !context.isJSON { context.print("  " + label(context.language)) }
        case .progress(let done, let total):
            context.progress.update(
                context.say("Đang chạy", "Working"),
                done: done,
                of: total
            )
            return
        }
        context.output.flush()
    }

    private static func farewell(
        _ result: Demo.Result,
        _ options: DemoOptions,
        _ context: VerbContext
    ) {
        context.print("")
        context.print(
            context.say(
                "Thư mục: \(options.folder). Xem tiếp:",
                "Folder: \(options.folder). Look further:"
            )
        )
        let first = result.villageFolders.first ?? result.hubFolder
        for line in [
            "doorstep coverage \(result.hubFolder) --indicator vneid-level2 --by-village",
            "doorstep missing \(result.hubFolder) vneid-level2",
            "doorstep conflict list \(result.hubFolder)",
            "doorstep find \(first) nguyen",
            "doorstep coverage \(result.cityFolder) --by-village",
            "doorstep verify \(result.hubFolder)",
            "doorstep status \(first)",
        ] {
            context.print("  " + line)
        }
    }

    private static func json(_ result: Demo.Result, _ figures: JSONValue) -> JSONValue {
        [
            "hub": .string(result.hubFolder),
            "villages": .array(result.villageFolders.map { .string($0) }),
            "station": .string(result.stationFolder),
            "city": .string(result.cityFolder),
            "communes": .integer(Int64(result.communes)),
            "city_residents": .integer(Int64(result.cityResidents)),
            "residents": .integer(Int64(result.residents)),
            "units": .integer(Int64(result.units)),
            "reports": .integer(Int64(result.reports)),
            "visits": .integer(Int64(result.visits)),
            "refusals": .integer(Int64(result.refusals)),
            "nobody_met": .integer(Int64(result.nobodyMet)),
            "away": .integer(Int64(result.away)),
            "bundles": .integer(Int64(result.bundles)),
            "bundle_bytes": .integer(Int64(result.bundleBytes)),
            "conflicts": .integer(Int64(result.conflicts)),
            "decided": .integer(Int64(result.decided)),
            "converged": .bool(result.isConverged),
            "coverage": figures,
        ]
    }
}
