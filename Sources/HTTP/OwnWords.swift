/// What the server says by itself, before or in place of a service: in the language that a browser
/// asks for, else in plain English for programs.
enum OwnWords {
    case bodyTooLarge(limit: Int)
    case overloaded
    case stopping
    case failed

    private var status: Int {
        switch self {
        case .bodyTooLarge: 413
        case .overloaded, .stopping: 503
        case .failed: 500
        }
    }

    private var english: String {
        switch self {
        case .bodyTooLarge(let limit):
            "The request's body is larger than the \(limit) bytes allowed here."
        case .overloaded: "Too much to do at the moment; try again in a few seconds."
        case .stopping: "The server stops; try again in a minute."
        case .failed: "Something went wrong on the server; try again later."
        }
    }

    private var vietnamese: String {
        switch self {
        case .bodyTooLarge(let limit): "Dữ liệu gửi lên lớn hơn \(limit) byte được phép ở đây."
        case .overloaded: "Máy chủ đang quá bận; thử lại sau vài giây."
        case .stopping: "Máy chủ đang dừng; thử lại sau một phút."
        case .failed: "Máy chủ gặp lỗi; thử lại sau."
        }
    }

    /// `head`: of the request; nil where it could not be read.
    func response(to head: RequestHead?) -> Response {
        let isVietnamese = head.map { Self.prefersVietnamese($0.headers.all("Accept-Language")) }
        let text = isVietnamese == true ? vietnamese : english
        let response = Response.text(status, text)
        if case .overloaded = self { return response.with("Retry-After", "5") }
        return response
    }

    /// Whether Vietnamese is asked for, and no less than English (RFC 9110 section 12.5.4).
    static func prefersVietnamese(_ values: [String]) -> Bool {
        var weights: [String: Double] = [:]
        for item in values.flatMap({ $0.split(separator: ",") }) {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let language = parts.first?.prefix(while: { $0 != "-" }) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 }
            weights[String(language)] = max(weights[String(language)] ?? 0, weight ?? 1)
        }
        guard let vietnamese = weights["vi"], vietnamese > 0 else { return false }
        return vietnamese >= weights["en"] ?? 0
    }
}
