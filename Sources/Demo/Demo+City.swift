import Causality
import Coverage
import Node
import Replication
import Store
import Survey
import Synthetic

/// The level above: a city's hub takes in the commune's hub and a neighbour's, by the same exchange.
extension Demo {
    static let cityScope = "48"
    private static let neighbourScope = cityScope + "/90001"
    private static let neighbourVillage = "Thôn Mẫu ngoài"
    private static let neighbourHouseholds = 12
    /// More than the commune's households: ``DemoOptions/householdsRange``.
    private static let othersOrdinals = 60_000
    /// Whose figure is told commune by commune.
    private static let shownIndicator = "vneid-level2"

    func reportToCity() throws {
        step(
            "Máy thành phố nhận các máy xã, cùng một cách đồng bộ",
            "The city's hub takes in the communes' hubs, by the same exchange"
        )
        let city = try makeHub("thanh-pho", Self.cityScope, "Thành phố (giả lập)", "can-bo-tp")
        let neighbour = try makeNeighbour()
        let communes = [hub, neighbour]
        for commune in communes { try enrol(commune, at: city) }
        let stick = options.folder + "/usb-thanh-pho"
        for _ in 0..<2 { try carry(stick, to: communes + [city] + communes) }
        result.cityFolder = city.folder?.path ?? ""
        result.communes = communes.count
        let isLevel = try communes.allSatisfy { commune in
            let own = try commune.certificate()
            return try commune.store.scopes().filter { own.mayRead($0) }.allSatisfy { scope in
                // What is a hub's own stays with it.
                let expected: VersionVector =
                    try isHubsOwnScope(scope) ? .empty : commune.store.vector(scope)
                return try city.store.vector(scope) == expected
            }
        }
        for commune in communes { try tellFigures(of: commune, at: city) }
        result.isConverged = result.isConverged && isLevel
        tell(
            isLevel ? "Thành phố khớp với mọi xã" : "Còn xã chưa khớp với thành phố",
            isLevel ? "The city agrees with every commune" : "Some commune still differs"
        )
    }

    private func makeHub(
        _ folder: String,
        _ scope: String,
        _ name: String,
        _ user: String
    ) throws -> LocalNode {
        let node = try LocalNode(
            creating: NodeFolder("\(options.folder)/\(folder)"),
            user: user,
            environment: clock.environment
        )
        try Enrolment.makeHub(node.store, scope: scope, name: name, author: user)
        return node
    }

    /// Another commune, of one village.
    private func makeNeighbour() throws -> LocalNode {
        let node = try makeHub("xa-ben", Self.neighbourScope, "Xã Mẫu (giả lập)", "can-bo-xa-ben")
        let village = try node.addVillage(Self.neighbourVillage)
        let shape = CommuneShape(
            seed: options.seed,
            day: fieldwork.plan.firstDay,
            villages: [
                // Nobody of it is listed: households behind it have numbers of other provinces, so
                // that nobody has the personal number of somebody in the commune.
                SyntheticVillage(
                    name: "Thôn không ai ở",
                    area: .hills,
                    households: Self.othersOrdinals
                ),
                SyntheticVillage(
                    name: village.name,
                    area: .hills,
                    households: Self.neighbourHouseholds
                ),
            ]
        )
        let people = SyntheticCommune(shape)
        var known: [Int: RecordID] = [:]
        try node.store.transaction {
            for household in people.list(village: 1) where !household.isEmpty {
                try save(household, at: node, scope: village.scope, known: &known)
            }
        }
        return node
    }

    /// A hub asks the hub above with the keys that it has; its villages notice nothing.
    private func enrol(_ commune: LocalNode, at city: LocalNode) throws {
        let own = try commune.certificate()
        let request = try Enrolment.request(
            commune.store,
            name: own.name,
            kind: .hub,
            scopes: [try commune.store.rosterScope()]
        )
        let reply = try Enrolment.approve(
            request,
            as: Enrolment.Grant(request),
            at: city.store,
            author: city.user
        )
        try Enrolment.accept(
            reply,
            at: commune.store,
            fingerprint: try city.certificate().signingKey.fingerprint
        )
    }

    /// A commune's figures as the city sees them.
    private func tellFigures(of commune: LocalNode, at city: LocalNode) throws {
        var wanted = FigureOptions()
        wanted.scope = try commune.store.rosterScope()
        let report = try city.coverage(wanted)
        let name = try commune.certificate().name
        let people = report.populationTotal.here
        let tally = report.line(Self.shownIndicator)?.total ?? Tally()
        let title = report.line(Self.shownIndicator)?.indicator.label
        tell(
            "\(name): \(people) người đang ở; \(title?.vi ?? ""): \(tally.yes)/\(tally.population)",
            "\(name): \(people) people live there; \(title?.en ?? ""): \(tally.yes)/\(tally.population)"
        )
        result.cityResidents += people
    }
}
