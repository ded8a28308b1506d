import type { Refusal } from '@jejak/core';
import { type Command } from '@jejak/core';
import { expectEveryRule, given, idOf, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import type { Phase, ProgrammeAndPhase } from '../shared';
import { findingDecider, findingRules, type FindingState } from './finding.decider';

const phase = (code: string, cutOff: string): Phase => ({
  code,
  status: 'published',
  from: '2023-01-01',
  to: cutOff,
  cutOff,
  reportDue: cutOff,
  closings: ['c'],
  seals: [1],
  published: [1],
});
const facts: ProgrammeAndPhase = {
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['economy'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: {
      diskopindag: [{ on: '2023-01-01', value: true }],
      dinsos: [
        { on: '2023-01-01', value: true },
        { on: '2023-06-01', value: false },
      ],
    },
  },
  phase: { phases: { i: phase('I', '2023-06-12') } },
};

const evaluator = { subject: 'u-evaluator', role: 'evaluator' };
const office = { subject: 'u-office', role: 'office' };
const diskopindag = { subject: 'u-diskopindag', role: 'officer', agency: 'Diskopindag' };
const dinsos = { subject: 'u-dinsos', role: 'officer', agency: 'dinsos' };
const software = { subject: 'process:reminders', role: 'process' };
const reason = 'by letter';

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const by = (actor: Command['actor'], type: string, body: object): Given => ({
  type,
  body,
  actor,
  code: 'f-1',
  at: '2023-12-20T03:00:00.000Z',
});
const accepts = (events: readonly Past[], command: Given, more: Partial<ProgrammeAndPhase> = {}) =>
  given(findingDecider, events, { ...facts, ...more }).when(command);

const content = {
  code: 'F-1',
  phase: 'I',
  agency: 'Diskopindag',
  title: 'No figures on small trade',
  description: 'The quarterly figures were not kept.',
  recommendation: 'Keep them.',
};
const raise = { occurredOn: '2023-06-20', ...content };
const raised: Past = { type: 'FindingRaised', data: { ...raise, dueOn: '2023-08-19' } };
const answer = (occurredOn: string) => ({ occurredOn, answer: 'Kept since July.' });
const answered = (occurredOn: string): Past => ({ type: 'FindingAnswered', data: answer(occurredOn) });
const assessed = (occurredOn: string, state: number): Past => ({
  type: 'FindingAssessed',
  data: { occurredOn, state },
});
const assess = (occurredOn: string, state: number) => by(evaluator, 'AssessFinding', { occurredOn, state });
const reminder = { agency: 'diskopindag', dueOn: '2023-08-19' };
const reminded: Past = { type: 'ReminderSent', data: reminder };
const remind = (day: string, body: object = reminder): Given => ({
  ...by(software, 'SendReminder', body),
  at: `${day}T03:00:00.000Z`,
});
/** The finding was raised (event 0); further events are 1, 2, 3 ... */
const past = (...events: Past[]): Past[] =>
  [raised, ...events].map((event, n) => ({ id: idOf(n), ...event }));
const evidence = { digest: 'ab'.repeat(32), mediaType: 'application/pdf', bytes: 10 };

describe('a finding', () => {
  it('is raised of a phase, also a closed one, with 60 days to answer unless a day is named', () => {
    accepts([], by(evaluator, 'RaiseFinding', raise)).then([raised]);
    const sooner = { ...raise, phase: 'i', dueOn: '2023-06-20' };
    accepts([], by(evaluator, 'RaiseFinding', sooner)).then([{ type: 'FindingRaised', data: sooner }]);
  });

  it('is answered by its agency, or by the office on its behalf with a reason', () => {
    const body = answer('2023-07-10');
    accepts(past(), by(diskopindag, 'AnswerFinding', body)).then([answered('2023-07-10')]);
    accepts(past(), by(office, 'AnswerFinding', { ...body, onBehalfOf: 'DISKOPINDAG', reason })).then([
      answered('2023-07-10'),
    ]);
    accepts(past(), by(office, 'AnswerFinding', body)).refused('on-behalf-needs-reason');
    accepts(past(), by(dinsos, 'AnswerFinding', body)).refused('not-your-agency');
  });

  it('is answered after its phase was closed; what is dated up to the cut-off is late', () => {
    const early = past();
    early[0] = {
      id: idOf(0),
      type: 'FindingRaised',
      data: { ...raise, occurredOn: '2023-06-01', dueOn: '2023-07-31' },
    };
    accepts(early, by(diskopindag, 'AnswerFinding', answer('2023-06-13'))).then([answered('2023-06-13')]);
    accepts(early, by(diskopindag, 'AnswerFinding', answer('2023-06-12'))).refused(
      'late-needs-reason',
      'reason',
    );
    accepts(early, by(diskopindag, 'AnswerFinding', { ...answer('2023-06-12'), reason })).then([
      answered('2023-06-12'),
    ]);
  });

  it('takes more answers while it is not resolved, and after its due day', () => {
    for (const state of [2, 3, 4]) {
      const events = past(answered('2023-07-10'), assessed('2023-07-20', state));
      accepts(events, by(diskopindag, 'AnswerFinding', answer('2023-11-01'))).then([answered('2023-11-01')]);
    }
  });

  it('takes an honest late answer of a day before it was resolved', () => {
    const events = past(answered('2023-07-10'), assessed('2023-07-20', 1));
    accepts(events, by(diskopindag, 'AnswerFinding', answer('2023-07-19'))).then([answered('2023-07-19')]);
    accepts(events, by(diskopindag, 'AnswerFinding', answer('2023-07-20'))).refused('finding-resolved');
  });

  it('is assessed again where the assessment was wrong, of the same day or a later one', () => {
    const events = past(answered('2023-07-10'), assessed('2023-07-20', 1));
    accepts(events, assess('2023-07-20', 2)).then([assessed('2023-07-20', 2)]);
    const again = by(diskopindag, 'AnswerFinding', answer('2023-07-20'));
    accepts([...events, assessed('2023-07-20', 2)], again).then([answered('2023-07-20')]);
    accepts([...events, assessed('2023-08-01', 2)], again).refused('finding-resolved');
    accepts(
      [...events, assessed('2023-08-01', 2)],
      by(diskopindag, 'AnswerFinding', answer('2023-08-01')),
    ).then([answered('2023-08-01')]);
  });

  it('can be not followed up, or beyond following up, without an answer', () => {
    for (const state of [3, 4])
      accepts(past(), assess('2023-06-20', state)).then([assessed('2023-06-20', state)]);
    for (const state of [1, 2]) {
      accepts(past(answered('2023-07-10')), assess('2023-07-10', state)).then([
        assessed('2023-07-10', state),
      ]);
      accepts(past(answered('2023-07-10')), assess('2023-07-09', state)).refused(
        'assessment-needs-answer',
        'state',
      );
    }
  });

  it('is reminded of once, from its due day on, in the zone of the programme', () => {
    accepts(past(), remind('2023-08-19')).then([reminded]);
    accepts(past(assessed('2023-07-01', 3)), remind('2023-10-01')).then([reminded]);
    const midnight = { ...remind('2023-08-18'), at: '2023-08-18T17:00:00.000Z' };
    accepts(past(), midnight).then([reminded]);
    accepts(past(), { ...midnight, at: '2023-08-18T16:59:59.999Z' }).refused('reminder-not-due');
    accepts(past(reminded), by(diskopindag, 'AnswerFinding', answer('2023-09-01'))).then([
      answered('2023-09-01'),
    ]);
  });

  it('takes evidence of its answers, from who answers', () => {
    const body = { of: idOf(1), ...evidence };
    const events = past(answered('2023-07-10'), assessed('2023-07-20', 1));
    accepts(events, by(diskopindag, 'AttachEvidence', body)).then([{ type: 'EvidenceAttached', data: body }]);
    accepts(events, by(office, 'AttachEvidence', { ...body, onBehalfOf: 'diskopindag', reason })).then([
      { type: 'EvidenceAttached', data: body },
    ]);
    accepts(events, by(dinsos, 'AttachEvidence', body)).refused('not-your-agency');
  });
});

const refusals: readonly [code: string, past: readonly Past[], command: Given, field?: string][] = [
  ['finding-not-raised', [], by(diskopindag, 'AnswerFinding', answer('2023-07-10'))],
  ['finding-not-raised', [], assess('2023-07-10', 3)],
  ['finding-not-raised', [], remind('2023-08-20')],
  ['finding-already-raised', past(), by(evaluator, 'RaiseFinding', raise)],
  ['finding-of-no-phase', [], by(evaluator, 'RaiseFinding', { ...raise, phase: 'II' }), 'phase'],
  ['code-mismatch', [], by(evaluator, 'RaiseFinding', { ...raise, code: 'F-2' }), 'code'],
  ['agency-not-enrolled', [], by(evaluator, 'RaiseFinding', { ...raise, agency: 'dinsos' }), 'agency'],
  ['due-before-raised', [], by(evaluator, 'RaiseFinding', { ...raise, dueOn: '2023-06-19' }), 'dueOn'],
  ['on-behalf-office-only', [], by(evaluator, 'RaiseFinding', { ...raise, onBehalfOf: 'dinsos', reason })],
  [
    'on-behalf-office-only',
    past(),
    by(evaluator, 'AssessFinding', { occurredOn: '2023-07-10', state: 3, onBehalfOf: 'dinsos', reason }),
  ],
  ['before-raised', past(), by(diskopindag, 'AnswerFinding', answer('2023-06-19')), 'occurredOn'],
  ['before-raised', past(), assess('2023-06-19', 3), 'occurredOn'],
  [
    'finding-resolved',
    past(answered('2023-07-10'), assessed('2023-07-20', 1)),
    by(diskopindag, 'AnswerFinding', answer('2023-08-01')),
    'occurredOn',
  ],
  ['assessment-needs-answer', past(), assess('2023-07-10', 1), 'state'],
  ['assessment-needs-answer', past(reminded), assess('2023-07-10', 2), 'state'],
  ['reminder-mismatch', past(), remind('2023-08-20', { ...reminder, agency: 'dinsos' })],
  ['reminder-mismatch', past(), remind('2023-08-20', { ...reminder, dueOn: '2023-08-20' })],
  ['reminder-not-due', past(), remind('2023-08-18')],
  ['reminder-not-needed', past(answered('2023-07-10')), remind('2023-08-20')],
  ['reminder-not-needed', past(answered('2023-07-10'), assessed('2023-07-20', 2)), remind('2023-08-20')],
  ['reminder-not-needed', past(assessed('2023-07-20', 4)), remind('2023-08-20')],
  ['reminder-already-sent', past(reminded), remind('2023-09-20')],
  ['evidence-of-nothing', past(), by(diskopindag, 'AttachEvidence', { of: idOf(0), ...evidence }), 'of'],
  [
    'evidence-of-nothing',
    past(answered('2023-07-10'), assessed('2023-07-20', 1)),
    by(diskopindag, 'AttachEvidence', { of: idOf(2), ...evidence }),
  ],
  ['date-in-future', past(), by(diskopindag, 'AnswerFinding', answer('2023-12-21')), 'occurredOn'],
  ['late-needs-reason', [], by(evaluator, 'RaiseFinding', { ...raise, occurredOn: '2023-06-01' }), 'reason'],
];

describe('a finding is refused', () => {
  it.each(refusals)('%s (%#)', (...[code, events, command, field]) => {
    accepts(events, command).refused(code, field);
  });

  it('before there is a programme', () => {
    accepts([], by(evaluator, 'RaiseFinding', raise), { programme: { status: 'absent' } }).refused(
      'programme-not-established',
    );
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      findingRules,
      refusals.map(([code]) => code),
    );
  });
});

