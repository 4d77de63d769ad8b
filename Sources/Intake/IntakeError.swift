internal import Survey

/// Why a file cannot be read at all; single rows are refused in the report, not here.
package enum IntakeError: Error, Equatable, CustomStringConvertible {
    case empty
    case unreadable
    /// The first bytes are those of a workbook, an archive, a PDF or a web page.
    case notText
    case nulByte(row: Int)
    /// Bytes that are neither UTF-8 nor of an encoding that the whole list is in.
    case notUTF8(row: Int)
    case rowTooLong(row: Int, limit: Int)
    case fieldTooLong(row: Int, limit: Int)
    case tooManyFields(row: Int, limit: Int)
    case tooManyRows(limit: Int)
    case unterminatedQuote(row: Int)
    /// No row of the beginning names a column of persons.
    case noHeader(rowsLookedAt: Int)
    /// Nothing in the list tells which of its people live together.
    case noHouseholds
    /// Words about a column that are not `NAME=FIELD`.
    case choiceWithoutField
    /// A column was said to hold what no list has.
    case unknownField(String)
    /// A header was explained that the list does not have.
    case noSuchColumn(String, headers: [String])
    /// Two columns were said to hold one field, or one column to hold two.
    case columnChosenTwice(String)

    /// The fields that a column may hold, each by its fixed name.
    private static var fields: String {
        Column.allCases.map(\.rawValue).joined(separator: ", ")
    }

    package var description: String {
        switch self {
        case .empty: "the file is empty: choose another"
        case .unreadable: "the file could not be read to its end; copy it again and retry"
        case .notText:
            "this is a workbook, PDF, web page or archive; save it as 'CSV UTF-8' and import that"
        case .nulByte(let row):
            "row \(row) holds a zero byte, so this is no text in UTF-8; save it as 'CSV UTF-8'"
        case .notUTF8(let row):
            "row \(row) holds bytes that are no UTF-8; save the list as 'CSV UTF-8' again"
        case .rowTooLong(let row, let limit):
            "row \(row) has more than \(limit) bytes; is it a list, and are its quotes closed?"
        case .fieldTooLong(let row, let limit):
            "a cell of row \(row) has more than \(limit) bytes; are its quotes closed?"
        case .tooManyFields(let row, let limit):
            "row \(row) has more than \(limit) cells; is it a list?"
        case .tooManyRows(let limit): "more than \(limit) rows; split the list by village"
        case .unterminatedQuote(let row):
            "the quote opened in row \(row) is never closed: correct that row"
        case .noHeader(let rows):
            "no header row in the first \(rows) rows; one row must name the columns, such as "
                + "'Họ và tên; Ngày sinh; Giới tính'"
        case .noHouseholds:
            "nothing in the list tells which people live together; it needs the household's number, "
                + "the relation to the head, the head's name or the address"
        case .choiceWithoutField:
            "a column is explained as 'NAME=FIELD': the name in the header, the field it holds"
        case .unknownField(let field):
            "no field '\(field.prefix(60))': one of \(Self.fields), or - to leave the column out"
        case .noSuchColumn(let name, let headers):
            "the list has no column '\(name.prefix(60))': it has \(headers.joined(separator: ", "))"
        case .columnChosenTwice(let name):
            "'\(name.prefix(60))' is chosen for two columns or explained twice: leave one out"
        }
    }
}

/// The most that a file may ask of this machine; each is checked before memory is taken.
package struct IntakeLimits: Sendable {
    /// Bytes of one cell; an address or note stays far below.
    package var fieldBytes = 4096
    /// Cells of one row.
    package var fieldsPerRow = 256
    /// Bytes of one row, quoted line breaks included.
    package var rowBytes = 65_536
    /// Rows of one file: a commune has tens of thousands.
    package var rows = 1_000_000
    /// Bytes looked at to find the separator, the header and the encoding.
    package var headBytes = 65_536
    /// Rows among which the header is looked for.
    package var headerRows = 30
    /// Decisions kept one by one in the report; beyond it they are only counted.
    package var decisionsKept = 20_000
    /// Persons of one household; the next one begins a new draft.
    package var membersPerHousehold = 500

    package init() {}
}
