import Causality
import Foundation
import Node
import Survey
import Terminal
import Testing

/// What the report, the work lists and the settings show through the command.
@Suite struct ReportCommandTests {
    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
        _ = try doorstep("village", "add", "hub", "Phú Quý 2")
    }

    private func person(_ more: String...) throws -> String {
        let home = try doorstep.add("household", "state=occupied", village: "phu-quy-2")
        return try person(of: home, more)
    }

    private func person(of home: String, _ more: [String]) throws -> String {
        let result = try doorstep.run(
            [
                "record", "add", "hub", "resident", "household=\(home)",
                "full_name=Nguyễn Văn Ví Dụ", "birth=5/3/1985", "sex=nam", "residence=permanent",
                "presence=here",
            ] + more
        )
        return String(try #require(result.lines.first, "\(result.errors)"))
    }

    @Test func `the four numbers, both universes and the lines of the population are printed`()
        throws
    {
        _ = try person("ssa_state=linked")
        _ = try person("ssa_state=none")
        _ = try person()
        let away = try person("presence_on=2020")
        #expect(try doorstep("record", "edit", "hub", away, "presence=away-long").code == 0)
        let report = try doorstep("coverage", "hub", "--json").json()
        guard case .array(let figures) = report["figures"],
            let total = figures.first(where: { $0["name"] == "ssa-on-vneid" })?["total"]
        else {
            Issue.record("no figure")
            return
        }
        #expect(total["rate_permille"] == 333 && total["surveyed_permille"] == 500)
        #expect(total["surveyed_share_permille"] == 666 && total["upper_permille"] == 666)
        #expect(total["gap"] == 2)
        let table = try doorstep("coverage", "hub", "--indicator", "ssa-on-vneid").output
        #expect(table.contains("\t1\t3\t33,3%\t66,6%\t50,0%\t66,6%\t2\tchưa đạt\tssa-on-vneid"))
        let registered = try doorstep("coverage", "hub", "--registered", "--json").json()
        guard case .array(let others) = registered["figures"] else { return }
        #expect(others.first { $0["name"] == "ssa-on-vneid" }?["total"]?["denominator"] == 4)
        guard case .array(let population) = report["population"] else {
            Issue.record("no population")
            return
        }
        #expect(population.contains { $0["here"] == 3 && $0["away_long"] == 1 })
    }

    @Test func `lines and sum of every table agree where a unit has people of its own`() throws {
        let nodes = try TwoNodes(village: false)
        let home = try #require(
            try nodes.village.addRecord("household", [FieldInput("state", "occupied")]).id
        )
        let saved = try nodes.village.addRecord(
            "resident",
            [
                FieldInput("household", home.description),
                FieldInput("full_name", "Nguyễn Văn Ví Dụ"), FieldInput("birth", "5/3/1985"),
                FieldInput("sex", "nam"), FieldInput("residence", "permanent"),
                FieldInput("presence", "here"),
            ]
        )
        #expect(!saved.isRefused)
        try nodes.sync()
        let table = try nodes.doorstep("coverage", "hub", "--by-village").lines
        for sum in table.indices.filter({ table[$0].hasPrefix("Cả xã\t1\t") }) {
            #expect(table[sum - 1].hasPrefix("mau-1\t1\t"), "\(table[sum - 1])")
        }
        #expect(table.filter { $0.hasPrefix("Cả xã\t1\t") }.count == 2)
        let known = try nodes.doorstep("coverage", "hub", "--known-on", "2026-01-31").output
        #expect(known.contains("theo giờ của máy đã ghi"))
    }

    @Test func `what an agency reports is the commune's, and taken in no village`() throws {
        let figure = ["period=2026-01", "permille=512", "reported_by=X"]
        let known = ["record", "add", "hub", "agency_figure", "indicator=dvc-auto-5min"]
        let mark = ["record", "add", "hub", "milestone", "indicator=once-only-entry", "state=done"]
        for words in [known + figure + ["reported_on=1/2/2026"], mark + ["state_on=1/2/2026"]] {
            let refused = try doorstep.run(words + ["--village", "phu-quy-2"], language: "en")
            #expect(refused.code == 1 && refused.errors.contains("leave out --village"))
        }
        #expect(try doorstep.run(known + figure + ["reported_on=1/2/2026"]).code == 0)
        let nodes = try TwoNodes()
        #expect(throws: NodeError.notAHub) {
            try nodes.village.addFigure(
                "dvc-auto-5min",
                figure.compactMap { FieldInput(assignment: $0) }
            )
        }
    }

    @Test func `an agency's figure is printed when it is asked for, and lists nobody`() throws {
        let words = ["period=2026-01", "permille=512", "reported_by=Công an xã"]
        #expect(try doorstep.run(["figure", "add", "hub", "dvc-auto-5min"] + words).code == 0)
        let shown = try doorstep("coverage", "hub", "--indicator", "dvc-auto-5min").output
        #expect(shown.contains("51,2%") && !shown.contains("once-only-entry"))
        #expect(!shown.contains("Chỉ tiêu\t"), "no empty table: \(shown)")
        let mark = try doorstep("coverage", "hub", "--indicator", "once-only-entry").output
        #expect(mark.contains("\tonce-only-entry") && !mark.contains("dvc-auto-5min"))
        let json = try doorstep("coverage", "hub", "--indicator", "dvc-auto-5min", "--json").json()
        guard case .array(let agencies) = json["agencies"] else { return }
        #expect(agencies.map { $0["name"] } == ["dvc-auto-5min"] && json["milestones"] == [])
        for name in ["dvc-auto-5min", "once-only-entry"] {
            let missing = try doorstep.run(["missing", "hub", name], language: "en")
            #expect(missing.code == 1 && missing.errors.contains("nobody to list"))
        }
    }

    @Test func `what is published leaves small places out`() throws {
        _ = try person("ssa_state=linked")
        let words = ["coverage", "hub", "--indicator", "ssa-on-vneid", "--by-village", "--public"]
        #expect(try doorstep.run(words).output.contains("quá ít người, không công bố"))
        let json = try doorstep.run(words + ["--json"]).json()
        guard case .array(let figures) = json["figures"] else { return }
        #expect(figures.first?["places"]?["48/21004/phu-quy-2"] == .null)
    }

    @Test func `of a village no reason is published, of the commune they are`() throws {
        for _ in 1...6 { _ = try person() }
        let words = ["coverage", "hub", "--indicator", "ssa-on-vneid", "--by-village", "--public"]
        let tables = try doorstep.run(words).output.components(separatedBy: "\n\n")
        let unknown = try #require(tables.first { $0.hasPrefix("Chưa rõ, vì sao") })
        #expect(unknown.contains("ssa-on-vneid") && !unknown.contains("Phú Quý 2"))
        #expect(tables.contains { $0.contains("Phú Quý 2") })
        guard case .array(let figures) = try doorstep.run(words + ["--json"]).json()["figures"],
            let figure = figures.first, let place = figure["places"]?["48/21004/phu-quy-2"]
        else {
            Issue.record("no figure")
            return
        }
        #expect(place["denominator"] == 6 && figure["total"]?["unknown"] != nil)
        for name in ["unknown", "not_found", "age_uncertain", "may_belong", "possible"] {
            #expect(place[name] == nil, "\(name)")
        }
        let own = try doorstep.run(words.dropLast() + ["--json"]).json()
        guard case .array(let all) = own["figures"] else { return }
        #expect(all.first?["places"]?["48/21004/phu-quy-2"]?["unknown"] != nil)
    }

    @Test func `what is open stands at the record, after a visit, and in the list`() throws {
        let home = try doorstep.add("household", "state=occupied", village: "phu-quy-2")
        let id = try person(of: home, ["relation=spouse"])
        let shown = try doorstep("record", "show", "hub", home)
        #expect(shown.output.contains("Hộ chưa có chủ hộ"))
        #expect(try doorstep("record", "show", "hub", id).output.contains("chưa có: "))
        let visit = try doorstep("visit", "add", "hub", home, "--outcome", "complete")
        #expect(visit.code == 0 && visit.output.contains("Mức độ tài khoản"))
        let listed = try doorstep("check", "hub", "--warnings", "--json").json()
        guard case .array(let matters) = listed else {
            Issue.record("no list")
            return
        }
        #expect(matters.contains { $0["record"]?["id"] == .string(home) })
        #expect(try doorstep("check", "hub", "--village", "phu-quy-2").output.contains("Ví Dụ"))
    }

    @Test func `what is open is counted by kind first, and listed as far as one wants`() throws {
        for number in 1...3 {
            _ = try doorstep.add(
                "household",
                "state=occupied",
                "address=Tổ \(number)",
                village: "phu-quy-2"
            )
        }
        func lines(_ words: String...) throws -> [Substring] {
            try doorstep.run(["check", "hub", "--lang", "en"] + words).lines
        }
        let counted = try lines("--limit", "0")
        #expect(counted.contains { $0.contains("\t3\thousehold.") })
        #expect(counted.last == "0 of 3 records; --all lists them all")
        #expect(!counted.contains { $0.contains("Tổ 1") })
        let two = try lines("--limit", "2")
        #expect(two.last == "2 of 3 records; --all lists them all")
        #expect(two.filter { $0.contains("Tổ ") }.count == 2)
        #expect(try lines("--all").filter { $0.contains("Tổ ") }.count == 3)
    }

    @Test func `the hub switches fields and sets how long answers hold`() throws {
        let id = try person("vneid_level=0", "vneid_level_register=2")
        #expect(try doorstep("record", "edit", "hub", id, "ethnicity=30").code == 3)
        #expect(try doorstep("setting", "field", "hub", "resident.ethnicity", "on").code == 0)
        #expect(try doorstep("record", "edit", "hub", id, "ethnicity=30").code == 0)
        #expect(try doorstep("setting", "field", "hub", "resident.phone", "on").code == 3)
        #expect(try doorstep("setting", "validity", "hub", "12").code == 0)
        let settings = try doorstep("setting", "list", "hub", "--json").json()
        #expect(settings["valid_months"] == 12)
        #expect(settings["fields"]?["resident.ethnicity"] == true)
        let differences = try doorstep("differences", "hub", "--json").json()
        guard case .array(let lines) = differences else {
            Issue.record("no list")
            return
        }
        #expect(lines.map { $0["field"] } == ["vneid_level"])
    }

    @Test func `the names in the examples of the help exist`() throws {
        let survey = DataDescription.doorstep
        func examples(_ verb: String...) throws -> [[Substring]] {
            try doorstep.run(verb + ["--help"]).lines.filter { $0.hasPrefix("  doorstep ") }
                .map { $0.split(separator: " ") }
        }
        func word(after word: Substring, _ words: [Substring], by offset: Int) -> String? {
            words.firstIndex(of: word).map { String(words[$0 + offset]) }
        }
        for words in try examples("figure", "add") {
            let name = try #require(word(after: "add", words, by: 2))
            #expect(survey.indicator(name) != nil, "\(name)")
        }
        for words in try examples("missing") {
            let name = try #require(word(after: "missing", words, by: 2))
            #expect(survey.indicator(name)?.rule != nil, "\(name)")
        }
        for words in try examples("coverage") {
            guard let name = word(after: "--indicator", words, by: 1) else { continue }
            #expect(survey.indicator(name) != nil, "\(name)")
        }
        for words in try examples("record", "add") {
            let type = try #require(word(after: "add", words, by: 2).flatMap(survey.type))
            for word in words.dropFirst(5) where word.contains("=") {
                let field = String(word.prefix { $0 != "=" })
                #expect(type.field(field) != nil, "\(field)")
            }
        }
        for words in try examples("setting", "field") {
            let name = try #require(word(after: "field", words, by: 2))
            #expect(survey.optionalField(name) != nil, "\(name)")
        }
    }
}
