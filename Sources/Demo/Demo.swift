import Causality
import Intake
import Node
import Replication
import Store
package import Survey
import Synthetic

/// What a demo is made of.
package struct DemoOptions: Sendable {
    /// The villages of the sample list come first, then openly synthetic ones.
    package var villages = 5
    /// Synthetic households in all, besides those of the sample list.
    package var households = 240
    package var seed: UInt64 = 1
    /// Days on which villages are surveyed.
    package var days = 4
    /// The folder that the demo makes; it must not exist.
    package var folder: String

    package static let villagesRange: ClosedRange<Int64> = 2...50
    package static let householdsRange: ClosedRange<Int64> = 10...50_000

    package init(folder: String) {
        self.folder = folder
    }
}

/// What the demo has to tell while it goes on.
package enum DemoEvent: Sendable {
    /// A new part of the story begins.
    case step(Label)
    /// Something that happened, worth a line.
    case line(Label)
    /// Work that takes a moment.
    case progress(done: Int, of: Int)
}

/// A commune's week, played in a folder: every byte goes the way that users' bytes go.
///
/// Clock and staff are the demo's own, everything else is the program: nodes with their files, lists
/// through the importer, bundles on sticks.
package final class Demo {
    package struct Result: Sendable {
        package var hubFolder = ""
        package var villageFolders: [String] = []
        package var stationFolder = ""
        /// The hub above the commune's.
        package var cityFolder = ""
        /// Communes whose hubs the city's has taken in.
        package var communes = 0
        /// People who live in them, as the city counts.
        package var cityResidents = 0
        package var residents = 0
        /// Units and civil servants.
        package var units = 0
        /// Figures and milestones that agencies reported.
        package var reports = 0
        package var visits = 0
        package var refusals = 0
        package var nobodyMet = 0
        /// People found to be away.
        package var away = 0
        package var bundles = 0
        package var bundleBytes = 0
        package var conflicts = 0
        package var decided = 0
        /// Every node ended with the same records of its village as the hub, and the hub with the
        /// city's.
        package var isConverged = false
    }

    let options: DemoOptions
    let say: (DemoEvent) -> Void
    let commune: SyntheticCommune
    let fieldwork: Fieldwork
    /// The commune's own clock: real days, played in seconds.
    let clock: DemoClock
    var hub: LocalNode
    var villages: [DemoVillage] = []
    /// The health station's own node; nil until it is enrolled.
    var station: LocalNode?
    /// What was written on paper when the backup was made.
    var recoveryKey: String?
    /// Records by their synthetic key.
    var records: [Int: RecordID] = [:]
    var result = Result()

    package static let scope = "48/21004"
    /// The sample list in the demo's folder.
    static let listName = "danh-sach.csv"
    static let stationScope = scope + "/tram-y-te-mau-1"
    static let software = "doorstep demo"

    package init(
        _ options: DemoOptions,
        wall: UInt64,
        say: @escaping (DemoEvent) -> Void
    ) throws {
        self.options = options
        self.say = say
        let day = CalendarDay(milliseconds: wall)
        let firstDay = day.adding(days: -options.days - 3)
        clock = DemoClock(at: firstDay.milliseconds(hour: 7))
        let names = Self.names(options.villages)
        let share = max(1, options.households / options.villages)
        commune = SyntheticCommune(
            CommuneShape(
                seed: options.seed,
                day: firstDay,
                villages: names.enumerated().map { index, name in
                    SyntheticVillage(
                        name: name,
                        area: [.east, .west, .hills][index % 3],
                        households: share
                    )
                }
            )
        )
        fieldwork = Fieldwork(
            commune,
            FieldworkPlan(
                firstDay: firstDay,
                staffPerVillage: 2,
                householdsPerDay: max(1, (share + options.days) / options.days / 2)
            )
        )
        let top = NodeFolder(options.folder)
        try top.create()
        hub = try LocalNode(
            creating: NodeFolder(options.folder + "/hub"),
            user: "can-bo-xa",
            environment: clock.environment
        )
    }

    private static func names(_ count: Int) -> [String] {
        let listed = SampleList.villages.prefix(count)
        return listed + (0..<max(0, count - listed.count)).map { "Thôn Mẫu \($0 + 1)" }
    }

    package func run() throws -> Result {
        try makeHub()
        try importLists()
        try enrolNodes()
        try enterUnits()
        try surveyWeek()
        try bringSticks()
        try decide()
        try comeTogether()
        try reportToCity()
        result.hubFolder = options.folder + "/hub"
        result.villageFolders = villages.compactMap { $0.node.folder?.path }
        result.stationFolder = station?.folder?.path ?? ""
        return result
    }

    func step(_ vi: String, _ en: String) {
        say(.step(Label(vi, en)))
    }

    func tell(_ vi: String, _ en: String) {
        say(.line(Label(vi, en)))
    }
}

/// One village of the demo: its node, its stick, and what happens to it.
final class DemoVillage {
    let index: Int
    let name: String
    let scope: String
    var node: LocalNode

    init(index: Int, name: String, scope: String, node: LocalNode) {
        self.index = index
        self.name = name
        self.scope = scope
        self.node = node
    }
}

/// A wall clock that the demo moves.
final class DemoClock {
    private(set) var now: UInt64

    init(at now: UInt64) {
        self.now = now
    }

    func advance(minutes: Int) {
        now += UInt64(minutes) * 60_000
    }

    func set(_ time: UInt64) {
        now = max(now, time)
    }

    var environment: StoreEnvironment {
        StoreEnvironment(
            wall: { [self] in
                now += 1
                return now
            },
            random: { .random(in: .min ... .max) }
        )
    }
}

extension CalendarDay {
    /// The time of a full hour on this day, UTC+7, in milliseconds since 1970.
    func milliseconds(hour: Int) -> UInt64 {
        UInt64(max(0, number * 24 + hour - 7)) * 3_600_000
    }
}
