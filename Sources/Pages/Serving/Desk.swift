import HTTP
import Node
import SQLite
import Store
import Visiting

/// Where one request is judged before its page gets it.
struct Desk {
    let rooms: PageRooms
    let head: RequestHead
    let page: Page

    func answer(_ body: [UInt8], _ work: Page.Work) throws -> Response {
        let say = Speech(head.language)
        do {
            return try judged(body, say, work)
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as FormError {
            return Errors.page(error == .tooLarge ? 413 : 400, say)
        } catch let error as VisitingError {
            let isNowhere = [.noVisit, .noHousehold].contains(error)
            return Errors.page(isNowhere ? 404 : 422, say, node: nil, say.sentence(error.label))
        } catch {
            // What a user can do something about has words; the rest is told to the log.
            if error is NodeError || error is StoreError {
                return Errors.page(422, say, node: nil, say(words(for: error)))
            }
            rooms.log.write(
                .error,
                "page",
                [("route", page.label), ("reason", LineLog.reason(error))]
            )
            switch error {
            // Another process writes for longer than is waited: an import, a backup of the disk.
            case SQLiteError.busy: return Errors.page(503, say)
            case let error as SQLiteError where error.isFull: return Errors.page(507, say)
            default: return Errors.page(500, say)
            }
        }
    }

    private func judged(_ body: [UInt8], _ say: Speech, _ work: Page.Work) throws -> Response {
        guard head.isReading || !head.isForeign else { return Errors.page(403, say, .foreign) }
        let form = try fields(body)
        let token = head.sessionToken
        let (signedIn, around) = try rooms.store.run { store in
            let node = PageRooms.local(store, "")
            return (
                try token.flatMap { try node.session($0, isUse: page.isUse) },
                try Surroundings(node)
            )
        }
        var caller = Caller(
            head: head,
            form: form,
            json: isJSON ? body : [],
            say: say,
            signedIn: signedIn,
            around: around
        )
        caller.owner = signedIn.map { rooms.owners.text(for: $0.user.id) }
        if let reply = try unlock(&caller) { return reply }
        if let refusal = refusal(caller) { return refusal }
        if !head.isReading, !isOpen {
            guard let signedIn, signedIn.token.isFormToken(form[FormBuilder.tokenField]) else {
                return lateForm(caller)?.page(caller) ?? Errors.page(403, caller, .oldForm)
            }
        }
        return try work(caller, rooms)
    }

    /// Opens a locked session for whoever sends its PIN, so that what was typed goes on with it.
    ///
    /// Returns what is said where that fails, nil where there is nothing to open.
    private func unlock(_ caller: inout Caller) throws -> Response? {
        guard !head.isReading, let locked = caller.signedIn, locked.isLocked else { return nil }
        let pin = caller.form[PINPrompt.field]
        guard !pin.isEmpty, locked.token.isFormToken(caller.form[FormBuilder.tokenField]) else {
            return nil
        }
        let (outcome, opened) = try rooms.store.run { store in
            let node = PageRooms.local(store, "")
            return (try node.unlock(locked.token, pin: pin), try node.session(locked.token))
        }
        switch outcome {
        case .wrong(let tries): return PINPrompt.reply(caller, triesLeft: tries)
        case .ended: return PINPrompt.ended(caller)
        case .open:
            caller.signedIn = opened
            return nil
        }
    }

    private var isOpen: Bool {
        if case .open = page.gate { return true }
        return false
    }

    /// Such a body is read by its page.
    private var isJSON: Bool { !head.isReading && page.jsonBytesMax != nil }

    private func fields(_ body: [UInt8]) throws(FormError) -> FormFields {
        guard !head.isReading else { return FormFields() }
        let type = head.headers["Content-Type"]?.split(separator: ";").first
        if isJSON {
            guard type?.lowercased() == "application/json" else { throw .malformed }
            return FormFields()
        }
        guard type?.lowercased() == FormFields.contentType || body.isEmpty else {
            throw .malformed
        }
        return try FormFields(body, limit: page.formBytesMax)
    }

    /// What is said instead of the page to somebody who may not see it; nil where he may.
    private func refusal(_ caller: Caller) -> Response? {
        let gate = page.gate(head.isReading)
        if case .open = gate { return nil }
        guard let signedIn = caller.signedIn else { return toSignIn(caller) }
        if case .held = gate { return nil }
        guard !signedIn.isLocked else {
            return PINPrompt.reply(caller, isKept: page.isRepeatable)
        }
        if case .session = gate { return nil }
        guard !signedIn.isRestricted else { return Replies.redirect(LocalPath("/password")) }
        if page.isOfHub, !caller.around.isHub { return Errors.page(404, caller) }
        return caller.passes(gate) ? nil : Errors.page(403, caller)
    }

    /// The sign-in leads back to where somebody wanted to go, or to the form that he has sent.
    private func toSignIn(_ caller: Caller) -> Response {
        let signIn = LocalPath("/sign-in")
        guard head.isReading else {
            guard let form = lateForm(caller) else { return Replies.redirect(signIn) }
            let key = rooms.late.keep(form, at: caller.around.now)
            return Replies.redirect(signIn.asking("next", LocalPath("/again", key).text))
        }
        let address = caller.address
        return Replies.redirect(
            address == LocalPath("/") ? signIn : signIn.asking("next", address.text)
        )
    }

    /// The form, where one of this node's pages was made for whoever is here now, or is not yet.
    private func lateForm(_ caller: Caller) -> LateForm? {
        guard page.isRepeatable, !isJSON,
            let owner = rooms.owners.owner(in: caller.form[FormBuilder.ownerField]),
            caller.signedIn.map({ $0.user.id == owner }) ?? true
        else { return nil }
        return LateForm(
            owner: owner,
            path: caller.address,
            fields: caller.form.fields(but: FormBuilder.ownFields)
        )
    }
}
