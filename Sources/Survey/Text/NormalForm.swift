internal import CUTF8Proc

/// The two Unicode normal forms, by utf8proc: the only place where text meets a C library.
///
/// Slow path only: texts of ASCII and precomposed Vietnamese letters never come here.
enum NormalForm {
    /// The scalars of `text` in normal form C; ill-formed text cannot occur in a `String`.
    static func composed(_ text: String) -> [UInt32] {
        mapped(text, UTF8PROC_COMPOSE)
    }

    /// The scalars of `text` in normal form D.
    static func decomposed(_ text: String) -> [UInt32] {
        mapped(text, UTF8PROC_DECOMPOSE)
    }

    static func lowerCase(_ scalar: UInt32) -> UInt32 {
        UInt32(bitPattern: utf8proc_tolower(Int32(bitPattern: scalar)))
    }

    static func upperCase(_ scalar: UInt32) -> UInt32 {
        UInt32(bitPattern: utf8proc_toupper(Int32(bitPattern: scalar)))
    }

    /// Letters and numbers of any script.
    static func isWordPart(_ scalar: UInt32) -> Bool {
        let category = Int32(utf8proc_category(Int32(bitPattern: scalar)).rawValue)
        return category >= 1 && category <= 11  // LU LL LT LM LO, MN MC ME, ND NL NO
    }

    private static func mapped(_ text: String, _ form: utf8proc_option_t) -> [UInt32] {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return [] }
        let options = utf8proc_option_t(form.rawValue | UTF8PROC_STABLE.rawValue)
        // A scalar decomposes to at most four; utf8proc says how many it needs when that is too few.
        var buffer = [Int32](repeating: 0, count: bytes.count * 4)
        var count = decompose(bytes, into: &buffer, options)
        if count > buffer.count {
            buffer = [Int32](repeating: 0, count: count)
            count = decompose(bytes, into: &buffer, options)
        }
        guard count > 0 else { return text.unicodeScalars.map(\.value) }
        if form == UTF8PROC_COMPOSE {
            count = unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe utf8proc_normalize_utf32($0.baseAddress, count, options)
            }
        }
        return buffer.prefix(max(0, count)).map { UInt32(bitPattern: $0) }
    }

    private static func decompose(
        _ bytes: [UInt8],
        into buffer: inout [Int32],
        _ options: utf8proc_option_t
    ) -> Int {
        let room = buffer.count
        return unsafe bytes.withUnsafeBufferPointer { input in
            unsafe buffer.withUnsafeMutableBufferPointer { output in
                unsafe utf8proc_decompose(
                    input.baseAddress,
                    input.count,
                    output.baseAddress,
                    room,
                    options
                )
            }
        }
    }
}
