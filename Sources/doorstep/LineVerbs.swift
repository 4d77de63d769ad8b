private import Glibc
import Node
import Replication
import Store
import Survey
import Terminal

/// What verbs do over a line to a hub.
extension Verb {
    /// Seconds between two looks whether the officer has decided.
    private static let pollSeconds = 3

    // MARK: Enrolment by code

    static func enrolByCode(_ context: VerbContext) throws -> ExitCode {
        let folder = NodeFolder(context.text("folder"))
        let addresses = try context.addresses("hub")
        let word = context.parsed.text("code")
        // A word that is no code makes no node.
        if let word { try EnrolmentLine.check(word, addresses: addresses) }
        let isNew = word != nil && !Files.exists(folder.database)
        let node =
            try isNew ? LocalNode(creating: folder, user: context.user) : context.open()
        let line = EnrolmentLine(node.store)
        let enrolment: CodeEnrolment
        if let word {
            enrolment = try line.begin(
                word,
                addresses: addresses,
                fingerprint: context.parsed.text("fingerprint")
            )
        } else if let begun = try CodeEnrolment(resuming: node.store) {
            enrolment = begun
        } else {
            throw WordError.missing(
                Label(
                    "enrol cần mã của máy xã, hoặc --request TỆP kèm --name, hoặc --certificate TỆP",
                    "enrol needs the hub's code, or --request FILE with --name, or --certificate FILE"
                )
            )
        }
        let progress = try waitForApproval(line, enrolment, addresses, context)
        switch progress {
        case .waiting:
            context.report(
                ["state": "waiting", "comparison": .string(enrolment.comparison)],
                "Máy xã chưa duyệt; chạy lại 'doorstep enrol \(folder.path)' để chờ tiếp",
                "Not approved yet; run 'doorstep enrol \(folder.path)' again to go on waiting"
            )
            return .refused
        case .refused:
            context.report(
                ["state": "refused"],
                "Máy xã đã từ chối máy này: hỏi cán bộ xã",
                "The hub has refused this node: ask the officer"
            )
            return .refused
        case .enrolled(let certificate, let hub):
            let client = try client(node, addresses)
            // A node that is served makes its first sync by itself.
            let result = try folder.whileSyncing { try client.run() } ?? SyncResult()
            report(certificate, hub, result, context)
            if let problem = result.problem { throw problem }
            return .ok
        }
    }

    private static func waitForApproval(
        _ line: EnrolmentLine,
        _ enrolment: CodeEnrolment,
        _ addresses: [HubAddress],
        _ context: VerbContext
    ) throws -> CodeEnrolment.Progress {
        let hub = enrolment.card.certificate
        if !context.isJSON {
            // Before anything that the other side chose, each on a line of its own.
            context.print(context.say("Số so khớp: ", "Compare: ") + enrolment.comparison)
            context.print(
                context.say("Dấu vân khóa của máy xã: ", "The hub's fingerprint: ")
                    + hub.signingKey.fingerprint
            )
            context.print(context.say("Máy xã: '\(hub.name)'", "Hub: '\(hub.name)'"))
            context.output.flush()
        }
        let rounds = Int(context.parsed.integer("wait") ?? 30) * 60 / pollSeconds
        var round = 0
        while true {
            do {
                let progress = try line.ask(enrolment, addresses: addresses)
                guard progress == .waiting, round < rounds else { return progress }
            } catch let problem as SyncProblem where problem.mayPass && round < rounds {
                // The line may come back while the officer thinks.
                context.note(problem.label(context.language))
            }
            round += 1
            context.progress.update(
                context.say("Chờ máy xã duyệt", "Waiting for approval"),
                done: 0,
                of: 0
            )
            sleep(UInt32(pollSeconds))
        }
    }

    private static func report(
        _ certificate: Certificate,
        _ hub: Certificate,
        _ result: SyncResult,
        _ context: VerbContext
    ) {
        context.progress.clear()
        let entries = context.numbers.integer(result.entries)
        context.report(
            [
                "state": "enrolled", "node": .string(certificate.node.description),
                "name": .string(certificate.name), "hub": .string(hub.name),
                "fingerprint": .string(hub.signingKey.fingerprint),
                "sync": json(result),
            ],
            "Đã đăng ký với \(hub.name) tên \(certificate.name); nhận \(entries) thay đổi",
            "Enrolled at \(hub.name) as \(certificate.name); took \(entries) changes"
        )
    }

    // MARK: Sync

    static func syncOverLine(_ node: LocalNode, _ context: VerbContext) throws -> ExitCode {
        if let identity = try node.store.identity(), identity.parent == nil {
            throw NodeError.nothingAbove
        }
        let client = try client(node, context.addresses("hub"))
        let folder = NodeFolder(context.text("folder"))
        guard let result = try folder.whileSyncing({ try client.run() }) else {
            throw NodeError.alreadySyncing
        }
        let (out, taken) = (
            context.numbers.integer(result.bytesOut), context.numbers.integer(result.entries)
        )
        context.report(
            json(result),
            "Đã gửi \(out) byte, nhận \(taken) thay đổi",
            "Sent \(out) bytes, took \(taken) changes"
        )
        complain(of: result.refused, context)
        if let clock = PeerStatus.clockLabel(result.clockOffset, isParent: true) {
            context.complain(clock)
        }
        if let problem = result.problem { throw problem }
        return .ok
    }

    private static func client(
        _ node: LocalNode,
        _ addresses: [HubAddress]
    ) throws -> SyncClient {
        SyncClient(
            try StoreLane(node.store, name: "exchange"),
            software: software,
            addresses: addresses,
            pause: { usleep(UInt32($0.components.seconds * 1_000_000) + 250_000) }
        )
    }

    private static func json(_ result: SyncResult) -> JSONValue {
        [
            "exchanges": .integer(Int64(result.exchanges)),
            "bytes_out": .integer(Int64(result.bytesOut)),
            "bytes_in": .integer(Int64(result.bytesIn)),
            "segments": .integer(Int64(result.segments)),
            "entries": .integer(Int64(result.entries)),
            "quarantined": .integer(Int64(result.quarantined)),
            "refused": .array(result.refused.map { .string($0.rawValue) }),
            "problem": result.problem.map { .string($0.code) } ?? .null,
            "clock_offset_ms": result.clockOffset.map { .integer($0) } ?? .null,
            "hub_software": result.software.map { .string($0) } ?? .null,
        ]
    }
}

extension SyncProblem {
    /// Whether an enrolment may go on when the line, or the hub, is back.
    fileprivate var mayPass: Bool {
        switch self {
        case .unreachable, .noName, .cut, .timeout, .busy, .hubFailed: true
        default: false
        }
    }
}
