'use strict';

/*
 * How what a phone keeps reaches the node: on every page of whoever has a session, and on the phone's
 * own. What is kept, and who can open it, is DoorstepVault's.
 */
globalThis.DoorstepPhone = (() => {
    const store = globalThis.DoorstepVault;
    const { isAble, current, count, unlock } = store;
    const { isShell, speak } = globalThis.DoorstepSpeech;
    const { patient, inWords, hindrances } = globalThis.DoorstepAsking;
    const { readClock, stamp, nodeTime, asSent } = globalThis.DoorstepClock;
    const { isWaiting, tell } = globalThis.DoorstepSign;
    const { report, refresh, unlockPIN, forgetPIN, endSession } = globalThis.DoorstepMeeting;
    const { watchPassword, watchPIN, dropRefused } = globalThis.DoorstepTyped;
    const { leave, watchSignOut } = globalThis.DoorstepLeaving;

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
        forgetPIN();
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
        current, patient, held: count, unlock, unlockPIN, leave, refresh, inWords, hindrances, report,
        tell, readClock, stamp, nodeTime, asSent, listDays: store.listDays, listAge: store.listAge,
        isListOver: store.isListOver, channel: store.channel, makeRoom: store.makeRoom,
    };
})();
