'use strict';

/*
 * What a visit has answered so far, and what its records say with that.
 *
 * The same rules as the node's VisitForm, over the form as data; pure, as all of the form, so that both are
 * tested against each other. The node judges every answer anew: what is decided here is only what is shown.
 */
globalThis.DoorstepAnswers = (() => {
    const { judged } = globalThis.DoorstepReading;
    const { isSame } = globalThis.DoorstepNumbers;
    const { asking, holds, looksAt, isProvenance, isAnswer } = globalThis.DoorstepConditions;

    const visitID = '0000000000000000-1';
    const noticeID = '0000000000000000-2';
    /** Records that a visit adds are numbered from here; the node counts alike. */
    const firstAdded = 3;
    /** Outcomes that say what became of the house, in the words of its state. */
    const leftHouses = ['vacant', 'moved', 'not-found'];

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

    /** Records are in the order of their origins, then of their numbers. */
    function order(one, other) {
        const [left, right] = [one, other].map((id) => id.split('-'));
        return left[0] === right[0] ? Number(left[1]) - Number(right[1]) : left[0] < right[0] ? -1 : 1;
    }

    /** Whether somebody is said to have moved away, to be dead, or never to have been there. */
    const isLeft = (type, values) => type?.fields.get('presence')?.g?.includes(values.presence) ?? false;

    class Answers {
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
            case 'undo':
                this.answers.delete(first);
                this.faults.delete(first);
                break;
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

        /**
         * A house that was found left is so from that day on, and one where somebody answers is lived
         * in again; taken back with the outcome.
         */
        followOutcome() {
            const state = `${this.household.id}.state`;
            const since = `${this.household.id}.state_on`;
            if ([...leftHouses, 'occupied'].includes(this.answers.get(state))) {
                this.answers.delete(state);
                this.answers.delete(since);
            }
            const { outcome } = this;
            const recorded = this.record(this.household.id).values.state;
            const isFound = this.isInterview && leftHouses.includes(recorded);
            const found = isFound ? 'occupied' : leftHouses.includes(outcome) ? outcome : null;
            if (!found || this.answers.has(state) || recorded === found) return;
            this.set(state, found);
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

        isGone(person) { return isLeft(person.type, this.values(person.id)); }

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

        get outcome() { return this.values(visitID).outcome; }

        get isInterview() { return ['complete', 'partial'].includes(this.outcome); }

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

        isGoneOrOfGone(record) {
            if (record.type.name === 'resident') return this.isGone(record);
            const holder = this.record(record.of);
            return holder?.type.name === 'resident' && this.isGone(holder);
        }
    }

    /** Who of a household of the list is neither dead nor gone. */
    const hereIn = (form, house) => house.records.filter(
        (one) => one.t === 'resident' && !isLeft(form?.types.get('resident'), one.v));

    /** The name of who of them heads it; null where nobody does. */
    function headIn(form, house) {
        const here = hereIn(form, house);
        const named = house.records.find((one) => one.id === house.id)?.v.head;
        const head = here.find((one) => one.id === named) ?? here.find((one) => one.v.relation === 'head');
        return head?.v.full_name ?? null;
    }

    return { visitID, noticeID, leftHouses, prepared, dayAt, order, hereIn, headIn, Answers };
})();
