import Causality
import Compression
import Testing

/// A small reproducible source of randomness (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

@Suite struct CompressionTests {
    let limit = 1 << 20

    func sample(_ generator: inout SeededGenerator) -> [UInt8] {
        let letters: ClosedRange<UInt8> =
            0x61...(0x61 + UInt8.random(in: 0...25, using: &generator))
        return (0..<Int.random(in: 0...3_000, using: &generator)).map { _ in
            UInt8.random(in: letters, using: &generator)
        }
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `bytes come back, with one compressor for many`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let compressor = Compressor(level: Int(seed % 19) + 1)
        let decompressor = Decompressor()
        for _ in 0..<5 {
            let bytes = sample(&generator)
            let frame = compressor.compress(bytes)
            #expect(
                try decompressor.decompress(frame, exactSize: bytes.count, limit: limit) == bytes
            )
            #expect(throws: CompressionError.wrongSize(expected: bytes.count + 1)) {
                try decompressor.decompress(frame, exactSize: bytes.count + 1, limit: limit)
            }
            #expect(throws: CompressionError.trailingBytes) {
                try decompressor.decompress(frame + [0], exactSize: bytes.count, limit: limit)
            }
            // A second frame is more bytes too, even an empty one.
            #expect(throws: CompressionError.trailingBytes) {
                try decompressor.decompress(
                    frame + compressor.compress([]),
                    exactSize: bytes.count,
                    limit: limit
                )
            }
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `cut, flipped and random frames never give a wrong size`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let bytes = sample(&generator)
        let frame = Compressor(level: 3).compress(bytes)
        let decompressor = Decompressor()
        var flipped = frame
        let place = Int.random(in: flipped.indices, using: &generator)
        flipped[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        let cut = Array(frame[..<Int.random(in: 0..<frame.count, using: &generator)])
        let random = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for hostile in [flipped, cut, random, frame.prefix(6) + random] {
            let result = try? decompressor.decompress(
                hostile,
                exactSize: bytes.count,
                limit: limit
            )
            #expect(result == nil || result?.count == bytes.count)
        }
        #expect(throws: CompressionError.self) {
            try decompressor.decompress(cut, exactSize: bytes.count, limit: limit)
        }
    }

    @Test func `a bomb is refused by its claim, and cannot lie about it`() {
        let zeros = [UInt8](repeating: 0, count: 64 << 20)
        let bomb = Compressor(level: 3).compress(zeros)
        #expect(bomb.count < 10_000)
        #expect(throws: CompressionError.overLimit(claimed: zeros.count, limit: limit)) {
            try Decompressor().decompress(bomb, exactSize: zeros.count, limit: limit)
        }
        #expect(throws: CompressionError.wrongSize(expected: 1_000)) {
            try Decompressor().decompress(bomb, exactSize: 1_000, limit: limit)
        }
        #expect(throws: CompressionError.self) {
            try Decompressor().decompress(bomb, exactSize: -1, limit: limit)
        }
    }
}
