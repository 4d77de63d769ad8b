private import CCurl
private import Glibc

/// libcurl made ready, once; `curl_global_init` fails only where memory is exhausted.
private let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

func startCurl() {
    precondition(isCurlReady, "no memory for libcurl")
}

/// Ends libcurl's waiting from another thread; `curl_multi_wakeup` is made for that.
@safe
final class Waker: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer

    init(_ multi: UnsafeMutableRawPointer) {
        unsafe self.multi = multi
    }

    func wake() {
        unsafe curl_multi_wakeup(multi)
    }
}

/// One libcurl handle with its kept connection.
///
/// Used by one thread at a time, given on through the client's lock: hence `@unchecked Sendable`.
@safe
final class Transfer: @unchecked Sendable {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let trust: Trust
    private let settings: ClientSettings
    private let errorText: UnsafeMutablePointer<CChar>

    init(_ trust: Trust, _ settings: ClientSettings) throws(ClientError) {
        guard let easy = unsafe curl_easy_init() else { throw Self.noMemory }
        guard let multi = unsafe curl_multi_init() else {
            unsafe curl_easy_cleanup(easy)
            throw Self.noMemory
        }
        unsafe self.easy = easy
        unsafe self.multi = multi
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.trust = trust
        self.settings = settings
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_multi_cleanup(multi)
        unsafe errorText.deallocate()
    }

    private static var noMemory: ClientError {
        .failed(code: Int(CURLE_OUT_OF_MEMORY.rawValue), "out of memory")
    }

    /// One exchange; see ``Client/exchange(_:method:headers:body:call:onHead:onBody:)``.
    ///
    /// After an error the handle is not to be used again.
    func run(
        _ request: Request,
        _ call: ClientCall,
        _ onHead: (ReplyHead) throws -> Void,
        _ onBody: ([UInt8]) throws -> Void
    ) throws(ClientError) -> ReplyHead {
        // libcurl calls them back only within `perform`.
        try withoutActuallyEscaping(onHead) { (onHead) throws(ClientError) in
            try withoutActuallyEscaping(onBody) { (onBody) throws(ClientError) in
                let flow = Flow(request.body, onHead, onBody)
                let lines = unsafe try prepare(request, flow)
                defer { unsafe curl_slist_free_all(lines) }
                unsafe doorstep_curl_set_pointer(easy, CURLOPT_HTTPHEADER, lines)
                let code = perform(call)
                return try outcome(code, flow, call, request)
            }
        }
    }

