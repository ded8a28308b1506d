import type { Command } from '@jejak/core';
import { expectEveryRule, given, idOf, type Past } from '@jejak/core/testing';
import { MAX_RUPIAH, type Phase, type ProgrammeAndPhase, recordRules } from '../shared';
import { budgetDecider } from './budget.decider';
import { budgetRules } from './budget.rules';

const always = [{ on: '2022-01-01', value: true }];
const closed: Phase = {
  code: 'I',
  status: 'published',
  from: '2023-01-01',
  to: '2023-06-30',
  cutOff: '2023-06-12',
  reportDue: '2023-06-20',
  closings: ['c'],
  seals: [1],
  published: [1],
};
const facts = (phases: ProgrammeAndPhase['phase']['phases'] = {}): ProgrammeAndPhase => ({
  programme: {
    status: 'established',
    from: '2022-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['governance'],
    latePolicy: 'office-only',
    rules: [],
    agencies: { diskominfo: always, dinsos: always, bkd: [{ on: '2023-07-01', value: true }] },
  },
  phase: { phases },
});

const office = { subject: 'u-office', role: 'office' };
const diskominfo = { subject: 'u-diskominfo', role: 'officer', agency: 'DISKOMINFO' };
const dinsos = { subject: 'u-dinsos', role: 'officer', agency: 'dinsos' };
const reason = 'entered in error';

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
const by = (actor: Command['actor'], type: string, body: object): Given => ({
  type,
  body,
  actor,
  code: '2.16.01',
  at: '2023-12-20T03:00:00.000Z',
});
const accepts = (events: readonly Past[], command: Given, phases?: ProgrammeAndPhase['phase']['phases']) =>
  given(budgetDecider, events, facts(phases)).when(command);

const ceiling = (amount: number) => ({ ceiling: amount, actions: [{ code: 'GO-1', share: '1' }] });
const line = {
  line: '2.16.01',
  effectiveOn: '2023-01-02',
  title: 'Public information',
  agency: 'Diskominfo',
  year: 2023,
  hierarchy: '2.16.2.20.2.21.01.0000',
  ...ceiling(100),
};
const allocated: Past = { type: 'BudgetAllocated', data: line };
/** The line got its ceiling of Rp 100 (event 0); further events are 1, 2, 3 ... */
const past = (...events: Past[]): Past[] =>
  [allocated, ...events].map((event, n) => ({ id: idOf(n), ...event }));

const revision = (effectiveOn: string, amount: number) => ({
  stage: 'perubahan',
  effectiveOn,
  ...ceiling(amount),
});
const sp2d = (occurredOn: string, amount: number, number = `SP2D/${occurredOn}`) => ({
  occurredOn,
  amount,
  document: { kind: 'sp2d', number },
});
const toMonth = (occurredOn: string, amount: number, month = occurredOn.slice(0, 7)) => ({
  occurredOn,
  amount,
  document: { kind: 'cumulative', month },
});
const giveBack = (occurredOn: string, amount: number, n: number) => ({
  occurredOn,
  amount,
  disbursement: idOf(n),
});
const physical = (occurredOn: string, percent: string) => ({ occurredOn, percent });
const months = (...cumulative: number[]) =>
  cumulative.map((amount, n) => ({
    month: `2023-0${String(n + 1)}`,
    cumulative: amount,
    physical: String(n * 10),
  }));

const revised = (...of: Parameters<typeof revision>): Past => ({
  type: 'BudgetRevised',
  data: revision(...of),
});
const murni = (amount: number, effectiveOn = line.effectiveOn) => ({
  ...revision(effectiveOn, amount),
  stage: 'murni',
});
const put = (amount: number): Past => ({ type: 'BudgetRevised', data: murni(amount) });
const disbursed = (data: unknown): Past => ({ type: 'BudgetDisbursed', data });
const returned = (...of: Parameters<typeof giveBack>): Past => ({
  type: 'DisbursementReturned',
  data: giveBack(...of),
});
const voided = (n: number): Past => ({ type: 'DisbursementVoided', data: { corrects: idOf(n) } });
const physicalReported = (...of: Parameters<typeof physical>): Past => ({
  type: 'PhysicalProgressReported',
  data: physical(...of),
});
const physicalVoided = (n: number): Past => ({ type: 'PhysicalProgressVoided', data: { corrects: idOf(n) } });
const correct = (actor: Command['actor'], type: string, n: number, more: object = {}) =>
  by(actor, type, { corrects: idOf(n), reason, ...more });
