import Foundation
import Terminal
import Testing

/// A hub that was set back to before its list, and given it again.
@Suite struct ListAgainTests {
    private static let list = """
        Số hộ;Họ và tên;Ngày sinh;Giới tính;CCCD;Quan hệ;Thôn
        1;Nguyễn Văn An;05/03/1985;Nam;049085990017;Chủ hộ;Mẫu 1

        """

    @Test func `villages and households that come back are told of, listed and joined`() throws {
        let nodes = try TwoNodes(village: false)
        let doorstep = nodes.doorstep
        let files = FileManager.default
        try Self.list.write(toFile: doorstep.path("list.csv"), atomically: true, encoding: .utf8)
        try files.copyItem(atPath: doorstep.path("hub"), toPath: doorstep.path("before"))
        let words = ["import", "hub", "list.csv", "--create-villages"]
        let taken = try doorstep.run(words)
        #expect(taken.code == 0)
        #expect(taken.lines.first?.hasPrefix("Đã nhập danh sách: ") == true)
        try nodes.sync()
        try files.removeItem(atPath: doorstep.path("hub"))
        try files.moveItem(atPath: doorstep.path("before"), toPath: doorstep.path("hub"))
        #expect(try doorstep.run(words).code == 0)
        for _ in 0..<2 { try nodes.sync() }
        #expect(try doorstep("status", "hub", "--json").json()["doubled"] == 2)
        #expect(try doorstep("doctor", "hub").output.contains("doorstep duplicate list"))
        // By its name the village is found meanwhile.
        let villages = try doorstep("village", "list", "hub").lines
        #expect(villages.filter { $0.contains("mau-1") }.count == 1)
        #expect(try doorstep("coverage", "hub", "--village", "Mẫu 1").code == 0)
        guard case .array(let pairs) = try doorstep("duplicate", "list", "hub", "--json").json()
        else {
            Issue.record("no list")
            return
        }
        let reasons: [JSONValue] = ["village-path", "household-number", "personal-id"]
        #expect(pairs.map { $0["reason"] } == reasons)
        for pair in pairs {
            guard case .string(let first)? = pair["first"]?["id"],
                case .string(let second)? = pair["second"]?["id"]
            else { continue }
            #expect(try doorstep("duplicate", "merge", "hub", second, first).code == 0)
        }
        #expect(try doorstep("duplicate", "list", "hub", "--json").json() == .array([]))
        #expect(try doorstep("status", "hub", "--json").json()["doubled"] == 0)
        // The list finds what was joined.
        #expect(try doorstep.run(words).lines.contains { $0.hasSuffix("\t0\t0\t1") })
    }
}
