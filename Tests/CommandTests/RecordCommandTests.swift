import Terminal
import Testing

@Suite struct RecordCommandTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Phú Quý 2")
        _ = try doorstep("village", "add", "hub", "Thôn Mẫu A")
    }

    private func household() throws -> String {
        try doorstep.add("household", "state=đang ở", "address=Tổ 3", village: "phu-quy-2")
    }

    private func resident(of home: String, _ more: String...) throws -> Doorstep.Result {
        try doorstep.run(
            [
                "record", "add", "hub", "resident", "household=\(home)",
                "full_name=Nguyễn Văn Ví Dụ", "birth=5/3/1985", "sex=nam", "nationality=vn",
                "residence=Thường trú", "presence=here",
            ] + more
        )
    }

    @Test func `what is added is shown, found, changed and in the history`() throws {
        let home = try household()
        let added = try resident(of: home, "phone=+84 905 123 456")
        #expect(added.code == 0)
        let id = String(try #require(added.lines.first))
        let shown = try doorstep("record", "show", "hub", id, "--json").json()
        let fields = try #require(shown["record"]?["fields"])
        #expect(fields["birth"] == "1985-03-05")
        #expect(fields["phone"] == "0905123456")
        #expect(shown["record"]?["scope"] == "48/21004/phu-quy-2")
        let found = try doorstep("find", "hub", "nvvd", "--json").json()
        #expect(found["total"] == 1)
        // The id that a visit to the household asks for.
        #expect(try doorstep("find", "hub", "nvvd").output.contains("\t\(home)\t"))
        #expect(try doorstep("find", "hub", "3456", "--village", "Phú Quý 2").lines.count == 2)
        #expect(try doorstep("find", "hub", "3456", "--village", "Thôn Mẫu A").lines.count == 1)

        let edited = try doorstep("record", "edit", "hub", id, "phone=", "sex=male", "--as", "minh")
        #expect(edited.code == 0)
        let history = try doorstep("record", "history", "hub", id, "--json").json()
        guard case .array(let entries) = history else {
            Issue.record("no list")
            return
        }
        #expect(entries.map { $0["author"] } == ["lan", "minh"])
        // Sex was male already: it is not written again.
        guard case .array(let cells) = entries[1]["cells"] else {
            Issue.record("no cells")
            return
        }
        #expect(cells.map { $0["field"] } == ["phone"])
        #expect(cells[0]["old"] == ["0905123456"])
        #expect(cells[0]["new"] == .null)
    }

    @Test func `what cannot be saved is refused whole, with every reason`() throws {
        let home = try household()
        let result = try doorstep(
            "record",
            "add",
            "hub",
            "resident",
            "household=\(home)",
            "full_name=Nguyễn Văn Ví Dụ",
            "birth=31/02/1985",
            "personal_id=49085990017",
            "--lang",
            "en",
            "--json"
        )
        #expect(result.code == 3)
        let json = try result.json()
        #expect(json["id"] == .null)
        guard case .array(let problems) = json["problems"] else {
            Issue.record("no problems")
            return
        }
        let blocked = problems.filter { $0["severity"] == "blocks" }.map { $0["field"] }
        #expect(
            Set(blocked) == ["birth", "personal_id", "sex", "residence", "presence"]
        )
        #expect(try doorstep("find", "hub", "vi du", "--json").json()["total"] == 0)
    }

    @Test func `a likely value is taken only when it is accepted`() throws {
        let home = try household()
        #expect(try resident(of: home, "personal_id=49085990017").code == 3)
        let accepted = try resident(of: home, "personal_id=49085990017", "--accept-proposals")
        #expect(accepted.code == 0)
        #expect(accepted.errors.contains("lưu ý"))
        #expect(try doorstep("find", "hub", "049085990017", "--json").json()["total"] == 1)
    }

    @Test func `references must lie in the same village`() throws {
        let other = try doorstep.add("household", "state=occupied", village: "thon-mau-a")
        let home = try household()
        let person = String(try #require(try resident(of: other).lines.first))
        #expect(try doorstep("record", "edit", "hub", home, "head=\(person)").code == 3)
        #expect(try doorstep("record", "edit", "hub", home, "head=\(other)").code == 3)
        let near = String(try #require(try resident(of: home).lines.first))
        #expect(try doorstep("record", "edit", "hub", home, "head=\(near)").code == 0)
        #expect(try resident(of: "0000000000000000-1").code == 3)
    }

    @Test func `a new household needs a village at the hub`() throws {
        let result = try doorstep("record", "add", "hub", "household", "state=occupied")
        #expect(result.code == 1)
        #expect(result.errors.contains("--village"))
    }

    @Test func `what others belong to is deleted with them, or not at all`() throws {
        let home = try household()
        _ = try resident(of: home)
        let refused = try doorstep("record", "delete", "hub", home, "--reason", "nhập nhầm")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("--with-children"))
        let words = ["record", "delete", "hub", home, "--reason", "nhập nhầm", "--with-children"]
        let deleted = try doorstep.run(words + ["--json"]).json()
        guard case .array(let ids) = deleted["deleted"] else {
            Issue.record("no list")
            return
        }
        #expect(ids.count == 2)
        #expect(try doorstep("find", "hub", "vi du", "--json").json()["total"] == 0)
        #expect(try doorstep("find", "hub", "vi du", "--all", "--json").json()["total"] == 1)
        let restored = try doorstep("record", "restore", "hub", home, "--json").json()
        #expect(restored["still_deleted"] == 1)
        #expect(try doorstep("record", "restore", "hub", home).code == 1)
        #expect(try doorstep("find", "hub", "vi du", "--json").json()["total"] == 0)
        #expect(try doorstep("verify", "hub").code == 0)
    }

    @Test func `a deletion is not mistaken for an erasure by its reason`() throws {
        let home = try household()
        let refused = try doorstep("record", "delete", "hub", home, "--reason", "erased")
        #expect(refused.code != 0 && refused.errors.contains("xóa hẳn"))
        #expect(try doorstep("record", "delete", "hub", home, "--reason", "Erased").code == 0)
        #expect(try doorstep("record", "restore", "hub", home).code == 0)
    }

    /// Who was deleted before, and for another reason, was not deleted with the household.
    @Test func `a household comes back with those who were deleted with it`() throws {
        let home = try household()
        let first = String(try #require(try resident(of: home).lines.first))
        _ = try doorstep("record", "delete", "hub", first, "--reason", "ghi trùng")
        _ = try resident(of: home)
        let words = ["record", "delete", "hub", home, "--reason", "nhập nhầm", "--with-children"]
        #expect(try doorstep.run(words).code == 0)
        let restored = try doorstep("record", "restore", "hub", home, "--with-children", "--json")
            .json()
        guard case .array(let ids) = restored["restored"] else {
            Issue.record("no list")
            return
        }
        #expect(ids.count == 2 && !ids.contains(.string(first)))
        #expect(restored["still_deleted"] == 0)
        #expect(try doorstep("find", "hub", "vi du", "--json").json()["total"] == 1)
    }

    @Test func `a visit is one word of outcome`() throws {
        let home = try household()
        #expect(try doorstep("visit", "add", "hub", home, "--outcome", "refused").code == 0)
        #expect(try doorstep("visit", "add", "hub", home, "--outcome", "tired").code == 3)
        #expect(
            try doorstep(
                "visit",
                "add",
                "hub",
                home,
                "--outcome",
                "postponed",
                "--next-on",
                "2099-01-02",
                "--set",
                "note=gọi trước"
            ).code == 0
        )
        let lines = try doorstep("export", "hub", "--type", "visit", "--format", "jsonl").lines
        let visits = try lines.map { try JSONText.decode(Array($0.utf8)) }
        #expect(visits.map { $0["fields"]?["outcome"] } == ["refused", "postponed"])
        #expect(visits.map { $0["fields"]?["by"] } == ["lan", "lan"])
        #expect(visits[1]["fields"]?["note"] == "gọi trước")
    }

    @Test func `duplicates are listed, merged or dismissed by people`() throws {
        let home = try household()
        let ids = try (0..<3).map { _ in String(try #require(try resident(of: home).lines.first)) }
        func pairs() throws -> Int {
            guard case .array(let pairs) = try doorstep("duplicate", "list", "hub", "--json").json()
            else { return -1 }
            return pairs.count
        }
        #expect(try pairs() == 3)
        #expect(try doorstep("duplicate", "dismiss", "hub", ids[0], ids[1]).code == 0)
        #expect(try pairs() == 2)
        #expect(try doorstep("duplicate", "merge", "hub", ids[2], ids[0]).code == 0)
        #expect(try pairs() == 0)
        #expect(try doorstep("find", "hub", "vi du", "--json").json()["total"] == 2)
    }

    @Test func `a merge names what the two say differently, with the days`() throws {
        let home = try household()
        let first = String(try #require(try resident(of: home).lines.first))
        let second = String(try #require(try resident(of: home, "phone=0905123456").lines.first))
        for (id, answer, day) in [(first, "no", "01/09/2026"), (second, "yes", "20/11/2026")] {
            let values = ["payment_has_any=\(answer)", "payment_observed_on=\(day)"]
            #expect(try doorstep.run(["record", "edit", "hub", id] + values).code == 0)
        }
        let merged = try doorstep("duplicate", "merge", "hub", second, first, "--json").json()
        #expect(merged["only_in_merged"] == ["phone"])
        #expect(
            merged["differing"] == [
                [
                    "field": "payment_has_any", "merged": "yes", "merged_on": "2026-11-20",
                    "stays": "no", "stays_on": "2026-09-01",
                ]
            ]
        )
        _ = try doorstep("duplicate", "dismiss", "hub", second, first)
        let words = ["duplicate", "merge", "hub", second, first, "--overrule"]
        let shown = try doorstep.run(words).output
        #expect(shown.contains("Có\t20/11/2026\tKhông\t01/09/2026"))
    }

    @Test func `the people of a merged household are shown in the one that stands`() throws {
        let home = try doorstep.add(
            "household",
            "state=occupied",
            "register_code=H1",
            village: "phu-quy-2"
        )
        let double = try doorstep.add(
            "household",
            "state=occupied",
            "register_code=H2",
            village: "phu-quy-2"
        )
        _ = try resident(of: double)
        #expect(try doorstep("duplicate", "merge", "hub", double, home).code == 0)
        let found = try doorstep("find", "hub", "nvvd").output
        #expect(found.contains("H1") && !found.contains("H2"))
        #expect(found.contains("\t\(home)\t"))
        #expect(try doorstep("find", "hub", "H2", "--json").json()["total"] == 1)
    }

    @Test func `a village is joined into one that is there, and merged only when it is empty`()
        throws
    {
        let home = try household()
        guard case .array(let villages) = try doorstep("village", "list", "hub", "--json").json()
        else {
            Issue.record("no list")
            return
        }
        let ids = villages.compactMap { village -> String? in
            if case .string(let id) = village["id"] { id } else { nil }
        }
        let paths = villages.compactMap { village -> String? in
            if case .string(let path) = village["scope"] { path } else { nil }
        }
        let inhabited = try #require(paths.firstIndex(of: "48/21004/phu-quy-2"))
        let empty = 1 - inhabited
        func join(_ one: Int, into path: String) throws -> Doorstep.Result {
            try doorstep("record", "edit", "hub", ids[one], "merged_into=\(path)")
        }
        #expect(try join(0, into: "48/21004/nowhere").errors.contains("village list"))
        #expect(try join(0, into: paths[0]).code == 3)
        #expect(try join(0, into: paths[1]).code == 0)
        #expect(try join(1, into: paths[0]).code == 3)
        let words = ["duplicate", "merge", "hub", ids[inhabited], ids[empty]]
        let refused = try doorstep.run(words)
        #expect(refused.code == 1 && refused.errors.contains("record move"))
        // One that has ended takes nobody in.
        #expect(try join(0, into: "").code == 0)
        #expect(try doorstep("record", "move", "hub", home, paths[empty]).code == 0)
        #expect(try doorstep.run(words).code == 0)
    }
}
