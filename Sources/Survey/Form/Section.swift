package import Causality

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
    /// The large buttons that answer it at the door; none where the first field's choices are it.
    package let answers: [SectionAnswer]

    package init(
        _ name: String,
        of type: String,
        _ label: Label,
        hint: Label? = nil,
        usualSource: String = "self",
        answers: [SectionAnswer] = []
    ) {
        self.name = name
        self.type = type
        self.label = label
        self.hint = hint
        self.usualSource = usualSource
        self.answers = answers
    }
}

/// Có, Chưa or Không biết to a whole section: what one tap at the door says.
package struct SectionAnswer: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case yes
        case no
        case unknown
    }

    package let kind: Kind
    package let label: Label
    /// Codes of the section's fields; `.null` takes what was said away.
    package let sets: [String: Value]
    /// Codes that no longer fit and are taken away.
    package let undoes: [String: String]

    private init(
        _ kind: Kind,
        _ label: Label,
        _ sets: [String: Value],
        undoes: [String: String] = [:]
    ) {
        self.kind = kind
        self.label = label
        self.sets = sets
        self.undoes = undoes
    }

    static func yes(
        _ codes: [String: String],
        as label: Label = Label("Có", "Yes"),
        undoes: [String: String] = [:]
    ) -> SectionAnswer {
        SectionAnswer(.yes, label, codes.mapValues { .text($0) }, undoes: undoes)
    }

    static func no(_ codes: [String: String]) -> SectionAnswer {
        SectionAnswer(.no, Label("Chưa", "Not yet"), codes.mapValues { .text($0) })
    }

    /// The section says that nobody knows; a field holds the code for it where its list has one.
    static func unknown(
        of section: String,
        _ codes: [String: String] = [:],
        clears cleared: [String] = []
    ) -> SectionAnswer {
        var sets = codes.mapValues { Value.text($0) }
        for field in cleared { sets[field] = .null }
        sets["\(section)_unknown"] = .text("dont-know")
        return SectionAnswer(.unknown, Label("Không biết", "Not known"), sets)
    }
}

extension Section {
    /// In the order of questions at the door (data model, section 14).
    package static let doorstep: [Section] = [
        Section("devices", of: "household", Label("Thiết bị, Internet", "Devices, Internet")),
        Section(
            "idcard",
            of: "resident",
            Label("Thẻ căn cước", "Identity card"),
            answers: [
                .yes(
                    ["idcard_status": "valid"],
                    as: Label("Có, còn hạn", "Yes, valid"),
                    undoes: ["idcard_kind": "none"]
                ),
                .no(["idcard_status": "none", "idcard_kind": "none"]),
                .unknown(of: "idcard", clears: ["idcard_status", "idcard_kind"]),
            ]
        ),
        Section(
            "vneid",
            of: "resident",
            Label("Tài khoản định danh điện tử (VNeID)", "Electronic identity account (VNeID)"),
            hint: Label(
                "Không bao giờ hỏi hoặc ghi mật khẩu, mã OTP, câu hỏi bảo mật.",
                "Never ask for or note a password, a one-time code or a security question."
            ),
            answers: [
                .yes(
                    ["vneid_level": "2", "vneid_state": "activated"],
                    as: Label("Có, mức 2 đã kích hoạt", "Yes, level 2, activated")
                ),
                .no(["vneid_level": "0"]),
                .unknown(of: "vneid", ["vneid_level": "unknown"], clears: ["vneid_state"]),
            ]
        ),
        Section(
            "payment",
            of: "resident",
            Label("Tài khoản thanh toán điện tử", "Electronic payment account"),
            hint: Label(
                "Không ghi số tài khoản, số thẻ, số dư.",
                "Note no account number, card number or balance."
            ),
            answers: [
                .yes(["payment_has_any": "yes"]),
                .no(["payment_has_any": "no"]),
                .unknown(of: "payment", ["payment_has_any": "unknown"]),
            ]
        ),
        Section(
            "account",
            of: "payment_account",
            Label("Từng tài khoản thanh toán", "Single payment accounts")
        ),
        Section(
            "ssa",
            of: "resident",
            Label("Tài khoản an sinh xã hội trên VNeID", "Social-security account on VNeID"),
            answers: [
                .yes(["ssa_state": "linked"], as: Label("Có, đã liên kết", "Yes, linked")),
                .no(["ssa_state": "none"]),
                .unknown(of: "ssa", ["ssa_state": "unknown"]),
            ]
        ),
        Section(
            "signature",
            of: "resident",
            Label("Chữ ký số", "Digital signature"),
            answers: [
                .yes(["signature_state": "has"]),
                .no(["signature_state": "none"]),
                .unknown(of: "signature", ["signature_state": "unknown"]),
            ]
        ),
        Section(
            "official_email",
            of: "resident",
            Label("Thư điện tử công dân", "Citizen's official e-mail"),
            answers: [
                .yes(
                    ["official_email_state": "used"],
                    as: Label("Có, đang dùng", "Yes, in use")
                ),
                .no(["official_email_state": "none"]),
                .unknown(of: "official_email", ["official_email_state": "unknown"]),
            ]
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

    /// Codes of ``sources`` that are no choice of a person at a door: where imports come from.
    package static let sourcesOfLists: Set = ["register-import", "agency"]

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
