'use strict';

/*
 * What a phone keeps of its users' work, and who can open it.
 *
 * Two kinds of databases of this browser: `doorstep` says who was here, and `doorstep-<user>` holds a
 * user's list and visits, each sealed with AES-GCM under one random key. That key lies there wrapped
 * several times, each wrapping opening all: by the password (PBKDF2, made while somebody types it; it
 * never leaves the browser), by what the node gives to whoever is signed in there, so that a forgotten
 * password locks nothing away, and by the PIN of the session. While the session lasts and the phone is
 * not quiet for long, the open key, not extractable, lies beside the data; it goes when the PIN is to be
 * asked, when the hours are over, and when somebody else comes. So a phone that is found after the
 * day's end holds nothing that can be read without the password or the node. A list that has not met its
 * node for days goes as soon as a page is opened; only what was recorded stays. Somebody who takes the
 * memory of a phone apart within the session's hours is not kept out: that is for the phone's own lock
 * and encryption.
 */
globalThis.DoorstepVault = (() => {
    const { done, Shelf, entrance } = globalThis.DoorstepShelf;
    const { passwordKey, pinKey, shareKey, newKey, wrapped, unwrapped, kept,
        sealed, unsealed } = globalThis.DoorstepKeys;

    /** Hours for which a password opens the phone away from the node. */
    const hoursAway = 12;
    const triesMax = 5;
    /** Days without the node after which a phone drops its list; what was recorded stays. */
    const listDays = 3;

    // What is kept

    const isVisit = (name) => name.startsWith('visit-');

    /** What one user keeps on this phone. */
    class Vault {
        constructor(shelf, user, key) {
            this.shelf = shelf;
            this.user = user;
            this.key = key;
        }

        async read(name) {
            const item = await this.shelf.get(name);
            return item ? unsealed(this.key, name, item) : null;
        }

        /** What lies unsealed beside something, without opening that; null where nothing lies there. */
        async beside(name) {
            const item = await this.shelf.get(name);
            if (!item) return null;
            const { iv, data, ...rest } = item;
            return rest;
        }

        /** `beside` lies there unsealed. */
        async write(name, value, beside = {}) {
            await this.shelf.put(name, { ...beside, ...await sealed(this.key, name, value) });
        }

        remove(name) { return this.shelf.remove(name); }

        /** All visits, the earliest first. */
        async visits() {
            const visits = [];
            for (const name of (await this.shelf.keys()).filter(isVisit)) {
                // Another tab may have forgotten it just now.
                const visit = await this.read(name);
                if (visit) visits.push(visit);
            }
            return visits.sort((one, other) => one.begun - other.begun);
        }

        visit(key) { return this.read(`visit-${key}`); }

        /**
         * Keeps a visit as it is now, unless another tab has kept it since it was read: false then,
         * and nothing is changed.
         */
        async keep(visit) {
            const name = `visit-${visit.key}`;
            const before = visit.revision ?? 0;
            const revision = before + 1;
            const item = await sealed(this.key, name, { ...visit, revision });
            const isKept = await this.shelf.replace(
                name, { ...item, revision }, (now) => (now?.revision ?? 0) === before);
            if (isKept) {
                visit.revision = revision;
                tell(visit.key);
            }
            return isKept;
        }

        /** Forgets a visit, unless another tab has kept it since it was read. */
        async forget(visit) {
            await this.shelf.replace(`visit-${visit.key}`, null,
                (now) => (now?.revision ?? 0) === (visit.revision ?? 0));
            tell(visit.key);
        }
    }

    /** Between the tabs of one browser: the keys of visits that have changed. */
    const channel = globalThis.BroadcastChannel ? new BroadcastChannel('doorstep') : null;
    const tell = (key) => channel?.postMessage(key);

    const isAble = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks);

    // Who is here

    /** Users who keep something on this phone, with what proves to the node whose it is. */
    async function users() {
        const entry = await entrance();
        const found = [];
        for (const name of (await entry.keys()).filter((one) => one.startsWith('user-'))) {
            found.push(await entry.get(name));
        }
        return found;
    }

    const userNames = async () => (await indexedDB.databases?.() ?? [])
        .map((one) => one.name).filter((name) => /^doorstep-./.test(name));

    /** Days since a list was fetched; a clock that was put back makes it no younger. */
    const listAge = (fetched) => Math.abs(Date.now() - fetched) / 86400000;

    /** Also where nobody knows when it was fetched. */
    const isListOver = (fetched) => !(listAge(fetched) < listDays);

    /** What the node gives again, or has told already. */
    const fetchedNames = ['list', 'form', 'clock', 'ticket', 'news'];

    /** Takes away the open keys of everybody else and of whoever's hours are over, and lists grown old. */
    async function tidy() {
        const current = await (await entrance()).get('current');
        for (const name of await userNames()) {
            const shelf = await Shelf.open(name);
            const list = await shelf.get('list');
            if (list && isListOver(list.fetched)) await shelf.remove('list');
            const state = await shelf.get('open') ?? await shelf.get('pin');
            if (!state) continue;
            const isHere = current && name === `doorstep-${current.id}`;
            if (!isHere || state.until < Date.now()) await shelf.remove('open', 'pin');
        }
    }

    /** Free room: lists of others, which the node gives anew. */
    async function makeRoom() {
        const current = await (await entrance()).get('current');
        for (const name of await userNames()) {
            if (name !== `doorstep-${current?.id}`) await (await Shelf.open(name)).remove('list');
        }
    }

    // Quiet

    const seen = 'doorstep-seen';
    const touch = () => localStorage.setItem(seen, String(Date.now()));
    const isQuiet = (state) => Boolean(state.quiet)
        && Date.now() - Number(localStorage.getItem(seen) ?? Date.now()) > state.quiet;

    // Typed at the node's pages

    /** Keeps the key of something typed for when the node has taken it; not what was typed. */
    const expect = async (slot, candidate) => (await entrance()).put(slot, candidate);
    const expectNothing = async (...slots) => (await entrance()).remove(...slots);

    // Opening

    /**
     * Opens what a user keeps here; null where what was typed and what the node gives open nothing,
     * or the PIN is to be asked first.
     *
     * `session`: `share` the node's part of the key, `hours` how long it stays open, `quiet`
     * milliseconds after which the PIN is asked, null without one.
     */
    async function enter(user, session) {
        const entry = await entrance();
        const shelf = await Shelf.of(user);
        const before = await entry.get('current');
        await entry.put('current', user);
        if (before?.id !== user.id) await tidy();
        const by = await candidate('candidate', user);
        const pin = await candidate('pin-candidate', user);
        if (!by && !pin && await isLocked(shelf)) return null;
        const share = session.share ? await shareKey(session.share) : null;
        const key = await unwrapped(await shelf.get('share'), share)
            ?? await unwrapped(await shelf.get('key'), by) ?? await remade(shelf, by, share);
        const state = await shelf.get('open');
        if (!key) return state ? new Vault(shelf, user, state.key) : null;
        const until = by || !state ? Date.now() + session.hours * 3600000 : state.until;
        const open = { key: await kept(key), until, quiet: session.quiet ?? null };
        const items = { open };
        if (share) items.share = await wrapped(key, share);
        if (by) items.key = await wrapped(key, by);
        if (pin) items.pin = { wrapped: await wrapped(key, pin), tries: triesMax, ...open, key: null };
        await shelf.change((store) => {
            for (const [name, item] of Object.entries(items)) store.put(item, name);
            // A PIN is of one session.
            if (!session.quiet) store.delete('pin');
        });
        await entry.remove('candidate', 'pin-candidate');
        // Only what somebody has typed tells that he is there.
        if (by || pin || localStorage.getItem(seen) === null) touch();
        return new Vault(shelf, user, open.key);
    }

    /** Whether the phone was quiet and waits for its PIN, or for the password in the PIN's place. */
    async function isLocked(shelf) {
        const item = await shelf.get('pin');
        return Boolean(item && item.until >= Date.now() && !await shelf.get('open'));
    }

    async function candidate(slot, user) {
        const found = await (await entrance()).get(slot);
        return found && found.name === user.name ? found.key : null;
    }

    /**
     * A new key: for a phone that keeps nothing yet, or where everything is sealed anew, because the
     * one that lies open cannot be wrapped. Null where something is locked that nothing opens.
     */
    async function remade(shelf, by, share) {
        const names = await shelf.keys();
        const sealedNames = names.filter((name) => !['open', 'key', 'share', 'pin'].includes(name));
        const state = await shelf.get('open');
        // Without the password nobody could open it away from the node any more.
        if (names.includes('key') && !by) return null;
        if (!state && sealedNames.some((name) => !fetchedNames.includes(name))) return null;
        if (!by && !share) return null;
        const key = await newKey();
        const items = [];
        for (const name of state ? sealedNames : []) {
            const item = await shelf.get(name);
            const value = await unsealed(state.key, name, item);
            items.push([name, { ...item, ...await sealed(key, name, value) }]);
        }
        const open = state ? { ...state, key: await kept(key) } : null;
        await shelf.change((store) => {
            store.clear();
            for (const [name, item] of items) store.put(item, name);
            if (open) store.put(open, 'open');
        });
        return key;
    }

    /**
     * Whoever was here last, without asking the node; null where nobody may see anything. Without a
     * vault it is locked: `pin` tells whether the PIN opens it.
     */
    async function current() {
        if (!isAble) return null;
        const user = await (await entrance()).get('current');
        if (!user) return null;
        const shelf = await Shelf.of(user);
        const state = await shelf.get('open');
        if (state && state.until >= Date.now() && !isQuiet(state)) {
            return { user, vault: new Vault(shelf, user, state.key) };
        }
        if (state) await lock(shelf, state);
        return { user, vault: null, pin: await isLocked(shelf) && (await shelf.get('pin')).tries > 0 };
    }

    async function lock(shelf, state) {
        const isOver = state.until < Date.now();
        const { until, quiet } = state;
        const item = await shelf.get('pin') ?? { wrapped: null, tries: 0, until, quiet };
        await shelf.change((store) => {
            store.delete('open');
            if (isOver) store.delete('pin'); else store.put(item, 'pin');
        });
    }

    /** How many visits of a user lie here, open or not. */
    async function count(user) {
        return (await (await Shelf.of(user)).keys()).filter(isVisit).length;
    }

    /** Opens with the password, away from the node; false for a wrong one. */
    async function unlock(user, password) {
        const shelf = await Shelf.of(user);
        const key = await unwrapped(await shelf.get('key'), await passwordKey(user.name, password));
        if (!key) return false;
        const item = await shelf.get('pin');
        const until = Date.now() + hoursAway * 3600000;
        const open = { key: await kept(key), until, quiet: item?.quiet ?? null };
        await shelf.change((store) => {
            store.put(open, 'open');
            if (item?.wrapped) store.put({ ...item, until, tries: triesMax }, 'pin');
        });
        touch();
        return true;
    }

    /** Opens with the PIN: null where it does, else how many tries are left; 0 asks the password. */
    async function unlockPIN(user, typed) {
        const shelf = await Shelf.of(user);
        const item = await shelf.get('pin');
        if (!item || item.tries < 1) return 0;
        // Every try is counted before it is judged, so that a killed browser gives none back.
        const tries = item.tries - 1;
        await shelf.put('pin', { ...item, tries });
        const key = await unwrapped(item.wrapped, await pinKey(user.name, typed));
        if (!key) return tries;
        const { until, quiet } = item;
        const open = { key: await kept(key), until, quiet };
        await shelf.change((store) => {
            store.put({ ...item, tries: triesMax }, 'pin');
            store.put(open, 'open');
        });
        touch();
        return null;
    }

    /** Leaves what was recorded, sealed, and takes away the rest. */
    async function close(user) {
        await (await entrance()).remove('current');
        await (await Shelf.of(user)).remove('open', 'pin', 'list');
    }

    /** Takes away everything of a user. */
    async function wipe(user) {
        const entry = await entrance();
        const current = await entry.get('current');
        if (current?.id === user.id) await entry.remove('candidate', 'pin-candidate', 'current');
        await entry.remove(`user-${user.id}`);
        await done(indexedDB.deleteDatabase(`doorstep-${user.id}`));
        // A session that is still to be ended at the node is remembered there.
        const isNeeded = (await users()).length > 0 || await entry.get('leaving');
        if (!isNeeded) await done(indexedDB.deleteDatabase('doorstep'));
    }

    return {
        isAble, channel, current, count, enter, entrance, users, tidy, makeRoom, touch, expect, listDays,
        listAge, isListOver, expectNothing, unlock, unlockPIN, close, wipe,
    };
})();
