internal import CZlib

/// Compresses into gzip (RFC 1952), which every browser reads.
package enum Gzip {
    /// Levels as in `gzip`: 1 is fast, 9 is small.
    ///
    /// Complexity: linear; some 256 KiB of memory besides the result.
    package static func compress(_ bytes: [UInt8], level: Int) -> [UInt8] {
        precondition((1...9).contains(level), "a level that gzip knows")
        precondition(bytes.count <= Int(UInt32.max), "a body, not a disk")
        var stream = unsafe z_stream()
        // 15 bits of window, 16 for the gzip wrapper, 8 is the usual memory.
        let state = unsafe deflateInit2_(
            &stream,
            Int32(level),
            Z_DEFLATED,
            15 + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(state == Z_OK, "not enough memory to compress")
        defer { unsafe deflateEnd(&stream) }
        let room = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        return unsafe [UInt8](unsafeUninitializedCapacity: room) { target, written in
            unsafe bytes.withUnsafeBufferPointer { source in
                // zlib only reads it.
                unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(room)
                let end = unsafe deflate(&stream, Z_FINISH)
                precondition(end == Z_STREAM_END, "the bound is enough")
            }
            written = unsafe room - Int(stream.avail_out)
        }
    }
}
