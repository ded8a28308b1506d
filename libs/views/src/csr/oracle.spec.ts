import type { Command, ProgrammeEvent } from '@jejak/core';
import { foldsAlike, play, recorded, type Told } from '@jejak/core/testing';
import { csrDecider, type CsrEvent, type CsrState, type Day, type ProgrammeAndPhase } from '@jejak/domain';
import fc from 'fast-check';
import { MemoryDocuments } from '../documents';
import { programmesView } from '../programmes/view';
import { csr, csrSummaryAt, csrTotals } from './query';
import { csrView } from './view';

/** Random histories that the decider lets happen; `HISTORIES=1000` tries more of them. */
const HISTORIES = Number(process.env.HISTORIES ?? 200);
jest.setTimeout(30_000 + HISTORIES * 200);

const CONTRIBUTIONS = ['c-1', 'c-2', 'c-3'];
const DONORS = ['Bank-X', 'donor-y'];
const facts: ProgrammeAndPhase = {
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['d'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: { 'dinas-a': [{ on: '2023-01-01', value: true }] },
  },
  phase: { phases: {} },
};

const days = fc
  .tuple(fc.constantFrom('2022', '2023'), fc.integer({ min: 1, max: 9 }), fc.constantFrom('01', '15', '28'))
  .map(([year, month, day]): Day => `${year}-0${String(month)}-${day}`);
const years = fc.constantFrom(2021, 2022, 2023);
const amounts = fc.integer({ min: 1, max: 20 });

type Given = Partial<Command> & Pick<Command, 'type' | 'body'>;
type Step = (state: CsrState) => Given;

const MISSING = '00000000-0000-4000-8000-999999999999';
function nthId(state: CsrState, n: number, kinds: readonly string[]): string {
  const entries = state.status === 'absent' ? [] : state.entries.filter(({ kind }) => kinds.includes(kind));
  return entries[n % Math.max(entries.length, 1)]?.id ?? MISSING;
}
const command = (type: string, body: object): Given => ({ type, body, at: '2023-12-31T00:00:00.000Z' });
const TARGETS = [
  { kind: 'action', code: 'A-1' },
  { kind: 'action', code: 'a-2' },
  { kind: 'agency', code: 'Dinas-A' },
];

const stepsOf = (donor: string): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.tuple(days, years, amounts).map(([occurredOn, year, amount]): Step => {
      return () => command('PledgeCsr', { occurredOn, donor, year, amount });
    }),
    fc.tuple(days, years, amounts, fc.nat(20)).map(([occurredOn, year, amount, n]): Step => {
      return () =>
        command('ReceiveCsr', { occurredOn, donor, year, amount: 3 * amount, receiptNo: `R-${String(n)}` });
    }),
    fc.tuple(days, amounts, fc.constantFrom(...TARGETS)).map(([occurredOn, amount, to]): Step => {
      return () => command('AllocateCsr', { occurredOn, amount, to });
    }),
    fc.tuple(days, amounts, fc.nat()).map(([occurredOn, amount, n]): Step => {
      return (state) => command('ReturnCsr', { occurredOn, amount, receipt: nthId(state, n, ['receipt']) });
    }),
    fc.nat().map((n): Step => {
      const kinds = ['pledge', 'receipt', 'allocation', 'return'];
      return (state) => command('VoidCsrEntry', { corrects: nthId(state, n, kinds), reason: 'by mistake' });
    }),
  );

const contributions = CONTRIBUTIONS.map((code, n) =>
  fc.array(stepsOf(DONORS[n % 2]!), { maxLength: 30, size: 'max' }).map((steps) => {
    const { events } = play<CsrState>(csrDecider, steps, facts);
    // Ids are unique in the log, not in their stream alone.
    const text = JSON.stringify(events).replaceAll('-4000-8000-', `-4000-800${String(n)}-`);
    return (JSON.parse(text) as Told[]).map((event): Told => ({
      ...event,
      stream: `csr-malang.2023.${code}`,
    }));
  }),
);

const established: Told = {
  stream: 'programme-malang.2023.main',
  type: 'ProgrammeEstablished',
  data: {
    name: 'M',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    legalBasis: [],
    dimensions: [{ code: 'd', name: 'D' }],
  },
};

/** The contributions' events dealt into one log. */
const histories = fc.tuple(...contributions, fc.array(fc.nat(2), { maxLength: 90 })).map((drawn) => {
  const order = drawn.at(-1) as number[];
  const queues = drawn.slice(0, -1).map((each) => [...(each as Told[])]);
  const log: Told[] = [established];
  for (const n of order) log.push(...queues[n]!.splice(0, 1));
  return recorded([...log, ...queues.flat()]);
});

/** One rupiah of a contribution. */
interface Coin {
  readonly donor: string;
  readonly year: number;
  state: 'pledged' | 'received' | 'returned' | 'allocated';
  to?: string;
}

