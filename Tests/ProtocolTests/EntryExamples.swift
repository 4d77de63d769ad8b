import CBOR
import Causality
import Replication
import Sealing
import TestSupport

extension Example {
    /// Entries by themselves with their hashes, payloads, an order of redaction, vectors.
    static func entries(_ world: World) throws -> [Example] {
        let entries = World.creations + World.lateEntries
        return try entries.enumerated().map { try entry("entry-\($0 + 1)", $1) }
            + [
                payload("payload-1", World.creations), payload("payload-2", World.lateEntries),
                redaction(world), vector(world), digest(world),
            ]
    }

    private static func entry(_ name: String, _ entry: Entry) throws -> Example {
        func made(_ entry: Entry) throws -> Vector {
            var vector = Vector(name)
            vector.add("items", try diagnose(entry.encode()))
            vector.add("bytes", entry.encode())
            vector.add("hash", bytes(entry.hash))
            return vector
        }
        return Example(vector: try made(entry)) { try made(Entry($0.bytes("bytes"))) }
    }

    /// Entries by themselves, and together as the columns of a payload.
    private static func payload(_ name: String, _ entries: [Entry]) -> Example {
        func made(_ entries: [Entry]) -> Vector {
            var vector = Vector(name)
            for entry in entries { vector.add("entry", entry.encode()) }
            let payload = Payload.encode(entries)
            vector.add("bytes", payload)
            vector.add("hash", Hash.blake2b(payload).bytes)
            return vector
        }
        return Example(vector: made(entries)) { document in
            let entries = try document.all("entry").map { try Entry(Vector.bytes($0)) }
            let payload = try Payload(document.bytes("bytes"), count: entries.count)
            guard payload.entries() == entries else { throw Vector.Problem.missing(name) }
            return made(payload.entries())
        }
    }

    /// The second person of `payload-1` erased.
    private static func redaction(_ world: World) -> Example {
        func made(_ before: [UInt8], count: Int) throws -> Vector {
            var entries = try Payload(before, count: count).entries()
            entries[2] = entries[2].redacted
            let payload = Payload.encode(entries)
            let order = SegmentRedaction(
                log: World.villageLog,
                first: 1,
                seqs: [3],
                hash: Hash.blake2b(payload),
                size: payload.count
            )
            var vector = Vector("redaction-1")
            vector.add("before", before)
            vector.add("after", payload)
            vector.add("order", SegmentRedaction.encode([order]))
            return vector
        }
        let before = Payload.encode(World.creations)
        return Example(vector: (try? made(before, count: 3)) ?? Vector("")) { document in
            let order = try SegmentRedaction.decode(document.bytes("order"))
            guard order[0].hash == Hash.blake2b(try document.bytes("after")) else {
                throw Vector.Problem.missing("hash")
            }
            return try made(document.bytes("before"), count: 3)
        }
    }

    private static func vector(_ world: World) -> Example {
        func made(_ vector: VersionVector) throws -> Vector {
            var result = Vector("vector-1")
            for element in vector.elements {
                let hash = hexadecimal(bytes(element.hash))
                result.add("log \(element.log)", "\(element.seq) \(hash)")
            }
            result.add("bytes", vector.encode())
            return result
        }
        let vector = VersionVector([world.second.element, world.hubs.element])
        return Example(vector: (try? made(vector)) ?? Vector("")) {
            try made(VersionVector(encoded: $0.bytes("bytes")))
        }
    }

    private static func digest(_ world: World) -> Example {
        func made(_ vectors: [String: VersionVector]) -> Vector {
            var result = Vector("digest-1")
            for (path, vector) in vectors.sorted(by: { $0.key < $1.key }) {
                result.add("scope \(path)", vector.encode())
            }
            result.add("digest", Hello.digest(of: vectors).bytes)
            return result
        }
        // Of the commune's scope nothing is held: it is left out.
        let vectors = [World.scope: VersionVector([world.second.element, world.hubs.element])]
        return Example(vector: made(vectors)) { document in
            var vectors: [String: VersionVector] = [:]
            for field in document.fields where field.key.hasPrefix("scope ") {
                vectors[String(field.key.dropFirst(6))] =
                    try VersionVector(encoded: Vector.bytes(field.value))
            }
            return made(vectors)
        }
    }

    /// A number as eight bytes, most significant first.
    static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
