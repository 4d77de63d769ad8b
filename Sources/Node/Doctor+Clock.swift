import Causality
import Replication
import Store
import Survey

extension Doctor {
    /// What can be said without the store.
    func clock() -> Finding {
        guard now < DoctorLimits.earliestTime else {
            return Finding(.clock, .ok, "đồng hồ hợp lý", "the clock is plausible")
        }
        return Finding(
            .clock,
            .problem,
            "đồng hồ máy chỉ trước năm 2025: hãy chỉnh giờ, có thể pin CMOS đã hết",
            "the clock says a year before 2025: set it, its battery may be dead"
        )
    }

    /// Whether entries bear times that lie ahead of this clock, and whose clock is to blame.
    func clock(_ store: Store) throws -> Finding {
        let found = clock()
        let latest = try store.latestTimes()
        let own = latest.own.milliseconds
        let others = latest.others.milliseconds
        guard found.level == .ok, max(own, others) > now + DoctorLimits.clockSkew else {
            return found
        }
        let ahead = Self.span(max(own, others) - now)
        // Others' times pull this node's own times along, so only the excess tells of this clock.
        guard own > others else {
            return Finding(
                .clock,
                .advice,
                "dữ liệu nhận được mang giờ đi trước đồng hồ này \(ahead.vi): "
                    + "hãy so giờ máy này và các máy khác",
                "entries from another node bear times \(ahead.en) ahead of this clock: "
                    + "compare the clocks of both"
            )
        }
        guard try !isKnownToBeRight(store) else {
            return Finding(
                .clock,
                .advice,
                "đồng hồ nay đã đúng, nhưng lần nhập gần nhất ở đây ghi lúc đồng hồ nhanh \(ahead.vi): "
                    + "không mất gì; xem lại ngày ghi nhận của những câu trả lời lúc đó",
                "the clock is right now, but was \(ahead.en) ahead at the last entry made here: "
                    + "nothing is lost; look at the days of the answers given then"
            )
        }
        return Finding(
            .clock,
            .problem,
            "đồng hồ chậm \(ahead.vi) so với lần nhập gần nhất ở đây: so với điện thoại; "
                + "nếu chậm thì chỉnh giờ, nếu đúng thì lúc nhập đồng hồ đã nhanh",
            "the clock is \(ahead.en) behind the last entry made here: compare it with a phone; "
                + "set it if it is behind, else it was ahead when the entry was made"
        )
    }

    /// Whether the hub, or a time server, has agreed with this clock a moment ago.
    private func isKnownToBeRight(_ store: Store) throws -> Bool {
        if Files.exists(clockMark) { return true }
        guard let parent = try store.identity()?.parent?.node,
            let contact = try store.contacts()[parent], let at = contact.at,
            let offset = contact.clockOffset
        else { return false }
        return at <= now && now - at <= DoctorLimits.clockWordAge
            && !PeerStatus.isClockOff(offset)
    }

    /// Minutes, or days where they are many.
    private static func span(_ milliseconds: UInt64) -> Label {
        let minutes = milliseconds / 60_000
        let days = milliseconds / DoctorLimits.dayMilliseconds
        return days < 3
            ? Label("\(minutes) phút", "\(minutes) minutes")
            : Label("\(days) ngày", "\(days) days")
    }
}
