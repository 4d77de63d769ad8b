'use strict';

/*
 * Who somebody may be who is typed in, as the node's VisitDesk judges it.
 */
globalThis.DoorstepMatches = (() => {
    const { folded } = globalThis.DoorstepTexts;
    const { range } = globalThis.DoorstepDates;
    const { isOfAnother, isMasked, isSame } = globalThis.DoorstepNumbers;
    const { order } = globalThis.DoorstepAnswers;

    const partial = (text) => (text ? range(text) : null);

    /** Where the middle of a number is hidden, it must fit the person besides, or the name must. */
    function isNumberOf(number, recorded, known, typed) {
        if (!isSame(number, recorded)) return false;
        if (!isMasked(recorded)) return true;
        const isNamed = typed.full_name && folded(typed.full_name) === folded(known.full_name ?? '');
        const isBorn = number.length === 12 ? !isOfAnother(number, known)
            : Boolean(typed.birth) && partial(known.birth)?.[0].year === partial(typed.birth)?.[0].year;
        return isNamed || isBorn;
    }

    /** Why two may be one person; null where they are not. As the node's VisitDesk judges it. */
    function reason(known, typed) {
        if (isNumberOf(typed.personal_id, known.personal_id, known, typed)) return 'personalID';
        if (isNumberOf(typed.old_cmnd, known.old_cmnd, known, typed)) return 'oldNumber';
        if (typed.personal_id && known.personal_id) return null;
        if (!typed.full_name || folded(typed.full_name) !== folded(known.full_name ?? '')) return null;
        const born = partial(typed.birth);
        if (!born) return 'nameYearAndHousehold';
        if (partial(known.birth)?.[0].year !== born[0].year) return null;
        return known.birth === typed.birth ? 'nameAndBirth' : 'nameYearAndHousehold';
    }

    const strength = ['personalID', 'oldNumber', 'nameAndBirth', 'nameYearAndHousehold'];

    /** People of a village's households who may be whoever is typed in: strongest reason first. */
    function likelyMatches(households, scope, typed) {
        return households.filter((house) => house.scope === scope)
            .flatMap((house) => house.records.filter((record) => record.t === 'resident')
                .map((record) => ({ house, record, reason: reason(record.v, typed) })))
            .filter((one) => one.reason)
            .sort((one, other) => strength.indexOf(one.reason) - strength.indexOf(other.reason)
                || order(one.record.id, other.record.id))
            .slice(0, 5);
    }

    return { likelyMatches };
})();
