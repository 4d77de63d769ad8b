'use strict';

/*
 * The sign of every page: how things stand with the visits on this phone.
 */
globalThis.DoorstepSign = (() => {
    const { current, count, users } = globalThis.DoorstepVault;
    const { isShell, say, many } = globalThis.DoorstepSpeech;
    const { inWords, hindrances } = globalThis.DoorstepAsking;
    const { clockOf } = globalThis.DoorstepClock;

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

    const noteMet = (outcome) => { met = outcome; };

    const visitsInWords = (count, vi, en) => say(`${count} lượt đến ${vi}`, `${many(count, 'visit', 'visits')} ${en}`);

    /**
     * How things stand with the visits of whoever is here: `[words, …]`, and whether somebody must act;
     * `hasOthers`: other people's lie here too.
     */
    function standing(visits, hasOthers) {
        const count = (...states) => visits.filter((one) => states.includes(one.state)).length;
        const unsent = visits.filter((one) => one.state === 'finished');
        const [open, sent, undecided] = ['open', 'sent', 'undecided'].map((one) => count(one));
        const mended = count('refused', 'differs');
        const since = unsent.length > 0 ? clockOf(Math.min(...unsent.map((one) => one.ended))) : '';
        const parts = [
            unsent.length > 0 && visitsInWords(unsent.length, `chưa gửi từ ${since}`, `not sent since ${since}`),
            mended > 0 && visitsInWords(mended, 'cần sửa', 'to correct'),
            undecided > 0 && visitsInWords(undecided, 'cần quyết', 'to decide'),
            open > 0 && visitsInWords(open, 'đang ghi', 'in progress'),
            isShell && sent > 0 && visitsInWords(sent, 'đã tới máy thôn, chờ tới xã', 'at the node, waiting for the commune'),
        ].filter(Boolean);
        if (isShell && !hasOthers && visits.length === open) parts.unshift(say('Đã gửi hết', 'All sent'));
        return { parts, unsent: unsent.length, isBad: mended + undecided > 0 };
    }

    /** What lies here of others, until they sign in themselves: one part for each. */
    async function partsOfOthers(own) {
        const parts = [];
        for (const { user } of await users()) {
            const left = user.id === own?.id ? 0 : await count(user);
            if (left === 0) continue;
            parts.push(say(
                `${left} lượt đến của ${user.shown} còn ở đây: ${user.shown} đăng nhập để gửi`,
                `${many(left, 'visit', 'visits')} of ${user.shown} still here: ${user.shown} signs in to send`));
        }
        return parts;
    }

    /** The sign of this page: of the phone's own pages always, of the node's where something is here. */
    async function draw() {
        const now = await current();
        const others = isShell ? await partsOfOthers(now?.user) : [];
        if (!now) {
            const words = say('Chưa đăng nhập trên điện thoại này', 'Nobody is signed in on this phone');
            showSign(isShell ? [words, ...others].join(' · ') : null, others.length > 0, false);
            return;
        }
        if (!now.vault) {
            await tellSealed(now, others);
            return;
        }
        const { parts, unsent, isBad } = standing(await now.vault.visits(), others.length > 0);
        parts.push(...others);
        if (isShell && met === 'away') parts.unshift(say('Ngoài tầm máy thôn', 'The node is out of reach'));
        const hinders = hindrances.includes(met) && (unsent > 0 || isShell);
        if (hinders) parts.push(inWords(met).replace(/\.$/, ''));
        const words = parts.join(' · ');
        const whole = isShell ? words : say('Trên điện thoại: ', 'On this phone: ') + words;
        showSign(parts.length > 0 ? whole : null, isBad || others.length > 0 || hinders && unsent > 0);
    }

    /** A database that is being wiped just now has nothing to tell. */
    const tell = () => draw().catch(() => null);

    /** What waits behind a password or a PIN is not forgotten. */
    async function tellSealed({ user }, others) {
        const left = await count(user);
        if (left > 0) {
            const words = say(`${left} lượt đến trên điện thoại còn khóa`, `${many(left, 'locked visit', 'locked visits')} on this phone`);
            showSign(isShell ? [words, ...others].join(' · ') : words + say(': mở', ': unlock'), true, !isShell);
        } else {
            const words = say('Điện thoại đang khóa', 'The phone is locked');
            showSign(isShell ? [words, ...others].join(' · ') : null, others.length > 0);
        }
    }

    return { isWaiting, noteMet, tell };
})();
