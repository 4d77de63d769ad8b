import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

/// What somebody has to do today: the first page of those who go from door to door.
extension Page {
    /// What whoever signs in sees first: those who visit their list, others how things stand.
    static let first = Page(
        label: "first",
        gate: .signedIn,
        rooms: (.figures, .store),
        show: { caller, rooms in
            caller.worksAtDoors
                ? try showToday(caller, rooms) : try showOverview(caller, rooms)
        }
    )

    static let today = Page(label: "today", gate: .may(.record), show: showToday)

    private static func showToday(_ caller: Caller, _ rooms: PageRooms) throws -> Response {
        let asked = TodayQuery(caller)
        let (list, open) = try rooms.node(caller) { node in
            (try node.worklist(asked.query(caller)), try OpenVisits(node))
        }
        let say = caller.say
        let title =
            caller.worksAtDoors ? say("Hôm nay", "Today") : say("Hộ cần đến", "To visit")
        let frame = caller.frame(title)
        let paging = Paging(
            asked: asked.page,
            count: list.items.count,
            perPage: HouseholdList.perPage
        )
        return Replies.page(
            frame.page {
                Done.notice(caller)
                Progress(say: say, list: list).html
                SearchForm(caller: caller).html
                open.html(caller)
                pinAdvice(caller)
                Component.link(LocalPath("/phone"), say("Dùng khi đi xa", "Use away from the node"))
                filters(asked, list, caller)
                if list.items.isEmpty {
                    element("p") { nothing(asked, list, say) }
                }
                if asked.filter == .open, asked.page == 1, let next = list.next,
                    next.id != list.items.first?.id
                {
                    NextHousehold(caller: caller, item: next).html
                }
                HouseholdList(
                    caller: caller,
                    items: Array(list.items[paging.range]),
                    namesVillages: HouseholdList.isOfSeveralVillages(list.items)
                ).html
                paging.links(asked.path, say)
                NewHouseholdLink(say: say).html
            }
        )
    }

    /// A session without a PIN ends when it is quiet for long, and lies open until then.
    @HTMLBuilder private static func pinAdvice(_ caller: Caller) -> HTML {
        if let signedIn = caller.signedIn, PINRules.areFor(signedIn.role), !signedIn.hasPIN {
            element("p", .class("hint")) {
                Component.link(LocalPath("/pin"), caller.say("Đặt mã PIN", "Choose a PIN"))
                caller.say(
                    " để khỏi gõ lại mật khẩu trong ngày.",
                    " so that you need not type your password again today."
                )
            }
        }
    }

    private static func nothing(_ asked: TodayQuery, _ list: Worklist, _ say: Speech) -> String {
        if list.total == 0 {
            return say(
                "Chưa có hộ nào trên máy này. Danh sách hộ đến từ máy xã khi đồng bộ.",
                "No households are on this node yet. They come from the hub with a sync."
            )
        }
        if asked.filter == .open {
            return say("Đã đến hết các hộ.", "Every household has been visited.")
        }
        return say("Không có hộ nào như vậy.", "There is no such household.")
    }

    private static func filters(_ asked: TodayQuery, _ list: Worklist, _ caller: Caller) -> HTML {
        let say = caller.say
        return element("nav", .class("filters"), Attribute("aria-label", say("Lọc", "Filter"))) {
            for filter in WorklistQuery.Filter.allCases {
                let count = list.counts[filter].map { " \(say.number($0))" } ?? ""
                element(
                    "a",
                    [.href(asked.showing(filter).path)]
                        + (filter == asked.filter ? [Attribute("aria-current", "true")] : [])
                ) { say(filter.label) + count }
            }
            if caller.worksAtDoors {
                element("a", .href(asked.ofOthers.path), .class("other")) {
                    asked.isOfAll
                        ? say("Chỉ hộ của tôi", "Only mine")
                        : say("Cả thôn", "The whole village")
                }
            }
        }
    }
}

/// Which part of the list is asked for; its path holds no word of anybody.
private struct TodayQuery {
    var filter: WorklistQuery.Filter
    /// Everybody's households, not only one's own.
    var isOfAll: Bool
    let page: Int
    private let base: LocalPath

