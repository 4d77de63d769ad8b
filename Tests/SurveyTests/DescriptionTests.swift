import Survey
import Testing

@Suite struct DescriptionTests {
    private let survey = DataDescription.doorstep

    @Test func `names are stable ASCII and unique`() {
        #expect(Set(survey.types.map(\.name)).count == survey.types.count)
        for type in survey.types {
            #expect(isName(type.name))
            for field in type.fields { #expect(isName(field.name), "\(type.name).\(field.name)") }
        }
    }

    @Test func `no name is one that the store keeps for itself`() {
        let own = [
            "id", "entry", "segment", "pending_entry", "sibling", "scope", "alias", "peer",
            "certificate", "setting", "version", "record", "log",
        ]
        for type in survey.types {
            #expect(!own.contains(type.name))
            #expect(type.field("id") == nil)
        }
    }

    @Test func `codes are unique within their list and sort-safe`() {
        for type in survey.types {
            for field in type.fields {
                guard let choices = choices(of: field) else { continue }
                #expect(Set(choices.map(\.code)).count == choices.count, "\(field.name)")
                #expect(Set(choices.map { TextFold.fold($0.label.vi) }).count == choices.count)
                for choice in choices {
                    #expect(!choice.code.contains(",") && TextFold.fold(choice.code) == choice.code)
                }
            }
        }
    }

    @Test func `a day belongs to facts of its own record, by codes that those have`() throws {
        var days: [String: Set<String>] = [:]
        for type in survey.types {
            for field in type.fields where !field.dayOf.isEmpty {
                days[type.name, default: []].insert(field.name)
                #expect([.date, .partialDate].contains(field.kind), "\(field.name)")
                for fact in field.dayOf {
                    let known = try #require(type.field(fact.field), "\(fact.field)")
                    #expect(known.name != field.name && known.section == field.section)
                    guard let codes = fact.codes else { continue }
                    let offered = try #require(choices(of: known)).map(\.code)
                    #expect(!codes.isEmpty && codes.isSubset(of: offered), "\(fact.field)")
                }
            }
        }
        #expect(days["household"] == ["state_on"])
        #expect(
            days["resident"] == [
                "idcard_expires_on", "idcard_issued_on", "personal_id_checked_on", "presence_on",
                "ssa_linked_on", "vneid_activated_on",
            ]
        )
    }

    @Test func `who is there no more is said by the codes of the form`() throws {
        #expect(survey.gonePresences == ["moved", "deceased", "not-found"])
        let state = try #require(survey.type("household")?.field("state"))
        #expect(state.goneCodes == ["moved", "dissolved", "not-found", "duplicate"])
        let resident = try #require(survey.type("resident"))
        #expect(resident.saysGone("presence", "deceased"))
        #expect(!resident.saysGone("presence", "away-long") && !resident.saysGone("presence", nil))
    }

    @Test func `every label says something in both languages`() {
        for type in survey.types {
            for label in [type.label] + type.fields.map(\.label) {
                #expect(!label.vi.isEmpty && !label.en.isEmpty)
            }
        }
        for indicator in survey.indicators {
            #expect(!indicator.label.vi.isEmpty && !indicator.label.en.isEmpty)
        }
    }

    @Test func `every field has a purpose, and what needs consent is opt-in or optional`() throws {
        for type in survey.types {
            for field in type.fields {
                let purpose = try #require(survey.purpose(of: field, in: type))
                if purpose.basis == .consent { #expect(field.requirement != .save) }
            }
        }
        let resident = try #require(survey.type("resident"))
        #expect(resident.field("ethnicity")?.isOptIn == true)
        #expect(resident.field("religion") == nil)
    }

    @Test func `every section of a field is listed with its provenance`() {
        for type in survey.types {
            for name in Set(type.fields.compactMap(\.section)) {
                #expect(survey.sections.contains { $0.name == name && $0.type == type.name })
                for suffix in ["source", "observed_on", "unknown"] {
                    #expect(type.field("\(name)_\(suffix)")?.section == name)
                }
            }
        }
    }

    @Test func `references and parents point to types that exist`() {
        for type in survey.types {
            if let parent = type.parent { #expect(type.field(parent) != nil) }
            for field in type.fields {
                if case .reference(let target) = field.kind { #expect(survey.type(target) != nil) }
            }
        }
    }

    @Test func `conditions read only fields that exist`() {
        for type in survey.types {
            for field in type.fields {
                for name in field.askedIf?.fields(of: type.name, in: survey.types) ?? [] {
                    #expect(survey.type(name.type)?.field(name.field) != nil, "\(name)")
                }
            }
        }
        for indicator in survey.indicators {
            guard let rule = indicator.rule else { continue }
            let names = rule.fields(in: survey.types)
            #expect(!names.isEmpty)
            for name in names.union(rule.reason.map { [$0.field] } ?? []) {
                #expect(
                    survey.type(name.type)?.field(name.field) != nil,
                    "\(indicator.name): \(name)"
                )
            }
            for section in rule.sections {
                let type = survey.sections.first { $0.name == section }.map(\.type)
                #expect(type.flatMap(survey.type)?.field("\(section)_unknown") != nil)
            }
        }
    }

    @Test func `fields learn which indicators they feed`() throws {
        let resident = try #require(survey.type("resident"))
        #expect(resident.field("vneid_level_register")?.feeds.contains("vneid-level2") == true)
        #expect(resident.field("ssa_state")?.feeds == ["ssa-on-vneid", "epayment-and-ssa"])
        #expect(resident.field("occupation")?.feeds == [])
        let birth = try #require(resident.field("birth"))
        #expect(birth.feeds.contains("epayment-account") && birth.feeds.contains("id-card"))
    }

    private func choices(of field: Field) -> [Choice]? {
        switch field.kind {
        case .code(let choices), .codeSet(let choices): choices
        default: nil
        }
    }

    private func isName(_ text: String) -> Bool {
        text.utf8.first.map { (0x61...0x7A).contains($0) } == true
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
    }
}

@Suite struct PlanTests {
    private let survey = DataDescription.doorstep

    @Test func `the plan's targets are all there, once each`() {
        let names = survey.indicators.map(\.name)
        #expect(Set(names).count == names.count)
        let plan = [
            "id-card", "vneid-level2", "household-smart-device", "epayment-account", "ssa-on-vneid",
            "benefit-bank-vneid", "digital-signature", "official-email-person",
            "online-service-use-person", "official-email-business", "online-service-use-business",
            "ecommerce-identified-tax", "facility-digital-payment", "facility-idcard-for-bhyt",
            "staff-digital-training", "staff-equipment", "staff-signature",
        ]
        for name in plan {
            let indicator = survey.indicator(name)
            #expect(indicator?.role == .headline && indicator?.wording != nil, "\(name)")
        }
    }

    @Test func `seventeen targets are agencies' and six are milestones`() {
        let headlines = survey.indicators.filter { $0.role == .headline }
        #expect(
            headlines.count {
                if case .agency = $0.measure { true } else { false }
            } == 17
        )
        #expect(headlines.count { $0.measure == .milestone } == 6)
        #expect(
            headlines.filter { $0.target == 70 }.map(\.name).sorted() == [
                "online-service-use-business", "online-service-use-person",
            ]
        )
        #expect(survey.indicator("dvctt-common-full")?.level == .city)
    }

    @Test func `companions and readings name a headline`() {
        for indicator in survey.indicators {
            switch indicator.role {
            case .reading(let other), .companion(let other):
                #expect(survey.indicator(other)?.role == .headline, "\(indicator.name)")
            case .headline, .information: break
            }
        }
    }
}
