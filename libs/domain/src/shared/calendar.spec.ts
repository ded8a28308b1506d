import { type Command, Refusal } from '@jejak/core';
import { expectEveryRule } from '@jejak/core/testing';
import {
  admitted,
  calendarRules,
  established,
  type Established,
  mustBeEnrolled,
  reportingAgency,
  today,
} from './calendar';
import { addDays, type Day } from './dates';
import { isClosed, type LatePolicy, type Phase, type PhaseStatus } from './facts';
import { attachment, change, correction, decision, report, type TimeClass } from './schema';

const types = {
  Reported: report({}),
  Changed: change({}),
  Corrected: correction({}),
  Attached: attachment({}),
  Decided: decision({}),
};
const programmeWith = (more: Partial<Established> = {}): Established => ({
  status: 'established',
  from: '2023-01-01',
  to: '2023-12-31',
  timeZone: 'Asia/Jakarta',
  dimensions: ['branding'],
  latePolicy: 'needs-reason',
  rules: [],
  agencies: {},
  ...more,
});
const phaseWith = (code: string, status: PhaseStatus, cutOff: Day): Phase => ({
  code,
  status,
  from: '2023-01-01',
  to: cutOff,
  cutOff,
  reportDue: cutOff,
  closings: [],
  seals: [],
  published: [],
});
const phases = (...all: Phase[]) => ({ phases: Object.fromEntries(all.map((phase) => [phase.code, phase])) });

const command = (more: Partial<Command> = {}): Command => ({
  type: 'Report',
  body: {},
  programme: 'malang.2023',
  code: 'a-1',
  actor: { subject: 'u-dewi', role: 'officer', agency: 'Diskominfo' },
  at: '2023-08-01T03:00:00.000Z',
  ...more,
});

/** The code of the rule that refuses, and its field; 'admitted' where none does. */
const seen = new Set<string>();
function outcome(work: () => unknown): string {
  try {
    work();
    return 'admitted';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    seen.add(error.code);
    expect(error.sentence('en') + error.sentence('id')).not.toMatch(/\{\w+\}/);
    return error.field === undefined ? error.code : `${error.code} ${error.field}`;
  }
}

describe('the door', () => {
  const at = '2023-08-01T03:00:00.000Z';
  const dates = [
    '2022-12-31',
    '2023-01-01',
    '2023-05-31',
    '2023-06-01',
    '2023-08-01',
    '2023-08-02',
    '2023-12-31',
    '2024-01-01',
  ];
  const statuses: PhaseStatus[] = ['scheduled', 'open', 'closed', 'sealed', 'published', 'reopened'];
  const policies: LatePolicy[] = ['needs-reason', 'office-only', 'refused'];
  const cutOff = '2023-05-31';

  /** Section 3 and 5 of what events mean, said once more: range, then future, then late. */
  function expected(
    date: Day,
    timeClass: TimeClass,
    status: PhaseStatus,
    policy: LatePolicy,
    role: string,
    reason: boolean,
  ) {
    if (timeClass !== 'report' && timeClass !== 'change') return 'admitted';
    const field = timeClass === 'report' ? 'occurredOn' : 'effectiveOn';
    if (date > '2023-12-31' || (date < '2023-01-01' && timeClass === 'report'))
      return `date-outside-programme ${field}`;
    if (date > '2023-08-01' && timeClass === 'report') return `date-in-future ${field}`;
    const late = date <= cutOff && ['closed', 'sealed', 'published'].includes(status);
    if (!late) return 'admitted';
    if (policy === 'refused') return `late-refused ${field}`;
    if (policy === 'office-only') return role === 'office' ? 'admitted' : `late-office-only ${field}`;
    return reason ? 'admitted' : 'late-needs-reason reason';
  }

  const rows = statuses.flatMap((status) => policies.map((policy) => ({ status, policy })));
  it.each(rows)(
    'of a phase that is $status, under the policy $policy, is as its definition says',
    ({ status, policy }) => {
      const facts = {
        programme: programmeWith({ latePolicy: policy }),
        phase: phases(phaseWith('1', status, cutOff)),
      };
      for (const [type, { timeClass }] of Object.entries(types)) {
        for (const date of dates) {
          for (const role of ['officer', 'office', 'evaluator', 'verifier']) {
            for (const reason of [undefined, 'it was snowed under']) {
              const data = { occurredOn: date, effectiveOn: date };
              const events = [{ type, data }];
              const asked = command({
                at,
                body: { ...(reason !== undefined && { reason }) },
                actor: { subject: 'u', role },
              });
              const found = outcome(() => {
                expect(admitted(events, types, asked, facts)).toBe(events);
              });
              expect([type, date, role, reason, found]).toEqual([
                type,
                date,
                role,
                reason,
                expected(date, timeClass, status, policy, role, reason !== undefined),
              ]);
            }
          }
        }
      }
    },
  );

  const open = { programme: programmeWith(), phase: phases() };
  const on = (date: Day, asked: Command = command(), allow = {}) =>
    outcome(() => admitted([{ type: 'Reported', data: { occurredOn: date } }], types, asked, open, allow));

  it('lets a report lie before the programme where that is allowed, and never in the future or after its end', () => {
    expect(on('2022-06-01')).toBe('date-outside-programme occurredOn');
    expect(on('2022-06-01', command(), { earlier: true })).toBe('admitted');
    expect(on('2023-08-02', command(), { earlier: true })).toBe('date-in-future occurredOn');
    expect(on('2024-01-01', command({ at: '2024-06-01T00:00:00.000Z' }), { earlier: true })).toBe(
      'date-outside-programme occurredOn',
    );
  });

  it('takes a report of the programme after its end', () => {
    expect(on('2023-12-31', command({ at: '2025-01-01T00:00:00.000Z' }))).toBe('admitted');
  });

  it("knows today by the command's clock in the programme's zone, to the millisecond", () => {
    for (const [timeZone, start] of [
      ['Asia/Jakarta', '2023-07-31T17:00:00.000Z'],
      ['Asia/Makassar', '2023-07-31T16:00:00.000Z'],
      ['Asia/Jayapura', '2023-07-31T15:00:00.000Z'],
    ] as const) {
      const programme = programmeWith({ timeZone });
      const midnight = Date.parse(start);
      const moment = (milliseconds: number) =>
        command({ at: new Date(midnight + milliseconds).toISOString() });
      expect([-1, 0, 1].map((each) => today(moment(each), programme))).toEqual([
        '2023-07-31',
        '2023-08-01',
        '2023-08-01',
      ]);
      const events = [{ type: 'Reported', data: { occurredOn: '2023-08-01' } }];
      const found = [-1, 0, 1].map((each) =>
        outcome(() => admitted(events, types, moment(each), { ...open, programme })),
      );
      expect(found).toEqual(['date-in-future occurredOn', 'admitted', 'admitted']);
      // What is admitted is dated by its report: a clock a day ahead changes nothing of it.
      expect(outcome(() => admitted(events, types, moment(86_400_000), { ...open, programme }))).toBe(
        'admitted',
      );
    }
  });

  it('asks the phase whose closing is in force, whichever comes first', () => {
    const facts = {
      programme: programmeWith(),
      phase: phases(
        phaseWith('1', 'sealed', '2023-03-31'),
        phaseWith('2', 'closed', '2023-06-30'),
        phaseWith('3', 'open', '2023-09-30'),
      ),
    };
    const found = ['2023-03-31', '2023-04-01', '2023-06-30', '2023-07-01'].map((date) =>
      outcome(() => admitted([{ type: 'Changed', data: { effectiveOn: date } }], types, command(), facts)),
    );
    expect(found).toEqual([...Array<string>(3).fill('late-needs-reason reason'), 'admitted']);
  });

  it('looks at every event of a command', () => {
    const events = [
      { type: 'Reported', data: { occurredOn: '2023-08-01' } },
      { type: 'Reported', data: { occurredOn: '2023-08-02' } },
    ];
    expect(outcome(() => admitted(events, types, command(), open))).toBe('date-in-future occurredOn');
  });

  it('is shut before the programme is established', () => {
    const facts = { programme: { status: 'absent' as const }, phase: phases() };
    expect(outcome(() => admitted([], types, command(), facts))).toBe('programme-not-established');
    expect(outcome(() => established({ status: 'absent' }))).toBe('programme-not-established');
    expect(established(programmeWith())).toEqual(programmeWith());
  });

  it('calls a phase closed while its closing is in force', () => {
    const closed = statuses.filter((status) => isClosed(phaseWith('1', status, cutOff)));
    expect(closed).toEqual(['closed', 'sealed', 'published']);
  });
});

