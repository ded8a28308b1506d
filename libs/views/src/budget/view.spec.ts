import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { fraction } from '@jejak/domain';
import { MemoryDocuments } from '../documents';
import { programmesView } from '../programmes/view';
import { NotFound } from '../query';
import { colourOf, deviationOf, isCritical } from './figures';
import { budgetByAgency, budgetLine, budgetLines, budgetSummaryAt } from './query';
import { budgetView, type LineDocument } from './view';

const context = { programme: 'malang.2023', index: 0, now: '2023-12-31T16:59:59.999Z' };

const established: Told = {
  stream: 'programme-malang.2023.main',
  type: 'ProgrammeEstablished',
  data: {
    name: 'Malang Smart City',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    legalBasis: [],
    dimensions: [{ code: 'economy', name: 'Economy' }],
  },
};

const L1 = 'budget-malang.2023.l-1';
const L2 = 'budget-malang.2023.l-2';

const allocation = (line: string, agency: string, ceiling: number, actions: object[] = []) => ({
  effectiveOn: '2023-01-02',
  line,
  title: `Line ${line}`,
  agency,
  year: 2023,
  hierarchy: '2.16.2.20.2.21.01.0000',
  ceiling,
  actions,
});
const sp2d = (occurredOn: string, amount: number, number: string) => ({
  occurredOn,
  amount,
  document: { kind: 'sp2d', number },
});

/**
 * L-1 of Diskominfo: 1,000 murni, 1,200 from 1 September; 300 on 31 March, 250 on 15 June of which 50 came back on
 * 1 July, and 400 that was voided with the 100 that came back of it. L-2 of Bappeda: 0 until 1 August, then 500.
 */
const story: Told[] = [
  established,
  {
    stream: L1,
    type: 'BudgetAllocated',
    data: allocation('L-1', 'Diskominfo', 1000, [{ code: 'A-1', share: '1' }]),
  },
  { stream: L2, type: 'BudgetAllocated', data: allocation('L-2', 'Bappeda', 0) },
  {
    stream: L1,
    type: 'BudgetPlanned',
    data: {
      effectiveOn: '2023-01-02',
      months: [
        { month: '2023-03', cumulative: 400, physical: '40' },
        { month: '2023-06', cumulative: 600, physical: '70' },
        { month: '2023-09', cumulative: 900, physical: '70.5' },
      ],
    },
  },
  { stream: L1, type: 'BudgetDisbursed', id: 'june', data: sp2d('2023-06-15', 250, 'S-2') },
  // Reported after June's, with an earlier date.
  {
    stream: L1,
    type: 'BudgetDisbursed',
    id: 'march',
    data: { ...sp2d('2023-03-31', 300, 'S-1'), note: 'Termin 1' },
  },
  {
    stream: L1,
    type: 'DisbursementReturned',
    data: { occurredOn: '2023-07-01', amount: 50, disbursement: 'june' },
  },
  { stream: L1, type: 'PhysicalProgressReported', data: { occurredOn: '2023-03-20', percent: '30' } },
  { stream: L1, type: 'PhysicalProgressReported', data: { occurredOn: '2023-06-20', percent: '59.9999' } },
  {
    stream: L1,
    type: 'PhysicalProgressReported',
    id: 'p3',
    data: { occurredOn: '2023-09-20', percent: '90' },
  },
  { stream: L1, type: 'PhysicalProgressVoided', data: { corrects: 'p3' }, meta: { reason: 'another line' } },
  {
    stream: L1,
    type: 'BudgetRevised',
    data: {
      effectiveOn: '2023-09-01',
      stage: 'perubahan',
      ceiling: 1200,
      actions: [{ code: 'A-2', share: '1' }],
      document: 'DPPA 1',
    },
  },
  { stream: L1, type: 'BudgetDisbursed', id: 'wrong', data: sp2d('2023-08-01', 400, 'S-3') },
  {
    stream: L1,
    type: 'DisbursementReturned',
    id: 'back',
    data: { occurredOn: '2023-08-02', amount: 100, disbursement: 'wrong' },
  },
  {
    stream: L1,
    type: 'DisbursementVoided',
    id: 'void',
    data: { corrects: 'wrong' },
    meta: { reason: 'paid by another line' },
  },
  {
    stream: L2,
    type: 'BudgetRevised',
    data: { effectiveOn: '2023-08-01', stage: 'perubahan', ceiling: 500, actions: [] },
  },
  { stream: L2, type: 'BudgetDisbursed', data: sp2d('2023-08-05', 1, 'S-1') },
  {
    stream: L1,
    type: 'EvidenceAttached',
    data: { of: 'march', digest: 'a'.repeat(64), mediaType: 'application/pdf', bytes: 9 },
  },
  // Of another kind of stream: not the budget's.
  {
    stream: 'action-malang.2023.a-1',
    type: 'EvidenceAttached',
    data: { of: 'x', digest: 'b'.repeat(64), mediaType: 'a/b', bytes: 1 },
  },
];
const events = recorded(story);

