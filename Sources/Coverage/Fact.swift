/// What conditions read of one record: NULL or a small number.
enum Fact: Hashable {
    /// The number that stands with the code in `value`; `other` for a code without one.
    case coded(value: String, [CodeNumber], other: Int?)
    /// Whether somebody born on this date, as a partial date, has reached an age: 1, 0 or NULL.
    case age(birth: String, bound: String)
    /// SQL of value NULL or 0 to `limit`.
    case computed(String, limit: Int)

    /// The greatest number it can be.
    var limit: Int {
        switch self {
        case .coded(_, let numbers, let other): max(numbers.map(\.number).max() ?? 0, other ?? 0)
        case .age: 1
        case .computed(_, let limit): limit
        }
    }

    /// What it is read from: facts from one source are read together.
    enum Source: Hashable {
        case code(String)
        case birth(String)
        case alone(Fact)
    }

    var source: Source {
        switch self {
        case .coded(let value, _, _): .code(value)
        case .age(let birth, _): .birth(birth)
        case .computed: .alone(self)
        }
    }

    /// As one expression.
    var sql: String {
        switch self {
        case .coded(let value, let numbers, let other):
            let cases = numbers.map { " WHEN \(literal($0.code)) THEN \($0.number)" }.joined()
            let text = "CASE \(value)\(cases)"
            guard let other else { return "(\(text) END)" }
            return "iif(\(value) IS NULL, NULL, \(text) ELSE \(other) END)"
        case .age(let birth, let bound):
            // A suspect date is trusted for its year only.
            let known = "iif(substr(\(birth), -1) = '?', substr(\(birth), 1, 4), \(birth))"
            return """
                (CASE WHEN \(known) || '~' <= \(literal(bound)) THEN 1 \
                WHEN \(known) > \(literal(bound)) THEN 0 END)
                """
        case .computed(let sql, _): return sql
        }
    }
}

/// A code of the data description with the number that a fact gives it.
struct CodeNumber: Hashable {
    let code: String
    let number: Int

    init(_ code: String, _ number: Int) {
        self.code = code
        self.number = number
    }
}

/// The facts that conditions read, each under a name.
struct FactList {
    let prefix: String
    fileprivate private(set) var facts: [Fact] = []
    private var names: [Fact: String] = [:]

    init(prefix: String) { self.prefix = prefix }

    mutating func name(of fact: Fact) -> String {
        if let name = names[fact] { return name }
        let name = "\(prefix)\(facts.count)_"
        facts.append(fact)
        names[fact] = name
        return name
    }

    /// Every fact in a column of its own, for a table that is joined.
    var named: [String] {
        facts.enumerated().map { "\($0.element.sql) AS \(prefix)\($0.offset)_" }
    }
}

/// Facts of a record as bits of whole numbers: records with the same numbers are the same to every
/// condition.
///
/// A fact is kept as its number plus one, 0 for NULL. What several facts read is read once: one
/// list of cases sets the bits of all facts about one code, one comparison those of all ages. For that
/// they lie in one word.
struct PackedFacts {
    private struct Place {
        let word: Int
        let shift: Int
        let bits: Int
    }

    /// Bits in use of a number: the sign stays out of it.
    private static let wordBits = 62

    private let prefix: String
    private let facts: [Fact]
    private let places: [Place]
    let wordCount: Int

    init(_ list: FactList) {
        prefix = list.prefix
        facts = list.facts
        var groups = Grouped<Fact.Source, (position: Int, bits: Int)>()
        for (position, fact) in facts.enumerated() {
            let bits = Int.bitWidth - (fact.limit + 1).leadingZeroBitCount
            groups.add((position, bits), to: fact.source)
        }
        var ends: [Int] = []
        var placed: [Int: Place] = [:]
        /// Puts facts one behind the other into the first word that has room for all.
        func put(_ facts: [(position: Int, bits: Int)]) {
            let size = facts.reduce(0) { $0 + $1.bits }
            var word = ends.firstIndex { $0 + size <= Self.wordBits } ?? ends.count
            if word == ends.count { ends.append(0) }
            for fact in facts {
                if ends[word] + fact.bits > Self.wordBits {
                    word = ends.count
                    ends.append(0)
                }
                placed[fact.position] = Place(word: word, shift: ends[word], bits: fact.bits)
                ends[word] += fact.bits
            }
        }
        for group in groups.groups { put(group.values) }
        places = facts.indices.compactMap { placed[$0] }
        wordCount = ends.count
    }