/** Rupiah by rupiah: each that was received is given back, allocated to something, or still there. */
function coinsOf(log: readonly ProgrammeEvent[], contribution: string, cutOff: Day): Coin[] {
  const own = (log as readonly ProgrammeEvent<CsrEvent>[])
    .map(({ event }) => event)
    .filter(({ stream }) => stream.endsWith(`.${contribution}`));
  const corrected = own.flatMap((event) => (event.type === 'CsrEntryVoided' ? [event.data.corrects] : []));
  const standing = own.flatMap((event) => {
    if (event.type === 'CsrEntryVoided' || event.type === 'EvidenceAttached') return [];
    if (event.data.occurredOn > cutOff || corrected.includes(event.id)) return [];
    return event.type === 'CsrReturned' && corrected.includes(event.data.receipt) ? [] : [event];
  });
  const coins: (Coin & { on: Day; receipt: string })[] = [];
  for (const { id, type, data } of standing) {
    if (type !== 'CsrPledged' && type !== 'CsrReceived') continue;
    const { donor, year, occurredOn: on } = data;
    const state = type === 'CsrPledged' ? 'pledged' : 'received';
    for (let n = 0; n < data.amount; n++)
      coins.push({ donor: donor.toLowerCase(), year, state, on, receipt: id });
  }
  for (const { type, data } of standing) {
    if (type !== 'CsrReturned') continue;
    for (let n = 0; n < data.amount; n++) {
      coins.find((coin) => coin.receipt === data.receipt && coin.state === 'received')!.state = 'returned';
    }
  }
  coins.sort((a, b) => a.on.localeCompare(b.on));
  const allocations = standing.flatMap((event) => (event.type === 'CsrAllocated' ? [event.data] : []));
  allocations.sort((a, b) => a.occurredOn.localeCompare(b.occurredOn));
  for (const { amount, to } of allocations) {
    for (let n = 0; n < amount; n++) {
      const coin = coins.find(({ state }) => state === 'received')!;
      coin.state = 'allocated';
      coin.to = `${to.kind} ${to.code.toLowerCase()}`;
    }
  }
  return coins;
}

function counted(coins: readonly Coin[]) {
  const count = (...states: Coin['state'][]) => coins.filter(({ state }) => states.includes(state)).length;
  return {
    pledged: count('pledged'),
    received: count('received', 'returned', 'allocated'),
    returned: count('returned'),
    net: count('received', 'allocated'),
    allocated: count('allocated'),
    unallocated: count('received'),
  };
}

describe('CSR sums at any cut-off, known at any index', () => {
  it('are those of the rupiah, counted one by one', () => {
    let allocated = 0;
    fc.assert(
      fc.property(histories, fc.nat(), days, fc.option(years), (log, known, cutOff, year) => {
        const events = log.slice(0, 1 + (known % log.length));
        const documents = new MemoryDocuments([programmesView, csrView]);
        documents.fold(events);
        const context = {
          programme: 'malang.2023',
          index: events.length - 1,
          now: '2023-12-31T00:00:00.000Z',
        };
        const byContribution = CONTRIBUTIONS.map((code) => ({ code, coins: coinsOf(events, code, cutOff) }));
        const all = byContribution.flatMap(({ coins }) => coins);
        const groups = <K extends keyof Coin>(key: K, coins: readonly Coin[]) =>
          [...new Set(coins.map((coin) => coin[key]))]
            .sort()
            .map((value) => ({ [key]: value, ...counted(coins.filter((coin) => coin[key] === value)) }));
        const targets = (kind: string, coins: readonly Coin[]) =>
          [...new Set(coins.flatMap(({ to }) => (to?.startsWith(`${kind} `) ? [to] : [])))]
            .sort()
            .map((to) => ({
              code: to.slice(kind.length + 1),
              allocated: coins.filter((coin) => coin.to === to).length,
            }));
        expect(csrSummaryAt(documents, cutOff)).toEqual({
          total: counted(all),
          byYear: groups('year', all),
          agencies: targets('agency', all),
        });

        const fits = (coin: Coin) => year === null || coin.year === year;
        const asked = { cutOff, ...(year !== null && { year }) };
        const totals = csrTotals.answer(documents, csrTotals.params.parse(asked), context);
        const chosen = all.filter(fits);
        expect(totals.total).toEqual(counted(chosen));
        expect(totals.byDonor).toEqual(groups('donor', chosen));
        expect(totals.actions).toEqual(targets('action', chosen));
        expect(totals.agencies).toEqual(targets('agency', chosen));
        allocated += counted(chosen).allocated;

        const list = csr.answer(documents, csr.params.parse(asked), context);
        expect(list.items).toMatchObject(
          byContribution
            .map(({ code, coins }) => ({ code, coins: coins.filter(fits) }))
            .filter(({ coins }) => coins.length > 0)
            .map(({ code, coins }) => ({ code, ...counted(coins) })),
        );
      }),
      { numRuns: HISTORIES },
    );
    expect(allocated).toBeGreaterThan(HISTORIES / 2);
  });

  it('come from documents that are the same in any pages, and when events are handled twice', () => {
    fc.assert(
      fc.property(histories, (log) => foldsAlike(csrView, log, 3)),
      { numRuns: Math.ceil(HISTORIES / 10) },
    );
  });
});
