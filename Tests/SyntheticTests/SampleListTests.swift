import Synthetic
import Testing

@Suite struct SampleListTests {
    /// FNV-1a of the file of the project's shared data, so that no editor changes it unnoticed.
    @Test func `the list is byte for byte the file that an office saved`() {
        let hash = SampleList.bytes.reduce(0xCBF2_9CE4_8422_2325) { (hash: UInt64, byte) in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        #expect(SampleList.bytes.count == 128_286)
        #expect(hash == 0x2BFD_5780_7B45_A3E2)
    }
}
