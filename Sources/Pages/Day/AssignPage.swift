import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

extension Page {
    /// Who visits whom.
    static let assign = Page(
        label: "assign",
        gate: .may(.assign),
        show: { caller, rooms in try AssignView(caller, rooms).reply() },
        take: { caller, rooms in
            let view = try AssignView(caller, rooms)
            let to = caller.form["staff"]
            guard to != AssignView.nobodyChosen else {
                return view.reply(["staff": caller.say("Chọn người nhận.", "Choose who visits.")])
            }
            let asked = view.asked
            guard !asked.isEmpty else {
                let words = caller.say(
                    "Chọn ít nhất một hộ.",
                    "Choose at least one household."
                )
                return view.reply(["household": words])
            }
            do {
                let count = try rooms.node(caller) { node -> Int? in
                    for id in asked {
                        guard let row = try node.store.row(of: id), row.type.name == "household",
                            !row.isGone, caller.may(.assign, in: row.scope)
                        else { return nil }
                    }
                    return try node.assign(asked, to: to.isEmpty ? nil : to)
                }
                guard let count else { return view.reply(["household": notGiven(caller.say)]) }
                return Done.assigned(count)
                    .redirect(to: view.query.path, in: caller.signedIn?.token)
            } catch let error as VisitingError where error == .noSuchStaff {
                return view.reply(["staff": caller.say.sentence(error.label)])
            }
        }
    )

    private static func notGiven(_ say: Speech) -> String {
        say(
            "Có hộ không giao được: không còn, hoặc không thuộc thôn của anh/chị. Chưa giao hộ nào.",
            "A household cannot be given: it is gone, or of another's village. None was given."
        )
    }
}

/// Whose households are shown for assigning: everybody's, nobody's, or one user's.
struct AssignQuery {
    /// A user's record, as addresses hold no names; empty for those that are nobody's, nil for all.
    let of: String?
    let page: Int

    init(_ caller: Caller) {
        func asked(_ name: StaticString) -> String? {
            caller.head.isReading ? caller.head.query("\(name)") : caller.form[name]
        }
        let whose = asked("of")
        of = whose == "all" ? nil : whose.flatMap { RecordID($0)?.description } ?? ""
        page = asked("page").flatMap { Int($0) } ?? 1
    }

    init(of: String?) {
        self.of = of
        page = 1
    }

    var word: String { of ?? "all" }

    /// Its first page.
    var first: LocalPath {
        let base = LocalPath("/lead/assign")
        return word.isEmpty ? base : base.asking("of", word)
    }

    var path: LocalPath { page > 1 ? first.asking("page", "\(page)") : first }
}

/// The list that households are chosen from, and whom they may be given to.
private struct AssignView {
    /// Of one page: as many as are given away at once by marks; a group goes as a whole.
    private static let perPage = 60
    /// Of the staff's list, before somebody is chosen there.
    static let nobodyChosen = "?"
    /// Of the buttons' field: everything that the list shows, on all its pages.
    private static let everything = "*"

    let caller: Caller
    let query: AssignQuery
    private let items: [WorklistItem]
    private let counts: [String: Int]
    private let names: StaffNames

    init(_ caller: Caller, _ rooms: PageRooms) throws {
        self.caller = caller
        query = AssignQuery(caller)
        var asked = WorklistQuery()
        asked.scopes = caller.scopes(.assign)
        asked.filter = .open
        let (all, names) = try rooms.node(caller) { node in
            (try node.worklist(asked).items, try StaffNames(node))
        }
        self.names = names
        counts = Dictionary(grouping: all) { $0.assignedTo ?? "" }.mapValues(\.count)
        let wanted = query.of.map { names.signInName(of: $0) }
        items = all.filter { wanted == nil || ($0.assignedTo ?? "") == wanted }
    }

    private var say: Speech { caller.say }

    /// The households that the form is about: those marked, or all of the button's group.
    var asked: [RecordID] {
        switch caller.form["all"] {
        case "": caller.form.all("household").compactMap { RecordID($0) }
        case Self.everything: items.map(\.id)
        case let one:
            items.first { $0.id.description == one }.map { first in
                items.filter { Group($0) == Group(first) }.map(\.id)
            } ?? []
        }
    }

    private struct Group: Hashable {
        let scope: String
        let name: String?

        init(_ item: WorklistItem) {
            scope = item.scope
            name = item.group
        }
    }

