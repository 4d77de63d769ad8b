internal import CGnuTLS

/// Whether the client of a TLS connection speaks plain HTTP, which it is told in plain words, in place
/// of a line that ends without one.
///
/// Made when the connection begins and kept until it is closed; read then: hence `@unchecked Sendable`.
@safe
final class PlainCaller: @unchecked Sendable {
    private let opening: UnsafeMutablePointer<doorstep_opening>

    /// Lives as long as the program.
    @safe private struct Reply: @unchecked Sendable {
        let bytes: UnsafeRawBufferPointer

        init(_ reply: [UInt8]) {
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: reply.count, alignment: 1)
            unsafe bytes.copyBytes(from: reply)
            unsafe self.bytes = UnsafeRawBufferPointer(bytes)
        }
    }

    private static let reply = Reply(rawReply(OwnWords.plainHTTP.response(to: nil)))

    /// `session`: a `gnutls_session_t` that has read nothing yet.
    init(session: UnsafeMutableRawPointer, socket: Int32) {
        let reply = unsafe Self.reply.bytes
        unsafe opening = .allocate(capacity: 1)
        unsafe opening.initialize(
            to: doorstep_opening(
                session: OpaquePointer(session),
                socket: socket,
                was_plain: 0,
                reply: reply.baseAddress,
                size: reply.count
            )
        )
        unsafe doorstep_gnutls_open(opening)
    }

    deinit { unsafe opening.deallocate() }

    var wasPlain: Bool { unsafe opening.pointee.was_plain != 0 }
}
