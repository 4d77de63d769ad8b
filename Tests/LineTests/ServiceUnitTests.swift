import Testing

@testable import Node

/// The systemd unit that `service install` writes.
@Suite struct ServiceUnitTests {
    @Test(arguments: ["a b", "", "../x", "A"])
    func `a unit's name is plain`(name: String) {
        #expect(throws: NodeError.self) {
            try ServiceUnit(
                name: name,
                executable: "/usr/bin/doorstep",
                folder: "/srv/hub",
                user: "doorstep",
                arguments: []
            )
        }
    }

    @Test func `words of a unit are quoted as systemd reads them`() throws {
        let unit = try ServiceUnit(
            name: "doorstep",
            executable: "/usr/bin/doorstep",
            folder: "/srv/xã mẫu 5%",
            user: "doorstep",
            arguments: ["--name", "a\"b\\ $HOME"],
            readFiles: ["/home/lan/c.pem"]
        )
        let lines = unit.text.split(separator: "\n")
        for line in [
            #"ExecStart="/usr/bin/doorstep" "serve" "/srv/xã mẫu 5%%" "--name" "a\"b\\ $$HOME""#,
            #"BindPaths="/srv/xã mẫu 5%%""#,
            #"BindReadOnlyPaths="/usr/bin/doorstep" "/home/lan/c.pem""#, "AmbientCapabilities=",
        ] {
            #expect(lines.contains(Substring(line)), "\(line)")
        }
        for folder in [
            "/srv/a\nExecStart=/bin/sh", "/srv/a:b", "/srv/a'b", "/srv/$HOME", "/srv/\"a", "srv",
        ] {
            #expect(throws: NodeError.self) {
                try ServiceUnit(
                    name: "doorstep",
                    executable: "/usr/bin/doorstep",
                    folder: folder,
                    user: "doorstep",
                    arguments: []
                )
            }
        }
    }

    @Test func `a port below 1024 is given with the right to it`() throws {
        let unit = try ServiceUnit(
            name: "doorstep",
            executable: "/usr/bin/doorstep",
            folder: "/srv/hub",
            user: "doorstep",
            arguments: [],
            hasLowPort: true
        )
        for name in ["CapabilityBoundingSet", "AmbientCapabilities"] {
            #expect(unit.text.contains("\(name)=CAP_NET_BIND_SERVICE\n"))
        }
    }
}
