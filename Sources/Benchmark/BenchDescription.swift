import Causality
import Replication
import Survey

extension DataDescription {
    /// The workload's four tables as record types: the bench measures these, not the survey's.
    static let workload = DataDescription(
        types: WorkloadKind.allCases.map { kind in
            RecordType(
                kind.table,
                Label(kind.table, kind.table),
                fields: kind.columns.map(\.field)
            )
        },
        indicators: []
    )
}

extension WorkloadColumn {
    fileprivate var field: Field {
        let fieldKind: FieldKind =
            switch kind {
            case .text: .text(max: 200)
            case .integer: .integer(0...Int64.max)
            case .microdegrees: .microdegrees(0...180_000_000)
            case .reference(let kind): .reference(to: kind.table)
            }
        return Field(name, Label(name, name), fieldKind, indexed: isIndexed)
    }
}

/// A village's records in the order in which staff records them: house by house.
///
/// The position in that order, from 1, is the record's counter: creations are a log's first entries.
struct WorkloadVisits {
    typealias Name = (kind: WorkloadKind, index: Int)

    private(set) var visits: [[Name]]
    /// By kind: the counter of each record.
    private(set) var counters: [[UInt32]]

    init(_ village: WorkloadVillage) {
        visits = village[.household].indices.map { [(.household, $0)] }
        var houses: [Int] = []
        for (index, resident) in village[.resident].enumerated() {
            let house = Self.reference(resident, 1) - 1
            houses.append(house)
            visits[house].append((.resident, index))
        }
        for (index, account) in village[.account].enumerated() {
            visits[houses[Self.reference(account, 1) - 1]].append((.account, index))
        }
        for (index, device) in village[.device].enumerated() {
            visits[Self.reference(device, 1) - 1].append((.device, index))
        }
        counters = WorkloadKind.allCases.map { .init(repeating: 0, count: village[$0].count) }
        var next: UInt32 = 1
        for (kind, index) in visits.joined() {
            counters[kind.rawValue][index] = next
            next += 1
        }
    }

    private static func reference(_ record: WorkloadRecord, _ column: Int) -> Int {
        if case .reference(let number) = record.values[column] { number } else { 1 }
    }

    func counter(_ kind: WorkloadKind, _ number: Int) -> UInt32 {
        counters[kind.rawValue][number - 1]
    }

    /// The values as cells; no answer, no cell.
    func cells(
        _ kind: WorkloadKind,
        _ values: some Sequence<(column: Int, value: WorkloadValue)>,
        origin: UInt64
    ) -> [Cell] {
        values.compactMap { column, value in
            let field = kind.columns[column]
            switch (value, field.kind) {
            case (.text(""), _): return nil
            case (.text(let text), _): return Cell(field.name, .text(text))
            case (.integer(let number), _): return Cell(field.name, .integer(number))
            case (.reference(let number), .reference(let kind)):
                let counter = counter(kind, number)
                return Cell(field.name, .reference(RecordID(origin: origin, counter: counter)))
            case (.reference, _): return nil
            }
        }
    }
}
