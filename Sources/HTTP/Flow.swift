/// The caller's side of one exchange, called back by libcurl.
final class Flow {
    private let onHead: (ReplyHead) throws -> Void
    private let onBody: ([UInt8]) throws -> Void
    private let source: (any BodySource)?
    private var piece: [UInt8] = []
    private var offset = 0
    private var status = 0
    private var headers = Headers()
    private(set) var head: ReplyHead?
    private(set) var excerpt: [UInt8] = []
    /// What a function of the caller threw.
    private(set) var failure: (any Error)?

    init(
        _ body: ClientBody,
        _ onHead: @escaping (ReplyHead) throws -> Void,
        _ onBody: @escaping ([UInt8]) throws -> Void
    ) {
        self.onHead = onHead
        self.onBody = onBody
        switch body {
        case .none: source = nil
        case .bytes(let bytes):
            source = nil
            piece = bytes
        case .stream(let source, _): self.source = source
        }
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Flow? {
        unsafe context.map { unsafe Unmanaged<Flow>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The next bytes to send; 0 at the end, nil where the source failed.
    func fill(_ room: UnsafeMutableRawBufferPointer) -> Int? {
        do {
            while offset == piece.count {
                guard let next = try source?.next() else { return 0 }
                piece = next
                offset = 0
            }
        } catch {
            failure = error
            return nil
        }
        let count = min(room.count, piece.count - offset)
        unsafe piece.withUnsafeBytes {
            unsafe room.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])
            )
        }
        offset += count
        return count
    }

    /// One line of a head or, after the body, of a trailer; false where the caller failed.
    func takeLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard head == nil else { return true }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            headers = Headers()
        } else if let colon = line.firstIndex(of: ":") {
            guard headers.count < ClientLimits.headerCount else { return true }
            let value = line[line.index(after: colon)...]
            headers.append(String(line[..<colon]), trimmed(String(value)))
        } else if status >= 200 {
            return finishHead()
        }
        return true
    }

    private func finishHead() -> Bool {
        let length = headers["Content-Length"].flatMap { Int($0) }
        let head = ReplyHead(status: status, headers: headers, contentLength: length)
        self.head = head
        guard status == 200 else { return true }
        do {
            try onHead(head)
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// A piece of the reply's body; false where the caller failed.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard head?.status == 200 else {
            unsafe excerpt.append(
                contentsOf: bytes.prefix(ClientLimits.excerptBytes - excerpt.count)
            )
            return true
        }
        do {
            try onBody(unsafe [UInt8](bytes))
            return true
        } catch {
            failure = error
            return false
        }
    }
}
