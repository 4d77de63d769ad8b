import Causality
import Store
import Survey
import Visiting

/// One question as an input, with what is wrong with it where it stands.
struct QuestionView {
    /// More choices than this are a list to choose from.
    private static let pillsMax = 9
    /// Numbers up to this are counted on the fingers: the first are buttons.
    private static let countsMax: Int64 = 20

    let say: Speech
    let question: Question
    /// As it was sent, where the page comes back; nil for what stands.
    var typed: String?
    var outcome: AnswerOutcome?

    /// Of the element around the input.
    static func id(_ question: QuestionID) -> String { "f.\(question)" }

    private var word: String { question.id.description }
    private var name: String { StepForm.answer + word }
    private var standing: String { Self.text(question, say) }
    private var text: String { typed ?? standing }

    private var problems: [Problem] {
        guard let outcome, !outcome.isAccepted else { return question.problems }
        return outcome.problems
    }

    private var isRefused: Bool { outcome?.isAccepted == false }

    var html: HTML {
        let isSet =
            switch question.input {
            // What is rarely opened is a list: it is shorter, on the screen and on the line.
            case .choice(let choices):
                (choices.count <= Self.pillsMax || question.isReason) && !question.isFolded
            case .choices: true
            default: false
            }
        return element(
            isSet ? "fieldset" : "div",
            [.class(isSet ? "question" : "field"), .id(Self.id(question.id))]
                + (isSet ? described : [])
        ) {
            if isSet {
                element("legend") { label }
            } else {
                element("label", Attribute("for", name)) { label }
            }
            notes
            shown
            proposals
            input(isSet)
        }
    }

    @HTMLBuilder private var label: HTML {
        say(question.label)
        if question.isRequired {
            element("span", .class("need")) { say(" (bắt buộc)", " (required)") }
        } else if question.isNeeded, question.value == .null {
            element("span", .class("need")) { say(" (cần hỏi)", " (to ask)") }
        }
    }

    /// What stood there when the page was made: what comes back the same was not answered.
    private var shown: HTML {
        void(
            "input",
            [
                Attribute("type", "hidden"), Attribute("name", StepForm.shown + word),
                Attribute("value", standing),
            ]
        )
    }

    // MARK: Notes

    @HTMLBuilder private var notes: HTML {
        if let hint = question.hint {
            element("p", .class("hint"), .id(name + "-hint")) { say(hint) }
        }
        if !problems.isEmpty {
            element("div", .id(name + "-error")) {
                for problem in problems {
                    if problem.severity == .blocks || isRefused {
                        element("p", .class("error")) { say.sentence(problem.text) }
                    } else {
                        element("p", .class("warning")) { say.sentence(problem.text) }
                    }
                }
                if isRefused, outcome?.proposal != nil {
                    element(
                        "button",
                        Attribute("type", "submit"),
                        Attribute("name", "accept"),
                        Attribute("value", word)
                    ) { say("Đúng, ghi như vậy", "Yes, take it so") }
                }
            }
        }
    }

    private var described: [Attribute] {
        var ids: [String] = []
        if question.hint != nil { ids.append(name + "-hint") }
        if !problems.isEmpty { ids.append(name + "-error") }
        let by = ids.isEmpty ? [] : [Attribute("aria-describedby", ids.joined(separator: " "))]
        return by + (isRefused ? [Attribute("aria-invalid", "true")] : [])
    }

    // MARK: Inputs

    @HTMLBuilder private var proposals: HTML {
        if !question.proposals.isEmpty {
            GroupView.buttons(say(question.label), .class("answers proposed")) {
                for choice in question.proposals { GroupView.button(question, choice, say) }
            }
        }
    }

    /// Few of something is a tap; more is typed.
    private var counts: HTML {
        GroupView.buttons(say(question.label), .class("answers counts")) {
            for count in 0...3 {
                GroupView.button(
                    "set",
                    "\(word)=\(count)",
                    "\(count)",
                    isChosen: standing == "\(count)"
                )
            }
            element("label", .class("button plain"), Attribute("for", name)) { "4+" }
        }
    }