const disburse = (body: object) => by(diskominfo, 'DisburseBudget', body);
const evidence = { digest: 'ab'.repeat(32), mediaType: 'application/pdf', bytes: 10 };

describe('a budget line', () => {
  it('is allocated by the office to an agency that is enrolled on that day', () => {
    accepts([], by(office, 'AllocateBudget', { ...line, reason: 'DPA' })).then([allocated]);
    const later = { ...line, agency: 'bkd', effectiveOn: '2023-07-01' };
    accepts([], by(office, 'AllocateBudget', later)).then([{ type: 'BudgetAllocated', data: later }]);
  });

  it('is paid from up to its ceiling, to the rupiah', () => {
    const events = past(disbursed(sp2d('2023-02-01', 60)));
    accepts(events, disburse(sp2d('2023-03-01', 40))).then([disbursed(sp2d('2023-03-01', 40))]);
    accepts(events, disburse(sp2d('2023-03-01', 41))).refused('above-ceiling', 'amount');
  });

  it('holds a late disbursement against every later day too', () => {
    const events = past(
      disbursed(sp2d('2023-03-01', 60)),
      revised('2023-06-01', 70),
      revised('2023-09-01', 200),
    );
    accepts(events, disburse(sp2d('2023-02-01', 11))).refused('above-ceiling', 'amount');
    accepts(events, disburse(sp2d('2023-02-01', 10))).then([disbursed(sp2d('2023-02-01', 10))]);
    accepts(events, disburse(sp2d('2023-09-01', 140))).then([disbursed(sp2d('2023-09-01', 140))]);
    accepts(events, disburse(sp2d('2023-08-31', 11))).refused('above-ceiling', 'amount');
  });

  it('may be revised down to what is disbursed on that day and after it, and of the same day again', () => {
    const events = past(disbursed(sp2d('2023-02-01', 60)), disbursed(sp2d('2023-08-01', 20)));
    for (const amount of [80, 500]) {
      accepts(events, by(office, 'ReviseBudget', revision('2023-06-01', amount))).then([
        revised('2023-06-01', amount),
      ]);
    }
    // A later revision makes room again before the second disbursement.
    accepts(
      [...events, revised('2023-07-01', 100)],
      by(office, 'ReviseBudget', revision('2023-06-01', 60)),
    ).then([revised('2023-06-01', 60)]);
    accepts(past(revised('2023-06-01', 10)), by(office, 'ReviseBudget', revision('2023-06-01', 0))).then([
      revised('2023-06-01', 0),
    ]);
  });

  it('has its original budget put right on the day of its allocation, and what it is called with it', () => {
    const whole = { title: 'Public relations', agency: 'dinsos', hierarchy: '2.16.01' };
    const body = { ...murni(120), ...whole, document: 'DPA/2' };
    accepts(past(), by(office, 'ReviseBudget', { ...body, reason })).then([
      { type: 'BudgetRevised', data: body },
    ]);
    const right = past({ type: 'BudgetRevised', data: body });
    accepts(right, by(dinsos, 'DisburseBudget', sp2d('2023-02-01', 120))).then([
      disbursed(sp2d('2023-02-01', 120)),
    ]);
    accepts(right, by(dinsos, 'DisburseBudget', sp2d('2023-02-01', 121))).refused('above-ceiling');
    accepts(right, disburse(sp2d('2023-02-01', 1))).refused('not-your-agency');
    // A later revision stays, one of the same day does not: the last recorded is the one that counts.
    const after = past(revised('2023-01-02', 10), revised('2023-06-01', 200), put(50));
    accepts(after, disburse(sp2d('2023-05-31', 51))).refused('above-ceiling');
    accepts(after, disburse(sp2d('2023-05-31', 50))).then([disbursed(sp2d('2023-05-31', 50))]);
    accepts(after, disburse(sp2d('2023-06-01', 200))).then([disbursed(sp2d('2023-06-01', 200))]);
  });

  it('goes to another agency only while no report of the first stands', () => {
    const other = by(office, 'ReviseBudget', { ...murni(100), agency: 'dinsos' });
    const same = by(office, 'ReviseBudget', { ...murni(100), agency: 'DISKOMINFO' });
    for (const report of [disbursed(sp2d('2023-02-01', 60)), physicalReported('2023-02-01', '5')]) {
      accepts(past(report), other).refused('agency-has-reported', 'agency');
      expect(accepts(past(report), same).events()).toHaveLength(1);
    }
    expect(accepts(past(disbursed(sp2d('2023-02-01', 60)), voided(1)), other).events()).toHaveLength(1);
    const undone = past(physicalReported('2023-02-01', '5'), physicalVoided(1));
    expect(accepts(undone, other).events()).toHaveLength(1);
  });

  it('gets back what is returned from the day of the return on', () => {
    const events = past(disbursed(sp2d('2023-02-01', 100)), returned('2023-05-01', 30, 1));
    accepts(events, disburse(sp2d('2023-04-30', 1))).refused('above-ceiling');
    accepts(events, disburse(sp2d('2023-05-01', 30))).then([disbursed(sp2d('2023-05-01', 30))]);
    accepts(events, disburse(sp2d('2023-05-01', 31))).refused('above-ceiling');
    accepts(events, by(office, 'ReviseBudget', revision('2023-05-01', 70))).then([revised('2023-05-01', 70)]);
    accepts(events, by(office, 'ReviseBudget', revision('2023-04-30', 70))).refused(
      'ceiling-below-disbursed',
    );
  });

  it('takes returns of a disbursement up to its amount, from its day on', () => {
    const events = past(disbursed(sp2d('2023-02-01', 50)), returned('2023-05-01', 30, 1));
    const body = giveBack('2023-02-01', 20, 1);
    accepts(events, by(diskominfo, 'ReturnDisbursement', body)).then([
      { type: 'DisbursementReturned', data: body },
    ]);
  });

  it('keeps the SP2D of a returned disbursement used, and frees that of a voided one', () => {
    const once = [disbursed(sp2d('2023-02-01', 50, 'SP2D/7'))];
    const again = disburse(sp2d('2023-06-01', 50, ' sp2d/7 '));
    accepts(past(...once, returned('2023-03-01', 50, 1)), again).refused('sp2d-used', 'document/number');
    accepts(past(...once, voided(1)), again).then([disbursed(sp2d('2023-06-01', 50, 'sp2d/7'))]);
  });

  it('loses the returns of a disbursement with it', () => {
    const events = past(disbursed(sp2d('2023-02-01', 50)), returned('2023-03-01', 30, 1), voided(1));
    accepts(events, disburse(sp2d('2023-02-01', 100))).then([disbursed(sp2d('2023-02-01', 100))]);
    accepts(events, disburse(sp2d('2023-03-01', 101))).refused('above-ceiling');
    accepts(events, by(diskominfo, 'AttachEvidence', { of: idOf(2), ...evidence })).refused(
      'evidence-of-nothing',
    );
  });

  it('takes what is cumulative to a month once for each month, of a day within it', () => {
    const events = past(disbursed(toMonth('2023-01-31', 10)), disbursed(toMonth('2023-03-31', 10)));
    accepts(events, disburse(toMonth('2023-02-15', 10))).then([disbursed(toMonth('2023-02-15', 10))]);
    accepts([...events, voided(1)], disburse(toMonth('2023-01-30', 5))).then([
      disbursed(toMonth('2023-01-30', 5)),
    ]);
  });

  it('keeps to one way of reporting within a year, by what stands', () => {
    const events = past(disbursed(sp2d('2023-02-01', 10)));
    accepts(events, disburse(toMonth('2023-03-31', 10))).refused('mixed-reporting', 'document/kind');
    accepts([...events, voided(1)], disburse(toMonth('2023-03-31', 10))).then([
      disbursed(toMonth('2023-03-31', 10)),
    ]);
    const early = [
      { ...allocated, data: { ...line, effectiveOn: '2022-01-01' } },
      disbursed(sp2d('2022-12-31', 10)),
    ];
    accepts(early, disburse(toMonth('2023-01-31', 10))).then([disbursed(toMonth('2023-01-31', 10))]);
  });

  it('is reported on by its own agency, or by the office on its behalf with a reason', () => {
    const body = sp2d('2023-02-01', 10);
    accepts(past(), by(dinsos, 'DisburseBudget', body)).refused('not-your-agency');
    accepts(past(), by(office, 'DisburseBudget', body)).refused('on-behalf-needs-reason');
    accepts(past(), by(office, 'DisburseBudget', { ...body, onBehalfOf: 'dinsos', reason })).refused(
      'not-your-agency',
    );
    accepts(past(), by(office, 'DisburseBudget', { ...body, onBehalfOf: 'diskominfo', reason })).then([
      disbursed(body),
    ]);
    accepts(past(disbursed(body)), correct(office, 'VoidDisbursement', 1, { onBehalfOf: 'diskominfo' })).then(
      [voided(1)],
    );
    accepts(past(disbursed(body)), correct(dinsos, 'VoidDisbursement', 1)).refused('not-your-agency');
    accepts(past(physicalReported('2023-02-01', '5')), correct(dinsos, 'VoidPhysicalProgress', 1)).refused(
      'not-your-agency',
    );
    accepts(past(), by(dinsos, 'ReportPhysicalProgress', physical('2023-02-01', '5'))).refused(
      'not-your-agency',
    );
    accepts(past(disbursed(body)), by(dinsos, 'ReturnDisbursement', giveBack('2023-03-01', 1, 1))).refused(
      'not-your-agency',
    );
  });

  it('has a monthly plan within the ceiling in force on the day from which the plan holds', () => {
    const events = past(revised('2023-09-01', 200));
    const plan = (effectiveOn: string, ...cumulative: number[]) => ({
      effectiveOn,
      months: months(...cumulative),
    });
    for (const body of [plan('2023-01-02', 0, 50, 100), plan('2023-09-01', 150, 200)]) {
      accepts(events, by(office, 'PlanBudget', body)).then([{ type: 'BudgetPlanned', data: body }]);
    }
    accepts(events, by(office, 'PlanBudget', plan('2023-08-31', 50, 101))).refused(
      'plan-above-ceiling',
      'months/1/cumulative',
    );
  });

  it('takes physical progress in any order, between its neighbours along the line of dates', () => {
    const events = past(physicalReported('2023-03-31', '20'), physicalReported('2023-09-30', '60.5'));
    for (const percent of ['20', '40.25', '60.5']) {
      accepts(events, by(diskominfo, 'ReportPhysicalProgress', physical('2023-06-30', percent))).then([
        physicalReported('2023-06-30', percent),
      ]);
    }
    accepts(
      [...events, physicalVoided(2)],
      by(diskominfo, 'ReportPhysicalProgress', physical('2023-06-30', '99')),
    ).then([physicalReported('2023-06-30', '99')]);
    accepts(events, correct(diskominfo, 'VoidPhysicalProgress', 2)).then([physicalVoided(2)]);
  });

  it('takes evidence of a disbursement, a return or physical progress that stands', () => {
    const events = past(
      disbursed(sp2d('2023-02-01', 50)),
      returned('2023-03-01', 30, 1),
      physicalReported('2023-03-31', '20'),
    );
    for (const n of [1, 2, 3]) {
      const body = { of: idOf(n), ...evidence };
      accepts(events, by(diskominfo, 'AttachEvidence', body)).then([
        { type: 'EvidenceAttached', data: body },
      ]);
      accepts(events, by(dinsos, 'AttachEvidence', body)).refused('not-your-agency');
    }
  });

  it('lets what is late in only as the programme says, and corrections always', () => {
    const phases = { i: closed };
    const body = sp2d('2023-06-12', 10);
    accepts(past(), disburse(body), phases).refused('late-office-only', 'occurredOn');
    accepts(past(), by(office, 'DisburseBudget', { ...body, onBehalfOf: 'diskominfo', reason }), phases).then(
      [disbursed(body)],
    );
    accepts(past(), disburse(sp2d('2023-06-13', 10)), phases).then([disbursed(sp2d('2023-06-13', 10))]);
    accepts(past(disbursed(body)), correct(diskominfo, 'VoidDisbursement', 1), phases).then([voided(1)]);
  });

  it('carries sums up to the largest amount', () => {
    const huge = past({ type: 'BudgetRevised', data: revision('2023-01-02', MAX_RUPIAH) });
    accepts(huge, disburse(sp2d('2023-02-01', MAX_RUPIAH))).then([disbursed(sp2d('2023-02-01', MAX_RUPIAH))]);
    accepts([...huge, disbursed(sp2d('2023-02-01', MAX_RUPIAH))], disburse(sp2d('2023-03-01', 1))).refused(
      'amount-overflow',
      'amount',
    );
  });
});

