import Survey

/// What a running node says to whoever keeps its log: one line an event, `key=value`, no personal
/// data.
///
///     time=2026-06-01T02:40:00Z level=info event=sync node=04122e15eff2e4a1 in=1042 out=498
package struct LineLog: Sendable {
    package enum Level: String, Sendable {
        case info
        case warning
        case error
    }

    /// Bytes of one value: what an error quotes is cut there.
    private static let valueBytesMax = 300

    private let wall: @Sendable () -> UInt64
    private let sink: @Sendable (String) -> Void
    private let limiter: LineLimiter?

    /// A log that goes to a sink.
    ///
    /// `wall`: milliseconds since 1970. `limiter`: of lines that strangers cause; nil for all of
    /// them. `sink`: takes a line without its end, from any thread.
    package init(
        wall: @escaping @Sendable () -> UInt64,
        limiter: LineLimiter? = nil,
        sink: @escaping @Sendable (String) -> Void
    ) {
        self.wall = wall
        self.limiter = limiter
        self.sink = sink
    }

    /// Says nothing.
    package static let silent = LineLog(wall: { 0 }, sink: { _ in })

    package func write(_ level: Level, _ event: String, _ fields: [(String, String)] = []) {
        write(level, event, fields, at: wall())
    }

    /// Writes what anybody can cause, as often as the limiter has it.
    ///
    /// `subscriber`: the address, or network, that has caused it. The field `more` says how many such
    /// lines were left out.
    package func write(
        _ level: Level,
        _ event: String,
        _ fields: [(String, String)] = [],
        causedBy subscriber: String
    ) {
        let now = wall()
        guard let limiter else { return write(level, event, fields, at: now) }
        guard let more = limiter.admit("\(event) \(subscriber)", at: now) else { return }
        write(level, event, fields + (more > 0 ? [("more", "\(more)")] : []), at: now)
    }

    private func write(
        _ level: Level,
        _ event: String,
        _ fields: [(String, String)],
        at now: UInt64
    ) {
        let head = [("time", Self.time(now)), ("level", level.rawValue), ("event", event)]
        sink((head + fields).map { "\($0)=\(Self.quoted($1))" }.joined(separator: " "))
    }

    /// An error in one line; the errors of this programme hold no personal data.
    package static func reason(_ error: any Error) -> String { String(describing: error) }

    package static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    private static func quoted(_ value: String) -> String {
        let plain = value.utf8.allSatisfy { byte in
            byte > 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=") && byte != 0x7f
        }
        if plain, !value.isEmpty, value.utf8.count <= valueBytesMax { return value }
        var text = "\""
        for scalar in String(decoding: value.utf8.prefix(valueBytesMax), as: UTF8.self)
            .unicodeScalars
        {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// UTC, RFC 3339.
    private static func time(_ milliseconds: UInt64) -> String {
        let seconds = milliseconds / 1000
        let day = CalendarDay(number: Int(seconds / 86_400))
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map(two)
        return "\(day.description)T\(clock.joined(separator: ":"))Z"
    }
}
