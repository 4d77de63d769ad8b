import Coverage
import Survey
import Terminal

/// The figures for programs.
extension CoveragePrinter {
    var json: JSONValue {
        [
            "as_of": .string(report.cutoff.day.description),
            "made_on": .string(choice.madeOn.description),
            "known_on": context.optional(choice.knownOn?.description),
            "visits_since": context.optional(report.cutoff.roundStart?.description),
            "answers_since": context.optional(report.cutoff.staleBefore?.description),
            "registered": .bool(choice.isRegistered), "public": .bool(choice.isPublic),
            "places": .array(
                report.places.map { place in
                    [
                        "scope": .string(place.scope), "name": .string(place.name),
                        "village": .bool(place.isVillage),
                    ]
                }
            ),
            "figures": .array(lines.map(json)),
            "agencies": .array(
                report.agencyFigures.filter { choice.wants($0.indicator) }.map(json)
            ),
            "milestones": .array(
                report.milestones.filter { choice.wants($0.indicator) }.map { line in
                    [
                        "name": .string(line.indicator.name), "state": context.optional(line.state),
                        "since": context.optional(line.since),
                        "evidence": context.optional(line.evidence),
                    ]
                }
            ),
            "visits": choice.isPublic
                ? .null : .array(zip(report.places, report.visits).map { json($0, $1) }),
            "population": choice.isPublic
                ? .null : .array(zip(report.places, report.population).map { json($0, $1) }),
        ]
    }

    private func json(_ line: CoverageLine) -> JSONValue {
        [
            "name": .string(line.indicator.name),
            "label": .string(line.indicator.label(context.language)),
            "definition": .string(line.definition),
            "target": line.target.map { .integer(Int64($0)) } ?? .null,
            "level": .string(line.indicator.level.rawValue), "printed": .bool(line.isPrinted),
            "verdict": context.optional(total(line)?.verdict(on: line.target).rawValue),
            "total": total(line).map { json($0, line) } ?? .null,
            "places": .object(
                zip(report.places, tallies(line)).map { place, tally in
                    .init(
                        place.scope,
                        tally.map { json($0, line, hasCauses: !choice.isPublic) } ?? .null
                    )
                }
            ),
        ]
    }

    private func json(_ place: Place, _ population: PopulationTally) -> JSONValue {
        let counts = PopulationTally.columns.map { column in
            JSONValue.Member(column.name, .integer(Int64(column.count(population))))
        }
        return .object([.init("scope", .string(place.scope))] + counts)
    }

    /// `hasCauses`: with why it is not known, which of a village is not made public.
    private func json(_ tally: Tally, _ line: CoverageLine, hasCauses: Bool = true) -> JSONValue {
        let counts: [JSONValue.Member] = [
            .init("numerator", .integer(Int64(tally.yes))),
            .init("denominator", .integer(Int64(tally.population))),
            .init("lacking", .integer(Int64(tally.no))),
        ]
        let rates: [JSONValue.Member] = [
            .init("gap", line.target.map { .integer(Int64(tally.gap(to: $0))) } ?? .null),
            .init("rate_permille", permille(tally.registerRate)),
            .init("surveyed_permille", permille(tally.surveyedRate)),
            .init("upper_permille", permille(tally.upperBound)),
            .init("surveyed_share_permille", permille(tally.surveyedShare)),
        ]
        return .object(counts + (hasCauses ? causes(tally) : []) + rates)
    }

    /// What the second table shows: of whom it is not known, why, and who may belong besides.
    private func causes(_ tally: Tally) -> [JSONValue.Member] {
        let causes = Cause.allCases.map { cause in
            JSONValue.Member(cause.code, .integer(Int64(tally.unknown(cause))))
        }
        return [
            .init("unknown", .object(causes)),
            .init("not_applicable", .integer(Int64(tally.notApplicable))),
            .init("possible", .integer(Int64(tally.possible))),
            .init("age_uncertain", .integer(Int64(tally.ageUncertain))),
            .init("not_found", .integer(Int64(tally.notFound))),
            .init("may_belong", .integer(Int64(tally.mayBelong))),
            .init("extended_lower_permille", permille(tally.extendedBounds?.lower)),
            .init("extended_upper_permille", permille(tally.extendedBounds?.upper)),
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
            "rate_only": .bool(line.figure?.isRateOnly ?? false),
            "level": .string(line.indicator.level.rawValue),
            "period": context.optional(line.figure?.period),
            "reported_by": context.optional(line.figure?.reportedBy),
            "reported_on": context.optional(line.figure?.reportedOn),
            "source_system": context.optional(line.figure?.sourceSystem),
            "document_no": context.optional(line.figure?.documentNumber),
        ]
    }

    private func json(_ place: Place, _ visits: VisitTally) -> JSONValue {
        [
            "scope": .string(place.scope), "households": .integer(Int64(visits.households)),
            "visited": .integer(Int64(visits.visited)),
            "not_yet_visited": .integer(Int64(visits.notYetVisited)),
            "refused": .integer(Int64(visits.refused)),
            "no_contact": .integer(Int64(visits.noContact)),
            "postponed": .integer(Int64(visits.postponed)),
            "not_there": .integer(Int64(visits.notThere)),
            "visited_permille": permille(visits.visitedShare),
        ]
    }
}
