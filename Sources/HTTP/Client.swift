private import CCurl
private import Synchronization

/// Whom a client believes to be the server.
package enum Trust: Hashable, Sendable {
    /// Whoever proves to hold one of these keys, in curl's form `sha256//BASE64` of the SHA-256 of
    /// the public key's SubjectPublicKeyInfo; names and dates do not matter.
    case pinnedKeys([String])
    /// Certificates of this authority only (PEM), valid now and for the host asked.
    case authority(pem: String)
    /// The authorities that the operating system trusts.
    case system
    /// Whoever answers: for what proves by itself whom it comes from, and holds no secret.
    case unverified
}

/// How a client behaves towards the network.
package struct ClientSettings: Sendable {
    package enum Proxy: Hashable, Sendable {
        /// As `http_proxy`, `https_proxy` and `no_proxy` say; addresses of private networks are asked
        /// directly whatever they say.
        case environment
        case none
        /// Through this one, whatever the environment says: `http://host:port`.
        case through(String)
    }

    package var proxy: Proxy = .environment
    /// Name look-up, connection and TLS together.
    package var connectTime: Duration = .seconds(30)
    /// Slower than this many bytes a second for ``stallTime``, both ways together, is a time-out.
    package var stallBytesPerSecond = 1
    package var stallTime: Duration = .seconds(120)
    /// The whole exchange; nil for as long as it moves.
    package var totalTime: Duration?
    package var userAgent = "doorstep"

    package init() {}
}

/// The numbers that bound what a server may cost a client.
package enum ClientLimits {
    /// Of the body of a reply that is not 200.
    package static let excerptBytes = 1_024
    /// Header fields kept of a reply; libcurl itself bounds their bytes at 300 KiB.
    package static let headerCount = 64
    /// Connections kept for the next exchange.
    package static let keptConnections = 2
}

/// The body of a request.
package enum ClientBody {
    case none
    case bytes([UInt8])
    /// Asked as the line takes it; in chunks where the length is not known.
    case stream(any BodySource, length: Int?)
}

/// Status and headers of a reply with status 200.
package struct ReplyHead: Sendable {
    package let status: Int
    package let headers: Headers
    /// Where the server says so.
    package let contentLength: Int?
}

/// Stops an exchange from another thread.
package final class ClientCall: Sendable {
    private let isCancelled = Atomic(false)
    private let waker = Mutex<Waker?>(nil)

    package init() {}

    package func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        waker.withLock { $0?.wake() }
    }

    var wasCancelled: Bool { isCancelled.load(ordering: .relaxed) }

    func attach(_ waker: Waker?) {
        self.waker.withLock { $0 = waker }
    }
}

/// An HTTP client for one server and its trust: one blocking exchange a call, on the caller's
/// thread, several threads at once allowed.
///
/// It follows no redirect, never speaks TLS below 1.2, never goes on without checking the server,
/// and keeps a connection for the next exchange.
package final class Client: Sendable {
    package let trust: Trust
    package let settings: ClientSettings
    private let idle = Mutex<[Transfer]>([])

    package init(trust: Trust, settings: ClientSettings = ClientSettings()) {
        self.trust = trust
        self.settings = settings
        startCurl()
    }

    /// Sends a request and hands over the reply, which must be 200, as it comes.
    ///
    /// At most one piece of the request's body is in memory. An error thrown by a function of the
    /// caller ends the exchange as ``ClientError/abandoned(_:)``. The body's source is closed
    /// before this returns.
    ///
    /// - Parameters:
    ///   - url: `https://host:port/path`, or `http` to this machine or for tests.
    ///   - method: GET, POST and so on.
    ///   - headers: Added to those that framing needs.
    ///   - body: What is sent.
    ///   - call: To cancel by.
    ///   - onHead: Called once, before any `onBody`.
    ///   - onBody: Called with each piece of the reply's body, of at most 16 KiB.
    /// - Returns: The head of the reply, of which everything has been handed over.
    /// - Throws: ``ClientError``; after any, the request may or may not have had its effect.
    @discardableResult
    package func exchange(
        _ url: String,
        method: Method = .get,
        headers: [(name: String, value: String)] = [],
        body: ClientBody = .none,
        call: ClientCall = ClientCall(),
        onHead: (ReplyHead) throws -> Void = { _ in },
        onBody: ([UInt8]) throws -> Void
    ) throws(ClientError) -> ReplyHead {
        defer { if case .stream(let source, _) = body { source.close() } }
        guard isWebAddress(url) else { throw .badURL }
        let kept = idle.withLock { $0.popLast() }
        let transfer = if let kept { kept } else { try Transfer(trust, settings) }
        let head = try transfer.run(
            Request(url: url, method: method, headers: headers, body: body),
            call,
            onHead,
            onBody
        )
        idle.withLock { kept in
            if kept.count < ClientLimits.keptConnections { kept.append(transfer) }
        }
        return head
    }

    /// As the other, with the reply's body collected up to a limit.
    package func collect(
        _ url: String,
        method: Method = .get,
        headers: [(name: String, value: String)] = [],
        body: ClientBody = .none,
        call: ClientCall = ClientCall(),
        limit: Int
    ) throws(ClientError) -> (head: ReplyHead, body: [UInt8]) {
        var collected: [UInt8] = []
        let head = try exchange(url, method: method, headers: headers, body: body, call: call) {
            guard collected.count + $0.count <= limit else { throw ReplyTooLarge(limit: limit) }
            collected += $0
        }
        return (head, collected)
    }
}

/// A reply larger than the caller's limit; see ``Client/collect(_:method:headers:body:call:limit:)``.
package struct ReplyTooLarge: Error, Hashable, CustomStringConvertible {
    package let limit: Int

    package var description: String {
        "the answer is larger than the \(limit) bytes expected; check the address"
    }
}

/// What is sent.
struct Request {
    let url: String
    let method: Method
    let headers: [(name: String, value: String)]
    let body: ClientBody
}

/// `http` or `https`, a host, nothing that could end a line.
private func isWebAddress(_ url: String) -> Bool {
    let scheme = url.prefix { $0 != ":" }.lowercased()
    return (scheme == "http" || scheme == "https")
        && url.dropFirst(scheme.count).hasPrefix("://")
        && url.utf8.count > scheme.count + 3 && url.utf8.count <= 2_048
        && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
}
