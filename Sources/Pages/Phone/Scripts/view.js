'use strict';

/*
 * The pages of a phone that is away from its node: list, household, visit, outbox.
 *
 * Every input is kept before anything else happens; what is shown is made anew from what is kept.
 * Texts go into the page as text alone.
 */
(() => {
    const { Form, prepared, likelyMatches, age, hereIn, headIn, laidOver, dayAt } = globalThis.DoorstepForm;
    const { folded, withoutTelex, masked, isMasked, shown } = globalThis.DoorstepReading;
    const { say, label, make, paragraph, notice, link, button, badge, sentence, day, time, choiceButton,
        lineText, keyboard, isLong } = globalThis.DoorstepParts;
    const { scanner, confirmation } = globalThis.DoorstepCard;
    const phone = globalThis.DoorstepPhone;
    const root = document.querySelector('#phone');

    // The frame

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

    // What is at hand

    let vault = null;
    let list = null;
    let form = null;
    /** What is read out to every household: `{version, lines}`. */
    let spoken = null;
    /** What has just been done, told once: on the next page, however often that is drawn. */
    let told = null;
    let toldHere = null;

    /** Of the last moment: see `phone.stamp`. */
    const now = () => phone.nodeTime(phone.stamp());
    const today = () => dayAt(now());

    const household = (id) => list?.households.find((one) => one.id === id);

    /** Who heads a household now; of one without a head its number. */
    const headOf = (house) => headIn(house) ?? [house.code, say('chưa có chủ hộ', 'without a head')]
        .filter(Boolean).join(' · ');

    const placeOf = (house) => house.address ?? house.group ?? '';

    // The list

    const states = {
        'not-visited': ['chưa đến', 'not visited'],
        'emptied': ['không còn ai ở', 'nobody left'],
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
            show(say('Hôm nay', 'Today'), tellOnce(), paragraph(say(
                `Điện thoại không có danh sách hộ: chưa tải, hoặc đã quá ${phone.listDays} ngày không gặp máy thôn nên tự xóa. Lượt đến đã ghi vẫn còn. Mở trang này khi ở gần máy thôn.`,
                `This phone holds no list: it has not got one yet, or has not met the node for more than ${phone.listDays} days and dropped it. Recorded visits are kept. Open this page near the node.`)));
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
        const news = await newsBox();
        const more = list.left > 0 ? [notice('', paragraph(say(
            `${list.left} hộ nữa không mang theo được.`,
            `${list.left} more households do not fit on the phone.`)))] : [];
        show(
            say('Hôm nay', 'Today'), tellOnce(), news, ageBox(), isAway() ? awayBox() : null, more,
            make('p', { class: 'progress' }, make('b', {}, progress), ' ', say(
                `hộ đã xong · danh sách lúc ${shortTime(list.now)}`,
                `households done · list of ${shortTime(list.now)}`)),
            make('div', { class: 'field' },
                make('label', { for: 'search' }, say('Tìm tên, số, địa chỉ', 'Name, number or address')), field),
            make('div', { class: 'field' },
                make('label', { for: 'filter' }, say('Lọc', 'Show')), choice),
            results);
    }

    const isAway = () => root.dataset.met === 'away';

    /** Without its day where that is today's. */
    const shortTime = (milliseconds) => (dayAt(milliseconds) === today()
        ? time(milliseconds).slice(0, 5) : time(milliseconds));

    const awayBox = () => notice('', paragraph(say(
        'Đang ngoài tầm máy thôn: cứ xem và ghi, gặp lại máy là tự gửi.',
        'The node is out of reach: look and record all the same; all is sent by itself once it is near.')),
    navigator.onLine ? certificateHint() : null);

    /** What the node has not taken of visits: told until somebody has seen it. */
    async function newsBox() {
        const news = await vault.read('news') ?? [];
        if (news.length === 0) return null;
        const lines = news.flatMap(({ house, begun, dropped, changed }) => [
            dropped > 0 ? say(`${dropped} câu không hỏi ở hộ này nữa nên máy thôn đã bỏ`,
                `${dropped} questions are no longer asked there, so the node left them out`) : null,
            changed.length > 0 ? say(
                'đồng nghiệp đã sửa trước đó, nên “như lần trước” không được ghi cho ',
                'a colleague had changed it before, so “same as last time” was not recorded for ')
                + changed.map(label).join('; ') : null,
        ].filter(Boolean).map((words) => make('li', {}, `${house}, ${shortTime(begun)}: ${words}.`)));
        const box = notice('', make('ul', {}, lines), button(say('Đã xem', 'Seen'), async () => {
            await vault.remove('news');
            await route();
        }, '', { id: 'seen' }));
        box.id = 'news';
        return box;
    }

    /** How old the list is, from a day on: a phone holds nothing for long that it does not use. */
    function ageBox() {
        const days = Math.floor(phone.listAge(list.fetched));
        const left = phone.listDays - days;
        return days < 1 ? null : notice('', paragraph(say(
            `Danh sách đã ${days} ngày chưa cập nhật. Không gặp máy thôn ${left} ngày nữa thì điện thoại xóa danh sách; lượt đến đã ghi vẫn giữ.`,
            `The list is ${days} days old. After ${left} more days without the node the phone drops it; recorded visits are kept.`)));
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
        // Where the middle of a number is hidden, its beginning and its end are found.
        const people = house.records.filter((one) => one.t === 'resident').map((one) => one.v);
        const numbers = [
            ...house.phones.map(([, number]) => number),
            ...people.flatMap((one) => [one.phone, one.personal_id, one.old_cmnd]),
        ].filter(Boolean).map((number) => String(number).replace(/[^0-9•]/g, ''));
        return folded([headOf(house), placeOf(house), house.code ?? '',
            ...people.map((one) => one.full_name ?? ''), ...numbers].join(' '));
    }

    /** Where the words as typed find nothing, an input method that was off may have left its keys. */
    function matches(houses) {
        const plain = folded(search).replace(/(\d)[ .-](?=\d)/g, '$1');
        const fits = (text, word) => text.includes(word)
            || /^(\d{9}|\d{12})$/.test(word) && text.includes(masked(word));
        const find = (words) => houses.filter(
            (house) => words.every((word) => fits(searched(house), word)));
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
    const standing = (visit) => [visit.state === 'open' ? '' : label(states[outcomeState(visit)] ?? ['', '']),
        label(visitStates[visit.state])].filter(Boolean).join(', ');

    function row(house, visit) {
        const state = visit?.state;
        const words = visit ? standing(visit) : label(states[house.state] ?? ['', '']);
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
        toldHere = told ?? toldHere;
        told = null;
        return toldHere ? [notice('good', paragraph(toldHere))] : [];
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
        const now = withOwn(house, visits);
        const people = now.records.filter((one) => one.t === 'resident');
        const own = now.records.find((one) => one.id === id);
        show(
            headOf(now),
            house.draft ? notice('', paragraph(isNear() ? say(
                'Anh/chị đang ghi dở một lượt đến hộ này trên máy thôn.',
                'You have begun a visit of this household at the node.') : say(
                'Anh/chị đang ghi dở một lượt đến hộ này trên máy thôn: ghi tiếp ở đó khi gần máy. Cần ghi ngay thì bắt đầu lượt mới.',
                'You have begun a visit of this household at the node: go on with it there once it is near. If it cannot wait, begin another.'))) : null,
            make('div', { class: 'actions' },
                house.draft && isNear() ? make('a', { href: `/visit/${house.draft}`, class: 'button', id: 'at-node' },
                    say('Ghi tiếp trên máy thôn', 'Go on at the node')) : null,
                begin(house, visits)),
            visits.filter((one) => !isWritten(one)).map((one) => paragraph(
                `${time(one.begun)}: ${standing(one)}`, 'hint')),
            aboutHouse(now, own),
            make('section', { class: 'card' },
                make('h2', {}, say(`Thành viên: ${people.length}`, `Members: ${people.length}`)),
                people.length === 0 ? paragraph(say('Chưa ghi ai.', 'Nobody is recorded.')) : null,
                make('ul', { class: 'list' }, people.map((person) => make('li', { class: 'person' },
                    make('b', {}, person.v.full_name ?? say('Chưa rõ tên', 'Name not known')),
                    make('p', { class: 'soft' }, factsOf(person)), lacks(person))))),
            calls(now),
            make('div', { class: 'actions' }, backToList()));
    }

    /** A code of a resident in words; empty where it is not known. */
    function said(person, name) {
        const field = form.types.get('resident')?.fields.get(name);
        return field ? label(shown(field, person.v[name] ?? null)) : '';
    }

    /** Relation, birth, age, where he is now. */
    function factsOf(person) {
        const years = age(person.v.birth, today());
        return [
            said(person, 'relation'), person.v.birth ? say('sinh ', 'born ') + said(person, 'birth') : '',
            years === null ? '' : say(`${years} tuổi`, `${years} years old`), said(person, 'presence'),
        ].filter(Boolean).join(' · ');
    }

    /** What the address names already is not said twice. */
    const wholePlace = (house) => [house.address, house.group, house.place].filter(Boolean)
        .reduce((words, part) => (` ${folded(words).replace(/,/g, '')} `.includes(` ${folded(part)} `) ? words
            : [words, part].filter(Boolean).join(', ')), '');

    function aboutHouse(house, own) {
        const at = house.at ? `${house.at.slice(11, 16)} ${day(house.at.slice(0, 10))}` : '';
        const last = house.at ? [at, house.last ? label(house.last) : '', house.by ?? '']
            .filter(Boolean).join(' · ') : say('chưa lần nào', 'never');
        const facts = [
            [say('Địa chỉ', 'Address'), wholePlace(house)],
            [say('Lần đến gần nhất', 'Last visit'), last],
            [say('Ghi chú lần trước', 'Note of that visit'), house.note ?? ''],
        ].filter(([, words]) => words);
        return make('section', { class: 'card' },
            make('dl', {}, facts.map(([name, words]) => [make('dt', {}, name), make('dd', {}, words)])),
            lacks(own));
    }

    /** Numbers that may be called; of whom nobody has asked for it, that is said. */
    function calls(house) {
        // Nobody is called who is dead or gone.
        const [here, all] = [hereIn(house), house.records.filter((one) => one.t === 'resident')];
        const phones = house.phones.filter(([, number]) => !all.some((one) => one.v.phone === number)
            || here.some((one) => one.v.phone === number));
        if (phones.length === 0) return null;
        return make('section', { class: 'card' }, make('h2', {}, say('Điện thoại', 'Phone')),
            phones.map(([owner, number]) => make('p', { class: 'call' },
                link(`tel:${number.replace(/[^0-9+]/g, '')}`, `${say('Gọi', 'Call')} ${number}`),
                make('span', {}, owner || say('số của hộ', "the household's")))),
            phones.some(([, , isAgreed]) => isAgreed === null) ? paragraph(say(
                'Chưa hỏi hộ có đồng ý được gọi không: chỉ gọi khi cần, và hỏi ngay.',
                'The household was not asked whether it may be called: call only if you must, and ask.'), 'hint') : null);
    }

    const lacks = (record) => record.lacks.length === 0 ? null : make('div', {},
        paragraph(say('Còn thiếu:', 'Lacks:'), 'hint'),
        make('ul', { class: 'lacks' }, record.lacks.map((one) => make('li', {}, label(one)))));

    const backToList = () => link('#list', say('Về danh sách', 'Back to the list'));

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
        return button(words, () => beginOnce(house), visits.length > 0 || house.draft ? '' : 'main');
    }

    const isNear = () => root.dataset.met === 'reached';

    /** Whether the list does not say yet what a visit has recorded. */
    const isAhead = (visit) => ['finished', 'undecided', 'differs'].includes(visit.state)
        || visit.state === 'sent' && visit.taken > list.fetched;

    /** A household of the list with what this phone has recorded there since. */
    function withOwn(house, visits) {
        const own = visits.filter((one) => one.household === house.id && isAhead(one));
        const sent = own.map((one) => ({ key: one.key, ...phone.asSent(one) }));
        return form ? laidOver(form, house, sent, today()) : house;
    }

    let beginning = null;

    /** Two quick taps begin one visit; what another tab has begun goes on. */
    function beginOnce(house) {
        beginning ??= (async () => {
            const visits = await vault.visits();
            const open = visits.find((one) => one.household === house.id && isWritten(one));
            if (open) location.hash = `#visit-${open.key}`; else await beginWith(house, [], visits);
        })().finally(() => { beginning = null; });
        return beginning;
    }

    /** `visits`: all of this phone; the new one knows what they say of the household, and is sent behind. */
    function beginWith(house, inputs, visits) {
        const ahead = visits.filter((one) => one.household === house.id && isAhead(one));
        const number = crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n;
        visit = {
            key: String(number || 1n), household: house.id, packet: withOwn(house, ahead),
            after: ahead.map((one) => one.key),
            token: list.tokens[house.scope], begun: now(), ended: 0, inputs, state: 'open',
            problems: [], message: null, clock: { begun: phone.stamp() },
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
        Boolean(document.activeElement?.matches('#phone input:not([type=checkbox]), #phone textarea'));

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
                house ? button(say('Ghi vào một lượt đến mới', 'Record it in another visit'), async () => {
                    const visits = await vault.visits();
                    const inputs = unkept.filter((one) => !['confirm', 'pass'].includes(one[0]));
                    await beginWith(house, renumbered(inputs, new Form(form, house, [], today())), visits);
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

    /** The day of the input before; the first are of the day on which the visit was begun. */
    function dayBefore() {
        const { begun, inputs } = phone.asSent(visit);
        return dayAt(inputs.findLast((one) => one[0] === 'at')?.[1] ?? begun);
    }

    /** Each input is of the day on which it is given: where that is another one, a time stands before it. */
    function apply(input) {
        const at = phone.stamp();
        if (dayAt(phone.nodeTime(at)) !== dayBefore()) visit.inputs.push(['at', at]);
        const last = visit.inputs.at(-1);
        const isSame = last?.[0] === 'answer' && input[0] === 'answer' && last[1] === input[1];
        if (isSame) visit.inputs.pop();
        visit.inputs.push(input);
        if (visit.state === 'refused') visit.state = 'open';
        visit.problems = visit.problems.filter((one) => one.question !== input[1]);
    }

    function formOf() {
        const { begun, inputs } = phone.asSent(visit);
        return new Form(form, visit.packet, inputs, today(), dayAt(begun));
    }

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

    /** What a card has said that was read just now: `{person, card}`; kept nowhere. */
    let read = null;

    function showStep(step) {
        if (isEnded) { showEnded(); return; }
        const current = formOf();
        const again = () => showStep(step);
        const person = step.startsWith('person-') ? step.slice(7) : null;
        const title = label(titleOf(step, current));
        if (read?.person !== person) read = null;
        if (read) {
            show(title, placeHint(), ...confirmation(read.card, async (lines) => {
                for (const one of lines) await note(['answer', one.question, one.text, false]);
                read = null;
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
            current.groups(step).map((group) => step === 'members'
                ? showMember(group, current, again) : showGroup(group, current, again)),
            additions(step, person, again),
            step === 'finish' ? showEnd(current) : null,
            showWays(step, current),
            make('div', { class: 'actions' },
                link(`#house-${visit.household}`, say('Để sau, về thẻ hộ', 'Later: to the household'))));
    }

    const titleOf = (step, current) => (step.startsWith('person-')
        ? current.name(step.slice(7)) : titles[step]);

    /** Which house it is. */
    const placeHint = () => make('p', { class: 'hint' }, [headOf(visit.packet), placeOf(visit.packet)]
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
                    href: `#visit-${visit.key}/${one}`, 'aria-current': one === step ? 'step' : null,
                }, label(titleOf(one, current))),
                passed.includes(one) ? badge('good', say('đã qua', 'done')) : null))));
    }

    /** Where it goes on stays in reach of the thumb. */
    function showWays(step, current) {
        const { steps } = current;
        const position = steps.indexOf(step);
        const back = position > 0 ? button(say('Quay lại', 'Back'), () => {
            location.hash = `#visit-${visit.key}/${steps[position - 1]}`;
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
        if (!touch || !visit || !root.dataset.shown?.startsWith('visit-')) return;
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
                read = { person, card: formOf().card(text, person) };
                again();
                document.querySelector('h1').focus();
            }) : null,
            make('div', { id: 'doubts' }, doubtBox(person, doubts, again)),
        ];
    }

    /** A number that fits something not, and the way to say that the card has it so. */
    const doubtBox = (person, doubts, again) => (doubts.length === 0 ? [] : [notice('',
        doubts.map((words) => paragraph(`${label(words)}.`)),
        paragraph(say('Nếu thẻ ghi đúng như vậy:', 'If the card says just that:')),
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
        if (!spoken) return null;
        return make('section', { class: 'card read' },
            make('h2', {}, say('Đọc cho người dân', 'To be read out'),
                make('span', { class: 'hint' }, ` (${spoken.version})`)),
            spoken.lines.map(([title, words]) =>
                make('p', {}, make('b', {}, `${label(title)} `), label(words))));
    }

    function problemsOf(step) {
        const found = visit.problems.filter((one) => one.step === step);
        const whole = visit.message && step === 'finish' ? [label(visit.message)] : [];
        const words = [...found.filter((one) => !one.question).map((one) => label(one.text)), ...whole];
        return words.length > 0 ? notice('bad', words.map((one) => paragraph(one))) : null;
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

    /** Questions whose answers are large, one below the other. */
    const tall = ['outcome', 'respondent_kind', 'refusal_scope'];

    function showQuestion(question, current, again) {
        const { field, id, value } = question;
        const isNeeded = field.r === 1 && question.isNeeded && value === null;
        const title = [label(field.l), field.r === 2 || isNeeded ? make('span', { class: 'need' },
            field.r === 2 ? say(' (bắt buộc)', ' (required)') : say(' (cần hỏi)', ' (to ask)')) : null];
        const give = (text, accepts = false) => giveAnswer(question, text, accepts, again);
        const { notes, described } = notesOn(question, current, again);
        const choices = choicesOf(field, current, value);
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
        if (choices && choices.length <= 9) {
            return make('fieldset', { class: 'question', ...described }, make('legend', {}, title), notes,
                make('div', { class: tall.includes(field.n) ? 'answers tall' : 'pills' },
                    choices.map(([code, vi, en]) => choiceButton(
                        say(vi, en), value === code, `${id}.${code}`, async () => {
                            // Tapping what is right says it again, of today.
                            await give(code);
                            again();
                        }))),
                current.answers.has(id) && value !== null ? button(
                    say('Bỏ câu trả lời', 'Take the answer back'),
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
        if (field.n === 'given_how' && text && spoken) note(['told', spoken.version]);
        const kept = note(['answer', id, text, accepts]);
        const person = id.slice(0, id.indexOf('.'));
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
                'Two different answers stand: ask again'), 'hint') : null,
            isHidden ? make('p', { class: 'hint', id: `${id}-hint` }, say(
                `Đang ghi: ${value}. Thẻ ghi khác thì gõ lại cả số.`,
                `Recorded: ${value}. If the card differs, type the whole number.`)) : null,
            /^\d{12}$/.test(value) && field.k === 'id' ? make('p', { class: 'hint' },
                `${value.slice(0, 3)} ${value[3]} ${value.slice(4, 6)} ${value.slice(6)}`) : null,
            words.length > 0 ? make('div', { id: `${id}-error` }, words.map((one) => paragraph(
                sentence(label(one.text)), one.blocks ? 'error' : 'warning'))) : null,
            proposal ? button(`${say('Đúng, ghi như vậy:', 'Yes, take it so:')} ${label(proposal)}`, async () => {
                const typed = visit.inputs.findLast((one) => one[0] === 'answer' && one[1] === id)?.[2];
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
        const settle = () => { if (isTyped) keep().then(() => whenFree(() => isTyped && again())); };
        const shared = {
            id, ...described, ...keyboard(field),
            oninput: (event) => {
                isTyped = true;
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
            const days = [[1, say('Ngày mai', 'Tomorrow')], [2, say('Ngày kia', 'The day after')],
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
    function choicesOf(field, current, value) {
        if (field.k === 'person') {
            return current.members.filter((one) => !current.isGone(one))
                .map((one) => [one.id, ...current.name(one.id)]);
        }
        return field.o ? current.offered(field, value) : null;
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
            if (free) await keeping; else await note(['add', type, parent, id]);
            if (type === 'resident') { location.hash = `#visit-${visit.key}/person-${id}`; return; }
            added = id;
            if (type === 'benefit' && step !== 'benefits') { location.hash = `#visit-${visit.key}/benefits`; return; }
            again();
            focusAdded();
        }, '');
        const remove = (id, words) => button(words, async () => {
            if (!confirm(say('Bỏ mục vừa thêm này?', 'Take this away again?'))) return;
            await note(['remove', id]);
            if (id === person) location.hash = `#visit-${visit.key}/members`; else again();
        }, 'danger');
        const current = formOf();
        const taken = (one) => (one.type === 'benefit' ? say(
            `Bỏ khoản vừa thêm của ${current.name(one.of)[0]}`, `Take back what was added for ${current.name(one.of)[1]}`)
            : say('Bỏ tài khoản vừa thêm', 'Take the added account back'));
        const parts = [];
        if (step === 'members') {
            parts.push(add('resident', visit.household, say('+ Thêm người', '+ Somebody more')));
        }
        if (person) {
            parts.push(
                ...current.mayHaveAccount(person)
                    ? [add('payment_account', person, say('+ Tài khoản thanh toán', '+ Payment account'))] : [],
                add('benefit', person, say('+ Lương hưu, trợ cấp', '+ Pension or allowance')));
            if (person.startsWith('0000000000000000-')) {
                parts.push(remove(person, say('Bỏ người này', 'Take this person away')));
            }
        }
        // What was added by mistake goes from where it stands.
        for (const one of current.added) {
            const isHere = step === 'benefits' ? one.type === 'benefit' : one.of === person && one.type !== 'resident';
            if (isHere) parts.push(remove(one.id, taken(one)));
        }
        return parts.length > 0 ? make('div', { class: 'actions' }, parts) : null;
    }

    // The end of a visit

    function showEnd(current) {
        const needed = current.missing(2);
        const open = current.missing();
        const faulty = current.faulty.map((question) => {
            const record = current.record(question.slice(0, question.indexOf('.')));
            const { text } = current.fault(question).problems.find((one) => one.blocks);
            return { step: current.pageOf(question), words: `${label(current.name(record.id))}: ${label(text)}` };
        });
        const items = (list) => make('ul', { class: 'list' }, list.slice(0, 60).map((one) =>
            make('li', { class: 'item' }, link(`#visit-${visit.key}/${one.step}`,
                one.words ?? `${label(one.record)}: ${label(one.label)}`))));
        return [
            needed.length > 0 ? notice('bad', paragraph(say(
                'Còn thiếu, chưa kết thúc được:', 'Missing, so that it cannot end yet:')), items(needed)) : null,
            faulty.length > 0 ? notice('bad', paragraph(say(
                'Cần sửa trước khi kết thúc:', 'To be put right before the visit can be finished:')), items(faulty)) : null,
            open.length > 0 ? make('details', { class: 'card' },
                make('summary', {}, say(`${open.length} câu chưa trả lời`, `${open.length} questions without an answer`)),
                items(open)) : null,
            make('div', { class: 'actions' },
                button(say('Bỏ lượt đến này', 'Give this visit up'), giveUp, 'danger')),
        ];
    }

    async function end() {
        await keep();
        if (unkept.length > 0) return;
        const before = { ...visit };
        visit.ended = Math.max(now(), visit.begun);
        visit.clock = { ...visit.clock, ended: phone.stamp() };
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
        if (await isNeeded(visit)) {
            alert(say(
                'Lượt đến sau của hộ này hỏi về người mới thêm ở lượt này: sửa rồi gửi lượt này, hoặc bỏ lượt sau trước.',
                'A later visit of this household asks about somebody whom this one adds: put this one right and send it, or give up the later one first.'));
            return;
        }
        unkept = [];
        // With what another tab may have added.
        await vault.forget(await vault.visit(visit.key) ?? visit);
        location.hash = '#';
    }

    /** Whether a later visit speaks of what this one adds: without it the node could never take that. */
    async function isNeeded({ key }) {
        const origin = `${BigInt(key).toString(16).padStart(16, '0')}-`;
        return (await vault.visits()).some(
            (one) => one.after?.includes(key) && JSON.stringify(one.inputs).includes(origin));
    }

    // The outbox

    const mending = ['open', 'refused', 'undecided', 'differs'];

    const goTo = (hash, words) => button(words, () => { location.hash = hash; });

    async function showOutbox() {
        const visits = await vault.visits();
        const items = visits.map((one) => make('section', { class: 'card' },
            make('h2', {}, headOf(one.packet)),
            make('p', {}, `${shortTime(one.begun)} · ${standing(one)}`),
            one.state === 'finished' && visits.some((other) => one.after?.includes(other.key) && mending.includes(other.state))
                ? paragraph(say('Chờ lượt đến trước của hộ này được máy thôn nhận.',
                    'It waits until the node has the visit before.'), 'hint') : null,
            one.state === 'refused' ? [
                [...one.problems.map((problem) => problem.text), one.message].filter(Boolean)
                    .map((words) => paragraph(label(words), 'error')),
                goTo(`#visit-${one.key}/${one.problems[0]?.step ?? 'finish'}`, say('Sửa', 'Mend')),
            ] : null,
            one.state === 'open' ? goTo(`#visit-${one.key}`, say('Ghi tiếp', 'Go on')) : null,
            one.state === 'undecided' ? (isAway() ? paragraph(say(
                'Đồng nghiệp đã sửa cùng chỗ: quyết định trên máy thôn khi ở gần máy.',
                'A colleague has changed the same: decide at the node once it is near.')) : [
                paragraph(say('Đồng nghiệp đã sửa cùng chỗ.', 'A colleague has changed the same.')),
                button(say('Quyết định trên máy thôn', 'Decide at the node'), () => location.assign(one.path)),
            ]) : null,
            one.state === 'sent' ? paragraph(say(
                'Máy thôn đã nhận; giữ ở đây đến khi máy xã có.',
                'The node has it; kept here until the hub has it.'), 'hint') : null,
            one.state === 'differs' ? [
                paragraph(say(
                    'Máy thôn đã có lượt đến này với nội dung khác, ghi từ thẻ hay điện thoại khác; những câu dưới tên này ở đây chưa được nhận.',
                    'The node has this visit with other content, from another tab or phone; what is here was not taken.'),
                'error'),
                button(say('Gửi thành một lượt đến nữa', 'Send it as another visit'), () => sendAnew(one)),
                button(say('Bỏ', 'Leave it'), async () => {
                    const asks = say('Bỏ những gì ghi ở đây?', 'Throw away what is recorded here?');
                    if (confirm(asks)) { await vault.forget(one); route(); }
                }),
            ] : null));
        show(
            say('Đã ghi trên điện thoại', 'Recorded on this phone'), reachBox(), await newsBox(),
            items.length > 0 ? items : paragraph(say(
                'Không còn gì chưa về đến máy xã.', 'Nothing is left that the hub does not have.')),
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

    /** Also unasked, where nothing goes on without somebody. */
    function reachBox() {
        const { met } = root.dataset;
        const outcome = reach ?? (phone.hindrances.includes(met) ? met : null);
        if (!outcome) return null;
        const children = [paragraph(phone.inWords(outcome))];
        if (outcome === 'signed-out') {
            children.push(make('a', { href: '/sign-in?next=/phone', class: 'button' },
                say('Đăng nhập', 'Sign in')));
        }
        if (outcome === 'locked') {
            children.push(make('a', { href: '/pin?next=/phone', class: 'button' },
                say('Nhập mã PIN', 'Enter the PIN')));
        }
        const box = notice(outcome === 'reached' ? 'good' : '', ...children);
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
                `${left} lượt đến chưa về đến máy xã đang khóa ở đây. Mật khẩu mới không mở được thì gõ mật khẩu (hoặc mã dùng một lần) đã đăng nhập lúc ghi.`,
                `${left} visits that have not reached the hub are locked here. If the new password does not open them, type the one (or the one-time code) that you signed in with when you recorded them.`), 'hint'),
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
            make('button', { type: 'submit', class: 'main' }, say('Mở', 'Open'))));
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
                `Xóa hẳn ${count} lượt đến chưa về đến máy xã? Không lấy lại được.`,
                `Delete ${count} visits that have not reached the hub? They cannot be got back.`);
            if (count > 0 && !confirm(asks)) return;
            await phone.leave(user);
            vault = null;
            list = null;
            frame(null);
            phone.tell();
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
                    `${count} lượt đến trên điện thoại chưa về đến máy xã và sẽ mất hẳn:`,
                    `${count} visits on this phone have not reached the hub and will be lost:`)),
                visits.length > 0 ? make('ul', {}, visits.map((one) => make('li', {},
                    `${headOf(one.packet)} · ${shortTime(one.begun)} · ${standing(one)}`))) : null),
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
        if (location.hash === '' && location.pathname === '/sync') return 'outbox';
        const page = decodeURIComponent(location.hash.slice(1));
        return page === 'list' ? '' : page;
    }

    async function open() {
        const here = await phone.current();
        frame(here?.user);
        if (!here?.vault) phone.tell();
        if (!here) { showNobody(); return; }
        if (!here.vault) {
            vault = null;
            if (wanted() === 'leave') await showLeave(); else await showLock(here);
            return;
        }
        vault = here.vault;
        await phone.readClock(vault);
        list = await vault.read('list');
        const kept = await vault.read('form');
        form = kept ? prepared(kept.form) : null;
        spoken = kept?.notice ?? null;
        await route();
    }

    /** Tells whether what is shown is what is kept. */
    let drawn = '';

    async function signature() {
        const here = await phone.current();
        if (!here?.vault) return here ? 'locked' : 'nobody';
        const kept = await here.vault.read('list');
        const states = (await here.vault.visits()).map((one) => one.key + one.state);
        const news = await here.vault.read('news') ?? [];
        return [here.user.id, kept?.fetched, news.length, ...states].join(' ');
    }

    async function route() {
        if (!vault) { await open(); return; }
        drawn = await signature();
        read = null;
        if (list && phone.isListOver(list.fetched)) list = null;
        frame(vault?.user);
        phone.tell();
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
    // Past the frame: its mark would be taken for a page.
    document.querySelector('a.skip').addEventListener('click', (event) => {
        event.preventDefault();
        document.querySelector('h1').focus();
    });
    addEventListener('hashchange', async () => {
        toldHere = null;
        await route();
        if (!focusAdded()) document.querySelector('h1').focus();
    });
    phone.report.addEventListener('met', async (event) => {
        const isVisit = wanted().startsWith('visit-');
        // Nothing moves under the fingers of somebody who records, or where nothing is new.
        const before = root.dataset.met;
        const isNews = before !== event.detail;
        root.dataset.met = event.detail;
        // What was said of the node is so no more.
        if (reach && reach !== event.detail) reach = event.detail;
        // Nor under those of somebody who types what opens it.
        if (root.dataset.shown === 'locked' && await signature() === 'locked') return;
        const isLocked = vault !== null && (await phone.current())?.vault === null;
        const page = wanted();
        const saysIt = [event.detail, before].includes('away') || page === 'outbox'
            || page.startsWith('house-') && household(page.slice(6))?.draft;
        if (isLocked || (!isVisit && (isNews && saysIt || await signature() !== drawn))) {
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
