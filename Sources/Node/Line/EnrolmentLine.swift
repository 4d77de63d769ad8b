package import HTTP
import Replication
package import Store

/// Enrolment by code over a line: from the typed word to the certificate.
package final class EnrolmentLine {
    private let line: HubLine
    private let store: Store

    package init(_ store: Store, client: ClientSettings = ClientSettings()) {
        self.store = store
        line = HubLine(client)
    }

    /// Refuses what is no code, and a code without an address to ask.
    package static func check(_ word: String, addresses: [HubAddress]) throws {
        guard Invitation.isInvitation(word) else {
            _ = try InviteCode(word)
            guard !addresses.isEmpty else { throw NodeError.noHubAddress }
            return
        }
        _ = try Invitation(word)
    }

    /// Asks the hub who it is, and ties the code to it.
    ///
    /// `word`: a code, or an invitation that names hub and addresses. `addresses`: asked first.
    /// `fingerprint`: counts beside that of the invitation.
    package func begin(
        _ word: String,
        addresses: [HubAddress],
        fingerprint: String? = nil
    ) throws -> CodeEnrolment {
        let code: InviteCode
        var known = addresses
        var fingerprint = fingerprint
        if Invitation.isInvitation(word) {
            let invitation = try Invitation(word)
            code = invitation.code
            known += invitation.addresses.compactMap { HubAddress($0) }
            fingerprint = fingerprint ?? invitation.fingerprint
        } else {
            code = try InviteCode(word)
        }
        guard !known.isEmpty else { throw NodeError.noHubAddress }
        let enrolment = try line.reaching(known) { address in
            let card = try line.card(at: address)
            do {
                return try CodeEnrolment(
                    store,
                    code: code,
                    card: card,
                    fingerprint: fingerprint
                )
            } catch NodeError.otherHub {
                // At another of the addresses the right one may be.
                throw SyncProblem.wrongHub
            }
        }
        // The card may name only addresses that are not reached from here.
        try line.lastGood?.remember(in: store)
        return enrolment
    }

    /// Asks how things stand.
    package func ask(
        _ enrolment: CodeEnrolment,
        addresses: [HubAddress] = []
    ) throws -> CodeEnrolment.Progress {
        let known = try addresses + HubAddress.known(enrolment.card, store)
        let answer = try line.reaching(known) { address in
            try line.call(
                "enrol/1",
                enrolment.call(),
                at: address,
                pins: enrolment.card.pins
            )
        }
        return try enrolment.take(answer)
    }
}
