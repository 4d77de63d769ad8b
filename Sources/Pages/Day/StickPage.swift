import HTTP
import Node
import Replication
import Store
import Survey

/// Bundles by a stick, for whoever sits at the node's own machine.
extension Page {
    /// Seconds after which the page looks again while bundles are read and written.
    private static let lookAgain = 2

    static let stick = Page(
        label: "stick",
        gate: .mayAny([.record, .manageNodes, .upkeep]),
        show: { caller, rooms in
            try refusal(caller, rooms) ?? showStick(caller, rooms)
        },
        take: { caller, rooms in
            if let refusal = refusal(caller, rooms) { return refusal }
            let chosen = caller.form["carrier"]
            // Only what the machine itself has found: no path comes from a browser.
            guard let carrier = rooms.machine.carriers().first(where: { $0.path == chosen }) else {
                let words = caller.say(
                    "USB này không còn cắm vào máy. Cắm lại rồi chọn.",
                    "This stick is not plugged in any more. Plug it in again and choose."
                )
                return try showStick(caller, rooms, ["carrier": words])
            }
            if let carry = rooms.machine.carry {
                _ = rooms.carrierRun.begin(carrier, on: rooms.checks, rooms.log, carry)
            }
            return Replies.redirect(LocalPath("/stick"))
        }
    )

    /// Nil for somebody at the machine itself.
    private static func refusal(_ caller: Caller, _ rooms: PageRooms) -> Response? {
        guard !rooms.machine.isAt(caller.head) || rooms.machine.carry == nil else { return nil }
        let say = caller.say
        let frame = caller.frame(say("Chép qua USB", "By a USB stick"), isNarrow: true)
        return Replies.page(
            frame.page {
                element("p") {
                    say(
                        "Chỉ làm được trên chính máy này: USB cắm ở đây. Mở trang trên máy, tại địa chỉ localhost.",
                        "Only on the node's own machine, where the stick is plugged in: open the page there, at localhost."
                    )
                }
                Component.link(LocalPath("/sync"), say("Về đồng bộ", "Back to the sync"))
            },
            403
        )
    }

    private static func showStick(
        _ caller: Caller,
        _ rooms: PageRooms,
        _ errors: [String: String] = [:]
    ) throws -> Response {
        let say = caller.say
        let carriers = rooms.machine.carriers()
        let state = rooms.carrierRun.now
        let names = try rooms.node(caller) { try $0.store.peerNames() }
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(say("Chép qua USB", "By a USB stick"), isNarrow: true)
        let html = frame.page {
            StickReport(say: say, names: names, state: state).html
            forms.summary
            element("p") {
                say(
                    "Nhận những gì máy khác gửi trên USB, rồi ghi lên USB những gì các máy khác còn thiếu. Dữ liệu trên USB được niêm phong: người nhặt được không đọc được.",
                    "Takes what other nodes have left on the stick, then writes what they lack. What lies there is sealed: whoever finds the stick cannot read it."
                )
            }
            if carriers.isEmpty {
                element("p") {
                    say(
                        "Chưa thấy USB nào. Cắm USB, chờ máy mở nó, rồi tải lại trang.",
                        "No stick is found. Plug one in, wait until the machine has opened it, and load the page again."
                    )
                }
                Component.linkButton(LocalPath("/stick"), say("Tải lại", "Load again"))
            } else if case .running = state {
                Component.link(LocalPath("/stick"), say("Xem lại", "Look again"))
            } else {
                forms.form(LocalPath("/stick")) {
                    forms.choice(
                        "carrier",
                        say("USB", "Stick"),
                        carriers.map { carrier in
                            let refusal =
                                carrier.mayBeWritten
                                ? "" : say(" – máy không được phép ghi", " – may not be written")
                            return (carrier.path, "\(carrier.name) (\(carrier.path))\(refusal)")
                        },
                        chosen: caller.form["carrier"]
                    )
                    if carriers.contains(where: { !$0.mayBeWritten }) {
                        element("p", .class("hint")) {
                            say(
                                "USB mà máy không được phép ghi: người cài máy xem 'doorstep service install --help'.",
                                "For a stick that may not be written: who set up the machine sees 'doorstep service install --help'."
                            )
                        }
                    }
                    forms.button(say("Nhận và ghi", "Take and write"))
                }
            }
            Component.link(LocalPath("/sync"), say("Về đồng bộ", "Back to the sync"))
        }
        let reply = Replies.page(html, errors.isEmpty ? 200 : 422)
        if case .running = state { return reply.with("Refresh", "\(lookAgain)") }
        return reply
    }
}

