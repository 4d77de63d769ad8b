'use strict';

/*
 * What the address of a page asks for.
 */
globalThis.DoorstepAddress = (() => {
    /** The address's mark in plain letters; empty for one that is not well written. */
    function mark() {
        try {
            return decodeURIComponent(location.hash.slice(1));
        } catch {
            return '';
        }
    }

    return { mark };
})();
