internal import Survey

/// The cells of one row by what they mean; a missing column reads as empty.
struct Cells {
    private let texts: [String]
    private let positions: [Column: Int]

    init(_ texts: [String], _ positions: [Column: Int]) {
        self.texts = texts
        self.positions = positions
    }

    subscript(column: Column) -> String {
        guard let position = positions[column], position < texts.count else { return "" }
        return texts[position]
    }

    func isEmpty(_ columns: Column...) -> Bool {
        columns.allSatisfy { TextFold.normalized(self[$0]).isEmpty }
    }

    /// What makes two rows copies: everything but the running number.
    var withoutPosition: [String] {
        texts.enumerated().filter { $0.offset != positions[.position] }.map(\.element)
    }

    /// Cells that hold something.
    var filled: [String] { texts.map(TextFold.normalized).filter { !$0.isEmpty } }
}
