import Causality
import HTTP
import Store
import Survey
import Visiting

/// One page of a visit.
struct StepPage {
    let room: VisitRoom
    let step: Step
    /// Inputs as they were sent, where something in them was refused.
    var sent: [QuestionID: String] = [:]
    var outcome: PageOutcome?
    /// Why the end was refused.
    var refused: [OpenProblem] = []
    /// Sections that were not confirmed: a colleague has changed them since they were shown.
    var changed: Set<SectionID> = []
    /// Why a button could not do what it says.
    var hindrance: VisitingError?
    /// Why what was scanned is no identity card's code.
    var unreadable: Label?

    init(
        _ room: VisitRoom,
        _ step: Step,
        sent: [QuestionID: String] = [:],
        outcome: PageOutcome? = nil,
        refused: [OpenProblem] = [],
        changed: Set<SectionID> = [],
        hindrance: VisitingError? = nil,
        unreadable: Label? = nil
    ) {
        self.hindrance = hindrance
        self.unreadable = unreadable
        self.room = room
        self.step = step
        self.sent = sent
        self.outcome = outcome
        self.refused = refused
        self.changed = changed
    }

    private var say: Speech { room.say }

    func show(_ status: Int = 200) throws -> Response {
        guard try room.desk.finished(room.key) == nil else {
            return Replies.redirect(room.path("done"))
        }
        // Before the rest: it must not name more than is shown.
        let token = try room.desk.token(room.key).text
        let form = try room.form()
        guard let screen = form.screen(step) else {
            return Replies.redirect(room.path(form.nextOpen))
        }
        let changes = try room.desk.concurrentChanges(form)
        var frame = room.caller.frame(say(screen.title), isNarrow: true)
        if case .person = step { frame.tabTitle = VisitWords.somebody(say) }
        frame.scripts.append(.visit)
        let matches = try matches(form)
        let html = frame.page {
            VisitWords.place(form, say)
            room.caller.forms.form(room.path(step)) {
                room.caller.forms.hidden("seen", token)
                // Enter in a line goes on, whatever buttons stand above.
                enterButton
                StepList(say: say, form: form, here: step).html
                element("div", .id("problems"), Attribute("tabindex", "-1")) {
                    if step == .finish { FinishView(say: say, form: form).blocking(refused) }
                    summary(screen)
                    unseen(form)
                    ColleagueNotice(room: room, changes: changes).html
                    for (person, found) in matches {
                        MatchNotice(say: say, form: form, person: person, matches: found).html
                    }
                }
                element("div", .id("questions"), Attribute("tabindex", "-1")) {
                    content(form, screen)
                }
                actions(form, screen)
            }
            kept
        }
        return Replies.page(html, status)
    }

    private var enterButton: HTML {
        element(
            "button",
            Attribute("type", "submit"),
            Attribute("name", "do"),
            Attribute("value", step == .finish ? "keep" : "next"),
            Attribute("tabindex", "-1"),
            Attribute("aria-hidden", "true"),
            .class("skip")
        ) { say("Tiếp", "Next") }
    }

    /// Who somebody that is being added may be; at the end of all who are.
    private func matches(_ form: VisitForm) throws -> [(RecordID, [LikelyMatch])] {
        let people: [RecordID] =
            switch step {
            case .person(let id): [id]
            case .finish: form.draft.added.filter { $0.type == "resident" }.map(\.id)
            default: []
            }
        return try people.compactMap { id in
            let found = try room.desk.likelyMatches(room.key, id)
            return found.isEmpty ? nil : (id, found)
        }
    }

    // MARK: Problems

    @HTMLBuilder private func summary(_ screen: Screen) -> HTML {
        let wrong = outcome?.outcomes.values.filter { !$0.isAccepted }.flatMap(\.problems) ?? []
        if let hindrance {
            Component.notice(.bad) { element("p") { say.sentence(hindrance.label) } }
        }
        if !wrong.isEmpty {
            Component.notice(.bad) {
                element("p") {
                    say(
                        "Chưa ghi được những câu sau; các câu khác đã ghi:",
                        "These answers were not taken; all others are kept:"
                    )
                }
                element("ul") {
                    for problem in wrong { element("li") { say.sentence(problem.text) } }
                }
            }
        }
        if !screen.problems.isEmpty {
            Component.notice(.information) {
                for problem in screen.problems { element("p") { say.sentence(problem.text) } }
            }
        }
    }

