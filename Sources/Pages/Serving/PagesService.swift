package import HTTP
package import Node
import Store
import Survey

/// The pages of a served node: for officers at a hub, for everybody who works there in a village.
///
/// Every request is judged anew: session, right, and for forms the session's secret; see
/// ``Page/Gate``.
package final class PagesService: Service {
    private let rooms: PageRooms

    /// Pages on a node that is served; what takes long is read through connections of its own.
    package convenience init(_ served: NodeServer.Rooms) throws {
        func reader(_ name: String) throws -> StoreLane {
            let store = try Store(
                db: try served.folder.connect(isNew: false),
                description: .doorstep,
                environment: .system
            )
            return try StoreLane(store, name: name, waitingLimit: 64)
        }
        try self.init(
            store: served.store,
            figures: try reader("figures"),
            checks: try reader("checks"),
            log: served.log,
            machine: Machine(served),
            counts: served.counts
        )
    }

    /// Pages over lanes that are there, which may be one and the same.
    package init(
        store: StoreLane,
        figures: StoreLane,
        checks: StoreLane,
        log: LineLog,
        machine: Machine = Machine(),
        counts: PageCounts = PageCounts()
    ) throws {
        rooms = try PageRooms(
            store: store,
            figures: figures,
            checks: checks,
            log: log,
            machine: machine,
            counts: counts
        )
    }

    package func plan(_ head: RequestHead) -> Plan {
        if head.path.first == "assets" || head.path == ["worker.js"] { return asset(head) }
        guard let page = Page.at(head.path) else { return refusal(404, head, label: "unknown") }
        let work = head.isReading ? page.show : head.method == .post ? page.take : nil
        guard let work else {
            return refusal(405, head, label: page.label, allow: page.methods)
        }
        if head.isReading { return plan(head, page, page.rooms.show, limit: 0, work) }
        let limit = page.jsonBytesMax ?? page.formBytesMax
        guard (head.contentLength ?? 0) <= limit else {
            return refusal(413, head, label: page.label)
        }
        return plan(head, page, page.rooms.take, limit: limit, work)
    }

    private func plan(
        _ head: RequestHead,
        _ page: Page,
        _ room: Page.Room,
        limit: Int,
        _ work: @escaping Page.Work
    ) -> Plan {
        let lane =
            switch room {
            case .store: rooms.store.lane
            case .figures: rooms.figures.lane
            case .hashing: rooms.hashing
            }
        guard lane.hasRoom(for: head.subscriber) else {
            return refusal(503, head, label: page.label)
        }
        let desk = Desk(rooms: rooms, head: head, page: page)
        var judge: (@Sendable () throws -> Void)?
        // A form that came too late is kept for its sender: its body has to be read for that.
        if page.jsonBytesMax != nil { judge = { try desk.judgeSender(work) } }
        return .collect(limit: limit, on: lane, .prompt, label: page.label, judge: judge) { body in
            let start = ContinuousClock.now
            let reply = try desk.answer(body, work).compressed(for: head)
            return Replies.timed(reply, .now - start)
        }
    }

    private func asset(_ head: RequestHead) -> Plan {
        let isWorker = head.path == ["worker.js"]
        let name = head.path.count == 2 ? head.path[1] : ""
        let reply =
            isWorker
            ? Replies.worker(inGzip: head.takesGzip)
            : Replies.asset(name, inGzip: head.takesGzip)
        guard let reply else {
            return refusal(404, head, label: "assets")
        }
        guard head.isReading else {
            return .reply(
                Errors.page(405, Speech(head.language)).with("Allow", "GET, HEAD"),
                label: "assets"
            )
        }
        return .reply(reply, label: "assets")
    }

    /// Whoever is signed in keeps his menu; where the node has too much to do, nobody is looked up.
    private func refusal(
        _ status: Int,
        _ head: RequestHead,
        label: String,
        allow: String? = nil
    ) -> Plan {
        let rooms = rooms
        @Sendable func allowing(_ reply: Response) -> Response {
            allow.map { reply.with("Allow", $0) } ?? reply
        }
        let plain = allowing(Errors.page(status, Speech(head.language)))
        guard [404, 405].contains(status), head.sessionToken != nil,
            (head.contentLength ?? 0) <= FormLimits.bytesMax,
            rooms.store.lane.hasRoom(for: head.subscriber)
        else { return .reply(plain, label: label) }
        let lane = rooms.store.lane
        return .collect(limit: FormLimits.bytesMax, on: lane, .prompt, label: label) { _ in
            let caller = try? rooms.caller(head, isUse: false)
            return (caller.map { allowing(Errors.page(status, $0)) } ?? plain).compressed(for: head)
        }
    }
}
