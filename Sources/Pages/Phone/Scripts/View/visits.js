'use strict';

/*
 * What came of the visits on this phone, and what they say of their households.
 */
globalThis.DoorstepVisits = (() => {
    const { label } = globalThis.DoorstepSpeech;
    const { laidOver } = globalThis.DoorstepForm;
    const phone = globalThis.DoorstepPhone;
    const { hand, today } = globalThis.DoorstepHand;

    const states = {
        'not-visited': ['chưa đến', 'not visited'],
        'emptied': ['không còn ai ở', 'nobody left'],
        'away': ['vắng', 'nobody home'],
        'call-again': ['hẹn lại', 'call again'],
        'partial': ['hỏi chưa hết', 'partly asked'],
        'done': ['đã xong', 'done'],
    };

    const outcomeQuestion = '0000000000000000-1.outcome';

    /** What a visit on this phone makes of its household. */
    function outcomeState(visit) {
        const outcome = visit.inputs.findLast(
            (one) => one[0] === 'answer' && one[1] === outcomeQuestion)?.[2];
        return {
            'no-contact': 'away', 'inaccessible': 'away', 'postponed': 'call-again',
            'partial': 'partial',
        }[outcome] ?? (outcome ? 'done' : null);
    }

    /** As the list shows it: by the last visit on this phone, else as the node said. */
    const stateOf = (house, visit) =>
        (visit && visit.state !== 'open' ? outcomeState(visit) : null) ?? house.state;

    const visitStates = {
        open: ['đang ghi', 'in progress'], finished: ['chưa gửi', 'not sent'],
        sent: ['đã gửi', 'sent'], refused: ['cần sửa', 'needs correction'],
        undecided: ['cần quyết', 'needs a decision'], differs: ['cần sửa', 'needs correction'],
    };

    /** What came of a visit, and where it is. */
    const standing = (visit) => [visit.state === 'open' ? '' : label(states[outcomeState(visit)] ?? ['', '']),
        label(visitStates[visit.state])].filter(Boolean).join(', ');

    /** Whether somebody still writes at it. */
    const isWritten = (visit) => ['open', 'refused'].includes(visit.state);

    /** Whether the list does not say yet what a visit has recorded. */
    const isAhead = (visit) => ['finished', 'undecided', 'differs'].includes(visit.state)
        || visit.state === 'sent' && visit.taken > hand.list.fetched;

    /** A household of the list with what this phone has recorded there since. */
    function withOwn(house, visits) {
        const own = visits.filter((one) => one.household === house.id && isAhead(one));
        const sent = own.map((one) => ({ key: one.key, ...phone.asSent(one) }));
        return hand.form ? laidOver(hand.form, house, sent, today()) : house;
    }

    return { states, stateOf, outcomeState, standing, isWritten, isAhead, withOwn };
})();
