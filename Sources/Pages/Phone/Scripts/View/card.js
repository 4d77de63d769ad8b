'use strict';

/*
 * An identity card at the door: read by the camera, by a scanner that types, or pasted; then shown
 * beside what is recorded. The text itself is kept nowhere.
 */
globalThis.DoorstepCard = (() => {
    const { say, label } = globalThis.DoorstepSpeech;
    const { make, paragraph, notice, button, badge } = globalThis.DoorstepParts;

    /** Of the camera that is on; at most one. */
    let stream = null;

    function stop() {
        stream?.getTracks().forEach((track) => track.stop());
        stream = null;
    }

    addEventListener('pagehide', stop);
    addEventListener('hashchange', stop);

    async function canSee() {
        if (!globalThis.BarcodeDetector || !navigator.mediaDevices) return false;
        return (await BarcodeDetector.getSupportedFormats()).includes('qr_code');
    }

    /** A button that opens the camera until it has seen a code; empty where there is none. */
    function camera(onText) {
        const place = make('div', {});
        const words = () => (stream ? say('Tắt máy ảnh', 'Turn the camera off') : say('Mở máy ảnh', 'Turn the camera on'));
        const video = make('video', { playsinline: true, muted: true, hidden: true });
        const dark = make('p', { class: 'error', role: 'alert' });
        const end = () => {
            stop();
            video.hidden = true;
            open.textContent = words();
        };
        const look = async (detector) => {
            // Closed, or the page has been drawn anew.
            if (!stream) return;
            if (!video.isConnected) { stop(); return; }
            const [code] = await detector.detect(video).catch(() => []);
            if (!code) { setTimeout(look, 200, detector); return; }
            end();
            onText(code.rawValue);
        };
        const open = button(words(), async () => {
            if (stream) { end(); return; }
            dark.textContent = '';
            try {
                stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
            } catch {
                dark.textContent = say('Không mở được máy ảnh.', 'The camera cannot be opened.');
                return;
            }
            video.muted = true;
            video.srcObject = stream;
            video.hidden = false;
            open.textContent = words();
            await video.play();
            look(new BarcodeDetector({ formats: ['qr_code'] }));
        }, null, { id: 'camera' });
        canSee().then((can) => can && place.append(open, dark, video), () => null);
        return place;
    }

    /** Where a card's text comes in. */
    function scanner(onText) {
        const field = make('input', {
            id: 'card', autocomplete: 'off', 'aria-describedby': 'card-hint',
            onkeydown: (event) => { if (event.key === 'Enter') read(); },
        });
        const read = () => {
            const text = field.value;
            field.value = '';
            if (text.trim()) onText(text);
        };
        return make('details', { class: 'card scan' },
            make('summary', {}, say('Quét mã QR trên thẻ', "Scan the card's QR code")),
            camera(onText),
            make('div', { class: 'field' },
                make('label', { for: 'card' }, say('Nội dung mã QR', 'Text of the QR code')),
                make('p', { class: 'hint', id: 'card-hint' }, say(
                    'Đặt con trỏ vào đây rồi quét bằng đầu đọc, hoặc dán nội dung. Chỉ ghi sau khi anh/chị xem lại.',
                    'Put the cursor here and scan, or paste the text. Nothing is recorded until you have checked it.')),
                field),
            button(say('Đọc mã', 'Read the code'), read));
    }

    /** A line of the card: what is the same, or a tick for what is not. */
    function line(one, ticked, isStranger) {
        const title = make('b', {}, `${label(one.label)}: `);
        if (one.comparison === 'same') {
            return make('p', {}, title, `${label(one.shown)} `, badge('good', say('khớp', 'matches')));
        }
        // Where it may be another person's card, nothing is taken by itself.
        const isTicked = one.comparison === 'new' && !isStranger;
        if (isTicked) ticked.add(one);
        return make('label', { class: 'check' },
            make('input', {
                type: 'checkbox', checked: isTicked,
                onchange: (event) => { if (event.target.checked) ticked.add(one); else ticked.delete(one); },
            }),
            make('span', {}, title, label(one.shown), one.comparison === 'differs' ? make('span', { class: 'problem' },
                say(' – đang ghi: ', ' – on record: '), label(one.recorded)) : null));
    }

    /** What a card says, to be looked at: `onEnd` gets the lines that are taken, none for nothing. */
    function confirmation(card, onEnd) {
        if (card.refusal) {
            return [notice('bad', paragraph(`${label(card.refusal)}.`)), make('div', { class: 'actions' },
                button(say('Quay lại', 'Back'), () => onEnd([]), 'main', { id: 'card-back' }))];
        }
        const isStranger = card.lines.some((one) => one.comparison === 'differs');
        const ticked = new Set();
        return [
            isStranger ? notice('bad', paragraph(say(
                'Thẻ khác với bản ghi: xem có đúng người không, rồi đánh dấu mục muốn ghi theo thẻ.',
                'The card differs from the record: check that this is the right person, then tick what to record from the card.'))) : null,
            make('ul', { class: 'open' }, card.lines.map((one) => make('li', {}, line(one, ticked, isStranger)))),
            make('div', { class: 'do' },
                button(say('Ghi các mục đã đánh dấu', 'Record the ticked items'),
                    () => onEnd(card.lines.filter((one) => ticked.has(one))), 'main', { id: 'card-take' }),
                button(say('Không ghi', 'Record nothing'), () => onEnd([]), null, { id: 'card-back' })),
        ];
    }

    return { scanner, confirmation };
})();
