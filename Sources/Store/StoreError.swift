package import Causality
import Replication

/// What the store refuses.
///
/// Nothing is changed by a refused call.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file belongs to no node yet, or to one that is not enrolled.
    case notEnrolled
    /// This node may not write, or not read, the scope.
    case notAllowed(scope: String)
    /// A hub below this one keeps the scope, and what is written there.
    case ofHubBelow(scope: String)
    /// Two records are merged within a scope only.
    case notTogether(scope: String)
    /// Only a living record is merged, into another living one of its type.
    case notMergeable
    /// Somebody has said that the two are not one.
    case dismissed(RecordID, RecordID)
    case unknownScope(String)
    case unknownType(String)
    case unknownField(type: String, field: String)
    case unknownRecord(RecordID)
    /// The value's kind does not fit the field.
    case misfit(type: String, field: String)
    /// One save holds more than a segment can carry.
    case saveTooLarge
    /// A segment cannot hold the marks of an erasure and still be read.
    case notErasable
    /// A change id was used before for another change of another record.
    case changeReused
    /// What a rebuild gives differs from what is kept, or a chain is broken.
    case damaged(Damage)
    /// What is asked for would end what only a person may: a dispute, or a change that met a deletion.
    case undecided(RecordID)
    /// The same of a field that this version does not know: nobody can decide it here.
    case newerFields(RecordID)
    /// Records of a type that this version does not know would be left behind.
    case newerVersion(type: String)
    /// A decision names a value or a record that is not in question any more.
    case nothingToDecide
    /// What it belongs to was moved or taken away without it, which is mended there.
    case homeless(parent: RecordID)
    /// It was erased on request: nothing brings it back.
    case erased
    /// Nothing of this log was set aside: it is none, or somebody has let it count already.
    case noLateWork(LogID)
    /// Something else is in question about the record than whoever decides was shown.
    case changedSince(RecordID)
    /// More invitations are open than ``InviteLimits/openMax``.
    case tooManyInvites
    case unknownInvite
    /// A node does not take the right away from itself: nobody would believe what it says then.
    case revokesItself
    /// The file is to be brought up to date first, by an opening that may write.
    case needsWriting
    /// This node has begun as many logs in the scope as the protocol allows.
    case tooManyLogs(scope: String)

    /// What `verify` can find.
    package enum Damage: Hashable, Sendable {
        case file(String)
        case chain(log: LogID, seq: UInt64)
        case signature(log: LogID, seq: UInt64)
        case payload(log: LogID, seq: UInt64)
        case vector(log: LogID)
        case projection(type: String, differing: Int)
    }

    package var description: String {
        switch self {
        case .notEnrolled: "this node is not enrolled: run 'doorstep enrol' first"
        case .notAllowed(let scope):
            "this node has no right to the scope \(scope): do it at the hub"
        case .ofHubBelow(let scope):
            "\(scope) is kept by the hub of its commune: do it there"
        case .notTogether(let scope):
            "the other record lives in \(scope): move one of them first, with 'doorstep record move'"
        case .notMergeable:
            "a living record is merged into another living one of its type: name two such records"
        case .dismissed(let one, let other):
            "somebody has said that \(one) and \(other) are two: ask him; where they are one all the "
                + "same, merge with --overrule"
        case .unknownScope(let scope): "no scope \(scope) here: see 'doorstep status'"
        case .unknownType(let type): "no record type '\(type)': see 'doorstep record fields'"
        case .unknownField(let type, let field): "a \(type) has no field '\(field)'"
        case .unknownRecord(let id): "no record \(id) here: 'doorstep find' shows ids"
        case .misfit(let type, let field):
            "the value does not fit the field '\(field)' of a \(type)"
        case .saveTooLarge: "too many changes in one save: save in smaller parts"
        case .notErasable:
            "a segment is too large to erase anything in it: nothing was erased, ask for support"
        case .changeReused: "this change id was used for another change"
        case .damaged(let damage): damage.description
        case .tooManyInvites:
            "too many invitations are open: approve or withdraw some ('doorstep node pending')"
        case .unknownInvite: "no such invitation waits here: see 'doorstep node pending'"
        case .revokesItself: "this is the hub itself: name the node that is to lose its right"
        case .tooManyLogs(let scope):
            "this node was restored or copied too often for the scope \(scope): enrol it anew"
        case .needsWriting:
            "the file was written by an older version or cut short: run 'doorstep rebuild' once"
        case .undecided(let id):
            "the record \(id) waits for a decision: see 'doorstep conflict show', decide, then try again"
        case .newerFields(let id):
            "the record \(id) has fields that this version does not know, and they wait for a decision: "
                + "update Doorstep, decide, then try again"
        case .newerVersion(let type):
            "records of the type '\(type)', which this version does not know, belong to it: "
                + "update Doorstep, then try again"
        case .homeless(let parent):
            "it belongs to \(parent), which was moved or deleted: bring that back ('doorstep record "
                + "restore'), or move or delete this record"
        case .erased:
            "it was erased on request, and nothing brings it back: --dismiss, and at the hub "
                + "'doorstep record erase' again where values of it have come late"
        case .nothingToDecide: "there is nothing left to decide here: somebody has decided already"
        case .noLateWork(let log):
            "nothing of the log \(log) waits to be admitted: see 'doorstep status'"
        case .changedSince(let id):
            "the record \(id) has changed since it was shown: look again ('doorstep conflict show'), "
                + "then decide"
        }
    }
}

extension StoreError.Damage: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let message): "the file is damaged (\(message)): restore a backup"
        case .chain(let log, let seq): "the chain of log \(log) breaks at \(seq): restore a backup"
        case .signature(let log, let seq):
            "the signature of log \(log) at \(seq) is not valid: restore a backup"
        case .payload(let log, let seq):
            "the content of log \(log) at \(seq) is not what was signed: restore a backup"
        case .vector(let log): "the vector claims more of log \(log) than is held: restore a backup"
        case .projection(let type, let differing):
            "\(differing) records of '\(type)' differ from the log: run 'doorstep rebuild'"
        }
    }
}
