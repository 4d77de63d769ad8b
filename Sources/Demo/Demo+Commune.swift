import Causality
import Intake
import Node
import Replication
import Store
import Survey
import Synthetic

/// The commune before the first visit: hub, lists, nodes.
extension Demo {
    func makeHub() throws {
        step("Lập máy của xã", "Making the commune's hub")
        try Enrolment.makeHub(
            hub.store,
            scope: Self.scope,
            name: "Xã Tam Mỹ (giả lập)",
            author: hub.user
        )
        let key = try hub.certificate().signingKey.fingerprint
        tell("Dấu vân khóa của máy xã: \(key)", "The hub's key: \(key)")
    }

    func importLists() throws {
        step("Nhập danh sách nhân khẩu mẫu", "Importing the sample population list")
        // Left behind, so that whoever looks further can import it too.
        try Files.write(SampleList.bytes, to: options.folder + "/" + Self.listName)
        var wanted = ListImportOptions()
        wanted.createsVillages = true
        let report = try hub.importList(ByteChunks.source(SampleList.bytes), wanted) {
            say(.progress(done: $0, of: 400))
        }
        let refused = report.refusedRows
        tell(
            """
            \(report.list.rows) dòng: \(report.households.created) hộ, \
            \(report.residents.created) người; \(report.list.outcomes[.repaired] ?? 0) chỗ sửa, \
            \(report.list.outcomes[.proposed] ?? 0) chỗ chờ duyệt, \(refused) dòng bị từ chối
            """,
            """
            \(report.list.rows) rows: \(report.households.created) households, \
            \(report.residents.created) people; \(report.list.outcomes[.repaired] ?? 0) repairs, \
            \(report.list.outcomes[.proposed] ?? 0) proposals, \(refused) rows refused
            """
        )
        let again = try hub.importList(ByteChunks.source(SampleList.bytes), wanted)
        let changed = again.households.created + again.residents.created
        tell("Nhập lần nữa: \(changed) thay đổi", "Importing it again: \(changed) changes")
        try addSyntheticList()
    }

    /// Villages beyond the sample list's, and the synthetic residents of all of them.
    private func addSyntheticList() throws {
        let known = Set(try hub.villages().map(\.name))
        for village in commune.shape.villages where !known.contains(village.name) {
            _ = try hub.addVillage(village.name)
        }
        let scopes = try villageScopes()
        for (index, scope) in scopes.enumerated() {
            let households = Array(commune.list(village: index))
            try hub.store.transaction {
                for household in households where !household.isEmpty {
                    try save(household, at: hub, scope: scope)
                }
            }
            say(.progress(done: index + 1, of: scopes.count))
        }
        try countResidents()
        tell(
            "Thêm cư dân giả lập: tất cả \(result.residents) người",
            "Synthetic residents added: \(result.residents) people in all"
        )
    }

    private func countResidents() throws {
        result.residents = 0
        try hub.store.forEachRecord(of: "resident") { _ in result.residents += 1 }
    }

    private func villageScopes() throws -> [String] {
        let villages = try hub.villages()
        return try commune.shape.villages.map { shape in
            guard let village = villages.first(where: { $0.name == shape.name }) else {
                throw NodeError.unknownPlace(shape.name)
            }
            return village.scope
        }
    }

    /// Saves synthetic records in one go and remembers the ids that they got.
    func save(
        _ synthetic: [SyntheticRecord],
        at node: LocalNode,
        scope: String,
        by: String? = nil
    ) throws {
        try save(synthetic, at: node, scope: scope, by: by, known: &records)
    }

    /// `known`: the ids of what was saved before, by synthetic key; grows.
    func save(
        _ synthetic: [SyntheticRecord],
        at node: LocalNode,
        scope: String,
        by: String? = nil,
        known: inout [Int: RecordID]
    ) throws {
        try node.store.save(scope: scope, author: by ?? node.user) { batch in
            for record in synthetic {
                let cells = record.values { key in
                    known[key] ?? RecordID(origin: 0, counter: 1)
                }.map { Cell($0.name, $0.value) }
                if record.isNew {
                    known[record.key] = batch.add(record.type, cells)
                } else if let id = known[record.key] {
                    batch.set(record.type, id, cells)
                }
            }
        }
    }

    func enrolNodes() throws {
        step(
            "Cấp chứng thư cho các máy thôn và trạm y tế qua USB",
            "Enrolling the nodes of villages and health station over a stick"
        )
        for (index, scope) in try villageScopes().enumerated() {
            let name = commune.shape.villages[index].name
            let node = try enrol(
                name,
                .village,
                scope: scope,
                folder: "thon-\(index + 1)",
                user: "cb-\(index + 1)"
            )
            villages.append(DemoVillage(index: index, name: name, scope: scope, node: node))
        }
        station = try enrol(
            "Trạm Y tế Mẫu 1",
            .unit,
            scope: Self.stationScope,
            folder: "tram-y-te",
            user: "tram-y-te"
        )
        let stick = options.folder + "/usb"
        try carry(stick, to: [hub])
        try carry(stick, to: nodes + [hub])
        tell(
            "\(villages.count) thôn và trạm y tế đã nhận dữ liệu của mình, và chỉ của mình",
            "\(villages.count) villages and the station have their own records, and nothing else"
        )
    }

    /// All nodes but the hub.
    var nodes: [LocalNode] {
        villages.map(\.node) + (station.map { [$0] } ?? [])
    }

    /// A new node asks, the hub approves, the node takes up its certificate.
    private func enrol(
        _ name: String,
        _ kind: NodeKind,
        scope: String,
        folder: String,
        user: String
    ) throws -> LocalNode {
        let node = try LocalNode(
            creating: NodeFolder("\(options.folder)/\(folder)"),
            user: user,
            environment: clock.environment
        )
        let request = try Enrolment.request(node.store, name: name, kind: kind, scopes: [scope])
        let reply = try Enrolment.approve(
            EnrolmentRequest(request.bytes),
            as: Enrolment.Grant(request),
            at: hub.store,
            author: hub.user
        )
        try Enrolment.accept(
            EnrolmentReply(reply.bytes),
            at: node.store,
            fingerprint: try hub.certificate().signingKey.fingerprint
        )
        return node
    }

    /// A stick goes from node to node; each reads what lies there for it and leaves what others lack.
    func carry(_ stick: String, to nodes: [LocalNode]) throws {
        try Files.makeFolder(stick)
        for node in nodes {
            let sync = try FolderSync(node.store, folder: stick, software: Self.software)
            let done = try sync.run()
            result.bundles += done.written.count
            result.bundleBytes += done.written.reduce(0) { $0 + $1.bytes }
        }
    }
}
