import Survey
import Testing

@Suite struct PersonalNumberTests {
    static let male1985 = "049085990001"

    @Test func `a number says province, sex and year`() throws {
        let number = try #require(PersonalNumber(Self.male1985))
        #expect(number.province == 49)
        #expect(number.isMale)
        #expect(number.birthYear == 1985)
        #expect(try #require(PersonalNumber("049312990004")).birthYear == 2012)
        #expect(try #require(PersonalNumber("049312990004")).isMale == false)
        #expect(number.masked == "049•••••0001")
        #expect(number.grouped == "049 0 85 990001")
    }

    @Test func `contradictions warn and do not refuse`() throws {
        let number = try #require(PersonalNumber("003490990001"))
        #expect(
            number.warnings(sex: "female", birthYear: 1990, currentYear: 2026)
                == [.provinceUnknown, .sexDiffers, .yearInFuture, .yearDiffers]
        )
        let plain = try #require(PersonalNumber(Self.male1985))
        #expect(plain.warnings(sex: "male", birthYear: 1985, currentYear: 2026).isEmpty)
        #expect(plain.warnings(sex: nil, birthYear: nil, currentYear: 2026).isEmpty)
    }

    struct Case: Sendable {
        let text: String
        let wanted: PersonalNumberReading
    }

    static func number(_ text: String) -> PersonalNumber {
        guard let number = PersonalNumber(text) else { preconditionFailure("a sample number") }
        return number
    }

    @Test(arguments: [
        Case(text: "", wanted: .empty),
        Case(text: male1985, wanted: .number(number(male1985), repaired: false)),
        Case(text: "049 085-990.001", wanted: .number(number(male1985), repaired: true)),
        Case(text: "49085990001", wanted: .proposed(number(male1985), zeros: 1)),
        Case(text: "1185990001", wanted: .proposed(number("001185990001"), zeros: 2)),
        Case(text: "39985990001", wanted: .refused(.length)),
        Case(text: "99999990001", wanted: .refused(.length)),
        Case(text: "205990001", wanted: .old("205990001")),
        Case(text: "4,9085E+10", wanted: .refused(.scientific)),
        Case(text: "4.9085e10", wanted: .refused(.scientific)),
        Case(text: "04908599000x", wanted: .refused(.badCharacter)),
        Case(text: "٠٤٩٠٨٥٩٩٠٠٠١", wanted: .refused(.badCharacter)),
        Case(text: "---", wanted: .refused(.badCharacter)),
        Case(text: "000000000000", wanted: .refused(.allDigitsEqual)),
        Case(text: "0490859900011", wanted: .refused(.length)),
    ])
    func `a text is repaired, proposed or refused`(given: Case) {
        #expect(PersonalNumberReading(given.text, currentYear: 2026) == given.wanted)
    }

    @Test func `the table has the 63 provinces`() {
        let known = (0...999).count { code in
            let prefix = String("00\(code)".suffix(3))
            return PersonalNumber(prefix + "085990001")?.hasKnownProvince == true
        }
        #expect(known == 63)
    }
}

@Suite struct PhoneNumberTests {
    @Test(arguments: [
        ("0905123456", "0905 123 456", false), ("+84 905.123.456", "0905 123 456", true),
        ("84905123456", "0905 123 456", true), ("0084905123456", "0905 123 456", true),
        ("(0236) 3999001", "0236 399 9001", true), ("0905-123-456", "0905 123 456", true),
    ])
    func `a number is brought to its national form`(
        given: String,
        wanted: String,
        repaired: Bool
    ) throws {
        guard case .number(let number, repaired) = PhoneReading(given) else {
            Issue.record("read as \(PhoneReading(given))")
            return
        }
        #expect(number.display == wanted)
    }

    @Test(arguments: [
        ("01201234567", "0701234567"), ("01231234567", "0831234567"),
        ("0169 123 4567", "0391234567"), ("01991234567", "0591234567"),
    ])
    func `an 11-digit mobile number of before 2018 is converted as a proposal`(
        given: String,
        wanted: String
    ) throws {
        let number = try #require(PhoneNumber(stored: wanted))
        #expect(PhoneReading(given) == .converted(number))
    }

    @Test func `a lost zero is a proposal`() throws {
        let number = try #require(PhoneNumber(stored: "0905123456"))
        #expect(PhoneReading("905123456") == .leadingZeroLost(number))
    }

    @Test(arguments: ["0105123456", "090512345", "09051234567", "+1905123456", "abc", "0905/12345"])
    func `what no telephone number can be is refused`(given: String) {
        #expect(PhoneReading(given) == .refused)
    }

    @Test func `an unused prefix only warns`() throws {
        #expect(try #require(PhoneNumber(stored: "0951234567")).hasKnownPrefix == false)
        #expect(try #require(PhoneNumber(stored: "0905123456")).hasKnownPrefix)
    }
}
