import type { Command, ProgrammeEvent } from '@jejak/core';
import { foldsAlike, play, recorded, type Told } from '@jejak/core/testing';
import {
  budgetDecider,
  type BudgetEvent,
  type BudgetState,
  type Day,
  type ProgrammeAndPhase,
} from '@jejak/domain';
import fc from 'fast-check';
import { MemoryDocuments } from '../documents';
import { programmesView } from '../programmes/view';
import { budgetByAgency, budgetLine, budgetSummaryAt } from './query';
import { budgetView } from './view';

/** Random histories that the decider lets happen; `HISTORIES=1000` tries more of them. */
const HISTORIES = Number(process.env.HISTORIES ?? 200);
jest.setTimeout(30_000 + HISTORIES * 200);

const AGENCIES = ['dinas-a', 'Dinas-B'];
const LINES = ['L-1', 'L-2', 'L-3'];
const facts: ProgrammeAndPhase = {
  programme: {
    status: 'established',
    from: '2023-01-01',
    to: '2023-12-31',
    timeZone: 'Asia/Jakarta',
    dimensions: ['d'],
    latePolicy: 'needs-reason',
    rules: [],
    agencies: Object.fromEntries(
      AGENCIES.map((code) => [code.toLowerCase(), [{ on: '2023-01-01', value: true }]]),
    ),
  },
  phase: { phases: {} },
};

const days = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 15, 28, 30, 31))
  .map(
    ([month, day]): Day =>
      `2023-0${String(month)}-${String(Math.min(day, [31, 28, 31, 30, 31, 30][month - 1]!)).padStart(2, '0')}`,
  );
const amounts = fc.integer({ min: 1, max: 60 });

type Given = Partial<Command> & Pick<Command, 'type' | 'body'>;
type Step = (state: BudgetState) => Given;
type Lined = Extract<BudgetState, { status: 'allocated' }>;

