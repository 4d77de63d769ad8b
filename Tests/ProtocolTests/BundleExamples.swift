import CBOR
import Causality
import Replication
import Sealing
import TestSupport

extension Example {
    /// A request with vectors, and a reply with a digest that names a segment partly held.
    static func hellos(_ world: World) throws -> [Example] {
        let vectors = [World.scope: VersionVector([world.second.element, world.hubs.element])]
        let reply = Hello(
            kind: .reply,
            from: world.hub.certificate.node,
            to: world.village.certificate.node,
            time: World.now + 5_000,
            software: "doorstep 1.0",
            holdings: .digest(Hello.digest(of: vectors)),
            partial: PartialSegment(header: world.second.chainHash, held: 64),
            certificate: nil,
            answers: Hash.blake2b(request(world).encode())
        )
        return try [("hello-request", request(world)), ("hello-reply", reply)].map { name, hello in
            func made(_ hello: Hello) throws -> Vector {
                var vector = Vector(name)
                vector.add("items", try diagnose(hello.encode()))
                vector.add("bytes", hello.encode())
                vector.add("hash", Hash.blake2b(hello.encode()).bytes)
                return vector
            }
            return Example(vector: try made(hello)) { try made(Hello($0.bytes("bytes"))) }
        }
    }

    /// The village's first request: it holds its own first segment.
    private static func request(_ world: World) -> Hello {
        Hello(
            kind: .request,
            from: world.village.certificate.node,
            to: world.hub.certificate.node,
            time: World.now + 3_000,
            software: "doorstep 1.0",
            holdings: .vectors([World.scope: VersionVector([world.first.element])]),
            certificate: world.village.certificate.bytes
        )
    }

    /// What the village keeps of `bundle-reply`, to show it to a hub that was set back.
    static func receipts(_ world: World) throws -> [Example] {
        let hello = reply(world).encode()
        let header = [UInt8](repeating: 11, count: StreamHeader.length)
        let receipt = Receipt(
            recipient: world.village.certificate.sealingKey,
            streamHeader: try StreamHeader(header),
            hello: hello,
            signature: world.hub.signing.sign(
                Array("doorstep-hello-1".utf8) + world.village.certificate.sealingKey.bytes + header
                    + hello
            )
        )
        func made(_ receipt: Receipt) throws -> Vector {
            guard receipt.isSigned(by: world.hub.certificate.signingKey) else {
                throw Vector.Problem.missing("signature")
            }
            var vector = Vector("receipt")
            vector.add("items", try diagnose(receipt.encode()))
            vector.add("bytes", receipt.encode())
            return vector
        }
        return [Example(vector: try made(receipt)) { try made(Receipt($0.bytes("bytes"))) }]
    }

    private static func reply(_ world: World) -> Hello {
        Hello(
            kind: .reply,
            from: world.hub.certificate.node,
            to: world.village.certificate.node,
            time: World.now + 5_000,
            software: "doorstep 1.0",
            holdings: .vectors([
                World.scope: VersionVector([world.first.element, world.hubs.element])
            ]),
            certificate: nil,
            answers: Hash.blake2b(request(world).encode())
        )
    }

    /// A whole bundle with a segment and a notice; one that goes on in the middle of a segment.
    static func bundles(_ world: World) throws -> [Example] {
        let clock = Notice(.clock, number: 1 << 47 - 2_000)
        return [
            try bundle(
                "bundle-request",
                hello: request(world),
                from: world.village,
                to: world.hub,
                fill: 5
            ) { $0.write(world.first) },
            try bundle(
                "bundle-reply",
                hello: reply(world),
                from: world.hub,
                to: world.village,
                fill: 9,
                held: (world.hubs.chainHash, Array(world.hubs.compressed[..<20]))
            ) { writer in
                writer.write(clock)
                writer.write(world.hubs, from: 20)
            },
        ]
    }

    private static func bundle(
        _ name: String,
        hello: Hello,
        from sender: World.Node,
        to recipient: World.Node,
        fill: UInt8,
        held: (header: Digest, bytes: [UInt8])? = nil,
        _ write: (inout BundleWriter) -> Void
    ) throws -> Example {
        var vector = Vector(name)
        vector.add("ephemeral-seed", [UInt8](repeating: fill, count: 32))
        vector.add("stream-key", [UInt8](repeating: fill + 1, count: 32))
        vector.add("stream-header", [UInt8](repeating: fill + 2, count: 24))
        if let held { vector.add("held", held.bytes) }
        let keys = try self.keys(vector)
        var writer = try BundleWriter(
            hello: hello,
            to: recipient.certificate,
            signingKey: sender.signing,
            keys: keys
        )
        write(&writer)
        let bytes = writer.finish()
        vector.add("plain", try plain(bytes, keys))
        vector.add("bytes", bytes)
        return Example(vector: vector) { document in
            try again(document, sender: sender, recipient: recipient, held: held)
        }
    }

    /// Opens the document's bundle as its recipient does, and seals what came out again.
    private static func again(
        _ document: Vector,
        sender: World.Node,
        recipient: World.Node,
        held: (header: Digest, bytes: [UInt8])?
    ) throws -> Vector {
        var reader = BundleReader(key: recipient.opening) {
            $0 == held?.header ? held?.bytes : nil
        } certificate: {
            $0 == sender.certificate.node ? sender.certificate : nil
        }
        var events: [BundleReader.Event] = []
        try reader.push(try document.bytes("bytes")) { events.append($0) }
        guard case .hello(let hello, let certificate, _) = events.first, reader.isComplete,
            certificate == sender.certificate
        else { throw Vector.Problem.missing("hello") }
        let example = try bundle(
            document.name,
            hello: hello,
            from: sender,
            to: recipient,
            fill: try document.bytes("ephemeral-seed")[0],
            held: held
        ) { writer in
            for event in events {
                switch event {
                case .hello, .end: continue
                case .notice(let notice): writer.write(notice)
                case .receipt(let receipt): writer.write(receipt)
                case .segment(let segment, let isRedacted, let isOffer):
                    writer.write(
                        segment,
                        isRedacted: isRedacted,
                        isOffer: isOffer,
                        from: held?.bytes.count ?? 0
                    )
                }
            }
        }
        return example.vector
    }

    private static func keys(_ vector: Vector) throws -> BundleKeys {
        BundleKeys(
            ephemeralSeed: try vector.bytes("ephemeral-seed"),
            streamKey: try StreamKey(vector.bytes("stream-key")),
            streamHeader: try StreamHeader(vector.bytes("stream-header"))
        )
    }

    /// What the chunks hold, one behind the other.
    private static func plain(_ bundle: [UInt8], _ keys: BundleKeys) throws -> [UInt8] {
        let opener = StreamOpener(key: keys.streamKey, header: keys.streamHeader)
        var plain: [UInt8] = []
        var place = 121
        while place < bundle.count {
            let length = Int(bundle[place]) << 8 | Int(bundle[place + 1])
            plain += try opener.open(Array(bundle[(place + 2)..<(place + 2 + length)])).bytes
            place += 2 + length
        }
        return plain
    }
}