const paid = past(disbursed(sp2d('2023-03-01', 60, 'SP2D/7')));
type Refused = [code: string, past: readonly Past[], command: Given, field?: string];
const refusals: readonly Refused[] = [
  ['line-not-allocated', [], disburse(sp2d('2023-02-01', 10))],
  ['line-not-allocated', [], by(office, 'ReviseBudget', revision('2023-02-01', 10))],
  ['line-already-allocated', past(), by(office, 'AllocateBudget', line)],
  ['code-mismatch', [], by(office, 'AllocateBudget', { ...line, line: '2.16.02' }), 'line'],
  ['agency-not-enrolled', [], by(office, 'AllocateBudget', { ...line, agency: 'bkd' }), 'agency'],
  ['before-allocated', past(), disburse(sp2d('2023-01-01', 10)), 'occurredOn'],
  ['before-allocated', past(), by(office, 'ReviseBudget', revision('2023-01-01', 10)), 'effectiveOn'],
  ['before-allocated', past(), by(office, 'PlanBudget', { effectiveOn: '2023-01-01', months: months(1) })],
  ['before-allocated', past(), by(diskominfo, 'ReportPhysicalProgress', physical('2023-01-01', '1'))],
  ['above-ceiling', past(), disburse(sp2d('2023-02-01', 101)), 'amount'],
  ['ceiling-below-disbursed', paid, by(office, 'ReviseBudget', revision('2023-03-01', 59)), 'ceiling'],
  ['ceiling-below-disbursed', paid, by(office, 'ReviseBudget', revision('2023-02-01', 59)), 'ceiling'],
  ['ceiling-below-disbursed', paid, by(office, 'ReviseBudget', murni(59)), 'ceiling'],
  ['murni-on-its-day', past(), by(office, 'ReviseBudget', murni(10, '2023-01-03')), 'effectiveOn'],
  ['before-allocated', past(), by(office, 'ReviseBudget', murni(10, '2023-01-01')), 'effectiveOn'],
  ...['title', 'agency', 'hierarchy'].map((field): Refused => {
    const body = { ...revision('2023-01-02', 100), [field]: 'dinsos' };
    return ['only-with-murni', past(), by(office, 'ReviseBudget', body), field];
  }),
  ['agency-not-enrolled', past(), by(office, 'ReviseBudget', { ...murni(100), agency: 'bkd' }), 'agency'],
  ['agency-has-reported', paid, by(office, 'ReviseBudget', { ...murni(100), agency: 'dinsos' }), 'agency'],
  [
    'plan-above-ceiling',
    past(),
    by(office, 'PlanBudget', { effectiveOn: '2023-01-02', months: months(101) }),
  ],
  ['sp2d-used', paid, disburse(sp2d('2023-02-01', 1, 'sp2d/7')), 'document/number'],
  ['mixed-reporting', paid, disburse(toMonth('2023-02-28', 10)), 'document/kind'],
  ['mixed-reporting', past(disbursed(toMonth('2023-02-28', 10))), disburse(sp2d('2023-12-01', 10))],
  ['date-outside-month', past(), disburse(toMonth('2023-03-01', 10, '2023-02')), 'occurredOn'],
  [
    'month-already-reported',
    past(disbursed(toMonth('2023-02-28', 10))),
    disburse(toMonth('2023-02-01', 10)),
    'document/month',
  ],
  [
    'no-such-disbursement',
    paid,
    by(diskominfo, 'ReturnDisbursement', giveBack('2023-04-01', 1, 0)),
    'disbursement',
  ],
  [
    'no-such-disbursement',
    [...paid, voided(1)],
    by(diskominfo, 'ReturnDisbursement', giveBack('2023-04-01', 1, 1)),
    'disbursement',
  ],
  [
    'return-before-disbursement',
    paid,
    by(diskominfo, 'ReturnDisbursement', giveBack('2023-02-28', 1, 1)),
    'occurredOn',
  ],
  [
    'return-above-disbursement',
    paid,
    by(diskominfo, 'ReturnDisbursement', giveBack('2023-03-01', 61, 1)),
    'amount',
  ],
  [
    'return-above-disbursement',
    [...paid, returned('2023-05-01', 40, 1)],
    by(diskominfo, 'ReturnDisbursement', giveBack('2023-03-01', 21, 1)),
  ],
  ['not-correctable', paid, correct(diskominfo, 'VoidDisbursement', 0), 'corrects'],
  ['not-correctable', [...paid, returned('2023-05-01', 40, 1)], correct(diskominfo, 'VoidDisbursement', 2)],
  ['not-correctable', paid, correct(diskominfo, 'VoidPhysicalProgress', 1)],
  ['not-correctable', [...paid, { ...voided(1), id: idOf(2) }], correct(diskominfo, 'VoidDisbursement', 2)],
  ['already-corrected', [...paid, voided(1)], correct(diskominfo, 'VoidDisbursement', 1), 'corrects'],
  [
    'already-corrected',
    past(physicalReported('2023-03-01', '1'), physicalVoided(1)),
    correct(diskominfo, 'VoidPhysicalProgress', 1),
  ],
  [
    'physical-already-reported',
    past(physicalReported('2023-03-01', '1')),
    by(diskominfo, 'ReportPhysicalProgress', physical('2023-03-01', '2')),
    'occurredOn',
  ],
  [
    'physical-backward',
    past(physicalReported('2023-03-01', '10')),
    by(diskominfo, 'ReportPhysicalProgress', physical('2023-03-02', '9.99')),
    'percent',
  ],
  [
    'physical-above-later',
    past(physicalReported('2023-03-01', '10')),
    by(diskominfo, 'ReportPhysicalProgress', physical('2023-02-28', '10.01')),
    'percent',
  ],
  ['evidence-of-nothing', paid, by(diskominfo, 'AttachEvidence', { of: idOf(0), ...evidence }), 'of'],
  ['amount-overflow', paid, disburse(sp2d('2023-03-01', MAX_RUPIAH)), 'amount'],
  ['date-in-future', past(), disburse(sp2d('2023-12-21', 1)), 'occurredOn'],
  ['date-outside-programme', past(), by(office, 'ReviseBudget', revision('2024-01-01', 1)), 'effectiveOn'],
];

