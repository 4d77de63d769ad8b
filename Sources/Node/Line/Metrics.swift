import HTTP
import Store

/// The figures of a running node, in Prometheus' text format; none of them names a person.
enum Metrics {
    static func text(
        _ store: Store,
        _ exchanges: HubExchanges,
        server: ServerCounters?
    ) throws -> String {
        var lines: [String] = []
        func add(_ name: String, _ kind: String, _ help: String, _ value: Int) {
            lines.append("# HELP doorstep_\(name) \(help)")
            lines.append("# TYPE doorstep_\(name) \(kind)")
            lines.append("doorstep_\(name) \(value)")
        }
        let hub = exchanges.counters
        add("exchanges_active", "gauge", "Exchanges under way.", exchanges.active)
        add("exchanges_done_total", "counter", "Exchanges that reached their end.", hub.done)
        add("exchanges_failed_total", "counter", "Exchanges that were cut or refused.", hub.failed)
        add("exchanges_busy_total", "counter", "Nodes that were told to come back.", hub.busy)
        add(
            "exchanges_replaced_total",
            "counter",
            "Exchanges that a later one replaced.",
            hub.replaced
        )
        add("exchanges_repeated_total", "counter", "Bundles that were sent again.", hub.repeated)
        add("segments_applied_total", "counter", "Segments taken in.", hub.segments)
        add("entries_applied_total", "counter", "Changes taken in.", hub.entries)
        add("segments_refused_total", "counter", "Segments refused.", hub.refusedSegments)
        if let server {
            add("connections_open", "gauge", "Open connections.", server.open)
            add("connections_total", "counter", "Connections accepted.", server.accepted)
            add("requests_total", "counter", "Requests that are over.", server.requests)
            add("requests_refused_total", "counter", "Malformed heads.", server.refusedHeads)
            add(
                "requests_overload_total",
                "counter",
                "Requests refused for overload.",
                server.overloads
            )
            let slow = server.headTooSlow + server.bodyTooSlow + server.replyTooSlow
            add("connections_slow_total", "counter", "Connections cut for being slow.", slow)
        }
        let status = try store.health()
        add("database_bytes", "gauge", "Bytes of the database.", status.bytes)
        add("segments_aside", "gauge", "Segments set aside.", status.aside)
        add("invitations_waiting", "gauge", "Nodes that wait for approval.", status.waiting)
        return lines.joined(separator: "\n") + "\n"
    }
}
