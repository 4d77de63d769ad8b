'use strict';

/*
 * Today's list: which households are still to be visited, and what is to be told before that.
 */
globalThis.DoorstepList = (() => {
    const { say, label, many } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, button, day } = globalThis.DoorstepParts;
    const { folded, withoutTelex } = globalThis.DoorstepTexts;
    const { masked } = globalThis.DoorstepNumbers;
    const phone = globalThis.DoorstepPhone;
    const { hand, ways, today, household, headOf, placeOf, shortTime, isAway } = globalThis.DoorstepHand;
    const { show, tellOnce } = globalThis.DoorstepFrame;
    const { states, stateOf, outcomeState, standing } = globalThis.DoorstepVisits;

    let search = '';
    let filter = 'all';

    async function showList() {
        if (!hand.list) {
            show(say('Hôm nay', 'Today'), tellOnce(), paragraph(say(
                `Điện thoại không có danh sách hộ: chưa tải, hoặc đã quá ${phone.listDays} ngày không gặp máy thôn nên tự xóa. Lượt đến đã ghi vẫn còn. Mở trang này khi ở gần máy thôn.`,
                `There is no list on this phone: it has not been loaded yet, or the phone has not met the node for more than ${phone.listDays} days and has deleted it. Recorded visits are kept. Open this page near the node.`)));
            return;
        }
        const visits = await hand.vault.visits();
        // The last of each household: the node's list does not know of it yet.
        const begun = new Map(visits.map((one) => [one.household, one]));
        const ended = [...begun.values()].filter((one) => one.state !== 'open'
            && household(one.household) && outcomeState(one) === 'done');
        const progress = `${hand.list.done + ended.length}/${hand.list.total}`;
        const results = make('div', {});
        const fill = () => results.replaceChildren(...rows(begun));
        const field = make('input', {
            id: 'search', type: 'search', value: search, autocomplete: 'off',
            oninput: (event) => { search = event.target.value; fill(); },
        });
        const choice = make('select', {
            id: 'filter', onchange: (event) => { filter = event.target.value; fill(); },
        }, ...[['all', say('Mọi hộ', 'All households')], ...Object.entries(states)
            .filter(([code]) => code !== 'done').map(([code, words]) => [code, label(words)]),
        ['lacking', say('còn thiếu', 'something missing')]].map(([code, words]) =>
            make('option', { value: code, selected: code === filter }, words)));
        fill();
        const news = await newsBox();
        const more = hand.list.left > 0 ? [notice('', paragraph(say(
            `${hand.list.left} hộ nữa không mang theo được.`,
            `${many(hand.list.left, 'more household does', 'more households do')} not fit on the phone.`)))] : [];
        show(
            say('Hôm nay', 'Today'), tellOnce(), news, ageBox(), isAway() ? awayBox() : null, more,
            make('p', { class: 'progress' }, make('b', {}, progress), ' ', say(
                `hộ đã xong · danh sách lúc ${shortTime(hand.list.now)}`,
                `households done · list as of ${shortTime(hand.list.now)}`)),
            make('div', { class: 'field' },
                make('label', { for: 'search' }, say('Tìm tên, số, địa chỉ', 'Name, number or address')), field),
            make('div', { class: 'field' },
                make('label', { for: 'filter' }, say('Lọc', 'Filter')), choice),
            results);
    }

    const awayBox = () => notice('', paragraph(say(
        'Đang ngoài tầm máy thôn: cứ xem và ghi, gặp lại máy là tự gửi.',
        'The node is out of reach: keep working, and everything is sent automatically once it is back in reach.')),
    navigator.onLine ? certificateHint() : null);

    /** What the node has not taken of visits: told until somebody has seen it. */
    async function newsBox() {
        const news = await hand.vault.read('news') ?? [];
        if (news.length === 0) return null;
        const lines = news.flatMap(({ house, begun, dropped, changed }) => [
            dropped > 0 ? say(`${dropped} câu không hỏi ở hộ này nữa nên máy thôn đã bỏ`,
                `${many(dropped, 'answer was', 'answers were')} not saved, because the question no longer applies there`) : null,
            changed.length > 0 ? say(
                'đồng nghiệp đã sửa trước đó, nên “như lần trước” không được ghi cho ',
                'a colleague had already changed it, so “same as last time” was not recorded for ')
                + changed.map(label).join('; ') : null,
        ].filter(Boolean).map((words) => make('li', {}, `${house}, ${shortTime(begun)}: ${words}.`)));
        const box = notice('', make('ul', {}, lines), button(say('Đã xem', 'Mark as read'), async () => {
            await hand.vault.remove('news');
            await ways.route();
        }, '', { id: 'seen' }));
        box.id = 'news';
        return box;
    }

    /** How old the list is, from a day on: a phone holds nothing for long that it does not use. */
    function ageBox() {
        const days = Math.floor(phone.listAge(hand.list.fetched));
        const left = phone.listDays - days;
        return days < 1 ? null : notice('', paragraph(say(
            `Danh sách đã ${days} ngày chưa cập nhật. Không gặp máy thôn ${left} ngày nữa thì điện thoại xóa danh sách; lượt đến đã ghi vẫn giữ.`,
            `The list is ${many(days, 'day', 'days')} old. After ${many(left, 'more day', 'more days')} without the node the phone deletes it; recorded visits are kept.`)));
    }

    /** A node that was made anew shows another certificate, which looks like no node at all. */
    const certificateHint = () => make('p', { class: 'hint' }, say(
        'Ở ngay gần máy thôn mà không gặp được? Máy có thể đã đổi chứng thư: ',
        'Next to the node but cannot reach it? Its certificate may have changed: '),
    make('a', { href: '/trust' }, say('mở trang tin cậy', 'open the trust page')), '.');

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
        const found = matches(hand.list.households.filter((house) => filter === 'all'
            || (filter === 'lacking' ? isLacking(house)
                : stateOf(house, begun.get(house.id)) === filter)));
        if (found.length === 0) return [paragraph(say('Không có hộ nào.', 'No households found.'))];
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

    function row(house, visit) {
        const state = visit?.state;
        const words = visit ? standing(visit) : label(states[house.state] ?? ['', '']);
        const isDue = !state && house.due && house.due <= today();
        const isWrong = ['refused', 'differs', 'undecided'].includes(state);
        const tone = state === 'sent' ? 'good' : isWrong || isDue ? 'bad' : '';
        return make('li', { class: 'item' }, make('a', { href: `#house-${house.id}` },
            make('b', {}, headOf(house)),
            make('span', {}, [house.address, say(`${house.people} người`, many(house.people, 'person', 'people'))]
                .filter(Boolean).join(' · ')),
            make('span', { class: `badge ${tone}` },
                house.due && !state ? `${words} ${day(house.due)}` : words)));
    }

    return { showList, newsBox };
})();
