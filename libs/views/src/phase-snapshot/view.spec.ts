import { canonical, type Json } from '@jejak/core';
import { foldsAlike, recorded, type Told } from '@jejak/core/testing';
import { DEFAULT_RULE } from '@jejak/domain';
import { InvalidParams, NotFound } from '../query';
import {
  actionTold,
  allocated,
  ask,
  context,
  documentsOf,
  phaseTold,
  planned,
  programme,
  programmeTold,
  reasoned,
  replanned,
  ruled,
  verified,
} from '../testing/tell';
import {
  liveSnapshot,
  NotYetSealed,
  phase as phaseQuery,
  phases,
  published as publishedQuery,
  restated,
  seal as sealQuery,
  seals,
  snapshot,
} from './query';
import { phaseSnapshotView } from './view';

const CUT_OFF = '2023-06-12';
const dates = {
  period: { from: '2023-01-01', to: '2023-06-30' },
  cutOff: '2023-05-31',
  reportDue: '2023-06-30',
};

const scheduled: Told[] = [
  ...programme(['living', 'economy']),
  planned('L-1', 'living'),
  planned('L-2', 'living'),
  ...verified('L-1', '2023-03-01'),
  phaseTold('PhaseScheduled', { phase: 'I', name: 'Phase I', ...dates }),
  phaseTold('PhaseRescheduled', { phase: 'i', ...dates, cutOff: CUT_OFF }),
];
const opened = [...scheduled, phaseTold('PhaseOpened', { phase: 'I' })];
const closing = (number: number) =>
  phaseTold('PhaseClosed', { phase: 'I', number, cutOff: CUT_OFF }, { id: `closing-${String(number)}` });
const reopening = phaseTold('PhaseReopened', { phase: 'I' });
const publishing = (seal: number) => phaseTold('PhasePublished', { phase: 'I', seal });
const closed = [...opened, closing(1)];

/** The seal of a closing, as the process makes it: from the events up to it. */
function sealOf(told: readonly Told[], number: number): Told {
  const index = told.findIndex(({ id }) => id === `closing-${String(number)}`);
  const request = { programme: context.programme, cutOff: CUT_OFF, phase: 'I' };
  const made = liveSnapshot(documentsOf(told.slice(0, index + 1)), request);
  const { rule, ruleVersion, engineVersion } = made;
  const about = { phase: 'I', number, closing: { id: `closing-${String(number)}`, index }, cutOff: CUT_OFF };
  const tree = { size: index + 1, root: 'r' };
  return phaseTold('PhaseSealed', { ...about, rule, ruleVersion, engineVersion, snapshot: made, tree });
}
const sealed = [...closed, sealOf(closed, 1)];
const twice = [...sealed, publishing(1), reopening, closing(2)];
const score = phaseTold('AspectScored', {
  phase: 'I',
  occurredOn: '2023-06-20',
  aspect: 'output',
  score: '7.5',
});