function documentsOf(log = events): MemoryDocuments {
  const documents = new MemoryDocuments([programmesView, budgetView]);
  documents.fold(log);
  return documents;
}
const documents = documentsOf();

const lineAt = (line: string, cutOff: string) =>
  budgetLine.answer(documents, { line, cutOff }, context).figures;

describe('a budget line', () => {
  it('gives the figures of its day', () => {
    // 31 March: 300 of 1,000, planned 400: -10 points exactly, which is still yellow; physical 10 behind at a plan of 40.
    expect(lineAt('l-1', '2023-03-31')).toEqual({
      stage: 'murni',
      ceilingMurni: 1000,
      ceiling: 1000,
      disbursed: 300,
      remaining: 700,
      absorption: { numerator: '300', denominator: '1000', exact: '3/10', displayed: '30.00' },
      planned: 400,
      deviation: {
        numerator: '-100',
        denominator: '1000',
        exact: '-1/10',
        displayed: '-10.00',
        colour: 'yellow',
      },
      physical: { planned: '40', realised: '30', lag: '10', critical: false },
    });
  });

  it('takes what came back off from its own day on', () => {
    expect(lineAt('L-1', '2023-06-30')).toMatchObject({ disbursed: 550, planned: 600 });
    expect(lineAt('L-1', '2023-07-01')).toMatchObject({ disbursed: 500, planned: 600 });
  });

  it('is critical one ten-thousandth beyond 10 points, at a plan of 70', () => {
    expect(lineAt('L-1', '2023-06-30')?.physical).toEqual({
      planned: '70',
      realised: '59.9999',
      lag: '10.0001',
      critical: true,
    });
  });

  it('holds against the ceiling in force, and looks past what was voided with what came back of it', () => {
    expect(lineAt('L-1', '2023-08-31')).toMatchObject({ ceiling: 1000, disbursed: 500 });
    expect(lineAt('L-1', '2023-09-30')).toEqual({
      stage: 'perubahan',
      ceilingMurni: 1000,
      ceiling: 1200,
      disbursed: 500,
      remaining: 700,
      // 41.666... rounds to 41.67; (500 - 900) / 1200 = -33.33
      absorption: { numerator: '500', denominator: '1200', exact: '5/12', displayed: '41.67' },
      planned: 900,
      deviation: {
        numerator: '-400',
        denominator: '1200',
        exact: '-1/3',
        displayed: '-33.33',
        colour: 'red',
      },
      physical: { planned: '70.5', realised: '59.9999', lag: '10.5001', critical: true },
    });
  });

  it('plans nothing before its first month has ended, and nothing to deviate from without a plan', () => {
    expect(lineAt('L-1', '2023-03-30')).toMatchObject({ planned: 0, physical: { planned: '0', lag: '-30' } });
    const { planned, deviation, physical } = lineAt('L-2', '2023-09-30')!;
    expect({ planned, deviation, physical }).toEqual({
      planned: null,
      deviation: null,
      physical: { planned: null, realised: '0', lag: null, critical: false },
    });
  });

  it('has no absorption of a ceiling of 0', () => {
    expect(lineAt('L-2', '2023-07-31')).toMatchObject({
      ceiling: 0,
      absorption: null,
      deviation: null,
      remaining: 0,
    });
    expect(lineAt('L-2', '2023-08-05')).toMatchObject({ ceilingMurni: 0, absorption: { displayed: '0.20' } });
  });

  it('has no figures before it is allocated, and says all that happened whatever the cut-off', () => {
    const line = budgetLine.answer(documents, { line: 'l-1', cutOff: '2023-01-01' }, context);
    expect(line).toMatchObject({ code: 'L-1', figures: null, cutOff: '2023-01-01', revision: 13 });
    expect(line.disbursements.map(({ id, voided }) => [id, voided])).toEqual([
      ['june', undefined],
      ['march', undefined],
      ['wrong', 'void'],
    ]);
    expect(line.returns.map(({ id, voided }) => [id, voided])).toEqual([
      ['e6', undefined],
      ['back', 'void'],
    ]);
    expect(line.disbursements[1]?.note).toBe('Termin 1');
    expect(line.ceilings[1]?.document).toBe('DPPA 1');
    expect(line.evidence).toHaveLength(1);
  });

  it('keeps which correction voided a return, when its disbursement is voided later', () => {
    const log = recorded([
      ...story.filter(({ id }) => id !== 'void'),
      { stream: L1, type: 'DisbursementVoided', id: 'alone', data: { corrects: 'back' } },
      { stream: L1, type: 'DisbursementVoided', id: 'whole', data: { corrects: 'wrong' } },
    ]);
    const line = budgetLine.answer(documentsOf(log), { line: 'L-1' }, context);
    expect(line.returns.find(({ id }) => id === 'back')?.voided).toBe('alone');
    expect(line.disbursements.find(({ id }) => id === 'wrong')?.voided).toBe('whole');
  });

  it('that nobody allocated is not found', () => {
    expect(() => budgetLine.answer(documents, { line: 'L-9' }, context)).toThrow(NotFound);
  });

  it('takes today for the cut-off, and not beyond the end of the programme', () => {
    const at = (now: string) => budgetLine.answer(documents, { line: 'L-1' }, { ...context, now }).cutOff;
    expect(at('2023-06-30T16:59:59.999Z')).toBe('2023-06-30');
    expect(at('2023-06-30T17:00:00.000Z')).toBe('2023-07-01');
    expect(at('2026-01-01T00:00:00.000Z')).toBe('2023-12-31');
  });
});

