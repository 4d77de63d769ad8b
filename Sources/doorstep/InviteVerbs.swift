import HTTP
import Node
import QRCode
import Replication
import Sealing
import Store
import Survey
import Terminal

/// A hub's side of enrolment by code.
extension Verb {
    static let inviting = [inviteNode, pendingNodes, refuseNode, replaceNode, changeNode]

    private static let invitationOptions: [Option] = [
        .value(
            "valid",
            .integer(1...168),
            default: "24",
            summary: Label("Số giờ mã còn dùng được", "Hours that the code works")
        ),
        .flag(
            "trust-code",
            summary: Label(
                "Ai biết mã thì nhận ngay, cán bộ không xem lại",
                "Take in whoever knows the code, without an officer's look"
            )
        ),
        .list(
            "address",
            .text,
            summary: Label(
                "Máy xã ở đâu, máy:cổng, nếu 'serve' chưa biết",
                "Where the hub is found, host:port, if 'serve' knows less"
            )
        ),
    ]

    private static let inviteNode = Verb(
        in: "node",
        Command(
            "invite",
            summary: Label(
                "Tạo mã dùng một lần cho máy mới",
                "Make a one-time code for a new node"
            ),
            discussion: Label(
                """
                In mã và chuỗi QR có địa chỉ và dấu vân khóa của máy xã. Trên máy mới: 'doorstep enrol
                THƯ_MỤC MÃ'. Mã dùng được một lần. Thử sai năm lần thì mã bị hủy. So số mà hai bên hiện
                trước khi 'doorstep node approve'.
                """,
                """
                Prints the code and a QR text with the hub's addresses and fingerprint. On the new
                machine: 'doorstep enrol FOLDER CODE'. The code works once. Five wrong tries make it
                void. Compare the numbers that both ends show before 'doorstep node approve'.
                """
            ),
            arguments: [.folder],
            options: [
                .value(
                    "name",
                    .text,
                    isRequired: true,
                    summary: Label("Tên mà các máy khác thấy", "The name that others see")
                ),
                .list(
                    "scope",
                    .text,
                    summary: Label(
                        "Máy ghi gì: tên thôn hoặc đường dẫn phạm vi",
                        "What it writes: a village's name or scope path"
                    )
                ),
                .value(
                    "kind",
                    .choice(["village", "unit", "hub"]),
                    default: "village",
                    summary: Label("Máy là gì", "What the node is")
                ),
            ] + invitationOptions,
            examples: [
                Example(
                    "node invite hub --name 'Phú Quý 2' --scope 48/21004/phu-quy-2",
                    "In mã cho máy của thôn đó.",
                    "Prints a code for the laptop of that village."
                )
            ]
        )
    ) { context in
        let node = try context.openHub()
        let draft = InviteDraft(
            name: context.text("name"),
            kind: NodeKind(word: context.text("kind")) ?? .village,
            scopes: try context.scopes(at: node)
        )
        return try invite(draft, at: node, context)
    }

    private static let replaceNode = Verb(
        in: "node",
        Command(
            "replace",
            summary: Label(
                "Tạo mã cho máy thay máy mất hoặc hỏng",
                "Make a code for the machine that replaces a lost or broken one"
            ),
            discussion: Label(
                """
                Máy mới nhận tên và phạm vi của máy cũ, và toàn bộ dữ liệu khi đồng bộ lần đầu. Máy cũ
                bị thu hồi lúc máy mới được duyệt; đã thu hồi từ trước cũng được.
                """,
                """
                The new node gets the old one's name and scopes, and all data with its first sync.
                The old one is revoked when the new one is approved; it may be revoked already.
                """
            ),
            arguments: [.folder, .node],
            options: invitationOptions,
            examples: [
                Example(
                    "node replace hub 00a1b2c3d4e5f607",
                    "In mã cho máy mới.",
                    "Prints a code for the new laptop."
                )
            ]
        )
    ) { context in
        let node = try context.openHub()
        let draft = try Invitations.replacement(for: try context.node(at: node), at: node.store)
        return try invite(draft, at: node, context)
    }

