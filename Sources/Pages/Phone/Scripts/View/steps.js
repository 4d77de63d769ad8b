'use strict';

/*
 * The pages of a visit, one after the other.
 */
globalThis.DoorstepSteps = (() => {
    const { say, label } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, link, button, badge } = globalThis.DoorstepParts;
    const { scanner, confirmation } = globalThis.DoorstepCard;
    const { hand, ways, root, headOf, placeOf } = globalThis.DoorstepHand;
    const { show, backToList } = globalThis.DoorstepFrame;
    const { isWritten } = globalThis.DoorstepVisits;
    const { draft, keepRest, note, formOf } = globalThis.DoorstepKeeping;
    const { factsOf } = globalThis.DoorstepHouse;
    const { matchesOf, doubtBox, showMember, showGroup } = globalThis.DoorstepQuestions;
    const { showEnd, end } = globalThis.DoorstepEnding;

    async function showVisit(key, wanted) {
        // What is not kept yet is only here.
        if (draft.visit && draft.visit.key !== key && !await keepRest()) {
            location.replace(`#visit-${draft.visit.key}`);
            return;
        }
        if (draft.visit?.key !== key || draft.unkept.length === 0) {
            draft.visit = await hand.vault.visit(key);
            draft.isEnded = false;
        }
        if (!draft.visit) {
            show(say('Không có lượt đến này', 'No such visit'), backToList());
            return;
        }
        if (!isWritten(draft.visit)) {
            location.replace('#outbox');
            return;
        }
        const current = formOf();
        const step = current.steps.includes(wanted) ? wanted : current.nextOpen;
        showStep(step);
    }

    const titles = {
        outcome: ['Kết quả lượt đến', 'Outcome of the visit'],
        members: ['Ai còn ở đây', 'Who still lives here'],
        devices: ['Thiết bị, Internet', 'Devices, Internet'],
        benefits: ['Lương hưu, trợ cấp', 'Pensions and allowances'],
        notice: ['Thông báo, đồng ý', 'Notice and consent'],
        finish: ['Kết thúc', 'Finish'],
    };

    function showStep(step) {
        if (draft.isEnded) { ways.showEnded(); return; }
        const current = formOf();
        const again = () => showStep(step);
        const person = step.startsWith('person-') ? step.slice(7) : null;
        const title = label(titleOf(step, current));
        if (draft.read?.person !== person) draft.read = null;
        if (draft.read) {
            show(title, placeHint(), ...confirmation(draft.read.card, async (lines) => {
                for (const one of lines) await note(['answer', one.question, one.text, false]);
                draft.read = null;
                again();
                document.querySelector('h1').focus();
            }));
            return;
        }
        show(
            title, placeHint(), stepList(step, current),
            problemsOf(step),
            step === 'notice' ? showNotice() : null,
            make('div', { id: 'matches' }, matchesOf(person)),
            person ? personHead(person, current, again) : null,
            step === 'members' ? wholeHousehold(current, again) : null,
            current.groups(step).map((group) => step === 'members'
                ? showMember(group, current, again) : showGroup(group, current, again)),
            additions(step, person, again),
            step === 'finish' ? showEnd(current) : null,
            showWays(step, current),
            make('div', { class: 'actions' },
                link(`#house-${draft.visit.household}`, say('Để sau, về thẻ hộ', 'Later, back to the household'))));
    }

    const titleOf = (step, current) => (step.startsWith('person-')
        ? current.name(step.slice(7)) : titles[step]);

    /** Which house it is. */
    const placeHint = () => make('p', { class: 'hint' }, [headOf(draft.visit.packet), placeOf(draft.visit.packet)]
        .filter(Boolean).join(' · '));

    /** The pages of the visit, with what has been gone through. */
    function stepList(step, current) {
        const { steps } = current;
        const passed = steps.filter((one) => current.passed.has(one));
        const place = steps.indexOf(step) + 1;
        return make('details', { class: 'steps' },
            make('summary', {}, say(`Trang ${place}/${steps.length}`, `Page ${place} of ${steps.length}`),
                make('progress', {
                    max: steps.length, value: passed.length, 'aria-label': say('Đã qua', 'Done'),
                })),
            make('ol', {}, steps.map((one) => make('li', {},
                make('a', {
                    href: `#visit-${draft.visit.key}/${one}`, 'aria-current': one === step ? 'step' : null,
                }, label(titleOf(one, current))),
                passed.includes(one) ? badge('good', say('đã qua', 'done')) : null))));
    }

    /** Where it goes on stays in reach of the thumb. */
    function showWays(step, current) {
        const { steps } = current;
        const position = steps.indexOf(step);
        const back = position > 0 ? button(say('Quay lại', 'Back'), () => {
            location.hash = `#visit-${draft.visit.key}/${steps[position - 1]}`;
        }, null, { id: 'back' }) : null;
        if (step === 'finish') {
            const isReady = current.missing(2).length === 0 && current.faulty.length === 0;
            return make('div', { class: 'do' },
                button(say('Kết thúc', 'Finish'), end, 'main', { id: 'finish', disabled: !isReady }), back);
        }
        const isSame = step === 'members' || current.confirmable(step).length > 0;
        return make('div', { class: 'do' },
            isSame ? button(say('Như lần trước', 'Same as last time'),
                () => go(current, ['confirm', step]), 'main', { id: 'same' }) : null,
            step === 'outcome' && !current.outcome ? null : button(
                say('Tiếp', 'Next'), () => go(current, ['pass', step]), isSame ? '' : 'main', { id: 'next' }),
            back);
    }

    // A finger that wipes over the page turns it, as in a book.
    let touch = null;
    root.addEventListener('touchstart', (event) => {
        const [finger] = event.touches;
        // At the edges the browser itself goes back and forth.
        const isEdge = finger.clientX < 24 || finger.clientX > innerWidth - 24;
        const isBusy = isEdge || event.touches.length > 1 || event.target.closest('input,textarea,select,video');
        touch = isBusy ? null : { x: finger.clientX, y: finger.clientY, at: event.timeStamp };
    }, { passive: true });
    root.addEventListener('touchend', (event) => {
        const [finger] = event.changedTouches;
        if (!touch || !draft.visit || !root.dataset.shown?.startsWith('visit-')) return;
        const [x, y] = [finger.clientX - touch.x, finger.clientY - touch.y];
        const isSwipe = Math.abs(x) > 80 && Math.abs(x) > 2.5 * Math.abs(y) && event.timeStamp - touch.at < 700;
        touch = null;
        // Text that is marked or enlarged moves under the finger as well.
        if (!isSwipe || !getSelection().isCollapsed || visualViewport?.scale > 1.05) return;
        document.querySelector(x < 0 ? '#next' : '#back')?.click();
    }, { passive: true });

    /** Above a person's questions: who it is, the card that may be read, a number that does not fit. */
    function personHead(person, current, again) {
        const record = current.record(person);
        const facts = factsOf({ v: current.values(person) });
        const doubts = current.numberDoubts(person);
        return [
            facts ? paragraph(facts, 'soft') : null,
            record.type.fields.has('personal_id') ? scanner((text) => {
                draft.read = { person, card: formOf().card(text, person) };
                again();
                document.querySelector('h1').focus();
            }) : null,
            make('div', { id: 'doubts' }, doubtBox(person, doubts, again)),
        ];
    }

    /** Where the household has moved away, a tap and a day for all who are still there. */
    function wholeHousehold(current, again) {
        const left = current.movingAway;
        if (left.length < 2) return null;
        const since = make('input', {
            id: 'since', inputmode: 'numeric', autocomplete: 'off',
            placeholder: say('ngày/tháng/năm', 'day/month/year'),
        });
        return make('section', { class: 'card' },
            make('h2', {}, say('Cả hộ đã chuyển đi', 'All have moved away')),
            make('div', { class: 'field' },
                make('label', { for: 'since' }, say('Từ ngày (nếu biết)', 'Since (if known)')), since),
            make('div', { class: 'answers' }, button(say(
                `Cả ${left.length} người đã chuyển đi`, `All ${left.length} people have moved away`), async () => {
                const day = since.value.trim();
                for (const { id } of left) {
                    await note(['answer', `${id}.presence`, 'moved', false]);
                    if (day) await note(['answer', `${id}.presence_on`, day, false]);
                }
                again();
            }, null, { id: 'all-moved' })));
    }

    async function go(current, input) {
        const step = input[1];
        await note(input);
        const steps = formOf().steps;
        const next = steps[steps.indexOf(step) + 1] ?? 'finish';
        location.hash = `#visit-${draft.visit.key}/${next}`;
        scrollTo(0, 0);
    }

    /** What is read out, in the words of the commune; which version it was goes with the answer. */
    function showNotice() {
        if (!hand.spoken) return null;
        return make('section', { class: 'card read' },
            make('h2', {}, say('Đọc cho người dân', 'Read out to the household'),
                make('span', { class: 'hint' }, ` (${hand.spoken.version})`)),
            hand.spoken.lines.map(([title, words]) =>
                make('p', {}, make('b', {}, `${label(title)} `), label(words))));
    }

    function problemsOf(step) {
        const found = draft.visit.problems.filter((one) => one.step === step);
        const whole = draft.visit.message && step === 'finish' ? [label(draft.visit.message)] : [];
        const words = [...found.filter((one) => !one.question).map((one) => label(one.text)), ...whole];
        return words.length > 0 ? notice('bad', words.map((one) => paragraph(one))) : null;
    }

    /** What was just added, until its first question has been drawn. */
    let added = null;

    /** Puts whoever has added something at its first question; false where there is none. */
    function focusAdded() {
        const first = added && root.querySelector(`:is(button,input,select,textarea)[id^="${added}."]`);
        added = null;
        for (let part = first?.closest('details'); part; part = part.parentElement.closest('details')) part.open = true;
        first?.focus();
        return Boolean(first);
    }

    function additions(step, person, again) {
        const add = (type, parent, words) => button(words, async () => {
            const now = formOf();
            // A button that is pressed twice adds one.
            const free = now.added.find((one) => one.type === type && one.of === parent && now.isUntouched(one.id));
            const id = free?.id ?? now.nextID;
            if (free) await draft.keeping; else await note(['add', type, parent, id]);
            if (type === 'resident') { location.hash = `#visit-${draft.visit.key}/person-${id}`; return; }
            added = id;
            if (type === 'benefit' && step !== 'benefits') {
                location.hash = `#visit-${draft.visit.key}/benefits`;
                return;
            }
            again();
            focusAdded();
        }, '');
        const remove = (id, words) => button(words, async () => {
            if (!confirm(say('Bỏ mục vừa thêm này?', 'Remove what you just added?'))) return;
            await note(['remove', id]);
            if (id === person) location.hash = `#visit-${draft.visit.key}/members`; else again();
        }, 'danger');
        const current = formOf();
        const taken = (one) => (one.type === 'benefit' ? say(
            `Bỏ khoản vừa thêm của ${current.name(one.of)[0]}`, `Remove the pension or allowance added for ${current.name(one.of)[1]}`)
            : say('Bỏ tài khoản vừa thêm', 'Remove the added account'));
        const parts = [];
        if (step === 'members') {
            parts.push(add('resident', draft.visit.household, say('+ Thêm người', '+ Add a person')));
        }
        if (person) {
            parts.push(
                ...current.mayHaveAccount(person)
                    ? [add('payment_account', person, say('+ Tài khoản thanh toán', '+ Payment account'))] : [],
                add('benefit', person, say('+ Lương hưu, trợ cấp', '+ Pension or allowance')));
            if (person.startsWith('0000000000000000-')) {
                parts.push(remove(person, say('Bỏ người này', 'Remove this person')));
            }
        }
        // What was added by mistake goes from where it stands.
        for (const one of current.added) {
            const isHere = step === 'benefits' ? one.type === 'benefit' : one.of === person && one.type !== 'resident';
            if (isHere) parts.push(remove(one.id, taken(one)));
        }
        return parts.length > 0 ? make('div', { class: 'actions' }, parts) : null;
    }

    Object.assign(ways, { showStep });

    return { showVisit, focusAdded };
})();
