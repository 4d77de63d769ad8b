'use strict';

/*
 * A household of the list: its people, what is lacking, and the way into a visit.
 */
globalThis.DoorstepHouse = (() => {
    const { say, label } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, link, button, day, time } = globalThis.DoorstepParts;
    const { folded } = globalThis.DoorstepTexts;
    const { shown } = globalThis.DoorstepReading;
    const { age } = globalThis.DoorstepConditions;
    const { hereIn } = globalThis.DoorstepAnswers;
    const { hand, today, household, headOf, isNear } = globalThis.DoorstepHand;
    const { show, backToList } = globalThis.DoorstepFrame;
    const { standing, isWritten, withOwn } = globalThis.DoorstepVisits;
    const { draft, keepRest, beginWith } = globalThis.DoorstepKeeping;

    async function showHouse(id) {
        const house = household(id);
        if (!house) {
            show(say('Không có hộ này', 'No such household'), paragraph(say(
                'Hộ này không có trong danh sách trên điện thoại.',
                'This household is not in the list on this phone.')), backToList());
            return;
        }
        const visits = (await hand.vault.visits()).filter((one) => one.household === id);
        const now = withOwn(house, visits);
        const people = now.records.filter((one) => one.t === 'resident');
        const own = now.records.find((one) => one.id === id);
        show(
            headOf(now),
            house.draft ? notice('', paragraph(isNear() ? say(
                'Anh/chị đang ghi dở một lượt đến hộ này trên máy thôn.',
                'You have a visit to this household in progress on the node.') : say(
                'Anh/chị đang ghi dở một lượt đến hộ này trên máy thôn: ghi tiếp ở đó khi gần máy. Cần ghi ngay thì bắt đầu lượt mới.',
                'You have a visit to this household in progress on the node: continue it there when you are near. If it cannot wait, start a new one.'))) : null,
            make('div', { class: 'actions' },
                house.draft && isNear() ? make('a', { href: `/visit/${house.draft}`, class: 'button', id: 'at-node' },
                    say('Ghi tiếp trên máy thôn', 'Continue on the node')) : null,
                begin(house, visits)),
            visits.filter((one) => !isWritten(one)).map((one) => paragraph(
                `${time(one.begun)}: ${standing(one)}`, 'hint')),
            aboutHouse(now, own),
            make('section', { class: 'card' },
                make('h2', {}, say(`Thành viên: ${people.length}`, `Members: ${people.length}`)),
                people.length === 0 ? paragraph(say('Chưa ghi ai.', 'Nobody is recorded yet.')) : null,
                make('ul', { class: 'list' }, people.map((person) => make('li', { class: 'person' },
                    make('b', {}, person.v.full_name ?? say('Chưa rõ tên', 'Name not known')),
                    make('p', { class: 'soft' }, factsOf(person)), lacks(person))))),
            calls(now),
            make('div', { class: 'actions' }, backToList()));
    }

    /** A code of a resident in words; empty where it is not known. */
    function said(person, name) {
        const field = hand.form.types.get('resident')?.fields.get(name);
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
            [say('Ghi chú lần trước', 'Note from the last visit'), house.note ?? ''],
        ].filter(([, words]) => words);
        return make('section', { class: 'card' },
            make('dl', {}, facts.map(([name, words]) => [make('dt', {}, name), make('dd', {}, words)])),
            lacks(own));
    }

    /** Numbers that may be called; of whom nobody has asked for it, that is said. */
    function calls(house) {
        // Nobody is called who is dead or gone.
        const [here, all] = [hereIn(hand.form, house), house.records.filter((one) => one.t === 'resident')];
        const phones = house.phones.filter(([, number]) => !all.some((one) => one.v.phone === number)
            || here.some((one) => one.v.phone === number));
        if (phones.length === 0) return null;
        return make('section', { class: 'card' }, make('h2', {}, say('Điện thoại', 'Phone')),
            phones.map(([owner, number]) => make('p', { class: 'call' },
                link(`tel:${number.replace(/[^0-9+]/g, '')}`, `${say('Gọi', 'Call')} ${number}`),
                make('span', {}, owner || say('số của hộ', "the household's number")))),
            phones.some(([, , isAgreed]) => isAgreed === null) ? paragraph(say(
                'Chưa hỏi hộ có đồng ý được gọi không: chỉ gọi khi cần, và hỏi ngay.',
                'The household has not been asked whether it may be called: call only if needed, and ask.'), 'hint') : null);
    }

    const lacks = (record) => record.lacks.length === 0 ? null : make('div', {},
        paragraph(say('Còn thiếu:', 'Still missing:'), 'hint'),
        make('ul', { class: 'lacks' }, record.lacks.map((one) => make('li', {}, label(one)))));

    function begin(house, visits) {
        const open = visits.find(isWritten);
        if (open) {
            return link(`#visit-${open.key}`, say('Ghi tiếp lượt đến', 'Continue the visit'),
                'button');
        }
        const words = visits.length > 0 || house.draft
            ? say('Lượt đến mới', 'New visit') : say('Bắt đầu lượt đến', 'Start a visit');
        return button(words, () => beginOnce(house), visits.length > 0 || house.draft ? '' : 'main');
    }

    let beginning = null;

    /** Two quick taps begin one visit; what another tab has begun goes on. */
    function beginOnce(house) {
        beginning ??= (async () => {
            if (!await keepRest()) { location.hash = `#visit-${draft.visit.key}`; return; }
            const visits = await hand.vault.visits();
            const open = visits.find((one) => one.household === house.id && isWritten(one));
            if (open) location.hash = `#visit-${open.key}`;
            else await beginWith(house, [], visits, () => beginOnce(house));
        })().finally(() => { beginning = null; });
        return beginning;
    }

    return { showHouse, said, factsOf };
})();