describe('a budget line is refused', () => {
  it.each(refusals)('%s (%#)', (...[code, events, command, field]) => {
    accepts(events, command).refused(code, field);
  });

  it('before there is a programme', () => {
    given(budgetDecider, [], { programme: { status: 'absent' }, phase: { phases: {} } })
      .when(by(office, 'AllocateBudget', line))
      .refused('programme-not-established');
  });

  it('by every one of its rules, and of those that all streams of records share', () => {
    const tested = refusals.map(([code]) => code);
    expectEveryRule(budgetRules, tested);
    expectEveryRule(recordRules, tested);
  });
});

describe('an agency that was withdrawn from the programme', () => {
  const { programme, phase } = facts();
  const withdrawn = [...always, { on: '2023-06-01', value: false }];
  const left = { programme: { ...programme, agencies: { diskominfo: withdrawn } }, phase };
  const disburse = (occurredOn: string) =>
    given(budgetDecider, [allocated], left).when(
      by(diskominfo, 'DisburseBudget', { amount: 1, document: { kind: 'sp2d', number: 'S' }, occurredOn }),
    );

  it('still reports on its days in it, and on none after them', () => {
    expect(disburse('2023-05-31').events()).toHaveLength(1);
    disburse('2023-06-01').refused('agency-not-enrolled');
  });
});

