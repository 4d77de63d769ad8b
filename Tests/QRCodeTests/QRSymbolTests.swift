import QRCode
import Testing

@Suite struct QRSymbolTests {
    private let text = "DOORSTEP:1/4K7Q9MPX2HZT/012345678901234567890123456789/192.168.1.10:8443"

    @Test func `capitals and digits are held in the compact mode`() throws {
        let capitals = String(repeating: "A", count: 100)
        #expect(try QRSymbol(capitals).size < QRSymbol(capitals.lowercased()).size)
        #expect(try QRSymbol(text).size <= 37, "version 5 or less: readable from a screen")
    }

    @Test func `the three corners bear the finder pattern`() throws {
        let symbol = try QRSymbol(text)
        let far = symbol.size - 7
        for (left, top) in [(0, 0), (far, 0), (0, far)] {
            for y in 0..<7 {
                for x in 0..<7 {
                    let ring = max(abs(x - 3), abs(y - 3))
                    #expect(symbol.isDark(left + x, top + y) == (ring != 2))
                }
            }
        }
        #expect(!symbol.isDark(-1, 0) && !symbol.isDark(0, symbol.size))
    }

    @Test func `the terminal shows every module, with a margin`() throws {
        let symbol = try QRSymbol(text)
        let lines = symbol.terminalText.split(separator: "\n").map { line in
            Array(line.dropFirst("\u{1b}[30;107m".count).dropLast("\u{1b}[0m".count))
        }
        #expect(lines.count == (symbol.size + 9) / 2)
        for y in 0..<symbol.size {
            for x in 0..<symbol.size {
                let character = lines[(y + 4) / 2][x + 4]
                let half: Set<Character> = (y + 4) % 2 == 0 ? ["▀", "█"] : ["▄", "█"]
                #expect(half.contains(character) == symbol.isDark(x, y))
            }
        }
    }

    @Test func `the image has a run for each run of dark modules`() throws {
        let symbol = try QRSymbol("A")
        var runs = 0
        for y in 0..<symbol.size {
            for x in 0..<symbol.size where symbol.isDark(x, y) && !symbol.isDark(x - 1, y) {
                runs += 1
            }
        }
        #expect(symbol.darkPath.split(separator: "M").count == runs)
        #expect(symbol.darkPath.hasPrefix("M4 4h7") && symbol.darkPath.hasSuffix("z"))
    }

    @Test func `what no code can hold is refused`() {
        #expect(throws: QRError.tooLong) { try QRSymbol(String(repeating: "A", count: 1_001)) }
        #expect(throws: QRError.tooLong) { try QRSymbol("a\0b") }
        #expect(throws: QRError.tooLong) { try QRSymbol("") }
    }
}
