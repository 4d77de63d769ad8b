/// One part of a long list, and the way to the parts beside it.
struct Paging {
    let number: Int
    let last: Int
    /// Of the list.
    let range: Range<Int>

    /// `asked`: as it came with a request, whatever it is.
    init(asked: Int, count: Int, perPage: Int) {
        last = max(1, (count + perPage - 1) / perPage)
        number = min(max(asked, 1), last)
        let start = (number - 1) * perPage
        range = start..<min(start + perPage, count)
    }

    @HTMLBuilder func links(_ path: LocalPath, _ say: Speech) -> HTML {
        if last > 1 {
            element("nav", .class("actions"), Attribute("aria-label", say("Trang", "Pages"))) {
                if number > 1 {
                    Component.link(
                        path.asking("page", "\(number - 1)"),
                        say("Trang trước", "Page before")
                    )
                }
                element("span") {
                    say("Trang \(number)/\(last)", "Page \(number) of \(last)")
                }
                if number < last {
                    Component.link(
                        path.asking("page", "\(number + 1)"),
                        say("Trang sau", "Next page")
                    )
                }
            }
        }
    }
}
