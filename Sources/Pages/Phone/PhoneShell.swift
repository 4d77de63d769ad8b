import HTTP
import Survey

/// The page that the phone's own program fills, from what the phone holds.
enum PhoneShell {
    /// Its words are the program's; these are for a browser that runs none.
    static func page(_ caller: Caller) -> Response {
        let say = caller.say
        var frame = Frame(say: say, title: say("Điện thoại", "Phone"), node: caller.around.node)
        frame.scripts = Script.ofPhone
        return Replies.page(
            frame.page {
                element("div", .id("phone")) {
                    element("p") {
                        say(
                            "Trang này cần JavaScript. Không có JavaScript thì dùng các trang của máy thôn khi ở gần máy.",
                            "This page needs JavaScript. Without it, use the node's pages while the node is in reach."
                        )
                    }
                }
            }
        )
    }
}
