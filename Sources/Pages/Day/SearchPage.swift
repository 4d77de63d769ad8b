import HTTP
import Node
import Survey
import Visiting

/// Looking for a household by whatever is known of it.
extension Page {
    /// Signs of what is looked for; names and addresses are shorter.
    private static let searchMax = 80

    /// What is typed is a name, as a rule: it is kept here and no address ever holds it.
    static let search = Page(
        label: "search",
        gate: .may(.record),
        show: { caller, _ in
            let frame = caller.frame(caller.say("Tìm hộ", "Find a household"))
            return Replies.page(
                frame.page {
                    SearchForm(caller: caller).html
                    NewHouseholdLink(say: caller.say).html
                }
            )
        },
        take: { caller, rooms in
            let words = TextFold.normalized(caller.form["words"])
            guard let token = caller.signedIn?.token, !words.isEmpty else {
                return Replies.redirect(LocalPath("/search"))
            }
            guard words.unicodeScalars.count <= searchMax else { return tooLong(words, caller) }
            let key = rooms.searches.keep(words, of: token, at: caller.around.now)
            return Replies.redirect(LocalPath("/search", key))
        }
    )

    private static func tooLong(_ words: String, _ caller: Caller) -> Response {
        let say = caller.say
        let frame = caller.frame(say("Tìm hộ", "Find a household"))
        return Replies.page(
            frame.page {
                Component.notice(.bad) {
                    element("p") {
                        say(
                            "Quá dài: \(words.unicodeScalars.count) ký tự, tối đa \(searchMax). Bớt chữ rồi tìm lại.",
                            "Too long: \(words.unicodeScalars.count) characters, at most \(searchMax). Shorten it and try again."
                        )
                    }
                }
                SearchForm(caller: caller, words: words).html
            },
            422
        )
    }

    /// The households that answer a search of this session.
    static func found(_ key: String) -> Page {
        Page(
            label: "found",
            gate: .may(.record),
            show: { caller, rooms in
                guard let token = caller.signedIn?.token,
                    let words = rooms.searches.value(key, of: token, at: caller.around.now)
                else { return Replies.redirect(LocalPath("/search")) }
                var query = WorklistQuery()
                query.scopes = caller.scopes(.record)
                query.search = words
                let items = try rooms.node(caller) { try $0.worklist(query).items }
                return show(items, words, key, caller)
            }
        )
    }

    private static func show(
        _ items: [WorklistItem],
        _ words: String,
        _ key: String,
        _ caller: Caller
    ) -> Response {
        let say = caller.say
        let frame = caller.frame(say("Tìm hộ", "Find a household"))
        let asked = caller.head.query("page").flatMap { Int($0) } ?? 1
        let paging = Paging(asked: asked, count: items.count, perPage: HouseholdList.perPage)
        return Replies.page(
            frame.page {
                SearchForm(caller: caller, words: words).html
                element("p", Attribute("role", "status")) {
                    items.isEmpty
                        ? say(
                            "Không tìm thấy hộ nào. Thử ít chữ hơn: chỉ tên, chỉ số nhà, hoặc vài số cuối của số định danh.",
                            "No household found. Try fewer words: only a name, a house number, or the last digits of an identity number."
                        )
                        : say(
                            "\(say.number(items.count)) hộ",
                            items.count == 1
                                ? "1 household" : "\(say.number(items.count)) households"
                        )
                }
                HouseholdList(
                    caller: caller,
                    items: Array(items[paging.range]),
                    namesVillages: HouseholdList.isOfSeveralVillages(items)
                ).html
                paging.links(LocalPath("/search", key), say)
                NewHouseholdLink(say: say).html
                Component.link(LocalPath("/today"), say("Về danh sách", "Back to the list"))
            }
        )
    }
}

/// One line to look for a household with.
struct SearchForm {
    let caller: Caller
    var words = ""

    var html: HTML {
        let say = caller.say
        let forms = caller.forms
        return element("div", .class("search"), Attribute("role", "search")) {
            forms.form(LocalPath("/search")) {
                element("label", Attribute("for", "words"), .class("hidden")) {
                    say("Tên, địa chỉ hoặc số", "Name, address or number")
                }
                void(
                    "input",
                    [
                        .id("words"), Attribute("name", "words"), Attribute("value", words),
                        Attribute("type", "search"), Attribute("autocomplete", "off"),
                        Attribute("spellcheck", "false"),
                        Attribute("enterkeyhint", "search"), Attribute("required"),
                        Attribute(
                            "placeholder",
                            say("Tên, địa chỉ hoặc số", "Name, address or number")
                        ),
                    ]
                )
                forms.button(say("Tìm", "Find"), .plain)
            }
        }
    }
}
