import HTTP
import Node
import Store
import Survey
import Visiting

/// That colleagues have changed what this visit answers, with the way to decide.
struct ColleagueNotice {
    let room: VisitRoom
    let changes: [ConcurrentChange]

    var html: HTML {
        let say = room.say
        guard !changes.isEmpty else { return HTML() }
        return Component.notice(.bad) {
            for change in changes {
                element("p") {
                    element("b") { say(change.record) + " – " + say(change.label) }
                    void("br", [])
                    say(change.source) + ": " + Self.shown(change.theirs, say)
                    say(", anh/chị ghi ", ", you wrote ") + Self.shown(change.mine, say)
                }
            }
            Component.linkButton(room.path("colleague"), say("Chọn", "Decide"))
        }
    }

    static func shown(_ value: Label, _ say: Speech) -> String {
        say(value).isEmpty ? say("(trống)", "(empty)") : say(value)
    }
}

/// “A colleague changed this phone number at 9:12”: both values, to be decided at the door.
extension Page {
    static func colleague(_ key: VisitKey) -> Page {
        Page(
            label: "visit-colleague",
            gate: .may(.record),
            formBytesMax: FormLimits.visitBytesMax,
            show: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    guard try room.desk.finished(key) == nil else {
                        return Replies.redirect(room.path("done"))
                    }
                    return try decisions(room)
                }
            },
            take: { caller, rooms in
                try VisitRoom.enter(key, caller, rooms) { room in
                    guard try room.desk.finished(key) == nil else {
                        return Replies.redirect(room.path("done"))
                    }
                    return try decide(room)
                }
            }
        )
    }

    private static func decide(_ room: VisitRoom) throws -> Response {
        guard let seen = Token(text: room.caller.form["seen"]) else {
            return Replies.redirect(room.path("colleague"))
        }
        var chosen: [QuestionID: ConcurrentDecision] = [:]
        for (name, value) in room.caller.form.pairs where name.hasPrefix(StepForm.answer) {
            guard let question = QuestionID(String(name.dropFirst(StepForm.answer.count))) else {
                continue
            }
            chosen[question] = ConcurrentDecision(rawValue: value)
        }
        try room.desk.decide(room.key, chosen, seen: seen)
        let form = try room.form()
        guard try room.desk.concurrentChanges(form).isEmpty else {
            return try decisions(room, isIncomplete: true)
        }
        return Replies.redirect(room.path(form.nextOpen))
    }

    private static func decisions(
        _ room: VisitRoom,
        isIncomplete: Bool = false
    ) throws -> Response {
        let say = room.say
        // Before the rest: it must not name more than is shown.
        let token = try room.desk.token(room.key).text
        let form = try room.form()
        let changes = try room.desk.concurrentChanges(form)
        guard !changes.isEmpty else {
            return Replies.redirect(LocalPath("/visit", room.key.description))
        }
        let frame = room.caller.frame(
            say("Đồng nghiệp cũng đã sửa", "A colleague changed it too"),
            isNarrow: true
        )
        let forms = room.caller.forms
        let html = frame.page {
            VisitWords.place(form, say)
            if isIncomplete {
                Component.notice(.bad) {
                    element("p") { say("Chọn cho từng mục.", "Choose for each of them.") }
                }
            }
            forms.form(room.path("colleague")) {
                forms.hidden("seen", token)
                for change in changes { choices(change, say) }
                element("div", .class("do")) {
                    forms.button(say("Ghi lựa chọn", "Keep the choice"))
                }
            }
            element("div", .class("actions")) {
                Component.link(
                    LocalPath("/visit", room.key.description),
                    say("Để sau", "Later")
                )
            }
        }
        return Replies.page(html, isIncomplete ? 422 : 200)
    }

    private static func choices(_ change: ConcurrentChange, _ say: Speech) -> HTML {
        func shown(_ label: Label) -> String { ColleagueNotice.shown(label, say) }
        let options: [(ConcurrentDecision, String)] = [
            (.mine, say("Của tôi: ", "Mine: ") + shown(change.mine)),
            (.theirs, say("Của đồng nghiệp: ", "The colleague's: ") + shown(change.theirs)),
            (.review, say("Giữ cả hai, trưởng nhóm xem", "Keep both, the lead decides")),
        ]
        let name = StepForm.answer + change.question.description
        let place = change.node.isEmpty ? "" : say(", máy ", ", on ") + change.node
        return element("section", .class("card")) {
            element("fieldset", .class("question")) {
                element("legend") { say(change.record) + " – " + say(change.label) }
                element("p", .class("hint")) { say(change.source) + place }
                element("div", .class("pills tall")) {
                    for (decision, words) in options {
                        element("label", .class("pill")) {
                            void(
                                "input",
                                [
                                    Attribute("type", "radio"), Attribute("name", name),
                                    Attribute("value", decision.rawValue), Attribute("required"),
                                ]
                            )
                            element("span") { words }
                        }
                    }
                }
            }
        }
    }
}
