import type { Command } from '@jejak/core';
import { expectEveryRule, given, idOf, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import { DEFAULT_RULE, type LatePolicy, type PhaseFacts, type ProgrammeFacts } from '../shared';
import { phaseDecider, phaseRules } from './phase.decider';

const programmeWith = (latePolicy: LatePolicy): ProgrammeFacts => ({
  status: 'established',
  from: '2023-01-01',
  to: '2023-12-31',
  timeZone: 'Asia/Jakarta',
  dimensions: ['branding'],
  latePolicy,
  rules: [{ on: '2023-01-01', value: { rule: DEFAULT_RULE, version: 1 } }],
  agencies: {},
});
const facts = { programme: programmeWith('needs-reason') };

const dates = {
  period: { from: '2023-01-01', to: '2023-05-31' },
  cutOff: '2023-05-31',
  reportDue: '2023-06-07',
};
const later = {
  period: { from: '2023-01-01', to: '2023-06-30' },
  cutOff: '2023-06-30',
  reportDue: '2023-07-07',
};
const evaluator = { subject: 'u-asesor', role: 'evaluator' };

const scheduled: Past = { type: 'PhaseScheduled', data: { phase: 'Phase-1', name: 'Phase I', ...dates } };
const rescheduled: Past = { type: 'PhaseRescheduled', data: { phase: 'Phase-1', ...later } };
const opened: Past = { type: 'PhaseOpened', data: { phase: 'Phase-1' } };
const reopened: Past = { type: 'PhaseReopened', data: { phase: 'Phase-1' } };
const closed = (number: number): Past => ({
  type: 'PhaseClosed',
  data: { phase: 'Phase-1', number, cutOff: dates.cutOff },
  id: idOf(number),
});
const sealOf = (number: number, more: object = {}) => ({
  phase: 'Phase-1',
  number,
  closing: { id: idOf(number), index: 40 },
  cutOff: dates.cutOff,
  rule: DEFAULT_RULE,
  ruleVersion: 1,
  engineVersion: 1,
  snapshot: { programme: { numerator: '50', denominator: '52' } },
  tree: { size: 41, root: 'abc' },
  ...more,
});
const sealed = (number: number): Past => ({ type: 'PhaseSealed', data: sealOf(number) });
const published = (seal: number): Past => ({ type: 'PhasePublished', data: { phase: 'Phase-1', seal } });

const open1 = [scheduled, opened];
const closed1 = [...open1, closed(1)];
const sealed1 = [...closed1, sealed(1)];
const published1 = [...sealed1, published(1)];
const reopened1 = [...published1, reopened];
const closed2 = [...reopened1, closed(2)];

const schedule = (body: object = {}) => ({
  type: 'SchedulePhase',
  body: { phase: 'Phase-1', name: 'Phase I', ...dates, ...body },
});
const reschedule = (body: object = {}) => ({
  type: 'ReschedulePhase',
  body: { phase: 'phase-1', ...later, ...body },
});
const open = { type: 'OpenPhase', body: { phase: 'phase-1' } };
const close = { type: 'ClosePhase', body: { phase: 'phase-1' } };
const seal = (number: number, more: object = {}) => ({
  type: 'SealPhase',
  body: sealOf(number, { phase: 'phase-1', ...more }),
  actor: { subject: 'process:seal-phase', role: 'process' },
});
const reopen = { type: 'ReopenPhase', body: { phase: 'phase-1', reason: 'an agency was forgotten' } };
const publish = (number: number) => ({ type: 'PublishPhase', body: { phase: 'phase-1', seal: number } });
const score = (occurredOn: string, more: object = {}) => ({
  type: 'ScoreAspect',
  body: { phase: 'phase-1', occurredOn, aspect: 'outcome', score: '82.5', ...more },
  actor: evaluator,
});
const scored = (occurredOn: string, more: object = {}): Past => ({
  type: 'AspectScored',
  data: { phase: 'Phase-1', occurredOn, aspect: 'outcome', score: '82.5', ...more },
});

function phaseAfter(past: readonly Past[]) {
  return (given(phaseDecider, past, facts).state as PhaseFacts).phases['phase-1'];
}

describe('a phase', () => {
  it('is scheduled, once for each code', () => {
    given(phaseDecider, [], facts).when(schedule()).then([scheduled]);
    const second = { phase: 'Phase-2', name: 'Phase II', ...dates };
    given(phaseDecider, [scheduled], facts)
      .when(schedule(second))
      .then([{ type: 'PhaseScheduled', data: second }]);
  });

  it('has a cut-off after or within its period, and reports due on it or later, even after the programme', () => {
    for (const more of [
      { cutOff: '2023-01-01', reportDue: '2023-01-01' },
      { cutOff: '2023-12-31', reportDue: '2024-01-31' },
      { period: { from: '2023-05-31', to: '2023-05-31' } },
      { period: { from: '2023-01-01', to: '2023-12-31' } },
    ]) {
      given(phaseDecider, [], facts)
        .when(schedule(more))
        .then([{ type: 'PhaseScheduled', data: { phase: 'Phase-1', name: 'Phase I', ...dates, ...more } }]);
    }
  });

  it('is rescheduled until it is first closed', () => {
    given(phaseDecider, [scheduled], facts).when(reschedule()).then([rescheduled]);
    given(phaseDecider, open1, facts).when(reschedule()).then([rescheduled]);
    expect(phaseAfter([...open1, rescheduled])).toMatchObject({
      status: 'open',
      ...later.period,
      cutOff: later.cutOff,
    });
  });

  it('is opened, closed, sealed and published', () => {
    given(phaseDecider, [scheduled], facts).when(open).then([opened]);
    given(phaseDecider, open1, facts)
      .when(close)
      .then([{ type: 'PhaseClosed', data: closed(1).data }]);
    given(phaseDecider, closed1, facts)
      .when(seal(1))
      .then([sealed(1)]);
    given(phaseDecider, sealed1, facts)
      .when(publish(1))
      .then([published(1)]);
  });

  it('is closed from its cut-off on, in the zone of the programme', () => {
    const before = '2023-05-30T16:59:59.999Z';
    const on = '2023-05-30T17:00:00.000Z';
    given(phaseDecider, open1, facts)
      .when({ ...close, at: before })
      .refused('cut-off-not-reached', 'phase');
    given(phaseDecider, open1, facts)
      .when({ ...close, at: on })
      .then([{ type: 'PhaseClosed', data: closed(1).data }]);
    const jayapura = { programme: { ...facts.programme, timeZone: 'Asia/Jayapura' } };
    given(phaseDecider, open1, jayapura)
      .when({ ...close, at: '2023-05-30T15:00:00.000Z' })
      .then([{ type: 'PhaseClosed', data: closed(1).data }]);
  });

  it('is reopened from closed, sealed and published, and closed again with the same cut-off', () => {
    for (const past of [closed1, sealed1, published1]) {
      given(phaseDecider, past, facts).when(reopen).then([reopened]);
      given(phaseDecider, [...past, reopened], facts)
        .when(close)
        .then([{ type: 'PhaseClosed', data: closed(2).data }]);
    }
  });

  it('takes the seal of each closing in any later state', () => {
    for (const past of [closed1, [...closed1, reopened], [...closed1, reopened, closed(2)]]) {
      given(phaseDecider, past, facts)
        .when(seal(1))
        .then([sealed(1)]);
    }
    given(phaseDecider, [...closed1, reopened, closed(2)], facts)
      .when(seal(2))
      .then([sealed(2)]);
    given(phaseDecider, closed2, facts)
      .when(seal(2))
      .then([sealed(2)]);
  });

  it('publishes any seal that exists, also while reopened or while the next seal is awaited', () => {
    given(phaseDecider, [...sealed1, reopened], facts)
      .when(publish(1))
      .then([published(1)]);
    given(phaseDecider, [...sealed1, reopened, closed(2)], facts)
      .when(publish(1))
      .then([published(1)]);
    given(phaseDecider, [...closed2, sealed(2)], facts)
      .when(publish(2))
      .then([published(2)]);
  });

  it.each<[string, readonly Past[]]>([
    ['scheduled', [scheduled]],
    ['open', open1],
    ['closed', closed1],
    ['sealed', sealed1],
    ['published', published1],
    ['reopened', reopened1],
    // A seal that comes late changes nothing of how the phase stands.
    ['reopened', [...closed1, reopened, sealed(1)]],
    ['closed', [...closed1, reopened, closed(2), sealed(1)]],
    ['sealed', [...closed1, reopened, closed(2), sealed(2), sealed(1)]],
    // Nor does the publication of an older seal.
    ['reopened', [...sealed1, reopened, published(1)]],
    ['closed', [...sealed1, reopened, closed(2), published(1)]],
    ['sealed', [...sealed1, reopened, closed(2), published(1), sealed(2)]],
    ['sealed', [...sealed1, reopened, closed(2), sealed(2), published(1)]],
    ['published', [...sealed1, reopened, closed(2), sealed(2), published(2)]],
    ['published', [...sealed1, reopened, closed(2), sealed(2), published(2), published(1)]],
  ])('is %s (%#)', (status, past) => {
    expect(phaseAfter(past)?.status).toBe(status);
  });

  it('remembers its closings, seals and publications', () => {
    expect(phaseAfter([...closed2, sealed(2)])).toEqual({
      code: 'Phase-1',
      status: 'sealed',
      ...dates.period,
      cutOff: dates.cutOff,
      reportDue: dates.reportDue,
      closings: [idOf(1), idOf(2)],
      seals: [1, 2],
      published: [1],
    });
  });

  it('is scored by the evaluator once it was opened, on the day on which he did it', () => {
    for (const past of [open1, closed1, sealed1, published1, reopened1]) {
      given(phaseDecider, past, facts)
        .when(score('2023-06-01'))
        .then([scored('2023-06-01')]);
    }
    given(phaseDecider, open1, facts)
      .when(score('2023-05-31', { note: 'well done', reason: 'the visit was on that day' }))
      .then([scored('2023-05-31', { note: 'well done' })]);
    given(phaseDecider, closed1, facts)
      .when(score('2023-05-31', { reason: 'the visit was on that day' }))
      .then([scored('2023-05-31')]);
  });

  it('is the same seal for two workers of two versions, by phase and closing', () => {
    const digested = phaseDecider.commands.SealPhase?.digested;
    expect(digested?.(sealOf(1) as never)).toEqual({ phase: 'Phase-1', closing: idOf(1) });
    expect(digested?.(sealOf(1, { engineVersion: 2, snapshot: {} }) as never)).toEqual(
      digested?.(sealOf(1) as never),
    );
    expect(digested?.(sealOf(2) as never)).not.toEqual(digested?.(sealOf(1) as never));
  });
});

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
type Row = readonly [
  code: string,
  past: readonly Past[],
  command: Given,
  field?: string | undefined,
  programme?: ProgrammeFacts,
];
const refusals: readonly Row[] = [
  ['not-a-programme', [], { ...schedule(), programme: 'installation' }],
  ['not-the-main-stream', [], { ...schedule(), code: 'phase-1' }],
  ['programme-not-established', [], schedule(), undefined, { status: 'absent' }],
  ['phase-already-scheduled', [scheduled], schedule({ phase: 'PHASE-1' }), 'phase'],
  ['phase-already-scheduled', reopened1, schedule(), 'phase'],
  [
    'period-ends-before-it-begins',
    [],
    schedule({ period: { from: '2023-05-31', to: '2023-05-30' } }),
    'period/to',
  ],
  [
    'period-outside-programme',
    [],
    schedule({ period: { from: '2022-12-31', to: '2023-05-31' } }),
    'period/from',
  ],
  [
    'period-outside-programme',
    [],
    schedule({ period: { from: '2023-01-01', to: '2024-01-01' } }),
    'period/to',
  ],
  ['cut-off-outside-programme', [], schedule({ cutOff: '2024-01-01' }), 'cutOff'],
  ['cut-off-outside-programme', [], schedule({ cutOff: '2022-12-31' }), 'cutOff'],
  ['cut-off-before-period', [], schedule({ period: { from: '2023-06-01', to: '2023-06-30' } }), 'cutOff'],
  ['report-due-before-cut-off', [], schedule({ reportDue: '2023-05-30' }), 'reportDue'],
  [
    'period-ends-before-it-begins',
    [scheduled],
    reschedule({ period: { from: '2023-05-31', to: '2023-05-30' } }),
  ],
  ['report-due-before-cut-off', open1, reschedule({ reportDue: '2023-06-29' }), 'reportDue'],
  ['schedule-fixed', closed1, reschedule(), 'phase'],
  ['schedule-fixed', reopened1, reschedule(), 'phase'],
  ['unknown-phase', [], reschedule(), 'phase'],
  ['unknown-phase', [], open, 'phase'],
  ['unknown-phase', [scheduled], { type: 'OpenPhase', body: { phase: 'constructor' } }, 'phase'],
  ['unknown-phase', [], close],
  ['unknown-phase', [], seal(1)],
  ['unknown-phase', [], reopen],
  ['unknown-phase', [], publish(1)],
  ['unknown-phase', [], score('2023-06-01')],
  ['phase-already-opened', open1, open, 'phase'],
  ['phase-already-opened', reopened1, open, 'phase'],
  ['phase-not-open', [scheduled], close, 'phase'],
  ['phase-not-open', closed1, close],
  ['phase-not-open', sealed1, close],
  ['phase-not-open', published1, close],
  ['cut-off-not-reached', [scheduled, opened, rescheduled], close, 'phase'],
  ['phase-not-closed', [scheduled], reopen, 'phase'],
  ['phase-not-closed', open1, reopen],
  ['phase-not-closed', reopened1, reopen],
  ['reopening-needs-reason', sealed1, { type: 'ReopenPhase', body: { phase: 'phase-1' } }, 'reason'],
  ['unknown-closing', open1, seal(1), 'closing/id'],
  ['unknown-closing', closed1, seal(1, { closing: { id: idOf(9), index: 40 } }), 'closing/id'],
  ['already-sealed', sealed1, seal(1)],
  ['already-sealed', closed2, seal(1)],
  ['already-sealed', sealed1, seal(1, { engineVersion: 2, snapshot: {} })],
  ['seal-disagrees', closed1, seal(1, { number: 2 }), 'number'],
  ['seal-disagrees', closed2, seal(2, { number: 1 }), 'number'],
  ['seal-disagrees', closed1, seal(1, { cutOff: '2023-06-01' }), 'cutOff'],
  ['seal-disagrees', closed1, seal(1, { tree: { size: 40, root: 'abc' } }), 'tree/size'],
  ['unknown-seal', closed1, publish(1), 'seal'],
  ['unknown-seal', sealed1, publish(2), 'seal'],
  ['already-published', published1, publish(1), 'seal'],
  ['already-published', [...closed2, sealed(2)], publish(1), 'seal'],
  ['phase-not-begun', [scheduled], score('2023-06-01'), 'phase'],
  ['on-behalf-office-only', open1, score('2023-06-01', { onBehalfOf: 'diskominfo', reason: 'asked to' })],
  ['date-in-future', open1, score('2023-06-02'), 'occurredOn'],
  ['date-outside-programme', open1, score('2022-12-31'), 'occurredOn'],
  ['late-needs-reason', closed1, score('2023-05-31'), 'reason'],
  [
    'late-office-only',
    closed1,
    score('2023-05-31', { reason: 'late' }),
    'occurredOn',
    programmeWith('office-only'),
  ],
  ['late-refused', closed1, score('2023-05-31', { reason: 'late' }), 'occurredOn', programmeWith('refused')],
];

describe('a phase refuses', () => {
  it.each(refusals.map((row) => ({ code: row[0], row })))('$code ($#)', ({ row }) => {
    const [code, past, command, field, programme = facts.programme] = row;
    given(phaseDecider, past, { programme }).when(command).refused(code, field);
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      phaseRules,
      refusals.map(([code]) => code),
    );
  });
});

