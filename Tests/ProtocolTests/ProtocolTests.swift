import Foundation
import Node
import Replication
import Store
import Testing

/// `sync-protocol.md` against the code.
///
/// After a wanted change of the format, with the version raised, the vectors are written anew by
/// `DOORSTEP_WRITE_VECTORS=1 swift test --filter ProtocolTests`; never by hand.
@Suite(.serialized) struct ProtocolTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DOORSTEP_WRITE_VECTORS"] != nil))
    func `a document with empty fences gets its vectors`() throws {
        var document = try Document()
        document.replace(with: try Example.all().map(\.vector))
        try document.save()
    }

    @Test func `the document has every vector, once`() throws {
        let names = try Document().vectors().map(\.name)
        #expect(names.sorted() == (try Example.all().map(\.vector.name).sorted()))
    }

    @Test func `the code writes every vector byte for byte`() throws {
        let vectors = try Document().vectors()
        for example in try Example.all() {
            #expect(vectors.first { $0.name == example.vector.name } == example.vector)
        }
    }

    @Test func `the code reads every vector and writes it again the same`() throws {
        let vectors = try Document().vectors()
        for example in try Example.all() {
            let vector = try #require(vectors.first { $0.name == example.vector.name })
            #expect(try example.again(vector) == vector)
        }
    }

    @Test func `the payload that is shown piece by piece is the vector`() throws {
        let document = try Document()
        let pieces = document.table("| Piece | Meaning |").map {
            $0[0].replacingOccurrences(of: " ", with: "")
        }
        let vector = try #require(document.vectors().first { $0.name == "payload-1" })
        #expect(pieces.joined() == (try vector.text("bytes")))
    }

    @Test func `the document names every action of the access log`() throws {
        let rows = try Document().lines.filter { $0.hasPrefix("| | `action` |") }
        let words = try #require(rows.first).matches(of: /`([a-z-]+)`/).map { String($0.1) }
        #expect(rows.count == 1)
        #expect(words.dropFirst() == AccessAction.allCases.map(\.rawValue)[...])
    }

    @Test func `the limits of the document are those of the code`() throws {
        let rows = try Document().table("| Name | Limit | Of what |")
        let documented = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        for (name, limit) in Self.limits {
            let text = documented["`\(name)`"]?.replacingOccurrences(of: ",", with: "")
            #expect(text == "\(limit)", "\(name)")
        }
        #expect(documented.count == Self.limits.count)
        let source = try String(
            contentsOf: Document.file("Sources/Replication/ReplicationLimits.swift"),
            encoding: .utf8
        )
        let names = source.matches(of: /static let (\w+)/).map { String($0.1) }
        #expect(Set(names) == Set(Self.limits.map(\.name)))
    }

    private static let limits: [(name: String, limit: Int)] = [
        ("segmentEntriesMax", ReplicationLimits.segmentEntriesMax),
        ("payloadBytesMax", ReplicationLimits.payloadBytesMax),
        ("compressedBytesMax", ReplicationLimits.compressedBytesMax),
        ("openSegmentBytesMax", ReplicationLimits.openSegmentBytesMax),
        ("signedPayloadBytesMax", ReplicationLimits.signedPayloadBytesMax),
        ("entryBytesMax", ReplicationLimits.entryBytesMax),
        ("unfoldedBytesMax", ReplicationLimits.unfoldedBytesMax),
        ("valueBytesMax", ReplicationLimits.valueBytesMax),
        ("nameBytesMax", ReplicationLimits.nameBytesMax),
        ("entryCellsMax", ReplicationLimits.entryCellsMax),
        ("groupsMax", ReplicationLimits.groupsMax),
        ("authorsMax", ReplicationLimits.authorsMax),
        ("vectorLogsMax", ReplicationLimits.vectorLogsMax),
        ("scopeLogsMax", ReplicationLimits.scopeLogsMax),
        ("nodeLogsMax", ReplicationLimits.nodeLogsMax),
        ("scopeBytesMax", ReplicationLimits.scopeBytesMax),
        ("scopesMax", ReplicationLimits.scopesMax),
        ("headerBytesMax", ReplicationLimits.headerBytesMax),
        ("certificateBytesMax", ReplicationLimits.certificateBytesMax),
        ("chunkBytesMax", ReplicationLimits.chunkBytesMax),
        ("helloBytesMax", ReplicationLimits.helloBytesMax),
        ("receiptBytesMax", ReplicationLimits.receiptBytesMax),
        ("receiptsMax", ReplicationLimits.receiptsMax),
        ("noticeBytesMax", ReplicationLimits.noticeBytesMax),
        ("noticesMax", ReplicationLimits.noticesMax),
    ]

    @Test func `the limits of lines and invitations are those of the code`() throws {
        let rows = try Document().table("| Name | Value | Of a line or an invitation |")
        let limits: [(String, Int)] = [
            ("codesMax", InviteCode.numbersMax), ("openMax", InviteLimits.openMax),
            ("validFor", Int(InviteLimits.validFor)),
            ("validForMax", Int(InviteLimits.validForMax)),
            ("wrongTriesMax", InviteLimits.wrongTriesMax),
            ("addressTriesMax", InviteLimits.addressTriesMax),
            ("addressPeriod", Int(InviteLimits.addressPeriod)),
            ("addressesMax", InviteLimits.addressesMax), ("keptFor", Int(InviteLimits.keptFor)),
            ("callBytesMax", EnrolmentCall.bytesMax), ("pinsMax", HubCard.pinsMax),
            ("hubAddressesMax", Invitation.addressesMax),
        ]
        #expect(rows.map { $0[0] } == limits.map { "`\($0.0)`" })
        #expect(
            rows.map { $0[1].replacingOccurrences(of: ",", with: "") }
                == limits.map { "\($0.1)" }
        )
    }

    @Test func `the notices of the document are those of the code`() throws {
        let rows = try Document().table("| Code | Name | `scope`, `log`, `number` | Meaning |")
        let codes = (0..<64 as Range<UInt64>).compactMap { Notice.Code(rawValue: $0) }
        #expect(rows.map { $0[0] } == codes.map { "\($0.rawValue)" })
        #expect(rows.map { $0[1] } == codes.map { "`\($0)`" })
    }

    @Test func `the version of the document is that of the code`() throws {
        #expect(try Document().lines.contains("Protocol version: \(Hello.version)"))
    }
}
