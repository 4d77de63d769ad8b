private import Glibc
import HTTP
import Node
import SQLite
import Store
import Survey
import Terminal

/// What kind of error ended a verb, for programs: with `--json` the last line of standard error is
/// `{"error":CODE,"message":TEXT}`.
///
/// Codes are added and never change their meaning. Beside these there are those of
/// ``SyncProblem/code``.
enum ErrorCode: String, CaseIterable {
    case usage
    case noNode = "no-node"
    case notEnrolled = "not-enrolled"
    case notAHub = "not-a-hub"
    /// Another process is at it; it may succeed later.
    case busy
    case diskFull = "disk-full"
    case notPermitted = "not-permitted"
    /// A path, record, node, user or place that is not there.
    case notFound = "not-found"
    case exists
    /// Values or data that are not taken.
    case refused
    /// Something else was changed since, or waits for a decision.
    case undecided
    case damaged
    case failed

    init(_ error: any Error) {
        switch error {
        case is UsageError, is WordError: self = .usage
        case let error as NodeError: self.init(error)
        case let error as StoreError: self.init(error)
        case SQLiteError.busy: self = .busy
        case SQLiteError.full: self = .diskFull
        case SQLiteError.corrupt: self = .damaged
        case SQLiteError.readOnly, SQLiteError.cannotOpen: self = .notPermitted
        case HTTPError.portTaken: self = .busy
        default: self = .failed
        }
    }

    private init(_ error: NodeError) {
        switch error {
        case .noNode, .noNodeInside: self = .noNode
        case .notAHub: self = .notAHub
        case .cannotRead(_, let code), .cannotWrite(_, let code): self.init(errno: code)
        case .alreadyServed, .alreadySyncing, .backupRunning, .user(.wait): self = .busy
        case .exists, .foreignFile, .villageExists, .recordExists, .alreadyEnrolled, .alreadyThere,
            .user(.exists):
            self = .exists
        case .unknownNode, .unknownPlace, .severalPlaces, .unknownType, .unknownField,
            .unknownIndicator, .noUnit,
            .user(.unknown):
            self = .notFound
        case .refused, .gone, .notDeleted, .notForPeople, .ofCommune, .ofAgency, .otherHubPath,
            .notAskedPath,
            .badVillagePath,
            .revokedBelow, .villageInhabited, .villageEnded, .villagePathFixed,
            .revokedNode, .user:
            self = .refused
        case .notBelow: self = .notPermitted
        case .disputed: self = .undecided
        case .damagedBackup, .truncatedBackup, .unsoundDatabase: self = .damaged
        default: self = .failed
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .notEnrolled: self = .notEnrolled
        case .notAllowed, .ofHubBelow: self = .notPermitted
        case .notTogether, .notMergeable, .dismissed, .erased, .homeless: self = .refused
        case .unknownScope, .unknownType, .unknownField, .unknownRecord, .unknownInvite,
            .noLateWork:
            self = .notFound
        case .undecided, .newerFields, .changedSince, .nothingToDecide: self = .undecided
        case .damaged: self = .damaged
        default: self = .failed
        }
    }

    private init(errno code: Int32) {
        switch code {
        case ENOENT, ENOTDIR: self = .notFound
        case EACCES, EPERM, EROFS: self = .notPermitted
        case ENOSPC, EDQUOT: self = .diskFull
        default: self = .failed
        }
    }

    /// The code of an error; problems of a line have their own.
    static func word(for error: any Error) -> String {
        (error as? SyncProblem)?.code ?? ErrorCode(error).rawValue
    }

    /// What the help says of errors.
    static let note: Label = {
        let codes = allCases.map(\.rawValue).joined(separator: ", ")
        return Label(
            "Lệnh có --json mà hỏng thì dòng cuối của kênh lỗi chuẩn là {\"error\":MÃ,\"message\":LỜI}; "
                + "mã là \(codes), hoặc mã đường truyền như 'problem' của sync và status.",
            "Where a verb with --json fails, the last line of standard error is "
                + "{\"error\":CODE,\"message\":TEXT}; the code is one of \(codes), or one of a line, as "
                + "the 'problem' of sync and status."
        )
    }()
}

extension JSONText {
    /// An error as programs get it: one line of text.
    static func encode(error code: String, message: String) -> String {
        encode(["error": .string(code), "message": .string(message)], pretty: false)
    }
}
