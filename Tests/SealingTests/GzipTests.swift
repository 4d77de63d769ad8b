import Causality
import Compression
import TestSupport
import Testing

/// What is compressed into gzip comes out again, whatever it is.
@Suite struct GzipTests {
    @Test(arguments: [0, 1, 100, 70_000, 1_000_000])
    func `a text comes out as it went in, and smaller`(count: Int) {
        let line = Array("<li class=\"item\">Nguyễn Thị Ví Dụ</li>\n".utf8)
        let bytes = (0..<count).map { line[$0 % line.count] }
        for level in [1, 6, 9] {
            let packed = Gzip.compress(bytes, level: level)
            #expect(gunzipped(packed) == bytes)
            if count > 1000 { #expect(packed.count < count / 20) }
        }
    }

    @Test(arguments: 0..<20)
    func `noise comes out as it went in`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int.random(in: 0..<5000, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        #expect(gunzipped(Gzip.compress(bytes, level: 6)) == bytes)
    }
}