    private static func invite(
        _ draft: InviteDraft,
        at node: LocalNode,
        _ context: VerbContext
    ) throws -> ExitCode {
        var draft = draft
        draft.validFor = UInt64(context.parsed.integer("valid") ?? 24) * 3_600_000
        draft.isTrusted = context.parsed.flag("trust-code")
        let given = try context.addresses("address")
        let known = try NodeServer.addresses(node.store)
        let addresses = given + known.filter { !given.contains($0) }
        let invitation = try Invitations.make(
            draft,
            at: node.store,
            addresses: addresses.map(\.description),
            author: context.user
        )
        let fingerprint = try node.certificate().signingKey.fingerprint
        if context.isJSON {
            context.print(json: [
                "code": .string(invitation.code.text), "text": .string(invitation.text),
                "number": .integer(Int64(invitation.code.number)),
                "fingerprint": .string(fingerprint),
                "addresses": .array(addresses.map { .string($0.description) }),
                "hours": .integer(context.parsed.integer("valid") ?? 24),
            ])
            return .ok
        }
        let hasText = !invitation.addresses.isEmpty
        if context.output.isTerminal, hasText {
            context.output.write(try QRSymbol(invitation.text).terminalText)
        }
        context.print(context.say("Mã: ", "Code: ") + invitation.code.text)
        context.print(context.say("Dấu vân khóa: ", "Fingerprint: ") + fingerprint)
        if addresses.isEmpty {
            context.note(
                context.say(
                    "Chưa biết địa chỉ của máy xã: chạy 'doorstep serve', hoặc thêm --address",
                    "The hub's address is not known yet: run 'doorstep serve', or give --address"
                )
            )
        } else {
            context.print(
                context.say("Địa chỉ: ", "Addresses: ")
                    + addresses.map(\.description).joined(separator: " ")
            )
            if hasText { context.print(invitation.text) }
        }
        return .ok
    }

