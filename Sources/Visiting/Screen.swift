package import Causality
import Node
package import Survey

/// One page of a visit as values: whatever shows it, HTML or JSON, adds nothing but looks.
package struct Screen: Sendable {
    package let step: Step
    package let title: Label
    package let groups: [QuestionGroup]
    /// Whether “như lần trước” confirms everything on it in one tap.
    package let canConfirm: Bool
    /// Whether the page was gone through already.
    package let isPassed: Bool
    package let previous: Step?
    package let next: Step?
    /// What does not fit, of no question alone.
    package let problems: [Problem]
}

/// Questions that are asked together, such as all about one person's identity card.
package struct QuestionGroup: Sendable {
    package let id: SectionID
    package let title: Label
    package let hint: Label?
    /// Có, Chưa, Không biết; empty where the first question's choices are the large buttons.
    package let answers: [GroupAnswer]
    package let questions: [Question]
    /// The day of the answers that stand; nil where nothing was answered.
    package let observedOn: CalendarDay?
    /// Answered or confirmed in this visit.
    package let isSettled: Bool
    /// Nothing of it must be asked: to be shown only when somebody opens it.
    package let isFolded: Bool
}

package struct GroupAnswer: Hashable, Sendable {
    package let kind: SectionAnswer.Kind
    package let label: Label
    package let isChosen: Bool
}

/// One question with what stands there now.
package struct Question: Sendable {
    package let id: QuestionID
    package let label: Label
    package let input: Input
    /// Likely answers to be tapped, beside typing one.
    package let proposals: [AnswerChoice]
    /// As it is stored; `.null` for nothing.
    package let value: Value
    /// As people read it; empty for nothing.
    package let shown: Label
    /// As people type it: with digits where it is a day.
    package let typed: Label
    /// What to know or say before asking.
    package let hint: Label?
    package let problems: [Problem]
    /// Needed before the visit counts as complete.
    package let isNeeded: Bool
    /// Without it the record cannot be saved.
    package let isRequired: Bool
    /// To be shown only when somebody opens “chi tiết”.
    package let isFolded: Bool
    /// Answered in this visit.
    package let isAnswered: Bool

    /// How it is answered.
    package enum Input: Hashable, Sendable {
        /// One of these, as large buttons or, where there are many, a list that can be searched.
        case choice([AnswerChoice])
        /// Any of these; answered with codes joined by commas.
        case choices([AnswerChoice])
        case text(max: Int)
        /// Whole numbers of this range, by a numeric keypad.
        case number(ClosedRange<Int64>)
        /// Digits only, by a numeric keypad: phone and paper numbers.
        case digits
        /// Day, month and year; only the year, or month and year, where `partial`.
        case date(partial: Bool)
        case time
    }
}

package struct AnswerChoice: Hashable, Sendable {
    /// What is sent back.
    package let code: String
    package let label: Label
    package let isChosen: Bool
}

/// What became of one answer.
package struct AnswerOutcome: Sendable {
    /// Whether it is kept.
    package let isAccepted: Bool
    /// At the question: why it was not taken, or what to look at again.
    package let problems: [Problem]
    /// A likely value that was not taken because nobody has confirmed it.
    package let proposal: Value?
    /// A colleague had changed the field since the page was shown.
    package var colleague: ConcurrentChange?

    static func refused(_ problems: [Problem], proposal: Value? = nil) -> AnswerOutcome {
        AnswerOutcome(isAccepted: false, problems: problems, proposal: proposal)
    }
}

/// Something that is still open at the end of a visit, with the page that it is put right on.
package struct OpenQuestion: Hashable, Sendable {
    package let step: Step
    package let question: QuestionID
    package let record: Label
    package let field: Label
}

/// What does not fit in one record of the visit.
package struct OpenProblem: Hashable, Sendable {
    package let step: Step
    package let record: RecordID
    package let problem: Problem
}

/// “A colleague changed this phone number at 9:12”: both values, to be decided at the door.
package struct ConcurrentChange: Hashable, Sendable {
    package let question: QuestionID
    package let label: Label
    package let record: Label
    package let mine: Label
    package let theirs: Label
    /// As colleagues know him; empty where it was not written meanwhile, but stands in the record with which
    /// this one was merged.
    package let author: String
    /// Name of the node on which it was written.
    package let node: String
    /// Milliseconds since 1970.
    package let at: UInt64

    /// Who has written the other value, and when.
    package var source: Label {
        guard !author.isEmpty else { return Label("hồ sơ đang ghi khác", "recorded otherwise") }
        let time = LocalTime(milliseconds: at)?.clockText ?? ""
        return Label("\(author) đã sửa lúc \(time)", "changed by \(author) at \(time)")
    }

    /// One line that says it.
    package var text: Label {
        Label("\(label.vi): \(source.vi)", "\(label.en): \(source.en)")
    }
}

/// What is to become of an answer whose field a colleague has changed meanwhile.
package enum ConcurrentDecision: String, CaseIterable, Sendable {
    /// My answer takes the colleague's place.
    case mine
    /// The colleague's stays.
    case theirs
    /// Both are kept, and the village's lead decides.
    case review
}
