import Causality
import HTTP
import Node
import Survey
import Visiting

/// The end of a visit: what is still missing, what does not fit, each with the way to its page.
struct FinishView {
    let say: Speech
    let form: VisitForm

    var html: HTML {
        HTML.joined {
            elsewhere
            named
            declined
            missing
            warnings
        }
    }

    /// What stands in the way of the end, each with the way to its page; `refused`: why it was
    /// refused just now.
    @HTMLBuilder func blocking(_ refused: [OpenProblem]) -> HTML {
        let known = form.blocking
        let more = refused.filter { problem in
            !known.contains { $0.problem == problem.problem }
        }
        if !known.isEmpty || !more.isEmpty {
            Component.notice(.bad) {
                element("p") {
                    refused.isEmpty
                        ? say(
                            "Cần sửa trước khi kết thúc:",
                            "To be put right before the visit can be finished:"
                        ) : say("Chưa kết thúc được:", "Not finished yet:")
                }
                list(known + more)
            }
        }
    }

    /// Whose name goes into the note, because nothing else is known of them.
    @HTMLBuilder private var named: HTML {
        let named = form.onlyNamed
        if !named.isEmpty {
            Component.notice(.information) {
                element("p") {
                    say(
                        "Mới biết tên, ghi vào ghi chú của lượt đến: ",
                        "Known by name only, goes into the note of the visit: "
                    )
                    named.map { say(form.name(of: $0)) }.joined(separator: ", ")
                }
            }
        }
    }

    /// What will not be saved, so that nobody believes it was.
    @HTMLBuilder private var declined: HTML {
        let declined = form.declined
        if !declined.isEmpty {
            Component.card(
                form.isInterview
                    ? say("Không ghi: hộ không đồng ý", "Not saved: the household does not agree")
                    : say(
                        "Không ghi: hộ từ chối cả buổi",
                        "Not saved: the household refused all of it"
                    )
            ) {
                element("ul", .class("open")) {
                    for answer in declined {
                        element("li") {
                            element("b") { say(answer.record) + ": " }
                            say(answer.field)
                        }
                    }
                }
            }
        }
    }

    /// Who was asked here, and is of another household by now: it is saved where they are.
    @HTMLBuilder private var elsewhere: HTML {
        let people = form.answeredElsewhere
        if !people.isEmpty {
            Component.card(say("Không còn ở hộ này", "No longer of this household")) {
                element("p") {
                    say(
                        "Những gì đã hỏi vẫn được ghi vào hồ sơ của người đó:",
                        "What was asked is still saved in the person's own record:"
                    )
                }
                element("ul", .class("open")) {
                    for (person, count) in people {
                        element("li") {
                            element("b") { say(form.name(of: person)) }
                            element("span", .class("hint")) {
                                say(
                                    " \(count) câu trả lời",
                                    count == 1 ? " 1 answer" : " \(count) answers"
                                )
                            }
                            element(
                                "button",
                                Attribute("type", "submit"),
                                Attribute("name", "forget"),
                                Attribute("value", person.description),
                                .class("danger")
                            ) { say("Bỏ các câu trả lời này", "Leave these answers out") }
                        }
                    }
                }
            }
        }
    }

    @HTMLBuilder private var missing: HTML {
        // What stands in the way of the end is told above.
        let blocking = form.blocking
        let open = form.missing.filter { question in
            !blocking.contains {
                $0.record == question.question.record && $0.problem.field == question.question.field
            }
        }
        if open.isEmpty {
            if form.isInterview {
                Component.notice(.good) {
                    element("p") { say("Đã hỏi đủ.", "Everything was asked.") }
                }
            }
        } else {
            Component.card(
                say(
                    "Còn \(open.count) câu chưa trả lời",
                    open.count == 1
                        ? "1 question without an answer"
                        : "\(open.count) questions without an answer"
                )
            ) {
                element("p", .class("hint")) {
                    say(
                        "Có thể kết thúc và hỏi tiếp lần sau.",
                        "The visit can be finished, and the rest asked another time."
                    )
                }
                questions(open).html
            }
        }
    }

    private func questions(_ open: [OpenQuestion]) -> OpenList {
        var list = OpenList(say)
        for step in form.steps {
            for question in open where question.step == step {
                list.add(
                    question.question.field,
                    question.field,
                    OpenList.Place(name: say(question.record), step: step)
                )
            }
        }
        return list
    }

    @HTMLBuilder private var warnings: HTML {
        let found = form.warnings.filter { $0.problem.severity == .warns }
        if !found.isEmpty {
            Component.card(say("Xem lại", "To look at again")) { list(found) }
        }
    }

    private func list(_ problems: [OpenProblem]) -> HTML {
        element("ul", .class("open")) {
            for problem in problems {
                element("li") {
                    if form.steps.contains(problem.step), problem.step != .finish {
                        VisitWords.goTo(problem.step, title(problem.step))
                    }
                    element("span") { say.sentence(problem.problem.text) }
                }
            }
        }
    }

    private func title(_ step: Step) -> String {
        say(form.title(of: step))
    }
}