    /// Everything that the exchange needs; gives the list of header lines.
    private func prepare(
        _ request: Request,
        _ flow: Flow
    ) throws(ClientError) -> UnsafeMutablePointer<curl_slist>? {
        // Keeps the connection, forgets everything else.
        unsafe curl_easy_reset(easy)
        unsafe errorText[0] = 0
        unsafe doorstep_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_NOSIGNAL, 1)
        // A name server that does not answer holds up nobody who stops.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_UPLOAD_BUFFERSIZE, ServerLimits.pieceBytes)
        // Servers drop idle connections after 30 s and more.
        set(CURLOPT_MAXAGE_CONN, 20)
        set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTime.milliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, settings.stallBytesPerSecond)
        set(CURLOPT_LOW_SPEED_TIME, max(1, settings.stallTime.milliseconds / 1_000))
        if let total = settings.totalTime { set(CURLOPT_TIMEOUT_MS, max(1, total.milliseconds)) }
        let isSound =
            set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_URL, request.url)
            && set(CURLOPT_USERAGENT, settings.userAgent)
            && setProxy(for: request) && setTrust()
        guard isSound else { throw Self.noMemory }
        setMethod(request)
        setCallbacks(flow)
        var lines: UnsafeMutablePointer<curl_slist>?
        // "Expect: 100-continue" costs a round trip, and some proxies never answer it.
        for (name, value) in [("Expect", "")] + request.headers {
            precondition(isToken(name) && isLine(value), "a header (RFC 9110 section 5)")
            unsafe lines = curl_slist_append(
                lines,
                value.isEmpty ? "\(name):" : "\(name): \(value)"
            )
        }
        return unsafe lines
    }

    private func setProxy(for request: Request) -> Bool {
        switch settings.proxy {
        // What an office's proxy is for lies beyond its network: of a neighbour's address it knows
        // nothing, and most often refuses it.
        case .environment: isPrivate(request.url) ? set(CURLOPT_PROXY, "") : true
        // The empty text turns the environment's off.
        case .none: set(CURLOPT_PROXY, "")
        case .through(let proxy): set(CURLOPT_PROXY, proxy) && set(CURLOPT_NOPROXY, "")
        }
    }

    /// Whether the host is a numeric address of a private network.
    private func isPrivate(_ url: String) -> Bool {
        SocketAddress(host(url))?.isPrivate ?? false
    }

    /// TLS 1.2 at least, and the server proven.
    ///
    /// A pinned key is proof by itself (the handshake shows that the server holds it), stronger
    /// than any authority's word; so names and dates are not looked at, which a hub that is
    /// reached by a changing address and a laptop with a dead clock battery could not bear.
    private func setTrust() -> Bool {
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        switch trust {
        case .pinnedKeys(let keys):
            precondition(!keys.isEmpty, "a client trusts somebody")
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
            return set(CURLOPT_PINNEDPUBLICKEY, keys.joined(separator: ";"))
        case .authority(let pem):
            set(CURLOPT_SSL_VERIFYPEER, 1)
            set(CURLOPT_SSL_VERIFYHOST, 2)
            let bytes = Array(pem.utf8)
            // Nothing of the system's besides.
            let path = unsafe doorstep_curl_set_text(easy, CURLOPT_CAPATH, nil)
            let blob = unsafe doorstep_curl_set_blob(
                easy,
                CURLOPT_CAINFO_BLOB,
                bytes,
                bytes.count
            )
            return path == CURLE_OK && blob == CURLE_OK
        case .system:
            set(CURLOPT_SSL_VERIFYPEER, 1)
            set(CURLOPT_SSL_VERIFYHOST, 2)
            return true
        case .unverified:
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
            return true
        }
    }

    private func setMethod(_ request: Request) {
        let length: Int
        switch (request.method, request.body) {
        case (.get, .none):
            set(CURLOPT_HTTPGET, 1)
            return
        case (.head, _):
            set(CURLOPT_NOBODY, 1)
            return
        case (_, .none): length = 0
        case (_, .bytes(let bytes)): length = bytes.count
        case (_, .stream(_, let known)): length = known ?? -1
        }
        set(CURLOPT_UPLOAD, 1)
        _ = set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        unsafe doorstep_curl_set_size(easy, CURLOPT_INFILESIZE_LARGE, length)
    }

    private func setCallbacks(_ flow: Flow) {
        let context = unsafe Unmanaged.passUnretained(flow).toOpaque()
        unsafe doorstep_curl_set_pointer(easy, CURLOPT_READDATA, context)
        unsafe doorstep_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        unsafe doorstep_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        unsafe doorstep_curl_set_transfer(easy, CURLOPT_READFUNCTION) {
            buffer,
            size,
            count,
            context in
            guard let flow = unsafe Flow.of(context), let buffer = unsafe buffer else { return 0 }
            let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
            return unsafe flow.fill(room) ?? Int(CURL_READFUNC_ABORT)
        }
        unsafe doorstep_curl_set_transfer(easy, CURLOPT_WRITEFUNCTION) {
            bytes,
            size,
            count,
            context in
            guard let flow = unsafe Flow.of(context) else { return 0 }
            let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe flow.take(bytes) ? bytes.count : -1
        }
        unsafe doorstep_curl_set_transfer(easy, CURLOPT_HEADERFUNCTION) {
            bytes,
            size,
            count,
            context in
            guard let flow = unsafe Flow.of(context) else { return 0 }
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe flow.takeLine(line) ? line.count : -1
        }
    }

    /// Lets libcurl work until it is done or the call is cancelled.
    private func perform(_ call: ClientCall) -> CURLcode {
        unsafe curl_multi_add_handle(multi, easy)
        call.attach(unsafe Waker(multi))
        defer {
            call.attach(nil)
            unsafe curl_multi_remove_handle(multi, easy)
        }
        var running: Int32 = 1
        while !call.wasCancelled {
            guard unsafe curl_multi_perform(multi, &running) == CURLM_OK else {
                return CURLE_FAILED_INIT
            }
            guard running > 0 else { break }
            unsafe curl_multi_poll(multi, nil, 0, 1_000, nil)
        }
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            if unsafe message.pointee.msg == CURLMSG_DONE {
                return unsafe message.pointee.data.result
            }
        }
        return CURLE_ABORTED_BY_CALLBACK
    }

    @discardableResult
    private func set(_ option: CURLoption, _ number: Int) -> Bool {
        unsafe doorstep_curl_set_number(easy, option, number) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ text: String) -> Bool {
        unsafe doorstep_curl_set_text(easy, option, text) == CURLE_OK
    }
}

