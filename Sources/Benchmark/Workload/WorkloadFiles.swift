private import Glibc
package import Survey
import Terminal

/// The bounds on a workload that is read from files.
enum WorkloadLimits {
    /// Villages of one workload; their number is two or three digits.
    static let villagesMax = 1_000
    /// Bytes of one file: a village has 0.7 MB.
    static let fileBytesMax = 64 << 20
}

/// What cannot be read as the workload.
package struct WorkloadError: LabelledError, Hashable {
    package let file: String
    /// From 1; 0 for the file as a whole.
    package let line: Int

    package var label: Label {
        line == 0
            ? Label(
                "không đọc được \(file): ghi các tệp dữ liệu đo vào đó trước",
                "\(file) cannot be read: write the workload's files there first"
            )
            : Label(
                "\(file), dòng \(line): không phải bản ghi của dữ liệu đo; ghi lại các tệp",
                "\(file), line \(line): not a record of the workload; write its files again"
            )
    }
}

extension Workload {
    /// Reads the files that `workload.py` writes: `v00.jsonl`, …, `edits.jsonl`, `conflicts.jsonl`.
    package init(folder: String) throws(WorkloadError) {
        var villages: [WorkloadVillage] = []
        while villages.count < WorkloadLimits.villagesMax {
            let number = villages.count
            let path = "\(folder)/v\(number < 10 ? "0" : "")\(number).jsonl"
            guard let bytes = readFile(path) else { break }
            villages.append(try WorkloadLines(path, bytes).village(number))
        }
        guard !villages.isEmpty else { throw WorkloadError(file: "\(folder)/v00.jsonl", line: 0) }
        self.init(
            villages: villages,
            edits: try WorkloadLines.open("\(folder)/edits.jsonl").edits(),
            conflicts: try WorkloadLines.open("\(folder)/conflicts.jsonl").conflicts()
        )
    }
}

/// One file of the workload.
private struct WorkloadLines {
    private let path: String
    private let bytes: [UInt8]

    init(_ path: String, _ bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    static func open(_ path: String) throws(WorkloadError) -> WorkloadLines {
        guard let bytes = readFile(path) else { throw WorkloadError(file: path, line: 0) }
        return WorkloadLines(path, bytes)
    }

    private func map<T>(_ read: (JSONValue) -> T?) throws(WorkloadError) -> [T] {
        var result: [T] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let value = try? JSONText.decode(Array(line)), let one = read(value) else {
                throw WorkloadError(file: path, line: result.count + 1)
            }
            result.append(one)
        }
        return result
    }

    func village(_ number: Int) throws(WorkloadError) -> WorkloadVillage {
        var village = WorkloadVillage(
            number: number,
            records: WorkloadKind.allCases.map { _ in [] }
        )
        _ = try map { line -> Bool? in
            guard let name = Self.name(line["id"]), name.village == number else { return nil }
            let position = name.kind.rawValue
            guard name.number == village.records[position].count + 1 else { return nil }
            var values: [WorkloadValue] = []
            for column in name.kind.columns {
                guard let value = Self.value(line[column.name], column.kind) else { return nil }
                values.append(value)
            }
            village.records[position].append(WorkloadRecord(kind: name.kind, values: values))
            return true
        }
        return village
    }

    func edits() throws(WorkloadError) -> [WorkloadEdit] {
        try map { line in
            guard let name = Self.name(line["id"]),
                let changes = Self.changes(line["set"], name.kind)
            else { return nil }
            return WorkloadEdit(
                village: name.village,
                kind: name.kind,
                number: name.number,
                changes: changes
            )
        }
    }

    func conflicts() throws(WorkloadError) -> [WorkloadConflict] {
        try map { line in
            guard let name = Self.name(line["id"]), name.kind == .resident,
                let byVillage = Self.changes(line["village"], .resident),
                let byHub = Self.changes(line["hub"], .resident)
            else { return nil }
            return WorkloadConflict(
                village: name.village,
                number: name.number,
                byVillage: byVillage,
                byHub: byHub
            )
        }
    }

    /// The parts of an id such as `07r1500`.
    private static func name(
        _ value: JSONValue?
    ) -> (village: Int, kind: WorkloadKind, number: Int)? {
        guard case .string(let text) = value,
            let letter = text.firstIndex(where: { !$0.isNumber }),
            let kind = WorkloadKind(letter: String(text[letter])),
            let village = Int(text[..<letter]), let number = Int(text[letter...].dropFirst())
        else { return nil }
        return (village, kind, number)
    }

    private static func value(
        _ value: JSONValue?,
        _ kind: WorkloadColumn.Kind
    ) -> WorkloadValue? {
        switch (value, kind) {
        case (.string(let text), .text): .text(text)
        case (.integer(let number), .integer): .integer(number)
        case (.integer(let degrees), .microdegrees): .integer(degrees * 1_000_000)
        case (.real(let degrees), .microdegrees): .integer(Int64((degrees * 1e6).rounded()))
        case (.string, .reference): name(value).map { .reference($0.number) }
        default: nil
        }
    }

    private static func changes(
        _ value: JSONValue?,
        _ kind: WorkloadKind
    ) -> [(column: Int, value: WorkloadValue)]? {
        guard case .object(let members) = value else { return nil }
        var changes: [(column: Int, value: WorkloadValue)] = []
        for member in members {
            guard let column = kind.position(of: member.key),
                let value = self.value(member.value, kind.columns[column].kind)
            else { return nil }
            changes.append((column, value))
        }
        return changes
    }
}

/// The content of a file; nil where it cannot be read or is longer than any of the workload's.
private func readFile(_ path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let size = Int(lseek(file, 0, SEEK_END))
    guard (0...WorkloadLimits.fileBytesMax) ~= size, lseek(file, 0, SEEK_SET) == 0 else {
        return nil
    }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe read(file, buffer.baseAddress, buffer.count)
    }
    return count == size ? bytes : nil
}
