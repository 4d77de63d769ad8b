'use strict';

/*
 * When something is asked: conditions over a record's values are true, false, or null where the facts do not
 * tell (Kleene's logic).
 */
globalThis.DoorstepConditions = (() => {
    const { pad, daysIn, range } = globalThis.DoorstepDates;

    const not = (known) => (known === null ? null : !known);

    const all = (parts) =>
        parts.includes(false) ? false : parts.includes(null) ? null : true;

    /** The value that counts: the register's where it is filled. */
    const counted = (values, field) => values[`${field}_register`] ?? values[field] ?? null;

    /**
     * What decides whether a field is asked: within its own section what was answered at the door goes
     * before what a list says.
     */
    function asking(field, type, values) {
        const outdone = type.list.filter((other) => other.s && other.s === field.s
            && isAnswer(values[other.n] ?? null) && `${other.n}_register` in values);
        if (outdone.length === 0) return values;
        const own = { ...values };
        for (const other of outdone) delete own[`${other.n}_register`];
        return own;
    }

    /** The code or text that counts; null for an empty field or one that nobody knows. */
    function knownCode(type, values, field) {
        const text = counted(values, field);
        if (text === null) return null;
        const choices = type.fields.get(field)?.o;
        if (!choices) return text;
        return text !== 'unknown' && choices.some((choice) => choice[0] === text) ? text : null;
    }

    /** The same day years later; 29/02 is 28/02 in common years. */
    function later(date, years) {
        const year = date.year + years;
        const day = Math.min(date.day, daysIn(year, date.month));
        return `${pad(year, 4)}-${pad(date.month, 2)}-${pad(day, 2)}`;
    }

    function ageAtLeast(years, birth, today) {
        const found = birth === null ? null : range(birth);
        if (!found) return null;
        if (later(found[1], years) <= today) return true;
        return later(found[0], years) <= today ? null : false;
    }

    /** Completed years at a day; null where the date of birth does not tell. */
    function age(birth, today) {
        const most = Number(today.slice(0, 4)) - Number((birth ?? '').slice(0, 4));
        for (const years of birth ? [most, most - 1] : []) {
            const isReached = years < 0 ? false : ageAtLeast(years, birth, today);
            if (isReached !== false) return isReached ? years : null;
        }
        return null;
    }

    /** `assumesAges`: every age that may be reached is. */
    function holds(condition, type, values, today, assumesAges = false) {
        const again = (part) => holds(part, type, values, today, assumesAges);
        switch (condition[0]) {
        case 'always': return true;
        case 'one': {
            const code = knownCode(type, values, condition[1]);
            return code === null ? null : condition[2].includes(code);
        }
        case 'filled': return counted(values, condition[1]) !== null;
        case 'least': {
            const number = counted(values, condition[1]);
            return typeof number === 'number' ? number >= condition[2] : null;
        }
        case 'holds': {
            const text = counted(values, condition[1]);
            return text === null ? null : text.split(',').includes(condition[2]);
        }
        case 'age':
            return assumesAges || ageAtLeast(condition[1], counted(values, condition[2]), today);
        case 'and': return all(condition[1].map(again));
        case 'or': return not(all(condition[1].map((part) => not(again(part)))));
        case 'not': // Ages below a "not" are judged as they are, as the node does.
            return not(holds(condition[1], type, values, today));
        case 'certain': return holds(condition[1], type, values, today) ?? false;
        default: return null;
        }
    }

    /** Fields that a condition looks at. */
    function looksAt(condition) {
        switch (condition[0]) {
        case 'one': case 'filled': case 'least': case 'holds': return [condition[1]];
        case 'age': return [condition[2]];
        case 'and': case 'or': return condition[1].flatMap(looksAt);
        case 'not': case 'certain': return looksAt(condition[1]);
        default: return [];
        }
    }

    const isProvenance = (field) =>
        Boolean(field.s) && ['_source', '_observed_on', '_unknown'].some(
            (end) => field.n === field.s + end);

    const isAnswer = (value) => value !== null && value !== undefined && value !== 'unknown';

    return { counted, asking, later, ageAtLeast, age, holds, looksAt, isProvenance, isAnswer };
})();
