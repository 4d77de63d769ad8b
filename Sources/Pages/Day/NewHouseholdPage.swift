import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

/// A household that is on no list, or has parted from another, begun at its door.
extension Page {
    static let newHousehold = Page(
        label: "new-household",
        gate: .may(.record),
        show: { caller, rooms in
            try rooms.node(caller) { node in
                Replies.page(
                    try NewHouseholdForm(caller, node, id: VisitDesk(node).newHouseholdID()).html()
                )
            }
        },
        take: { caller, rooms in
            guard let id = RecordID(caller.form["id"]), !id.isOfVisit else {
                return Errors.page(404, caller)
            }
            return try rooms.node(caller) { node in
                let form = try NewHouseholdForm(caller, node, id: id)
                let known = try node.store.row(of: id)
                guard let scope = known?.scope ?? form.scope else {
                    return Replies.page(form.html(form.villageMissing), 422)
                }
                guard caller.may(.record, in: scope) else { return Errors.page(403, caller) }
                let desk = VisitDesk(node)
                guard !form.new.address.isEmpty else {
                    return Replies.page(form.html(form.addressMissing), 422)
                }
                if known == nil, caller.form["do"] != "add" {
                    let found = try desk.likelyHouseholds(form.new, in: scope)
                    if !found.isEmpty { return Replies.page(form.html(found: found)) }
                }
                switch try desk.beginNew(form.new, as: id, in: scope) {
                case .begun(let key): return Replies.redirect(LocalPath("/visit", key.description))
                case .refused(let problems):
                    return Replies.page(form.html(form.errors(problems)), 422)
                }
            }
        }
    )
}

/// The way to it, on pages that list households, where it is what few come for.
struct NewHouseholdLink {
    let say: Speech

    var html: HTML {
        element("div", .class("actions")) {
            Component.linkButton(
                LocalPath("/new-household"),
                say("Hộ chưa có trong danh sách", "A household that is not listed"),
                isMain: false
            )
        }
    }
}

private struct NewHouseholdForm {
    let caller: Caller
    let id: RecordID
    let new: NewHousehold
    /// The village that was chosen, or the only one there is; nil where it must be chosen.
    let scope: String?
    private let villages: [(value: String, words: String)]

    init(_ caller: Caller, _ node: LocalNode, id: RecordID) throws {
        self.caller = caller
        self.id = id
        let open = try node.villages().filter { caller.may(.record, in: $0.scope) }
        let standing = open.filter { !$0.hasEnded(by: node.today) }
        villages = (standing.isEmpty ? open : standing)
            .map { ($0.scope, $0.name) }
        let chosen = caller.form["village"]
        scope = villages.count == 1 ? villages.first?.value : chosen.isEmpty ? nil : chosen
        new = NewHousehold(
            address: TextFold.normalized(caller.form["address"]),
            group: TextFold.normalized(caller.form["group"]),
            name: TextFold.normalized(caller.form["full_name"])
        )
    }

    private var say: Speech { caller.say }

    var addressMissing: [String: String] {
        [
            "address": say(
                "Ghi địa chỉ, hoặc cách nhận ra nhà.",
                "Say the address, or how to find the house."
            )
        ]
    }

    var villageMissing: [String: String] {
        ["village": say("Chọn thôn.", "Choose the village.")]
    }

    func errors(_ problems: [Problem]) -> [String: String] {
        Dictionary(
            problems.map { ($0.field ?? "address", say.sentence($0.text)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// `found`: households that may be the one, to be looked at first.
    func html(_ errors: [String: String] = [:], found: [WorklistItem] = []) -> HTML {
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(
            say("Hộ chưa có trong danh sách", "A household that is not listed"),
            isNarrow: true
        )
        return frame.page {
            forms.summary
            if found.isEmpty {
                element("p", .class("hint")) {
                    say(
                        "Hộ mới đến, sót trong danh sách, hoặc vừa tách hộ. Người đã có ở hộ khác thì chuyển về đây trong lượt đến: thêm người, rồi chọn đúng người được gợi ý.",
                        "A household that has moved here, was left out, or has parted from another. Somebody of another household is moved here in the visit: add the person, then choose the one that is suggested."
                    )
                }
            } else {
                matches(found)
            }
            forms.form(LocalPath("/new-household")) {
                forms.hidden("id", id.description)
                if villages.count > 1 {
                    forms.choice(
                        "village",
                        say("Thôn", "Village"),
                        [(value: "", words: "—")] + villages,
                        chosen: scope ?? ""
                    )
                }
                line(
                    forms,
                    "address",
                    say("Địa chỉ, hoặc cách nhận ra nhà", "Address, or how to find it"),
                    new.address
                )
                line(forms, "group", say("Tổ, xóm", "Neighbourhood group"), new.group)
                line(
                    forms,
                    "full_name",
                    say("Tên chủ hộ hoặc một người ở đó", "Name of the head, or of somebody there"),
                    new.name
                )
                forms.button(
                    found.isEmpty
                        ? say("Bắt đầu", "Begin")
                        : say(
                            "Không phải các hộ trên: ghi hộ mới",
                            "None of these: record a new one"
                        ),
                    found.isEmpty ? .main : .plain,
                    value: found.isEmpty ? "look" : "add"
                )
            }
            Component.link(LocalPath("/today"), say("Về danh sách", "Back to the list"))
        }
    }

    private func line(
        _ forms: FormBuilder,
        _ name: StaticString,
        _ label: String,
        _ value: String
    ) -> HTML {
        forms.field(name, label, value: value, [Attribute("autocomplete", "off")])
    }

    @HTMLBuilder private func matches(_ found: [WorklistItem]) -> HTML {
        Component.notice(.information) {
            element("p") {
                say(
                    "Có thể là một trong các hộ này. Đúng thì bắt đầu ở đó:",
                    "It may be one of these. If it is, begin there:"
                )
            }
        }
        HouseholdList(caller: caller, items: found, namesVillages: false).html
    }
}
