import { type Command, Refusal } from '@jejak/core';
import { given, idOf, type Past, play } from '@jejak/core/testing';
import fc from 'fast-check';
import type { ProgrammeAndPhase } from '../shared';
import { csrDecider, type CsrState } from './csr.decider';

const facts: ProgrammeAndPhase = {
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['living'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: { dinsos: [{ on: '2023-01-01', value: true }] },
  },
  phase: { phases: {} },
};

type Given = Pick<Command, 'type' | 'body'> & Partial<Command>;
type Step = (state: CsrState) => Given;
const by = (type: string, body: object): Given => ({
  type,
  body,
  actor: { subject: 'u-office', role: 'office' },
  code: 'c-1',
  at: '2023-12-20T03:00:00.000Z',
});

const DAYS = ['2022-11-30', '2023-01-15', '2023-02-01', '2023-02-28', '2023-06-30'];
const day = fc.constantFrom(...DAYS);
const amount = fc.integer({ min: 1, max: 6 });
const donor = fc.constantFrom('Bank', 'BANK', 'bank', 'bank', 'Other');
/** Mostly an entry that stands; at times any event, which may be the wrong one or long gone. */
const named = (kind?: 'receipt') =>
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 12 })).map(([dice, n]) => (state: CsrState) => {
    const all = state.status === 'absent' || dice === 0 ? [] : state.entries;
    const entries = all.filter((each) => kind === undefined || each.kind === kind);
    return entries[n % Math.max(entries.length, 1)]?.id ?? idOf(n);
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .record({ occurredOn: day, amount, donor, year: fc.constant(2022) })
      .map((body) => () => by('PledgeCsr', body)),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({
        occurredOn: day,
        amount,
        donor,
        year: fc.constant(2022),
        receiptNo: fc.constantFrom('A', 'a', 'B', 'C', 'D'),
      })
      .map((body) => () => by('ReceiveCsr', body)),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({ occurredOn: day, amount, to: fc.constant({ kind: 'agency', code: 'dinsos' }) })
      .map((body) => () => by('AllocateCsr', body)),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(day, amount, named('receipt')).map(
      ([occurredOn, rupiah, of]): Step =>
        (state) =>
          by('ReturnCsr', { occurredOn, amount: rupiah, receipt: of(state) }),
    ),
  },
  {
    weight: 3,
    arbitrary: named().map(
      (of): Step =>
        (state) =>
          by('VoidCsrEntry', { corrects: of(state), reason: 'in error' }),
    ),
  },
);
const history = fc.array(step, { minLength: 5, maxLength: 30 });

interface Data {
  readonly occurredOn: string;
  readonly amount: number;
  readonly donor?: string;
  readonly receiptNo: string;
  readonly receipt: string;
  readonly corrects?: string;
}
type Known = Past & { readonly id: string };

/** What is wrong with a history, by a search through it that knows nothing of the decider. */
function wrongs(events: readonly Known[]): string[] {
  const data = (event: Known) => event.data as Data;
  const named = events.flatMap((event) => data(event).corrects ?? []);
  const gone = new Set(named);
  const stands = (type: string) => events.filter((event) => event.type === type && !gone.has(event.id));
  const receipts = stands('CsrReceived');
  const returns = stands('CsrReturned').filter((each) =>
    receipts.some(({ id }) => id === data(each).receipt),
  );
  const amountOf = (list: readonly Known[]) => list.reduce((sum, each) => sum + data(each).amount, 0);
  const found: string[] = [];
  if (gone.size < named.length) found.push('corrected twice');
  for (const on of DAYS) {
    const until = (list: readonly Known[]) => amountOf(list.filter((each) => data(each).occurredOn <= on));
    if (until(stands('CsrAllocated')) > until(receipts) - until(returns)) found.push('overdrawn');
  }
  for (const one of receipts) {
    const mine = returns.filter((each) => data(each).receipt === one.id);
    if (amountOf(mine) > data(one).amount) found.push('more returned than received');
    if (mine.some((each) => data(each).occurredOn < data(one).occurredOn))
      found.push('returned before received');
  }
  const numbers = receipts.map((each) => data(each).receiptNo.toLowerCase());
  if (new Set(numbers).size < numbers.length) found.push('a receipt twice');
  const donors = [...receipts, ...stands('CsrPledged')].map((each) => data(each).donor?.toLowerCase());
  if (new Set(donors).size > 1) found.push('two donors');
  return found;
}

function refusalOf(events: readonly Known[], command: Given): string | undefined {
  try {
    given(csrDecider, events, facts).when(command).events();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('whatever is asked of a contribution, in whatever order', () => {
  it('the limits hold on every day, and no old state changes', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(history, (steps) => {
        const { events } = play<CsrState>(csrDecider, steps, facts);
        for (const { type } of events) seen.add(type);
        expect(wrongs(events)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // The histories did get everywhere.
    expect(Object.keys(csrDecider.events).filter((type) => !seen.has(type))).toEqual(['EvidenceAttached']);
  });

  it('what a limit refuses would have broken it', () => {
    const limits: Record<string, string> = {
      'csr-overdrawn': 'overdrawn',
      'return-above-receipt': 'more returned than received',
      'return-before-receipt': 'returned before received',
      'receipt-used': 'a receipt twice',
      'other-donor': 'two donors',
    };
    const types: Record<string, string> = {
      PledgeCsr: 'CsrPledged',
      ReceiveCsr: 'CsrReceived',
      AllocateCsr: 'CsrAllocated',
      ReturnCsr: 'CsrReturned',
      VoidCsrEntry: 'CsrEntryVoided',
    };
    const checked = new Set<string>();
    fc.assert(
      fc.property(history, fc.array(step, { minLength: 8, maxLength: 8 }), (steps, attempts) => {
        const { state, events } = play<CsrState>(csrDecider, steps, facts);
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
    expect([...checked].sort()).toEqual(Object.keys(limits).sort());
  });
});
