import CBOR
package import Causality
import Sealing
package import Store
package import Survey

/// One thing that somebody did on a phone while recording a visit, in the words of ``VisitForm``.
package enum PhoneInput: Hashable, Sendable {
    /// `accepts`: a value that is only likely was looked at and confirmed.
    case answer(QuestionID, String, accepts: Bool)
    /// The answer of this visit does not count: what stood there before stands again.
    case takeBack(QuestionID)
    case section(SectionID, SectionAnswer.Kind)
    case confirmSection(SectionID)
    case confirm(Step)
    case pass(Step)
    /// `id`: what the phone calls it, which must be what ``VisitForm`` calls it.
    case add(type: String, parent: RecordID, id: RecordID)
    case remove(RecordID)
    /// What follows was given at this time, in milliseconds since 1970 as ``PhoneVisit/begun``; what
    /// stands before the first of these, on the day on which the visit was begun.
    case at(UInt64)
    /// The notice with this version was on the screen to be read out.
    case told(String)
}

/// A visit that was recorded on a phone away from the node: all inputs in their order, so that every
/// rule of the form stays in one place.
package struct PhoneVisit: Hashable, Sendable {
    /// Drawn at random by the phone, never 0: the visit's change id.
    package let key: VisitKey
    package let household: RecordID
    /// What was on the phone's screen.
    package let token: Token
    /// Milliseconds since 1970, by the node's clock as far as the phone knows it.
    package let begun: UInt64
    package let ended: UInt64
    package let inputs: [PhoneInput]

    package init(
        key: VisitKey,
        household: RecordID,
        token: Token,
        begun: UInt64,
        ended: UInt64,
        inputs: [PhoneInput]
    ) {
        self.key = key
        self.household = household
        self.token = token
        self.begun = begun
        self.ended = ended
        self.inputs = inputs
    }

    /// Records that the inputs speak of, those that the visit adds and itself left out.
    var records: Set<RecordID> {
        let named = inputs.map { input -> RecordID? in
            switch input {
            case .answer(let question, _, _), .takeBack(let question): question.record
            case .section(let section, _), .confirmSection(let section): section.record
            case .confirm(.person(let id)), .pass(.person(let id)): id
            case .add(_, let parent, _): parent
            case .confirm, .pass, .remove, .at, .told: nil
            }
        }
        // References are answers as well.
        let said = inputs.map { input -> RecordID? in
            if case .answer(_, let text, _) = input { RecordID(text) } else { nil }
        }
        return Set((named + said).compactMap(\.self).filter { !$0.isOfVisit })
    }
}

extension PhoneVisit {
    /// Tells the same inputs from others, whatever the phone thinks by now of when they were given:
    /// 32 bytes.
    var digest: [UInt8] {
        var writer = CBORWriter(capacity: 1_024)
        let said = inputs.compactMap(\.words)
        writer.array(said.count)
        for words in said {
            writer.array(words.count)
            for word in words { writer.write(word) }
        }
        return Hash.blake2b(writer.bytes).bytes
    }
}

extension PhoneInput {
    /// Nil for a time.
    fileprivate var words: [String]? {
        switch self {
        case .at: nil
        case .answer(let question, let text, let accepts):
            ["answer", question.description, text, accepts ? "1" : "0"]
        case .takeBack(let question): ["undo", question.description]
        case .section(let section, let kind): ["section", section.description, kind.rawValue]
        case .confirmSection(let section): ["same", section.description]
        case .confirm(let step): ["confirm", step.description]
        case .pass(let step): ["pass", step.description]
        case .add(let type, let parent, let id):
            ["add", type, parent.description, id.description]
        case .remove(let id): ["remove", id.description]
        case .told(let version): ["told", version]
        }
    }
}

extension VisitKey {
    /// Names the records that a phone's visit creates; neither a node nor a phone draws 0.
    var origin: UInt64 { UInt64(bitPattern: number) }

    /// The visit's record once it is saved.
    package var record: RecordID { RecordID(origin: origin, counter: RecordID.visit.counter) }
}

/// Where a phone's visit has come to.
package enum PhoneStanding: String, Hashable, Sendable {
    /// This node knows nothing of it: the phone sends it.
    case unknown
    /// It waits at this node for a decision about a colleague's change.
    case undecided
    /// It was given up at this node.
    case givenUp = "given-up"
    /// It is saved here, and nowhere else for certain.
    case here
    /// The node above has it: the phone may forget it.
    case above
}

/// Why an input of a phone's visit was not taken.
package struct PhoneProblem: Hashable, Sendable {
    /// Nil where no question alone is meant.
    package let question: QuestionID?
    package let step: Step
    package let text: Label
    /// The value that confirming would take.
    package let proposal: Label?
}

/// What a node answers to a phone's visit.
package enum PhoneResult: Sendable {
    /// `dropped`: questions that the form does not ask here, whose answers were left out. `changed`:
    /// what was confirmed as it stood, and colleagues have changed since the phone showed it: whose
    /// and what, not taken as confirmed.
    case saved(PhoneStanding, dropped: [QuestionID], changed: [Label])
    /// This node has it with other inputs: what came now was not taken.
    case differs
    /// Colleagues have changed fields meanwhile: the visit goes on at the node. `changed`: as above.
    case undecided(changed: [Label])
    case givenUp
    /// Nothing was saved: the phone keeps it to be mended.
    case refused([PhoneProblem])
}
