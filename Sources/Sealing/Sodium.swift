internal import CSodium

/// Chooses the fastest code for the processor and opens the source of randomness, once.
///
/// It fails only where the operating system has no randomness to give: nothing could go on.
private let isSodiumReady = sodium_init() >= 0

func startSodium() {
    precondition(isSodiumReady, "the operating system gives no random bytes")
}

/// Unpredictable bytes from the operating system.
package func randomBytes(_ count: Int) -> [UInt8] {
    startSodium()
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe randombytes_buf(&bytes, count)
    return bytes
}

/// Whether the two are the same, in a time that tells nothing about where they differ.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe sodium_memcmp(left, right, left.count) == 0
}

func requireLength(
    _ bytes: [UInt8],
    _ expected: Int,
    of part: SealingError.Part
) throws(SealingError) {
    guard bytes.count == expected else {
        throw .wrongLength(of: part, expected: expected, found: bytes.count)
    }
}

/// Bytes that are overwritten when nobody needs them any more.
///
/// Never written after `init`, so that threads may share them: hence `@unchecked Sendable`.
@safe
final class SecretBytes: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    init(count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        precondition(count > 0, "a secret has bytes")
        startSodium()
        unsafe buffer = .allocate(capacity: count)
        unsafe buffer.initialize(repeating: 0)
        if let start = unsafe buffer.baseAddress { unsafe fill(start) }
    }

    convenience init(_ bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { target in
            unsafe target.update(from: bytes, count: bytes.count)
        }
    }

    deinit {
        unsafe sodium_memzero(buffer.baseAddress, buffer.count)
        unsafe buffer.deallocate()
    }

    func withPointer<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        guard let start = unsafe buffer.baseAddress else {
            preconditionFailure("a secret has bytes")
        }
        return unsafe body(UnsafePointer(start))
    }

    func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe [UInt8](buffer[range])
    }
}
