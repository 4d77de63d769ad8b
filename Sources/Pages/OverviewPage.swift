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
        let say = caller.say
        let frame = caller.frame(say("Tổng quan", "Overview"))
        return Replies.page(
            frame.page {
                Done.notice(caller)
                if waiting > 0 {
                    Component.notice(.information) {
                        element("p") {
                            say(
                                "\(say.number(waiting)) nút đang chờ duyệt. ",
                                "Nodes that wait for approval: \(say.number(waiting)). "
                            )
                            Component.link(LocalPath("/nodes"), say("Xem", "Look"))
                        }
                    }
                }
                about(caller)
                if let open { open.html }
                if !peers.isEmpty { PeerTable(say: say, peers: peers).html }
            }
        )
    }

    private static func about(_ caller: Caller) -> HTML {
        let say = caller.say
        let around = caller.around
        return element("section", .class("card")) {
            element("dl") {
                element("dt") { say("Nút", "Node") }
                element("dd") { around.node ?? "" }
                element("dt") { say("Loại", "Kind") }
                element("dd") {
                    around.isHub ? say("Nút xã", "Commune hub") : say("Nút thôn", "Village node")
                }
                element("dt") { say("Xã", "Commune") }
                element("dd") { around.commune }
                if let signedIn = caller.signedIn {
                    element("dt") { say("Vai trò của bạn", "Your role") }
                    element("dd") { say(signedIn.role.label) }
                }
            }
        }
    }
}

extension Caller {
    /// A hub's nodes are looked after by those who manage them; a village's staff see their hub.
    fileprivate var seesPeers: Bool { !around.isHub || may(.manageNodes) }
}

/// What waits for a decision where the reader may decide.
private struct OpenMatters {
    let say: Speech
    let sums: Sums.Open
    private let counting: CountedAt
    /// Households to check, and when they were counted; nil before the first count.
    let checks: (households: Int, at: UInt64)?

    init(_ caller: Caller, _ rooms: PageRooms) throws {
        func isOwn(_ scope: String) -> Bool {
            caller.signedIn?.may(.decideConflicts, in: scope) == true
        }
        say = caller.say
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
        }
    }
}

/// How syncing goes with each peer.
struct PeerTable {
    let say: Speech
    let peers: [PeerStatus]

    var html: HTML {
        var table = PageTable(
            say("Đồng bộ", "Sync"),
            [
                .init(say("Với nút", "With")), .init(say("Tình trạng", "State"), .wide),
                .init(say("Lần cuối", "Last contact"), .time),
                .init(say("Chưa gửi", "Not sent"), .number),
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
        if let problem = peer.problem { return Component.problem(say(problem.label)) }
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
