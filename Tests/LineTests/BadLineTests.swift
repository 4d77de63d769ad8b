import Causality
import HTTP
import Lines
import Node
import Replication
import SQLite
import Store
import Survey
import TestSupport
import Testing

/// What real lines do between a village and its hub: each is told in words of its own, does no harm,
/// and is over when it is over.
@Suite struct BadLineTests {
    /// Answers everything alike, as a portal or a proxy does.
    private struct Between: Service {
        let response: Response

        func plan(_ head: RequestHead) -> Plan { .reply(response, label: "between") }
    }

    private static let page = Response(
        200,
        contentType: "text/html",
        body: Array("<html>Đăng nhập Wi-Fi</html>".utf8)
    )

    /// Syncs through something that answers in the hub's place, and then without it.
    private func problem(
        _ response: Response,
        isSecure: Bool,
        hubIsSecure: Bool
    ) throws -> SyncProblem? {
        let hub = try TestHub(seed: 91, certificate: hubIsSecure ? certificate() : nil)
        let between = try Server(
            ServerConfiguration(identity: isSecure ? certificate() : nil),
            service: Between(response: response)
        )
        defer { between.stop(grace: .zero) }
        let village = try hub.village("thon-1")
        try village.add(3)
        let before = try village.vector()
        // The hub's address leads elsewhere, as in a network that catches everything.
        let card = try HubCard(
            certificate: hub.card.certificate,
            issuedAt: hub.card.issuedAt + 1,
            pins: hub.card.pins,
            addresses: [],
            key: #require(try hub.run { try $0.identity() }).signingKey
        )
        try village.run { _ = try CodeEnrolment.keep(card, in: $0) }
        let caught = SyncClient(
            village.store,
            software: "test",
            addresses: [HubAddress(host: "127.0.0.1", port: between.port, isSecure: hubIsSecure)],
            client: .direct,
            pause: { _ in }
        )
        let problem = try caught.run().problem
        #expect(try village.vector().dominates(before))
        #expect(try village.run { try $0.unsentEntries() } == 3)
        #expect(try village.run { try $0.contacts().values.first?.problem } == problem?.code)
        #expect(try village.sync().problem == nil)
        #expect(try village.vector() == hub.vector(village.scope))
        return problem
    }

    @Test(arguments: [false, true], [false, true])
    func `a portal's page is told as a portal, over TLS or not`(
        isSecure: Bool,
        hubIsSecure: Bool
    ) throws {
        // Whoever asks for plain HTTP of a TLS port is told so: that is no page of a portal.
        guard hubIsSecure || !isSecure else { return }
        let problem = try problem(Self.page, isSecure: isSecure, hubIsSecure: hubIsSecure)
        #expect(problem == .portal)
    }

    @Test func `a proxy that waits no longer is told as a time-out`() throws {
        let response = Response.text(504, "upstream timed out")
        #expect(try problem(response, isSecure: false, hubIsSecure: false) == .timeout)
    }

    @Test func `a proxy that finds the hub dead is told like a hub that is not there`() throws {
        let response = Response.text(502, "bad gateway")
        #expect(try problem(response, isSecure: false, hubIsSecure: false) == .unreachable)
    }

    /// What a connection lasts for does not suffice for all: told in bytes, so that a busy machine
    /// gets no less through in it.
    @Test func `a proxy that cuts every connection after a while holds up nobody for ever`() throws
    {
        let hub = try TestHub(seed: 92)
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: 90_000, .up, .end)
        let line = try Line(to: hub.server.port, shape)
        let village = try hub.village("thon-1", port: line.port)
        try village.add(3_500)
        var problems: Set<SyncProblem> = []
        for _ in 0..<40 {
            guard let problem = try village.sync().problem else { break }
            problems.insert(problem)
        }
        #expect(try village.vector() == hub.vector(village.scope))
        #expect(line.counters.cuts > 0, "the line was good enough for all at once")
        #expect(problems.isSubset(of: [.cut]))
        #expect(try isSound(hub.store) && isSound(village.store))
    }

    @Test func `each has its own words, in both languages`() {
        let problems: [SyncProblem] = [
            .unreachable, .noName, .cut, .timeout, .portal, .otherKey, .certificateTime, .wrongHub,
            .noHub, .diskFull, .hubDiskFull, .hubFailed, .busy(retryAfterSeconds: 5), .revoked,
            .notEnrolled, .version(theirs: 1, ours: 2), .damaged, .proxyPassword, .proxyRefused,
            .proxyKey,
        ]
        for language in [Language.vi, .en] {
            let words = problems.map { $0.label(language) }
            #expect(Set(words).count == problems.count)
            #expect(words.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
            // What a page says is for people without a command line.
            #expect(
                problems.allSatisfy { problem in
                    [problem.plainLabel, problem.shortLabel].allSatisfy {
                        !$0(language).isEmpty && !$0(language).contains("doorstep ")
                    }
                }
            )
        }
    }
}
