import CBOR
import HTTP
import Replication
import SQLite
import Store

/// What a hub answers over a line in place of a bundle: `sync-protocol.md` 9.8.
///
/// An array of two: a word, and a number whose meaning hangs on the word. Its content type tells it
/// from the page of a captive portal or a proxy.
package struct LineRefusal: Hashable, Sendable {
    package static let contentType = "application/vnd.doorstep.refusal"
    /// Bytes of the body.
    static let bytesMax = 200

    package let status: Int
    package let problem: SyncProblem

    package init(status: Int, _ problem: SyncProblem) {
        self.status = status
        self.problem = problem
    }

    /// What an error of an exchange is to the other side; nil for what is this side's own failure.
    init?(_ error: any Error) {
        switch error {
        case ExchangeError.untrusted: self.init(status: 403, .notEnrolled)
        case ExchangeError.revoked: self.init(status: 403, .revoked)
        case ExchangeError.rightsChanged: self.init(status: 409, .cut)
        case ExchangeError.wrongNode, ReplicationError.notForThisNode:
            self.init(status: 421, .wrongHub)
        case ReplicationError.version(let theirs, let ours):
            self.init(status: 400, .version(theirs: ours, ours: theirs))
        case ReplicationError.envelopeVersion(let theirs, _):
            // Who changes the envelope changes the protocol's version with it: that is what helps.
            self.init(status: 400, .version(theirs: Hello.version, ours: theirs))
        case ReplicationError.aboveLimit: self.init(status: 413, .tooLarge)
        case is ExchangeError, is ReplicationError: self.init(status: 400, .damaged)
        case let error as SQLiteError where error.isFull: self.init(status: 507, .hubDiskFull)
        // Another process writes for longer than is waited.
        case SQLiteError.busy: self = .busy
        default: return nil
        }
    }

    /// Too much to do just now.
    static var busy: LineRefusal {
        LineRefusal(
            status: 503,
            .busy(retryAfterSeconds: Int.random(in: LineLimits.busySeconds))
        )
    }

    /// Reads what a hub has answered; nil for what is none.
    ///
    /// Numbers are the hub's: its version, or seconds to wait.
    package init?(status: Int, contentType: String?, body: [UInt8]) {
        guard contentType == Self.contentType, body.count <= Self.bytesMax else { return nil }
        var reader = CBORReader(body)
        guard (try? reader.array(exactly: 2)) != nil, let code = try? reader.text(max: 40),
            let number = try? reader.unsigned(), (try? reader.finish()) != nil
        else { return nil }
        self.status = status
        switch code {
        case SyncProblem.version(theirs: 0, ours: 0).code:
            problem = .version(theirs: number, ours: Hello.version)
        case SyncProblem.busy(retryAfterSeconds: 0).code:
            problem = .busy(retryAfterSeconds: Int(min(number, 3_600)))
        default: problem = SyncProblem(code: code) ?? .hubFailed
        }
    }

    var response: Response {
        var number: UInt64 = 0
        if case .version(let theirs, _) = problem { number = theirs }
        if case .busy(let seconds) = problem { number = UInt64(seconds) }
        var writer = CBORWriter()
        writer.array(2)
        writer.write(problem.code)
        writer.write(number)
        var response = Response(status, contentType: Self.contentType, body: writer.bytes)
        if case .busy(let seconds) = problem { response.set("Retry-After", String(seconds)) }
        return response
    }
}

extension SQLiteError {
    /// Whether the disk is full or cannot be written.
    package var isFull: Bool {
        switch self {
        case .full, .inputOutput, .readOnly: true
        default: false
        }
    }
}
