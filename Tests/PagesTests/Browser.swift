import Glibc
import HTTP

/// What a page answered.
struct PageReply {
    let status: Int
    let headers: [(name: String, value: String)]
    /// As it came, perhaps compressed.
    let bytes: [UInt8]

    var body: String { String(decoding: bytes, as: UTF8.self) }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var location: String? { header("Location") }
    /// The same without what only this session's pages know about what was done.
    var place: String? {
        location.map { text in
            guard let done = text.range(of: "done=") else { return text }
            return String(text[..<done.upperBound])
                + text[done.upperBound...].prefix { $0 != "." }
        }
    }
    var cookies: [String] { headers.filter { $0.name == "Set-Cookie" }.map(\.value) }

    /// The secret in the page's forms.
    var formToken: String? { value(of: "form-token") }

    func value(of field: String) -> String? {
        let start = "name=\"\(field)\" value=\""
        guard let range = body.range(of: start) else { return nil }
        return String(body[range.upperBound...].prefix { $0 != "\"" })
    }
}

extension String {
    /// Where a text first stands.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}

/// A browser without scripts: it keeps cookies and sends forms.
final class Browser {
    private let port: Int
    /// Serves as long as somebody may ask.
    private let hub: PagesHub
    private(set) var cookies: [String: String] = [:]
    /// Of the last page with a form.
    private(set) var formToken: String?

    init(_ hub: PagesHub) {
        self.hub = hub
        port = hub.server.port
    }

    struct LineError: Error {}

    func get(_ path: String, _ more: [String] = []) throws -> PageReply {
        try request("GET", path, more)
    }

    /// Sends a form as a page of this node does; `token`: the secret, else the last page's.
    func post(
        _ path: String,
        _ fields: [(String, String)] = [],
        token: String? = nil,
        origin: String? = nil,
        _ more: [String] = []
    ) throws -> PageReply {
        var fields = fields
        if let token = token ?? formToken, !token.isEmpty { fields.append(("form-token", token)) }
        let body = fields.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
        let origin = origin ?? "http://127.0.0.1:\(port)"
        let head = ["Content-Type: application/x-www-form-urlencoded", "Origin: \(origin)"]
        return try request("POST", path, head + more, body)
    }

    func signIn(_ name: String, _ password: String, next: String = "") throws -> PageReply {
        try post("/sign-in", [("name", name), ("password", password), ("next", next)], token: "")
    }

    func setCookie(_ name: String, _ value: String) { cookies[name] = value }

    func request(
        _ method: String,
        _ path: String,
        _ more: [String],
        _ body: String = ""
    ) throws -> PageReply {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"]
        if !cookies.isEmpty {
            let pairs = cookies.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            lines.append("Cookie: " + pairs.joined(separator: "; "))
        }
        lines += more
        if method == "POST" { lines.append("Content-Length: \(body.utf8.count)") }
        let text = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        let reply = try read(exchange(Array(text.utf8)))
        for cookie in reply.cookies { keep(cookie) }
        if let token = reply.formToken { formToken = token }
        return reply
    }

    private func keep(_ cookie: String) {
        let pair = cookie.prefix { $0 != ";" }
        guard let sign = pair.firstIndex(of: "=") else { return }
        let value = String(pair[pair.index(after: sign)...])
        cookies[String(pair[..<sign])] = value.isEmpty ? nil : value
    }

    private func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte) || byte == 0x2d
            let hex = String(byte, radix: 16)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (hex.utf8.count < 2 ? "0" : "") + hex
        }.joined()
    }

    private func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        let line = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard line >= 0 else { throw LineError() }
        defer { close(line) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(line, $0, size) == 0
            }
        }
        guard isOpen, unsafe send(line, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
        else { throw LineError() }
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(line, &piece, piece.count, 0)
            guard count > 0 else { return received }
            received += piece[..<count]
        }
    }

    private func read(_ bytes: [UInt8]) throws -> PageReply {
        let end = Array("\r\n\r\n".utf8)
        guard
            let gap = bytes.indices.first(where: { bytes[$0...].starts(with: end) })
        else { throw LineError() }
        let head = String(decoding: bytes[..<gap], as: UTF8.self).split(separator: "\r\n")
        guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw LineError() }
        let headers = head.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (
                name: String(line[..<colon]),
                value: String(line[colon...].dropFirst().drop { $0 == " " })
            )
        }
        return PageReply(
            status: status,
            headers: headers,
            bytes: Array(bytes[(gap + 4)...])
        )
    }
}
