import SQLite

/// What records are to every indicator, judged once for all that have the same facts.
final class Judge {
    /// The states of records with the same facts.
    struct Judgement {
        /// As judged, with ``RowState/asVisited`` where the visits tell the cause.
        fileprivate let states: [RowState]
        /// With that cause, by its number; nil until it is asked for.
        fileprivate var resolved: [[RowState]?]
    }

    private let statement: Statement
    private let packed: [PackedFacts]
    private let count: Int
    private var positions: [[Int64]: Int] = [:]
    private var judgements: [Judgement] = []

    /// `count`: how many indicators the query judges.
    init(_ connection: Connection, _ query: StateQuery, count: Int) throws(SQLiteError) {
        statement = try connection.prepare(query.judgement)
        packed = query.facts
        self.count = count
    }

    /// The states of a record with these facts, one for each indicator.
    ///
    /// `facts`: the words of the scan, then those of each child. `cause`: what the visits tell.
    func states(_ facts: [Int64], cause: Cause) throws(SQLiteError) -> [RowState] {
        let position: Int
        if let known = positions[facts] {
            position = known
        } else {
            position = try judge(facts)
        }
        if let states = judgements[position].resolved[cause.rawValue] { return states }
        let states = judgements[position].states.map { $0 == .asVisited ? .unknown(cause) : $0 }
        judgements[position].resolved[cause.rawValue] = states
        return states
    }

    private func judge(_ facts: [Int64]) throws(SQLiteError) -> Int {
        var parameter: Int32 = 0
        var first = 0
        for packed in packed {
            for number in packed.numbers(in: facts, from: first) {
                parameter += 1
                try number.bind(to: statement, at: parameter)
            }
            first += packed.wordCount
        }
        let count = count
        let states = try statement.first { row in
            (0..<count).map { index in
                let raw = Int(row.integer(Int32(index)))
                // A number of no meaning would be a mistake of the compiler's, never of the data.
                return raw <= RowState.asVisited.rawValue ? RowState(rawValue: raw) : .outside
            }
        }
        judgements.append(
            Judgement(
                states: states ?? Array(repeating: .outside, count: count),
                resolved: Array(repeating: nil, count: Cause.allCases.count)
            )
        )
        positions[facts] = judgements.count - 1
        return judgements.count - 1
    }
}
