internal import CZlib

/// What a browser does with gzip; nil for anything else, or for more than `limit` bytes.
package func gunzipped(_ bytes: [UInt8], limit: Int = 8 << 20) -> [UInt8]? {
    var stream = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let state = unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, size)
    guard state == Z_OK else { return nil }
    defer { unsafe inflateEnd(&stream) }
    var isWhole = false
    let plain = unsafe [UInt8](unsafeUninitializedCapacity: limit) { target, written in
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.avail_in = UInt32(source.count)
            unsafe stream.next_out = target.baseAddress
            unsafe stream.avail_out = UInt32(limit)
            let end = unsafe inflate(&stream, Z_FINISH)
            isWhole = unsafe end == Z_STREAM_END && stream.avail_in == 0
        }
        written = unsafe limit - Int(stream.avail_out)
    }
    return isWhole ? plain : nil
}
