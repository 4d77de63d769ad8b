'use strict';

/*
 * What the phone's pages are built from. Texts go into the page as text alone.
 */
globalThis.DoorstepParts = (() => {
    const { isMasked } = globalThis.DoorstepNumbers;
    const { dateWords } = globalThis.DoorstepDates;
    const { typed } = globalThis.DoorstepReading;
    const { say, label } = globalThis.DoorstepSpeech;

    /** An element; `on…` attributes are listeners, true and false set and leave out. */
    function make(tag, attributes = {}, ...children) {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
            if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
            else if (value === true) element.setAttribute(name, '');
            else if (value !== false && value !== null && value !== undefined) {
                element.setAttribute(name, value);
            }
        }
        element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
        return element;
    }

    const paragraph = (words, name) => make('p', { class: name }, words);
    const notice = (tone, ...children) => make(
        'div', { class: `notice ${tone}`, role: tone === 'bad' ? 'alert' : 'status' }, ...children);
    const link = (href, words, name) => make('a', { href, class: name }, words);
    const button = (words, onclick, name, more = {}) =>
        make('button', { type: 'button', class: name, onclick, ...more }, words);
    const badge = (tone, words) => make('span', { class: `badge ${tone}` }, words);
    /** A sentence: problems of the node end without a full stop. */
    const sentence = (words) => (/[.?!:]$/.test(words) ? words : `${words}.`);

    const day = (text) => (text ? label(dateWords(text)) : text);

    /** `14:05 28/11/2026`, `14:05 28 Nov 2026` of milliseconds since 1970, in Việt Nam. */
    function time(milliseconds) {
        const local = new Date(milliseconds + 7 * 3600000).toISOString();
        return `${local.slice(11, 16)} ${day(local.slice(0, 10))}`;
    }

    // Questions

    /** A button of several, of which one is chosen. */
    const choiceButton = (words, isChosen, id, onclick) => button(
        words, onclick, null, { id, 'aria-pressed': String(isChosen) });

    /** What stands in a line; of a number whose middle is hidden nothing. */
    const lineText = (field, value) => (isMasked(value) ? ''
        : ['date', 'partial', 'degrees'].includes(field.k) ? label(typed(field, value)) : String(value ?? ''));

    function keyboard(field) {
        const plain = { type: 'text', autocomplete: 'off' };
        switch (field.k) {
        case 'number': case 'phone': case 'old-id': case 'id': return { ...plain, inputmode: 'numeric' };
        case 'date': case 'partial':
            return { ...plain, inputmode: 'numeric', placeholder: say('ngày/tháng/năm', 'day/month/year') };
        default: return plain;
        }
    }

    /** Where a text of some length is typed. */
    const isLong = (field) => field.k === 'text' && field.m > 100;

    return {
        make, paragraph, notice, link, button, badge, sentence, day, time, choiceButton, lineText,
        keyboard, isLong,
    };
})();
