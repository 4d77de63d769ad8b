package import Replication
package import Store
package import Survey

/// How things stand with one peer, for `status`.
package struct PeerStatus: Hashable, Sendable {
    package let node: NodeID
    package let name: String
    /// The hub above; else a node that this hub has enrolled.
    package let isParent: Bool
    package let isRevoked: Bool
    /// When an exchange last reached its end, over a line or with news by a stick, milliseconds
    /// since 1970; nil before the first.
    package let lastContact: UInt64?
    /// Whole days since then.
    package let unsyncedDays: Int?
    /// Entries that the peer is not known to hold.
    package let unsent: UInt64
    /// Those of them that only say who has looked at whom, for the hub above; 0 for others.
    ///
    /// Looking is no work that waits to be sent.
    package let unsentReadings: UInt64
    /// Entries that the peer is known to hold and this node does not; nil where that is not known.
    package let unfetched: UInt64?
    /// Milliseconds that the peer's clock is ahead.
    package let clockOffset: Int64?
    package let software: String?
    /// How the last exchange failed.
    package let problem: SyncProblem?
    package let triedAt: UInt64?
    /// Whether news of the peer came by a stick last, or no line to it was ever known.
    package let isByStick: Bool

    /// A clock this far off is worth a word: people see the order of changes by it.
    package static let clockTolerance: Int64 = 5 * 60_000

    /// Whether nobody has anything to see to but to carry the stick on: there is no line, and none is
    /// missed.
    package var waitsForStick: Bool {
        guard isByStick, UInt64(unsyncedDays ?? 0) < DoctorLimits.exchangeDays else { return false }
        switch problem {
        case nil, .noAddress, .unreachable, .noName: return true
        default: return false
        }
    }

    package var isClockOff: Bool { Self.isClockOff(clockOffset) }

    static func isClockOff(_ offset: Int64?) -> Bool {
        offset.map { $0.magnitude > UInt64(clockTolerance) } ?? false
    }
}

extension Store {
    /// The hub above and, at a hub, every node that it has enrolled.
    package func peerStatus() throws -> [PeerStatus] {
        try reading {
            guard let identity = try identity() else { return [] }
            let contacts = try contacts()
            var peers = try [parentStatus()].compactMap(\.self)
            let enrolled = try enrolled().map(\.certificate)
                .filter { $0.issuer == identity.node && $0.node != identity.node }
            for child in enrolled {
                peers.append(
                    try status(
                        of: child,
                        contacts[child.node],
                        isParent: false,
                        lastNews: lastStatement(of: child.node),
                        unsent: isRevoked(child.node) ? 0 : unsentEntries(to: child),
                        unsentReadings: 0,
                        unfetched: isRevoked(child.node) ? nil : unfetchedEntries(of: child)
                    )
                )
            }
            return peers
        }
    }

    /// The hub above; nil at the topmost one.
    package func parentStatus() throws -> PeerStatus? {
        try reading {
            guard let parent = try identity()?.parent else { return nil }
            return try status(
                of: parent,
                contacts()[parent.node],
                isParent: true,
                lastNews: lastNewsOfParent(),
                unsent: unsentEntries() ?? 0,
                unsentReadings: unsentRecords(of: "access"),
                unfetched: unfetchedEntries()
            )
        }
    }

    private func status(
        of peer: Certificate,
        _ contact: Contact?,
        isParent: Bool,
        lastNews: UInt64?,
        unsent: UInt64,
        unsentReadings: UInt64,
        unfetched: UInt64?
    ) throws -> PeerStatus {
        let now = environment.wall()
        let last = [contact?.at, lastNews].compactMap { $0?.noted(by: now) }.max()
        return PeerStatus(
            node: peer.node,
            name: peer.name,
            isParent: isParent,
            isRevoked: try isRevoked(peer.node),
            lastContact: last,
            unsyncedDays: last.map { now > $0 ? Int((now - $0) / 86_400_000) : 0 },
            unsent: unsent,
            unsentReadings: unsentReadings,
            unfetched: unfetched,
            clockOffset: contact?.clockOffset,
            software: contact?.software,
            problem: contact?.problem.map { SyncProblem(code: $0) ?? .failed },
            triedAt: contact?.triedAt,
            isByStick: Self.isByStick(contact, lastNews: lastNews)
        )
    }

    private static func isByStick(_ contact: Contact?, lastNews: UInt64?) -> Bool {
        guard let contact else { return lastNews != nil }
        if contact.problem == SyncProblem.noAddress.code { return true }
        return lastNews.map { $0 > contact.at ?? 0 } ?? false
    }
}

extension PeerStatus {
    /// Whose clock is to be set, and by how much; nil where none is far off.
    ///
    /// Against its hub a node is taken to be the one that is wrong: the hub has all the others to compare
    /// with.
    package var clockLabel: Label? { Self.clockLabel(clockOffset, isParent: isParent) }

    package static func clockLabel(_ offset: Int64?, isParent: Bool) -> Label? {
        guard let offset, isClockOff(offset) else { return nil }
        let minutes = offset.magnitude / 60_000
        return switch (isParent, offset > 0) {
        case (true, true):
            Label(
                "đồng hồ máy này chậm \(minutes) phút so với máy xã: chỉnh ngày giờ",
                "this machine's clock is \(minutes) minutes behind the hub's: set it"
            )
        case (true, false):
            Label(
                "đồng hồ máy này nhanh \(minutes) phút so với máy xã: chỉnh ngày giờ",
                "this machine's clock is \(minutes) minutes ahead of the hub's: set it"
            )
        case (false, true):
            Label(
                "đồng hồ bên kia nhanh hơn \(minutes) phút",
                "its clock is \(minutes) minutes ahead"
            )
        case (false, false):
            Label(
                "đồng hồ bên kia chậm hơn \(minutes) phút",
                "its clock is \(minutes) minutes behind"
            )
        }
    }
}

extension Contact {
    var isClockOff: Bool { PeerStatus.isClockOff(clockOffset) }
}
