import Causality
import HTTP
import Node
import Replication
import Store
import Survey

/// One record as it stands, and how it came to be so: who wrote what, where and when.
extension Page {
    /// The latest changes; the whole history is the command's.
    private static let changesShown = 100

    static func record(_ word: String) -> Page {
        Page(
            label: "record",
            gate: .may(.readRecords),
            // The history is read from the log itself, which takes its time.
            rooms: (.figures, .store),
            show: { caller, rooms in
                guard let id = RecordID(word) else { return Errors.page(404, caller) }
                let found = try rooms.figures(caller) { node -> RecordView? in
                    // Before it is read, and entered as read.
                    guard let row = try node.store.row(of: id),
                        caller.may(.readRecords, in: row.scope),
                        let type = DataDescription.doorstep.type(row.type.name),
                        type.purpose != .administration
                    else { return nil }
                    return try RecordView(id, node, caller, changes: changesShown)
                }
                return found.map { Replies.page($0.html) } ?? Errors.page(404, caller)
            }
        )
    }
}

private struct RecordView {
    private struct Line {
        let name: String
        let value: String
        let isDisputed: Bool
    }

    private struct Change {
        let time: String
        let author: String
        let node: String
        let field: String
        let value: String
        let stands: Bool
    }

    private let caller: Caller
    private let shown: ShownRecord
    private let lines: [Line]
    private let changes: [Change]
    private let isCut: Bool

    init(_ id: RecordID, _ node: LocalNode, _ caller: Caller, changes limit: Int) throws {
        self.caller = caller
        let say = caller.say
        let shown = try node.showRecord(id)
        let type = shown.record.type
        self.shown = shown
        lines = try shown.record.fields.filter { $0.value != .null || $0.isDisputed }.map { field in
            Line(
                name: Self.label(field.name, type, say),
                value: try Self.text(field.value, field.field, node, say),
                isDisputed: field.isDisputed
            )
        }
        let all = try node.history(of: id).reversed().flatMap { entry in
            try entry.cells.map { cell in
                Change(
                    time: say.time(entry.time.milliseconds),
                    author: entry.author,
                    node: entry.node,
                    field: Self.label(cell.field, type, say),
                    value: try Self.text(cell.new, type.field(cell.field), node, say),
                    stands: cell.stands
                )
            }
        }
        changes = Array(all.prefix(limit))
        isCut = all.count > limit
    }

    private static func label(_ field: String, _ type: RecordType, _ say: Speech) -> String {
        switch field {
        case ReservedField.deleted: say("Đã xóa", "Deleted")
        case ReservedField.mergedInto: say("Đã nhập vào", "Merged into")
        case ReservedField.movedTo: say("Đã chuyển đến", "Moved to")
        default: type.field(field).map { say($0.label) } ?? field
        }
    }

    /// Of a reference the name of what it leads to.
    private static func text(
        _ value: Value,
        _ field: Field?,
        _ node: LocalNode,
        _ say: Speech
    ) throws -> String {
        if let id = value.record, let other = try node.summary(of: id) {
            let home = other.type.name == "household" ? other.household : nil
            let name =
                home.map { HouseholdWords(say: say).title(code: $0.code, head: $0.head) }
                ?? other.title
            return name.isEmpty ? id.description : name
        }
        guard value != .null else { return "–" }
        return field?.show(value, say.language) ?? value.raw
    }

    var html: HTML {
        let say = caller.say
        let record = shown.record
        return caller.frame(say(record.type.label)).page {
            element("section", .class("card")) {
                element("dl") {
                    element("dt") { say("Nơi", "Place") }
                    element("dd") { shown.place }
                    for line in lines {
                        element("dt") { line.name }
                        element("dd") {
                            line.value
                            if line.isDisputed {
                                " "
                                Component.badge(.bad, say("đang chờ xử lý", "disputed"))
                            }
                        }
                    }
                }
            }
            belongings
            history
            if let home = record.type.name == "household" ? record.id : record["household"].record {
                Component.link(
                    LocalPath("/household", home.description),
                    say("Thẻ của hộ", "The household's card")
                )
            }
        }
    }

    @HTMLBuilder private var belongings: HTML {
        let say = caller.say
        if !shown.children.isEmpty {
            Component.card(say("Thuộc về bản ghi này", "What belongs to it")) {
                element("ul", .class("list")) {
                    for child in shown.children {
                        element("li", .class("item")) {
                            element("a", .href(LocalPath("/record", child.id.description))) {
                                element("b") { say(child.type.label) }
                                element("span") { child.title }
                            }
                        }
                    }
                }
            }
        }
    }

    private var history: HTML {
        let say = caller.say
        var table = PageTable(
            say("Lịch sử, mới nhất ở trên", "History, the latest first"),
            [
                .init(say("Mục", "Field")), .init(say("Giá trị", "Value"), .wide),
                .init(say("Lúc", "When"), .time), .init(say("Ai", "Who")),
                .init(say("Nút", "Node")), .init(say("Còn giữ", "Stands")),
            ]
        )
        for change in changes {
            let stands = change.stands ? say("có", "yes") : say("đã thay", "replaced")
            table.add(
                [change.field, change.value, change.time, change.author, change.node, stands]
                    .map { HTML($0) }
            )
        }
        return HTML.joined {
            table.html
            if isCut {
                element("p", .class("hint")) {
                    say(
                        "Chỉ hiện \(say.number(changes.count)) thay đổi mới nhất; xem hết bằng 'doorstep record history'.",
                        "Only the latest \(say.number(changes.count)) changes; 'doorstep record history' shows all."
                    )
                }
            }
        }
    }
}
