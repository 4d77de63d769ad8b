import Node
import Testing

@Suite struct CarrierTests {
    private let folder = TestFolder()

    private func found(_ lines: [String]) throws -> [String] {
        let path = folder.path + "/mountinfo"
        try Files.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path)
        return DiskPaths(mountInfo: path).removable().map(\.path)
    }

    private func line(
        _ point: String,
        _ type: String = "vfat",
        _ source: String = "/dev/sdb1"
    ) -> String {
        "36 35 8:17 / \(point) rw,nosuid - \(type) \(source) rw"
    }

    @Test func `what is plugged in is found under the names that desktops give`() throws {
        #expect(
            try found([
                line("/", "ext4", "/dev/sda1"), line("/media/lan/USB\\040CUA\\040LAN"),
                line("/run/media/lan/DATA", "exfat"), line("/media/lan/USB\\040CUA\\040LAN"),
            ]) == ["/media/lan/USB CUA LAN", "/run/media/lan/DATA"]
        )
    }

    @Test func `no other mount is offered`() throws {
        #expect(
            try found([
                line("/home", "ext4"), line("/mediathek"), line("/media/lan/CD", "iso9660"),
                line("/media/net", "nfs", "server:/x"), line("/media/tmp", "tmpfs", "tmpfs"),
                line("/media/a\\012b"), "", "x", "36 35 8:17 / /media/short rw - vfat",
            ]).isEmpty
        )
        #expect(DiskPaths(mountInfo: folder.path + "/none").removable().isEmpty)
    }

    @Test func `a machine with very many shows no more than are bounded`() throws {
        let lines = (100..<300).map { line("/media/lan/\($0)") }
        #expect(try found(lines).count == DiskPaths.carriersMax)
        #expect(try found([String(repeating: "a", count: 5 << 20)]).isEmpty)
    }
}
