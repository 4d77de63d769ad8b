'use strict';

/*
 * The camera that reads the code of an identity card into its field.
 */
globalThis.DoorstepCamera = (() => {
    /** A button that opens the camera until it has seen a code; none where there is no camera. */
    async function offer(card, words, onRead, onDark) {
        if (!card || !window.BarcodeDetector || !navigator.mediaDevices) return;
        if (!(await BarcodeDetector.getSupportedFormats()).includes('qr_code')) return;
        const detector = new BarcodeDetector({ formats: ['qr_code'] });
        const button = document.createElement('button');
        const video = document.createElement('video');
        button.type = 'button';
        button.textContent = words.dataset.camera;
        video.playsInline = true;
        video.muted = true;
        video.hidden = true;
        card.closest('.field').before(button, video);
        let stream = null;

        const stop = () => {
            stream?.getTracks().forEach((track) => track.stop());
            stream = null;
            video.hidden = true;
            button.textContent = words.dataset.camera;
        };

        const look = async () => {
            if (!stream) return;
            const [code] = await detector.detect(video).catch(() => []);
            if (!code) { setTimeout(look, 200); return; }
            stop();
            card.value = code.rawValue;
            onRead();
        };

        button.addEventListener('click', async () => {
            if (stream) { stop(); return; }
            try {
                stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
            } catch {
                onDark();
                return;
            }
            video.srcObject = stream;
            video.hidden = false;
            button.textContent = words.dataset.stop;
            await video.play();
            look();
        });
        addEventListener('pagehide', stop);
    }

    return { offer };
})();
