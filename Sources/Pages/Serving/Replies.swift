import HTTP
import Terminal

/// The replies of pages, with the headers that each must have.
enum Replies {
    /// No script and no style but our own files, no frame, nothing to or from elsewhere.
    private static let policy = """
        default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; \
        connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; \
        base-uri 'none'
        """

    static func page(_ html: HTML, _ status: Int = 200) -> Response {
        secured(
            Response(
                status,
                contentType: "text/html; charset=utf-8",
                body: Array(html.text.utf8)
            )
        ).with("Cache-Control", "no-store")
    }

    /// To another page of this node, read anew: a reload sends no form again.
    static func redirect(_ path: LocalPath) -> Response {
        secured(Response(303)).with("Location", path.text).with("Cache-Control", "no-store")
    }

    /// The same redirect without the page behind it where the page's script asks for its name alone:
    /// it leaves a page only for one that it can reach.
    static func named(_ response: Response, for caller: Caller) -> Response {
        let name = "Next-Page"
        guard response.status == 303, caller.head.headers[name] != nil,
            let path = response.headers["Location"]
        else { return response }
        return secured(Response(204)).with(name, path).with("Cache-Control", "no-store")
    }

    /// A certificate to be installed, which browsers hand to the system.
    static func certificate(_ pem: String, named name: StaticString) -> Response {
        secured(Response(200, contentType: "application/x-x509-ca-cert", body: Array(pem.utf8)))
            .with("Content-Disposition", "attachment; filename=\"\(name)\"")
            .with("Cache-Control", "no-store")
    }

    static func json(_ value: JSONValue, _ status: Int = 200) -> Response {
        secured(
            Response(
                status,
                contentType: "application/json; charset=utf-8",
                body: Array(JSONText.encode(value).utf8)
            )
        ).with("Cache-Control", "no-store")
    }

    /// A style sheet or a script under its own name; nil for a name that there is not.
    static func asset(_ name: String, inGzip: Bool) -> Response? {
        let found: (type: String, text: StaticText)? =
            name == Stylesheet.name
            ? ("text/css", Stylesheet.file)
            : Script.all.first { $0.name == name }.map { ("text/javascript", $0.file) }
        return found.map { asset in
            file(asset.type, asset.text, inGzip)
                .with("Cache-Control", "public, max-age=31536000, immutable")
        }
    }

    /// With what the node itself took for it, without the line and the queue, as browsers show it to whoever
    /// looks for what is slow.
    static func timed(_ response: Response, _ time: Duration) -> Response {
        let micros = Int(time / .microseconds(1))
        let rest = "\(1000 + micros % 1000)".dropFirst()
        return response.with("Server-Timing", "page;dur=\(micros / 1000).\(rest)")
    }

    /// Asked anew each time, for it names the others.
    static func worker(inGzip: Bool) -> Response {
        file("text/javascript", Script.worker, inGzip).with("Cache-Control", "no-cache")
    }

    private static func file(_ type: String, _ text: StaticText, _ inGzip: Bool) -> Response {
        let reply = secured(
            Response(
                200,
                contentType: "\(type); charset=utf-8",
                body: inGzip ? text.gzip : text.bytes
            )
        ).with("Vary", "Accept-Encoding")
        return inGzip ? reply.with("Content-Encoding", "gzip") : reply
    }

    /// With what every reply has.
    ///
    /// No Strict-Transport-Security: a node's certificate is of its own authority, and a browser that
    /// was told to insist could not be let through by its user when the node is made anew. There is
    /// no plain port that a browser could fall back to.
    private static func secured(_ response: Response) -> Response {
        response.with("Content-Security-Policy", policy)
            // Browsers send no Origin with forms where it is no-referrer.
            .with("Referrer-Policy", "same-origin")
            .with("X-Content-Type-Options", "nosniff")
            .with("Cross-Origin-Opener-Policy", "same-origin")
            .with("Cross-Origin-Resource-Policy", "same-origin")
    }
}
