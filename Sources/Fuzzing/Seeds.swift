import CBOR
package import Causality
import Replication
import TestSupport

extension Decoder {
    /// Sound inputs: where a fuzzer begins, and what mutation works on.
    package func seeds() throws -> [[UInt8]] {
        guard let commune = FuzzedCommune.shared else { return [] }
        var random = SplitMix64(seed: 1)
        let batches = [Self.entries(3, &random), Self.entries(20, &random)]
        let segments = try commune.segments(batches)
        switch self {
        case .cbor:
            return batches.joined().map { $0.encode() }
        case .payload:
            return (0..<12).map { Payload.encode(Self.entries(1 + $0 * 2, &random)) }
        case .structures:
            return try commune.structures(segments, Array(batches.joined()))
        case .frames:
            let frames = try commune.frames(segments)
            return [[0] + frames, [6] + frames, [7] + (try commune.frames([]))]
        case .bundle:
            return [try commune.bundle(segments), try commune.bundle([])]
        case .csv:
            return [0, 1, 0x81].map { [$0] + Array(Self.list.utf8) }
        }
    }

    private static let list = """
        STT;Họ và tên;Ngày sinh;Giới tính;Thôn;Quan hệ với chủ hộ;Điện thoại
        1;Trần Ví Dụ;29/02/1980;Nam;Thôn 1;Chủ hộ;0990000001
        2;"Trần ""Thị"" Ví Dụ";1985;Nữ;Thôn 1;Vợ;

        """

    /// Entries with every kind of value and every layout of a column.
    private static func entries(_ count: Int, _ random: inout SplitMix64) -> [Entry] {
        (0..<count).map { index in
            let house = RecordID(origin: 7, counter: UInt32(1 + index / 3))
            var cells = [
                Cell("birth", .text("19\(10 + random.below(90))-01-0\(1 + random.below(9))")),
                Cell("house", .reference(house)),
                Cell("name", .text(random.percent(20) ? "" : "Ví Dụ \(random.below(9))")),
                Cell("phone", .text("099000\(1_000 + random.below(9_000))")),
                Cell("photo", .bytes(random.bytes(random.below(6)))),
                Cell("rooms", random.percent(20) ? .null : .integer(Int64(random.below(300)))),
                Cell("sex", .text(random.percent(50) ? "nam" : "nữ")),
            ]
            if random.percent(30) {
                cells.append(Cell("zone", random.percent(50) ? .erased : .text("a")))
            }
            if random.percent(30) {
                cells.append(Cell("zz", random.percent(50) ? .integer(1) : .text("1")))
            }
            let seen = VersionVector([.init(log: LogID(9), seq: 1 + random.next() >> 40, hash: 0)])
            return Entry(
                record: RecordID(origin: 7, counter: UInt32(index + 1)),
                type: random.percent(70) ? "person" : "house",
                author: random.percent(50) ? "lan" : "",
                time: HybridTime(random.next() >> 2),
                cells: cells,
                seen: random.percent(20) ? seen : nil,
                change: random.percent(20) ? ChangeID(client: random.next(), counter: 4) : nil
            )
        }
    }

    /// The bytes with something wrong: cut, flipped, replaced, repeated, left out, put in.
    package static func damaged(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            guard !bytes.isEmpty else { return random.bytes(random.below(20)) }
            let place = random.below(bytes.count)
            let length = min(1 + random.below(8), bytes.count - place)
            switch random.below(7) {
            case 0: bytes = Array(bytes[..<place])
            case 1: bytes[place] ^= 1 << UInt8(random.below(8))
            case 2:
                bytes[place] = [0x00, 0x1b, 0x5b, 0x9b, 0x7f, 0x80, 0xf6, 0xff][random.below(8)]
            case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
            case 4: bytes.removeSubrange(place..<(place + length))
            case 5: bytes.insert(contentsOf: random.bytes(length), at: place)
            default: bytes[place] &+= 1
            }
        }
        return bytes
    }
}
