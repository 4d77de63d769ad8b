'use strict';

/*
 * Numbers as people write them: counts, degrees, telephones, and the personal number with what it says of
 * a person.
 */
globalThis.DoorstepNumbers = (() => {
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

    return {
        whole, millionths, mobile, usedPrefix, phoneOf, showPhone, isPersonal, personalOf, strangeIn,
        isOfAnother, masked, isMasked, isSame,
    };
})();
