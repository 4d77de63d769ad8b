/// Why an exchange gave no whole reply with status 200.
package enum ClientError: Error, Sendable {
    /// Not an `http` or `https` URL.
    case badURL
    /// The name is unknown; most often the line is down.
    case noSuchHost(String)
    /// Nobody answers what the name stands for: a dead name server, or the line is down.
    case namesSilent(String)
    /// Nothing answers at the address.
    case cannotConnect(String)
    /// The proxy named in the environment refused; 0 where it cannot be reached or found.
    case proxyRefused(status: Int)
    /// A tunnel through the proxy works, but what shows itself at its end is not the server: the
    /// proxy opens the line and shows a certificate of its own.
    case proxyIntercepts
    /// TLS works, but with a key that is not the pinned one: this is another server.
    case otherServer
    /// TLS works, but the certificate is not from a trusted authority or not for this name.
    case untrusted
    /// TLS works, but by this machine's clock the certificate is not valid yet, or no more.
    case notValidNow
    /// The two sides find no way to speak TLS, or something in between disturbs it.
    case tls(String)
    /// Nobody can be expected to go on waiting.
    case timedOut
    /// The line broke: the request may or may not have arrived.
    case cut
    /// What answered does not speak HTTP.
    case notHTTP
    /// A whole reply, but not 200; with the start of its body.
    case status(RefusedReply)
    /// ``ClientCall/cancel()`` was called.
    case cancelled
    /// One of the caller's own functions threw this.
    case abandoned(any Error)
    /// Anything else libcurl says, with its number.
    case failed(code: Int, String)
}

/// A reply that was not 200: enough of it to tell a hub's refusal from a captive portal's page.
package struct RefusedReply: Sendable {
    package let status: Int
    package let headers: Headers
    /// At most ``ClientLimits/excerptBytes``.
    package let excerpt: [UInt8]

    package var contentType: String? { headers["Content-Type"] }
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badURL:
            "the address is not a web address; give one such as https://192.168.1.10:8443"
        case .noSuchHost(let host):
            "no machine named \(host) is known; check the name and the network"
        case .namesSilent(let host):
            "no name server answers for \(host); check the network, or give the number address"
        case .cannotConnect(let host):
            "nothing answers at \(host); check that it runs and that the network is up"
        case .proxyRefused(let status):
            "the proxy of this network refused (\(status)); check https_proxy"
        case .proxyIntercepts:
            "the proxy of this network opens the line and shows its own certificate; name the hub in no_proxy; nothing was sent"
        case .otherServer:
            "another machine answered: its key is not the one expected; nothing was sent"
        case .untrusted:
            "the certificate is not trusted or is for another name; nothing was sent"
        case .notValidNow:
            "by this machine's clock the certificate is not valid yet or has expired; set the clock; nothing was sent"
        case .tls(let word):
            "no secure connection (\(word)); check the clock and that no proxy is in between"
        case .timedOut:
            "no answer in time; the line is too slow or down; try again later"
        case .cut:
            "the line broke; try again"
        case .notHTTP:
            "what answered is not a web server; check the address and port"
        case .status(let reply):
            "the answer was \(reply.status) instead of 200"
        case .cancelled:
            "cancelled"
        case .abandoned(let error):
            "\(error)"
        case .failed(let code, let word):
            "the exchange failed (\(word), \(code)); try again"
        }
    }
}
