'use strict';

/*
 * Signing out, beside the node and away from it.
 */
globalThis.DoorstepLeaving = (() => {
    const store = globalThis.DoorstepVault;
    const { isAble, current, count } = store;
    const { say, many } = globalThis.DoorstepSpeech;
    const { isSignedIn, endSession, refresh } = globalThis.DoorstepMeeting;

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
                const isOwn = isSignedIn(now.user);
                const asks = say(
                    `${left} lượt đến trên điện thoại này chưa về đến máy xã. Đăng xuất sẽ xóa chúng. Vẫn đăng xuất?`,
                    `Not yet at the hub: ${many(left, 'visit', 'visits')} on this phone. Signing out deletes them. Sign out anyway?`);
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
        stop.textContent = say('Dừng, chưa đăng xuất', 'Stop and stay signed in');
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

    return { leave, watchSignOut };
})();
