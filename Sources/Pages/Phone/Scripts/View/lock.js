'use strict';

/*
 * A phone that is locked, that somebody leaves, and that nobody has signed in on.
 */
globalThis.DoorstepLock = (() => {
    const { say, many } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, link, button } = globalThis.DoorstepParts;
    const phone = globalThis.DoorstepPhone;
    const { hand, ways, root, headOf, shortTime } = globalThis.DoorstepHand;
    const { frame, show, tellNext, tellOnce, backToList } = globalThis.DoorstepFrame;
    const { standing } = globalThis.DoorstepVisits;

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
                `Locked here, not yet at the hub: ${many(left, 'visit', 'visits')}. If the new password does not open this, type the password (or the one-time code) you signed in with when recording.`), 'hint'),
            make('form', {
                onsubmit: async (event) => {
                    event.preventDefault();
                    const tries = pin ? await phone.unlockPIN(user, field.value)
                        : await phone.unlock(user, field.value) ? null : -1;
                    if (tries === null) {
                        await ways.open();
                        phone.refresh({});
                    } else if (tries === 0) {
                        await ways.open();
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
            make('button', { type: 'submit', class: 'main' }, say('Mở', 'Unlock'))));
        root.dataset.shown = 'locked';
    }

    /** Says what will be gone; where that is work, it takes a tick and a second answer. */
    async function showLeave() {
        const here = await phone.current();
        if (!here) { showNobody(); return; }
        const { user } = here;
        const visits = here.vault ? await here.vault.visits() : [];
        const count = await phone.held(user);
        const go = button(say('Đăng xuất và xóa', 'Sign out and erase'), async () => {
            const asks = say(
                `Xóa hẳn ${count} lượt đến chưa về đến máy xã? Không lấy lại được.`,
                `Delete ${many(count, 'visit', 'visits')} not yet at the hub? This cannot be undone.`);
            if (count > 0 && !confirm(asks)) return;
            await phone.leave(user);
            hand.vault = null;
            hand.list = null;
            frame(null);
            phone.tell();
            history.replaceState(null, '', location.pathname);
            hand.drawn = 'nobody';
            tellNext(say('Đã đăng xuất; điện thoại này không còn giữ gì.',
                'Signed out; nothing is left on this phone.'));
            showNobody();
        }, 'danger', { id: 'leave', disabled: count > 0 });
        show(
            say('Đăng xuất khỏi điện thoại', 'Sign out of this phone'),
            paragraph(say(
                `Danh sách và chìa khóa của ${user.shown} bị xóa khỏi điện thoại này. Muốn dùng lại phải đăng nhập ở gần máy thôn.`,
                `The list and the key of ${user.shown} will be erased from this phone. To use it again, sign in near the node.`)),
            count > 0 ? [
                notice('bad', paragraph(say(
                    `${count} lượt đến trên điện thoại chưa về đến máy xã và sẽ mất hẳn:`,
                    `${many(count, 'visit', 'visits')} on this phone, not yet at the hub, will be lost:`)),
                visits.length > 0 ? make('ul', {}, visits.map((one) => make('li', {},
                    `${headOf(one.packet)} · ${shortTime(one.begun)} · ${standing(one)}`))) : null),
                make('div', { class: 'actions' }, link('#outbox',
                    say('Xem và gửi trước', 'See and send them first'), 'button')),
                make('label', { class: 'check' }, make('input', {
                    type: 'checkbox', id: 'understood',
                    onchange: (event) => { go.disabled = !event.target.checked; },
                }), make('span', {}, say(
                    `Tôi hiểu ${count} lượt đến này sẽ mất`,
                    `I understand that ${many(count, 'visit', 'visits')} will be lost`))),
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

    return { showLock, showLeave, showNobody };
})();
