'use strict';

/*
 * A visit's page while somebody fills it in: each answer is kept as soon as it is given, so that a
 * closed tab loses nothing, and a card can be read with the camera. Where the node is not in reach the
 * page stays, and goes on by itself. Everything works without it.
 */
globalThis.DoorstepVisit = (() => {
    const form = document.querySelector('main form[action^="/visit/"]');
    const words = document.getElementById('kept');
    if (!form || !words) return;
    const page = form.getAttribute('action');
    const card = document.getElementById('card');
    const showing = globalThis.DoorstepShowing.on(form);

    // Keys and voice go on from the page's mark, else from its heading, not from the menu; nothing moves.
    if (document.activeElement === document.body) {
        const marked = document.getElementById(globalThis.DoorstepAddress.mark());
        const first = marked?.hasAttribute('tabindex') ? marked : marked?.querySelector(
            'summary,button,input:not([type=hidden]),select,textarea');
        const heading = document.querySelector('main h1');
        heading.tabIndex = -1;
        (first ?? heading).focus({ preventScroll: true });
        // What was just added; a page that is read anew stays where it was else.
        if (marked?.matches('.question')) marked.scrollIntoView({ block: 'center' });
    }

    // Keeping

    /** Taps that the node has not answered yet, in the order in which they are sent: matter → [name, value]. */
    const pending = new Map();
    let isSending = false;
    /** Whether something was tapped since the node was last asked. */
    let isDue = false;
    let clock = 0;
    /** Whether something was typed whose field is not left yet. */
    let isTyping = false;
    let typingClock = 0;

    const ways = ['next', 'back', 'later', 'finish', 'read'];
    const goesOn = ([name, value]) => name === 'go' || (name === 'do' && ways.includes(value));
    const isKeeping = ([name, value]) => name === 'do' && value === 'keep';
    /** A number or a day that is a button: answered where it stands. */
    const isCount = ([name]) => name === 'set' && !/\/(outcome|notice)$/.test(page);

    /** What a tap is about: the last one on a matter takes the place of those before it. */
    const matter = (tap) => {
        if (goesOn(tap)) return 'way';
        const [name, value] = tap;
        const isAnswer = ['section', 'set'].includes(name);
        return isAnswer ? `${name} ${value.slice(0, value.indexOf('='))}` : `${name} ${value}`;
    };

    /** What the page would send with one of its buttons. */
    const fields = (tap) => {
        const body = new URLSearchParams();
        for (const [field, text] of new FormData(form)) {
            if (field !== 'card' || goesOn(tap)) body.append(field, plain(text));
        }
        body.append(...tap);
        return body;
    };

    /** Bad news stays in sight, wherever on the page somebody is. */
    const say = (word, ...more) => {
        const isQuiet = ['kept', 'refilled'].includes(word);
        words.className = isQuiet ? 'hint' : 'notice bad';
        words.setAttribute('role', isQuiet ? 'status' : 'alert');
        words.replaceChildren(words.dataset[word], ...more);
    };

    /** Signs that no text has, such as soft line ends pasted from elsewhere, which the node refuses. */
    const plain = (text) => (typeof text === 'string'
        ? text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]/g, ' ') : text);

    /** Keeps the page as it stands with what was tapped on it. */
    const send = (...tap) => {
        pending.delete(matter(tap));
        pending.set(matter(tap), tap);
        // Whoever goes on does so with all that he has tapped.
        const way = pending.get('way');
        if (pending.delete('way')) pending.set('way', way);
        return work();
    };

    /** Why the node has not taken something: a word of `data-`, with what helps. */
    class Halt extends Error {
        constructor(word, ...more) {
            super(word);
            this.more = more;
            /** Whether it may be otherwise in a moment. */
            this.passes = false;
        }
    }

    /** One after the other; what fails stays in its place, and nothing overtakes it. */
    const work = async () => {
        isDue = true;
        if (isSending) return;
        isSending = true;
        clearTimeout(clock);
        try {
            while (pending.size > 0) {
                isDue = false;
                const [key, tap] = pending.entries().next().value;
                const reply = await ask(tap);
                // Tapped otherwise meanwhile: that is sent next.
                if (pending.get(key) === tap) pending.delete(key);
                if (pending.size === 0) await putAside();
                // Answered further meanwhile: what the node said before that would take it off the page.
                if (pending.size === 0) answered(reply, tap);
            }
        } catch (error) {
            say(error instanceof Halt ? error.message : 'lost', ...error.more ?? []);
            // Off the Wi-Fi, or the node is in trouble: it stays on the page, and goes as soon as it can.
            const passes = !(error instanceof Halt) || error.passes;
            if (passes) clock = setTimeout(work, 5000);
            // The node has answered, and said no: nobody is led on once it says yes to something else.
            else if (error.message === 'failed') pending.delete('way');
            await putAside();
        } finally {
            isSending = false;
        }
        // Tapped while a refusal was being told: it is no part of what was refused.
        if (isDue && pending.size > 0) work();
    };

    /** `{next}` where it leads elsewhere, else `{fresh, isTaken}`, the same page anew, or `{other}`. */
    const ask = async (tap, isAgain = false) => {
        const body = fields(tap);
        const isShown = tap[0] === 'section' || isCount(tap) || isKeeping(tap);
        const reply = await fetch(form.action, {
            method: 'POST',
            body,
            headers: isShown ? {} : { 'Next-Page': 'named' },
            signal: globalThis.DoorstepPhone?.patient(),
        });
        const next = reply.headers.get('Next-Page');
        if (next) return { next };
        const other = new DOMParser().parseFromString(await reply.text(), 'text/html');
        const fresh = other.querySelector('main form[action^="/visit/"]');
        const isSame = fresh?.getAttribute('action') === page;
        if (isSame && fresh.querySelector('#questions')) return { fresh, isTaken: reply.ok };
        if (other.querySelector('[name="unlock-pin"]')) throw new Halt('locked', way('unlock'));
        if (isSame && fresh.querySelector('[value="card"]')) return { other };
        if (isSame && !isAgain) {
            // Signed in again beside this page: it goes on in the new session.
            for (const secret of ['form-token', 'form-owner']) {
                form.elements[secret].value = fresh.elements[secret].value;
            }
            return ask(tap, true);
        }
        if (new URL(reply.url).pathname === '/sign-in') {
            // Whoever is blocked is led away, and the phone wipes what it holds.
            globalThis.DoorstepPhone?.refresh({});
            throw new Halt('signedOut', way('signIn'));
        }
        if (reply.ok) throw new Halt('gone');
        // In the node's own words, which are in the reader's language.
        const parts = [...other.querySelectorAll('main h1, main p, main li')].map((one) => one.textContent.trim());
        const halt = new Halt('failed', ` ${parts.join('. ').replace(/([.?!:])\./g, '$1')}`);
        halt.passes = reply.status >= 500 || reply.status === 429;
        throw halt;
    };

    /** Out of a session that is over: the node keeps the page, asks, and comes back with it. */
    const way = (word) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.id = 'way';
        button.className = 'main';
        button.textContent = words.dataset[word];
        button.addEventListener('click', () => {
            const field = document.createElement('input');
            field.type = 'hidden';
            field.name = 'do';
            field.value = 'keep';
            form.append(field);
            pending.clear();
            form.submit();
        });
        return button;
    };

    const answered = ({ next, fresh, isTaken, other }, tap) => {
        if (next) {
            const target = new URL(next, location.href);
            // The same page is read anew; its mark alone would only scroll.
            if (target.pathname === location.pathname) {
                history.replaceState(null, '', target);
                location.reload();
            } else {
                location.assign(target);
            }
            return;
        }
        if (other) {
            document.title = other.title;
            document.querySelector('main').replaceWith(other.querySelector('main'));
            document.querySelector('main h1')?.scrollIntoView();
            return;
        }
        showing.show(fresh);
        offerPosition();
        if (isUnread(fresh)) return;
        say(isTaken ? 'kept' : 'refused');
        if (!isTaken && !isKeeping(tap) && !isCount(tap) && tap[0] !== 'section') form.querySelector('#problems').focus();
    };

    /** A scanned code that is no card's is told at its field, which waits empty for the next. */
    const isUnread = (fresh) => {
        const [old, now] = [form.querySelector('#card-error'), fresh.querySelector('#card-error')];
        if (!old || !now) return false;
        old.replaceWith(now);
        const isWrong = now.children.length > 0;
        if (isWrong) card.setAttribute('aria-invalid', 'true'); else card.removeAttribute('aria-invalid');
        if (!isWrong) return false;
        say('kept');
        card.value = '';
        card.closest('details').open = true;
        card.focus();
        return true;
    };

    addEventListener('online', () => work());
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') work();
    });
    addEventListener('beforeunload', (event) => {
        if (pending.size > 0 && form.isConnected && !form.dataset.aside) event.preventDefault();
    });

    form.addEventListener('input', (event) => {
        edits += 1;
        delete form.dataset.aside;
        if (!event.target.name?.startsWith('q.')) return;
        isTyping = true;
        // Half a number is no answer yet: it lies aside until it is one.
        typingClock ||= setTimeout(asideTyped, 400);
    });
    const asideTyped = () => {
        clearTimeout(typingClock);
        typingClock = 0;
        if (isTyping) putAside().catch(() => null);
    };
    addEventListener('pagehide', asideTyped);
    form.addEventListener('change', (event) => {
        if (!event.target.name?.startsWith('q.')) return;
        isTyping = false;
        // What is to come knows of this answer, but not that anything newer was seen.
        showing.renew();
        send('do', 'keep');
    });

    // What stands and is tapped again is said again: of today.
    form.addEventListener('click', ({ target }) => {
        if (target.type !== 'radio' || !target.name.startsWith('q.') || target.value === '') return;
        const question = target.name.slice(2);
        const tap = ['set', `${question}=${target.value}`];
        if (isCount(tap) && form.elements[`w.${question}`]?.value === target.value) send(...tap);
    });

    // Typed and not left yet, when the phone is locked or the tab is closed.
    document.addEventListener('visibilitychange', () => {
        const typed = document.activeElement;
        if (document.visibilityState !== 'hidden' || !typed?.name?.startsWith('q.')) return;
        asideTyped();
        fetch(form.action, { method: 'POST', body: fields(['do', 'keep']), keepalive: true }).catch(() => null);
    });

    // Every button is sent from here, so that no page is left for one that does not come.
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const button = event.submitter;
        if (button?.closest('.scan')) send('do', 'read');
        else send(button?.name || 'do', button?.name ? button.value : 'keep');
    });

    // Putting aside

    /** Counts what is typed, so that what lies aside is known to be all of it. */
    let edits = 0;

    /** What is on the page and not at the node yet lies sealed on the phone as well. */
    const putAside = async () => {
        const known = edits;
        const vault = (await globalThis.DoorstepPhone?.current())?.vault;
        if (!vault) return;
        const name = `aside-${page}`;
        if (pending.size === 0 && !isTyping) {
            await vault.shelf.remove(name);
            return;
        }
        const pairs = [...new FormData(form)].filter(([field]) => field.startsWith('q.'));
        const taps = [...pending.values()].filter((tap) => !goesOn(tap) && !isKeeping(tap))
            .map(([field, value]) => [field, value, said(field, value)]);
        await vault.write(name, { at: Date.now(), pairs, taps });
        // Typed on meanwhile: that is not there yet.
        if (edits === known) form.dataset.aside = 'yes';
    };

    /** A button in words, with what it is about. */
    const said = (name, value) => {
        const button = [...form.querySelectorAll('button')].find((one) => one.name === name && one.value === value);
        const title = button?.closest('.card')?.querySelector('h2,summary')?.innerText ?? '';
        return [title, button?.innerText ?? ''].filter(Boolean).join(': ');
    };

    const make = (tag, ...children) => {
        const node = document.createElement(tag);
        node.append(...children);
        return node;
    };

    /** After a killed tab: what had not reached the node stands on the page again, to be looked at. */
    const refill = async () => {
        const vault = (await globalThis.DoorstepPhone?.current())?.vault;
        const aside = await vault?.read(`aside-${page}`);
        if (!aside) return;
        const texts = new Map();
        for (const [name, text] of aside.pairs) texts.set(name, [...texts.get(name) ?? [], text]);
        const filled = [];
        for (const part of form.elements) {
            if (!part.name?.startsWith('q.') || !texts.has(part.name)) continue;
            const isMark = ['radio', 'checkbox'].includes(part.type);
            const wanted = isMark ? texts.get(part.name).includes(part.value) : texts.get(part.name)[0];
            if ((isMark ? part.checked : part.value) === wanted) continue;
            if (isMark) part.checked = wanted; else part.value = wanted;
            filled.push(part);
        }
        for (const part of filled) {
            for (let node = part.closest('details'); node; node = node.parentElement.closest('details')) node.open = true;
        }
        const taps = aside.taps.map(([, , text]) => text).filter(Boolean);
        if (filled.length > 0) say('refilled');
        if (taps.length > 0) {
            const list = make('ul', ...taps.map((text) => make('li', text)));
            words.append(filled.length > 0 ? ' ' : '', words.dataset.again, list);
        }
        if (filled.length === 0) await vault.shelf.remove(`aside-${page}`);
    };

    const offerPosition = () => globalThis.DoorstepPosition.offer(
        form, words, () => send('do', 'keep'), () => say('nowhere'));

    globalThis.DoorstepSwipes.watch(form);
    globalThis.DoorstepCamera.offer(card, words,
        () => form.requestSubmit(form.querySelector('.scan button[name=do]')), () => say('dark'));
    offerPosition();
    refill();
})();
