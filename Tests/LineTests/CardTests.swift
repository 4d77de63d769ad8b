import HTTP
import Node
import Replication
import Store
import TestSupport
import Testing

/// How nodes learn what a hub says of itself later than at their enrolment.
@Suite struct CardTests {
    private let now: UInt64 = 1_780_000_000_000
    private let day: UInt64 = 86_400_000

    private func addresses(_ village: TestVillage) throws -> [String]? {
        try village.run { try CodeEnrolment.hubCard($0)?.addresses }
    }

    /// As if the hub had been asked so long ago.
    private func ask(_ village: TestVillage, ago: UInt64) throws {
        try village.run { try $0.set("hub-card-asked", Array(String(now - ago).utf8)) }
    }

    @Test(arguments: [false, true])
    func `a hub that is found elsewhere says so while it is still found, once a day`(
        isSecure: Bool
    ) throws {
        let hub = try TestHub(seed: 41, certificate: isSecure ? certificate() : nil)
        let village = try hub.village("thon-1")
        let old = [hub.address.description]
        let new = ["hub.xa.vn:8443"] + old
        #expect(try village.sync().problem == nil)
        try hub.show(addresses: new, issuedAt: 2)
        try ask(village, ago: day - 1)
        #expect(try village.sync().problem == nil)
        #expect(try addresses(village) == old)
        try ask(village, ago: day)
        #expect(try village.sync().problem == nil)
        #expect(try addresses(village) == new)
        // An earlier one, by whomever it is played back, changes nothing.
        try hub.show(addresses: old, issuedAt: 1)
        try ask(village, ago: day)
        #expect(try village.sync().problem == nil)
        #expect(try addresses(village) == new)
    }

    @Test func `a card of the time when the hub's clock was ahead gives way`() throws {
        let hub = try TestHub(seed: 42, cardTime: now + 10 * 365 * day)
        let village = try hub.village("thon-1")
        #expect(try village.sync().problem == nil)
        let new = ["hub.xa.vn:8443", hub.address.description]
        try hub.show(addresses: new, issuedAt: now)
        try ask(village, ago: day)
        #expect(try village.sync().problem == nil)
        #expect(try addresses(village) == new)
    }

    @Test func `of two cards within a day of the hub's clock the later counts`() throws {
        let hub = try TestHub(seed: 43, cardTime: now + day)
        let village = try hub.village("thon-1")
        #expect(try village.sync().problem == nil)
        try hub.show(addresses: ["hub.xa.vn:8443"], issuedAt: now)
        try ask(village, ago: day)
        #expect(try village.sync().problem == nil)
        #expect(try addresses(village) == [hub.address.description])
    }
}
