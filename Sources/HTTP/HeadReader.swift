internal import CMicroHTTPD

/// Reads the head of a request from libmicrohttpd, and refuses what has more than one reading.
///
/// libmicrohttpd 0.9.75 is tolerant: it cuts lines at NUL, takes a bare LF for a line end, joins
/// folded lines, skips spaces, believes the first of several lengths. A stricter or laxer proxy
/// in front would see another request than it does; that difference is what request smuggling
/// lives on. Everything is parsed in place, so the parts tell by where they lie whether anything
/// was dropped between them: a head is accepted only if its parts, with exactly the separators
/// that RFC 9112 prescribes, fill it without a gap.
struct HeadReader {
    let limits: ServerLimits
    let proxy: SocketAddress?
    let isTLS: Bool

    /// Where a text lies in libmicrohttpd's buffer.
    private struct Place {
        let start: UInt
        let count: Int

        var end: UInt { start + UInt(count) }

        init(_ pointer: UnsafePointer<CChar>?, _ count: Int) {
            start = UInt(bitPattern: pointer)
            self.count = count
        }
    }

    private final class Fields {
        let limit: Int
        var places: [(name: Place, value: Place)] = []
        var headers = Headers()
        var isSound = true
        var isOverLimit = false

        init(limit: Int) {
            self.limit = limit
        }
    }

    /// - Parameters:
    ///   - connection: The connection, when the head is complete.
    ///   - target: The request target as it was when the request line had been read.
    ///   - targetStart: Where it lay.
    ///   - method: As libmicrohttpd gives it.
    ///   - version: As libmicrohttpd gives it.
    ///   - address: The socket's peer.
    /// - Returns: The head, decoded and checked.
    /// - Throws: The rule that it breaks.
    func read(
        _ connection: OpaquePointer,
        target: [UInt8],
        targetStart: UInt,
        method: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>,
        address: SocketAddress
    ) throws(HeadRefusal) -> RequestHead {
        let methodText = unsafe String(cString: method)
        let versionText = unsafe String(cString: version)
        guard versionText == "HTTP/1.1" || versionText == "HTTP/1.0" else {
            throw .version
        }
        let start = UInt(bitPattern: method)
        let versionPlace = unsafe Place(version, versionText.utf8.count)
        guard isToken(methodText),
            targetStart == start + UInt(methodText.utf8.count) + 1,
            versionPlace.start == targetStart + UInt(target.count) + 1
        else { throw .requestLine }
        guard versionPlace.end - start <= UInt(limits.requestLineBytes) else {
            throw .requestLineTooLong
        }
        let size = unsafe doorstep_mhd_head_size(connection)
        guard size <= limits.headBytes else { throw .headTooLarge }
        let headers = try unsafe readHeaders(
            connection,
            from: versionPlace.end + 2,
            to: start + UInt(size) - 2
        )
        guard let method = Method(rawValue: methodText) else { throw .unknownMethod }
        guard let parsed = Target(target) else { throw .target }
        try checkHost(headers, parsed, versionText)
        let length = try contentLength(headers, versionText)
        let client = forwarded(headers, address)
        return RequestHead(
            method: method,
            path: parsed.path,
            query: parsed.query,
            headers: headers,
            remoteAddress: client.address,
            isTLS: client.isTLS,
            contentLength: length
        )
    }

    private func readHeaders(
        _ connection: OpaquePointer,
        from start: UInt,
        to end: UInt
    ) throws(HeadRefusal) -> Headers {
        let fields = Fields(limit: limits.headerCount)
        unsafe MHD_get_connection_values_n(
            connection,
            .HEADER_KIND,
            { context, _, name, nameCount, value, valueCount in
                guard let context = unsafe context else { return .NO }
                let fields = unsafe Unmanaged<Fields>.fromOpaque(context).takeUnretainedValue()
                guard fields.places.count < fields.limit else {
                    fields.isOverLimit = true
                    return .NO
                }
                let namePlace = unsafe Place(name, nameCount)
                let valuePlace = unsafe Place(value, valueCount)
                fields.places.append((namePlace, valuePlace))
                guard let nameText = unsafe text(name, nameCount), isToken(nameText),
                    let valueText = unsafe text(value, valueCount), isFieldValue(valueText)
                else {
                    fields.isSound = false
                    return .NO
                }
                fields.headers.append(nameText, trimmed(valueText))
                return .YES
            },
            Unmanaged.passUnretained(fields).toOpaque()
        )
        guard !fields.isOverLimit else { throw .tooManyHeaders }
        guard fields.isSound, Self.fill(fields.places, from: start, to: end) else {
            throw .headerLine
        }
        return fields.headers
    }

    /// Whether `name: value CRLF` lines fill the range: the colon and spaces between name and
    /// value, two bytes after it.
    private static func fill(
        _ places: [(name: Place, value: Place)],
        from start: UInt,
        to end: UInt
    ) -> Bool {
        var position = start
        for (name, value) in places {
            guard name.start == position, value.start > name.end else { return false }
            position = value.end + 2
        }
        return position == end
    }

