'use strict';

/*
 * The phone's databases: `doorstep` for all users, `doorstep-<user>` for each.
 */
globalThis.DoorstepShelf = (() => {
    const strict = { durability: 'strict' };

    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

    const finished = (transaction) => new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
    });

    function openDatabase(name) {
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore('items');
        return done(request);
    }

    const shelves = new Map();

    class Shelf {
        constructor(database) { this.database = database; }

        static open(name) {
            if (!shelves.has(name)) shelves.set(name, Shelf.connect(name));
            return shelves.get(name);
        }

        static of(user) { return Shelf.open(`doorstep-${user.id}`); }

        static async connect(name) {
            const database = await openDatabase(name);
            // Somebody signs out here or in another tab: nothing may be in the way of wiping.
            database.onversionchange = () => {
                shelves.delete(name);
                database.close();
            };
            return new Shelf(database);
        }

        get(key) {
            return done(this.database.transaction('items').objectStore('items').get(key));
        }

        keys() { return done(this.database.transaction('items').objectStore('items').getAllKeys()); }

        /** When it returns, the change survives whatever happens to the browser. */
        async change(body) {
            const transaction = this.database.transaction('items', 'readwrite', strict);
            const end = finished(transaction);
            try {
                body(transaction.objectStore('items'));
            } catch (error) {
                transaction.abort();
                end.catch(() => null);
                throw error;
            }
            await end;
        }

        put(key, value) { return this.change((items) => items.put(value, key)); }

        remove(...keys) {
            return this.change((items) => keys.forEach((key) => items.delete(key)));
        }

        /**
         * Puts a value, or takes it away where it is null, if what lies there fits; tells whether
         * it did. One transaction: nothing comes between looking and putting.
         */
        async replace(key, value, fits) {
            let isDone = false;
            let cause = null;
            const transaction = this.database.transaction('items', 'readwrite', strict);
            const end = finished(transaction);
            const items = transaction.objectStore('items');
            items.get(key).onsuccess = (event) => {
                if (!fits(event.target.result)) return;
                try {
                    if (value === null) items.delete(key); else items.put(value, key);
                    isDone = true;
                } catch (error) {
                    // Thrown on, it would be told as an end without a reason.
                    cause = error;
                    transaction.abort();
                }
            };
            await end.catch((error) => { throw cause ?? error; });
            return isDone;
        }
    }

    const entrance = () => Shelf.open('doorstep');

    return { done, Shelf, entrance };
})();
