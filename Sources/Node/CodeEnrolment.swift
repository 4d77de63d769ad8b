import CBOR
package import Replication
import Sealing
package import Store

/// The applicant's side of enrolment by code: from the typed code to the certificate.
///
/// What was begun is kept in the file: a power cut, or an officer who takes a day, costs nothing.
package struct CodeEnrolment {
    /// How things stand after an answer.
    package enum Progress: Hashable, Sendable {
        /// An officer has not decided yet.
        case waiting
        /// The certificate is taken up: the hub is this node's parent.
        case enrolled(Certificate, hub: Certificate)
        /// The officer has refused.
        case refused
    }

    private static let setting = "enrolment-call"
    private static let cardSetting = "hub-card"
    /// When the parent was asked for its card last, milliseconds since 1970.
    static let cardAskedSetting = "hub-card-asked"
    /// Milliseconds between two such questions.
    static let cardInterval: UInt64 = 24 * 3_600_000
    /// Milliseconds that a card's time may be ahead of the hub's clock.
    private static let cardAheadMax: Int64 = 24 * 3_600_000

    private let store: Store
    private let number: Int
    private let key: InviteKey
    package let request: EnrolmentRequest
    /// The hub that is asked.
    package let card: HubCard

    /// Begins anew: makes keys where there are none, and ties the code to this hub.
    ///
    /// `fingerprint`: of the hub's key, where the invitation says it; another hub is refused.
    /// Takes a tenth of a second and 64 MiB.
    package init(
        _ store: Store,
        code: InviteCode,
        card: HubCard,
        fingerprint: String?
    ) throws {
        let hubKey = card.certificate.signingKey
        if let fingerprint {
            guard
                constantTimeEquals(
                    Array(fingerprint.filter(\.isNumber).utf8),
                    Array(hubKey.fingerprint.filter(\.isNumber).utf8)
                )
            else { throw NodeError.otherHub }
        }
        let isHub = try store.identity() != nil
        self.store = store
        self.card = card
        number = code.number
        request = try Enrolment.request(
            store,
            name: "",
            kind: isHub ? .hub : .village,
            scopes: []
        )
        key = try code.key(at: hubKey)
        var writer = CBORWriter()
        writer.array(3)
        writer.write(UInt64(number))
        writer.write(key.bytes)
        writer.write(card.bytes)
        try store.set(Self.setting, writer.bytes)
    }

    /// Goes on with what was begun; nil where nothing was.
    package init?(resuming store: Store) throws {
        guard let bytes = try store.setting(Self.setting) else { return nil }
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        number = Int(try reader.unsigned(max: UInt64(InviteCode.numbersMax - 1)))
        key = InviteKey(bytes: try reader.byteString(max: InviteKey.length))
        card = try HubCard(try reader.byteString(max: bytes.count))
        self.store = store
        request = try Enrolment.request(
            store,
            name: "",
            kind: try store.identity() == nil ? .village : .hub,
            scopes: []
        )
    }

    /// What both ends show, so that people can compare it.
    package var comparison: String { request.comparison(at: card.certificate.signingKey) }

    /// What is sent to the hub: sealed anew each time, always the same inside.
    package func call() throws -> [UInt8] {
        let proof = key.proof(of: request, to: card.certificate.signingKey)
        return try EnrolmentCall(number: number, proof: proof, request: request)
            .sealed(to: card.certificate.sealingKey)
    }

    /// Takes the hub's answer; takes up the certificate where it has one.
    package func take(_ bytes: [UInt8]) throws -> Progress {
        let hubKey = card.certificate.signingKey
        let opening = try store.identity()?.openingKey ?? Enrolment.openingKey(of: store)
        let answer = try EnrolmentAnswer(
            bytes,
            with: opening,
            to: request,
            key: key,
            from: hubKey
        )
        switch answer.state {
        case .waiting: return .waiting
        case .refused:
            try store.removeSetting(Self.setting)
            return .refused
        case .approved:
            let reply = try EnrolmentReply(answer.reply)
            guard reply.hub.signingKey == hubKey else { throw NodeError.otherHub }
            try store.transaction {
                try Enrolment.accept(reply, at: store)
                try store.removeSetting(Self.setting)
                try Self.keep(card, in: store)
            }
            return .enrolled(reply.certificate, hub: reply.hub)
        }
    }

    /// Gives up: the next code begins anew.
    package static func abandon(_ store: Store) throws {
        try store.removeSetting(setting)
    }

    // MARK: The hub's card

    /// What is known of the parent: where it is found, and the keys of its line.
    package static func hubCard(_ store: Store) throws -> HubCard? {
        guard let bytes = try store.setting(cardSetting), let parent = try store.identity()?.parent
        else { return nil }
        let card = try HubCard(bytes)
        return card.certificate.signingKey == parent.signingKey ? card : nil
    }

    /// Keeps a card of the parent, unless a later one is known.
    ///
    /// A known card that is dated far ahead of the hub's own clock, as the hub's last hello showed
    /// it, was made while that clock was wrong: it gives way to any other one. Else it would count
    /// as the latest for as long as the clock was ahead.
    @discardableResult
    package static func keep(_ card: HubCard, in store: Store) throws -> Bool {
        guard let parent = try store.identity()?.parent,
            card.certificate.signingKey == parent.signingKey
        else { throw NodeError.otherHub }
        // It comes from the hub at this moment: a slow line is not asked for it again today.
        try noteCardAsked(store)
        if let known = try hubCard(store) {
            guard known.bytes != card.bytes else { return false }
            let clock = try store.contacts()[parent.node].flatMap { contact in
                contact.at.map { Int64(clamping: $0).saturatingAdd(contact.clockOffset ?? 0) }
            }
            let isAhead = clock.map {
                Int64(clamping: known.issuedAt) > $0.saturatingAdd(cardAheadMax)
            }
            guard known.issuedAt < card.issuedAt || isAhead == true else { return false }
        }
        try store.set(cardSetting, card.bytes)
        return true
    }

    /// The pins to fetch the parent's card with where that was not asked for within a day, which is
    /// noted at once; nil otherwise, and where no parent is.
    static func pinsWhereCardIsDue(_ store: Store) throws -> [[UInt8]]? {
        guard try store.identity()?.parent != nil else { return nil }
        let now = store.environment.wall()
        let asked = try store.setting(cardAskedSetting).flatMap {
            UInt64(String(decoding: $0, as: UTF8.self))
        }
        // With the clock set back it is due as well.
        if let asked, asked <= now, now - asked < cardInterval { return nil }
        try noteCardAsked(store)
        return try hubCard(store)?.pins ?? []
    }

    private static func noteCardAsked(_ store: Store) throws {
        try store.set(cardAskedSetting, Array(String(store.environment.wall()).utf8))
    }
}

extension Int64 {
    /// Stays at the nearest number there is.
    fileprivate func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        guard isOver else { return sum }
        return other > 0 ? .max : .min
    }
}
