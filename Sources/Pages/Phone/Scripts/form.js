'use strict';

/*
 * The form of a visit on a phone: what was answered, and which questions that leaves open.
 *
 * The same rules as the node's VisitForm, over the form as data; pure, so that both are tested against
 * each other. The node judges every answer anew: what is decided here is only what is shown.
 */
globalThis.DoorstepForm = (() => {
    const visitID = '0000000000000000-1';
    const noticeID = '0000000000000000-2';
    /** Records that a visit adds are numbered from here; the node counts alike. */
    const firstAdded = 3;
    const presence = ['presence', 'presence_on', 'away_kind', 'away_place'];
    const gone = ['moved', 'deceased', 'not-found'];
    /** Outcomes that say what became of the house, in the words of its state. */
    const leftHouses = ['vacant', 'moved', 'not-found'];
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

    /** The code or text that counts; null for an empty field or one that nobody knows. */
    function knownCode(type, values, field) {
        const text = counted(values, field);
        if (text === null) return null;
        const choices = type.fields.get(field)?.o;
        if (!choices) return text;
        return text !== 'unknown' && choices.some((choice) => choice[0] === text) ? text : null;
    }

    const pad = (number, width) => String(number).padStart(width, '0');

    const daysIn = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

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

    /** What was typed as it is stored; what cannot be read stays as it is, and the node says why. */
    function parsed(field, text) {
        const plain = text.trim().replace(/\s+/g, ' ').normalize('NFC');
        if (plain === '') return null;
        switch (field.k) {
        case 'number': return /^\d{1,9}$/.test(plain) ? Number(plain) : plain;
        case 'date': case 'partial': {
            const day = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(plain);
            if (day) return `${day[3]}-${pad(day[2], 2)}-${pad(day[1], 2)}`;
            const month = /^(\d{1,2})[/.\- ](\d{4})$/.exec(plain);
            return month ? `${month[2]}-${pad(month[1], 2)}` : plain;
        }
        case 'digits': case 'id': return plain.replace(/[ .-]/g, '');
        default: return plain;
        }
    }

    class Form {
        /**
         * household: of the list; inputs: what was done so far, in the words of the outbox;
         * today: `yyyy-mm-dd`.
         */
        constructor(form, household, inputs, today) {
            this.types = form.types;
            this.sections = form.sections;
            this.household = household;
            this.today = today;
            this.records = new Map(
                household.records.map((record) => [record.id, {
                    id: record.id,
                    type: this.types.get(record.t),
                    of: record.of,
                    values: record.v,
                    disputed: record.d,
                }]));
            this.answers = new Map();
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
                if (field) this.set(first, parsed(field, second));
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
            }
        }

        /** What the next added record is called. */
        get nextID() { return `0000000000000000-${this.lastAdded + 1}`; }

        /** Why the node would not take an answer as it stands; null where nothing is seen here. */
        fault(question) {
            const field = this.field(question);
            const value = this.answers.get(question) ?? null;
            if (!field || value === null) return null;
            const text = String(value);
            switch (field.k) {
            case 'date': case 'partial': {
                const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\??$/.exec(text);
                const [year, month, day] = (parts ?? []).slice(1).map((part) => Number(part ?? 1));
                const isDay = parts && year > 1900 && month >= 1 && month <= 12
                    && day >= 1 && day <= daysIn(year, month);
                if (isDay && (field.k === 'partial' || parts[3])) return null;
                return ['Không có ngày này: viết ngày/tháng/năm.', 'There is no such day: write day/month/year.'];
            }
            case 'number': {
                const [least, most] = field.m;
                if (typeof value === 'number' && value >= least && value <= most) return null;
                return [`Số từ ${least} đến ${most}.`, `A number from ${least} to ${most}.`];
            }
            case 'digits':
                if (field.n !== 'phone' || /^(0\d{9,10}|\+?84\d{9,10}|[35789]\d{8})$/.test(text.replace(/[()]/g, ''))) return null;
                return ['Số điện thoại có 10 chữ số, bắt đầu bằng 0.', 'A phone number has 10 digits and begins with 0.'];
            default: return null;
            }
        }

        field(question) {
            const dot = question.indexOf('.');
            const record = this.record(question.slice(0, dot));
            return record?.type.fields.get(question.slice(dot + 1));
        }

        set(question, value) {
            this.answers.set(question, value);
            const field = this.field(question);
            if (!field?.s || isProvenance(field)) return;
            const cause = `${question.slice(0, question.indexOf('.'))}.${field.s}_unknown`;
            if (value === 'unknown') this.answers.set(cause, 'dont-know');
            else if (value !== null) this.answers.delete(cause);
        }

        /** A house that was found left is so from today on; taken back with the outcome. */
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
            this.set(since, this.today);
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
                && values.personal_id !== record.values.personal_id) {
                values.personal_id_checked_on = null;
            }
            // What is asked no more because of an answer is no answer any more; twice, for chains.
            for (let round = 0; round < 2; round += 1) {
                const facts = filled();
                for (const field of record.type.list) {
                    if (!field.a || (values[field.n] ?? null) === null) continue;
                    if (!looksAt(field.a).some((name) => changed.has(name))) continue;
                    if (holds(field.a, record.type, facts, this.today) !== false) continue;
                    values[field.n] = null;
                    changed.add(field.n);
                }
            }
            return filled();
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
            const known = holds(field.a, record.type, values, this.today);
            if (known !== null) return known;
            return holds(field.a, record.type, values, this.today, true) === true;
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

        get nextOpen() { return this.steps.find((step) => !this.passed.has(step)) ?? 'finish'; }

        groups(step) {
            const person = step.startsWith('person-') ? step.slice(7) : null;
            const house = this.household.id;
            if (person) {
                return [
                    ...this.group(person, null, ['Thông tin cá nhân', 'Personal facts'],
                        (field) => !presence.includes(field.n)),
                    ...this.sectionsOf(person),
                    ...this.ofType('payment_account', person).flatMap((one) => [
                        ...this.group(one.id, null, one.type.label, () => true, true),
                        ...this.sectionsOf(one.id, true),
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
                ...this.group(house, null, ['Về hộ', 'The household'], () => true, true),
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
            const values = this.values(id);
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
            return !field.r && section?.n !== 'bhyt';
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

        stepOf(record) {
            if (record.id === visitID) return 'outcome';
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
            const isGiven = [...this.answers].some(([question, value]) => isAnswer(value)
                && (question === `${noticeID}.given_how`
                    || question.startsWith(`${noticeID}.consent_`)));
            const notice = this.household.notice ?? (isGiven ? noticeID : null);
            const all = [this.record(visitID), this.record(this.household.id), ...this.members,
                ...this.ofType('payment_account'), ...this.ofType('benefit'),
                notice ? this.record(notice) : null].filter(Boolean);
            const asked = least > 1
                ? all.filter((one) => this.isBegun(one))
                : this.isInterview ? all.filter((one) => !this.isGoneOrOfGone(one))
                    : [this.record(visitID)];
            const open = asked.flatMap((record) => {
                const values = this.values(record.id);
                return record.type.list.filter((field) => (field.r ?? 0) >= least
                    && this.isOpen(field, record, values, least))
                    .map((field) => ({
                        question: `${record.id}.${field.n}`,
                        step: this.stepOf(record),
                        record: this.name(record.id),
                        label: field.l,
                    }));
            });
            return least > 1 ? [...open, ...this.unconsented] : open;
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
                || holds(field.a, record.type, values, this.today) === true);
        }

        isGoneOrOfGone(record) {
            if (record.type.name === 'resident') return this.isGone(record);
            const holder = this.record(record.of);
            return holder?.type.name === 'resident' && this.isGone(holder);
        }
    }

    // Who somebody may be

    /** Blanks, signs that nobody sees, and look-alikes, as the node's TextFold reads them. */
    const blank = /[\t-\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;
    const unseen = /[\0-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

    /** Lower case without tones and marks: `Nguyễn Thị Đào` → `nguyen thi dao`. */
    function folded(text) {
        const plain = text.normalize('NFC').replace(blank, ' ').replace(unseen, '')
            .replace(/[ĐđÐðƉɖ]/g, 'd').replace(/[\u2018\u2019\u201b\u02bc\u2032]/g, "'")
            .trim().replace(/ +/g, ' ');
        return [...plain].map((letter) => {
            const [base] = letter.normalize('NFD');
            return /[a-z]/i.test(base) ? base : letter;
        }).join('').toLowerCase();
    }

    const partial = (text) => (text ? range(text) : null);

    /** Why two may be one person; null where they are not. As the node's VisitDesk judges it. */
    function reason(known, typed) {
        if (typed.personal_id && typed.personal_id === known.personal_id) return 'personalID';
        if (typed.old_cmnd && typed.old_cmnd === known.old_cmnd) return 'oldNumber';
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

    return { Form, prepared, folded, likelyMatches };
})();
