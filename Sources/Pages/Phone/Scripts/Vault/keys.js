'use strict';

/*
 * Keys, what they are wrapped by, and what is sealed with them: AES-GCM, and PBKDF2 for what is typed.
 */
globalThis.DoorstepKeys = (() => {
    const rounds = 310000;

    const bytes = (text) => new TextEncoder().encode(text);

    /** The key that something typed makes; `use` keeps passwords and PINs apart. */
    async function typedKey(use, name, typed) {
        const material = await crypto.subtle.importKey(
            'raw', bytes(typed.normalize('NFC')), 'PBKDF2', false, ['deriveKey']);
        // The same on every phone of the user, and on no other's.
        const salt = bytes(`${use}\n${location.origin}\n${name}`);
        return crypto.subtle.deriveKey(
            { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
            material, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey']);
    }

    const passwordKey = (name, password) => typedKey('doorstep-phone-1', name, password);
    const pinKey = (name, pin) => typedKey('doorstep-phone-pin-1', name, pin);

    /** The key that the node gives to whoever is signed in: 64 hexadecimal digits. */
    const shareKey = (share) => crypto.subtle.importKey(
        'raw', Uint8Array.from(share.match(/../g), (pair) => parseInt(pair, 16)), 'AES-GCM', false,
        ['wrapKey', 'unwrapKey']);

    const newKey = () => crypto.subtle.generateKey(
        { name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);

    async function wrapped(key, by) {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        return { iv, key: await crypto.subtle.wrapKey('raw', key, by, { name: 'AES-GCM', iv }) };
    }

    /** Null for another key than it was wrapped by. */
    async function unwrapped(item, by) {
        if (!item || !by) return null;
        try {
            return await crypto.subtle.unwrapKey(
                'raw', item.key, by, { name: 'AES-GCM', iv: item.iv }, { name: 'AES-GCM' }, true,
                ['encrypt', 'decrypt']);
        } catch {
            return null;
        }
    }

    /** The same key, which no script can take out of the browser. */
    const kept = async (key) => crypto.subtle.importKey(
        'raw', await crypto.subtle.exportKey('raw', key), 'AES-GCM', false, ['encrypt', 'decrypt']);

    async function sealed(key, name, value) {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        // Bound to its place, so that nobody can lay one thing where another was.
        const data = await crypto.subtle.encrypt(
            { name: 'AES-GCM', iv, additionalData: bytes(name) }, key,
            bytes(JSON.stringify(value)));
        return { iv, data };
    }

    async function unsealed(key, name, item) {
        const plain = await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: item.iv, additionalData: bytes(name) }, key, item.data);
        return JSON.parse(new TextDecoder().decode(plain));
    }

    return { passwordKey, pinKey, shareKey, newKey, wrapped, unwrapped, kept, sealed, unsealed };
})();
