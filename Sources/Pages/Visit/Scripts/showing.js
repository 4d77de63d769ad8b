'use strict';

/*
 * The node's answer on the page of a visit, around the fingers of whoever goes on.
 */
globalThis.DoorstepShowing = (() => {
    /** Whether somebody types there: no node under his fingers is touched. */
    const isTyped = (node) => {
        const active = document.activeElement;
        return node.contains(active) && active.matches('input:not([type=radio],[type=checkbox]),textarea,select');
    };

    /** `show` puts what the node has answered on the page; `renew` lets go of what waits for somebody who types. */
    function on(form) {
        /** Parts that somebody types in, with what they will be once he leaves them. */
        const waiting = new Map();

        /** What the last answer of the node has shown; said to be seen once all of it stands on the page. */
        let seen = form.elements.seen.value;
        const noteSeen = () => { if (waiting.size === 0) form.elements.seen.value = seen; };

        const merge = (old, fresh) => {
            if (old.isEqualNode(fresh)) return;
            if (isTyped(old)) waiting.set(old, fresh); else replace(old, fresh);
        };

        form.addEventListener('focusout', () => setTimeout(() => {
            for (const [old, fresh] of waiting) {
                if (isTyped(old)) continue;
                waiting.delete(old);
                if (old.isConnected) replace(old, fresh);
            }
            noteSeen();
        }));

        const replace = (old, fresh) => {
            const open = [...old.querySelectorAll('details')].map((part) => part.open);
            const parts = [...fresh.querySelectorAll('details')];
            if (open.length === parts.length) parts.forEach((part, index) => { part.open ||= open[index]; });
            if (old.open) fresh.open = true;
            const active = old.contains(document.activeElement) ? document.activeElement : null;
            old.replaceWith(fresh);
            if (!active) return;
            const same = [...fresh.querySelectorAll('button,input')]
                .find((part) => part.name === active.name && part.value === active.value);
            same?.focus({ preventScroll: true });
        };

        const show = (fresh) => {
            for (const part of ['.steps', '#problems', '.do']) {
                const [old, now] = [form.querySelector(part), fresh.querySelector(part)];
                if (old && now) merge(old, now);
            }
            const [old, now] = [form.querySelector('#questions'), fresh.querySelector('#questions')];
            // Group by group, so that one under somebody's fingers leaves the others free.
            const groups = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
            let last = null;
            for (const child of [...now.children]) {
                const known = child.id ? groups.get(child.id) : null;
                groups.delete(child.id);
                if (known) {
                    merge(known, child);
                    last = document.getElementById(child.id);
                } else if (child.id) {
                    if (last) last.after(child); else old.prepend(child);
                    last = child;
                }
            }
            for (const gone of groups.values()) if (!isTyped(gone)) gone.remove();
            seen = fresh.elements.seen.value;
            noteSeen();
        };

        const renew = () => {
            seen = form.elements.seen.value;
            waiting.clear();
        };

        return { show, renew };
    }

    return { on };
})();