describe('the thresholds', () => {
  it.each([
    [-10.0001, 'red'],
    [-10, 'yellow'],
    [-5.0001, 'yellow'],
    [-5, 'green'],
    [0, 'green'],
  ])('a deviation of %d points is %s', (points, colour) => {
    expect(colourOf(fraction(Math.round(points * 10_000), 10_000))).toBe(colour);
  });

  it('are held against exact values: one rupiah too little of three quadrillion', () => {
    const ceiling = 3_000_000_000_000_000n;
    expect(deviationOf(0n, ceiling / 10n, ceiling)).toMatchObject({ colour: 'yellow', displayed: '-10.00' });
    expect(deviationOf(0n, ceiling / 10n + 1n, ceiling)).toMatchObject({
      colour: 'red',
      displayed: '-10.00',
    });
    expect(deviationOf(0n, ceiling / 20n, ceiling)).toMatchObject({ colour: 'green', displayed: '-5.00' });
    expect(deviationOf(0n, ceiling / 20n + 1n, ceiling)).toMatchObject({
      colour: 'yellow',
      displayed: '-5.00',
    });
  });

  it.each([
    ['70', '10', false],
    ['70', '10.0001', true],
    ['70.0001', '10', true],
    ['70.0001', '5', false],
    ['70.0001', '5.0001', true],
    ['0', '0', false],
  ])('at a plan of %s %%, a lag of %s points: critical %s', (planned, lag, critical) => {
    const exact = (text: string) => fraction(Math.round(Number(text) * 10_000), 10_000);
    expect(isCritical(exact(planned), exact(lag))).toBe(critical);
  });
});

