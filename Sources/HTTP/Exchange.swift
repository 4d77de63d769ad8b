internal import CMicroHTTPD
private import Glibc
internal import Synchronization

/// One request and its reply, between libmicrohttpd's thread and a lane.
///
/// libmicrohttpd calls with the head, then for each piece of the body, then once at its end; work
/// is done on a lane while the connection is suspended. The order in which the two sides meet is
/// kept by one lock: a connection is suspended and its job queued in one hold of it, and the
/// job's result is left and the connection resumed in another. `consumer` is used without it, but
/// only by the one job under way, or after the last one: hence `@unchecked Sendable`.
@safe
final class Exchange: @unchecked Sendable {
    private enum Stage {
        /// The request line is in.
        case head
        /// Whoever asks is being judged, before a body is collected.
        case judging(limit: Int, Handler)
        /// The consumer is being opened.
        case opening(limit: Int)
        /// The body grows in `collected`.
        case collecting(limit: Int, Handler)
        case receiving(limit: Int)
        /// The answer is known; a short rest of the body is read away first.
        case discarding
        /// The answer is being made, or waits for libmicrohttpd to ask for it.
        case answering
        case replying
        /// Answered past libmicrohttpd; it has to close the connection.
        case ended
    }

    struct Handler {
        let handle: @Sendable ([UInt8]) throws -> Response
    }

    /// A body of at most this many bytes that nobody wants is read rather than cut off, so that
    /// the connection can be kept.
    private static let discardBytes = 16 << 10

    let core: ServerCore
    let link: Link
    let connection: OpaquePointer
    private let target: [UInt8]
    private let targetStart: UInt
    private let began: SuspendingClock.Instant

    let lock = Mutex(())
    private var stage = Stage.head
    var isBusy = false
    private var head: RequestHead?
    private var label = ""
    private var lane: Lane?
    private var urgency = Lane.Urgency.prompt
    /// Whose turn its jobs have on the lane.
    private(set) var subscriber: [UInt8] = []
    var collected: [UInt8] = []
    /// Of the server's ``ServerLimits/collectedBytes``, until the request is over.
    private var held = 0
    var consumer: (any BodyConsumer)?
    /// Bytes that the consumer is taking; libmicrohttpd keeps them until it has, and so is
    /// certain to call again at once.
    private var inFlight = 0
    var answer: Response?
    private var status = 0
    private var isAbandoned = false
    private var bytesIn = 0
    private var bytesOut = 0
    var fault: (any Error)?

    init(
        core: ServerCore,
        link: Link,
        connection: OpaquePointer,
        target: UnsafePointer<CChar>
    ) {
        self.core = core
        self.link = link
        unsafe self.connection = connection
        let count = unsafe strlen(target)
        self.target = unsafe target.withMemoryRebound(to: UInt8.self, capacity: count) {
            unsafe Array(UnsafeBufferPointer(start: $0, count: count))
        }
        targetStart = UInt(bitPattern: target)
        unsafe Self.hideQuery(target)
        began = core.now
        core.beginActivity()
    }
}

extension Exchange {
    /// Keeps libmicrohttpd from splitting the query, which it does without need and, where that
    /// takes more than a connection's memory, without an answer: its buffer, which this is, then
    /// says that there is none.
    private static func hideQuery(_ target: UnsafePointer<CChar>) {
        guard let mark = unsafe strchr(target, Int32(UInt8(ascii: "?"))) else { return }
        unsafe mark[1] = 0
    }
}

// MARK: - On libmicrohttpd's thread

