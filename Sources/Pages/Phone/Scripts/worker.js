/*
 * Keeps the phone's own page, its scripts and its looks, and shows that page wherever the node does
 * not answer. Holds no personal data. The node puts the names of the files before this text.
 */
const patience = 5000;
const cacheName = `doorstep-${shell.version}`;

self.addEventListener('install', (event) => {
    event.waitUntil(
        caches.open(cacheName)
            .then((cache) => cache.addAll(shell.files.map(
                (file) => new Request(file, { cache: 'reload' }))))
            .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
    event.waitUntil(
        caches.keys()
            .then((names) => Promise.all(
                names.filter((name) => name !== cacheName).map((name) => caches.delete(name))))
            .then(() => self.clients.claim()));
});

/** The node's answer, or the phone's own page where there is none in time. */
async function page(request) {
    const away = new AbortController();
    const clock = setTimeout(() => away.abort(), patience);
    try {
        return await fetch(request, { signal: away.signal });
    } catch {
        const kept = await caches.match('/phone');
        return kept ?? Response.error();
    } finally {
        clearTimeout(clock);
    }
}

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const path = new URL(request.url).pathname;
    // The node itself, or the browser's own word about its certificate: never the phone's page.
    const isDirect = path === '/sign-in' || path === '/trust' || path.startsWith('/trust/');
    if (isDirect) return;
    if (request.method === 'GET' && request.mode === 'navigate') {
        event.respondWith(page(request));
    } else if (request.method === 'GET' && path.startsWith('/assets/')) {
        event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
    }
});
