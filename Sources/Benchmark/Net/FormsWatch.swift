private import Glibc
import HTTP
import Survey

/// What somebody at the hub opens or sends again and again.
enum FormPage: String, CaseIterable {
    case signIn = "sign_in"
    case today
    case card
    case answer

    var label: Label {
        switch self {
        case .signIn: Label("trang đăng nhập", "the sign-in page")
        case .today: Label("danh sách hôm nay", "today's list")
        case .card: Label("thẻ hộ", "a household's card")
        case .answer: Label("ghi một câu trả lời", "an answer kept")
        }
    }
}

/// Somebody who works at a hub's forms, one after the other, as fast as they come.
///
/// Used by one thread at a time: hence `@unchecked Sendable`.
final class FormsWatch: @unchecked Sendable {
    /// Between two, so that the watch itself is no load.
    private static let pause: UInt32 = 2_000
    private let hub: ServedHub
    private let door: FormsDoor
    private let token: String
    private var turn = 0
    private(set) var times: [FormPage: Samples] = [:]
    private(set) var failure: (any Error)?

    init(_ hub: ServedHub, _ door: FormsDoor) throws {
        self.hub = hub
        self.door = door
        let page = try hub.page("visit/\(door.visit)/outcome", cookie: door.cookie, inGzip: false)
        let text = String(decoding: page, as: UTF8.self)
        let mark = "name=\"form-token\" value=\""
        guard let place = text.firstRange(of: mark) else { throw BenchError.notApplied }
        token = String(text[place.upperBound...].prefix { $0 != "\"" })
    }

    func look(times count: Int) throws {
        for _ in 0..<count { try lookAtAll() }
    }

    func look(until done: Done) {
        do {
            while !done.isNoted { try lookAtAll() }
        } catch {
            failure = error
        }
    }

    private func lookAtAll() throws {
        for page in FormPage.allCases {
            times[page, default: Samples()].add(try seconds { try look(page) })
            usleep(Self.pause)
        }
        turn += 1
    }

    private func look(_ page: FormPage) throws {
        switch page {
        case .signIn: _ = try hub.get("sign-in")
        case .today: _ = try hub.page("", cookie: door.cookie)
        case .card: _ = try hub.page("household/\(door.household)", cookie: door.cookie)
        case .answer:
            // Another answer each time, so that each is a commit.
            let code = turn.isMultiple(of: 2) ? "complete" : "partial"
            let form = "form-token=\(token)&set=0000000000000000-1.outcome%3D\(code)"
            try hub.send("visit/\(door.visit)/outcome", form, cookie: door.cookie)
        }
    }
}