extension Exchange {
    /// libmicrohttpd's access handler: `size` is the number of body bytes, and becomes that of
    /// those not taken.
    func proceed(
        method: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>,
        bytes: UnsafePointer<CChar>?,
        size: UnsafeMutablePointer<Int>
    ) -> MHD_Result {
        lock.withLock { _ in
            // Called for bytes behind those being worked on: they stay where they are.
            if isBusy { return .YES }
            if core.isAborting { return .NO }
            let count = unsafe size.pointee
            switch stage {
            case .head: return unsafe readHead(method, version)
            case .judging(let limit, let handler):
                return afterJob(.collecting(limit: limit, handler))
            case .opening(let limit): return afterJob(.receiving(limit: limit))
            case .answering where count == 0: return giveAnswer()
            case .answering, .replying, .ended: return .NO
            case .discarding where count == 0: return giveAnswer()
            case .discarding:
                arrived(count)
                unsafe size.pointee = 0
                return .YES
            case .collecting(let limit, let handler):
                guard count > 0 else { return run(handler) }
                arrived(count)
                guard bytesIn <= limit else { return answerNow(own(.bodyTooLarge(limit: limit))) }
                guard core.hold(count, of: subscriber) else {
                    core.count { $0.overloads += 1 }
                    return answerNow(own(.overloaded))
                }
                held += count
                unsafe collected.append(
                    contentsOf: UnsafeRawBufferPointer(start: bytes, count: count)
                )
                unsafe size.pointee = 0
                return .YES
            case .receiving(let limit):
                return unsafe hand(UnsafeRawBufferPointer(start: bytes, count: count), size, limit)
            }
        }
    }

    private func arrived(_ count: Int) {
        bytesIn += count
        link.received(count)
    }

    /// Hands the next piece to the consumer, now that it has taken the one before.
    private func hand(
        _ bytes: UnsafeRawBufferPointer,
        _ size: UnsafeMutablePointer<Int>,
        _ limit: Int
    ) -> MHD_Result {
        if let answer { return answerNow(answer) }
        guard bytes.count > 0 else {
            stage = .answering
            return suspend { $0.finish() }
        }
        let rest = bytes.count - inFlight
        unsafe size.pointee = rest
        inFlight = min(rest, ServerLimits.pieceBytes)
        guard rest > 0 else { return .YES }
        let piece = unsafe [UInt8](bytes.suffix(rest).prefix(inFlight))
        arrived(inFlight)
        guard bytesIn <= limit else { return answerNow(own(.bodyTooLarge(limit: limit))) }
        return suspend { $0.receive(piece) }
    }

    private func readHead(
        _ method: UnsafePointer<CChar>,
        _ version: UnsafePointer<CChar>
    ) -> MHD_Result {
        let head: RequestHead
        do throws(HeadRefusal) {
            head = try unsafe core.headReader.read(
                connection,
                target: target,
                targetStart: targetStart,
                method: method,
                version: version,
                address: link.address
            )
        } catch {
            // What follows has no certain bounds: never to be read as a request.
            return queue(own(.head(error)), closing: true)
        }
        self.head = head
        subscriber = head.subscriber
        guard core.count(link, for: subscriber) else {
            core.count { $0.overloads += 1 }
            return queue(own(.overloaded), closing: true)
        }
        let plan = core.service.plan(head)
        label = plan.label
        if head.hasBody {
            link.expect(.sendBody, plan.pace ?? core.limits.bodyPace, now: core.now)
        } else {
            link.expect(.takeReply, core.limits.replyPace, now: core.now)
        }
        switch plan.action {
        case .reply(let response): return answerEarly(response)
        case .collect(let limit, let lane, let urgency, let judge, let handler):
            guard admits(lane, limit) else { return refuseEarly(limit) }
            self.lane = lane
            self.urgency = urgency
            if head.hasBody { link.collects() }
            let handler = Handler(handle: handler)
            if let judge, head.contentLength ?? .max > ServerLimits.unjudgedBytes {
                stage = .judging(limit: limit, handler)
                return suspend { $0.judge(judge) }
            }
            stage = .collecting(limit: limit, handler)
            return .YES
        case .stream(let limit, let lane, let urgency, let open):
            guard admits(lane, limit) else { return refuseEarly(limit) }
            self.lane = lane
            self.urgency = urgency
            stage = .opening(limit: limit)
            return suspend { $0.open(open) }
        }
    }

    func own(_ words: OwnWords) -> Response { words.response(to: head) }

    private func admits(_ lane: Lane, _ limit: Int) -> Bool {
        (head?.contentLength ?? 0) <= limit && lane.hasRoom(for: subscriber)
    }

    private func refuseEarly(_ limit: Int) -> MHD_Result {
        if (head?.contentLength ?? 0) > limit {
            return answerEarly(own(.bodyTooLarge(limit: limit)))
        }
        core.count { $0.overloads += 1 }
        return answerEarly(own(.overloaded))
    }