/// What became of the last journey.
private struct StickReport {
    let say: Speech
    let names: [NodeID: String]
    let state: CarrierRun.State

    @HTMLBuilder var html: HTML {
        switch state {
        case .none: HTML()
        case .running(let carrier):
            Component.notice(.information) {
                element("p", Attribute("role", "status")) {
                    say(
                        "Đang chép với \(carrier.name). Đừng rút USB; trang này tự xem lại.",
                        "At work with \(carrier.name). Do not pull the stick; this page looks again by itself."
                    )
                }
            }
        case .failed(let carrier, let words, let time):
            Component.notice(.bad) {
                element("p") { "\(carrier.name), \(say.time(time)): " + say.sentence(words) }
                element("p") {
                    say(
                        "Không mất gì: làm lại với USB này hoặc USB khác.",
                        "Nothing is lost: try again with this stick or another."
                    )
                }
            }
        case .done(let carrier, let result, let time): done(carrier, result, time)
        }
    }

    private func done(_ carrier: Carrier, _ result: FolderSyncResult, _ time: UInt64) -> HTML {
        let problems = result.read.flatMap { bundle in
            ([bundle.problem].compactMap(\.self) + bundle.summary.refused.map(\.words)).map {
                "\(sender(bundle)): \(say.sentence($0))"
            }
        }
        let twins = result.twins.sorted().map { twin in
            "\(names[twin] ?? say("Máy này", "This node")): \(say.sentence(FolderSyncResult.twinWords))"
        }
        return Component.notice(problems.isEmpty && twins.isEmpty ? .good : .bad) {
            element("p") {
                say(
                    "Xong với \(carrier.name) lúc \(say.time(time)). Rút USB được rồi.",
                    "Done with \(carrier.name) at \(say.time(time)). The stick may be pulled."
                )
            }
            element("ul") {
                for bundle in result.read { element("li") { taken(bundle) } }
                for bundle in result.written { element("li") { written(bundle) } }
                if result.read.isEmpty, result.written.isEmpty {
                    element("li") { say("Không có gì mới.", "Nothing new.") }
                }
            }
            for problem in problems + twins { element("p") { problem } }
        }
    }

    private func sender(_ bundle: FolderSyncResult.ReadBundle) -> String {
        bundle.from.map { names[$0] ?? $0.description } ?? bundle.file
    }

    private func taken(_ bundle: FolderSyncResult.ReadBundle) -> String {
        let from = sender(bundle)
        guard !bundle.isReceipt else {
            return say("Đã nhận xác nhận của \(from).", "Took the receipt of \(from).")
        }
        let entries = say.number(bundle.summary.entries)
        let taken = say(
            "Đã nhận \(entries) thay đổi từ \(from).",
            "Changes taken from \(from): \(entries)."
        )
        guard bundle.summary.quarantined > 0 else { return taken }
        let aside = say.number(bundle.summary.quarantined)
        return taken + say(" Đoạn để riêng: \(aside).", " Segments set aside: \(aside).")
    }

    private func written(_ bundle: FolderSyncResult.WrittenBundle) -> String {
        let to = names[bundle.to] ?? bundle.to.description
        let bytes = say.number(bundle.bytes)
        return say("Đã ghi \(bytes) byte cho \(to).", "Wrote \(bytes) bytes for \(to).")
    }
}
