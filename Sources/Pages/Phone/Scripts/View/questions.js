'use strict';

/*
 * Questions of a visit, each with its answer, and what is to be said of that.
 */
globalThis.DoorstepQuestions = (() => {
    const { say, label } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, button, badge, sentence, day,
        choiceButton, lineText, keyboard, isLong } = globalThis.DoorstepParts;
    const { folded } = globalThis.DoorstepTexts;
    const { isMasked } = globalThis.DoorstepNumbers;
    const { shown } = globalThis.DoorstepReading;
    const { likelyMatches } = globalThis.DoorstepMatches;
    const { hand, today, headOf, placeOf } = globalThis.DoorstepHand;
    const { noteTyped, hasTyped, whenFree } = globalThis.DoorstepFrame;
    const { draft, keep, note, formOf } = globalThis.DoorstepKeeping;
    const { said, factsOf } = globalThis.DoorstepHouse;

    /** What somebody can be known by. */
    const telling = ['full_name', 'birth', 'personal_id', 'old_cmnd'];

    const reasons = {
        personalID: ['cùng số định danh', 'the same personal number'],
        oldNumber: ['cùng số CMND', 'the same old ID number'],
        nameAndBirth: ['cùng tên và ngày sinh', 'the same name and date of birth'],
        nameYearAndHousehold: ['cùng tên, cùng năm sinh', 'the same name and year of birth'],
    };

    /** Who of the phone's list a new person may be, while somebody types. */
    function matchesOf(person) {
        if (!person?.startsWith('0000000000000000-') || !hand.list) return [];
        const current = formOf();
        const found = likelyMatches(hand.list.households, draft.visit.packet.scope, current.values(person));
        if (found.length === 0) return [];
        return [notice('bad',
            paragraph(say(
                `${current.name(person)[0]} có thể đã có trong danh sách:`,
                `${current.name(person)[1]} may be on the list already:`)),
            make('ul', {}, found.map(({ house, record, reason }) => make('li', {},
                make('b', {}, record.v.full_name ?? ''), ' ',
                [record.v.birth?.slice(0, 4), headOf(house), placeOf(house)].filter(Boolean).join(' · '),
                ' – ', label(reasons[reason])))),
            paragraph(say(
                'Nếu là cùng một người: bỏ người vừa thêm; chuyển người đó về hộ này trên trang của máy thôn.',
                'If this is the same person: remove the one you added, and move the recorded person to this household on the node\u2019s page.')))];
    }

    const problemOf = (question) => draft.visit.problems.find((one) => one.question === question);

    /** A number that fits something not, and the way to say that the card has it so. */
    const doubtBox = (person, doubts, again) => (doubts.length === 0 ? [] : [notice('',
        doubts.map((words) => paragraph(`${label(words)}.`)),
        paragraph(say('Nếu thẻ ghi đúng như vậy:', 'If the card says exactly this:')),
        button(say('Không khớp, đã đối chiếu với thẻ', 'Does not match, checked on the card'), async () => {
            await note(['answer', `${person}.personal_id_checked_on`, today(), false]);
            again();
        }, null, { id: 'checked' }))]);

    /** Each person in one line, opened where something is to be said. */
    function showMember(group, current, again) {
        const [{ id: question }] = group.questions;
        const id = question.slice(0, question.indexOf('.'));
        const values = current.values(id);
        const isOpen = group.questions.some((one) => problemOf(one.id) || blocking(current.fault(one.id))
            || current.answers.has(one.id) || one.field.r && one.value === null);
        return make('details', { class: 'card', open: isOpen, id: `g.${id}` },
            make('summary', {}, make('b', {}, label(current.name(id))),
                make('span', { class: 'hint' }, ` ${factsOf({ v: { ...values, presence: null } })} `),
                badge('', said({ v: values }, 'presence'))),
            group.questions.map((one) => showQuestion(one, current, again)));
    }

    const blocking = (fault) => Boolean(fault?.problems.some((one) => one.blocks));

    function showGroup(group, current, again) {
        const isWrong = (one) => Boolean(problemOf(one.id)) || blocking(current.fault(one.id));
        const open = group.questions.filter((one) => !one.isFolded || isWrong(one));
        const folded = group.questions.filter((one) => !open.includes(one));
        // Where nothing is to be asked, there is nothing but its name.
        const isQuiet = group.answers.length === 0 && open.length === 0;
        const parts = [
            group.hint ? paragraph(label(group.hint), 'hint') : null,
            group.answers.length > 0 ? make('div', { class: 'answers', role: 'group', 'aria-label': label(group.title) },
                group.answers.map((answer) => choiceButton(
                    label(answer.l), answer.isChosen, `${group.id}.${answer.k}`,
                    async () => { await note(['section', group.id, answer.k]); again(); }))) : null,
            (isQuiet ? folded : open).map((one) => showQuestion(one, current, again)),
            folded.length > 0 && !isQuiet ? make('details', {},
                make('summary', {}, say('Chi tiết', 'Details'),
                    make('span', { class: 'hidden' }, `: ${label(group.title)}`)),
                folded.map((one) => showQuestion(one, current, again))) : null,
        ];
        if (isQuiet || group.isFolded) {
            return make('details', { class: 'card', open: group.questions.some(isWrong) },
                make('summary', {}, label(group.title)), ...parts.flat());
        }
        const isSaidBelow = group.questions.length === 1
            && group.questions[0].field.l[0] === group.title[0];
        return make('section', { class: 'card' },
            isSaidBelow ? null : make('h2', {}, label(group.title),
                group.isSettled ? [' ', badge('good', say('đã hỏi', 'asked'))] : null), ...parts.flat());
    }

    /** Questions whose answers are large, one below the other. */
    const tall = ['outcome', 'respondent_kind', 'refusal_scope'];

    function showQuestion(question, current, again) {
        const { field, id, value } = question;
        const isNeeded = field.r === 1 && question.isNeeded && value === null;
        const title = [label(field.l), field.r === 2 || isNeeded ? make('span', { class: 'need' },
            field.r === 2 ? say(' (bắt buộc)', ' (required)') : say(' (cần hỏi)', ' (to ask)')) : null];
        const give = (text, accepts = false) => giveAnswer(question, text, accepts, again);
        const { notes, described } = notesOn(question, current, again);
        const choices = choicesOf(question, current);
        if (field.k === 'choices') {
            const codes = new Set(String(value ?? '').split(',').filter(Boolean));
            return make('fieldset', { class: 'question', ...described }, make('legend', {}, title), notes,
                choices.map(([code, vi, en]) => make('label', { class: 'check' },
                    make('input', {
                        type: 'checkbox', id: `${id}.${code}`, checked: codes.has(code), onchange: async (event) => {
                            if (event.target.checked) codes.add(code); else codes.delete(code);
                            await give([...codes].sort().join(','));
                            again();
                        },
                    }), make('span', {}, say(vi, en)))));
        }
        // Why not is a tap, however many reasons there are.
        const isReason = /(^|_)reason$/.test(field.n);
        if (choices && (choices.length <= 9 || isReason)) {
            return make('fieldset', { class: 'question', ...described }, make('legend', {}, title), notes,
                make('div', { class: tall.includes(field.n) || isReason ? 'answers tall' : 'pills' },
                    choices.map(([code, vi, en]) => choiceButton(
                        say(vi, en), value === code, `${id}.${code}`, async () => {
                            // Tapping what is right says it again, of today.
                            await give(code);
                            again();
                        }))),
                current.answers.has(id) && value !== null ? button(
                    say('Bỏ câu trả lời', 'Clear the answer'),
                    async () => { await give(''); again(); }, 'link') : null);
        }
        const input = choices
            ? make('select', { id, ...described, onchange: async (event) => {
                await give(event.target.value);
                again();
            } }, make('option', { value: '' }, ''), ...choices.map(([code, vi, en]) =>
                make('option', { value: code, selected: value === code }, say(vi, en))))
            : typedInput(question, described, give, again);
        return make('div', { class: 'field' }, make('label', { for: id }, title), notes,
            proposals(question, give, again), input);
    }

    function giveAnswer({ field, id }, text, accepts, again) {
        if (field.n === 'given_how' && text && hand.spoken) note(['told', hand.spoken.version]);
        const person = id.slice(0, id.indexOf('.'));
        // A number whose middle is hidden never stood in the line: an empty line takes nothing away.
        const isHidden = isMasked(draft.visit.packet.records.find((one) => one.id === person)?.v[field.n]);
        const kept = note(isHidden && text.trim() === '' ? ['undo', id] : ['answer', id, text, accepts]);
        if (telling.includes(field.n)) {
            document.querySelector('#matches')?.replaceChildren(...matchesOf(person));
            document.querySelector('#doubts')?.replaceChildren(
                ...doubtBox(person, formOf().numberDoubts(person), again));
        }
        return kept;
    }

    /** What is to be said of an answer where it stands; `described` ties the input to it. */
    function notesOn(question, current, again) {
        const { field, id, value } = question;
        const problem = problemOf(id);
        const fault = problem ? null : current.fault(id);
        // What does not fit between a number and its person stands above all questions.
        const found = (fault?.problems ?? []).filter((one) => one.blocks || field.k !== 'id');
        const words = [...(problem ? [{ blocks: true, text: problem.text }] : []), ...found];
        const proposal = problem?.proposal ?? (fault?.proposal ? shown(field, fault.proposal) : null);
        const isHidden = isMasked(value);
        const notes = [
            question.isDisputed ? paragraph(say(
                'Đang có hai câu trả lời khác nhau: hỏi lại',
                'Two different answers are recorded: ask again'), 'hint') : null,
            isHidden ? make('p', { class: 'hint', id: `${id}-hint` }, say(
                `Đang ghi: ${value}. Thẻ ghi khác thì gõ lại cả số.`,
                `Recorded: ${value}. If the card differs, type the whole number.`)) : null,
            /^\d{12}$/.test(value) && field.k === 'id' ? make('p', { class: 'hint' },
                `${value.slice(0, 3)} ${value[3]} ${value.slice(4, 6)} ${value.slice(6)}`) : null,
            words.length > 0 ? make('div', { id: `${id}-error` }, words.map((one) => paragraph(
                sentence(label(one.text)), one.blocks ? 'error' : 'warning'))) : null,
            proposal ? button(`${say('Đúng, ghi như vậy:', 'Yes, record:')} ${label(proposal)}`, async () => {
                const typed = draft.visit.inputs.findLast((one) => one[0] === 'answer' && one[1] === id)?.[2];
                await giveAnswer(question, typed ?? String(value ?? ''), true, again);
                again();
            }, null, { id: `${id}-accept` }) : null,
        ];
        const ids = [isHidden ? `${id}-hint` : null, words.length > 0 ? `${id}-error` : null].filter(Boolean);
        return {
            notes,
            described: {
                'aria-describedby': ids.length > 0 ? ids.join(' ') : null,
                'aria-invalid': words.some((one) => one.blocks) ? 'true' : null,
            },
        };
    }

    function typedInput({ field, id, value }, described, give, again) {
        const settle = () => { if (hasTyped()) keep().then(() => whenFree(() => hasTyped() && again())); };
        const shared = {
            id, ...described, ...keyboard(field),
            oninput: (event) => {
                noteTyped();
                give(event.target.value);
            },
            // Another question may be asked now; not while somebody still types in this line.
            onchange: settle,
            onblur: settle,
        };
        if (!isLong(field)) return make('input', { ...shared, value: lineText(field, value) });
        return make('textarea', { ...shared, type: null, rows: 3 }, lineText(field, value));
    }

    /** What is answered most often, as buttons: a day to call again, a small number. */
    function proposals({ field, id, value }, give, again) {
        const choice = (code, words) => choiceButton(words, String(value ?? '') === code, `${id}.${code}`,
            async () => { await give(code); again(); });
        if (field.n === 'next_on') {
            const days = [[1, say('Ngày mai', 'Tomorrow')], [2, say('Ngày kia', 'The day after tomorrow')],
                [7, say('Tuần sau', 'In a week')]];
            return make('div', { class: 'answers tall' }, days.map(([count, words]) => {
                const date = new Date(Date.parse(today()) + count * 86400000).toISOString().slice(0, 10);
                return choice(date, `${words}, ${day(date)}`);
            }));
        }
        if (field.n === 'idcard_expires_on') {
            const days = formOf().expiries(id.slice(0, id.indexOf('.')));
            return days.length === 0 ? null : make('div', { class: 'answers' },
                days.map((date) => choice(date, label(shown(field, date)))));
        }
        if (field.k !== 'number' || field.m[0] !== 0) return null;
        return make('div', { class: 'pills', role: 'group', 'aria-label': label(field.l) },
            ['0', '1', '2', '3', '4'].map((number) => choice(number, number)));
    }

    /** `[code, vi, en]`; nil for what is typed. */
    function choicesOf({ field, id, value }, current) {
        if (field.k === 'person') {
            return current.peopleFor(field, id.slice(0, id.indexOf('.')), value)
                .map((one) => [one.id, ...current.name(one.id)]);
        }
        return field.o ? current.offered(field, value) : null;
    }

    return { blocking, problemOf, matchesOf, doubtBox, showMember, showGroup };
})();
