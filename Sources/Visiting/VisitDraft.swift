import CBOR
package import Causality
package import Store
package import Survey

/// What somebody has answered at a door so far: all that is kept of a visit until it is finished.
package struct VisitDraft: Hashable, Sendable {
    /// One accepted answer.
    package struct Answer: Hashable, Sendable {
        /// `.null` where something was taken away.
        package let value: Value
        /// What stood there when it was given.
        package let shown: Value
        /// Whether somebody had changed the field since the page was shown.
        package let isBlind: Bool
        /// The day on which it was given, whenever the visit ends.
        package let day: CalendarDay
        /// Whether it is to stand beside a colleague's, for the village's lead to decide.
        package var isForReview = false

        /// The same, given without having seen what stands there.
        var blind: Answer {
            Answer(value: value, shown: shown, isBlind: true, day: day, isForReview: isForReview)
        }

        func naming(_ name: (RecordID) -> RecordID, shown: Value) -> Answer {
            Answer(
                value: value.record.map { .reference(name($0)) } ?? value,
                shown: shown,
                isBlind: isBlind,
                day: day,
                isForReview: isForReview
            )
        }
    }

    /// That a section is as it stands.
    package struct Confirmation: Hashable, Sendable {
        package let day: CalendarDay
        /// A digest of what stood there; nil where an earlier program has not noted it.
        let shown: UInt64?
    }

    /// A record that the visit adds.
    package struct Added: Hashable, Sendable {
        package let id: RecordID
        package let type: String
        /// The household, or the person whose account or benefit it is.
        package let parent: RecordID
    }

    /// What a phone says of a visit that it recorded away from the node.
    package struct Phone: Hashable, Sendable {
        /// Of the ids of all records that the visit creates; see ``VisitKey/origin``.
        package let origin: UInt64
        /// Milliseconds since 1970.
        package let ended: UInt64
    }

    package let household: RecordID
    package let round: String
    /// Milliseconds since 1970.
    package let begun: UInt64
    /// What could be seen when it was begun.
    package let token: Token
    /// Nil for a visit that was begun on the node's own pages.
    package let phone: Phone?
    package internal(set) var answers: [QuestionID: Answer] = [:]
    /// Sections that were confirmed as they stand, như lần trước.
    package internal(set) var confirmed: [SectionID: Confirmation] = [:]
    package internal(set) var added: [Added] = []
    /// Pages that were gone through, as ``Step/description``.
    package internal(set) var passed: Set<String> = []
    var lastAdded = RecordID.firstAdded - 1
    /// Version of the notice that a phone had on its screen; nil where the node's own counts.
    package internal(set) var noticeVersion: String?
    /// Who was at the door, where a colleague has taken the visit over; nil where it is his own.
    package internal(set) var author: String?

    init(
        household: RecordID,
        round: String,
        begun: UInt64,
        token: Token,
        phone: Phone? = nil
    ) {
        self.household = household
        self.round = round
        self.begun = begun
        self.token = token
        self.phone = phone
    }

    /// The day on which a phone's visit stands: of its end, or of what was answered later at the node;
    /// nil for one that was begun there, which stands on the present day.
    var standsOn: CalendarDay? {
        phone.map { phone in
            let days = answers.values.map(\.day) + confirmed.values.map(\.day)
            return days.reduce(CalendarDay(milliseconds: phone.ended), max)
        }
    }

    /// Everything that the visit says of these records goes.
    mutating func forget(_ records: Set<RecordID>) {
        added.removeAll { records.contains($0.id) }
        answers = answers.filter { question, answer in
            !records.contains(question.record)
                && !(answer.value.record.map(records.contains) ?? false)
        }
        confirmed = confirmed.filter { !records.contains($0.key.record) }
    }

    /// Records that the visit speaks of, those that it adds and itself left out.
    var records: Set<RecordID> {
        let named =
            answers.keys.map(\.record) + answers.values.compactMap(\.value.record)
            + confirmed.keys.map(\.record) + added.map(\.parent)
        return Set(named.filter { !$0.isOfVisit })
    }

    /// The same visit with other names for some records: duplicates were merged meanwhile.
    ///
    /// Of two answers to what is one question by now, the one about the record that stayed counts.
    /// `isEmpty`: whether the record of the new name says nothing to a question, so that an answer
    /// contradicts nothing.
    func naming(
        _ names: [RecordID: RecordID],
        isEmpty: (QuestionID) throws -> Bool
    ) rethrows -> VisitDraft {
        guard !names.isEmpty else { return self }
        func name(_ id: RecordID) -> RecordID { names[id] ?? id }
        var draft = self
        draft.answers = [:]
        for (question, answer) in answers where names[question.record] == nil {
            draft.answers[question] = answer.naming(name, shown: answer.shown)
        }
        for (question, answer) in answers.sorted(by: { $0.key < $1.key }) {
            let question = QuestionID(name(question.record), question.field)
            guard draft.answers[question] == nil else { continue }
            let shown = try isEmpty(question) ? .null : answer.shown
            draft.answers[question] = answer.naming(name, shown: shown)
        }
        draft.confirmed = Dictionary(
            confirmed.map { (SectionID(name($0.record), $0.section), $1) },
            uniquingKeysWith: { $0.day < $1.day ? $1 : $0 }
        )
        draft.added = added.map { Added(id: $0.id, type: $0.type, parent: name($0.parent)) }
        draft.passed = Set(passed.map { Step($0)?.naming(names).description ?? $0 })
        return draft
    }

    /// The same visit where a colleague has told the household meanwhile: what it agreed to here was
    /// answered without having seen that notice.
    func telling(_ notice: RecordID) -> VisitDraft {
        var draft = self
        for (question, answer) in answers where question.record == .notice {
            draft.answers[question] = nil
            let known = QuestionID(notice, question.field)
            draft.answers[known] = draft.answers[known] ?? answer.blind
        }
        return draft
    }

    /// What a record that the visit creates is called once it is saved; nil where that is drawn then.
    ///
    /// A phone's visit names them itself: whichever node it reaches, and however often, they are the
    /// same records.
    func name(of added: RecordID) -> RecordID? {
        phone.map { RecordID(origin: $0.origin, counter: added.counter) }
    }
}