function stepsOf(agency: string): fc.Arbitrary<Step> {
  const at = '2023-12-31T00:00:00.000Z';
  const office =
    (type: string, body: object): Step =>
    () => ({ type, at, body: body });
  const report =
    (type: string, body: (state: Lined) => object): Step =>
    (state) => {
      // Mostly the line's own agency; the one that it was allocated to where the line is another's by now.
      const own = 'agency' in state ? state.agency : agency;
      return {
        type,
        at,
        actor: { subject: 'u-1', role: 'officer', agency: own },
        body: body(state as Lined),
      };
    };
  const nth = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(list.length, 1)];
  const missing = '00000000-0000-4000-8000-999999999999';
  return fc.oneof(
    {
      weight: 1,
      arbitrary: fc
        .tuple(days, fc.integer({ min: 0, max: 300 }))
        .map(([effectiveOn, ceiling]) =>
          office('ReviseBudget', { effectiveOn, stage: 'perubahan', ceiling, actions: [] }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 0, max: 300 }), fc.option(fc.constantFrom(...AGENCIES), { nil: undefined }))
        .map(([ceiling, owner]): Step => (state) => {
          const effectiveOn = (state as Lined).from;
          const whole = owner === undefined ? {} : { agency: owner, title: `of ${owner}` };
          return office('ReviseBudget', { effectiveOn, stage: 'murni', ceiling, actions: [], ...whole })(
            state,
          );
        }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          days,
          fc.array(fc.tuple(amounts, fc.integer({ min: 0, max: 400 })), { minLength: 1, maxLength: 6 }),
        )
        .map(([effectiveOn, rows]) => {
          let [cumulative, physical] = [0, 0];
          const months = rows.map(([more, further], n) => {
            cumulative += more;
            physical = Math.min(physical + further, 1000);
            return { month: `2023-0${String(n + 1)}`, cumulative, physical: String(physical / 10) };
          });
          return office('PlanBudget', { effectiveOn, months });
        }),
    },
    {
      weight: 5,
      arbitrary: fc.tuple(days, amounts, fc.nat(12)).map(([occurredOn, amount, n]) =>
        report('DisburseBudget', () => ({
          occurredOn,
          amount,
          document: { kind: 'sp2d', number: `S-${String(n)}` },
        })),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(days, fc.integer({ min: 1, max: 20 }), fc.nat()).map(([occurredOn, amount, n]) =>
        report('ReturnDisbursement', ({ disbursements }) => ({
          occurredOn,
          amount,
          disbursement: nth(disbursements, n)?.id ?? missing,
        })),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.nat().map((n) =>
        report('VoidDisbursement', ({ disbursements }) => ({
          corrects: nth(disbursements, n)?.id ?? missing,
          reason: 'by mistake',
        })),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(days, fc.integer({ min: 0, max: 1000 }))
        .map(([occurredOn, tenths]) =>
          report('ReportPhysicalProgress', () => ({ occurredOn, percent: String(tenths / 10) })),
        ),
    },
    {
      weight: 1,
      arbitrary: fc.nat().map((n) =>
        report('VoidPhysicalProgress', ({ physical }) => ({
          corrects: nth(physical, n)?.id ?? missing,
          reason: 'by mistake',
        })),
      ),
    },
  );
}

/** One line's events, as its decider gives them. */
const lines = LINES.map((line, n) => {
  const agency = AGENCIES[n % 2]!;
  return fc
    .tuple(days, fc.integer({ min: 0, max: 300 }), fc.array(stepsOf(agency), { maxLength: 30, size: 'max' }))
    .map(([effectiveOn, ceiling, steps]) => {
      const body = {
        line,
        title: line,
        agency,
        year: 2023,
        hierarchy: '1',
        effectiveOn,
        ceiling,
        actions: [],
      };
      const allocate = {
        type: 'AllocateBudget',
        at: '2023-12-31T00:00:00.000Z',
        code: line.toLowerCase(),
        body,
      };
      const { events } = play(budgetDecider, [allocate, ...steps], facts);
      // Ids are unique in the log, not in their stream alone.
      const text = JSON.stringify(events).replaceAll('-4000-8000-', `-4000-800${String(n)}-`);
      return (JSON.parse(text) as Told[]).map((event): Told => ({
        ...event,
        stream: `budget-malang.2023.${line.toLowerCase()}`,
      }));
    });
});

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

/** The lines' events dealt into one log. */
const histories = fc.tuple(...lines, fc.array(fc.nat(2), { maxLength: 100 })).map((drawn) => {
  const order = drawn.at(-1) as number[];
  const queues = drawn.slice(0, -1).map((each) => [...(each as Told[])]);
  const log: Told[] = [established];
  for (const n of order) log.push(...queues[n]!.splice(0, 1));
  return recorded([...log, ...queues.flat()]);
});

/** A figure by the words of the semantics, from the events alone. Percentages in tenths, so that all is whole. */
function bruteForce(log: readonly ProgrammeEvent[], line: string, cutOff: Day) {
  const own = (log as readonly ProgrammeEvent<BudgetEvent>[]).filter(({ event }) =>
    event.stream.endsWith(`.${line}`),
  );
  const of = <T extends BudgetEvent['type']>(...types: T[]) =>
    own
      .map(({ event }) => event)
      .filter((event): event is Extract<BudgetEvent, { type: T }> => types.includes(event.type as T));
  /** of the latest day by the cut-off, the one recorded last */
  const inForce = <E extends { data: { effectiveOn?: Day; occurredOn?: Day } }>(all: readonly E[]) => {
    const on = ({ data }: E) => data.effectiveOn ?? data.occurredOn!;
    const past = all.filter((each) => on(each) <= cutOff);
    const newest = past.map(on).sort().at(-1);
    return past.filter((each) => on(each) === newest).at(-1);
  };
  const allocated = of('BudgetAllocated')[0];
  if (allocated === undefined || allocated.data.effectiveOn > cutOff) return null;
  const original = [allocated, ...of('BudgetRevised').filter(({ data }) => data.stage === 'murni')];
  const agency = original.flatMap(({ data }) => data.agency ?? []).at(-1)!;
  const corrected = of('DisbursementVoided', 'PhysicalProgressVoided').map(({ data }) => data.corrects);
  const paid = of('BudgetDisbursed').filter(
    ({ id, data }) => data.occurredOn <= cutOff && !corrected.includes(id),
  );
  const back = of('DisbursementReturned').filter(
    ({ data }) => data.occurredOn <= cutOff && !corrected.includes(data.disbursement),
  );
  const sum = (all: readonly { data: { amount: number } }[]) =>
    all.reduce((total, { data }) => total + data.amount, 0);
  const disbursed = sum(paid) - sum(back);
  const { ceiling } = inForce(of('BudgetAllocated', 'BudgetRevised'))!.data;
  const plan = inForce(of('BudgetPlanned'));
  const tenths = (percent: string) => Math.round(Number(percent) * 10);
  const realised = tenths(
    inForce(of('PhysicalProgressReported').filter(({ id }) => !corrected.includes(id)))?.data.percent ?? '0',
  );
  const ended = plan?.data.months.filter(({ month }) => {
    const [year, number] = month.split('-').map(Number);
    return new Date(Date.UTC(year!, number, 0)).toISOString().slice(0, 10) <= cutOff;
  });
  const planned = plan && (ended!.at(-1)?.cumulative ?? 0);
  const physical = plan && tenths(ended!.at(-1)?.physical ?? '0');
  const points =
    planned === undefined || ceiling === 0
      ? undefined
      : { top: (disbursed - planned) * 100, bottom: ceiling };
  const lag = physical === undefined ? undefined : physical - realised;
  return {
    agency: agency.toLowerCase(),
    ceilingMurni: original.at(-1)!.data.ceiling,
    ceiling,
    disbursed,
    planned: planned ?? null,
    colour:
      points &&
      (points.top < -10 * points.bottom ? 'red' : points.top < -5 * points.bottom ? 'yellow' : 'green'),
    lag: lag ?? null,
    critical: lag !== undefined && lag > (physical! <= 700 ? 100 : 50),
  };
}

describe('budget figures at any cut-off, known at any index', () => {
  it('are those of the definition', () => {
    let compared = 0;
    fc.assert(
      fc.property(histories, fc.nat(), days, (log, known, cutOff) => {
        const events = log.slice(0, 1 + (known % log.length));
        const documents = new MemoryDocuments([programmesView, budgetView]);
        documents.fold(events);
        const context = {
          programme: 'malang.2023',
          index: events.length - 1,
          now: '2023-12-31T00:00:00.000Z',
        };
        const expected = LINES.flatMap((code) => {
          const line = code.toLowerCase();
          if (documents.get('budget', `line/${line}`) === undefined) return [];
          const { figures } = budgetLine.answer(documents, { line, cutOff }, context);
          const brute = bruteForce(events, line, cutOff);
          if (brute === null) {
            expect(figures).toBeNull();
            return [];
          }
          compared++;
          const { agency: _agency, colour, lag, critical, ...amounts } = brute;
          expect(figures).toMatchObject(amounts);
          expect(figures!.remaining).toBe(brute.ceiling - brute.disbursed);
          expect(figures!.disbursed).toBeLessThanOrEqual(figures!.ceiling);
          expect(figures!.deviation?.colour).toBe(colour);
          expect(figures!.physical.critical).toBe(critical);
          expect(figures!.physical.lag).toBe(lag === null ? null : String(lag / 10));
          if (brute.ceiling === 0) expect(figures!.absorption).toBeNull();
          else {
            // Half up to two digits, in whole numbers.
            const hundredths = Math.floor((brute.disbursed * 20_000 + brute.ceiling) / (2 * brute.ceiling));
            expect(figures!.absorption?.displayed).toBe((hundredths / 100).toFixed(2));
          }
          return [brute];
        });
        const summed = (all: typeof expected) => ({
          ceilingMurni: all.reduce((sum, each) => sum + each.ceilingMurni, 0),
          ceiling: all.reduce((sum, each) => sum + each.ceiling, 0),
          disbursed: all.reduce((sum, each) => sum + each.disbursed, 0),
        });
        const summary = budgetSummaryAt(documents, cutOff);
        expect(summary.total).toMatchObject(summed(expected));
        const agencies = [...new Set(expected.map(({ agency }) => agency))].sort();
        expect(summary.agencies).toMatchObject(
          agencies.map((agency) => ({
            agency,
            ...summed(expected.filter((each) => each.agency === agency)),
          })),
        );
        const rows = budgetByAgency.answer(documents, { cutOff }, context);
        expect(rows.total.critical).toBe(expected.filter(({ critical }) => critical).length);
        expect(rows).toMatchObject(summary);
      }),
      { numRuns: HISTORIES },
    );
    expect(compared).toBeGreaterThan(HISTORIES / 2);
  });

  it('come from documents that are the same in any pages, and when events are handled twice', () => {
    fc.assert(
      fc.property(histories, (log) => foldsAlike(budgetView, log, 3)),
      { numRuns: Math.ceil(HISTORIES / 10) },
    );
  });
});