describe('whatever is asked of phases', () => {
  const code = fc.constantFrom('phase-1', 'PHASE-1', 'phase-2');
  const at = fc.constantFrom(
    '2023-05-30T03:00:00.000Z',
    '2023-06-01T03:00:00.000Z',
    '2023-07-01T03:00:00.000Z',
  );
  const ordinal = fc.integer({ min: 1, max: 4 });
  type Step = (state: PhaseFacts) => Given;
  const named = (type: string, more: object = {}): fc.Arbitrary<Step> =>
    fc
      .record({ code, at })
      .map(({ code: phase, at: moment }) => () => ({ type, body: { phase, ...more }, at: moment }));
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 2, arbitrary: named('SchedulePhase', { name: 'Phase', ...dates }) },
    { weight: 1, arbitrary: named('ReschedulePhase', later) },
    { weight: 3, arbitrary: named('OpenPhase') },
    { weight: 5, arbitrary: named('ClosePhase') },
    { weight: 3, arbitrary: named('ReopenPhase', { reason: 'because' }) },
    { weight: 3, arbitrary: ordinal.chain((number) => named('PublishPhase', { seal: number })) },
    { weight: 1, arbitrary: fc.constant<Step>(() => score('2023-06-01', { phase: 'phase-1' })) },
    {
      weight: 5,
      // Mostly a closing that there is; sometimes another number or cut-off than its own.
      arbitrary: fc
        .record({ code, number: ordinal, off: fc.nat({ max: 5 }) })
        .map(({ code: phase, number, off }) => {
          return ({ phases }: PhaseFacts) => {
            const known = phases[phase.toLowerCase()];
            const id = known?.closings[number - 1] ?? idOf(999);
            const cutOff = known?.cutOff ?? dates.cutOff;
            return seal(off === 0 ? number + 1 : number, { phase, closing: { id, index: 40 }, cutOff });
          };
        }),
    },
  );
  const begin: readonly Step[] = [() => schedule(), () => open];

  interface Told {
    readonly phase: string;
    readonly number: number;
    readonly seal: number;
    readonly cutOff: string;
    readonly closing: { readonly id: string };
  }
  const letters: { readonly [type: string]: string } = {
    PhaseScheduled: 's',
    PhaseRescheduled: 'd',
    PhaseOpened: 'o',
    PhaseClosed: 'c',
    PhaseReopened: 'n',
  };

  it('each phase goes the way of its life, and its seals and publications follow its closings', () => {
    let sealsSeen = 0;
    let late = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
        const { state, events } = play<PhaseFacts>(phaseDecider, [...begin, ...steps], facts);
        for (const key of ['phase-1', 'phase-2']) {
          const about = events.filter(({ data }) => (data as Told).phase.toLowerCase() === key);
          const life = about.map(({ type }) => letters[type] ?? '').join('');
          expect(life).toMatch(/^(sd*(od*(c(nc)*n?)?)?)?$/);
          const closings: { id: string; cutOff: string }[] = [];
          const sealedNumbers: number[] = [];
          const publishedNumbers: number[] = [];
          for (const { type, data, id } of about) {
            const told = data as Told;
            if (type === 'PhaseClosed') {
              closings.push({ id, cutOff: told.cutOff });
              expect(told.number).toBe(closings.length);
              expect(told.cutOff).toBe(closings[0]?.cutOff);
            } else if (type === 'PhaseSealed') {
              expect(closings[told.number - 1]).toEqual({ id: told.closing.id, cutOff: told.cutOff });
              expect(sealedNumbers).not.toContain(told.number);
              sealedNumbers.push(told.number);
              sealsSeen++;
              if (told.number < closings.length) late++;
            } else if (type === 'PhasePublished') {
              expect(sealedNumbers).toContain(told.seal);
              expect(publishedNumbers).not.toContain(told.seal);
              publishedNumbers.push(told.seal);
            }
          }
          const phase = state.phases[key];
          expect(phase?.status).toBe(standing(life, about));
          expect(phase?.closings ?? []).toEqual(closings.map(({ id }) => id));
        }
      }),
      { numRuns: 500 },
    );
    // The histories are rich enough to say something.
    expect(sealsSeen).toBeGreaterThan(100);
    expect(late).toBeGreaterThan(10);
  });

  /** How a phase stands, told from its whole history: the last turn of its life, then the seal of its last closing. */
  function standing(life: string, about: readonly Past[]): string | undefined {
    const turn = life.replaceAll('d', '').at(-1);
    if (turn === undefined) return undefined;
    if (turn !== 'c') return { s: 'scheduled', o: 'open', n: 'reopened' }[turn];
    const last = about.filter(({ type }) => type === 'PhaseClosed').length;
    const told = (type: string, number: (data: Told) => number) =>
      about.some((event) => event.type === type && number(event.data as Told) === last);
    if (told('PhasePublished', ({ seal: number }) => number)) return 'published';
    return told('PhaseSealed', ({ number }) => number) ? 'sealed' : 'closed';
  }
});