/// Deterministic CBOR, so that the same draft is the same bytes.
extension VisitDraft {
    private static let version: UInt64 = 7
    /// Of a phone's visit, which has three members more.
    private static let phoneVersion: UInt64 = 8
    /// Of an earlier program, which did not note what was confirmed.
    private static let unnotedVersion: UInt64 = 5
    private static let unnotedPhoneVersion: UInt64 = 6
    /// Around another: who was at the door, and the visit as he left it.
    private static let takenVersion: UInt64 = 4
    /// Of earlier programs, without the days of answers: a visit of the node's, and a phone's, with the
    /// notice that was told and without.
    private static let undatedVersion: UInt64 = 1
    private static let undatedPhoneVersion: UInt64 = 3
    private static let untoldPhoneVersion: UInt64 = 2

    func encode() -> [UInt8] {
        guard let author else { return encodeOwn() }
        var writer = CBORWriter(capacity: 512)
        writer.array(3)
        writer.write(Self.takenVersion)
        writer.write(author)
        writer.write(encodeOwn())
        return writer.bytes
    }

    private func encodeOwn() -> [UInt8] {
        var writer = CBORWriter(capacity: 512)
        writer.array(phone == nil ? 10 : 13)
        writer.write(phone == nil ? Self.version : Self.phoneVersion)
        if let phone {
            writer.write(phone.origin)
            writer.write(phone.ended)
            if let noticeVersion { writer.write(noticeVersion) } else { writer.null() }
        }
        writer.write(household.description)
        writer.write(round)
        writer.write(begun)
        writer.write(token.encode())
        writer.write(UInt64(lastAdded))
        writer.array(answers.count * 6)
        for (question, answer) in answers.sorted(by: { $0.key < $1.key }) {
            writer.write(question.record.description)
            writer.write(question.field)
            answer.value.write(to: &writer)
            answer.shown.write(to: &writer)
            writer.write((answer.isBlind ? 1 : 0) + (answer.isForReview ? 2 : 0) as UInt64)
            writer.write(answer.day.description)
        }
        writer.array(confirmed.count * 4)
        for (section, confirmation) in confirmed.sorted(by: { $0.key < $1.key }) {
            writer.write(section.record.description)
            writer.write(section.section)
            writer.write(confirmation.day.description)
            if let shown = confirmation.shown { writer.write(shown) } else { writer.null() }
        }
        writer.array(added.count * 3)
        for record in added {
            writer.write(record.id.description)
            writer.write(record.type)
            writer.write(record.parent.description)
        }
        writer.array(passed.count)
        for step in passed.sorted() { writer.write(step) }
        return writer.bytes
    }

    init(encoded bytes: [UInt8]) throws(VisitingError) {
        do {
            let (author, own) = try Self.taken(bytes)
            var reader = CBORReader(own)
            try self.init(&reader)
            try reader.finish()
            self.author = author
        } catch is CBORError {
            throw .unreadable
        } catch let error as VisitingError {
            throw error
        } catch {
            throw .unreadable
        }
    }

