import Causality
import Node
import Survey
import Visiting

/// Households one below the other, in the order of the way, each with its card and its visit.
struct HouseholdList {
    /// Of one page: what a phone scrolls through, and below 60 KB.
    static let perPage = 40

    let caller: Caller
    let items: [WorklistItem]
    /// Whether the village stands at each group: where they are of several.
    let namesVillages: Bool

    private var say: Speech { caller.say }

    @HTMLBuilder var html: HTML {
        for run in Self.runs(of: items) { group(run) }
    }

    /// Whether the headings of a list must tell villages apart.
    static func isOfSeveralVillages(_ items: [WorklistItem]) -> Bool {
        items.contains { $0.scope != items.first?.scope }
    }

    /// Neighbours of one group.
    static func runs(of items: [WorklistItem]) -> [ArraySlice<WorklistItem>] {
        var runs: [ArraySlice<WorklistItem>] = []
        for index in items.indices {
            if let last = runs.last, let item = last.first, isSamePlace(item, items[index]) {
                runs[runs.count - 1] = items[last.startIndex...index]
            } else {
                runs.append(items[index...index])
            }
        }
        return runs
    }

    private static func isSamePlace(_ one: WorklistItem, _ other: WorklistItem) -> Bool {
        one.scope == other.scope && one.group == other.group
    }

    @HTMLBuilder private func group(_ run: ArraySlice<WorklistItem>) -> HTML {
        if let first = run.first {
            let words = [namesVillages ? first.place : nil, first.group].compactMap(\.self)
            element("h2") {
                words.isEmpty ? first.place : words.joined(separator: ", ")
            }
            element("ol", .class("list")) {
                for item in run { row(item) }
            }
        }
    }

    private func row(_ item: WorklistItem) -> HTML {
        let words = HouseholdWords(say: say)
        return element("li", .class("item")) {
            element("a", .href(LocalPath("/household", item.id.description))) {
                element("b") { words.title(item) }
                element("span") { words.place(item) }
                if !item.found.isEmpty { element("span") { words.found(item) } }
                words.state(item, today: caller.today)
            }
            if caller.may(.record, in: item.scope), item.state != .done || item.isBegun {
                BeginButton(caller: caller, household: item.id, isBegun: item.isBegun, .plain).html
            }
        }
    }
}

/// Begins the visit of a household, or goes on with the one that is begun.
struct BeginButton {
    let caller: Caller
    let household: RecordID
    let isBegun: Bool
    let weight: FormBuilder.Weight

    init(
        caller: Caller,
        household: RecordID,
        isBegun: Bool,
        _ weight: FormBuilder.Weight = .main
    ) {
        self.caller = caller
        self.household = household
        self.isBegun = isBegun
        self.weight = weight
    }

    var html: HTML {
        let forms = caller.forms
        let say = caller.say
        return forms.form(LocalPath("/begin")) {
            forms.hidden("household", household.description)
            forms.button(isBegun ? say("Làm tiếp", "Go on") : say("Bắt đầu", "Begin"), weight)
        }
    }
}

/// How a household is told from its neighbours, in few words.
struct HouseholdWords {
    let say: Speech

    func title(_ item: WorklistItem) -> String {
        title(code: item.code, head: item.head, isEmptied: item.isEmptied)
    }

    /// Its number and who heads it now, or that nobody does.
    func title(code: String?, head: String?, isEmptied: Bool = false) -> String {
        let nobody =
            isEmptied
            ? say("không còn ai ở", "nobody left") : say("chưa có chủ hộ", "without a head")
        let words = head.map { $0.isEmpty ? nobody : $0 } ?? nobody
        guard let code, !code.isEmpty else {
            return head == nil ? say("Hộ \(nobody)", "Household, \(nobody)") : words
        }
        return code + " · " + words
    }

    /// For the browser's history: names are for the page alone.
    func title(code: String?) -> String {
        code.flatMap { $0.isEmpty ? nil : $0 } ?? say("Hộ chưa có mã", "Household without a code")
    }

    /// Below a heading that names group and village.
    func place(_ item: WorklistItem) -> String {
        let people = say(
            "\(say.number(item.people))\u{A0}người",
            item.people == 1 ? "1\u{A0}person" : "\(say.number(item.people))\u{A0}people"
        )
        let rest = item.address.flatMap {
            PlaceWords.rest(of: $0, below: [item.group, item.place])
        }
        return [rest, people].compactMap(\.self).joined(separator: " · ")
    }

    /// Who of the household answers a search, where its title does not say it.
    func found(_ item: WorklistItem) -> String {
        let names = item.found.prefix(Self.namesShown).joined(separator: ", ")
        let rest = item.found.count - Self.namesShown
        let more = rest > 0 ? say(" và \(rest) người nữa", " and \(rest) more") : ""
        return say("có ", "with ") + names + more
    }

    private static let namesShown = 2

    /// How far the work is; nothing where nobody was there yet.
    @HTMLBuilder func state(_ item: WorklistItem, today: CalendarDay) -> HTML {
        if item.isBegun { Component.badge(.information, say("đang làm dở", "begun, not finished")) }
        switch item.state {
        case .notVisited: HTML()
        case .away:
            Component.badge(
                .information,
                item.failedTries > 1
                    ? say("vắng, \(item.failedTries) lần", "away, \(item.failedTries) times")
                    : outcome(item)
            )
        case .callAgain(let day):
            Component.badge(
                item.isDue(on: today) ? .bad : .information,
                day.map { day in
                    let date = say.date(day.description)
                    return say("hẹn \(date)", "call again on \(date)")
                } ?? say("hẹn lại", "call again")
            )
        case .partial: Component.badge(.information, say("hỏi chưa hết", "partly asked"))
        case .done:
            Component.badge(item.outcome == "complete" ? .good : .information, outcome(item))
        }
    }

    private func outcome(_ item: WorklistItem) -> String {
        guard let code = item.outcome,
            let field = DataDescription.doorstep.type("visit")?.field("outcome")
        else { return say("đã đến", "visited") }
        return field.show(.text(code), say.language)
    }
}