describe('budget lines', () => {
  const list = (query: object) => budgetLines.answer(documents, budgetLines.params.parse(query), context);
  const codes = (query: object) => list({ cutOff: '2023-09-30', ...query }).items.map(({ code }) => code);

  it('are filtered ignoring case, by the actions that they pay for at the cut-off', () => {
    expect(codes({})).toEqual(['L-1', 'L-2']);
    expect(codes({ agency: 'DISKOMINFO' })).toEqual(['L-1']);
    expect(codes({ action: 'a-2' })).toEqual(['L-1']);
    expect(codes({ action: 'a-1' })).toEqual([]);
    expect(codes({ action: 'a-1', cutOff: '2023-08-31' })).toEqual(['L-1']);
    expect(codes({ year: '2023' })).toEqual(['L-1', 'L-2']);
    expect(codes({ year: 2024 })).toEqual([]);
    expect(codes({ cutOff: '2023-01-01' })).toEqual([]);
  });

  it('are sorted by what is asked for; those without it come last', () => {
    expect(codes({ sort: 'disbursed' })).toEqual(['L-2', 'L-1']);
    expect(codes({ sort: 'absorption', order: 'desc' })).toEqual(['L-1', 'L-2']);
    expect(codes({ sort: 'absorption', order: 'desc', cutOff: '2023-07-31' })).toEqual(['L-1', 'L-2']);
    expect(codes({ sort: 'deviation' })).toEqual(['L-1', 'L-2']);
    expect(codes({ sort: 'lag', order: 'desc' })).toEqual(['L-1', 'L-2']);
    expect(codes({ sort: 'agency' })).toEqual(['L-2', 'L-1']);
    for (const sort of ['ceiling', 'remaining']) expect(codes({ sort })).toEqual(['L-2', 'L-1']);
  });

  it('come in pages', () => {
    const first = list({ cutOff: '2023-09-30', limit: 1 });
    expect(first).toMatchObject({ total: 2, cutOff: '2023-09-30' });
    expect(codes({ limit: 1, cursor: first.next })).toEqual(['L-2']);
  });

  it('take no parameter that they do not know', () => {
    expect(budgetLines.params.safeParse({ agencies: 'x' }).success).toBe(false);
    expect(budgetLines.params.safeParse({ cutOff: '2023-02-29' }).success).toBe(false);
    expect(budgetLines.params.safeParse({ year: 'two' }).success).toBe(false);
  });
});

describe('the budget by agency', () => {
  const answer = budgetByAgency.answer(documents, { cutOff: '2023-09-30' }, context);

  it('sums its lines; the plan, of those that have one', () => {
    expect(answer.agencies.map(({ agency, lines, critical }) => [agency, lines, critical])).toEqual([
      ['bappeda', 1, 0],
      ['diskominfo', 1, 1],
    ]);
    expect(answer.total).toEqual({
      lines: 2,
      critical: 1,
      ceilingMurni: 1000,
      ceiling: 1700,
      disbursed: 501,
      remaining: 1199,
      // 29.470588...
      absorption: { numerator: '501', denominator: '1700', exact: '501/1700', displayed: '29.47' },
      planned: 900,
      deviation: {
        numerator: '-400',
        denominator: '1200',
        exact: '-1/3',
        displayed: '-33.33',
        colour: 'red',
      },
    });
    expect(answer.agencies[0]).toMatchObject({ planned: null, deviation: null, ceiling: 500 });
  });

  it('is in a snapshot what it is in the answer', () => {
    const summary = budgetSummaryAt(documents, '2023-09-30');
    expect(answer).toMatchObject(summary);
    expect(Object.keys(summary.total)).toEqual([
      'ceilingMurni',
      'ceiling',
      'disbursed',
      'remaining',
      'absorption',
    ]);
    expect(budgetSummaryAt(documents, '2023-01-01')).toEqual({
      total: { ceilingMurni: 0, ceiling: 0, disbursed: 0, remaining: 0, absorption: null },
      agencies: [],
    });
  });

  it('stays exact where no JSON number is', () => {
    const huge = [1, 2].map((n) => ({
      stream: `budget-malang.2023.h-${String(n)}`,
      type: 'BudgetAllocated',
      data: allocation(`H-${String(n)}`, 'Bappeda', Number.MAX_SAFE_INTEGER),
    }));
    const { total } = budgetSummaryAt(documentsOf(recorded([established, ...huge])), '2023-12-31');
    expect(total).toMatchObject({
      ceiling: '18014398509481982',
      disbursed: 0,
      remaining: '18014398509481982',
    });
  });
});

