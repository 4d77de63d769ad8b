import Foundation
import Survey
import Testing

@Suite struct TextFoldTests {
    @Test(arguments: [
        ("Nguye\u{302}\u{303}n", "Nguy\u{1EC5}n"),
        ("Nguy\u{EA}\u{303}n", "Nguy\u{1EC5}n"),
        ("  Nguyễn \u{A0} Văn\tA ", "Nguyễn Văn A"),
        ("\u{FEFF}Ðào", "Đào"),
        ("ðào Ɖạt", "đào Đạt"),
        ("K\u{2019}R\u{1A1}\u{200B}", "K'R\u{1A1}"),
        ("", ""),
        (" ", ""),
        ("a\u{0}b", "ab"),
        ("Hoà Hòa", "Hoà Hòa"),
    ])
    func `normalising gives form C on one clean line`(given: String, wanted: String) {
        let result = TextFold.normalized(given)
        #expect(Array(result.utf8) == Array(wanted.utf8))
        #expect(Array(TextFold.normalized(result).utf8) == Array(result.utf8))
    }

    @Test(arguments: [
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("NGUYỄN  THỊ ĐÀO", "nguyen thi dao"),
        ("Thuỷ", "thuy"),
        ("Y Ê", "y e"),
        ("K'Rơ", "k'ro"),
        ("Müller", "muller"),
        ("Tổ 4, Phú Quý 2", "to 4, phu quy 2"),
    ])
    func `folding takes tones, marks and case away`(given: String, wanted: String) {
        #expect(TextFold.fold(given) == wanted)
        #expect(TextFold.fold(given.decomposedStringWithCanonicalMapping) == wanted)
    }

    @Test(arguments: [
        ("Hòa", "hoa2"), ("Hoà", "hoa2"), ("khỏe", "khoe3"), ("khoẻ", "khoe3"),
        ("Thủy", "thuy3"), ("Thuỷ", "thuy3"), ("Quý", "quy1"), ("hoạch", "hoach5"),
        ("toán", "toan1"), ("Đường Đi", "đương2 đi"), ("Ân", "ân"),
    ])
    func `the tone key has one form for both places of the mark`(given: String, wanted: String) {
        #expect(TextFold.toneKey(given) == wanted)
    }

    @Test func `names that differ keep different tone keys`() {
        let names = ["Hoa", "Hòa", "Hóa", "Họa", "Hỏa", "Hõa", "Quy", "Quý", "Quỳ", "Qui"]
        #expect(Set(names.map(TextFold.toneKey)).count == names.count)
    }

    @Test func `exact keeps marks and loses case`() {
        #expect(TextFold.exact("NGUYỄN THỊ ĐÀO") == "nguyễn thị đào")
        #expect(TextFold.exact("ÜBER Ñ") == "über ñ")
    }
}

@Suite struct SortKeyTests {
    @Test func `given names sort as the Vietnamese alphabet and its tones say`() {
        let names =
            "An, Ân, Ấn, Bảo, Bão, Bạo, Dũng, Đạt, Đức, Em, Én, Êm, Hoa, Hòa, Hỏa, Hóa, Họa, Oanh, Ôn, Ơn, Uyên, Ưng"
            .components(separatedBy: ", ")
        for (left, right) in zip(names, names.dropFirst()) {
            #expect(SortKey.person(left).lexicographicallyPrecedes(SortKey.person(right)))
            #expect(SortKey.place(left).lexicographicallyPrecedes(SortKey.place(right)))
        }
    }

    @Test func `people are filed by the last word`() {
        let names = ["Nguyễn Văn An", "Trần Thị An", "Lê Bình", "Lê Văn Bình", "A", "an"]
        let sorted = names.sorted {
            SortKey.person($0).lexicographicallyPrecedes(SortKey.person($1))
        }
        #expect(sorted == ["A", "an", "Nguyễn Văn An", "Trần Thị An", "Lê Bình", "Lê Văn Bình"])
    }

    @Test func `numbers in names of places sort as numbers`() {
        let places = ["Phú Quý 2", "Phú Quý 10", "Phú Quý 100", "Phú Quý A", "Thôn 02", "Thôn 3"]
        #expect(
            places.reversed().sorted {
                SortKey.place($0).lexicographicallyPrecedes(SortKey.place($1))
            } == places
        )
    }

    @Test func `both places of the tone mark sort alike`() {
        #expect(SortKey.person("Lê Thị Hòa") == SortKey.person("Lê Thị Hoà"))
    }

    @Test func `an NFD name has the key of its NFC twin`() {
        let name = "Huỳnh Thị Ngọc Ưng"
        #expect(SortKey.person(name.decomposedStringWithCanonicalMapping) == SortKey.person(name))
    }
}

@Suite struct NameQueryTests {
    let names = ["Lê Hoa", "Lê Hòa", "Lê Hoà", "Lê Hóa", "Lê Họa", "Lê Hồng"]

    @Test func `letters without marks find every tone`() throws {
        let query = try #require(NameQuery("hoa"))
        #expect(query.ranked(names) == Array(names.prefix(5)))
    }

    @Test func `a typed tone lists both spellings first`() throws {
        let query = try #require(NameQuery("hòa"))
        #expect(query.ranked(names) == ["Lê Hòa", "Lê Hoà", "Lê Hoa", "Lê Hóa", "Lê Họa"])
    }

    @Test func `a typed letter of the alphabet outranks its plain form`() throws {
        let people = ["Dương", "Đường", "Đương"]
        #expect(try #require(NameQuery("duong")).ranked(people).count == 3)
        #expect(try #require(NameQuery("đuong")).ranked(people) == ["Đường", "Đương", "Dương"])
    }

    @Test func `every word must begin some word`() throws {
        #expect(try #require(NameQuery("ng van h")).match("Nguyễn Văn Hùng") != nil)
        #expect(try #require(NameQuery("le thi")).match("Lệ") == nil)
        #expect(try #require(NameQuery("uyen")).match("Nguyễn") == nil)
    }

    @Test func `initials find a name`() throws {
        let query = try #require(NameQuery("nvh"))
        #expect(query.match("Nguyễn Văn Hùng") == .initials)
        #expect(query.match("Nguyễn Hùng") == nil)
    }

    @Test func `NFD input finds NFC data`() throws {
        let query = try #require(
            NameQuery("Nguyễn Hòa".decomposedStringWithCanonicalMapping)
        )
        #expect(query.match("Nguyễn Thị Hoà") == .exact)
    }

    @Test func `four digits search numbers and three do not`() throws {
        #expect(try #require(NameQuery("0003")).digits == "0003")
        #expect(try #require(NameQuery("0905 123 456")).digits == "0905123456")
        #expect(try #require(NameQuery("123")).digits == nil)
        #expect(NameQuery("  ") == nil)
    }
}
