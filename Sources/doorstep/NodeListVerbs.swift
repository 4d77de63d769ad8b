import Causality
import Node
import Replication
import Store
import Survey
import Terminal

/// A hub's list of its nodes, and who of them may go on.
extension Verb {
    static let listNodes = Verb(
        in: "node",
        Command(
            "list",
            summary: Label(
                "Liệt kê các máy đã đăng ký với máy xã này",
                "The nodes that this hub has enrolled"
            ),
            arguments: [.folder],
            examples: [
                Example(
                    "node list hub",
                    "In mọi máy, phạm vi và tình trạng.",
                    "Prints every node, its scopes and its state."
                )
            ]
        )
    ) { context in
        let node = try context.openToRead()
        let own = try node.certificate().node
        let nodes = try node.store.enrolled()
        if context.isJSON {
            context.print(
                json: .array(
                    nodes.map { node in
                        [
                            "node": .string(node.certificate.node.description),
                            "name": .string(node.certificate.name),
                            "kind": .string(node.certificate.kind.word),
                            "self": .bool(node.certificate.node == own),
                            "since": .string(context.isoTime(node.certificate.time)),
                            "writes": .array(node.certificate.writes.map { .string($0) }),
                            "revoked": .bool(node.isRevoked),
                        ]
                    }
                )
            )
            return .ok
        }
        var table = Table([
            .init(context.say("Máy", "Node")), .init(context.say("Tên", "Name")),
            .init(context.say("Ghi được", "Writes")), .init(context.say("Từ", "Since")),
            .init(context.say("Tình trạng", "State")),
        ])
        for node in nodes {
            table.add([
                node.certificate.node.description, node.certificate.name,
                node.certificate.writes.joined(separator: " "),
                context.time(node.certificate.time),
                node.isRevoked
                    ? context.say("đã thu hồi", "revoked")
                    : node.certificate.node == own
                        ? context.say("máy này", "this node") : context.say("đang dùng", "active"),
            ])
        }
        context.print(table)
        return .ok
    }

    static let revokeNode = Verb(
        in: "node",
        Command(
            "revoke",
            summary: Label(
                "Thu hồi quyền của một máy: mất máy, người nghỉ việc",
                "Take a node's right away: a lost laptop, a staff member who left"
            ),
            discussion: Label(
                """
                Những gì máy đã gửi đến nay vẫn giữ. Những gì gửi sau được để riêng, chỉ được tính khi
                đã chấp nhận ('doorstep node admit').
                """,
                """
                What the node has brought so far stays. What it brings later is set aside, and counts
                only once it is admitted ('doorstep node admit').
                """
            ),
            arguments: [
                .folder, .node,
            ],
            examples: [
                Example("node revoke hub 00a1b2c3d4e5f607", "Thu hồi máy đó.", "Revokes the node.")
            ]
        )
    ) { context in
        let node = try context.openHub()
        let id = try NodeID(context.text("node")) ?? context.node(at: node)
        try node.store.revoke(id, author: context.user, on: node.today.description)
        context.report(
            ["revoked": .string(id.description)],
            "Đã thu hồi máy \(id)",
            "Revoked node \(id)"
        )
        return .ok
    }

    static let admitNode = Verb(
        in: "node",
        Command(
            "admit",
            summary: Label(
                "Chấp nhận những gì máy đã bị thu hồi gửi đến sau",
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
        let node = try context.openHub()
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

extension Certificate {
    /// When it was issued: since when the node has this name and these scopes.
    fileprivate var time: HybridTime { HybridTime(milliseconds: issuedAt, counter: 0) }
}
