import Causality
internal import Survey

extension SyntheticCommune {
    /// What agencies report of the targets that no survey measures, and how far the milestones are.
    ///
    /// Records of the types `agency_figure` and `milestone`, one for each such indicator, as an
    /// officer types them in from letters of the month before.
    package func reports() -> [SyntheticRecord] {
        var random = SplitMix64(seed: shape.seed, stream: Stream.report, 0)
        return DataDescription.doorstep.indicators.enumerated().compactMap { index, indicator in
            let key = Keys.report(shape, index)
            switch indicator.measure {
            case .agency: return figure(indicator, key, &random)
            case .survey where indicator.prefersAgency: return figure(indicator, key, &random)
            case .milestone: return milestone(indicator, key, &random)
            case .survey: return nil
            }
        }
    }

    private func figure(
        _ indicator: Indicator,
        _ key: Int,
        _ random: inout SplitMix64
    ) -> SyntheticRecord {
        var record = SyntheticRecord("agency_figure", key: key, village: 0)
        let whole = 40 + random.below(400)
        let percent = min(100, (indicator.target ?? 50) + random.below(40) - 25)
        let month = shape.day.adding(days: -31).description.prefix(7)
        record.set("indicator", indicator.name)
        record.set("period", String(month))
        record.set("numerator", whole * percent / 100)
        record.set("denominator", whole)
        record.set("source_system", "Hệ thống giả lập")
        record.set(
            "reported_by",
            indicator.level == .city
                ? "Văn phòng UBND thành phố Mẫu" : "Trung tâm Phục vụ hành chính công xã Mẫu"
        )
        record.set("document_no", "\(1 + random.below(300))/BC-MAU")
        record.set("reported_on", shape.day.adding(days: -1 - random.below(9)).description)
        return record
    }

    private func milestone(
        _ indicator: Indicator,
        _ key: Int,
        _ random: inout SplitMix64
    ) -> SyntheticRecord {
        var record = SyntheticRecord("milestone", key: key, village: 0)
        let state = random.pick(["not-started", "in-progress", "in-progress", "done"])
        record.set("indicator", indicator.name)
        record.set("state", state)
        record.set("state_on", shape.day.adding(days: -1 - random.below(60)).description)
        if state == "done" { record.set("evidence", "\(1 + random.below(300))/TB-MAU") }
        return record
    }
}
