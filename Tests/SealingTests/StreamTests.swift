import CSodium
import Sealing
import Testing

@Suite struct StreamTests {
    let key = StreamKey.random()
    let header = StreamHeader.random()
    let chunks: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 9, count: 1_000)]

    func sealed() -> [[UInt8]] {
        let sealer = StreamSealer(key: key, header: header)
        return chunks.indices.map { index in
            sealer.seal(
                chunks[index],
                additional: [UInt8(index)],
                isFinal: index == chunks.count - 1
            )
        }
    }

    @Test func `a stream opens to its chunks and ends with the final one`() throws {
        let opener = StreamOpener(key: key, header: header)
        for (index, chunk) in sealed().enumerated() {
            let (bytes, isFinal) = try opener.open(chunk, additional: [UInt8(index)])
            #expect(bytes == chunks[index])
            #expect(isFinal == (index == 2))
            #expect(chunk.count == bytes.count + StreamSealer.overhead)
        }
        #expect(opener.isFinished)
        #expect(throws: SealingError.chunkAfterEnd) { try opener.open(sealed()[0]) }
    }

    @Test func `libsodium's own stream is the same as ours for its header`() throws {
        var state = crypto_secretstream_xchacha20poly1305_state()
        var header = [UInt8](repeating: 0, count: StreamHeader.length)
        unsafe crypto_secretstream_xchacha20poly1305_init_push(&state, &header, key.exportBytes())
        let ours = StreamSealer(key: key, header: try StreamHeader(header))
        for (index, chunk) in chunks.enumerated() {
            let isFinal = index == 2
            var theirs = [UInt8](repeating: 0, count: chunk.count + StreamSealer.overhead)
            let tag =
                isFinal
                ? crypto_secretstream_xchacha20poly1305_tag_final()
                : crypto_secretstream_xchacha20poly1305_tag_message()
            unsafe crypto_secretstream_xchacha20poly1305_push(
                &state,
                &theirs,
                nil,
                chunk,
                UInt64(chunk.count),
                nil,
                0,
                tag
            )
            #expect(ours.seal(chunk, isFinal: isFinal) == theirs)
        }
    }

    @Test func `a truncated stream yields its whole chunks but no end`() throws {
        let opener = StreamOpener(key: key, header: header)
        let stream = sealed()
        _ = try opener.open(stream[0], additional: [0])
        _ = try opener.open(stream[1], additional: [1])
        #expect(!opener.isFinished)
        #expect(throws: SealingError.chunkRefused(index: 2)) {
            try opener.open(Array(stream[2].dropLast()), additional: [2])
        }
    }

    @Test func `a change of any byte is refused, and the true chunk still opens`() throws {
        let opener = StreamOpener(key: key, header: header)
        let chunk = sealed()[0]
        for index in chunk.indices {
            var changed = chunk
            changed[index] ^= 1
            #expect(throws: SealingError.chunkRefused(index: 0)) {
                try opener.open(changed, additional: [0])
            }
        }
        #expect(throws: SealingError.chunkRefused(index: 0)) { try opener.open(chunk) }
        #expect(try opener.open(chunk, additional: [0]).bytes == chunks[0])
    }

    @Test func `order, key and header are bound`() throws {
        let stream = sealed()
        let opener = StreamOpener(key: key, header: header)
        #expect(throws: SealingError.self) { try opener.open(stream[1], additional: [1]) }
        let otherKey = StreamOpener(key: .random(), header: header)
        #expect(throws: SealingError.self) { try otherKey.open(stream[0], additional: [0]) }
        let otherHeader = StreamOpener(key: key, header: .random())
        #expect(throws: SealingError.self) { try otherHeader.open(stream[0], additional: [0]) }
        let short = StreamOpener(key: key, header: header)
        #expect(throws: SealingError.self) { try short.open([1, 2], additional: []) }
    }
}

@Suite struct HashTests {
    @Test(
        arguments: [
            ("", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
            ("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
        ] as [(String, String)]
    )
    func `BLAKE2b-256 of known texts`(text: String, digest: String) throws {
        #expect(Hash.blake2b(Array(text.utf8)).bytes == hex(digest))
        #expect(try Digest(hex(digest)) == Hash.blake2b(Array(text.utf8)))
    }

    @Test func `the prefix is the first eight bytes, big-endian`() {
        #expect(Hash.blake2b([]).prefix == 0x0e57_51c0_26e5_43b2)
    }
}

@Suite struct PasswordTests {
    let cheap = PasswordCost(operations: 1, memoryBytes: 8192)

    @Test func `a password is recognised and another is not`() throws {
        let hash = try PasswordHash.hash("mật khẩu", cost: cheap)
        #expect(try PasswordHash.verify("mật khẩu", against: hash))
        #expect(try !PasswordHash.verify("mat khau", against: hash))
        #expect(try PasswordHash.hash("mật khẩu", cost: cheap) != hash)
    }

    @Test(
        arguments: [
            "", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=65536,t=4000000000,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=99999999999999999999,t=1,p=1$c29tZXNhbHQ$AAAA",
            String(repeating: "$", count: 5_000),
        ])
    func `a hash that is malformed or costs too much is refused unseen`(hash: String) {
        #expect(throws: SealingError.passwordHashRefused) {
            try PasswordHash.verify("x", against: hash)
        }
    }

    @Test func `a passphrase and salt give one seed`() throws {
        let salt = [UInt8](repeating: 3, count: PasswordHash.saltLength)
        func seed(_ passphrase: String, _ salt: [UInt8]) throws -> [UInt8] {
            try PasswordHash.seed(fromPassphrase: passphrase, salt: salt, cost: cheap)
        }
        #expect(try seed("a", salt) == seed("a", salt))
        #expect(try seed("a", salt) != seed("b", salt))
        #expect(try seed("a", salt) != seed("a", salt.map { $0 + 1 }))
        #expect(throws: SealingError.self) { try seed("a", [1]) }
    }

    @Test func `comparison in constant time compares`() {
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1, 2], [1]))
        #expect(constantTimeEquals([], []))
    }
}