    init(_ caller: Caller) {
        filter =
            caller.head.query("show").flatMap { WorklistQuery.Filter(rawValue: $0) } ?? .open
        isOfAll = !caller.worksAtDoors || caller.head.query("of") == "all"
        page = caller.head.query("page").flatMap { Int($0) } ?? 1
        base = caller.worksAtDoors ? LocalPath("/") : LocalPath("/today")
    }

    func query(_ caller: Caller) -> WorklistQuery {
        var query = WorklistQuery()
        query.scopes = caller.scopes(.record)
        query.assignedTo = isOfAll ? nil : caller.user
        query.filter = filter
        return query
    }

    func showing(_ filter: WorklistQuery.Filter) -> TodayQuery {
        var other = self
        other.filter = filter
        return other
    }

    /// Everybody's instead of one's own, or the other way round.
    var ofOthers: TodayQuery {
        var other = self
        other.isOfAll.toggle()
        return other
    }

    /// Its first page.
    var path: LocalPath {
        var path = base
        if filter != .open { path = path.asking("show", filter.rawValue) }
        if isOfAll, base == LocalPath("/") { path = path.asking("of", "all") }
        return path
    }
}

extension WorklistQuery.Filter {
    var label: Label {
        switch self {
        case .open: Label("Còn lại", "To do")
        case .notVisited: Label("Chưa đến", "Not visited")
        case .away: Label("Vắng nhà", "Away")
        case .callAgain: Label("Hẹn lại", "Call again")
        case .lacking: Label("Còn thiếu", "Lacking something")
        case .done: Label("Đã xong", "Done")
        }
    }
}

/// How much of the list is done: “18/31”.
private struct Progress {
    let say: Speech
    let list: Worklist

    var html: HTML {
        element("div", .class("progress")) {
            element("p") {
                element("b") { "\(say.number(list.done))/\(say.number(list.total))" }
                say(" hộ đã xong", " households done")
                if list.due > 0 {
                    " · "
                    say(
                        "\(say.number(list.due)) hộ hẹn đến hôm nay",
                        "\(say.number(list.due)) to call at today"
                    )
                }
            }
            element(
                "progress",
                Attribute("max", "\(max(list.total, 1))"),
                Attribute("value", "\(list.done)"),
                Attribute("aria-label", say("Tiến độ", "Progress"))
            )
        }
    }
}

/// Where to go next, above the list where it is not the first of it.
private struct NextHousehold {
    let caller: Caller
    let item: WorklistItem

    var html: HTML {
        let words = HouseholdWords(say: caller.say)
        let title = caller.say("Hộ tiếp theo", "Next household")
        return element("section", .class("card"), .id("next"), Attribute("aria-label", title)) {
            element("h2") { title }
            element("ul", .class("list")) {
                element("li", .class("item")) {
                    element("a", .href(LocalPath("/household", item.id.description))) {
                        element("b") { words.title(item) }
                        element("span") {
                            [item.group, words.place(item)].compactMap(\.self)
                                .joined(separator: " · ")
                        }
                        words.state(item, today: caller.today)
                    }
                    if caller.may(.record, in: item.scope) {
                        BeginButton(caller: caller, household: item.id, isBegun: false).html
                    }
                }
            }
        }
    }
}

/// Visits that the reader has begun, by household.
private struct OpenVisits {
    /// Shown before the list; the rest is marked in it.
    private static let shown = 5

    private let visits: [(visit: OpenVisit, household: RecordSummary)]

    init(_ node: LocalNode) throws {
        visits = try VisitDesk(node).openVisits().prefix(Self.shown).compactMap { visit in
            try node.summary(of: visit.household).map { (visit, $0) }
        }
    }

    @HTMLBuilder func html(_ caller: Caller) -> HTML {
        let say = caller.say
        if !visits.isEmpty {
            let title = say("Lượt đến đang làm dở", "Visits to go on with")
            element("section", .class("card"), Attribute("aria-label", title)) {
                element("h2") { title }
                element("ul", .class("list")) {
                    for (visit, household) in visits {
                        element("li", .class("item")) {
                            element("a", .href(LocalPath("/visit", visit.key.description))) {
                                element("b") {
                                    HouseholdWords(say: say).title(
                                        code: household.household?.code,
                                        head: household.household?.head
                                    )
                                }
                                element("span") {
                                    say(
                                        "ghi lần cuối \(say.time(visit.changed))",
                                        "last answer \(say.time(visit.changed))"
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
