import CBOR
package import Causality
import Replication
package import Store

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
        /// Whether it is to stand beside a colleague's, for the village's lead to decide.
        package var isForReview = false

        func naming(_ name: (RecordID) -> RecordID, shown: Value) -> Answer {
            Answer(
                value: value.record.map { .reference(name($0)) } ?? value,
                shown: shown,
                isBlind: isBlind,
                isForReview: isForReview
            )
        }
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
    /// Sections that were confirmed as they stand: như lần trước.
    package internal(set) var confirmed: Set<SectionID> = []
    package internal(set) var added: [Added] = []
    /// Pages that were gone through, as ``Step/description``.
    package internal(set) var passed: Set<String> = []
    var lastAdded = RecordID.firstAdded - 1
    /// Version of the notice that a phone had on its screen; nil where the node's own counts.
    package internal(set) var noticeVersion: String?

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

    /// Everything that the visit says of these records goes.
    mutating func forget(_ records: Set<RecordID>) {
        added.removeAll { records.contains($0.id) }
        answers = answers.filter { question, answer in
            !records.contains(question.record)
                && !(answer.value.record.map(records.contains) ?? false)
        }
        confirmed = confirmed.filter { !records.contains($0.record) }
    }

    /// Records that the visit speaks of, those that it adds and itself left out.
    var records: Set<RecordID> {
        let named =
            answers.keys.map(\.record) + answers.values.compactMap(\.value.record)
            + confirmed.map(\.record) + added.map(\.parent)
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
        draft.confirmed = Set(confirmed.map { SectionID(name($0.record), $0.section) })
        draft.added = added.map { Added(id: $0.id, type: $0.type, parent: name($0.parent)) }
        draft.passed = Set(passed.map { Step($0)?.naming(names).description ?? $0 })
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
    private static let version: UInt64 = 1
    /// Of a phone's visit, which has three members more; of one kept by an earlier program, two.
    private static let phoneVersion: UInt64 = 3
    private static let earlierPhoneVersion: UInt64 = 2

    func encode() -> [UInt8] {
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
        writer.array(answers.count * 5)
        for (question, answer) in answers.sorted(by: { $0.key < $1.key }) {
            writer.write(question.record.description)
            writer.write(question.field)
            answer.value.write(to: &writer)
            answer.shown.write(to: &writer)
            writer.write((answer.isBlind ? 1 : 0) + (answer.isForReview ? 2 : 0) as UInt64)
        }
        writer.array(confirmed.count * 2)
        for section in confirmed.sorted() {
            writer.write(section.record.description)
            writer.write(section.section)
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
            var reader = CBORReader(bytes)
            try self.init(&reader)
            try reader.finish()
        } catch is CBORError {
            throw .unreadable
        } catch let error as VisitingError {
            throw error
        } catch {
            throw .unreadable
        }
    }

    private init(_ reader: inout CBORReader) throws {
        let count = try reader.array(max: 13)
        let version = try reader.unsigned()
        var phone: Phone?
        var told: String?
        switch (version, count) {
        case (Self.version, 10): break
        case (Self.earlierPhoneVersion, 12), (Self.phoneVersion, 13):
            phone = Phone(origin: try reader.unsigned(), ended: try reader.unsigned())
            if version == Self.phoneVersion, !reader.null() {
                told = try reader.text(max: 200)
            }
        default: throw VisitingError.unreadable
        }
        self.init(
            household: try reader.recordID(),
            round: try reader.text(max: 200),
            begun: try reader.unsigned(),
            token: try Token(encoded: reader.byteString(max: VisitingLimits.draftBytes)),
            phone: phone
        )
        noticeVersion = told
        lastAdded = UInt32(try reader.unsigned(max: UInt64(UInt32.max)))
        for _ in 0..<(try reader.items(of: 5, max: VisitingLimits.answers)) {
            let question = QuestionID(try reader.recordID(), try reader.text(max: 200))
            let (value, shown) = (try Value(&reader), try Value(&reader))
            let marks = try reader.unsigned(max: 3)
            answers[question] = Answer(
                value: value,
                shown: shown,
                isBlind: marks & 1 != 0,
                isForReview: marks & 2 != 0
            )
        }
        for _ in 0..<(try reader.items(of: 2, max: VisitingLimits.answers)) {
            confirmed.insert(SectionID(try reader.recordID(), try reader.text(max: 200)))
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

    /// How many groups of `width` items an array holds.
    fileprivate mutating func items(of width: Int, max: Int) throws -> Int {
        let count = try array(max: max * width)
        guard count.isMultiple(of: width) else { throw VisitingError.unreadable }
        return count / width
    }
}

extension Value {
    fileprivate func write(to writer: inout CBORWriter) {
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

/// What a page was shown with, for a hidden input: bytes in hexadecimal digits.
extension Token {
    package var text: String {
        encode().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Reads what ``text`` wrote; nil for anything else.
    package init?(text: String) {
        guard text.utf8.count.isMultiple(of: 2), text.utf8.count <= VisitingLimits.draftBytes else {
            return nil
        }
        var bytes: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        guard let token = try? Token(encoded: bytes) else { return nil }
        self = token
    }

    func encode() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(own == nil ? 1 : 4)
        writer.write(vector.encode())
        if let own {
            writer.write(own.dot.log.rawValue)
            writer.write(own.dot.seq)
            writer.write(own.hash)
        }
        return writer.bytes
    }

    init(encoded bytes: [UInt8]) throws {
        var reader = CBORReader(bytes)
        let count = try reader.array(max: 4)
        guard count == 1 || count == 4 else { throw VisitingError.unreadable }
        let vector = try VersionVector(
            encoded: try reader.byteString(max: VisitingLimits.draftBytes)
        )
        var own: OwnEntry?
        if count == 4 {
            let log = LogID(try reader.unsigned())
            // A token comes back from whoever has it.
            let dot = Dot(log: log, seq: try reader.unsigned(max: UInt64(Int64.max)))
            own = OwnEntry(dot: dot, hash: try reader.unsigned())
        }
        try reader.finish()
        self.init(vector: vector, own: own)
    }
}
