'use strict';

/*
 * The QR text of an identity card.
 */
globalThis.DoorstepScan = (() => {
    const { normalized, folded, isName, inTitleCase } = globalThis.DoorstepTexts;
    const { stored } = globalThis.DoorstepDates;
    const { isPersonal } = globalThis.DoorstepNumbers;

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

    return { cardOf };
})();
