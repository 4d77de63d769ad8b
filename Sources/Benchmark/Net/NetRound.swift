import Causality
import HTTP
import Lines
import Node
import Replication
import Store
import Survey
import Synthetic

/// What a served hub costs its nodes and itself, measured once: over TLS on loopback, beside the same
/// over a stick, beside a constant page of the same server, beside what a slow line's bytes need.
final class NetRound {
    /// What is timed or weighed.
    enum Measure: Hashable {
        case lineSync
        case folderSync
        case exchangeRate
        case helloRate
        case requests
        case requestBytes
        case replyBytes
        case unchangedLineBytes
        case slowSync
        case slowBytesAlone
        case slowBytes
        case bundleBytes
        case crowd
        case crowdMedian
        case pageLoaded
        case pageIdle
        case crowdPeak
        case form(FormPage, isLoaded: Bool, isMedian: Bool)
    }

    private let options: BenchOptions
    private let folder: BenchFolder
    private let round: Round
    private(set) var samples: [Measure: Samples] = [:]

    init(_ input: BenchInput, folder: BenchFolder, _ options: BenchOptions) throws {
        self.options = options
        self.folder = folder
        round = try Round(input, folder: folder, seed: options.seed)
    }

    private var villages: Range<Int> { round.input.visits.indices }

    private func note(_ measure: Measure, _ value: Double) {
        samples[measure, default: Samples()].add(value)
    }

    private func hub() throws -> ServedHub {
        try ServedHub(folder, seed: options.seed, arguments: options.hubArguments)
    }

    /// A village's node with all that it has recorded, in a fresh file.
    private func village(_ number: Int, _ name: String, visits: Int = .max) throws -> BenchNode {
        let file = "\(name)-\(number).db"
        folder.removeDatabase(file)
        let node = try round.commune.village(number, path: folder.file(file))
        _ = try round.record(number, node, visits: visits)
        return node
    }

    /// Plays everything once.
    func play() throws {
        do {
            let hub = try hub()
            try measureFirstSync(hub)
        }
        try measureFolder()
        let hub = try hub()
        try measureSlowLine(hub)
        try measureCrowd(hub)
        try measureForms()
    }

    // MARK: The first sync, and one without news

    /// The villages sync one after the other into an empty hub.
    private func measureFirstSync(_ hub: ServedHub) throws {
        let nodes = try villages.map { try NetVillage(village($0, "line"), hub) }
        note(.lineSync, try seconds { for node in nodes { try node.sync() } })
        guard let node = nodes.first else { return }
        try measureNothingChanged(node, hub)
        let line = try Line(to: hub.port, LineShape())
        let other = try NetVillage(
            round.commune.village(0, path: folder.file("line-0.db")),
            hub,
            port: line.port
        )
        // The first one shakes hands.
        try other.sync()
        let before = line.counters
        try other.sync()
        let after = line.counters
        note(
            .unchangedLineBytes,
            Double(after.upBytes - before.upBytes + after.downBytes - before.downBytes)
        )
    }

    /// Rates follow from the hub's processor time, so they do not hang on what else the machine does.
    private func measureNothingChanged(_ node: NetVillage, _ hub: ServedHub) throws {
        let result = try node.sync()
        note(.requests, Double(result.exchanges))
        note(.requestBytes, Double(result.bytesOut))
        note(.replyBytes, Double(result.bytesIn))
        let exchanges = try hub.cpuSeconds {
            for _ in 0..<NetLimits.exchanges { try node.sync() }
        }
        let hellos = try hub.cpuSeconds {
            for _ in 0..<NetLimits.hellos { _ = try hub.get(BenchHub.helloPath) }
        }
        note(.exchangeRate, Double(NetLimits.exchanges) / exchanges)
        note(.helloRate, Double(NetLimits.hellos) / hellos)
    }

    /// The same with a stick that goes to and fro between each village and the hub.
    private func measureFolder() throws {
        let nodes = try villages.map { try village($0, "stick") }
        folder.removeDatabase("stick-hub.db")
        let hub = try round.commune.hub(path: folder.file("stick-hub.db"))
        let stick = folder.file("stick")
        try Files.makeFolder(stick)
        defer { removeStick(stick) }
        note(
            .folderSync,
            try seconds {
                for node in nodes {
                    for side in [node, hub, node] {
                        let sync = try FolderSync(
                            side.store,
                            folder: stick,
                            software: BenchNode.software
                        )
                        let result = try sync.run()
                        guard result.read.allSatisfy({ $0.problem == nil }) else {
                            throw BenchError.notApplied
                        }
                    }
                }
            }
        )
    }

    private func removeStick(_ stick: String) {
        let root = stick + "/doorstep"
        for name in (try? Files.list(root)) ?? [] { try? Files.removeFolder("\(root)/\(name)") }
        for folder in [root, stick] { try? Files.removeFolder(folder) }
    }

    // MARK: A slow line

