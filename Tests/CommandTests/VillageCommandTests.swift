import Foundation
import Terminal
import Testing

/// The roster of villages, whichever verb writes it.
@Suite struct VillageCommandTests {
    let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Mẫu 1")
        _ = try doorstep("village", "add", "hub", "Mẫu 2")
    }

    private func villages() throws -> [String: String] {
        guard case .array(let list) = try doorstep("village", "list", "hub", "--json").json() else {
            return [:]
        }
        var ids: [String: String] = [:]
        for village in list {
            if case .string(let path) = village["scope"], case .string(let id) = village["id"] {
                ids[path] = id
            }
        }
        return ids
    }

    private func id(_ path: String = "48/21004/mau-1") throws -> String {
        try #require(try villages()[path])
    }

    @Test(arguments: [
        "48/21004/mau-2", "48/21004/-hub", "48/21004", "48/21005/mau-1", "x", "48/21004/moi",
    ])
    func `a village's path stays what it was made with`(path: String) throws {
        let before = try villages()
        let result = try doorstep.run(
            ["record", "edit", "hub", id(), "scope=\(path)"],
            language: "en"
        )
        #expect(result.code == 1 && result.errors.contains("merged_into"), "\(result.errors)")
        #expect(try villages() == before)
    }

    @Test(arguments: [
        ("scope=48/21004/-hub", "such as 48/21004/thon-1"), ("scope=48/21004", "such as"),
        ("scope=48/21005/x", "such as"), ("scope=48/21004/mau-1", "exists already"),
    ])
    func `a village's record is checked as the village is`(scope: String, told: String) throws {
        let before = try villages()
        let result = try doorstep.run(
            ["record", "add", "hub", "village", "name=Mẫu 3", scope],
            language: "en"
        )
        #expect(result.code == 1 && result.errors.contains(told), "\(result.errors)")
        #expect(try villages() == before)
    }

    @Test func `where a village has ended nobody new comes, and who is there stays`() throws {
        let words = ["state=occupied", "address=Tổ 1"]
        let home = try doorstep.add("household", words[0], words[1], village: "mau-1")
        let other = try doorstep.add("household", words[0], words[1], village: "mau-2")
        let joined = ["merged_into=48/21004/mau-2", "valid_to=1/1/2026"]
        #expect(try doorstep.run(["record", "edit", "hub", id()] + joined).code == 0)
        let listed = try doorstep("village", "list", "hub").output
        #expect(listed.contains("hết hiệu lực từ 01/01/2026, nhập vào 48/21004/mau-2"))
        guard case .array(let list) = try doorstep("village", "list", "hub", "--json").json() else {
            return
        }
        #expect(list.map { $0["joined_into"] } == ["48/21004/mau-2", .null])
        for verb in [
            ["record", "add", "hub", "household", "--village", "mau-1"] + words,
            ["record", "move", "hub", other, "Mẫu 1"],
        ] {
            let refused = try doorstep.run(verb)
            #expect(refused.code == 1 && refused.errors.contains("ghi Mẫu 2 (48/21004/mau-2)"))
        }
        #expect(try doorstep("record", "edit", "hub", home, "address=Tổ 2").code == 0)
        #expect(try doorstep("coverage", "hub", "--by-village").output.contains("Mẫu 1"))
        #expect(try doorstep("record", "move", "hub", home, "Mẫu 2").code == 0)
        let after = try doorstep("coverage", "hub", "--by-village").output
        #expect(!after.contains("Mẫu 1") && after.contains("Mẫu 2"))
    }

    @Test func `a village where people live is not deleted`() throws {
        let home = try doorstep.add("household", "state=occupied", village: "mau-1")
        let words = ["record", "delete", "hub", try id(), "--reason", "nhầm"]
        let refused = try doorstep.run(words)
        #expect(refused.code == 1 && refused.errors.contains("còn 1 hộ ở Mẫu 1"))
        #expect(try doorstep("record", "move", "hub", home, "Mẫu 2").code == 0)
        #expect(try doorstep.run(words).code == 0)
    }

    @Test func `a unit goes by its own name, and lies with the commune`() throws {
        let words =
            ["name=Trạm y tế xã", "kind=health-station", "state=open"]
            + ["contact_name=Trần Thị Mẫu"]
        let added = try doorstep.run(["record", "add", "hub", "unit"] + words)
        #expect(added.code == 0, "\(added.errors)")
        let found = try doorstep("find", "hub", "tram y te").output
        #expect(found.contains("\tTrạm y tế xã\t") && found.contains("\tCấp xã"), "\(found)")
        #expect(try doorstep("find", "hub", "tram y te", "--json").json()["total"] == 1)
    }

    @Test func `two villages of one name are neither made nor renamed`() throws {
        let words = ["record", "add", "hub", "village", "name=mẫu 2", "scope=48/21004/x"]
        #expect(try doorstep.run(words).errors.contains("48/21004/mau-2"))
        let renamed = try doorstep("record", "edit", "hub", id(), "name=Mẫu 2")
        #expect(renamed.code == 1 && renamed.errors.contains("48/21004/mau-2"))
        #expect(try doorstep("record", "edit", "hub", id(), "name=Mẫu Một").code == 0)
        let good = ["record", "add", "hub", "village", "name=Mẫu 3", "scope=48/21004/x"]
        #expect(try doorstep.run(good).code == 0)
    }

    @Test(arguments: [
        "record edit hub {2} name=Mẫu.1", "village add hub Mới --path 48/21004/mau-1",
    ])
    func `a deleted village does not come back beside one that has its name or path`(
        taking: String
    ) throws {
        let (gone, other) = (try id(), try id("48/21004/mau-2"))
        #expect(try doorstep("record", "delete", "hub", gone, "--reason", "nhầm").code == 0)
        let words = taking.split(separator: " ").map {
            String($0).replacing("{2}", with: other).replacing("Mẫu.1", with: "Mẫu 1")
        }
        #expect(try doorstep.run(words).code == 0)
        let before = try villages()
        let back = try doorstep.run(["record", "restore", "hub", gone], language: "en")
        #expect(back.code == 1 && back.errors.contains("exists already"), "\(back.errors)")
        #expect(try villages() == before)
    }
}