    private static let pendingNodes = Verb(
        in: "node",
        Command(
            "pending",
            summary: Label(
                "Lời mời đang mở, và các máy chờ duyệt",
                "Invitations that are open, and nodes that wait for approval"
            ),
            arguments: [.folder],
            examples: [
                Example(
                    "node pending hub",
                    "In các số để so khớp.",
                    "Prints the numbers to compare."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        try Enrolment.requireHub(node.store)
        let invites = try node.store.invites()
        let hub = try node.certificate().signingKey
        if context.isJSON {
            context.print(json: .array(invites.map { json($0, hub) }))
            return .ok
        }
        var table = Table([
            .init(context.say("Số", "No."), .right), .init(context.say("Tên", "Name")),
            .init(context.say("Ghi được", "Writes")), .init(context.say("Tình trạng", "State")),
            .init(context.say("Số so khớp", "Compare")), .init(context.say("Từ", "From")),
        ])
        for invite in invites {
            table.add([
                String(invite.number), invite.name, invite.scopes.joined(separator: " "),
                state(of: invite, at: node.now, context),
                invite.request?.comparison(at: hub) ?? "", invite.address ?? "",
            ])
        }
        context.print(table)
        return .ok
    }

    private static func json(_ invite: Invite, _ hub: VerifyingKey) -> JSONValue {
        [
            "number": .integer(Int64(invite.number)), "name": .string(invite.name),
            "scopes": .array(invite.scopes.map { .string($0) }),
            "state": .string(invite.isVoid ? "void" : "\(invite.state)"),
            "ends_at": .integer(Int64(invite.endsAt)),
            "node": invite.request.map { .string($0.node.description) } ?? .null,
            "comparison": invite.request.map { .string($0.comparison(at: hub)) } ?? .null,
            "address": invite.address.map { .string($0) } ?? .null,
            "replaces": invite.replaces.map { .string($0.description) } ?? .null,
        ]
    }

    private static func state(
        of invite: Invite,
        at now: UInt64,
        _ context: VerbContext
    ) -> String {
        switch invite.state {
        case .open where invite.isVoid:
            context.say("đã hủy: nhập sai mã quá nhiều lần", "void: too many wrong codes")
        case .open where now > invite.endsAt: context.say("hết hạn", "expired")
        case .open: context.say("chưa dùng", "open")
        case .waiting: context.say("chờ duyệt", "waits for approval")
        case .approved: context.say("đã nhận", "approved")
        case .refused: context.say("đã từ chối", "refused")
        }
    }

    private static let refuseNode = Verb(
        in: "node",
        Command(
            "refuse",
            summary: Label(
                "Từ chối máy đang chờ, hoặc hủy mã còn mở",
                "Refuse a node that waits, or make an open code void"
            ),
            arguments: [
                .folder,
                Argument(
                    Label("số", "id"),
                    summary: Label(
                        "Số của máy, như 'node pending' hiện",
                        "Its number, or the node, as 'node pending' shows"
                    )
                ),
            ],
            examples: [
                Example(
                    "node refuse hub 412",
                    "Từ chối; mã bị hủy.",
                    "Refuses it; the code is void."
                )
            ]
        )
    ) { context in
        let node = try context.openHub()
        let number = try Invitations.number(of: context.text("id"), at: node.store)
        try node.store.withdrawInvite(number)
        context.report(
            ["refused": .integer(Int64(number))],
            "Đã từ chối số \(number)",
            "Refused number \(number)"
        )
        return .ok
    }

    private static let changeNode = Verb(
        in: "node",
        Command(
            "change",
            summary: Label(
                "Đổi tên hoặc phạm vi của một máy",
                "Give a node another name or other scopes"
            ),
            discussion: Label(
                """
                Chứng thư mới đến máy ở lần đồng bộ sau. Dữ liệu của phạm vi bị bỏ đã nằm trên máy thì
                vẫn còn và đọc được ở đó. Máy không còn tin được thì thu hồi.
                """,
                """
                The new certificate reaches the node with its next sync. What the machine holds of a
                scope that is taken away stays there and can be read there. One that is not trusted
                any more is revoked.
                """
            ),
            arguments: [.folder, .node],
            options: [
                .value("name", .text, summary: Label("Tên mới", "The new name")),
                .list(
                    "scope",
                    .text,
                    summary: Label(
                        "Mọi phạm vi máy được ghi từ nay",
                        "All scopes that it writes from now on"
                    )
                ),
            ],
            examples: [
                Example(
                    "node change hub 00a1b2c3d4e5f607 --name 'Cụm 1'",
                    "Đổi tên máy.",
                    "Renames the node."
                )
            ]
        )
    ) { context in
        let node = try context.openHub()
        let scopes = try context.scopes(at: node)
        let name = context.parsed.text("name")
        guard name != nil || !scopes.isEmpty else {
            throw WordError.missing(
                Label(
                    "chưa có gì để đổi: ghi --name hoặc --scope",
                    "nothing to change: give --name or --scope"
                )
            )
        }
        let certificate = try Enrolment.change(
            try context.node(at: node),
            at: node.store,
            name: name,
            scopes: scopes.isEmpty ? nil : scopes,
            author: context.user
        )
        context.report(
            [
                "node": .string(certificate.node.description), "name": .string(certificate.name),
                "writes": .array(certificate.writes.map { .string($0) }),
            ],
            "Đã đổi: \(certificate.name), ghi \(certificate.writes.joined(separator: " "))",
            "Changed: \(certificate.name), writes \(certificate.writes.joined(separator: " "))"
        )
        return .ok
    }
}

extension Argument {
    static let node = Argument(
        Label("máy", "node"),
        summary: Label(
            "Mã hoặc tên của máy, như 'node list' hiện",
            "The node's id or name, as 'node list' shows it"
        )
    )
}

extension VerbContext {
    /// A node of this hub, by id or by name; a name means the node that is active under it.
    func node(at hub: LocalNode) throws -> NodeID {
        try NodeNames.node(text("node"), at: hub.store)
    }

    func addresses(_ name: String) throws -> [HubAddress] {
        try parsed.texts(name).map { word in
            guard let address = HubAddress(word) else { throw NodeError.badAddress(word) }
            return address
        }
    }
}
