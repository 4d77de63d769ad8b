/// Why a server, a certificate or a lane could not be made.
package enum HTTPError: Error, Hashable, Sendable {
    /// The operating system gives no more threads.
    case noThread
    /// Not a numeric IPv4 or IPv6 address.
    case badAddress(String)
    /// Another program has the port.
    case portTaken(address: String, port: Int)
    /// Ports below 1024 need a right.
    case portNotAllowed(address: String, port: Int)
    /// No interface of this machine has the address.
    case foreignAddress(String)
    /// Any other refusal of the operating system.
    case cannotListen(address: String, port: Int, code: Int32)
    /// Plain HTTP that others than this machine could reach.
    case plainBeyondLoopback(String)
    /// The system lets the process open fewer files than the connections allowed need.
    case tooFewFiles(allowed: Int, needed: Int)
    /// libmicrohttpd did not start, with no reason given.
    case serverDidNotStart
    /// What is wrong with a certificate or its key.
    case certificate(CertificateProblem)
}

/// What is wrong with a certificate or its key.
package enum CertificateProblem: Hashable, Sendable {
    case certificateUnreadable
    case keyUnreadable
    /// The key is protected by a password.
    case keyEncrypted
    /// The key is another certificate's.
    case keyOfAnother
    /// Ended at this time, in seconds since 1970.
    case expired(at: Int64)
    /// Begins at this time, in seconds since 1970; most often the machine's clock is wrong.
    case notYetValid(from: Int64)
    /// More than ``CertificateLimits`` allows.
    case tooLarge
    /// A name that a certificate cannot hold.
    case badName(String)
    /// Neither names nor addresses to certify.
    case noName
    /// GnuTLS refused, with its own word.
    case refused(String)
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noThread:
            "the system gives no more threads; close other programs or raise its limit (ulimit -u)"
        case .badAddress(let text):
            "\"\(text)\" is not an IP address; give one such as 0.0.0.0, 192.168.1.10 or ::"
        case .portTaken(let address, let port):
            "another program listens on \(address) port \(port); stop it or choose another port"
        case .portNotAllowed(let address, let port):
            "not allowed to listen on \(address) port \(port); choose a port from 1024 up"
        case .foreignAddress(let address):
            "this machine has not the address \(address); give one of its own, or 0.0.0.0 for all"
        case .cannotListen(let address, let port, let code):
            "cannot listen on \(address) port \(port) (error \(code)); "
                + "check the address and the network"
        case .plainBeyondLoopback(let address):
            "plain HTTP on \(address) could be read by others; use TLS, listen on 127.0.0.1, "
                + "or name the reverse proxy in front"
        case .tooFewFiles(let allowed, let needed):
            "the system allows \(allowed) open files, \(needed) are needed; "
                + "raise its limit (ulimit -n) or allow fewer connections"
        case .serverDidNotStart:
            "the web server did not start; check memory and the limit of open files"
        case .certificate(let problem):
            problem.description
        }
    }
}

extension CertificateProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .certificateUnreadable:
            "the certificate is not PEM; give a file that begins with -----BEGIN CERTIFICATE-----"
        case .keyUnreadable:
            "the key is not PEM; give a file that begins with -----BEGIN PRIVATE KEY-----"
        case .keyEncrypted:
            "the key is protected by a password; give it without one, readable by this user only"
        case .keyOfAnother:
            "the key does not belong to the certificate; give the two that were made together"
        case .expired(let time):
            "the certificate ended on \(calendarDay(time)); renew it"
        case .notYetValid(let time):
            "the certificate is valid only from \(calendarDay(time)); check this machine's clock"
        case .tooLarge:
            "the certificate or key is larger than \(CertificateLimits.pemBytes) bytes or "
                + "\(CertificateLimits.chainLength) certificates; give the server's chain only"
        case .badName(let name):
            "\"\(name)\" cannot stand in a certificate; give a host name or an IP address"
        case .noName:
            "a server certificate needs a host name or an IP address"
        case .refused(let word):
            "the certificate cannot be used (\(word)); make a new one"
        }
    }
}

/// The day of a time in UTC, as 2026-01-31 (civil-from-days, after Howard Hinnant).
func calendarDay(_ secondsSince1970: Int64) -> String {
    let days = (secondsSince1970 >= 0 ? secondsSince1970 : secondsSince1970 - 86_399) / 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(day))"
}
