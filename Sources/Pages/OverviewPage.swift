import HTTP
import Node
import Store
import Survey

extension Page {
    static let overview = Page(
        label: "overview",
        gate: .signedIn,
        rooms: (.figures, .store),
        show: showOverview
    )

    static func showOverview(_ caller: Caller, _ rooms: PageRooms) throws -> Response {
        let open = try caller.may(.decideConflicts) ? OpenMatters(caller, rooms) : nil
        let (peers, waiting) = try rooms.node(caller) { node in
            (
                try caller.seesPeers
                    ? node.store.peerStatus()
                    : [caller.around.parent]
                        .compactMap(\.self),
                try caller.seesPeers && caller.around.isHub
                    ? node.store.invites().filter { $0.state == .waiting }.count : 0
            )
        }
        let mustName =
            try caller.seesPeers && caller.around.isHub
            && rooms.node(caller) { try $0.noticeContact() } == nil
        let say = caller.say
        let frame = caller.frame(say("Tổng quan", "Overview"))
        let reply = Replies.page(
            frame.page {
                Done.notice(caller)
                if mustName { contactMissing(say) }
                if waiting > 0 {
                    Component.notice(.information) {
                        element("p") {
                            say(
                                "\(say.number(waiting)) máy đang chờ duyệt. ",
                                "Nodes that wait for approval: \(say.number(waiting)). "
                            )
                            Component.link(LocalPath("/nodes"), say("Xem", "Look"))
                        }
                    }
                }
                about(caller)
                if let open { open.html }
                if !peers.isEmpty { PeerTable(caller, peers: peers).html }
            }
        )
        // The count is there in a moment: the page looks once by itself.
        guard let open, open.checks == nil, caller.head.query("again") == nil else { return reply }
        let again = caller.path.asking("again", "1")
        return reply.with("Refresh", "\(lookAgain); url=\(again.text)")
    }

    /// Seconds after which the page looks whether everything is counted.
    private static let lookAgain = 5

    /// Residents must be told whom they can ask (law, R2).
    private static func contactMissing(_ say: Speech) -> HTML {
        Component.notice(.information) {
            element("p") {
                say(
                    "Lời thông báo đọc cho các hộ chưa ghi nơi để người dân hỏi về dữ liệu của mình. Người quản trị đặt trên máy xã bằng lệnh: ",
                    "The notice that households are read names nobody whom they can ask about their data. The administrator sets it on the hub by: "
                )
                element("code") { "doorstep setting notice … --contact …" }
            }
        }
    }

    private static func about(_ caller: Caller) -> HTML {
        let say = caller.say
        let around = caller.around
        return element("section", .class("card")) {
            element("dl") {
                element("dt") { say("Máy", "Node") }
                element("dd") { around.node ?? "" }
                element("dt") { say("Loại", "Kind") }
                element("dd") {
                    around.isHub ? say("Máy xã", "Commune hub") : say("Máy thôn", "Village node")
                }
                element("dt") { say("Xã", "Commune") }
                element("dd") { communeName(around) }
                if let signedIn = caller.signedIn {
                    element("dt") { say("Vai trò của bạn", "Your role") }
                    element("dd") { say(signedIn.role.label) }
                }
            }
        }
    }

    /// As its hub is called, with its code; a village's node knows the hub as its parent.
    private static func communeName(_ around: Surroundings) -> String {
        let name = around.isHub ? around.node : around.parent?.name
        return [name, around.commune].compactMap(\.self).joined(separator: " · ")
    }
}

extension Caller {
    /// A hub's nodes are looked after by those who manage them; a village's staff see their hub.
    fileprivate var seesPeers: Bool { !around.isHub || may(.manageNodes) }
}

/// What waits for a decision where the reader may decide.
private struct OpenMatters {
    let say: Speech
    private let isHub: Bool
    let sums: Sums.Open
    private let counting: CountedAt
    /// Households to check, and when they were counted; nil before the first count.
    let checks: (households: Int, at: UInt64)?

