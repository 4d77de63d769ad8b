'use strict';

/*
 * What is finished goes to the node, and what was sent stays here until the node above has it.
 */
globalThis.DoorstepDelivery = (() => {
    const { Refusal, ask } = globalThis.DoorstepAsking;
    const { asSent } = globalThis.DoorstepClock;

    /** States of a refusal that concern the session, not the visit that was sent. */
    const ofSession = ['signed-out', 'locked', 'blocked', 'not-allowed', 'old-form', 'old-version',
        'crowded', 'failed', 'stranger'];

    /** The node's answer to a visit; one that it cannot read is to be mended, and holds up no other. */
    async function offer(visit, session) {
        try {
            return await ask('/phone/visit', session.ticket, {
                visit: visit.key, household: visit.household, token: visit.token, ...asSent(visit),
            }, session.form);
        } catch (error) {
            const isOwn = error instanceof Refusal && !ofSession.includes(error.state)
                && error.status >= 400 && error.status < 500;
            if (!isOwn) throw error;
            return {
                state: 'refused', problems: [], message: [
                    `Máy thôn không đọc được lượt đến này (mã ${error.status}): giữ nguyên ở đây và báo cán bộ xã.`,
                    `The node cannot read this visit (code ${error.status}): leave it here and tell the commune officer.`],
            };
        }
    }

    /** In the order of the visits; returns how many the node took. */
    async function deliver(vault, session) {
        const visits = await vault.visits();
        const waiting = visits.filter((one) => ['sent', 'undecided'].includes(one.state));
        const standings = waiting.length > 0
            ? (await ask('/phone/known', session.ticket,
                { visits: waiting.slice(0, 200).map((one) => one.key) }, session.form)).visits
            : {};
        for (const visit of waiting) await settle(vault, visit, standings[visit.key]);
        let taken = 0;
        const all = await vault.visits();
        const missing = new Set(all.filter((one) => one.state !== 'sent').map((one) => one.key));
        for (const visit of all) {
            // What was begun on top of another visit waits until the node has that one.
            if (visit.state !== 'finished' || visit.after?.some((key) => missing.has(key))) continue;
            const reply = await offer(visit, session);
            if (reply.state === 'refused') {
                visit.state = 'refused';
                visit.problems = reply.problems;
                visit.message = reply.message;
                // Where another tab has changed it meanwhile, it is sent anew.
                await vault.keep(visit);
            } else {
                visit.path = reply.path ?? null;
                visit.taken = Date.now();
                taken += 1;
                await keepNews(vault, visit, reply);
                if (['here', 'above', 'given-up'].includes(reply.state)) missing.delete(visit.key);
                await settle(vault, visit, reply.state);
            }
        }
        return taken;
    }

    /** What the node has not taken of a visit is told, though the visit itself may be forgotten soon. */
    async function keepNews(vault, { packet, begun }, { dropped = [], changed = [] }) {
        if (dropped.length + changed.length === 0) return;
        const house = packet.head ?? packet.code ?? '';
        const before = await vault.read('news') ?? [];
        await vault.write('news', [...before, { house, begun, dropped: dropped.length, changed }].slice(-20));
    }

    /** Only what the node above has is forgotten; what the node does not know is sent again. */
    async function settle(vault, visit, standing) {
        switch (standing) {
        case 'above': case 'given-up': await vault.forget(visit); return;
        case 'differs': visit.state = 'differs'; break;
        case 'unknown': visit.state = 'finished'; break;
        case 'undecided': visit.state = 'undecided'; break;
        case 'here': visit.state = 'sent'; break;
        default: return;
        }
        await vault.keep(visit);
    }

    return { deliver };
})();