describe('a return that was a mistake', () => {
  const spent = (n: number, amount: number): Past => ({
    type: 'BudgetDisbursed',
    data: { amount, document: { kind: 'sp2d', number: `S-${String(n)}` }, occurredOn: '2023-07-01' },
  });
  const back: Past = {
    type: 'DisbursementReturned',
    data: { disbursement: idOf(1), amount: 40, occurredOn: '2023-07-02' },
  };
  const undo = by(diskominfo, 'VoidDisbursement', { corrects: idOf(2), reason });

  it('is voided by itself, once, and the disbursement stands', () => {
    const gone: Past = { type: 'DisbursementVoided', data: { corrects: idOf(2) } };
    expect(accepts(past(spent(1, 100), back), undo).events()).toEqual([gone]);
    accepts(past(spent(1, 100), back, gone), undo).refused('already-corrected');
    const again = by(diskominfo, 'ReturnDisbursement', {
      disbursement: idOf(1),
      amount: 100,
      occurredOn: '2023-07-02',
    });
    expect(accepts(past(spent(1, 100), back, gone), again).events()).toHaveLength(1);
  });

  it('stays where what was paid from it since would go above the ceiling', () => {
    const later: Past = {
      type: 'BudgetDisbursed',
      data: { amount: 40, document: { kind: 'sp2d', number: 'S-2' }, occurredOn: '2023-07-03' },
    };
    accepts(past(spent(1, 100), back, later), undo).refused('above-ceiling', 'corrects');
  });
});
