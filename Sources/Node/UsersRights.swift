package import Survey

/// What somebody is in the commune; the raw value is what the roster holds.
///
/// From R13 of the rules on personal data: everybody sees what the work needs, and who keeps the
/// accounts or the access log sees no persons.
package enum Role: String, CaseIterable, Sendable {
    /// Cán bộ khảo sát.
    case fieldStaff = "field-staff"
    /// Trưởng nhóm thôn.
    case villageLead = "village-lead"
    /// Cán bộ xã.
    case communeOfficer = "commune-officer"
    /// Người kiểm tra.
    case auditor
    /// Quản trị.
    case administrator

    package var label: Label {
        switch self {
        case .fieldStaff: Label("Cán bộ khảo sát", "Field staff")
        case .villageLead: Label("Trưởng nhóm thôn", "Village lead")
        case .communeOfficer: Label("Cán bộ xã", "Commune officer")
        case .auditor: Label("Người kiểm tra", "Auditor")
        case .administrator: Label("Quản trị", "Administrator")
        }
    }

    /// Whether a user of this role who has no villages of his own works for the whole commune.
    package var isOfCommune: Bool {
        switch self {
        case .fieldStaff, .villageLead: false
        case .communeOfficer, .auditor, .administrator: true
        }
    }

    /// Whether this role may give the other one a one-time code: never upwards or sideways.
    package func mayReset(_ other: Role) -> Bool {
        switch self {
        case .administrator: true
        case .communeOfficer: !other.isOfCommune
        case .fieldStaff, .villageLead, .auditor: false
        }
    }
}

/// What somebody may want to do.
package enum Action: String, CaseIterable, Sendable {
    /// Figures without names.
    case seeFigures
    /// Records of persons and households, one by one or in lists on the screen.
    case readRecords
    /// Adding, changing and deleting records, and visits.
    case record
    /// Sharing out households among those who visit them.
    case assign
    /// Conflicts, duplicates, orphans.
    case decideConflicts
    /// Lists and reports with names, on paper or as a file.
    case report
    /// All data of a type as a file.
    case export
    /// Population lists.
    case importLists
    /// Moving households to another village.
    case moveRecords
    /// Erasing for good, by a person's legal request.
    case erase
    case seeAccessLog
    /// One-time codes for those whom ``Role/mayReset(_:)`` names.
    case resetPasswords
    /// Adding, changing and blocking users.
    case manageUsers
    /// Taking nodes in and revoking them.
    case manageNodes
    /// Backups, checks, rebuilding.
    case upkeep
}

/// Where somebody may act.
package enum Reach: Hashable, Sendable {
    /// A commune's own scope, and all below it.
    case commune(String)
    case scopes(Set<String>)

    package func covers(_ scope: String) -> Bool {
        switch self {
        case .commune(let path): scope == path || scope.hasPrefix(path + "/")
        case .scopes(let paths): paths.contains(scope)
        }
    }
}

extension Action {
    /// Who may do it at all.
    fileprivate var roles: Set<Role> {
        switch self {
        case .seeFigures: Set(Role.allCases)
        case .readRecords, .record: [.fieldStaff, .villageLead, .communeOfficer]
        case .assign, .decideConflicts, .report: [.villageLead, .communeOfficer]
        case .export, .importLists, .moveRecords: [.communeOfficer]
        case .manageNodes, .resetPasswords: [.communeOfficer, .administrator]
        case .seeAccessLog: [.auditor, .administrator]
        case .erase, .manageUsers, .upkeep: [.administrator]
        }
    }

    /// Whether it concerns the commune as a whole, so that nobody with villages of his own may do it.
    fileprivate var isOfCommune: Bool {
        switch self {
        case .importLists, .moveRecords, .erase, .manageUsers, .manageNodes, .resetPasswords,
            .upkeep, .seeAccessLog:
            true
        case .seeFigures, .readRecords, .record, .assign, .decideConflicts, .report, .export: false
        }
    }
}

/// Whether somebody of a role may do something in a scope: the one place where rights are decided.
///
/// `reach`: where he may act by the roster, and by what he has signed in with.
package func may(_ role: Role, _ reach: Reach, _ action: Action, in scope: String) -> Bool {
    guard action.roles.contains(role), reach.covers(scope) else { return false }
    guard action.isOfCommune else { return true }
    if case .commune = reach { return true }
    return false
}