// MARK: - What came of it

extension Transfer {
    private func outcome(
        _ code: CURLcode,
        _ flow: Flow,
        _ call: ClientCall,
        _ request: Request
    ) throws(ClientError) -> ReplyHead {
        if let failure = flow.failure { throw .abandoned(failure) }
        if call.wasCancelled { throw .cancelled }
        guard let head = flow.head else { throw error(code, request) }
        guard head.status == 200 else {
            throw .status(
                RefusedReply(status: head.status, headers: head.headers, excerpt: flow.excerpt)
            )
        }
        guard code == CURLE_OK else { throw error(code, request) }
        return head
    }

    private func error(_ code: CURLcode, _ request: Request) -> ClientError {
        switch code {
        case CURLE_URL_MALFORMAT: return .badURL
        case CURLE_COULDNT_RESOLVE_HOST: return .noSuchHost(authority(request.url))
        case CURLE_COULDNT_CONNECT:
            return isOfProxy(request.url)
                ? .proxyRefused(status: 0) : .cannotConnect(authority(request.url))
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return .proxyRefused(status: 0)
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return isTunnelled ? .proxyIntercepts : .otherServer
        case CURLE_PEER_FAILED_VERIFICATION:
            return isOutOfTime ? .notValidNow : isTunnelled ? .proxyIntercepts : .untrusted
        case CURLE_OPERATION_TIMEDOUT:
            return isNameUnanswered ? .namesSilent(authority(request.url)) : .timedOut
        // "Received HTTP/0.9 when not allowed" comes as an unsupported protocol.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL: return .notHTTP
        case CURLE_RECV_ERROR where proxyStatus >= 300: return .proxyRefused(status: proxyStatus)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING,
            CURLE_SEND_FAIL_REWIND, CURLE_OK:
            return .cut
        case CURLE_SSL_CONNECT_ERROR: return isLineBroken ? .cut : .tls(text)
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            return .tls(text)
        default: return .failed(code: Int(code.rawValue), text)
        }
    }

    private var text: String { unsafe String(cString: errorText) }

    /// Whether the certificate's dates alone are what the check of it stumbled over.
    ///
    /// The numbers are OpenSSL's: X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
    private var isOutOfTime: Bool {
        [9, 10].contains(unsafe doorstep_curl_number(easy, CURLINFO_SSL_VERIFYRESULT))
    }

    /// Whether the time went by before an address was known; libcurl tells it by its text alone.
    private var isNameUnanswered: Bool { text.hasPrefix("Resolving timed out") }

    private var proxyStatus: Int {
        unsafe doorstep_curl_number(easy, CURLINFO_HTTP_CONNECTCODE)
    }

    /// Whether a proxy has made this connection.
    private var isTunnelled: Bool { (200...299).contains(proxyStatus) }

    /// Whether it is the proxy that did not answer; libcurl tells whom it has called by its text alone.
    private func isOfProxy(_ url: String) -> Bool {
        let called = "Failed to connect to "
        return text.hasPrefix(called)
            && !text.dropFirst(called.count).hasPrefix("\(host(url)) port ")
    }

    /// Whether a handshake failed for the line's sake; libcurl tells it by its text alone.
    private var isLineBroken: Bool {
        ["SSL_ERROR_SYSCALL", "SSL_ERROR_ZERO_RETURN", "unexpected eof", "failure: "].contains(
            where: text.contains
        )
    }

    private func authority(_ url: String) -> String {
        guard let start = url.firstIndex(of: "/") else { return url }
        return String(url[start...].drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" })
    }

    /// The same without a port, and without the brackets of a numeric address.
    private func host(_ url: String) -> String {
        let authority = authority(url)
        let colon = authority.lastIndex(of: ":").flatMap { colon in
            authority[colon...].contains("]") ? nil : colon
        }
        return authority[..<(colon ?? authority.endIndex)].filter { $0 != "[" && $0 != "]" }
    }
}

private func isLine(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
