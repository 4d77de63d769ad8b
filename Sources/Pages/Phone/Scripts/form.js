'use strict';

/*
 * The form of a visit on a phone: what was answered, and which questions that leaves open.
 *
 * The same rules as the node's VisitForm, over the form as data; pure, so that both are tested against
 * each other. The node judges every answer anew: what is decided here is only what is shown.
 */
globalThis.DoorstepForm = (() => {
    const { folded, pad, daysIn, range, judged, shown, dateWords, cardOf, strangeIn, isSame, isMasked,
        isOfAnother } = globalThis.DoorstepReading;
    const visitID = '0000000000000000-1';
    const noticeID = '0000000000000000-2';
    /** Records that a visit adds are numbered from here; the node counts alike. */
    const firstAdded = 3;
    const presence = ['presence', 'presence_on', 'away_kind', 'away_place'];
    const gone = ['moved', 'deceased', 'not-found'];
    /** Outcomes that say what became of the house, in the words of its state. */
    const leftHouses = ['vacant', 'moved', 'not-found'];
    /** Ages at which an identity card is renewed; issued so many years before one, it lasts to the next. */
    const renewalAges = [14, 25, 40, 60];
    const yearsAhead = 2;
    /** Kinds of cards that the law of 2023 has made, and the day from which it is in force. */
    const newCards = ['can-cuoc', 'gcn-can-cuoc'];
    const newCardLaw = '2024-07-01';
    /** A card's day of expiry that has none. */
    const never = '9999-12-31';
    const firstQuestions = [
        'full_name', 'birth', 'sex', 'relation', 'residence', 'personal_id', 'phone', 'kind',
        'channel', 'outcome', 'respondent', 'respondent_kind', 'given_how', 'note',
    ];

    // Conditions: true, false, or null where the facts do not tell (Kleene's logic).

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

    /** The form as data with its fields by name. */
    function prepared(form) {
        const types = new Map(
            Object.entries(form.types).map(([name, type]) => [name, {
                name,
                label: type.l,
                list: type.f,
                fields: new Map(type.f.map((field) => [field.n, field])),
            }]));
        return { types, sections: form.sections };
    }

    /** `yyyy-mm-dd` of milliseconds since 1970, in Việt Nam. */
    const dayAt = (time) => new Date(time + 7 * 3600000).toISOString().slice(0, 10);

    class Form {
        /**
         * household: of the list; inputs: what was done so far, in the words of the outbox, with times
         * in milliseconds since 1970; today: `yyyy-mm-dd`; day: on which the first inputs were given.
         *
         * As at the node, dates and ages are judged by the present day, and an answer is of the day on
         * which it was given.
         */
        constructor(form, household, inputs, today, day = today) {
            this.types = form.types;
            this.sections = form.sections;
            this.household = household;
            this.today = today;
            this.day = day < today ? day : today;
            this.records = new Map(
                household.records.map((record) => [record.id, {
                    id: record.id,
                    type: this.types.get(record.t),
                    of: record.of,
                    values: record.v,
                    disputed: record.d,
                }]));
            this.answers = new Map();
            /** What is wrong with answers as they were typed. */
            this.faults = new Map();
            this.confirmed = new Set();
            this.added = [];
            this.passed = new Set();
            this.lastAdded = firstAdded - 1;
            for (const input of inputs) this.take(input);
        }

        /** Takes one input; what does not fit changes nothing. */
        take(input) {
            const [word, first, second] = input;
            switch (word) {
            case 'answer': {
                const field = this.field(first);
                const before = this.answers.get(first);
                if (field) this.typed(first, field, second, input[3]);
                if (first === `${this.household.id}.head`) this.followHead(before);
                if (first === `${visitID}.outcome`) this.followOutcome();
                break;
            }
            case 'section': this.answerSection(first, second); break;
            case 'same': this.confirmed.add(first); break;
            case 'confirm':
                for (const section of this.confirmable(first)) this.confirmed.add(section);
                this.passed.add(first);
                break;
            case 'pass': this.passed.add(first); break;
            case 'add':
                this.lastAdded += 1;
                this.added.push({ id: input[3], type: first, of: second });
                break;
            case 'remove': this.remove(first); break;
            case 'at':
                this.day = dayAt(first) < this.today ? dayAt(first) : this.today;
                break;
            }
        }

        /** What the next added record is called. */
        get nextID() { return `0000000000000000-${this.lastAdded + 1}`; }

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
                return record && field && this.isAsked(field, record, this.values(record.id))
                    && this.fault(question)?.problems.some((one) => one.blocks);
            }).map(([question]) => question);
        }

        /** What does not fit between a person and his number, until somebody has looked at the card. */
        numberDoubts(person) {
            const values = this.values(person);
            if (values.personal_id_checked_on) return [];
            return strangeIn(values.personal_id ?? '', values, Number(this.today.slice(0, 4)));
        }

        // The card

        /**
         * What an identity card says, beside what is recorded of a person: `{refusal}` or `{lines}`, each
         * `{question, label, text, shown, recorded, comparison}`. Nothing is answered by it.
         */
        card(text, person) {
            const card = cardOf(text);
            if (card.refusal) return card;
            const { type } = this.record(person);
            const now = this.values(person);
            const offered = [
                ['full_name', card.name], ['personal_id', card.number], ['birth', card.birth],
                ['sex', card.sex], ['idcard_issued_on', card.issued],
                ['idcard_source', 'document-seen'], ['personal_id_checked_on', this.today],
            ];
            return { lines: offered.filter(([name, value]) => value && type.fields.has(name))
                .map(([name, value]) => this.cardLine(person, type.fields.get(name), value, now)) };
        }

        cardLine(person, field, text, values) {
            const now = values[field.n] ?? null;
            const isAlike = field.n === 'full_name' ? folded(now ?? '') === folded(text)
                : field.n === 'personal_id' ? isSame(text, now) : now === text;
            // That somebody has looked at the card takes the place of whatever was said before.
            const isLook = ['idcard_source', 'personal_id_checked_on'].includes(field.n);
            return {
                question: `${person}.${field.n}`, label: this.fieldLabel(field), text,
                shown: shown(field, text), recorded: shown(field, now),
                comparison: isAlike ? 'same' : now === null || isLook ? 'new' : 'differs',
            };
        }

        /** The label of a source with what it is the source of. */
        fieldLabel(field) {
            const section = isProvenance(field) && this.sections.find((one) => one.n === field.s);
            return section ? [0, 1].map((language) =>
                `${section.l[language]}, ${field.l[language].toLowerCase()}`) : field.l;
        }

        field(question) {
            const dot = question.indexOf('.');
            const record = this.record(question.slice(0, dot));
            return record?.type.fields.get(question.slice(dot + 1));
        }

        /** What cannot be read stays as it was typed, and nothing follows from it. */
        typed(question, field, text, accepts) {
            // What was agreed lies behind the day on which that was.
            const isAgreed = field.d?.[0] === 'future';
            const found = judged(field, text, isAgreed ? this.day : this.today);
            const value = accepts && found.proposal ? found.proposal : found.value;
            this.set(question, value === undefined ? text.trim() : value);
            if (value === undefined || found.value !== undefined && found.problems.length > 0) {
                this.faults.set(question, found);
            }
        }

        set(question, value) {
            this.answers.set(question, value);
            this.faults.delete(question);
            const field = this.field(question);
            if (!field?.s || isProvenance(field)) return;
            const cause = `${question.slice(0, question.indexOf('.'))}.${field.s}_unknown`;
            if (value === 'unknown') this.answers.set(cause, 'dont-know');
            else if (value !== null) this.answers.delete(cause);
        }

        /** A house that was found left is so from that day on; taken back with the outcome. */
        followOutcome() {
            const state = `${this.household.id}.state`;
            const since = `${this.household.id}.state_on`;
            if (leftHouses.includes(this.answers.get(state))) {
                this.answers.delete(state);
                this.answers.delete(since);
            }
            const { outcome } = this;
            const house = this.record(this.household.id);
            if (!leftHouses.includes(outcome) || this.answers.has(state)
                || house.values.state === outcome) return;
            this.set(state, outcome);
            this.set(since, this.day);
        }

        /** Whoever is chosen as head is so to himself as well; taken back with the choice. */
        followHead(before) {
            const wasHead = this.record(before)?.values.relation === 'head';
            if (!wasHead && this.answers.get(`${before}.relation`) === 'head') {
                this.answers.delete(`${before}.relation`);
            }
            const head = this.answers.get(`${this.household.id}.head`);
            if (this.record(head)?.type.name !== 'resident') return;
            if (this.values(head).relation !== 'head') this.set(`${head}.relation`, 'head');
        }

        answerSection(id, kind) {
            const [record, name] = id.split('.');
            const section = this.sections.find(
                (one) => one.n === name && one.t === this.record(record)?.type.name);
            const answer = section?.a.find((one) => one.k === kind);
            if (!answer) return;
            const values = this.values(record);
            for (const [field, code] of Object.entries(answer.undoes)) {
                if (values[field] === code) this.set(`${record}.${field}`, null);
            }
            if (!(`${name}_unknown` in answer.sets)) {
                this.answers.delete(`${record}.${name}_unknown`);
            }
            for (const [field, value] of Object.entries(answer.sets)) {
                this.set(`${record}.${field}`, value);
            }
        }

        remove(id) {
            const lost = new Set(
                [id, ...this.added.filter((one) => one.of === id).map((one) => one.id)]);
            this.added = this.added.filter((one) => !lost.has(one.id));
            for (const [question, value] of this.answers) {
                if (lost.has(question.slice(0, question.indexOf('.'))) || lost.has(value)) {
                    this.answers.delete(question);
                }
            }
        }

        // Records

        record(id) {
            if (id === visitID) return this.begun('visit', id, this.household.id, {});
            if (id === noticeID) {
                if (this.household.notice) return undefined;
                return this.begun('notice', id, this.household.id, { basis: 'state-task' });
            }
            const known = this.records.get(id);
            if (known) return known;
            const added = this.added.find((one) => one.id === id);
            if (!added) return undefined;
            const values = added.type === 'resident' ? { presence: 'here' } : {};
            return this.begun(added.type, id, added.of, values);
        }

        begun(name, id, of, values) {
            const type = this.types.get(name);
            const initial = Object.fromEntries(
                type.list.filter((field) => field.i).map((field) => [field.n, field.i]));
            return { id, type, of, values: { ...initial, ...values }, disputed: [] };
        }

        get members() { return this.ofType('resident', this.household.id); }

        ofType(name, of) {
            const known = [...this.records.values()].filter((one) => one.type.name === name);
            const added = this.added.filter((one) => one.type === name)
                .map((one) => this.record(one.id));
            return [...known, ...added].filter((one) => !of || one.of === of);
        }

        isGone(person) { return gone.includes(this.values(person.id).presence); }

        /** Label of a record: a person's name, or what it is. */
        name(id) {
            const record = this.record(id);
            const name = this.values(id).full_name;
            if (name) return [name, name];
            if (record?.type.name === 'resident') return ['Người mới', 'New person'];
            if (record && this.record(record.of)?.type.name === 'resident') {
                return this.name(record.of);
            }
            return record?.type.label ?? ['', ''];
        }

        // Values

        /** What a record says with the answers of this visit. */
        values(id) {
            const record = this.record(id);
            if (!record) return {};
            const values = { ...record.values };
            const changed = new Set();
            for (const [question, value] of this.answers) {
                if (!question.startsWith(`${id}.`)) continue;
                const field = question.slice(id.length + 1);
                if (this.isDeclined(record.type.fields.get(field))) continue;
                values[field] = value;
                changed.add(field);
            }
            const filled = () => Object.fromEntries(
                Object.entries(values).filter(([, value]) => value !== null));
            if (changed.size === 0) return filled();
            this.forgetUnknown(values, changed, record.type);
            if (changed.has('personal_id') && !changed.has('personal_id_checked_on')
                && !isSame(values.personal_id, record.values.personal_id)) {
                values.personal_id_checked_on = null;
            }
            for (const field of record.type.list) {
                if (!changed.has(field.n) && this.isOfNewState(field, record, values)) values[field.n] = null;
            }
            // What is asked no more because of an answer is no answer any more; twice, for chains.
            for (let round = 0; round < 2; round += 1) {
                const facts = filled();
                for (const field of record.type.list) {
                    if (!field.a || (values[field.n] ?? null) === null) continue;
                    if (!looksAt(field.a).some((name) => changed.has(name))) continue;
                    if (holds(field.a, record.type, asking(field, record.type, facts), this.today) !== false) continue;
                    values[field.n] = null;
                    changed.add(field.n);
                }
            }
            return filled();
        }

        /** Whether it is the day of a state that this visit has found to be another. */
        isOfNewState(field, record, values) {
            return (field.y ?? []).some(([name, codes]) => {
                const [old, now] = [record.values[name], values[name]];
                return isAnswer(old) && isAnswer(now) && !isSame(now, old) && (!codes || codes.includes(now));
            });
        }

        forgetUnknown(values, changed, type) {
            const sections = new Set(type.list.map((field) => field.s).filter(Boolean));
            for (const section of sections) {
                const cause = `${section}_unknown`;
                if ((values[cause] ?? null) === null || changed.has(cause)) continue;
                const isAnswered = type.list.some((field) => field.s === section
                    && changed.has(field.n) && !isProvenance(field)
                    && isAnswer(values[field.n] ?? null));
                if (isAnswered) values[cause] = null;
            }
        }

        consent(field) {
            const notice = this.household.notice ?? noticeID;
            return this.answers.get(`${notice}.${field}`) ?? this.household.consents[field];
        }

        /** Whether the household does not agree to what the field is for. */
        isDeclined(field) {
            return Boolean(field?.c) && ['no', 'withdrawn'].includes(this.consent(field.c));
        }

        /** Whether the field is asked: of everybody whose age may be reached. */
        isAsked(field, record, values) {
            if (this.isDeclined(field)) return false;
            if (!field.a) return true;
            const said = asking(field, record.type, values);
            const known = holds(field.a, record.type, said, this.today);
            if (known !== null) return known;
            return holds(field.a, record.type, said, this.today, true) === true;
        }

        // Pages

        get outcome() { return this.values(visitID).outcome; }

        get isInterview() { return ['complete', 'partial'].includes(this.outcome); }

        get steps() {
            if (this.isInterview) return this.interview;
            const shown = new Set(['outcome', 'finish', ...this.missing(2).map((one) => one.step)]);
            // Who has moved away with the household, and where to.
            if (this.outcome === 'moved') shown.add('members');
            return this.interview.filter((step) => shown.has(step));
        }

        get interview() {
            const people = this.members.filter((one) => !this.isGone(one))
                .map((one) => `person-${one.id}`);
            const benefits = people.length > 0 ? ['benefits'] : [];
            return ['outcome', 'members', 'devices', ...people, ...benefits, 'notice', 'finish'];
        }

        /** Who of the household is neither dead nor gone, and heads it. */
        get heads() {
            const { head } = this.values(this.household.id);
            return this.members.filter((one) => !this.isGone(one)
                && (one.id === head || this.values(one.id).relation === 'head'));
        }

        /** Whether somebody heads the household, or nobody is left to do so. */
        get isHeadKnown() {
            return this.heads.length > 0 || this.members.every((one) => this.isGone(one));
        }

        /** What answers a record's questions: not a head who is dead or gone. */
        standing(record) {
            const values = this.values(record.id);
            const isGone = record.id === this.household.id && !this.heads.some((one) => one.id === values.head);
            return isGone ? { ...values, head: null } : values;
        }

        get nextOpen() { return this.steps.find((step) => !this.passed.has(step)) ?? 'finish'; }

        groups(step) {
            const person = step.startsWith('person-') ? step.slice(7) : null;
            const house = this.household.id;
            if (person) {
                return [
                    ...this.group(person, null, ['Thông tin cá nhân', 'Personal facts'],
                        (field) => !presence.includes(field.n)),
                    ...this.sectionsOf(person),
                    // What was just added is there to be asked about.
                    ...this.ofType('payment_account', person).flatMap((one) => [
                        ...this.group(one.id, null, one.type.label, () => true, this.records.has(one.id)),
                        ...this.sectionsOf(one.id, this.records.has(one.id)),
                    ]),
                ];
            }
            switch (step) {
            case 'outcome': return [
                ...this.group(visitID, null, ['Lượt đến', 'Visit'], (field) => field.n !== 'note'),
                ...(this.isInterview ? [] : this.houseState),
            ];
            case 'members': return this.members.flatMap((one) =>
                this.group(one.id, null, this.name(one.id), (field) => presence.includes(field.n)));
            case 'devices': return [
                ...this.sectionsOf(house),
                ...this.group(house, null, ['Về hộ', 'The household'], () => true, this.isHeadKnown),
            ];
            case 'benefits': return this.ofType('benefit')
                .filter((one) => !this.isGone(this.record(one.of) ?? one))
                .flatMap((one) => [
                    ...this.group(one.id, null, this.name(one.id), () => true),
                    ...this.sectionsOf(one.id),
                ]);
            case 'notice': return this.group(
                this.household.notice ?? noticeID, null, ['Thông báo', 'Notice'], () => true);
            default: return this.group(
                visitID, null, ['Ghi chú', 'Note'], (field) => field.n === 'note');
            }
        }

        get houseState() {
            if (!leftHouses.includes(this.outcome)) return [];
            return this.group(
                this.household.id, null, ['Tình trạng hộ', 'State of the household'],
                (field) => ['state', 'state_on'].includes(field.n));
        }

        sectionsOf(id, isFolded = false) {
            const type = this.record(id)?.type;
            return this.sections.filter((one) => one.t === type?.name)
                .flatMap((one) => this.group(id, one, one.l, () => true, isFolded));
        }

        group(id, section, title, isWanted, isFolded = false) {
            const record = this.record(id);
            if (!record) return [];
            const values = this.standing(record);
            const fields = record.type.list.filter((field) => (field.s ?? null)
                === (section?.n ?? null) && isWanted(field) && this.isAsked(field, record, values));
            if (!fields.some((field) => !isProvenance(field))) return [];
            const chosen = section?.a.find((answer) => Object.entries(answer.sets)
                .every(([name, value]) => (values[name] ?? null) === value));
            const questions = fields.map((field) => ({
                id: `${id}.${field.n}`,
                field,
                value: values[field.n] ?? null,
                isDisputed: record.disputed.includes(field.n),
                isNeeded: this.isNeeded(field, record),
                isFolded: this.isFoldedAway(field, section, chosen, values, record),
            }));
            return [{
                id: section ? `${id}.${section.n}` : null,
                title,
                hint: section?.h,
                answers: (section?.a ?? []).map((one) => ({ ...one, isChosen: one === chosen })),
                questions,
                isSettled: section !== null && this.isSettled(`${id}.${section.n}`),
                isFolded: isFolded || (!questions.some((one) => !one.isFolded) && !chosen
                    && !fields.some((field) => field.r)),
            }];
        }

        isFoldedAway(field, section, chosen, values, record) {
            if (isProvenance(field)) return true;
            const isEmpty = (values[field.n] ?? null) === null;
            if (isEmpty && this.isOfNewState(field, record, values)) return false;
            if (section && section.a.length > 0) {
                if (chosen && field.n in chosen.sets) return true;
                // Before any answer the buttons ask, and nothing else.
                if (!chosen && isEmpty && !this.hasAnswers(section, record, values)) return true;
                const yes = section.a.find((one) => one.k === 'yes');
                // Before any button, the buttons ask; a code that none of them says is shown.
                if (yes && field.n in yes.sets) return isEmpty || Boolean(chosen);
            }
            if (this.answers.has(`${record.id}.${field.n}`)) return false;
            const isNew = record.id.startsWith('0000000000000000-');
            if (isNew && firstQuestions.includes(field.n)) return false;
            if (presence.includes(field.n)) return false;
            // What needs a yes is asked until there is an answer.
            if (isEmpty && field.n.startsWith('consent_')) return false;
            if (!section && !isEmpty && record.type.name !== 'visit') return true;
            return !this.isNeeded(field, record) && section?.n !== 'bhyt';
        }

        /** Whether a section was ever answered; `isAsked`: by something that is still asked. */
        hasAnswers(section, record, values, isAsked = false) {
            return record.type.list.some((field) => field.s === section.n && !isProvenance(field)
                && isAnswer(values[field.n] ?? null)
                && (!isAsked || this.isAsked(field, record, values)));
        }

        // Như lần trước

        isTouched(section) {
            const [record, name] = section.split('.');
            return [...this.answers.keys()].some((question) =>
                question.startsWith(`${record}.`) && this.field(question)?.s === name);
        }

        isSettled(section) { return this.confirmed.has(section) || this.isTouched(section); }

        /** Sections of a page with answers of an earlier day that this visit has not touched. */
        confirmable(step) {
            let records = [];
            if (step === 'devices') records = [this.record(this.household.id)];
            else if (step === 'benefits') {
                records = this.ofType('benefit').filter((one) => !this.isGoneOrOfGone(one));
            }
            else if (step.startsWith('person-')) {
                const person = step.slice(7);
                records = [this.record(person), ...this.ofType('payment_account', person)];
            }
            return records.filter(Boolean).flatMap((record) => {
                const values = this.values(record.id);
                return this.sections.filter((one) => one.t === record.type.name)
                    .filter((one) => this.hasAnswers(one, record, values, true))
                    .map((one) => `${record.id}.${one.n}`)
                    .filter((section) => !this.isTouched(section));
            });
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
                return record.type.list.filter((field) => (field.r ?? 0) >= least
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

        /** Whether a payment account of the person may be recorded: from 15 years on, as far as is known. */
        mayHaveAccount(person) {
            return ageAtLeast(15, this.values(person).birth ?? null, this.today) !== false;
        }

        /**
         * The choices that are offered at a door, `[code, vi, en]`: not what only lists say, and nobody
         * takes back what he has never given; what stands is one of them.
         */
        offered(field, value) {
            return field.o.filter(([code]) => {
                if (code === value) return true;
                const isBack = code === 'withdrawn' && field.n.startsWith('consent_');
                if (isBack) return this.household.consents[field.n] === 'yes';
                return !field.h?.includes(code);
            });
        }

        /** Days until which an identity card may be valid, to be tapped: `yyyy-mm-dd`. */
        expiries(person) {
            const { birth, idcard_issued_on: issued } = this.values(person);
            const born = birth ? range(birth)?.[0] : null;
            const isExact = born && /^\d{4}-\d\d-\d\d$/.test(birth);
            const days = [];
            if (isExact && issued && birth <= issued) {
                const due = renewalAges.find((age) => issued < later(born, age - yearsAhead));
                days.push(due ? later(born, due) : never);
            }
            const mayLackEnd = !birth
                || ageAtLeast(renewalAges.at(-1) - yearsAhead, birth, issued ?? this.today) !== false;
            if (!days.includes(never) && mayLackEnd) days.push(never);
            return days;
        }

        /** Whether this visit tells the household what it has not been told in this round. */
        get isNoticeGiven() {
            return [...this.answers].some(([question, value]) => isAnswer(value)
                && (question === `${noticeID}.given_how` || question.startsWith(`${noticeID}.consent_`)));
        }

        /** Records of this visit without which it cannot end; not those of which nothing was said. */
        isBegun(record) {
            if ([visitID, noticeID].includes(record.id)) return true;
            if (!record.id.startsWith('0000000000000000-') || this.isWithdrawn) return false;
            return this.isInterview || !this.isUntouched(record.id);
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

        isOpen(field, record, values, least) {
            if (this.isDeclined(field)) return false;
            if (least > 1) return (values[field.n] ?? null) === null;
            const isKnown = counted(values, field.n) !== null
                || (field.s && counted(values, `${field.s}_unknown`) !== null);
            return !isKnown && (!field.a
                || holds(field.a, record.type, asking(field, record.type, values), this.today) === true);
        }

        isGoneOrOfGone(record) {
            if (record.type.name === 'resident') return this.isGone(record);
            const holder = this.record(record.of);
            return holder?.type.name === 'resident' && this.isGone(holder);
        }
    }

    /** Who of a household of the list is neither dead nor gone. */
    const hereIn = (house) => house.records.filter(
        (one) => one.t === 'resident' && !gone.includes(one.v.presence));

    /** The name of who of them heads it; null where nobody does. */
    function headIn(house) {
        const here = hereIn(house);
        const named = house.records.find((one) => one.id === house.id)?.v.head;
        const head = here.find((one) => one.id === named) ?? here.find((one) => one.v.relation === 'head');
        return head?.v.full_name ?? null;
    }

    // Who somebody may be

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

    const order = ['personalID', 'oldNumber', 'nameAndBirth', 'nameYearAndHousehold'];

    /** Records are in the order of their origins, then of their numbers. */
    function isBefore(one, other) {
        const [left, right] = [one, other].map((id) => id.split('-'));
        return left[0] === right[0] ? Number(left[1]) - Number(right[1]) : left[0] < right[0] ? -1 : 1;
    }

    /** People of a village's households who may be whoever is typed in: strongest reason first. */
    function likelyMatches(households, scope, typed) {
        return households.filter((house) => house.scope === scope)
            .flatMap((house) => house.records.filter((record) => record.t === 'resident')
                .map((record) => ({ house, record, reason: reason(record.v, typed) })))
            .filter((one) => one.reason)
            .sort((one, other) => order.indexOf(one.reason) - order.indexOf(other.reason)
                || isBefore(one.record.id, other.record.id))
            .slice(0, 5);
    }

    // The next visit

    /**
     * A household of the list with what visits of this phone say that the list does not have yet:
     * `visits` as `{key, begun, inputs}`, the earliest first.
     */
    function laidOver(form, household, visits, today) {
        return visits.reduce((house, visit) => laidOverOnce(form, house, visit, today), household);
    }

    function laidOverOnce(form, household, { key, begun, inputs }, today) {
        const visit = new Form(form, household, inputs, today, dayAt(begun));
        const origin = BigInt(key).toString(16).padStart(16, '0');
        const isNew = (id) => typeof id === 'string' && id.startsWith('0000000000000000-');
        /** What the node will call what the visit adds. */
        const named = (id) => (isNew(id) ? `${origin}-${id.split('-')[1]}` : id);
        const notice = household.notice ?? (visit.isNoticeGiven ? noticeID : null);
        const told = notice ? visit.values(notice) : {};
        const all = [...visit.records.values(), ...visit.added.map((one) => visit.record(one.id)),
            isNew(notice) ? visit.record(notice) : null].filter((one) => one?.type);
        // Where all of it was refused, nothing else was recorded.
        const said = all.filter((one) => (one.id === notice) || !visit.isWithdrawn
            && (!isNew(one.id) || visit.isInterview || !visit.isUntouched(one.id)));
        const records = new Map(household.records.map((one) => [one.id, one]));
        for (const { id, type, of, disputed } of said) {
            const values = Object.entries(visit.values(id)).map(([name, value]) => [name, named(value)]);
            records.set(named(id), {
                lacks: [], ...records.get(id), id: named(id), t: type.name, of: named(of), d: disputed,
                v: Object.fromEntries(values),
            });
        }
        const consents = Object.entries(told).filter(([name]) => name.startsWith('consent_'));
        return {
            ...household, records: [...records.values()], notice: notice && named(notice),
            consents: { ...household.consents, ...Object.fromEntries(consents) },
            note: visit.values(visitID).note ?? household.note,
        };
    }

    return { Form, prepared, likelyMatches, age, hereIn, headIn, laidOver, dayAt };
})();