    /// One village's first sync at 64 kbit/s, each way 300 ms late.
    private func measureSlowLine(_ hub: ServedHub) throws {
        var shape = LineShape.slow(NetLimits.slowBytesPerSecond, delay: NetLimits.slowDelay)
        shape.seed = UInt64(options.seed)
        let line = try Line(to: hub.port, shape)
        let node = try NetVillage(village(0, "slow"), hub, port: line.port)
        var result = SyncResult()
        note(.slowSync, try seconds { result = try node.sync() })
        let bytes = line.counters.upBytes + line.counters.downBytes
        note(.slowBytesAlone, Double(bytes) / Double(NetLimits.slowBytesPerSecond))
        note(.slowBytes, Double(bytes))
        note(.bundleBytes, Double(result.bytesOut + result.bytesIn))
    }

    // MARK: Everybody at once

    /// A hundred nodes begin at one moment, each with some hundred records; meanwhile somebody
    /// looks at a page of the hub that asks its store.
    private func measureCrowd(_ hub: ServedHub) throws {
        let numbers = (0..<options.nodes).map { villages.count + $0 }
        let nodes = try numbers.map {
            try NetVillage(village($0, "crowd", visits: NetLimits.crowdVisits), hub)
        }
        let idle = PageWatch(hub)
        try idle.look(times: NetLimits.idleLooks)
        let watch = PageWatch(hub)
        let looking = try Lane(name: "looking")
        let done = Done()
        looking.async { watch.look(until: done) }
        let start = ContinuousClock.now
        try syncAll(nodes)
        done.note()
        looking.run {}
        let times = Samples(nodes.compactMap(\.finished).map { seconds(start.duration(to: $0)) })
        note(.crowd, times.greatest)
        note(.crowdMedian, times.median)
        note(.pageLoaded, watch.times.percentile(99))
        note(.pageIdle, idle.times.percentile(99))
        if hub.isOwnProcess { note(.crowdPeak, Double(try hub.usage().peakBytes)) }
    }
}

// MARK: Forms meanwhile

extension NetRound {
    /// Every node begins at one moment; returns when the last is through.
    private func syncAll(_ nodes: [NetVillage]) throws {
        let lanes = try nodes.map { _ in try Lane(name: "node") }
        for (node, lane) in zip(nodes, lanes) {
            lane.async {
                NetVillage.giveWay()
                do { try node.sync() } catch { node.failure = error }
                node.finished = .now
            }
        }
        for lane in lanes { lane.run {} }
        if let failure = nodes.compactMap(\.failure).first { throw failure }
    }

    /// The same crowd at a hub with its pages, each node with some hundred records of the survey; meanwhile
    /// somebody works at the hub's forms.
    private func measureForms() throws {
        let (hub, door) = try ServedHub.withForms(
            folder,
            seed: options.seed,
            arguments: options.formsArguments
        )
        let people = FormsHub.people(villages: options.nodes, each: NetLimits.formsHouseholds)
        let nodes = try (0..<options.nodes).map { number in
            let file = "forms-\(number).db"
            folder.removeDatabase(file)
            let node = try round.commune.village(
                FormsHub.firstVillage + number,
                path: folder.file(file),
                description: .doorstep
            )
            let saver = SyntheticSaver()
            try node.store.transaction {
                for household in people.list(village: number) {
                    try saver.save(household, node.scope, in: node.store)
                }
            }
            return try NetVillage(node, hub)
        }
        let idle = try FormsWatch(hub, door)
        try idle.look(times: NetLimits.idleForms)
        let watch = try FormsWatch(hub, door)
        let looking = try Lane(name: "forms")
        let done = Done()
        looking.async { watch.look(until: done) }
        try syncAll(nodes)
        done.note()
        looking.run {}
        if let failure = watch.failure { throw failure }
        for page in FormPage.allCases {
            for (isLoaded, times) in [(false, idle.times[page]), (true, watch.times[page])] {
                guard let times else { continue }
                note(.form(page, isLoaded: isLoaded, isMedian: true), times.median)
                note(.form(page, isLoaded: isLoaded, isMedian: false), times.percentile(99))
            }
        }
    }
}

/// The numbers of a run over the network.
enum NetLimits {
    /// Exchanges without news, and constant pages, to take a rate of.
    static let exchanges = 300
    static let hellos = 3_000
    /// 64 kbit/s.
    static let slowBytesPerSecond = 8_000
    static let slowDelay: Duration = .milliseconds(300)
    /// Houses that a node of the crowd has visited: a week or two of work.
    static let crowdVisits = 100
    static let idleLooks = 1_000
    /// Households of each node of the crowd where forms are looked at.
    static let formsHouseholds = 60
    /// Times that each form is looked at while nobody syncs.
    static let idleForms = 100
    /// Bytes that the hub may have resident at most while all are there at once.
    static let crowdPeakBytes = 96 << 20
}
