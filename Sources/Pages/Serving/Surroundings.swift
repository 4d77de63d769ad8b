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

    init() {}

    init(_ node: LocalNode) throws {
        guard let identity = try node.store.identity() else { return }
        self.node = identity.certificate.name
        isHub = identity.certificate.kind == .hub
        commune = try node.store.rosterScope()
        parent = try node.store.parentStatus()
        hasUsers = try node.store.count(of: "user", under: commune) > 0
    }

    func sign(_ say: Speech) -> Frame.Sign? {
        guard let parent else { return nil }
        let last = parent.lastContact.map { say.time($0) }
        let unsent =
            parent.unsent == 0
            ? say("Đã gửi hết", "All sent")
            : say(
                "\(say.number(parent.unsent)) thay đổi chưa gửi",
                "\(say.number(parent.unsent)) changes not sent"
            )
        let since =
            last.map { say("đồng bộ lần cuối \($0)", "last sync \($0)") }
            ?? say("chưa đồng bộ lần nào", "never synced")
        guard let problem = parent.problem else {
            return Frame.Sign(words: "\(unsent) · \(since)", isBad: false)
        }
        return Frame.Sign(words: "\(unsent) · \(since) · \(say(problem.label))", isBad: true)
    }
}

extension Caller {
    /// Whether the reader may do something in the commune, or in any of his villages.
    func may(_ action: Action) -> Bool {
        guard let signedIn else { return false }
        switch signedIn.reach {
        case .commune: return signedIn.may(action, in: around.commune)
        case .scopes(let scopes): return scopes.contains { signedIn.may(action, in: $0) }
        }
    }

    func frame(_ title: String, isNarrow: Bool = false) -> Frame {
        var frame = Frame(say: say, title: title, node: around.node)
        frame.isNarrow = isNarrow
        frame.here = head.isReading ? path : LocalPath("/")
        guard let signedIn else { return frame }
        frame.reader = (signedIn.user.displayName, signedIn.token.formToken)
        if may(.record) { frame.scripts = [.phone] }
        guard !signedIn.isRestricted else { return frame }
        frame.sign = around.sign(say)
        frame.menu = menu
        return frame
    }

    private var menu: [Frame.Place] {
        let places: [(path: LocalPath, words: String, isShown: Bool)] = [
            (LocalPath("/"), say("Tổng quan", "Overview"), true),
            (LocalPath("/coverage"), say("Độ phủ", "Coverage"), may(.seeFigures)),
            (LocalPath("/nodes"), say("Nút", "Nodes"), around.isHub && may(.manageNodes)),
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