    /// Who was at the door of a visit that was taken over, and the visit; the same bytes for others.
    private static func taken(_ bytes: [UInt8]) throws -> (author: String?, own: [UInt8]) {
        var reader = CBORReader(bytes)
        guard try reader.array(max: 13) == 3 else { return (nil, bytes) }
        guard try reader.unsigned() == takenVersion else { throw VisitingError.unreadable }
        let author = try reader.text(max: 200)
        let own = try reader.byteString(max: VisitingLimits.draftBytes)
        try reader.finish()
        return (author, own)
    }

    private init(_ reader: inout CBORReader) throws {
        let count = try reader.array(max: 13)
        let version = try reader.unsigned()
        var phone: Phone?
        var told: String?
        switch (version, count) {
        case (Self.version, 10), (Self.unnotedVersion, 10), (Self.undatedVersion, 10): break
        case (Self.untoldPhoneVersion, 12), (Self.undatedPhoneVersion, 13),
            (Self.unnotedPhoneVersion, 13), (Self.phoneVersion, 13):
            phone = Phone(origin: try reader.unsigned(), ended: try reader.unsigned())
            if version != Self.untoldPhoneVersion, !reader.null() {
                told = try reader.text(max: 200)
            }
        default: throw VisitingError.unreadable
        }
        let isNoted = version == Self.version || version == Self.phoneVersion
        let isDated =
            isNoted || version == Self.unnotedVersion || version == Self.unnotedPhoneVersion
        self.init(
            household: try reader.recordID(),
            round: try reader.text(max: 200),
            begun: try reader.unsigned(),
            token: try Token(encoded: reader.byteString(max: VisitingLimits.draftBytes)),
            phone: phone
        )
        noticeVersion = told
        lastAdded = UInt32(try reader.unsigned(max: UInt64(UInt32.max)))
        // Of earlier programs: it was not given before.
        let first = CalendarDay(milliseconds: begun)
        for _ in 0..<(try reader.items(of: isDated ? 6 : 5, max: VisitingLimits.answers)) {
            let question = QuestionID(try reader.recordID(), try reader.text(max: 200))
            let (value, shown) = (try Value(&reader), try Value(&reader))
            let marks = try reader.unsigned(max: 3)
            answers[question] = Answer(
                value: value,
                shown: shown,
                isBlind: marks & 1 != 0,
                day: isDated ? try reader.day() : first,
                isForReview: marks & 2 != 0
            )
        }
        let width = isNoted ? 4 : isDated ? 3 : 2
        for _ in 0..<(try reader.items(of: width, max: VisitingLimits.answers)) {
            let section = SectionID(try reader.recordID(), try reader.text(max: 200))
            let day = isDated ? try reader.day() : first
            let shown = try isNoted && !reader.null() ? reader.unsigned() : nil
            confirmed[section] = Confirmation(day: day, shown: shown)
        }
        for _ in 0..<(try reader.items(of: 3, max: VisitingLimits.newRecords)) {
            added.append(
                Added(
                    id: try reader.recordID(),
                    type: try reader.text(max: 200),
                    parent: try reader.recordID()
                )
            )
        }
        for _ in 0..<(try reader.array(max: VisitingLimits.answers)) {
            passed.insert(try reader.text(max: 200))
        }
    }
}

extension CBORReader {
    fileprivate mutating func recordID() throws -> RecordID {
        guard let id = RecordID(try text(max: 60)) else { throw VisitingError.unreadable }
        return id
    }

    fileprivate mutating func day() throws -> CalendarDay {
        guard let day = CalendarDay(try text(max: 10)) else { throw VisitingError.unreadable }
        return day
    }

    /// How many groups of `width` items an array holds.
    fileprivate mutating func items(of width: Int, max: Int) throws -> Int {
        let count = try array(max: max * width)
        guard count.isMultiple(of: width) else { throw VisitingError.unreadable }
        return count / width
    }
}

extension Value {
    func write(to writer: inout CBORWriter) {
        switch self {
        case .null, .erased: writer.null()
        case .integer(let number): writer.write(number)
        case .text(let text): writer.write(text)
        case .bytes(let bytes): writer.write(bytes)
        case .reference(let record):
            writer.array(1)
            writer.write(record.description)
        }
    }

    fileprivate init(_ reader: inout CBORReader) throws {
        guard !reader.null() else {
            self = .null
            return
        }
        switch try reader.peekMajor() {
        case 0, 1: self = .integer(try reader.integer())
        case 2: self = .bytes(try reader.byteString(max: VisitingLimits.draftBytes))
        case 3: self = .text(try reader.text(max: VisitingLimits.draftBytes))
        default:
            try reader.array(exactly: 1)
            self = .reference(try reader.recordID())
        }
    }
}