    @HTMLBuilder private func input(_ isSet: Bool) -> HTML {
        switch question.input {
        case .choice(let choices): isSet ? pills(choices) : list(choices)
        case .choices(let choices): boxes(choices)
        // Nothing bounds what is typed here: a browser would cut a pasted text unsaid.
        case .text(let max) where max > 100: area
        case .text: line([])
        case .number(let range) where range.lowerBound == 0 && range.upperBound <= Self.countsMax:
            counts
            line([Attribute("inputmode", "numeric")])
        case .number, .digits: line([Attribute("inputmode", "numeric")])
        case .date:
            line([
                Attribute("inputmode", "numeric"),
                Attribute("placeholder", say("ngày/tháng/năm", "day/month/year")),
            ])
        case .time: line([Attribute("placeholder", say("3/8/2026 8:30", "3/8/2026 8:30"))])
        }
    }

    private func line(_ more: [Attribute]) -> HTML {
        void(
            "input",
            [
                .id(name), Attribute("name", name), Attribute("value", text),
                Attribute("autocomplete", "off"),
            ] + more + described
        )
    }

    private var area: HTML {
        element(
            "textarea",
            [
                .id(name), Attribute("name", name), Attribute("rows", "3"),
                Attribute("autocomplete", "off"),
            ] + described
        ) { text }
    }

    private func pills(_ choices: [AnswerChoice]) -> HTML {
        let isAnswered = !standing.isEmpty
        // Names of people are long, and each is looked for.
        let isOfPeople = choices.contains { RecordID($0.code) != nil }
        return element(
            "div",
            isOfPeople || question.isReason ? .class("pills tall") : .class("pills")
        ) {
            for choice in choices { pill("radio", choice.code, say(choice.label)) }
            if isAnswered, !question.isRequired {
                pill("radio", "", say("Bỏ câu trả lời", "No answer"))
            }
        }
    }

    private func boxes(_ choices: [AnswerChoice]) -> HTML {
        element("div", .class("pills")) {
            for choice in choices { pill("checkbox", choice.code, say(choice.label)) }
        }
    }

    private func pill(_ type: String, _ code: String, _ words: String) -> HTML {
        let isChosen =
            type == "radio"
            ? text == code && (!code.isEmpty || typed != nil)
            : text.split(separator: ",").contains { $0 == code }
        return element("label", .class("pill")) {
            void(
                "input",
                [
                    Attribute("type", type), Attribute("name", name), Attribute("value", code),
                ] + (isChosen ? [Attribute("checked")] : [])
            )
            element("span") { words }
        }
    }

    private func list(_ choices: [AnswerChoice]) -> HTML {
        element("select", [.id(name), Attribute("name", name)] + described) {
            element("option", Attribute("value", "")) { "—" }
            for choice in choices {
                element(
                    "option",
                    [Attribute("value", choice.code)]
                        + (choice.code == text ? [Attribute("selected")] : [])
                ) { say(choice.label) }
            }
        }
    }

    // MARK: Texts

    /// What stands, as the input holds it.
    static func text(_ question: Question, _ say: Speech) -> String {
        switch question.input {
        case .choice(let choices): choices.first(where: \.isChosen)?.code ?? ""
        case .choices(let choices):
            choices.filter(\.isChosen).map(\.code).joined(separator: ",")
        case .number, .digits:
            switch question.value {
            case .integer(let number): String(number)
            case .text(let text): text
            default: ""
            }
        case .text, .date, .time: say(question.typed)
        }
    }
}

extension Question {
    /// Whether it asks why not: a tap, however many reasons there are.
    fileprivate var isReason: Bool { id.field == "reason" || id.field.hasSuffix("_reason") }
}
