/// When figures were counted, and that others are on their way.
struct CountedAt {
    private let say: Speech
    private let at: UInt64
    private let isOld: Bool
    private let page: LocalPath

    init<Value>(_ counted: Sums.Counted<Value>, _ caller: Caller) {
        say = caller.say
        at = counted.at
        isOld = counted.isOld
        page = caller.path
    }

    /// A part of a sentence: in the midst of one, or alone.
    @HTMLBuilder var html: HTML {
        say("đếm lúc \(say.clock(at))", "counted at \(say.clock(at))")
        if isOld {
            say("; có thay đổi mới, đang đếm lại: ", "; there are changes, being counted now: ")
            Component.link(page, say("tải lại", "load again"))
        }
        "."
    }
}
