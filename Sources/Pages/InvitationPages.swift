import HTTP
import Node
import QRCode
import Replication
import Store
import Survey

/// Taking a new node in: a code, then a look at who comes with it.
extension Page {
    static let newNode = Page(
        label: "new-node",
        gate: .may(.manageNodes),
        isOfHub: true,
        show: { caller, rooms in try newNodeForm(caller, rooms, [:]) },
        take: { caller, rooms in
            let known = Set(try rooms.node(caller) { try $0.villages() }.map(\.scope))
            let draft = InviteDraft(
                name: TextFold.normalized(caller.form["name"]),
                scopes: caller.form.all("village").filter { known.contains($0) }
            )
            do {
                return try invite(draft, caller, rooms)
            } catch NodeError.badNodeName(let bytes) {
                let problem = NodeWords.badName(bytes, caller.say)
                return try newNodeForm(caller, rooms, ["name": problem])
            } catch NodeError.scopeNeeded {
                let words = caller.say(NodeWords.villageNeeded)
                return try newNodeForm(caller, rooms, ["village": words])
            }
        }
    )

    private static func newNodeForm(
        _ caller: Caller,
        _ rooms: PageRooms,
        _ errors: [String: String]
    ) throws -> Response {
        let villages = try rooms.node(caller) { try $0.villages() }
        let say = caller.say
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(say("Thêm máy", "New node"), isNarrow: true)
        let html = frame.page {
            forms.summary
            if villages.isEmpty {
                element("p") {
                    say(
                        "Chưa có thôn nào: thêm bằng 'doorstep village add' trên máy này.",
                        "There are no villages yet: add them with 'doorstep village add' on this machine."
                    )
                }
            } else {
                forms.form(LocalPath("/nodes/new")) {
                    forms.field(
                        "name",
                        say("Tên của máy", "Name of the node"),
                        value: caller.form["name"],
                        hint: say(
                            "Tên mà mọi người thấy, như “Máy thôn Phú Quý 2”.",
                            "The name that everybody sees, such as “Laptop of Phú Quý 2”."
                        ),
                        [Attribute("autocomplete", "off"), Attribute("required")]
                    )
                    NodeWords.villages(forms, villages, Set(caller.form.all("village")))
                    forms.button(say("Tạo mã", "Make a code"))
                }
            }
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    /// Makes the invitation and leads to the page that shows it once.
    static func invite(
        _ draft: InviteDraft,
        _ caller: Caller,
        _ rooms: PageRooms
    ) throws -> Response {
        let (invitation, now) = try rooms.node(caller) { node in
            (
                try Invitations.make(
                    draft,
                    at: node.store,
                    addresses: try NodeServer.addresses(node.store).map(\.description),
                    author: caller.user
                ), node.now
            )
        }
        return showOnce(
            .invitation(
                name: draft.name,
                code: invitation.code.text,
                text: invitation.addresses.isEmpty ? nil : invitation.text,
                fingerprint: invitation.fingerprint,
                hours: Int(draft.validFor / 3_600_000)
            ),
            caller,
            rooms,
            now
        )
    }

    // MARK: Deciding

    static func waitingNode(_ number: Int) -> Page {
        Page(
            label: "waiting-node",
            gate: .may(.manageNodes),
            isOfHub: true,
            show: { caller, rooms in try decision(number, caller, rooms, [:]) },
            take: { caller, rooms in
                guard caller.form["do"] == "approve" else {
                    try rooms.node(caller) { try $0.store.withdrawInvite(number) }
                    return toNodes(.refused, caller)
                }
                let isSame = try rooms.node(caller) { node in
                    let hub = try node.certificate().signingKey
                    let number = try node.store.invite(number)?.request?.comparison(at: hub)
                    return digits(number ?? "") == digits(caller.form["comparison"])
                        && number != nil
                }
                guard isSame else {
                    let words = caller.say(
                        "Số này khác số của máy đang chờ. Nếu gõ đúng số trên máy kia thì đó là máy khác: từ chối.",
                        "This is not the waiting node's number. If it was typed as the other machine shows it, another machine waits here: refuse it."
                    )
                    return try decision(number, caller, rooms, ["comparison": words])
                }
                try rooms.node(caller) {
                    _ = try Invitations.approve(number, at: $0.store, author: caller.user)
                }
                return toNodes(.approved, caller)
            }
        )
    }

    private static func digits(_ text: String) -> [UInt8] {
        text.utf8.filter { (0x30...0x39).contains($0) }
    }

    private static func toNodes(_ done: Done, _ caller: Caller) -> Response {
        done.redirect(to: LocalPath("/nodes"), in: caller.signedIn?.token)
    }

    private static func decision(
        _ number: Int,
        _ caller: Caller,
        _ rooms: PageRooms,
        _ errors: [String: String]
    ) throws -> Response {
        let (found, places) = try rooms.node(caller) {
            (try $0.store.invite(number), try $0.placeNames())
        }
        guard let invite = found, [.open, .waiting].contains(invite.state) else {
            return Errors.page(404, caller)
        }
        let say = caller.say
        var forms = caller.forms
        forms.errors = errors
        let frame = caller.frame(invite.name, isNarrow: true)
        let path = LocalPath("/nodes/waiting", "\(number)")
        let html = frame.page {
            forms.summary
            about(invite, places, say)
            if invite.state == .waiting {
                forms.form(path) {
                    forms.field(
                        "comparison",
                        say("Số so khớp", "Number to compare"),
                        hint: say(
                            "Gọi cho người giữ máy mới, gõ số mà máy đó đang hiện.",
                            "Ask whoever holds the new machine for the number that it shows, and type it."
                        ),
                        [
                            Attribute("inputmode", "numeric"), Attribute("autocomplete", "off"),
                            Attribute("required"),
                        ]
                    )
                    forms.button(say("Duyệt", "Approve"), value: "approve")
                }
            } else {
                element("p") {
                    invite.isVoid
                        ? say(
                            "Mã này không dùng được nữa: đã nhập sai quá nhiều lần. Hủy mã và mời lại.",
                            "This code works no more: too many wrong ones were typed. Make it void and invite anew."
                        )
                        : say(
                            "Chưa có máy nào dùng mã này. Trang này hiện máy khi nó gọi đến.",
                            "No machine has used this code yet. It appears here once it calls."
                        )
                }
            }
            element("div", .class("actions")) {
                forms.form(path) {
                    forms.button(
                        invite.state == .waiting
                            ? say("Từ chối", "Refuse") : say("Hủy mã", "Make the code void"),
                        .danger,
                        value: "refuse"
                    )
                }
            }
            Component.link(LocalPath("/nodes"), say("Mọi máy", "All nodes"))
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    private static func about(
        _ invite: Invite,
        _ places: [String: String],
        _ say: Speech
    ) -> HTML {
        element("section", .class("card")) {
            element("dl") {
                element("dt") { say("Ghi được", "Writes") }
                element("dd") { invite.scopes.map { places[$0] ?? $0 }.joined(separator: ", ") }
                if let address = invite.address {
                    element("dt") { say("Gọi từ", "Calls from") }
                    element("dd") { address }
                }
                if let called = invite.calledAt {
                    element("dt") { say("Lúc", "At") }
                    element("dd") { say.time(called) }
                }
                if invite.replaces != nil {
                    element("dt") { say("Thay cho", "Replaces") }
                    element("dd") {
                        say(
                            "máy cùng tên, sẽ bị thu hồi khi duyệt",
                            "the node of that name, which approval revokes"
                        )
                    }
                }
            }
        }
    }

    // MARK: Shown once

    static func showOnce(
        _ secret: ShownSecret,
        _ caller: Caller,
        _ rooms: PageRooms,
        _ now: UInt64
    ) -> Response {
        guard let signedIn = caller.signedIn else {
            return Replies.redirect(LocalPath("/sign-in"))
        }
        let key = rooms.secrets.keep(secret, of: signedIn.token, at: now)
        return Replies.redirect(LocalPath("/shown", key))
    }

    static func shown(_ key: String) -> Page {
        Page(
            label: "shown",
            gate: .mayAny([.manageNodes, .manageUsers, .resetPasswords]),
            isOfHub: true,
            show: { caller, rooms in
                // Whatever looks without showing must not use it up.
                guard caller.head.method == .get, let signedIn = caller.signedIn else {
                    return Errors.page(405, caller)
                }
                let now = try rooms.node(caller) { $0.now }
                switch rooms.secrets.take(key, of: signedIn.token, at: now) {
                case .invitation(let name, let code, let text, let fingerprint, let hours)?:
                    return try invitation(name, code, text, fingerprint, hours, caller)
                case .code(let user, let code, let hours)?:
                    return userCode(user, code, hours, caller)
                case nil: return gone(caller)
                }
            }
        )
    }

    private static func gone(_ caller: Caller) -> Response {
        let say = caller.say
        let frame = caller.frame(say("Mã chỉ hiện một lần", "A code is shown once"), isNarrow: true)
        return Replies.page(
            frame.page {
                element("p") {
                    say(
                        "Mã này đã hiện rồi hoặc đã quá lâu. Nếu chưa kịp ghi lại, tạo mã khác.",
                        "This code was shown before, or it is too long ago. If nobody wrote it down, make another."
                    )
                }
                Component.link(LocalPath("/"), say("Về trang đầu", "To the first page"))
            },
            404
        )
    }

    private static func invitation(
        _ name: String,
        _ code: String,
        _ text: String?,
        _ fingerprint: String,
        _ hours: Int,
        _ caller: Caller
    ) throws -> Response {
        let say = caller.say
        let symbol = try text.map { try QRSymbol($0) }
        let frame = caller.frame(say("Mã cho \(name)", "Code for \(name)"))
        let html = frame.page {
            onceNotice(say, hours)
            element("p", .class("code")) { code }
            if let symbol {
                Component.qr(symbol, say("Mã QR của lời mời", "QR code of the invitation"))
            }
            element("h2") { say("Trên máy mới", "On the new machine") }
            element("p") {
                element("code") {
                    "doorstep enrol " + say("THƯ_MỤC", "FOLDER") + " \(text ?? code)"
                }
            }
            element("dl") {
                element("dt") { say("Dấu vân khóa", "Fingerprint") }
                element("dd") { grouped(fingerprint) }
            }
            element("div", .class("actions")) {
                Component.linkButton(
                    LocalPath("/nodes"),
                    say("Đến danh sách chờ", "To those that wait")
                )
            }
        }
        return Replies.page(html)
    }

    static func onceNotice(_ say: Speech, _ hours: Int) -> HTML {
        Component.notice(.information) {
            element("p") {
                say(
                    "Mã dùng một lần, trong \(hours) giờ. Trang này chỉ hiện một lần: ghi lại ngay.",
                    "The code works once, within \(hours) hours. It is shown this once: write it down now."
                )
            }
        }
    }

    /// Five digits at a time, as people read them out.
    private static func grouped(_ digits: String) -> String {
        let signs = Array(digits)
        return stride(from: 0, to: signs.count, by: 5)
            .map { String(signs[$0..<min($0 + 5, signs.count)]) }.joined(separator: " ")
    }
}
