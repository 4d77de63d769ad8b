internal import CQREncode

/// Why a text cannot be shown as a QR code.
package enum QRError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLong

    package var description: String {
        "the text is too long for a QR code: use fewer addresses"
    }
}

/// A QR code (ISO/IEC 18004) as a square of dark and light modules.
package struct QRSymbol: Hashable, Sendable {
    /// Bytes of a text: far below the largest code, which no phone reads from a screen.
    package static let bytesMax = 1_000
    /// Light modules that the standard wants around the code.
    private static let margin = 4

    /// Modules of one side, without the margin.
    package let size: Int
    private let modules: [Bool]

    /// Error correction M: one seventh of the code may be covered or dirty.
    ///
    /// Text of capitals and digits alone is held in the compact mode.
    package init(_ text: String) throws(QRError) {
        guard text.utf8.count <= Self.bytesMax, !text.utf8.contains(0),
            let code = unsafe QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1)
        else { throw .tooLong }
        defer { unsafe QRcode_free(code) }
        let size = Int(unsafe code.pointee.width)
        self.size = size
        modules = (0..<size * size).map { unsafe code.pointee.data[$0] & 1 == 1 }
    }

    /// Whether a module is dark; false outside.
    package func isDark(_ x: Int, _ y: Int) -> Bool {
        (0..<size).contains(x) && (0..<size).contains(y) && modules[y * size + x]
    }

    /// The code in half blocks, two rows a line, for a terminal of any colours.
    ///
    /// Black on white by itself: on a dark terminal an inverted code is one that many phones do
    /// not read.
    package var terminalText: String {
        let range = -Self.margin..<(size + Self.margin)
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { y in
            let line = range.map { x in
                switch (isDark(x, y), isDark(x, y + 1)) {
                case (false, false): " "
                case (true, false): "▀"
                case (false, true): "▄"
                case (true, true): "█"
                }
            }
            return "\u{1b}[30;107m" + line.joined() + "\u{1b}[0m\n"
        }.joined()
    }

    /// Modules of one side, margin included.
    package var sideWithMargin: Int { size + 2 * Self.margin }

    /// The dark modules as an SVG path, one unit a module, margin included.
    package var darkPath: String {
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                let start = x
                while isDark(x, y) { x += 1 }
                if x > start {
                    path +=
                        "M\(start + Self.margin) \(y + Self.margin)h\(x - start)v1h-\(x - start)z"
                }
                x += 1
            }
        }
        return path
    }
}
