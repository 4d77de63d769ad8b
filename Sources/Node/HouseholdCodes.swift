import Causality
import Store
import Survey

/// Numbers of households, mã hộ: `21004-TT-KXN0123` (data model, section 1; identifiers, section 8).
///
/// Commune, village, three letters of the log that gives the number, and a running number in it. Two
/// nodes number without asking each other, and so does one node before and after it was restored: a
/// node's letter would be the same in both. The letters come from the log's random id: of the logs of
/// one village, few in number, two have the same with a probability of one in some thousands; the
/// form refuses a number that it knows already.
extension LocalNode {
    /// The next number in a village; the caller's transaction saves the household that bears it.
    package func nextHouseholdCode(in scope: String) throws -> String {
        try nextHouseholdCode(in: scope, prefix: householdPrefix(in: scope))
    }

    /// What all numbers of a village begin with that this log gives; good for one transaction.
    func householdPrefix(in scope: String) throws -> String {
        let commune = try store.rosterScope().split(separator: "/").last.map(String.init) ?? ""
        let village = try villages().first { $0.scope == scope }
        let place = Self.letters(of: village, scope: scope)
        return "\(commune)-\(place)-\(Self.letters(of: try store.openLogID(scope)))"
    }

    func nextHouseholdCode(in scope: String, prefix: String) throws -> String {
        let last = try store.lastText(of: "household", "code", in: scope, prefix: prefix)
        // Whatever another node has written under this prefix: a number has nine digits at most.
        let number = last.flatMap { UInt32($0.dropFirst(prefix.count)) }.map(Int.init) ?? 0
        let digits = String(number + 1)
        return prefix + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The village's code, else the first letters and numbers of its name.
    private static func letters(of village: Village?, scope: String) -> String {
        let name = village?.name ?? scope.split(separator: "/").last.map(String.init) ?? ""
        let given = village?.code.map { TextFold.fold($0) }
        let words = TextFold.words(TextFold.fold(name))
        let initials = words.map { word in
            word.allSatisfy(\.isNumber) ? word : String(word.prefix(1))
        }.joined()
        let text = (given ?? initials).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return String(text.prefix(placeMax)).uppercased()
    }

    /// Together with the other parts it fits the field.
    private static let placeMax = 5

    private static func letters(of log: LogID) -> String {
        // Without I and O, which look like digits.
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
        var rest = log.rawValue
        var letters = ""
        for _ in 0..<3 {
            letters.append(alphabet[Int(rest % UInt64(alphabet.count))])
            rest /= UInt64(alphabet.count)
        }
        return letters
    }
}
