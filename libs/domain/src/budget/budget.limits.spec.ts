import { type Command, Refusal } from '@jejak/core';
import { given, idOf, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import type { ProgrammeAndPhase } from '../shared';
import { budgetDecider, type BudgetState } from './budget.decider';

const facts: ProgrammeAndPhase = {
  programme: {
    status: 'established',
    from: '2022-12-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['governance'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: { diskominfo: [{ on: '2022-12-01', value: true }] },
  },
  phase: { phases: {} },
};
const office = { subject: 'u-office', role: 'office' };
const diskominfo = { subject: 'u-diskominfo', role: 'officer', agency: 'diskominfo' };

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
type Step = (state: BudgetState) => Given;
const by = (actor: Command['actor'], type: string, body: object): Given => ({
  type,
  body,
  actor,
  code: 'l-1',
  at: '2023-12-20T03:00:00.000Z',
});
const allocate = by(office, 'AllocateBudget', {
  line: 'L-1',
  effectiveOn: '2022-12-31',
  title: 'Public information',
  agency: 'Diskominfo',
  year: 2023,
  hierarchy: '2.16',
  ceiling: 8,
  actions: [],
});

const DAYS = [
  '2022-12-31',
  '2023-01-15',
  '2023-01-31',
  '2023-02-01',
  '2023-02-28',
  '2023-03-01',
  '2023-06-30',
];
const day = fc.constantFrom(...DAYS);
const amount = fc.integer({ min: 1, max: 6 });
/** Mostly a record that stands; at times any event, which may be the wrong one or long gone. */
const named = (of: (state: Line) => readonly { readonly id: string }[]) =>
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 12 })).map(([dice, n]) => (state: BudgetState) => {
    const records = state.status === 'absent' || dice === 0 ? [] : of(state);
    return records[n % Math.max(records.length, 1)]?.id ?? idOf(n);
  });
