import Causality
import Store
import Survey
import Visiting

/// Who still lives here: each person in one line, opened where something has changed.
struct MembersView {
    let say: Speech
    let form: VisitForm
    let groups: [GroupView]

    var html: HTML {
        HTML.joined {
            wholeHousehold
            for view in groups { member(view) }
            element("p") {
                element(
                    "button",
                    Attribute("type", "submit"),
                    Attribute("name", "do"),
                    Attribute("value", "add-person")
                ) { say("+ Thêm người (mới đến, mới sinh)", "+ Add a person (moved in, born)") }
            }
        }
    }

    /// Where the household has moved away, a tap and a day for all who are still there.
    @HTMLBuilder private var wholeHousehold: HTML {
        let left = form.movingAway
        let since = "\(StepForm.since)"
        if left.count > 1 {
            element("section", .class("card")) {
                element("h2") { say("Cả hộ đã chuyển đi", "All have moved away") }
                element("div", .class("field")) {
                    element("label", Attribute("for", since)) {
                        say("Từ ngày (nếu biết)", "Since (if known)")
                    }
                    void(
                        "input",
                        [
                            .id(since), Attribute("name", since),
                            Attribute("inputmode", "numeric"), Attribute("autocomplete", "off"),
                            Attribute("placeholder", say("ngày/tháng/năm", "day/month/year")),
                        ]
                    )
                }
                element("div", .class("answers")) {
                    GroupView.button(
                        "set",
                        left.map { "\($0)=moved" }.joined(separator: " "),
                        say(
                            "Cả \(left.count) người đã chuyển đi",
                            "All \(left.count) people have moved away"
                        ),
                        isChosen: false
                    )
                }
            }
        }
    }

    private func member(_ view: GroupView) -> HTML {
        let id = view.group.id.record
        let questions = view.group.questions
        let isOpen = questions.contains {
            !$0.problems.isEmpty || view.outcomes[$0.id] != nil
                || $0.isNeeded && $0.value == .null
        }
        return element(
            "details",
            [.class("card"), .id(GroupView.id(view.group.id))]
                + (isOpen ? [Attribute("open")] : [])
        ) {
            element("summary") {
                element("b") { say(form.name(of: id)) }
                element("span", .class("hint")) { " " + PersonHead.facts(form, id, say) + " " }
                if let presence = questions.first(where: { $0.id.field == "presence" }) {
                    Component.badge(.information, say(presence.shown))
                }
            }
            for question in questions {
                view.view(question)
            }
        }
    }
}

/// Above a person's questions: who it is, and the card that may be read.
struct PersonHead {
    let say: Speech
    let form: VisitForm
    let person: RecordID
    /// Why what was scanned just now is no identity card's code.
    let unreadable: Label?

    var html: HTML {
        HTML.joined {
            let facts = Self.facts(form, person, say)
            if !facts.isEmpty { element("p") { facts } }
            element(
                "details",
                [.class("card scan")] + (unreadable == nil ? [] : [Attribute("open")])
            ) {
                element("summary") { say("Quét mã QR trên thẻ", "Scan the card's QR code") }
                element("div", .class("field")) {
                    element("label", Attribute("for", "card")) {
                        say("Nội dung mã QR", "Text of the QR code")
                    }
                    element("p", .class("hint"), .id("card-hint")) {
                        say(
                            "Đặt con trỏ vào đây rồi quét bằng đầu đọc, hoặc dán nội dung. Chỉ ghi sau khi anh/chị xem lại.",
                            "Put the cursor here and use a scanner, or paste the text. Nothing is taken before you have looked at it."
                        )
                    }
                    element("div", .id("card-error"), Attribute("role", "alert")) {
                        if let unreadable {
                            element("p", .class("error")) { say.sentence(unreadable) }
                        }
                    }
                    // Empty whatever came: a scanner types behind what stands there.
                    void(
                        "input",
                        [.id("card"), Attribute("name", "card"), Attribute("autocomplete", "off")]
                            + (unreadable == nil ? [] : [Attribute("aria-invalid", "true")])
                            + [Attribute("aria-describedby", "card-error card-hint")]
                    )
                }
                element(
                    "button",
                    Attribute("type", "submit"),
                    Attribute("name", "do"),
                    Attribute("value", "keep")
                ) { say("Đọc mã", "Read the code") }
            }
            element("div", .id("number")) { doubt }
        }
    }

