'use strict';

/*
 * The form of a visit on a phone: its pages, which questions stand on each, and what may be answered there.
 */
globalThis.DoorstepForm = (() => {
    const { shown } = globalThis.DoorstepReading;
    const { folded } = globalThis.DoorstepTexts;
    const { range } = globalThis.DoorstepDates;
    const { cardOf } = globalThis.DoorstepScan;
    const { isSame } = globalThis.DoorstepNumbers;
    const { later, ageAtLeast, isProvenance } = globalThis.DoorstepConditions;
    const { visitID, noticeID, leftHouses, dayAt } = globalThis.DoorstepAnswers;
    const { presence, Checked } = globalThis.DoorstepChecked;

    /** Ages at which an identity card is renewed; issued so many years before one, it lasts to the next. */
    const renewalAges = [14, 25, 40, 60];
    const yearsAhead = 2;
    /** A card's day of expiry that has none. */
    const never = '9999-12-31';
    const firstQuestions = [
        'full_name', 'birth', 'sex', 'relation', 'residence', 'personal_id', 'phone', 'kind',
        'channel', 'outcome', 'respondent', 'respondent_kind', 'given_how', 'note',
    ];

    class Form extends Checked {
        // Pages

        get steps() {
            if (this.isInterview) return this.interview;
            const wrong = this.faulty.map((question) => this.pageOf(question));
            const shown = new Set(['outcome', 'finish', ...wrong, ...this.missing(2).map((one) => one.step)]);
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
                    // What was just added is there to be asked about, and what the answers leave in doubt.
                    ...this.ofType('payment_account', person).flatMap((one) => {
                        const isFolded = this.records.has(one.id) && !this.isInDoubt(one);
                        return [
                            ...this.group(one.id, null, one.type.label, () => true, isFolded),
                            ...this.sectionsOf(one.id, isFolded),
                        ];
                    }),
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
            if (field.n === 'usable' && this.isInDoubt(record)) return false;
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

        // What may be answered

        /** Whom a question may name: nobody who is gone or certainly too young, nor the record itself. */
        peopleFor(field, record, value) {
            return this.members.filter((one) => !this.isGone(one) && (one.id === value
                || one.id !== record && (!field.e
                    || ageAtLeast(field.e, this.values(one.id).birth ?? null, this.today) !== false)));
        }

        /** Where the household has moved away: who is still there. */
        get movingAway() {
            return this.outcome === 'moved' ? this.members.filter((one) => !this.isGone(one)) : [];
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
            && (!isNew(one.id) || visit.isBegun(one)));
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

    return { Form, laidOver };
})();
