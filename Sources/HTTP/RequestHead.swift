/// The methods that a server knows; others are refused with 501.
package enum Method: String, Hashable, Sendable, CaseIterable {
    case delete = "DELETE"
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
    case patch = "PATCH"
    case post = "POST"
    case put = "PUT"
}

/// Header fields in their order; names are compared without regard to case.
package struct Headers: Sendable {
    package private(set) var fields: [(name: String, value: String)] = []

    package init() {}

    package var count: Int { fields.count }

    package mutating func append(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// The value of the first field of the name.
    package subscript(name: String) -> String? {
        fields.first { isSameName($0.name, name) }?.value
    }

    package func all(_ name: String) -> [String] {
        fields.filter { isSameName($0.name, name) }.map(\.value)
    }
}

/// Whether two header names are one (RFC 9110 section 5.1).
func isSameName(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count
        && left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
}

func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
}

/// A request without its body, decoded and checked.
package struct RequestHead: Sendable {
    package let method: Method
    /// The path's decoded parts: `/` is none, `/a/b` is two, `/a/` is `a` and an empty one.
    ///
    /// None is `.` or `..` or holds a slash, a backslash or a control character, also where it
    /// was written in percent signs once or twice.
    package let path: [String]
    /// The decoded `name=value` pairs after the question mark, in their order.
    package let query: [(name: String, value: String)]
    package let headers: Headers
    /// What stands for a client of whom the proxy in front does not say where it is.
    package static let unknownAddress = "unknown"

    /// The client's numeric address: the proxy's word for it where one is configured, or
    /// ``unknownAddress``.
    package let remoteAddress: String
    /// Whom it comes from, as far as strangers are told apart: an IPv4 address or an IPv6 /64; empty
    /// for an unknown one.
    package var subscriber: [UInt8] { SocketAddress(remoteAddress)?.subscriber ?? [] }

    /// Whether the client's side of the line is TLS.
    package let isTLS: Bool
    /// The body's length; nil where it comes in chunks.
    package let contentLength: Int?

    /// Whether there is, or may be, a body.
    package var hasBody: Bool { contentLength != 0 }

    /// The first value of a query name.
    package func query(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The first value of a cookie's name (RFC 6265 section 5.4), quotes kept.
    package func cookie(_ name: String) -> String? {
        for line in headers.all("Cookie") {
            for pair in line.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let sign = pair.firstIndex(of: "="), pair[..<sign] == name else { continue }
                return String(pair[pair.index(after: sign)...])
            }
        }
        return nil
    }
}
