/// What the server says by itself, before or in place of a service: in the language that a browser
/// asks for; in both, Vietnamese first, where nobody has said.
enum OwnWords {
    case bodyTooLarge(limit: Int)
    case overloaded
    case stopping
    case failed
    case head(HeadRefusal)
    /// To whoever speaks plain HTTP to a port of TLS.
    case plainHTTP

    /// Which of the two are said.
    enum Languages {
        case vietnamese
        case english
        case both
    }

    private var status: Int {
        switch self {
        case .bodyTooLarge: 413
        case .overloaded, .stopping: 503
        case .failed: 500
        case .head(let refusal): refusal.status
        case .plainHTTP: 400
        }
    }

    private var english: String {
        switch self {
        case .bodyTooLarge(let limit):
            "The request's body is larger than the \(limit) bytes allowed here."
        case .overloaded: "Too much to do at the moment; try again in a few seconds."
        case .stopping: "The server stops; try again in a minute."
        case .failed: "Something went wrong on the server; try again later."
        case .head(let refusal): refusal.english
        case .plainHTTP: "Only https here: write https:// in front of the address."
        }
    }

    private var vietnamese: String {
        switch self {
        case .bodyTooLarge(let limit): "Dữ liệu gửi lên lớn hơn \(limit) byte được phép ở đây."
        case .overloaded: "Máy chủ đang quá bận; thử lại sau vài giây."
        case .stopping: "Máy chủ đang dừng; thử lại sau một phút."
        case .failed: "Máy chủ gặp lỗi; thử lại sau."
        case .head(let refusal): refusal.vietnamese
        case .plainHTTP: "Ở đây chỉ dùng https: ghi https:// trước địa chỉ."
        }
    }

    /// `head`: of the request; nil where it could not be read.
    func response(to head: RequestHead?) -> Response {
        let text =
            switch Self.languages(head?.headers.all("Accept-Language") ?? []) {
            case .vietnamese: vietnamese
            case .english: english
            case .both: "\(vietnamese)\n\(english)"
            }
        let response = Response.text(status, text)
        if case .overloaded = self { return response.with("Retry-After", "5") }
        return response
    }

    /// Vietnamese where it is asked for, and no less than English (RFC 9110 section 12.5.4).
    static func languages(_ values: [String]) -> Languages {
        let wishes = Wishes(values, upTo: "-")
        guard !wishes.isEmpty else { return .both }
        guard let vietnamese = wishes["vi"], vietnamese > 0 else { return .english }
        return vietnamese >= wishes["en"] ?? 0 ? .vietnamese : .english
    }
}
