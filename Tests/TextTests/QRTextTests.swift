import Foundation
import Survey
import Testing

@Suite struct QRTextTests {
    static let fields = [
        "049085990001", "205990001", "Nguyễn Văn Ví Dụ", "05031985", "Nam",
        "Thôn Mẫu, Tam Mỹ Đông, Núi Thành, Quảng Nam", "15042021",
    ]

    static func text(replacing index: Int? = nil, by value: String = "") -> String {
        var fields = fields
        if let index { fields[index] = value }
        return fields.joined(separator: "|")
    }

    @Test func `the seven fields of a card are read`() throws {
        let card = try QRText(Self.text() + "\r\n")
        #expect(card.personalID.text == "049085990001")
        #expect(card.oldPersonalID == "205990001")
        #expect(card.fullName == "Nguyễn Văn Ví Dụ")
        #expect(card.birth.description == "1985-03-05")
        #expect(card.sex == "male")
        #expect(card.issuedOn?.description == "2021-04-15")
        #expect(!card.isNameDoubtful)
        #expect(card.nameProposal == nil)
    }

    @Test func `fields of newer cards are ignored and an absent date of issue is allowed`() throws {
        #expect(try QRText(Self.text() + "||Cha|Mẹ").residence.hasPrefix("Thôn Mẫu"))
        #expect(try QRText(Self.fields.prefix(6).joined(separator: "|")).issuedOn == nil)
        #expect(try QRText(Self.text(replacing: 6, by: "không")).issuedOn == nil)
    }

    @Test func `a year-only birth keeps the year`() throws {
        #expect(try QRText(Self.text(replacing: 3, by: "00001940")).birth.description == "1940")
    }

    @Test func `letters read in the wrong encoding are repaired once`() throws {
        let garbled = String(
            decoding: Array(Self.text().utf8).flatMap { byte -> [UInt8] in
                byte < 0x80 ? [byte] : Array(String(Unicode.Scalar(byte)).utf8)
            },
            as: UTF8.self
        )
        #expect(try QRText(garbled) == QRText(Self.text()))
    }

    @Test func `capitals are proposed in title case and kept`() throws {
        let card = try QRText(Self.text(replacing: 2, by: "NGUYỄN VĂN VÍ DỤ"))
        #expect(card.fullName == "NGUYỄN VĂN VÍ DỤ")
        #expect(card.nameProposal == "Nguyễn Văn Ví Dụ")
    }

    @Test func `letters garbled by an input method are doubted`() throws {
        #expect(try QRText(Self.text(replacing: 2, by: "Nguyeexn Van Vis Duj")).isNameDoubtful)
    }

    @Test(
        arguments: [
            (0, "04908599000", QRText.Refusal.number), (2, "", .name), (3, "31021985", .birth),
            (3, "5031985", .birth), (4, "X", .sex),
        ] as [(Int, String, QRText.Refusal)]
    )
    func `a field that no card has is refused`(
        index: Int,
        value: String,
        wanted: QRText.Refusal
    ) {
        #expect(throws: wanted) { try QRText(Self.text(replacing: index, by: value)) }
    }

    @Test(arguments: ["", "hello", "1|2|3|4|5", String(repeating: "|", count: 16)])
    func `another text is refused`(text: String) {
        #expect(throws: QRText.Refusal.fieldCount) { try QRText(text) }
    }

    @Test func `a long text is refused before it is split`() {
        #expect(throws: QRText.Refusal.tooLong) {
            try QRText(String(repeating: "|", count: 2000))
        }
    }
}

