import Causality
import Coverage
import HTTP
import Node
import Store
import Survey
import Visiting

extension Page {
    /// All that somebody needs before he knocks.
    static func household(_ word: String) -> Page {
        Page(
            label: "household",
            gate: .may(.readRecords),
            show: { caller, rooms in
                guard let id = RecordID(word) else { return Errors.page(404, caller) }
                let found = try rooms.node(caller) { node -> (HouseholdCard, StaffNames)? in
                    // Before it is read, and entered as read.
                    guard let row = try node.store.row(of: id), row.type.name == "household",
                        let place = try node.store.survivor(of: row)?.scope,
                        caller.may(.readRecords, in: place)
                    else { return nil }
                    return (try node.householdCard(id), try StaffNames(node))
                }
                guard let (card, names) = found else { return Errors.page(404, caller) }
                return Replies.page(CardView(caller: caller, card: card, names: names).html)
            }
        )
    }
}

private struct CardView {
    /// Visits that are shown; the rest stands in the record's history.
    private static let visitsShown = 5

    let caller: Caller
    let card: HouseholdCard
    let names: StaffNames

    private var say: Speech { caller.say }
    private var household: RecordSummary.Household? { card.household.household }

    var html: HTML {
        let words = HouseholdWords(say: say)
        var frame = caller.frame(
            words.title(
                code: household?.code,
                head: household?.head,
                isEmptied: card.isEmptied
            )
        )
        frame.tabTitle = words.title(code: household?.code)
        return frame.page {
            Done.notice(caller)
            visitButton
            about
            problems(card.problems)
            members
            phones
            visits
            element("div", .class("actions")) {
                Component.link(
                    caller.worksAtDoors ? LocalPath("/") : LocalPath("/today"),
                    say("Về danh sách", "Back to the list")
                )
                Component.link(
                    LocalPath("/record", card.household.id.description),
                    say("Dữ liệu và lịch sử", "Data and history")
                )
            }
        }
    }

    @HTMLBuilder private var visitButton: HTML {
        if caller.may(.record, in: card.household.scope) {
            let isBegun = card.openVisits.contains { $0.user == caller.user }
            element("div", .class("actions")) {
                BeginButton(
                    caller: caller,
                    household: card.household.id,
                    isBegun: isBegun
                ).html
            }
        }
        for visit in card.openVisits where visit.user != caller.user { colleague(visit) }
    }

    /// A visit that a colleague has begun, to be taken over where he cannot end it any more.
    private func colleague(_ visit: OpenVisit) -> HTML {
        let name = names.name(of: visit.user)
        let isLeft = card.left.contains(visit)
        return Component.notice(.information) {
            element("p") {
                say(
                    "\(name) đang có một lượt đến chưa kết thúc ở hộ này, ghi lần cuối \(say.time(visit.changed)).",
                    "\(name) has begun a visit here and not finished it; last answer \(say.time(visit.changed))."
                )
                if isLeft {
                    say(
                        " Người này không vào được nữa (đã khóa, đã nghỉ, hoặc không còn phụ trách thôn).",
                        " That user cannot sign in for this village any more."
                    )
                }
            }
            if isLeft, caller.may(.assign, in: card.household.scope) {
                caller.forms.form(LocalPath("/lead/take-over")) {
                    caller.forms.hidden("visit", visit.key.description)
                    caller.forms.button(
                        say("Nhận lượt đến này để làm tiếp", "Take this visit over"),
                        .plain
                    )
                }
            }
        }
    }

    private var about: HTML {
        element("section", .class("card")) {
            element("dl") {
                fact(say("Địa chỉ", "Address"), place)
                fact(say("Chủ hộ", "Head"), head)
                fact(say("Tình trạng", "State"), say(card.state))
                fact(
                    say("Người phụ trách", "Assigned to"),
                    card.assignedTo.map { names.name(of: $0) }
                        ?? say("chưa giao cho ai", "nobody in particular")
                )
                fact(
                    say("Lần đến gần nhất", "Last visit"),
                    card.visits.first.map { last($0) } ?? say("chưa lần nào", "never")
                )
                fact(
                    say("Thông báo về dữ liệu", "Told about its data"),
                    card.isTold
                        ? say("đã thông báo đợt này", "in this round")
                        : say("chưa thông báo đợt này", "not in this round")
                )
            }
            LackList(say: say, lacks: card.lacks).html
            UnknownList(say: say, card: card).html
        }
    }

