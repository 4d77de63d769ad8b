import Coverage
import Survey
import Visiting

/// What somebody is known to lack, and why.
struct LackList {
    let say: Speech
    let lacks: [Lack]

    @HTMLBuilder var html: HTML {
        let known = lacks.filter(\.isKnown)
        if !known.isEmpty {
            element("p", .class("hint")) { say("Còn thiếu:", "Lacks:") }
            element("ul", .class("lacks")) {
                for lack in known { element("li") { words(lack) } }
            }
        }
        if lacks.contains(where: { $0.state == .ageUncertain }) {
            element("p", .class("soft")) {
                say("Ngày sinh cần sửa", "Date of birth to be put right")
            }
        }
    }

    private func words(_ lack: Lack) -> String {
        let name = say(lack.indicator.label)
        guard let codes = lack.state.reason, let reason = lack.indicator.rule?.reason else {
            return name
        }
        return name + ": " + say(DataDescription.doorstep.label(of: codes, reason))
    }
}

/// Of whom something is not known yet and why, in a line for each cause.
struct UnknownList {
    let say: Speech
    let card: HouseholdCard

    @HTMLBuilder var html: HTML {
        if card.isEmptied {
            element("p", .class("soft")) {
                say(
                    "Không còn ai ở hộ này: mọi người đã chuyển đi hoặc đã mất.",
                    "Nobody lives here any more: all have moved away or died."
                )
            }
        }
        for cause in Cause.allCases where !card.isEmptied {
            let found = card.members.filter { member in
                member.lacks.contains { $0.state == .unknown(cause) }
            }
            let isOwn = card.lacks.contains { $0.state == .unknown(cause) }
            if isOwn || !found.isEmpty {
                element("p", .class("soft")) { words(cause, found.map(\.name)) }
            }
        }
    }

    private func words(_ cause: Cause, _ people: [String]) -> String {
        if cause == .notVisited {
            return say("Chưa hỏi ai trong đợt này.", "Nobody was asked in this round.")
        }
        let whom =
            people.count < card.members.count && !people.isEmpty
            ? people.map { $0.isEmpty ? say("chưa có tên", "without a name") : $0 }
                .joined(separator: ", ")
            : say("cả hộ", "everybody")
        return say(cause.label) + ": " + whom
    }
}

/// Where a household is, without saying a part twice that its address has already.
enum PlaceWords {
    /// What an address says below headings that name other parts of it; nil where that is nothing.
    static func rest(of address: String, below headings: [String?]) -> String? {
        let said = Set(headings.compactMap { $0.map { bare(TextFold.fold($0)) } })
        let rest = address.split(separator: ",").filter { piece in
            !said.contains(bare(TextFold.fold(String(piece))))
        }
        let words = TextFold.normalized(rest.joined(separator: ","))
        return words.isEmpty ? nil : words
    }

    /// A village's name is written with or without what it is.
    private static func bare(_ folded: String) -> String {
        let kind = ["thon ", "khoi pho ", "to dan pho "].first { folded.hasPrefix($0) }
        return kind.map { String(folded.dropFirst($0.count)) } ?? folded
    }

    static func joined(_ parts: [String?]) -> String {
        var said: [String] = []
        for part in parts.compactMap(\.self) where !part.isEmpty {
            let key = TextFold.fold(part)
            let isSaid = said.contains { words in
                words.split(separator: ",").contains { piece in
                    let other = TextFold.fold(String(piece))
                    return other == key || other.hasSuffix(" " + key)
                }
            }
            if !isSaid { said.append(part) }
        }
        return said.joined(separator: ", ")
    }
}
