import Causality
import Pages
import QRCode
import Survey
import TestSupport
import Testing

/// What is data stays data, wherever it stands on a page.
@Suite struct BuildingTests {
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)",
        "&lt;b&gt; & <b>", "javascript:alert(1)", "a\u{0}b\u{1b}[0m\u{7f}", "</title></style>",
        "Nguyễn Thị <Hồng> \u{202e}Đào", "]]><!--",
    ]

    @Test(arguments: hostile)
    func `text and values are escaped`(hostile: String) {
        let html = element("p", Attribute("title", hostile)) { hostile }.text
        #expect(html.hasPrefix("<p title=\"") && html.hasSuffix("</p>"))
        let inner = html.dropFirst("<p title=\"".count).dropLast("</p>".count)
        #expect(!inner.contains("<") && !inner.contains("'"))
        #expect(inner.split(separator: "\"", omittingEmptySubsequences: false).count == 2)
        #expect(!inner.utf8.contains { $0 < 0x20 || $0 == 0x7f })
    }

    @Test func `a path of data leads nowhere else`() {
        #expect(LocalPath("/nodes", "../x?y#z&<").text == "/nodes/..%2Fx%3Fy%23z%26%3C")
        #expect(LocalPath("/a").asking("next", "/b c").text == "/a?next=%2Fb%20c")
        #expect(LocalPath(untrusted: "/coverage/vneid-level2")?.text == "/coverage/vneid-level2")
        for bad in [
            "", "coverage", "//evil.example", "/\\evil.example", "https://evil.example", "/a/../b",
            "/a?b=c", "/a#b", "/a b", "/a\r\nSet-Cookie: x", "/%2f", "/ă",
            "/" + String(repeating: "a", count: 200),
        ] {
            #expect(LocalPath(untrusted: bad) == nil, "\(bad)")
        }
    }

    // MARK: Forms

    private func read(_ text: String) throws(FormError) -> FormFields {
        try FormFields(Array(text.utf8))
    }

    @Test func `a form is read as browsers send it`() throws {
        let form = try read("name=lan&full-name=Tr%E1%BA%A7n+Lan%0D%0A&village=a&village=b&x&=y")
        #expect(form["name"] == "lan" && form["full-name"] == "Trần Lan\r\n")
        #expect(form.all("village") == ["a", "b"] && form["x"] == "" && form["none"] == "")
        #expect(try read("") == FormFields())
    }

    @Test func `a form over a bound, or with more than one reading, is refused`() {
        let long = FormLimits.valueBytesMax + 1
        let large = [
            "a=" + String(repeating: "b", count: FormLimits.bytesMax),
            "a=" + String(repeating: "b", count: long),
            "a=" + String(repeating: "%62", count: long),
            String(repeating: "n", count: FormLimits.nameBytesMax + 1) + "=",
            String(repeating: "a=b&", count: FormLimits.fieldsMax + 1),
        ]
        for text in large {
            #expect(throws: FormError.tooLarge) { _ = try read(text) }
        }
        for text in ["a=%", "a=%4", "a=%zz", "a=%00", "a=%1b", "a=%ff", "%c3=a", "a=\u{7f}"] {
            #expect(throws: FormError.malformed) { _ = try read(text) }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no form crashes the reader`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let signs = Array("a=&%+0fF\u{0}ă".utf8)
        for _ in 0..<500 {
            let length = Int(random.next() % 200)
            let bytes = (0..<length).map { _ in
                random.next() % 4 == 0
                    ? UInt8(truncatingIfNeeded: random.next())
                    : signs[Int(random.next() % UInt64(signs.count))]
            }
            if let form = try? FormFields(bytes) {
                #expect(!form["a"].utf8.contains(0))
            }
        }
    }

    @Test func `the style sheet's name tells its content`() {
        #expect(Stylesheet.path.text == "/assets/" + Stylesheet.name)
        #expect(Stylesheet.bytes.count < 16_000)
        #expect(!String(decoding: Stylesheet.bytes, as: UTF8.self).contains("url("))
    }
}