    init(_ caller: Caller, _ rooms: PageRooms) throws {
        func isOwn(_ scope: String) -> Bool {
            caller.signedIn?.may(.decideConflicts, in: scope) == true
        }
        say = caller.say
        isHub = caller.around.isHub
        let counted = try rooms.sums.open(rooms)
        counting = CountedAt(counted, caller)
        sums = counted.value.filter { isOwn($0.key) }.values.reduce(into: Sums.Open()) {
            $0.conflicts += $1.conflicts
            $0.duplicates += $1.duplicates
        }
        let last = rooms.sums.checks(at: caller.around.now, on: rooms.checks, rooms.log)
        checks = last.map { counted in
            let own = counted.households.filter { isOwn($0.key) }.values.reduce(0, +)
            return (own, counted.at)
        }
    }

    var html: HTML {
        let title = say("Việc cần xử lý", "Open matters")
        return element("section", Attribute("aria-label", title)) {
            element("h2") { title }
            element("p", .class("hint")) { counting.html }
            element("div", .class("figures")) {
                Component.figure(say.number(sums.conflicts), say("Xung đột", "Conflicts"))
                Component.figure(
                    say.number(sums.duplicates),
                    say("Cặp nghi trùng", "Likely duplicates")
                )
                if let checks {
                    Component.figure(
                        say.number(checks.households),
                        say(
                            "Hộ có điểm chưa khớp, lúc \(say.time(checks.at))",
                            "Households to check, at \(say.time(checks.at))"
                        )
                    )
                } else {
                    Component.figure(
                        "…",
                        say("Hộ có điểm chưa khớp: đang đếm", "Households to check: being counted")
                    )
                }
            }
            if isHub {
                element("p", .class("hint")) {
                    say(
                        "Xem từng việc và quyết định trên máy này bằng lệnh doorstep conflict, doorstep duplicate, doorstep check.",
                        "They are looked at and decided on this machine by doorstep conflict, doorstep duplicate and doorstep check."
                    )
                }
            }
        }
    }
}

extension Caller {
    /// With commands for whoever may look after the node, and for nobody else.
    func words(_ problem: SyncProblem) -> Label {
        may(.upkeep) ? problem.label : problem.plainLabel
    }
}

/// How syncing goes with each peer.
struct PeerTable {
    let caller: Caller
    let peers: [PeerStatus]

    init(_ caller: Caller, peers: [PeerStatus]) {
        self.caller = caller
        self.peers = peers
    }

    private var say: Speech { caller.say }

    var html: HTML {
        var table = PageTable(
            say("Đồng bộ", "Sync"),
            [
                .init(say("Với máy", "With")), .init(say("Tình trạng", "State"), .wide),
                .init(say("Lần cuối", "Last contact"), .time),
                .init(say("Chờ gửi", "To send"), .number),
            ]
        )
        for peer in peers {
            table.add([
                HTML(peer.name), state(of: peer), HTML(last(of: peer)),
                HTML(say.number(peer.unsent)),
            ])
        }
        return table.html
    }

    func last(of peer: PeerStatus) -> String {
        peer.lastContact.map { say.time($0) } ?? say("chưa lần nào", "never")
    }

    func state(of peer: PeerStatus) -> HTML {
        if peer.isRevoked { return Component.badge(.information, say("đã thu hồi", "revoked")) }
        if peer.isParent, peer.waitsForStick {
            return Component.badge(.information, say("qua USB", "by stick"))
        }
        if let problem = peer.problem { return Component.problem(say(caller.words(problem))) }
        if peer.isClockOff { return Component.problem(clock(of: peer)) }
        guard peer.lastContact != nil else {
            return Component.badge(.information, say("chưa đồng bộ", "not synced yet"))
        }
        return Component.badge(.good, say("tốt", "well"))
    }

    /// How far its clock is off; a dash where that is not known.
    func clock(of peer: PeerStatus) -> String {
        guard let offset = peer.clockOffset else { return "–" }
        guard peer.isClockOff else { return say("đúng", "right") }
        let minutes = say.number(abs(offset) / 60_000)
        return offset > 0
            ? say("đồng hồ nhanh \(minutes) phút", "clock \(minutes) minutes ahead")
            : say("đồng hồ chậm \(minutes) phút", "clock \(minutes) minutes behind")
    }
}
