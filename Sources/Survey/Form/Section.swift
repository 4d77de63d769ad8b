/// A part of the form: facts that are asked together, with one source, one date and one cause.
package struct Section: Hashable, Sendable {
    /// Stable ASCII name; the fields' ``Field/section``.
    package let name: String
    /// The record type whose fields it groups.
    package let type: String
    package let label: Label
    /// What the person who asks must know or say.
    package let hint: Label?
    /// Code of the source of answers that name none.
    package let usualSource: String

    package init(
        _ name: String,
        of type: String,
        _ label: Label,
        hint: Label? = nil,
        usualSource: String = "self"
    ) {
        self.name = name
        self.type = type
        self.label = label
        self.hint = hint
        self.usualSource = usualSource
    }
}

extension Section {
    /// In the order of questions at the door (data model, section 14).
    package static let doorstep: [Section] = [
        Section("devices", of: "household", Label("Thiết bị, Internet", "Devices, Internet")),
        Section("idcard", of: "resident", Label("Thẻ căn cước", "Identity card")),
        Section(
            "vneid",
            of: "resident",
            Label("Tài khoản định danh điện tử (VNeID)", "Electronic identity account (VNeID)"),
            hint: Label(
                "Không bao giờ hỏi hoặc ghi mật khẩu, mã OTP, câu hỏi bảo mật.",
                "Never ask for or note a password, a one-time code or a security question."
            )
        ),
        Section(
            "payment",
            of: "resident",
            Label("Tài khoản thanh toán điện tử", "Electronic payment account"),
            hint: Label(
                "Không ghi số tài khoản, số thẻ, số dư.",
                "Note no account number, card number or balance."
            )
        ),
        Section(
            "account",
            of: "payment_account",
            Label("Từng tài khoản thanh toán", "Single payment accounts")
        ),
        Section(
            "ssa",
            of: "resident",
            Label("Tài khoản an sinh xã hội trên VNeID", "Social-security account on VNeID")
        ),
        Section("signature", of: "resident", Label("Chữ ký số", "Digital signature")),
        Section(
            "official_email",
            of: "resident",
            Label("Thư điện tử công dân", "Citizen's official e-mail")
        ),
        Section("service", of: "resident", Label("Dịch vụ công trực tuyến", "Online services")),
        Section("bhyt", of: "resident", Label("Bảo hiểm y tế", "Health insurance")),
        Section("skill", of: "resident", Label("Kỹ năng số", "Digital skills")),
        Section("benefit", of: "benefit", Label("Lương hưu, trợ cấp", "Pensions and allowances")),
        Section("unit", of: "unit", Label("Đơn vị", "Unit"), usualSource: "agency"),
        Section(
            "staff",
            of: "staff",
            Label("Cán bộ, công chức, viên chức", "Civil servants"),
            usualSource: "agency"
        ),
    ]
}

extension Field {
    /// The facts about a section's answers: where from, of which day, and why there are none.
    ///
    /// Two people who confirm one answer do not contradict each other: day and source merge by
    /// themselves. Why an answer is missing is an answer too, and is reviewed.
    static func provenance(of section: String) -> [Field] {
        [
            Field(
                "\(section)_source",
                Label("Nguồn", "Source"),
                .code(Choice.sources),
                merge: .latest,
                section: section
            ),
            Field(
                "\(section)_observed_on",
                Label("Ngày ghi nhận", "Observed on"),
                .date,
                merge: .maximum,
                section: section,
                days: .past
            ),
            Field(
                "\(section)_unknown",
                Label("Vì sao chưa rõ", "Why unknown"),
                .code(Choice.unknownCauses),
                section: section
            ),
        ]
    }
}

extension Choice {
    static let sources = [
        Choice("register-import", "Danh sách nghiệp vụ", "Imported list"),
        Choice("document-seen", "Xem giấy tờ", "Document seen"),
        Choice("self", "Tự khai", "Said so"),
        Choice("proxy", "Người khác khai hộ", "Somebody else said so"),
        Choice("agency", "Đơn vị báo cáo", "Reported by the agency"),
    ]

    static let unknownCauses = [
        Choice("refused", "Từ chối", "Refused"),
        Choice("absent-no-proxy", "Vắng, không ai trả lời thay", "Away, nobody could answer"),
        Choice("not-asked", "Chưa hỏi", "Not asked"),
        Choice("dont-know", "Không biết", "Does not know"),
    ]

    static let other = Choice("other", "Khác", "Other")
    static let refused = Choice("refused", "Từ chối trả lời", "Refused to say")
    static let unknown = Choice("unknown", "Không biết", "Not known")
    static let frail = Choice("frail", "Già yếu", "Frail")
    static let cannotUse = Choice("cannot-use", "Không biết dùng", "Cannot use it")
    static let dataMismatch = Choice("data-mismatch", "Sai lệch dữ liệu", "Data do not match")
}
