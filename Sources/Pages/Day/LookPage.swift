#if DEBUG
import HTTP
import QRCode
import Survey

/// The whole design system on one page, for whoever changes it; release builds have no such page.
extension Page {
    static let look = Page(
        label: "ui",
        gate: .open,
        show: { caller, _ in
            var frame = caller.frame("Thành phần của trang")
            frame.here = LocalPath("/ui")
            frame.menu = [
                Frame.Place(words: "Ở đây", path: LocalPath("/ui"), isHere: true),
                Frame.Place(words: "Nơi khác", path: LocalPath("/"), isHere: false),
            ]
            frame.sign = Frame.Sign(words: "Đã gửi hết · đồng bộ lần cuối 9:12", isBad: false)
            return Replies.page(frame.page { DesignSystem(say: caller.say).html })
        }
    )
}

private struct DesignSystem {
    private static let long =
        "Công Tằng Tôn Nữ Thị Ví Dụ Rất Dài Để Xem Chữ Xuống Dòng Ra Sao, Tổ đoàn kết số 12, nhà 48/21/7 kiệt 3"

    let say: Speech

    @HTMLBuilder var html: HTML {
        tokens
        notices
        figures
        list
        forms
        table
        other
    }

    private var tokens: HTML {
        Component.card("Màu") {
            element("ul", .class("swatches")) {
                element("li", .class("ground")) { "ground" }
                element("li", .class("paper")) { "paper, ink" }
                element("li", .class("soft")) { "soft" }
                element("li", .class("tint")) { "tint" }
                element("li", .class("fill")) { "main, on-main" }
                element("li", .class("good")) { "good, good-tint" }
                element("li", .class("bad")) { "bad, bad-tint" }
            }
        }
    }

    @HTMLBuilder private var notices: HTML {
        Component.notice(.information) { element("p") { "Cần biết: " + Self.long } }
        Component.notice(.good) { element("p") { "Xong." } }
        Component.notice(.bad) { element("p") { "Không được, và cần làm gì." } }
        element("p") {
            Component.badge(.information, "chữ")
            " "
            Component.badge(.good, "tốt")
            " "
            Component.badge(.bad, "xấu")
            " "
            Component.problem("Điều chưa ổn, thành một câu.")
        }
    }

    private var figures: HTML {
        element("div", .class("figures")) {
            Component.figure("1.234", "Số có tên")
            Component.figure("97,5%", "Số dẫn đến nơi khác", LocalPath("/ui"))
            Component.figure("…", Self.long)
        }
    }

    @HTMLBuilder private var list: HTML {
        element("h2") { "Danh sách" }
        element("nav", .class("filters"), Attribute("aria-label", "Lọc")) {
            element("a", .href(LocalPath("/ui")), Attribute("aria-current", "true")) {
                "Đang chọn 12"
            }
            element("a", .href(LocalPath("/ui"))) { "Khác 3" }
            element("a", .href(LocalPath("/ui")), .class("other")) { "Cách xem khác" }
        }
        element("div", .class("progress")) {
            element("p") {
                element("b") { "18/31" }
                " hộ đã xong"
            }
            element("progress", Attribute("max", "31"), Attribute("value", "18"))
        }
        element("ol", .class("list")) {
            row("005 · Nguyễn Văn Ví Dụ", "Tổ 1 · 4 người", Component.badge(.bad, "hẹn hôm nay"))
            row(Self.long, Self.long, Component.badge(.good, "Hoàn thành"))
        }
    }

    private func row(_ title: String, _ place: String, _ badge: HTML) -> HTML {
        element("li", .class("item")) {
            element("a", .href(LocalPath("/ui"))) {
                element("b") { title }
                element("span") { place }
                badge
            }
            FormBuilder(say: say, token: nil).form(LocalPath("/ui")) {
                FormBuilder(say: say, token: nil).button("Bắt đầu", .plain)
            }
        }
    }

    private var forms: HTML {
        var forms = FormBuilder(say: say, token: nil)
        forms.errors = ["wrong": "Điều sai, và cần gõ gì."]
        return Component.card("Biểu mẫu") {
            forms.summary
            forms.form(LocalPath("/ui")) {
                forms.field("line", "Một dòng", hint: "Gợi ý cách gõ.", [])
                forms.field("wrong", "Dòng có lỗi", value: Self.long, [])
                forms.field("digits", "Chữ số", [Attribute("inputmode", "numeric")])
                forms.choice(
                    "one",
                    "Một trong nhiều",
                    [("a", "Thứ nhất"), ("b", Self.long)],
                    chosen: "b"
                )
                forms.choices(
                    "some",
                    "Vài cái trong nhiều",
                    [("a", "Thứ nhất"), ("b", Self.long)],
                    chosen: ["a"],
                    hint: "Chọn bao nhiêu cũng được."
                )
                element("div", .class("actions")) {
                    forms.button("Việc chính")
                    forms.button("Việc phụ", .plain)
                    forms.button("Việc khó rút lại", .danger)
                    Component.linkButton(LocalPath("/ui"), "Nơi đến")
                    Component.linkButton(LocalPath("/ui"), "Nơi ít khi đến", isMain: false)
                    Component.link(LocalPath("/ui"), "Liên kết")
                }
            }
        }
    }

    private var table: HTML {
        var table = PageTable(
            "Bảng",
            [.init("Tên"), .init("Số", .number), .init("Lúc", .time), .init("Lời", .wide)]
        )
        table.add([HTML("Thôn Mẫu A"), HTML("1.234"), HTML("28/11/2026 9:12"), HTML("ổn")])
        table.add([HTML(Self.long), HTML("5"), HTML("–"), HTML(Self.long)])
        return table.html
    }

    @HTMLBuilder private var other: HTML {
        Component.card("Thẻ") {
            element("dl") {
                element("dt") { "Tên" }
                element("dd") { "Giá trị" }
                element("dt") { "Tên dài hơn một chút" }
                element("dd") { Self.long }
            }
            element("ul", .class("lacks")) { element("li") { "Còn thiếu: lý do" } }
            element("p", .class("code")) { "HGHRJ-6RREF" }
            element("p", .class("fingerprint")) { "0A:1B:2C:3D:4E:5F" }
            element("details") {
                element("summary") { "Mở ra để đọc" }
                element("p") { Self.long }
            }
            if let symbol = try? QRSymbol("DOORSTEP") { Component.qr(symbol, "Mã QR") }
        }
    }
}
#endif