/// After the end, and giving up.
extension Page {
    static func visitDone(_ key: VisitKey) -> Page {
        Page(
            label: "visit-done",
            gate: .may(.record),
            show: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    guard let saved = try room.desk.finished(key) else {
                        return Replies.redirect(LocalPath("/visit", key.description))
                    }
                    return done(room, saved)
                }
            }
        )
    }

    /// The end once more, for a page that came after it: what it brought is not thrown away unseen.
    static func visitDone(_ room: VisitRoom, late: [LateAnswer]) throws -> Response {
        guard let saved = try room.desk.finished(room.key) else {
            return Replies.redirect(room.path("done"))
        }
        return done(room, saved, late: late)
    }

    private static func done(
        _ room: VisitRoom,
        _ saved: SavedVisit,
        late: [LateAnswer] = []
    ) -> Response {
        let say = room.say
        var frame = room.caller.frame(say("Đã ghi lượt đến", "The visit is saved"), isNarrow: true)
        frame.takesFocus = true
        let html = frame.page {
            Component.notice(.good) {
                element("p") {
                    say(
                        "Đã ghi trên máy này; gửi về xã trong lần đồng bộ sau.",
                        "Saved on this node; it goes to the commune with the next sync."
                    )
                }
            }
            if !late.isEmpty {
                Component.notice(.bad) {
                    element("p") {
                        say(
                            "Lượt đến đã kết thúc ở trang khác, nên những câu sau chưa ghi. Bắt đầu lượt mới để ghi:",
                            "The visit was finished on another page, so these answers are not saved. Begin another visit to record them:"
                        )
                    }
                    element("ul") {
                        for answer in late {
                            element("li") { say(answer.label) + ": " + answer.text }
                        }
                    }
                }
            }
            if !saved.open.isEmpty {
                Component.card(say("Hộ này còn", "Still open in this household")) {
                    problems(saved.open, say)
                    questions(saved.open, say).html
                }
            }
            element("div", .class("actions")) {
                Component.linkButton(LocalPath("/"), say("Hộ tiếp theo", "The next household"))
            }
        }
        return Replies.page(html, late.isEmpty ? 200 : 422)
    }

    @HTMLBuilder private static func problems(_ open: [OpenMatter], _ say: Speech) -> HTML {
        let found = open.filter { !$0.problems.isEmpty }
        if !found.isEmpty {
            element("ul", .class("open")) {
                for matter in found {
                    element("li") {
                        element("b") { who(matter, say) }
                        for problem in matter.problems {
                            element("p") { say.sentence(problem.text) }
                        }
                    }
                }
            }
        }
    }

    private static func questions(_ open: [OpenMatter], _ say: Speech) -> OpenList {
        var list = OpenList(say)
        for matter in open {
            let place = OpenList.Place(name: who(matter, say), step: nil)
            for field in matter.unanswered { list.add(field.name, field.label, place) }
        }
        return list
    }

    /// A person's name; of whatever has none what it is.
    private static func who(_ matter: OpenMatter, _ say: Speech) -> String {
        switch matter.record.type.name {
        case "resident", "benefit", "payment_account":
            matter.record.title.isEmpty
                ? say("Chưa có tên", "Without a name") : matter.record.title
        default: say(matter.record.type.label)
        }
    }

    /// Nothing of the visit is saved then, so it is asked once more.
    static func giveUp(_ key: VisitKey) -> Page {
        Page(
            label: "visit-give-up",
            gate: .may(.record),
            show: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    guard try room.desk.finished(key) == nil else {
                        return Replies.redirect(room.path("done"))
                    }
                    return try askToGiveUp(room)
                }
            },
            take: { caller, rooms in
                // His own answers: nobody else's right is needed to throw them away.
                try rooms.node(caller) { node in
                    let desk = VisitDesk(node)
                    guard try desk.finished(key) == nil else {
                        return Replies.redirect(LocalPath("/visit", key.description, "done"))
                    }
                    try desk.giveUp(key)
                    return Replies.redirect(LocalPath("/"))
                }
            }
        )
    }

    private static func askToGiveUp(_ room: VisitRoom) throws -> Response {
        let say = room.say
        let form = try room.form()
        let count = form.draft.answers.count
        let frame = room.caller.frame(say("Bỏ lượt đến?", "Discard the visit?"), isNarrow: true)
        let forms = room.caller.forms
        let html = frame.page {
            VisitWords.place(form, say)
            element("p") {
                say(
                    "\(say.number(count)) câu trả lời của lượt này sẽ mất. Những gì đã lưu ở các lượt trước vẫn còn.",
                    (count == 1 ? "1 answer" : "\(say.number(count)) answers")
                        + " of this visit will be lost. What earlier visits saved stays."
                )
            }
            forms.form(room.path("give-up")) {
                element("div", .class("actions")) {
                    forms.button(say("Bỏ lượt đến", "Discard visit"), .danger)
                    Component.linkButton(
                        LocalPath("/visit", room.key.description),
                        say("Tiếp tục lượt đến", "Go on with the visit")
                    )
                }
            }
        }
        return Replies.page(html)
    }
}
