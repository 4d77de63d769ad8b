'use strict';

/*
 * The time by the node's clock, which phones may differ from.
 */
globalThis.DoorstepClock = (() => {
    /** By how much the phone's clock differs from the node's, as of the meeting at the node's `since`. */
    let clock = { offset: 0, since: 0 };

    async function noteClock(vault, session) {
        const offset = session.now - Date.now();
        const isNews = Math.abs(offset - clock.offset) > 1000 || session.now - clock.since > 60000;
        clock = { offset, since: session.now };
        if (isNews) await vault.write('clock', clock);
    }

    async function readClock(vault) {
        const kept = await vault.read('clock');
        if (kept && kept.since > clock.since) clock = kept;
    }

    /** A moment: what the phone's clock says, and how that clock was known to differ. */
    const stamp = () => ({ at: Date.now(), ...clock });

    /** By how much clocks may differ before a time is put right: they are read one after the other. */
    const tolerance = 60000;

    /**
     * When it was by the node's clock, in milliseconds since 1970; with `now`, what the node's clock
     * says at this moment, the phone's clock may have been put right since.
     *
     * Of the two readings, with the difference as it was and as it is, the one that lies between the
     * meeting before and now; where both do, the present one: phones put themselves right soon.
     */
    function nodeTime({ at, offset, since }, now = null) {
        const then = at + offset;
        if (now === null || !since) return then;
        const present = at + now - Date.now();
        const fits = (time) => time >= since - tolerance && time <= now + tolerance;
        return Math.abs(then - present) > tolerance && fits(present) ? present : then;
    }

    /** What the node gets of a visit: its times are by the node's clock as far as that is known now. */
    function asSent(visit) {
        const now = Date.now() + clock.offset;
        const whole = (time) => Math.max(0, Math.round(time));
        const read = (name) => whole(visit.clock?.[name] ? nodeTime(visit.clock[name], now) : visit[name]);
        const begun = read('begun');
        const inputs = visit.inputs.map(
            (one) => (one[0] === 'at' ? ['at', whole(nodeTime(one[1], now))] : one));
        return { begun, ended: Math.max(begun, read('ended')), inputs };
    }

    /** `14:05`, with its day where that is not today's; Việt Nam's time. */
    function clockOf(milliseconds) {
        const local = (time) => new Date(time + 7 * 3600000).toISOString();
        const [text, today] = [local(milliseconds), local(Date.now() + clock.offset)];
        const [year, month, day] = text.slice(0, 10).split('-');
        return text.slice(11, 16) + (text.slice(0, 10) === today.slice(0, 10) ? '' : ` ${day}/${month}/${year}`);
    }

    return { noteClock, readClock, stamp, nodeTime, asSent, clockOf };
})();