    /// What has to be looked at before it can be confirmed.
    @HTMLBuilder private func unseen(_ form: VisitForm) -> HTML {
        if !changed.isEmpty {
            let labels = form.description.sections.filter { section in
                changed.contains { $0.section == section.name }
            }.map { say($0.label) }
            Component.notice(.bad) {
                element("p") {
                    say(
                        "Đồng nghiệp vừa sửa: \(labels.joined(separator: ", ")). Xem lại bên dưới, đúng thì bấm “Như lần trước” lần nữa.",
                        "A colleague has just changed: \(labels.joined(separator: ", ")). Look below; if it is right, press “As last time” again."
                    )
                }
            }
        }
    }

    // MARK: Questions

    @HTMLBuilder private func content(_ form: VisitForm, _ screen: Screen) -> HTML {
        switch step {
        case .outcome:
            OutcomeView(say: say, form: form, screen: screen, groups: groups(screen)).html
        case .members: MembersView(say: say, form: form, groups: groups(screen)).html
        case .person(let id):
            PersonHead(say: say, form: form, person: id, unreadable: unreadable).html
            views(screen)
            PersonTail(say: say, form: form, person: id).html
        case .benefits:
            views(screen)
            BenefitTail(say: say, form: form).html
        case .notice: NoticeView(say: say, room: room, form: form, groups: groups(screen)).html
        case .devices: views(screen)
        case .finish:
            FinishView(say: say, form: form).html
            views(screen)
        }
    }

    private func groups(_ screen: Screen) -> [GroupView] {
        screen.groups.map {
            GroupView(say: say, group: $0, sent: sent, outcomes: outcome?.outcomes ?? [:])
        }
    }

    private func views(_ screen: Screen) -> HTML {
        HTML.joined { for group in groups(screen) { group.html } }
    }

    /// Where the script says how things stand, and its words; empty without it.
    private var kept: HTML {
        element(
            "p",
            .id("kept"),
            .class("hint"),
            Attribute("role", "status"),
            Attribute("data-kept", say("Đã ghi.", "Kept.")),
            Attribute(
                "data-refused",
                say("Có câu chưa ghi được, xem ở trên.", "An answer was not taken, see above.")
            ),
            Attribute(
                "data-lost",
                say(
                    "Chưa gửi được tới máy thôn: còn trên trang này, đang thử lại.",
                    "The node cannot be reached: it is still on this page, trying again."
                )
            ),
            Attribute(
                "data-refilled",
                say(
                    "Những câu lần trước chưa gửi được đã điền lại vào trang: xem rồi bấm Tiếp.",
                    "What could not be sent last time stands on the page again: look at it, then press Next."
                )
            ),
            Attribute(
                "data-again",
                say(
                    "Chưa gửi được, bấm lại nếu còn đúng:",
                    "Not sent, tap again if it still holds:"
                )
            ),
            Attribute(
                "data-signed-out",
                say(
                    "Phiên đăng nhập đã hết: chưa ghi. Đăng nhập lại, những gì đã điền được giữ.",
                    "The session has ended: not recorded. Sign in again; what was typed is kept."
                )
            ),
            Attribute("data-sign-in", say("Đăng nhập lại", "Sign in again")),
            Attribute(
                "data-locked",
                say(
                    "Trang đã khóa: chưa ghi. Nhập mã PIN, những gì đã điền được giữ.",
                    "The session is locked: not recorded. Enter the PIN; what was typed is kept."
                )
            ),
            Attribute("data-unlock", say("Nhập mã PIN", "Enter the PIN")),
            Attribute(
                "data-gone",
                say(
                    "Trang này không còn trong lượt đến (đã kết thúc, đã bỏ hoặc đổi ở nơi khác): mở lại từ thẻ hộ.",
                    "The visit has no such page any more (finished, discarded or changed elsewhere): go on from the household."
                )
            ),
            Attribute(
                "data-failed",
                say(
                    "Máy thôn gặp lỗi: chưa ghi, còn trên trang này.",
                    "The node failed: not recorded, still on this page."
                )
            ),
            Attribute("data-camera", say("Mở máy ảnh", "Open the camera")),
            Attribute("data-stop", say("Tắt máy ảnh", "Close the camera")),
            Attribute(
                "data-dark",
                say("Không mở được máy ảnh.", "The camera cannot be opened.")
            ),
            Attribute("data-position", say("Lấy vị trí tại đây", "Take the position here")),
            Attribute(
                "data-nowhere",
                say("Không lấy được vị trí.", "The position cannot be found.")
            )
        )
    }

