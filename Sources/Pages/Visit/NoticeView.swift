import Store
import Survey
import Visiting

/// What a household is told about its data, on one screen, and how it was told.
struct NoticeView {
    let say: Speech
    let room: VisitRoom
    let form: VisitForm
    let groups: [GroupView]

    var html: HTML {
        HTML.joined {
            element("section", .class("card read")) {
                element("h2") {
                    say("Đọc cho người dân", "To be read out")
                    element("span", .class("hint")) { " (\(form.noticeVersion))" }
                }
                for line in Self.lines(form, say) {
                    element("p") {
                        element("b") { line.title + " " }
                        line.words
                    }
                }
            }
            if let notice = form.notice {
                Component.notice(.good) {
                    element("p") {
                        say("Hộ này đã được thông báo trong đợt này", "Told already in this round")
                        notice.values["given_on"]?.text.map { ": " + say.date($0) } ?? ""
                    }
                }
            }
            for view in groups { group(view) }
        }
    }

    /// How it was told is asked by large buttons, and last: it leads on.
    private func group(_ view: GroupView) -> HTML {
        let questions = view.group.questions
        let folded = questions.filter { $0.isFolded && view.outcomes[$0.id] == nil }
        let asked = questions.filter {
            $0.id.field != "given_how" && !($0.isFolded && view.outcomes[$0.id] == nil)
        }
        return element("section", .class("card"), .id(GroupView.id(view.group.id))) {
            element("h2") { say(view.group.title) }
            for question in asked { view.view(question) }
            for question in questions where question.id.field == "given_how" {
                if case .choice(let choices) = question.input { buttons(question, choices) }
            }
            if !folded.isEmpty {
                element("details") {
                    element("summary") { say("Chi tiết", "Details") }
                    for question in folded { view.view(question) }
                }
            }
        }
    }

    private func buttons(_ question: Question, _ choices: [AnswerChoice]) -> HTML {
        element("fieldset", .class("question"), .id(QuestionView.id(question.id))) {
            element("legend") { say(question.label) }
            element("div", .class("answers tall")) {
                for choice in choices { GroupView.button(question, choice, say) }
            }
        }
    }

    /// Who asks, why, what, what is voluntary, who sees it, how long, which rights.
    static func lines(_ form: VisitForm, _ say: Speech) -> [(title: String, words: String)] {
        let plan = form.description.purposes.first { $0.name == .plan }
        let voluntary = form.voluntary.map { say($0.label).lowercased() }.joined(separator: ", ")
        let months = plan?.retentionMonths ?? 0
        let contact = form.noticeContact.map { ": \($0)" } ?? ""
        let commune = form.commune.map { " (\($0))" } ?? ""
        return [
            (
                say("Ai hỏi:", "Who asks:"),
                say(
                    "Ủy ban nhân dân xã cùng Công an xã\(commune).",
                    "the commune's People's Committee with its police\(commune)."
                )
            ),
            (say("Để làm gì:", "Why:"), (plan.map { say.sentence($0.label) } ?? "")),
            (
                say("Hỏi gì:", "What:"),
                say(
                    "họ tên, ngày sinh, giới tính, số định danh, số điện thoại, nơi ở và quan hệ trong hộ; giấy tờ căn cước, VNeID, tài khoản thanh toán, lương hưu và trợ cấp, an sinh xã hội, bảo hiểm y tế, chữ ký số, thiết bị, dịch vụ công. Không hỏi mật khẩu, mã OTP, số tài khoản, số dư.",
                    "names, dates of birth, sex, personal numbers, phone numbers, where people live and how they are related; identity papers, VNeID, payment accounts, pensions and allowances, social security, health insurance, digital signatures, devices, public services. Never passwords, one-time codes, account numbers or balances."
                )
            ),
            (
                say("Tự nguyện:", "Voluntary:"),
                say(
                    "\(voluntary). Không đồng ý cũng không mất quyền lợi nào, và rút lại lúc nào cũng được.",
                    "\(voluntary). Saying no costs nothing, and a yes can be taken back at any time."
                )
            ),
            (
                say("Ai xem:", "Who sees it:"),
                say(
                    "cán bộ khảo sát và trưởng nhóm của thôn, cán bộ xã được giao. Nơi khác chỉ nhận số tổng hợp.",
                    "the village's surveyors and lead, and the commune officers in charge. Others get totals only."
                )
            ),
            (
                say("Giữ bao lâu:", "How long:"),
                say(
                    "\(months) tháng sau báo cáo cuối của năm kế hoạch, rồi xóa.",
                    "\(months) months after the plan year's final report, then erased."
                )
            ),
            (
                say("Quyền của ông bà:", "Your rights:"),
                say(
                    "xem, sửa, xin bản sao, xóa, phản đối, khiếu nại theo Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15); xã trả lời trong 2 ngày làm việc\(contact).",
                    "to see, correct, copy, erase, object and complain under the Law on Personal Data Protection (91/2025/QH15); the commune answers within 2 working days\(contact)."
                )
            ),
        ]
    }
}
