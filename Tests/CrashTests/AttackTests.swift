import Foundation
import HTTP
import Lines
import Node
import Synchronization
import Testing

/// The built command as a hub on loopback, attacked by clients that no honest node is.
///
/// Behind a proxy that is this machine, so that the line is plain and every byte the attacker's.
/// After each attack the hub serves others, and its file says what it said before.
@Suite(.serialized) final class AttackTests {
    private let command: KilledCommand
    private let hub: ServedHub

    init() throws {
        command = try KilledCommand()
        try command("init", "hub", "--hub", "--commune", "48/21004", "--name", "Xã Mẫu")
        hub = try ServedHub(command, more: ["--behind-proxy", "127.0.0.1"])
    }

    private func status(of request: String) throws -> Int? {
        let client = try RawClient(port: hub.port)
        client.send(request)
        return client.nextReply()?.status
    }

    private func expectServed(_ place: SourceLocation = #_sourceLocation) throws {
        let status = try status(of: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(status == 200, "others are served", sourceLocation: place)
    }

    /// Bytes of memory that the hub's process holds.
    private func memory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(hub.id)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }

    @Test func `ten thousand idle connections stop nobody and cost little`() throws {
        try FileAllowance.holding(connections: 10_000, filesPerConnection: 1, holdIdle)
    }

    private func holdIdle(_ count: Int) throws {
        try expectServed()
        let before = try memory()
        var idle: [RawClient] = []
        for number in 0..<count {
            let client = try RawClient(port: hub.port)
            // Some say nothing, some half a head, some half a body.
            switch number % 3 {
            case 0: break
            case 1: client.send("GET /hub HTTP/1.1\r\nHo")
            default:
                client.send("POST /sync/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhal")
            }
            idle.append(client)
        }
        for _ in 0..<20 { try expectServed() }
        #expect(count >= 1_000, "\(count) connections")
        // 64 KiB each would be what a limit of the server allows; most need a page or two.
        #expect(try memory() - before < count * (32 << 10))
        idle.removeAll()
        try expectServed()
    }

    /// The proxy's word tells the addresses apart.
    private func request(
        _ line: String,
        from address: String,
        _ body: String = "",
        _ more: String = ""
    ) -> String {
        var head = "\(line) HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: \(address)\r\n\(more)"
        if !body.isEmpty {
            head +=
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n"
        }
        return head + "\r\n" + body
    }

    @Test func `one address that asks without end keeps nobody else from pages and the sign-in`()
        throws
    {
        try command("user", "add", "hub", "lan", "--full-name", "Lan", "--role", "administrator")
        let lines = [
            "POST /sign-in", "GET /coverage", "GET /household/1-1", "GET /sign-in", "GET /healthz",
        ]
        let form = "name=lan&password=sai"
        // Sent in one go: each next one is taken as soon as the one before is answered.
        let crowd = try (0..<200).map { number in
            let client = try RawClient(port: hub.port)
            let line = lines[number % 3]
            let body = line.hasPrefix("POST") ? form : ""
            client.send(
                String(repeating: request(line, from: "203.0.113.7", body), count: 40)
            )
            return client
        }
        for round in 0..<4 {
            for line in lines {
                let client = try RawClient(port: hub.port, patience: 120)
                let body = line.hasPrefix("POST") ? form : ""
                client.send(request(line, from: "198.51.100.\(round + 1)", body))
                let status = try #require(client.nextReply()?.status)
                #expect([200, 303, 404, 422].contains(status), "\(line): \(status)")
            }
        }
        #expect(crowd.count == 200)
    }