    // MARK: Buttons

    /// Where it goes on stays in reach of the thumb; the ways out stand below.
    private func actions(_ form: VisitForm, _ screen: Screen) -> HTML {
        let forms = room.caller.forms
        let ahead = element("div", .class("do")) {
            switch step {
            case .finish:
                forms.button(say("Kết thúc lượt đến", "Finish the visit"), value: "finish")
            case .members:
                forms.button(say("Đúng như trên, tiếp", "Confirm and next"), value: "confirm")
            case .outcome where form.outcome == nil: HTML()
            case .outcome: forms.button(say("Tiếp", "Next"), value: "next")
            case .notice:
                forms.button(
                    say("Tiếp", "Next"),
                    form.isDone(step) ? .main : .plain,
                    value: "next"
                )
            case .devices, .person, .benefits:
                if screen.canConfirm {
                    forms.button(say("Như lần trước, tiếp", "As last time, next"), value: "confirm")
                }
                forms.button(
                    say("Tiếp", "Next"),
                    screen.canConfirm ? .plain : .main,
                    value: "next"
                )
            }
            if screen.previous != nil {
                forms.button(say("Quay lại", "Back"), .plain, value: "back")
            }
        }
        let out = element("div", .class("actions")) {
            forms.button(say("Lưu, để sau", "Keep for later"), .plain, value: "later")
            Component.link(room.path("give-up"), say("Bỏ lượt đến", "Discard visit"))
        }
        return ahead + out
    }
}

/// The pages of the visit with what is open, to go to any of them without losing what is typed.
struct StepList {
    let say: Speech
    let form: VisitForm
    let here: Step

    var html: HTML {
        let steps = form.steps
        let place = (steps.firstIndex(of: here) ?? 0) + 1
        let passed = steps.filter { form.isDone($0) }
        return element("details", .class("steps")) {
            element("summary") {
                say("Trang \(place)/\(steps.count)", "Page \(place) of \(steps.count)")
                element(
                    "progress",
                    Attribute("max", "\(steps.count)"),
                    Attribute("value", "\(passed.count)"),
                    Attribute("aria-label", say("Đã qua", "Done"))
                )
            }
            element("ol") {
                for step in steps { item(step, isPassed: passed.contains(step)) }
            }
        }
    }

    private func item(_ step: Step, isPassed: Bool) -> HTML {
        element("li") {
            element(
                "button",
                [
                    Attribute("type", "submit"), Attribute("name", "go"),
                    Attribute("value", step.description), .class("link"),
                ] + (step == here ? [Attribute("aria-current", "step")] : [])
            ) { say(form.title(of: step)) }
            if isPassed { Component.badge(.good, say("đã qua", "done")) }
        }
    }
}

enum VisitWords {
    /// In the place of a name, where a name would be kept by the browser.
    static func somebody(_ say: Speech) -> String { say("Một người", "A person") }

    /// Which house it is.
    static func place(_ form: VisitForm, _ say: Speech) -> HTML {
        let values = form.values(of: form.household.id)
        let place = PlaceWords.joined([values["address"]?.text, values["group"]?.text])
        let parts = [values["code"]?.text ?? "", place].filter { !$0.isEmpty }
        return element("p", .class("hint")) {
            parts.isEmpty
                ? say("Hộ chưa có địa chỉ", "Household without an address")
                : parts.joined(separator: " · ")
        }
    }

    /// A button that leads to another page, and keeps this one.
    static func goTo(_ step: Step, _ words: String) -> HTML {
        element(
            "button",
            Attribute("type", "submit"),
            Attribute("name", "go"),
            Attribute("value", step.description),
            .class("link")
        ) { words }
    }
}
