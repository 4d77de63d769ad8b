import HTTP
import Store

/// The figures of a running node, in Prometheus' text format; none of them names a person.
struct Metrics {
    private var lines: [String] = []

    /// The whole text.
    ///
    /// `server`: what the server has seen; nil once it has stopped. `freeBytes`: of the disk under the
    /// node's folder, where that can be told. `certificateEnd`: of the certificate that is shown,
    /// seconds since 1970. `failedSyncs`: with the hub above, since the start.
    static func text(
        _ store: Store,
        _ exchanges: HubExchanges,
        server: ServerCounters?,
        pages: PageCounts,
        freeBytes: Int?,
        certificateEnd: Int64?,
        failedSyncs: Int
    ) throws -> String {
        var metrics = Metrics()
        metrics.add(exchanges)
        if let server { metrics.add(server) }
        try metrics.add(store)
        if let freeBytes {
            metrics.gauge("disk_free_bytes", "Bytes free on the disk of the node.", freeBytes)
        }
        if let certificateEnd {
            metrics.gauge(
                "certificate_end_seconds",
                "End of the certificate that is shown, seconds since 1970.",
                Int(certificateEnd)
            )
        }
        metrics.counter(
            "sign_ins_refused_total",
            "Tries to sign in that were refused.",
            pages.signInsRefused
        )
        metrics.counter(
            "sync_failures_total",
            "Syncs with the hub above that failed.",
            failedSyncs
        )
        return metrics.lines.joined(separator: "\n") + "\n"
    }

    private mutating func add(_ exchanges: HubExchanges) {
        let hub = exchanges.counters
        gauge("exchanges_active", "Exchanges under way.", exchanges.active)
        counter("exchanges_done_total", "Exchanges that reached their end.", hub.done)
        counter("exchanges_failed_total", "Exchanges that were cut or refused.", hub.failed)
        counter("exchanges_busy_total", "Nodes that were told to come back.", hub.busy)
        counter("exchanges_replaced_total", "Exchanges that a later one replaced.", hub.replaced)
        counter(
            "exchanges_crowded_total",
            "Bodies without a hello that gave way to others.",
            hub.crowdedOut
        )
        counter("exchanges_repeated_total", "Bundles that were sent again.", hub.repeated)
        counter("segments_applied_total", "Segments taken in.", hub.segments)
        counter("entries_applied_total", "Changes taken in.", hub.entries)
        counter("segments_refused_total", "Segments refused.", hub.refusedSegments)
    }

    private mutating func add(_ server: ServerCounters) {
        gauge("connections_open", "Open connections.", server.open)
        counter("connections_total", "Connections accepted.", server.accepted)
        counter("requests_total", "Requests that are over.", server.requests)
        counter("requests_refused_total", "Malformed heads.", server.refusedHeads)
        counter("requests_denied_total", "Requests answered with 401 or 403.", server.denied)
        counter("requests_overload_total", "Requests refused for overload.", server.overloads)
        counter(
            "connections_crowded_total",
            "Connections closed to make room for others.",
            server.crowdedOut
        )
        let slow = server.headTooSlow + server.bodyTooSlow + server.replyTooSlow
        counter("connections_slow_total", "Connections cut for being slow.", slow)
    }

    private mutating func add(_ store: Store) throws {
        let status = try store.health()
        gauge("database_bytes", "Bytes of the database.", status.bytes)
        gauge("segments_aside", "Segments set aside.", status.aside)
        gauge("invitations_waiting", "Nodes that wait for approval.", status.waiting)
        let now = store.environment.wall()
        if let backup = try Backup.lastTime(of: store)?.noted(by: now) {
            gauge(
                "backup_age_seconds",
                "Seconds since the last backup; absent before the first.",
                Int((now - min(backup, now)) / 1000)
            )
        }
        let peers = try store.peerStatus().filter { !$0.isRevoked }
        gauges(
            "peer_last_contact_seconds",
            "When an exchange last reached its end, seconds since 1970; 0 before the first.",
            peers.map { ($0, Int(($0.lastContact ?? 0) / 1000)) }
        )
        gauges(
            "peer_unsent_entries",
            "Changes that the peer is not known to hold.",
            peers.map { ($0, Int(clamping: $0.unsent)) }
        )
        gauges(
            "peer_in_trouble",
            "1 where the last exchange failed.",
            peers.map { ($0, $0.problem == nil ? 0 : 1) }
        )
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        head(name, "gauge", help)
        lines.append("doorstep_\(name) \(value)")
    }

    private mutating func counter(_ name: String, _ help: String, _ value: Int) {
        head(name, "counter", help)
        lines.append("doorstep_\(name) \(value)")
    }

    /// One line for each node: its id, and whether it is the hub above.
    private mutating func gauges(
        _ name: String,
        _ help: String,
        _ values: [(peer: PeerStatus, value: Int)]
    ) {
        guard !values.isEmpty else { return }
        head(name, "gauge", help)
        for (peer, value) in values {
            let role = peer.isParent ? "parent" : "child"
            lines.append("doorstep_\(name){node=\"\(peer.node)\",role=\"\(role)\"} \(value)")
        }
    }

    private mutating func head(_ name: String, _ kind: String, _ help: String) {
        lines.append("# HELP doorstep_\(name) \(help)")
        lines.append("# TYPE doorstep_\(name) \(kind)")
    }
}
