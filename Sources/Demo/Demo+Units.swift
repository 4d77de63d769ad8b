import Causality
import Node
import Store
import Survey
import Synthetic

/// What is no household: units, civil servants, and what agencies report.
extension Demo {
    private static let businesses: Set = ["enterprise", "household-business"]

    /// Villages enter their businesses, the health station itself, the hub all others.
    func enterUnits() throws {
        step(
            "Ghi đơn vị, cán bộ và số liệu của cơ quan",
            "Entering units, civil servants and what agencies report"
        )
        var rest = commune.units()
        result.units = rest.count
        for village in villages {
            let own = rest.filter { record in
                record.village == village.index
                    && record.text("kind").map(Self.businesses.contains) == true
            }
            try enter(own, at: village.node, scope: village.scope, from: &rest)
        }
        if let station, let own = rest.first(where: { $0.text("kind") == "health-station" }) {
            try enter([own], at: station, scope: Self.stationScope, from: &rest)
        }
        try enter(rest, at: hub, scope: Self.scope, from: &rest)
        try enterReports()
        tell(
            """
            \(result.units) cơ sở và cán bộ, ghi tại thôn, trạm y tế và xã; \
            \(result.reports) số liệu, mốc công việc do cơ quan báo cáo
            """,
            """
            \(result.units) units and civil servants, entered at villages, station and hub; \
            \(result.reports) figures and milestones reported by agencies
            """
        )
    }

    private func enter(
        _ records: [SyntheticRecord],
        at node: LocalNode,
        scope: String,
        from rest: inout [SyntheticRecord]
    ) throws {
        try save(records, at: node, scope: scope)
        let keys = Set(records.map(\.key))
        rest.removeAll { keys.contains($0.key) }
    }

    /// Typed in at the hub as an officer types them, and checked like that.
    private func enterReports() throws {
        for record in commune.reports() {
            guard let indicator = record.text("indicator") else { continue }
            let inputs = record.fields.map { field in
                switch field.value {
                case .text(let text): FieldInput(field.name, text)
                case .integer(let number): FieldInput(field.name, String(number))
                case .reference: FieldInput(field.name, "")
                }
            }
            let outcome = try hub.addFigure(indicator, inputs)
            guard outcome.id != nil else { throw NodeError.refused(outcome.problems) }
            result.reports += 1
        }
    }
}
