'use strict';

/*
 * The name of the node over the phone's own page, which is kept with the name that it had when the program
 * changed last.
 */
globalThis.DoorstepNaming = (() => {
    const { isShell } = globalThis.DoorstepSpeech;

    const placeIn = (page) => page.querySelector('header .name');

    /** The node has said what it is called: here, and on the page that is kept for when it is away. */
    async function noteName(name) {
        if (isShell && placeIn(document).textContent !== name) placeIn(document).textContent = name;
        // Each version of the program keeps its own page.
        for (const version of await globalThis.caches?.keys() ?? []) {
            const cache = await caches.open(version);
            const kept = await cache.match('/phone');
            if (kept) await rename(cache, kept, name);
        }
    }

    async function rename(cache, kept, name) {
        const page = new DOMParser().parseFromString(await kept.text(), 'text/html');
        const place = placeIn(page);
        if (place.textContent === name) return;
        page.title = page.title.replace(place.textContent, () => name);
        place.textContent = name;
        const text = `<!doctype html>${page.documentElement.outerHTML}`;
        await cache.put('/phone', new Response(text, { headers: kept.headers }));
    }

    return { noteName };
})();
