'use strict';

/*
 * The frame of every page of the phone, and how one takes the place of another.
 */
globalThis.DoorstepFrame = (() => {
    const { say } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, link } = globalThis.DoorstepParts;
    const { root, wanted } = globalThis.DoorstepHand;

    let framed = null;

    /** The ways of every page; those of the node lead back here while it is away. */
    function frame(user) {
        const here = wanted().split('/')[0];
        const places = [
            ['#list', say('Hôm nay', 'Today'), here === ''],
            ['#outbox', say('Đã ghi', 'Recorded'), here === 'outbox'],
            ['/', say('Máy thôn', 'Node'), false],
            ['/sync', say('Đồng bộ', 'Sync'), false],
        ];
        const mark = `${here} ${user?.id}`;
        // Nothing goes from under somebody who is about to press it.
        if (mark === framed) return;
        framed = mark;
        document.querySelector('header nav')?.remove();
        document.querySelector('header .bar').append(
            make('nav', { class: 'phone', 'aria-label': say('Trình đơn', 'Menu') }, make('ul', {}, places.map(
                ([href, words, isHere]) => make('li', {}, make(
                    'a', { href, 'aria-current': isHere ? 'page' : null }, words))))));
        document.querySelector('#reader')?.remove();
        document.querySelector('#who')?.remove();
        if (!user) return;
        document.querySelector('header .name').after(make('span', { id: 'who' }, user.shown));
        document.querySelector('footer .bar').prepend(make('span', { id: 'reader' }, leaveLink()));
    }

    function show(title, ...children) {
        // Names of residents are for the page, not for the browser's history.
        document.title = 'Doorstep';
        const heading = document.querySelector('h1');
        heading.textContent = title;
        heading.tabIndex = -1;
        const isSame = drawnAt === location.hash;
        drawnAt = location.hash;
        const named = (part) => part.querySelector('summary')?.textContent;
        const open = new Set(isSame ? [...root.querySelectorAll('details[open]')].map(named) : []);
        const typing = isTyping() ? document.activeElement : null;
        const focus = document.activeElement?.id;
        isTyped = false;
        root.replaceChildren(...children.flat().filter(Boolean));
        for (const part of root.querySelectorAll('details')) if (open.has(named(part))) part.open = true;
        if (!focus) return;
        const fresh = document.getElementById(focus);
        fresh?.focus();
        // Whoever types goes on where he was.
        if (typing && fresh?.matches('input,textarea')) {
            fresh.value = typing.value;
            fresh.setSelectionRange(typing.selectionStart, typing.selectionEnd);
        }
    }

    /** The page that is drawn. */
    let drawnAt = null;
    /** Whether something was typed since that may ask for other questions. */
    let isTyped = false;

    const noteTyped = () => { isTyped = true; };
    const hasTyped = () => isTyped;

    const isTyping = () =>
        Boolean(document.activeElement?.matches('#phone input:not([type=checkbox]), #phone textarea'));

    /** What has just been done, told once: on the next page, however often that is drawn. */
    let told = null;
    let toldHere = null;

    const tellNext = (words) => { told = words; };
    const forgetTold = () => { toldHere = null; };

    function tellOnce() {
        toldHere = told ?? toldHere;
        told = null;
        return toldHere ? [notice('good', paragraph(toldHere))] : [];
    }

    /** Draws anew only when no finger or mouse is down: else what it is on would be gone under it. */
    let isPressed = false;
    let afterwards = null;
    addEventListener('pointerdown', () => { isPressed = true; }, true);
    for (const name of ['pointerup', 'pointercancel']) {
        addEventListener(name, () => {
            isPressed = false;
            // Behind the click, which may draw the page itself.
            setTimeout(() => {
                afterwards?.();
                afterwards = null;
            }, 50);
        }, true);
    }
    const whenFree = (draw) => { if (isPressed) afterwards = draw; else draw(); };

    // Ways that stand on several pages

    const backToList = () => link('#list', say('Về danh sách', 'Back to the list'));

    const leaveLink = () => link('#leave', say('Đăng xuất khỏi điện thoại', 'Sign out of this phone'));

    return {
        frame, show, isTyping, noteTyped, hasTyped, tellNext, tellOnce, forgetTold, whenFree, backToList,
        leaveLink,
    };
})();
