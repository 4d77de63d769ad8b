'use strict';

/*
 * A finger that wipes over a page of a visit turns it.
 */
globalThis.DoorstepSwipes = (() => {
    /** Least way of a swipe, in pixels, and how much flatter than high it is. */
    const swipeLeast = 80;
    const swipeFlat = 2;
    /** Where the browser's own gestures begin, in pixels from the edge. */
    const edge = 24;

    /** To the left is on, to the right is back: what the buttons do, and nothing where there is none. */
    function watch(form) {
        let touch = null;

        form.addEventListener('touchstart', (event) => {
            const [finger] = event.touches;
            const isFree = event.touches.length === 1 && finger.clientX > edge && finger.clientX < innerWidth - edge
                && !event.target.closest('input,textarea,select,video,.scroll') && getSelection().isCollapsed
                // Looked at closely, a finger moves the page.
                && (globalThis.visualViewport?.scale ?? 1) < 1.05;
            touch = isFree ? { x: finger.clientX, y: finger.clientY, at: event.timeStamp } : null;
        }, { passive: true });

        form.addEventListener('touchend', (event) => {
            if (!touch || event.touches.length > 0) return;
            const [finger] = event.changedTouches;
            const [x, y] = [finger.clientX - touch.x, finger.clientY - touch.y];
            const isSwipe = Math.abs(x) >= swipeLeast && Math.abs(x) >= swipeFlat * Math.abs(y)
                && event.timeStamp - touch.at < 1000 && getSelection().isCollapsed;
            touch = null;
            if (isSwipe) form.querySelector(`.do button[value=${x < 0 ? 'next' : 'back'}]`)?.click();
        }, { passive: true });
    }

    return { watch };
})();
