import HTTP
import Node
import SQLite
import Store
import Survey
import Visiting

/// Where one request is judged before its page gets it.
struct Desk {
    let rooms: PageRooms
    let head: RequestHead
    let page: Page

    func answer(_ body: [UInt8], _ work: Page.Work) throws -> Response {
        var caller: Caller?
        do {
            guard head.isReading || !head.isForeign else {
                return Errors.page(403, Speech(head.language), .foreign)
            }
            let known = try rooms.caller(head, isUse: page.isUse)
            caller = known
            return try judged(body, known, work)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            return refused(error, caller)
        }
    }

    /// What is said of an error: with the menu of whoever is known to ask.
    private func refused(_ error: any Error, _ caller: Caller?) -> Response {
        func page(_ status: Int, _ words: Label? = nil) -> Response {
            caller.map { Errors.page(status, $0, words) }
                ?? Errors.page(status, Speech(head.language), words)
        }
        switch error {
        case let error as FormError: return page(error == .tooLarge ? 413 : 400)
        case let error as VisitingError:
            return page([.noVisit, .noHousehold].contains(error) ? 404 : 422, error.label)
        // What a user can do something about has words; the rest is told to the log.
        case is NodeError, is StoreError: return page(422, words(for: error))
        default: break
        }
        rooms.log.write(
            .error,
            "page",
            [("route", self.page.label), ("reason", LineLog.reason(error))]
        )
        switch error {
        // Another process writes for longer than is waited: an import, a backup of the disk.
        case SQLiteError.busy: return page(503)
        case let error as SQLiteError where error.isFull: return page(507)
        default: return page(500)
        }
    }

    /// Asked before a long body is taken: nobody has a stranger's read first.
    ///
    /// Whoever has no session is told what the page tells him without a body.
    func judgeSender(_ work: Page.Work) throws {
        let isKnown = try rooms.store.run { store in
            try head.sessionToken.flatMap {
                try PageRooms.local(store, "").session($0, isUse: false)
            } != nil
        }
        guard isKnown else { throw Refusal(try answer([], work)) }
    }

    private func judged(_ body: [UInt8], _ known: Caller, _ work: Page.Work) throws -> Response {
        var caller = known
        let form = try fields(body)
        caller.form = form
        caller.json = isJSON ? body : []
        if let reply = try unlock(&caller) { return reply }
        if let refusal = refusal(caller) { return refusal }
        if !head.isReading, !isOpen {
            guard let signedIn = caller.signedIn,
                signedIn.token.isFormToken(form[FormBuilder.tokenField])
            else {
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
        if !caller.form[PINPrompt.forgotten].isEmpty,
            locked.token.isFormToken(caller.form[FormBuilder.tokenField])
        {
            try rooms.store.run { try PageRooms.local($0, "").signOut(locked.token) }
            return Replies.redirect(signInAgain(caller)).with("Set-Cookie", SessionToken.noCookie)
        }
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
        case .ended: return PINPrompt.ended(caller, signIn: signInAgain(caller))
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
        guard head.isReading else { return Replies.redirect(signInAgain(caller)) }
        let address = caller.address
        return Replies.redirect(
            address == LocalPath("/") ? signIn : signIn.asking("next", address.text)
        )
    }

    /// The sign-in that offers the form again which somebody has sent without a session, or leads where
    /// he was going.
    private func signInAgain(_ caller: Caller) -> LocalPath {
        let signIn = LocalPath("/sign-in")
        guard let form = lateForm(caller) else {
            let next = caller.path == LocalPath("/pin") ? caller.form["next"] : ""
            return next.isEmpty ? signIn : signIn.asking("next", next)
        }
        let key = rooms.late.keep(form, at: caller.around.now)
        return signIn.asking("next", LocalPath("/again", key).text)
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
