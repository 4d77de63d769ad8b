import HTTP
import Node
import Survey

/// How things stand with the hub above, and syncing at once.
extension Page {
    /// Seconds after which the page looks again while an exchange is under way.
    private static let lookAgain = 3
    /// Milliseconds after which it stops looking by itself: a first sync over a bad line takes hours.
    private static let looking: UInt64 = 2 * 60_000

    static let sync: Page = Page(
        label: "sync",
        gate: .signedIn,
        formGate: .mayAny([.record, .manageNodes, .upkeep]),
        show: { caller, rooms in try showSync(caller, rooms) },
        take: { caller, rooms in
            guard caller.around.parent != nil else { return Errors.page(404, caller) }
            if caller.form["do"] == "address" {
                guard caller.passes(addressGate) else { return Errors.page(403, caller) }
                let word = TextFold.normalized(caller.form["address"])
                guard let address = HubAddress(word) else {
                    let problem = words(for: NodeError.badAddress(word))
                    return try showSync(caller, rooms, ["address": caller.say.sentence(problem)])
                }
                try rooms.store.run { try address.say(in: $0) }
                rooms.log.write(.info, "hub-address", [("address", address.description)])
            }
            rooms.machine.bell.ring()
            let asked = LocalPath("/sync").asking("asked", "\(caller.around.now)")
            return Replies.redirect(asked)
        }
    )

    /// Who may say where the hub is now: whoever leads work here, or looks after nodes.
    ///
    /// Nothing is trusted for it: the hub has to prove its keys there as anywhere.
    private static let addressGate = Gate.mayAny([.assign, .manageNodes, .upkeep])

    private static func showSync(
        _ caller: Caller,
        _ rooms: PageRooms,
        _ errors: [String: String] = [:]
    ) throws -> Response {
        let say = caller.say
        let addressForm =
            caller.passes(addressGate) ? try addressForm(caller, rooms, errors) : HTML()
        let isRunning = rooms.machine.bell.isSyncing
        let round = AskedSync(caller, isRunning: isRunning)
        let frame = caller.frame(say("Đồng bộ", "Sync"), isNarrow: true)
        let html = frame.page {
            Done.notice(caller)
            if let problem = errors["address"] {
                Component.notice(.bad) { element("p") { problem } }
            }
            if let parent = caller.around.parent {
                round.notice(parent, caller)
                state(parent, isRunning: isRunning, isTold: round.tells(parent), caller)
                if caller.passes(sync.gate(false)) {
                    caller.forms.form(LocalPath("/sync")) {
                        caller.forms.button(say("Đồng bộ ngay", "Sync now"))
                    }
                }
                addressForm
            } else {
                element("p") {
                    caller.around.isHub
                        ? say(
                            "Máy này là máy trên cùng: các máy khác gửi dữ liệu về đây.",
                            "This is the topmost node: the others bring their data here."
                        )
                        : say(
                            "Máy này chưa đăng ký với máy xã nên chưa đồng bộ được.",
                            "This node is not enrolled with a hub yet, so there is nothing to sync with."
                        )
                }
            }
            if rooms.machine.isAt(caller.head), caller.passes(stick.gate) {
                Component.link(LocalPath("/stick"), say("Chép qua USB", "By a USB stick"))
            }
        }
        let reply = Replies.page(html, errors.isEmpty ? 200 : 422)
        guard errors.isEmpty, round.isWaiting, caller.around.now - round.askedAt < looking else {
            return reply
        }
        return reply.with("Refresh", "\(lookAgain)")
    }

    /// Where the hub is looked for, and where somebody may say that it is now.
    private static func addressForm(
        _ caller: Caller,
        _ rooms: PageRooms,
        _ errors: [String: String]
    ) throws -> HTML {
        let say = caller.say
        let (known, said) = try rooms.store.run { store in
            (try HubAddress.known(store), try HubAddress.said(store))
        }
        var forms = caller.forms
        forms.errors = errors
        return Component.card(say("Địa chỉ máy xã", "The hub's address")) {
            if !known.isEmpty {
                element("p") {
                    say("Đang tìm máy xã ở: ", "The hub is looked for at: ")
                    known.map(\.description).joined(separator: ", ")
                }
            }
            if let said {
                element("p") {
                    say(
                        "\(said) vừa được ghi, chưa có máy xã nào trả lời ở đó.",
                        "\(said) was entered, and the hub has not answered there yet."
                    )
                }
            }
            forms.form(LocalPath("/sync")) {
                forms.field(
                    "address",
                    say("Máy xã đã đổi địa chỉ? Địa chỉ mới", "The hub has moved? New address"),
                    value: errors.isEmpty ? "" : caller.form["address"],
                    hint: say(
                        "Tên hoặc địa chỉ số, ví dụ 192.168.1.10:8443. Khóa của máy xã vẫn được kiểm tra như cũ.",
                        "A name or number address, such as 192.168.1.10:8443. The hub's key is checked as before."
                    ),
                    [
                        Attribute("maxlength", "300"), Attribute("required"),
                        Attribute("autocomplete", "off"), Attribute("inputmode", "url"),
                        Attribute("spellcheck", "false"),
                    ]
                )
                forms.button(
                    say("Ghi địa chỉ và đồng bộ", "Save and sync"),
                    .plain,
                    value: "address"
                )
            }
        }
    }

