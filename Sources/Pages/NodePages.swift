import HTTP
import Node
import Replication
import Sealing
import Store
import Survey

/// A hub's nodes: the list, one of them, and revoking it.
extension Page {
    static let nodes = Page(
        label: "nodes",
        gate: .may(.manageNodes),
        isOfHub: true,
        show: { caller, rooms in
            let (peers, invites, hub) = try rooms.node(caller) { node in
                (
                    try node.store.peerStatus().filter { !$0.isParent },
                    try node.store.invites().filter { $0.isOpen(at: node.now) },
                    try node.certificate().signingKey
                )
            }
            let say = caller.say
            let frame = caller.frame(say("Máy", "Nodes"))
            return Replies.page(
                frame.page {
                    Done.notice(caller)
                    element("div", .class("actions")) {
                        Component.linkButton(LocalPath("/nodes/new"), say("Thêm máy", "New node"))
                    }
                    invitations(invites, hub, say)
                    list(peers, caller)
                }
            )
        }
    )

    private static func invitations(
        _ invites: [Invite],
        _ hub: VerifyingKey,
        _ say: Speech
    ) -> HTML {
        guard !invites.isEmpty else { return HTML() }
        var table = PageTable(
            say("Lời mời", "Invitations"),
            [
                .init(say("Tên", "Name")), .init(say("Tình trạng", "State"), .wide),
                .init(say("Số so khớp", "Number to compare"), .wide),
                .init(say("Hết hạn", "Ends"), .time),
            ]
        )
        for invite in invites {
            table.add([
                Component.link(LocalPath("/nodes/waiting", "\(invite.number)"), invite.name),
                badge(of: invite, say),
                HTML(invite.request?.comparison(at: hub) ?? "–"), HTML(say.time(invite.endsAt)),
            ])
        }
        return table.html
    }

    private static func badge(of invite: Invite, _ say: Speech) -> HTML {
        if invite.state == .waiting {
            return Component.badge(.bad, say("chờ duyệt", "waits for approval"))
        }
        return invite.isVoid
            ? Component.badge(.bad, say("sai mã quá nhiều lần", "too many wrong codes"))
            : Component.badge(.information, say("chưa dùng", "open"))
    }

    private static func list(_ peers: [PeerStatus], _ caller: Caller) -> HTML {
        let say = caller.say
        let words = PeerTable(caller, peers: peers)
        var table = PageTable(
            say("Các máy của xã", "Nodes of the commune"),
            [
                .init(say("Tên", "Name")), .init(say("Tình trạng", "State"), .wide),
                .init(say("Lần cuối", "Last contact"), .time),
                .init(say("Chưa nhận", "Not sent to it"), .number),
                .init(say("Phiên bản", "Version")), .init(say("Đồng hồ", "Clock")),
            ]
        )
        for peer in peers {
            table.add([
                Component.link(LocalPath("/nodes", peer.node.description), peer.name),
                words.state(of: peer), HTML(words.last(of: peer)), HTML(say.number(peer.unsent)),
                HTML(peer.software ?? "–"), HTML(words.clock(of: peer)),
            ])
        }
        return table.isEmpty
            ? element("p") { say("Chưa có máy nào.", "No nodes yet.") } : table.html
    }

    // MARK: One node

    static func oneNode(_ word: String) -> Page {
        Page(
            label: "node",
            gate: .may(.manageNodes),
            isOfHub: true,
            show: { caller, rooms in
                guard let node = try KnownNode(word, caller, rooms) else {
                    return Errors.page(404, caller)
                }
                return nodeForm(caller, node, [:])
            },
            take: { caller, rooms in
                let isReplacing = caller.form["do"] == "replace"
                guard let node = try KnownNode(word, caller, rooms), isReplacing || !node.isRevoked
                else { return Errors.page(404, caller) }
                if isReplacing {
                    let draft = try rooms.node(caller) {
                        try Invitations.replacement(for: node.id, at: $0.store)
                    }
                    return try invite(draft, caller, rooms)
                }
                do {
                    try rooms.node(caller) { try change(node, caller, at: $0) }
                } catch NodeError.badNodeName(let bytes) {
                    return nodeForm(caller, node, ["name": NodeWords.badName(bytes, caller.say)])
                } catch NodeError.scopeNeeded {
                    return nodeForm(caller, node, ["village": caller.say(NodeWords.villageNeeded)])
                }
                return Done.changed.redirect(
                    to: LocalPath("/nodes", word),
                    in: caller.signedIn?.token
                )
            }
        )
    }

