import Causality
internal import Survey

extension SyntheticCommune {
    /// Health stations, schools, businesses and the commune's agency with its staff, in proportion.
    ///
    /// A commune of 4,700 households has 3, 8, 35 enterprises, 420 household businesses and 75 staff.
    /// However small it is, each kind is there, and each target concerns somebody: the first of a
    /// kind is open, collects fees, has an electronic identity and sells on a platform.
    package func units() -> [SyntheticRecord] {
        var random = SplitMix64(seed: shape.seed, stream: Stream.unit, 0)
        var records: [SyntheticRecord] = []
        for (kind, name, share) in Self.kinds {
            for number in 1...max(1, share * shape.households / 4700) {
                records.append(
                    unit(
                        kind,
                        "\(name) Mẫu \(number)",
                        index: records.count,
                        isFirst: number == 1,
                        &random
                    )
                )
            }
        }
        let agency = records.count
        records.append(
            unit("agency", "Ủy ban nhân dân xã Mẫu", index: agency, isFirst: true, &random)
        )
        let naming = Naming(seed: shape.seed, village: 0, area: .east)
        for _ in 0..<max(5, 75 * shape.households / 4700) {
            records.append(staff(of: agency, index: records.count, naming, &random))
        }
        return records
    }

    private static let kinds = [
        ("health-station", "Trạm Y tế", 3), ("school", "Trường Tiểu học", 8),
        ("enterprise", "Công ty TNHH", 35), ("household-business", "Hộ kinh doanh", 420),
    ]

    private func unit(
        _ kind: String,
        _ name: String,
        index: Int,
        isFirst: Bool,
        _ random: inout SplitMix64
    ) -> SyntheticRecord {
        let village = kind == "agency" ? 0 : random.below(shape.villages.count)
        var record = SyntheticRecord("unit", key: Keys.unit(shape, index), village: village)
        record.set("kind", kind)
        record.set("name", name)
        record.set("address", shape.villages[village].name)
        record.set("state", random.percent(97) || isFirst ? "open" : "suspended")
        switch kind {
        case "health-station", "school": facility(kind, isFirst, &record, &random)
        case "agency": break
        default: business(kind, isFirst, &record, &random)
        }
        if kind != "agency" {
            record.set("unit_source", "agency")
            record.set("unit_observed_on", shape.day.description)
        }
        return record
    }

    private func facility(
        _ kind: String,
        _ isFirst: Bool,
        _ record: inout SyntheticRecord,
        _ random: inout SplitMix64
    ) {
        let collects = random.percent(90) || isFirst
        record.set("collects_fees", collects ? "yes" : "no")
        if collects {
            let isDigital = random.percent(75)
            record.set("digital_payment", isDigital ? "yes" : "no")
            if isDigital {
                record.set("payment_means", "qr,transfer")
            } else {
                record.set("no_payment_reason", "payers-cash")
            }
        }
        guard kind == "health-station" else { return }
        record.set("accepts_idcard_bhyt", random.percent(80) ? "yes" : "no")
        record.set("reader", random.percent(60) ? "yes" : "no")
    }

    private func business(
        _ kind: String,
        _ isFirst: Bool,
        _ record: inout SyntheticRecord,
        _ random: inout SplitMix64
    ) {
        let isEnterprise = kind == "enterprise"
        let eid = random.percent(isEnterprise ? 70 : 30) || isFirst
        let sells = random.percent(isEnterprise ? 20 : 9) || isFirst
        record.set("eid", eid ? "yes" : "no")
        record.set("sells_on_platform", sells ? "yes" : "no")
        if sells {
            record.set("platforms", random.pick(["shopee", "shopee,tiktok-shop", "tiktok-shop"]))
        }
        record.set("tax_linked", eid && random.percent(60) ? "yes" : "no")
        record.set("official_email", eid && random.percent(50) ? "yes" : "no")
        record.set("used_online_12m", random.percent(isEnterprise ? 80 : 45) ? "yes" : "no")
        record.set("signature", random.percent(isEnterprise ? 85 : 12) ? "yes" : "no")
    }

    private func staff(
        of agency: Int,
        index: Int,
        _ naming: Naming,
        _ random: inout SplitMix64
    ) -> SyntheticRecord {
        var record = SyntheticRecord("staff", key: Keys.unit(shape, index), village: 0)
        let isMale = random.percent(52)
        record.set("unit", key: Keys.unit(shape, agency))
        record.set(
            "full_name",
            naming.name(
                family: naming.family(&random),
                isMale: isMale,
                bornIn: 1970 + random.below(32),
                &random
            )
        )
        record.set("category", random.pick(["can-bo", "cong-chuc", "cong-chuc", "vien-chuc"]))
        record.set("state", random.percent(97) ? "active" : "leave-long")
        let isTrained = random.percent(72)
        record.set("digital_training", isTrained ? "yes" : "no")
        if isTrained {
            let months = shape.day.parts.month
            record.set(
                "digital_training_on",
                "\(shape.day.year)-\(Numbering.digits(1 + random.below(months), 2))"
            )
        }
        record.set("equipment", random.percent(81) ? "adequate" : "inadequate")
        record.set("signature", random.percent(88) ? "yes" : "no")
        record.set("staff_source", "agency")
        record.set("staff_observed_on", shape.day.description)
        return record
    }
}