describe('whatever is asked of a finding, in whatever order', () => {
  const day = fc.constantFrom(
    '2023-06-19',
    '2023-06-20',
    '2023-07-10',
    '2023-07-20',
    '2023-08-19',
    '2023-09-01',
  );
  const step: fc.Arbitrary<Given> = fc.oneof(
    { weight: 3, arbitrary: day.map((on) => by(diskopindag, 'AnswerFinding', answer(on))) },
    {
      weight: 4,
      arbitrary: fc.tuple(day, fc.constantFrom(1, 1, 2, 3, 4)).map(([on, state]) => assess(on, state)),
    },
    { weight: 1, arbitrary: day.map((on) => remind(on)) },
  );
  const history = fc
    .array(step, { maxLength: 20 })
    .map((rest) => [by(evaluator, 'RaiseFinding', raise), ...rest]);

  interface Data {
    readonly occurredOn: string;
    readonly state: number;
  }
  const data = (event: Past) => event.data as Data;
  const ofType = (events: readonly Past[], type: string) => events.filter((event) => event.type === type);
  /** The state in force on a day, by a search: of the latest day, and of that day the last one recorded. */
  const stateOn = (events: readonly Past[], on: string) =>
    ofType(events, 'FindingAssessed')
      .filter((event) => data(event).occurredOn <= on)
      .sort((a, b) =>
        data(a).occurredOn < data(b).occurredOn ? -1 : data(a).occurredOn > data(b).occurredOn ? 1 : 0,
      )
      .at(-1)?.data as Data | undefined;
  /** Why the last event of a history should not be, as far as the search sees. */
  const wrong = (events: readonly Past[]): string | undefined => {
    const last = events.at(-1)!;
    const before = events.slice(0, -1);
    const { occurredOn, state } = data(last);
    const answers = ofType(before, 'FindingAnswered');
    if (occurredOn < '2023-06-20') return 'before-raised';
    if (last.type === 'FindingAnswered') {
      return stateOn(before, occurredOn)?.state === 1 ? 'finding-resolved' : undefined;
    }
    if (last.type === 'FindingAssessed' && state < 3) {
      return answers.some((each) => data(each).occurredOn <= occurredOn)
        ? undefined
        : 'assessment-needs-answer';
    }
    if (last.type !== 'ReminderSent') return undefined;
    return answers.length > 0
      ? 'reminder-not-needed'
      : ofType(before, 'ReminderSent')[0] && 'reminder-already-sent';
  };

  it('every event passes the search, every refusal has its reason there, and no old state changes', () => {
    const types: Record<string, string> = {
      AnswerFinding: 'FindingAnswered',
      AssessFinding: 'FindingAssessed',
      SendReminder: 'ReminderSent',
    };
    const reasons = new Set<string>();
    fc.assert(
      fc.property(history, step, (commands, attempt) => {
        const { events } = play<FindingState>(findingDecider, commands, facts);
        for (let n = 1; n <= events.length; n++) expect(wrong(events.slice(0, n))).toBeUndefined();
        try {
          given(findingDecider, events, facts).when(attempt).events();
        } catch (error) {
          const { code } = error as Refusal;
          // When the reminder was sent, and a finding beyond following up, are told above.
          if (code === 'reminder-not-due' || attempt.type === 'SendReminder') return;
          reasons.add(code);
          expect(wrong([...events, { type: types[attempt.type]!, data: attempt.body }])).toBe(code);
        }
      }),
      { numRuns: 500 },
    );
    expect([...reasons].sort()).toEqual(['assessment-needs-answer', 'before-raised', 'finding-resolved']);
  });
});
