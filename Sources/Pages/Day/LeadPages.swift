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
            let (days, matters, shares, names) = try rooms.node(caller) { node in
                (
                    try node.staffDay(node.today, scopes: scopes),
                    try node.leadMatters(scopes: scopes),
                    try node.staffShares(scopes: scopes),
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
                    given(shares, names, caller)
                    problems(matters, names, caller)
                }
            )
        }
    )

    /// A visit of somebody who cannot end it himself any more.
    static let takeOver = Page(
        label: "take-over",
        gate: .may(.assign),
        take: { caller, rooms in
            guard let key = VisitKey(caller.form["visit"]) else { return Errors.page(404, caller) }
            return try rooms.node(caller) { node in
                let desk = VisitDesk(node)
                let found = try desk.openVisits(ofEverybody: true)
                    .first { $0.key == key && $0.user != caller.user }
                guard let found, let row = try node.store.row(of: found.household) else {
                    throw VisitingError.noVisit
                }
                guard caller.may(.assign, in: row.scope), caller.may(.record, in: row.scope) else {
                    return Errors.page(403, caller)
                }
                try desk.takeOver(found)
                return Replies.redirect(LocalPath("/visit", key.description))
            }
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
                .init(say("Bắt đầu", "First")), .init(say("Kết thúc", "Last")),
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

    /// Who has how much of the round still to do.
    private static func given(
        _ shares: [StaffShare],
        _ names: StaffNames,
        _ caller: Caller
    ) -> HTML {
        let say = caller.say
        var table = PageTable(
            say("Đợt này", "This round"),
            [
                .init(say("Người", "Who")), .init(say("Được giao", "Given"), .number),
                .init(say("Đã xong", "Done"), .number), .init(say("Còn", "Left"), .number),
            ]
        )
        for share in shares {
            let query = AssignQuery(of: share.user.map { names.record(of: $0) } ?? "")
            let who = share.user.map { names.name(of: $0) } ?? say("Chưa giao", "Unassigned")
            table.add([
                Component.link(query.path, who), HTML(say.number(share.given)),
                HTML(say.number(share.done)), HTML(say.number(share.given - share.done)),
            ])
        }
        return table.isEmpty ? HTML() : table.html
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
}
