import HTTP
import Node
import Survey

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
            let (found, places) = try rooms.figures(caller) { node in
                let query = AccessQuery(
                    limit: entriesPerPage + 1,
                    offset: (number - 1) * entriesPerPage
                )
                return (try node.accessEntries(query), try node.placeNames())
            }
            let say = caller.say
            let frame = caller.frame(say("Nhật ký truy cập", "Access log"))
            let entries = found.prefix(entriesPerPage)
            return Replies.page(
                frame.page {
                    element("p") {
                        say(
                            "Ai đã xem dữ liệu về người, mới nhất ở trên. Các nút mang lượt xem của mình đến khi đồng bộ.",
                            "Who has looked at persons' data, latest first. Nodes bring their entries when they sync."
                        )
                    }
                    if entries.isEmpty {
                        element("p") { say("Chưa có lượt xem nào.", "Nobody has looked yet.") }
                    } else {
                        accessTable(Array(entries), places, say)
                    }
                    turning(number, hasMore: found.count > entriesPerPage, say)
                }
            )
        }
    )

    private static func accessTable(
        _ entries: [AccessEntry],
        _ places: [String: String],
        _ say: Speech
    ) -> HTML {
        var table = PageTable(
            say("Lượt xem", "Readings"),
            [
                .init(say("Lúc", "When"), .time), .init(say("Ai", "Who")),
                .init(say("Nút", "Node")),
                .init(say("Việc", "Action")),
                .init(say("Bản ghi, danh sách", "Record or list"), .wide),
                .init(say("Nơi", "Place")), .init(say("Dòng", "Rows"), .number),
                .init(say("Lý do", "Reason"), .wide),
            ]
        )
        for entry in entries {
            let action = AccessAction(rawValue: entry.action).map { say($0.label) }
            let texts = [
                say.time(entry.at), entry.who, entry.node, action ?? entry.action,
                entry.record ?? entry.filter ?? "", entry.scope.map { places[$0] ?? $0 } ?? "",
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
