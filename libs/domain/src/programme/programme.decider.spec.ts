import type { Command } from '@jejak/core';
import { expectEveryRule, given, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import { DEFAULT_RULE, factAt, type LatePolicy, type Phase, type PhaseFacts, type Rule } from '../shared';
import { programmeDecider, programmeRules, type ProgrammeState } from './programme.decider';

const programme = {
  name: 'Malang Smart City 2023',
  from: '2023-01-01',
  to: '2023-12-31',
  timeZone: 'Asia/Jakarta',
  legalBasis: [{ title: 'Mayor Regulation 43/2020' }],
  dimensions: [
    { code: 'Branding', name: 'Smart Branding' },
    { code: 'economy', name: 'Smart Economy' },
  ],
};
const established: Past = { type: 'ProgrammeEstablished', data: programme };
const ruled = (effectiveOn: string, rule: Rule = DEFAULT_RULE): Past => ({
  type: 'FulfilmentRuleRevised',
  data: { effectiveOn, rule },
});
const policed = (policy: LatePolicy): Past => ({ type: 'LateReportingPolicySet', data: { policy } });
const enrolled = (
  effectiveOn: string,
  agency = 'Diskominfo',
  name = 'Communication and Information',
): Past => ({
  type: 'AgencyEnrolled',
  data: { effectiveOn, agency, name },
});
const withdrawn = (effectiveOn: string, agency = 'Diskominfo'): Past => ({
  type: 'AgencyWithdrawn',
  data: { effectiveOn, agency },
});
const begun = [established, ruled('2023-01-01'), policed('needs-reason')];

const phases = (...all: Partial<Phase>[]): { phase: PhaseFacts } => ({
  phase: {
    phases: Object.fromEntries(
      all.map((phase, n) => {
        const code = String(n + 1);
        const dates = { from: '2023-01-01', to: '2023-05-31', cutOff: '2023-05-31', reportDue: '2023-06-10' };
        return [code, { code, status: 'open', ...dates, closings: [], seals: [], published: [], ...phase }];
      }),
    ),
  },
});
const none = phases();
const closed = phases({ status: 'closed', closings: ['e9'] });

const establish = (body: object = {}) => ({ type: 'EstablishProgramme', body: { ...programme, ...body } });
const enrol = (effectiveOn: string, more: object = {}) => ({
  type: 'EnrolAgency',
  body: { effectiveOn, agency: 'Diskominfo', name: 'Communication and Information', ...more },
});
const withdraw = (effectiveOn: string, more: object = {}) => ({
  type: 'WithdrawAgency',
  body: { effectiveOn, agency: 'diskominfo', ...more },
});
const revise = (effectiveOn: string, rule: object = DEFAULT_RULE, more: object = {}) => ({
  type: 'ReviseFulfilmentRule',
  body: { effectiveOn, rule, ...more },
});
const weighted = (weights: { readonly [code: string]: string }): Rule => ({
  ...DEFAULT_RULE,
  name: 'verified, weighted',
  combine: 'given',
  weights,
});

function stateAfter(...past: Past[]) {
  const state = given(programmeDecider, past).state as ProgrammeState;
  if (state.status === 'absent') throw new Error('established, was it not?');
  return state;
}

describe('a programme', () => {
  it('is established with a rule from its first day and a late policy', () => {
    given(programmeDecider, [], none).when(establish()).then(begun);
  });

  it('is established with the rule and the policy that are asked for, also after it ended', () => {
    const rule = weighted({ branding: '1', Economy: '0' });
    given(programmeDecider, [], none)
      .when({ ...establish({ rule, latePolicy: 'refused' }), at: '2026-01-01T00:00:00.000Z' })
      .then([established, ruled('2023-01-01', rule), policed('refused')]);
  });

  it('may last for a single day', () => {
    given(programmeDecider, [], none)
      .when(establish({ to: '2023-01-01' }))
      .then([
        { type: 'ProgrammeEstablished', data: { ...programme, to: '2023-01-01' } },
        ruled('2023-01-01'),
        policed('needs-reason'),
      ]);
  });

  it('knows its codes in lower case', () => {
    const state = stateAfter(...begun, enrolled('2023-02-01'));
    expect(state.dimensions).toEqual(['branding', 'economy']);
    expect(Object.keys(state.agencies)).toEqual(['diskominfo']);
  });

  it('takes a new rule from a day on, and numbers its rules in the order in which they came', () => {
    const progress: Rule = { ...DEFAULT_RULE, name: 'progress', counts: 'progress' };
    given(programmeDecider, begun, none)
      .when(revise('2023-07-01', progress))
      .then([ruled('2023-07-01', progress)]);
    const { rules } = stateAfter(
      ...begun,
      ruled('2023-07-01', progress),
      ruled('2023-04-01'),
      ruled('2023-07-01'),
    );
    const inForce = (day: string) => factAt(rules, day);
    expect(inForce('2022-12-31')).toBeUndefined();
    expect(inForce('2023-03-31')?.version).toBe(1);
    expect(inForce('2023-04-01')?.version).toBe(3);
    expect(inForce('2023-07-01')).toEqual({ rule: DEFAULT_RULE, version: 4 });
  });

  it('weighs a dimension of any code, also one that every object has a member of', () => {
    const odd = [
      {
        type: 'ProgrammeEstablished',
        data: { ...programme, dimensions: [{ code: 'constructor', name: 'x' }] },
      },
    ];
    const rule = weighted({ constructor: '1' });
    given(programmeDecider, odd, none)
      .when(revise('2023-07-01', rule))
      .then([ruled('2023-07-01', rule)]);
    given(programmeDecider, odd, none)
      .when(revise('2023-07-01', weighted({ economy: '1' })))
      .refused('weights-not-the-dimensions');
    given(programmeDecider, odd, none)
      .when(enrol('2023-02-01', { agency: 'constructor' }))
      .then([enrolled('2023-02-01', 'constructor')]);
  });

  it('changes its late policy at once, as often as is needed', () => {
    given(programmeDecider, begun, closed)
      .when({ type: 'SetLateReportingPolicy', body: { policy: 'office-only' } })
      .then([policed('office-only')]);
    expect(stateAfter(...begun).latePolicy).toBe('needs-reason');
    expect(stateAfter(...begun, policed('office-only')).latePolicy).toBe('office-only');
  });

  it('enrols an agency from a day on, which may lie in the future or before the programme', () => {
    for (const day of ['2022-11-01', '2023-02-01', '2023-12-31']) {
      given(programmeDecider, begun, none)
        .when(enrol(day))
        .then([enrolled(day)]);
    }
  });

  it('enrols an agency from an earlier day, or again after it was withdrawn', () => {
    given(programmeDecider, [...begun, enrolled('2023-03-01')], none)
      .when(enrol('2023-02-01'))
      .then([enrolled('2023-02-01')]);
    given(programmeDecider, [...begun, enrolled('2023-02-01'), withdrawn('2023-04-01')], none)
      .when(enrol('2023-04-01'))
      .then([enrolled('2023-04-01')]);
  });

  it("changes an agency's name from a day on, and puts a mistyped one right", () => {
    const past = [...begun, enrolled('2023-02-01', 'diskominfo', 'Komunication')];
    for (const day of ['2023-02-01', '2023-05-01']) {
      given(programmeDecider, past, none)
        .when(enrol(day))
        .then([enrolled(day)]);
    }
  });

  it('withdraws an agency from a day on, also the one of its enrolment', () => {
    const past = [...begun, enrolled('2023-02-01')];
    for (const day of ['2023-02-01', '2023-05-01']) {
      given(programmeDecider, past, none)
        .when(withdraw(day))
        .then([withdrawn(day, 'diskominfo')]);
    }
    const { agencies } = stateAfter(...past, withdrawn('2023-05-01', 'DISKOMINFO'));
    const on = (day: string) => factAt(agencies.diskominfo ?? [], day);
    expect(['2023-01-31', '2023-02-01', '2023-04-30', '2023-05-01'].map(on)).toEqual([
      undefined,
      true,
      true,
      false,
    ]);
  });

  it('takes changes of a closed phase with a reason', () => {
    const reason = 'the decree came late';
    given(programmeDecider, begun, closed)
      .when(enrol('2023-05-31', { reason }))
      .then([enrolled('2023-05-31')]);
    given(programmeDecider, begun, closed)
      .when(revise('2023-05-31', DEFAULT_RULE, { reason }))
      .then([ruled('2023-05-31')]);
    given(programmeDecider, begun, closed)
      .when(enrol('2023-06-01'))
      .then([enrolled('2023-06-01')]);
    given(programmeDecider, begun, phases({ status: 'reopened', closings: ['e9'] }))
      .when(enrol('2023-05-31'))
      .then([enrolled('2023-05-31')]);
  });
});

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const setPolicy = { type: 'SetLateReportingPolicy', body: { policy: 'refused' } };
const refusals: readonly [
  code: string,
  past: readonly Past[],
  command: Given,
  facts?: { phase: PhaseFacts },
][] = [
  ['not-a-programme', [], { ...establish(), programme: 'installation' }],
  ['not-the-main-stream', [], { ...establish(), code: 'other' }],
  ['programme-already-established', begun, establish()],
  ['programme-ends-before-it-begins', [], establish({ to: '2022-12-31' })],
  [
    'duplicate-dimension',
    [],
    establish({ dimensions: [...programme.dimensions, { code: 'BRANDING', name: 'Again' }] }),
  ],
  [
    'weights-not-used',
    [],
    establish({ rule: { ...DEFAULT_RULE, weights: { branding: '1', economy: '1' } } }),
  ],
  ['weights-not-used', begun, revise('2023-07-01', { ...DEFAULT_RULE, combine: 'mean', weights: {} })],
  ['weights-not-the-dimensions', [], establish({ rule: weighted({ branding: '1' }) })],
  ['weights-not-the-dimensions', begun, revise('2023-07-01', weighted({ branding: '1' }))],
  ['weights-not-the-dimensions', begun, revise('2023-07-01', weighted({ branding: '1', living: '1' }))],
  [
    'weights-not-the-dimensions',
    begun,
    revise('2023-07-01', weighted({ branding: '1', economy: '1', living: '1' })),
  ],
  ['weights-not-the-dimensions', begun, revise('2023-07-01', weighted({ branding: '1', Branding: '1' }))],
  [
    'weights-not-the-dimensions',
    begun,
    revise('2023-07-01', weighted({ branding: '1', Branding: '1', economy: '1' })),
  ],
  ['weights-not-the-dimensions', begun, revise('2023-07-01', { ...DEFAULT_RULE, combine: 'given' })],
  ['weights-all-zero', begun, revise('2023-07-01', weighted({ branding: '0', economy: '0.00' }))],
  ['programme-not-established', [], revise('2023-07-01')],
  ['programme-not-established', [], setPolicy],
  ['programme-not-established', [], enrol('2023-02-01')],
  ['programme-not-established', [], withdraw('2023-02-01')],
  ['agency-already-enrolled', [...begun, enrolled('2023-02-01')], enrol('2023-02-01')],
  [
    'agency-already-enrolled',
    [...begun, enrolled('2023-02-01')],
    enrol('2023-05-01', { agency: 'DISKOMINFO' }),
  ],
  ['agency-not-to-withdraw', begun, withdraw('2023-02-01')],
  ['agency-not-to-withdraw', begun, withdraw('2023-02-01', { agency: 'constructor' })],
  ['agency-not-to-withdraw', [...begun, enrolled('2023-02-01')], withdraw('2023-01-31')],
  [
    'agency-not-to-withdraw',
    [...begun, enrolled('2023-02-01'), withdrawn('2023-03-01')],
    withdraw('2023-04-01'),
  ],
  ['date-outside-programme', begun, enrol('2024-01-01')],
  ['date-outside-programme', begun, revise('2024-01-01')],
  ['date-outside-programme', [...begun, enrolled('2023-02-01')], withdraw('2024-01-01')],
  ['late-needs-reason', begun, enrol('2023-05-31'), closed],
  ['late-needs-reason', begun, revise('2023-05-31'), closed],
  ['late-needs-reason', [...begun, enrolled('2023-02-01')], withdraw('2023-05-31'), closed],
  ['late-refused', [...begun, policed('refused')], enrol('2023-05-31', { reason: 'the decree' }), closed],
];
const fields: { readonly [code: string]: string } = {
  'programme-ends-before-it-begins': 'to',
  'duplicate-dimension': 'dimensions/2/code',
  'weights-not-used': 'rule/weights',
  'weights-not-the-dimensions': 'rule/weights',
  'weights-all-zero': 'rule/weights',
  'agency-already-enrolled': 'agency',
  'agency-not-to-withdraw': 'agency',
};

describe('a programme refuses', () => {
  it.each(refusals)('%s (%#)', (code, past, command, facts = none) => {
    given(programmeDecider, past, facts).when(command).refused(code, fields[code]);
  });

  it('by every one of its rules', () => {
    expectEveryRule(
      programmeRules,
      refusals.map(([code]) => code),
    );
  });
});

describe('whatever is asked of a programme', () => {
  const days = ['2022-12-01', '2023-02-01', '2023-03-01', '2023-04-01', '2024-02-01'];
  const day = fc.constantFrom(...days);
  const agency = fc.constantFrom('diskominfo', 'Diskominfo', 'dinsos');
  const name = fc.constantFrom('One', 'Two');
  const command = fc.oneof(
    fc.constant(establish()),
    fc.constant(setPolicy),
    fc
      .record({ on: day, weights: fc.boolean() })
      .map(({ on, weights }) => revise(on, weights ? weighted({}) : DEFAULT_RULE)),
    fc.record({ on: day, agency, name }).map(({ on, ...rest }) => enrol(on, rest)),
    fc.record({ on: day, agency }).map(({ on, ...rest }) => withdraw(on, rest)),
  );
  interface Dated {
    readonly effectiveOn: string;
    readonly agency: string;
    readonly name: string;
    readonly rule: Rule;
  }

  /** By definition: of the events up to that day the latest dated one, and of equal dates the last recorded. */
  function inForce(events: readonly Past[], on: string): Past | undefined {
    const dated = events.filter(({ data }) => (data as Dated).effectiveOn <= on);
    const latest = dated
      .map(({ data }) => (data as Dated).effectiveOn)
      .sort()
      .at(-1);
    return dated.findLast(({ data }) => (data as Dated).effectiveOn === latest);
  }

  it('enrolments and rules in force are what a search through the history finds', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (rest) => {
        const { state, events } = play<ProgrammeState>(programmeDecider, [establish(), ...rest], none);
        if (state.status === 'absent') throw new Error('it was established');
        const rules = events.filter(({ type }) => type === 'FulfilmentRuleRevised');
        for (const on of days) {
          const rule = inForce(rules, on);
          const version = rule === undefined ? undefined : rules.indexOf(rule as (typeof rules)[number]) + 1;
          expect(factAt(state.rules, on)?.version).toBe(version);
          for (const code of ['diskominfo', 'dinsos']) {
            const about = events.filter(
              ({ data }) => (data as Partial<Dated>).agency?.toLowerCase() === code,
            );
            const last = inForce(about, on);
            const expected = last === undefined ? undefined : last.type === 'AgencyEnrolled';
            expect(factAt(state.agencies[code] ?? [], on)).toBe(expected);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('it is established first and once, and no change of enrolment leaves things as they were', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { events } = play<ProgrammeState>(programmeDecider, commands, none);
        events.forEach(({ type, data }, n) => {
          expect(type === 'ProgrammeEstablished').toBe(n === 0);
          if (type !== 'AgencyEnrolled' && type !== 'AgencyWithdrawn') return;
          const { effectiveOn, agency: code, name: called } = data as Dated;
          const about = (event: Past) =>
            (event.data as Partial<Dated>).agency?.toLowerCase() === code.toLowerCase();
          const before = inForce(events.slice(0, n).filter(about), effectiveOn);
          const was = before?.type === 'AgencyEnrolled' ? (before.data as Dated).name : undefined;
          if (type === 'AgencyWithdrawn') expect(was).toBeDefined();
          else expect(called).not.toBe(was);
        });
      }),
      { numRuns: 300 },
    );
  });
});
