import Causality
internal import Survey

/// The questions to one person in the order of the form, with the answers people give.
struct AnswerSheet {
    let person: SyntheticPerson
    let date: CalendarDay
    let isProxy: Bool

    private var facts: DigitalFacts { person.digital }

    mutating func fill(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        insurance(&record, &random)
        guard person.age >= 14 else { return }
        card(&record, &random)
        account(&record, &random)
        guard person.age >= 18 else { return }
        payment(&record, &random)
        security(&record, &random)
        if facts.level2 { signature(&record, &random) }
        if facts.level2 { email(&record, &random) }
        service(&record, &random)
    }

    /// Where an answer comes from, of which day, and why there is none.
    private func provenance(
        _ section: String,
        isKnown: Bool = true,
        documentSeen: Bool = false,
        _ record: inout SyntheticRecord
    ) {
        let source = documentSeen ? "document-seen" : isProxy ? "proxy" : "self"
        record.set("\(section)_source", source)
        record.set("\(section)_observed_on", date.description)
        if !isKnown { record.set("\(section)_unknown", "dont-know") }
    }

    private func card(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        if facts.hasCard {
            record.set("idcard_kind", Self.cardKinds.draw(&random))
            record.set("idcard_status", Self.cardStates.draw(&random))
        } else {
            record.set("idcard_kind", "none")
            record.set("idcard_status", random.percent(15) ? "applied" : "none")
            let reason =
                switch person.age {
                case ..<15: "not-due"
                case 75...: "frail"
                default: person.presence == "here" ? "unaware" : "away"
                }
            record.set("idcard_missing_reason", reason)
        }
        provenance("idcard", documentSeen: !isProxy && random.percent(70), &record)
    }

    private static let cardKinds = Weighted("cccd-chip 66, can-cuoc 30, cccd-barcode 4")
    private static let cardStates = Weighted("valid 95, expired 3, lost 1, damaged 1")

    private func account(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        // Who has linked an account knows the level.
        let isKnown = !random.percent(6) || facts.isLinked
        provenance("vneid", isKnown: isKnown, &record)
        guard isKnown else {
            record.set("vneid_level", "unknown")
            return
        }
        guard facts.level2 else {
            record.set("vneid_level", facts.hasCard && random.percent(20) ? "1" : "0")
            record.set("vneid_state", "none")
            record.set("vneid_obstacle", obstacle)
            return
        }
        record.set("vneid_level", "2")
        if facts.isActivated {
            record.set("vneid_state", !facts.isLinked && random.percent(3) ? "locked" : "activated")
            record.set("vneid_device", facts.ownSmartphone ? "own" : "family")
        } else {
            record.set("vneid_state", "issued")
            record.set("vneid_obstacle", obstacle)
        }
    }

    private var obstacle: String {
        if !facts.hasCard { return "no-card" }
        if !facts.ownSmartphone {
            return person.age >= 70 ? "frail,no-smartphone" : "no-smartphone"
        }
        return person.age >= 55 ? "cannot-use" : "forgot-password"
    }

    private func payment(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        record.set("payment_has_any", facts.hasPayment ? "yes" : "no")
        if !facts.hasPayment {
            record.set(
                "payment_missing_reason",
                !facts.hasCard ? "no-card" : !facts.ownSmartphone ? "no-phone" : "cash"
            )
        }
        provenance("payment", &record)
    }

    private func security(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        let isKnown = facts.isLinked || !random.percent(20)
        provenance("ssa", isKnown: isKnown, &record)
        guard isKnown else {
            record.set("ssa_state", "unknown")
            return
        }
        record.set("ssa_state", facts.isLinked ? "linked" : "none")
        if facts.isLinked {
            record.set("ssa_through", "bank")
        } else {
            let reason =
                !facts.level2 ? "no-vneid2" : !facts.hasPayment ? "no-account" : "no-need"
            record.set("ssa_missing_reason", reason)
        }
    }

    private func signature(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        record.set("signature_state", facts.hasSignature ? "has" : "none")
        if facts.hasSignature {
            record.set("signature_where", random.percent(80) ? "vneid" : "public-ca")
        } else {
            record.set("signature_want", facts.wantsSignature ? "yes" : "no")
            if facts.wantsSignature {
                record.set(
                    "signature_missing_reason",
                    random.pick(["unaware", "cannot-use", "error"])
                )
            }
        }
        provenance("signature", &record)
    }

    /// Six of ten do not know whether an official address was made for them.
    private func email(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        let isKnown = !random.percent(60)
        record.set(
            "official_email_state",
            isKnown ? facts.hasEmail ? "created" : "none" : "unknown"
        )
        provenance("official_email", isKnown: isKnown, &record)
    }

    private func service(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        record.set("service_needed_12m", facts.neededServices ? "yes" : "no")
        if facts.usedServices {
            let helps = facts.isActivated && facts.ownSmartphone ? 35 : 100
            record.set("service_used_online_12m", random.percent(helps) ? "helped" : "self")
        } else {
            record.set("service_used_online_12m", "no")
            let obstacle =
                !facts.level2 ? "no-account" : !facts.ownSmartphone ? "no-device" : "rather-office"
            record.set("service_obstacle", obstacle)
        }
        provenance("service", &record)
    }

    private func insurance(_ record: inout SyntheticRecord, _ random: inout SplitMix64) {
        record.set("bhyt_insured", facts.isInsured ? "yes" : "no")
        if person.age >= 14, facts.isInsured, facts.hasCard {
            record.set("bhyt_on_idcard", facts.insuredOnCard ? "yes" : "no")
        }
        provenance("bhyt", &record)
    }
}
