import Foundation
import Survey
import Synthetic
import Terminal
import Testing

@Suite struct ListCommandTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        try Data(SampleList.bytes).write(to: URL(fileURLWithPath: doorstep.path("list.csv")))
    }

    private func numbers(_ report: JSONValue, _ what: String) -> [JSONValue?] {
        ["created", "completed", "unchanged"].map { report[what]?[$0] }
    }

    @Test func `the sample list goes in once, however often it is imported`() throws {
        let words = ["import", "hub", "list.csv", "--accept-proposals", "--json"]
        let dry = try doorstep.run(words + ["--create-villages", "--dry-run"])
        #expect(dry.code == 3)
        let tried = try doorstep("import", "hub", "list.csv", "--create-villages", "--dry-run")
        #expect(tried.lines.first?.hasPrefix("Chạy thử, chưa ghi gì: 1.") == true)
        #expect(numbers(try dry.json(), "households") == [400, 0, 0])
        #expect(try doorstep("find", "hub", "nguyen", "--json").json()["total"] == 0)
        #expect(try doorstep("village", "list", "hub").lines.count == 1)

        let first = try doorstep.run(words + ["--create-villages"])
        #expect(first.code == 3)
        let report = try first.json()
        #expect(numbers(report, "households") == [400, 0, 0])
        #expect(numbers(report, "residents") == [1429, 0, 0])
        #expect(report["refused_rows"] == 4)
        #expect(report["counts"]?["exact_duplicate_row"] == 13)

        let status = try doorstep("status", "hub", "--json")
        let second = try doorstep.run(words)
        #expect(numbers(try second.json(), "households") == [0, 0, 400])
        #expect(numbers(try second.json(), "residents") == [0, 0, 1429])
        #expect(try second.json()["differences"] == [])
        #expect(try doorstep("status", "hub", "--json").output == status.output)
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `villages that nobody has entered are refused, with their rows`() throws {
        let result = try doorstep("import", "hub", "list.csv", "--json")
        #expect(result.code == 3)
        let report = try result.json()
        #expect(numbers(report, "households") == [0, 0, 0])
        guard case .array(let refused) = report["refused"] else {
            Issue.record("no list")
            return
        }
        #expect(refused.count == 400)
        #expect(refused.first?["reason"] == "village_unknown")
        #expect(refused.first?["row"] == 3)
    }

    @Test func `the report for people names row, reason and both texts`() throws {
        let result = try doorstep("import", "hub", "list.csv", "--create-villages", "--lang", "en")
        #expect(result.code == 3)
        #expect(result.lines.contains { $0.hasPrefix("33\trefused\tPersonal number\t") })
        #expect(result.output.contains("4,9085E+10"))
        #expect(
            result.output.contains(
                "27\tproposed\tPersonal number\tLeading zero lost\t49070990024\t049070990024"
            )
        )
        let vietnamese = try doorstep("import", "hub", "list.csv")
        #expect(vietnamese.output.contains("Mất số 0 ở đầu"))
    }

    @Test(arguments: [
        "", "\u{0}\u{0}\u{0}\u{0}", "PK\u{3}\u{4}workbook", "no;header\nat;all\n",
        "Họ và tên;Ngày sinh;Giới tính\n\"never closed",
        "Họ và tên;Ngày sinh;Giới tính\n" + String(repeating: "x", count: 70_000),
    ])
    func `files that are no list are refused in one line`(_ text: String) throws {
        let result = try doorstep("import", "hub", "-", input: Array(text.utf8))
        #expect(result.code == 1)
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func `formulas go in and out as text`() throws {
        let list = """
            Số hộ;Họ và tên;Ngày sinh;Giới tính;Thôn;Địa chỉ;Ghi chú
            1;Nguyễn Văn Ví Dụ;05/03/1985;Nam;Thôn A;=HYPERLINK("http://x");@SUM(A1)
            """
        let result = try doorstep(
            "import",
            "hub",
            "-",
            "--create-villages",
            input: Array(list.utf8)
        )
        #expect(result.code == 0, "\(result.errors)")
        let exported = try doorstep("export", "hub", "--type", "household", "--raw")
        #expect(exported.output.hasPrefix("\u{feff}id;scope;place;"))
        #expect(exported.output.contains(";\"'=HYPERLINK(\"\"http://x\"\")\""))
        #expect(exported.output.contains(";'@SUM(A1)"))
        #expect(!exported.output.contains(";=") && !exported.output.contains(";@"))
        let lines = try doorstep("export", "hub", "--type", "household", "--format", "jsonl").lines
        let home = try JSONText.decode(Array(try #require(lines.first).utf8))
        #expect(home["fields"]?["address"] == "=HYPERLINK(\"http://x\")")
    }

    @Test func `columns are explained once, shown, and forgotten when asked`() throws {
        let list = Array(
            "Nhân khẩu nam nữ;Sinh;Giới tính;Thôn\nLê Văn Một;1950;Nam;Mẫu 1\n".utf8
        )
        let words = ["import", "hub", "-", "--create-villages", "--lang", "en"]
        let unknown = try doorstep.run(words, input: list)
        #expect(unknown.code == 1 && unknown.errors.contains("no header row"))
        let wrong = try doorstep.run(words + ["--column", "Sinh=birthday cake"], input: list)
        #expect(wrong.code == 1 && wrong.errors.contains("full_name, other_name"))
        #expect(wrong.errors.split(separator: "\n").count == 1)
        #expect(wrong.errors.contains("register_on, or -"))
        let kind = try doorstep.run(words + ["--benefit", "gift"], input: list)
        #expect(kind.code != 0 && kind.errors.contains("pension (Lương hưu)"))
        let explained = ["--column", "Nhân khẩu nam nữ=full_name", "--column", "Sinh=Ngày sinh"]
        #expect(try doorstep.run(words + explained, input: list).code == 0)
        let again = try doorstep.run(words, input: list)
        #expect(again.output.contains("Columns as last time"))
        let report = try doorstep.run(words + ["--json"], input: list).json()
        #expect(report["columns_remembered"] == true)
        #expect(
            report["columns"] == [
                ["header": "Nhân khẩu nam nữ", "field": "full_name", "by": "remembered"],
                ["header": "Sinh", "field": "birth", "by": "remembered"],
                ["header": "Giới tính", "field": "sex", "by": "table"],
                ["header": "Thôn", "field": "village", "by": "table"],
            ]
        )
        let forgotten = try doorstep.run(words + ["--forget-columns"], input: list)
        #expect(forgotten.code == 1)
    }

    @Test func `an export is imported again without a change`() throws {
        _ = try doorstep("import", "hub", "list.csv", "--create-villages", "--accept-proposals")
        let all = try doorstep("export", "hub", "--to", "out")
        #expect(all.code == 0)
        let types = try FileManager.default.contentsOfDirectory(atPath: doorstep.path("out"))
        #expect(Set(types).isSuperset(of: ["household.csv", "resident.csv", "visit.csv"]))
        for type in types {
            let text = try String(contentsOfFile: doorstep.path("out/\(type)"), encoding: .utf8)
            let titles = text.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: ";")
            #expect(Set(titles).count == titles.count, "\(type)")
        }
        let again = try doorstep("import", "hub", "out/resident.csv", "--json").json()
        #expect(again["residents"]?["created"] == 0)
        let lines = try doorstep("export", "hub", "--format", "jsonl", "--village", "phu-quy-2")
            .lines
        let records = try lines.map { try JSONText.decode(Array($0.utf8)) }
        #expect(records.count { $0["type"] == "household" } == 80)
        #expect(records.allSatisfy { $0["scope"] == "48/21004/phu-quy-2" })
    }

    @Test func `figures count what was imported and surveyed`() throws {
        _ = try doorstep("import", "hub", "list.csv", "--create-villages", "--accept-proposals")
        let found = try doorstep("find", "hub", "nguyen", "--type", "resident", "--json").json()
        guard case .array(let records) = found["records"], let first = records.first,
            case .string(let person) = first["id"],
            case .string(let home) = first["household"]?["id"]
        else {
            Issue.record("nobody found")
            return
        }
        let day = "2026-11-15"
        func figure(_ options: String...) throws -> JSONValue? {
            let report = try doorstep.run(["coverage", "hub", "--json"] + options).json()
            guard case .array(let figures) = report["figures"] else { return nil }
            return figures.first { $0["name"] == "vneid-level2-active" }?["total"]
        }
        let before = try figure()
        #expect(before?["numerator"] == 0)
        _ = try doorstep(
            "record",
            "edit",
            "hub",
            person,
            "vneid_level=2",
            "vneid_state=activated",
            "idcard_status=valid"
        )
        _ = try doorstep("visit", "add", "hub", home, "--outcome", "refused")
        let after = try figure()
        #expect(after?["numerator"] == 1)
        #expect(after?["denominator"] == before?["denominator"])
        guard case .integer(let refused) = after?["unknown"]?["refused"] else {
            Issue.record("no cause")
            return
        }
        #expect(refused > 0)
        // Nothing was recorded before the node was made.
        #expect(try figure("--known-on", "2020-01-01")?["denominator"] == 0)
        #expect(try figure("--as-of", day) != nil)
        let table = try doorstep("coverage", "hub", "--by-village")
        #expect(table.output.contains("Mục tiêu"))
        #expect(table.output.contains("  Phú Quý 2\t100%"))
        let missing = try doorstep(
            "missing",
            "hub",
            "vneid-level2-active",
            "--village",
            "phu-quy-2"
        )
        #expect(missing.lines.count > 200)
        #expect(missing.output.contains("Chưa đến"))
    }
}

