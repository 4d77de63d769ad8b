'use strict';

/*
 * The pages of a phone that is away from its node: which one the address asks for, and when it is drawn anew.
 *
 * What is shown is made anew from what is kept.
 */
globalThis.DoorstepRoutes = (() => {
    const { say } = globalThis.DoorstepSpeech;
    const { paragraph } = globalThis.DoorstepParts;
    const { prepared } = globalThis.DoorstepAnswers;
    const phone = globalThis.DoorstepPhone;
    const { hand, ways, root, household, wanted } = globalThis.DoorstepHand;
    const { frame, show, isTyping, forgetTold } = globalThis.DoorstepFrame;
    const { showList } = globalThis.DoorstepList;
    const { draft, showBar } = globalThis.DoorstepKeeping;
    const { showHouse } = globalThis.DoorstepHouse;
    const { showVisit, focusAdded } = globalThis.DoorstepSteps;
    const { showOutbox } = globalThis.DoorstepOutbox;
    const { showLock, showLeave, showNobody } = globalThis.DoorstepLock;

    async function open() {
        const here = await phone.current();
        frame(here?.user);
        if (!here?.vault) phone.tell();
        if (!here) { showNobody(); return; }
        if (!here.vault) {
            hand.vault = null;
            if (wanted() === 'leave') await showLeave(); else await showLock(here);
            return;
        }
        hand.vault = here.vault;
        await phone.readClock(hand.vault);
        hand.list = await hand.vault.read('list');
        const kept = await hand.vault.read('form');
        hand.form = kept ? prepared(kept.form) : null;
        hand.spoken = kept?.notice ?? null;
        await route();
    }

    async function signature() {
        const here = await phone.current();
        if (!here?.vault) return here ? 'locked' : 'nobody';
        // The list itself is opened once: it is long, and asked about with every page.
        const kept = await here.vault.beside('list');
        const states = (await here.vault.visits()).map((one) => one.key + one.state);
        const news = await here.vault.read('news') ?? [];
        return [here.user.id, kept?.fetched, news.length, ...states].join(' ');
    }

    async function route() {
        if (!hand.vault) { await open(); return; }
        hand.drawn = await signature();
        draft.read = null;
        if (hand.list && phone.isListOver(hand.list.fetched)) hand.list = null;
        frame(hand.vault?.user);
        phone.tell();
        const [page, step] = wanted().split('/');
        if (page !== 'outbox') hand.reach = null;
        if (page.startsWith('house-')) await showHouse(page.slice(6));
        else if (page.startsWith('visit-') && hand.form) await showVisit(page.slice(6), step);
        else if (page === 'outbox') await showOutbox();
        else if (page === 'leave') await showLeave();
        else await showList();
        root.dataset.shown = page;
    }

    Object.assign(ways, { route, open });

    // Of another tab: what it has kept is shown, where nobody has anything here that is not.
    phone.channel?.addEventListener('message', async (event) => {
        if (!hand.vault || !wanted().startsWith(`visit-${event.data}`)) return;
        if (draft.unkept.length === 0 && !draft.keeping && !isTyping()) await route();
    });
    phone.report.addEventListener('locked', () => {
        if (hand.vault && draft.unkept.length === 0) open();
    });
    // Past the frame: its mark would be taken for a page.
    document.querySelector('a.skip').addEventListener('click', (event) => {
        event.preventDefault();
        document.querySelector('h1').focus();
    });
    addEventListener('hashchange', async () => {
        forgetTold();
        // A visit that was not begun is no news on another page; what is not kept is.
        if (draft.unkept.length === 0) showBar();
        await route();
        if (!focusAdded()) document.querySelector('h1').focus();
    });
    /** What has come of meeting the node, shown. */
    async function showMeeting(word) {
        const isVisit = wanted().startsWith('visit-');
        // Nothing moves under the fingers of somebody who records, or where nothing is new.
        const before = root.dataset.met;
        const isNews = before !== word;
        root.dataset.met = word;
        // What was said of the node is so no more.
        if (hand.reach && hand.reach !== word) hand.reach = word;
        // Nor under those of somebody who types what opens it.
        if (root.dataset.shown === 'locked' && await signature() === 'locked') return;
        const isLocked = hand.vault !== null && (await phone.current())?.vault === null;
        const page = wanted();
        const saysIt = [word, before].includes('away') || page === 'outbox'
            || page.startsWith('house-') && household(page.slice(6))?.draft;
        if (isLocked || (!isVisit && (isNews && saysIt || await signature() !== hand.drawn))) {
            await open();
        }
    }

    phone.report.addEventListener('met', async (event) => {
        // Readers of the screen wait until it is drawn, and so does whoever taps by program.
        root.setAttribute('aria-busy', 'true');
        try {
            await showMeeting(event.detail);
        } finally {
            root.removeAttribute('aria-busy');
        }
    });
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) {
        show(say('Điện thoại', 'Phone'), paragraph(say(
            'Trình duyệt này không mã hóa được dữ liệu trên điện thoại; chỉ dùng được khi ở gần máy thôn.',
            'This browser cannot encrypt what it keeps; it works only while the node is in reach.')));
    } else {
        open();
    }
})();
