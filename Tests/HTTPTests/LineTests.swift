import Causality
import HTTP
import Lines
import Testing

/// The client over bad lines.
@Suite struct LineTests {
    private static let total = 60_000

    /// Each seed cuts at another place, each way and in each kind.
    @Test(arguments: 0..<40)
    func `a line cut anywhere gives a whole exchange or an error`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let now = secondsSince1970()
        let authority = try CertificateAuthority(
            named: "Test authority",
            permitting: ["hub.example"],
            now: now
        )
        let identity = try authority.issue(names: ["hub.example"], now: now)
        let site = try TestSite()
        let server = try Server.onLoopback(site, identity: identity)
        var shape = LineShape()
        let direction: LineShape.Direction = random.percent(50) ? .up : .down
        let kind: LineShape.CutKind = random.percent(50) ? .reset : .end
        let place = random.percent(40) ? random.below(3_000) : random.below(Self.total)
        shape.cut = LineShape.Cut(afterBytes: place, direction, kind)
        let line = try Line(to: server.port, shape)
        let client = Client.direct(.pinnedKeys([identity.publicKeyPin]))
        var count = 0
        var isInOrder = true
        let source = Numbers(total: Self.total, pieceSize: 1 + random.below(9_000))
        do throws(ClientError) {
            if direction == .up {
                let (_, body) = try client.collect(
                    "https://127.0.0.1:\(line.port)/count",
                    method: .post,
                    body: .stream(source, length: random.percent(50) ? nil : Self.total),
                    limit: 100
                )
                #expect(String(decoding: body, as: UTF8.self) == "\(Self.total)\n")
            } else {
                try client.exchange("https://127.0.0.1:\(line.port)/numbers?total=\(Self.total)") {
                    for byte in $0 {
                        isInOrder = isInOrder && byte == UInt8(truncatingIfNeeded: count)
                        count += 1
                    }
                }
                #expect(count == Self.total)
            }
        } catch {
            guard case .cut = error else {
                Issue.record("\(direction) \(kind) after \(place): \(error)")
                return
            }
        }
        #expect(isInOrder && count <= Self.total)
        line.cutAll()
        server.stop(grace: .seconds(5))
        let entries = site.diary.now
        #expect(entries.opened == entries.finished + entries.abandoned)
        #expect(line.counters.cuts <= 1)
    }

    @Test func `a dead line is a time-out`() throws {
        let server = try Server.onLoopback(try TestSite())
        var shape = LineShape()
        shape.cut = LineShape.Cut(afterBytes: 10, .up, .silence)
        let line = try Line(to: server.port, shape)
        let client = Client.direct {
            $0.stallTime = .seconds(1)
        }
        let error = #expect(throws: ClientError.self) {
            try client.collect("http://127.0.0.1:\(line.port)/hello", limit: 100)
        }
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        server.stop(grace: .zero)
    }

    @Test func `a slow and lossy line changes nothing but the time`() throws {
        let server = try Server.onLoopback(try TestSite())
        var shape = LineShape.slow(200_000, delay: .milliseconds(20))
        shape.lossPercent = 5
        shape.lossPause = .milliseconds(20)
        let line = try Line(to: server.port, shape)
        let started = SuspendingClock.now
        let (_, body) = try Client.direct().collect(
            "http://127.0.0.1:\(line.port)/count",
            method: .post,
            body: .stream(Numbers(total: 50_000), length: nil),
            limit: 100
        )
        #expect(String(decoding: body, as: UTF8.self) == "50000\n")
        // 50,000 bytes at 200,000 a second: the line is not faster than it says.
        #expect(started.duration(to: .now) >= .milliseconds(250))
        #expect(line.counters.upBytes > 50_000 && line.counters.connections == 1)
        server.stop(grace: .seconds(5))
    }
}
