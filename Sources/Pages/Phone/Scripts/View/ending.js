'use strict';

/*
 * The end of a visit: what is still missing, and what becomes of it.
 */
globalThis.DoorstepEnding = (() => {
    const { say, label, many } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, link, button } = globalThis.DoorstepParts;
    const { Form } = globalThis.DoorstepForm;
    const phone = globalThis.DoorstepPhone;
    const { hand, ways, root, now, today, household } = globalThis.DoorstepHand;
    const { show, tellNext } = globalThis.DoorstepFrame;
    const { draft, keep, showBar, beginWith, renumbered, formOf } = globalThis.DoorstepKeeping;

    function showEnd(current) {
        const needed = current.missing(2);
        const open = current.missing();
        const faulty = current.faulty.map((question) => {
            const record = current.record(question.slice(0, question.indexOf('.')));
            const { text } = current.fault(question).problems.find((one) => one.blocks);
            return { step: current.pageOf(question), words: `${label(current.name(record.id))}: ${label(text)}` };
        });
        const items = (all) => make('ul', { class: 'list' }, all.slice(0, 60).map((one) =>
            make('li', { class: 'item' }, link(`#visit-${draft.visit.key}/${one.step}`,
                one.words ?? `${label(one.record)}: ${label(one.label)}`))));
        return [
            needed.length > 0 ? notice('bad', paragraph(say(
                'Còn thiếu, chưa kết thúc được:', 'Still missing before the visit can be finished:')), items(needed)) : null,
            faulty.length > 0 ? notice('bad', paragraph(say(
                'Cần sửa trước khi kết thúc:', 'To be put right before the visit can be finished:')), items(faulty)) : null,
            declinedCard(current), namedCard(current),
            open.length > 0 ? make('details', { class: 'card' },
                make('summary', {}, say(`${open.length} câu chưa trả lời`, `${many(open.length, 'question', 'questions')} without an answer`)),
                items(open)) : null,
            make('div', { class: 'actions' },
                button(say('Bỏ lượt đến này', 'Discard this visit'), giveUp, 'danger')),
        ];
    }

    /** What will not be saved, so that nobody believes it was. */
    function declinedCard({ declined, isInterview }) {
        if (declined.length === 0) return null;
        const title = isInterview
            ? say('Không ghi: hộ không đồng ý', 'Not saved: the household does not agree')
            : say('Không ghi: hộ từ chối cả buổi', 'Not saved: the household refused all of it');
        return make('section', { class: 'card', id: 'declined' }, make('h2', {}, title),
            make('ul', { class: 'open' }, declined.map((one) => make('li', {},
                make('b', {}, `${label(one.record)}: `), label(one.label)))));
    }

    /** Whose name goes into the note, because nothing else is known of them. */
    function namedCard(current) {
        const named = current.added.map((one) => current.record(one.id)).filter((one) => current.isOnlyNamed(one));
        return named.length === 0 ? null : notice('', paragraph(say(
            'Mới biết tên, ghi vào ghi chú của lượt đến: ', 'Known by name only, goes into the note of the visit: ')
            + named.map((one) => label(current.name(one.id))).join(', ')));
    }

    async function end() {
        await keep();
        if (draft.unkept.length > 0) return;
        const before = { ...draft.visit };
        draft.visit.ended = Math.max(now(), draft.visit.begun);
        draft.visit.clock = { ...draft.visit.clock, ended: phone.stamp() };
        draft.visit.state = 'finished';
        draft.visit.problems = [];
        draft.visit.message = null;
        await keep();
        if (root.dataset.kept === undefined) {
            // Not written: it goes on as it was, and the page says so.
            if (draft.visit.state === 'finished') Object.assign(draft.visit, { ...before, revision: draft.visit.revision });
            return;
        }
        if (draft.visit.state !== 'finished') return;
        tellNext(say('Đã ghi trên điện thoại. Lượt đến tự gửi khi gặp máy thôn.',
            'Recorded on the phone. It will be sent automatically once the node is in reach.'));
        location.hash = '#';
        phone.refresh({});
    }

    async function giveUp() {
        const asks = say('Bỏ tất cả những gì đã ghi của lượt đến này?',
            'Discard everything recorded in this visit?');
        if (!confirm(asks)) return;
        await draft.keeping;
        if (await isNeeded(draft.visit)) {
            alert(say(
                'Lượt đến sau của hộ này hỏi về người mới thêm ở lượt này: sửa rồi gửi lượt này, hoặc bỏ lượt sau trước.',
                'A later visit to this household is about a person added in this one: correct and send this one, or discard the later one first.'));
            return;
        }
        draft.unkept = [];
        // With what another tab may have added.
        await hand.vault.forget(await hand.vault.visit(draft.visit.key) ?? draft.visit);
        location.hash = '#';
    }

    /** Whether a later visit speaks of what this one adds: without it the node could never take that. */
    async function isNeeded({ key }) {
        const origin = `${BigInt(key).toString(16).padStart(16, '0')}-`;
        return (await hand.vault.visits()).some(
            (one) => one.after?.includes(key) && JSON.stringify(one.inputs).includes(origin));
    }

    /** What another tab's end has left over begins a visit of its own. */
    async function beginAnew(house) {
        const visits = await hand.vault.visits();
        const inputs = draft.unkept.filter((one) => !['confirm', 'pass'].includes(one[0]));
        const there = new Form(hand.form, house, [], today());
        await beginWith(house, renumbered(inputs, there), visits, () => beginAnew(house));
    }

    /** What was typed here after another tab ended the visit: named, and the way to record it. */
    function showEnded() {
        showBar();
        const here = formOf();
        // Of each question what was typed last.
        const last = new Map(draft.unkept.filter((one) => ['answer', 'section'].includes(one[0]))
            .map((one) => [one[1], one]));
        const words = [...last.values()].map(([, id, text]) => {
            const record = id.slice(0, id.indexOf('.'));
            const field = here.field(id)?.l ?? here.sections.find(
                (one) => one.n === id.slice(id.indexOf('.') + 1))?.l;
            return make('li', {}, `${label(here.name(record))} – ${field ? label(field) : ''}: ${text}`);
        });
        const house = household(draft.visit.household);
        show(say('Lượt đến đã kết thúc', 'This visit is finished'),
            notice('bad', paragraph(say(
                'Lượt đến này đã kết thúc ở thẻ khác. Điều vừa ghi ở đây chưa được giữ:',
                'This visit was finished in another tab. What you just entered here is not saved:')),
            make('ul', {}, words)),
            make('div', { class: 'actions' },
                house ? button(say('Ghi vào một lượt đến mới', 'Record it in a new visit'),
                    () => beginAnew(house), 'main') : null,
                button(say('Bỏ', 'Discard it'), () => {
                    draft.unkept = [];
                    location.hash = '#outbox';
                })));
        root.dataset.shown = 'ended';
    }

    Object.assign(ways, { showEnded });

    return { showEnd, end };
})();
