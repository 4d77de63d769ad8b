import Causality
import Node
import Replication
import Store
import Survey
import Terminal

extension Verb {
    static let status = Verb(
        Command(
            "status",
            summary: Label("Xem máy là gì và giữ những gì", "What the node is and holds"),
            arguments: [.folder],
            examples: [
                Example(
                    "status hub",
                    "In số bản ghi, thay đổi và xung đột theo thôn, và các lần đồng bộ.",
                    "Prints records, changes and conflicts by village, and how syncs went."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let status = try node.store.reading { try node.store.status() }
        let certificate = try node.store.identity()?.certificate
        let peers = try node.store.peerStatus()
        let late = try node.store.waitingLogs()
        let doubled = try node.store.reading { try node.store.doubledPlaces() }
        if context.isJSON {
            context.print(json: json(status, certificate, peers, late, doubled, context))
            return .ok
        }
        guard let certificate else {
            context.print(context.say("Chưa đăng ký với xã", "Not enrolled yet"))
            context.suggest("xem doorstep enrol --help", "see doorstep enrol --help")
            return .ok
        }
        context.print("\(certificate.name) (\(certificate.node))")
        let below = try node.placeNamesBelow()
        var names = try node.placeNames().merging(
            below.map { ($0.key, "\($0.value) (\($0.key))") }
        ) { _, below in below }
        names[try node.store.rosterScope()] = context.say("Danh mục của xã", "The roster")
        var table = Table([
            .init(context.say("Nơi", "Place")), .init(context.say("Hộ", "Households"), .right),
            .init(context.say("Nhân khẩu", "Residents"), .right),
            .init(context.say("Lượt đến", "Visits"), .right),
            .init(context.say("Thay đổi", "Changes"), .right),
            .init(context.say("Chưa đóng gói", "Not sealed"), .right),
            .init(context.say("Chờ xử lý", "To decide"), .right),
        ])
        for scope in status.scopes {
            let counts = ["household", "resident", "visit"].map { scope.records[$0] ?? 0 }
            let changes = scope.entries + scope.openEntries
            let more = [changes, scope.openEntries, scope.conflicts]
            table.add(
                [names[scope.path] ?? context.name(ofOwn: scope.path)]
                    + (counts + more).map { context.numbers.integer($0) }
            )
        }
        context.print(table)
        print(peers, context)
        if status.quarantined > 0 {
            context.print(
                context.say("Đoạn để riêng: ", "Segments set aside: ")
                    + context.numbers.integer(status.quarantined)
            )
        }
        print(late, context)
        if status.waiting > 0 {
            context.print(
                context.say(
                    "Thay đổi chờ vì máy này không còn quyền ghi: ",
                    "Changes that wait because this node may no longer write there: "
                ) + context.numbers.integer(status.waiting)
            )
        }
        let pairs = [
            (
                doubled.same, "Cặp thôn, hộ có hai bản ghi: ",
                "Pairs of villages or households that are one place: "
            ),
            (
                doubled.numbers, "Cặp hộ khác nhau mang cùng một số: ",
                "Pairs of households that bear one number: "
            ),
        ].filter { $0.0 > 0 }
        for (count, vi, en) in pairs {
            context.print(context.say(vi, en) + context.numbers.integer(count))
        }
        if !pairs.isEmpty {
            let command = "doorstep duplicate list \(context.text("folder"))"
            context.suggest(command, command)
        }
        if status.scopes.contains(where: { $0.conflicts > 0 }) {
            context.suggest(
                "doorstep conflict list \(context.text("folder"))",
                "doorstep conflict list \(context.text("folder"))"
            )
        }
        return .ok
    }

    /// What a revoked node brought too late: each log can be admitted by its name.
    private static func print(_ late: [WaitingLog], _ context: VerbContext) {
        guard !late.isEmpty else { return }
        var table = Table([
            .init(context.say("Đến muộn, của máy đã thu hồi", "Late, of a revoked node")),
            .init(context.say("Nhật ký", "Log")),
            .init(context.say("Đoạn", "Segments"), .right),
        ])
        for late in late {
            table.add([
                late.node, late.log.description, context.numbers.integer(late.segments),
            ])
        }
        context.print(table)
        let command = "doorstep node admit \(context.text("folder")) \(late[0].log)"
        context.suggest(command, command)
    }

    private static func json(
        _ status: StoreStatus,
        _ certificate: Certificate?,
        _ peers: [PeerStatus],
        _ late: [WaitingLog],
        _ doubled: (same: Int, numbers: Int),
        _ context: VerbContext
    ) -> JSONValue {
        let scopes = status.scopes.map { scope -> JSONValue in
            [
                "path": .string(scope.path),
                "records": .object(
                    scope.records.sorted { $0.key < $1.key }
                        .map { JSONValue.Member($0.key, .integer(Int64($0.value))) }
                ),
                "gone": .integer(Int64(scope.gone)), "logs": .integer(Int64(scope.logs)),
                "segments": .integer(Int64(scope.segments)),
                "entries": .integer(Int64(scope.entries)),
                "open_entries": .integer(Int64(scope.openEntries)),
                "conflicts": .integer(Int64(scope.conflicts)),
            ]
        }
        return [
            "enrolled": .bool(certificate != nil), "name": context.optional(certificate?.name),
            "node": context.optional(certificate?.node.description),
            "scopes": .array(scopes), "quarantined": .integer(Int64(status.quarantined)),
            "late": .array(
                late.map { late in
                    [
                        "log": .string(late.log.description), "node": .string(late.node),
                        "segments": .integer(Int64(late.segments)),
                        "since": .integer(Int64(clamping: late.since)),
                    ]
                }
            ),
            "waiting": .integer(Int64(status.waiting)), "doubled": .integer(Int64(doubled.same)),
            "shared_numbers": .integer(Int64(doubled.numbers)),
            "bytes": .integer(Int64(status.bytes)),
            "peers": .array(peers.map { json($0, context) }),
        ]
    }

    private static func json(_ peer: PeerStatus, _ context: VerbContext) -> JSONValue {
        func number(_ value: UInt64?) -> JSONValue {
            value.map { .integer(Int64(clamping: $0)) } ?? .null
        }
        return [
            "node": .string(peer.node.description), "name": .string(peer.name),
            "role": .string(peer.isParent ? "parent" : "child"), "revoked": .bool(peer.isRevoked),
            "last_contact": number(peer.lastContact),
            "unsynced_days": number(peer.unsyncedDays.map { UInt64($0) }),
            "unsent": number(peer.unsent), "unfetched": number(peer.unfetched),
            "clock_offset_ms": peer.clockOffset.map { .integer($0) } ?? .null,
            "software": context.optional(peer.software),
            "problem": context.optional(peer.problem?.code),
            "tried_at": number(peer.triedAt),
        ]
    }

    /// One line for each peer, and beneath it what is wrong.
    private static func print(_ peers: [PeerStatus], _ context: VerbContext) {
        guard !peers.isEmpty else { return }
        var table = Table([
            .init(context.say("Đồng bộ với", "Syncs with")),
            .init(context.say("Lần cuối", "Last")),
            .init(context.say("Số ngày", "Days"), .right),
            .init(context.say("Chờ gửi", "Unsent"), .right),
            .init(context.say("Chưa nhận", "Unfetched"), .right),
            .init(context.say("Phiên bản", "Version")),
            .init(context.say("Tình trạng", "State")),
        ])
        for peer in peers {
            let last = peer.lastContact.map { HybridTime(milliseconds: $0, counter: 0) }
            table.add([
                peer.name, last.map { context.time($0) } ?? context.say("chưa", "never"),
                peer.unsyncedDays.map { context.numbers.integer($0) } ?? "",
                context.numbers.integer(Int(clamping: peer.unsent)),
                // Unknown before the peer has said what it holds.
                peer.unfetched.map { context.numbers.integer(Int(clamping: $0)) } ?? "–",
                peer.software ?? "", state(of: peer, context),
            ])
        }
        context.print(table)
    }

    private static func state(of peer: PeerStatus, _ context: VerbContext) -> String {
        if peer.isRevoked { return context.say("đã thu hồi", "revoked") }
        var words: [String] = []
        if let problem = peer.problem { words.append(problem.label(context.language)) }
        if let clock = peer.clockLabel { words.append(clock(context.language)) }
        if words.isEmpty, peer.lastContact == nil {
            return context.say("chưa liên lạc lần nào", "never in contact")
        }
        return words.isEmpty ? context.say("tốt", "well") : words.joined(separator: "; ")
    }
}

extension VerbContext {
    /// A scope that the roster does not name.
    fileprivate func name(ofOwn path: String) -> String {
        isHubsOwnScope(path) ? say("Riêng của máy xã", "The hub's own") : path
    }
}
