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
            rooms: (.figures, .figures),
            show: { caller, rooms in try recordPage(word, caller, rooms, showsNumbers: false) },
            // Changes nothing: a form, so that no link and no reload shows numbers by itself.
            take: { caller, rooms in try recordPage(word, caller, rooms, showsNumbers: true) }
        )
    }

    private static func recordPage(
        _ word: String,
        _ caller: Caller,
        _ rooms: PageRooms,
        showsNumbers: Bool
    ) throws -> Response {
        guard let id = RecordID(word) else { return Errors.page(404, caller) }
        let found = try rooms.figures(caller) { node -> RecordView? in
            // Before it is read, and entered as read.
            guard let row = try node.store.row(of: id),
                caller.may(.readRecords, in: row.scope),
                let type = DataDescription.doorstep.type(row.type.name),
                type.purpose != .administration
            else { return nil }
            if showsNumbers { node.logRecord(.numbers, id, type: row.type, scope: row.scope) }
            return try RecordView(
                id,
                node,
                caller,
                changes: changesShown,
                showsNumbers: showsNumbers
            )
        }
        return found.map { Replies.page($0.html) } ?? Errors.page(404, caller)
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
    /// Whether something on the page is hidden.
    private let isMasked: Bool

    init(
        _ id: RecordID,
        _ node: LocalNode,
        _ caller: Caller,
        changes limit: Int,
        showsNumbers: Bool
    ) throws {
        self.caller = caller
        let names = try StaffNames(node)
        let say = caller.say
        let shown = try node.showRecord(id)
        let type = shown.record.type
        self.shown = shown
        lines = try shown.record.fields.filter { $0.value != .null || $0.isDisputed }.map { field in
            Line(
                name: Self.label(field.name, type, say),
                value: try Self.text(field.value, field.field, node, say, masked: !showsNumbers),
                isDisputed: field.isDisputed
            )
        }
        let entries = try node.history(of: id)
        let all = try entries.reversed().flatMap { entry in
            try entry.cells.map { cell in
                Change(
                    time: say.time(entry.time.milliseconds),
                    author: names.name(of: entry.author),
                    node: entry.node,
                    field: Self.label(cell.field, type, say),
                    value: try Self.text(
                        cell.new,
                        type.field(cell.field),
                        node,
                        say,
                        masked: !showsNumbers
                    ),
                    stands: cell.stands
                )
            }
        }
        let told = Set(entries.flatMap { $0.cells.map(\.field) })
        isMasked =
            !showsNumbers && type.fields.contains { $0.isNumberOfPerson && told.contains($0.name) }
        changes = Array(all.prefix(limit))
        isCut = all.count > limit
    }

    private static func label(_ field: String, _ type: RecordType, _ say: Speech) -> String {
        switch field {
        case ReservedField.deleted: say("Đã xóa", "Deleted")
        case ReservedField.mergedInto: say("Đã gộp vào", "Merged into")
        case ReservedField.movedTo: say("Đã chuyển đến", "Moved to")
        default: type.field(field).map { say($0.label) } ?? field
        }
    }

    /// Of a reference the name of what it leads to.
    private static func text(
        _ value: Value,
        _ field: Field?,
        _ node: LocalNode,
        _ say: Speech,
        masked: Bool
    ) throws -> String {
        if let id = value.record, let other = try node.summary(of: id) {
            let home = other.type.name == "household" ? other.household : nil
            let name =
                home.map { HouseholdWords(say: say).title(code: $0.code, head: $0.head) }
                ?? other.title
            return name.isEmpty ? id.description : name
        }
        guard value != .null else { return "–" }
        return field?.words(value, say.language, masked: masked) ?? value.raw
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
                if isMasked {
                    caller.forms.form(LocalPath("/record", record.id.description)) {
                        caller.forms.button(say("Hiện số", "Show the numbers"), .plain)
                    }
                    element("p", .class("hint")) {
                        say(
                            "Số giấy tờ được che bớt; lần hiện đủ số được ghi vào nhật ký truy cập.",
                            "Numbers of papers are masked; showing them is entered in the access log."
                        )
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
                .init(say("Máy", "Node")), .init(say("Còn giữ", "Stands")),
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
                        "Chỉ hiện \(say.number(changes.count)) thay đổi mới nhất; muốn xem hết, hỏi cán bộ xã.",
                        "Only the latest \(say.number(changes.count)) changes; ask the commune's officer for all."
                    )
                }
            }
        }
    }
}

extension Field {
    /// Whether it holds a number that pages mask.
    fileprivate var isNumberOfPerson: Bool {
        switch kind {
        case .personalID, .oldPersonalID: true
        default: false
        }
    }
}