    /// Scopes that are no villages stay as they are.
    private static func change(_ node: KnownNode, _ caller: Caller, at hub: LocalNode) throws {
        let villages = Set(node.villages.map(\.scope))
        let chosen = caller.form.all("village").filter { villages.contains($0) }
        let scopes = node.grant.scopes.filter { !villages.contains($0) } + chosen
        _ = try Enrolment.change(
            node.id,
            at: hub.store,
            name: TextFold.normalized(caller.form["name"]),
            scopes: scopes,
            author: caller.user
        )
    }

    private static func nodeForm(
        _ caller: Caller,
        _ node: KnownNode,
        _ errors: [String: String]
    ) -> Response {
        let say = caller.say
        var forms = caller.forms
        forms.errors = errors
        let path = LocalPath("/nodes", node.id.description)
        let frame = caller.frame(node.grant.name)
        let html = frame.page {
            Done.notice(caller)
            forms.summary
            about(node, caller)
            if !node.isRevoked {
                Component.card(say("Tên và thôn", "Name and villages")) {
                    forms.form(path) {
                        forms.field(
                            "name",
                            say("Tên", "Name"),
                            value: node.grant.name,
                            [Attribute("required")]
                        )
                        NodeWords.villages(forms, node.villages, Set(node.grant.scopes))
                        forms.button(say("Lưu", "Save"))
                    }
                }
            }
            replacement(node, forms, path, say)
            Component.link(LocalPath("/nodes"), say("Mọi máy", "All nodes"))
        }
        return Replies.page(html, errors.isEmpty ? 200 : 422)
    }

    private static func replacement(
        _ node: KnownNode,
        _ forms: FormBuilder,
        _ path: LocalPath,
        _ say: Speech
    ) -> HTML {
        Component.card(say("Mất máy, hỏng máy", "Lost or broken machine")) {
            element("p") {
                say(
                    "Máy thay thế nhận tên, thôn và toàn bộ dữ liệu của máy này.",
                    "The machine in its place gets this node's name, villages and all data."
                )
                if !node.isRevoked {
                    say(
                        " Máy này bị thu hồi khi máy mới được duyệt.",
                        " This node is revoked when the new one is approved."
                    )
                }
            }
            element("div", .class("actions")) {
                forms.form(path) {
                    forms.button(
                        say("Tạo mã cho máy thay thế", "Code for the replacement"),
                        .plain,
                        value: "replace"
                    )
                }
                if !node.isRevoked {
                    Component.link(
                        LocalPath("/nodes", node.id.description, "revoke"),
                        say("Thu hồi máy", "Revoke the node")
                    )
                }
            }
        }
    }

    private static func about(_ node: KnownNode, _ caller: Caller) -> HTML {
        let say = caller.say
        return element("section", .class("card")) {
            element("dl") {
                element("dt") { say("Mã máy", "Node id") }
                element("dd") { node.id.description }
                element("dt") { say("Ghi được", "Writes") }
                element("dd") { node.scopeNames.joined(separator: ", ") }
                if let peer = node.peer {
                    let words = PeerTable(caller, peers: [peer])
                    element("dt") { say("Tình trạng", "State") }
                    element("dd") { words.state(of: peer) }
                    element("dt") { say("Lần cuối", "Last contact") }
                    element("dd") { words.last(of: peer) }
                    element("dt") { say("Phiên bản", "Version") }
                    element("dd") { peer.software ?? "–" }
                    element("dt") { say("Đồng hồ", "Clock") }
                    element("dd") { words.clock(of: peer) }
                }
            }
        }
    }

