/// Why facts may be collected: the law asks that each field have a purpose, and a basis for it.
package struct Purpose: Hashable, Sendable {
    package enum Name: String, CaseIterable, Sendable {
        /// Measuring the plan's targets and helping those who lack something.
        case plan
        /// Finding the person again, and not recording anybody twice.
        case matching
        case contactByPhone = "contact-by-phone"
        case position = "gps"
        case ethnicity
        case needsHelp = "needs-help"
        /// Notices, consents and their withdrawal.
        case rights
        /// Units, their staff, agencies' figures: no household's data.
        case units
        /// Who works with the program, and where.
        case administration
    }

    package enum Basis: String, Sendable {
        /// The activity of a state agency under the law; the commune cites which.
        case stateTask = "state-task"
        /// The person's own consent, asked for apart, never preset.
        case consent
    }

    package let name: Name
    package let label: Label
    package let basis: Basis
    /// Months after the plan year's final report; a default that the commune decides.
    package let retentionMonths: Int
}

extension Purpose.Name {
    /// The field of a notice that holds the household's consent; nil where none is asked for.
    package var consent: String? {
        switch self {
        case .contactByPhone: "consent_contact_by_phone"
        case .position: "consent_gps"
        case .ethnicity: "consent_ethnicity"
        case .needsHelp: "consent_needs_help"
        case .plan, .matching, .rights, .units, .administration: nil
        }
    }
}

extension Purpose {
    package static let doorstep: [Purpose] = [
        Purpose(
            name: .plan,
            label: Label(
                "Đo chỉ tiêu của kế hoạch và hỗ trợ người còn thiếu",
                "Measure the plan's targets and help those who lack something"
            ),
            basis: .stateTask,
            retentionMonths: 12
        ),
        Purpose(
            name: .matching,
            label: Label(
                "Tìm đúng người, tránh ghi trùng",
                "Find the right person, record nobody twice"
            ),
            basis: .stateTask,
            retentionMonths: 12
        ),
        Purpose(
            name: .contactByPhone,
            label: Label("Gọi điện hỗ trợ", "Call to help"),
            basis: .consent,
            retentionMonths: 12
        ),
        Purpose(
            name: .position,
            label: Label("Vị trí nhà để tìm đường", "Position of the house, to find it"),
            basis: .consent,
            retentionMonths: 12
        ),
        Purpose(
            name: .ethnicity,
            label: Label(
                "Tuyên truyền bằng tiếng dân tộc",
                "Materials in the people's own language"
            ),
            basis: .consent,
            retentionMonths: 12
        ),
        Purpose(
            name: .needsHelp,
            label: Label("Phục vụ tại nhà", "Service at home"),
            basis: .consent,
            retentionMonths: 12
        ),
        Purpose(
            name: .rights,
            label: Label(
                "Thông báo, đồng ý và quyền của người dân",
                "Notices, consents, residents' rights"
            ),
            basis: .stateTask,
            retentionMonths: 36
        ),
        Purpose(
            name: .units,
            label: Label(
                "Số liệu của cơ quan, đơn vị, doanh nghiệp",
                "Figures of agencies and businesses"
            ),
            basis: .stateTask,
            retentionMonths: 60
        ),
        Purpose(
            name: .administration,
            label: Label("Quản trị chương trình", "Running the program"),
            basis: .stateTask,
            retentionMonths: 24
        ),
    ]
}
