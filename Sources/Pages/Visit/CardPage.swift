import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

/// What an identity card's QR code says, beside what is recorded: nothing is taken before somebody
/// has looked at it, and the text itself is kept nowhere.
struct CardPage {
    let room: VisitRoom
    let step: Step

    init(_ room: VisitRoom, _ step: Step) {
        self.room = room
        self.step = step
    }

    func show(_ text: String) throws -> Response {
        guard case .person(let person) = step else { return Replies.redirect(room.path(step)) }
        // Before the rest: it must not name more than is shown.
        let token = try room.desk.token(room.key).text
        let form = try room.form()
        do {
            return page(form, try form.proposals(qr: text, for: person), token)
        } catch let refusal as QRText.Refusal {
            return try StepPage(room, step, unreadable: refusal.label).show(422)
        }
    }

    private var say: Speech { room.say }

    private func frame(_ form: VisitForm) -> Frame {
        let title =
            form.steps.contains(step)
            ? form.title(of: step) : Label("Thẻ căn cước", "Identity card")
        var frame = room.caller.frame(say(title), isNarrow: true)
        frame.tabTitle = VisitWords.somebody(say)
        return frame
    }

    private func page(
        _ form: VisitForm,
        _ proposals: [CardProposal],
        _ token: String
    ) -> Response {
        let forms = room.caller.forms
        let differs = proposals.contains { $0.comparison == .differs }
        let lines = proposals.filter { !$0.isLook }
        let html = frame(form).page {
            VisitWords.place(form, say)
            if differs {
                Component.notice(.bad) {
                    element("p") {
                        say(
                            "Thẻ khác với bản ghi: xem có đúng người không, rồi đánh dấu mục muốn ghi theo thẻ.",
                            "The card differs from what is recorded: see whether it is the right person, then tick what is to be taken from the card."
                        )
                    }
                }
            }
            forms.form(room.path(step)) {
                forms.hidden("seen", token)
                element("ul", .class("open")) {
                    for proposal in lines { element("li") { line(proposal, differs) } }
                }
                for proposal in proposals where proposal.isLook {
                    forms.hidden("card-look", "\(proposal.question)=\(proposal.text)")
                }
                for proposal in lines where proposal.comparison == .same {
                    forms.hidden("card-same", "\(proposal.question)")
                }
                element("div", .class("actions")) {
                    forms.button(
                        say("Ghi các mục đã đánh dấu", "Take what is ticked"),
                        value: "card"
                    )
                    forms.button(say("Không ghi", "Take nothing"), .plain, value: "keep")
                }
            }
        }
        return Replies.page(html)
    }

    @HTMLBuilder private func line(_ proposal: CardProposal, _ differs: Bool) -> HTML {
        switch proposal.comparison {
        case .same:
            element("p") {
                element("b") { say(proposal.label) + ": " }
                say(proposal.shown) + " "
                Component.badge(.good, say("khớp", "the same"))
            }
        case .new, .differs:
            element("label", .class("check")) {
                void(
                    "input",
                    [
                        Attribute("type", "checkbox"), Attribute("name", "card-line"),
                        Attribute("value", "\(proposal.question)=\(proposal.text)"),
                        // Where it may be another person's card, nothing is taken by itself.
                    ] + (proposal.comparison == .new && !differs ? [Attribute("checked")] : [])
                )
                element("span") {
                    element("b") { say(proposal.label) + ": " }
                    say(proposal.shown)
                    if proposal.comparison == .differs {
                        void("br", [])
                        element("span", .class("problem")) {
                            say("đang ghi: ", "recorded: ") + say(proposal.recorded)
                        }
                    }
                }
            }
        }
    }
}

/// Who a person that is being added may be.
struct MatchNotice {
    let say: Speech
    let form: VisitForm
    let person: RecordID
    let matches: [LikelyMatch]

    var html: HTML {
        Component.notice(.bad) {
            element("p") {
                say(
                    "\(form.name(of: person).vi) có thể đã có trong thôn:",
                    "\(form.name(of: person).en) may be recorded in the village already:"
                )
            }
            element("ul") {
                for match in matches {
                    element("li") {
                        element("b") { match.person.title }
                        " " + (match.person.detail) + " – " + say(match.reason.label)
                        way(match)
                    }
                }
            }
            element("p") {
                say(
                    "Nếu là người khác thì ghi tiếp. Thêm nhầm thì:",
                    "If it is somebody else, go on. If the added one is a mistake:"
                )
            }
            PersonTail.remove(person, say("Bỏ người vừa thêm", "Take the added person back"))
        }
    }

    /// A button that moves him here, or why there is none.
    @HTMLBuilder private func way(_ match: LikelyMatch) -> HTML {
        if let refusal = match.moveRefusal {
            element("p", .class("hint")) { say.sentence(refusal.label) }
        } else {
            element("p") {
                element(
                    "button",
                    Attribute("type", "submit"),
                    Attribute("name", "move"),
                    Attribute("value", "\(match.person.id)=\(person)")
                ) { say("Đúng người này: chuyển về hộ này", "It is this person: move here") }
            }
        }
    }
}

extension RecordSummary {
    /// Birth, house and village: enough to tell whether it is the same person.
    fileprivate var detail: String {
        [birth.flatMap { PartialDate($0) }.map { "\($0.year)" }, household?.address, place]
            .compactMap(\.self).joined(separator: " · ")
    }
}

extension DuplicateCandidate.Reason {
    fileprivate var label: Label {
        switch self {
        case .villagePath: Label("cùng đường dẫn", "the same path")
        case .householdNumber: Label("cùng số hộ", "the same household number")
        case .householdHead: Label("cùng chủ hộ", "the same head")
        case .personalID: Label("cùng số định danh", "the same personal number")
        case .oldNumber: Label("cùng số CMND", "the same old number")
        case .nameAndBirth: Label("cùng tên và ngày sinh", "the same name and birth date")
        case .nameYearAndHousehold: Label("cùng tên, cùng năm sinh", "the same name and year")
        case .nameYearAndPhone:
            Label("cùng tên, năm sinh, điện thoại", "the same name, year and phone")
        case .nameAndVagueBirth:
            Label("cùng tên, cùng năm sinh trong thôn", "the same name and year in the village")
        case .taxCode: Label("cùng mã số thuế", "the same tax code")
        case .unitName: Label("cùng loại, cùng tên", "the same kind and name")
        case .staffName: Label("cùng tên, cùng đơn vị", "the same name and unit")
        case .benefitKind: Label("cùng loại trợ cấp", "the same kind of benefit")
        }
    }
}
