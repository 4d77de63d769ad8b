'use strict';

/*
 * Dates as people write them and as they are stored: `yyyy-mm-dd`, with less where less is known, and `?`
 * behind a suspect one.
 */
globalThis.DoorstepDates = (() => {
    const { normalized } = globalThis.DoorstepTexts;

    const pad = (number, width) => String(number).padStart(width, '0');

    const daysIn = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

    /** As it is stored; null for a day that does not exist. */
    function stored(year, month, day) {
        if (year < 1 || year > 9999 || month !== undefined && (month < 1 || month > 12)) return null;
        if (day !== undefined && (day < 1 || day > daysIn(year, month))) return null;
        return [pad(year, 4), ...[month, day].filter((part) => part !== undefined)
            .map((part) => pad(part, 2))].join('-');
    }

    /** The first and the last day that a partial date may be, as numbers that can be compared. */
    function range(text) {
        const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(\?)?$/.exec(text);
        if (!parts) return null;
        const year = Number(parts[1]);
        const isYear = !parts[2] || parts[4];
        const months = isYear ? [1, 12] : [Number(parts[2]), Number(parts[2])];
        const isDay = !isYear && parts[3];
        const days = isDay
            ? [Number(parts[3]), Number(parts[3])] : [1, daysIn(year, months[1])];
        return [0, 1].map((end) => ({ year, month: months[end], day: days[end] }));
    }

    const isStored = (text) => {
        const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\??$/.exec(text);
        return Boolean(parts) && stored(...parts.slice(1).filter(Boolean).map(Number)) !== null;
    };

    const impossible = ['Ngày không có trong lịch', 'There is no such day'];
    const unreadable = ['Không đọc được ngày; viết ngày/tháng/năm', 'Not a date; write day/month/year'];
    const certain = (date) => (date ? { date } : { refusal: impossible });

    const midnights = ['00:00', '0:00', '00:00:00', '0:00:00', '00:00:00.000', '12:00 SA', '12:00:00 SA'];

    /** `{date}`, `{date, isProposed}`, `{refusal}`: day before month, always. */
    function dateReading(text, thisYear) {
        const plain = normalized(text);
        const mark = / ?\(\?\)$|\?$/.exec(plain);
        if (mark) {
            const found = dateParts(plain.slice(0, mark.index), thisYear);
            return found.date ? { ...found, date: `${found.date}?` } : found;
        }
        const clock = /^([^ T]*)[ T](.*)$/.exec(plain);
        if (!clock || !midnights.includes(clock[2])) return dateParts(plain, thisYear);
        const found = dateParts(clock[1], thisYear);
        return found.date?.length === 10 || found.isProposed || found.refusal ? found
            : { refusal: unreadable };
    }

    function dateParts(text, thisYear) {
        const parts = text.split(/[/\-. ]/);
        const widths = parts.map((part) => part.length);
        if (parts.length > 3 || text.length > 12 || !parts.every((part) => /^\d+$/.test(part))) {
            return { refusal: unreadable };
        }
        const [one, two, three] = parts.map(Number);
        if (parts.length === 3) {
            if (widths[0] === 4 && widths[1] <= 2 && widths[2] <= 2) return certain(stored(one, two, three));
            if (widths[0] > 2 || widths[1] > 2) return { refusal: unreadable };
            if (widths[2] === 4) return certain(stored(three, two, one));
            if (widths[2] !== 2) return { refusal: unreadable };
            const date = stored(three + (three > thisYear % 100 ? 1900 : 2000), two, one);
            return date ? { date, isProposed: true } : { refusal: impossible };
        }
        if (parts.length === 2) {
            if (widths[0] <= 2 && widths[1] === 4) return certain(stored(two, one));
            if (widths[0] === 4 && widths[1] <= 2) return certain(stored(one, two));
            return { refusal: unreadable };
        }
        if (widths[0] === 8) return certain(stored(one % 10000, Math.floor(one / 10000) % 100, Math.floor(one / 1000000)));
        if (widths[0] === 4) return certain(stored(one));
        if (widths[0] !== 5) return { refusal: unreadable };
        // Days since 1899-12-30, as spreadsheets store a date whose format was lost.
        const day = new Date(Date.UTC(1899, 11, 30 + one));
        return day.getUTCFullYear() <= thisYear
            ? { date: day.toISOString().slice(0, 10), isProposed: true } : { refusal: unreadable };
    }

    /** Besides what people write: the stored form, `?` behind a suspect date, `00` for what is not known. */
    function dateOf(text, thisYear) {
        if (isStored(text)) return { date: text };
        const isSuspect = text.endsWith('?');
        let rest = isSuspect ? text.slice(0, -1) : text;
        while (rest.startsWith('00/') && rest.length > 5) rest = rest.slice(3);
        if (rest.trim() === '') return { date: null };
        const found = dateReading(rest, thisYear);
        return isSuspect && found.date && !found.isProposed && !found.date.endsWith('?')
            ? { date: `${found.date}?` } : found;
    }

    const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

    /** As it is typed in both languages, and as Vietnamese writes it: `12/03/1980`. */
    const showDate = (text) => {
        const plain = text.replace('?', '').split('-').reverse().join('/');
        return text.endsWith('?') ? `${plain} (?)` : plain;
    };

    /** As each language writes it: `12/03/1980`, `12 Mar 1980`. */
    function dateWords(text) {
        if (text === '9999-12-31') return ['Không thời hạn', 'No expiry'];
        if (!isStored(text)) return [text, text];
        const [year, month, day] = text.replace('?', '').split('-').map(Number);
        const plain = [day, months[month - 1], year].filter(Boolean).join(' ');
        return [showDate(text), text.endsWith('?') ? `${plain} (?)` : plain];
    }

    return { pad, daysIn, stored, range, dateOf, showDate, dateWords };
})();
