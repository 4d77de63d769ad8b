'use strict';

/*
 * Where the house stands.
 */
globalThis.DoorstepPosition = (() => {
    /** Only where the commune collects it, and by a tap. */
    function offer(form, words, onFound, onNowhere) {
        const [latitude, longitude] = ['latitude', 'longitude']
            .map((name) => form.querySelector(`input[name^="q."][name$=".${name}"]`));
        if (!latitude || !longitude || !navigator.geolocation) return;
        if (form.querySelector('.where')) return;
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'where';
        button.textContent = words.dataset.position;
        latitude.closest('.field').before(button);
        button.addEventListener('click', () => {
            navigator.geolocation.getCurrentPosition(({ coords }) => {
                latitude.value = coords.latitude.toFixed(6);
                longitude.value = coords.longitude.toFixed(6);
                onFound();
            }, () => onNowhere(), { enableHighAccuracy: true, timeout: 20000 });
        });
    }

    return { offer };
})();
