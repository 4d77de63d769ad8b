import Benchmark
import CSodium
import Testing

@Suite struct WorkloadTests {
    /// SHA-256 from the MANIFEST.json that `python3 workload.py OUT` writes.
    @Test(
        arguments: [
            (0, "12b37891109413474dc298c67a0af2048c08118058d2a80297917f428a64b3d7"),
            (19, "b9fdc37f71cabf4b670bb593cd354444ae812ad0c2b646c6c6c74356d650074a"),
        ] as [(Int, String)]
    )
    func `a village's records are those of the Python definition, byte for byte`(
        village: Int,
        digest: String
    ) {
        let workload = Workload(villages: 20)
        #expect(sha256(workload.villages[village].jsonLines()) == digest)
    }

    @Test func `edits are those of the Python definition`() {
        let workload = Workload(villages: 20)
        let lines = workload.edits.map { $0.jsonLine() + "\n" }.joined()
        #expect(sha256(lines) == "c6d6cb5a9beb592ba20d37423641f50dd6227845d0bc0666cdaaa157391b0d59")
    }

    @Test func `the workload has the size that other engines were measured with`() {
        let workload = Workload(villages: 20)
        #expect(workload.recordCount == 76_000)
        #expect(workload.edits.count == 760)
        #expect(workload.conflicts.count == 500)
    }
}

func sha256(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    _ = unsafe crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
    return digest.map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}
