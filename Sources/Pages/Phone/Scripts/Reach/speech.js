'use strict';

/*
 * The two languages of every page.
 */
globalThis.DoorstepSpeech = (() => {
    const isShell = document.querySelector('#phone') !== null;

    const say = (vi, en) => (document.documentElement.lang === 'en' ? en : vi);
    const label = (pair) => say(pair[0], pair[1]);

    /** `1 visit`, `2 visits`: English alone needs both. */
    const many = (count, one, more) => `${count} ${count === 1 ? one : more}`;

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

    return { isShell, say, label, many, speak };
})();
