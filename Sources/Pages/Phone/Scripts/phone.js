'use strict';

/*
 * How what a phone keeps reaches the node: on every page of whoever has a session, and on the phone's
 * own. What is kept, and who can open it, is DoorstepVault's.
 */
globalThis.DoorstepPhone = (() => {
    const version = 1;
    const store = globalThis.DoorstepVault;
    const { isAble, current, count, unlock } = store;
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
        /** `form`: the secret of posts, of a session that waits for its PIN. */
        constructor(status, state, form = null) {
            super(state);
            this.status = status;
            this.state = state;
            this.form = form;
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
        if (!reply.ok) throw new Refusal(reply.status, value.state ?? 'failed', value.form);
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
            session = await askWho(ticket);
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

    addEventListener('pagehide', () => { typedPIN = null; });

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

    // The time

    /** By how much the phone's clock differs from the node's, as of the meeting at the node's `since`. */
    let clock = { offset: 0, since: 0 };

    async function noteClock(vault, session) {
        const offset = session.now - Date.now();
        const isNews = Math.abs(offset - clock.offset) > 1000 || session.now - clock.since > 60000;
        clock = { offset, since: session.now };
        if (isNews) await vault.write('clock', clock);
    }

    async function readClock(vault) {
        const kept = await vault.read('clock');
        if (kept && kept.since > clock.since) clock = kept;
    }

    /** A moment: what the phone's clock says, and how that clock was known to differ. */
    const stamp = () => ({ at: Date.now(), ...clock });

    /** By how much clocks may differ before a time is put right: they are read one after the other. */
    const tolerance = 60000;

    /**
     * When it was by the node's clock, in milliseconds since 1970; with `now`, what the node's clock
     * says at this moment, the phone's clock may have been put right since.
     *
     * Of the two readings, with the difference as it was and as it is, the one that lies between the
     * meeting before and now; where both do, the present one: phones put themselves right soon.
     */
    function nodeTime({ at, offset, since }, now = null) {
        const then = at + offset;
        if (now === null || !since) return then;
        const present = at + now - Date.now();
        const fits = (time) => time >= since - tolerance && time <= now + tolerance;
        return Math.abs(then - present) > tolerance && fits(present) ? present : then;
    }

    /** What the node gets of a visit: its times are by the node's clock as far as that is known now. */
    function asSent(visit) {
        const now = Date.now() + clock.offset;
        const whole = (time) => Math.max(0, Math.round(time));
        const read = (name) => whole(visit.clock?.[name] ? nodeTime(visit.clock[name], now) : visit[name]);
        const begun = read('begun');
        const inputs = visit.inputs.map(
            (one) => (one[0] === 'at' ? ['at', whole(nodeTime(one[1], now))] : one));
        return { begun, ended: Math.max(begun, read('ended')), inputs };
    }

    /** States of a refusal that concern the session, not the visit that was sent. */
    const ofSession = ['signed-out', 'locked', 'blocked', 'not-allowed', 'old-form', 'old-version',
        'crowded', 'failed', 'stranger'];

    /** The node's answer to a visit; one that it cannot read is to be mended, and holds up no other. */
    async function offer(visit, session) {
        try {
            return await ask('/phone/visit', session.ticket, {
                visit: visit.key, household: visit.household, token: visit.token, ...asSent(visit),
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
        const all = await vault.visits();
        const missing = new Set(all.filter((one) => one.state !== 'sent').map((one) => one.key));
        for (const visit of all) {
            // What was begun on top of another visit waits until the node has that one.
            if (visit.state !== 'finished' || visit.after?.some((key) => missing.has(key))) continue;
            const reply = await offer(visit, session);
            if (reply.state === 'refused') {
                visit.state = 'refused';
                visit.problems = reply.problems;
                visit.message = reply.message;
                // Where another tab has changed it meanwhile, it is sent anew.
                await vault.keep(visit);
            } else {
                visit.path = reply.path ?? null;
                visit.taken = Date.now();
                taken += 1;
                await keepNews(vault, visit, reply);
                if (['here', 'above', 'given-up'].includes(reply.state)) missing.delete(visit.key);
                await settle(vault, visit, reply.state);
            }
        }
        return taken;
    }

    /** What the node has not taken of a visit is told, though the visit itself may be forgotten soon. */
    async function keepNews(vault, { packet, begun }, { dropped = [], changed = [] }) {
        if (dropped.length + changed.length === 0) return;
        const house = packet.head ?? packet.code ?? '';
        const before = await vault.read('news') ?? [];
        await vault.write('news', [...before, { house, begun, dropped: dropped.length, changed }].slice(-20));
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

    async function isWaiting() {
        const now = await current();
        if (!now?.vault) return false;
        return (await now.vault.visits()).some((one) => ['finished', 'sent', 'undecided'].includes(one.state));
    }

    /** Null takes it away; `isLink`: it leads to what it tells of. */
    function showSign(words, isBad = false, isLink = true) {
        let sign = document.querySelector('#phone-sign');
        if (words === null) {
            sign?.parentElement.remove();
            return;
        }
        if (!sign) {
            const place = document.createElement('div');
            place.setAttribute('role', 'status');
            sign = document.createElement('a');
            sign.id = 'phone-sign';
            document.querySelector('header').append(place);
            place.append(sign);
        }
        sign.className = isBad ? 'sync bad' : 'sync';
        if (isLink) sign.href = '/phone#outbox'; else sign.removeAttribute('href');
        // Said anew only where it is new.
        if (sign.textContent !== words) sign.textContent = words;
    }

    /** What came of meeting the node last on this page; null before. */
    let met = null;

    const isShell = document.querySelector('#phone') !== null;

    /** `14:05`, with its day where that is not today's; Việt Nam's time. */
    function clockOf(milliseconds) {
        const local = (time) => new Date(time + 7 * 3600000).toISOString();
        const [text, today] = [local(milliseconds), local(Date.now() + clock.offset)];
        const [year, month, day] = text.slice(0, 10).split('-');
        return text.slice(11, 16) + (text.slice(0, 10) === today.slice(0, 10) ? '' : ` ${day}/${month}/${year}`);
    }

    const visitsInWords = (count, vi, en) => say(`${count} lượt đến ${vi}`, `${count} ${count === 1 ? 'visit' : 'visits'} ${en}`);

    /** How things stand with the visits on this phone: `[words, …]`, and whether somebody must act. */
    function standing(visits) {
        const count = (...states) => visits.filter((one) => states.includes(one.state)).length;
        const unsent = visits.filter((one) => one.state === 'finished');
        const [open, sent, undecided] = ['open', 'sent', 'undecided'].map((one) => count(one));
        const mended = count('refused', 'differs');
        const since = unsent.length > 0 ? clockOf(Math.min(...unsent.map((one) => one.ended))) : '';
        const parts = [
            unsent.length > 0 && visitsInWords(unsent.length, `chưa gửi từ ${since}`, `not sent since ${since}`),
            mended > 0 && visitsInWords(mended, 'cần sửa', 'to be corrected'),
            undecided > 0 && visitsInWords(undecided, 'cần quyết', 'to be decided'),
            open > 0 && visitsInWords(open, 'đang ghi', 'begun'),
            isShell && sent > 0 && visitsInWords(sent, 'đã tới máy thôn, chờ tới xã', 'at the node, waiting for the commune'),
        ].filter(Boolean);
        if (isShell && visits.length === open) parts.unshift(say('Đã gửi hết', 'All sent'));
        return { parts, unsent: unsent.length, isBad: mended + undecided > 0 };
    }

    /** The sign of this page: of the phone's own pages always, of the node's where something is here. */
    async function draw() {
        const now = await current();
        if (!now) {
            showSign(isShell ? say('Chưa đăng nhập trên điện thoại này', 'Nobody is signed in on this phone') : null);
            return;
        }
        if (!now.vault) {
            await tellSealed(now);
            return;
        }
        const { parts, unsent, isBad } = standing(await now.vault.visits());
        if (isShell && met === 'away') parts.unshift(say('Ngoài tầm máy thôn', 'The node is out of reach'));
        const hinders = hindrances.includes(met) && (unsent > 0 || isShell);
        if (hinders) parts.push(inWords(met).replace(/\.$/, ''));
        const words = parts.join(' · ');
        const whole = isShell ? words : say('Trên điện thoại: ', 'On this phone: ') + words;
        showSign(parts.length > 0 ? whole : null, isBad || hinders && unsent > 0);
    }

    /** A database that is being wiped just now has nothing to tell. */
    const tell = () => draw().catch(() => null);

    /** What waits behind a password or a PIN is not forgotten. */
    async function tellSealed({ user }) {
        const left = await count(user);
        if (left > 0) {
            const words = say(`${left} lượt đến trên điện thoại còn khóa`, `${left} visits on this phone are locked`);
            showSign(isShell ? words : words + say(': mở', ': open'), true, !isShell);
        } else {
            showSign(isShell ? say('Điện thoại đang khóa', 'The phone is locked') : null);
        }
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
        met = outcome;
        await tell();
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
        // Nobody waits for a node that may be far away.
        endSession().catch(() => null);
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
            if (document.querySelector('#leaving')) return;
            const now = await current();
            if (now) {
                if (!await sendRest()) {
                    event.submitter?.focus();
                    return;
                }
                const left = await count(now.user);
                const isOwn = signedIn?.id === now.user.id;
                const asks = say(
                    `${left} lượt đến trên điện thoại này chưa về đến máy xã. Đăng xuất sẽ xóa chúng. Vẫn đăng xuất?`,
                    `${left} visits on this phone have not reached the hub. Signing out deletes them. Sign out?`);
                if (isOwn && left > 0 && !confirm(asks)) return;
                await store.expectNothing('candidate', 'pin-candidate');
                if (isOwn || left === 0) await store.wipe(now.user); else await store.close(now.user);
            }
            form.dataset.ready = 'yes';
            form.requestSubmit(event.submitter);
        });
    }

    /** Sends what is left before somebody signs out, and says so; false where he has stopped it. */
    function sendRest() {
        const place = document.createElement('div');
        const stop = document.createElement('button');
        place.id = 'leaving';
        place.className = 'notice';
        place.setAttribute('role', 'status');
        stop.type = 'button';
        stop.textContent = say('Dừng, chưa đăng xuất', 'Stop, stay signed in');
        document.querySelector('main').prepend(place);
        const words = document.createElement('p');
        words.textContent = say('Đang gửi nốt những gì ghi trên điện thoại, rồi đăng xuất …',
            'Sending what is left on the phone, then signing out …');
        place.append(words, stop);
        place.scrollIntoView({ block: 'center' });
        stop.focus({ preventScroll: true, focusVisible: true });
        return new Promise((resolve) => {
            const end = (isDone) => {
                place.remove();
                resolve(isDone);
            };
            stop.addEventListener('click', () => end(false));
            refresh({}).then(() => end(true), () => end(true));
        });
    }

    /** The phone's own page is kept in one language and speaks both. */
    function speak() {
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
        else if (now) lockHere();
    }

    function lockHere() {
        typedPIN = null;
        report.dispatchEvent(new CustomEvent('locked'));
        tell();
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
            if (now && !now.vault) lockHere();
        }, 15000);
    }

    async function start() {
        speak();
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
        const here = await current();
        if (here?.vault) {
            store.touch();
            await readClock(here.vault);
        }
        // A page may be open for days.
        setInterval(() => store.tidy().catch(() => null), 3600000);
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
        say, current, patient, held: count, unlock, unlockPIN, leave, refresh, inWords, hindrances, report,
        tell, readClock, stamp, nodeTime, asSent, listDays: store.listDays, listAge: store.listAge, isListOver: store.isListOver,
        channel: store.channel, makeRoom: store.makeRoom,
    };
})();
