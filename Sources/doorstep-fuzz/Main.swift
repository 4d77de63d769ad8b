import Fuzzing
import Glibc

/// The decoder that `DOORSTEP_FUZZ` names.
private let decoder = unsafe getenv("DOORSTEP_FUZZ").flatMap {
    Decoder(rawValue: unsafe String(cString: $0))
}

/// Called once by libFuzzer: puts sound inputs into the corpus that is its first argument.
@c(LLVMFuzzerInitialize)
public func start(
    _ argc: UnsafeMutablePointer<CInt>,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    guard let decoder, unsafe argc.pointee > 1, let folder = unsafe argv.pointee[1] else {
        let names = Decoder.allCases.map(\.rawValue).joined(separator: "|")
        print("usage: DOORSTEP_FUZZ=\(names) doorstep-fuzz CORPUS [options of libFuzzer]")
        exit(2)
    }
    unsafe mkdir(folder, 0o700)
    for (index, seed) in ((try? decoder.seeds()) ?? []).enumerated() {
        guard let file = unsafe fopen("\(String(cString: folder))/seed-\(index)", "w") else {
            continue
        }
        unsafe fwrite(seed, 1, seed.count, file)
        unsafe fclose(file)
    }
    return 0
}

/// Called by libFuzzer with input after input.
@c(LLVMFuzzerTestOneInput)
public func take(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe decoder?.take(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
