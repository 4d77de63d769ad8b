'use strict';

/*
 * What is typed into a field of the form, judged as the node judges it, and values as people read them.
 *
 * The same rules as the node's Survey; pure, as all that this is made of, so that both are tested against
 * each other. The node reads everything anew: what is decided here is what is said at the door.
 */
globalThis.DoorstepReading = (() => {
    const { normalized, folded } = globalThis.DoorstepTexts;
    const { stored, range, dateOf, showDate, dateWords } = globalThis.DoorstepDates;
    const { whole, millionths, mobile, usedPrefix, phoneOf, showPhone,
        personalOf, strangeIn } = globalThis.DoorstepNumbers;

    const labelled = (field, [vi, en]) => [`${field.l[0]}: ${vi}`, `${field.l[1]}: ${en}`];
    const blocks = (field, vi, en) => ({ blocks: true, text: labelled(field, [vi, en]) });
    const warns = (field, vi, en) => ({ blocks: false, text: labelled(field, [vi, en]) });

    /** `field.d`: which days it may name, in the words of the form as data. */
    function dayProblems(field, date, today) {
        const days = range(date.replace('?', '')).map((one) => stored(one.year, one.month, one.day));
        const future = () => ['ở tương lai', 'in the future'];
        switch (field.d?.[0]) {
        case 'past': {
            if (days[0] > today) return [warns(field, ...future())];
            if (!field.d[1] || days[1] >= field.d[1]) return [];
            const [vi, en] = dateWords(field.d[1]);
            return [warns(field, `trước ${vi} pháp luật chưa có loại này`, `before ${en} the law had no such thing`)];
        }
        case 'past-only': return days[0] > today ? [blocks(field, ...future())] : [];
        case 'future': return days[1] <= today ? [warns(field, 'phải sau hôm nay', 'must be after today')] : [];
        default: return [];
        }
    }

    const never = ['khong thoi han', 'vo thoi han', 'never', 'no expiry'];

    function judgedDate(field, text, today) {
        if (field.k === 'date' && never.includes(folded(text))) {
            return { value: '9999-12-31', problems: dayProblems(field, '9999-12-31', today) };
        }
        const { date, isProposed, refusal } = dateOf(text, Number(today.slice(0, 4)));
        if (date === null) return { value: null, problems: [] };
        if (refusal) return { problems: [blocks(field, ...refusal)] };
        if (isProposed) {
            return {
                proposal: date, problems: [blocks(field, 'năm ghi hai số hoặc bảng tính đổi ngày, kiểm tra lại',
                    "two-digit year or a spreadsheet's number, check it")],
            };
        }
        if (field.k === 'date' && date.length !== 10) {
            return { problems: [blocks(field, 'cần đủ ngày, tháng, năm', 'needs day, month and year')] };
        }
        return checkedBy(date, dayProblems(field, date, today));
    }

    /** What blocks stands alone; else the value with its warnings. */
    const checkedBy = (value, problems) => {
        const bad = problems.find((one) => one.blocks);
        return bad ? { problems: [bad] } : { value, problems };
    };

    function judgedNumber(field, number) {
        if (number === null) return { problems: [blocks(field, 'phải là số', 'must be a number')] };
        const [least, most] = field.m;
        return checkedBy(number, number >= least && number <= most ? [] : [blocks(
            field, `phải từ ${least} đến ${most}`, `must be from ${least} to ${most}`)]);
    }

    function judgedPhone(field, text) {
        const found = phoneOf(text);
        if (!found) {
            return {
                problems: [{
                    blocks: true, text: ['Số điện thoại không đúng: di động 10 số bắt đầu 03, 05, 07, 08, 09',
                        'Not a telephone number: mobiles have 10 digits and begin 03, 05, 07, 08 or 09'],
                }],
            };
        }
        if (found.why) return { proposal: found.number, problems: [blocks(field, ...found.why)] };
        const isUsed = !mobile.test(found.number) || usedPrefix.test(found.number);
        return {
            value: found.number,
            problems: isUsed ? [] : [warns(field, 'đầu số lạ, kiểm tra lại', 'unusual prefix, check it again')],
        };
    }

    function judgedPersonal(field, text, today) {
        const thisYear = Number(today.slice(0, 4));
        const { number, why, refusal } = personalOf(text, thisYear);
        if (refusal) return { problems: [blocks(field, ...refusal)] };
        if (why) return { proposal: number, problems: [blocks(field, ...why)] };
        return {
            value: number,
            problems: strangeIn(number, {}, thisYear).map((words) => ({ blocks: false, text: words })),
        };
    }

    function judgedText(field, text) {
        const { length } = [...text];
        if (length > field.m) {
            return { problems: [blocks(field, `quá dài: ${length} ký tự, tối đa ${field.m}`,
                `too long: ${length} characters, at most ${field.m}`)] };
        }
        const problems = [];
        if (field.n === 'note' && /(?:^|\D)\d{9,16}(?!\d)/.test(text)) {
            problems.push(warns(field, 'có dãy số dài; không ghi số giấy tờ, số tài khoản ở đây',
                "holds a long number; papers' and accounts' numbers do not belong here"));
        }
        if (field.k === 'name' && !/^[\p{Alphabetic}\p{Mn} \-'.]*$/u.test(text)) {
            problems.push(warns(field, 'có ký tự không phải chữ cái', 'holds something other than letters'));
        } else if (field.n === 'full_name' && !text.includes(' ')) {
            problems.push(warns(field, 'chỉ có một từ', 'only one word'));
        }
        return { value: text, problems };
    }

    function judgedCodes(field, text) {
        const codes = text.split(',').sort();
        return checkedBy(codes.join(','), codes.length > 1 && codes.includes('none') ? [blocks(
            field, '“Không” loại trừ mọi mục khác', '“None” excludes the others')] : []);
    }

    /**
     * What a text becomes in a field: `{value, problems}`, `{proposal, problems}` for a likely value
     * that somebody must confirm, or only `{problems}`; a problem is `{blocks, text: [vi, en]}`.
     */
    function judged(field, text, today) {
        const plain = normalized(text);
        if (plain === '') return { value: null, problems: [] };
        switch (field.k) {
        case 'number': return judgedNumber(field, whole(plain));
        case 'degrees': return judgedNumber(field, millionths(plain));
        case 'date': case 'partial': return judgedDate(field, plain, today);
        case 'phone': return judgedPhone(field, plain);
        case 'id': return judgedPersonal(field, plain, today);
        case 'old-id': return checkedBy(plain, /^\d{9}$/.test(plain) ? [] : [blocks(
            field, 'phải đủ 9 chữ số', 'must have exactly 9 digits')]);
        case 'choices': return judgedCodes(field, plain);
        case 'name': case 'text': return judgedText(field, plain);
        default: return { value: plain, problems: [] };
        }
    }

    /** A value as people read it: Vietnamese, English. */
    function shown(field, value) {
        if (value === null || value === undefined) return ['', ''];
        const both = (text) => [text, text];
        switch (field.k) {
        case 'date': case 'partial': return dateWords(String(value));
        case 'phone': return both(showPhone(String(value)));
        case 'degrees': {
            const text = (Number(value) / 1e6).toFixed(6).replace(/0{1,5}$/, '');
            return [text.replace('.', ','), text];
        }
        case 'choice': case 'choices': return [1, 2].map((language) => String(value).split(',')
            .map((code) => field.o?.find((one) => one[0] === code)?.[language] ?? code).join('; '));
        default: return both(String(value));
        }
    }

    /** What stands in a line to type in: a day with digits, in both languages. */
    const typed = (field, value) => (['date', 'partial'].includes(field.k) && value && value !== '9999-12-31'
        ? [showDate(String(value)), showDate(String(value))] : shown(field, value));

    return { judged, shown, typed };
})();
