import Causality
package import Replication

/// What is answered.
extension ExchangeSession {
    /// What the peer stated, without the logs that forked: those are sent from their beginning.
    private func stated(_ holdings: Hello.Holdings) -> Hello.Holdings {
        guard case .vectors(var vectors) = holdings else { return holdings }
        for notice in progress.answerNotices where notice.code == .fork {
            for path in vectors.keys { vectors[path]?.remove(LogID(notice.log)) }
        }
        return .vectors(vectors)
    }

    /// The reply of the answering side, to be taken piece by piece.
    package func reply(software: String, keys: BundleKeys = .random()) throws -> BundleSource {
        guard let peer, let hello else { throw ExchangeError.outOfOrder }
        let plan = BundleSource.Plan(
            peer: peer,
            kind: .reply,
            answers: receiver.helloDigest,
            software: software,
            keys: keys,
            partial: hello.partial
        )
        return try BundleSource(
            store,
            plan,
            turn: { local in
                let turn = Exchange.answer(
                    to: self.stated(hello.holdings),
                    local: local,
                    remembered: try [PeerHoldings.stated, .sent].compactMap {
                        try self.store.remembered($0, of: peer.node)
                    }
                )
                return ExchangeTurn(
                    holdings: turn.holdings,
                    sends: turn.sends,
                    notices: turn.notices + self.progress.answerNotices
                )
            },
            whenTaken: { [store, isStale] local, turn, _ in
                if !turn.sends.isEmpty, !isStale { try store.remember(local, .sent, of: peer.node) }
            }
        )
    }

    /// Writes the reply of the answering side.
    package func reply(
        software: String,
        keys: BundleKeys = .random(),
        _ write: ([UInt8]) throws -> Void
    ) throws {
        try reply(software: software, keys: keys).write(to: write)
    }
}
