import Causality
import Store
import Survey
import Visiting

/// What came of the visit: large buttons, then only what that answer asks for.
struct OutcomeView {
    let say: Speech
    let form: VisitForm
    let screen: Screen
    let groups: [GroupView]

    var html: HTML {
        HTML.joined {
            for (index, view) in groups.enumerated() {
                if index == 0 { first(view) } else { view.html }
            }
        }
    }

    private func first(_ view: GroupView) -> HTML {
        let folded = view.group.questions.filter {
            $0.isFolded && view.outcomes[$0.id] == nil
        }
        return HTML.joined {
            for question in view.group.questions
            where !folded.contains(where: { $0.id == question.id }) {
                switch (question.id.field, question.input) {
                case ("outcome", .choice(let choices)): outcome(question, choices)
                case ("respondent_kind", .choice(let choices)): respondent(question, choices)
                // Chosen together with the kind.
                case ("respondent", _): HTML()
                case ("refusal_scope", .choice(let choices)): buttons(question, choices)
                case ("next_on", .date): appointment(view, question)
                default: card(question) { rest(view, question) }
                }
            }
            if !folded.isEmpty {
                element("details", .class("card")) {
                    element("summary") { say("Chi tiết", "Details") }
                    for question in folded { rest(view, question) }
                }
            }
        }
    }

    private func card(_ question: Question, @HTMLBuilder content: () -> HTML) -> HTML {
        element("section", .class("card"), .id(QuestionView.id(question.id))) {
            element("h2") { say(question.label) }
            content()
        }
    }

    private func rest(_ view: GroupView, _ question: Question) -> HTML {
        view.view(question)
    }

    private func large(@HTMLBuilder content: () -> HTML) -> HTML {
        element("div", .class("answers tall"), content: content)
    }

    private func button(_ question: Question, _ choice: AnswerChoice) -> HTML {
        GroupView.button(question, choice, say)
    }

    private func buttons(_ question: Question, _ choices: [AnswerChoice]) -> HTML {
        card(question) { large { for choice in choices { button(question, choice) } } }
    }

    /// Once something is chosen, the list makes room for what follows from it.
    private func outcome(_ question: Question, _ choices: [AnswerChoice]) -> HTML {
        guard let chosen = choices.first(where: \.isChosen) else {
            return buttons(question, choices)
        }
        return element("details", .class("card"), .id(QuestionView.id(question.id))) {
            element("summary") {
                say(question.label) + ": "
                element("b") { say(chosen.label) }
                say(" – đổi", " – change")
            }
            large { for choice in choices { button(question, choice) } }
        }
    }

    // MARK: Who answered

    /// People of the household by name, then whoever else it may have been: one tap.
    private func respondent(_ question: Question, _ choices: [AnswerChoice]) -> HTML {
        let values = form.values(of: .visit)
        let person = values["respondent"]?.record
        return card(question) {
            large {
                for member in form.members where !form.isGone(member) {
                    GroupView.button(
                        "set",
                        "\(question.id)=member \(QuestionID(.visit, "respondent"))=\(member.id)",
                        say(form.name(of: member.id)),
                        isChosen: person == member.id
                    )
                }
                for choice in choices where choice.code != "member" { button(question, choice) }
            }
        }
    }

    // MARK: Call again

    private func appointment(_ view: GroupView, _ question: Question) -> HTML {
        let days = [
            (1, say("Ngày mai", "Tomorrow")), (2, say("Ngày kia", "The day after")),
            (7, say("Tuần sau", "In a week")),
        ]
        return card(question) {
            large {
                for (count, words) in days {
                    let day = form.day.adding(days: count)
                    GroupView.button(
                        "set",
                        "\(question.id)=\(day)",
                        "\(words), \(say.date(day.description))",
                        isChosen: question.value.text == day.description
                    )
                }
            }
            rest(view, question)
        }
    }
}
