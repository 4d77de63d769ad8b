import Coverage
import Demo
import Foundation
import Node
import Replication
import Store
import Survey
import Testing

/// The commune's week, with its accidents, as users see it end.
@Suite struct DemoTests {
    private func play(
        _ change: (inout DemoOptions) -> Void = { _ in },
        _ body: (Demo.Result, CoverageReport, [Label]) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "doorstep-demo-test-\(UInt64.random(in: 0...UInt64.max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = DemoOptions(folder: folder.path)
        options.households = 40
        change(&options)
        var lines: [Label] = []
        let demo = try Demo(options, wall: 1_795_000_000_000) { event in
            if case .line(let line) = event { lines.append(line) }
        }
        let result = try demo.run()
        let hub = try LocalNode(opening: NodeFolder(result.hubFolder), user: "can-bo-xa")
        #expect(try hub.store.verify().damages.isEmpty)
        try body(result, try hub.coverage(), lines)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `every target of the plan concerns somebody and has a figure`(seed: UInt64) throws {
        try play {
            $0.seed = seed
        } _: { result, report, _ in
            #expect(result.isConverged)
            for line in report.lines where line.target != nil {
                #expect(line.total.population > 0, "\(line.indicator.name)")
            }
            for line in report.agencyFigures {
                #expect(line.figure?.rate != nil, "\(line.indicator.name)")
            }
            for line in report.milestones {
                #expect(line.state != nil, "\(line.indicator.name)")
            }
        }
    }

    @Test func `the week has its accidents, and none of them costs anything`() throws {
        try play {
            $0.households = 120
        } _: { result, report, lines in
            #expect(result.villageFolders.count == 5)
            #expect(result.visits > 50)
            #expect(result.refusals + result.nobodyMet > 0)
            #expect(result.away > 0)
            #expect(result.conflicts == 1)
            #expect(result.decided == 1)
            #expect(result.isConverged)
            #expect(report.visitTotal.visited > 0)
            let told = lines.map(\.en).joined(separator: "\n")
            for words in [
                "restored from its backup", "read twice: nothing changes", "pulled early",
                "comes late: nothing is missing", "0 records still wait", "again: 0 changes",
            ] {
                #expect(told.contains(words), "\(words)")
            }
            // The laptop that came back is a node of its own folder, and the old one is left.
            #expect(result.villageFolders[1].hasSuffix("thon-2-moi"))
        }
    }

    @Test func `the city has the figures of its communes, and nothing of their hubs' own`() throws {
        try play { result, report, _ in
            let city = try LocalNode(opening: NodeFolder(result.cityFolder), user: "can-bo-tp")
            #expect(try city.store.verify().damages.isEmpty)
            #expect(result.communes == 2)
            #expect(try city.store.children().count == 2)
            var wanted = FigureOptions()
            wanted.scope = Demo.scope
            let above = try city.coverage(wanted)
            #expect(above.populationTotal == report.populationTotal)
            #expect(above.lines.map(\.total) == report.lines.map(\.total))
            #expect(result.cityResidents > report.populationTotal.here)
            #expect(try !city.store.scopes().contains { isHubsOwnScope($0) })
        }
    }

    @Test func `the smallest commune plays the whole week too`() throws {
        try play { options in
            options.villages = 2
            options.households = 10
        } _: { result, _, _ in
            #expect(result.isConverged)
            #expect(result.decided == 1)
        }
    }
}
