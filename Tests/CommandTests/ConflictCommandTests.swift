import Causality
import Node
import Replication
import Store
import Terminal
import Testing

@Suite struct ConflictCommandTests {
    private let nodes: TwoNodes
    private var doorstep: Doorstep { nodes.doorstep }

    init() throws {
        nodes = try TwoNodes()
    }

    private func list(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let elements) = value { elements } else { [] }
    }

    private func queue() throws -> [JSONValue] {
        list(try doorstep("conflict", "list", "hub", "--json").json())
    }

    /// The words that decide about what the hub shows of a record now.
    private func resolve(_ id: String) throws -> (_ words: String...) -> [String] {
        let seen = try doorstep("conflict", "show", "hub", id, "--json").json()["seen"]
        guard case .string(let stamp) = seen else {
            Issue.record("no stamp")
            return { _ in [] }
        }
        return { ["conflict", "resolve", "hub", id, "--seen", stamp] + $0 }
    }

    /// Two addresses of one household, written by people who did not see each other.
    private func disputed() throws -> RecordID {
        let home = try nodes.sharedHousehold()
        _ = try nodes.village.editRecord(home, [FieldInput("address", "Tổ 2")])
        let edited = try doorstep("record", "edit", "hub", home.description, "address=Tổ 3")
        #expect(edited.code == 0)
        try nodes.sync()
        return home
    }

    @Test func `a conflict is listed, shown with its authors, and decided`() throws {
        let home = try disputed()
        let id = home.description
        #expect(try queue().map { $0["disputed"] } == [["address"]])
        let shown = try doorstep("conflict", "show", "hub", id, "--json").json()
        let values = list(list(shown["disputed"]).first?["values"])
        let authors = Set(values.compactMap { $0["author"] })
        #expect(authors == ["tam", "lan"])
        let nodeNames = Set(values.compactMap { $0["node"] })
        #expect(nodeNames == ["Thôn Mẫu 1", "Xã Tam Mỹ"])
        let table = try doorstep("conflict", "show", "hub", id)
        #expect(table.output.contains("Tổ 2\ttam\tThôn Mẫu 1"))

        let resolve = try resolve(id)
        #expect(try doorstep.run(resolve("address", "--take", "3")).code == 2)
        #expect(try doorstep.run(resolve("address", "--take", "0")).code == 2)
        #expect(try doorstep.run(resolve("--take", "1")).code == 2)
        let unseen = try doorstep("conflict", "resolve", "hub", id, "address", "--take", "1")
        #expect(unseen.code == 2)
        #expect(unseen.errors.contains("--seen"))
        guard case .string(let dot) = values[1]["dot"] else {
            Issue.record("no dot")
            return
        }
        let decided = try doorstep.run(resolve("address", "--take", dot))
        #expect(decided.code == 0)
        #expect(try queue().isEmpty)
        let again = try doorstep.run(resolve("address", "--take", "1"))
        #expect(again.code == 1)
        #expect(again.errors.contains("đã có người quyết định"))
        try nodes.sync()
        let there = try nodes.village.store.requireRecord(home)
        #expect(there.text("address").map { JSONValue.string($0) } == values[1]["value"])
        #expect(try nodes.village.store.conflicts().isEmpty)
    }

    @Test func `an export marks what is disputed, and is imported again`() throws {
        let home = try disputed()
        let quiet = try doorstep("export", "hub", "--type", "village", "--lang", "en")
        #expect(quiet.errors.isEmpty)
        let shown = try doorstep("export", "hub", "--type", "household", "--lang", "en")
        #expect(shown.output.contains("Id;Scope;Place;Disputed;"))
        let row = try #require(shown.lines.first { $0.contains(home.description) })
        #expect(row.contains(";Mẫu 1;\"Address, or how to find it\";"))
        #expect(shown.errors.hasPrefix("1 records with values that are disputed"))
        let lines = try doorstep(
            "export",
            "hub",
            "--type",
            "household",
            "--format",
            "jsonl"
        )
        let records = try lines.lines.map { try JSONText.decode(Array($0.utf8)) }
        #expect(records.map { $0["disputed"] } == [["address"]])
        #expect(lines.errors.contains("đang chờ xử lý"))
        // Who lives there has the household's address beside him.
        let person = try doorstep(
            "record",
            "add",
            "hub",
            "resident",
            "household=\(home)",
            "full_name=Lê Văn Mẫu",
            "birth=1960",
            "sex=male",
            "nationality=vn",
            "residence=permanent",
            "presence=here"
        )
        #expect(person.code == 0, "\(person.errors)")
        for words in [[], ["--lang", "en"], ["--raw"]] {
            let bytes = Array(
                try doorstep.run(["export", "hub", "--type", "resident"] + words).output.utf8
            )
            let head = String(decoding: bytes, as: UTF8.self).split(separator: ";").prefix(4)
            let title = String(try #require(head.last))
            #expect(["Đang chờ xử lý", "Disputed", "disputed"].contains(title))
            let report = try doorstep.run(["import", "hub", "-", "--json"], input: bytes).json()
            let column = list(report["columns"]).first { $0["field"] == "disputed" }
            #expect(column?["by"] == "table")
            #expect(report["residents"]?["unchanged"] == 1)
        }
        let raw = try doorstep("export", "hub", "--type", "resident", "--raw")
        #expect(raw.output.contains(";Mẫu 1;address;"))
    }

    @Test func `what came in since the look is shown before anything is decided`() throws {
        let home = try disputed()
        let resolve = try resolve(home.description)
        // A phone that comes back late: it had seen neither of the two.
        try nodes.village.store.save(
            scope: TwoNodes.scope,
            author: "hoa",
            token: Token(vector: .empty)
        ) {
            $0.set("household", home, [Cell("address", .text("Tổ 4"))])
        }
        try nodes.sync()
        for words in [["--take", "1"], ["--take", "2"], ["--value", "Tổ 5"]] {
            let refused = try doorstep.run(resolve("address") + words)
            #expect(refused.code == 1)
            #expect(refused.errors.contains("xem lại bằng 'doorstep conflict show'"))
        }
        let shown = try doorstep("conflict", "show", "hub", home.description, "--json").json()
        #expect(list(list(shown["disputed"]).first?["values"]).count == 3)
        let words = try self.resolve(home.description)("address", "--take", "1")
        #expect(try doorstep.run(words).code == 0)
        #expect(try queue().isEmpty)
    }

    @Test func `another value is checked like any that is typed`() throws {
        let id = try disputed().description
        let words = try resolve(id)("address", "--value")
        #expect(try doorstep.run(words + [String(repeating: "x", count: 201)]).code == 3)
        #expect(try doorstep.run(words + ["Tổ 4"]).code == 0)
        #expect(try queue().isEmpty)
    }

    @Test(arguments: ["--keep", "--dismiss"])
    func `a deletion that missed a change is settled either way`(_ decision: String) throws {
        let home = try nodes.sharedHousehold()
        _ = try nodes.village.editRecord(home, [FieldInput("address", "Tổ 2")])
        let id = home.description
        _ = try doorstep("record", "delete", "hub", id, "--reason", "đã chuyển")
        try nodes.sync()
        #expect(try queue().map { $0["clashing"] } == [["address"]])
        #expect(try doorstep("conflict", "show", "hub", id).output.contains("đã chuyển"))
        #expect(try doorstep.run(resolve(id)(decision)).code == 0)
        #expect(try queue().isEmpty)
        try nodes.sync()
        let record = try nodes.village.store.requireRecord(home)
        #expect(record.isGone == (decision == "--dismiss"))
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `a circle of merges is broken at one record`() throws {
        let (one, two) = (try nodes.sharedHousehold(), try nodes.sharedHousehold())
        try nodes.village.store.merge(one, into: two, author: "tam")
        let merged = try doorstep("duplicate", "merge", "hub", "\(two)", "\(one)")
        #expect(merged.code == 0)
        try nodes.sync()
        #expect(try queue().count == 2)
        #expect(try doorstep.run(resolve("\(one)")("--break-cycle")).code == 0)
        #expect(try queue().isEmpty)
    }

    @Test func `a merge is asked about where somebody said that they are two`() throws {
        let (one, two) = (try nodes.sharedHousehold(), try nodes.sharedHousehold())
        try nodes.village.store.dismiss(one, two, author: "tam")
        #expect(try doorstep("duplicate", "merge", "hub", "\(two)", "\(one)").code == 0)
        try nodes.sync()
        #expect(try queue().map { $0["contradicted"] } == [[.string("\(one)")]])
        let shown = try doorstep("conflict", "show", "hub", "\(two)").output
        #expect(shown.contains("Là hai\t\t\(one)\ttam\tThôn Mẫu 1"))
        #expect(try doorstep.run(resolve("\(two)")("--keep")).code == 0)
        #expect(try queue().isEmpty)
        let refused = try doorstep("duplicate", "merge", "hub", "\(two)", "\(one)")
        #expect(refused.code == 1 && refused.errors.contains("--overrule"))
        let words = ["duplicate", "merge", "hub", "\(two)", "\(one)", "--overrule"]
        #expect(try doorstep.run(words).code == 0)
        try nodes.sync()
        #expect(try queue().isEmpty)
        #expect(try nodes.village.store.requireRecord(two).isGone)
    }
}