    private static func state(
        _ parent: PeerStatus,
        isRunning: Bool,
        isTold: Bool,
        _ caller: Caller
    ) -> HTML {
        let say = caller.say
        let words = PeerTable(caller, peers: [parent])
        return element("section", .class("card")) {
            element("dl") {
                element("dt") { say("Với máy", "With") }
                element("dd") { parent.name }
                element("dt") { say("Tình trạng", "State") }
                element("dd") {
                    if isRunning {
                        Component.badge(.information, say("đang đồng bộ", "syncing"))
                    } else if isTold {
                        // Why stands above.
                        Component.badge(.bad, say("chưa đồng bộ được", "not synced"))
                    } else {
                        words.state(of: parent)
                    }
                }
                element("dt") { say("Lần cuối", "Last contact") }
                element("dd") { words.last(of: parent) }
                element("dt") { say("Chờ gửi", "To send") }
                element("dd") {
                    let waiting = parent.unsentWork
                    say("\(say.number(waiting)) thay đổi", changes(waiting, say))
                    if parent.unsentReadings > 0 {
                        let lines = parent.unsentReadings == 1 ? "line" : "lines"
                        say(
                            ", \(say.number(parent.unsentReadings)) dòng nhật ký xem",
                            ", \(say.number(parent.unsentReadings)) \(lines) of the access log"
                        )
                    }
                }
                if let unfetched = parent.unfetched, unfetched > 0 {
                    element("dt") { say("Chưa nhận", "Not received") }
                    element("dd") {
                        say("\(say.number(unfetched)) thay đổi", changes(unfetched, say))
                    }
                }
            }
        }
    }

    private static func changes(_ count: UInt64, _ say: Speech) -> String {
        count == 1 ? "1 change" : "\(say.number(count)) changes"
    }
}

/// A sync that the reader has asked for a moment ago.
private struct AskedSync {
    /// Milliseconds since 1970; 0 where he has not.
    let askedAt: UInt64
    /// Neither done nor failed yet.
    let isWaiting: Bool

    init(_ caller: Caller, isRunning: Bool) {
        let now = caller.around.now
        let asked = caller.head.query("asked").flatMap { UInt64($0) } ?? 0
        askedAt = asked <= now ? asked : 0
        let tried = caller.around.parent?.triedAt ?? 0
        isWaiting = askedAt > 0 && (isRunning || tried < askedAt)
    }

    /// Whether the notice says why it failed.
    func tells(_ parent: PeerStatus) -> Bool {
        askedAt > 0 && !isWaiting && parent.problem != nil && !parent.waitsForStick
    }

    @HTMLBuilder func notice(_ parent: PeerStatus, _ caller: Caller) -> HTML {
        let say = caller.say
        if let clock = parent.clockLabel {
            Component.notice(.bad) { element("p") { say.sentence(clock) } }
        }
        if isWaiting {
            Component.notice(.information) {
                element("p", Attribute("role", "status")) {
                    say(
                        "Đang đồng bộ. Trang này tự xem lại; có thể làm việc khác trong lúc chờ.",
                        "Syncing. This page looks again by itself; you may go on with your work."
                    )
                }
                Component.link(
                    LocalPath("/sync").asking("asked", "\(askedAt)"),
                    say("Xem lại", "Look again")
                )
            }
        } else if askedAt > 0 {
            if let problem = parent.problem {
                Component.notice(parent.waitsForStick ? .information : .bad) {
                    element("p") { say.sentence(caller.words(problem)) }
                }
            } else {
                Component.notice(.good) {
                    element("p") { say("Đã đồng bộ xong.", "The sync is done.") }
                }
            }
        }
    }
}
