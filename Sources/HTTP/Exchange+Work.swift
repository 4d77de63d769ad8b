private import CMicroHTTPD
private import Synchronization

/// What runs on a lane's thread while the connection is suspended.
extension Exchange {
    func open(_ make: () throws -> any BodyConsumer) {
        attempt { consumer = try make() }
        resume()
    }

    func judge(_ ask: () throws -> Void) {
        attempt { try ask() }
        resume()
    }

    func receive(_ piece: [UInt8]) {
        attempt { try consumer?.receive(piece) }
        resume()
    }

    func finish() {
        attempt {
            answer = try consumer?.finish()
            consumer = nil
        }
        resume()
    }

    func handle(_ handler: Handler) {
        let body = collected
        collected = []
        attempt { answer = try handler.handle(body) }
        resume()
    }

    /// Does the next step, unless the server stops; an error becomes the answer.
    private func attempt(_ step: () throws -> Void) {
        do {
            if core.isAborting { throw Refusal(own(.stopping)) }
            try step()
        } catch let refusal as Refusal {
            answer = refusal.response
        } catch {
            fault = error
            answer = own(.failed)
        }
        if let consumer, answer != nil {
            consumer.abandon()
            self.consumer = nil
        }
    }

    private func resume() {
        lock.withLock { _ in
            isBusy = false
            link.endWork(core.now)
            unsafe MHD_resume_connection(connection)
        }
        core.endJob()
    }

    /// As ``resume()``, for the reply's body; see ``ReplyStream``.
    func resumeReply(_ change: () -> Void) {
        lock.withLock { _ in
            change()
            link.endWork(core.now)
            unsafe MHD_resume_connection(connection)
        }
        core.endJob()
    }

    /// Suspends the connection until the next piece of the reply's body is there; false where the
    /// server stops.
    func suspendReply(
        on lane: Lane,
        _ urgency: Lane.Urgency,
        _ job: @escaping @Sendable () -> Void
    ) -> Bool {
        guard core.beginJob() else { return false }
        link.beginWork(core.now)
        unsafe MHD_suspend_connection(connection)
        lane.async(urgency, of: subscriber, job)
        return true
    }

    func withLock<R>(_ body: () -> R) -> R {
        lock.withLock { _ in body() }
    }

    /// What a source threw; the client sees its reply cut.
    func failed(_ error: any Error) {
        fault = error
    }
}
