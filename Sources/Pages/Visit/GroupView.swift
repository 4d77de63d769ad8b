import Causality
import Survey
import Visiting

/// Questions that are asked together, with their large buttons.
struct GroupView {
    let say: Speech
    let group: QuestionGroup
    let sent: [QuestionID: String]
    let outcomes: [QuestionID: AnswerOutcome]

    /// Of the group's element.
    static func id(_ section: SectionID) -> String { "g.\(section)" }

    var html: HTML {
        isQuiet || group.isFolded && !isOpen
            ? element("details", .class("card"), .id(Self.id(group.id))) {
                element("summary") { say(group.title) }
                content
            }
            : element("section", .class("card"), .id(Self.id(group.id))) {
                element("h2") {
                    say(group.title)
                    if group.isSettled {
                        " "
                        Component.badge(.good, say("đã hỏi", "asked"))
                    }
                }
                content
            }
    }

    /// Whether nothing of it is to be asked.
    private var isQuiet: Bool { group.answers.isEmpty && group.questions.allSatisfy(isFolded) }

    /// Whether something in it must be seen.
    private var isOpen: Bool {
        group.questions.contains { $0.isAnswered || outcomes[$0.id]?.isAccepted == false }
    }

    @HTMLBuilder private var content: HTML {
        if let hint = group.hint { element("p", .class("hint")) { say(hint) } }
        if let day = group.observedOn, !group.isSettled {
            element("p", .class("hint")) {
                say("Trả lời ngày ", "Answered on ") + say.date(day.description)
            }
        }
        if !group.answers.isEmpty { buttons }
        questions { !isFolded($0) }
        if isQuiet {
            questions(isFolded)
        } else if group.questions.contains(where: isFolded) {
            element("details") {
                // Told apart by those who hear a list of them.
                let name = say("Chi tiết: ", "Details: ") + say(group.title)
                element("summary", Attribute("aria-label", name)) { say("Chi tiết", "Details") }
                questions(isFolded)
            }
        }
    }

    private func isFolded(_ question: Question) -> Bool {
        question.isFolded && outcomes[question.id]?.isAccepted != false
    }

    private func questions(_ isWanted: (Question) -> Bool) -> HTML {
        HTML.joined {
            for question in group.questions where isWanted(question) { view(question) }
        }
    }

    func view(_ question: Question) -> HTML {
        QuestionView(
            say: say,
            question: question,
            typed: sent[question.id],
            outcome: outcomes[question.id]
        ).html
    }

    /// Có, Chưa, Không biết.
    private var buttons: HTML {
        Self.buttons(say(group.title), .class("answers")) {
            for answer in group.answers {
                Self.button(
                    "section",
                    "\(group.id)=\(answer.kind.rawValue)",
                    say(answer.label),
                    isChosen: answer.isChosen
                )
            }
        }
    }

    /// Large buttons, told as one group of this name.
    static func buttons(
        _ title: String,
        _ look: Attribute,
        @HTMLBuilder content: () -> HTML
    ) -> HTML {
        element(
            "div",
            look,
            Attribute("role", "group"),
            Attribute("aria-label", title),
            content: content
        )
    }

    /// A large button for one of the answers of a question.
    static func button(_ question: Question, _ choice: AnswerChoice, _ say: Speech) -> HTML {
        button(
            "set",
            "\(question.id)=\(choice.code)",
            say(choice.label),
            isChosen: choice.isChosen
        )
    }

    /// A large button that answers and keeps.
    static func button(
        _ name: String,
        _ value: String,
        _ words: String,
        isChosen: Bool
    ) -> HTML {
        element(
            "button",
            Attribute("type", "submit"),
            Attribute("name", name),
            Attribute("value", value),
            Attribute("aria-pressed", isChosen ? "true" : "false")
        ) {
            // “Có, mức 2 đã kích hoạt”: the answer, and in small print what it means.
            let parts = words.split(separator: ", ", maxSplits: 1)
            if name == "section", parts.count == 2 {
                String(parts[0])
                element("small") { String(parts[1]) }
            } else {
                words
            }
        }
    }
}
