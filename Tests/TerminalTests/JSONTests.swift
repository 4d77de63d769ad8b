import Terminal
import Testing

@Suite struct JSONTests {
    let value: JSONValue = [
        "tên": "Nguyễn \"Đào\"\n\u{1}\u{2028}\u{9b}", "id": .identifier(.max), "a": 1, "z": true,
        "list": [nil, .real(87.5), -7, [], [:]],
    ]

    @Test func `a value is written in the order of its keys`() {
        #expect(
            JSONText.encode(value)
                == #"{"tên":"Nguyễn \"Đào\"\n\u0001\u2028\u009b","id":"18446744073709551615","#
                + #""a":1,"z":true,"list":[null,87.5,-7,[],{}]}"#
        )
    }

    @Test func `a pretty value reads back the same`() throws {
        let text = JSONText.encode(value, pretty: true)
        #expect(text.contains("\n  \"a\": 1,\n"))
        #expect(try JSONText.decode(Array(text.utf8)) == value)
        #expect(try JSONText.decode(Array(JSONText.encode(value).utf8)) == value)
        #expect(value["a"] == 1 && value["b"] == nil)
    }

    @Test func `numbers that other readers would change are strings`() {
        #expect(JSONText.encode(.integer(1 << 53 - 1)) == "9007199254740991")
        #expect(JSONText.encode(.integer(1 << 53)) == "\"9007199254740992\"")
        #expect(JSONText.encode(.integer(.min)) == "\"-9223372036854775808\"")
        #expect(JSONText.encode(.real(.infinity)) == "null")
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), (" 12 ", .integer(12)), ("1.5e2", .real(150)),
            ("9223372036854775807", .integer(.max)), ("1E-2", .real(0.01)),
            (#""\u00e9\/\b\f\n\r\t\\\"""#, .string("é/\u{8}\u{c}\n\r\t\\\"")),
            (#""\ud83c\udfe0""#, .string("🏠")), (#""\u0000""#, .string("\0")), ("[ ]", .array([])),
            ("{ }", .object([])),
        ] as [(String, JSONValue)]
    )
    func `what RFC 8259 allows is read`(text: String, value: JSONValue) throws {
        #expect(try JSONText.decode(Array(text.utf8)) == value)
    }

    @Test(
        arguments: [
            ("", .endTooSoon), ("  ", .endTooSoon), ("[1", .endTooSoon), ("\"a", .endTooSoon),
            ("tru", .endTooSoon), ("-", .endTooSoon), ("1.", .endTooSoon), ("1e", .endTooSoon),
            (#""\u12"#, .endTooSoon), ("{\"a\"", .endTooSoon),
            ("[1,]", .unexpectedByte(offset: 3)), ("{\"a\":1,}", .unexpectedByte(offset: 7)),
            ("{a:1}", .unexpectedByte(offset: 1)), ("[1 2]", .unexpectedByte(offset: 3)),
            ("'a'", .unexpectedByte(offset: 0)), ("NaN", .unexpectedByte(offset: 0)),
            ("// x", .unexpectedByte(offset: 0)), ("\u{feff}1", .unexpectedByte(offset: 0)),
            ("\"a\nb\"", .unexpectedByte(offset: 2)), ("nulk", .unexpectedByte(offset: 3)),
            ("01", .wrongNumber(offset: 0)), ("-01", .wrongNumber(offset: 0)),
            ("1.x", .wrongNumber(offset: 0)), ("[1e400]", .wrongNumber(offset: 1)),
            ("9223372036854775808", .wrongNumber(offset: 0)), ("+1", .unexpectedByte(offset: 0)),
            (#""\x""#, .wrongEscape(offset: 1)), (#""\ud800""#, .wrongEscape(offset: 1)),
            (#""\udc00""#, .wrongEscape(offset: 1)), (#""\ud800\u0041""#, .wrongEscape(offset: 1)),
            (#""\u00g0""#, .wrongEscape(offset: 1)), (#"{"a":1,"a":2}"#, .repeatedKey(offset: 7)),
            ("1 2", .moreAfterEnd(offset: 2)), ("{}}", .moreAfterEnd(offset: 2)),
        ] as [(String, JSONError)]
    )
    func `what it does not allow is refused with its place`(text: String, error: JSONError) {
        #expect(throws: error) { try JSONText.decode(Array(text.utf8)) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let quote = UInt8(ascii: "\"")
        for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe1, 0xbb]] {
            #expect(throws: JSONError.notUnicode(offset: 0)) {
                try JSONText.decode([quote] + bytes + [quote])
            }
        }
    }

    @Test func `depth, size and numbers are bounded`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSONError.tooDeep(offset: 64, limit: 64)) { try JSONText.decode(deep) }
        let wide = Array(("[" + String(repeating: "0,", count: 100_000) + "0]").utf8)
        #expect(throws: JSONError.tooManyValues(offset: 131_071, limit: 65_536)) {
            try JSONText.decode(wide)
        }
        var limits = JSONLimits()
        limits.bytes = 3
        #expect(throws: JSONError.tooLong(limit: 3)) {
            try JSONText.decode([1, 2, 3, 4], limits: limits)
        }
        let long = [UInt8](repeating: UInt8(ascii: "1"), count: 65)
        #expect(throws: JSONError.wrongNumber(offset: 0)) { try JSONText.decode(long) }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `changed and cut texts never trap, and what is read can be written`(seed: UInt64) throws {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var bytes = Array(JSONText.encode(value).utf8)
        for _ in 0...random(3) { bytes[random(bytes.count)] = UInt8(random(256)) }
        bytes.removeLast(random(4) == 0 ? random(bytes.count) : 0)
        guard let read = try? JSONText.decode(bytes) else { return }
        #expect(try JSONText.decode(Array(JSONText.encode(read).utf8)) == read)
    }
}
