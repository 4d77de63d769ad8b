'use strict';

/*
 * What the pages of a phone have at hand: who is here, his list, and the day.
 */
globalThis.DoorstepHand = (() => {
    const { say } = globalThis.DoorstepSpeech;
    const { mark } = globalThis.DoorstepAddress;
    const { time } = globalThis.DoorstepParts;
    const { dayAt, headIn } = globalThis.DoorstepAnswers;
    const phone = globalThis.DoorstepPhone;

    const root = document.querySelector('#phone');

    /** What this page holds of the phone's store, and how it stands with the node. */
    const hand = {
        vault: null,
        list: null,
        form: null,
        /** What is read out to every household: `{version, lines}`. */
        spoken: null,
        /** What came of sending, while the page is open on which somebody asked for it. */
        reach: null,
        /** Tells whether what is shown is what is kept. */
        drawn: '',
    };

    /** Pages to which those lead that stand in files before them: each is put here by its own file. */
    const ways = {};

    /** Of the last moment: see `phone.stamp`. */
    const now = () => phone.nodeTime(phone.stamp());
    const today = () => dayAt(now());

    const household = (id) => hand.list?.households.find((one) => one.id === id);

    /** Who heads a household now; of one without a head its number. */
    const headOf = (house) => headIn(hand.form, house) ?? [house.code, say('chưa có chủ hộ', 'without a head')]
        .filter(Boolean).join(' · ');

    const placeOf = (house) => house.address ?? house.group ?? '';

    const isAway = () => root.dataset.met === 'away';

    const isNear = () => root.dataset.met === 'reached';

    /** Without its day where that is today's. */
    const shortTime = (milliseconds) => (dayAt(milliseconds) === today()
        ? time(milliseconds).slice(0, 5) : time(milliseconds));

    /** The page that the address asks for; one of the node's own pages where that is away. */
    function wanted() {
        const house = /^\/household\/([0-9a-f-]+)$/.exec(location.pathname);
        if (location.hash === '' && house) return `house-${house[1]}`;
        if (location.hash === '' && location.pathname === '/sync') return 'outbox';
        const page = mark();
        return page === 'list' ? '' : page;
    }

    return { hand, ways, root, now, today, household, headOf, placeOf, shortTime, isAway, isNear, wanted };
})();
