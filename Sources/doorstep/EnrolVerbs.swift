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
                "Xin đăng ký máy này với máy xã, bằng mã hoặc bằng tệp",
                "Have this node taken in by a hub, by a code or by files"
            ),
            discussion: Label(
                """
                Có mã, hoặc cả chuỗi QR, mà 'doorstep node invite' hiện ở máy xã: tạo khóa của máy,
                chứng minh biết mã, hiện số phải giống với máy xã, chờ duyệt, rồi đồng bộ. Chạy lại
                không ghi mã thì chờ tiếp.

                Bằng tệp, trên USB: --request ghi tệp yêu cầu cho máy xã; máy xã duyệt ('doorstep node
                approve') và ghi tệp chứng thư; --certificate nhận chứng thư đó.

                Máy xã đăng ký với máy thành phố cũng như vậy, trước hay sau các thôn đều được: nó xin làm
                máy xã của đúng đường dẫn mà nó giữ, đường dẫn ấy phải bắt đầu bằng đường dẫn của máy
                thành phố.
                """,
                """
                With the code, or the whole QR text, that 'doorstep node invite' has shown at the
                hub: makes the node's keys, proves the code to the hub, shows a number that must be
                the same there, waits for approval, and syncs. Run again without a code it goes on
                waiting.

                By files, on a stick: with --request it writes a file for the hub, which approves it
                ('doorstep node approve') and writes a certificate file; --certificate takes that up.

                A commune's hub enrols at a city's in the same way, before or after its villages: it asks
                as a hub for the path that it keeps, which must begin with that of the city's hub.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("mã", "code"),
                    summary: Label(
                        "Mã của máy xã, hoặc chuỗi QR",
                        "The hub's code, or its QR text"
                    ),
                    arity: .optional
                ),
            ],
            options: [
                .list(
                    "hub",
                    .text,
                    summary: Label(
                        "Địa chỉ của máy xã, máy:cổng; chuỗi QR đã có",
                        "The hub's address, host:port; the QR text has it"
                    )
                ),
                .value(
                    "wait",
                    .integer(0...1_440),
                    default: "30",
                    summary: Label("Số phút chờ duyệt", "Minutes to wait for approval")
                ),
                .value(
                    "request",
                    .path,
                    summary: Label("Ghi yêu cầu vào tệp này", "Write the request to this file")
                ),
                .value(
                    "certificate",
                    .path,
                    summary: Label(
                        "Nhận chứng thư của máy xã từ tệp này",
                        "Take up the hub's answer from this file"
                    )
                ),
                .value(
                    "fingerprint",
                    .text,
                    summary: Label(
                        "Dấu vân khóa của máy xã, như máy xã hiện",
                        "The hub's key as the hub shows it"
                    )
                ),
                .value(
                    "name",
                    .text,
                    summary: Label(
                        "Kèm --request: tên mà các máy khác thấy",
                        "With --request: the name that others see"
                    )
                ),
                .value(
                    "kind",
                    .choice(["village", "unit", "hub"]),
                    default: "village",
                    summary: Label(
                        "Kèm --request: máy này là gì",
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
                ), .force,
            ],
            examples: [
                Example(
                    "enrol thon-1 4K7Q-9MPX-2HZT --hub 192.168.1.10:8443",
                    "Xin máy xã ở địa chỉ này.",
                    "Asks the hub at this address."
                ),
                Example(
                    "enrol thon-1 --request usb/thon-1.req --name 'Thôn Mẫu 1' --scope 48/21004/thon-mau-1",
                    "Ghi yêu cầu của một máy thôn.",
                    "Writes the request of a village node."
                ),
                Example(
                    "enrol thon-1 --certificate usb/thon-1.cert",
                    "Nhận chứng thư mà máy xã đã ghi.",
                    "Takes up the certificate that the hub has written."
                ),
            ]
        )
    ) { context in
        try requireUsed(context)
        if context.parsed.text("certificate") != nil { return try takeUp(context) }
        if context.parsed.text("request") != nil { return try writeRequest(context) }
        return try enrolByCode(context)
    }

    /// Refuses what only another of the three ways would look at: a fingerprint that nobody compares
    /// would be taken for compared.
    private static func requireUsed(_ context: VerbContext) throws {
        let parsed = context.parsed
        let ways = [
            (
                isChosen: parsed.text("certificate") != nil, name: "--certificate",
                words: parsed.text("fingerprint") == nil ? [] : ["--fingerprint"]
            ),
            (
                isChosen: parsed.text("request") != nil, name: "--request",
                words: ["name", "scope"].filter { !parsed.texts($0).isEmpty }.map { "--\($0)" }
                    + (parsed.text("kind") == "village" ? [] : ["--kind"])
                    + (parsed.flag("force") ? ["--force"] : [])
            ),
            (
                isChosen: parsed.text("certificate") == nil && parsed.text("request") == nil,
                name: context.say("mã của máy xã", "the hub's code"),
                words: (parsed.text("code") == nil ? [] : [context.say("mã", "a code")])
                    + (parsed.texts("hub").isEmpty ? [] : ["--hub"])
                    + (parsed.integers("wait") == [30] ? [] : ["--wait"])
            ),
        ]
        if ways[0].isChosen, ways[1].isChosen {
            throw WordError.missing(
                Label(
                    "--request và --certificate là hai bước: ghi một trong hai",
                    "--request and --certificate are two steps: give one of them"
                )
            )
        }
        for way in ways where !way.isChosen {
            guard let word = way.words.first else { continue }
            throw WordError.missing(
                Label(
                    "\(word) chỉ dùng cùng \(way.name): bỏ đi",
                    "\(word) goes only with \(way.name): leave it out"
                )
            )
        }
    }

    private static func takeUp(_ context: VerbContext) throws -> ExitCode {
        let node = try context.open()
        let bytes = try Files.read(
            context.text("certificate"),
            limit: ReplicationLimits.certificateBytesMax * 2
        )
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
            "Đã đăng ký với \(reply.hub.name); dấu vân khóa của máy xã: \(key)",
            "Enrolled at \(reply.hub.name); the hub's key: \(key)"
        )
        return .ok
    }

    private static func writeRequest(_ context: VerbContext) throws -> ExitCode {
        let node = try context.open()
        let path = context.text("request")
        guard let name = context.parsed.text("name") else {
            throw WordError.missing(
                Label("enrol --request cần --name", "enrol --request needs --name")
            )
        }
        let file = try FileWriter(
            named: path,
            as: .enrolmentRequest,
            force: context.parsed.flag("force")
        )
        // A hub comes under another one as what it is, with the path that it keeps.
        let isHub = try node.store.identity()?.certificate.kind == .hub
        let scopes = context.parsed.texts("scope")
        let request = try Enrolment.request(
            node.store,
            name: name,
            kind: isHub ? .hub : NodeKind(word: context.text("kind")) ?? .village,
            scopes: isHub && scopes.isEmpty ? [node.store.rosterScope()] : scopes
        )
        try file.write(request.bytes)
        try file.commit()
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
            summary: Label("Duyệt một máy: cấp chứng thư", "Take a node in: issue its certificate"),
            discussion: Label(
                """
                Máy chờ bằng mã thì ghi số của nó ('doorstep node pending'); máy đã ghi tệp thì ghi tệp
                yêu cầu và tệp chứng thư sẽ ghi.
                """,
                """
                A node that waits with a code is named by its number ('doorstep node pending'); one
                that has written a file, by that file and the certificate file to write.
                """
            ),
            arguments: [
                .folder,
                Argument(
                    Label("số hoặc tệp yêu cầu", "request"),
                    summary: Label(
                        "Số của máy, hoặc tệp yêu cầu",
                        "The node's number, or its request file"
                    ),
                    kind: .path
                ),
                Argument(
                    Label("tệp chứng thư", "certificate"),
                    summary: Label(
                        "Kèm tệp yêu cầu: tệp sẽ ghi",
                        "With a request file: the file to write"
                    ),
                    kind: .path,
                    arity: .optional
                ),
            ],
            options: [
                .list(
                    "scope",
                    .text,
                    summary: Label(
                        "Kèm tệp: máy được ghi những gì: tên thôn hoặc đường dẫn phạm vi",
                        "With a file: what it may write: a village's name or scope path"
                    )
                ),
                .value(
                    "kind",
                    .choice(["village", "unit", "hub"]),
                    summary: Label(
                        "Kèm tệp: máy là gì, nếu khác với yêu cầu; máy xã cấp dưới phải ghi rõ",
                        "With a file: what it is, if not what it asks; a hub must be named as one"
                    )
                ), .force,
            ],
            examples: [
                Example(
                    "node approve hub 412",
                    "Nhận máy đang chờ với số này.",
                    "Takes in the node that waits with this number."
                ),
                Example(
                    "node approve hub usb/thon-1.req usb/thon-1.cert --scope 48/21004/thon-mau-1",
                    "Cấp chứng thư cho thôn này và hiện số để so khớp.",
                    "Issues the certificate for this village and shows the number to compare."
                ),
            ]
        )
    ) { context in
        let node = try context.openHub()
        guard let path = context.parsed.text("certificate") else {
            return try approveWaiting(at: node, context)
        }
        let request = try EnrolmentRequest(
            Files.read(context.text("request"), limit: ReplicationLimits.certificateBytesMax * 2)
        )
        let file = try FileWriter(
            named: path,
            as: .enrolmentReply,
            force: context.parsed.flag("force")
        )
        let grant = try grant(request, at: node, context)
        let reply = try Enrolment.approve(request, as: grant, at: node.store, author: context.user)
        try file.write(reply.bytes)
        try file.commit()
        let key = reply.hub.signingKey.fingerprint
        let names = try node.placeNames()
        let places = grant.scopes.map { names[$0] ?? $0 }.joined(separator: ", ")
        context.report(
            [
                "node": .string(request.node.description), "name": .string(grant.name),
                "kind": .string(grant.kind.word),
                "scopes": .array(grant.scopes.map { .string($0) }),
                "comparison": .string(request.comparison), "fingerprint": .string(key),
            ],
            "Đã nhận \(grant.name), được ghi \(places); "
                + "số so khớp: \(request.comparison); dấu vân khóa của máy xã: \(key)",
            "Took in \(grant.name), which may write \(places); "
                + "compare: \(request.comparison); the hub's key: \(key)"
        )
        return .ok
    }

    /// What the officer grants: a file comes from anybody, and what it asks for is only shown.
    private static func grant(
        _ request: EnrolmentRequest,
        at node: LocalNode,
        _ context: VerbContext
    ) throws -> Enrolment.Grant {
        let kind = context.parsed.text("kind").flatMap { NodeKind(word: $0) }
        let scopes = try context.scopes(at: node)
        guard !scopes.isEmpty, kind != nil || request.kind != .hub else {
            let asked = request.scopes.map { " --scope \($0)" }.joined()
            let wish = "\(asked)\(request.kind == .hub ? " --kind hub" : "")"
            throw WordError.missing(
                Label(
                    "'\(request.name)' (số so khớp \(request.comparison)) xin:\(wish): "
                        + "đúng thì ghi thêm như thế, không thì ghi --scope khác",
                    "'\(request.name)' (compare: \(request.comparison)) asks for:\(wish): "
                        + "add that if it is right, or another --scope"
                )
            )
        }
        return Enrolment.Grant(name: request.name, kind: kind ?? request.kind, scopes: scopes)
    }

    private static func approveWaiting(
        at node: LocalNode,
        _ context: VerbContext
    ) throws -> ExitCode {
        // The invitation has said what the node gets: what is ignored here would be taken for granted.
        guard context.parsed.texts("scope").isEmpty, context.parsed.text("kind") == nil,
            !context.parsed.flag("force")
        else {
            throw WordError.missing(
                Label(
                    "máy chờ bằng mã được ghi những gì lời mời đã ghi: bỏ --scope, --kind, --force; muốn "
                        + "khác thì 'doorstep node refuse' rồi mời lại, hoặc duyệt rồi 'doorstep node change'",
                    "what waits with a code gets what its invitation names: leave out --scope, --kind and "
                        + "--force; to change that, 'doorstep node refuse' it and invite it again, or "
                        + "approve it, then 'doorstep node change'"
                )
            )
        }
        let number = try Invitations.number(of: context.text("request"), at: node.store)
        let invite = try Invitations.approve(number, at: node.store, author: context.user)
        let comparison = invite.request?.comparison(at: try node.certificate().signingKey) ?? ""
        let names = try node.placeNames()
        let places = invite.scopes.map { names[$0] ?? $0 }.joined(separator: ", ")
        context.report(
            [
                "node": context.optional(invite.request?.node.description),
                "name": .string(invite.name), "kind": .string(invite.kind.word),
                "scopes": .array(invite.scopes.map { .string($0) }),
                "comparison": .string(comparison),
                "replaced": context.optional(invite.replaces?.description),
            ],
            "Đã nhận \(invite.name), được ghi \(places); số so khớp: \(comparison)",
            "Took in \(invite.name), which may write \(places); compare: \(comparison)"
        )
        return .ok
    }
}

extension VerbContext {
    /// The scopes of `--scope`: paths, or villages by their names.
    func scopes(at node: LocalNode) throws -> [String] {
        try parsed.texts("scope").map { word in
            isScopePath(word) && word.contains("/") ? word : try node.scope(of: word)
        }
    }

    /// One line for people, or the same for programs.
    func report(_ json: JSONValue, _ vi: String, _ en: String) {
        if isJSON { print(json: json) } else { print(say(vi, en)) }
    }
}
