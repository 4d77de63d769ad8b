'use strict';

/*
 * The visits that were recorded on this phone, and how each stands with the node.
 */
globalThis.DoorstepOutbox = (() => {
    const { say, label } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, button } = globalThis.DoorstepParts;
    const phone = globalThis.DoorstepPhone;
    const { hand, ways, root, headOf, shortTime, isAway } = globalThis.DoorstepHand;
    const { show, backToList } = globalThis.DoorstepFrame;
    const { standing } = globalThis.DoorstepVisits;
    const { newsBox } = globalThis.DoorstepList;

    const mending = ['open', 'refused', 'undecided', 'differs'];

    const goTo = (hash, words) => button(words, () => { location.hash = hash; });

    async function showOutbox() {
        const visits = await hand.vault.visits();
        const items = visits.map((one) => make('section', { class: 'card' },
            make('h2', {}, headOf(one.packet)),
            make('p', {}, `${shortTime(one.begun)} · ${standing(one)}`),
            one.state === 'finished' && visits.some((other) => one.after?.includes(other.key) && mending.includes(other.state))
                ? paragraph(say('Chờ lượt đến trước của hộ này được máy thôn nhận.',
                    'Waiting for the node to take the previous visit to this household.'), 'hint') : null,
            one.state === 'refused' ? [
                [...one.problems.map((problem) => problem.text), one.message].filter(Boolean)
                    .map((words) => paragraph(label(words), 'error')),
                goTo(`#visit-${one.key}/${one.problems[0]?.step ?? 'finish'}`, say('Sửa', 'Correct')),
            ] : null,
            one.state === 'open' ? goTo(`#visit-${one.key}`, say('Ghi tiếp', 'Continue')) : null,
            one.state === 'undecided' ? (isAway() ? paragraph(say(
                'Đồng nghiệp đã sửa cùng chỗ: quyết định trên máy thôn khi ở gần máy.',
                'A colleague has changed the same answers: decide on the node when you are near it.')) : [
                paragraph(say('Đồng nghiệp đã sửa cùng chỗ.', 'A colleague has changed the same answers.')),
                button(say('Quyết định trên máy thôn', 'Decide on the node'), () => location.assign(one.path)),
            ]) : null,
            one.state === 'sent' ? paragraph(say(
                'Máy thôn đã nhận; giữ ở đây đến khi máy xã có.',
                'The node has it; kept here until the hub has it.'), 'hint') : null,
            one.state === 'differs' ? [
                paragraph(say(
                    'Máy thôn đã có lượt đến này với nội dung khác, ghi từ thẻ hay điện thoại khác; những câu dưới tên này ở đây chưa được nhận.',
                    'The node already has this visit with different answers, from another tab or phone; the ones here were not taken.'),
                'error'),
                button(say('Gửi thành một lượt đến nữa', 'Send as a separate visit'), () => sendAnew(one)),
                button(say('Bỏ', 'Discard it'), async () => {
                    const asks = say('Bỏ những gì ghi ở đây?', 'Discard what is recorded here?');
                    if (confirm(asks)) { await hand.vault.forget(one); ways.route(); }
                }),
            ] : null));
        show(
            say('Đã ghi trên điện thoại', 'Recorded on this phone'), reachBox(), await newsBox(),
            items.length > 0 ? items : paragraph(say(
                'Không còn gì chưa về đến máy xã.', 'Everything recorded here has reached the hub.')),
            make('div', { class: 'actions' },
                button(say('Gửi ngay', 'Send now'), async () => {
                    hand.reach = await phone.refresh({ wantsList: true });
                    await ways.route();
                }, 'main', { id: 'send' }),
                backToList()));
    }

    /** The same inputs under a key of their own; what both say alike is no change. */
    async function sendAnew(old) {
        const number = crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n;
        await hand.vault.keep({ ...old, key: String(number || 1n), state: 'finished', revision: 0 });
        await hand.vault.forget(old);
        await phone.refresh({});
        await ways.route();
    }

    /** Also unasked, where nothing goes on without somebody. */
    function reachBox() {
        const { met } = root.dataset;
        const outcome = hand.reach ?? (phone.hindrances.includes(met) ? met : null);
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

    return { showOutbox };
})();
