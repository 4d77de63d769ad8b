import Causality
import Intake
import Survey
import Testing

@Suite struct CSVTests {
    static func rows(
        _ bytes: [UInt8],
        _ limits: IntakeLimits = .init(),
        chunk: Int = 65_536
    ) throws(IntakeError) -> [[String]] {
        var reader = CSVReader(
            separator: UInt8(ascii: ";"),
            limits: limits,
            source: ByteChunks.source(bytes, size: chunk)
        )
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append(row.cells) }
        return rows
    }

    @Test(
        arguments: [
            ("a;b\r\nc;d\r\n", [["a", "b"], ["c", "d"]]), ("a;b", [["a", "b"]]),
            ("\"a;b\";\"c\"\"d\"", [["a;b", "c\"d"]]), ("\"a\r\nb\";c", [["a\r\nb", "c"]]),
            ("a\"b;c", [["a\"b", "c"]]), ("\"a\"b;c", [["ab", "c"]]), (";;", [["", "", ""]]),
            ("a\n\nb\n", [["a"], [""], ["b"]]), ("", []), ("\"\"", [[""]]),
            ("'=1;'049;'a;''=1", [["=1", "049", "'a", "'=1"]]),
        ] as [(String, [[String]])],
        [1, 65_536]
    )
    func `CSV is read`(given: (text: String, rows: [[String]]), chunk: Int) throws {
        #expect(try Self.rows(Array(given.text.utf8), chunk: chunk) == given.rows)
    }

    @Test func `what is written comes back and no cell is a formula`() throws {
        let cells = [
            "=1+1", "+84 905", "-5", "@x", "\tx", "'=1", "''=1", "'", "''", "'a", "'049", "''0",
            "049085990001", "0905123456", "a;b", "\"q\"", "two\r\nlines", "", " ", "Nguyễn Thị Ý",
        ]
        for textColumns in [Set<Int>(), Set(0..<cells.count)] {
            var writer = CSVWriter(textColumns: textColumns)
            writer.append(cells)
            let bytes = writer.take()
            #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
            #expect(bytes.suffix(2) == [0x0D, 0x0A])
            #expect(try Self.rows(Array(bytes.dropFirst(3))) == [cells])
            let raw = String(decoding: bytes.dropFirst(3), as: UTF8.self)
            #expect(!raw.contains(";=") && !raw.contains(";+") && !raw.hasPrefix("="))
            if !textColumns.isEmpty { #expect(raw.contains(";'049085990001;")) }
        }
    }

    @Test(arguments: 0..<100)
    func `random cells come back`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let alphabet = Array("'=+-@0;,\"\r\n\tảa ")
        let rows = (0..<5).map { _ in
            (0..<4).map { _ in
                String(
                    (0..<Int(random.next() % 6)).map { _ in
                        alphabet[Int(random.next() % UInt64(alphabet.count))]
                    }
                )
            }
        }
        var writer = CSVWriter(textColumns: [1, 2])
        for row in rows { writer.append(row) }
        #expect(try Self.rows(Array(writer.take().dropFirst(3))) == rows)
    }
}

@Suite struct HostileFileTests {
    static func importing(
        _ source: @escaping ByteSource,
        _ limits: IntakeLimits = .init()
    ) throws -> ImportReport {
        try Importer(today: .init(number: 20_000), limits: limits).run(source) { _ in }
    }

    static let header = Array("Họ và tên;Năm sinh;Thôn\n".utf8)

    @Test func `a line of a gigabyte is refused after its limit is read`() throws {
        var chunks = 0
        let source: ByteSource = {
            chunks += 1
            return chunks == 1 ? Self.header : [UInt8](repeating: UInt8(ascii: "a"), count: 65_536)
        }
        #expect(throws: IntakeError.fieldTooLong(row: 2, limit: 4096)) {
            try Self.importing(source)
        }
        #expect(chunks <= 4)
    }

    @Test func `a line of many cells is refused`() {
        let line = [UInt8](repeating: UInt8(ascii: ";"), count: 70_000)
        #expect(throws: IntakeError.tooManyFields(row: 2, limit: 256)) {
            try Self.importing(ByteChunks.source(Self.header + line))
        }
    }

    @Test func `a long row of quoted line breaks is refused`() {
        var limits = IntakeLimits()
        limits.fieldBytes = 1_000_000
        #expect(throws: IntakeError.rowTooLong(row: 2, limit: 65_536)) {
            let row = Array("\"".utf8) + [UInt8](repeating: 10, count: 100_000)
            _ = try Self.importing(ByteChunks.source(Self.header + row), limits)
        }
    }

    @Test func `a quote that is never closed is refused with its row`() {
        #expect(throws: IntakeError.unterminatedQuote(row: 3)) {
            try Self.importing(
                ByteChunks.source(Self.header + Array("A;1950;X\n\"B;1951;X\n".utf8))
            )
        }
    }

    @Test func `a zero byte is refused with its row`() {
        #expect(throws: IntakeError.nulByte(row: 2)) {
            try Self.importing(ByteChunks.source(Self.header + [65, 0, 66]))
        }
    }

    @Test func `too many rows are refused`() {
        var limits = IntakeLimits()
        limits.rows = 10
        let rows = Array(String(repeating: "A B;1950;X\n", count: 20).utf8)
        #expect(throws: IntakeError.tooManyRows(limit: 10)) {
            try Self.importing(ByteChunks.source(Self.header + rows), limits)
        }
    }

    @Test func `a workbook is refused with advice`() {
        #expect(throws: IntakeError.notText) {
            try Self.importing(ByteChunks.source([0x50, 0x4B, 0x03, 0x04, 0, 0, 0, 0]))
        }
    }

    @Test(arguments: ["x", "a;b;c\n1;2;3", "\n\n\n"])
    func `a file without a header is refused`(text: String) {
        #expect(throws: IntakeError.noHeader(rowsLookedAt: 30)) {
            try Self.importing(ByteChunks.source(Array(text.utf8)))
        }
    }

    @Test func `an empty file is refused`() {
        #expect(throws: IntakeError.empty) { try Self.importing(ByteChunks.source([])) }
    }

    @Test(arguments: 0..<200)
    func `random bytes are read or refused`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let noise = (0..<Int(random.next() % 3000)).map { _ in
            UInt8(truncatingIfNeeded: random.next())
        }
        for bytes in [noise, Self.header + noise.filter { $0 != 0 }] {
            do {
                _ = try Self.importing(ByteChunks.source(bytes, size: 17))
            } catch {
                #expect(error is IntakeError)
            }
        }
    }

    @Test func `many decisions are counted and not all kept`() throws {
        var limits = IntakeLimits()
        limits.decisionsKept = 5
        let rows = Array(String(repeating: "A B;31/02/1950;X\n;;\n", count: 50).utf8)
        let report = try Self.importing(ByteChunks.source(Self.header + rows), limits)
        #expect(report.decisions.count == 5)
        #expect(report.counts[.blankRow] == 49)
    }
}

/// SplitMix64, enough for tests.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
