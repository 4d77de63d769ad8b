import Causality
import HTTP
import Node
import Store
import Survey
import Visiting

/// What a page sends to a visit that another tab has finished meanwhile: named, for it is not saved.
struct EndedPage {
    let room: VisitRoom
    let saved: SavedVisit
    let answers: PageAnswers

    /// Where the visit has come to, or which answers came too late.
    func reply() throws -> Response {
        let late = try answers.answers.compactMap(lateAnswer)
        guard !late.isEmpty else { return Replies.redirect(room.path("done")) }
        let say = room.say
        let household = try room.desk.household(room.key)
        let frame = room.caller.frame(
            say("Lượt đến đã kết thúc", "The visit has ended"),
            isNarrow: true
        )
        let html = frame.page {
            Component.notice(.bad) {
                element("p") {
                    say(
                        "Lượt đến này đã kết thúc ở thẻ khác. Chưa ghi:",
                        "Another tab has ended this visit. Not saved:"
                    )
                }
                element("ul") {
                    for (label, text) in late { element("li") { say(label) + ": \(text)" } }
                }
            }
            room.caller.forms.form(LocalPath("/begin")) {
                room.caller.forms.hidden("household", household.description)
                room.caller.forms.button(
                    say("Mở lượt đến mới để ghi", "Record it in another visit")
                )
            }
            Component.link(room.path("done"), say("Không cần ghi", "Leave it"))
        }
        return Replies.page(html, 422)
    }

    /// Nil for what stands there already: the page that ended the visit may come twice.
    private func lateAnswer(_ answer: PageAnswers.Answer) throws -> (Label, String)? {
        let question = answer.question
        let store = room.desk.node.store
        let id = question.record == .visit ? saved.visit : question.record
        guard let row = try id.flatMap({ try store.row(of: $0) }),
            let field = row.type.field(question.field)
        else {
            return (Label("Người vừa thêm", "Somebody who was added"), answer.text)
        }
        switch field.parse(answer.text, today: room.desk.node.today) {
        case .empty where row[field.name] == .null: return nil
        case .value(let value, _) where value == row[field.name]: return nil
        default: return (field.label, answer.text)
        }
    }
}
