'use strict';

/*
 * What is typed or scanned, read as the node reads it: names, dates, numbers, the QR text of a card.
 *
 * The same rules as the node's Survey; pure, so that both are tested against each other. The node reads
 * everything anew: what is decided here is what is said at the door.
 */
globalThis.DoorstepReading = (() => {
    // Texts

    /** Blanks, signs that nobody sees, and look-alikes, as the node's TextFold reads them. */
    const blank = /[\t-\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;
    const unseen = /[\0-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

    /** Normal form C on one line, as the node stores it. */
    const normalized = (text) => text.normalize('NFC').replace(blank, ' ').replace(unseen, '')
        .replace(/[ÐƉ]/g, 'Đ').replace(/[ðɖ]/g, 'đ')
        .replace(/[\u2018\u2019\u201b\u02bc\u2032]/g, "'").trim().replace(/ +/g, ' ');

    /** Lower case without tones and marks: `Nguyễn Thị Đào` → `nguyen thi dao`. */
    function folded(text) {
        const plain = normalized(text).replace(/[Đđ]/g, 'd');
        return [...plain].map((letter) => {
            const [base] = letter.normalize('NFD');
            return /[a-z]/i.test(base) ? base : letter;
        }).join('').toLowerCase();
    }

    /** Letters without the keys of tones and marks of Telex: what the node's search leaves out too. */
    const withoutTelex = (text) => text.toLowerCase().split(' ').filter(Boolean).map((word) => {
        if (!/^[a-z]+$/.test(word)) return word;
        let letters = '';
        for (const letter of word) {
            if (/[aeiouy]/.test(letters) && 'sfrxjzw'.includes(letter)) continue;
            if (letter === letters.at(-1) && 'aeod'.includes(letter)) continue;
            letters += letter;
        }
        return letters;
    }).join(' ');

    // Dates

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

    // Numbers

    /** A whole number: `1234`, `1.234`, `1 234`; null for anything else. */
    function whole(text) {
        const groups = text.replace(/^-/, '').split(/[. ]/);
        if (text.length > 40 || !groups.every((group) => /^\d+$/.test(group))) return null;
        const isGrouped = groups.length === 1
            || groups[0].length <= 3 && groups.slice(1).every((group) => group.length === 3);
        const number = Number(groups.join(''));
        if (!isGrouped || number > 9.2e18) return null;
        return text.startsWith('-') ? -number : number;
    }

    /** Degrees with `,` or `.` before the decimals, in millionths. */
    function millionths(text) {
        const parts = /^(-?)(\d{1,3})(?:[.,](\d+))?$/.exec(text);
        if (!parts || text.length > 40) return null;
        const number = Number(parts[2] + (parts[3] ?? '').slice(0, 6).padEnd(6, '0'));
        return parts[1] ? -number : number;
    }

    const changedPrefixes = '0120 070 0121 079 0122 077 0126 076 0128 078 0123 083 0124 084 0125 085 '
        + '0127 081 0129 082 0162 032 0163 033 0164 034 0165 035 0166 036 0167 037 0168 038 0169 039 '
        + '0186 056 0188 058 0199 059';
    const mobile = /^0[35789]\d{8}$/;
    const isPhone = (text) => mobile.test(text) || /^02\d{9}$/.test(text);
    const usedPrefix = /^0(3[2-9]|5[2568]|7[06-9]|8[1-9]|9[0-46-9])/;

    /** `{number}`, `{number, isProposed: why}`, or null. */
    function phoneOf(text) {
        let digits = text.replace(/[ .\-()]/g, '');
        if (digits.startsWith('+')) {
            if (!digits.startsWith('+84')) return null;
            digits = digits.slice(1);
        }
        if (!/^\d*$/.test(digits)) return null;
        const code = ['0084', '84'].find((one) => digits.startsWith(one)
            && ([9, 10].includes(digits.length - one.length) || digits[one.length] === '0'));
        if (code) digits = digits.slice(code.length).replace(/^(?!0)/, '0');
        if (isPhone(digits)) return { number: digits };
        const prefix = digits.length === 11
            && changedPrefixes.match(new RegExp(`(?:^| )${digits.slice(0, 4)} (\\d{3})`))?.[1];
        if (prefix && isPhone(prefix + digits.slice(4))) {
            return { number: prefix + digits.slice(4), why: ['đổi từ đầu số cũ', 'converted from an old prefix'] };
        }
        if (digits.length === 9 && !code && isPhone(`0${digits}`)) {
            return { number: `0${digits}`, why: ['bị mất số 0 đầu', 'the leading 0 is missing'] };
        }
        return null;
    }

    const showPhone = (text) => (isPhone(text)
        ? `${text.slice(0, 4)} ${text.slice(4, 7)} ${text.slice(7)}` : text);

    // Personal numbers

    const provinces = new Set(('1 2 4 6 8 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 '
        + '46 48 49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96')
        .split(' ').map(Number));

    const isPersonal = (text) => /^\d{12}$/.test(text) && !/^(\d)\1*$/.test(text);
    const birthYear = (number) => 1900 + Math.floor(Number(number[3]) / 2) * 100 + Number(number.slice(4, 6));
    const isMale = (number) => Number(number[3]) % 2 === 0;
    const hasProvince = (number) => provinces.has(Number(number.slice(0, 3)));

    const lengthWords = ['Số định danh phải đủ 12 chữ số', 'A personal number has exactly 12 digits'];

    /** `{number}`, `{number, why}` where zeros were lost, `{refusal}`. */
    function personalOf(text, thisYear) {
        const digits = text.replace(/[ .\-]/g, '');
        if (!/^\d+$/.test(digits)) {
            return {
                refusal: /^[\d,]*\d[\d,]*[eE]\+*\d+$/.test(digits)
                    ? ['Bảng tính đã làm mất chữ số (dạng 4,9E+10); lấy lại số từ nguồn',
                        'The spreadsheet lost digits (like 4.9E+10); take the number from its source']
                    : ['Số định danh có ký tự không phải chữ số',
                        'The personal number holds something other than digits'],
            };
        }
        if (digits.length === 12) {
            return isPersonal(digits) ? { number: digits } : {
                refusal: ['Số định danh có 12 chữ số giống nhau',
                    'All twelve digits of the personal number are the same'],
            };
        }
        const number = digits.padStart(12, '0');
        const isLikely = [10, 11].includes(digits.length) && isPersonal(number) && hasProvince(number)
            && birthYear(number) <= Math.min(thisYear, 2099);
        return isLikely ? { number, why: ['bị mất số 0 đầu', 'the leading 0 is missing'] }
            : { refusal: lengthWords };
    }

    const strange = {
        province: ['Ba số đầu của số định danh không có trong bảng mã tỉnh',
            'The first three digits are in no table of provinces'],
        sex: ['Giới tính không khớp với số định danh', 'The sex does not fit the personal number'],
        future: ['Năm sinh trong số định danh ở tương lai', 'The personal number names a year in the future'],
        year: ['Năm sinh không khớp với số định danh', 'The year of birth does not fit the personal number'],
    };

    /** What does not fit in a personal number by itself, then to the person; never blocks. */
    function strangeIn(number, { sex, birth } = {}, thisYear) {
        if (!isPersonal(number)) return [];
        const year = birth ? Number(birth.slice(0, 4)) : null;
        return [
            hasProvince(number) ? null : strange.province,
            sex === 'male' && !isMale(number) || sex === 'female' && isMale(number) ? strange.sex : null,
            birthYear(number) > thisYear ? strange.future : null,
            year !== null && year !== birthYear(number) ? strange.year : null,
        ].filter(Boolean);
    }

    /** Whether birth or sex say that a number is somebody else's. */
    const isOfAnother = (number, person) => strangeIn(number, person, 9999)
        .some((words) => words === strange.sex || words === strange.year);

    /** `048•••••1234`, as the phone gets the numbers of households that are not the user's own. */
    const masked = (number) => (number.length === 12
        ? `${number.slice(0, 3)}•••••${number.slice(-4)}` : `•••••${number.slice(-4)}`);

    const isMasked = (text) => String(text ?? '').includes('•');

    /** Whether a number is the one that is known, of which the middle may be hidden. */
    const isSame = (number, known) => Boolean(number) && Boolean(known)
        && (isMasked(known) && !isMasked(number) ? masked(number) === known : number === known);

    // Names

    const rimes = new Set(('a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây '
        + 'e em en eng eo ec ep et ê êu ên êm ênh êch êt êp êng '
        + 'i ia iu im in inh ich it ip iêc iêm iên iêng iêt iêp iêu y yên yêm yêt yêu yêng ynh ych yt yu ya '
        + 'o oi oc om on ong op ot oa oai oao oay oac oach oam oan oang oanh oat oap oăc oăm oăn oăng oăt '
        + 'oe oen oeo oet oong ooc ô ôi ôc ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt '
        + 'u ua ui uc um un ung up ut uân uâng uât uây uê uênh uêch uên uêu uy uya uych uynh uyn uyt uyu uyên uyêt '
        + 'uơ uôc uôi uôm uôn uông uôt ư ưa ưi ưu ưc ưm ưn ưng ưt ươc ươi ươm ươn ương ươp ươt ươu').split(' '));
    const onsets = ('b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x').split(' ').concat('');
    const tones = /[\u0300\u0301\u0303\u0309\u0323]/g;
    const letter = /^[a-zà-ãè-êìíò-õùúýăđĩũơưạ-ỹ]$/i;

    /** Onset, rime and tone must each exist; any case. */
    function isSyllable(word) {
        const letters = [...word];
        if (letters.length === 0 || letters.length > 7 || !letters.every((one) => letter.test(one))) return false;
        const apart = word.toLowerCase().normalize('NFD');
        const tone = apart.match(tones) ?? [];
        const plain = apart.replace(tones, '').normalize('NFC');
        const isStopped = /(c|ch|p|t)$/.test(plain);
        if (tone.length > 1 || isStopped && !['\u0301', '\u0323'].includes(tone[0])) return false;
        return onsets.some((onset) => plain.startsWith(onset) && rimes.has(plain.slice(onset.length)));
    }

    /** Letters and the marks of names only, and no letter that Vietnamese lacks. */
    const isName = (name) => [...name].every((one) => letter.test(one) || " -'.".includes(one))
        && name.toLowerCase().replace(/'/g, '').split(/[ \-.]+/).filter(Boolean).every(isSyllable);

    /** `NGUYỄN VĂN A` → `Nguyễn Văn A`; null where the case is mixed already. */
    function inTitleCase(name) {
        const letters = [...normalized(name)];
        const cased = letters.filter((one) => letter.test(one));
        const capitals = cased.filter((one) => one !== one.toLowerCase()).length;
        if (cased.length < 2 || capitals !== 0 && capitals !== cased.length) return null;
        let startsWord = true;
        const proposal = letters.map((one) => {
            const next = startsWord ? one.toUpperCase() : one.toLowerCase();
            startsWord = !/[\p{L}\p{N}]/u.test(one);
            return next;
        }).join('');
        return proposal === name ? null : proposal;
    }

    // The card

    const windows = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

    /** UTF-8 that a scanner has read as Windows-1252, as it was meant; null where it is not that. */
    function mended(text) {
        const bytes = [...text].map((one) => (windows.includes(one) && one > '\u009f'
            ? 0x80 + windows.indexOf(one) : one.codePointAt(0)));
        if (bytes.some((byte) => byte > 0xff) || bytes.every((byte) => byte < 0x80)) return null;
        try {
            return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
        } catch {
            return null;
        }
    }

    /** `DDMMYYYY`; `00` as the day or month leaves only the year. */
    function cardDate(text) {
        if (!/^\d{8}$/.test(text ?? '')) return null;
        const [day, month, year] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)].map(Number);
        return day === 0 || month === 0 ? stored(year) : stored(year, month, day);
    }

    const noCard = ['Không phải mã QR trên thẻ căn cước; quét lại',
        'Not the QR code of an identity card; scan again'];

    /** What the QR text of an identity card says: `{refusal}`, or its facts. The text is kept nowhere. */
    function cardOf(text) {
        if (new TextEncoder().encode(text).length > 1024) return { refusal: noCard };
        const fields = text.split('|').map((field) => normalized(mended(field) ?? field));
        if (fields.length < 6 || fields.length > 16) return { refusal: noCard };
        const [number, , name, born, sex] = fields;
        if (!isPersonal(number)) {
            return { refusal: ['Mã QR không có số định danh 12 chữ số', 'The QR code holds no personal number of 12 digits'] };
        }
        if (!name) return { refusal: ['Mã QR không có họ tên', 'The QR code holds no name'] };
        const birth = cardDate(born);
        if (!birth) {
            return { refusal: ['Ngày sinh trong mã QR không đúng', 'The birth date of the QR code is no date'] };
        }
        const code = { nam: 'male', nu: 'female' }[folded(sex)];
        if (!code) return { refusal: ['Giới tính trong mã QR không đúng', 'The sex in the QR code is unreadable'] };
        const issued = cardDate(fields[6]);
        return {
            number, birth, sex: code,
            name: isName(name) ? inTitleCase(name) ?? name : null,
            issued: issued?.length === 10 ? issued : null,
        };
    }

    // Fields

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

    return {
        normalized, folded, withoutTelex, pad, daysIn, range, judged, shown, typed, dateWords, cardOf, strangeIn, masked,
        isMasked, isSame, isOfAnother,
    };
})();
