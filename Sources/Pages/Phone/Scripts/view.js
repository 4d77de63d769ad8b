'use strict';

/*
 * The pages of a phone that is away from its node: list, household, visit, outbox.
 *
 * Every input is kept before anything else happens; what is shown is made anew from what is kept.
 * Texts go into the page as text alone.
 */
(() => {
    const { Form, prepared, folded, likelyMatches } = globalThis.DoorstepForm;
    const phone = globalThis.DoorstepPhone;
    const { say } = phone;
    const root = document.querySelector('#phone');
    const label = (pair) => say(pair[0], pair[1]);

    // Building

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
    const link = (hash, words, name) => make('a', { href: hash, class: name }, words);
    const button = (words, onclick, name, more = {}) =>
        make('button', { type: 'button', class: name, onclick, ...more }, words);

    function show(title, ...children) {
        // Names of residents are for the page, not for the browser's history.
        document.title = 'Doorstep';
        const heading = document.querySelector('h1');
        heading.textContent = title;
        heading.tabIndex = -1;
        const focus = document.activeElement?.id;
        root.replaceChildren(...children.flat().filter(Boolean));
        if (focus) document.getElementById(focus)?.focus();
    }

    // What is at hand

    let vault = null;
    let list = null;
    let form = null;
    /** What has just been done, told once. */
    let told = null;

    const now = () => Date.now() + (list?.offset ?? 0);
    const today = () => new Date(now() + 7 * 3600000).toISOString().slice(0, 10);

    const day = (text) => text?.replace(/^(\d{4})-(\d\d)-(\d\d)(.*)$/, '$3/$2/$1');

    function time(milliseconds) {
        const local = new Date(milliseconds + 7 * 3600000).toISOString();
        return `${local.slice(11, 16)} ${day(local.slice(0, 10))}`;
    }

    /** Letters without the keys of tones and marks of Telex: what the node's search leaves out too. */
    const withoutTelex = (text) => text.split(' ').map((word) => {
        if (!/^[a-z]+$/.test(word)) return word;
        let letters = '';
        for (const letter of word) {
            if (/[aeiouy]/.test(letters) && 'sfrxjzw'.includes(letter)) continue;
            if (letter === letters.at(-1) && 'aeod'.includes(letter)) continue;
            letters += letter;
        }
        return letters;
    }).join(' ');

    const household = (id) => list?.households.find((one) => one.id === id);

    const headOf = (house) =>
        house.head ?? house.code ?? say('Chưa rõ chủ hộ', 'Head not known');

    const placeOf = (house) => house.address ?? house.group ?? '';

    // The list

    const states = {
        'not-visited': ['chưa đến', 'not visited'],
        'away': ['vắng', 'nobody home'],
        'call-again': ['hẹn lại', 'call again'],
        'partial': ['hỏi chưa hết', 'partly asked'],
        'done': ['đã xong', 'done'],
    };

    const outcomeQuestion = '0000000000000000-1.outcome';

    let search = '';
    let filter = 'all';

    async function showList() {
        if (!list) {
            show(say('Hôm nay', 'Today'), paragraph(say(
                'Điện thoại này chưa có danh sách. Mở trang này khi ở gần máy thôn.',
                'This phone has no list yet. Open this page while the node is in reach.')));
            return;
        }
        const visits = await vault.visits();
        // The last of each household: the node's list does not know of it yet.
        const begun = new Map(visits.map((one) => [one.household, one]));
        const ended = [...begun.values()].filter((one) => one.state !== 'open'
            && household(one.household) && outcomeState(one) === 'done');
        const progress = `${list.done + ended.length}/${list.total}`;
        const results = make('div', {});
        const fill = () => results.replaceChildren(...rows(begun));
        const field = make('input', {
            id: 'search', type: 'search', value: search, autocomplete: 'off',
            oninput: (event) => { search = event.target.value; fill(); },
        });
        const choice = make('select', {
            id: 'filter', onchange: (event) => { filter = event.target.value; fill(); },
        }, ...[['all', say('Mọi hộ', 'All')], ...Object.entries(states)
            .filter(([code]) => code !== 'done').map(([code, words]) => [code, label(words)]),
        ['lacking', say('còn thiếu', 'lacking something')]].map(([code, words]) =>
            make('option', { value: code, selected: code === filter }, words)));
        fill();
        const old = list.left > 0 ? [notice('', paragraph(say(
            `${list.left} hộ nữa không mang theo được.`,
            `${list.left} more households do not fit on the phone.`)))] : [];
        show(
            say('Hôm nay', 'Today'), tellOnce(), old,
            make('p', { class: 'progress' }, make('b', {}, progress), ' ', say(
                `hộ đã xong · danh sách lúc ${time(list.now)}`,
                `households done · list of ${time(list.now)}`)),
            make('div', { class: 'field' },
                make('label', { for: 'search' }, say('Tìm tên, địa chỉ', 'Name or address')), field),
            make('div', { class: 'field' },
                make('label', { for: 'filter' }, say('Lọc', 'Show')), choice),
            results,
            make('div', { class: 'actions' },
                link('#outbox', say('Đã ghi trên điện thoại', 'Recorded on this phone'), 'button'),
                leaveLink()),
            root.dataset.met === 'away' && navigator.onLine ? certificateHint() : null);
    }

    /** A node that was made anew shows another certificate, which looks like no node at all. */
    const certificateHint = () => make('p', { class: 'hint' }, say(
        'Ở ngay gần máy thôn mà không gặp được? Máy có thể đã đổi chứng thư: ',
        'Right beside the node and not in reach? Its certificate may have changed: '),
    make('a', { href: '/trust' }, say('mở trang tin cậy', 'open the page about trust')), '.');

    /** What a visit on this phone makes of its household. */
    function outcomeState(visit) {
        const outcome = visit.inputs.findLast(
            (one) => one[0] === 'answer' && one[1] === outcomeQuestion)?.[2];
        return {
            'no-contact': 'away', 'inaccessible': 'away', 'postponed': 'call-again',
            'partial': 'partial',
        }[outcome] ?? (outcome ? 'done' : null);
    }

    /** As the list shows it: by the last visit on this phone, else as the node said. */
    const stateOf = (house, visit) =>
        (visit && visit.state !== 'open' ? outcomeState(visit) : null) ?? house.state;

    const isLacking = (house) => house.records.some((one) => one.lacks.length > 0);

    /** Everything that a household is found by; numbers of phones and papers without their gaps. */
    function searched(house) {
        const people = house.records.filter((one) => one.t === 'resident').map((one) => one.v);
        const numbers = [
            ...house.phones.map(([, number]) => number),
            ...people.flatMap((one) => [one.phone, one.personal_id, one.old_cmnd]),
        ].filter(Boolean).map((number) => String(number).replace(/[^0-9]/g, ''));
        return folded([headOf(house), placeOf(house), house.code ?? '',
            ...people.map((one) => one.full_name ?? ''), ...numbers].join(' '));
    }

    /** Where the words as typed find nothing, an input method that was off may have left its keys. */
    function matches(houses) {
        const plain = folded(search).replace(/(\d)[ .-](?=\d)/g, '$1');
        const find = (words) => houses.filter(
            (house) => words.every((word) => searched(house).includes(word)));
        const found = find(plain.split(' ').filter(Boolean));
        return found.length > 0 ? found : find(withoutTelex(plain).split(' ').filter(Boolean));
    }

    function rows(begun) {
        const found = matches(list.households.filter((house) => filter === 'all'
            || (filter === 'lacking' ? isLacking(house)
                : stateOf(house, begun.get(house.id)) === filter)));
        if (found.length === 0) return [paragraph(say('Không có hộ nào.', 'No household.'))];
        const groups = new Map();
        for (const house of found) {
            const name = [house.place, house.group].filter(Boolean).join(', ');
            if (!groups.has(name)) groups.set(name, []);
            groups.get(name).push(house);
        }
        return [...groups].flatMap(([name, houses]) => [
            make('h2', {}, name),
            make('ul', { class: 'list' }, houses.map((house) => row(house, begun.get(house.id)))),
        ]);
    }

    const visitStates = {
        open: ['đang ghi', 'begun'], finished: ['chưa gửi', 'not sent'],
        sent: ['đã gửi', 'sent'], refused: ['cần sửa', 'to be mended'],
        undecided: ['cần quyết', 'to be decided'], differs: ['cần sửa', 'to be mended'],
    };

    /** What came of a visit, and where it is. */
    const standing = (visit) => [label(states[outcomeState(visit)] ?? ['', '']),
        label(visitStates[visit.state])].filter(Boolean).join(', ');

    function row(house, visit) {
        const state = visit?.state;
        const words = !visit ? label(states[house.state] ?? ['', ''])
            : state === 'open' ? label(visitStates.open) : standing(visit);
        const isDue = !state && house.due && house.due <= today();
        const isWrong = ['refused', 'differs', 'undecided'].includes(state);
        const tone = state === 'sent' ? 'good' : isWrong || isDue ? 'bad' : '';
        return make('li', { class: 'item' }, make('a', { href: `#house-${house.id}` },
            make('b', {}, headOf(house)),
            make('span', {}, [house.address, say(`${house.people} người`, `${house.people} people`)]
                .filter(Boolean).join(' · ')),
            make('span', { class: `badge ${tone}` },
                house.due && !state ? `${words} ${day(house.due)}` : words)));
    }

    function tellOnce() {
        const words = told;
        told = null;
        return words ? [notice('good', paragraph(words))] : [];
    }

    // A household

    async function showHouse(id) {
        const house = household(id);
        if (!house) {
            show(say('Không có hộ này', 'No such household'), paragraph(say(
                'Hộ này không có trong danh sách trên điện thoại.',
                'This household is not in the list on this phone.')), backToList());
            return;
        }
        const visits = (await vault.visits()).filter((one) => one.household === id);
        const people = house.records.filter((one) => one.t === 'resident');
        const own = house.records.find((one) => one.id === id);
        show(
            headOf(house),
            make('p', {}, [house.place, placeOf(house)].filter(Boolean).join(', ')),
            house.at ? paragraph(say(
                `Lần trước: ${day(house.at.slice(0, 10))}, ${house.by ?? ''}`,
                `Last visit: ${day(house.at.slice(0, 10))}, ${house.by ?? ''}`),
            house.last ? `: ${label(house.last)}` : '') : null,
            house.note ? make('blockquote', {}, house.note) : null,
            house.draft ? notice('', paragraph(say(
                'Anh/chị đang ghi dở một lượt đến hộ này trên máy thôn: ghi tiếp khi ở gần máy.',
                'You have begun a visit of this household at the node: go on with it near the node.')),
            make('a', { href: `/visit/${house.draft}` }, say('Mở trên máy thôn', 'Open at the node'))) : null,
            visits.filter((one) => !isWritten(one)).map((one) => paragraph(
                `${time(one.begun)}: ${standing(one)}`, 'hint')),
            make('div', { class: 'actions' }, begin(house, visits)),
            calls(house, ''),
            own.lacks.length > 0 ? make('section', { class: 'card' },
                make('h2', {}, say('Cả hộ', 'The household')), lacks(own)) : null,
            people.map((person) => make('section', { class: 'card' },
                make('h2', {}, person.v.full_name ?? say('Chưa rõ tên', 'Name not known')),
                person.v.birth ? paragraph(say('Sinh ', 'Born ') + day(person.v.birth)) : null,
                lacks(person), calls(house, person.v.full_name))),
            make('div', { class: 'actions' }, backToList()));
    }

    /** Numbers of the household itself where the owner is empty. */
    const calls = (house, owner) => {
        const own = house.phones.filter(([name]) => name === owner);
        return own.length === 0 ? null : make('div', { class: 'actions' }, own.map(([, number]) =>
            make('a', { href: `tel:${number.replace(/[^0-9+]/g, '')}` },
                `${say('Gọi', 'Call')} ${number}`)));
    };

    const lacks = (record) => record.lacks.length === 0 ? null : make('div', {},
        paragraph(say('Còn thiếu:', 'Lacks:'), 'hint'),
        make('ul', { class: 'lacks' }, record.lacks.map((one) => make('li', {}, label(one)))));

    const backToList = () => link('#', say('Về danh sách', 'Back to the list'));

    /** Whether somebody still writes at it. */
    const isWritten = (visit) => ['open', 'refused'].includes(visit.state);

    function begin(house, visits) {
        const open = visits.find(isWritten);
        if (open) {
            return link(`#visit-${open.key}`, say('Ghi tiếp lượt đến', 'Go on with the visit'),
                'button');
        }
        const words = visits.length > 0 || house.draft
            ? say('Lượt đến mới', 'Another visit') : say('Bắt đầu lượt đến', 'Begin a visit');
        return button(words, () => beginWith(house, []), visits.length > 0 ? '' : 'main');
    }

    function beginWith(house, inputs) {
        const number = crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n;
        visit = {
            key: String(number || 1n), household: house.id, packet: house,
            token: list.tokens[house.scope], begun: now(), ended: 0, inputs, state: 'open',
            problems: [], message: null,
        };
        unkept = [...inputs];
        isEnded = false;
        return keep().then(() => { location.hash = `#visit-${visit.key}`; });
    }

    // A visit

    /** The visit on screen, and the keeping of it: one write after the other, the last state last. */
    let visit = null;
    let keeping = null;
    let isStale = false;
    /** Inputs of this tab that are not kept yet. */
    let unkept = [];
    /** Another tab has ended it. */
    let isEnded = false;

    /** Resolves when everything that was typed so far is kept, or the page says that it is not. */
    function keep() {
        isStale = true;
        delete root.dataset.kept;
        keeping ??= (async () => {
            try {
                while (isStale) {
                    isStale = false;
                    const count = unkept.length;
                    if (await vault.keep(visit)) unkept.splice(0, count);
                    else if (!await rejoin()) return;
                }
                root.dataset.kept = String(visit.inputs.length);
                tellUnkept(null);
            } catch (error) {
                tellUnkept(error);
            } finally {
                keeping = null;
            }
        })();
        return keeping;
    }

    /** Nothing may hide that something is not kept: the bar stays until it is. */
    function showBar(...children) {
        document.querySelector('#unkept')?.remove();
        if (children.length === 0) return;
        const bar = notice('bad', ...children);
        bar.id = 'unkept';
        root.after(bar);
    }

    function tellUnkept(error) {
        if (!error) { showBar(); return; }
        showBar(paragraph(say(
            'Điện thoại không ghi được (đầy bộ nhớ?): đừng đóng trang này, xóa bớt ảnh hay ứng dụng rồi thử lại.',
            'The phone cannot write (is its memory full?): leave this page open, free some room, then try again.')),
        paragraph(String(error.name ?? error), 'hint'),
        button(say('Thử lại', 'Try again'), async () => {
            await phone.makeRoom().catch(() => null);
            await keep();
        }));
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

    const isTyping = () =>
        Boolean(document.activeElement?.matches('#phone input:not([type=checkbox])'));

    addEventListener('beforeunload', (event) => {
        if (unkept.length > 0) event.preventDefault();
    });

    /**
     * Another tab has kept the same visit meanwhile: what this one has not kept yet goes behind what
     * stands there. False where the visit has ended there: then nothing is put on top of it.
     */
    async function rejoin() {
        const fresh = await vault.visit(visit.key);
        if (!fresh || !isWritten(fresh)) {
            isEnded = true;
            // Whoever types ends his line first.
            if (isTyping()) {
                showBar(paragraph(say(
                    'Lượt đến này đã kết thúc ở thẻ khác: điều đang gõ chưa được giữ.',
                    'Another tab has ended this visit: what you type is not kept yet.')));
            } else {
                showEnded();
            }
            return false;
        }
        const there = new Form(form, fresh.packet, fresh.inputs, today());
        unkept = renumbered(unkept, there);
        visit = fresh;
        for (const input of unkept) apply(input);
        isStale = true;
        const [, step] = wanted().split('/');
        const steps = formOf().steps;
        showStep(steps.includes(step) ? step : formOf().nextOpen);
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

    /** What was typed here after another tab ended the visit: named, and the way to record it. */
    function showEnded() {
        showBar();
        const here = formOf();
        // Of each question what was typed last.
        const last = new Map(unkept.filter((one) => ['answer', 'section'].includes(one[0]))
            .map((one) => [one[1], one]));
        const words = [...last.values()].map(([, id, text]) => {
            const record = id.slice(0, id.indexOf('.'));
            const field = here.field(id)?.l ?? here.sections.find(
                (one) => one.n === id.slice(id.indexOf('.') + 1))?.l;
            return make('li', {}, `${label(here.name(record))} – ${field ? label(field) : ''}: ${text}`);
        });
        const house = household(visit.household);
        show(say('Lượt đến đã kết thúc', 'The visit has ended'),
            notice('bad', paragraph(say(
                'Lượt đến này đã kết thúc ở thẻ khác. Điều vừa ghi ở đây chưa được giữ:',
                'Another tab has ended this visit. What was just recorded here is not kept:')),
            make('ul', {}, words)),
            make('div', { class: 'actions' },
                house ? button(say('Ghi vào một lượt đến mới', 'Record it in another visit'), () => {
                    const inputs = unkept.filter((one) => !['confirm', 'pass'].includes(one[0]));
                    return beginWith(house, renumbered(inputs, new Form(form, house, [], today())));
                }, 'main') : null,
                button(say('Bỏ', 'Leave it'), () => {
                    unkept = [];
                    location.hash = '#outbox';
                })));
        root.dataset.shown = 'ended';
    }

    function note(input) {
        unkept.push(input);
        apply(input);
        return keep();
    }

    function apply(input) {
        const last = visit.inputs.at(-1);
        const isSame = last?.[0] === 'answer' && input[0] === 'answer' && last[1] === input[1];
        if (isSame) visit.inputs.pop();
        visit.inputs.push(input);
        if (visit.state === 'refused') visit.state = 'open';
        visit.problems = visit.problems.filter((one) => one.question !== input[1]);
    }

    const formOf = () => new Form(form, visit.packet, visit.inputs, today());

    async function showVisit(key, wanted) {
        // What is not kept yet is only here.
        if (visit?.key !== key || unkept.length === 0) {
            visit = await vault.visit(key);
            isEnded = false;
        }
        if (!visit) {
            show(say('Không có lượt đến này', 'No such visit'), backToList());
            return;
        }
        if (!isWritten(visit)) {
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
        if (isEnded) { showEnded(); return; }
        const current = formOf();
        const again = () => showStep(step);
        const person = step.startsWith('person-') ? step.slice(7) : null;
        const title = person ? label(current.name(person)) : label(titles[step]);
        const position = current.steps.indexOf(step);
        const isSame = step === 'members' || current.confirmable(step).length > 0;
        show(
            title,
            make('p', { class: 'hint' }, `${headOf(visit.packet)} · ${position + 1}/${current.steps.length}`),
            problemsOf(step),
            step === 'notice' ? showNotice() : null,
            make('div', { id: 'matches' }, matchesOf(person)),
            current.groups(step).map((group) => showGroup(group, current, again)),
            additions(step, person, again),
            step === 'finish' ? showEnd(current) : make('div', { class: 'actions' },
                isSame ? button(say('Như lần trước', 'Same as last time'),
                    () => go(current, ['confirm', step]), 'main', { id: 'same' }) : null,
                button(say('Tiếp', 'Next'), () => go(current, ['pass', step]),
                    isSame ? '' : 'main', { id: 'next' })),
            make('div', { class: 'actions' },
                position > 0 ? link(`#visit-${visit.key}/${current.steps[position - 1]}`,
                    say('Trang trước', 'Back')) : null,
                link(`#house-${visit.household}`, say('Về thẻ hộ', 'To the household'))));
    }

    async function go(current, input) {
        const step = input[1];
        await note(input);
        const steps = formOf().steps;
        const next = steps[steps.indexOf(step) + 1] ?? 'finish';
        location.hash = `#visit-${visit.key}/${next}`;
        scrollTo(0, 0);
    }

    /** What is read out, in the words of the commune; which version it was goes with the answer. */
    function showNotice() {
        if (!list.notice) return null;
        return make('section', { class: 'card read' },
            make('h2', {}, say('Đọc cho người dân', 'To be read out'),
                make('span', { class: 'hint' }, ` (${list.notice.version})`)),
            list.notice.lines.map(([title, words]) =>
                make('p', {}, make('b', {}, `${label(title)} `), label(words))));
    }

    function problemsOf(step) {
        const found = visit.problems.filter((one) => one.step === step);
        const whole = visit.message && step === 'finish' ? [label(visit.message)] : [];
        const words = [...found.filter((one) => !one.question).map((one) => label(one.text)), ...whole];
        return words.length > 0 ? notice('bad', words.map((one) => paragraph(one))) : null;
    }

    function showGroup(group, current, again) {
        const isWrong = (one) => Boolean(problemOf(one.id) || current.fault(one.id));
        const open = group.questions.filter((one) => !one.isFolded || isWrong(one));
        const folded = group.questions.filter((one) => !open.includes(one));
        const parts = [
            group.hint ? paragraph(label(group.hint), 'hint') : null,
            group.answers.length > 0 ? make('div', { class: 'answers', role: 'group', 'aria-label': label(group.title) },
                group.answers.map((answer) => choiceButton(
                    label(answer.l), answer.isChosen, `${group.id}.${answer.k}`,
                    async () => { await note(['section', group.id, answer.k]); again(); }))) : null,
            open.map((one) => showQuestion(one, current, again)),
            folded.length > 0 ? make('details', {},
                make('summary', {}, say('Chi tiết', 'Details')),
                folded.map((one) => showQuestion(one, current, again))) : null,
        ];
        if (group.isFolded) {
            return make('details', { class: 'card', open: group.questions.some(isWrong) },
                make('summary', {}, label(group.title)), ...parts.flat());
        }
        const isSaidBelow = group.questions.length === 1
            && group.questions[0].field.l[0] === group.title[0];
        return make('section', { class: group.isSettled ? 'card settled' : 'card' },
            isSaidBelow ? null : make('h2', {}, label(group.title)), ...parts.flat());
    }

    /** What somebody can be known by. */
    const telling = ['full_name', 'birth', 'personal_id', 'old_cmnd'];

    const reasons = {
        personalID: ['cùng số định danh', 'the same personal number'],
        oldNumber: ['cùng số CMND', 'the same old number'],
        nameAndBirth: ['cùng tên và ngày sinh', 'the same name and birth date'],
        nameYearAndHousehold: ['cùng tên, cùng năm sinh', 'the same name and year'],
    };

    /** Who of the phone's list a new person may be, while somebody types. */
    function matchesOf(person) {
        if (!person?.startsWith('0000000000000000-') || !list) return [];
        const current = formOf();
        const found = likelyMatches(list.households, visit.packet.scope, current.values(person));
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
                'If it is the same person: take the added one away; move the recorded one here on the node\u2019s page.')))];
    }

    const problemOf = (question) => visit.problems.find((one) => one.question === question);

    const choiceButton = (words, isChosen, id, onclick) => button(
        words, onclick, null, { id, 'aria-pressed': String(isChosen) });

    function showQuestion(question, current, again) {
        const { field, id, value } = question;
        const problem = problemOf(id);
        const title = label(field.l) + (field.r === 2 ? ' *' : '');
        const note1 = (text, accepts = false) => {
            if (field.n === 'given_how' && text && list.notice) note(['told', list.notice.version]);
            const kept = note(['answer', id, text, accepts]);
            const person = id.slice(0, id.indexOf('.'));
            const place = document.querySelector('#matches');
            if (place && telling.includes(field.n)) place.replaceChildren(...matchesOf(person));
            return kept;
        };
        const wrong = [
            !problem && current.answers.has(id) ? unreadable(current.fault(id)) : null,
            problem ? make('p', { class: 'error', id: `${id}-error` }, label(problem.text)) : null,
            problem?.proposal ? button(
                `${say('Đúng', 'Take')} ${label(problem.proposal)}`,
                async () => { await note1(String(value ?? ''), true); again(); }, '') : null,
        ];
        const hint = question.isDisputed ? paragraph(say(
            'Đang có hai câu trả lời khác nhau: hỏi lại',
            'Two different answers stand: ask again'), 'hint') : null;
        const choices = choicesOf(field, current);
        if (choices && field.k !== 'choices' && choices.length <= 9) {
            return make('fieldset', { class: 'question' }, make('legend', {}, title), hint, ...wrong,
                make('div', { class: 'answers' }, choices.map(([code, vi, en]) => choiceButton(
                    say(vi, en), value === code, `${id}.${code}`, async () => {
                        // Tapping what is right confirms it, and takes nothing away.
                        if (value !== code) await note1(code);
                        again();
                    }))),
                current.answers.has(id) && value !== null ? button(
                    say('Bỏ câu trả lời', 'Take the answer back'),
                    async () => { await note1(''); again(); }, 'link') : null);
        }
        if (field.k === 'choices') {
            const codes = new Set(String(value ?? '').split(',').filter(Boolean));
            return make('fieldset', { class: 'question' }, make('legend', {}, title), hint, ...wrong,
                choices.map(([code, vi, en]) => make('label', { class: 'check' },
                    make('input', {
                        type: 'checkbox', checked: codes.has(code), onchange: async (event) => {
                            if (event.target.checked) codes.add(code); else codes.delete(code);
                            await note1([...codes].sort().join(','));
                        },
                    }), make('span', {}, say(vi, en)))));
        }
        const more = {
            id, 'aria-describedby': problem ? `${id}-error` : null,
            'aria-invalid': problem ? 'true' : null,
        };
        const input = choices
            ? make('select', { ...more, onchange: async (event) => {
                await note1(event.target.value);
                again();
            } }, make('option', { value: '' }, ''), ...choices.map(([code, vi, en]) =>
                make('option', { value: code, selected: value === code }, say(vi, en))))
            : make('input', {
                ...more, ...keyboard(field), value: shown(field, value),
                oninput: (event) => note1(event.target.value),
                // Another question may be asked now; not while somebody still types.
                onchange: () => keep().then(() => whenFree(again)),
            });
        return make('div', { class: 'field' }, make('label', { for: id }, title), hint, ...wrong, input,
            advice(field, value, current, id, again));
    }

    const unreadable = (words) => (words ? make('p', { class: 'error' }, label(words)) : null);

    /** `[code, vi, en]`; nil for what is typed. */
    function choicesOf(field, current) {
        if (field.k === 'person') {
            return current.members.filter((one) => !current.isGone(one))
                .map((one) => [one.id, ...current.name(one.id)]);
        }
        return field.o ? field.o.filter(([code]) => code !== 'na') : null;
    }

    const shown = (field, value) => value === null ? ''
        : ['date', 'partial'].includes(field.k) ? day(String(value)).replace(/^(\d{4})-(\d\d)$/, '$2/$1')
            : String(value);

    function keyboard(field) {
        const plain = { type: 'text', autocomplete: 'off' };
        switch (field.k) {
        case 'number': case 'digits': case 'id': return { ...plain, inputmode: 'numeric' };
        case 'date': case 'partial':
            return { ...plain, inputmode: 'numeric', placeholder: say('ngày/tháng/năm', 'day/month/year') };
        default: return { ...plain, maxlength: field.m };
        }
    }

    /** What does not fit in a personal number; the node checks it again. */
    function advice(field, value, current, id, again) {
        if (field.k !== 'id' || value === null) return null;
        const record = id.slice(0, id.indexOf('.'));
        const { birth, sex } = current.values(record);
        const words = [];
        if (!/^\d{12}$/.test(value)) {
            words.push(say('Số định danh có 12 chữ số.', 'A personal number has 12 digits.'));
        } else {
            const century = Math.floor(Number(value[3]) / 2);
            const year = 1900 + century * 100 + Number(value.slice(4, 6));
            if (birth && Number(birth.slice(0, 4)) !== year) {
                words.push(say(`Số này là của người sinh năm ${year}.`, `This number is of somebody born in ${year}.`));
            }
            const isMale = Number(value[3]) % 2 === 0;
            if (sex && (sex === 'male') !== isMale) {
                words.push(isMale ? say('Số này là của nam.', 'This number is of a man.')
                    : say('Số này là của nữ.', 'This number is of a woman.'));
            }
        }
        if (words.length === 0 || current.values(record).personal_id_checked_on) return null;
        return make('div', {}, paragraph(words.join(' '), 'problem'),
            /^\d{12}$/.test(value) ? button(
                say('Không khớp, đã đối chiếu với thẻ', 'Does not match, checked on the card'),
                async () => {
                    const day = today().replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3/$2/$1');
                    await note(['answer', `${record}.personal_id_checked_on`, day, false]);
                    again();
                }, '') : null);
    }

    function additions(step, person, again) {
        const add = (type, parent, words) => button(words, async () => {
            const id = formOf().nextID;
            await note(['add', type, parent, id]);
            if (type === 'resident') location.hash = `#visit-${visit.key}/person-${id}`;
            else again();
        }, '');
        const remove = (id, words) => button(words, async () => {
            if (!confirm(say('Bỏ mục vừa thêm này?', 'Take this away again?'))) return;
            await note(['remove', id]);
            location.hash = `#visit-${visit.key}/members`;
        }, 'danger');
        const parts = [];
        if (step === 'members') {
            parts.push(add('resident', visit.household, say('+ Thêm người', '+ Somebody more')));
        }
        if (person) {
            parts.push(
                add('payment_account', person, say('+ Tài khoản thanh toán', '+ Payment account')),
                add('benefit', person, say('+ Lương hưu, trợ cấp', '+ Pension or allowance')));
            if (person.startsWith('0000000000000000-')) {
                parts.push(remove(person, say('Bỏ người này', 'Take this person away')));
            }
        }
        return parts.length > 0 ? make('div', { class: 'actions' }, parts) : null;
    }

    // The end of a visit

    function showEnd(current) {
        const needed = current.missing(2);
        const open = current.missing();
        const words = (one) => `${label(one.record)}: ${label(one.label)}`;
        const items = (list) => make('ul', { class: 'list' }, list.slice(0, 60).map((one) =>
            make('li', { class: 'item' }, link(`#visit-${visit.key}/${one.step}`, words(one)))));
        return [
            needed.length > 0 ? notice('bad', paragraph(say(
                'Còn thiếu, chưa kết thúc được:', 'Missing, so that it cannot end yet:')), items(needed)) : null,
            open.length > 0 ? make('details', { class: 'card' },
                make('summary', {}, say(`${open.length} câu chưa trả lời`, `${open.length} questions without an answer`)),
                items(open)) : null,
            make('div', { class: 'actions' },
                button(say('Kết thúc', 'Finish'), () => end(current), 'main', {
                    id: 'finish', disabled: needed.length > 0,
                }),
                button(say('Bỏ lượt đến này', 'Give this visit up'), giveUp, 'danger')),
        ];
    }

    async function end() {
        await keep();
        if (unkept.length > 0) return;
        const before = { ...visit };
        visit.ended = Math.max(now(), visit.begun);
        visit.state = 'finished';
        visit.problems = [];
        visit.message = null;
        await keep();
        if (root.dataset.kept === undefined) {
            // Not written: it goes on as it was, and the page says so.
            if (visit.state === 'finished') Object.assign(visit, { ...before, revision: visit.revision });
            return;
        }
        if (visit.state !== 'finished') return;
        told = say('Đã ghi trên điện thoại. Lượt đến tự gửi khi gặp máy thôn.',
            'Recorded on the phone. It is sent by itself once the node is in reach.');
        location.hash = '#';
        phone.refresh({});
    }

    async function giveUp() {
        const asks = say('Bỏ tất cả những gì đã ghi của lượt đến này?',
            'Throw away everything that was recorded of this visit?');
        if (!confirm(asks)) return;
        await keeping;
        unkept = [];
        // With what another tab may have added.
        await vault.forget(await vault.visit(visit.key) ?? visit);
        location.hash = '#';
    }

    // The outbox

    async function showOutbox() {
        const visits = await vault.visits();
        const items = visits.map((one) => make('section', { class: 'card' },
            make('h2', {}, headOf(one.packet)),
            make('p', {}, `${time(one.begun)} · ${label(visitStates[one.state])}`),
            one.state === 'refused' ? [
                [...one.problems.map((problem) => problem.text), one.message].filter(Boolean)
                    .map((words) => paragraph(label(words), 'error')),
                link(`#visit-${one.key}`, say('Sửa', 'Mend'), 'button'),
            ] : null,
            one.state === 'open' ? link(`#visit-${one.key}`, say('Ghi tiếp', 'Go on'), 'button') : null,
            one.state === 'undecided' ? [
                paragraph(say('Đồng nghiệp đã sửa cùng chỗ. Quyết định trên máy thôn:',
                    'A colleague has changed the same. Decide at the node:')),
                make('a', { class: 'button', href: one.path }, say('Mở', 'Open')),
            ] : null,
            one.state === 'sent' ? paragraph(say(
                'Máy thôn đã nhận; giữ ở đây đến khi nút xã có.',
                'The node has it; kept here until the hub has it.'), 'hint') : null,
            one.state === 'differs' ? [
                paragraph(say(
                    'Máy thôn đã có lượt đến này với nội dung khác, ghi từ thẻ hay điện thoại khác; những câu dưới tên này ở đây chưa được nhận.',
                    'The node has this visit with other content, from another tab or phone; what is here was not taken.'),
                'error'),
                button(say('Gửi thành một lượt đến nữa', 'Send it as another visit'), () => sendAnew(one), 'main'),
                button(say('Bỏ', 'Leave it'), async () => {
                    const asks = say('Bỏ những gì ghi ở đây?', 'Throw away what is recorded here?');
                    if (confirm(asks)) { await vault.forget(one); route(); }
                }),
            ] : null,
            one.dropped?.length > 0 ? paragraph(say(
                `${one.dropped.length} câu không hỏi ở hộ này nữa nên máy thôn đã bỏ.`,
                `${one.dropped.length} questions are no longer asked there, so the node left them out.`),
            'hint') : null));
        show(
            say('Đã ghi trên điện thoại', 'Recorded on this phone'), reachBox(),
            items.length > 0 ? items : paragraph(say(
                'Không còn gì chưa về đến nút xã.', 'Nothing is left that the hub does not have.')),
            make('div', { class: 'actions' },
                button(say('Gửi ngay', 'Send now'), async () => {
                    reach = await phone.refresh({ wantsList: true });
                    await route();
                }, 'main', { id: 'send' }),
                backToList()));
    }

    /** The same inputs under a key of their own; what both say alike is no change. */
    async function sendAnew(old) {
        const number = crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n;
        await vault.keep({ ...old, key: String(number || 1n), state: 'finished', revision: 0 });
        await vault.forget(old);
        await phone.refresh({});
        await route();
    }

    /** What came of sending, while the page is open on which somebody asked for it. */
    let reach = null;

    function reachBox() {
        if (!reach) return null;
        const children = [paragraph(phone.inWords(reach))];
        if (reach === 'signed-out') {
            children.push(make('a', { href: '/sign-in?next=/phone', class: 'button' },
                say('Đăng nhập', 'Sign in')));
        }
        if (reach === 'locked') {
            children.push(make('a', { href: '/pin?next=/phone', class: 'button' },
                say('Nhập mã PIN', 'Enter the PIN')));
        }
        const box = notice(reach === 'reached' ? 'good' : '', ...children);
        box.id = 'reach';
        return box;
    }

    // Locked

    async function showLock({ user, pin }) {
        const left = await phone.held(user);
        const id = pin ? 'phone-pin' : 'password';
        const field = make('input', pin
            ? { id, type: 'password', inputmode: 'numeric', autocomplete: 'off', required: true }
            : { id, type: 'password', autocomplete: 'current-password', required: true });
        const wrong = make('p', { class: 'error', role: 'alert' });
        const words = pin ? say('Mã PIN', 'PIN') : say('Mật khẩu', 'Password');
        show(say('Mở khóa', 'Unlock'),
            paragraph(pin ? say(
                `Nhập mã PIN của ${user.shown}.`, `Enter the PIN of ${user.shown}.`) : say(
                `Gõ mật khẩu của ${user.shown} để mở những gì đã ghi trên điện thoại này.`,
                `Type the password of ${user.shown} to open what is recorded on this phone.`)),
            pin || left === 0 ? null : paragraph(say(
                `${left} lượt đến chưa về đến nút xã đang khóa ở đây. Mật khẩu mới không mở được thì gõ mật khẩu cũ, hoặc mã dùng một lần của hôm ghi.`,
                `${left} visits that have not reached the hub are locked here. If the new password does not open them, type the old one, or the one-time code of that day.`), 'hint'),
            make('form', {
                onsubmit: async (event) => {
                    event.preventDefault();
                    const tries = pin ? await phone.unlockPIN(user, field.value)
                        : await phone.unlock(user, field.value) ? null : -1;
                    if (tries === null) {
                        await open();
                        phone.refresh({});
                    } else if (tries === 0) {
                        await open();
                    } else {
                        wrong.textContent = pin ? say(
                            `Mã PIN không đúng; còn ${tries} lần thử.`,
                            `The PIN is wrong; tries left: ${tries}.`)
                            : say('Mật khẩu không đúng.', 'The password is wrong.');
                        field.value = '';
                        field.focus();
                    }
                },
            },
            make('div', { class: 'field' }, make('label', { for: id }, words), wrong, field),
            make('button', { type: 'submit', class: 'main' }, say('Mở', 'Open'))),
            make('div', { class: 'actions' }, leaveLink()));
        root.dataset.shown = 'locked';
    }

    // Signing out away from the node

    const leaveLink = () => link('#leave', say('Đăng xuất khỏi điện thoại', 'Sign out of this phone'));

    /** Says what will be gone; where that is work, it takes a tick and a second answer. */
    async function showLeave() {
        const here = await phone.current();
        if (!here) { showNobody(); return; }
        const { user } = here;
        const visits = here.vault ? await here.vault.visits() : [];
        const count = await phone.held(user);
        const go = button(say('Đăng xuất và xóa', 'Sign out and wipe'), async () => {
            const asks = say(
                `Xóa hẳn ${count} lượt đến chưa về đến nút xã? Không lấy lại được.`,
                `Delete ${count} visits that have not reached the hub? They cannot be got back.`);
            if (count > 0 && !confirm(asks)) return;
            await phone.leave(user);
            vault = null;
            list = null;
            history.replaceState(null, '', location.pathname);
            drawn = 'nobody';
            told = say('Đã đăng xuất; điện thoại này không còn giữ gì.',
                'Signed out; this phone holds nothing any more.');
            showNobody();
        }, 'danger', { id: 'leave', disabled: count > 0 });
        show(
            say('Đăng xuất khỏi điện thoại', 'Sign out of this phone'),
            paragraph(say(
                `Danh sách và chìa khóa của ${user.shown} bị xóa khỏi điện thoại này. Muốn dùng lại phải đăng nhập ở gần máy thôn.`,
                `The list and the key of ${user.shown} are wiped from this phone. To use it again, sign in near the node.`)),
            count > 0 ? [
                notice('bad', paragraph(say(
                    `${count} lượt đến trên điện thoại chưa về đến nút xã và sẽ mất hẳn:`,
                    `${count} visits on this phone have not reached the hub and will be lost:`)),
                visits.length > 0 ? make('ul', {}, visits.map((one) => make('li', {},
                    `${headOf(one.packet)} · ${label(visitStates[one.state])}`))) : null),
                make('div', { class: 'actions' }, link('#outbox',
                    say('Xem và gửi trước', 'See and send them first'), 'button')),
                make('label', { class: 'check' }, make('input', {
                    type: 'checkbox', id: 'understood',
                    onchange: (event) => { go.disabled = !event.target.checked; },
                }), make('span', {}, say(
                    `Tôi hiểu ${count} lượt đến này sẽ mất`,
                    `I understand that these ${count} visits will be lost`))),
            ] : null,
            make('div', { class: 'actions' }, go, backToList()));
    }

    function showNobody() {
        show(say('Điện thoại', 'Phone'), tellOnce(),
            paragraph(say(
                'Đăng nhập một lần ở gần máy thôn; sau đó trang này dùng được khi đi xa.',
                'Sign in once while the node is in reach; then this page works away from it.')),
            make('a', { href: '/sign-in?next=/phone', class: 'button' }, say('Đăng nhập', 'Sign in')));
    }

    // Where to

    /** The page that the address asks for; one of the node's own pages where that is away. */
    function wanted() {
        const house = /^\/household\/([0-9a-f-]+)$/.exec(location.pathname);
        if (location.hash === '' && house) return `house-${house[1]}`;
        return decodeURIComponent(location.hash.slice(1));
    }

    async function open() {
        const here = await phone.current();
        if (!here) { showNobody(); return; }
        if (!here.vault) {
            vault = null;
            if (wanted() === 'leave') await showLeave(); else await showLock(here);
            return;
        }
        vault = here.vault;
        list = await vault.read('list');
        form = list ? prepared(list.form) : null;
        await route();
    }

    /** Tells whether what is shown is what is kept. */
    let drawn = '';

    async function signature() {
        const here = await phone.current();
        if (!here?.vault) return here ? 'locked' : 'nobody';
        const kept = await here.vault.read('list');
        const states = (await here.vault.visits()).map((one) => one.key + one.state);
        return [here.user.id, kept?.fetched, ...states].join(' ');
    }

    async function route() {
        if (!vault) { await open(); return; }
        drawn = await signature();
        const [page, step] = wanted().split('/');
        if (page !== 'outbox') reach = null;
        if (page.startsWith('house-')) await showHouse(page.slice(6));
        else if (page.startsWith('visit-') && form) await showVisit(page.slice(6), step);
        else if (page === 'outbox') await showOutbox();
        else if (page === 'leave') await showLeave();
        else await showList();
        root.dataset.shown = page;
    }

    // Of another tab: what it has kept is shown, where nobody has anything here that is not.
    phone.channel?.addEventListener('message', async (event) => {
        if (!vault || !wanted().startsWith(`visit-${event.data}`)) return;
        if (unkept.length === 0 && !keeping && !isTyping()) await route();
    });
    phone.report.addEventListener('locked', () => {
        if (vault && unkept.length === 0) open();
    });
    addEventListener('hashchange', async () => {
        await route();
        document.querySelector('h1').focus();
    });
    phone.report.addEventListener('met', async (event) => {
        const isVisit = wanted().startsWith('visit-');
        // Nothing moves under the fingers of somebody who records, or where nothing is new.
        const isNews = root.dataset.met !== event.detail;
        root.dataset.met = event.detail;
        // Nor under those of somebody who types what opens it.
        if (root.dataset.shown === 'locked' && await signature() === 'locked') return;
        const isLocked = vault !== null && (await phone.current())?.vault === null;
        if (isLocked || (!isVisit && (isNews && event.detail === 'away' || await signature() !== drawn))) {
            await open();
        }
    });
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) {
        show(say('Điện thoại', 'Phone'), paragraph(say(
            'Trình duyệt này không mã hóa được dữ liệu trên điện thoại; chỉ dùng được khi ở gần máy thôn.',
            'This browser cannot encrypt what it keeps; it works only while the node is in reach.')));
    } else {
        open();
    }
})();
