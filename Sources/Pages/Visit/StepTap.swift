import Causality
import Store
import Survey
import Visiting

/// The button with which a page of a visit was sent.
enum StepTap: Hashable {
    case next
    /// Như lần trước.
    case confirm
    /// Kept, and the same page again.
    case keep
    case back
    /// Kept, and away from the visit.
    case later
    case goTo(Step)
    /// Answers that are buttons of their own.
    case set([PageAnswers.Answer])
    /// Có, Chưa, Không biết.
    case section(SectionID, SectionAnswer.Kind)
    /// The likely value of a question, which was typed otherwise.
    case accept(QuestionID)
    case addPerson
    case addBelonging(type: String, of: RecordID)
    case remove(RecordID)
    /// What was asked about somebody who is of another household by now is not to be saved.
    case forget(RecordID)
    /// A recorded person in the place of one who is being added.
    case moveHere(RecordID, for: RecordID)
    /// The number was compared with the card, and the card shows it so.
    case confirmNumber
    /// What the card's QR code says, line by line as it was ticked.
    case card
    case finish

    /// Reads the fields of a form's buttons; a form without a button that is known is kept as it is.
    init(_ form: FormFields) {
        let word = form["do"]
        let plain: [String: StepTap] = [
            "next": .next, "confirm": .confirm, "back": .back, "later": .later,
            "add-person": .addPerson, "confirm-number": .confirmNumber, "card": .card,
            "finish": .finish,
        ]
        if let tap = plain[word] ?? Self.withWords(word, form) {
            self = tap
        } else if let step = Step(form["go"]) {
            self = .goTo(step)
        } else if let question = QuestionID(form["accept"]) {
            self = .accept(question)
        } else if let set = Self.answers(form["set"]) {
            self = .set(set + Self.days(of: set, form[StepForm.since]))
        } else if let (person, added) = Self.move(form["move"]) {
            self = .moveHere(person, for: added)
        } else if let (id, kind) = Self.section(form["section"]) {
            self = .section(id, kind)
        } else {
            self = .keep
        }
    }

    private static func withWords(_ word: String, _ form: FormFields) -> StepTap? {
        switch word {
        case "add-account", "add-benefit":
            let person = RecordID(form[word == "add-account" ? "account-of" : "benefit-of"])
            let type = word == "add-account" ? "payment_account" : "benefit"
            return person.map { .addBelonging(type: type, of: $0) }
        case "":
            return RecordID(form["remove"]).map { .remove($0) }
                ?? RecordID(form["forget"]).map { .forget($0) }
        default: return nil
        }
    }

    /// `<question>=<code>`, several with spaces between them.
    private static func answers(_ text: String) -> [PageAnswers.Answer]? {
        guard !text.isEmpty else { return nil }
        var answers: [PageAnswers.Answer] = []
        for part in text.split(separator: " ") {
            guard let sign = part.firstIndex(of: "="),
                let question = QuestionID(String(part[..<sign]))
            else { return nil }
            answers.append(.init(question, String(part[part.index(after: sign)...])))
        }
        return answers
    }

    /// The day that was typed once for everybody whom the button names.
    private static func days(
        of set: [PageAnswers.Answer],
        _ text: String
    ) -> [PageAnswers.Answer] {
        guard !text.isEmpty else { return [] }
        return set.filter { $0.question.field == "presence" }.map {
            .init(QuestionID($0.question.record, "presence_on"), text)
        }
    }

    /// `<recorded person>=<added person>`.
    private static func move(_ text: String) -> (RecordID, RecordID)? {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let person = RecordID(String(parts[0])),
            let added = RecordID(String(parts[1]))
        else { return nil }
        return (person, added)
    }

    /// `<section>=yes`.
    private static func section(_ text: String) -> (SectionID, SectionAnswer.Kind)? {
        guard let sign = text.firstIndex(of: "="), let id = SectionID(String(text[..<sign])),
            let kind = SectionAnswer.Kind(rawValue: String(text[text.index(after: sign)...]))
        else { return nil }
        return (id, kind)
    }
}

/// What a page of a visit sent: its questions as they were shown, and as they came back.
struct StepForm {
    /// Names of inputs: the question's id behind it.
    static let answer = "q."
    /// What stood in the input when the page was made.
    static let shown = "w."
    /// The day since when all have moved away.
    static let since: StaticString = "since"

    let tap: StepTap
    /// What differs from what was shown; nothing else was answered.
    let answers: PageAnswers
    /// Every input as it came, to be shown again where something is refused.
    let typed: [QuestionID: String]
    /// The text of an identity card's QR code, if one was read.
    let card: String

    init(_ form: FormFields) {
        let tap = StepTap(form)
        self.tap = tap
        card = form["card"]
        var changed: [PageAnswers.Answer] = []
        var typed: [QuestionID: String] = [:]
        let values = Dictionary(grouping: form.pairs) { $0.name }
        for (name, shown) in form.pairs where name.hasPrefix(Self.shown) {
            let word = String(name.dropFirst(Self.shown.count))
            guard let question = QuestionID(word), typed[question] == nil else { continue }
            let text = (values[Self.answer + word] ?? []).map(\.value)
                .joined(separator: ",")
            typed[question] = text
            if text != shown { changed.append(.init(question, text)) }
        }
        var accepted: Set<QuestionID> = []
        if case .accept(let question) = tap { accepted = [question] }
        if case .set(let more) = tap {
            changed += more
            for answer in more { typed[answer.question] = answer.text }
        }
        self.typed = typed
        if case .card = tap { changed += Self.card(form) }
        answers = PageAnswers(changed, accepted: accepted, seen: Token(text: form["seen"]))
    }

    /// What was ticked of a card, and that somebody has looked at it: not where the card is another
    /// person's, and at its number only where that is the recorded one, or is taken.
    private static func card(_ form: FormFields) -> [PageAnswers.Answer] {
        let taken = form.all("card-line").compactMap(cardLine)
        let same = form.all("card-same").compactMap { QuestionID($0) }
        let shown = Set((taken.map(\.question) + same).map(\.field))
        let isOwn = shown.contains("personal_id")
        let looks = form.all("card-look").compactMap(cardLine).filter { look in
            isOwn || look.question.field != "personal_id_checked_on" && !taken.isEmpty
        }
        return taken + looks
    }

    private static func cardLine(_ line: String) -> PageAnswers.Answer? {
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let question = QuestionID(parts[0]) else { return nil }
        return .init(question, parts[1])
    }
}