@Suite struct FigureCommandTests {
    @Test func `agencies' figures and milestones stand beside the survey's`() throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        let added = try doorstep(
            "figure",
            "add",
            "hub",
            "dvctt-essential-full",
            "period=2026-09",
            "numerator=812",
            "denominator=930",
            "reported_by=Trung tâm hành chính công"
        )
        #expect(added.code == 0, "\(added.errors)")
        let wrong = try doorstep(
            "figure",
            "add",
            "hub",
            "dvctt-essential-full",
            "period=2026-09",
            "numerator=931",
            "denominator=930",
            "reported_by=X"
        )
        #expect(wrong.code == 3)
        let nothing = try doorstep(
            "figure",
            "add",
            "hub",
            "dvctt-essential-full",
            "period=2026-09",
            "numerator=0",
            "denominator=0",
            "reported_by=X"
        )
        #expect(nothing.code == 3 && nothing.errors.contains("Mẫu số là 0"))
        let report = try doorstep("coverage", "hub", "--json").json()
        guard case .array(let agencies) = report["agencies"],
            case .array(let milestones) = report["milestones"],
            case .string(let milestone) = milestones.first?["name"]
        else {
            Issue.record("no lists")
            return
        }
        let line = agencies.first { $0["name"] == "dvctt-essential-full" }
        #expect(line?["rate_permille"] == 873)
        let done = try doorstep("figure", "add", "hub", milestone, "state=Hoàn thành")
        #expect(done.code == 0, "\(done.errors)")
        let table = try doorstep("coverage", "hub")
        #expect(table.output.contains("\t812/930\t87,3%\t09/2026\tTrung tâm hành chính công\t"))
        #expect(table.output.contains("\ttheo số liệu của thành phố\tdvctt-essential-full"))
        #expect(table.output.contains("\tHoàn thành\t"))
    }
}
