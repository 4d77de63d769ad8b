'use strict';

/*
 * The visit that is being recorded: every input is kept before anything else happens.
 */
globalThis.DoorstepKeeping = (() => {
    const { say } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, link, button } = globalThis.DoorstepParts;
    const { dayAt } = globalThis.DoorstepAnswers;
    const { Form } = globalThis.DoorstepForm;
    const phone = globalThis.DoorstepPhone;
    const { hand, ways, root, now, today, wanted } = globalThis.DoorstepHand;
    const { isTyping } = globalThis.DoorstepFrame;
    const { isWritten, isAhead, withOwn } = globalThis.DoorstepVisits;

    /** The visit on screen, and the keeping of it: one write after the other, the last state last. */
    const draft = {
        visit: null,
        keeping: null,
        /** Inputs of this tab that are not kept yet. */
        unkept: [],
        /** Another tab has ended it. */
        isEnded: false,
        /** What a card has said that was read just now: `{person, card}`; kept nowhere. */
        read: null,
    };

    let isStale = false;

    /**
     * `visits`: all of this phone; the new one knows what they say of the household, and is sent behind.
     * Nothing is begun that cannot be written; `again`: what tries once more.
     */
    async function beginWith(house, inputs, visits, again) {
        const ahead = visits.filter((one) => one.household === house.id && isAhead(one));
        const number = crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n;
        const fresh = {
            key: String(number || 1n), household: house.id, packet: withOwn(house, ahead),
            after: ahead.map((one) => one.key),
            token: hand.list.tokens[house.scope], begun: now(), ended: 0, inputs: [...inputs], state: 'open',
            problems: [], message: null, clock: { begun: phone.stamp() },
        };
        try {
            await hand.vault.keep(fresh);
        } catch (error) {
            tellFull(error, again);
            return;
        }
        showBar();
        draft.visit = fresh;
        draft.unkept = [];
        draft.isEnded = false;
        root.dataset.kept = String(inputs.length);
        location.hash = `#visit-${fresh.key}`;
    }

    /** Resolves when everything that was typed so far is kept, or the page says that it is not. */
    function keep() {
        isStale = true;
        delete root.dataset.kept;
        draft.keeping ??= (async () => {
            try {
                while (isStale) {
                    isStale = false;
                    const count = draft.unkept.length;
                    if (await hand.vault.keep(draft.visit)) draft.unkept.splice(0, count);
                    else if (!await rejoin()) return;
                }
                root.dataset.kept = String(draft.visit.inputs.length);
                tellUnkept(null);
            } catch (error) {
                tellUnkept(error);
            } finally {
                draft.keeping = null;
            }
        })();
        return draft.keeping;
    }

    /** What the visit on screen still has is kept; false where it cannot be: it is only there. */
    async function keepRest() {
        if (draft.unkept.length > 0 && !draft.isEnded) await keep();
        return draft.unkept.length === 0;
    }

    /** Nothing may hide that something is not kept: the bar stays until it is. */
    function showBar(...children) {
        document.querySelector('#unkept')?.remove();
        if (children.length === 0) return;
        const bar = notice('bad', ...children);
        bar.id = 'unkept';
        root.after(bar);
    }

    /** No visit was begun, for want of room: what makes room is one tap away. */
    function tellFull(error, again) {
        const isFull = error.name === 'QuotaExceededError';
        const [vi, en] = isFull ? ['Điện thoại hết chỗ', 'The phone is out of storage']
            : ['Điện thoại không ghi được', 'The phone cannot save'];
        showBar(paragraph(say(
            `${vi} nên chưa bắt đầu lượt đến nào. Gửi những gì đã ghi khi ở gần máy thôn, hoặc xóa bớt ảnh hay ứng dụng, rồi thử lại.`,
            `${en}, so no visit was started. Send what is recorded when you are near the node, or delete some photos or apps, then try again.`)),
        paragraph(String(error.name ?? error), 'hint'),
        make('div', { class: 'actions' },
            link('#outbox', say('Xem và gửi những gì đã ghi', 'See and send recorded visits'), 'button'),
            button(say('Thử lại', 'Try again'), async () => {
                await phone.makeRoom().catch(() => null);
                await again();
            })));
    }

    function tellUnkept(error) {
        if (!error) { showBar(); return; }
        showBar(paragraph(say(
            'Điện thoại không ghi được (đầy bộ nhớ?): đừng đóng trang này, xóa bớt ảnh hay ứng dụng rồi thử lại.',
            'The phone cannot save (is its storage full?): keep this page open, delete some photos or apps, then try again.')),
        paragraph(String(error.name ?? error), 'hint'),
        button(say('Thử lại', 'Try again'), async () => {
            await phone.makeRoom().catch(() => null);
            await keep();
        }));
    }

    addEventListener('beforeunload', (event) => {
        if (draft.unkept.length > 0) event.preventDefault();
    });

    /**
     * Another tab has kept the same visit meanwhile: what this one has not kept yet goes behind what
     * stands there. False where the visit has ended there: then nothing is put on top of it.
     */
    async function rejoin() {
        const fresh = await hand.vault.visit(draft.visit.key);
        if (!fresh || !isWritten(fresh)) {
            draft.isEnded = true;
            // Whoever types ends his line first.
            if (isTyping()) {
                showBar(paragraph(say(
                    'Lượt đến này đã kết thúc ở thẻ khác: điều đang gõ chưa được giữ.',
                    'This visit was finished in another tab: what you are typing is not saved yet.')));
            } else {
                ways.showEnded();
            }
            return false;
        }
        const there = new Form(hand.form, fresh.packet, fresh.inputs, today());
        draft.unkept = renumbered(draft.unkept, there);
        draft.visit = fresh;
        for (const input of draft.unkept) apply(input);
        isStale = true;
        const [, step] = wanted().split('/');
        const steps = formOf().steps;
        ways.showStep(steps.includes(step) ? step : formOf().nextOpen);
        return true;
    }

    /** Inputs whose added records are called what the form calls them next. */
    function renumbered(inputs, there) {
        const names = new Map();
        let next = Number(there.nextID.split('-')[1]);
        const named = (text) => {
            const [record, ...rest] = String(text).split('.');
            return [names.get(record) ?? record, ...rest].join('.');
        };
        return inputs.map((input) => {
            if (input[0] === 'add') {
                const id = `0000000000000000-${next}`;
                next += 1;
                names.set(input[3], id);
                return ['add', input[1], named(input[2]), id];
            }
            const [word, first, ...rest] = input;
            const step = /^person-(.*)$/.exec(first);
            const more = word === 'answer' && names.has(rest[0]) ? [names.get(rest[0]), ...rest.slice(1)] : rest;
            return [word, step ? `person-${named(step[1])}` : named(first), ...more];
        });
    }

    function note(input) {
        draft.unkept.push(input);
        apply(input);
        return keep();
    }

    /** The day of the input before; the first are of the day on which the visit was begun. */
    function dayBefore() {
        const { begun, inputs } = phone.asSent(draft.visit);
        return dayAt(inputs.findLast((one) => one[0] === 'at')?.[1] ?? begun);
    }

    /** Each input is of the day on which it is given: where that is another one, a time stands before it. */
    function apply(input) {
        const at = phone.stamp();
        if (dayAt(phone.nodeTime(at)) !== dayBefore()) draft.visit.inputs.push(['at', at]);
        const last = draft.visit.inputs.at(-1);
        const isSame = [last, input].every((one) => ['answer', 'undo'].includes(one?.[0])) && last[1] === input[1];
        if (isSame) draft.visit.inputs.pop();
        draft.visit.inputs.push(input);
        if (draft.visit.state === 'refused') draft.visit.state = 'open';
        draft.visit.problems = draft.visit.problems.filter((one) => one.question !== input[1]);
    }

    function formOf() {
        const { begun, inputs } = phone.asSent(draft.visit);
        return new Form(hand.form, draft.visit.packet, inputs, today(), dayAt(begun));
    }

    return { draft, keep, keepRest, showBar, beginWith, renumbered, note, apply, formOf };
})();
