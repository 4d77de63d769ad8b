import Glibc
import HTTP
import Synchronization

/// What happened to the consumers and sources of one server.
final class Diary: Sendable {
    struct Entries: Hashable, Sendable {
        var opened = 0
        var received = 0
        var finished = 0
        var abandoned = 0
        var closed = 0
        var largestPiece = 0
        var outcomes: [FinishedRequest.Outcome] = []
        var statuses: [Int] = []
    }

    private let entries = Mutex(Entries())

    var now: Entries { entries.withLock { $0 } }

    func note(_ change: (inout Entries) -> Void) {
        entries.withLock { change(&$0) }
    }
}

/// Counts what it is given, and says so.
final class Counter: BodyConsumer {
    private let diary: Diary
    private let refusesAfter: Int
    private var count = 0

    init(_ diary: Diary, refusesAfter: Int = .max) {
        self.diary = diary
        self.refusesAfter = refusesAfter
        diary.note { $0.opened += 1 }
    }

    func receive(_ piece: [UInt8]) throws {
        count += piece.count
        let size = piece.count
        diary.note {
            $0.received += size
            $0.largestPiece = max($0.largestPiece, size)
        }
        if count > refusesAfter { throw Refusal(409, "Enough.") }
    }

    func finish() -> Response {
        diary.note { $0.finished += 1 }
        return .text(200, "\(count)")
    }

    func abandon() {
        diary.note { $0.abandoned += 1 }
    }
}

/// Gives the numbers 0, 1, 2 … as bytes, so that a lost or repeated one shows.
final class Numbers: BodySource {
    private let diary: Diary?
    private let total: Int
    private let pieceSize: Int
    private var given = 0

    init(total: Int, pieceSize: Int = 32 << 10, diary: Diary? = nil) {
        self.total = total
        self.pieceSize = pieceSize
        self.diary = diary
    }

    func next() -> [UInt8]? {
        guard given < total else { return nil }
        let count = min(pieceSize, total - given)
        let start = given
        given += count
        return (start..<start + count).map { UInt8(truncatingIfNeeded: $0) }
    }

    func close() {
        diary?.note { $0.closed += 1 }
    }
}

/// Zeros, of which one piece is made.
final class Zeros: BodySource {
    private let piece = [UInt8](repeating: 0, count: 64 << 10)
    private var left: Int

    init(_ count: Int) {
        left = count
    }

    func next() -> [UInt8]? {
        guard left > 0 else { return nil }
        let count = min(left, piece.count)
        left -= count
        return count == piece.count ? piece : Array(piece.prefix(count))
    }

    func close() {}
}

/// A few routes that use every kind of plan.
struct TestSite: Service {
    static let bodyLimit = 256 << 20

    let lane: Lane
    let diary = Diary()
    var uploadLimit = TestSite.bodyLimit
    var pace: Pace?

    init() throws {
        lane = try Lane(name: "test")
    }

    func plan(_ head: RequestHead) -> Plan {
        switch (head.method, head.path) {
        case (.get, ["hello"]), (.head, ["hello"]):
            return .reply(.text(200, "hello"), label: "hello")
        case (.post, ["echo"]):
            return .collect(limit: 4 << 10, on: lane, label: "echo") { Response(200, body: $0) }
        case (.post, ["count"]):
            return .stream(limit: uploadLimit, on: lane, pace: pace, label: "count") {
                Counter(diary)
            }
        case (.post, ["refuse"]):
            return .stream(limit: uploadLimit, on: lane, label: "refuse") {
                Counter(diary, refusesAfter: 1_000)
            }
        case (.get, ["numbers"]), (.head, ["numbers"]):
            let total = head.query("total").flatMap { Int($0) } ?? 0
            let length = head.query("known") == nil ? nil : total
            return .collect(on: lane, label: "numbers") { _ in
                let numbers = Numbers(total: total, diary: diary)
                return Response(200, source: numbers, length: length, on: lane)
            }
        case (.get, ["zeros"]):
            let total = head.query("total").flatMap { Int($0) } ?? 0
            return .collect(on: lane, label: "zeros") { _ in
                Response(200, source: Zeros(total), on: lane)
            }
        case (.get, ["fault"]):
            return .collect(on: lane, label: "fault") { _ in throw TestFault() }
        case (.get, ["seen"]):
            let text = "\(head.path) \(head.query.map(\.name)) \(head.remoteAddress) \(head.isTLS)"
            return .reply(.text(200, text), label: "seen")
        case (_, ["hello"]):
            return .reply(
                Response.text(405, "Only GET here.").with("Allow", "GET, HEAD"),
                label: "hello"
            )
        default:
            return .reply(.text(404, "Nothing here."), label: "none")
        }
    }
}

struct TestFault: Error {}

extension Server {
    /// A server on a free port of this machine.
    static func onLoopback(
        _ site: TestSite,
        identity: TLSIdentity? = nil,
        limits: (inout ServerLimits) -> Void = { _ in }
    ) throws -> Server {
        var configuration = ServerConfiguration(identity: identity)
        configuration.limits.connectionsPerAddress = 0
        limits(&configuration.limits)
        let diary = site.diary
        return try Server(configuration, service: site) { request in
            diary.note {
                $0.outcomes.append(request.outcome)
                $0.statuses.append(request.status)
            }
        }
    }

    func url(_ path: String, scheme: String = "http") -> String {
        "\(scheme)://127.0.0.1:\(port)\(path)"
    }
}

extension Client {
    /// A client that goes through no proxy.
    static func direct(
        _ trust: Trust = .system,
        _ change: (inout ClientSettings) -> Void = { _ in }
    ) -> Client {
        var settings = ClientSettings()
        settings.proxy = .none
        change(&settings)
        return Client(trust: trust, settings: settings)
    }
}

func secondsSince1970() -> Int64 {
    Int64(time(nil))
}