    // MARK: Revoking

    static func revokeNode(_ word: String) -> Page {
        Page(
            label: "revoke",
            gate: .may(.manageNodes),
            isOfHub: true,
            show: { caller, rooms in
                guard let node = try KnownNode(word, caller, rooms), !node.isRevoked else {
                    return Errors.page(404, caller)
                }
                return revocation(node, caller)
            },
            take: { caller, rooms in
                guard let node = try KnownNode(word, caller, rooms) else {
                    return Errors.page(404, caller)
                }
                if !node.isRevoked {
                    try rooms.node(caller) {
                        try $0.store.revoke(
                            node.id,
                            author: caller.user,
                            on: $0.today.description
                        )
                    }
                }
                return Done.revoked.redirect(to: LocalPath("/nodes"), in: caller.signedIn?.token)
            }
        )
    }

    private static func revocation(_ node: KnownNode, _ caller: Caller) -> Response {
        let say = caller.say
        let forms = caller.forms
        let frame = caller.frame(
            say("Thu hồi \(node.grant.name)?", "Revoke \(node.grant.name)?"),
            isNarrow: true
        )
        return Replies.page(
            frame.page {
                element("p") {
                    say(
                        "Máy này không đồng bộ được nữa. Những gì nó đã gửi đến nay vẫn giữ; những gì gửi sau được để riêng. Không hoàn tác được: máy phải đăng ký lại bằng mã mới.",
                        "The machine cannot sync any more. What it has brought so far stays; what it brings later is set aside. There is no way back: it has to enrol anew with another code."
                    )
                }
                forms.form(LocalPath("/nodes", node.id.description, "revoke")) {
                    forms.button(say("Thu hồi", "Revoke"), .danger)
                }
                Component.link(
                    LocalPath("/nodes", node.id.description),
                    say("Không thu hồi", "Do not revoke")
                )
            }
        )
    }
}

/// A node that this hub has enrolled, with what its page shows.
private struct KnownNode: Sendable {
    let id: NodeID
    let grant: Enrolment.Grant
    let isRevoked: Bool
    let peer: PeerStatus?
    let villages: [Village]
    let scopeNames: [String]

    init?(_ word: String, _ caller: Caller, _ rooms: PageRooms) throws {
        guard let id = NodeID(word) else { return nil }
        let found = try rooms.node(caller) { node in
            let own = try node.certificate().node
            return try node.store.enrolled().first {
                $0.certificate.node == id && $0.certificate.node != own
                    && $0.certificate.issuer == own
            }.map {
                ($0, try node.store.peerStatus().first { $0.node == id }, try node.villages())
            }
        }
        guard let (enrolled, peer, villages) = found else { return nil }
        self.id = id
        let grant = Enrolment.Grant(enrolled.certificate)
        self.grant = grant
        isRevoked = enrolled.isRevoked
        self.peer = peer
        self.villages = villages
        scopeNames = grant.scopes.map { scope in
            villages.first { $0.scope == scope }?.name ?? scope
        }
    }
}

extension Invite {
    /// Whether something can still come of it.
    fileprivate func isOpen(at now: UInt64) -> Bool {
        state == .waiting || state == .open && now <= endsAt
    }
}

/// What several pages of nodes say.
enum NodeWords {
    static let villageNeeded = Label("Chọn ít nhất một thôn.", "Choose at least one village.")

    /// Why a name of so many bytes is refused.
    static func badName(_ bytes: Int, _ say: Speech) -> String {
        say.sentence(words(for: NodeError.badNodeName(bytes: bytes)))
    }

    static func villages(
        _ forms: FormBuilder,
        _ villages: [Village],
        _ chosen: Set<String>
    ) -> HTML {
        forms.choices(
            "village",
            forms.say("Thôn", "Villages"),
            villages.map { ($0.scope, $0.name) },
            chosen: chosen
        )
    }
}
