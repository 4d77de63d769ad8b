import Causality
import Node
import Replication
import Store
import Survey
import Terminal

/// What is in question about a record, for people and programs.
extension VerbContext {
    func json(_ detail: ConflictDetail) -> JSONValue {
        [
            "id": .string(detail.record.id.description),
            "type": .string(detail.record.type.name), "scope": .string(detail.record.scope),
            "settled": .bool(detail.isSettled), "seen": .string(detail.stamp.description),
            "disputed": .array(
                detail.disputed.map { field in
                    [
                        "field": .string(field.name), "shown": json(field.shown),
                        "values": .array(field.values.map { json($0) }),
                    ]
                }
            ),
            "clashes": .array(
                detail.clashes.map { clash in
                    [
                        "field": .string(clash.field), "change": json(clash.change),
                        "fate": .string(clash.fate), "decision": json(clash.decision),
                    ]
                }
            ),
            "cycle": .array(detail.cycle.map { .string($0.description) }),
            "orphan_of": optional(detail.orphan?.parent.description),
            "contradicted": .array(
                detail.contradicted.map { contradicted in
                    [
                        "other": .string(contradicted.other.description),
                        "merge": contradicted.merge.map { json($0) } ?? .null,
                        "dismissal": json(contradicted.dismissal),
                    ]
                }
            ),
        ]
    }

    private func json(_ entry: HistoryEntry) -> JSONValue {
        [
            "dot": .string(entry.dot.description), "author": .string(entry.author),
            "node": .string(entry.node), "time": .string(isoTime(entry.time)),
        ]
    }

    func print(_ detail: ConflictDetail) {
        guard !detail.isSettled else {
            print(say("Không còn gì để quyết định", "Nothing is left to decide"))
            return
        }
        var table = Table([
            .init(say("Mục", "Field")), .init("#", .right),
            .init(say("Giá trị", "Value")), .init(say("Ai", "Who")),
            .init(say("Máy", "Node")), .init(say("Lúc", "When")),
        ])
        for field in detail.disputed {
            for (index, value) in field.values.enumerated() {
                table.add([
                    label(of: field.name, in: detail.record.type), String(index + 1),
                    shown(value.value, field.field), value.author, value.node,
                    time(value.time),
                ])
            }
        }
        for clash in detail.clashes {
            let field = detail.record.type.field(clash.field)
            for (name, value) in [(clash.field, clash.change), (clash.fate, clash.decision)] {
                table.add([
                    label(of: name, in: detail.record.type), "",
                    shown(value.value, name == clash.fate ? nil : field), value.author,
                    value.node, time(value.time),
                ])
            }
        }
        addContradicted(detail, to: &table)
        print(table)
        let words = "doorstep conflict resolve \(text("folder")) \(detail.record.id)"
        let seen = "--seen \(detail.stamp)"
        // Also for who reads it from a file: nothing is decided without it.
        if !detail.isSettled { print(say("Dấu: ", "Stamp: ") + seen) }
        if !detail.disputed.isEmpty {
            suggest(
                "\(words) MỤC --take SỐ \(seen)",
                "\(words) FIELD --take NUMBER \(seen)"
            )
        }
        if !detail.clashes.isEmpty || detail.orphan?.link == .merge
            || !detail.contradicted.isEmpty
        {
            suggest(
                "\(words) --keep|--dismiss \(seen)",
                "\(words) --keep|--dismiss \(seen)"
            )
        }
        if !detail.cycle.isEmpty {
            let ids = detail.cycle.map(\.description).joined(separator: ", ")
            print(say("Gộp vòng tròn: ", "Merged in a circle: ") + ids)
            suggest("\(words) --break-cycle \(seen)", "\(words) --break-cycle \(seen)")
        }
        if let orphan = detail.orphan {
            let text =
                orphan.link == .merge
                ? say("Đã gộp vào bản ghi không còn: ", "Merged into what is gone: ")
                : say("Thuộc bản ghi không còn: ", "Belongs to what is gone: ")
            print("\(text)\(orphan.parent) (\(orphan.state.rawValue))")
            if orphan.link != .merge { suggestHome(of: detail.record.id, orphan) }
        }
    }

    /// What brings a record back to what it belongs to.
    private func suggestHome(of record: RecordID, _ orphan: Orphan) {
        let folder = text("folder")
        switch orphan.state {
        case .missing:
            print(
                say(
                    "Bản ghi đó sẽ đến khi máy đã ghi nó đồng bộ; chưa cần làm gì",
                    "It comes when the node that wrote it syncs; nothing is to be done yet"
                )
            )
        case .deleted:
            for command in ["restore \(folder) \(orphan.parent)", "delete \(folder) \(record)"] {
                suggest("doorstep record \(command)", "doorstep record \(command)")
            }
        case .moved:
            let words = "doorstep record move \(folder) \(record)"
            suggest("\(words) THÔN", "\(words) VILLAGE")
        }
    }

    private func addContradicted(_ detail: ConflictDetail, to table: inout Table) {
        for contradicted in detail.contradicted {
            let merged = label(of: ReservedField.mergedInto, in: detail.record.type)
            let said = [
                (merged, contradicted.merge), (say("Là hai", "Are two"), contradicted.dismissal),
            ]
            for (label, entry) in said {
                guard let entry else { continue }
                table.add([
                    label, "", contradicted.other.description, entry.author, entry.node,
                    time(entry.time),
                ])
            }
        }
    }

    /// Why a record waits, in words.
    func reasons(_ item: ReviewItem) -> String {
        var reasons = item.disputed.map { label(of: $0, in: item.row.type) }
        if !item.clashing.isEmpty {
            reasons.append(
                say("sửa khi đã xóa, gộp, chuyển", "changed while deleted, merged or moved")
            )
        }
        if !item.contradicted.isEmpty {
            reasons.append(
                say(
                    "đã gộp, nhưng có người xác nhận là hai",
                    "merged, but somebody said that they are two"
                )
            )
        }
        if item.isCycle { reasons.append(say("gộp vòng tròn", "merged in a circle")) }
        switch item.orphan?.state {
        case .some where item.orphan?.link == .merge:
            reasons.append(say("đã gộp vào bản ghi bị xóa", "merged into what is deleted"))
        case .missing: reasons.append(say("chưa có hộ, chủ", "what it belongs to is not here"))
        case .deleted: reasons.append(say("hộ, chủ đã xóa", "what it belongs to is deleted"))
        case .moved: reasons.append(say("hộ, chủ đã chuyển", "what it belongs to has moved"))
        case nil: break
        }
        return reasons.joined(separator: "; ")
    }
}
