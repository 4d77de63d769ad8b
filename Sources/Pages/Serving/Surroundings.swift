import HTTP
import Node
import Replication
import Store
import Survey

/// What every page says of the node, read once for each request.
struct Surroundings {
    /// Nil for a node that belongs to no commune yet.
    var node: String?
    var isHub = false
    var hasUsers = false
    /// Scope path of the commune.
    var commune = ""
    /// How things stand with the hub above; nil at the topmost one.
    var parent: PeerStatus?
    /// By the node's clock, milliseconds since 1970.
    var now: UInt64 = 0

    var today: CalendarDay { CalendarDay(milliseconds: now) }

    init() {}

    init(_ node: LocalNode) throws {
        now = node.now
        guard let identity = try node.store.identity() else { return }
        self.node = identity.certificate.name
        isHub = identity.certificate.kind == .hub
        commune = try node.store.rosterScope()
        parent = try node.store.parentStatus()
        hasUsers = try node.store.count(of: "user", under: commune) > 0
    }

    func sign(_ say: Speech) -> Frame.Sign? {
        guard let parent else { return nil }
        let last = parent.lastContact.map { time in
            CalendarDay(milliseconds: time) == today ? say.clock(time) : say.time(time)
        }
        let waiting = parent.unsentWork
        if parent.waitsForStick {
            let words =
                waiting == 0
                ? say("Đã gửi hết", "All sent")
                : say(
                    "\(say.number(waiting)) thay đổi chờ USB",
                    waiting == 1
                        ? "1 change waits for the stick"
                        : "\(say.number(waiting)) changes wait for the stick"
                )
            let since = last.map { say("USB lần cuối \($0)", "last stick \($0)") }
            return Frame.Sign(
                words: [words, since].compactMap(\.self).joined(separator: " · "),
                isBad: false
            )
        }
        let unsent =
            waiting == 0
            ? say("Đã gửi hết", "All sent")
            : say(
                "\(say.number(waiting)) thay đổi chờ gửi",
                waiting == 1 ? "1 change to send" : "\(say.number(waiting)) changes to send"
            )
        guard let problem = parent.problem else {
            let since =
                last.map { say("đồng bộ lần cuối \($0)", "last sync \($0)") }
                ?? say("chưa đồng bộ lần nào", "never synced")
            return Frame.Sign(words: "\(unsent) · \(since)", isBad: false)
        }
        // What to do about it stands on the page behind the bar.
        let what = say(problem.shortLabel)
        guard waiting > 0 else { return Frame.Sign(words: "\(unsent) · \(what)", isBad: true) }
        let count = say("\(say.number(waiting)) chưa gửi", "\(say.number(waiting)) not sent")
        let since = last.map { say(" từ \($0)", " since \($0)") } ?? ""
        return Frame.Sign(words: "\(count)\(since) · \(what)", isBad: true)
    }
}

extension PeerStatus {
    /// Changes that wait to be sent, without the lines of the access log that each look makes.
    var unsentWork: UInt64 { unsent - min(unsentReadings, unsent) }
}

extension Caller {
    var today: CalendarDay { around.today }

    /// Whether the reader goes from door to door: his list is what he sees first.
    var worksAtDoors: Bool {
        switch signedIn?.role {
        case .fieldStaff, .villageLead: true
        case .communeOfficer, .auditor, .administrator, nil: false
        }
    }

    /// Where the reader may do something; nil for the whole commune.
    func scopes(_ action: Action) -> Set<String>? {
        guard let signedIn else { return [] }
        switch signedIn.reach {
        case .commune: return may(action) ? nil : []
        case .scopes(let scopes): return scopes.filter { may(action, in: $0) }
        }
    }

    func may(_ action: Action, in scope: String) -> Bool {
        signedIn?.may(action, in: scope) == true
    }

    /// Whether the reader's households are of more than one village.
    var hasSeveralVillages: Bool { scopes(.record).map { $0.count > 1 } ?? true }

    /// Whether the reader may do something in the commune, or in any of his villages.
    func may(_ action: Action) -> Bool {
        guard let signedIn else { return false }
        switch signedIn.reach {
        case .commune: return signedIn.may(action, in: around.commune)
        case .scopes(let scopes): return scopes.contains { signedIn.may(action, in: $0) }
        }
    }

    /// Whether the reader has the right that a gate asks for.
    func passes(_ gate: Page.Gate) -> Bool {
        switch gate {
        case .open, .held, .session, .signedIn: true
        case .may(let action): may(action)
        case .mayAny(let actions): actions.contains { may($0) }
        }
    }

    func frame(_ title: String, isNarrow: Bool = false) -> Frame {
        var frame = Frame(say: say, title: title, node: around.node)
        frame.isNarrow = isNarrow
        frame.here = head.isReading ? path : LocalPath("/")
        guard let signedIn else { return frame }
        frame.reader = (signedIn.user.displayName, signedIn.token.formToken())
        frame.scripts = Script.ofSession
        guard !signedIn.isRestricted, !signedIn.isLocked else { return frame }
        frame.readerPlaces = readerPlaces
        frame.sign = around.sign(say)
        frame.menu = menu
        return frame
    }

    private var readerPlaces: [Frame.Place] {
        let hasPIN = signedIn.map { PINRules.areFor($0.role) } ?? false
        let pin = Frame.Place(words: say("Mã PIN", "PIN"), path: LocalPath("/pin"), isHere: false)
        let password = Frame.Place(
            words: say("Đổi mật khẩu", "Change password"),
            path: LocalPath("/password"),
            isHere: false
        )
        return (hasPIN ? [pin] : []) + [password]
    }

    private var menu: [Frame.Place] {
        let places: [(path: LocalPath, words: String, isShown: Bool)] = [
            (LocalPath("/"), say("Hôm nay", "Today"), worksAtDoors),
            (LocalPath("/"), say("Tổng quan", "Overview"), !worksAtDoors),
            (LocalPath("/today"), say("Hộ cần đến", "To visit"), !worksAtDoors && may(.record)),
            (LocalPath("/lead"), say("Phân công", "Team"), may(.assign)),
            (LocalPath("/coverage"), say("Chỉ tiêu", "Coverage"), may(.seeFigures)),
            (LocalPath("/nodes"), say("Máy", "Nodes"), around.isHub && may(.manageNodes)),
            (
                LocalPath("/users"), say("Người dùng", "Users"),
                around.isHub && (may(.manageUsers) || may(.resetPasswords))
            ),
            (LocalPath("/access"), say("Nhật ký truy cập", "Access log"), may(.seeAccessLog)),
        ]
        let first = head.path.first.map { "/\($0)" } ?? "/"
        return places.filter(\.isShown).map {
            Frame.Place(words: $0.words, path: $0.path, isHere: $0.path.text == first)
        }
    }
}
