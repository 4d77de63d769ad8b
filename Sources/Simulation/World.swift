import Causality
import Replication
import SQLite
import Sealing
import Store
import Survey

/// One simulated commune with everything that happens to it.
final class World {
    static let communePath = "48/21004"
    static let cityPath = "48"

    let options: Simulation.Options
    let trace: Trace
    let oracle = Oracle()
    let clock = WorldClock()
    let weights: Weights
    var random: SplitMix64
    var figures = Figures()
    var nodes: [SimulatedNode] = []
    var databases: [SimulatedDatabase] = []
    var snapshots: [Snapshot] = []
    var forms: [Form] = []
    var phones: [Phone] = []
    var sticks: [Stick] = []
    /// Nodes of two versions meet, and are brought up to date one by one; people delete more often.
    private(set) var hasVersions = false
    /// A hub below that has entered in its roster what is not its own to say.
    var usurper: Int?
    /// For each hub, what it has held of its nodes while it did not take them for revoked.
    var reached: [Int: EntrySet] = [:]
    /// Every projection that was met, by what it is derived from.
    var projections: [ProjectionKey: [CanonicalRecord]] = [:]
    /// What nodes of all versions show alike, by the same.
    var commonContents: [ProjectionKey: [CommonContent]] = [:]
    private var databaseCount = 0
    private var files: [String] = []

    init(seed: UInt64, options: Simulation.Options, trace: Trace) throws {
        self.options = options
        self.trace = trace
        random = SplitMix64(seed: seed)
        weights = Weights(profile: random.below(4))
        figures.seeds = 1
        // Seeds that are told of elsewhere keep the worlds that they were told for.
        try build(hasUsurper: seed % 4 == 2)
        hasVersions = [0, 2, 6, 9, 15].contains(seed % 16)
        guard hasVersions else { return }
        for node in nodes.indices where nodes[node].identity.certificate.kind == .village {
            if node % 2 == 0 { try upgrade(node: node) }
        }
    }

    /// Removes the files of databases on disk.
    func close() {
        databases = []
        snapshots = []
        for path in files { removeDatabase(path) }
    }

    func run() throws {
        for step in 1...max(options.steps, 1) {
            trace.begin(step: step)
            clock.now += UInt64(random.below(600_000))
            try self.step()
            figures.steps += 1
        }
        trace.begin(step: options.steps + 1)
        try heal()
    }

    // MARK: Building

    private func build(hasUsurper: Bool) throws {
        let hasCity = random.percent(25)
        if hasCity {
            try addNode(
                "city",
                kind: .hub,
                parent: nil,
                reads: [Self.cityPath, Self.cityPath + "/"],
                writes: [Self.cityPath, Self.cityPath + "/"],
                scopes: [Self.cityPath]
            )
        }
        let count = 2 + random.below(3)
        let villages = (1...count).map { "\(Self.communePath)/thon-\($0)" }
        let own = [Self.communePath, Self.communePath + "/"]
        let hub = try addNode(
            "hub",
            kind: .hub,
            parent: hasCity ? 0 : nil,
            reads: hasCity ? [Self.cityPath] + own : own,
            writes: own,
            scopes: villages + [Self.communePath]
        )
        if hasCity, hasUsurper { try usurp(from: hub) }
        for (index, path) in villages.enumerated() {
            try addVillage("village-\(index + 1)", parent: hub, scopes: [path])
        }
        if random.percent(40) {
            try addVillage("team", parent: hub, scopes: Array(villages.prefix(2)))
        }
        if random.percent(20) {
            try addVillage("second", parent: hub, scopes: [villages[0]])
        }
        for _ in 0..<(1 + random.below(2)) { phones.append(newPhone()) }
    }

    @discardableResult
    func addVillage(_ name: String, parent: Int, scopes: [String]) throws -> Int {
        try addNode(
            name,
            kind: .village,
            parent: parent,
            reads: [Self.communePath] + scopes,
            writes: scopes,
            scopes: scopes
        )
    }

    @discardableResult
    private func addNode(
        _ name: String,
        kind: NodeKind,
        parent: Int?,
        reads: [String],
        writes: [String],
        scopes: [String]
    ) throws -> Int {
        let signingKey = try SigningKey(seed: random.bytes(SigningKey.seedLength))
        let openingKey = try OpeningKey(seed: random.bytes(OpeningKey.seedLength))
        let certificate = try Certificate.issue(
            name: name,
            kind: kind,
            signingKey: signingKey.verifyingKey,
            sealingKey: openingKey.sealingKey,
            reads: reads,
            writes: writes,
            issuedAt: clock.now,
            by: parent.map { nodes[$0].identity.signingKey } ?? signingKey
        )
        let identity = Identity(
            signingKey: signingKey,
            openingKey: openingKey,
            certificate: certificate,
            parent: parent.map { nodes[$0].identity.certificate }
        )
        nodes.append(
            SimulatedNode(
                name: name,
                identity: identity,
                parent: parent,
                depth: parent.map { nodes[$0].depth + 1 } ?? 0,
                scopes: scopes
            )
        )
        let database = try addDatabase(node: nodes.count - 1, copying: nil)
        try database.store.adopt(identity)
        if let parent, let hub = databases.first(where: { $0.node == parent }) {
            try hub.store.enter(certificate)
        }
        return nodes.count - 1
    }

    /// A new file of a node: empty, or a copy of another one as it is now.
    @discardableResult
    func addDatabase(node: Int, copying source: Connection?) throws -> SimulatedDatabase {
        databaseCount += 1
        let database = try SimulatedDatabase(
            number: databaseCount,
            node: node,
            connection: connection(copying: source),
            isLater: nodes[node].isLater,
            clock: clock,
            seed: random.next()
        )
        databases.append(database)
        return database
    }

    private func connection(copying source: Connection?) throws -> Connection {
        guard let folder = options.folder else {
            guard let source else { return try Connection(path: ":memory:", mode: .memory) }
            return try Connection(copying: source)
        }
        let path = "\(folder)/\(random.next()).sqlite"
        files.append(path)
        try source?.backup(to: path)
        return try Connection(path: path, mode: .readWriteCreate)
    }

    // MARK: Looking around

    func name(_ database: SimulatedDatabase) -> String {
        "\(nodes[database.node].name)#\(database.number)"
    }

    var living: [SimulatedDatabase] { databases.filter { nodes[$0.node].isLiving } }

    func pick<T>(_ items: [T]) -> T? {
        items.isEmpty ? nil : items[random.below(items.count)]
    }

    func keys() throws -> BundleKeys {
        try BundleKeys(
            ephemeralSeed: random.bytes(OpeningKey.seedLength),
            streamKey: StreamKey(random.bytes(StreamKey.length)),
            streamHeader: StreamHeader(random.bytes(StreamHeader.length))
        )
    }
}
