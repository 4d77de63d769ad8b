import Foundation
import HTTP
import Testing

/// A browser without scripts, over TLS.
final class TLSBrowser {
    var address: String
    private(set) var last = ""
    private var cookie: String?
    private let client: Client

    init(_ served: ServedHub) {
        address = served.address
        var settings = ClientSettings()
        settings.proxy = .none
        client = Client(trust: .unverified, settings: settings)
    }

    /// The page of a path, which must be there.
    func page(_ path: String) throws -> String {
        let reply = try client.collect(
            "https://\(address)\(path)",
            headers: headers,
            limit: 1 << 20
        )
        last = String(decoding: reply.body, as: UTF8.self)
        return last
    }

    /// Whether the page of a path comes to hold a text, looked at again and again for some minutes:
    /// patience with a busy machine, no measure of speed.
    func page(_ path: String, holds text: String) throws -> Bool {
        for _ in 0..<1200 {
            if try page(path).contains(text) { return true }
            usleep(100_000)
        }
        return false
    }

    /// Where a path leads.
    func location(of path: String) throws -> String? {
        try redirect { _ = try page(path) }
    }

    func signIn(_ name: String, _ password: String) throws -> String? {
        last = ""
        return try send("/sign-in", [("name", name), ("password", password)])
    }

    /// Sends a form with the last page's secret; returns where that leads.
    func send(_ path: String, _ fields: [(String, String)]) throws -> String? {
        var fields = fields
        if let token = value("form-token", in: last) { fields.append(("form-token", token)) }
        let allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "0"..."z"))
        let text = fields.map { name, value in
            "\(name)=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
        }.joined(separator: "&")
        return try redirect {
            _ = try client.collect(
                "https://\(address)\(path)",
                method: .post,
                headers: headers + [
                    ("Content-Type", "application/x-www-form-urlencoded"),
                    ("Origin", "https://\(address)"),
                ],
                body: .bytes(Array(text.utf8)),
                limit: 1 << 20
            )
        }
    }

    func value(_ field: String, in page: String) -> String? {
        page.components(separatedBy: "name=\"\(field)\" value=\"").dropFirst().first
            .map { String($0.prefix { $0 != "\"" }) }
    }

    private var headers: [(name: String, value: String)] {
        cookie.map { [("Cookie", $0)] } ?? []
    }

    private func redirect(_ exchange: () throws -> Void) throws -> String? {
        do {
            try exchange()
            return nil
        } catch ClientError.status(let reply) {
            if let set = reply.headers["Set-Cookie"] { cookie = String(set.prefix { $0 != ";" }) }
            return reply.headers["Location"]
        }
    }
}