    /// A number that fits something of the person not, and the way to say that the card has it so.
    @HTMLBuilder private var doubt: HTML {
        if form.numberNeedsCard(of: person) {
            Component.notice(.information) {
                element("p") {
                    say(
                        "Số định danh không khớp với ngày sinh hoặc giới tính. Nếu thẻ ghi đúng như vậy:",
                        "The personal number does not fit the birth date or the sex. If the card says just that:"
                    )
                }
                element(
                    "button",
                    Attribute("type", "submit"),
                    Attribute("name", "do"),
                    Attribute("value", "confirm-number")
                ) {
                    say(
                        "Không khớp, đã đối chiếu với thẻ",
                        "Does not match, checked on the card"
                    )
                }
            }
        }
    }

    /// Age and relation, as far as they are known.
    static func facts(_ form: VisitForm, _ person: RecordID, _ say: Speech) -> String {
        let values = form.values(of: person)
        let birth = values["birth"]?.text.flatMap { PartialDate($0) }
        let age = birth?.age(on: form.today).map { say("\($0) tuổi", "\($0) years") }
        let type = form.record(person)?.type
        let words = ["relation", "sex"].map { name in
            type?.field(name).map { $0.show(values[name] ?? .null, say.language) } ?? ""
        }
        return ([age ?? ""] + words).filter { !$0.isEmpty }.joined(separator: " · ")
    }
}

/// Below a person's questions: what may be added or taken back.
struct PersonTail {
    let say: Speech
    let form: VisitForm
    let person: RecordID

    var html: HTML {
        HTML.joined {
            hidden("account-of", person.description)
            if form.mayHaveAccount(person) {
                element("p") {
                    element(
                        "button",
                        Attribute("type", "submit"),
                        Attribute("name", "do"),
                        Attribute("value", "add-account")
                    ) { say("+ Thêm tài khoản", "+ Add an account") }
                }
            }
            if form.isMovedIn(person) {
                element("p") {
                    Self.remove(
                        person,
                        say("Không chuyển người này về đây", "Do not move this person here")
                    )
                }
            }
            for record in form.draft.added where isOf(record) {
                element("p") {
                    Self.remove(
                        record.id,
                        record.id == person
                            ? say("Bỏ người vừa thêm", "Take the added person back")
                            : say("Bỏ tài khoản vừa thêm", "Take the added account back")
                    )
                }
            }
        }
    }

    private func isOf(_ record: VisitDraft.Added) -> Bool {
        record.id == person || record.parent == person && record.type == "payment_account"
    }

    private func hidden(_ name: String, _ value: String) -> HTML {
        void(
            "input",
            [
                Attribute("type", "hidden"), Attribute("name", name), Attribute("value", value),
            ]
        )
    }

    static func remove(_ record: RecordID, _ words: String) -> HTML {
        element(
            "button",
            Attribute("type", "submit"),
            Attribute("name", "remove"),
            Attribute("value", record.description),
            .class("danger")
        ) { words }
    }
}

/// Below the benefits: one more, of somebody of the household.
struct BenefitTail {
    let say: Speech
    let form: VisitForm

    var html: HTML {
        element("section", .class("card")) {
            element("h2") { say("Thêm lương hưu, trợ cấp", "Add a pension or allowance") }
            element("div", .class("field")) {
                element("label", Attribute("for", "benefit-of")) { say("Của ai", "Whose") }
                element("select", .id("benefit-of"), Attribute("name", "benefit-of")) {
                    for member in form.members where !form.isGone(member) {
                        element("option", Attribute("value", member.id.description)) {
                            say(form.name(of: member.id))
                        }
                    }
                }
            }
            element("p") {
                element(
                    "button",
                    Attribute("type", "submit"),
                    Attribute("name", "do"),
                    Attribute("value", "add-benefit")
                ) { say("+ Thêm", "+ Add") }
            }
            for record in form.draft.added where record.type == "benefit" {
                element("p") {
                    PersonTail.remove(
                        record.id,
                        say(
                            "Bỏ khoản vừa thêm của \(form.name(of: record.parent).vi)",
                            "Take back what was added for \(form.name(of: record.parent).en)"
                        )
                    )
                }
            }
        }
    }
}
