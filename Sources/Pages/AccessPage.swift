import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

extension Page {
    private static let entriesPerPage = 50
    /// Beyond it the command's filters find more than turning pages does.
    private static let pagesMax = 1000

    /// Who has looked at persons' data; reading it enters nothing.
    static let access = Page(
        label: "access",
        gate: .may(.seeAccessLog),
        rooms: (.figures, .store),
        show: { caller, rooms in
            let asked = caller.head.query("page").flatMap { Int($0) } ?? 1
            let number = min(max(asked, 1), pagesMax)
            let say = caller.say
            let (found, words) = try rooms.figures(caller) { node in
                let query = AccessQuery(
                    limit: entriesPerPage + 1,
                    offset: (number - 1) * entriesPerPage
                )
                let entries = try node.accessEntries(query)
                return (entries, try AccessWords(say, node, entries))
            }
            let frame = caller.frame(say("Nhật ký truy cập", "Access log"))
            let entries = found.prefix(entriesPerPage)
            return Replies.page(
                frame.page {
                    element("p") {
                        say(
                            "Ai đã xem dữ liệu về người, mới nhất ở trên. Các máy mang lượt xem của mình đến khi đồng bộ.",
                            "Who has looked at persons' data, latest first. Nodes bring their entries when they sync."
                        )
                    }
                    if entries.isEmpty {
                        element("p") { say("Chưa có lượt xem nào.", "Nobody has looked yet.") }
                    } else {
                        accessTable(Array(entries), words, say)
                    }
                    turning(number, hasMore: found.count > entriesPerPage, say)
                }
            )
        }
    )

    private static func accessTable(
        _ entries: [AccessEntry],
        _ words: AccessWords,
        _ say: Speech
    ) -> HTML {
        var table = PageTable(
            say("Lượt xem", "Readings"),
            [
                .init(say("Lúc", "When"), .time), .init(say("Ai", "Who"), .wide),
                .init(say("Máy", "Node")),
                .init(say("Việc", "Action")),
                .init(say("Bản ghi, danh sách", "Record or list"), .wide),
                .init(say("Nơi", "Place")), .init(say("Dòng", "Rows"), .number),
                .init(say("Lý do", "Reason"), .wide),
            ]
        )
        for entry in entries {
            let texts = [
                say.time(entry.at), words.who(entry), entry.node, words.action(entry),
                words.matter(entry), words.place(entry),
                entry.count.map { say.number($0) } ?? "", entry.reason ?? "",
            ]
            table.add(texts.map { HTML($0) })
        }
        return table.html
    }

    private static func turning(_ number: Int, hasMore: Bool, _ say: Speech) -> HTML {
        element("div", .class("actions")) {
            if number > 1 {
                Component.link(
                    LocalPath("/access").asking("page", "\(number - 1)"),
                    say("Mới hơn", "Later")
                )
            }
            if hasMore, number < pagesMax {
                Component.link(
                    LocalPath("/access").asking("page", "\(number + 1)"),
                    say("Cũ hơn", "Earlier")
                )
            }
        }
    }
}

/// Entries of the access log as people read them.
private struct AccessWords {
    private let say: Speech
    private let staff: StaffNames
    private let places: [String: String]
    /// What kind each record is that is still known here.
    private let types: [String: Label]

    init(_ say: Speech, _ node: LocalNode, _ entries: [AccessEntry]) throws {
        self.say = say
        staff = try StaffNames(node)
        places = try node.placeNames()
        types = try entries.reduce(into: [:]) { types, entry in
            guard let text = entry.record, types[text] == nil, let id = RecordID(text) else {
                return
            }
            types[text] = try node.store.row(of: id)?.type.label
        }
    }

    /// The name with the sign-in name behind it, which stays.
    func who(_ entry: AccessEntry) -> String {
        let name = staff.name(of: entry.who)
        return name == entry.who ? name : "\(name) (\(entry.who))"
    }

    func action(_ entry: AccessEntry) -> String {
        AccessAction(rawValue: entry.action).map { say($0.label) } ?? entry.action
    }

    func place(_ entry: AccessEntry) -> String { entry.scope.map { places[$0] ?? $0 } ?? "" }

    /// The record with its id, which tells it from all others, or the part of a list.
    func matter(_ entry: AccessEntry) -> String {
        if let record = entry.record {
            return [types[record].map { say($0) }, record].compactMap(\.self)
                .joined(separator: " ")
        }
        guard let filter = entry.filter else { return "" }
        if entry.action == AccessAction.worklist.rawValue, let list = list(filter) { return list }
        let description = DataDescription.doorstep
        if let indicator = description.indicator(filter) { return say(indicator.label) }
        return filter.split(separator: " ").map(String.init)
            .map { name in description.type(name).map { say($0.label) } ?? name }
            .joined(separator: ", ")
    }

    /// Part of the list of households to visit.
    private func list(_ word: String) -> String? {
        switch word {
        case "phone": say("trên điện thoại", "on a phone")
        case "lead": say("việc của trưởng nhóm", "matters for the lead")
        default: WorklistQuery.Filter(rawValue: word).map { say($0.label) }
        }
    }
}