    /// The facts under their names, each a parameter; the first of them is `parameter`.
    func definitions(parameter: Int) -> [String] {
        facts.indices.map { "?\(parameter + $0) AS \(prefix)\($0)_" }
    }

    /// The numbers of the facts, in their order, from words of which the first of these is `first`.
    func numbers(in words: [Int64], from first: Int) -> [Int64?] {
        places.map { place in
            let number = words[first + place.word] >> Int64(place.shift) & (1 << place.bits - 1)
            return number == 0 ? nil : number - 1
        }
    }

    /// The words as expressions.
    var words: [String] {
        (0..<wordCount).map { word in
            let placed = zip(facts, places).filter { $0.1.word == word }
            return "(\(parts(placed).joined(separator: " |\n")))"
        }
    }

    private func parts(_ placed: [(Fact, Place)]) -> [String] {
        var parts: [String] = []
        var codes = Grouped<String, (numbers: [CodeNumber], other: Int?, shift: Int)>()
        var ages = Grouped<String, (bound: String, shift: Int)>()
        for (fact, place) in placed {
            switch fact {
            case .coded(let value, let numbers, let other):
                codes.add((numbers, other, place.shift), to: value)
            case .age(let birth, let bound): ages.add((bound, place.shift), to: birth)
            case .computed(let sql, _): parts.append("(ifnull(\(sql) + 1, 0) << \(place.shift))")
            }
        }
        return parts + codes.groups.map(Self.coded) + ages.groups.map(Self.aged)
    }

    /// One list of cases for all facts about one value.
    private static func coded(
        _ value: String,
        _ facts: [(numbers: [CodeNumber], other: Int?, shift: Int)]
    ) -> String {
        func bits(_ number: Int?, _ shift: Int) -> Int { number.map { ($0 + 1) << shift } ?? 0 }
        var codes: [String] = []
        for code in facts.flatMap(\.numbers).map(\.code) where !codes.contains(code) {
            codes.append(code)
        }
        let cases = codes.map { code in
            let all = facts.reduce(0) { all, fact in
                let number = fact.numbers.first { $0.code == code }?.number
                return all | bits(number ?? fact.other, fact.shift)
            }
            return " WHEN \(literal(code)) THEN \(all)"
        }
        let others = facts.reduce(0) { $0 | bits($1.other, $1.shift) }
        return "iif(\(value) IS NULL, 0, CASE \(value)\(cases.joined()) ELSE \(others) END)"
    }

    /// A whole and certain date takes one comparison for each age, from the oldest on.
    private static func aged(_ birth: String, _ facts: [(bound: String, shift: Int)]) -> String {
        let facts = facts.sorted { $0.bound < $1.bound }
        func bits(reachedFrom first: Int) -> Int {
            facts.enumerated().reduce(0) { all, fact in
                all | (fact.offset >= first ? 2 : 1) << fact.element.shift
            }
        }
        let cases = facts.enumerated().map { index, fact in
            " WHEN \(birth) <= \(literal(fact.bound)) THEN \(bits(reachedFrom: index))"
        }
        let partial = facts.map { fact in
            "(ifnull(\(Fact.age(birth: birth, bound: fact.bound).sql) + 1, 0) << \(fact.shift))"
        }
        return """
            CASE WHEN length(\(birth)) = 10 THEN \
            CASE\(cases.joined()) ELSE \(bits(reachedFrom: facts.count)) END \
            ELSE \(partial.joined(separator: " | ")) END
            """
    }
}

/// Values by key, in the order in which keys first appear.
private struct Grouped<Key: Hashable, Value> {
    private(set) var groups: [(key: Key, values: [Value])] = []
    private var positions: [Key: Int] = [:]

    mutating func add(_ value: Value, to key: Key) {
        if let position = positions[key] {
            groups[position].values.append(value)
        } else {
            positions[key] = groups.count
            groups.append((key, [value]))
        }
    }
}
