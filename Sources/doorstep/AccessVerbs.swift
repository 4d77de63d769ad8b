import Causality
import Node
import Store
import Survey
import Terminal

extension Verb {
    static let access = [listAccess]

    private static let listAccess = Verb(
        in: "access",
        Command(
            "list",
            summary: Label(
                "Ai đã xem dữ liệu về người, ai đã lấy ra",
                "Who has looked at persons' data, and who took some out"
            ),
            discussion: Label(
                """
                Mới nhất ở trên. Các máy mang lượt xem của mình đến trong lần đồng bộ sau. Xem bản ghi
                do chính mình tạo thì không ghi.
                """,
                """
                Latest first. Nodes bring their entries with the next exchange. Readings of records that
                somebody has created himself are not entered.
                """
            ),
            arguments: [.folder],
            options: [
                .value(
                    "user",
                    .text,
                    summary: Label("Chỉ của người dùng này", "Only what this user has done")
                ),
                .value(
                    "record",
                    .text,
                    summary: Label(
                        "Chỉ lượt xem bản ghi này; của một người thì cả lượt xem hộ có người đó",
                        "Only readings of this record; of a person also those of the household"
                    )
                ),
                .value("since", .date, summary: Label("Từ ngày này", "From this day on")),
                .value(
                    "limit",
                    .integer(1...1_000_000),
                    default: "1000",
                    summary: Label("Nhiều nhất bấy nhiêu dòng", "At most so many")
                ),
            ],
            examples: [
                Example(
                    "access list hub --user lan --since 2026-11-01",
                    "Liệt kê những gì lan đã xem.",
                    "Lists what lan has read."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        var query = AccessQuery(limit: Int(context.parsed.integer("limit") ?? 1000))
        query.who = context.parsed.text("user")
        query.record = try context.parsed.text("record") == nil ? nil : context.id("record")
        query.since = context.day("since")?.firstMillisecond ?? 0
        let entries = try node.accessEntries(query)
        if context.isJSON {
            context.print(json: .array(entries.map { json($0, context) }))
            return .ok
        }
        let places = try node.placeNames()
        var table = Table([
            .init(context.say("Lúc", "When")), .init(context.say("Ai", "Who")),
            .init(context.say("Máy", "Node")), .init(context.say("Việc", "Action")),
            .init(context.say("Bản ghi, danh sách", "Record or list")),
            .init(context.say("Nơi", "Place")), .init(context.say("Dòng", "Rows"), .right),
            .init(context.say("Lý do", "Reason")), .init(context.say("Qua", "Via")),
        ])
        for entry in entries {
            let action = AccessAction(rawValue: entry.action)?.label(context.language)
            table.add([
                context.time(HybridTime(milliseconds: entry.at, counter: 0)), entry.who, entry.node,
                action ?? entry.action,
                entry.record ?? entry.filter.map { context.list($0, at: node) } ?? "",
                entry.scope.map { places[$0] ?? $0 } ?? "",
                entry.count.map { context.numbers.integer($0) } ?? "", entry.reason ?? "",
                entry.via.map { context.way($0) } ?? "",
            ])
        }
        context.print(table, ifEmpty: Label("Chưa có lượt xem nào", "Nobody has looked yet"))
        return .ok
    }

    private static func json(_ entry: AccessEntry, _ context: VerbContext) -> JSONValue {
        [
            "at": .string(context.isoTime(HybridTime(milliseconds: entry.at, counter: 0))),
            "who": .string(entry.who), "node": .string(entry.node),
            "action": .string(entry.action), "record": context.optional(entry.record),
            "scope": context.optional(entry.scope), "list": context.optional(entry.filter),
            "rows": entry.count.map { .integer(Int64($0)) } ?? .null,
            "reason": context.optional(entry.reason), "via": context.optional(entry.via),
        ]
    }
}

extension VerbContext {
    /// The list that an entry names, an indicator or record types, as people know it.
    fileprivate func list(_ filter: String, at node: LocalNode) -> String {
        if let indicator = node.description.indicators.first(where: { $0.name == filter }) {
            return indicator.label(language)
        }
        let names = filter.split(separator: " ").map(String.init)
        let labels = names.map { name in
            node.description.types.first { $0.name == name }?.label(language) ?? name
        }
        return labels.joined(separator: ", ")
    }

    /// Through what somebody has looked.
    fileprivate func way(_ via: String) -> String {
        switch via {
        case "command": say("lệnh", "command")
        case "page": say("trang", "page")
        default: via
        }
    }

    /// Says that somebody has read without a trace, where the access log could not be written.
    func noteUnlogged(_ node: LocalNode) {
        guard node.unloggedReadings > 0 else { return }
        complain(
            Label(
                "không ghi được nhật ký truy cập: hãy giải phóng dung lượng đĩa",
                "the access log could not be written: free some disk space"
            )
        )
    }
}
