import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

/// The village lead's work: who did what today, what goes wrong, who visits whom.
extension Page {
    /// Of each kind; the rest waits until these are dealt with.
    private static let mattersShown = 50

    static let lead = Page(
        label: "lead",
        gate: .may(.assign),
        show: { caller, rooms in
            let scopes = caller.scopes(.assign)
            let (days, matters, names) = try rooms.node(caller) { node in
                (
                    try node.staffDay(node.today, scopes: scopes),
                    try node.leadMatters(scopes: scopes),
                    try StaffNames(node)
                )
            }
            let say = caller.say
            let frame = caller.frame(say("Phân công", "Team"))
            return Replies.page(
                frame.page {
                    Done.notice(caller)
                    element("div", .class("actions")) {
                        Component.linkButton(
                            LocalPath("/lead/assign"),
                            say("Giao hộ", "Assign households")
                        )
                    }
                    today(days, names, caller)
                    problems(matters, names, caller)
                }
            )
        }
    )

    private static func today(_ days: [StaffDay], _ names: StaffNames, _ caller: Caller) -> HTML {
        let say = caller.say
        guard !days.isEmpty else {
            return element("p") { say("Hôm nay chưa có lượt đến nào.", "No visits yet today.") }
        }
        var table = PageTable(
            say("Hôm nay", "Today"),
            [
                .init(say("Người", "Who")), .init(say("Lượt đến", "Visits"), .number),
                .init(say("Hoàn thành", "Complete"), .number),
                .init(say("Không gặp", "Nobody met"), .number),
                .init(say("Từ chối", "Refused"), .number),
                .init(say("Từ", "From"), .time), .init(say("Đến", "To"), .time),
                .init(say("Phút mỗi hộ", "Minutes each"), .number),
            ]
        )
        for day in days {
            let texts = [
                names.name(of: day.user), say.number(day.visits),
                say.number(day.outcomes["complete"] ?? 0),
                say.number(day.outcomes["no-contact"] ?? 0),
                say.number(day.outcomes["refused"] ?? 0), day.first?.clockText ?? "–",
                day.last?.clockText ?? "–", day.medianMinutes.map { say.number($0) } ?? "–",
            ]
            table.add(texts.map { HTML($0) })
        }
        return table.html
    }

    @HTMLBuilder private static func problems(
        _ matters: [LeadMatter],
        _ names: StaffNames,
        _ caller: Caller
    ) -> HTML {
        let say = caller.say
        if matters.isEmpty {
            element("p") { say("Không có vấn đề nào.", "There are no problems.") }
        }
        for kind in LeadMatter.Kind.allCases {
            let found = matters.filter { $0.kind == kind }
            if !found.isEmpty {
                element("h2") { say(kind.label) + ": " + say.number(found.count) }
                element("ul", .class("list")) {
                    for matter in found.prefix(mattersShown) { row(matter, names, caller) }
                    if found.count > mattersShown {
                        element("li") {
                            say(
                                "và \(say.number(found.count - mattersShown)) hộ nữa",
                                "and \(say.number(found.count - mattersShown)) more"
                            )
                        }
                    }
                }
            }
        }
    }

    private static func row(
        _ matter: LeadMatter,
        _ names: StaffNames,
        _ caller: Caller
    ) -> HTML {
        let words = HouseholdWords(say: caller.say)
        let item = matter.household
        return element("li", .class("item")) {
            element("a", .href(LocalPath("/household", item.id.description))) {
                element("b") { words.title(item) }
                element("span") {
                    let village = caller.hasSeveralVillages ? item.place : nil
                    [village, item.group, item.address, matter.user.map { names.name(of: $0) }]
                        .compactMap(\.self).joined(separator: " · ")
                }
                words.state(item, today: caller.today)
            }
        }
    }

    // MARK: Who visits whom

    static let assign = Page(
        label: "assign",
        gate: .may(.assign),
        show: { caller, rooms in try AssignView(caller, rooms).reply() },
        take: { caller, rooms in
            let asked = caller.form.all("household").compactMap { RecordID($0) }
            let to = caller.form["staff"]
            guard !asked.isEmpty else {
                let words = caller.say(
                    "Chọn ít nhất một hộ.",
                    "Choose at least one household."
                )
                return try AssignView(caller, rooms).reply(["household": words])
            }
            do {
                try rooms.node(caller) { node in
                    let own = try asked.filter { id in
                        guard let scope = try node.store.row(of: id)?.scope else { return false }
                        return caller.may(.assign, in: scope)
                    }
                    try node.assign(own, to: to.isEmpty ? nil : to)
                }
            } catch let error as VisitingError where error == .noSuchStaff {
                return try AssignView(caller, rooms)
                    .reply(["staff": caller.say.sentence(error.label)])
            }
            return Replies.redirect(
                AssignQuery(caller).path.asking("done", Done.assigned.rawValue)
            )
        }
    )
}

/// Whose households are shown for assigning: everybody's, nobody's, or one user's.
private struct AssignQuery {
    /// A user's record, as addresses hold no names; empty for those that are nobody's, nil for all.
    let of: String?
    let page: Int