describe('the agency that a report comes from', () => {
  const office = { subject: 'u-office', role: 'office' };
  const officer = { subject: 'u-dewi', role: 'officer', agency: 'DISKOMINFO' };
  const takesPart = (agency: string) => agency === 'diskominfo';
  const reason = 'its network is down';
  it.each<[expected: string, actor: Command['actor'], body: object]>([
    ['diskominfo', officer, {}],
    ['diskominfo', { ...office, onBehalfOf: 'Diskominfo' }, { reason }],
    ['not-your-agency', { ...officer, agency: 'dinsos' }, {}],
    ['not-your-agency', { subject: 'u-dewi', role: 'officer' }, {}],
    ['not-your-agency', { ...office, onBehalfOf: 'dinsos' }, { reason }],
    ['on-behalf-needs-reason onBehalfOf', office, { reason }],
    ['on-behalf-needs-reason reason', { ...office, onBehalfOf: 'diskominfo' }, {}],
    ['on-behalf-office-only onBehalfOf', { ...officer, onBehalfOf: 'diskominfo' }, { reason }],
    [
      'on-behalf-office-only onBehalfOf',
      { subject: 'u', role: 'verifier', onBehalfOf: 'diskominfo' },
      { reason },
    ],
  ])('is %s (%#)', (expected, actor, body) => {
    let agency = '';
    const found = outcome(() => {
      agency = reportingAgency(command({ actor, body }), '2023-06-01', takesPart);
    });
    expect(found === 'admitted' ? agency : found).toBe(expected);
  });
});

describe('an agency', () => {
  const programme = programmeWith({
    agencies: {
      diskominfo: [
        { on: '2023-02-01', value: true },
        { on: '2023-06-01', value: false },
        { on: '2023-09-01', value: true },
      ],
    },
  });
  it('is enrolled from a day on until it is withdrawn, whatever the case of its code', () => {
    const enrolled = (date: Day) =>
      outcome(() => mustBeEnrolled('Diskominfo', date, programme, 'lead')) === 'admitted';
    for (const [day, held] of [
      ['2023-02-01', true],
      ['2023-06-01', false],
      ['2023-09-01', true],
    ] as const) {
      expect([enrolled(addDays(day, -1)), enrolled(day)]).toEqual([!held, held]);
    }
  });
  it.each(['dinsos', 'constructor', 'toString'])('that is not known is not enrolled: %s', (agency) => {
    expect(outcome(() => mustBeEnrolled(agency, '2023-03-01', programme, 'lead'))).toBe(
      'agency-not-enrolled lead',
    );
  });
});

describe('the rules of the calendar', () => {
  it('have each been seen to refuse', () => {
    expectEveryRule(calendarRules, [...seen]);
  });
});