describe('the view', () => {
  it('folds alike in any pages, and once what comes twice', () => {
    foldsAlike(phaseSnapshotView, recorded([...twice, score, sealOf(twice, 2), publishing(2)]));
  });

  it('keeps a seal exactly as its event has it', () => {
    const { sealing, ...stored } = ask(sealQuery, sealed, { phase: 'i', seal: '1' });
    expect(canonical(stored as unknown as Json)).toBe(canonical(sealed.at(-1)?.data as Json));
    expect(sealing).toEqual({ id: 'e11', index: 11, recordedAt: '2023-01-01T00:00:00.000Z' });
    expect(stored).not.toHaveProperty('index');
  });

  it('lists phases, with their scores', () => {
    expect(ask(phases, [...sealed, score]).items).toMatchObject([
      {
        code: 'I',
        name: 'Phase I',
        cutOff: CUT_OFF,
        scores: [{ aspect: 'output', score: '7.5', by: 'u-office', on: '2023-06-20' }],
      },
    ]);
    expect(() => ask(phaseQuery, sealed, { phase: 'III' })).toThrow(NotFound);
  });

  it('gives every phase the revision of the stream that all share', () => {
    const second = phaseTold('PhaseScheduled', { phase: 'II', name: 'Phase II', ...dates });
    const revision = (told: readonly Told[]) => ask(phaseQuery, told, { phase: 'I' }).revision;
    expect([revision(scheduled), revision([...scheduled, second])]).toEqual([1, 2]);
    const revisions = ask(phases, [...scheduled, second]).items.map((each) => each.revision);
    expect(revisions).toEqual([2, 2]);
    expect(revision([...sealed, score])).toBe(revision(sealed) + 1);
  });

  it('lists seals without their snapshots', () => {
    const { items } = ask(seals, [...twice, sealOf(twice, 2)], { phase: 'I' });
    expect(items.map(({ number, published }) => [number, published])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(items[0]).not.toHaveProperty('snapshot');
  });
});

describe("what a phase's snapshot is", () => {
  const answer = (told: readonly Told[]) => ask(phaseQuery, told, { phase: 'I' }).answer;
  const index = (told: readonly Told[], id: string) => told.findIndex((each) => each.id === id);

  it.each([
    ['scheduled', scheduled, { kind: 'live', status: 'scheduled', cutOff: CUT_OFF }],
    ['open', opened, { kind: 'live', status: 'open', cutOff: CUT_OFF }],
    [
      'closed',
      closed,
      { kind: 'known-at', status: 'sealing', cutOff: CUT_OFF, knownAt: index(closed, 'closing-1'), seal: 1 },
    ],
    ['sealed', sealed, { kind: 'seal', status: 'sealed', seal: 1 }],
    ['published', [...sealed, publishing(1)], { kind: 'seal', status: 'published', seal: 1 }],
    ['reopened', [...sealed, publishing(1), reopening], { kind: 'seal', status: 'reopened', seal: 1 }],
    [
      'reopened before it was sealed',
      [...closed, reopening],
      { kind: 'known-at', status: 'reopened', cutOff: CUT_OFF, knownAt: index(closed, 'closing-1'), seal: 1 },
    ],
    [
      'sealed after it was reopened',
      [...closed, reopening, sealOf(closed, 1)],
      { kind: 'seal', status: 'reopened', seal: 1 },
    ],
    [
      'closed again',
      twice,
      { kind: 'known-at', status: 'sealing', cutOff: CUT_OFF, knownAt: index(twice, 'closing-2'), seal: 2 },
    ],
    [
      'closed again, the first seal coming late',
      [...closed, reopening, closing(2), sealOf(closed, 1)],
      { kind: 'known-at', status: 'sealing', cutOff: CUT_OFF, knownAt: 12, seal: 2 },
    ],
    [
      'reopened again before its last closing was sealed',
      [...twice, reopening],
      { kind: 'seal', status: 'reopened', seal: 1 },
    ],
    [
      'reopened again, and its last closing sealed at last',
      [...twice, reopening, sealOf(twice, 2)],
      { kind: 'seal', status: 'reopened', seal: 2 },
    ],
    ['sealed again', [...twice, sealOf(twice, 2)], { kind: 'seal', status: 'sealed', seal: 2 }],
    [
      'sealed again, the first published',
      [...twice, sealOf(twice, 2), publishing(1)],
      { kind: 'seal', status: 'sealed', seal: 2 },
    ],
  ])('%s', (_case, told, expected) => {
    expect(answer(told)).toEqual(expected);
  });

  it('is for the public the highest published seal', () => {
    const both = [...twice, sealOf(twice, 2)];
    const shown = (told: readonly Told[]) => ask(publishedQuery, told, { phase: 'I' }).number;
    expect(() => shown(sealed)).toThrow(NotFound);
    expect(shown(both)).toBe(1);
    expect(shown([...both, publishing(2)])).toBe(2);
  });

  it('says of a seal that is being made that it is', () => {
    const seal = (told: readonly Told[], number: number) => () =>
      ask(sealQuery, told, { phase: 'I', seal: number });
    expect(seal(closed, 1)).toThrow(NotYetSealed);
    expect(seal(sealed, 2)).toThrow(NotFound);
    expect(seal(scheduled, 1)).toThrow(NotFound);
    expect(sealQuery.params.safeParse({ phase: 'I', seal: '1.5' }).success).toBe(false);
  });
});

describe('a snapshot', () => {
  it('holds the figures, the budget and the CSR money, with the rule and the engine', () => {
    const told = [...opened, allocated('B-1', 500, [])];
    expect(ask(snapshot, told, { cutOff: CUT_OFF })).toMatchObject({
      programme: 'malang.2023',
      cutOff: CUT_OFF,
      rule: { counts: 'verified' },
      ruleVersion: 1,
      engineVersion: 1,
      figures: {
        programme: { numerator: '1', denominator: '2', displayed: '50.0' },
        dimensions: [
          { code: 'living', name: 'The living', counted: ['L-1'], missing: ['L-2'] },
          { code: 'economy', figure: null, counted: [], missing: [] },
        ],
      },
      budget: { total: { ceiling: 500 }, agencies: [{ agency: 'diskominfo', ceiling: 500 }] },
      csr: { total: { received: 0 } },
    });
  });

  it('may bring another rule, whose figures stand beside the official ones; of a phase it says nothing', () => {
    const rule = JSON.stringify({ ...DEFAULT_RULE, name: 'mine', weighting: 'weight' });
    const { other, ...official } = ask(snapshot, opened, { cutOff: CUT_OFF, rule });
    expect(official).toEqual(ask(snapshot, opened, { cutOff: CUT_OFF }));
    expect(other).toMatchObject({ cutOff: CUT_OFF, ruleVersion: null, programme: { rule: 'mine' } });
    const unused = JSON.stringify({ ...DEFAULT_RULE, weights: { living: '1' } });
    expect(() => ask(snapshot, opened, { rule: unused })).toThrow(InvalidParams);
    expect(snapshot.params.safeParse({ phase: 'I' }).success).toBe(false);
  });

  it('takes less than an envelope holds for 1,000 actions, the longest codes among them', () => {
    const code = (n: number) => `${'x'.repeat(76)}${String(n).padStart(4, '0')}`;
    const told: Told[] = [
      ...programme(['living']),
      ...Array.from({ length: 1000 }, (_, n) => planned(code(n), 'living')),
      ...Array.from({ length: 200 }, (_, n) => allocated(`b-${String(n)}`, 1000, [], { agency: code(n) })),
    ];
    const text = canonical(ask(snapshot, told, { cutOff: CUT_OFF }) as unknown as Json);
    expect(Buffer.byteLength(text)).toBeLessThan(200 * 1024);
  });
});

describe('restated', () => {
  const ask1 = (told: readonly Told[]) => ask(restated, told, { phase: 'I', seal: 1 });

  it('is the seal itself as long as nothing came', () => {
    const { sealed: stored, restated: now, difference } = ask1(sealed);
    expect(now).toEqual(stored);
    expect(difference).toEqual([]);
  });

  const late: Told[] = [
    ...sealed,
    actionTold('L-2', 'ActionCompleted', { occurredOn: CUT_OFF }, 'late-done'),
    actionTold('L-2', 'CompletionVerified', { of: 'late-done' }, 'late-seen'),
    reasoned(actionTold('L-1', 'CompletionRetracted', { corrects: 'done-L-1-2023-03-01' }, 'not-so')),
    reasoned(planned('L-3', 'living', { effectiveOn: '2023-05-01' }, 'late-plan')),
    // After the cut-off, or of no matter to the figures.
    ...verified('L-1', '2023-06-13'),
    reasoned(replanned('L-1', 'economy', { effectiveOn: '2023-06-13' })),
    actionTold('L-1', 'ActionReassigned', { effectiveOn: '2023-01-01', lead: 'Bappeda', supporting: [] }),
    actionTold('L-2', 'ProgressReported', { occurredOn: '2023-06-01', quarter: '2023-Q2', realisation: '3' }),
    { ...allocated('B-1', 5, [{ code: 'L-1', share: '1' }]), id: 'late-line' },
    ruled('2023-01-01', { counts: 'progress' }),
  ];

  it('is the same cut-off and rule, known now, with the events that make the difference', () => {
    const { sealed: stored, restated: now, difference, seal, cutOff } = ask1(late);
    expect({ seal, cutOff }).toEqual({ seal: 1, cutOff: CUT_OFF });
    expect(stored).toEqual((sealed.at(-1)?.data as { snapshot: unknown }).snapshot);
    expect(now).toMatchObject({ rule: { counts: 'verified' }, ruleVersion: 1, cutOff: CUT_OFF });
    expect(now.figures.dimensions[0]).toMatchObject({ counted: ['L-2'], missing: ['L-1', 'L-3'] });
    expect(
      difference.map(({ id, type, on, code, late: isLate, withoutReason }) => [
        id,
        type,
        on,
        code,
        isLate,
        withoutReason,
      ]),
    ).toEqual([
      ['late-done', 'ActionCompleted', CUT_OFF, 'L-2', true, true],
      ['late-seen', 'CompletionVerified', CUT_OFF, 'L-2', true, false],
      ['not-so', 'CompletionRetracted', '2023-03-01', 'L-1', true, false],
      ['late-plan', 'ActionPlanned', '2023-05-01', 'L-3', true, false],
      ['late-line', 'BudgetAllocated', '2023-01-01', 'B-1', true, true],
    ]);
  });

  it('looks at progress where the rule does', () => {
    const base = [...opened, ruled('2023-01-01', { counts: 'progress', weighting: 'budget' }), closing(1)];
    const told = [...base, sealOf(base, 1), ...late.slice(sealed.length)];
    expect(ask1(told).difference.map(({ type }) => type)).toEqual([
      'ActionCompleted',
      'CompletionVerified',
      'CompletionRetracted',
      'ActionPlanned',
      'ProgressReported',
      'BudgetAllocated',
    ]);
    expect(ask1(told).difference.at(-1)).toMatchObject({
      stream: 'budget',
      code: 'B-1',
      withoutReason: true,
    });
  });

  it('holds late budget and CSR money, whatever the rule weighs by', () => {
    const line = (type: string, data: object, id: string): Told => ({
      stream: 'budget-malang.2023.b-1',
      type,
      data,
      id,
    });
    const csr = (type: string, data: object, id: string): Told => ({
      stream: 'csr-malang.2023.c-1',
      type,
      data,
      id,
    });
    const document = { kind: 'sp2d', number: 'S-1' };
    const donor = { donor: 'bank-x', year: 2023, occurredOn: '2023-06-01' };
    const before = [
      ...opened,
      allocated('B-1', 500, []),
      line('BudgetDisbursed', { occurredOn: '2023-05-02', amount: 10, document }, 'paid'),
      csr('CsrReceived', { ...donor, amount: 9, receiptNo: 'R-1' }, 'received'),
      closing(1),
    ];
    const later = [
      ...before,
      sealOf(before, 1),
      line(
        'BudgetRevised',
        { effectiveOn: CUT_OFF, stage: 'perubahan', ceiling: 600, actions: [] },
        'revised',
      ),
      line('BudgetPlanned', { effectiveOn: '2023-01-01', months: [] }, 'planned'),
      line('BudgetDisbursed', { occurredOn: CUT_OFF, amount: 5, document }, 'late-paid'),
      line('BudgetDisbursed', { occurredOn: '2023-06-13', amount: 5, document }, 'after'),
      line('DisbursementReturned', { occurredOn: '2023-06-01', amount: 1, disbursement: 'paid' }, 'back'),
      line('PhysicalProgressReported', { occurredOn: '2023-06-02', percent: '4' }, 'physical'),
      line('PhysicalProgressVoided', { corrects: 'physical' }, 'no-physical'),
      line('DisbursementVoided', { corrects: 'after' }, 'no-after'),
      line('DisbursementVoided', { corrects: 'paid' }, 'unpaid'),
      csr('CsrPledged', { ...donor, amount: 7 }, 'pledged'),
      reasoned(csr('CsrReceived', { ...donor, amount: 8, receiptNo: 'R-2' }, 'late-received')),
      csr('CsrAllocated', { occurredOn: CUT_OFF, amount: 1, to: { kind: 'action', code: 'L-1' } }, 'given'),
      csr('CsrReturned', { occurredOn: '2023-06-13', amount: 1, receipt: 'received' }, 'too-late'),
      csr('CsrReturned', { occurredOn: CUT_OFF, amount: 1, receipt: 'received' }, 'csr-back'),
      csr('CsrEntryVoided', { corrects: 'late-received' }, 'not-received'),
    ];
    const { difference } = ask1(later);
    expect(
      difference.map(({ id, type, on, stream, code, withoutReason }) => [
        id,
        type,
        on,
        `${stream} ${code}`,
        withoutReason,
      ]),
    ).toEqual([
      ['revised', 'BudgetRevised', CUT_OFF, 'budget B-1', true],
      ['planned', 'BudgetPlanned', '2023-01-01', 'budget B-1', true],
      ['late-paid', 'BudgetDisbursed', CUT_OFF, 'budget B-1', true],
      ['back', 'DisbursementReturned', '2023-06-01', 'budget B-1', true],
      ['physical', 'PhysicalProgressReported', '2023-06-02', 'budget B-1', true],
      ['no-physical', 'PhysicalProgressVoided', '2023-06-02', 'budget B-1', false],
      // On the day of what it corrects, which the cut-off takes in; the one of `after` it does not.
      ['unpaid', 'DisbursementVoided', '2023-05-02', 'budget B-1', false],
      ['pledged', 'CsrPledged', '2023-06-01', 'csr c-1', true],
      ['late-received', 'CsrReceived', '2023-06-01', 'csr c-1', false],
      ['given', 'CsrAllocated', CUT_OFF, 'csr c-1', true],
      ['csr-back', 'CsrReturned', CUT_OFF, 'csr c-1', true],
      ['not-received', 'CsrEntryVoided', '2023-06-01', 'csr c-1', false],
    ]);
  });

  it('is late by the closing of the seal; nothing slips past a door that is open', () => {
    const done = actionTold('L-2', 'ActionCompleted', { occurredOn: CUT_OFF }, 'late-done');
    expect(ask1([...sealed, reopening, done]).difference).toMatchObject([
      { id: 'late-done', late: true, withoutReason: false },
    ]);
    expect(ask1([...sealed, reopening, closing(2), done]).difference).toMatchObject([
      { late: true, withoutReason: true },
    ]);
    const again = [...sealed, done, reopening, closing(2)];
    const second = ask(restated, [...again, sealOf(again, 2)], { phase: 'I', seal: 2 });
    expect([ask1(again).difference.length, second.difference]).toEqual([1, []]);
  });

  it('asks what the policy of its time asked', () => {
    const done = (meta: Partial<NonNullable<Told['meta']>>): Told => ({
      ...actionTold('L-2', 'ActionCompleted', { occurredOn: '2023-06-01' }),
      meta,
    });
    const office = { actor: { subject: 'u-office', role: 'office' as const } };
    const officer = { actor: { subject: 'u-1', role: 'officer' as const, agency: 'Diskominfo' } };
    const policy = (name: string) => programmeTold('LateReportingPolicySet', { policy: name });
    const told = [
      ...sealed,
      done(officer),
      done({ ...officer, reason: 'r' }),
      policy('office-only'),
      done(office),
      done({ ...officer, reason: 'r' }),
      policy('refused'),
      done({ ...office, reason: 'r' }),
      policy('needs-reason'),
      done({ ...office, reason: 'r' }),
    ];
    expect(ask1(told).difference.map(({ withoutReason }) => withoutReason)).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});
