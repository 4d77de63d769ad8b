import CBOR
import Causality
import Compression
import Replication
import Sealing
import TestSupport

extension Example {
    /// Keys, names and certificates of the hub and the village.
    static func certificates(_ world: World) throws -> [Example] {
        try [("certificate-hub", world.hub), ("certificate-village", world.village)].map {
            name,
            node in
            func made(_ certificate: Certificate) throws -> Vector {
                var vector = Vector(name)
                vector.add("signing-seed", node.signingSeed)
                vector.add("signing-key", certificate.signingKey.bytes)
                vector.add("sealing-seed", node.sealingSeed)
                vector.add("sealing-key", certificate.sealingKey.bytes)
                vector.add("node", certificate.node.description)
                let parts = try items(of: certificate.bytes)
                let body = try content(parts[0])
                vector.add("body", body)
                vector.add("body-items", try diagnose(body))
                vector.add("signature", try content(parts[1]))
                vector.add("bytes", certificate.bytes)
                return vector
            }
            return Example(vector: try made(node.certificate)) { document in
                let certificate = try Certificate(document.bytes("bytes"))
                let signing = try SigningKey(seed: document.bytes("signing-seed"))
                let opening = try OpeningKey(seed: document.bytes("sealing-seed"))
                guard certificate.isSigned(by: world.hub.signing.verifyingKey),
                    certificate.signingKey == signing.verifyingKey,
                    certificate.sealingKey == opening.sealingKey
                else { throw Vector.Problem.missing("signature") }
                return try made(certificate)
            }
        }
    }

    /// The content of a byte string.
    private static func content(_ item: [UInt8]) throws -> [UInt8] {
        var reader = CBORReader(item)
        return try reader.byteString(max: item.count)
    }

    /// A chain of two segments, and one of another log that stands between them.
    static func segments(_ world: World) throws -> [Example] {
        let examples = [
            ("segment-1", world.first, world.village), ("segment-hub", world.hubs, world.hub),
            ("segment-2", world.second, world.village),
        ]
        return try examples.map { name, segment, writer in
            func made(_ segment: Segment) throws -> Vector {
                var vector = Vector(name)
                vector.add("header-items", try diagnose(segment.headerBytes))
                vector.add("header", segment.headerBytes)
                vector.add("signature", segment.signature.bytes)
                vector.add("chain-hash", segment.chainHash.bytes)
                vector.add("payload", try segment.payloadBytes(Decompressor()))
                vector.add("compressed", segment.compressed)
                return vector
            }
            return Example(vector: try made(segment)) { document in
                let segment = try Segment(
                    headerBytes: document.bytes("header"),
                    signature: Signature(document.bytes("signature")),
                    compressed: document.bytes("compressed")
                )
                guard segment.isSigned(by: writer.signing.verifyingKey),
                    segment.header.encode() == segment.headerBytes
                else { throw Vector.Problem.missing("signature") }
                return try made(segment)
            }
        }
    }
}

extension Example {
    /// A village's request to be enrolled, the hub's reply, and what people compare.
    static func enrolments(_ world: World) throws -> [Example] {
        func requested(_ request: EnrolmentRequest) -> Vector {
            var vector = Vector("enrolment-request")
            vector.add("comparison", request.comparison)
            vector.add("bytes", request.bytes)
            return vector
        }
        func replied(_ reply: EnrolmentReply) -> Vector {
            var vector = Vector("enrolment-reply")
            vector.add("fingerprint", reply.hub.signingKey.fingerprint)
            vector.add("bytes", reply.bytes)
            return vector
        }
        let request = try EnrolmentRequest(
            name: world.village.certificate.name,
            kind: .village,
            scopes: [World.scope],
            signingKey: world.village.signing,
            sealingKey: world.village.opening.sealingKey
        )
        let reply = try EnrolmentReply(
            certificate: world.village.certificate,
            hub: world.hub.certificate,
            key: world.hub.signing
        )
        return [
            Example(vector: requested(request)) { document in
                let request = try EnrolmentRequest(document.bytes("bytes"))
                return requested(
                    try EnrolmentRequest(
                        name: request.name,
                        kind: request.kind,
                        scopes: request.scopes,
                        signingKey: world.village.signing,
                        sealingKey: request.sealingKey
                    )
                )
            },
            Example(vector: replied(reply)) { document in
                let reply = try EnrolmentReply(document.bytes("bytes"))
                return replied(
                    try EnrolmentReply(
                        certificate: reply.certificate,
                        hub: reply.hub,
                        key: world.hub.signing
                    )
                )
            },
        ]
    }
}