    private var head: String {
        household?.head
            ?? (card.isEmptied
                ? say("không còn ai ở", "nobody left")
                : say("chưa có chủ hộ: chọn khi đến", "none: choose one on the visit"))
    }

    @HTMLBuilder private func fact(_ name: String, _ words: String) -> HTML {
        if !words.isEmpty {
            element("dt") { name }
            element("dd") { words }
        }
    }

    private var place: String {
        PlaceWords.joined([household?.address, card.group, card.household.place])
    }

    private func last(_ visit: HouseholdCard.Visit) -> String {
        [visit.at.map { time($0) } ?? "", say(visit.outcome), names.name(of: visit.by)].filter {
            !$0.isEmpty
        }
        .joined(separator: " · ")
    }

    private func time(_ time: LocalTime) -> String {
        say.date(time.day.description) + " " + time.clockText
    }

    @HTMLBuilder private func problems(_ problems: [Problem]) -> HTML {
        if !problems.isEmpty {
            Component.notice(.information) {
                for problem in problems { element("p") { say(problem.text) } }
            }
        }
    }

    @HTMLBuilder private var phones: HTML {
        if !card.phones.isEmpty {
            Component.card(say("Điện thoại", "Phone")) {
                for phone in card.phones {
                    element("p", .class("call")) {
                        if let path = TelephonePath(phone.number) {
                            element("a", .class("who"), .call(path)) {
                                say("Gọi \(phone.number)", "Call \(phone.number)")
                            }
                        } else {
                            phone.number
                        }
                        element("span") {
                            phone.owner.isEmpty ? say("số của hộ", "the household's") : phone.owner
                        }
                    }
                }
                if card.phones.contains(where: { $0.isAgreed == nil }) {
                    element("p", .class("hint")) {
                        say(
                            "Chưa hỏi hộ có đồng ý được gọi không: chỉ gọi khi cần, và hỏi ngay.",
                            "The household was not asked whether it may be called: call only if you must, and ask."
                        )
                    }
                }
            }
        }
    }

    private var members: HTML {
        let people = card.members.count
        return Component.card(
            say("Thành viên: \(say.number(people))", "Members: \(say.number(people))")
        ) {
            if card.members.isEmpty {
                element("p") { say("Chưa ghi ai.", "Nobody is recorded.") }
            }
            element("ul", .class("list")) {
                for member in card.members { person(member) }
            }
        }
    }

    private func person(_ member: HouseholdCard.Member) -> HTML {
        element("li", .class("person")) {
            element("p") {
                element("a", .class("who"), .href(LocalPath("/record", member.id.description))) {
                    member.name.isEmpty ? say("Chưa có tên", "Without a name") : member.name
                }
            }
            element("p", .class("soft")) { facts(of: member) }
            LackList(say: say, lacks: member.lacks).html
            if member.lacksDay, let presence = member.presence {
                element("p", .class("problem")) {
                    say(presence) + say(": chưa ghi từ ngày nào", ": not recorded since when")
                }
            }
            for problem in member.problems {
                element("p", .class("problem")) { say(problem.text) }
            }
        }
    }

    private func facts(of member: HouseholdCard.Member) -> String {
        let age = member.age.map { age in
            say("\(age)\u{A0}tuổi", age == 1 ? "1 year old" : "\(age) years old")
        }
        let words = [
            member.relation.map { say($0) },
            member.birth.map { say("sinh\u{A0}\(say.date($0))", "born\u{A0}\(say.date($0))") }, age,
            member.presence.map { say($0) },
        ]
        return words.compactMap(\.self).joined(separator: " · ")
    }

    @HTMLBuilder private var visits: HTML {
        if card.visits.count > 1 || card.visits.contains(where: { $0.note != nil }) {
            Component.card(say("Các lần đến", "Visits")) {
                element("ul", .class("list")) {
                    for visit in card.visits.prefix(Self.visitsShown) {
                        element("li") {
                            element("p") { last(visit) }
                            if let note = visit.note { element("p", .class("soft")) { note } }
                        }
                    }
                }
            }
        }
    }
}
