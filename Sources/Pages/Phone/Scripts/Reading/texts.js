'use strict';

/*
 * Texts and names, read as the node reads them.
 */
globalThis.DoorstepTexts = (() => {
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

    return { normalized, folded, withoutTelex, isName, inTitleCase };
})();
