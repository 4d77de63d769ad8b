import Visiting

/// An address and the page that is there.
struct Route: Sendable {
    /// Parts of the path; `*` stands for one that names something, such as a household.
    let parts: [String]
    /// From the parts that stand at the `*`; nil where they name nothing that there can be.
    let page: @Sendable (_ named: [String]) -> Page?

    /// `path` as it is written in an address, `/household/*`.
    fileprivate init(_ path: String, named: @escaping @Sendable ([String]) -> Page?) {
        parts = path.split(separator: "/").map(String.init)
        page = named
    }

    fileprivate init(_ path: String, _ page: Page) {
        self.init(path) { _ in page }
    }

    /// As it is written in an address.
    var path: String { "/" + parts.joined(separator: "/") }

    private func fits(_ path: [String]) -> Bool {
        path.count == parts.count && zip(path, parts).allSatisfy { $1 == "*" || $0 == $1 }
    }

    fileprivate func page(at path: [String]) -> Page? {
        page(zip(path, parts).filter { $1 == "*" }.map(\.0))
    }

    /// The first that fits; nil where none does.
    static func at(_ path: [String]) -> Route? { all.first { $0.fits(path) } }

    /// Every address there is; of two that fit, the one that says more stands first.
    static let all: [Route] = daily + offices + visits + phones + debugging

    private static let daily = [
        Route("/", .first), Route("/overview", .overview), Route("/today", .today),
        Route("/search", .search), Route("/search/*") { .found($0[0]) },
        Route("/new-household", .newHousehold), Route("/household/*") { .household($0[0]) },
        Route("/record/*") { .record($0[0]) }, Route("/sync", .sync), Route("/pin", .pin),
        Route("/stick", .stick), Route("/trust", .trust),
        Route("/trust/\(TrustSteps.fileName)", .authorityFile), Route("/sign-in", .signIn),
        Route("/sign-out", .signOut), Route("/again/*") { .again($0[0]) },
        Route("/password", .password), Route("/language", .language),
    ]

    private static let offices = [
        Route("/lead", .lead), Route("/lead/assign", .assign), Route("/lead/take-over", .takeOver),
        Route("/coverage", .coverage), Route("/coverage/*") { .indicator($0[0]) },
        Route("/nodes", .nodes), Route("/nodes/new", .newNode),
        Route("/nodes/waiting/*") { Int($0[0]).map { .waitingNode($0) } },
        Route("/nodes/*") { .oneNode($0[0]) }, Route("/nodes/*/revoke") { .revokeNode($0[0]) },
        Route("/users", .users), Route("/users/new", .newUser),
        Route("/users/*") { .oneUser($0[0]) }, Route("/access", .access),
        Route("/shown/*") { .shown($0[0]) },
    ]

    private static let visits = [
        Route("/begin", .begin), Route("/visit/*") { Page.visit($0, Page.visitHome) },
        Route("/visit/*/give-up") { Page.visit($0, Page.giveUp) },
        Route("/visit/*/colleague") { Page.visit($0, Page.colleague) },
        Route("/visit/*/done") { Page.visit($0, Page.visitDone) },
        Route("/visit/*/*") { named in
            Step(named[1]).flatMap { step in Page.visit(named) { .visitStep($0, step) } }
        },
    ]

    private static let phones = [
        Route("/phone", .phone), Route("/phone/session", .phoneSession),
        Route("/phone/list", .phoneList), Route("/phone/visit", .phoneVisit),
        Route("/phone/known", .phoneKnown),
    ]

    #if DEBUG
    private static let debugging = [Route("/ui", .look)]
    #else
    private static let debugging: [Route] = []
    #endif
}

extension Page {
    /// The page of a path; nil where there is none.
    static func at(_ path: [String]) -> Page? {
        guard let route = Route.at(path) else { return nil }
        return route.page(at: path)
    }
}
