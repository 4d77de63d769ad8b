'use strict';

/*
 * What a phone keeps of a user's work, and how it reaches the node: on every page of somebody who
 * records visits.
 *
 * Two kinds of databases of this browser: `doorstep` says who is signed in here, and `doorstep-<user>`
 * holds his list and visits, each sealed with AES-GCM under one random key. That key is wrapped by a
 * key made of the password (PBKDF2), which is made while somebody signs in and never leaves the
 * browser; while the session lasts the open key, not extractable, lies beside the data. So a phone
 * that is found after the day's end, or whose user has signed out, holds nothing that can be read
 * without the password. Somebody who takes the memory of a phone apart within the session's hours is
 * not kept out: that is for the phone's own lock and encryption.
 */
globalThis.DoorstepPhone = (() => {
    const version = 1;
    const rounds = 310000;
    const strict = { durability: 'strict' };
    const say = (vi, en) => (document.documentElement.lang === 'en' ? en : vi);

    // Databases

    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

    const finished = (transaction) => new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
    });

    function openDatabase(name) {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore('items');
        return done(request);
    }

    const shelves = new Map();

    class Shelf {
        constructor(database) { this.database = database; }

        static open(name) {
            if (!shelves.has(name)) shelves.set(name, Shelf.connect(name));
            return shelves.get(name);
        }

        static async connect(name) {
            const database = await openDatabase(name);
            // Somebody signs out here or in another tab: nothing may be in the way of wiping.
            database.onversionchange = () => {
                shelves.delete(name);
                database.close();
            };
            return new Shelf(database);
        }

        get(key) {
            return done(this.database.transaction('items').objectStore('items').get(key));
        }

        keys() { return done(this.database.transaction('items').objectStore('items').getAllKeys()); }

        /** When it returns, the change survives whatever happens to the browser. */
        async change(body) {
            const transaction = this.database.transaction('items', 'readwrite', strict);
            const end = finished(transaction);
            body(transaction.objectStore('items'));
            await end;
        }

        put(key, value) { return this.change((items) => items.put(value, key)); }

        remove(...keys) {
            return this.change((items) => keys.forEach((key) => items.delete(key)));
        }
    }

    // Keys

    const bytes = (text) => new TextEncoder().encode(text);

    async function passwordKey(name, password) {
        const material = await crypto.subtle.importKey(
            'raw', bytes(password.normalize('NFC')), 'PBKDF2', false, ['deriveKey']);
        // The same on every phone of the user, and on no other's.
        const salt = bytes(`doorstep-phone-1\n${location.origin}\n${name}`);
        return crypto.subtle.deriveKey(
            { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
            material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
    }

    /** A new key for what is kept: wrapped by the password's, and open. */
    async function makeKey(by) {
        const made = await crypto.subtle.generateKey(
            { name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const key = await crypto.subtle.wrapKey('raw', made, by, { name: 'AES-GCM', iv });
        const wrapped = { iv, key };
        return { wrapped, open: await unwrapped(wrapped, by) };
    }

    const unwrapped = (wrapped, by) => crypto.subtle.unwrapKey(
        'raw', wrapped.key, by, { name: 'AES-GCM', iv: wrapped.iv },
        { name: 'AES-GCM' }, false, ['encrypt', 'decrypt']);

    async function sealed(key, name, value) {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        // Bound to its place, so that nobody can lay one thing where another was.
        const data = await crypto.subtle.encrypt(
            { name: 'AES-GCM', iv, additionalData: bytes(name) }, key,
            bytes(JSON.stringify(value)));
        return { iv, data };
    }

    async function unsealed(key, name, item) {
        const plain = await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: item.iv, additionalData: bytes(name) }, key, item.data);
        return JSON.parse(new TextDecoder().decode(plain));
    }

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

        async write(name, value) { await this.shelf.put(name, await sealed(this.key, name, value)); }

        async visitNames() {
            return (await this.shelf.keys()).filter((name) => name.startsWith('visit-'));
        }

        /** All visits, the earliest first. */
        async visits() {
            const visits = [];
            for (const name of await this.visitNames()) visits.push(await this.read(name));
            return visits.sort((one, other) => one.begun - other.begun);
        }

        visit(key) { return this.read(`visit-${key}`); }
        keep(visit) { return this.write(`visit-${visit.key}`, visit); }
        forget(...keys) { return this.shelf.remove(...keys.map((key) => `visit-${key}`)); }
    }

    const isAble = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks);

    const entrance = () => Shelf.open('doorstep');

    // Signing in and out

    /** Makes the key of a password while its form is sent; the password itself is not kept. */
    function watchPassword(form, nameOf, field) {
        form.addEventListener('submit', async (event) => {
            if (form.dataset.ready || !isAble) return;
            event.preventDefault();
            try {
                const name = nameOf().trim().toLowerCase();
                const key = await passwordKey(name, form.elements[field].value);
                const entry = await entrance();
                await entry.put('candidate', { name, key });
                // Whoever signs in does not leave.
                await entry.remove('leaving');
            } finally {
                form.dataset.ready = 'yes';
                form.requestSubmit(event.submitter);
            }
        });
    }

    /** Opens what a user keeps here; null where his password is needed first. */
    async function enter(user, hours) {
        const shelf = await Shelf.open(`doorstep-${user.id}`);
        const entry = await entrance();
        const candidate = await entry.get('candidate');
        if (candidate && candidate.name === user.name) {
            await adopt(shelf, candidate.key, hours);
            await entry.remove('candidate');
        }
        const state = await shelf.get('open');
        if (!state) return null;
        await entry.put('current', user);
        return new Vault(shelf, user, state.key);
    }

    const until = (hours) => Date.now() + hours * 3600000;

    async function adopt(shelf, by, hours) {
        const wrapped = await shelf.get('key');
        if (wrapped) {
            try {
                const key = await unwrapped(wrapped, by);
                await shelf.put('open', { key, until: until(hours), hours });
                return;
            } catch {
                // Another password than the one before.
                await rekey(shelf, by, hours);
                return;
            }
        }
        const made = await makeKey(by);
        await shelf.change((items) => {
            items.put(made.wrapped, 'key');
            items.put({ key: made.open, until: until(hours), hours }, 'open');
        });
    }

    /**
     * Seals everything anew for a new password. Where the old key is not open any more, visits stay
     * as they are until somebody types the password that they were recorded under.
     */
    async function rekey(shelf, by, hours) {
        const state = await shelf.get('open');
        const names = (await shelf.keys()).filter((name) => name.startsWith('visit-'));
        if (!state && names.length > 0) return;
        const made = await makeKey(by);
        const items = [];
        for (const name of names) {
            const value = await unsealed(state.key, name, await shelf.get(name));
            items.push([name, await sealed(made.open, name, value)]);
        }
        await shelf.change((store) => {
            store.clear();
            for (const [name, item] of items) store.put(item, name);
            store.put(made.wrapped, 'key');
            store.put({ key: made.open, until: until(hours), hours }, 'open');
        });
    }

    /** Whoever was here last, without asking the node; null where nobody may see anything. */
    async function current() {
        if (!isAble) return null;
        const user = await (await entrance()).get('current');
        if (!user) return null;
        const shelf = await Shelf.open(`doorstep-${user.id}`);
        const state = await shelf.get('open');
        if (!state) return { user, vault: null };
        if (state.until < Date.now()) {
            await shelf.remove('open');
            return { user, vault: null };
        }
        return { user, vault: new Vault(shelf, user, state.key) };
    }

    /** Opens with the password, away from the node; false for a wrong one. */
    async function unlock(user, password) {
        const shelf = await Shelf.open(`doorstep-${user.id}`);
        const wrapped = await shelf.get('key');
        if (!wrapped) return false;
        try {
            const key = await unwrapped(wrapped, await passwordKey(user.name, password));
            await shelf.put('open', { key, until: until(12), hours: 12 });
            return true;
        } catch {
            return false;
        }
    }

    /** Takes away everything of a user. */
    async function wipe(user) {
        const entry = await entrance();
        await entry.remove('candidate', 'current');
        await done(indexedDB.deleteDatabase(`doorstep-${user.id}`));
    }

    // The node

    class Refusal extends Error {
        constructor(status, state) {
            super(state);
            this.status = status;
            this.state = state;
        }
    }

    /** What a reply says that no phone's page of a node would give. */
    function strange(status) {
        if (status === 429 || status === 503) return 'crowded';
        return status >= 500 || status === 403 ? 'failed' : 'stranger';
    }

    async function ask(path, ticket, body, form) {
        const headers = ticket ? { 'Phone-Ticket': ticket } : {};
        if (body) {
            headers['Content-Type'] = 'application/json';
            headers['Form-Token'] = form;
        }
        let reply = null;
        let value = null;
        try {
            reply = await fetch(path, {
                method: body ? 'POST' : 'GET',
                headers,
                body: body ? JSON.stringify({ v: version, ...body }) : undefined,
                cache: 'no-store',
                redirect: 'error',
                signal: AbortSignal.timeout(20000),
            });
            const isJSON = reply.headers.get('Content-Type')?.startsWith('application/json');
            value = isJSON ? await reply.json() : null;
        } catch {
            throw new Refusal(0, 'away');
        }
        if (!value) throw new Refusal(reply.status, strange(reply.status));
        if (!reply.ok) throw new Refusal(reply.status, value.state ?? 'failed');
        if (value.v !== version) throw new Refusal(409, 'old-version');
        return value;
    }

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

    /** What came of meeting the node, in words: each case has its own. */
    const reaches = {
        'reached': ['Đã gặp máy thôn.', 'The node was reached.'],
        'away': ['Chưa gặp được máy thôn.', 'The node is not in reach.'],
        'busy': ['Đang gửi ở một trang khác.', 'Another page is sending.'],
        'signed-out': ['Đăng nhập lại để gửi.', 'Sign in again to send.'],
        'sealed': ['Gõ mật khẩu để mở.', 'Type the password to open.'],
        'locked': ['Nhập mã PIN để gửi.', 'Enter the PIN to send.'],
        'blocked': ['Tài khoản đã bị khóa.', 'The account is blocked.'],
        'not-allowed': ['Vai trò của anh/chị không ghi được nữa.', 'Your role no longer records.'],
        'old-form': ['Phiên đăng nhập vừa đổi: gửi lại.', 'The session has just changed: send again.'],
        'old-version': ['Chương trình đã đổi: tải lại trang.', 'The program has changed: load the page again.'],
        'malformed': ['Máy thôn không đọc được: báo cán bộ xã.', 'The node cannot read it: tell the officer.'],
        'crowded': ['Máy thôn đang bận: thử lại sau vài giây.', 'The node is busy: try again in a few seconds.'],
        'failed': ['Máy thôn gặp lỗi; thử lại sau.', 'The node failed; try again later.'],
        'stranger': [
            'Nơi trả lời không phải máy thôn: xem lại Wi-Fi.',
            'What answers is not the node: look at the Wi-Fi.'],
        'broken': [
            'Trình duyệt không lưu được: kiểm tra bộ nhớ của điện thoại.',
            'The browser cannot keep it: look at the room left on the phone.'],
    };

    const inWords = (outcome) => say(...(reaches[outcome] ?? reaches.failed));

    /** Those that somebody has to do something about before anything is sent. */
    const hindrances = ['signed-out', 'locked', 'not-allowed', 'old-version', 'malformed', 'broken'];

    async function meetAlone({ wantsList = false }) {
        if (await endSession()) throw new Refusal(401, 'signed-out');
        const before = await current();
        const ticket = before?.vault ? (await before.vault.read('ticket')) : null;
        let session;
        try {
            session = await ask('/phone/session', ticket);
        } catch (error) {
            if (error instanceof Refusal && error.state === 'blocked' && before) {
                await wipe(before.user);
            }
            if (error instanceof Refusal && error.state === 'not-allowed' && before?.vault) {
                await before.vault.shelf.remove('list');
            }
            throw error;
        }
        const vault = await enter(session.user, session.hours);
        if (!vault) return 'sealed';
        if (ticket !== session.ticket) await vault.write('ticket', session.ticket);
        const sent = await deliver(vault, session);
        const list = await vault.read('list');
        const isOld = !list || Date.now() - list.fetched > 600000 || list.day !== localDay();
        if (wantsList || sent > 0 || isOld) await fetchList(vault, session);
        return 'reached';
    }

    const localDay = () => new Date().toDateString();

    async function fetchList(vault, session) {
        const list = await ask('/phone/list', session.ticket);
        // By how much the phone's clock differs from the node's.
        const offset = session.now - Date.now();
        await vault.write('list', { ...list, offset, fetched: Date.now(), day: localDay() });
    }

    /** In the order of the visits; returns how many the node took. */
    async function deliver(vault, session) {
        const visits = await vault.visits();
        const waiting = visits.filter((one) => ['sent', 'undecided'].includes(one.state));
        const standings = waiting.length > 0
            ? (await ask('/phone/known', session.ticket,
                { visits: waiting.slice(0, 200).map((one) => one.key) }, session.form)).visits
            : {};
        for (const visit of waiting) await settle(vault, visit, standings[visit.key]);
        let taken = 0;
        for (const visit of await vault.visits()) {
            if (visit.state !== 'finished') continue;
            const reply = await ask('/phone/visit', session.ticket, {
                visit: visit.key, household: visit.household, token: visit.token,
                begun: visit.begun, ended: visit.ended, inputs: visit.inputs,
            }, session.form);
            if (reply.state === 'refused') {
                visit.state = 'refused';
                visit.problems = reply.problems;
                visit.message = reply.message;
                await vault.keep(visit);
            } else {
                visit.dropped = reply.dropped ?? [];
                visit.path = reply.path ?? null;
                taken += 1;
                await settle(vault, visit, reply.state);
            }
        }
        return taken;
    }

    /** Only what the node above has is forgotten; what the node does not know is sent again. */
    async function settle(vault, visit, standing) {
        switch (standing) {
        case 'above': case 'given-up': await vault.forget(visit.key); return;
        case 'unknown': visit.state = 'finished'; break;
        case 'undecided': visit.state = 'undecided'; break;
        case 'here': visit.state = 'sent'; break;
        default: return;
        }
        await vault.keep(visit);
    }

    // Every page

    /** How many visits are begun, unsent, and sent but not yet at the hub. */
    async function counts(vault) {
        const visits = await vault.visits();
        const count = (state) => visits.filter((one) => one.state === state).length;
        return {
            open: count('open'), unsent: count('finished'), refused: count('refused'),
            undecided: count('undecided'), sent: count('sent'),
        };
    }

    async function isWaiting() {
        const now = await current();
        if (!now?.vault) return false;
        const found = await counts(now.vault);
        return found.unsent + found.sent + found.undecided > 0;
    }

    function showSign(words, isBad) {
        let sign = document.querySelector('#phone-sign');
        if (!sign) {
            sign = document.createElement('a');
            sign.id = 'phone-sign';
            sign.href = '/phone#outbox';
            document.querySelector('header').append(sign);
        }
        sign.className = isBad ? 'sync bad' : 'sync';
        sign.textContent = words;
    }

    async function showCounts(outcome) {
        const now = await current();
        if (!now?.vault) return;
        const found = await counts(now.vault);
        const parts = [];
        if (found.unsent) parts.push(say(`${found.unsent} chưa gửi`, `${found.unsent} not sent`));
        if (found.refused) {
            parts.push(say(`${found.refused} cần sửa`, `${found.refused} to be mended`));
        }
        if (found.undecided) {
            parts.push(say(`${found.undecided} cần quyết`, `${found.undecided} to be decided`));
        }
        if (found.open) parts.push(say(`${found.open} đang ghi`, `${found.open} begun`));
        if (parts.length === 0) {
            document.querySelector('#phone-sign')?.remove();
            return;
        }
        const hinders = found.unsent > 0 && hindrances.includes(outcome);
        const isBad = found.refused + found.undecided > 0 || hinders;
        const words = say('Trên điện thoại: ', 'On this phone: ') + parts.join(', ');
        showSign(hinders ? `${words}. ${inWords(outcome)}` : words, isBad);
    }

    const report = new EventTarget();

    async function refresh(options) {
        const outcome = await meet(options);
        if (outcome === 'blocked') {
            location.assign('/sign-in?why=blocked');
            return outcome;
        }
        await showCounts(outcome);
        report.dispatchEvent(new CustomEvent('met', { detail: outcome }));
        return outcome;
    }

    /** How many visits of a user are kept here, also where they are sealed. */
    async function held(user) {
        const shelf = await Shelf.open(`doorstep-${user.id}`);
        return (await shelf.keys()).filter((name) => name.startsWith('visit-')).length;
    }

    /**
     * Signs out away from the node: wipes at once, and ends the session when the node is in reach
     * again, unless somebody has signed in meanwhile.
     */
    async function leave(user) {
        await (await entrance()).put('leaving', user.id);
        await wipe(user);
        await endSession();
    }

    /** Ends the session of whoever has left; true where it is over now. */
    async function endSession() {
        const entry = await entrance();
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
            const body = new URLSearchParams({ 'form-token': session.form, keep: 'others' });
            try {
                await fetch('/sign-out', { method: 'POST', body, redirect: 'manual' });
            } catch {
                return false;
            }
        }
        await entry.remove('leaving');
        return session.user.id === leaving;
    }

    /** Wipes before the node ends the session; asks first where something would be lost. */
    function watchSignOut(form) {
        form.addEventListener('submit', async (event) => {
            if (form.dataset.ready || !isAble) return;
            event.preventDefault();
            const now = await current();
            if (now) {
                await refresh({});
                const left = await held(now.user);
                const asks = say(
                    `${left} lượt đến trên điện thoại này chưa về đến nút xã. Đăng xuất sẽ xóa chúng. Vẫn đăng xuất?`,
                    `${left} visits on this phone have not reached the hub. Signing out deletes them. Sign out?`);
                if (left > 0 && !confirm(asks)) return;
                await wipe(now.user);
            }
            // Another user's visits that are not sent: the node is not to clear them away.
            const others = (await indexedDB.databases?.() ?? [])
                .some((one) => /^doorstep-./.test(one.name));
            if (others) {
                const keep = document.createElement('input');
                keep.type = 'hidden';
                keep.name = 'keep';
                keep.value = 'others';
                form.append(keep);
            }
            form.dataset.ready = 'yes';
            form.requestSubmit(event.submitter);
        });
    }

    /** The phone's own page is kept in one language and speaks both. */
    function speak(isShell) {
        const form = [...document.forms].find(
            (one) => new URL(one.action).pathname === '/language');
        const root = document.documentElement;
        if (!isShell) {
            localStorage.setItem('doorstep-language', root.lang);
            return;
        }
        root.lang = localStorage.getItem('doorstep-language') ?? root.lang;
        document.querySelector('.skip').textContent = say('Đến nội dung', 'Skip to content');
        if (!form) return;
        const other = root.lang === 'en' ? 'vi' : 'en';
        form.elements.language.value = other;
        const button = form.querySelector('button');
        button.lang = other;
        button.textContent = other === 'vi' ? 'Tiếng Việt' : 'English';
        form.addEventListener('submit', async (event) => {
            event.preventDefault();
            localStorage.setItem('doorstep-language', other);
            const body = new URLSearchParams(new FormData(form));
            // The node's pages follow where it is in reach.
            await fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => null);
            location.reload();
        });
    }

    async function start() {
        const isShell = document.querySelector('#phone') !== null;
        speak(isShell);
        if (!isAble) return;
        for (const form of document.forms) {
            const path = new URL(form.action).pathname;
            if (path === '/sign-in' && form.elements.password) {
                watchPassword(form, () => form.elements.name.value, 'password');
            }
            if (path === '/sign-out') watchSignOut(form);
        }
        const isSignedIn = [...document.forms].some(
            (form) => new URL(form.action).pathname === '/sign-out');
        if (!isSignedIn && !isShell) return;
        if (navigator.serviceWorker) {
            navigator.serviceWorker.register('/worker.js', { scope: '/' }).catch(() => {
                // A certificate that the phone does not trust: the pages work while the node is here.
            });
            navigator.storage?.persist?.();
        }
        // Left while the node was away, and here is its page.
        if (await endSession() && !isShell) {
            location.replace('/sign-in');
            return;
        }
        addEventListener('online', () => refresh({}));
        document.addEventListener('visibilitychange', () => {
            if (document.visibilityState === 'visible') refresh({});
        });
        // Only while something waits: asking keeps a session awake.
        setInterval(async () => {
            if (document.visibilityState === 'visible' && await isWaiting()) refresh({});
        }, 30000);
        await refresh({});
    }

    start();

    return { say, current, unlock, held, leave, refresh, inWords, report };
})();
