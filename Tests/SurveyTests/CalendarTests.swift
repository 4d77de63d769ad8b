import Survey
import Testing

func day(_ text: String) throws -> CalendarDay {
    try #require(CalendarDay(text))
}

func partial(_ text: String) throws -> PartialDate {
    try #require(PartialDate(text))
}

@Suite struct CalendarTests {
    @Test func `day numbers count from 1970 and follow the Gregorian rule`() throws {
        #expect(try day("1970-01-01").number == 0)
        #expect(try day("1969-12-31").number == -1)
        #expect(try day("2000-02-29").number == 11_016)
        #expect(try day("2026-11-15").number == 20_772)
    }

    @Test func `every day of four centuries reads back from its text in order`() throws {
        let first = try day("1890-01-01")
        var previous = first.adding(days: -1)
        for number in first.number..<(first.number + 146_097) {
            let day = CalendarDay(number: number)
            let parts = day.parts
            #expect(CalendarDay(year: parts.year, month: parts.month, day: parts.day) == day)
            #expect(previous < day && previous.description < day.description)
            previous = day
        }
        #expect(previous.description == "2289-12-31")
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "2026-04-31", "2026-1-1", "26-01-01", "2026-11"])
    func `a day that does not exist or is imprecise is refused`(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test(arguments: ["2026", "2026-11", "2026-11-15", "1975-01-01?", "1950?"])
    func `a partial date reads back from its text`(text: String) throws {
        #expect(try partial(text).description == text)
    }

    @Test(arguments: ["", "?", "2026-", "2026-00", "2026-02-30", "2026-11-15??", "abcd", "２０２６"])
    func `a malformed partial date is refused`(text: String) {
        #expect(PartialDate(text) == nil)
    }

    struct AgeCase: CustomTestStringConvertible {
        let birth: String
        let years: Int
        let on: String
        let answer: AgeAnswer
        var testDescription: String { "\(birth) \(years) on \(on)" }

        init(_ birth: String, _ years: Int, _ on: String, _ answer: AgeAnswer) {
            (self.birth, self.years, self.on, self.answer) = (birth, years, on, answer)
        }
    }

    @Test(arguments: [
        AgeCase("2012-11-15", 14, "2026-11-15", .reached),
        AgeCase("2012-11-16", 14, "2026-11-15", .notReached),
        AgeCase("2012", 14, "2026-11-15", .uncertain),
        AgeCase("2011", 14, "2026-11-15", .reached),
        AgeCase("2013", 14, "2026-11-15", .notReached),
        AgeCase("2012-11", 14, "2026-11-15", .uncertain),
        AgeCase("2012-10", 14, "2026-11-15", .reached),
        AgeCase("2012-12", 14, "2026-11-15", .notReached),
        AgeCase("2012-01-01?", 14, "2026-11-15", .uncertain),
        AgeCase("2011-01-01?", 14, "2026-11-15", .reached),
        AgeCase("2008-02-29", 18, "2026-02-28", .reached),
        AgeCase("2008-02-29", 18, "2026-02-27", .notReached),
        AgeCase("2008-02-29", 20, "2028-02-28", .notReached),
        AgeCase("2012", 14, "2026-12-31", .reached),
    ])
    func `ages count completed years`(example: AgeCase) throws {
        let answer = try partial(example.birth).age(atLeast: example.years, on: day(example.on))
        #expect(answer == example.answer)
    }

    @Test func `completed years are known only where the date is precise enough`() throws {
        let today = try day("2026-11-15")
        #expect(try partial("1985-03-05").age(on: today) == 41)
        #expect(try partial("1985-12-05").age(on: today) == 40)
        #expect(try partial("1985").age(on: today) == nil)
        #expect(try partial("2026-11-15").age(on: today) == 0)
        #expect(try partial("2027-01-01").age(on: today) == nil)
    }

    @Test func `a card is valid until the next age of renewal but one within two years`() throws {
        let birth = try partial("2001-06-10")
        let early = try CardValidity.proposal(birth: birth, issuedOn: day("2021-04-15"))
        #expect(try early == day("2026-06-10"))
        let late = try CardValidity.proposal(birth: birth, issuedOn: day("2025-01-02"))
        #expect(try late == day("2041-06-10"))
        let old = try CardValidity.proposal(
            birth: partial("1960-02-29"),
            issuedOn: day("2021-04-15")
        )
        #expect(old == .never)
        #expect(
            try CardValidity.proposal(birth: partial("1960"), issuedOn: day("2021-04-15")) == nil
        )
    }
}
