import Foundation
import Processes
import Testing

/// The words under a heading of a help text, up to the next empty line.
private func names(under headings: [Substring], in help: Doorstep.Result) -> [String] {
    help.output.split(separator: "\n", omittingEmptySubsequences: false)
        .drop { !headings.contains($0) }.dropFirst().prefix { $0.hasPrefix("  ") }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
}

/// Every verb of the programme, groups opened, as its help lists them.
private func allVerbs(_ doorstep: Doorstep) throws -> [[String]] {
    let headings: [Substring] = ["Verbs:"]
    return try names(under: headings, in: doorstep.run(["--help"], language: "en"))
        .flatMap { verb in
            let help = try doorstep.run([verb, "--help"], language: "en")
            let inner = names(under: headings, in: help)
            return inner.isEmpty ? [[verb]] : inner.map { [verb, $0] }
        }
}

@Suite struct HelpCommandTests {
    @Test func `every verb explains itself with an example, in both languages`() throws {
        let doorstep = try Doorstep()
        let verbs = try allVerbs(doorstep)
        #expect(verbs.count >= 35)
        for verb in verbs {
            let vi = try doorstep.run(verb + ["--help"])
            let en = try doorstep.run(verb + ["--help", "--lang", "en"])
            #expect(vi.code == 0 && en.code == 0)
            #expect(vi.output.contains("\nCách dùng: ") && vi.output.contains("\nVí dụ:"))
            #expect(en.output.contains("\nUsage: ") && en.output.contains("\nExamples:"))
            #expect(vi.lines.first != en.lines.first, "\(verb)")
            // An explanation that is the same in both languages was not translated.
            let both = Set(explanations(vi)).intersection(explanations(en))
            #expect(both.isEmpty, "\(verb): \(both)")
        }
    }

    /// What stands beside options and below examples.
    private func explanations(_ help: Doorstep.Result) -> [String] {
        help.lines.filter { $0.hasPrefix("  ") }.compactMap { line in
            let text = line.drop { $0 == " " }
            if line.hasPrefix("      ") { return String(text) }
            guard let gap = text.range(of: "  ") else { return nil }
            return text[gap.upperBound...].trimmingCharacters(in: .whitespaces)
        }
    }

    /// Each in an empty folder, where an example of `serve` finds no node that it would serve for
    /// ever.
    @Test func `the command line of every example is understood`() throws {
        for verb in try allVerbs(Doorstep()) {
            let help = try Doorstep().run(verb + ["--help"], language: "en")
            let lines = help.lines.drop { $0 != "Examples:" }.filter { $0.hasPrefix("  doorstep ") }
            #expect(!lines.isEmpty)
            for line in lines where !["demo", "bench", "simulate"].contains(verb[0]) {
                let words = try shellWords(String(line.dropFirst("  doorstep ".count)))
                let result = try Doorstep().run(words, language: "en")
                #expect(result.code != 2, "\(line): \(result.errors)")
            }
        }
    }

    /// Splits like a shell, by a shell.
    private func shellWords(_ line: String) throws -> [String] {
        let shell = URL(fileURLWithPath: "/bin/sh")
        let bytes = try ChildProcess(shell, ["-c", "printf '%s\\0' " + line]).collect().output
        return String(decoding: bytes, as: UTF8.self).split(separator: "\0").map(String.init)
    }

    @Test(
        arguments: [
            (["fnid"], "không có lệnh 'fnid' (có phải 'find'?)", "unknown verb 'fnid'"),
            (["find", "hub", "x", "--typ", "a"], "có phải '--type'?", "did you mean '--type'?"),
            (["find", "nowhere", "x"], "không có máy nào", "there is no node"),
            (["record", "show", "hub", "x"], "không phải mã bản ghi", "is no record id"),
            (["import", "hub", "nowhere.csv"], "không có đường dẫn này", "there is no such path"),
        ] as [([String], String, String)]
    )
    func `mistakes are explained in the language asked for`(
        words: [String],
        vi: String,
        en: String
    ) throws {
        let doorstep = try Doorstep()
        try doorstep.makeHub()
        #expect(try doorstep.run(words).errors.contains(vi))
        #expect(try doorstep.run(words, language: "en").errors.contains(en))
        #expect(try doorstep.run(["--lang", "en"] + words).errors.contains(en))
        #expect(try doorstep.run(words + ["--lang=vi"], language: "en").errors.contains(vi))
    }
}
