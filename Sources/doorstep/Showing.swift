import Causality
import Node
import Replication
import Store
import Survey
import Terminal

/// Records, values and problems as people and programs read them.
extension VerbContext {
    func shown(_ value: Value, _ field: Field?) -> String {
        guard let field else { return value.raw }
        return field.show(value, language)
    }

    func label(of field: String, in type: RecordType) -> String {
        type.field(field)?.label(language) ?? reservedLabel(field)
    }

    func reservedLabel(_ field: String) -> String {
        switch field {
        case ReservedField.deleted: say("Đã xóa", "Deleted")
        case ReservedField.mergedInto: say("Đã gộp vào", "Merged into")
        case ReservedField.movedTo: say("Đã chuyển đến", "Moved to")
        default: field
        }
    }

    /// Name, birth and household in one cell.
    func shown(_ record: RecordSummary) -> String {
        var parts = [record.title.isEmpty ? record.type.label(language) : title(of: record)]
        if let birth = record.birth { parts.append(shownDate(birth)) }
        return parts.joined(separator: ", ")
    }

    /// Visits are known by when they were.
    func title(of record: RecordSummary) -> String {
        LocalTime(record.title) == nil
            ? record.title : Field.timeShown.show(.text(record.title), language)
    }

    /// A reference with the name of what it refers to.
    func shown(_ value: Value, _ field: Field?, _ node: LocalNode) throws -> String {
        guard let record = value.record, let summary = try node.summary(of: record) else {
            return shown(value, field)
        }
        let name =
            summary.type.name == "household" ? shown(summary.household) : shown(summary)
        return "\(record) (\(name))"
    }

    func shownDate(_ text: String) -> String {
        Field.dateShown.show(.text(text), language)
    }

    /// Where a record lies, in words.
    func place(of record: RecordSummary) -> String {
        record.isOfCommune ? communeItself : record.place
    }

    /// What the commune's own scope is called beside its villages.
    var communeItself: String { say("Cấp xã", "The commune itself") }

    func shown(_ household: RecordSummary.Household?) -> String {
        guard let household else { return "" }
        return [household.code, household.head, household.address].compactMap(\.self)
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// What became of a record that lists leave out.
    func fate(_ flags: Int64) -> String {
        if flags & RecordFlags.deleted != 0 { return say("đã xóa", "deleted") }
        if flags & RecordFlags.merged != 0 { return say("đã gộp", "merged") }
        if flags & RecordFlags.moved != 0 { return say("đã chuyển", "moved") }
        return flags & RecordFlags.disputed != 0 ? say("đang chờ xử lý", "disputed") : ""
    }

    /// A code is shown this once; without one, the password was given.
    func report(_ code: OneTimeCode?, of name: String, hours: Int) {
        guard let code else {
            return report(["user": .string(name)], "Đã thêm \(name)", "Added \(name)")
        }
        report(
            [
                "user": .string(name), "code": .string(code.text), "hours": .integer(Int64(hours)),
            ],
            "Mã dùng một lần của \(name), có hạn \(hours) giờ: \(code.text)",
            "One-time code for \(name), valid for \(hours) hours: \(code.text)"
        )
    }

    /// Says where a user has no password yet: passwords lie in the villages where they were set.
    func noteClosed(_ scopes: [String], to name: String, _ places: [String: String]) {
        for scope in scopes {
            let place = places[scope] ?? scope
            let command = "doorstep user reset \(text("folder")) \(name) --village '\(place)'"
            note(
                say(
                    "\(name) chưa đăng nhập được ở \(place): cấp mã bằng \(command)",
                    "\(name) cannot sign in at \(place) yet: give a code with \(command)"
                )
            )
        }
    }

    // MARK: Problems

    /// Prints what is wrong, to standard error; the code tells whether anything was refused.
    func report(_ problems: [Problem]) {
        for problem in problems {
            let mark =
                problem.severity == .blocks ? say("không lưu", "refused") : say("lưu ý", "note")
            note("\(mark): \(problem.text(language))")
        }
    }

    /// What came of saving a record, with its exit code.
    func finish(_ outcome: SaveOutcome) -> ExitCode {
        if isJSON {
            print(json: [
                "id": outcome.id.map { .string($0.description) } ?? .null,
                "scope": .string(outcome.scope),
                "written": .array(outcome.written.map { .string($0) }),
                "problems": .array(outcome.problems.map { json($0) }),
                "open": .array(outcome.open.map { json($0) }),
            ])
        } else {
            report(outcome.problems)
            if let id = outcome.id { print(id.description) }
            if !outcome.open.isEmpty { print(table(outcome.open)) }
        }
        return outcome.isRefused ? .refused : .ok
    }

    // MARK: JSON

    func json(_ problem: Problem) -> JSONValue {
        [
            "severity": .string(problem.severity.rawValue),
            "field": problem.field.map { .string($0) } ?? .null,
            "code": .string(problem.code), "text": .string(problem.text(language)),
        ]
    }

    func json(_ value: Value) -> JSONValue {
        switch value {
        case .null: .null
        case .integer(let number): .integer(number)
        case .erased: ["erased": true]
        case .text, .bytes, .reference: .string(value.raw)
        }
    }

    func json(_ value: StoredValue) -> JSONValue {
        [
            "dot": .string(value.dot.description), "value": json(value.value),
            "author": .string(value.author), "node": .string(value.node),
            "time": .string(isoTime(value.time)),
        ]
    }

    func json(_ record: StoredRecord) -> JSONValue {
        let disputed = record.fields.filter { $0.isDisputed && $0.field?.isSecret != true }.map {
            field in
            JSONValue.Member(field.name, .array(field.siblings.map(json)))
        }
        return [
            "id": .string(record.id.description), "type": .string(record.type.name),
            "scope": .string(record.scope), "gone": .bool(record.isGone),
            "fields": .object(
                record.fields.filter { $0.field?.isSecret != true }
                    .map { JSONValue.Member($0.name, json($0.value)) }
            ),
            "disputed": .object(disputed),
        ]
    }

    func json(_ record: RecordSummary) -> JSONValue {
        [
            "id": .string(record.id.description), "type": .string(record.type.name),
            "scope": .string(record.scope), "place": .string(record.place),
            "title": .string(record.title), "birth": optional(record.birth),
            "household": record.household.map { home in
                [
                    "id": .string(home.id.description), "code": optional(home.code),
                    "address": optional(home.address), "head": optional(home.head),
                ]
            } ?? .null, "gone": .bool(record.isGone),
        ]
    }

    func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// Universal time to the millisecond, sortable as text.
    func isoTime(_ time: HybridTime) -> String {
        let day = Survey.CalendarDay(number: Int(time.milliseconds / 86_400_000))
        let rest = time.milliseconds % 86_400_000
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { padded($0, 2) }
        return "\(day)T\(clock.joined(separator: ":")).\(padded(rest % 1000, 3))Z"
    }

    private func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Field {
    fileprivate static let dateShown = Field("date", Label("Ngày", "Date"), .partialDate)
}

extension NodeKind {
    /// The word by which the command line names it.
    var word: String {
        switch self {
        case .hub: "hub"
        case .village: "village"
        case .unit: "unit"
        }
    }

    init?(word: String) {
        guard let kind = [Self.hub, .village, .unit].first(where: { $0.word == word }) else {
            return nil
        }
        self = kind
    }
}
