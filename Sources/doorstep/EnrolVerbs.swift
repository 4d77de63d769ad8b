import Causality
import Node
import Replication
import Store
import Survey
import Terminal

extension Verb {
    static let enrolling = [enrol, listNodes, approveNode, revokeNode, admitNode]

    private static let enrol = Verb(
        Command(
            "enrol",
            summary: Label(
                "Xin đăng ký nút này với nút xã, hoặc nhận chứng thư",
                "Ask a hub to take this node in, or take up its answer"
            ),
            discussion: Label(
                """
                Trước hết dùng --request: tạo khóa của nút và ghi tệp yêu cầu cho nút xã. Nút xã duyệt
                ('doorstep node approve') và ghi tệp chứng thư. Sau đó dùng --certificate để nhận chứng
                thư. Hai tệp có thể chuyển bằng USB; hãy so hai bên có hiện cùng một số không.
                """,
                """
                First with --request: makes the node's keys and writes a file for the hub. The hub
                approves it ('doorstep node approve') and writes a certificate file. Then with
                --certificate: takes it up. Both files may travel on a stick; compare the numbers
                that both ends show.
                """
            ),
            arguments: [.folder],
            options: [
                .value(
                    "request",
                    .path,
                    summary: Label("Ghi yêu cầu vào tệp này", "Write the request to this file")
                ),
                .value(
                    "certificate",
                    .path,
                    summary: Label(
                        "Nhận chứng thư của nút xã từ tệp này",
                        "Take up the hub's answer from this file"
                    )
                ),
                .value(
                    "fingerprint",
                    .text,
                    summary: Label(
                        "Dấu vân khóa của nút xã, như nút xã hiện",
                        "The hub's key as the hub shows it"
                    )
                ),
                .value(
                    "name",
                    .text,
                    summary: Label(
                        "Kèm --request: tên mà các nút khác thấy",
                        "With --request: the name that others see"
                    )
                ),
                .value(
                    "kind",
                    .choice(["village", "unit", "hub"]),
                    default: "village",
                    summary: Label(
                        "Kèm --request: nút này là gì",
                        "With --request: what the node is"
                    )
                ),
                .list(
                    "scope",
                    .text,
                    summary: Label(
                        "Kèm --request: đường dẫn phạm vi được ghi",
                        "With --request: the scope path it writes"
                    )
                ),
            ],
            examples: [
                Example(
                    "enrol thon-1 --request usb/thon-1.req --name 'Thôn Mẫu 1' --scope 48/21004/thon-mau-1",
                    "Ghi yêu cầu của một nút thôn.",
                    "Writes the request of a village node."
                ),
                Example(
                    "enrol thon-1 --certificate usb/thon-1.cert",
                    "Nhận chứng thư mà nút xã đã ghi.",
                    "Takes up the certificate that the hub has written."
                ),
            ]
        )
    ) { context in
        let node = try context.open()
        if let path = context.parsed.text("certificate") {
            let bytes = try Files.read(path, limit: ReplicationLimits.certificateBytesMax * 2)
            let reply = try EnrolmentReply(bytes)
            try Enrolment.accept(
                reply,
                at: node.store,
                fingerprint: context.parsed.text("fingerprint")
            )
            let key = reply.hub.signingKey.fingerprint
            context.report(
                [
                    "node": .string(reply.certificate.node.description),
                    "hub": .string(reply.hub.name),
                    "fingerprint": .string(key),
                ],
                "Đã đăng ký với \(reply.hub.name); dấu vân khóa của nút xã: \(key)",
                "Enrolled at \(reply.hub.name); the hub's key: \(key)"
            )
            return .ok
        }
        guard let path = context.parsed.text("request"), let name = context.parsed.text("name")
        else {
            throw WordError.missing(
                Label(
                    "enrol cần --request TỆP kèm --name, hoặc --certificate TỆP",
                    "enrol needs --request FILE with --name, or --certificate FILE"
                )
            )
        }
        let kinds: [String: NodeKind] = ["village": .village, "unit": .unit, "hub": .hub]
        let request = try Enrolment.request(
            node.store,
            name: name,
            kind: kinds[context.text("kind")] ?? .village,
            scopes: context.parsed.texts("scope")
        )
        try Files.write(request.bytes, to: path)
        context.report(
            [
                "node": .string(request.node.description), "file": .string(path),
                "comparison": .string(request.comparison),
            ],
            "Đã ghi yêu cầu; số so khớp: \(request.comparison)",
            "The request is written; compare: \(request.comparison)"
        )
        return .ok
    }

