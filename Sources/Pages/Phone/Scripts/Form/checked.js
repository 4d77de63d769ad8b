'use strict';

/*
 * What of a visit is still open, and what is wrong in it.
 */
globalThis.DoorstepChecked = (() => {
    const { strangeIn } = globalThis.DoorstepNumbers;
    const { range, dateWords } = globalThis.DoorstepDates;
    const { counted, asking, later, holds, isProvenance, isAnswer } = globalThis.DoorstepConditions;
    const { visitID, noticeID, leftHouses, order, Answers } = globalThis.DoorstepAnswers;

    const presence = ['presence', 'presence_on', 'away_kind', 'away_place'];

    /** Kinds of cards that the law of 2023 has made, and the day from which it is in force. */
    const newCards = ['can-cuoc', 'gcn-can-cuoc'];
    const newCardLaw = '2024-07-01';

    class Checked extends Answers {
        /**
         * Why the node would not take an answer as it stands, or what it warns of: `{problems}`, with
         * `proposal` where a likely value waits for a yes; null where nothing is seen here.
         */
        fault(question) {
            const [found, odd] = [this.faultOf(question), this.oddDay(question)];
            return odd ? { ...found, problems: [...found?.problems ?? [], odd] } : found;
        }

        faultOf(question) {
            const known = this.faults.get(question);
            const field = this.field(question);
            // A day that is agreed at the door lies ahead; what a list says of a visit may be long ago.
            if (known && field?.d?.[0] === 'future') {
                return { ...known, problems: known.problems.map((one) => ({ ...one, blocks: true })) };
            }
            if (known) return known;
            const value = this.answers.get(question);
            if (field?.r === 2 && value === null) {
                return { problems: [{
                    blocks: true,
                    text: [`${field.l[0]}: bắt buộc`, `${field.l[1]}: is required`],
                }] };
            }
            if (field?.n === 'usable' && this.isInDoubt(this.record(question.slice(0, question.indexOf('.'))))) {
                return { problems: [{
                    blocks: false,
                    text: [
                        'Đã trả lời là chưa có tài khoản, nhưng tài khoản này vẫn được tính: còn dùng được không?',
                        'The answer was that there is no account, but this one still counts: does it still work?',
                    ],
                }] };
            }
            const isOdd = field?.n === 'last4' && value && !/^\d{4}$/.test(value);
            return isOdd ? { problems: [{
                blocks: true, text: ['Chỉ ghi đúng 4 chữ số cuối', 'Exactly the last 4 digits'],
            }] } : null;
        }

        /** A day on which there was no such person yet, or no such card: a warning. */
        oddDay(question) {
            const field = this.field(question);
            if (!['date', 'partial'].includes(field?.k) || field.n === 'birth') return null;
            const record = this.record(question.slice(0, question.indexOf('.')));
            const holder = record.type.name === 'resident' ? record : this.record(record.of);
            if (holder?.type.name !== 'resident') return null;
            const values = this.values(record.id);
            const { birth } = this.values(holder.id);
            const [first, last] = [range(birth ?? '')?.[0], range(String(values[field.n] ?? ''))?.[1]];
            const warning = (vi, en) => ({ blocks: false, text: [`${field.l[0]}: ${vi}`, `${field.l[1]}: ${en}`] });
            if (!last) return null;
            const isCard = field.n === 'idcard_issued_on';
            if (first && later(last, 0) < later(first, 0)) {
                const [vi, en] = dateWords(birth);
                return isCard ? warning('trước ngày sinh', 'before the date of birth')
                    : warning(`trước ngày sinh (${vi})`, `before the date of birth (${en})`);
            }
            if (!isCard || !newCards.includes(values.idcard_kind) || later(last, 0) >= newCardLaw) return null;
            const [vi, en] = dateWords(newCardLaw);
            return warning(`trước ${vi} chưa có loại thẻ này`, `before ${en} there was no such card`);
        }

        /** Answers of what is still asked that the node would refuse. */
        get faulty() {
            return [...this.answers].filter(([question, value]) => {
                const record = this.record(question.slice(0, question.indexOf('.')));
                const field = this.field(question);
                // What is missing of a new record is told as missing.
                if (value === null && record?.id.startsWith('0000000000000000-')) return false;
                return this.isJudged(record, field) && this.isAsked(field, record, this.values(record.id))
                    && this.fault(question)?.problems.some((one) => one.blocks);
            }).map(([question]) => question);
        }

        /** Whether an answer would be saved: not where all was refused, nor of whoever is gone. */
        isJudged(record, field) {
            if (!record || !field) return false;
            if (this.isWithdrawn && this.isOfHousehold(record)) return false;
            return !this.isGoneOrOfGone(record) || record.type.name === 'resident' && presence.includes(field.n);
        }

        /** What does not fit between a person and his number, until somebody has looked at the card. */
        numberDoubts(person) {
            const values = this.values(person);
            if (values.personal_id_checked_on) return [];
            return strangeIn(values.personal_id ?? '', values, Number(this.today.slice(0, 4)));
        }

        // The end

        /** The page on which a question stands. */
        pageOf(question) {
            const [id, name] = question.split('.');
            const record = this.record(id);
            if (id === visitID) return name === 'note' ? 'finish' : 'outcome';
            if (record.type.name === 'resident' && presence.includes(name)) return 'members';
            const isState = id === this.household.id && ['state', 'state_on'].includes(name);
            return isState && leftHouses.includes(this.outcome) ? 'outcome' : this.stepOf(record);
        }

        /** The page on which a record is asked about; whoever is gone stands among the members alone. */
        stepOf(record) {
            if (record.id === visitID) return 'outcome';
            if (this.isGoneOrOfGone(record)) return 'members';
            switch (record.type.name) {
            case 'household': return 'devices';
            case 'resident': return `person-${record.id}`;
            case 'payment_account': return `person-${record.of}`;
            case 'benefit': return 'benefits';
            case 'notice': return 'notice';
            default: return 'finish';
            }
        }

        /** Questions that are still open; `least` 2: without which nothing is saved. */
        missing(least = 1) {
            // Without a word to the household nothing of an interview is complete; it can be saved.
            const isAsked = this.isNoticeGiven || (least < 2 && this.isInterview);
            const notice = this.household.notice ?? (isAsked ? noticeID : null);
            const all = [this.record(visitID), this.record(this.household.id), ...this.members,
                ...this.ofType('payment_account'), ...this.ofType('benefit'),
                notice ? this.record(notice) : null].filter(Boolean);
            const left = this.outcome === 'moved' ? this.members.filter((one) => this.isGone(one)) : [];
            const asked = least > 1 ? all.filter((one) => this.isBegun(one))
                : this.isInterview ? all : [this.record(visitID), ...left];
            const open = asked.flatMap((record) => {
                const values = this.standing(record);
                return record.type.list.filter((field) => ((field.r ?? 0) >= least
                    || field.n === 'refusal_scope' && this.isScopeOpen)
                    && (least > 1 || this.isNeeded(field, record))
                    && this.isOpen(field, record, values, least))
                    .map((field) => ({
                        question: `${record.id}.${field.n}`,
                        step: this.pageOf(`${record.id}.${field.n}`),
                        record: this.name(record.id),
                        label: field.l,
                    }));
            });
            return least > 1 ? [...open, ...this.unconsented] : open;
        }

        /**
         * Whether a question is needed before the visit counts as complete: who the head is where nobody
         * who is there heads it, and of whoever is gone only since when.
         */
        isNeeded(field, record) {
            if (!field.r) return false;
            if (record.id === this.household.id && field.n === 'head') return !this.isHeadKnown;
            return !this.isGoneOrOfGone(record)
                || (record.type.name === 'resident' && presence.includes(field.n));
        }

        /** Whether this visit tells the household what it has not been told in this round. */
        get isNoticeGiven() {
            return [...this.answers].some(([question, value]) => isAnswer(value)
                && (question === `${noticeID}.given_how` || question.startsWith(`${noticeID}.consent_`)));
        }

        /** Whether a refusal does not say yet what becomes of what was answered before it. */
        get isScopeOpen() {
            return this.outcome === 'refused' && [...this.answers.keys()].some((question) => {
                const record = this.record(question.slice(0, question.indexOf('.')));
                return record && this.isOfHousehold(record) && !this.isOnlyNamed(record);
            });
        }

        /** Whether a refusal of all takes away what is said of it: all but the visit and its notice. */
        isOfHousehold({ id }) { return ![visitID, noticeID, this.household.notice].includes(id); }

        /** Records of this visit without which it cannot end; not those of which nothing was said. */
        isBegun(record) {
            if ([visitID, noticeID].includes(record.id)) return true;
            if (!record.id.startsWith('0000000000000000-') || this.isWithdrawn) return false;
            return this.isInterview || !this.isUntouched(record.id) && !this.isOnlyNamed(record);
        }

        /** Where nobody was asked, somebody who was added by name alone: the visit's note tells of him. */
        isOnlyNamed({ id, type }) {
            if (this.isInterview || this.isWithdrawn) return false;
            const said = [...this.answers.keys()].filter((question) => question.startsWith(`${id}.`))
                .map((question) => question.split('.')[1]);
            return type.name === 'resident' && said.includes('full_name')
                && said.every((name) => ['full_name', 'relation'].includes(name))
                && !this.added.some((one) => one.of === id) && ![...this.answers.values()].includes(id);
        }

        isUntouched(id) {
            return ![...this.answers.keys()].some((question) => question.startsWith(`${id}.`))
                && this.added.filter((one) => one.of === id)
                    .every((one) => this.isUntouched(one.id));
        }

        /** Whether the household has refused the whole visit, whatever was answered before. */
        get isWithdrawn() {
            return this.outcome === 'refused' && this.values(visitID).refusal_scope === 'visit';
        }

        /** Voluntary answers to which the household has not said yes; silence is none. */
        get unconsented() {
            if (this.isWithdrawn) return [];
            const found = new Map();
            for (const [question, value] of this.answers) {
                const field = this.field(question);
                if (!field?.c || value === null || value === 'none') continue;
                const record = this.record(question.slice(0, question.indexOf('.')));
                const now = this.values(record.id)[field.n];
                if (this.consent(field.c) || now === record.values[field.n]) continue;
                if (!found.has(field.n)) {
                    found.set(field.n, {
                        question, step: 'notice', record: this.name(record.id), label: field.l,
                    });
                }
            }
            return [...found.values()];
        }

        /**
         * Answers of this visit that are not saved: the household does not agree to what they are for, or
         * has refused all of it after them.
         */
        get declined() {
            return [...this.answers.keys()].map((question) => question.split('.'))
                .sort(([one, field], [other, another]) => order(one, other) || (field < another ? -1 : 1))
                .flatMap(([id, name]) => {
                    const record = this.record(id);
                    const field = record?.type.fields.get(name);
                    const isLost = field && (this.isDeclined(field)
                        || this.isWithdrawn && id !== visitID && !isProvenance(field));
                    return isLost ? [{
                        question: `${id}.${name}`, record: this.name(id), label: field.l,
                    }] : [];
                });
        }

        /** Whether a record of another type, such as an account, answers the question too. */
        isAnsweredBy(field, record, one) {
            const [type, condition] = field.x ?? [];
            return one.type.name === type && one.of === record.id
                && holds(condition, one.type, this.values(one.id), this.today) === true;
        }

        /** Whether an account is recorded of somebody who is said to have none. */
        isInDoubt(account) {
            const holder = this.record(account.of);
            const asks = holder?.type.list.find((field) => field.x?.[0] === account.type.name);
            return Boolean(asks) && counted(this.values(holder.id), asks.n) === 'no'
                && this.isAnsweredBy(asks, holder, account);
        }

        isOpen(field, record, values, least) {
            if (this.isDeclined(field)) return false;
            if (least > 1) return (values[field.n] ?? null) === null;
            if (field.x && this.ofType(field.x[0], record.id).some(
                (one) => this.isAnsweredBy(field, record, one))) return false;
            const isKnown = counted(values, field.n) !== null
                || (field.s && counted(values, `${field.s}_unknown`) !== null);
            return !isKnown && (!field.a
                || holds(field.a, record.type, asking(field, record.type, values), this.today) === true);
        }

    }

    return { presence, Checked };
})();
