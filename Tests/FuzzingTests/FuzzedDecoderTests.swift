import Causality
import Fuzzing
import TestSupport
import Testing

/// The entry functions of the fuzzer over mutated and random bytes, for some seconds.
///
/// How to go on longer, guided by coverage: see ``Decoder``.
@Suite struct FuzzedDecoderTests {
    @Test(arguments: Decoder.allCases)
    func `seeds are read`(decoder: Decoder) throws {
        let seeds = try decoder.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds { decoder.take(seed) }
    }

    @Test(arguments: Decoder.allCases, 0..<4 as Range<UInt64>)
    func `no damage to sound bytes traps`(decoder: Decoder, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let seeds = try decoder.seeds()
        for _ in 0..<100 {
            decoder.take(Decoder.damaged(seeds[random.below(seeds.count)], &random))
        }
    }

    /// An order of a size that no payload has: passed over in reading.
    @Test func `bytes that have trapped once do not`() {
        let head: [UInt8] = [5, 0x81, 0x85, 7, 1, 0x82, 1, 2, 0x58, 32]
        let tail: [UInt8] = [0x1a, 0x1a, 0x1a, 0x18, 0x64]
        Decoder.structures.take(head + [UInt8](repeating: 9, count: 32) + tail)
    }

    @Test(arguments: Decoder.allCases, 0..<4 as Range<UInt64>)
    func `no random bytes trap`(decoder: Decoder, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 { decoder.take(random.bytes(random.below(300))) }
    }
}
