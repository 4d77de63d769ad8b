'use strict';

/*
 * Meeting the node: who is signed in there, what is sent to it, and what it gives.
 */
globalThis.DoorstepMeeting = (() => {
    const store = globalThis.DoorstepVault;
    const { current } = store;
    const { Refusal, patient, ask } = globalThis.DoorstepAsking;
    const { noteClock } = globalThis.DoorstepClock;
    const { noteMet, tell } = globalThis.DoorstepSign;
    const { noteName } = globalThis.DoorstepNaming;
    const { deliver } = globalThis.DoorstepDelivery;

    /**
     * Sends what is finished, asks how what was sent stands, and fetches the list anew.
     *
     * One tab at a time. Returns a word of `reaches`, or `blocked`.
     */
    function meet(options = {}) {
        return navigator.locks.request('doorstep-outbox', { ifAvailable: true }, async (lock) => {
            if (!lock) return 'busy';
            try {
                return await meetAlone(options);
            } catch (error) {
                // Anything else is this browser's own: its store is full, or was taken away.
                return error instanceof Refusal ? error.state : 'broken';
            }
        });
    }

    /** Who is signed in, as the node said last on this page. */
    let signedIn = null;

    const isSignedIn = (user) => signedIn?.id === user.id;

    async function meetAlone({ wantsList = false }) {
        if (await endSession()) throw new Refusal(401, 'signed-out');
        const before = await current();
        const known = await store.users();
        const ticket = known.find((one) => one.user.id === before?.user.id)?.ticket
            ?? await before?.vault?.read('ticket') ?? null;
        let session;
        try {
            session = await askWho(ticket);
        } catch (error) {
            if (error instanceof Refusal && error.state === 'blocked' && before) {
                await store.wipe(before.user);
            }
            if (error instanceof Refusal && error.state === 'not-allowed' && before) {
                await store.close(before.user);
            }
            // Of whoever has no session nobody else tells that he is blocked.
            if (['signed-out', 'not-allowed', 'blocked'].includes(error.state)) {
                await askOfOthers(known.filter((one) => one.user.id !== before?.user.id));
            }
            throw error;
        }
        signedIn = session.user;
        // No reason to hold up what is to be sent.
        if (session.node) await noteName(session.node).catch(() => null);
        await askOfOthers(known.filter((one) => one.user.id !== signedIn.id));
        const vault = await store.enter(session.user, session);
        const { user } = session;
        await (await store.entrance()).put(`user-${user.id}`, { user, ticket: session.ticket });
        if (!vault) return 'sealed';
        await noteClock(vault, session);
        const sent = await deliver(vault, session);
        const list = await vault.read('list');
        const isOld = !list || !await vault.read('form') || Date.now() - list.fetched > 600000 || list.day !== localDay();
        if (wantsList || sent > 0 || isOld) await fetchList(vault, session);
        return 'reached';
    }

    let hasAsked = false;

    /** Whoever else keeps something on this phone: somebody who is blocked keeps nothing any more. */
    async function askOfOthers(others) {
        if (hasAsked) return;
        hasAsked = true;
        for (const { user, ticket } of others) {
            try {
                await ask('/phone/session', ticket, undefined, undefined, 'omit');
            } catch (error) {
                if (error instanceof Refusal && error.state === 'blocked') await store.wipe(user);
            }
        }
    }

    const localDay = () => new Date().toDateString();

    async function fetchList(vault, session) {
        const { form, notice, ...list } = await ask('/phone/list', session.ticket);
        // What names nobody stays for the visits that are begun, however old the list grows.
        await vault.write('form', { form, notice });
        const fetched = Date.now();
        await vault.write('list', { ...list, fetched, day: localDay() }, { fetched });
    }

    // The PIN

    /** What was typed to open the phone, until the node has had it too, or the phone is locked. */
    let typedPIN = null;

    async function unlockPIN(user, typed) {
        const left = await store.unlockPIN(user, typed);
        if (left === null) typedPIN = typed;
        return left;
    }

    const forgetPIN = () => { typedPIN = null; };
    addEventListener('pagehide', forgetPIN);

    /** Who is signed in; a session that waits for the PIN gets the one with which the phone was opened. */
    async function askWho(ticket) {
        try {
            return await ask('/phone/session', ticket);
        } catch (error) {
            const isPIN = error instanceof Refusal && error.state === 'locked' && typedPIN;
            if (!isPIN || !await givePIN(error.form)) throw error;
            return ask('/phone/session', ticket);
        }
    }

    async function givePIN(form) {
        const body = new URLSearchParams({ 'form-token': form, 'unlock-pin': typedPIN });
        try {
            const reply = await fetch('/pin', { method: 'POST', body, redirect: 'manual', signal: patient() });
            // Once only: a PIN that the node does not take costs a try.
            typedPIN = null;
            return reply.type === 'opaqueredirect';
        } catch {
            return false;
        }
    }

    /** Ends the session of whoever has left; true where it is over now. */
    async function endSession() {
        const entry = await store.entrance();
        const leaving = await entry.get('leaving');
        if (!leaving) return false;
        let session = null;
        try {
            session = await ask('/phone/session', null);
        } catch (error) {
            if (!['signed-out', 'blocked'].includes(error.state)) return false;
            await entry.remove('leaving');
            return true;
        }
        if (session.user.id === leaving) {
            const body = new URLSearchParams({ 'form-token': session.form });
            try {
                await fetch('/sign-out', { method: 'POST', body, redirect: 'manual' });
            } catch {
                return false;
            }
        }
        await entry.remove('leaving');
        return session.user.id === leaving;
    }

    const report = new EventTarget();

    async function refresh(options) {
        let outcome = await meet(options);
        if (outcome === 'busy') {
            // Another tab is at it, or a page that is being left: what it did not get to is sent here.
            await navigator.locks.request('doorstep-outbox', () => null);
            outcome = await meet(options);
        }
        if (outcome === 'blocked') {
            location.assign('/sign-in?why=blocked');
            return outcome;
        }
        noteMet(outcome);
        await tell();
        report.dispatchEvent(new CustomEvent('met', { detail: outcome }));
        return outcome;
    }

    return { report, refresh, isSignedIn, unlockPIN, forgetPIN, endSession };
})();