    /// One `Host`, and the same as an absolute target's (RFC 9112 section 3.2).
    private func checkHost(
        _ headers: Headers,
        _ target: Target,
        _ version: String
    ) throws(HeadRefusal) {
        let hosts = headers.all("Host")
        guard hosts.count == 1 || hosts.isEmpty && version == "HTTP/1.0" else { throw .host }
        if let authority = target.authority {
            guard let host = hosts.first, isSameName(host, authority) else { throw .host }
        }
    }

    /// The body's framing, where it has one reading only (RFC 9112 section 6.3); nil is chunked.
    private func contentLength(
        _ headers: Headers,
        _ version: String
    ) throws(HeadRefusal) -> Int? {
        let encodings = headers.all("Transfer-Encoding")
        let lengths = headers.all("Content-Length")
        if !encodings.isEmpty {
            guard encodings.count == 1, isSameName(encodings[0], "chunked"), lengths.isEmpty,
                version == "HTTP/1.1"
            else { throw .framing }
            return nil
        }
        guard let text = lengths.first else { return 0 }
        guard lengths.count == 1, (1...18).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text)
        else { throw .framing }
        return length
    }

    /// The client behind the proxy, where the socket's peer is the proxy.
    private func forwarded(
        _ headers: Headers,
        _ peer: SocketAddress
    ) -> (address: String, isTLS: Bool) {
        guard let proxy, peer == proxy else { return (peer.description, isTLS) }
        // The proxy appends what it has seen itself: only the last one is its own word.
        let last = headers.all("X-Forwarded-For").last?.split(separator: ",").last
        let client = last.flatMap { Self.client(trimmed(String($0))) }
        let scheme = headers.all("X-Forwarded-Proto").last
        return (
            // Where the proxy does not say who asks, it is not the proxy's own machine.
            client?.description ?? RequestHead.unknownAddress,
            scheme.map { isSameName($0, "https") } ?? isTLS
        )
    }

    /// An address as proxies write it: some put the port behind, and IPv6 in brackets.
    private static func client(_ text: String) -> SocketAddress? {
        if let address = SocketAddress(text) { return address }
        var host = text[...]
        if let colon = host.lastIndex(of: ":"),
            host[host.index(after: colon)...].allSatisfy(\.isNumber)
        {
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return SocketAddress(String(host))
    }
}

/// Why a head is refused before any service sees it.
enum HeadRefusal: String, Error, Hashable, Sendable, CaseIterable {
    case requestLine
    case requestLineTooLong
    case headTooLarge
    case tooManyHeaders
    case headerLine
    case version
    case unknownMethod
    case target
    case host
    case framing

    var status: Int {
        switch self {
        case .requestLine, .headerLine, .target, .host, .framing: 400
        case .requestLineTooLong: 414
        case .headTooLarge, .tooManyHeaders: 431
        case .unknownMethod: 501
        case .version: 505
        }
    }

    var vietnamese: String {
        switch self {
        case .requestLine: "Dòng đầu của yêu cầu bị sai."
        case .requestLineTooLong: "Địa chỉ quá dài: mở lại từ trang đầu."
        case .headTooLarge: "Phần đầu của yêu cầu quá lớn: xóa cookie của trang này rồi thử lại."
        case .tooManyHeaders: "Yêu cầu có quá nhiều dòng đầu."
        case .headerLine: "Một dòng đầu của yêu cầu bị sai."
        case .version: "Ở đây chỉ dùng HTTP/1.1."
        case .unknownMethod: "Ở đây không có phương thức này."
        case .target: "Địa chỉ bị sai: mở lại từ trang đầu."
        case .host: "Yêu cầu phải ghi đúng một tên máy, và là tên của máy này."
        case .framing: "Không rõ độ dài của nội dung gửi lên."
        }
    }

    var english: String {
        switch self {
        case .requestLine: "The request line is malformed."
        case .requestLineTooLong: "The address is too long: begin at the first page."
        case .headTooLarge:
            "The request's headers are too large: clear this site's cookies and try again."
        case .tooManyHeaders: "The request has too many headers."
        case .headerLine: "A header line of the request is malformed."
        case .version: "Only HTTP/1.1 is spoken here."
        case .unknownMethod: "This method is unknown here."
        case .target: "The address is malformed: begin at the first page."
        case .host: "The request must name one host, and the one it is sent to."
        case .framing: "The length of the request's body is ambiguous."
        }
    }
}

/// Nil where the bytes are not UTF-8.
private func text(_ pointer: UnsafePointer<CChar>?, _ count: Int) -> String? {
    guard let pointer = unsafe pointer, count > 0 else { return "" }
    let bytes = unsafe UnsafeBufferPointer(start: pointer, count: count)
    return unsafe String(validating: bytes, as: UTF8.self)
}

/// No control characters but tab (RFC 9110 section 5.5).
private func isFieldValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
}

/// Without spaces, tabs and line ends around it.
func trimmed(_ text: String) -> String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
        let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[first...last])
}
