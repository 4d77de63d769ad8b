'use strict';

/*
 * Requests to the node, and what came of them in words.
 */
globalThis.DoorstepAsking = (() => {
    const { say } = globalThis.DoorstepSpeech;

    const version = 1;

    class Refusal extends Error {
        /** `form`: the secret of posts, of a session that waits for its PIN. */
        constructor(status, state, form = null) {
            super(state);
            this.status = status;
            this.state = state;
            this.form = form;
        }
    }

    /** Gives up after 20 seconds; old browsers have no AbortSignal.timeout. */
    function patient() {
        const away = new AbortController();
        setTimeout(() => away.abort(), 20000);
        return away.signal;
    }

    /** What a reply says that no phone's page of a node would give. */
    function strange(status) {
        if (status === 429 || status === 503) return 'crowded';
        return status >= 500 || status === 403 ? 'failed' : 'stranger';
    }

    async function ask(path, ticket, body, form, credentials = 'same-origin') {
        const headers = ticket ? { 'Phone-Ticket': ticket } : {};
        if (body) {
            headers['Content-Type'] = 'application/json';
            headers['Form-Token'] = form;
        }
        let reply = null;
        let value = null;
        try {
            reply = await fetch(path, {
                method: body ? 'POST' : 'GET',
                headers,
                body: body ? JSON.stringify({ v: version, ...body }) : undefined,
                cache: 'no-store',
                credentials,
                redirect: 'error',
                signal: patient(),
            });
            const isJSON = reply.headers.get('Content-Type')?.startsWith('application/json');
            value = isJSON ? await reply.json() : null;
        } catch {
            throw new Refusal(0, 'away');
        }
        if (!value) throw new Refusal(reply.status, strange(reply.status));
        if (!reply.ok) throw new Refusal(reply.status, value.state ?? 'failed', value.form);
        if (value.v !== version) throw new Refusal(409, 'old-version');
        return value;
    }

    /** What came of meeting the node, in words: each case has its own. */
    const reaches = {
        'reached': ['Đã gặp máy thôn.', 'Connected to the node.'],
        'away': ['Chưa gặp được máy thôn.', 'The node is out of reach.'],
        'busy': ['Đang gửi ở một trang khác.', 'Another tab is already sending.'],
        'signed-out': ['Đăng nhập lại để gửi.', 'Sign in again to send.'],
        'sealed': ['Gõ mật khẩu để mở.', 'Type the password to open.'],
        'locked': ['Nhập mã PIN để gửi.', 'Enter the PIN to send.'],
        'blocked': ['Tài khoản đã bị khóa.', 'The account is blocked.'],
        'not-allowed': ['Vai trò của anh/chị không ghi được nữa.', 'Your role may no longer record visits.'],
        'old-form': ['Phiên đăng nhập vừa đổi: gửi lại.', 'Your session has just changed: send again.'],
        'old-version': ['Chương trình đã đổi: tải lại trang.', 'The program was updated: reload this page.'],
        'malformed': ['Máy thôn không đọc được: báo cán bộ xã.', 'The node cannot read it: tell the commune officer.'],
        'crowded': ['Máy thôn đang bận: thử lại sau vài giây.', 'The node is busy: try again in a few seconds.'],
        'failed': ['Máy thôn gặp lỗi; thử lại sau.', 'The node had an error; try again later.'],
        'stranger': [
            'Nơi trả lời không phải máy thôn: xem lại Wi-Fi.',
            'Something else answered, not the node: check the Wi-Fi.'],
        'broken': [
            'Trình duyệt không lưu được: kiểm tra bộ nhớ của điện thoại.',
            'The browser cannot save it: check the storage left on the phone.'],
    };

    const inWords = (outcome) => say(...(reaches[outcome] ?? reaches.failed));

    /** Those that somebody has to do something about before anything is sent. */
    const hindrances = ['signed-out', 'locked', 'not-allowed', 'old-version', 'malformed', 'broken'];

    return { Refusal, patient, ask, inWords, hindrances };
})();
