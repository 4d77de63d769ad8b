internal import CGnuTLS
internal import CMicroHTTPD
private import Glibc

/// A reply's body on its way from its source to libmicrohttpd.
///
/// libmicrohttpd asks for bytes on its thread; when there are none the connection is suspended
/// while the lane asks the source. The fields are used under the exchange's lock, the source by
/// the one job under way: hence `@unchecked Sendable`.
@safe
final class ReplyStream: @unchecked Sendable {
    private enum End {
        case none
        case whole
        case failed
    }

    private let exchange: Exchange
    private let stream: ResponseStream
    private var piece: [UInt8] = []
    private var offset = 0
    private var end = End.none
    private var isBusy = false

    init(_ stream: ResponseStream, for exchange: Exchange) {
        self.stream = stream
        self.exchange = exchange
        stream.take()
        exchange.core.beginActivity()
    }

    /// As many of the next bytes as there are and fit; 0 while the connection is suspended.
    func read(_ buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
        exchange.withLock {
            if isBusy { return 0 }
            if offset < piece.count {
                let count = min(room, piece.count - offset)
                unsafe piece.withUnsafeBytes {
                    let source = unsafe UnsafeRawBufferPointer(
                        rebasing: $0[offset..<offset + count]
                    )
                    unsafe UnsafeMutableRawBufferPointer(start: buffer, count: room)
                        .copyMemory(from: source)
                }
                offset += count
                exchange.gave(count)
                return count
            }
            switch end {
            case .whole: return Int(MHD_CONTENT_READER_END_OF_STREAM)
            case .failed: return Int(MHD_CONTENT_READER_END_WITH_ERROR)
            case .none:
                isBusy = exchange.suspendReply(on: stream.lane, stream.urgency) { self.fetch() }
                return isBusy ? 0 : Int(MHD_CONTENT_READER_END_WITH_ERROR)
            }
        }
    }

    /// On the lane: asks the source for the next bytes.
    private func fetch() {
        var next: [UInt8]? = []
        var failure: (any Error)?
        do {
            while let piece = next, piece.isEmpty { next = try stream.source.next() }
        } catch {
            failure = error
        }
        exchange.resumeReply {
            isBusy = false
            offset = 0
            piece = next ?? []
            if let failure {
                end = .failed
                exchange.failed(failure)
            } else if next == nil {
                end = .whole
            }
        }
    }

    /// libmicrohttpd needs the body no longer.
    func close() {
        stream.lane.async(stream.urgency, of: exchange.subscriber) { [self] in
            stream.source.close()
            exchange.core.endActivity()
        }
    }
}

/// A body at hand that is too large to copy a second time.
private final class ReplyBytes {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// Bodies of at most this many bytes are copied into libmicrohttpd's response.
private let copiedBytes = 16 << 10
/// What libmicrohttpd asks of a body of known length at once.
private let blockBytes = 32 << 10

/// Plain bytes of a record (RFC 8446 section 5.1).
private let recordBytesMax = 16 << 10

/// Gives a reply to libmicrohttpd.
func sendReply(
    _ response: Response,
    on connection: OpaquePointer,
    for exchange: Exchange,
    closing: Bool
) -> MHD_Result {
    guard let reply = unsafe libraryResponse(response, for: exchange) else { return .NO }
    defer { unsafe MHD_destroy_response(reply) }
    for field in response.headers.fields {
        unsafe MHD_add_response_header(reply, field.name, field.value)
    }
    if closing { unsafe MHD_add_response_header(reply, "Connection", "close") }
    if let session = unsafe doorstep_mhd_tls_session(connection) {
        let bytes = response.recordBytes ?? recordBytesMax
        unsafe gnutls_record_set_max_size(OpaquePointer(session), bytes)
    }
    return unsafe MHD_queue_response(connection, UInt32(response.status), reply)
}

private func libraryResponse(_ response: Response, for exchange: Exchange) -> OpaquePointer? {
    switch response.body {
    case .bytes(let bytes) where bytes.count <= copiedBytes:
        exchange.gave(bytes.count)
        return unsafe bytes.withUnsafeBytes { buffer in
            // With "must copy" libmicrohttpd only reads it.
            let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            return unsafe MHD_create_response_from_buffer(buffer.count, start, .RESPMEM_MUST_COPY)
        }
    case .bytes(let bytes):
        exchange.gave(bytes.count)
        return unsafe MHD_create_response_from_callback(
            UInt64(bytes.count),
            blockBytes,
            { context, position, buffer, room in
                guard let context = unsafe context, let buffer = unsafe buffer else { return -2 }
                let reply = unsafe Unmanaged<ReplyBytes>.fromOpaque(context).takeUnretainedValue()
                let start = Int(position)
                let count = min(room, reply.bytes.count - start)
                unsafe reply.bytes.withUnsafeBytes {
                    unsafe UnsafeMutableRawBufferPointer(start: buffer, count: room)
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count])
                        )
                }
                return count
            },
            Unmanaged.passRetained(ReplyBytes(bytes)).toOpaque(),
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<ReplyBytes>.fromOpaque(context).release()
            }
        )
    case .stream(let stream):
        let reply = ReplyStream(stream, for: exchange)
        let context = unsafe Unmanaged.passRetained(reply)
        let response = unsafe MHD_create_response_from_callback(
            stream.length.map { UInt64($0) } ?? UInt64.max,
            blockBytes,
            { context, _, buffer, room in
                guard let context = unsafe context, let buffer = unsafe buffer else { return -2 }
                let reply = unsafe Unmanaged<ReplyStream>.fromOpaque(context).takeUnretainedValue()
                return unsafe reply.read(buffer, room)
            },
            context.toOpaque(),
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<ReplyStream>.fromOpaque(context).takeRetainedValue().close()
            }
        )
        // Only exhausted memory leads here.
        if unsafe response == nil { unsafe context.takeRetainedValue().close() }
        return unsafe response
    }
}

/// Writes a whole reply past libmicrohttpd, which has no way to answer within a body.
///
/// Nothing else was sent for this request but perhaps "100 Continue", so the socket has room for
/// it; called on the thread that alone uses the connection. A stream is not sent.
func sendRawReply(_ response: Response, on connection: OpaquePointer) {
    let bytes = rawReply(response)
    if let session = unsafe doorstep_mhd_tls_session(connection) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe gnutls_record_send(
                    OpaquePointer(session),
                    $0.baseAddress?.advanced(by: sent),
                    bytes.count - sent
                )
            }
            guard count > 0 else { return }
            sent += count
        }
    } else {
        let socket = unsafe doorstep_mhd_socket(connection)
        _ = unsafe send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// A reply as it goes over the line when it is the last; nothing for a stream.
func rawReply(_ response: Response) -> [UInt8] {
    guard case .bytes(let body) = response.body else { return [] }
    let reason = unsafe String(cString: MHD_get_reason_phrase_for(UInt32(response.status)))
    var head = "HTTP/1.1 \(response.status) \(reason)\r\n"
    for field in response.headers.fields { head += "\(field.name): \(field.value)\r\n" }
    head += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    return Array(head.utf8) + body
}