describe('an original budget that was put right', () => {
  const change = (stage: string, effectiveOn: string, ceiling: number, more: object = {}): Told => ({
    stream: L2,
    type: 'BudgetRevised',
    data: { effectiveOn, stage, ceiling, actions: [], ...more },
  });
  const whole = { title: 'Another', agency: 'Dinsos', hierarchy: '2.17' };
  const told = [
    change('perubahan', '2023-01-02', 70),
    change('perubahan', '2023-02-01', 90),
    change('murni', '2023-01-02', 80, { ...whole, document: 'DPA 2' }),
  ];
  const log = recorded([established, story[2]!, ...told]);
  const of = (known: readonly (typeof log)[number][], cutOff: string) =>
    budgetLine.answer(documentsOf([...known]), { line: 'L-2', cutOff }, context);

  it('is what the line has had from its first day, and a revision of a later day stays', () => {
    expect(of(log, '2023-01-31').figures).toMatchObject({ stage: 'murni', ceilingMurni: 80, ceiling: 80 });
    expect(of(log, '2023-02-01').figures).toMatchObject({
      stage: 'perubahan',
      ceilingMurni: 80,
      ceiling: 90,
    });
    expect(of(log, '2023-01-01').figures).toBeNull();
    // Known before: as it was allocated, and revised on that day.
    expect(of(log.slice(0, -1), '2023-01-31').figures).toMatchObject({ ceilingMurni: 0, ceiling: 70 });
  });

  it('says the title, the agency and the hierarchy code of the whole line', () => {
    expect(of(log, '2023-01-31')).toMatchObject({ ...whole, year: 2023, revision: 3 });
    expect(of(log.slice(0, -1), '2023-01-31')).toMatchObject({ agency: 'Bappeda', title: 'Line L-2' });
    expect(budgetSummaryAt(documentsOf(log), '2023-01-31').agencies).toMatchObject([
      { agency: 'dinsos', ceiling: 80 },
    ]);
    // Put right again without a word on them, they stay.
    const again = recorded([established, story[2]!, ...told, change('murni', '2023-01-02', 1)]);
    expect(of(again, '2023-01-31')).toMatchObject({ ...whole, figures: { ceilingMurni: 1, ceiling: 1 } });
  });

  it('is folded alike in any pages', () => {
    foldsAlike(budgetView, log);
  });
});

describe('the view of budget lines', () => {
  it('is the same in any pages, and when events are handled twice', () => {
    foldsAlike(budgetView, events);
  });

  it('keeps a document for each line, and none for other streams', () => {
    expect(documents.list('budget').map(({ key }) => key)).toEqual(['line/l-1', 'line/l-2']);
  });

  it('stops at what no decider lets happen', () => {
    const fold = (...told: Told[]) => documentsOf(recorded([established, ...told]));
    const line = story[1]!;
    expect(() => fold({ stream: L1, type: 'BudgetDisbursed', data: sp2d('2023-08-01', 4, 'S-3') })).toThrow(
      'not allocated',
    );
    expect(() => fold(line, line)).toThrow('allocated once');
    expect(() => fold(line, { stream: L1, type: 'DisbursementVoided', data: { corrects: 'x' } })).toThrow(
      'no disbursement',
    );
    expect(() => fold(line, { stream: L1, type: 'PhysicalProgressVoided', data: { corrects: 'x' } })).toThrow(
      'no physical',
    );
  });

  it('keeps codes as they are written', () => {
    const document = documents.get('budget', 'line/l-2') as LineDocument;
    expect(document).toMatchObject({ code: 'L-2', agency: 'Bappeda', year: 2023, revision: 2 });
  });
});
