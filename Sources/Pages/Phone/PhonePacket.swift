import Causality
import Coverage
import Node
import Store
import Survey
import Terminal
import Visiting

/// A phone's list as JSON.
///
/// Of households that are nobody's in particular, so that they go to everybody's phone, personal numbers
/// and those of old papers go with their middle hidden: enough to tell a card at the door and a
/// duplicate, not enough to be worth having (law, R10; identifiers, 1.6). A salted hash in their place
/// would hide nothing: with birth, sex and the last digits known, a hundred tries find the rest.
struct PhonePacket {
    let list: PhoneList
    private let form: PhoneForm

    init(_ list: PhoneList, _ description: DataDescription) {
        self.list = list
        form = PhoneForm(description: description, collected: list.collected)
    }

    /// `now`: milliseconds since 1970.
    func json(now: UInt64) -> JSONValue {
        let scopes = Dictionary(grouping: list.households, by: \.item.scope)
        let tokens = scopes.sorted { $0.key < $1.key }.compactMap { scope, households in
            households.first.map {
                JSONValue.Member(scope, .string($0.form.draft.token.text))
            }
        }
        return .object([
            .init("v", .integer(PhoneProtocol.version)),
            .init("now", .integer(Int64(clamping: now))),
            .init("today", .string(list.today.description)), .init("round", .string(list.round)),
            .init("done", .integer(Int64(list.done))), .init("total", .integer(Int64(list.total))),
            .init("left", .integer(Int64(list.left))), .init("tokens", .object(tokens)),
            .init("form", form.json), .init("notice", notice),
            .init("households", .array(list.households.map(household))),
        ])
    }

    /// What is read out to every household, word by word as the node's own page has it.
    private var notice: JSONValue {
        guard let form = list.households.first?.form else { return .null }
        let lines = zip(NoticeView.lines(form, Speech(.vi)), NoticeView.lines(form, Speech(.en)))
        return [
            "version": .string(form.noticeVersion),
            "lines": .array(
                lines.map { vi, en in
                    [Label(vi.title, en.title).json, Label(vi.words, en.words).json]
                }
            ),
        ]
    }

    private func household(_ household: PhoneList.Household) -> JSONValue {
        let item = household.item
        let form = household.form
        let records = [form.household] + form.people + form.belongings
        let notice = form.notice.map { [$0] } ?? []
        let consents = form.consents.sorted { $0.key < $1.key }.map { field, answer in
            JSONValue.Member(field, .string(answer))
        }
        return .object([
            .init("id", .string(form.household.id.description)),
            .init("scope", .string(item.scope)), .init("place", .string(item.place)),
            .init("group", text(item.group)), .init("address", text(item.address)),
            .init("code", text(item.code)), .init("head", text(item.head)),
            .init("people", .integer(Int64(item.people))), .init("state", .string(item.stateWord)),
            .init("due", text(item.dueDayText)), .init("tries", .integer(Int64(item.failedTries))),
            .init("at", text(item.visitedAt?.description)), .init("by", text(household.visitedBy)),
            .init("last", household.last?.outcome.json ?? .null),
            .init("note", text(household.last?.note)),
            .init("draft", text(household.begun?.description)),
            .init("phones", .array(household.phones.map(phone))),
            .init("consents", .object(consents)),
            .init("notice", text(form.notice?.id.description)),
            .init("records", .array((records + notice).map { record($0, household) })),
        ])
    }

    private func phone(_ phone: HouseholdCard.Phone) -> JSONValue {
        [
            .string(phone.owner), .string(phone.number),
            phone.isAgreed.map { .bool($0) } ?? .null,
        ]
    }

    private func record(_ record: FormRecord, _ household: PhoneList.Household) -> JSONValue {
        let values = form.sent(record.type).compactMap { field -> JSONValue.Member? in
            let value = sent(record.values[field.name] ?? .null, field, household).json
            return value == .null ? nil : .init(field.name, value)
        }
        let link = record.values["resident"]?.record ?? record.values["household"]?.record
        let lacks = household.lacks[record.id] ?? []
        return .object([
            .init("id", .string(record.id.description)), .init("t", .string(record.type.name)),
            .init("of", text(link?.description)), .init("v", .object(values)),
            .init("d", .array(record.disputed.sorted().map { .string($0) })),
            .init("lacks", .array(lacks.map(\.indicator.label.json))),
        ])
    }

    private func sent(
        _ value: Value,
        _ field: Field,
        _ household: PhoneList.Household
    ) -> Value {
        guard !household.isOwn, case .text(let number) = value else { return value }
        return switch field.kind {
        case .personalID: .text(PersonalNumber(number)?.masked ?? Self.hidden + number.suffix(4))
        case .oldPersonalID: .text(Self.hidden + number.suffix(4))
        default: value
        }
    }

    private static let hidden = "•••••"

    private func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension WorklistItem {
    fileprivate var stateWord: String {
        switch state {
        case .notVisited: isEmptied ? "emptied" : "not-visited"
        case .away: "away"
        case .callAgain: "call-again"
        case .partial: "partial"
        case .done: "done"
        }
    }

    fileprivate var dueDayText: String? {
        if case .callAgain(let day?) = state { return day.description }
        return nil
    }
}
