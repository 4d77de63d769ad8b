/// A few threads and a queue: where work runs that must not wait on, or hold up, a network thread.
///
/// With one thread it also keeps what it runs apart: a store that only one thread may use at a
/// time is used on its lane and nowhere else, by requests (``Plan``) and by any other part of the
/// program (``run(_:_:)``, ``async(_:of:_:)``). A request has at most one job in the queue.
///
/// Jobs have owners, for requests the address they come from: of each owner one is taken in turn, so
/// that one who sends hundreds of requests keeps nobody else waiting for more than one of them.
package final class Lane: Sendable {
    /// What goes first when both wait.
    package enum Urgency: Hashable, Sendable {
        /// Somebody looks at a screen and waits.
        case prompt
        /// A machine waits. Runs after everything prompt, but at least every ninth time.
        case patient
    }

    /// Names the threads in the system's lists (first 15 characters).
    package let name: String
    /// Requests that find so many jobs waiting are refused with 503; other jobs never are.
    ///
    /// An owner who has less than an eighth of them waiting is not: others must not shut him out. Only
    /// where four times as many wait is everybody refused.
    package let waitingLimit: Int
    private let core: LaneCore

    /// Two threads or more keep one free of patient work.
    ///
    /// Fails where the operating system gives no threads.
    package init(
        name: String,
        threads: Int = 1,
        waitingLimit: Int = 256
    ) throws(HTTPError) {
        precondition(threads > 0 && waitingLimit > 0, "a lane runs something")
        self.name = name
        self.waitingLimit = waitingLimit
        core = LaneCore(patientThreads: max(1, threads - 1))
        for _ in 0..<threads {
            guard startThread(name, { [core] in core.work() }) else {
                core.close()
                throw .noThread
            }
        }
    }

    /// The threads end when everything that was queued has run.
    deinit {
        core.close()
    }

    /// Jobs that have not begun.
    package var waiting: Int { core.waiting }

    /// Whether one more request of an owner may queue.
    package func hasRoom(for owner: [UInt8]) -> Bool {
        let (all, own) = core.waiting(of: owner)
        guard all >= waitingLimit else { return true }
        return own < max(1, waitingLimit / 8) && all < waitingLimit * 4
    }

    /// Runs the body on the lane and returns what it gives; at once when already on the lane.
    package func run<R, E: Error>(
        _ urgency: Urgency = .prompt,
        _ body: () throws(E) -> R
    ) throws(E) -> R {
        if LaneCore.current == ObjectIdentifier(core) { return try body() }
        return try withoutActuallyEscaping(body) { (escaping) throws(E) -> R in
            let handover = Handover(escaping)
            core.add(urgency, []) { handover.perform() }
            return try handover.await()
        }
    }

    /// Queues the body and returns at once.
    ///
    /// `owner`: whose turn it is to wait for; empty for the program's own.
    package func async(
        _ urgency: Urgency = .prompt,
        of owner: [UInt8] = [],
        _ body: @escaping @Sendable () -> Void
    ) {
        core.add(urgency, owner, body)
    }
}

/// What the lane's threads share; they keep it, not the lane.
private final class LaneCore: @unchecked Sendable {  // Every field is used under `monitor`.
    /// Prompt jobs that may run in a row while a patient one waits.
    private static let promptRun = 8

    private let monitor = Monitor()
    private let patientThreads: Int
    private var prompt = JobQueue()
    private var patient = JobQueue()
    private var promptInARow = 0
    private var patientRunning = 0
    private var isClosed = false

    /// The lane on whose thread the caller is.
    @TaskLocal static var current: ObjectIdentifier?

    init(patientThreads: Int) {
        self.patientThreads = patientThreads
    }

    var waiting: Int {
        monitor.withLock { prompt.count + patient.count }
    }

    func waiting(of owner: [UInt8]) -> (all: Int, own: Int) {
        monitor.withLock {
            (prompt.count + patient.count, prompt.count(of: owner) + patient.count(of: owner))
        }
    }

    func add(
        _ urgency: Lane.Urgency,
        _ owner: [UInt8],
        _ job: @escaping @Sendable () -> Void
    ) {
        monitor.withLock {
            switch urgency {
            case .prompt: prompt.append(job, of: owner)
            case .patient: patient.append(job, of: owner)
            }
            monitor.notifyOne()
        }
    }

    func close() {
        monitor.withLock {
            isClosed = true
            monitor.notifyAll()
        }
    }

    func work() {
        Self.$current.withValue(ObjectIdentifier(self)) {
            while let (job, isPatient) = next() {
                job()
                if isPatient { endPatient() }
            }
        }
    }

    private func next() -> (job: @Sendable () -> Void, isPatient: Bool)? {
        monitor.withLock {
            while true {
                let mayBePatient = patient.count > 0 && patientRunning < patientThreads
                if prompt.count > 0, !mayBePatient || promptInARow < Self.promptRun {
                    promptInARow += 1
                    return (prompt.removeFirst(), false)
                }
                if mayBePatient {
                    promptInARow = 0
                    patientRunning += 1
                    return (patient.removeFirst(), true)
                }
                if isClosed, prompt.count == 0, patient.count == 0 { return nil }
                monitor.wait()
            }
        }
    }

    private func endPatient() {
        monitor.withLock {
            patientRunning -= 1
            // Another thread may have passed a patient job over because too many ran.
            if patient.count > 0 || isClosed { monitor.notifyAll() }
        }
    }
}

/// Jobs of several owners, of whom each has his turn; those of one owner keep their order.
private struct JobQueue {
    private var jobs: [[UInt8]: Queue<@Sendable () -> Void>] = [:]
    /// Owners who have a job waiting, each once.
    private var turns = Queue<[UInt8]>()
    private(set) var count = 0

    func count(of owner: [UInt8]) -> Int { jobs[owner]?.count ?? 0 }

    mutating func append(_ job: @escaping @Sendable () -> Void, of owner: [UInt8]) {
        if jobs[owner] == nil { turns.append(owner) }
        jobs[owner, default: Queue()].append(job)
        count += 1
    }

    mutating func removeFirst() -> @Sendable () -> Void {
        let owner = turns.removeFirst()
        guard let job = jobs[owner]?.removeFirst() else { preconditionFailure("has a job") }
        count -= 1
        if count(of: owner) > 0 { turns.append(owner) } else { jobs[owner] = nil }
        return job
    }
}

/// First in, first out, in amortised constant time.
private struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func removeFirst() -> Element {
        guard let element = elements[head] else { preconditionFailure("taken once") }
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: head <= 1_024)
            head = 0
        } else if head >= 1_024, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}

/// One call of ``Lane/run(_:_:)``.
///
/// The caller sleeps while the lane runs the body, so the two never touch it at once: hence
/// `@unchecked Sendable`.
private final class Handover<R, E: Error>: @unchecked Sendable {
    private let monitor = Monitor()
    private var body: (() throws(E) -> R)?
    private var outcome: Result<R, E>?

    init(_ body: @escaping () throws(E) -> R) {
        self.body = body
    }

    func perform() {
        let result = runOnce()
        monitor.withLock {
            outcome = result
            monitor.notifyOne()
        }
    }

    /// Lets the body go before the caller, whose it is, goes on.
    private func runOnce() -> Result<R, E> {
        guard let body = body.take() else { preconditionFailure("run once") }
        do throws(E) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }

    func await() throws(E) -> R {
        let result = monitor.withLock { () -> Result<R, E> in
            while true {
                if let outcome { return outcome }
                monitor.wait()
            }
        }
        return try result.get()
    }
}
