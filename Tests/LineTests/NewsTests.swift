import Causality
import HTTP
import Replication
import Store
import TestSupport
import Testing

@testable import Node

/// What a served node takes for a change that its own hub should hear of soon.
@Suite struct NewsTests {
    @Test func `what a served hub decides itself is news for its parent at once`() throws {
        let city = try TestHub(seed: 52)
        let commune = try TwoLevels(city: city)
        let runner = RunnerParts(
            store: commune.hub,
            service: commune.service,
            client: commune.client,
            folder: NodeFolder("/nowhere"),
            log: .silent
        )
        #expect(!runner.hasChanged())
        #expect(try commune.client.run().problem == nil)
        #expect(!runner.hasChanged())
        // As a call with a trusted code does, and an officer's tap on a page: on this very connection.
        let newcomer = try city.commune.unenrolled()
        let request = try Enrolment.request(
            newcomer,
            name: "Thôn Mẫu 2",
            kind: .village,
            scopes: [TwoLevels.path + "/thon-2"]
        )
        try commune.hub.run { _ = try Enrolment.approve(request, as: .init(request), at: $0) }
        #expect(runner.hasChanged())
        #expect(!runner.hasChanged(), "told once")
        #expect(try commune.client.run().problem == nil)
        #expect(
            try city.vector(TwoLevels.path) == commune.hub.run { try $0.vector(TwoLevels.path) }
        )
        #expect(!runner.hasChanged(), "what a sync writes itself is no change")
        // Looking is no work that waits to be sent.
        try commune.hub.run { store in
            _ = try store.save(scope: TwoLevels.path) {
                _ = $0.add("access", [Cell("action", .text("show"))])
            }
        }
        #expect(!runner.hasChanged())
    }
}