    /// Signs in through the proxy; returns the cookie.
    private func signIn(_ name: String, _ password: String, from address: String) throws -> String {
        let body = "name=\(name)&password=\(password)"
        let client = try RawClient(port: hub.port, patience: 120)
        client.send(
            request(
                "POST /sign-in",
                from: address,
                body,
                "X-Forwarded-Proto: https\r\nOrigin: https://h\r\n"
            )
        )
        let head = try #require(client.nextReply()?.head)
        let line = try #require(
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie:") },
            "\(head)"
        )
        return String(line.dropFirst("set-cookie: ".count).prefix { $0 != ";" })
    }

    @Test func `a signed-in user who sends the largest forms without end keeps nobody else out`()
        throws
    {
        let node = try LocalNode(opening: NodeFolder(command.path("hub")), user: "lan")
        _ = try node.addUser(
            "hoa",
            UserDraft(displayName: "Hoa", role: .administrator),
            password: "ba chiếc ghe nhỏ"
        )
        let password = "ba+chi%E1%BA%BFc+ghe+nh%E1%BB%8F"
        let cookie = try signIn("hoa", password, from: "203.0.113.7")
        let other = try signIn("hoa", password, from: "198.51.100.1")
        func more(_ cookie: String) -> String {
            "X-Forwarded-Proto: https\r\nOrigin: https://h\r\nCookie: \(cookie)\r\n"
        }
        let before = try memory()
        let form = "a=" + String(repeating: "x", count: (120 << 10) - 2)
        let whole = request("POST /visit/1-1", from: "203.0.113.7", form, more(cookie))
        // Most stop before the end and hold what they have sent; the others begin anew and anew.
        let lanes = try (0..<4).map { try Lane(name: "forms-\($0)") }
        let held = try (0..<200).map { _ in
            let client = try RawClient(port: hub.port)
            client.send(String(whole.dropLast(100)))
            return client
        }
        let isOver = Atomic(false)
        for lane in lanes {
            lane.async { [port = hub.port] in
                while !isOver.load(ordering: .relaxed) {
                    guard let client = try? RawClient(port: port) else { continue }
                    client.send(whole)
                    _ = client.nextReply()
                }
            }
        }
        defer {
            isOver.store(true, ordering: .relaxed)
            for lane in lanes { lane.run {} }
        }
        for _ in 0..<10 {
            for (line, body) in [("GET /", ""), ("POST /visit/1-1", "a=b"), ("GET /nodes", "")] {
                let client = try RawClient(port: hub.port, patience: 120)
                client.send(request(line, from: "198.51.100.1", body, more(other)))
                let status = try #require(client.nextReply()?.status)
                #expect(status != 503 && status != 401, "\(line): \(status)")
            }
        }
        // A quarter of the budget for bodies, whatever else it costs.
        #expect(try memory() - before < 96 << 20)
        withExtendedLifetime(held) {}
    }

    @Test func `what is no request is refused by its own status, and closed`() throws {
        let long = String(repeating: "a", count: 20_000)
        let cases: [(String, Set<Int>)] = [
            ("GET /\(long) HTTP/1.1\r\nHost: h\r\n\r\n", [414]),
            ("GET / HTTP/1.1\r\nHost: h\r\nX: \(long)\r\n\r\n", [431]),
            (
                "GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "A: b\r\n", count: 500))\r\n",
                [431]
            ),
            ("GET /../../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", [400, 404]),
            ("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", [400, 404]),
            ("GET /assets/..%2f..%2fnode.sqlite HTTP/1.1\r\nHost: h\r\n\r\n", [400, 404]),
            ("DELETE /hub HTTP/1.1\r\nHost: h\r\n\r\n", [405]),
            ("GET /sync/1 HTTP/1.1\r\nHost: h\r\n\r\n", [405]),
            ("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", [400, 405, 501]),
            ("GET /hub HTTP/1.1\r\n\r\n", [400]),
            ("GET /hub HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]),
            // Two readings of where the request ends.
            (
                "POST /sync/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hub HTTP/1.1\r\nHost: h\r\n\r\n",
                [400]
            ),
            (
                "POST /sync/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nabcd",
                [400]
            ),
            ("POST /sync/1 HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", [400]),
            (
                "POST /sync/1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/vnd.doorstep.bundle\r\n"
                    + "Content-Length: 99999999999999999\r\n\r\n",
                [413]
            ),
        ]
        for (request, expected) in cases {
            let status = try status(of: request)
            let start = request.prefix(120).replacingOccurrences(of: "\r\n", with: "|")
            #expect(status.map(expected.contains) == true, "\(start): \(status ?? 0)")
        }
        try expectServed()
        try command.expectSound("hub")
    }

    @Test func `a body without end is cut, and nothing of it is kept`() throws {
        let size = try bytesOfDatabase()
        let before = try memory()
        let client = try RawClient(port: hub.port)
        client.send(
            "POST /sync/1 HTTP/1.1\r\nHost: h\r\n"
                + "Content-Type: application/vnd.doorstep.bundle\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        let chunk = "4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n"
        var sent = 0
        // What is no bundle is refused at once; who goes on all the same is cut off.
        while sent < 256 << 20, client.send(chunk) { sent += 0x4000 }
        #expect(sent < 256 << 20)
        try expectServed()
        #expect(try memory() - before < 32 << 20)
        #expect(try bytesOfDatabase() == size)
        try command.expectSound("hub")
    }

    private func bytesOfDatabase() throws -> Int {
        let values = try FileManager.default.attributesOfItem(
            atPath: command.path("hub/node.sqlite")
        )
        return try #require(values[.size] as? Int)
    }
}
