/// What a list such as `Accept-Language` names, with how much each is wanted (RFC 9110 section 12.4.2).
struct Wishes {
    private var weights: [String: Double] = [:]

    /// - Parameters:
    ///   - values: Of the header's fields; what is no weight counts as unwanted.
    ///   - end: What ends the part of a name that counts; nil for the whole of it.
    init(_ values: [String], upTo end: Character? = nil) {
        for item in values.flatMap({ $0.split(separator: ",") }) {
            let parts = item.split(separator: ";").map { part in
                part.filter { $0 != " " && $0 != "\t" }.lowercased()
            }
            guard let name = parts.first?.prefix(while: { $0 != end }), !name.isEmpty else {
                continue
            }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map(Self.weight) ?? 1
            weights[String(name)] = max(weights[String(name)] ?? 0, weight)
        }
    }

    var isEmpty: Bool { weights.isEmpty }

    /// From 0 to 1; nil where the name is not there.
    subscript(name: String) -> Double? { weights[name] }

    private static func weight(_ text: String) -> Double {
        guard let weight = Double(text.dropFirst(2)), (0...1).contains(weight) else { return 0 }
        return weight
    }
}

extension RequestHead {
    /// Whether the client wants replies in gzip, and no less than as they are (RFC 9110 section 12.5.3).
    ///
    /// Where nothing is said they go as they are: programs that do not ask may not know gzip.
    package var takesGzip: Bool {
        let wishes = Wishes(headers.all("Accept-Encoding"))
        let gzip = wishes["gzip"] ?? wishes["x-gzip"] ?? wishes["*"] ?? 0
        return gzip > 0 && gzip >= wishes["identity"] ?? 0
    }
}
