'use strict';

/*
 * What is typed at the node's own pages to sign in makes the keys of this phone.
 */
globalThis.DoorstepTyped = (() => {
    const store = globalThis.DoorstepVault;
    const { isAble, current } = store;
    const keys = globalThis.DoorstepKeys;

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
            const key = await keys.passwordKey(name, form.elements[field].value);
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
            const key = await keys.pinKey(name, form.elements[field].value);
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

    return { watchPassword, watchPIN, dropRefused };
})();
