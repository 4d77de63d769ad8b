internal import Glibc

/// Names for which no name server answers, as the system's own resolver would find them.
///
/// A test may change neither the machine's list of name servers nor the port that they are asked at, so
/// the function that asks them stands here in the place of the C library's: whatever the programs'
/// libraries look up in a test goes through it. A name under ``domain`` gets no answer; every other goes on
/// to the C library.
package enum SilentNames {
    /// Reserved for tests (RFC 6761), so that nobody's name is meant.
    package static let domain = ".silent.test"
    /// As long as the C library's resolver asks in vain: two tries of five seconds at three servers.
    static let patience: Int32 = 30_000
}

private typealias LookUp =
    @convention(c) (
        UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<addrinfo>?,
        UnsafeMutablePointer<UnsafeMutablePointer<addrinfo>?>?
    ) -> Int32

@_cdecl("getaddrinfo")
func lookUpName(
    _ name: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?,
    _ hints: UnsafePointer<addrinfo>?,
    _ found: UnsafeMutablePointer<UnsafeMutablePointer<addrinfo>?>?
) -> Int32 {
    if let name = unsafe name, unsafe String(cString: name).hasSuffix(SilentNames.domain) {
        poll(nil, 0, SilentNames.patience)
        return EAI_AGAIN
    }
    // The next one that is called so: the C library's.
    let next = unsafe UnsafeMutableRawPointer(bitPattern: -1)
    guard let symbol = unsafe dlsym(next, "getaddrinfo") else { return EAI_FAIL }
    let lookUp = unsafe unsafeBitCast(symbol, to: LookUp.self)
    return unsafe lookUp(name, service, hints, found)
}
