'use strict';

/*
 * How what a phone keeps reaches the node: on every page of whoever has a session, and on the phone's
 * own. What is kept, and who can open it, is DoorstepVault's.
 */
globalThis.DoorstepPhone = (() => {
    const version = 1;
    const store = globalThis.DoorstepVault;
    const { isAble, current, count, unlock, unlockPIN } = store;
    const say = (vi, en) => (document.documentElement.lang === 'en' ? en : vi);

    // Signing in

    /** Makes the key of what is typed while its form is sent; what was typed is not kept. */
    function watchTyped(form, make) {
        form.addEventListener('submit', async (event) => {
            if (form.dataset.ready || !isAble) return;
            event.preventDefault();
            try {
                await make();
            } finally {
                form.dataset.ready = 'yes';
                form.requestSubmit(event.submitter);
            }
        });
    }

    const lower = (name) => name.trim().toLowerCase();

    function watchPassword(form, field) {
        watchTyped(form, async () => {
            const name = lower(form.elements.name.value);
            const key = await store.passwordKey(name, form.elements[field].value);
            await store.expect('candidate', { name, key, isNew: field === 'new' });
            // Whoever signs in does not leave.
            if (field === 'password') await store.expectNothing('leaving');
        });
    }

    /** Of whoever was here last: the PIN's form does not say whose it is. */
    function watchPIN(form, field) {
        watchTyped(form, async () => {
            const now = await current();
            if (!now) return;
            const { name } = now.user;
            const key = await store.pinKey(name, form.elements[field].value);
            await store.expect('pin-candidate', { name, key });
        });
    }

    /** What was typed last was not taken where the same question stands here again. */
    async function dropRefused() {
        if (location.pathname === '/password') {
            const candidate = await (await store.entrance()).get('candidate');
            if (candidate?.isNew) await store.expectNothing('candidate');
        }
        const isPIN = location.pathname === '/pin' || document.querySelector('[name="unlock-pin"]');
        if (isPIN) await store.expectNothing('pin-candidate');
    }

    // The node

    class Refusal extends Error {
        constructor(status, state) {
            super(state);
            this.status = status;
            this.state = state;
        }
    }

    /** Gives up after 20 seconds; old browsers have no AbortSignal.timeout. */
    function patient() {
        const away = new AbortController();
        setTimeout(() => away.abort(), 20000);
        return away.signal;
    }

    /** What a reply says that no phone's page of a node would give. */
    function strange(status) {
        if (status === 429 || status === 503) return 'crowded';
        return status >= 500 || status === 403 ? 'failed' : 'stranger';
    }

    async function ask(path, ticket, body, form, credentials = 'same-origin') {
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
                credentials,
                redirect: 'error',
                signal: patient(),
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

    /** Who is signed in, as the node said last on this page. */
    let signedIn = null;

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
        const known = await store.users();
        const ticket = known.find((one) => one.user.id === before?.user.id)?.ticket
            ?? await before?.vault?.read('ticket') ?? null;
        let session;
        try {
            session = await ask('/phone/session', ticket);
        } catch (error) {
            if (error instanceof Refusal && error.state === 'blocked' && before) {
                await store.wipe(before.user);
            }
            if (error instanceof Refusal && error.state === 'not-allowed' && before) {
                await store.close(before.user);
            }
            throw error;
        }
        signedIn = session.user;
        await askOfOthers(known.filter((one) => one.user.id !== signedIn.id));
        const vault = await store.enter(session.user, session);
        const { user } = session;
        await (await store.entrance()).put(`user-${user.id}`, { user, ticket: session.ticket });
        if (!vault) return 'sealed';
        const sent = await deliver(vault, session);
        const list = await vault.read('list');
        const isOld = !list || Date.now() - list.fetched > 600000 || list.day !== localDay();
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
        const list = await ask('/phone/list', session.ticket);
        // By how much the phone's clock differs from the node's.
        const offset = session.now - Date.now();
        await vault.write('list', { ...list, offset, fetched: Date.now(), day: localDay() });
    }

    /** States of a refusal that concern the session, not the visit that was sent. */
    const ofSession = ['signed-out', 'locked', 'blocked', 'not-allowed', 'old-form', 'old-version',
        'crowded', 'failed', 'stranger'];

    /** The node's answer to a visit; one that it cannot read is to be mended, and holds up no other. */
    async function offer(visit, session) {
        try {
            return await ask('/phone/visit', session.ticket, {
                visit: visit.key, household: visit.household, token: visit.token,
                begun: visit.begun, ended: visit.ended, inputs: visit.inputs,
            }, session.form);
        } catch (error) {
            const isOwn = error instanceof Refusal && !ofSession.includes(error.state)
                && error.status >= 400 && error.status < 500;
            if (!isOwn) throw error;
            return {
                state: 'refused', problems: [], message: [
                    `Máy thôn không đọc được lượt đến này (mã ${error.status}): giữ nguyên ở đây và báo cán bộ xã.`,
                    `The node cannot read this visit (code ${error.status}): leave it here and tell the officer.`],
            };
        }
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
            const reply = await offer(visit, session);
            if (reply.state === 'refused') {
                visit.state = 'refused';
                visit.problems = reply.problems;
                visit.message = reply.message;
                // Where another tab has changed it meanwhile, it is sent anew.
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
        case 'above': case 'given-up': await vault.forget(visit); return;
        case 'differs': visit.state = 'differs'; break;
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
            undecided: count('undecided'), sent: count('sent'), differs: count('differs'),
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
        if (now && !now.vault) await showSealed(now);
        if (!now?.vault) return;
        const found = await counts(now.vault);
        const parts = [];
        if (found.unsent) parts.push(say(`${found.unsent} chưa gửi`, `${found.unsent} not sent`));
        const mended = found.refused + found.differs;
        if (mended) parts.push(say(`${mended} cần sửa`, `${mended} to be mended`));
        if (found.undecided) {
            parts.push(say(`${found.undecided} cần quyết`, `${found.undecided} to be decided`));
        }
        if (found.open) parts.push(say(`${found.open} đang ghi`, `${found.open} begun`));
        if (parts.length === 0) {
            document.querySelector('#phone-sign')?.remove();
            return;
        }
        const hinders = found.unsent > 0 && hindrances.includes(outcome);
        const isBad = mended + found.undecided > 0 || hinders;
        const words = say('Trên điện thoại: ', 'On this phone: ') + parts.join(', ');
        showSign(hinders ? `${words}. ${inWords(outcome)}` : words, isBad);
    }

    /** What waits behind a password or a PIN is not forgotten. */
    async function showSealed(now) {
        const left = await count(now.user);
        if (left === 0) return;
        showSign(say(`${left} lượt đến trên điện thoại còn khóa: mở`,
            `${left} visits on this phone are locked: open`), true);
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
        await showCounts(outcome);
        report.dispatchEvent(new CustomEvent('met', { detail: outcome }));
        return outcome;
    }

    /**
     * Signs out away from the node: wipes at once, and ends the session when the node is in reach
     * again, unless somebody has signed in meanwhile.
     */
    async function leave(user) {
        await (await store.entrance()).put('leaving', user.id);
        await store.wipe(user);
        await endSession();
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

    /**
     * Wipes before the node ends the session; asks first where something would be lost. Where it
     * cannot be told that the reader is whose visits lie here, they stay, sealed.
     */
    function watchSignOut(form) {
        form.addEventListener('submit', async (event) => {
            if (form.dataset.ready || !isAble) return;
            event.preventDefault();
            const now = await current();
            if (now) {
                await refresh({});
                const left = await count(now.user);
                const isOwn = signedIn?.id === now.user.id;
                const asks = say(
                    `${left} lượt đến trên điện thoại này chưa về đến nút xã. Đăng xuất sẽ xóa chúng. Vẫn đăng xuất?`,
                    `${left} visits on this phone have not reached the hub. Signing out deletes them. Sign out?`);
                if (isOwn && left > 0 && !confirm(asks)) return;
                await store.expectNothing('candidate', 'pin-candidate');
                if (isOwn || left === 0) await store.wipe(now.user); else await store.close(now.user);
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

    function watch() {
        for (const form of document.forms) {
            const path = new URL(form.action).pathname;
            const fields = form.elements;
            if (path === '/sign-in' && fields.password) watchPassword(form, 'password');
            if (path === '/password' && fields.new) watchPassword(form, 'new');
            if (path === '/pin' && fields.new) watchPIN(form, 'new');
            if (fields['unlock-pin']) watchPIN(form, 'unlock-pin');
            if (path === '/sign-out') watchSignOut(form);
        }
    }

    /** Somebody is there; where nobody was for long, the PIN is asked first. */
    async function notice() {
        const now = await current();
        if (now?.vault) store.touch();
        else if (now) report.dispatchEvent(new CustomEvent('locked'));
    }

    function watchQuiet() {
        let last = 0;
        for (const name of ['pointerdown', 'keydown']) {
            addEventListener(name, () => {
                if (Date.now() - last < 5000) return;
                last = Date.now();
                notice();
            }, { capture: true, passive: true });
        }
        setInterval(async () => {
            const now = await current();
            if (now && !now.vault) report.dispatchEvent(new CustomEvent('locked'));
        }, 15000);
    }

    async function start() {
        const isShell = document.querySelector('#phone') !== null;
        speak(isShell);
        if (!isAble) return;
        watch();
        await dropRefused();
        const isSignedIn = [...document.forms].some(
            (form) => new URL(form.action).pathname === '/sign-out');
        if (!isSignedIn && !isShell) return;
        if (navigator.serviceWorker) {
            navigator.serviceWorker.register('/worker.js', { scope: '/' }).catch(() => {
                // A certificate that the phone does not trust: the pages work while the node is here.
            });
            navigator.storage?.persist?.();
        }
        await store.tidy();
        if ((await current())?.vault) store.touch();
        watchQuiet();
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

    return {
        say, current, patient, held: count, unlock, unlockPIN, leave, refresh, inWords, report,
        channel: store.channel, makeRoom: store.makeRoom,
    };
})();
