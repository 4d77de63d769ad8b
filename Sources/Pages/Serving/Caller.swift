import HTTP
import Node
import Survey

/// A request and what is known of whoever sent it, for one page.
struct Caller {
    let head: RequestHead
    var form = FormFields()
    /// What was sent in the place of a form, as it came; empty for a form.
    var json: [UInt8] = []
    let say: Speech
    /// Nil before the sign-in.
    var signedIn: SignedIn?
    let around: Surroundings
    /// What his forms carry, so that they are known as his when the session is over.
    var owner: String?

    var path: LocalPath { Self.path(head) }

    /// The page's own path; the root where it could not be written safely.
    static func path(_ head: RequestHead) -> LocalPath {
        LocalPath(untrusted: "/" + head.path.joined(separator: "/")) ?? LocalPath("/")
    }

    /// The same with what is asked there, where that is not too long to come back with.
    var address: LocalPath {
        let address = path.asking(head.query)
        return LocalPath(untrustedAddress: address.text) == nil ? path : address
    }

    /// The name that changes are signed with.
    var user: String { signedIn?.user.name ?? "" }

    var forms: FormBuilder {
        FormBuilder(say: say, token: signedIn?.token.formToken(), owner: owner)
    }
}

extension RequestHead {
    /// The session's token, where the request has exactly one.
    var sessionToken: SessionToken? {
        let lines = headers.all("Cookie")
        return lines.count == 1 ? SessionToken(cookies: lines[0]) : nil
    }

    /// The reader's choice; Vietnamese before he has made one.
    var language: Language {
        cookie(LanguageCookie.name).flatMap { Language(rawValue: $0) } ?? .vi
    }

    /// Whether the request shows nothing and changes nothing.
    var isReading: Bool { method == .get || method == .head }

    /// Whether another site's page has sent it, as far as the browser tells.
    ///
    /// Beside the secret in every form, and for the sign-in in its place. Programs other than
    /// browsers say neither.
    var isForeign: Bool {
        if let site = headers["Sec-Fetch-Site"] { return site != "same-origin" }
        guard let origin = headers["Origin"] else { return false }
        guard let host = headers["Host"] else { return true }
        return origin != "https://\(host)" && (isTLS || origin != "http://\(host)")
    }
}

/// Which language somebody reads; holds nothing else, and lasts a year.
enum LanguageCookie {
    static let name = "doorstep-language"

    static func text(_ language: Language, isTLS: Bool) -> String {
        "\(name)=\(language.rawValue); Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"
            + (isTLS ? "; Secure" : "")
    }
}
