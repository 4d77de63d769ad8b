import Causality
import Replication
import Store
import Survey
import TestSupport

/// A hub and a village with the survey's own record types, and people to look for.
final class SurveyedCommune {
    static let scope = TestCommune.path + "/mau-1"
    let commune: TestCommune
    let hub: Store
    let village: Store

    init(seed: UInt64) throws {
        commune = try TestCommune(seed: seed, description: .doorstep)
        hub = commune.hub
        village = try commune.village("mau-1")
    }

    /// Both ends hold the same afterwards.
    func sync(_ other: Store? = nil) throws {
        for _ in 0..<2 { _ = try TestExchange(other ?? village, with: hub) }
    }
}

extension Store {
    @discardableResult
    func household(
        in scope: String = SurveyedCommune.scope,
        _ cells: [Cell] = [],
        by author: String = "lan"
    ) throws -> RecordID {
        try add("household", in: scope, [Cell("state", .text("occupied"))] + cells, by: author)
    }

    @discardableResult
    func resident(
        of household: RecordID,
        _ name: String,
        in scope: String = SurveyedCommune.scope,
        birth: String = "1985-03-05",
        _ cells: [Cell] = [],
        by author: String = "lan"
    ) throws -> RecordID {
        let own = [
            Cell("household", .reference(household)), Cell("full_name", .text(name)),
            Cell("birth", .text(birth)),
        ]
        return try add("resident", in: scope, own + cells, by: author)
    }

    func add(
        _ type: String,
        in scope: String,
        _ cells: [Cell],
        by author: String = "lan"
    ) throws -> RecordID {
        var id = RecordID(origin: 0, counter: 1)
        try save(scope: scope, author: author) { id = $0.add(type, cells) }
        return id
    }

    func set(
        _ type: String,
        _ id: RecordID,
        _ cells: Cell...,
        in scope: String = SurveyedCommune.scope,
        by author: String = "lan"
    ) throws {
        try save(scope: scope, author: author) { $0.set(type, id, cells) }
    }
}