    init(_ caller: Caller) {
        let asked = caller.head.isReading ? caller.head.query("of") : caller.form["of"]
        of = asked == "all" ? nil : asked.flatMap { RecordID($0)?.description } ?? ""
        page = caller.head.query("page").flatMap { Int($0) } ?? 1
    }

    init(of: String?) {
        self.of = of
        page = 1
    }

    var word: String { of ?? "all" }

    /// Its first page.
    var path: LocalPath {
        let base = LocalPath("/lead/assign")
        return word.isEmpty ? base : base.asking("of", word)
    }
}

/// The list that households are chosen from, and whom they may be given to.
private struct AssignView {
    /// Of one page: as many as are given away at once.
    private static let perPage = 60

    let caller: Caller
    let query: AssignQuery
    private let items: [WorklistItem]
    private let counts: [String: Int]
    private let names: StaffNames

    init(_ caller: Caller, _ rooms: PageRooms) throws {
        self.caller = caller
        query = AssignQuery(caller)
        var asked = WorklistQuery()
        asked.scopes = caller.scopes(.assign)
        asked.filter = .open
        let (all, names) = try rooms.node(caller) { node in
            (try node.worklist(asked).items, try StaffNames(node))
        }
        self.names = names
        counts = Dictionary(grouping: all) { $0.assignedTo ?? "" }.mapValues(\.count)
        let wanted = query.of.map { names.signInName(of: $0) }
        items = all.filter { wanted == nil || ($0.assignedTo ?? "") == wanted }
    }

    func reply(_ errors: [String: String] = [:]) -> Response {
        let say = caller.say
        var forms = caller.forms
        forms.errors = errors
        let paging = Paging(asked: query.page, count: items.count, perPage: Self.perPage)
        let shown = items[paging.range]
        let frame = caller.frame(say("Giao hộ", "Assign households"))
        let html = frame.page {
            Done.notice(caller)
            filters
            forms.summary
            if shown.isEmpty {
                element("p") { say("Không có hộ nào như vậy.", "There is no such household.") }
            } else {
                forms.form(LocalPath("/lead/assign")) {
                    forms.hidden("of", query.word)
                    forms.choices(
                        "household",
                        say("Hộ còn phải đến", "Households still to visit"),
                        shown.map { ($0.id.description, words($0)) },
                        chosen: Set(caller.form.all("household"))
                    )
                    forms.choice(
                        "staff",
                        say("Giao cho", "Give to"),
                        [("", say("Không riêng ai", "Nobody in particular"))]
                            + names.visitors(caller.scopes(.assign)).map { ($0.name, $0.full) },
                        chosen: caller.form["staff"]
                    )
                    forms.button(say("Giao các hộ đã chọn", "Assign the chosen"))
                }
            }
            paging.links(query.path, say)
            Component.link(LocalPath("/lead"), say("Về phân công", "Back to the team"))
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    private func words(_ item: WorklistItem) -> String {
        let household = HouseholdWords(say: caller.say)
        let village = caller.hasSeveralVillages ? item.place : nil
        let owner = query.of == nil ? item.assignedTo.map { "→ " + names.name(of: $0) } : nil
        let words = [household.title(item), village, item.group, household.place(item), owner]
        return words.compactMap(\.self).joined(separator: " · ")
    }

    private var filters: HTML {
        let say = caller.say
        let users = names.known(Set(counts.keys))
        return element("nav", .class("filters"), Attribute("aria-label", say("Lọc", "Filter"))) {
            chip(AssignQuery(of: ""), say("Chưa giao", "Nobody's"), counts[""] ?? 0)
            for user in users {
                chip(AssignQuery(of: user.id.description), user.displayName, counts[user.name] ?? 0)
            }
            chip(AssignQuery(of: nil), say("Tất cả", "All"), counts.values.reduce(0, +))
        }
    }

    private func chip(_ other: AssignQuery, _ words: String, _ count: Int) -> HTML {
        element(
            "a",
            [.href(other.path)]
                + (other.of == query.of ? [Attribute("aria-current", "true")] : [])
        ) { words + " " + caller.say.number(count) }
    }
}

/// Full names of the commune's users by sign-in name.
private struct StaffNames {
    private let users: [User]
    private let commune: String
    private let villages: Set<String>

    init(_ node: LocalNode) throws {
        users = try node.users()
        commune = try node.store.identity() == nil ? "" : node.store.rosterScope()
        villages = Set(try node.villages().map(\.scope))
    }

    /// The name itself where the roster does not know it.
    func name(of user: String) -> String {
        users.first { $0.name == user }?.displayName ?? user
    }

    /// Empty for a record that is none of a user.
    func signInName(of id: String) -> String {
        users.first { $0.id.description == id }?.name ?? ""
    }

    func known(_ names: Set<String>) -> [User] { users.filter { names.contains($0.name) } }

    /// Who may visit in any of these villages; nil for all.
    func visitors(_ scopes: Set<String>?) -> [(name: String, full: String)] {
        users.filter { user in
            guard let role = user.role, !user.isBlocked else { return false }
            let reach = user.reach(in: commune)
            return (scopes ?? villages).contains { may(role, reach, .record, in: $0) }
        }.map { ($0.name, "\($0.displayName) (\($0.name))") }
    }
}