    func reply(_ errors: [String: String] = [:]) -> Response {
        var forms = caller.forms
        forms.errors = errors
        let paging = Paging(asked: query.page, count: items.count, perPage: Self.perPage)
        let frame = caller.frame(say("Giao hộ", "Assign households"))
        let html = frame.page {
            Done.notice(caller)
            filters
            forms.summary
            if items.isEmpty {
                element("p") { say("Không có hộ nào như vậy.", "There is no such household.") }
            } else {
                form(forms, items[paging.range], paging.number)
            }
            paging.links(query.first, say)
            Component.link(LocalPath("/lead"), say("Về phân công", "Back to the team"))
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    private func form(
        _ forms: FormBuilder,
        _ shown: ArraySlice<WorklistItem>,
        _ page: Int
    ) -> HTML {
        let sizes = Dictionary(grouping: items) { Group($0) }.mapValues(\.count)
        return forms.form(LocalPath("/lead/assign")) {
            forms.hidden("of", query.word)
            forms.hidden("page", "\(page)")
            // Enter at a mark gives what is marked, and no group.
            element(
                "button",
                Attribute("type", "submit"),
                Attribute("tabindex", "-1"),
                Attribute("aria-hidden", "true"),
                .class("skip")
            ) { say("Giao các hộ đã chọn", "Assign the chosen") }
            forms.choice(
                "staff",
                say("Giao cho", "Give to"),
                [
                    (Self.nobodyChosen, say("— chọn người —", "— choose —")),
                    ("", say("Không riêng ai", "Nobody in particular")),
                ] + names.visitors(caller.scopes(.assign)).map { ($0.name, $0.full) },
                chosen: caller.head.isReading ? Self.nobodyChosen : caller.form["staff"]
            )
            if let words = forms.errors["household"] {
                element("p", .class("error"), .id("household-error")) { words }
            }
            for run in HouseholdList.runs(of: Array(shown)) {
                if let first = run.first { group(forms, first, run, sizes[Group(first)] ?? 0) }
            }
            element("div", .class("do")) {
                forms.button(say("Giao các hộ đã chọn", "Assign the chosen"))
                all(
                    Self.everything,
                    say(
                        "Giao tất cả \(say.number(items.count)) hộ",
                        "Assign all \(say.number(items.count))"
                    )
                )
            }
        }
    }

    private func group(
        _ forms: FormBuilder,
        _ first: WorklistItem,
        _ run: ArraySlice<WorklistItem>,
        _ size: Int
    ) -> HTML {
        let name = first.group ?? say("Chưa ghi tổ", "No group recorded")
        let village = caller.hasSeveralVillages ? first.place : nil
        let title = [village, name].compactMap(\.self).joined(separator: ", ")
        return element("fieldset") {
            element("legend") { title }
            all(
                first.id.description,
                say(
                    "Giao cả \(name): \(say.number(size)) hộ",
                    "Assign all of \(name): \(say.number(size))"
                )
            )
            let chosen = Set(caller.form.all("household"))
            for item in run { check(item, isChosen: chosen.contains(item.id.description)) }
        }
    }

    private func check(_ item: WorklistItem, isChosen: Bool) -> HTML {
        let household = HouseholdWords(say: say)
        let owner = query.of == nil ? item.assignedTo.map { "→ " + names.name(of: $0) } : nil
        return element("label", .class("check")) {
            void(
                "input",
                [
                    Attribute("type", "checkbox"), Attribute("name", "household"),
                    Attribute("value", item.id.description),
                ] + (isChosen ? [Attribute("checked")] : [])
            )
            element("span") {
                element("b") { household.title(item) }
                void("br", [])
                element("span", .class("soft")) {
                    [household.place(item), owner].compactMap(\.self).joined(separator: " · ")
                }
            }
        }
    }

    private func all(_ value: String, _ words: String) -> HTML {
        element(
            "button",
            Attribute("type", "submit"),
            Attribute("name", "all"),
            Attribute("value", value)
        ) { words }
    }

    private var filters: HTML {
        let users = names.known(Set(counts.keys))
        return element("nav", .class("filters"), Attribute("aria-label", say("Lọc", "Filter"))) {
            chip(AssignQuery(of: ""), say("Chưa giao", "Unassigned"), counts[""] ?? 0)
            for user in users {
                chip(AssignQuery(of: user.id.description), user.displayName, counts[user.name] ?? 0)
            }
            chip(AssignQuery(of: nil), say("Tất cả", "All"), counts.values.reduce(0, +))
        }
    }

    private func chip(_ other: AssignQuery, _ words: String, _ count: Int) -> HTML {
        element(
            "a",
            [.href(other.path)]
                + (other.of == query.of ? [Attribute("aria-current", "true")] : [])
        ) { words + " " + caller.say.number(count) }
    }
}