    /// Answers a request whose body nobody wants.
    private func answerEarly(_ response: Response) -> MHD_Result {
        guard let head, head.hasBody else {
            // Answered at libmicrohttpd's next call: now, it would close the connection after.
            answer = response
            stage = .answering
            return .YES
        }
        guard let length = head.contentLength, length <= Self.discardBytes,
            head.headers["Expect"] == nil
        else { return queue(response, closing: true) }
        answer = response
        stage = .discarding
        return .YES
    }

    /// Goes on to the body, unless the job before it has an answer.
    private func afterJob(_ next: Stage) -> MHD_Result {
        if let answer {
            self.answer = nil
            return answerEarly(answer)
        }
        stage = next
        return .YES
    }

    private func run(_ handler: Handler) -> MHD_Result {
        stage = .answering
        guard let lane, lane.hasRoom(for: subscriber) else {
            core.count { $0.overloads += 1 }
            return queue(own(.overloaded), closing: false)
        }
        return suspend { $0.handle(handler) }
    }

    private func giveAnswer() -> MHD_Result {
        guard let answer else { return .NO }
        self.answer = nil
        return queue(answer, closing: false)
    }

    /// Gives the reply to libmicrohttpd, which takes it only with the head or at the end.
    private func queue(_ response: Response, closing: Bool) -> MHD_Result {
        stage = .replying
        status = response.status
        // Reset by unread bytes, a client would not see the reply.
        if closing { link.linger() }
        link.expect(.takeReply, core.limits.replyPace, now: core.now)
        return unsafe sendReply(
            response,
            on: connection,
            for: self,
            closing: closing || core.isStopping
        )
    }

    /// Replies while the client is still sending: libmicrohttpd cannot, and closes after it.
    private func answerNow(_ response: Response) -> MHD_Result {
        abandonConsumer()
        stage = .ended
        status = response.status
        link.linger()
        unsafe sendRawReply(response, on: connection)
        return .NO
    }

    /// Suspends the connection and queues a job that resumes it.
    private func suspend(_ job: @escaping @Sendable (Exchange) -> Void) -> MHD_Result {
        guard let lane else { return .NO }
        guard core.beginJob() else { return .NO }
        isBusy = true
        link.beginWork(core.now)
        unsafe MHD_suspend_connection(connection)
        lane.async(urgency, of: subscriber) { job(self) }
        return .YES
    }

    /// The request is over, in whichever way.
    func completed(_ reason: MHD_RequestTerminationCode) {
        lock.withLock { _ in
            abandonConsumer()
            closeUnsent()
        }
        core.letGo(held, of: subscriber)
        link.expect(.sendHead, now: core.now)
        if core.isStopping { link.cut(.stopping) }
        core.finished(
            FinishedRequest(
                method: head?.method,
                label: label,
                status: status,
                outcome: outcome(reason),
                bytesIn: bytesIn,
                bytesOut: bytesOut,
                duration: began.duration(to: core.now),
                fault: fault
            )
        )
        core.endActivity()
    }

    private func outcome(_ reason: MHD_RequestTerminationCode) -> FinishedRequest.Outcome {
        if head == nil { return .refused }
        if case .ended = stage { return .replied }
        if reason == .REQUEST_TERMINATED_COMPLETED_OK, status > 0 { return .replied }
        switch link.cut {
        case .stopping: return .stopped
        case .some: return .tooSlow
        case nil: return fault != nil && status < 500 ? .failed : .vanished
        }
    }

    private func abandonConsumer() {
        guard let lane, consumer != nil, !isAbandoned else { return }
        isAbandoned = true
        core.beginActivity()
        lane.async(urgency, of: subscriber) { [self] in
            consumer?.abandon()
            consumer = nil
            core.endActivity()
        }
    }

    /// An answer that libmicrohttpd never asked for is let go; its source must know.
    private func closeUnsent() {
        guard let unsent = answer, case .stream(let stream) = unsent.body else { return }
        answer = nil
        ReplyStream(stream, for: self).close()
    }

    /// Body bytes handed to libmicrohttpd.
    func gave(_ count: Int) {
        bytesOut += count
    }
}
