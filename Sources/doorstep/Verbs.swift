import Survey
import Terminal

/// The programme: every verb is entered in this list and nowhere else.
enum Verbs {
    static let all: [Verb] =
        [Verb.demo, .makeNode, .status]
        + Verb.enrolling + Verb.inviting + Verb.serving + Verb.syncing
        + Verb.records + Verb.hubRecords + [.find, .addVisit]
        + [.importList, .export]
        + Verb.villages + [.coverage, .missing, .addFigure]
        + Verb.conflicts + Verb.duplicates
        + [.verify, .rebuild] + Verb.upkeep + Verb.lab

    /// What stands behind the first word of verbs that have two.
    private static let groups: [String: String] = [
        "node": "The nodes of this hub",
        "bundle": "Bundles as single files",
        "service": "The node as a service of the system",
        "record": "Add, change, show and delete records",
        "visit": "Record visits to households",
        "village": "Villages of the commune",
        "figure": "Figures that agencies report",
        "conflict": "Decide what two people wrote differently",
        "duplicate": "People who were recorded twice",
    ]

    static let version = "0.1.0"

    static let programme = Programme(
        name: "doorstep",
        version: version,
        summary: "a survey that works offline, house by house",
        commonOptions: [
            .flag("json", summary: "Print JSON for programs"),
            .value(
                "lang",
                .choice(["vi", "en"]),
                default: "vi",
                summary: "Language of the output"
            ),
            .value(
                "as",
                .text,
                summary: "Who writes: the sign-in name; else the user of the system"
            ),
        ],
        commands: commands
    )

    /// Verbs of one group become one command with subcommands, where its first verb stands.
    private static let commands: [Command] = {
        var names: [String] = []
        var members: [String: [Verb]] = [:]
        for verb in all {
            let name = verb.path[0]
            if members[name] == nil { names.append(name) }
            members[name, default: []].append(verb)
        }
        return names.map { name in
            let verbs = members[name] ?? []
            guard verbs.first?.group != nil || verbs.isEmpty else { return verbs[0].command }
            return Command(
                name,
                summary: groups[name] ?? name,
                subcommands: verbs.map(\.command)
            )
        }
    }()

    static func verb(at path: [String]) -> Verb? {
        all.first { $0.path == path }
    }
}