type Line = Extract<BudgetState, { status: 'allocated' }>;
const disbursement = named((state) => state.disbursements);
const report = named((state) => state.physical);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(day, amount, fc.constantFrom('A', 'a', 'B', 'C', 'D', 'E'), fc.nat({ max: 5 }))
      .map(([occurredOn, rupiah, number, dice]) => () => {
        const document =
          dice === 0 ? { kind: 'cumulative', month: occurredOn.slice(0, 7) } : { kind: 'sp2d', number };
        return by(diskominfo, 'DisburseBudget', { occurredOn, amount: rupiah, document });
      }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(day, fc.nat({ max: 16 })).map(
      ([effectiveOn, ceiling]) =>
        () =>
          by(office, 'ReviseBudget', { stage: 'pergeseran', effectiveOn, ceiling, actions: [] }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('2022-12-31', '2022-12-31', '2023-01-15'), fc.nat({ max: 16 })).map(
      ([effectiveOn, ceiling]) =>
        () =>
          by(office, 'ReviseBudget', { stage: 'murni', effectiveOn, ceiling, actions: [] }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(day, amount, disbursement).map(
      ([occurredOn, rupiah, of]): Step =>
        (state) =>
          by(diskominfo, 'ReturnDisbursement', { occurredOn, amount: rupiah, disbursement: of(state) }),
    ),
  },
  {
    weight: 2,
    arbitrary: disbursement.map(
      (of): Step =>
        (state) =>
          by(diskominfo, 'VoidDisbursement', { corrects: of(state), reason: 'entered in error' }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(day, fc.nat({ max: 10 })).map(
      ([occurredOn, percent]) =>
        () =>
          by(diskominfo, 'ReportPhysicalProgress', { occurredOn, percent: String(percent) }),
    ),
  },
  {
    weight: 1,
    arbitrary: report.map(
      (of): Step =>
        (state) =>
          by(diskominfo, 'VoidPhysicalProgress', { corrects: of(state), reason: 'entered in error' }),
    ),
  },
);
const history = fc
  .array(step, { minLength: 5, maxLength: 30 })
  .map((rest): Step[] => [() => allocate, ...rest]);

interface Data {
  readonly occurredOn: string;
  readonly effectiveOn: string;
  readonly amount: number;
  readonly ceiling: number;
  readonly percent: string;
  readonly disbursement: string;
  readonly corrects?: string;
  readonly document: { readonly kind: string; readonly number?: string; readonly month?: string };
}
type Known = Past & { readonly id: string };

/** What is wrong with a history, by a search through it that knows nothing of the decider. */
function wrongs(events: readonly Known[]): string[] {
  const data = (event: Known) => event.data as Data;
  const named = events.flatMap((event) => data(event).corrects ?? []);
  const gone = new Set(named);
  const stands = (type: string) => events.filter((event) => event.type === type && !gone.has(event.id));
  const paid = stands('BudgetDisbursed');
  const returns = stands('DisbursementReturned').filter((each) =>
    paid.some(({ id }) => id === data(each).disbursement),
  );
  const reports = stands('PhysicalProgressReported');
  const amountOf = (list: readonly Known[]) => list.reduce((sum, each) => sum + data(each).amount, 0);
  const found: string[] = [];
  if (gone.size < named.length) found.push('corrected twice');
  for (const on of DAYS) {
    const by = (each: Known) => data(each).occurredOn <= on;
    const ceilings = events.filter(
      (each) => 'ceiling' in (each.data as object) && data(each).effectiveOn <= on,
    );
    const inForce = ceilings.reduce((best, each) =>
      data(each).effectiveOn >= data(best).effectiveOn ? each : best,
    );
    const disbursed = amountOf(paid.filter(by)) - amountOf(returns.filter(by));
    if (disbursed > data(inForce).ceiling) found.push('above the ceiling');
    if (disbursed < 0) found.push('below nothing');
  }
  for (const [n, one] of paid.entries()) {
    const mine = returns.filter((each) => data(each).disbursement === one.id);
    if (amountOf(mine) > data(one).amount) found.push('more returned than paid');
    if (mine.some((each) => data(each).occurredOn < data(one).occurredOn)) found.push('returned before paid');
    for (const other of paid.slice(n + 1)) {
      const [a, b] = [data(one).document, data(other).document];
      const sameYear = data(one).occurredOn.slice(0, 4) === data(other).occurredOn.slice(0, 4);
      if (a.kind !== b.kind && sameYear) found.push('two ways in a year');
      const used = a.number !== undefined && a.number.toLowerCase() === b.number?.toLowerCase();
      if (used || (a.month !== undefined && a.month === b.month)) found.push('a document twice');
    }
  }
  for (const one of reports) {
    for (const other of reports) {
      const [a, b] = [data(one), data(other)];
      if (a.occurredOn < b.occurredOn && Number(a.percent) > Number(b.percent)) found.push('falls');
      if (one !== other && a.occurredOn === b.occurredOn) found.push('a day twice');
    }
  }
  return found;
}

function refusalOf(events: readonly Known[], command: Given): string | undefined {
  try {
    given(budgetDecider, events, facts).when(command).events();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('whatever is asked of a budget line, in whatever order', () => {
  it('the limits hold on every day, and no old state changes', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(history, (steps) => {
        const { events } = play<BudgetState>(budgetDecider, steps, facts);
        for (const { type } of events) seen.set(type, (seen.get(type) ?? 0) + 1);
        expect(wrongs(events)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // The histories did get everywhere.
    const expected = Object.keys(budgetDecider.events).filter((type) => !/Planned|Evidence/.test(type));
    expect(expected.filter((type) => !seen.has(type))).toEqual([]);
  });

  it('what a limit refuses would have broken it', () => {
    const limits: Record<string, string> = {
      'above-ceiling': 'above the ceiling',
      'ceiling-below-disbursed': 'above the ceiling',
      'sp2d-used': 'a document twice',
      'month-already-reported': 'a document twice',
      'mixed-reporting': 'two ways in a year',
      'return-above-disbursement': 'more returned than paid',
      'return-before-disbursement': 'returned before paid',
      'physical-backward': 'falls',
      'physical-above-later': 'falls',
      'physical-already-reported': 'a day twice',
    };
    const types: Record<string, string> = {
      DisburseBudget: 'BudgetDisbursed',
      ReviseBudget: 'BudgetRevised',
      ReturnDisbursement: 'DisbursementReturned',
      ReportPhysicalProgress: 'PhysicalProgressReported',
    };
    const checked = new Set<string>();
    fc.assert(
      fc.property(history, fc.array(step, { minLength: 8, maxLength: 8 }), (steps, attempts) => {
        const { state, events } = play<BudgetState>(budgetDecider, steps, facts);
        for (const attempt of attempts) {
          const command = attempt(state);
          const code = refusalOf(events, command);
          const limit = limits[code ?? ''];
          if (code === undefined || limit === undefined) continue;
          checked.add(code);
          const event = { type: types[command.type]!, data: command.body, id: idOf(events.length) };
          expect(wrongs([...events, event])).toContain(limit);
        }
      }),
      { numRuns: 200 },
    );
    expect(checked.size).toBeGreaterThanOrEqual(8);
  });
});
