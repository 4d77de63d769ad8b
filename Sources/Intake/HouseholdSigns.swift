internal import Survey

/// What a row tells of the household that its person belongs to.
struct HouseholdSigns {
    /// The household's id, of an export of ours.
    let record: String
    let number: String
    /// As it is written; empty where the row does not name one.
    let village: String
    let isHead: Bool
    /// The row says that its person belongs to a head: by a relation to one.
    let isMember: Bool
    /// The head's name, folded; of a head's own row, the person's.
    let head: String
    let address: PlaceKey
    let group: PlaceKey

    init(_ cells: Cells) {
        let relation = TextFold.normalized(cells[.relation])
        let head = HeadCell(cells[.headName])
        isHead = Codes.relation.code(relation) == "head" || relation.isEmpty && head == .mark
        isMember = !relation.isEmpty && !isHead
        record = TextFold.normalized(cells[.household])
        number = TextFold.normalized(cells[.householdNumber])
        village = TextFold.normalized(cells[.village])
        address = PlaceKey(cells[.address])
        group = PlaceKey(cells[.group])
        if case .name(let name) = head {
            self.head = name
        } else {
            self.head = isHead ? TextFold.fold(cells[.fullName]) : ""
        }
    }

    /// Whether anything here tells one household from another; a group has many of them.
    var tellsHousehold: Bool {
        isHead || !record.isEmpty || !number.isEmpty || !head.isEmpty || !address.isEmpty
    }
}

/// What a column `Chủ hộ` holds: the head's name, or a mark beside whoever is the head.
enum HeadCell: Equatable {
    case empty
    case mark
    /// Folded.
    case name(String)

    init(_ text: String) {
        let fold = TextFold.fold(text)
        self =
            Self.marks.contains(fold) ? .mark : Self.nothing.contains(fold) ? .empty : .name(fold)
    }

    private static let marks: Set = ["x", "v", "✓", "✔", "1", "co", "yes", "chu ho", "ch", "head"]
    private static let nothing: Set = ["", "-", "0", "khong", "no"]
}

/// An address or a group as far as two spellings of it have something in common: folded words without
/// signs between them, numbers without zeros in front.
struct PlaceKey: Equatable {
    private let words: [String]

    init(_ text: String) {
        let fold = TextFold.fold(text)
        words = fold.split { !$0.isLetter && !$0.isNumber }
            .map { word in
                let digits = word.drop { $0 == "0" }
                return String(digits.first?.isNumber == true ? digits : word)
            }
    }

    var isEmpty: Bool { words.isEmpty }

    /// Whether two people who are said to live together may mean one place by these: one says more
    /// than the other, the numbers are the same, or one has no number that could tell.
    func mayBe(_ other: PlaceKey) -> Bool {
        let (mine, theirs) = (Set(words), Set(other.words))
        guard !mine.isSubset(of: theirs), !theirs.isSubset(of: mine) else { return true }
        let numbers = [self.numbers, other.numbers]
        if numbers[0].isEmpty != numbers[1].isEmpty { return true }
        return numbers[0] == numbers[1] && !numbers[0].isEmpty
    }

    private var numbers: [Substring] {
        words.flatMap { $0.split { !$0.isNumber } }
    }
}