@Suite struct LegacyTextTests {
    @Test(
        arguments: [
            ("NguyÔn V¨n Hïng", "Nguyễn Văn Hùng", LegacyEncoding.tcvn3), ("Hßa", "Hòa", .tcvn3),
            ("Nguyeãn Vaên Huøng", "Nguyễn Văn Hùng", .vni), ("Hoøa", "Hòa", .vni),
            ("Ñöôøng", "Đường", .vni), ("ÑÖÔØNG", "ĐƯỜNG", .vni),
            ("Nguyá»…n VÄƒn HÃ¹ng", "Nguyễn Văn Hùng", .utf8AsLatin1),
            ("HÃ²a", "Hòa", .utf8AsLatin1),
            ("NguyêÞn Vãn Hu\u{CC}ng", "Nguyễn Văn Hùng", .cp1258),
            ("Ðýõ\u{CC}ng", "Đường", .cp1258),
            ("Nguye^~n Va(n Hu`ng", "Nguyễn Văn Hùng", .viqr), ("Ho`a", "Hòa", .viqr),
            ("DDa(.ng Thi. Xua^n DDa`o", "Đặng Thị Xuân Đào", .viqr),
            ("DDOA`N TRU+O+NG", "ĐOÀN TRƯƠNG", .viqr),
            ("Phu' Quy' 2\\. (cu~)", "Phú Quý 2. (cũ)", .viqr),
            ("TR\u{C7}N", "TRẦN", .tcvn3), ("Tr\u{AD}¬ng", "Trương", .tcvn3),
        ] as [(String, String, LegacyEncoding)]
    )
    func `a text is converted`(seen: String, meant: String, encoding: LegacyEncoding) {
        #expect(LegacyText.converted(seen, from: encoding) == meant)
    }

    @Test(
        arguments: [
            (["NguyÔn V¨n Hïng", "TrÇn ThÞ Hßa", "Lª B×nh"], LegacyEncoding.tcvn3),
            (["Nguyeãn Vaên Huøng", "Traàn Thò Hoøa", "Leâ Bình"], .vni),
            (["NguyêÞn Vãn Hu\u{CC}ng", "TrâÌn ThiÒ Hoa", "Ðinh Vãn"], .cp1258),
            (["Nguye^~n Va(n Hu`ng", "Tra^`n Thi. Ho`a", "Le^ An", ""], .viqr),
            (["Nguyá»…n VÄƒn HÃ¹ng", "Tráº§n Thá»‹ HÃ²a", "LÃª BÃ¬nh"], .utf8AsLatin1),
        ] as [([String], LegacyEncoding)]
    )
    func `a column in an old encoding is recognised`(column: [String], wanted: LegacyEncoding) {
        #expect(LegacyText.detect(column: column)?.encoding == wanted)
    }

    @Test(
        arguments: [
            ["Nguyễn Văn Hùng", "Trần Thị Hòa"], ["Lê Hòa", "Ngô Tú", "Hồ Hà"], ["Nguyen Van Hung"],
            ["Nguyen Van A.", "Tran Thi B.", "Le Van O?"],
            ["H'Hen Nie", "Y'Thu Bya", "Nguyen Hoa"],
            ["K'Sor Ni'", "Nguyen Van An", "Le Thi Hoa", "Tran Van Ba"],
            [], ["", "   "], ["Müller", "Nguyễn Văn Hùng", "Đinh Thị Ý"],
        ] as [[String]]
    )
    func `a column that is well is left alone`(column: [String]) {
        #expect(LegacyText.detect(column: column) == nil)
    }

    @Test func `a text beyond ASCII is not VIQR`() {
        #expect(LegacyText.converted("Nguyễn Va(n", from: .viqr) == nil)
    }

    @Test(
        arguments: [
            ("NGUYỄN VĂN A", "Nguyễn Văn A"), ("nguyễn thị đào", "Nguyễn Thị Đào"),
            ("K'Rơ", nil), ("Y Ê", "Y Ê"), ("Nguyễn Văn A", nil), ("", nil), ("Ý", nil),
        ] as [(String, String?)]
    )
    func `case is proposed only where it is uniform`(name: String, wanted: String?) {
        #expect(NameCase.proposal(for: name) == (wanted == name ? nil : wanted))
    }
}
