import Coverage
import Survey
import Terminal

/// The figures for programs.
extension CoveragePrinter {
    var json: JSONValue {
        [
            "as_of": .string(report.cutoff.day.description),
            "places": .array(
                report.places.map { place in
                    [
                        "scope": .string(place.scope), "name": .string(place.name),
                        "village": .bool(place.isVillage),
                    ]
                }
            ),
            "figures": .array(lines.map(json)),
            "agencies": .array(report.agencyFigures.map(json)),
            "milestones": .array(
                report.milestones.map { line in
                    [
                        "name": .string(line.indicator.name), "state": context.optional(line.state),
                        "since": context.optional(line.since),
                    ]
                }
            ),
            "visits": .array(zip(report.places, report.visits).map { json($0, $1) }),
        ]
    }

    private func json(_ line: CoverageLine) -> JSONValue {
        [
            "name": .string(line.indicator.name),
            "label": .string(line.indicator.label(context.language)),
            "definition": .string(line.definition),
            "target": line.target.map { .integer(Int64($0)) } ?? .null,
            "verdict": .string(line.verdict.rawValue), "total": json(line.total),
            "places": .object(
                zip(report.places, line.byPlace).map { .init($0.scope, json($1)) }
            ),
        ]
    }

    private func json(_ tally: Tally) -> JSONValue {
        let causes = Cause.allCases.map { cause in
            JSONValue.Member(cause.code, .integer(Int64(tally.unknown(cause))))
        }
        return [
            "numerator": .integer(Int64(tally.yes)),
            "denominator": .integer(Int64(tally.population)),
            "lacking": .integer(Int64(tally.no)), "unknown": .object(causes),
            "not_applicable": .integer(Int64(tally.notApplicable)),
            "possible": .integer(Int64(tally.possible)),
            "rate_permille": permille(tally.registerRate),
            "surveyed_permille": permille(tally.surveyedRate),
            "upper_permille": permille(tally.upperBound),
        ]
    }

    private func permille(_ rate: Permille?) -> JSONValue {
        rate.map { .integer(Int64($0.value)) } ?? .null
    }

    private func json(_ line: AgencyLine) -> JSONValue {
        [
            "name": .string(line.indicator.name),
            "target": line.target.map { .integer(Int64($0)) } ?? .null,
            "numerator": line.figure?.numerator.map { .integer(Int64($0)) } ?? .null,
            "denominator": line.figure?.denominator.map { .integer(Int64($0)) } ?? .null,
            "rate_permille": permille(line.figure?.rate),
            "period": context.optional(line.figure?.period),
            "reported_by": context.optional(line.figure?.reportedBy),
        ]
    }

    private func json(_ place: Place, _ visits: VisitTally) -> JSONValue {
        [
            "scope": .string(place.scope), "households": .integer(Int64(visits.households)),
            "visited": .integer(Int64(visits.visited)),
            "not_yet_visited": .integer(Int64(visits.notYetVisited)),
            "refused": .integer(Int64(visits.refused)),
            "no_contact": .integer(Int64(visits.noContact)),
        ]
    }
}
