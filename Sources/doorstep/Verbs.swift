import Survey
import Terminal

/// The programme: every verb is entered in this list and nowhere else.
enum Verbs {
    static let all: [Verb] = rooms.flatMap(\.self)

    /// In the order of the help.
    private static let rooms: [[Verb]] = [
        [.demo, .makeNode, .status], Verb.enrolling, Verb.inviting,
        Verb.users, Verb.access, Verb.serving, Verb.syncing,
        Verb.records, Verb.hubRecords, [.find, .addVisit],
        [.importList, .export], Verb.villages,
        [.coverage, .missing, .differences, .check, .addFigure], Verb.settings,
        Verb.conflicts, Verb.duplicates, [.verify, .rebuild], Verb.upkeep, Verb.lab,
    ]

    /// What stands behind the first word of verbs that have two.
    private static let groups: [String: Label] = [
        "node": Label("Các máy của máy xã này", "The nodes of this hub"),
        "service": Label(
            "Doorstep chạy như dịch vụ hệ thống",
            "The node as a service of the system"
        ),
        "user": Label("Những người dùng chương trình", "Who works with the program"),
        "access": Label("Ai đã xem dữ liệu về người", "Who has looked at persons' data"),
        "bundle": Label("Gói ở dạng từng tệp", "Bundles as single files"),
        "record": Label("Thêm, sửa, xem, xóa bản ghi", "Add, change, show and delete records"),
        "visit": Label("Ghi các lượt đến hộ", "Record visits to households"),
        "village": Label("Các thôn của xã", "Villages of the commune"),
        "figure": Label("Số liệu do cơ quan báo cáo", "Figures that agencies report"),
        "setting": Label("Cài đặt của xã", "What the commune decided about the survey"),
        "conflict": Label(
            "Quyết định khi hai người ghi khác nhau",
            "Decide what two people wrote differently"
        ),
        "duplicate": Label("Những người bị ghi hai lần", "People who were recorded twice"),
    ]

    static let version = "0.1.0"

    static let programme = Programme(
        name: "doorstep",
        version: version,
        summary: Label(
            "khảo sát không cần mạng, đến từng nhà",
            "a survey that works offline, house by house"
        ),
        commonOptions: [
            .flag(
                "json",
                summary: Label("In JSON cho chương trình khác", "Print JSON for programs")
            ),
            .value(
                "lang",
                .choice(["vi", "en"]),
                summary: Label(
                    "Ngôn ngữ; không ghi thì theo biến DOORSTEP_LANG, rồi tiếng Việt",
                    "Language; else that of the variable DOORSTEP_LANG, else Vietnamese"
                )
            ),
            .value(
                "as",
                .text,
                summary: Label(
                    "Ai ghi: tên đăng nhập; không ghi thì người dùng của máy",
                    "Who writes: the sign-in name; else the user of the system"
                )
            ),
        ],
        note: ErrorCode.note,
        commands: commands
    )

    /// Verbs of one group become one command with subcommands, where its first verb stands.
    private static let commands: [Command] = {
        var names: [String] = []
        var members: [String: [Verb]] = [:]
        for verb in all {
            let name = verb.path[0]
            if members[name] == nil { names.append(name) }
            members[name, default: []].append(verb)
        }
        return names.map { name in
            let verbs = members[name] ?? []
            guard verbs.first?.group != nil || verbs.isEmpty else { return verbs[0].command }
            return Command(
                name,
                summary: groups[name] ?? Label(name, name),
                subcommands: verbs.map(\.command)
            )
        }
    }()

    static func verb(at path: [String]) -> Verb? {
        all.first { $0.path == path }
    }
}
