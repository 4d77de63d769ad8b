import Survey

/// A form that is sent to this node with the session's secret in it.
struct FormBuilder {
    let say: Speech
    /// Of the session; nil before the sign-in.
    let token: String?
    /// Whose form it is; see ``FormOwners``.
    var owner: String?
    /// What is wrong with a field, by its name.
    var errors: [String: String] = [:]

    static let tokenField: StaticString = "form-token"
    static let ownerField: StaticString = "form-owner"
    /// What each page writes anew into its forms.
    static let ownFields: Set = [
        "\(tokenField)", "\(ownerField)", "\(PINPrompt.field)", "\(PINPrompt.forgotten)",
    ]

    func form(_ path: LocalPath, @HTMLBuilder content: () -> HTML) -> HTML {
        element("form", Attribute("method", "post"), .action(path)) {
            if let token { hidden(Self.tokenField, token) }
            if let owner { hidden(Self.ownerField, owner) }
            content()
        }
    }

    func hidden(_ name: StaticString, _ value: String) -> HTML { kept("\(name)", value) }

    /// A field of a form that came before, carried on as it was.
    func kept(_ name: String, _ value: String) -> HTML {
        void(
            "input",
            [Attribute("type", "hidden"), Attribute("name", name), Attribute("value", value)]
        )
    }

    /// A line to type in, with how it is filled in and attributes such as `type` and `autocomplete`.
    func field(
        _ name: StaticString,
        _ label: String,
        value: String = "",
        hint: String? = nil,
        _ more: [Attribute]
    ) -> HTML {
        let word = "\(name)"
        let error = errors[word]
        var attributes = [
            Attribute.id(word), Attribute("name", word), Attribute("value", value),
        ]
        attributes += described(word, hint: hint, error: error) + more
        return element("div", .class("field")) {
            element("label", Attribute("for", word)) { label }
            notes(word, hint: hint, error: error)
            void("input", attributes)
        }
    }

    /// One of several words.
    func choice(
        _ name: StaticString,
        _ label: String,
        _ options: [(value: String, words: String)],
        chosen: String
    ) -> HTML {
        let word = "\(name)"
        let error = errors[word]
        let attributes =
            [Attribute.id(word), Attribute("name", word)] + described(word, hint: nil, error: error)
        return element("div", .class("field")) {
            element("label", Attribute("for", word)) { label }
            notes(word, hint: nil, error: error)
            element("select", attributes) {
                for option in options {
                    element(
                        "option",
                        [Attribute("value", option.value)]
                            + (option.value == chosen ? [Attribute("selected")] : [])
                    ) { option.words }
                }
            }
        }
    }

    /// Any of several words.
    func choices(
        _ name: StaticString,
        _ label: String,
        _ options: [(value: String, words: String)],
        chosen: Set<String>,
        hint: String? = nil
    ) -> HTML {
        let word = "\(name)"
        let error = errors[word]
        return element(
            "fieldset",
            [.id(word)] + described(word, hint: hint, error: error, isInput: false)
        ) {
            element("legend") { label }
            notes(word, hint: hint, error: error)
            for option in options {
                element("label", .class("check")) {
                    void(
                        "input",
                        [
                            Attribute("type", "checkbox"), Attribute("name", word),
                            Attribute("value", option.value),
                        ] + (chosen.contains(option.value) ? [Attribute("checked")] : [])
                    )
                    element("span") { option.words }
                }
            }
        }
    }

    enum Weight {
        case main
        case plain
        case danger
    }

    /// `value`: of the field `do`, where a form has several buttons.
    func button(_ words: String, _ weight: Weight = .main, value: String? = nil) -> HTML {
        var attributes = [Attribute("type", "submit")]
        if let value { attributes += [Attribute("name", "do"), Attribute("value", value)] }
        switch weight {
        case .main: attributes.append(.class("main"))
        case .plain: break
        case .danger: attributes.append(.class("danger"))
        }
        return element("button", attributes) { words }
    }

    /// What is wrong, above the form.
    var summary: HTML {
        guard !errors.isEmpty else { return HTML() }
        return Component.notice(.bad) {
            for name in errors.keys.sorted() { element("p") { errors[name] ?? "" } }
        }
    }

    private func described(
        _ name: String,
        hint: String?,
        error: String?,
        isInput: Bool = true
    ) -> [Attribute] {
        var ids: [String] = []
        if hint != nil { ids.append("\(name)-hint") }
        if error != nil { ids.append("\(name)-error") }
        guard !ids.isEmpty else { return [] }
        let by = Attribute("aria-describedby", ids.joined(separator: " "))
        return error == nil || !isInput ? [by] : [by, Attribute("aria-invalid", "true")]
    }

    @HTMLBuilder private func notes(_ name: String, hint: String?, error: String?) -> HTML {
        if let hint { element("p", .class("hint"), .id("\(name)-hint")) { hint } }
        if let error { element("p", .class("error"), .id("\(name)-error")) { error } }
    }
}
