import Node
import Survey

/// What stands around a page.
struct Frame {
    /// How things stand between this node and the one above.
    struct Sign {
        let words: String
        let isBad: Bool
    }

    /// A place in the main menu.
    struct Place {
        let words: String
        let path: LocalPath
        let isHere: Bool
    }

    let say: Speech
    let title: String
    /// What browsers keep of the page in their history and tabs, where the title names a resident:
    /// neither signing out nor the node can take it back there.
    var tabTitle: String?
    /// Name of the node; nil before it has one.
    var node: String?
    var menu: [Place] = []
    var sign: Sign?
    /// Display name of whoever is signed in, and the secret of his forms.
    var reader: (name: String, token: String)?
    /// What he keeps for himself.
    var readerPlaces: [Place] = []
    /// Where the switch of languages comes back to.
    var here = LocalPath("/")
    /// For a form alone.
    var isNarrow = false
    /// Whether whoever comes here by a step of his own goes on from the heading: keys and voice begin behind
    /// the menu then.
    var takesFocus = false
    /// In the order in which they run, once the page is there.
    var scripts: [Script] = []

    func page(@HTMLBuilder content: () -> HTML) -> HTML {
        HTML.document(
            say.language.rawValue,
            head,
            HTML.joined {
                element("a", .class("skip"), .here("main")) {
                    say("Đến nội dung", "Skip to content")
                }
                header
                main { content() }
                footer
            }
        )
    }

    @HTMLBuilder private var head: HTML {
        void("meta", [Attribute("charset", "utf-8")])
        void(
            "meta",
            [
                Attribute("name", "viewport"),
                Attribute("content", "width=device-width, initial-scale=1"),
            ]
        )
        element("title") { [tabTitle ?? title, node].compactMap(\.self).joined(separator: " – ") }
        void("link", [Attribute("rel", "stylesheet"), .href(Stylesheet.path)])
        // Without it browsers ask for /favicon.ico with each first page.
        void("link", [Attribute("rel", "icon"), .noIcon])
        for script in scripts {
            element("script", .src(script.path), Attribute("defer"))
        }
    }

    private var header: HTML {
        element("header") {
            element("div", .class("bar")) {
                element("a", .class("name"), .href(LocalPath("/"))) { node ?? "Doorstep" }
                if !menu.isEmpty { navigation }
            }
            if let sign {
                let look: Attribute = sign.isBad ? .class("sync bad") : .class("sync")
                element("a", look, .href(LocalPath("/sync"))) { sign.words }
            }
        }
    }

    private var navigation: HTML {
        element("nav", Attribute("aria-label", say("Trình đơn", "Menu"))) {
            element("ul") {
                for place in menu {
                    element("li") {
                        element(
                            "a",
                            [.href(place.path)]
                                + (place.isHere ? [Attribute("aria-current", "page")] : [])
                        ) { place.words }
                    }
                }
            }
        }
    }

    private func main(@HTMLBuilder content: () -> HTML) -> HTML {
        let more: [Attribute] = isNarrow ? [.class("narrow")] : []
        let focus = [Attribute("tabindex", "-1"), Attribute("autofocus")]
        return element("main", [.id("main")] + more) {
            element("h1", takesFocus ? focus : []) { title }
            content()
        }
    }

    private var footer: HTML {
        element("footer") {
            element("div", .class("bar")) {
                if let reader {
                    element("span") { reader.name }
                    for place in readerPlaces { Component.link(place.path, place.words) }
                    FormBuilder(say: say, token: reader.token).form(LocalPath("/sign-out")) {
                        element("button", Attribute("type", "submit"), .class("link")) {
                            say("Đăng xuất", "Sign out")
                        }
                    }
                }
                languageSwitch
            }
        }
    }

    private var languageSwitch: HTML {
        let other: Language = say.language == .vi ? .en : .vi
        let form = FormBuilder(say: say, token: nil)
        return form.form(LocalPath("/language")) {
            form.hidden("language", other.rawValue)
            form.hidden("back", here.text)
            element(
                "button",
                Attribute("type", "submit"),
                .class("link"),
                .lang(other.rawValue)
            ) { other == .vi ? "Tiếng Việt" : "English" }
        }
    }
}
