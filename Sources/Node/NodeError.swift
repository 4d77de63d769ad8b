package import Survey

/// What a node refuses to do, and what to do instead.
package enum NodeError: Error, Hashable, Sendable, CustomStringConvertible {
    case noNode(folder: String)
    /// A file lies there, but no node was ever in it: cut to nothing, half made, or another's.
    case noNodeInside(database: String)
    case exists(path: String)
    /// A file that is none of ours stands where one was to be written.
    case foreignFile(path: String)
    /// A file for people was to be written where only the node's own are.
    case insideNode(path: String, folder: String)
    /// The database file has a second name, a hard link.
    case linked(database: String)
    case cannotRead(path: String, code: Int32)
    case cannotWrite(path: String, code: Int32)
    /// The file is not what the command reads there.
    case notThatFile(path: String, wanted: WantedFile)
    case tooLarge(path: String)
    /// The certificate belongs to other keys than this node's.
    case otherKeys
    /// The hub is not the one whose fingerprint was given.
    case otherHub
    case notAHub
    /// No node of this id or name is enrolled here.
    case unknownNode(String)
    /// Several nodes have the name; their ids.
    case severalNodes(String, [String])
    /// A name of none or too many bytes: so many.
    case badNodeName(bytes: Int)
    /// A village or unit without anything to write.
    case scopeNeeded
    /// The scope holds the roster of a hub.
    case rosterScope(String)
    /// A hub asks for, or is granted, another path than the one that it keeps.
    case otherHubPath(own: String)
    /// A hub was to be granted other paths than those that its request names.
    case notAskedPath(asked: [String])
    /// The path lies beside, not below, that of the hub which was to grant it.
    case notBelow(path: String, own: String)
    /// No address of the hub is known, and none was given.
    case noHubAddress
    case badAddress(String)
    case noUnit(String)
    /// A word that cannot stand in a systemd unit.
    case badUnit(UnitPart, String)
    /// Another process serves the folder.
    case alreadyServed
    /// Another process syncs this node with its hub.
    case alreadySyncing
    /// The topmost hub has no hub above it to sync with.
    case nothingAbove
    /// No call was made from here yet.
    case noInvitation
    case alreadyEnrolled
    /// Its hub has revoked it: its keys are never taken again.
    case revokedNode
    /// The node was revoked here: nothing of it is changed any more.
    case revokedBelow(String)
    case wrongRecoveryKey
    case noRecoveryKey
    case truncatedBackup
    case unknownPlace(String)
    /// Several villages have the name; their paths.
    case severalPlaces(String, [String])
    /// Every village reads the commune's own scope: no household and nobody's answers go there.
    case notForPeople(place: String)
    /// Records of this type count for the whole commune, and lie in no village.
    case ofCommune(type: String)
    /// There is no deletion to take back.
    case notDeleted
    /// The record to be moved lives there already.
    case alreadyThere(place: String)
    /// Several places could be meant, and none was named.
    case placeNeeded
    case villageExists(name: String, scope: String)
    /// No scope path of a village of this hub, whose own path is the second.
    case badVillagePath(String, own: String)
    /// A village's path, which says where its records lie, was to become another one.
    case villagePathFixed(scope: String)
    /// The village is none any more; the one that it was joined into, if any.
    case villageEnded(name: String, into: String?)
    /// A village that was to be merged away or deleted still has so many households under its own path.
    case villageInhabited(name: String, households: Int)
    /// The village's name has no letter to make a scope path of.
    case noPath(village: String)
    /// A hub has many nodes to write to, and none was named.
    case recipientNeeded
    case unknownType(String, known: [String])
    case unknownField(String, type: String)
    case repeatedField(String)
    case unknownIndicator(String)
    /// An agency reports it, so that nobody lacks it.
    case ofAgency(String)
    /// A list with columns of a register, and nobody said of which day it is.
    case registerDayNeeded
    /// The day of a register's list was given, and the list has no column of a register.
    case noRegisterColumn
    case hasChildren(count: Int)
    /// These fields have several values, of which a person decides.
    case disputed([String])
    /// The record was deleted, merged or moved: what is saved of it would be seen by nobody.
    case gone(RecordFate)
    /// Values that cannot be saved; the problems name fields, never what was in them.
    case refused([Problem])
    /// Changed on the way, or pieces of another file.
    case damagedBackup
    /// The words of a recovery key do not belong together.
    case mistypedRecoveryKey
    case backupRunning
    /// SQLite finds the file unsound.
    case unsoundDatabase(path: String)
    /// A record that the program keeps by itself: users, nodes, what was looked at.
    case keptByProgram(type: String)
    /// The id that a phone gave a new record is that of another one.
    case recordExists
    /// What concerns users, their passwords and sessions.
    case user(UserError)

    /// What of a systemd unit a word should have been.
    package enum UnitPart: String, Hashable, Sendable {
        case name = "the unit's name"
        case user = "the user"
        case path = "the path"
        case word = "the word"
    }

    /// What a path should have led to.
    package enum WantedFile: String, Hashable, Sendable {
        case file = "a file"
        case backup = "a backup of a Doorstep node"
    }

    package var description: String {
        switch self {
        case .noNode(let folder):
            "there is no node in \(folder): make one with 'doorstep init'"
        case .noNodeInside(let database):
            "\(database) holds no node: restore a backup, or delete the folder if it was half made"
        case .linked(let database):
            "\(database) has a second name (a hard link): give it a file of its own with 'cp'"
        case .exists(let path): "\(path) exists already: choose another name"
        case .foreignFile(let path):
            "\(path) is a file of another kind: choose another name, or replace it with --force"
        case .insideNode(let path, let folder):
            "\(path) lies in \(folder), the folder of a node: choose a place outside"
        case .cannotRead(let path, let code):
            "cannot read \(path): \(systemReason(code).en)"
        case .cannotWrite(let path, let code):
            "cannot write \(path): \(systemReason(code).en)"
        case .notThatFile(let path, let wanted): "\(path) is not \(wanted.rawValue): choose another"
        case .tooLarge(let path): "\(path) is too large for its kind: is it the right file?"
        case .otherKeys: "the certificate was issued for another node: use this node's request"
        case .otherHub:
            "the certificate comes from another hub than the fingerprint names: ask the right one"
        case .notAHub: "only a hub can do this: run it in the hub's folder"
        case .unknownNode(let word):
            "no node '\(word.prefix(60))' is enrolled here: see 'doorstep node list'"
        case .severalNodes(let name, let ids):
            "several nodes are named '\(name.prefix(60))': name one by its id, \(ids.joined(separator: " or "))"
        case .badNodeName(0): "a node needs a name"
        case .badNodeName(let bytes):
            "the node's name is too long: \(bytes) bytes, at most \(NodeNames.bytesMax); "
                + "a letter with a mark is 2 or 3 bytes"
        case .scopeNeeded: "which village or unit will the node write? name it with --scope"
        case .rosterScope(let path):
            "\(path) holds a hub's roster and is granted to nobody: "
                + "name a village or unit, such as \(path)/thon-1"
        case .otherHubPath(let own):
            "this hub keeps \(own), and comes under another one with that path alone: have '--scope "
                + "\(own) --kind hub' granted; a hub of another path is made anew with 'doorstep init'"
        case .notAskedPath(let paths):
            "a hub comes under another one with the path that it keeps: its request asks for "
                + "'\(paths.map { "--scope \($0)" }.joined(separator: " ")) --kind hub', grant that or nothing"
        case .notBelow(let path, let own):
            "\(path) does not lie below \(own), which this hub keeps: a hub takes in what begins with its "
                + "own path; a city's is made with the beginning of its communes' paths, such as 48 for "
                + "48/21004"
        case .noHubAddress:
            "no address of the hub is known: give one with --hub, such as 192.168.1.10:8443"
        case .badAddress(let word):
            "'\(word.prefix(60))' is no address: write host:port, such as 192.168.1.10:8443"
        case .noUnit(let path): "there is no \(path): name the unit with --unit"
        case .badUnit(let what, let word):
            "\(what.rawValue) '\(word.prefix(60))' cannot stand in a systemd unit: choose a plainer one"
        case .alreadyServed:
            "this node is served already: stop the other 'doorstep serve' first"
        case .nothingAbove:
            "this node has no hub above it: name the folder of a stick, or let its nodes come"
        case .alreadySyncing: "this node is syncing already: wait for its end"
        case .noInvitation:
            "this node has not asked to be taken in yet: run 'doorstep enrol' with the hub's code"
        case .alreadyEnrolled: "this node is enrolled already: nothing is left to do"
        case .revokedNode:
            "this node was revoked, and its folder stays to be read: ask the officer for a new code "
                + "('doorstep node replace' at the hub), and enrol with it in a new folder"
        case .revokedBelow(let name):
            "'\(name.prefix(60))' was revoked, and stays as it was: take its machine in again with "
                + "'doorstep node replace'"
        case .wrongRecoveryKey: "the recovery key does not open this backup: take that backup's key"
        case .noRecoveryKey: "no recovery key yet: make one with 'doorstep backup --new-key'"
        case .truncatedBackup: "the backup is incomplete: use another copy"
        case .unknownPlace(let name):
            "no village or scope '\(name)' here: see 'doorstep village list'"
        case .severalPlaces(let name, let paths):
            "several villages are named '\(name.prefix(60))': give the path, \(paths.joined(separator: " or "))"
        case .notForPeople(let place):
            "\(place) is the commune itself, which every village reads: name a village or a unit, see "
                + "'doorstep village list'"
        case .ofCommune(let type):
            "a \(type) is the whole commune's, and would count nowhere in a village: leave out --village"
        case .alreadyThere(let place): "the record is in \(place) already: nothing is to be moved"
        case .notDeleted: "the record is not deleted: there is nothing to take back"
        case .placeNeeded: "which village? name it with --village"
        case .villageExists(let name, let scope):
            "the village \(name) exists already, as \(scope): choose another name or another path"
        case .badVillagePath(let path, let own):
            "'\(path.prefix(60))' is no path for a village of this hub: write \(own)/ and a name of small "
                + "letters a to z, digits and hyphens, such as \(own)/thon-1"
        case .villageEnded(let name, let next?):
            "\(name) is no village any more: name \(next), into which it was joined"
        case .villageEnded(let name, nil):
            "\(name) is no village any more: name another one, see 'doorstep village list'"
        case .villagePathFixed(let scope):
            "the path \(scope) stays while the village is there, as all its records lie under it: add a "
                + "village, move the households ('doorstep record move'), then name it in merged_into"
        case .villageInhabited(let name, let households):
            "\(households) households still live in \(name): move them first, with 'doorstep record move'"
        case .noPath(let name): "no path can be made of the name '\(name)': give one with --path"
        case .recipientNeeded: "for which node? name it with --to"
        case .unknownType(let name, let known):
            "no record type '\(name)': one of \(known.joined(separator: ", "))"
        case .unknownField(let name, let type):
            "a \(type) has no field '\(name)': see 'doorstep record fields \(type)'"
        case .repeatedField(let name): "the field '\(name)' is given twice: leave one out"
        case .unknownIndicator(let name):
            "no indicator '\(name)': 'doorstep coverage' lists their names"
        case .ofAgency(let name):
            "'\(name)' is reported by an agency ('doorstep figure add'), so there is nobody to list: see "
                + "'doorstep coverage --indicator \(name)'"
        case .registerDayNeeded:
            "the list has columns of the police's register: give its day with --register-on"
        case .noRegisterColumn:
            "the list has no column of the police or a paying agency: leave out --register-on, "
                + "or say with --column what its columns hold"
        case .hasChildren(let count):
            "\(count) records belong to it: delete them too with --with-children"
        case .disputed(let fields):
            "\(fields.joined(separator: ", ")) waits for a decision: see 'doorstep conflict show', "
                + "then 'doorstep conflict resolve'"
        case .gone(.deleted): "the record was deleted: 'doorstep record restore' takes that back"
        case .gone(.merged(let id)): "the record was merged into \(id): write to that one"
        case .gone(.moved(let scope)):
            "the record was moved to \(scope): it is written to by the nodes of that place"
        case .gone(.erased): "the record was erased on request: nothing may be written of it again"
        case .refused(let problems):
            problems.filter { $0.severity == .blocks }.map(\.text.en).joined(separator: "; ")
        case .damagedBackup: "the backup is damaged: use another copy"
        case .mistypedRecoveryKey:
            "the recovery key has a typing error or is incomplete: compare it with the paper"
        case .backupRunning: "another backup of this node is being made: wait for its end"
        case .unsoundDatabase(let path):
            "the database \(path) is damaged: run 'doorstep doctor', and restore a backup"
        case .recordExists:
            "another record has this id already: record the visit anew"
        case .keptByProgram(let type):
            "a \(type) is no survey record: see 'doorstep user', 'doorstep node' and 'doorstep access'"
        case .user(let error): error.description
        }
    }
}
