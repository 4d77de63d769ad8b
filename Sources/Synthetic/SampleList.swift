/// The project's synthetic population list, as an office hands one over.
///
/// Full of the usual trouble on purpose; its README counts it, and the importer's tests hold it to that.
/// Kept as text in the code, so that the built command carries it wherever it is copied to.
package enum SampleList {
    /// The villages of the list, 80 households each.
    package static let villages = [
        "Phú Quý 2", "Trung Thành", "Thôn Mẫu A", "Thôn Mẫu B", "Thôn Mẫu C",
    ]

    /// UTF-8 with mark, `;`, CRLF: byte for byte the file as a spreadsheet saves it.
    package static let bytes: [UInt8] = {
        var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
        bytes.reserveCapacity(text.utf8.count * 5 / 4)
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\r")) }
            bytes.append(byte)
        }
        return bytes + "\r\n".utf8
    }()
}