    private static let approveNode = Verb(
        in: "node",
        Command(
            "approve",
            summary: Label("Duyệt một nút: cấp chứng thư", "Take a node in: issue its certificate"),
            arguments: [
                .folder,
                Argument(
                    Label("tệp yêu cầu", "request"),
                    summary: Label("Tệp yêu cầu của nút", "The node's request file"),
                    kind: .path
                ),
                Argument(
                    Label("tệp chứng thư", "certificate"),
                    summary: Label("Tệp sẽ ghi", "The file to write"),
                    kind: .path
                ),
            ],
            options: [
                .list(
                    "scope",
                    .text,
                    summary: Label(
                        "Các phạm vi nút được ghi, nếu khác với yêu cầu",
                        "Scopes it may write, if not those it asks for"
                    )
                )
            ],
            examples: [
                Example(
                    "node approve hub usb/thon-1.req usb/thon-1.cert",
                    "Cấp chứng thư và hiện số để so khớp.",
                    "Issues the certificate and shows the number to compare."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let request = try EnrolmentRequest(
            Files.read(context.text("request"), limit: ReplicationLimits.certificateBytesMax * 2)
        )
        let scopes = context.parsed.texts("scope")
        let reply = try Enrolment.approve(
            request,
            at: node.store,
            scopes: scopes.isEmpty ? nil : scopes,
            author: context.user
        )
        try Files.write(reply.bytes, to: context.text("certificate"))
        let key = reply.hub.signingKey.fingerprint
        context.report(
            [
                "node": .string(request.node.description), "name": .string(request.name),
                "comparison": .string(request.comparison), "fingerprint": .string(key),
            ],
            "Đã nhận \(request.name); số so khớp: \(request.comparison); dấu vân khóa của nút xã: \(key)",
            "Took in \(request.name); compare: \(request.comparison); the hub's key: \(key)"
        )
        return .ok
    }

    private static let listNodes = Verb(
        in: "node",
        Command(
            "list",
            summary: Label(
                "Liệt kê các nút đã đăng ký với nút xã này",
                "The nodes that this hub has enrolled"
            ),
            arguments: [.folder],
            examples: [
                Example(
                    "node list hub",
                    "In mọi nút, phạm vi và tình trạng.",
                    "Prints every node, its scopes and its state."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        let nodes = try node.store.enrolled()
        if context.isJSON {
            context.print(
                json: .array(
                    nodes.map { node in
                        [
                            "node": .string(node.certificate.node.description),
                            "name": .string(node.certificate.name),
                            "writes": .array(node.certificate.writes.map { .string($0) }),
                            "revoked": .bool(node.isRevoked),
                        ]
                    }
                )
            )
            return .ok
        }
        var table = Table([
            .init(context.say("Nút", "Node")), .init(context.say("Tên", "Name")),
            .init(context.say("Ghi được", "Writes")), .init(context.say("Tình trạng", "State")),
        ])
        for node in nodes {
            table.add([
                node.certificate.node.description, node.certificate.name,
                node.certificate.writes.joined(separator: " "),
                node.isRevoked
                    ? context.say("đã thu hồi", "revoked") : context.say("đang dùng", "active"),
            ])
        }
        context.print(table)
        return .ok
    }

    private static let revokeNode = Verb(
        in: "node",
        Command(
            "revoke",
            summary: Label(
                "Thu hồi quyền của một nút: mất máy, người nghỉ việc",
                "Take a node's right away: a lost laptop, a staff member who left"
            ),
            discussion: Label(
                """
                Những gì nút đã gửi đến nay vẫn giữ. Những gì gửi sau được để riêng, chỉ được tính khi
                đã chấp nhận ('doorstep node admit').
                """,
                """
                What the node has brought so far stays. What it brings later is set aside, and counts
                only once it is admitted ('doorstep node admit').
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("mã nút", "node"),
                    summary: Label(
                        "Mã nút, như 'node list' hiện",
                        "The node's id, as 'node list' shows it"
                    )
                ),
            ],
            examples: [
                Example("node revoke hub 00a1b2c3d4e5f607", "Thu hồi nút đó.", "Revokes the node.")
            ]
        )
    ) { context in
        let node = try context.open()
        guard let id = NodeID(context.text("node")) else {
            throw WordError.missing(
                Label(
                    "mã nút có mười sáu chữ số: xem 'doorstep node list'",
                    "a node's id has sixteen digits: 'doorstep node list' shows it"
                )
            )
        }
        try node.store.revoke(id, author: context.user, on: node.today.description)
        context.report(
            ["revoked": .string(id.description)],
            "Đã thu hồi nút \(id)",
            "Revoked node \(id)"
        )
        return .ok
    }

    private static let admitNode = Verb(
        in: "node",
        Command(
            "admit",
            summary: Label(
                "Chấp nhận những gì nút đã bị thu hồi gửi đến sau",
                "Let what a revoked node brought too late count after all"
            ),
            arguments: [
                .folder,
                Argument(
                    Label("nhật ký", "log"),
                    summary: Label("Nhật ký, như 'status' liệt kê", "The log, as 'status' lists it")
                ),
            ],
            examples: [
                Example(
                    "node admit hub 00a1b2c3d4e5f607",
                    "Nhận thêm phần đã để riêng của nhật ký.",
                    "Raises the log's cut."
                )
            ]
        )
    ) { context in
        let node = try context.open()
        guard let log = LogID(context.text("log")) else {
            throw WordError.missing(
                Label("tên nhật ký có mười sáu chữ số", "a log's name has sixteen digits")
            )
        }
        let count = try node.store.admit(log, author: context.user)
        context.report(
            ["admitted": .integer(Int64(count))],
            "Đã nhận \(count) đoạn",
            "Admitted \(count) segments"
        )
        return .ok
    }
}

extension VerbContext {
    /// One line for people, or the same for programs.
    func report(_ json: JSONValue, _ vi: String, _ en: String) {
        if isJSON { print(json: json) } else { print(say(vi, en)) }
    }
}
