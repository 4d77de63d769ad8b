import Glibc
import Survey
import Terminal
import Testing

@Suite struct TableTests {
    @Test(
        arguments: [
            ("", 0), ("abc", 3), ("Phú Quý", 7), ("Phu\u{301} Quy\u{301}", 7),
            ("Nguyễn Thị Hồng Đào", 19), ("ễ", 1), ("e\u{302}\u{303}", 1), ("中文", 4),
            ("🏠", 2), ("👨‍👩‍👧", 2), ("🇻🇳", 2), ("✔\u{fe0f}", 2), ("…–█", 3), ("한국", 4),
        ] as [(String, Int)]
    )
    func `width is counted in cells`(text: String, width: Int) {
        #expect(displayWidth(text) == width)
    }

    var sample: Table {
        var table = Table([.init("Thôn"), .init("Đã khảo sát", .right), .init("%", .right)])
        table.add(["Phú Quý 2", "1.234", "87,5%"])
        table.add(["Đức Bố\u{301}", "7", "–"])
        table.addRule()
        table.add(["Cả xã", "1.241", "9,0%"])
        return table
    }

    @Test func `columns are aligned under a rule`() {
        #expect(
            sample.text(.aligned) == """
                Thôn       Đã khảo sát      %
                ─────────  ───────────  ─────
                Phú Quý 2        1.234  87,5%
                Đức Bố\u{301}               7      –
                ─────────  ───────────  ─────
                Cả xã            1.241   9,0%

                """
        )
    }

    @Test func `a narrow terminal breaks titles and texts between words`() {
        var table = Table([
            .init("Chỉ tiêu"), .init("Đã khảo sát", .right),
            .init("Cao nhất", .right, mayBeLeftOut: true),
        ])
        table.add(["  Được cấp căn cước công dân", "1.234", "100,0%"])
        #expect(
            table.text(.aligned, width: 33) == """
                Chỉ tiêu               Đã     Cao
                                     khảo    nhất
                                      sát
                ──────────────────  ─────  ──────
                  Được cấp căn      1.234  100,0%
                  cước công dân

                """
        )
        #expect(table.text(.aligned, width: 80) == table.text(.aligned))
        #expect(table.leftOut(at: 33).isEmpty)
        #expect(table.leftOut(at: 28) == ["Cao nhất"])
        #expect(!table.text(.aligned, width: 28).contains("100,0%"))
        // What cannot be narrowed is printed whole.
        #expect(table.text(.aligned, width: 5).contains("1.234"))
    }

    @Test func `a pipe gets tabs and no rules`() {
        #expect(
            sample.text(.plain)
                == "Thôn\tĐã khảo sát\t%\nPhú Quý 2\t1.234\t87,5%\nĐức Bố\u{301}\t7\t–\n"
                + "Cả xã\t1.241\t9,0%\n"
        )
    }

    @Test func `a cell cannot break the table or steer the terminal`() {
        var table = Table([.init("a"), .init("b")])
        table.add(["x\ty\nz", "\u{1b}[31mred\u{9b}\u{202e}"])
        #expect(table.text(.plain) == "a\tb\nx y z\t [31mred  \n")
    }
}

@Suite struct NumberFormatTests {
    @Test(
        arguments: [
            (0, "0", "0"), (999, "999", "999"), (1_000, "1.000", "1,000"),
            (1_234_567, "1.234.567", "1,234,567"), (-1_234, "-1.234", "-1,234"),
            (Int.min, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"),
        ] as [(Int, String, String)]
    )
    func `thousands are set apart`(number: Int, vietnamese: String, english: String) {
        #expect(NumberFormat.vietnamese.integer(number) == vietnamese)
        #expect(NumberFormat.english.integer(number) == english)
    }

    @Test(
        arguments: [
            (7, 8, "87.5%"), (7996, 10_000, "79.9%"), (999_999, 1_000_000, "99.9%"),
            (1, 1, "100.0%"),
            (0, 5, "0.0%"), (1, 3, "33.3%"), (2, 3, "66.6%"), (5, 0, "–"), (25, 2, "1,250.0%"),
            (1, 2_000, "0.0%"), (Int.max, Int.max, "100.0%"),
        ] as [(Int, Int, String)]
    )
    func `a percentage is cut, never rounded up`(part: Int, whole: Int, text: String) {
        #expect(NumberFormat.english.percent(part, of: whole) == text)
    }

    @Test func `Vietnamese writes a decimal comma`() {
        #expect(NumberFormat.vietnamese.percent(7, of: 8) == "87,5%")
    }
}

@Suite struct OutputTests {
    /// Both ends of a pipe, as an ``Output`` and the descriptor to read from.
    private func pipe() throws -> (output: Output, reader: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe Glibc.pipe(&ends) == 0)
        // A process of another test would keep the end open that is closed here.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Output(descriptor: ends[1]), ends[0])
    }

    private func rest(_ reader: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe read(reader, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func `text is gathered until it is flushed`() throws {
        let (output, reader) = try pipe()
        #expect(!output.isTerminal)
        #expect(output.columns == 80)
        output.write("Xin ")
        output.writeLine("chào")
        var request = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&request, 1, 0) == 0)
        try output.finish()
        #expect(rest(reader) == "Xin chào\n")
        close(reader)
        close(output.descriptor)
    }

    @Test func `a reader that went away is no failure`() throws {
        Output.ignoreClosedPipes()
        let (output, reader) = try pipe()
        close(reader)
        output.write(String(repeating: "x", count: 200_000))
        #expect(output.isClosed)
        try output.finish()
        close(output.descriptor)
    }

    @Test func `a full disk is told at the end`() throws {
        let full = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        let output = Output(descriptor: full)
        output.write("x")
        let error = #expect(throws: OutputError.self) { try output.finish() }
        #expect(error?.code == ENOSPC)
        close(full)
    }

    @Test func `progress is drawn at its rate and taken away`() throws {
        let (output, reader) = try pipe()
        var time = ContinuousClock.now
        let bar = ProgressBar(on: output, numbers: .vietnamese, isShown: true, now: { time })
        bar.update("Nhập", done: 500, of: 2_000)
        bar.update("Nhập", done: 501, of: 2_000)
        #expect(rest(reader) == "\rNhập  █████░░░░░░░░░░░░░░░  25,0%  500 / 2.000\u{1b}[K")
        time += .milliseconds(100)
        bar.update(String(repeating: "ệ", count: 100), done: 1_500, of: nil)
        #expect(rest(reader) == "\r" + String(repeating: "ệ", count: 79) + "\u{1b}[K")
        bar.clear()
        bar.clear()
        #expect(rest(reader) == "\r\u{1b}[K")
        close(reader)
        close(output.descriptor)
    }

    @Test func `no progress is drawn into a file`() throws {
        let (output, reader) = try pipe()
        let bar = ProgressBar(on: output, numbers: .english)
        bar.update("Import", done: 1, of: 2)
        bar.clear()
        try output.finish()
        close(output.descriptor)
        #expect(rest(reader) == "")
        close(reader)
    }
}
