import Intake
import Replication

/// A kind of file that this programme writes where a person says.
package enum OwnFile: Sendable {
    case bundle
    case enrolmentRequest
    case enrolmentReply
    case export(ExportFormat)
    /// A unit of systemd that runs a node.
    case unit
    /// The user of such a unit, for systemd-sysusers.
    case unitUser

    /// Bytes that tell whose a file is.
    private static let headBytes = 256

    /// Whether the file is an earlier one of this kind.
    ///
    /// An empty one holds nothing to be lost, and may be an export without records.
    func isOwn(_ path: String) throws(NodeError) -> Bool {
        let head = try FileReader(path).next(upTo: Self.headBytes)
        guard !head.isEmpty else { return true }
        return switch self {
        case .bundle: head.starts(with: BundleFormat.magic)
        case .enrolmentRequest: head.starts(with: EnrolmentRequest.magic)
        case .enrolmentReply: head.starts(with: EnrolmentReply.magic)
        case .export(.csv): OwnExport.beginnings.contains { head.starts(with: $0) }
        case .export(.jsonl):
            head.starts(with: "{\"id\":\"".utf8)
                && String(decoding: head, as: UTF8.self).contains("\",\"type\":\"")
        case .unit: head.starts(with: ServiceUnit.beginning.utf8)
        case .unitUser: String(decoding: head, as: UTF8.self).contains(ServiceUnit.userComment)
        }
    }
}

extension FileWriter {
    /// Writes a file that a person has named.
    ///
    /// Never into the folder of a node; in the place of another file only where that is an earlier one
    /// of the kind, or the person insists.
    package convenience init(
        named path: String,
        as kind: OwnFile,
        force: Bool = false
    ) throws(NodeError) {
        try NodeFolder.checkOutside(path)
        let isThere = Files.exists(path)
        if isThere {
            guard Files.kind(path) == .file else { throw .notThatFile(path: path, wanted: .file) }
            if !force {
                guard try kind.isOwn(path) else { throw .foreignFile(path: path) }
            }
        }
        try self.init(path, mayExist: isThere)
    }
}

extension NodeFolder {
    /// Refuses a path, which need not lead anywhere yet, inside the folder of a node: what lies there is
    /// the node's alone.
    package static func checkOutside(_ path: String) throws(NodeError) {
        // What is missing holds no node.
        var folder = Files.folder(of: path)
        while Files.kind(folder) == nil, folder != "/", folder != "." {
            folder = Files.folder(of: folder)
        }
        folder = Files.resolved(folder)
        while true {
            guard !Files.exists(NodeFolder(folder).database) else {
                throw .insideNode(path: path, folder: folder)
            }
            guard folder != "/", folder != "." else { return }
            folder = Files.folder(of: folder)
        }
    }
}
